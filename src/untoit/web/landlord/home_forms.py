"""The forms of the landlords' stock: a dwelling, a building, a photograph, and the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, QuerySet

from untoit.core.exchange import Kind, cells_of
from untoit.core.model.dwelling import Funding
from untoit.core.territory.communes import commune
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Building, Vacancy, VacancyState
from untoit.records.stock.selectors import RESERVING_PARTIES
from untoit.web.components.exchange_forms import YES_NO_UNKNOWN, ExchangeForm, with_commas
from untoit.web.components.forms import DayInput
from untoit.web.components.lists import FilterForm
from untoit.web.components.pickers import CommuneField

_SIZES = [(f"T{rooms}", f"T{rooms}") for rooms in range(1, 7)]
_FUNDINGS = [(one.value, one.value) for one in Funding]
_UNKNOWN = [("", "Je ne sais pas")]
_ANY = [("", "Toutes")]


def _area(label: str, help_text: str, longest: int) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=longest, widget=forms.Textarea({"rows": 4})
    )


class HomeForm(ExchangeForm):
    """A dwelling: the columns of ``logements.csv``, and what makes the place."""

    kind = Kind.DWELLINGS

    reference = forms.CharField(
        label="Référence", max_length=80, required=False, help_text="Laissez vide : une référence sera donnée."
    )
    bailleur = forms.CharField(label="Bailleur", max_length=160)
    residence = forms.CharField(label="Résidence", max_length=160, required=False)
    adresse = forms.CharField(label="Adresse", max_length=240, required=False)
    code_insee = CommuneField(label="Commune", help_text="Son nom ou son code INSEE.")
    latitude = forms.CharField(
        label="Latitude", required=False,
        help_text="Par exemple 50.632. Sans elle, le centre de la commune est pris : les trajets sont approchés.",
    )
    longitude = forms.CharField(label="Longitude", required=False, help_text="Par exemple 3.058.")
    typologie = forms.ChoiceField(label="Typologie", choices=_SIZES)
    surface = forms.CharField(label="Surface en m²")
    etage = forms.CharField(label="Étage", required=False, help_text="0 pour le rez-de-chaussée.")
    ascenseur = forms.ChoiceField(label="Ascenseur", choices=YES_NO_UNKNOWN, required=False)
    sans_marche = forms.ChoiceField(label="Accessible sans marche", choices=YES_NO_UNKNOWN, required=False)
    loyer = forms.CharField(label="Loyer par mois en euros, hors charges")
    charges = forms.CharField(label="Charges par mois en euros")
    financement = forms.ChoiceField(label="Financement", choices=_FUNDINGS)
    zone_apl = forms.ChoiceField(
        label="Zone APL", choices=[("", "Celle de la commune"), *((str(zone), str(zone)) for zone in (1, 2, 3))],
        required=False,
    )
    qpv = forms.CharField(
        label="Quartier prioritaire (QPV)", required=False, help_text="Oui, non, ou le code du quartier (QN05905M)."
    )
    dpe = forms.ChoiceField(label="DPE", choices=_UNKNOWN + [(letter, letter) for letter in "ABCDEFG"], required=False)
    reservataire = forms.ChoiceField(
        label="Réservataire", choices=[("", "Non précisé"), *RESERVING_PARTIES.items()], required=False
    )
    disponible_le = forms.CharField(
        label="Disponible le", widget=DayInput
    )
    candidats_max = forms.CharField(label="Candidats à présenter", required=False, help_text="3 si vous laissez vide.")
    description = _area(
        "Ce qui fait le logement", "L'exposition, les pièces, l'immeuble : ce que vous diriez au téléphone.", 2000
    )
    nearby = _area(
        "Services et transports à proximité",
        "Lu aussi par les partenaires qui ne voient pas l'adresse : ne nommez ni la rue ni la résidence.", 1000,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, vacancy: Vacancy) -> HomeForm:
        """Return the form that shows a vacancy as it is, with the revision that it is made from."""
        cells: dict[str, Any] = with_commas(cells_of(vacancy_to_core(vacancy)), ("surface", "loyer", "charges"))
        if vacancy.is_position_approximate:
            cells |= {"latitude": "", "longitude": ""}
        form = cls(initial={
            **cells, "description": vacancy.description, "nearby": vacancy.nearby, "revision": vacancy.revision,
        })
        form.fields["reference"].help_text = ""
        return form

    @property
    def extras(self) -> dict[str, Any]:
        """Return what a file cannot say."""
        return {
            "description": self.cleaned_data["description"], "nearby": self.cleaned_data["nearby"],
            "is_position_approximate": self.position_is_approximate,
        }


class BuildingForm(forms.Form):
    """A building and what makes the place."""

    use_required_attribute = False

    name = forms.CharField(label="Nom de la résidence", max_length=160)
    address = forms.CharField(label="Adresse", max_length=240, required=False)
    commune = CommuneField(label="Commune", help_text="Son nom ou son code INSEE.")
    description = _area(
        "Ce qui fait le lieu", "Espaces communs, écoles, commerces, gardien : montré avec chaque logement.", 2000
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_commune(self) -> str:
        """Return the code of a commune whose centre is known: a building has a place on the map."""
        code: str = self.cleaned_data["commune"]
        if commune(code) is None:
            raise forms.ValidationError("Cette commune n'est pas dans la table : choisissez une commune de la liste.")
        return code

    @classmethod
    def of(cls, building: Building) -> BuildingForm:
        """Return the form that shows a building as it is."""
        return cls(initial={
            "name": building.name, "address": building.address, "commune": building.commune,
            "description": building.description, "revision": building.revision,
        })


class PhotoForm(forms.Form):
    """A photograph and what one sees on it."""

    use_required_attribute = False

    picture = forms.FileField(
        label="Photo", help_text="JPEG, PNG ou WebP, 8 Mo au plus. Sans personne ni boîte aux lettres lisible.",
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    caption = forms.CharField(
        label="Ce que l'on voit", max_length=160,
        help_text="« Le séjour, côté jardin » : lu à voix haute à qui ne voit pas l'image.",
    )


class _SharedFilter(FilterForm):
    """What may be filtered by everybody who sees a list of homes."""

    commune = CommuneField(label="Commune", required=False)
    typologie = forms.ChoiceField(label="Typologie", choices=_ANY + _SIZES, required=False)
    loyer = forms.IntegerField(label="Loyer et charges, au plus (€)", required=False, min_value=1, max_value=10_000)
    avant = forms.DateField(label="Disponible avant le", required=False, widget=DayInput)

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Narrow by what is shown to everybody."""
        chosen = self.cleaned_data
        if chosen["commune"]:
            queryset = queryset.filter(commune=chosen["commune"])
        if chosen["typologie"]:
            queryset = queryset.filter(rooms=int(chosen["typologie"][1:]))
        if chosen["loyer"]:
            queryset = queryset.filter(rent_cents__lte=100 * chosen["loyer"] - F("charges_cents"))
        if chosen["avant"]:
            queryset = queryset.filter(available_on__lte=chosen["avant"])
        return queryset


class MaskedFilter(_SharedFilter):
    """The filters of partners who do not see where the homes are."""


class HomeFilter(_SharedFilter):
    """The filters of a landlord's own stock."""

    etat = forms.ChoiceField(label="État", choices=[("", "Tous"), *VacancyState.choices], required=False)
    financement = forms.ChoiceField(label="Financement", choices=[("", "Tous"), *_FUNDINGS], required=False)
    reservataire = forms.ChoiceField(
        label="Réservataire", choices=[("", "Tous"), *RESERVING_PARTIES.items()], required=False
    )
    accessible = forms.BooleanField(label="Sans marche seulement", required=False)

    field_order = ("etat", "commune", "typologie", "loyer", "financement", "reservataire", "avant", "accessible")

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Narrow by what only the landlord reads."""
        chosen = self.cleaned_data
        queryset = super().apply(queryset)
        for name, column in (("etat", "state"), ("financement", "funding"), ("reservataire", "reserving_party")):
            if chosen[name]:
                queryset = queryset.filter(**{column: chosen[name]})
        return queryset.filter(is_step_free=True) if chosen["accessible"] else queryset
