"""What devices report: once each, in any order, contradictions kept; what no device may do."""

import itertools
import json
import random
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.http import Http404
from tests.factories.events import DAY, a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import scheme

from untoit.core.errors import Refused
from untoit.records.applicants.models import Consent, Household, Link, Person
from untoit.records.desk.models import Message, Task, TaskKind
from untoit.records.events import day, devices, feedback, outcomes, snapshots
from untoit.records.events.acts import read_acts, skew_of
from untoit.records.events.models import (
    Device,
    DeviceAct,
    EmployerOutcome,
    Feedback,
    HousingOutcome,
    Meeting,
    Notice,
    Registration,
    Wish,
)
from untoit.records.partners.models import Role

pytestmark = pytest.mark.django_db
MORNING = datetime(DAY.year, DAY.month, DAY.day, 8, 0, tzinfo=UTC)


def minutes(count):
    return MORNING + timedelta(minutes=count)


@pytest.fixture
def world():
    """An event under way: two desks, an employer's stand, a housing table, three people expected."""
    made = scheme()
    event = an_event(made)
    made.event = event
    made.stand = a_stand(event, organisation=made.organisations["employer"])
    made.table = a_stand(event, kind="housing", organisation=made.organisations["landlord"], name="3F : logements")
    made.people = [a_registration(event, scheme=made) for _ in range(3)]
    made.interview = a_meeting(made.people[0], made.stand, 1)
    made.talk = a_meeting(made.people[0], made.table, 3)
    published(event)
    event.state = "open"
    event.opened_at = MORNING
    event.save()
    made.desks = [a_device(made, "desk") for _ in range(2)]
    made.at_stand = a_device(made, "stand", made.stand)
    made.at_table = a_device(made, "stand", made.table)
    return made


def a_device(made, kind, stand=None):
    """Add and pair a device."""
    by = made.actor("EMPP", at=MORNING)
    _, code = devices.add_device(
        event_id=made.event.pk, kind=kind, stand_id=stand.pk if stand else None, by=by, at=MORNING
    )
    return devices.pair(code=code, pin=devices.pin_of(made.event), at=MORNING, origin="test").device


def said(kind, registration=None, *, at, meeting=None, undoes=None, seq=1, **payload):
    """Return one act as a device writes it."""
    return {
        "id": str(uuid4()), "kind": kind, "at": at.isoformat(), "seq": seq, "payload": payload,
        "registration": str(registration.pk) if registration else None, "meeting": str(meeting.pk) if meeting else None,
        "undoes": undoes,
    }


def send(device, *acts, at=None, sent_at=None):
    """Send acts as the device does, and return what became of each."""
    now = at or MORNING + timedelta(hours=1)
    return day.apply_acts(
        acts=read_acts(list(acts), received_at=now), by=devices.as_actor(device, now), at=now,
        skew=skew_of((sent_at or now).isoformat(), received_at=now),
    )


def state_of(registration):
    row = Registration.objects.get(pk=registration.pk)
    return row.present_at, row.absent_at, row.left_at, row.presence_conflict


def test_an_act_sent_ten_times_is_applied_once(world):
    one = said("present", world.people[0], at=minutes(5))

    statuses = [send(world.desks[0], one)[0].status for _ in range(10)]

    assert statuses == ["applied"] + ["known"] * 9
    assert DeviceAct.objects.count() == 1
    assert state_of(world.people[0]) == (minutes(5), None, None, False)
    assert Registration.objects.get(pk=world.people[0].pk).revision == 2


def test_the_order_in_which_acts_arrive_changes_nothing(world):
    person, (one, two) = world.people[0], world.desks
    first = said("absent", person, at=minutes(1))
    acts = [
        (one, first), (one, said("undo", person, at=minutes(2), undoes=first["id"])),
        (one, said("late", person, at=minutes(3), minutes=20)), (two, said("present", person, at=minutes(15))),
        (one, said("absent", person, at=minutes(16))),
    ]
    seen = set()

    for order in itertools.permutations(range(len(acts))):
        DeviceAct.objects.filter(registration=person).update(registration=None, undoes=None)
        Registration.objects.filter(pk=person.pk).update(
            present_at=None, absent_at=None, left_at=None, presence_conflict=False
        )
        again = {}
        for index in order:
            device, act = acts[index]
            again.setdefault(act["id"], str(uuid4()))
            fresh = {**act, "id": again[act["id"]]}
            if act["undoes"]:
                fresh["undoes"] = again.setdefault(act["undoes"], str(uuid4()))
            send(device, fresh)
        seen.add(state_of(person))

    assert seen == {(minutes(15), None, None, True)}


