"""What an event counts: how far each person went, what stayed empty, what nobody wanted, how long people waited."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from untoit.core.indicators.funnel import Funnel, Participant, funnel
from untoit.core.lifecycles.event import RegistrationState
from untoit.records.events.models import (
    EmployerOutcome,
    Event,
    Feedback,
    HousingOutcome,
    Meeting,
    Place,
    Registration,
    Stand,
    StandKind,
    StandOffer,
    StandVacancy,
    Wish,
)
from untoit.records.followup import participation
from untoit.records.jobs.models import Offer
from untoit.records.stock.models import Vacancy

# From the selection run: a wish under this is not a match that one prepares an interview for.
FITS = 50
_NEVER_ASKED = frozenset({RegistrationState.PROPOSED, RegistrationState.REMOVED})


@dataclass(frozen=True, slots=True)
class Use:
    """The places of a stand, or of a slot: how many there were, how many were held, missed, never given."""

    label: str
    places: int
    held: int
    missed: int

    @property
    def empty(self) -> int:
        """Places where nobody sat: never given, or given to somebody who did not come."""
        return self.places - self.held


@dataclass(frozen=True, slots=True)
class UnfittedOffer:
    """An offer for which nobody present was a match, with the best that there was."""

    offer: Offer
    stand: Stand
    wishes: int
    best: int | None


@dataclass(frozen=True, slots=True)
class UnwantedHome:
    """A home on show that nobody wanted; ``reasons`` counts the codes of the refusals."""

    vacancy: Vacancy
    talks: int
    reasons: Counter[str]


@dataclass(frozen=True, slots=True)
class Waits:
    """Minutes of waiting: from the arrival to the first meeting, and between two; ``people`` who were measured."""

    people: int
    to_first: float | None
    longest: int | None
    between: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Everything that the review of one event counts."""

    funnel: Funnel
    absent: dict[str, tuple[int, int]]
    by_stand: tuple[Use, ...]
    by_slot: tuple[Use, ...]
    unfitted: tuple[UnfittedOffer, ...]
    unwanted: tuple[UnwantedHome, ...]
    job_reasons: Counter[str]
    waits: Waits
    faces: dict[int, int]


def participants_of(events: Iterable[UUID]) -> list[Participant]:
    """Return how far each person of these events went; somebody who came twice counts twice."""
    return [one.went for one in attendances_of(events)]


@dataclass(frozen=True, slots=True)
class Attendance:
    """How far one person went at one event; of an erased registration, no person is left (``registration`` empty)."""

    event: UUID
    registration: Registration | None
    went: Participant


def attendances_of(events: Iterable[UUID]) -> list[Attendance]:
    """Return each registration of these events with how far its person went; its household is loaded."""
    ids = list(events)
    people = list(_asked(ids).select_related("event", "person__household"))
    went = participation.participants(people)
    erased = (Attendance(event, None, one) for event, one in participation.erased_participants(ids))
    return [*(Attendance(one.event_id, one, went[one.pk]) for one in people), *erased]


def _asked(events: Iterable[UUID]) -> QuerySet[Registration]:
    return Registration.objects.filter(event__in=events).exclude(state__in=_NEVER_ASKED).select_related(
        "event", "person"
    )


def counts_of(event: Event) -> Counts:
    """Return the counts of one event; how many queries does not depend on how many people came."""
    people = list(_asked([event.pk]))
    meetings = list(
        Meeting.objects.filter(event=event).exclude(state="cancelled").select_related("stand").order_by("slot")
    )
    said = {one.meeting_id: one for one in EmployerOutcome.objects.filter(meeting__event=event)}
    told = {one.meeting_id: one for one in HousingOutcome.objects.filter(meeting__event=event)}
    held = {one.pk for one in meetings if participation.was_held(one, said, told)}
    stands = list(event.stands.prefetch_related("tables"))
    by_person: dict[UUID, list[Meeting]] = defaultdict(list)
    for one in meetings:
        by_person[one.registration_id].append(one)
    present = {one.pk for one in people if one.present_at}
    by_stand, by_slot = _uses(event, stands, meetings, held)
    return Counts(
        funnel=funnel([
            *participation.participants(people).values(),
            *(one for _, one in participation.erased_participants([event.pk])),
        ]),
        absent=_absent(people), by_stand=by_stand, by_slot=by_slot,
        unfitted=tuple(_unfitted(event, present)), unwanted=tuple(_unwanted(event, meetings, held, told)),
        job_reasons=Counter(one.reason_code for one in said.values() if one.decision == "no"),
        waits=_waits(event, people, by_person, held),
        faces=dict(Counter(Feedback.objects.filter(registration__event=event).values_list("face", flat=True))),
    )


