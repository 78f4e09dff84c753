"""The form of an event: everything in one page, each part with a value that already works."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from untoit.core.errors import UnusableInput
from untoit.core.lifecycles.event import EVENT_STATE_NAMES
from untoit.core.territory.communes import commune
from untoit.core.wording.moments import typed
from untoit.records.events.models import Event
from untoit.records.events.neutral import require_neutral
from untoit.records.events.plans import EventPlan, holders, plan_of, suggested_day
from untoit.records.partners.rights import Actor
from untoit.web.components.forms import DayInput
from untoit.web.components.lists import FilterForm
from untoit.web.components.pickers import CommuneField
from untoit.web.components.words import clock_minutes

# A day at the end of a name.
_DATED = re.compile(r"\s*(?:\bdu\b|\ble\b|,)?\s*\d{1,2}/\d{1,2}/\d{4}\s*$")
HOUSING_LENGTHS = [(1, "un créneau"), (2, "deux créneaux de suite"), (3, "trois créneaux de suite")]


def number(label: str, low: int, high: int, help_text: str = "", **kwargs: Any) -> forms.IntegerField:
    """Return a whole number between two bounds."""
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, help_text=help_text,
        widget=forms.NumberInput({"inputmode": "numeric", "class": "short"}), **kwargs,
    )


def rebase(form: forms.Form, revision: int) -> None:
    """Make what was typed a change of the row as it now is: the person has been told that another came first."""
    typed: Any = form.data
    form.data = typed = typed.copy()
    typed["revision"] = str(revision)


class HourField(forms.CharField):
    """A time of day as people write it (9 h 30); the value is minutes after midnight."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput({"class": "short", "size": 8}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return « 9 h 30 » for 570."""
        return typed(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return minutes, or refuse in words."""
        try:
            return clock_minutes(super().to_python(value) or "")
        except UnusableInput as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class EventForm(forms.Form):
    """An event."""

    use_required_attribute = False

    title = forms.CharField(
        label="Titre", max_length=120, help_text="Lu par les équipes. Ni les employeurs ni les SMS ne le montrent."
    )
    neutral_name = forms.CharField(
        label="Nom montré aux employeurs", max_length=120,
        help_text="Aussi sur les badges, les SMS et l’écran de la salle : il ne dit rien du logement.",
    )
    organisation = forms.ChoiceField(label="Préparé pour")
    on = forms.DateField(label="Date", widget=DayInput)
    starts_min = HourField(label="Début", help_text="Par exemple 9 h.")
    waves = number("Nombre de vagues", 1, 6, "Des groupes qui se suivent : moins d’attente dans la salle.")
    wave_min = number("Minutes par vague", 15, 300)
    between_min = number("Minutes libres entre deux vagues", 0, 120)
    capacity = number("Places par vague", 1, 200)
    slot_min = number("Minutes par entretien", 5, 60, "10 à 15 minutes conviennent.")
    change_min = number("Minutes de battement", 0, 30, "Le temps de changer de table.")
    housing_slots = forms.TypedChoiceField(
        label="Échange logement", choices=HOUSING_LENGTHS, coerce=int, help_text="15 à 20 minutes conviennent."
    )
    employers_min = number("Entretiens par personne, au moins", 0, 10)
    employers_max = number("Au plus", 1, 10)
    place_name = forms.CharField(label="Lieu", max_length=160, help_text="Par exemple : Maison des associations.")
    address = forms.CharField(label="Adresse", max_length=240)
    commune = CommuneField(label="Commune", help_text="Son nom ou son code INSEE.")
    latitude = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90, localize=False,
                                help_text="Sans elle, le centre de la commune est pris : les trajets sont approchés.")
    longitude = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180, localize=False)
    access_notes = forms.CharField(
        label="Pour venir", max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text="Arrêt le plus proche, entrée, étage : repris dans les convocations.",
    )
    contact_phone = forms.CharField(
        label="Téléphone le jour même", max_length=20, required=False,
        help_text="Pour une personne perdue ou en retard.",
    )
    is_public = forms.BooleanField(label="Annoncé publiquement, sous le nom montré aux employeurs", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    event_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    copy_of = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        possible = holders(actor)
        field: Any = self.fields["organisation"]
        field.choices = [(str(one.pk), one.name) for one in possible]
        if editing or len(possible) < 2:
            del self.fields["organisation"]

    def clean_neutral_name(self) -> str:
        """Refuse a name that tells an employer that people look for a home."""
        try:
            return require_neutral(self.cleaned_data["neutral_name"])
        except UnusableInput as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal

    def clean_starts_min(self) -> int:
        """Require an hour."""
        value: int | None = self.cleaned_data["starts_min"]
        if value is None or value >= 24 * 60:
            raise forms.ValidationError("Écrivez une heure, par exemple 9 h.")
        return value

    def clean_commune(self) -> str:
        """Return the code of a commune whose centre is known: journeys are computed to it."""
        code: str = self.cleaned_data["commune"]
        if commune(code) is None:
            raise forms.ValidationError("Cette commune n’est pas dans la table : choisissez une commune de la liste.")
        return code

    @property
    def plan(self) -> EventPlan:
        """Return what was typed, in the words of the service."""
        data = self.cleaned_data
        return EventPlan(**{one.name: data[one.name] for one in fields(EventPlan) if one.name in data})

    @classmethod
    def of(cls, event: Event, *, actor: Actor) -> EventForm:
        """Return the form that shows an event as it is."""
        return cls(initial={**_values(plan_of(event)), "revision": event.revision}, actor=actor, editing=True)

    @classmethod
    def new(cls, *, actor: Actor, today: date, like: Event | None, copied: bool) -> EventForm:
        """
        Return the form of a new event, filled: a whole valid event but for the place, taken from the last one if any.

        ``copied``: the stands and rooms of ``like`` come along too.
        """
        usual: dict[str, Any] = {
            "title": "Un toit, un emploi", "neutral_name": "Rencontres emploi", "starts_min": 540, "slot_min": 10,
            "change_min": 2, "waves": 2, "wave_min": 90, "between_min": 0, "capacity": 16, "housing_slots": 1,
            "employers_min": 2, "employers_max": 4,
        }
        if like is not None:
            usual |= _values(plan_of(like))
            # « Rencontres emploi du 08/12/2026 » would name the day of the event before.
            usual["neutral_name"] = _DATED.sub("", usual["neutral_name"]) or usual["neutral_name"]
        return cls(
            initial={
                **usual, "on": suggested_day(today), "event_id": uuid4(), "is_public": False,
                "copy_of": like.pk if like is not None and copied else None,
                "organisation": str(like.organisation_id) if like is not None else str(actor.organisation_id or ""),
            },
            actor=actor,
        )


def _values(plan: EventPlan) -> dict[str, Any]:
    return {one.name: getattr(plan, one.name) for one in fields(EventPlan)}


class EventFilter(FilterForm):
    """The filters of the list of events."""

    etat = forms.ChoiceField(
        label="État", required=False,
        choices=[("", "Tous"), *((state.value, name) for state, name in EVENT_STATE_NAMES.items())],
    )

    def apply(self, queryset: Any) -> Any:
        """Keep the events in this state."""
        state = self.cleaned_data["etat"]
        return queryset.filter(state=state) if state else queryset


class ReasonForm(forms.Form):
    """Why an event is cancelled, put back or opened again."""

    use_required_attribute = False

    reason = forms.CharField(
        label="Raison", max_length=300,
        help_text="Gardée dans l’historique, montrée aux organisateurs. Sans nom de personne.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
