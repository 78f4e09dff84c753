"""The forms of a candidate's file: they check shape; services decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from untoit.core.errors import UnusableInput
from untoit.core.model.household import CurrentStatus, PriorityGround
from untoit.core.model.work import Contract, FrenchLevel, Mode
from untoit.core.wording import typography
from untoit.core.wording.moments import DAYS
from untoit.records.applicants import wording as fr
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.services import AMOUNTS, OTHER, RSA, merged_other
from untoit.records.partners.rights import Actor
from untoit.web.components.forms import DayInput, EurosInput
from untoit.web.components.pickers import CommuneField
from untoit.web.components.words import clock_minutes, commune_codes, experience_years, occupation_codes, whole_ages

UNKNOWN = ("", "non renseigné")
YES_NO = [UNKNOWN, ("oui", "oui"), ("non", "non")]
CLOCK_HELP = typography("Par exemple 7 h 30 ou 18:00.")


class WordsField(forms.CharField):
    """A text that means several values; the reader says in French what it did not understand."""

    def __init__(self, read: Any, **options: Any) -> None:
        super().__init__(strip=True, **options)
        self._read = read

    def clean(self, value: Any) -> Any:
        """Return the values."""
        text = super().clean(value)
        try:
            return self._read(text)
        except UnusableInput as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class DayField(forms.DateField):
    """A date by the browser's picker, or typed as 23/11/2026."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=DayInput(), input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)


class YesNoField(forms.ChoiceField):
    """Oui, non, or unknown, which is neither."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=YES_NO, required=False, **options)

    def clean(self, value: Any) -> bool | None:
        """Return the truth value; ``None`` when unknown."""
        return {"oui": True, "non": False}.get(super().clean(value))


class AmountField(forms.DecimalField):
    """An amount in euros; blank is unknown, never zero."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label=label, required=False, min_value=0, max_value=1_000_000, decimal_places=2,
                         widget=EurosInput(), **options)

    def to_python(self, value: Any) -> Any:
        """Read ``1 204,50`` as well as ``1204.50``."""
        if isinstance(value, str):
            value = value.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace("€", "").replace(",", ".")
        return super().to_python(value)


def yes_no(value: bool | None) -> str:
    """Return the choice of a truth value."""
    return "" if value is None else "oui" if value else "non"


class RevisedForm(forms.Form):
    """A form made from one revision of a record, which it sends back."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class CompositionForm(RevisedForm):
    """Who lives in the household, and how it is housed today."""

    adult_ages = WordsField(whole_ages(18, 110), label="Âges des adultes", help_text="Par exemple : 34, 36.")
    child_ages = WordsField(whole_ages(0, 30), label="Âges des enfants", required=False,
                            help_text=typography("Laissez vide s'il n'y en a pas. Par exemple : 2, 7."))
    expected_births = forms.IntegerField(label="Naissances attendues", min_value=0, max_value=5, required=False)
    young_couple = YesNoField(label="Jeune couple", help_text="La somme des deux âges est d'au plus 55 ans.")
    disabled_persons = forms.IntegerField(
        label="Personnes titulaires d'une carte CMI invalidité", min_value=0, max_value=10, required=False
    )
    current_status = forms.ChoiceField(
        label="Logement actuel", required=False,
        choices=[UNKNOWN, *((one.value, fr.CURRENT_STATUS[one]) for one in CurrentStatus)],
    )
    current_commune = CommuneField(label="Commune actuelle", required=False, help_text="Le nom ou le code INSEE.")

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        """Return what the form starts from."""
        return {
            "revision": household.revision, "adult_ages": _listed(household.adult_ages),
            "child_ages": _listed(household.child_ages), "expected_births": household.expected_births,
            "young_couple": yes_no(household.young_couple), "disabled_persons": household.disabled_persons,
            "current_status": household.current_status, "current_commune": household.current_commune,
        }

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        found = super().values()
        return found | {
            "expected_births": found["expected_births"] or 0,
            "disabled_persons": found["disabled_persons"] or 0,
        }


class ResourcesForm(RevisedForm):
    """The declared amounts. Who does not read RSA apart has one line for it and the other resources."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        apart = actor.sees("rsa_status") in ("F", "S")
        for name in (*AMOUNTS, *((RSA,) if apart else ()), OTHER):
            label = fr.AMOUNT[name] if apart or name != OTHER else fr.MERGED_OTHER
            unit = "par an" if name.endswith("_year") else "par mois"
            self.fields[name] = AmountField(label, help_text=f"En euros {unit}.")
        self.fields["tax_income_n2_eur_year"].required = True

    @staticmethod
    def initial_of(household: Household, actor: Actor) -> dict[str, Any]:
        """Return what the form starts from."""
        known = dict(household.finances)
        if actor.sees("rsa_status") not in ("F", "S"):
            merged = merged_other(known)
            known.pop(RSA, None)
            known.pop(OTHER, None)
            if merged is not None:
                known[OTHER] = merged
        return {"revision": household.revision, **{name: text.replace(".", ",") for name, text in known.items()}}

    def amounts(self) -> dict[str, str | None]:
        """Return every amount of the form as the text that is sealed."""
        return {name: None if value is None else f"{value:f}" for name, value in super().values().items()}


