"""
Events at each of their moments, for the sweep: a draft, invitations out, a timetable to tell, told, lived, over.

The world of the matrix has one event of its own, with a row of every table; these are those of a real day, with as many
people as make a timetable, boards and lists long.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from tests.factories import timetable_days
from tests.factories.events import a_meeting, a_registration, a_stand, a_wish, an_event, published
from tests.factories.records import Scheme, offer, vacancy

from untoit.records.events import checklist, devices, invitations, outcomes, preparations, repairs
from untoit.records.events.links import token_of
from untoit.records.events.models import Device, Event, Feedback, Registration
from untoit.records.events.timetable import slot_at

HALL_TOKEN = "jeton-de-l-ecran-du-hall"
SURNAMES = ("Benali", "Dupont-Lefebvre", "Kovalenko", "Nguyen", "Saidi", "Vandenbroucke", "Traoré", "Lemaire")
FIRST_NAMES = ("Amina", "Jean-Baptiste", "Oksana", "Linh", "Karim", "Élodie", "Moussa", "Chloé")


@dataclass
class Events:
    """The events by moment, and somebody of each state of a registration in the one that invites."""

    by_moment: dict[str, Event] = field(default_factory=dict)
    people: dict[str, Registration] = field(default_factory=dict)

    def token(self, state: str) -> str:
        """Return the token of the personal address of somebody in this state."""
        return token_of(self.people[state])


def make_events(of: Scheme) -> Events:
    """Create them all."""
    now, made = timezone.now(), Events()
    made.by_moment["draft"] = an_event(of, on=now.date() + timedelta(days=60), title="Rencontres du printemps")
    made.by_moment["inviting"] = _inviting(of, now, made.people)
    made.by_moment["planned"] = _planned(of, now).event
    made.by_moment["ready"] = _told(of, now)
    made.by_moment["open"] = _lived(of, now, made.people)
    made.by_moment["ended"] = _over(of, now)
    cancelled = an_event(of, on=now.date() + timedelta(days=9), title="Rencontres annulées", state="cancelled",
                         reason="La salle est fermée pour travaux.")
    made.by_moment["cancelled"] = cancelled
    made.people["cancelled_event"] = a_registration(cancelled, scheme=of)
    return made


def _named(rows) -> None:
    """Give people the names that a list of real people has."""
    for number, row in enumerate(rows):
        row.person.first_name = FIRST_NAMES[number % len(FIRST_NAMES)]
        row.person.last_name = SURNAMES[(number * 3) % len(SURNAMES)]
        row.person.phone, row.person.email = f"06120010{number:02d}", f"personne{number}@essai.invalid"
        row.person.save()


def _inviting(of: Scheme, now: datetime, people: dict[str, Registration]) -> Event:
    lead = of.actor("LM", at=now)
    event = an_event(of, on=now.date() + timedelta(days=30), title="Un toit, un emploi : la suite")
    checklist.fill(event, by=lead, at=now)
    own, landlord = of.organisations["employer"], of.organisations["landlord"]
    a_stand(event, organisation=own, tables=2, offers=(offer(own), offer(own)), presents="Trois postes en CDI.")
    a_stand(event, kind="housing", organisation=landlord, vacancies=(vacancy(landlord), vacancy(landlord)))
    a_stand(event, kind="desk", name="Aides à la mobilité")
    asked = [a_registration(event, scheme=of, state="proposed") for _ in range(4)]
    people |= {
        state: a_registration(event, scheme=of, state=state) for state in ("waiting", "confirmed", "declined")
    }
    people["proposed"] = a_registration(event, scheme=of, state="proposed", wave=None)
    _named([*asked, *people.values()])
    invitations.invite(event_id=event.pk, registration_ids=[one.pk for one in asked], by=of.actor("LA", at=now), at=now)
    event.refresh_from_db()
    people["invited"] = Registration.objects.get(pk=asked[0].pk)
    plan = preparations.SessionPlan("coaching", now + timedelta(days=20), 90, "Maison des associations", 12)
    session = preparations.open_session(event_id=event.pk, plan=plan, by=lead, at=now)
    preparations.seat(
        session_id=session.pk, registration_ids=[people["confirmed"].pk, people["invited"].pk], by=lead, at=now
    )
    return event


def _planned(of: Scheme, now: datetime, *, days: int = 12, **changes) -> timetable_days.Day:
    day = timetable_days.a_day(
        20, employers=8, waves=((0, 7), (7, 14)), made=of, on=now.date() + timedelta(days=days), **changes
    )
    _named(day.people)
    timetable_days.planned(day, at=now)
    return day


def _told(of: Scheme, now: datetime) -> Event:
    """Return an event whose timetable was told, with a repair to read and a meeting kept where it is."""
    day = _planned(of, now, days=2, title="Un toit, un emploi : après-demain")
    checklist.fill(day.event, by=day.lead, at=now)
    timetable_days.published(day, at=now)
    kept = day.event.meetings.active().order_by("slot")[0]
    kept.is_locked = True
    kept.save()
    busy = day.employers[1]
    repairs.repair(event_id=day.event.pk, at=now, by=day.lead, closed_stands={busy.pk: 4}, apply=False)
    day.event.refresh_from_db()
    return day.event


def _lived(of: Scheme, now: datetime, people: dict[str, Registration]) -> Event:
    """Return an event that lasts all day, whatever the time is: people here, late, absent, met."""
    event = an_event(of, on=timezone.localdate(now), starts_min=0, slots=60, slot_min=20, change_min=4, places=40,
                     title="Un toit, un emploi : aujourd’hui")
    stands = [
        a_stand(event, organisation=of.organisations["employer"], tables=2), a_stand(event), a_stand(event),
        a_stand(event, kind="housing", organisation=of.organisations["landlord"]),
    ]
    rows = [a_registration(event, scheme=of, badge=f"K{number}F2") for number in range(10, 20)]
    _named(rows)
    at = max(2, min(slot_at(event, now), 54))
    meetings = [a_meeting(row, stands[number % 4], at + number // 4) for number, row in enumerate(rows)]
    said = [a_meeting(rows[1 + number], stands[0], at - 2 + number, table=2) for number in range(2)]
    talk = a_meeting(rows[5], stands[3], at - 2)
    for row in rows[:6]:
        row.present_at = now - timedelta(hours=1)
        row.save()
    rows[9].absent_at = now
    rows[9].save()
    published(event, now - timedelta(days=3))
    event.state, event.opened_at = "open", now - timedelta(hours=2)
    event.save()
    employer = of.actor("EMPL", at=now)
    outcomes.record_employer(meeting_id=said[0].pk, decision="hire", by=employer, at=now)
    outcomes.record_employer(meeting_id=said[1].pk, decision="no", reason_code="HOURS", by=employer, at=now)
    outcomes.record_housing(
        meeting_id=talk.pk, decision="refused", refusal_codes=["NO_TRANSPORT"], by=of.actor("LA", at=now), at=now
    )
    _devices(of, event, now)
    people["present"], people["met"] = rows[0], meetings[4].registration
    return event


def _devices(of: Scheme, event: Event, now: datetime) -> None:
    devices.add_device(event_id=event.pk, kind="desk", by=of.actor("LA", at=now), at=now)
    Device.objects.create(
        event=event, kind="hall", name="Écran du hall", created_by=of.user("LA"), created_at=now, paired_at=now,
        token_hash=devices.digest(HALL_TOKEN), opens_at=now - timedelta(hours=6), closes_at=now + timedelta(hours=6),
    )


def _over(of: Scheme, now: datetime) -> Event:
    """Return an event that is over, with enough people for the figures of its review to be shown."""
    event = an_event(of, on=now.date() - timedelta(days=7), title="Un toit, un emploi : la semaine dernière", slots=14)
    stands = [a_stand(event, organisation=of.organisations["employer"]), a_stand(event), a_stand(event)]
    stands.append(a_stand(event, kind="housing", organisation=of.organisations["landlord"], tables=2))
    then = now - timedelta(days=7)
    rows = [a_registration(event, scheme=of, present_at=then, invited_at=then) for _ in range(12)]
    _named(rows)
    a_registration(event, scheme=of, absent_at=then)
    met = [a_meeting(row, stands[0], slot, state="done") for slot, row in enumerate(rows)]
    talks = [a_meeting(row, stands[3], slot + 2, state="done") for slot, row in enumerate(rows)]
    for row in rows:
        a_wish(row, stands[0])
        Feedback.objects.create(registration=row, face=1 + row.rank % 3, at=then)
    published(event, then - timedelta(days=3))
    event.state, event.opened_at, event.ended_at = "ended", then, then + timedelta(hours=3)
    event.save()
    employer, adviser = of.actor("EMPL", at=now), of.actor("LA", at=now)
    for number, one in enumerate(met):
        decision, reason = ("hire", "") if number % 3 else ("no", "HOURS")
        outcomes.record_employer(meeting_id=one.pk, decision=decision, reason_code=reason, by=employer, at=now)
    for one in talks:
        outcomes.record_housing(meeting_id=one.pk, decision="interested", by=adviser, at=now)
    return event
