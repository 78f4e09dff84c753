"""The forms of a candidate's own space: few fields, plain words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from untoit.core.model.work import Mode
from untoit.core.wording import typography
from untoit.records.applicants import wording as fr
from untoit.records.applicants.models import Household, Person
from untoit.web.adviser.candidate_forms import (
    AmountField,
    DayField,
    RevisedForm,
    WordsField,
    YesNoField,
    yes_no,
)
from untoit.web.components.words import clock_minutes, commune_codes, occupation_codes


class ContactForm(RevisedForm):
    """How to reach me."""

    phone = forms.CharField(label="Mon téléphone", max_length=20, required=False,
                            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))
    email = forms.EmailField(label="Mon adresse e-mail", required=False,
                             widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    address = forms.CharField(label="Mon adresse", max_length=240, required=False,
                              widget=forms.TextInput(attrs={"autocomplete": "street-address"}))

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """Return what the form starts from."""
        return {name: getattr(person, name) for name in cls.base_fields}


class WorkWishesForm(RevisedForm):
    """The work that I look for."""

    occupations = WordsField(
        occupation_codes, label="Les métiers que je cherche", widget=forms.Textarea(attrs={"rows": 3}),
        help_text=typography("Un métier par ligne. Le préféré en premier. Votre coach peut vous aider."),
    )
    modes = forms.MultipleChoiceField(
        label="Je peux me déplacer", widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, fr.MODE[one]) for one in Mode],
    )
    max_commute_min = forms.IntegerField(label="Mon trajet le plus long, en minutes", min_value=5, max_value=180)
    back_no_later_min = WordsField(clock_minutes, label="Je dois être de retour à", required=False,
                                   help_text=typography("Par exemple 18 h. Laissez vide si cela ne compte pas."))
    available_on = DayField(label="Je peux commencer le", required=False)

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        """Return what the form starts from."""
        known = {name: getattr(person, name) for name in cls.base_fields}
        return known | {
            "occupations": "\n".join(fr.trade(code) for code in person.occupations),
            "back_no_later_min": fr.clock(person.back_no_later_min),
        }

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        found = super().values()
        return found | {"modes": sorted(found["modes"])}


class HomeWishesForm(RevisedForm):
    """The home that I look for."""

    wished_communes = WordsField(commune_codes, label="Les villes que je préfère", required=False,
                                 help_text="Séparez les villes par des virgules.")
    accepts_other_communes = YesNoField(label="J'accepte d'autres villes")
    wished_rooms = forms.TypedMultipleChoiceField(
        label="La taille du logement", required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        choices=[(rooms, f"T{rooms}") for rooms in range(1, 7)],
        help_text=typography("T2 : un salon et une chambre. T3 : un salon et deux chambres."),
    )
    max_outlay = AmountField("Le plus que je peux payer par mois", help_text="En euros, charges comprises.")
    needs_step_free_access = forms.BooleanField(label="J'ai besoin d'un logement sans marche", required=False)

    @staticmethod
    def initial_of(household: Household) -> dict[str, Any]:
        """Return what the form starts from."""
        outlay = household.max_outlay_cents
        return {
            "revision": household.revision,
            "wished_communes": ", ".join(fr.place(code) for code in household.wished_communes),
            "accepts_other_communes": yes_no(household.accepts_other_communes),
            "wished_rooms": household.wished_rooms,
            "max_outlay": "" if outlay is None else f"{Decimal(outlay) / 100:f}".replace(".", ","),
            "needs_step_free_access": household.needs_step_free_access,
        }

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        found = super().values()
        outlay = found.pop("max_outlay")
        return found | {
            "max_outlay_cents": None if outlay is None else int(outlay * 100),
            "wished_rooms": sorted(found["wished_rooms"]),
        }
