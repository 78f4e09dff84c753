"""
How far each person of an event went: the sheets of the day, then what the tracks recorded afterwards.

Read by the review of the event, by the indicators, and when a registration is erased: its twin keeps this count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from untoit.core.indicators.funnel import Participant
from untoit.core.lifecycles import job_track
from untoit.core.lifecycles.event import RegistrationState
from untoit.records.events.models import EmployerOutcome, Event, HousingOutcome, Meeting, Registration, StandKind
from untoit.records.followup.models import Application, Proposal, Twin

# What follows an event is linked to it, or began within so many days of it (usage of the project).
AFTER_EVENT = timedelta(days=90)
_STAYED = sorted(job_track.IN_WORK | job_track.LOST)
_FAVOURABLE, INTERESTED = frozenset({"hire", "second"}), frozenset({"interested", "visit"})


@dataclass(frozen=True, slots=True)
class Reached:
    """The registrations of events whose person was hired, and whose household signed a lease, afterwards."""

    hired: frozenset[UUID]
    leased: frozenset[UUID]


def reached(registrations: Iterable[Registration]) -> Reached:
    """
    Return who got a job, and a home, after the event of each registration; ``event`` and ``person`` are loaded.

    It counts when the application of the person, or the proposal of the household, is linked to the event or began in
    the ninety days after it, and still when that row was erased since (``got_job``, ``got_home``).
    """
    rows = list(registrations)
    jobs: Any = Application.objects.filter(
        person__in={row.person_id for row in rows}, state__in=_STAYED
    ).values_list("person_id", "event_id", "opened_on")
    homes: Any = Proposal.objects.filter(
        household__in={row.person.household_id for row in rows}, signed_on__isnull=False
    ).values_list("household_id", "event_id", "opened_on")
    by_person, by_household = _by_key(jobs), _by_key(homes)
    return Reached(
        frozenset(row.pk for row in rows if row.got_job or _follows(row.event, by_person[row.person_id])),
        frozenset(
            row.pk for row in rows if row.got_home or _follows(row.event, by_household[row.person.household_id])
        ),
    )


def _by_key(rows: Iterable[tuple[UUID, UUID | None, date]]) -> dict[UUID, list[tuple[UUID | None, date]]]:
    found: dict[UUID, list[tuple[UUID | None, date]]] = defaultdict(list)
    for key, event, opened in rows:
        found[key].append((event, opened))
    return found


def _follows(event: Event, rows: Iterable[tuple[UUID | None, date]]) -> bool:
    return any(linked == event.pk or event.on <= opened <= event.on + AFTER_EVENT for linked, opened in rows)


def participants(registrations: Iterable[Registration]) -> dict[UUID, Participant]:
    """Return how far each person went, by registration; ``event`` and ``person`` are loaded. Five queries."""
    people = list(registrations)
    mine = Meeting.objects.filter(registration__in=people).exclude(state="cancelled").select_related("stand")
    said = {one.meeting_id: one for one in EmployerOutcome.objects.filter(meeting__registration__in=people)}
    told = {one.meeting_id: one for one in HousingOutcome.objects.filter(meeting__registration__in=people)}
    by_person: dict[UUID, list[Meeting]] = defaultdict(list)
    for one in mine:
        by_person[one.registration_id].append(one)
    after = reached(people)
    return {one.pk: _participant(one, by_person[one.pk], said, told, after) for one in people}


def was_held(one: Meeting, said: Mapping[UUID, Any], told: Mapping[UUID, Any]) -> bool:
    """Whether a meeting took place: a sheet says so even where nobody pressed the button."""
    return one.state == "held" or one.pk in said or one.pk in told


def _participant(
    one: Registration, meetings: list[Meeting], said: Mapping[UUID, EmployerOutcome],
    told: Mapping[UUID, HousingOutcome], after: Reached,
) -> Participant:
    kinds = Counter(row.stand.kind for row in meetings if was_held(row, said, told))
    jobs = {said[row.pk].decision for row in meetings if row.pk in said}
    homes = {told[row.pk].decision for row in meetings if row.pk in told}
    invited = one.source != "walk_in"
    return Participant(
        invited=invited, confirmed=invited and one.state == RegistrationState.CONFIRMED,
        present=one.present_at is not None, interviews=kinds[StandKind.EMPLOYER], favourable=bool(jobs & _FAVOURABLE),
        # What a sheet promised on the day and what was signed afterwards: either is a hire of this event.
        hired="hire" in jobs or one.pk in after.hired, talks=kinds[StandKind.HOUSING],
        proposed=bool(homes & INTERESTED), visit="visit" in homes,
        leased=one.pk in after.leased,
    )


_PARTICIPANT = (
    "invited", "confirmed", "present", "interviews", "favourable", "hired", "talks", "proposed", "visit", "leased",
)


def erased_participants(events: Iterable[UUID]) -> Iterator[tuple[UUID, Participant]]:
    """Return the anonymous twins of the registrations of these events that were erased since, with their event."""
    ids = [str(one) for one in events]
    for facts in Twin.objects.filter(kind="registration", facts__event__in=ids).values_list("facts", flat=True):
        yield UUID(facts["event"]), Participant(**{name: facts[name] for name in _PARTICIPANT})
