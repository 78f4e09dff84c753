"""The shape of what the pages of a pathway receive; services decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from untoit.core.lifecycles.lifecycle import Lifecycle
from untoit.records.followup.models import Pathway
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway import items, words
from untoit.records.partners.models import Membership
from untoit.records.partners.rights import Actor
from untoit.web.components.forms import DayInput

Choices = list[tuple[str, str]]
PERSON = "person"
LENGTHS: Choices = [
    ("15", "15 min"), ("30", "30 min"), ("45", "45 min"), ("60", "1 h"), ("90", "1 h 30"), ("120", "2 h"),
    ("180", "3 h"), ("240", "4 h"), ("420", "7 h"),
]


def _choices(known: Mapping[str, str], *, blank: str = "") -> Choices:
    found = [(code, words.capital(text)) for code, text in known.items()]
    return [("", blank), *found] if blank else found


def _set(field: Any, choices: Choices) -> None:
    field.choices = choices


def moment(on: date, hour: Any) -> datetime:
    """Return the instant of a day and an hour on the wall in Paris."""
    return timezone.make_aware(datetime.combine(on, hour))


def time_field(label: str = "À") -> forms.TimeField:
    """Return the field of an hour."""
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class ActForm(forms.Form):
    """One act: what it needs, and the revision that it was asked from."""

    use_required_attribute = False

    revision = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def given(self) -> dict[str, Any]:
        """Return what the service receives."""
        data = self.cleaned_data
        return {name: value for name, value in data.items() if name != "revision" and value not in (None, "")}


def act_form(
    table: Lifecycle, action: str, data: Any, *, reasons: Mapping[str, str], revision: int, today: date,
    initial: Mapping[str, Any] | None = None,
) -> ActForm:
    """Return the form of an act: one field for each thing that its line of the table needs."""
    needs = {need for one in table.transitions if one.action == action for need in one.needs}
    fields: dict[str, forms.Field] = {}
    if "reason" in needs:
        fields["reason"] = forms.ChoiceField(label="Raison", choices=_choices(reasons), widget=forms.RadioSelect)
    if "consented_on" in needs:
        fields["consented_on"] = forms.DateField(label="Accord donné le", widget=DayInput)
    if "done_on" in needs:
        fields["done_on"] = forms.DateField(label="Le", widget=DayInput)
        fields["minutes"] = forms.TypedChoiceField(
            label="Durée, si elle compte comme activité", choices=[("", "sans durée"), *LENGTHS], required=False,
            coerce=int, empty_value=None,
        )
    elif "minutes" in needs:
        fields["minutes"] = forms.TypedChoiceField(label="Durée", choices=LENGTHS, coerce=int)
    if "new_at" in needs:
        fields["new_on"] = forms.DateField(label="Nouveau jour", widget=DayInput)
        fields["new_hour"] = time_field("Nouvelle heure")
    made: type[ActForm] = type("MadeActForm", (_MomentForm if "new_at" in needs else ActForm,), fields)
    return made(data, initial={
        "revision": revision, "consented_on": today, "done_on": today, "minutes": 60 if "done_on" not in needs else "",
        **(initial or {}),
    })


class _MomentForm(ActForm):
    @property
    def given(self) -> dict[str, Any]:
        """Return the new moment as one instant."""
        return {"new_at": moment(self.cleaned_data["new_on"], self.cleaned_data["new_hour"])}


class ItemForm(forms.Form):
    """A goal, an action or an obstacle, in few taps."""

    use_required_attribute = False

    code = forms.ChoiceField(label="Lequel")
    wording = forms.CharField(
        label="En quelques mots, pour la personne", required=False, max_length=items.WORDS_AT_MOST,
        help_text="Elle lit cette phrase. Sans raison de santé ni jugement.",
    )
    goal = forms.ChoiceField(label="Pour quel objectif", required=False)
    who = forms.ChoiceField(label="Qui s’en charge")
    due_on = forms.DateField(label="Pour le", widget=DayInput, required=False)

    def __init__(self, data: Any, *, kind: str, pathway: Pathway, actor: Actor, holders: list[Membership]) -> None:
        super().__init__(data, prefix=str(kind), initial={"who": str(actor.membership_id)})
        self.kind = kind
        _set(self.fields["code"], _choices(words.codes(kind, actor.today), blank="—"))
        if kind != ItemKind.ACTION:
            del self.fields["goal"], self.fields["who"]
        else:
            known = words.codes(ItemKind.GOAL, actor.today)
            goals = pathway.items.filter(kind=ItemKind.GOAL, state__in=("open", "started"))
            _set(self.fields["goal"], [("", "aucun en particulier"), *(
                (str(one.pk), words.capital(known.get(one.code, one.code))) for one in goals
            )])
            _set(self.fields["who"], people(holders, actor, person="La personne"))
            self.fields["due_on"].required = True
        if kind == ItemKind.OBSTACLE:
            del self.fields["wording"], self.fields["due_on"]

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service receives."""
        data = self.cleaned_data
        who = data.get("who", "")
        return {
            "kind": self.kind, "code": data["code"], "wording": data.get("wording", ""), "due_on": data.get("due_on"),
            "by_person": who == PERSON, "owner_id": UUID(who) if who and who != PERSON else None,
            "goal_id": UUID(data["goal"]) if data.get("goal") else None,
        }


