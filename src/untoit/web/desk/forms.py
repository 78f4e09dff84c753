"""The shape of what the morning pages receive."""

from __future__ import annotations

from django import forms

from untoit.records.desk.models import DigestFrequency


class PostponeForm(forms.Form):
    """Until when a task is put off."""

    due_on = forms.DateField(
        label="Reporter au", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choisissez une date.", "invalid": "Cette date n'est pas lisible : jj/mm/aaaa."},
    )


class DigestForm(forms.Form):
    """How often one is written to."""

    digest = forms.ChoiceField(
        label="Recevoir le message qui compte vos tâches", choices=DigestFrequency.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choisissez l'une des trois réponses."},
    )
