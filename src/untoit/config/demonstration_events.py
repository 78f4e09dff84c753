"""
The demonstration's events: one that is over and reviewed, one that is coming, through the services that screens use.

Everybody is fictitious, and the events say so. The one that is coming is prepared before the demonstration opens, with
the quick timetable; the one that is over, thousands of rows, is played by the worker meanwhile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from untoit.records.applicants.models import Person
from untoit.records.events import (
    day,
    feedback,
    invitations,
    outcomes,
    planning,
    plans,
    publishing,
    registrations,
    review,
    stands,
)
from untoit.records.events.models import (
    Event,
    Meeting,
    Notice,
    PlanJob,
    Registration,
    Stand,
    StandKind,
    StandOffer,
    Wish,
)
from untoit.records.pairings.models import Run, Tandem, TandemJob
from untoit.records.partners.rights import Actor

if TYPE_CHECKING:
    from untoit.config.demonstration_data import Cast

NEUTRAL = "Rencontres emploi"
EMPLOYERS, PAST_PEOPLE, COMING_PEOPLE = 7, 22, 30
PAST_DAYS, COMING_DAYS = 70, 13
_TUESDAY = 1
_HIRED, _CALLED_BACK = 3, 5
_REFUSALS = ("NO_TRANSPORT", "RENT_TOO_HIGH", "FAR_FROM_SCHOOL_CHILDCARE")
_NOT_RETAINED = ("HOURS", "SKILLS", "DISTANCE")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who may be asked to come, with the home and the jobs that a run proposed, if it did."""

    person: Person
    tandem: Tandem | None
    offers: tuple[UUID, ...]


def add_events(who: Cast, run: Run) -> None:
    """Prepare the event that is coming, and ask the worker for the one that is over."""
    from untoit.config import demonstration_tasks

    add_coming(who, [one for one in _guests(who.adviser, run) if one.tandem is not None][:COMING_PEOPLE])
    demonstration_tasks.play_past_event.defer(run_id=str(run.pk))


@transaction.atomic
def play_past(who: Cast, run: Run) -> Event | None:
    """Play the event that is over, whole or not at all; nothing when it is there already."""
    if Event.objects.filter(is_fictitious=True, on__lt=timezone.localdate(who.at)).exists():
        return None
    guests = _guests(who.adviser, run)
    # People who were not placed this time came first; those who were come back.
    others = [one for one in guests if one.tandem is None]
    placed = [one for one in guests if one.tandem is not None]
    return add_past(who, [*others, *reversed(placed)][:PAST_PEOPLE])


def _guests(by: Actor, run: Run) -> list[Guest]:
    """Return the people whom the adviser follows, those of the run first, in its order."""
    tandems = {one.household_id: one for one in run.tandems.filter(review="accepted").order_by("rank")}
    jobs: dict[UUID, list[UUID]] = defaultdict(list)
    for person, offer in TandemJob.objects.filter(tandem__run=run).values_list("person_id", "offer_id"):
        jobs[person].append(offer)
    people = Person.objects.visible_to(by).order_by("household__application_number", "number")
    found = [Guest(one, tandems.get(one.household_id), tuple(jobs[one.pk])) for one in people]
    return sorted(found, key=lambda one: one.tandem.rank if one.tandem and one.offers else 10_000)


def _tuesday(near: date) -> date:
    return near + timedelta(days=(_TUESDAY - near.weekday()) % 7)


def _plan(title: str, on: date) -> plans.EventPlan:
    return plans.EventPlan(
        title=title, neutral_name=f"{NEUTRAL} du {on:%d/%m/%Y}", on=on, place_name="Maison des associations (fictif)",
        address="1 place de l’Exemple, Lille", commune="59350", latitude=50.6365, longitude=3.0635,
        access_notes="Métro 1, station République. L’entrée est au fond de la cour, de plain-pied.",
        contact_phone="03 20 00 00 00", waves=2, wave_min=90, capacity=16, housing_slots=1,
    )


def _as_of(actor: Actor, at: datetime) -> Actor:
    return replace(actor, at=at)


def _instant(on: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(hour, minute)))