class RsaForm(RevisedForm):
    """The amount of RSA: the Département only."""

    rsa_eur = AmountField("RSA versé", help_text=typography("En euros par mois ; vide si aucun n'est versé."))

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        """Return what the form starts from."""
        return {"revision": household.revision, "rsa_eur": household.finances.get(RSA, "").replace(".", ",")}


class ApplicationForm(RevisedForm):
    """The application: seniority, grounds, wishes, practical needs."""

    application_number = forms.CharField(label="Numéro unique", max_length=40, required=False)
    applied_on = DayField(label="Demande déposée le")
    in_scheme = forms.BooleanField(label="Dans le dispositif « Un toit, un emploi »", required=False)
    grounds = forms.MultipleChoiceField(
        label="Motifs de priorité déclarés", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Un motif ne compte qu'avec un justificatif.",
    )
    wished_communes = WordsField(commune_codes, label="Communes souhaitées", required=False,
                                 help_text="Des noms ou des codes INSEE, séparés par des virgules.")
    accepts_other_communes = YesNoField(label="Accepte d'autres communes")
    wished_rooms = forms.TypedMultipleChoiceField(
        label="Tailles souhaitées", required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=[(rooms, f"T{rooms}") for rooms in range(1, 7)],
    )
    max_outlay = AmountField("Dépense maximale pour le logement", help_text="En euros par mois, charges comprises.")
    needs_step_free_access = forms.BooleanField(label="Accès sans marche nécessaire", required=False)
    max_floor_without_lift = forms.IntegerField(
        label="Étage maximal sans ascenseur", min_value=0, max_value=30, required=False
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [(one.value, fr.ground(one, on)) for one in PriorityGround]
        self.fields["grounds"].choices = grounds  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        """Return what the form starts from."""
        outlay = household.max_outlay_cents
        return {
            "revision": household.revision, "application_number": household.application_number,
            "applied_on": household.applied_on, "in_scheme": household.in_scheme, "grounds": household.grounds,
            "wished_communes": ", ".join(fr.place(code) for code in household.wished_communes),
            "accepts_other_communes": yes_no(household.accepts_other_communes),
            "wished_rooms": household.wished_rooms,
            "max_outlay": "" if outlay is None else f"{Decimal(outlay) / 100:f}".replace(".", ","),
            "needs_step_free_access": household.needs_step_free_access,
            "max_floor_without_lift": household.max_floor_without_lift,
        }

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        found = super().values()
        outlay = found.pop("max_outlay")
        return found | {
            "max_outlay_cents": None if outlay is None else int(outlay * 100),
            "wished_rooms": sorted(found["wished_rooms"]), "grounds": sorted(found["grounds"]),
        }


class IdentityForm(RevisedForm):
    """Who a job seeker is and how to reach her or him."""

    first_name = forms.CharField(label="Prénom", max_length=80, required=False)
    last_name = forms.CharField(label="Nom", max_length=80, required=False)
    birth_date = DayField(label="Date de naissance", required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Adresse e-mail", required=False)
    address = forms.CharField(label="Adresse", max_length=240, required=False)
    right_to_work = YesNoField(label="Droit au travail")
    residence_permit_until = DayField(label="Titre de séjour valable jusqu'au", required=False)

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """Return what the form starts from."""
        known = {name: getattr(person, name) for name in cls.base_fields}
        return known | {"right_to_work": yes_no(person.right_to_work)}


class PathwayForm(RevisedForm):
    """What a job seeker offers and wishes."""

    occupations = WordsField(
        occupation_codes, label="Métiers recherchés", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Un par ligne, par ordre de préférence : l'intitulé ROME ou son code (N1103).",
    )
    experience = WordsField(
        experience_years, label="Expérience", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=typography("Une ligne par métier : N1103 : 2 (pour deux ans)."),
    )
    skills = WordsField(lambda text: _short_words(text), label="Compétences", required=False,
                        help_text="Des codes ou des mots courts (12 caractères au plus), séparés par des virgules.")
    licences = WordsField(lambda text: [one.upper() for one in _short_words(text)], label="Permis", required=False,
                          help_text="Par exemple : B, C.")
    french_level = forms.ChoiceField(label="Niveau de français", required=False,
                                     choices=[UNKNOWN, *((one.value, one.value) for one in FrenchLevel)])
    modes = forms.MultipleChoiceField(label="Se déplace", widget=forms.CheckboxSelectMultiple,
                                      choices=[(one.value, fr.MODE[one]) for one in Mode])
    max_commute_min = forms.IntegerField(label="Trajet maximal, en minutes", min_value=5, max_value=180)
    leaves_no_earlier_min = WordsField(clock_minutes, label="Part au plus tôt à", required=False, help_text=CLOCK_HELP)
    back_no_later_min = WordsField(clock_minutes, label="Doit être de retour à", required=False, help_text=CLOCK_HELP)
    workable_days = forms.TypedMultipleChoiceField(
        label="Jours possibles", required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=list(enumerate(DAYS)), help_text=typography("Rien de coché : non renseigné."),
    )
    hours_min = forms.DecimalField(label="Heures par semaine, au moins", min_value=0, max_value=60, decimal_places=2,
                                   required=False)
    hours_max = forms.DecimalField(label="Heures par semaine, au plus", min_value=0, max_value=60, decimal_places=2,
                                   required=False)
    contracts = forms.MultipleChoiceField(
        label="Contrats acceptés", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, fr.CONTRACT[one]) for one in Contract],
        help_text=typography("Rien de coché : tous conviennent."),
    )
    available_on = DayField(label="Disponible à partir du", required=False)

    def clean(self) -> dict[str, Any]:
        """Check that the hours are in order."""
        found = super().clean() or {}
        low, high = found.get("hours_min"), found.get("hours_max")
        if low is not None and high is not None and low > high:
            self.add_error("hours_max", "Le maximum doit être au moins égal au minimum.")
        return found

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """Return what the form starts from."""
        known = {name: getattr(person, name) for name in cls.base_fields}
        return known | {
            "occupations": "\n".join(fr.trade(code) for code in person.occupations),
            "experience": "\n".join(f"{code} : {years}" for code, years in sorted(person.experience.items())),
            "skills": ", ".join(person.skills), "licences": ", ".join(person.licences),
            "leaves_no_earlier_min": fr.clock(person.leaves_no_earlier_min),
            "back_no_later_min": fr.clock(person.back_no_later_min),
        }

    def values(self) -> dict[str, Any]:
        """Return what the service takes: nothing ticked is unknown, not refused."""
        found = super().values()
        return found | {
            "workable_days": sorted(found["workable_days"]) or None, "contracts": sorted(found["contracts"]) or None,
            "modes": sorted(found["modes"]), "skills": sorted(set(found["skills"])),
            "licences": sorted(set(found["licences"])),
        }