def people(holders: list[Membership], actor: Actor, *, person: str = "") -> Choices:
    """Return who may be chosen: oneself first, the colleagues, the person where ``person`` names her."""
    found = [(str(one.pk), "Moi" if one.pk == actor.membership_id else f"{one.user}, {one.organisation.name}")
             for one in holders]
    found.sort(key=lambda one: one[1] != "Moi")
    return [*found, *([(PERSON, person)] if person else [])]


class AppointmentForm(forms.Form):
    """An appointment to set."""

    use_required_attribute = False

    kind = forms.ChoiceField(label="Quoi")
    on = forms.DateField(label="Le", widget=DayInput)
    hour = time_field()
    minutes = forms.TypedChoiceField(label="Durée", choices=LENGTHS, coerce=int)
    place = forms.CharField(label="Lieu", required=False, max_length=200, help_text="La personne le lit.")
    who = forms.ChoiceField(label="Avec qui", required=False)

    def __init__(self, data: Any, *, actor: Actor, holders: list[Membership]) -> None:
        super().__init__(data, prefix="rdv", initial={
            "kind": "APPOINTMENT", "minutes": 60, "who": str(actor.membership_id),
        })
        _set(self.fields["kind"], _choices(words.activities(actor.today)))
        _set(self.fields["who"], people(holders, actor))

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service receives."""
        data = self.cleaned_data
        return {
            "kind": data["kind"], "starts_at": moment(data["on"], data["hour"]), "minutes": data["minutes"],
            "place": data["place"], "with_whom_id": UUID(data["who"]) if data["who"] else None,
        }


class HoursForm(forms.Form):
    """The hours a week agreed with the person."""

    use_required_attribute = False

    agreed = forms.ChoiceField(label="Heures par semaine", widget=forms.RadioSelect, choices=[
        ("usual", "Le repère habituel"), ("number", "Un autre nombre, convenu ensemble"),
        ("waived", "Pas de repère pour l’instant"),
    ])
    number = forms.IntegerField(label="Nombre d’heures", required=False, min_value=1, max_value=39)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Ask for the number where one was agreed."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("agreed") == "number" and not data.get("number"):
            self.add_error("number", "Indiquez un nombre d’heures.")
        return data


class HandOverForm(forms.Form):
    """To whom the pathway is passed on."""

    use_required_attribute = False

    to = forms.ChoiceField(label="À qui")
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, colleagues: list[Membership], revision: int) -> None:
        super().__init__(data, initial={"revision": revision})
        _set(self.fields["to"], [("", "—"), *((str(one.pk), str(one.user)) for one in colleagues)])