def _prepared(who: Cast, plan: plans.EventPlan, guests: Sequence[Guest], at: datetime) -> tuple[Event, list[Stand]]:
    """Create an event with its stands: the employers of most jobs of the guests, that of the demonstration, homes."""
    by = _as_of(who.adviser, at)
    event = plans.create_event(plan=plan, by=by, at=at)
    Event.objects.filter(pk=event.pk).update(is_fictitious=True)
    open_now = list(stands.open_offers(by).values_list("pk", "employer"))
    wanted = Counter(name for pk, name in open_now for one in guests if pk in one.offers)
    for _pk, name in open_now:
        wanted[name] += 0
    names = [name for name, _many in wanted.most_common() if name != who.employer.organisation_name]
    stands.add_employers(
        event_id=event.pk, names=[who.employer.organisation_name, *names[:EMPLOYERS - 1]], by=by, at=at
    )
    homes = {one.tandem.vacancy_id for one in guests if one.tandem}
    landlord = who.adviser.organisation_id
    assert landlord is not None
    some = list(stands.open_vacancies(by, landlord).values_list("pk", flat=True)[:6])
    stands.add_housing(
        event_id=event.pk, organisation_id=landlord, tables=3, vacancies=[*homes, *some][:24], by=by, at=at
    )
    stands.add_desk(
        event_id=event.pk, name="Mobilité et transports", presents="Abonnements, tarifs réduits, aide au permis",
        by=by, at=at,
    )
    event.refresh_from_db()
    return event, list(event.stands.all())


def _register(event: Event, guests: Iterable[Guest], by: Actor, at: datetime) -> list[Registration]:
    made = []
    for one in guests:
        row = registrations.add_person(event_id=event.pk, person_id=one.person.pk, by=by, at=at)
        row.tandem = one.tandem
        made.append(row)
    Registration.objects.bulk_update(made, ["tandem"])
    _wish(event, list(zip(made, guests, strict=True)))
    return made


def _wish(event: Event, pairs: Sequence[tuple[Registration, Guest]]) -> None:
    """Write who would usefully meet whom: the job and the home of the tandem first, then other jobs on show."""
    shown = list(StandOffer.objects.filter(stand__event=event).order_by("stand__number", "pk"))
    housing = event.stands.get(kind=StandKind.HOUSING)
    on_show = list(housing.shown_vacancies.order_by("pk").values_list("vacancy_id", flat=True))
    made = []
    for number, (row, guest) in enumerate(pairs):
        stands_met: dict[UUID, Wish] = {}
        for one in shown:
            if one.offer_id in guest.offers:
                stands_met.setdefault(one.stand_id, Wish(
                    registration=row, stand_id=one.stand_id, offer_id=one.offer_id, score=85, is_wanted=True,
                    source="run",
                ))
        for step in range(len(shown)):
            if len(stands_met) >= 3:
                break
            one = shown[(number * 3 + step * 2) % len(shown)]
            stands_met.setdefault(one.stand_id, Wish(
                registration=row, stand_id=one.stand_id, offer_id=one.offer_id, score=68 - 6 * step % 20, source="run",
            ))
        proposed = guest.tandem.vacancy_id if guest.tandem else None
        home = proposed if proposed in on_show else on_show[number % len(on_show)] if on_show else None
        made += [*stands_met.values(), Wish(
            registration=row, stand=housing, vacancy_id=home, score=80, is_wanted=True, source="run",
        )]
    Wish.objects.bulk_create(made)


def _timetable(event: Event, by: Actor, at: datetime) -> None:
    """Compute the quick timetable here and now, and tell it."""
    job = PlanJob.objects.create(event=event, asked_by_id=by.user_id, asked_at=at, seconds=0)
    planning.compute(job.pk, lambda: at)
    job.refresh_from_db()
    if job.failure:
        raise RuntimeError(f"demonstration timetable: {job.failure}")
    event.refresh_from_db()
    publishing.publish(event_id=event.pk, version=event.planned_version, by=by, at=at)


