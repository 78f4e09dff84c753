"""Sheets of an event become acts, once each; a correction follows while nobody acted, afterwards a person is asked."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import consent, household, offer, person, scheme, vacancy

from untoit.records.applicants.models import Purpose
from untoit.records.desk.models import Task, TaskKind
from untoit.records.events import outcomes
from untoit.records.events.models import EmployerOutcome, HousingOutcome
from untoit.records.followup import from_events
from untoit.records.followup.models import Application, Proposal, TakenSheet, TrackAct
from untoit.records.followup.work import applications
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 8)
NOON, EVENING, LATER = (datetime(2026, 12, day, hour, tzinfo=UTC) for day, hour in ((8, 11), (8, 16), (10, 9)))


@pytest.fixture
def world():
    """An event that is over, an interview for a job and a housing talk about a home, of the same person."""
    made = scheme()
    event = an_event(made, state="open", opened_at=NOON)
    made.job, made.home = offer(made.organisations["employer"]), vacancy(made.organisations["landlord"])
    stand = a_stand(event, organisation=made.organisations["employer"], offers=(made.job,))
    table = a_stand(event, kind="housing", organisation=made.organisations["landlord"], vacancies=(made.home,))
    made.event, made.one = event, a_registration(event, scheme=made)
    made.interview = a_meeting(made.one, stand, 1, offer=made.job)
    made.talk = a_meeting(made.one, table, 3, vacancy=made.home)
    published(event)
    event.state = "open"
    event.save()
    return made


def said(world, decision, at=NOON, by="EMPL", **more):
    outcomes.record_employer(
        meeting_id=world.interview.pk, decision=decision, by=world.actor(by, at=at), at=at, **more
    )


def talked(world, decision, at=NOON, **more):
    outcomes.record_housing(meeting_id=world.talk.pk, decision=decision, by=world.actor("LA", at=at), at=at, **more)


def taken_up(at=EVENING):
    found = from_events.take_up(at=at)
    again = from_events.take_up(at=at)
    assert set(again) <= {"no_link"}
    return found



# Interviews.

@pytest.mark.parametrize(("decision", "more", "state"), [
    ("hire", {}, "offered"), ("hire", {"next_on": date(2026, 12, 14)}, "hired"),
    ("second", {"next_on": date(2026, 12, 11)}, "interview_planned"), ("second", {}, "interviewed"),
    ("pool", {}, "in_pool"), ("no", {"reason_code": "HOURS"}, "not_retained"),
    ("no", {"reason_code": "NO_SHOW"}, "not_retained"),
])
def test_what_the_employer_said_is_where_the_application_stands(world, decision, more, state):
    said(world, decision, **more)

    assert taken_up() == {"followed": 1}

    row = Application.objects.get()
    assert (row.state, row.source, row.event, row.offer) == (state, "event", world.event, world.job)
    assert row.interviewed_on == (None if more.get("reason_code") == "NO_SHOW" else DAY)
    act = TrackAct.objects.filter(subject_id=row.pk).exclude(action="apply").first()
    assert (act.role, act.how, act.user, act.organisation, act.on) == (
        "EMPL", "event", world.user("EMPL"), world.organisations["employer"], DAY
    )


def test_a_sheet_typed_by_the_coach_is_the_employers_word_under_the_coachs_name(world):
    said(world, "pool", by="EMPP")

    taken_up()

    act = TrackAct.objects.get(action="keep_in_pool")
    assert (act.role, act.user, act.organisation) == ("EMPL", world.user("EMPP"), world.organisations["employment"])


def test_a_fixed_term_is_hired_only_when_its_end_is_known(world):
    world.job.contract, world.job.duration_months = "CDD", 6
    world.job.save()
    said(world, "hire", next_on=date(2026, 12, 14))
    taken_up()

    row = Application.objects.get()
    assert (row.state, row.contract, row.last_day) == ("hired", "CDD", date(2027, 6, 13))


def test_the_card_is_sent_only_with_the_agreement_and_the_approval(world):
    said(world, "pool")
    taken_up()
    assert Application.objects.get().sent_on is None


def test_the_card_is_with_the_employer_when_the_person_agreed(world):
    consent(world.one.person.household, Purpose.EMPLOYER_CARD)
    world.one.sheet_approved_at = NOON
    world.one.save()
    said(world, "pool")

    taken_up()

    assert Application.objects.visible_to(world.actor("EMPL", at=EVENING)).count() == 1


def test_an_application_that_was_open_goes_on(world):
    coach = world.actor("EMPP", at=NOON - timedelta(days=3))
    row = applications.apply(person_id=world.one.person_id, offer_id=world.job.pk, by=coach, at=coach.at)
    said(world, "pool")

    taken_up()

    row.refresh_from_db()
    assert (row.state, Application.objects.count()) == ("in_pool", 1)


@pytest.mark.parametrize(("first", "then", "state"), [
    (("hire", {}), ("no", {"reason_code": "SKILLS"}), "not_retained"),
    (("no", {"reason_code": "SKILLS"}), ("second", {"next_on": date(2026, 12, 11)}), "interview_planned"),
    (("second", {"next_on": date(2026, 12, 11)}), ("pool", {}), "in_pool"),
    (("hire", {"next_on": date(2026, 12, 14)}), ("pool", {}), "in_pool"),
    (("pool", {}), ("hire", {}), "offered"),
])
def test_a_correction_is_followed_while_nobody_acted(world, first, then, state):
    said(world, first[0], **first[1])
    taken_up()
    said(world, then[0], at=NOON + timedelta(minutes=30), **then[1])

    assert taken_up(at=LATER) == {"followed": 1}

    row = Application.objects.get()
    assert row.state == state
    assert world.job.__class__.objects.get(pk=world.job.pk).state == "open"


def test_a_correction_after_somebody_acted_asks_the_coach_and_changes_nothing(world):
    said(world, "pool")
    taken_up()
    row = Application.objects.get()
    applications.act(
        application_id=row.pk, action="plan_interview", given={"interview_on": date(2026, 12, 15)},
        by=world.actor("EMPP", at=LATER), at=LATER,
    )
    said(world, "no", at=NOON + timedelta(minutes=30), reason_code="SKILLS")

    assert taken_up(at=LATER) == {"to_settle": 1}

    row.refresh_from_db()
    task = Task.objects.get(kind=TaskKind.OUTCOME_MISSING, subject_id=row.pk)
    assert row.state == "interview_planned"
    assert (task.owner, task.subject_kind) == (world.members["EMPP"], "application")
    assert "Camille" not in task.why
    assert TakenSheet.objects.get().why


def test_a_meeting_without_a_job_is_somebodys_to_open(world):
    other = offer(world.organisations["employer"])
    world.interview.stand.shown_offers.create(offer=other)
    world.interview.offer = None
    world.interview.save()
    said(world, "pool")

    assert taken_up() == {"to_settle": 1}
    assert not Application.objects.exists()
    assert Task.objects.filter(subject_id=world.one.person.household_id, kind=TaskKind.OUTCOME_MISSING).exists()


def test_nothing_is_opened_for_somebody_whom_nobody_follows_until_somebody_does(world):
    stranger = a_registration(world.event, person=person(household()))
    world.interview.registration = stranger
    world.interview.save()
    EmployerOutcome.objects.create(meeting=world.interview, decision="pool", at=NOON)

    assert taken_up() == {"no_link": 1}
    assert not Application.objects.exists()


# Housing talks.

@pytest.mark.parametrize(("decision", "more", "state"), [
    ("interested", {}, "proposed"), ("later", {}, "proposed"),
    ("visit", {"visit_on": date(2026, 12, 12)}, "visit_planned"),
    ("refused", {"refusal_codes": ["NO_TRANSPORT", "TOO_SMALL"]}, "declined"),
    ("interested", {"documents_missing": ["TAX_NOTICE"]}, "file_incomplete"),
])
def test_what_came_of_a_housing_talk_is_where_the_proposal_stands(world, decision, more, state):
    talked(world, decision, **more)

    assert taken_up() == {"followed": 1}

    row = Proposal.objects.get()
    assert (row.state, row.source, row.event, row.vacancy) == (state, "event", world.event, world.home)
    assert row.reasons == list(more.get("refusal_codes", []))
    act = TrackAct.objects.filter(subject_id=row.pk).first()
    assert (act.user, act.organisation) == (world.user("LA"), world.organisations["landlord"])


def test_a_tablet_at_the_housing_table_acts_for_the_landlord(world):
    HousingOutcome.objects.create(meeting=world.talk, decision="interested", at=NOON)

    taken_up()

    act = TrackAct.objects.get()
    assert (act.user, act.organisation, act.role) == (None, world.organisations["landlord"], "LA")


def test_a_visit_whose_day_has_passed_leaves_the_proposal_and_a_task(world):
    talked(world, "visit", visit_on=date(2026, 12, 9))

    assert taken_up(at=LATER) == {"to_settle": 1}

    row = Proposal.objects.get()
    assert row.state == "proposed"
    assert Task.objects.get(kind=TaskKind.OUTCOME_MISSING, subject_id=row.pk).role == "LA"


def test_a_refusal_corrected_to_a_visit_reopens_the_proposal(world):
    talked(world, "refused", refusal_codes=["TOO_SMALL"])
    taken_up()
    talked(world, "visit", at=NOON + timedelta(minutes=20), visit_on=date(2026, 12, 12))

    assert taken_up(at=LATER) == {"followed": 1}
    assert Proposal.objects.get().state == "visit_planned"


def test_two_members_of_a_household_share_one_proposal(world):
    other = a_registration(world.event, person=person(world.one.person.household, number=2))
    shared = a_meeting(other, world.talk.stand, 3, vacancy=world.home, takes_table=False)
    talked(world, "refused", refusal_codes=["TOO_SMALL"])
    HousingOutcome.objects.create(meeting=shared, decision="refused", refusal_codes=["TOO_SMALL"], at=NOON)

    assert taken_up() == {"followed": 2}
    assert Proposal.objects.count() == 1


def test_both_halves_of_an_event_are_taken_up_together(world):
    said(world, "pool")
    talked(world, "interested")

    assert taken_up() == {"followed": 2}
    assert set(TakenSheet.objects.values_list("track", flat=True)) == {"job", "housing"}


def test_the_author_of_a_device_is_the_organisation_of_the_stand(world):
    sheet = EmployerOutcome(meeting=world.interview, decision="pool", at=NOON)

    found = from_events.author_of(sheet, world.organisations["employer"], Role.EMPL)

    assert isinstance(found, Actor)
    assert (found.user_id, found.organisation_id) == (None, world.organisations["employer"].pk)
