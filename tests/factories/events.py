"""
An event in the database: a half-day with waves, a room, stands, people and meetings.

``an_event(scheme)`` gives a valid event with nothing surprising; the makers below add one row each, changed as the test
wants. Meetings come with the ``Place`` rows that hold their slots.
"""

from datetime import date, datetime, timedelta
from itertools import count

from tests.factories.records import NOW, Scheme, linked_household

from untoit.records.applicants.models import Household, Person
from untoit.records.events.models import (
    Event,
    Meeting,
    Place,
    Registration,
    Room,
    Stand,
    StandOffer,
    StandTable,
    StandVacancy,
    Wave,
    Wish,
)
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import Organisation
from untoit.records.stock.models import Vacancy

DAY = date(2026, 12, 8)
_number = count(1)


def an_event(
    of: Scheme | Organisation, *, on: date = DAY, slots: int = 14, waves: int | tuple[tuple[int, int], ...] = 2,
    places: int = 16, stands: int = 0, **changes,
) -> Event:
    """
    Create an event of the landlord of a scheme: 10 + 2 minutes from nine o'clock, one room, waves of equal length.

    ``waves`` is how many, or the slots of each; ``stands`` adds that many employers' stands of one table.
    """
    landlord = of.organisations["landlord"] if isinstance(of, Scheme) else of
    values = {
        "title": "Un toit, un emploi : décembre", "neutral_name": "Rencontres emploi de décembre", "on": on,
        "slots": slots, "place_name": "Maison des associations", "address": "1 place de l'Essai, Lille",
        "commune": "59350", "latitude": 50.6365, "longitude": 3.0635, "contact_phone": "03 20 00 00 01",
    }
    event = Event.objects.create(organisation=landlord, **{**values, **changes})
    a_room(event)
    if isinstance(waves, int):
        each = slots // waves
        waves = tuple((number * each, (number + 1) * each) for number in range(waves))
    for number, (first, last) in enumerate(waves, 1):
        Wave.objects.create(event=event, number=number, first_slot=first, last_slot=last, capacity=places)
    for _ in range(stands):
        a_stand(event)
    return event


def a_room(event: Event, name: str = "Grande salle", **changes) -> Room:
    """Create, or return, a room of the event."""
    return Room.objects.get_or_create(event=event, name=name, defaults=changes)[0]


def a_stand(
    event: Event, *, kind: str = "employer", organisation: Organisation | None = None, name: str = "", tables: int = 1,
    offers: tuple[Offer, ...] = (), vacancies: tuple[Vacancy, ...] = (), pauses: tuple[int, ...] = (),
    room: Room | None = None, **changes,
) -> Stand:
    """Create a stand of ``tables`` interviewers, the next number, in the first room, showing what is given."""
    number = changes.pop("number", None) or event.stands.count() + 1
    names = {"employer": f"Entreprise {number}", "housing": f"Table logement {number}", "desk": "Point d'information"}
    stand = Stand.objects.create(
        event=event, kind=kind, number=number, organisation=organisation, room=room or event.rooms.first(),
        name=name or (organisation.name if organisation else names[kind]), **changes,
    )
    StandTable.objects.bulk_create([
        StandTable(stand=stand, number=table, closed_slots=list(pauses)) for table in range(1, tables + 1)
    ])
    for offer in offers:
        StandOffer.objects.create(stand=stand, offer=offer)
    for vacancy in vacancies:
        StandVacancy.objects.create(stand=stand, vacancy=vacancy)
    return stand


def a_registration(
    event: Event, *, person: Person | None = None, household: Household | None = None, scheme: Scheme | None = None,
    state: str = "confirmed", wave: int | Wave | None = 1, **changes,
) -> Registration:
    """
    Register somebody: a given person, the first seeker of a household, or somebody new.

    Somebody new is followed by DEP and EMPP of the ``scheme`` and linked to the landlord; without a scheme, by nobody.
    """
    number = next(_number)
    if person is None:
        if household is None:
            household = linked_household(scheme) if scheme is not None else _stranger()
        person = household.persons.first()
    if isinstance(wave, int):
        wave = event.waves.get(number=wave)
    values = {"badge": f"B{number:03d}", "rank": number, "channel": "sms"}
    return Registration.objects.create(event=event, person=person, state=state, wave=wave, **{**values, **changes})


def _stranger() -> Household:
    from tests.factories.records import household, person

    made = household()
    person(made)
    return made


def a_wish(registration: Registration, stand: Stand, **changes) -> Wish:
    """Wish a meeting, of interest 60."""
    return Wish.objects.create(registration=registration, stand=stand, **{"score": 60, **changes})


def a_meeting(
    registration: Registration, stand: Stand, slot: int, *, table: int = 1, length: int | None = None,
    informed_at: datetime | None = None, takes_table: bool = True, **changes,
) -> Meeting:
    """Hold the slots of a meeting; a housing talk takes those that the event says."""
    event = registration.event
    if length is None:
        length = event.housing_slots if stand.kind == "housing" else 1
    meeting = Meeting.objects.create(
        event=event, registration=registration, stand=stand, slot=slot, table=table, length=length,
        informed_at=informed_at, told_slot=slot if informed_at else None, **changes,
    )
    if meeting.state != "cancelled":
        Place.objects.bulk_create([
            Place(meeting=meeting, registration=registration, stand=stand, table=table, slot=taken,
                  takes_table=takes_table)
            for taken in range(slot, slot + length)
        ])
    return meeting


def published(event: Event, at: datetime = NOW - timedelta(days=1)) -> Event:
    """Say that the timetable was told to everybody: the event is ready."""
    event.state, event.planned_version, event.published_version, event.published_at = "ready", 1, 1, at
    event.save()
    Meeting.objects.filter(event=event).exclude(state="cancelled").update(informed_at=at)
    for meeting in Meeting.objects.filter(event=event).exclude(state="cancelled"):
        Meeting.objects.filter(pk=meeting.pk).update(told_slot=meeting.slot)
    return event
