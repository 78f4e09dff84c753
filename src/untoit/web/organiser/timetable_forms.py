"""The shapes of what the pages of the timetable are sent; services decide."""

from __future__ import annotations

from typing import Any

from django import forms

from untoit.core.wording.moments import clock
from untoit.records.events import moves, timetable_rules
from untoit.records.events.boards import VIEWS, Line
from untoit.records.events.models import Event, Registration, Stand
from untoit.records.partners.search import folded

SECONDS = [("10", "10 secondes"), ("30", "30 secondes"), ("60", "une minute"), ("120", "deux minutes")]


class ComputeForm(forms.Form):
    """How long the computation may look for better."""

    seconds = forms.ChoiceField(label="Durée du calcul", choices=SECONDS, initial="10")


class BoardFilter(forms.Form):
    """What the board shows: a view, a wave or a room, some letters."""

    vue = forms.ChoiceField(choices=[(one, one) for one in VIEWS], required=False, widget=forms.HiddenInput)
    nature = forms.ChoiceField(
        label="Stands", required=False,
        choices=[
            ("", "Tous"), ("employer", "Employeurs"), ("housing", "Tables logement"), ("desk", "Points d’information"),
        ],
    )
    cherche = forms.CharField(label="Nom ou numéro", required=False, max_length=60)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._event = event

    def keeps(self, view: str, line: Line) -> bool:
        """Whether a line is among those asked for."""
        if not self.is_valid():
            return True
        chosen = self.cleaned_data
        if view != "candidats" and chosen["nature"] and line.kind != chosen["nature"]:
            return False
        return folded(chosen["cherche"]) in folded(f"{line.title} {line.sub}")


class MoveForm(forms.Form):
    """Where a meeting goes: « table-slot », as the list of places and the grid name it."""

    place = forms.RegexField(
        r"^\d{1,3}-\d{1,2}$", label="Nouvelle place", error_messages={"required": "Choisissez où la déplacer."}
    )
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spot = (0, 0)

    def clean_place(self) -> str:
        """Read the table and the slot."""
        text: str = self.cleaned_data["place"]
        table, slot = text.split("-")
        self.spot = (int(table), int(slot))
        return text


class CancelForm(forms.Form):
    """Why a meeting is cancelled."""

    reason = forms.ChoiceField(
        label="Pourquoi ?", choices=[("", "Choisir"), *moves.REASONS.items()],
        error_messages={"required": "Choisissez la raison de cette annulation."},
    )
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class RulesForm(forms.Form):
    """How much each family of wishes binds, general pauses, and how many meetings in a row."""

    max_run = forms.IntegerField(
        label="Rencontres de suite au plus", min_value=1, max_value=timetable_rules.MOST_IN_A_ROW,
        help_text="Ensuite, la personne a au moins un créneau libre.",
    )
    breaks = forms.MultipleChoiceField(
        label="Pauses générales", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Personne n’est reçu à ces heures, à aucun stand.",
    )
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        levels = timetable_rules.levels_of(event)
        kwargs.setdefault("initial", {
            "max_run": event.settings.get("max_run", 2), "revision": event.revision,
            "breaks": [str(slot) for slot in event.settings.get("breaks", ())], **levels,
        })
        super().__init__(*args, **kwargs)
        breaks = self.fields["breaks"]
        assert isinstance(breaks, forms.MultipleChoiceField)
        breaks.choices = hours_of(event)
        for family, label in timetable_rules.FAMILIES.items():
            self.fields[family] = forms.ChoiceField(
                label=label, choices=[(str(level), words) for level, words in timetable_rules.LEVELS.items()]
            )

    @property
    def families(self) -> list[forms.BoundField]:
        """Return the fields of the levels, in order."""
        return [self[family] for family in timetable_rules.FAMILIES]


class AddForm(forms.Form):
    """Whom to have meet which stand."""

    registration = forms.ChoiceField(label="Qui")
    stand = forms.ChoiceField(label="Avec quel stand")

    def __init__(self, *args: Any, people: list[tuple[str, str]], stands: list[Stand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "registration", people)
        _choices(self, "stand", [(str(one.pk), f"{one.number}. {one.name}") for one in stands])


class StandHoursForm(forms.Form):
    """A stand that comes late, leaves, or stays after all."""

    stand = forms.ChoiceField(label="Stand")
    what = forms.ChoiceField(
        label="Que se passe-t-il ?",
        choices=[("late", "Il arrive en retard"), ("leaves", "Il s’en va"), ("stays", "Il reste jusqu’au bout")],
    )
    slot = forms.ChoiceField(label="À partir de", required=False)

    def __init__(self, *args: Any, event: Event, stands: list[Stand], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "stand", [(str(one.pk), f"{one.number}. {one.name}") for one in stands])
        _choices(self, "slot", hours_of(event))


class LateForm(forms.Form):
    """Somebody on the way."""

    registration = forms.ChoiceField(label="Qui arrive en retard")
    slot = forms.ChoiceField(label="Peut commencer à")

    def __init__(self, *args: Any, event: Event, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "registration", people)
        _choices(self, "slot", hours_of(event))


def _choices(form: forms.Form, name: str, values: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", "Choisir"), *values]


def hours_of(event: Event) -> list[tuple[str, str]]:
    """Return the slots of an event by the hour at which they start."""
    return [(str(slot), clock(event.minute_of(slot))) for slot in range(event.slots)]


def people_of(names: dict[str, Any], rows: list[Registration]) -> list[tuple[str, str]]:
    """Return the people of a list, by the name that the reader may see."""
    return sorted(((str(one.pk), names[str(one.pk)].full) for one in rows), key=lambda pair: folded(pair[1]))