def test_two_desks_that_contradict_each_other_are_both_kept_and_a_person_settles(world):
    person, by = world.people[0], world.actor("EMPP", at=minutes(60))
    send(world.desks[0], said("present", person, at=minutes(5)))
    send(world.desks[1], said("absent", person, at=minutes(20)))

    task = Task.objects.get(kind=TaskKind.EVENT_CONFLICT)
    flagged = DeviceAct.objects.exclude(conflict="")
    assert {one.kind for one in flagged} == {"present", "absent"}
    assert state_of(person) == (minutes(5), None, None, True)

    day.settle(event_id=world.event.pk, registration_id=person.pk, present=False, by=by, at=minutes(60))

    task.refresh_from_db()
    assert task.done_at is not None
    assert state_of(person) == (None, minutes(60), None, False)
    assert DeviceAct.objects.filter(kind__in=["present", "absent"], settled_by_id=by.user_id).count() == 2


def test_absent_then_arrived_is_no_contradiction_and_the_same_desk_may_correct_itself(world):
    first, second = world.people[:2]
    send(world.desks[0], said("absent", first, at=minutes(5)))
    send(world.desks[1], said("present", first, at=minutes(25)))
    send(world.desks[0], said("present", second, at=minutes(5)), said("absent", second, at=minutes(6), seq=2))

    assert state_of(first) == (minutes(25), None, None, False)
    assert state_of(second) == (None, minutes(6), None, False)


def test_a_delay_keeps_slots_free_until_then_and_taking_it_back_gives_the_hour_back(world):
    person, late = world.people[0], said("late", world.people[0], at=minutes(10), minutes=30)

    send(world.desks[0], late)
    delayed = Registration.objects.get(pk=person.pk).arrives_slot
    send(world.desks[0], said("undo", person, at=minutes(11), undoes=late["id"]))

    # 09:40 in Paris, slots of 12 minutes from 09:00: the fifth starts at 09:48.
    assert (delayed, Registration.objects.get(pk=person.pk).arrives_slot) == (4, 0)


def test_the_clock_of_a_tablet_is_corrected(world):
    slow = said("present", world.people[0], at=minutes(5) - timedelta(hours=3))

    send(world.desks[0], slow, at=minutes(60), sent_at=minutes(60) - timedelta(hours=3))

    assert state_of(world.people[0])[0] == minutes(5)


@pytest.mark.parametrize("raw", [
    "text", None, 3, {}, {"id": "x", "kind": "present", "at": "yesterday"},
    {"id": str(uuid4()), "kind": "format_disk", "at": MORNING.isoformat()},
    {"id": str(uuid4()), "kind": "feedback", "at": MORNING.isoformat(), "registration": str(uuid4()),
     "payload": {"face": ["x"]}},
    {"id": str(uuid4()), "kind": "present", "at": MORNING.isoformat(), "payload": {"note": "x" * 9000}},
])
def test_what_cannot_be_applied_is_kept_with_a_sentence(world, raw):
    twice = [send(world.desks[0], raw, at=minutes(60)) for _ in range(2)]

    kept = DeviceAct.objects.get()
    assert [one[0].status for one in twice] == ["refused", "known"]
    assert kept.refused


def test_a_device_does_what_its_table_does_and_nothing_else(world):
    person = world.people[0]
    tries = [
        (world.at_stand, said("present", person, at=minutes(2))),
        (world.at_stand, said("housing_outcome", person, meeting=world.talk, at=minutes(2), decision="interested")),
        (world.at_table, said("employer_outcome", person, meeting=world.interview, at=minutes(2), decision="hire")),
        (world.desks[0], said("employer_outcome", person, meeting=world.interview, at=minutes(2), decision="hire")),
        (world.desks[0], said("settle_absent", person, at=minutes(2))),
    ]

    statuses = [send(device, act)[0].status for device, act in tries]

    assert statuses == ["refused"] * 5
    assert not EmployerOutcome.objects.exists() and not HousingOutcome.objects.exists()


def test_a_person_of_another_event_is_not_reached(world):
    stranger = a_registration(an_event(world), scheme=world)

    answer = send(world.desks[0], said("present", stranger, at=minutes(2)))[0]

    assert answer.status == "refused"
    assert state_of(stranger) == (None, None, None, False)


def test_acts_delivered_after_the_day_are_applied_and_those_of_a_removed_device_wait_for_somebody(world):
    late = send(world.desks[0], said("present", world.people[0], at=minutes(5)), at=MORNING + timedelta(hours=30))
    devices.revoke(device_id=world.desks[1].pk, by=world.actor("LA", at=MORNING), at=MORNING)
    stolen = send(Device.objects.get(pk=world.desks[1].pk), said("present", world.people[1], at=minutes(5)))
    outside = send(world.desks[0], said("present", world.people[2], at=MORNING + timedelta(days=1)),
                   at=MORNING + timedelta(hours=30))

    assert [late[0].status, stolen[0].status, outside[0].status] == ["applied", "refused", "refused"]