def _absent(people: Iterable[Registration]) -> dict[str, tuple[int, int]]:
    """Return by channel how many of those who had confirmed did not come, of how many."""
    found: dict[str, tuple[int, int]] = {}
    for one in people:
        if one.state == RegistrationState.CONFIRMED and one.source != "walk_in":
            absent, of = found.get(one.channel, (0, 0))
            found[one.channel] = (absent + (one.present_at is None), of + 1)
    return found


def _uses(
    event: Event, stands: list[Stand], meetings: list[Meeting], held: set[UUID]
) -> tuple[tuple[Use, ...], tuple[Use, ...]]:
    breaks = frozenset(event.settings.get("breaks", ()))
    used: Counter[tuple[UUID, int]] = Counter()
    missed: Counter[tuple[UUID, int]] = Counter()
    given = {one.pk: one for one in meetings}
    # Members of one household share a table: the place is counted once.
    taken = Place.objects.filter(meeting__event=event, takes_table=True)
    for meeting_id, slot in taken.values_list("meeting_id", "slot"):
        if meeting_id in given:
            (used if meeting_id in held else missed)[given[meeting_id].stand_id, slot] += 1
    lines, slots = [], {slot: [0, 0, 0] for slot in range(event.slots)}
    for stand in stands:
        if stand.kind == StandKind.DESK:
            continue
        totals = [0, 0, 0]
        for slot in range(event.slots):
            gone = stand.left_slot is not None and slot >= stand.left_slot
            shut = slot < stand.arrives_slot or gone or slot in breaks
            places = 0 if shut else sum(slot not in table.closed_slots for table in stand.tables.all())
            both = (max(places, used[stand.pk, slot]), used[stand.pk, slot], missed[stand.pk, slot])
            for place, value in enumerate(both):
                totals[place] += value
                slots[slot][place] += value
        lines.append(Use(f"{stand.number}. {stand.name}", *totals))
    return tuple(lines), tuple(Use(str(slot), *row) for slot, row in slots.items() if row[0])


def _unfitted(event: Event, present: set[UUID]) -> Iterable[UnfittedOffer]:
    wishes = list(
        Wish.objects.filter(stand__event=event, is_dropped=False).values_list(
            "stand_id", "offer_id", "score", "registration_id"
        )
    )
    for shown in StandOffer.objects.filter(stand__event=event).select_related("stand", "offer"):
        mine = [
            (score, person in present) for stand, offer, score, person in wishes
            if stand == shown.stand_id and offer in (None, shown.offer_id)
        ]
        if not any(score >= FITS and there for score, there in mine):
            yield UnfittedOffer(
                shown.offer, shown.stand, len(mine), max((score for score, _there in mine), default=None)
            )


def _unwanted(
    event: Event, meetings: list[Meeting], held: set[UUID], told: dict[UUID, HousingOutcome]
) -> Iterable[UnwantedHome]:
    for shown in StandVacancy.objects.filter(stand__event=event).select_related("vacancy"):
        # A talk that names no home is of the one home of its stand; where there are several, of none in particular.
        mine = [one for one in meetings if one.pk in held and one.vacancy_id == shown.vacancy_id]
        outcomes = [told[one.pk] for one in mine if one.pk in told]
        if not any(one.decision in participation.INTERESTED for one in outcomes):
            codes: Counter[str] = Counter(code for one in outcomes for code in one.refusal_codes)
            yield UnwantedHome(shown.vacancy, len(mine), codes)


def _waits(
    event: Event, people: list[Registration], by_person: dict[UUID, list[Meeting]], held: set[UUID]
) -> Waits:
    firsts, gaps = [], []
    for one in people:
        rows = sorted((row for row in by_person[one.pk] if row.pk in held), key=lambda row: row.slot)
        if one.present_at is None or not rows:
            continue
        came = timezone.localtime(one.present_at)
        if came.date() == event.on:
            firsts.append(max(0, event.minute_of(rows[0].slot) - came.hour * 60 - came.minute))
        gaps += [
            max(0, event.minute_of(after.slot) - event.minute_of(before.slot + before.length) + event.change_min)
            for before, after in pairwise(rows)
        ]
    return Waits(
        len(firsts), median(firsts) if firsts else None, max(firsts) if firsts else None,
        median(gaps) if gaps else None,
    )
