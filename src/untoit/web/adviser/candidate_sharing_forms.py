"""The forms of consents, shares and who follows."""

from __future__ import annotations

from typing import Any

from django import forms

from untoit.records.applicants import wording as fr
from untoit.records.applicants.models import Purpose
from untoit.records.partners.models import Membership, Organisation
from untoit.web.adviser.candidate_forms import DayField


class ConsentForm(forms.Form):
    """An agreement that a person gave."""

    purpose = forms.ChoiceField(label="Accord pour", choices=Purpose.choices)
    given_on = DayField(label="Donné le")
    how = forms.ChoiceField(label="Recueilli", choices=[(code, fr.HOW[code]) for code in ("signed", "oral")])


class LinkForm(forms.Form):
    """Another organisation that the file is to be shared with."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Organisation")
    purpose = forms.ChoiceField(label="Pour", choices=Purpose.choices)
    expires_on = DayField(label="Jusqu'au", help_text="Douze mois au plus.")

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class ExtendForm(forms.Form):
    """Another last day for a link."""

    expires_on = DayField(label="Jusqu'au", help_text="Douze mois au plus.")


class FollowForm(forms.Form):
    """A colleague who follows the household too, or takes it over."""

    colleague = forms.ModelChoiceField(Membership.objects.none(), label="Collègue")
    both_until = DayField(
        label="Vous suivez encore le dossier jusqu'au", required=False,
        help_text="Laissez vide pour continuer à le suivre ensemble.",
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["colleague"].label_from_instance = lambda one: str(one.user)  # type: ignore[attr-defined]
