"""The people of an event as lists show them: everybody counts, names appear under the rights of whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from untoit.core.lifecycles.event import COMING, HOLDING_A_PLACE, RegistrationState
from untoit.core.wording import counted, typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.selectors import found_by
from untoit.records.applicants.view import name_of
from untoit.records.events import names
from untoit.records.events.models import Event, Registration
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, grant

# Those who run the event see that a place is taken, by whom or not; the others see the people they follow.
_RUNNING = frozenset({Role.LA, Role.LM, Role.EMPP})
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line: ``known`` says whether the reader follows this person; else only the badge, the wave and the state."""

    registration: Registration
    name: str
    known: bool
    writes: bool
    interviews: int
    promised: int
    talks: int
    sessions: int
    came: int


def rows_for(by: Actor, event: Event) -> QuerySet[Registration]:
    """Return the registrations that make the list for this actor."""
    get_object_or_404(Event.objects.visible_to(by), pk=event.pk)
    if by.role in _RUNNING:
        found: QuerySet[Registration] = Registration.objects.filter(event=event)
    else:
        found = Registration.objects.visible_to(by).filter(event=event)
    return found.select_related("wave", "person").only(
        "id", "event_id", "person_id", "state", "wave", "is_standby", "rank", "badge", "channel", "travel_min",
        "travel_note", "needs_accessible", "needs_language", "housing_after", "arrives_slot", "leaves_slot", "source",
        "revision", "created_at", "person__first_name", "person__last_name", "person__household_id", "wave__number",
    )


def present(by: Actor, rows: Sequence[Registration]) -> list[PersonRow]:
    """Return the lines of a page of the list: four queries, whatever their number."""
    visible = names.seen(by, rows)
    ids = [one.pk for one in rows]
    wished = {one["pk"]: one for one in Registration.objects.filter(pk__in=ids).order_by().values("pk").annotate(
        interviews=Count("wishes", filter=Q(wishes__stand__kind="employer", wishes__is_dropped=False)),
        promised=Count("wishes", filter=Q(
            wishes__stand__kind="employer", wishes__is_dropped=False, wishes__is_wanted=True
        )),
        talks=Count("wishes", filter=Q(wishes__stand__kind="housing", wishes__is_dropped=False)),
    )}
    seats = {one["pk"]: one for one in Registration.objects.filter(pk__in=ids).order_by().values("pk").annotate(
        sessions=Count("preparations"), came=Count("preparations", filter=Q(preparations__came=True)),
    )}
    writes = grant(by.role, "registration", WRITE) is not None
    return [PersonRow(
        one, names.name(by, one, visible), one.pk in visible, writes and one.pk in visible,
        wished[one.pk]["interviews"], wished[one.pk]["promised"],
        wished[one.pk]["talks"], seats[one.pk]["sessions"], seats[one.pk]["came"],
    ) for one in rows]


def known(by: Actor, rows: QuerySet[Registration]) -> QuerySet[Registration]:
    """Keep those that the actor follows: what a search or a filter on their life may go through."""
    return rows.filter(pk__in=Registration.objects.visible_to(by).values("pk"))


def named(by: Actor, rows: QuerySet[Registration], text: str) -> QuerySet[Registration]:
    """Keep those whom a text names among the people one follows, and the badge of anybody."""
    people = found_by(Person.objects.visible_to(by), text, by)
    mine = known(by, rows).filter(person__in=people.values("pk")).values("pk")
    return rows.filter(Q(pk__in=mine) | Q(badge__iexact=text.strip()))


def addable(by: Actor, event: Event, text: str) -> list[dict[str, Any]]:
    """Return the candidates whom a text names and who are not on the list, the first ones."""
    if not text.strip() or grant(by.role, "registration", WRITE) is None:
        return []
    there = Registration.objects.filter(event=event).exclude(state=RegistrationState.REMOVED).values("person_id")
    people = found_by(Person.objects.visible_to(by), text, by).exclude(pk__in=there)
    return [
        {"person": one, "name": name_of(one, by)}
        for one in people.order_by("last_name", "first_name", "pk")[:MOST_FOUND]
    ]


def figures(event: Event) -> list[tuple[str, str]]:
    """Return how many are on the list, asked, coming, in reserve: each with its denominator."""
    counts = dict(
        Registration.objects.filter(event=event).order_by().values_list("state").annotate(n=Count("pk"))
    )
    reserve = Registration.objects.filter(event=event, is_standby=True).exclude(state=RegistrationState.REMOVED).count()
    listed = sum(counts.values()) - counts.get(RegistrationState.REMOVED, 0)
    asked = listed - counts.get(RegistrationState.PROPOSED, 0)
    coming = sum(counts.get(state, 0) for state in COMING)
    held = sum(counts.get(state, 0) for state in HOLDING_A_PLACE)
    places = sum(one.capacity for one in event.waves.all())
    return [
        (str(listed), typography("sur la liste")), (f"{asked} sur {listed}", "invitées"),
        *([(f"{coming} sur {asked}", "ont confirmé")] if asked else []), (f"{held} sur {places}", "places tenues"),
        (str(reserve), counted(reserve, "en réserve", "en réserve").removeprefix(str(reserve)).strip()),
    ]
