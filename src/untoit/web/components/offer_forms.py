"""The form of a job offer, the same for an employer and for the employment partner, and the filters of the lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from untoit.core.exchange import Kind, cells_of
from untoit.core.territory.occupations import occupation
from untoit.core.wording import typography
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.jobs.selectors import CONTRACTS
from untoit.web.components.exchange_forms import YES_NO_UNKNOWN, ExchangeForm, with_commas
from untoit.web.components.forms import DayInput
from untoit.web.components.lists import FilterForm
from untoit.web.components.pickers import CommuneField, occupation_of, suggested_occupations
from untoit.web.components.week import WeekField

LEVELS = (
    ("", "Peu importe"), ("A1", "A1, quelques mots"), ("A2", "A2, échanges simples"), ("B1", "B1, se débrouille"),
    ("B2", "B2, à l'aise"), ("C1", "C1, très à l'aise"), ("C2", "C2, comme sa langue"),
)
_LICENCES = (
    ("AM", "AM (cyclomoteur)"), ("B", "B (voiture)"), ("C", "C (poids lourd)"), ("CE", "CE (super lourd)"),
    ("D", "D (transport en commun)"), ("CACES1", "CACES 1"), ("CACES3", "CACES 3"), ("CACES5", "CACES 5"),
)


class OfferForm(ExchangeForm):
    """A job offer: the columns of ``offres.csv``, and what a file cannot say."""

    kind = Kind.OFFERS

    intitule = forms.CharField(label="Intitulé du poste", max_length=200)
    rome = forms.CharField(
        label="Métier", max_length=200, help_text="Quelques mots, par exemple « préparateur de commandes ».",
        widget=forms.TextInput({
            "autocomplete": "off", "hx-get": reverse_lazy("employer:occupations"), "hx-target": "#metiers",
            "hx-trigger": "input changed delay:300ms", "hx-swap": "innerHTML",
        }),
    )
    metier = forms.ChoiceField(label="Lequel de ces métiers ?", required=False, widget=forms.RadioSelect)
    employeur = forms.CharField(label="Employeur", max_length=160)
    siret = forms.CharField(label="SIRET", required=False, help_text="Quatorze chiffres.")
    code_insee = CommuneField(label="Commune du lieu de travail", help_text="Son nom ou son code INSEE.")
    latitude = forms.CharField(
        label="Latitude", required=False,
        help_text="Par exemple 50.588. Sans elle, le centre de la commune est pris : les trajets sont approchés.",
    )
    longitude = forms.CharField(label="Longitude", required=False, help_text="Par exemple 3.115.")
    contrat = forms.ChoiceField(label="Contrat", choices=tuple(CONTRACTS.items()))
    duree_mois = forms.CharField(label="Durée en mois", required=False, help_text="Pour un contrat à durée déterminée.")
    heures_hebdo = forms.CharField(label="Heures par semaine", required=False, help_text="35, par exemple.")
    horaires = WeekField(label="Horaires", required=False)
    salaire_brut_mensuel = forms.CharField(label="Salaire brut par mois en euros", required=False)
    postes = forms.CharField(label="Postes à pourvoir", required=False, help_text="1 si vous laissez vide.")
    debut = forms.CharField(
        label="Début", required=False, widget=DayInput, help_text="Vide : dès que possible."
    )
    permis = forms.MultipleChoiceField(
        label="Permis et certificats demandés", choices=_LICENCES, required=False, widget=forms.CheckboxSelectMultiple
    )
    experience_min = forms.CharField(
        label="Années d'expérience demandées", required=False, help_text="0 si vous formez sur place."
    )
    niveau_francais = forms.ChoiceField(label="Niveau de français nécessaire", choices=LEVELS, required=False)
    en_tension = forms.ChoiceField(label="Poste difficile à pourvoir", choices=YES_NO_UNKNOWN, required=False)
    description = forms.CharField(
        label="Le poste en quelques mots", required=False, max_length=2000, widget=forms.Textarea({"rows": 5}),
        help_text="Les gestes du métier, l'équipe, ce que vous apprenez sur place.",
    )
    is_public = forms.BooleanField(
        label="Montrer cette offre sur la page publique", required=False,
        help_text="Sinon, seuls les conseillers emploi et leurs partenaires la lisent.",
    )
    reference = forms.CharField(
        label="Référence", max_length=80, required=False, help_text="Laissez vide : une référence sera donnée."
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, employer: str = "", **options: Any) -> None:
        """Make the form; an employer does not type its own name, which is given as ``employer``."""
        super().__init__(*args, **options)
        self._employer = employer
        if employer:
            del self.fields["employeur"]
        self._offer_occupations()
        known = {code for code, _ in _LICENCES}
        kept = [code for code in self.initial.get("permis", []) if code not in known]
        sent = self.data.getlist("permis") if hasattr(self.data, "getlist") else []
        more = [(code, code) for code in dict.fromkeys([*kept, *sent]) if code not in known]
        self.fields["permis"].choices = [*_LICENCES, *more]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, offer: Offer, *, employer: str = "") -> OfferForm:
        """Return the form that shows an offer as it is, with the revision that it is made from."""
        amounts = ("duree_mois", "heures_hebdo", "salaire_brut_mensuel", "experience_min")
        cells: dict[str, Any] = with_commas(cells_of(offer_to_core(offer)), amounts)
        if "position" in offer.supposed:
            cells |= {"latitude": "", "longitude": ""}
        known = occupation(offer.occupation)
        form = cls(employer=employer, initial={
            **cells, "permis": sorted(offer.licences), "description": offer.description, "is_public": offer.is_public,
            "rome": f"{known.label} ({known.code})" if known else offer.occupation, "revision": offer.revision,
        })
        form.fields["reference"].help_text = ""
        return form

    @property
    def extras(self) -> dict[str, Any]:
        """Return what a file cannot say."""
        return {"description": self.cleaned_data["description"], "is_public": self.cleaned_data["is_public"]}

    def cells(self) -> dict[str, str]:
        """Return the row of the file."""
        extra = {"employeur": self._employer} if self._employer else {}
        return {**super().cells(), **extra}

    def clean(self) -> dict[str, Any]:
        """Read the occupation from words, then the row; what stands at the centre of its commune is marked so."""
        self._choose_occupation()
        cleaned = super().clean()
        if self.value is not None and self.position_is_approximate:
            self.value = replace(self.value, supposed=self.value.supposed | {"position"})
        return cleaned

    def _offer_occupations(self) -> None:
        """Offer as choices the occupations that the words may mean."""
        text = self.data.get("rome", "") if self.is_bound else ""
        found = [] if not text or occupation_of(text) else suggested_occupations(text)
        self.fields["metier"].choices = [(one.code, f"{one.label} ({one.code})") for one in found]  # type: ignore[attr-defined]

    def _choose_occupation(self) -> None:
        text, chosen = self.cleaned_data.get("rome", ""), self.cleaned_data.get("metier", "")
        if not text:
            return
        known = occupation_of(text)
        if known is not None:
            self.cleaned_data["rome"] = known.code
        elif chosen:
            self.cleaned_data["rome"] = chosen
        elif self.fields["metier"].choices:  # type: ignore[attr-defined]
            self.add_error("metier", "Plusieurs métiers correspondent : choisissez celui du poste.")
            self.cleaned_data["rome"] = suggested_occupations(text)[0].code  # the row is refused by the error above
        else:
            self.add_error("rome", typography(
                f"« {text} » ne correspond à aucun métier. Essayez un mot plus courant, ou un code ROME comme N1103."
            ))


class OfferFilter(FilterForm):
    """What a list of offers is narrowed by."""

    etat = forms.ChoiceField(label="État", choices=[("", "Tous"), *OfferState.choices], required=False)
    contrat = forms.ChoiceField(label="Contrat", choices=[("", "Tous"), *CONTRACTS.items()], required=False)
    metier = forms.CharField(label="Métier", required=False, max_length=100)
    commune = CommuneField(label="Commune", required=False)
    tension = forms.BooleanField(label="Difficiles à pourvoir", required=False)

    def clean_metier(self) -> list[str]:
        """Return the ROME codes that the words may mean."""
        text = self.cleaned_data["metier"]
        if not text:
            return []
        found = [one.code for one in suggested_occupations(text)]
        if not found:
            raise forms.ValidationError("Aucun métier ne correspond à ces mots.")
        return found

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Narrow by what was chosen."""
        chosen = self.cleaned_data
        for name, column in (("etat", "state"), ("contrat", "contract"), ("commune", "commune")):
            if chosen[name]:
                queryset = queryset.filter(**{column: chosen[name]})
        if chosen["metier"]:
            queryset = queryset.filter(occupation__in=chosen["metier"])
        return queryset.filter(in_shortage=True) if chosen["tension"] else queryset