def test_a_walk_in_is_registered_with_her_agreement_and_nothing_without(world):
    wants = {"first_name": "Nadia", "initial": "k", "phone": "06 12 34 56 78", "stands": [str(world.stand.pk)]}
    refused = said("walk_in", at=minutes(9), **wants)
    agreed = said("walk_in", at=minutes(10), agreed=True, **wants)
    before = Household.objects.count()

    answers = [send(world.desks[0], one)[0].status for one in (refused, agreed, agreed)]

    made = Registration.objects.get(pk=agreed["id"])
    assert answers == ["refused", "applied", "known"]
    assert Household.objects.count() == before + 1
    assert (made.state, made.source, made.present_at) == ("confirmed", "walk_in", minutes(10))
    assert (made.person.first_name, made.person.last_name, made.person.phone) == ("Nadia", "K", "0612345678")
    assert Link.objects.get(household=made.person.household).organisation == world.event.organisation
    assert Consent.objects.get(household=made.person.household).how == "oral"
    assert Wish.objects.get(registration=made).stand == world.stand
    assert Task.objects.get(subject_id=made.person.household_id).kind == TaskKind.AFTER_EVENT
    assert Person.objects.visible_to(world.actor("LA")).filter(pk=made.person_id).exists()
    assert not Person.objects.visible_to(world.actor("EMPP")).filter(pk=made.person_id).exists()


def test_outcomes_the_last_word_said_stands_whatever_arrives_first(world):
    last = said("employer_outcome", meeting=world.interview, at=minutes(20), decision="hire", next_on="2026-12-15")
    first = said("employer_outcome", meeting=world.interview, at=minutes(18), decision="no", reason="SKILLS")

    send(world.at_stand, last)
    send(world.at_stand, first)

    outcome = EmployerOutcome.objects.get()
    assert (outcome.decision, outcome.reason_code, str(outcome.next_on)) == ("hire", "", "2026-12-15")
    assert Meeting.objects.get(pk=world.interview.pk).state == "held"
    assert [one.words for one in outcomes.history(world.interview, outcomes.EMPLOYER)] == ["Embauche", "Pas de suite"]


def test_an_employer_says_no_with_a_reason_only(world):
    by = world.actor("EMPL", at=minutes(30))

    with pytest.raises(Refused):
        outcomes.record_employer(meeting_id=world.interview.pk, decision="no", by=by, at=minutes(30))
    outcomes.record_employer(
        meeting_id=world.interview.pk, decision="no", reason_code="HOURS", by=by, at=minutes(30)
    )

    assert EmployerOutcome.objects.get().reason_code == "HOURS"


def test_a_housing_sheet_takes_fine_codes_and_only_documents_of_the_list(world):
    by = world.actor("LA", at=minutes(30))

    with pytest.raises(Refused):
        outcomes.record_housing(
            meeting_id=world.talk.pk, decision="interested", documents_missing=["BANK_STATEMENT"], by=by, at=minutes(30)
        )
    with pytest.raises(Refused):
        outcomes.record_housing(meeting_id=world.talk.pk, decision="refused", by=by, at=minutes(30))
    outcomes.record_housing(
        meeting_id=world.talk.pk, decision="refused", refusal_codes=["NO_TRANSPORT"], documents_missing=["TAX_NOTICE"],
        by=by, at=minutes(30),
    )

    row = HousingOutcome.objects.get()
    assert (row.refusal_codes, row.missing_documents) == (["NO_TRANSPORT"], ["TAX_NOTICE"])


@pytest.mark.parametrize(("role", "kind"), [
    ("EMPL", "housing"), ("EMPL_other", "employer"), ("LM_other", "housing"), ("DEP", "employer"), ("LM", "employer"),
])
def test_a_sheet_is_closed_to_others(world, role, kind):
    meeting = world.interview if kind == "employer" else world.talk
    write = outcomes.record_employer if kind == "employer" else outcomes.record_housing

    with pytest.raises(Http404):
        write(meeting_id=meeting.pk, decision="hire" if kind == "employer" else "interested",
              by=world.actor(role), at=minutes(30))


def test_after_the_review_the_sheets_are_closed(world):
    world.event.state = "reviewed"
    world.event.save()

    with pytest.raises(Refused):
        outcomes.record_housing(meeting_id=world.talk.pk, decision="later", by=world.actor("LA"), at=minutes(30))