class NewCandidateForm(forms.Form):
    """The least that a file needs: who, since when, with whom, and the reference income."""

    first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(label="Nom", max_length=80)
    birth_date = DayField(label="Date de naissance", required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    email = forms.EmailField(label="Adresse e-mail", required=False)
    application_number = forms.CharField(label="Numéro unique", max_length=40, required=False)
    applied_on = DayField(label="Demande déposée le")
    adult_ages = WordsField(whole_ages(18, 110), label="Âges des adultes", help_text="Par exemple : 34, 36.")
    child_ages = WordsField(whole_ages(0, 30), label="Âges des enfants", required=False,
                            help_text=typography("Laissez vide s'il n'y en a pas."))
    tax_income = AmountField(fr.AMOUNT["tax_income_n2_eur_year"], help_text="En euros par an, sur l'avis d'impôt.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tax_income"].required = True

    def parts(self) -> dict[str, Mapping[str, Any]]:
        """Return what the service takes."""
        found = self.cleaned_data
        return {
            "household": {
                name: found[name] for name in ("application_number", "applied_on", "adult_ages", "child_ages")
            },
            "finances": {"tax_income_n2_eur_year": f"{found['tax_income']:f}"},
            "person": {name: found[name] for name in ("first_name", "last_name", "birth_date", "phone", "email")},
        }


class EvidenceForm(forms.Form):
    """A document that was seen."""

    ground = forms.ChoiceField(label="Motif de priorité")
    document = forms.CharField(
        label="Justificatif vu", max_length=120,
        help_text=typography("Ce que c'est, sans détail de santé : « attestation d'hébergement », par exemple."),
    )
    dated_on = DayField(label="Daté du")
    valid_until = DayField(label="Valable jusqu'au", required=False, help_text="Laissez vide s'il n'expire pas.")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = [(one.value, fr.ground(one, on)) for one in PriorityGround]
        self.fields["ground"].choices = grounds  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why contacts are read, or what a list is for; it is logged and the person reads it."""

    reason = forms.CharField(label="Pour quelle raison ?", min_length=5, max_length=180)


class NoteForm(forms.Form):
    """A social note."""

    text = forms.CharField(label="Note", max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


def _listed(values: Any) -> str:
    return ", ".join(str(one) for one in values)


def _short_words(text: str) -> list[str]:
    """Return the words between commas, each short enough for its column."""
    found = [one.strip() for one in text.replace(";", ",").split(",") if one.strip()]
    if long := [one for one in found if len(one) > 12]:
        raise UnusableInput(typography(f"« {long[0]} » dépasse 12 caractères."))
    return list(dict.fromkeys(found))