def add_past(who: Cast, guests: Sequence[Guest]) -> Event:
    """Play an event that took place ten weeks ago, to its review: invitations, presences, outcomes, faces."""
    on = _tuesday(timezone.localdate(who.at) - timedelta(days=PAST_DAYS))
    before, after = _instant(on - timedelta(days=30), 10), _instant(on, 13)
    event, _stands = _prepared(who, _plan("Un toit, un emploi : édition de rentrée", on), guests, before)
    by = _as_of(who.adviser, before)
    rows = _register(event, guests, by, before)
    plans.move_event(event_id=event.pk, action="invite", by=by, at=before)
    for number, row in enumerate(rows):
        registrations.move(row, "invite", by=by, at=before)
        registrations.move(row, "decline" if number % 11 == 7 else "confirm", by=by, at=before + timedelta(days=2))
    eve = _instant(on - timedelta(days=8), 10)
    _timetable(event, _as_of(who.adviser, eve), eve)
    # These left ten weeks ago, as far as the demonstration is concerned.
    Notice.objects.filter(registration__event=event).update(sent_at=F("created_at"))
    _play(event, rows, who, on)
    plans.move_event(event_id=event.pk, action="end", by=_as_of(who.adviser, after), at=after)
    settled = after + timedelta(days=9)
    return review.settle(event_id=event.pk, anyway=True, by=_as_of(who.adviser, settled), at=settled)


def _play(event: Event, rows: Sequence[Registration], who: Cast, on: date) -> None:
    """Check people in, write what was said at the tables and what people thought of it."""
    opening = _instant(on, 8, 30)
    plans.move_event(event_id=event.pk, action="open", by=_as_of(who.adviser, opening), at=opening)
    coming = [row for row in rows if row.state == "confirmed"]
    present = [row for number, row in enumerate(coming) if number % 8 != 5]
    for number, row in enumerate(present):
        first = row.meetings.active().order_by("slot").first()
        minute = event.minute_of(first.slot) if first else event.starts_min
        came = _instant(on, 0) + timedelta(minutes=minute - 4 - number % 15)
        day.act(event_id=event.pk, kind="present", registration_id=row.pk, by=_as_of(who.adviser, came), at=came)
    meetings = list(
        Meeting.objects.active().filter(event=event, registration__in=present).select_related("stand")
        .order_by("slot", "stand__number")
    )
    for number, meeting in enumerate(meetings):
        said = _instant(on, 0) + timedelta(minutes=event.minute_of(meeting.slot + meeting.length))
        _say(meeting, number, who, said)
    leaving = _instant(on, 12, 30)
    for number, row in enumerate(present):
        if number % 6 != 4:
            row.refresh_from_db()
            feedback.record(
                registration=row, face=2 if number % 5 == 3 else 3, by=_as_of(who.adviser, leaving), at=leaving
            )


def _say(meeting: Meeting, number: int, who: Cast, at: datetime) -> None:
    if meeting.stand.kind == StandKind.EMPLOYER:
        decision = "hire" if number % 7 == _HIRED else "second" if number % 7 == _CALLED_BACK else (
            "pool" if number % 2 else "no"
        )
        by = _as_of(who.head_of_employment, at)
        if outcomes.writable(by, StandKind.EMPLOYER).filter(pk=meeting.pk).exists():
            outcomes.record_employer(
                meeting_id=meeting.pk, decision=decision, at=at, by=by,
                reason_code=_NOT_RETAINED[number % len(_NOT_RETAINED)] if decision == "no" else "",
            )
    elif meeting.stand.kind == StandKind.HOUSING:
        visits = number % 3 == 0
        decision = "visit" if visits else "interested" if number % 3 == 1 else "refused"
        outcomes.record_housing(
            meeting_id=meeting.pk, decision=decision, by=_as_of(who.adviser, at), at=at,
            visit_on=timezone.localdate(at) + timedelta(days=6) if visits else None,
            refusal_codes=(_REFUSALS[number % len(_REFUSALS)],) if decision == "refused" else (),
        )


def add_coming(who: Cast, guests: Sequence[Guest]) -> Event:
    """Prepare the event that comes in two weeks: invited, nearly all confirmed, the timetable told."""
    on = _tuesday(timezone.localdate(who.at) + timedelta(days=COMING_DAYS))
    event, _stands = _prepared(who, _plan("Un toit, un emploi : prochaine édition", on), guests, who.at)
    rows = _register(event, guests, who.adviser, who.at)
    invitations.invite(event_id=event.pk, registration_ids=[row.pk for row in rows], by=who.adviser, at=who.at)
    for number, row in enumerate(rows):
        row.refresh_from_db()
        if number % 9 == 8:
            continue
        registrations.move(row, "decline" if number % 13 == 12 else "confirm", by=who.adviser, at=who.at)
    _timetable(event, who.adviser, who.at)
    event.refresh_from_db()
    return event
