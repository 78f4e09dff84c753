"""An event of one side, with everything that a table of the events may hold, and its canaries."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from untoit.records.events.devices import digest
from untoit.records.events.models import (
    ChecklistItem,
    Device,
    DeviceAct,
    EmployerOutcome,
    Event,
    Feedback,
    HousingOutcome,
    Meeting,
    Notice,
    Place,
    PlanJob,
    Preparation,
    PreparationSeat,
    Registration,
    RepairProposal,
    Reply,
    Room,
    Stand,
    StandOffer,
    StandTable,
    StandVacancy,
    Stop,
    Wave,
    Wish,
)

DEVICES = {"desk": "TAB", "stand": "TAB_stand", "hall": "TAB_hall"}
# The tokens in the cookies of the devices of side "a".
TOKENS = {name: f"jeton-d-un-appareil-{kind}" for kind, name in DEVICES.items()}


def plant_event(side: Any, rows: dict[str, Any]) -> dict[str, Any]:
    """
    Create the event of this side, today and published: a stand of its employer, a table of its landlord.

    The person of the side has met both, and everything that may be written about her was.
    """
    made: dict[str, Any] = {}
    _plan(side, rows, made)
    _people(side, rows, made)
    _day(side, rows, made)
    return made


def _plan(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    table, now = "events.Event", side.now
    words = {
        name: side.word(table, name)
        for name in ("title", "neutral_name", "place_name", "address", "access_notes", "reason")
    }
    phone = side.say(table, "contact_phone", {"a": "03 20 71 31 75", "b": "03 20 72 31 75"}[side.side])
    made["event"] = event = Event.objects.create(
        organisation=side.owner, on=timezone.localdate(now), commune="59350", latitude=50.632, longitude=3.058,
        state="open" if side.side == "a" else "ended",  # a review is read once the day is over
        planned_version=1, published_version=1, published_at=now, opened_at=now, contact_phone=phone,
        created_by=side.member.user, **words,
    )
    made["wave"] = Wave.objects.create(event=event, number=1, first_slot=0, last_slot=8, capacity=20)
    made["room"] = room = Room.objects.create(event=event, name=side.word("events.Room", "name"))
    made["stand"] = stand = Stand.objects.create(
        event=event, kind="employer", number=1, name=side.word("events.Stand", "name"), organisation=side.employer,
        room=room, presents=side.word("events.Stand", "presents"),
    )
    made["housing_stand"] = housing = Stand.objects.create(
        event=event, kind="housing", number=2, name="Table du bailleur", organisation=side.owner, room=room
    )
    made["stand_table"] = StandTable.objects.create(
        stand=stand, number=1, interviewer=side.word("events.StandTable", "interviewer")
    )
    StandTable.objects.create(stand=housing, number=1)
    StandOffer.objects.create(stand=stand, offer=rows["offer"])
    StandVacancy.objects.create(stand=housing, vacancy=rows["vacancy"])
    made["item"] = ChecklistItem.objects.create(
        event=event, label=side.word("events.ChecklistItem", "label"), day_offset=0, due_on=timezone.localdate(now),
        organisation=side.owner, role=side.member.role,
    )
    made["preparation"] = Preparation.objects.create(
        event=event, kind="coaching", starts_at=now - timedelta(days=5), organisation=side.owner,
        place=side.word("events.Preparation", "place"),
    )
    made["plan_job"] = PlanJob.objects.create(
        event=event, asked_at=now, done_at=now, failure=side.word("events.PlanJob", "failure"),
        stage=side.word("events.PlanJob", "stage"), result={},
    )


    made["proposal"] = RepairProposal.objects.create(
        event=event, version=1, made_at=now, summary=side.word("events.RepairProposal", "summary"), changes=[]
    )


def _people(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    now, event = side.now, made["event"]
    made["registration"] = registration = Registration.objects.create(
        event=event, person=rows["person"], tandem=rows["tandem"], state="confirmed", wave=made["wave"],
        channel="sms", badge=f"Z{side.side.upper()}7F2", invited_at=now, answered_at=now, present_at=now,
        needs_accessible=True, travel_min=31, travel_note=side.word("events.Registration", "travel_note"),
        reason=side.word("events.Registration", "reason"),
    )
    made["seat"] = PreparationSeat.objects.create(preparation=made["preparation"], registration=registration)
    made["wish"] = Wish.objects.create(registration=registration, stand=made["stand"], offer=rows["offer"], score=80)
    made["notice"] = Notice.objects.create(
        registration=registration, kind="invitation", channel="sms", key="invitation", created_at=now, send_after=now,
        text={"sms": (said := side.word("events.Notice", "text")), "subject": said, "body": said},
        failure=side.word("events.Notice", "failure"),
    )
    made["letter"] = Notice.objects.create(
        registration=registration, kind="convocation", channel="letter", key="convocation", created_at=now,
        send_after=now, text={"sms": said, "subject": said, "body": said},
    )
    made["reply"] = Reply.objects.create(
        registration=registration, provider_id=f"op-{side.side}", received_at=now,
        text={"text": side.word("events.Reply", "text")},
    )
    Stop.objects.create(person=rows["person"], channel="email", at=now)
    Feedback.objects.create(registration=registration, face=3, at=now)


def _day(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    now, event, registration = side.now, made["event"], made["registration"]
    made["meeting"] = _meeting(event, registration, made["stand"], 0, offer=rows["offer"])
    made["housing_meeting"] = _meeting(event, registration, made["housing_stand"], 2, vacancy=rows["vacancy"])
    EmployerOutcome.objects.create(
        meeting=made["meeting"], decision="no", at=now, by=side.world.scheme.user("EMPL"),
        reason_code=side.say("events.EmployerOutcome", "reason_code", f"zq{side.side}motifsuite{side.side}qz"),
    )
    HousingOutcome.objects.create(
        meeting=made["housing_meeting"], decision="visit", visit_on=timezone.localdate(now) + timedelta(days=9), at=now,
        by=side.member.user, missing_documents=["TAX_NOTICE"],
    )
    named = side.word("events.Device", "name")
    for kind in DEVICES:
        made[f"device_{kind}"] = Device.objects.create(
            event=event, kind=kind, stand=made["stand"] if kind == "stand" else None, created_by=side.member.user,
            name=named, created_at=now,
            token_hash=digest(TOKENS[DEVICES[kind]] if side.side == "a" else f"autre-{kind}"),
            opens_at=now - timedelta(hours=6), closes_at=now + timedelta(hours=6), paired_at=now,
        )
    made["device"] = made["device_desk"]
    made["device_act"] = DeviceAct.objects.create(
        id=uuid.uuid4(), event=event, device=made["device"], kind="check_in", registration=registration,
        payload={"first_name": side.word("events.DeviceAct", "payload")}, at=now, received_at=now,
        conflict=side.word("events.DeviceAct", "conflict"), refused=side.word("events.DeviceAct", "refused"),
    )


def _meeting(event: Event, registration: Registration, stand: Stand, slot: int, **shown: Any) -> Meeting:
    made = Meeting.objects.create(
        event=event, registration=registration, stand=stand, slot=slot, told_slot=slot, informed_at=event.published_at,
        **shown,
    )
    Place.objects.create(meeting=made, registration=registration, stand=stand, table=1, slot=slot)
    return made