def test_the_feedback_of_the_desk_is_kept_last_one_first(world):
    person = world.people[0]

    send(world.desks[0], said("feedback", person, at=minutes(90), face=3, language="ar"), at=minutes(120))
    send(world.desks[0], said("feedback", person, at=minutes(80), face=1, language="fr"), at=minutes(121))

    assert (Feedback.objects.get().face, Feedback.objects.get().language) == (3, "ar")
    assert set(feedback.FACES) == {1, 2, 3}


def test_absence_is_written_nowhere_but_at_the_event(world):
    send(world.desks[0], said("absent", world.people[0], at=minutes(10)))

    assert not Task.objects.exists()
    assert not Message.objects.exists()
    assert not Notice.objects.exists()


def test_what_a_tablet_keeps_holds_nothing_forbidden(world):
    person = world.people[0].person
    person.last_name, person.phone, person.address = "SECRETNAME", "0600000042", "12 rue CANARI"
    person.household.application_number = "059CANARI"
    person.save()
    person.household.save()
    texts = {}
    for device in (world.desks[0], world.at_stand, world.at_table):
        found = snapshots.snapshot(devices.as_actor(device, MORNING), device, at=MORNING)
        texts[device.pk] = json.dumps(found, ensure_ascii=False)

    for text in texts.values():
        for word in ("SECRETNAME", "0600000042", "CANARI", "Un toit", "3F : logements"):
            assert word not in text
        assert '"initial": "S"' in text
    for desk_or_employer in (world.desks[0], world.at_stand):
        for word in ("ogement", " loyer", "RSA", "bailleur", "housing"):
            assert word not in texts[desk_or_employer.pk]
    assert "documents" not in texts[world.at_stand.pk]
    assert '"reasons"' in texts[world.at_stand.pk]


def test_a_stand_reads_its_own_meetings_only(world):
    other = a_stand(world.event)
    a_meeting(world.people[1], other, 5)

    found = snapshots.snapshot(devices.as_actor(world.at_stand, MORNING), world.at_stand, at=MORNING)

    assert [one["id"] for one in found["meetings"]] == [str(world.interview.pk)]


def test_a_device_opens_on_its_day_and_shuts_two_hours_after(world):
    device = Device.objects.get(pk=world.desks[0].pk)

    assert not devices.is_open(device, MORNING - timedelta(days=1))
    assert devices.is_open(device, MORNING)
    assert not devices.is_open(device, device.closes_at)
    assert devices.as_actor(device, MORNING).role is Role.TAB


def test_a_code_serves_once_for_fifteen_minutes_and_with_the_pin(world):
    by, pin = world.actor("LA", at=MORNING), devices.pin_of(world.event)
    device, code = devices.add_device(event_id=world.event.pk, kind="desk", by=by, at=MORNING)

    with pytest.raises(Refused):
        devices.pair(code=code, pin="000000" if pin != "000000" else "111111", at=MORNING, origin="a")
    with pytest.raises(Refused):
        devices.pair(code=code, pin=pin, at=MORNING + timedelta(minutes=16), origin="a")
    paired = devices.pair(code=code.lower(), pin=pin, at=MORNING, origin="a")
    with pytest.raises(Refused):
        devices.pair(code=code, pin=pin, at=MORNING, origin="a")

    assert devices.actor_of_device(paired.token, MORNING).device_id == device.pk
    devices.revoke(device_id=device.pk, by=by, at=MORNING)
    assert devices.actor_of_device(paired.token, MORNING) is None


def test_pairing_is_refused_after_ten_failures(world):
    for _ in range(10):
        with pytest.raises(Refused):
            devices.pair(code="BBBBBB", pin="1", at=MORNING, origin="guesser")

    with pytest.raises(Refused, match="attendez"):
        devices.pair(code="BBBBBB", pin="1", at=MORNING, origin="guesser")


@pytest.mark.parametrize("role", ["LM_other", "DEP", "EMPL", "ADM", "LM"])
def test_devices_belong_to_those_who_run_the_day(world, role):
    with pytest.raises(Http404):
        devices.add_device(event_id=world.event.pk, kind="desk", by=world.actor(role), at=MORNING)


@pytest.mark.django_db(transaction=True)
def test_eight_threads_send_the_same_acts_and_each_counts_once(world):
    acts = [said(kind, person, at=minutes(index), seq=index)
            for index, (kind, person) in enumerate(itertools.product(("late", "present"), world.people), 1)]
    applied, lock = [], threading.Lock()

    def work(seed):
        mine = list(acts)
        random.Random(seed).shuffle(mine)
        try:
            for one in mine:
                answer = send(world.desks[0], one)[0]
                with lock:
                    applied.append(answer)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(one.status == "applied" for one in applied) == len(acts)
    assert DeviceAct.objects.count() == len(acts)
    assert all(state_of(person)[0] is not None for person in world.people)
