"""Applications: opened by a coach, sent with agreement, moved by the table with its checks, openings counted."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.followup import an_application
from tests.factories.records import NOW, consent, household, linked_household, offer, person, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.applicants.models import Purpose
from untoit.records.desk.models import Message, Task
from untoit.records.followup.models import Application, Case, TrackAct
from untoit.records.followup.work import applications
from untoit.records.followup.work.facts import job_facts
from untoit.records.followup.work.outcomes import outcome_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
CDI = {"contract": "CDI", "start_on": TODAY + timedelta(days=7)}


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def camille(made):
    return linked_household(made).persons.get()


def act(row, action, by, **given):
    done = applications.act(application_id=row.pk, action=action, given=given, by=by, at=by.at)
    row.refresh_from_db()
    return done


# Opening one, and the card.

def test_apply_opens_an_application_that_the_employer_does_not_read_yet(made, camille):
    job = offer(made.organisations["employer"])

    row = applications.apply(person_id=camille.pk, offer_id=job.pk, by=made.actor("EMPP"), at=NOW)

    assert (row.state, row.sent_on, row.organisation_id) == ("applied", None, made.organisations["employer"].pk)
    assert row.snapshot["features"] == {
        "employer_struggles": False, "distance": 0, "wish_rank": 0, "years": 2.0,
    }
    assert TrackAct.objects.get(subject_id=row.pk).action == "apply"
    assert Case.objects.get(household=camille.household).code == "job_in_progress"
    assert not Application.objects.visible_to(made.actor("EMPL")).exists()


def test_apply_sends_the_card_at_once_when_the_person_agreed_and_approved_it_before(made, camille):
    from tests.factories.events import a_registration, an_event

    consent(camille.household, Purpose.EMPLOYER_CARD)
    a_registration(an_event(made), person=camille, sheet_approved_at=NOW)

    row = applications.apply(
        person_id=camille.pk, offer_id=offer(made.organisations["employer"]).pk, by=made.actor("EMPP"), at=NOW
    )

    assert row.sent_on == TODAY
    assert Application.objects.visible_to(made.actor("EMPL")).get() == row


@pytest.mark.parametrize("name", ["EMPP2", "EMPL", "LA", "LM", "DEP", "FUND", "ADM", "DPO"])
def test_apply_is_for_the_coach_who_follows_the_person(made, camille, name):
    job = offer(made.organisations["employer"])

    with pytest.raises(Http404):
        applications.apply(person_id=camille.pk, offer_id=job.pk, by=made.actor(name), at=NOW)


def test_apply_refuses_an_offer_that_is_closed_and_a_second_application(made, camille):
    coach, job = made.actor("EMPP"), offer(made.organisations["employer"])
    applications.apply(person_id=camille.pk, offer_id=job.pk, by=coach, at=NOW)

    with pytest.raises(Conflict, match="déjà une candidature en cours"):
        applications.apply(person_id=camille.pk, offer_id=job.pk, by=coach, at=NOW)
    closed = offer(made.organisations["employer"], state="withdrawn")
    with pytest.raises(Refused, match="n'est plus ouverte"):
        applications.apply(person_id=camille.pk, offer_id=closed.pk, by=coach, at=NOW)


def test_the_card_leaves_with_the_agreement_and_the_approval_and_tells_the_employer_nothing_more(made, camille):
    coach = made.actor("EMPP")
    row = an_application(made, person=camille, sent_on=None, card_approved_at=None)

    with pytest.raises(Refused, match="n'a pas donné son accord"):
        applications.send_card(application_id=row.pk, by=coach, at=NOW)
    consent(camille.household, Purpose.EMPLOYER_CARD)
    with pytest.raises(Refused, match="pas encore approuvé"):
        applications.send_card(application_id=row.pk, by=coach, at=NOW)
    applications.approve_card(application_id=row.pk, by=coach, at=NOW)
    applications.send_card(application_id=row.pk, by=coach, at=NOW)

    row.refresh_from_db()
    sent = Message.objects.get()
    assert row.sent_on == TODAY
    assert sent.recipient == made.user("EMPL")
    assert "Camille" not in sent.body
    assert "logement" not in sent.body.lower()


# The acts and their checks.

@pytest.mark.parametrize(("given", "sentence"), [
    ({"contract": "CDD", "start_on": TODAY}, "a une fin prévue"),
    ({"contract": "MIS", "start_on": TODAY}, "a une fin prévue"),
    ({"contract": "IAE", "start_on": TODAY}, "a une fin prévue"),
    ({"contract": "CDD", "start_on": TODAY, "last_day": TODAY - timedelta(days=1)}, "vient après la prise de poste"),
    ({"contract": "STAGE", "start_on": TODAY}, "contrat de la liste"),
    ({"contract": "CDI", "start_on": date(2062, 1, 1)}, "vérifiez l'année"),
    ({"contract": "CDI", "start_on": TODAY, "trial_ends_on": TODAY - timedelta(days=1)}, "période d'essai finit après"),
    ({"contract": "CDI"}, "demande une précision"),
])
def test_hire_says_a_whole_contract(made, given, sentence):
    row = an_application(made, state="offered")

    with pytest.raises(Refused, match=sentence):
        act(row, "hire", made.actor("EMPL"), **given)


def test_hire_opens_the_checks_and_tells_the_landlord_four_facts(made):
    row = an_application(made, state="interviewed")

    act(row, "hire", made.actor("EMPL"), contract="CDD", start_on=date(2026, 12, 1), last_day=date(2027, 5, 31),
        trial_ends_on=date(2026, 12, 31))

    checks = Task.objects.filter(subject_id=row.pk, kind__startswith="hold_").order_by("due_on")
    assert [(one.kind, one.due_on) for one in checks] == [
        ("hold_1m", date(2027, 1, 1)), ("hold_3m", date(2027, 3, 1)), ("hold_6m", date(2027, 6, 1)),
    ]
    assert Task.objects.filter(kind="resources_to_update", subject_id=row.household_id).exists()
    found = job_facts(row.household_id, TODAY)[0]
    assert (found.in_employment, found.starts_later, found.contract, found.start_on, found.ends_on, found.place) == (
        False, True, "CDD", date(2026, 12, 1), date(2027, 5, 31), "Lesquin"
    )
    assert outcome_of(row, TODAY).code == "durable"
    assert "Durable" in outcome_of(row, TODAY).policy


@pytest.mark.parametrize(("state", "action", "given", "sentence"), [
    ("interviewed", "turn_down", {"reason": "RSA"}, "raison de la liste"),
    ("hired", "hold_1m", {"checked_on": date(2026, 11, 20)}, "à partir du"),
    ("hired", "end", {"ended_on": TODAY + timedelta(days=3), "reason": "TERM"}, "est à venir"),
    ("hired", "end", {"ended_on": date(2026, 10, 1), "reason": "TERM"}, "vient après la prise de poste"),
    ("hired", "end", {"ended_on": TODAY, "reason": "TRIAL_BY_PERSON"}, "raison de la liste"),
    ("hired", "break_trial", {"ended_on": TODAY, "reason": "TERM"}, "raison de la liste"),
    ("hired", "withdraw_employer", {"reason": "OTHER"}, "est en poste depuis"),
    ("applied", "plan_interview", {"interview_on": date(2062, 1, 1)}, "vérifiez l'année"),
    ("withdrawn", "turn_down", {"reason": "OTHER"}, "n'est plus possible"),
])
def test_an_act_that_cannot_be_is_refused_with_its_sentence(made, state, action, given, sentence):
    row = an_application(made, state=state)

    with pytest.raises(Refused, match=sentence):
        act(row, action, made.actor("EMPL"), **given)
    assert not TrackAct.objects.exists()


def test_the_end_of_a_trial_that_is_over_is_the_end_of_a_contract(made):
    row = an_application(made, state="hired", trial_ends_on=date(2026, 11, 15))

    with pytest.raises(Refused, match="notez la fin du contrat"):
        act(row, "break_trial", made.actor("EMPL"), ended_on=TODAY, reason="TRIAL_BY_EMPLOYER")

    act(row, "pass_trial", made.actor("EMPL"), trial_ended_on=date(2026, 11, 15))
    assert (row.state, row.trial_passed_on) == ("trial_passed", date(2026, 11, 15))


def test_a_change_of_contract_keeps_the_state_and_drops_a_term_that_no_longer_is(made):
    row = an_application(made, state="held_1m", contract="CDD", last_day=date(2027, 1, 31))

    act(row, "change_contract", made.actor("EMPP"), contract="CDI")

    assert (row.state, row.contract, row.last_day) == ("held_1m", "CDI", None)


def test_a_contract_restored_by_the_coach_runs_again(made):
    row = an_application(made, state="ended", reason="DISMISSAL")

    with pytest.raises(Refused, match="ne relève pas de votre rôle"):
        act(row, "restore", made.actor("EMPL"), reason="MISTAKE")
    act(row, "restore", made.actor("EMPP"), reason="MISTAKE")

    assert (row.state, row.ended_on) == ("hired", None)


def test_two_people_on_the_same_page_the_second_is_told(made):
    row = an_application(made, state="interviewed")
    seen = row.revision
    act(row, "keep_in_pool", made.actor("EMPL"))

    with pytest.raises(Conflict, match="a été modifiée"):
        applications.act(
            application_id=row.pk, action="turn_down", given={"reason": "SKILLS"}, by=made.actor("EMPP"), at=NOW,
            revision=seen,
        )


# The openings of the offer.

def test_a_hire_takes_an_opening_and_the_last_one_fills_the_offer_and_releases_who_waits(made):
    job = offer(made.organisations["employer"], openings=2)
    employer = made.actor("EMPL")
    first, second, waiting, offered = (
        an_application(made, state=state, job=job) for state in ("offered", "interviewed", "in_pool", "offered")
    )

    act(first, "hire", employer, **CDI)
    job.refresh_from_db()
    assert (job.state, job.openings) == ("open", 1)
    act(second, "hire", employer, **CDI)

    for one in (job, waiting, offered):
        one.refresh_from_db()
    assert job.state == "filled"
    assert (waiting.state, waiting.last_action, offered.state) == ("withdrawn", "close_offer", "offered")
    with pytest.raises(Refused, match="Tous les postes de cette offre sont pourvus"):
        act(offered, "hire", employer, **CDI)


def test_a_broken_trial_gives_the_opening_back_and_the_end_of_a_contract_does_not(made):
    job = offer(made.organisations["employer"])
    row = an_application(made, state="offered", job=job)
    act(row, "hire", made.actor("EMPL"), contract="CDI", start_on=date(2026, 11, 9))

    act(row, "break_trial", made.actor("EMPL"), ended_on=date(2026, 11, 20), reason="TRIAL_BY_EMPLOYER")

    job.refresh_from_db()
    assert (job.state, job.openings, row.state) == ("open", 1, "trial_broken")
    act(row, "restore", made.actor("EMPP"), reason="MISTAKE")
    act(row, "end", made.actor("EMPL"), ended_on=date(2026, 11, 20), reason="AGREED")
    job.refresh_from_db()
    assert job.state == "filled"


def test_the_clock_releases_those_who_wait_for_an_offer_that_is_over(made):
    employer = made.organisations["employer"]
    gone, stale = offer(employer, state="withdrawn"), offer(employer, state="expired", expires_on=date(2026, 10, 1))
    asleep = offer(employer, state="expired", expires_on=date(2026, 11, 20))
    rows = [an_application(made, state="interviewed", job=one) for one in (gone, stale, asleep)]

    assert applications.release_closed(at=NOW) == 2
    assert applications.release_closed(at=NOW) == 0

    for one in rows:
        one.refresh_from_db()
    assert [one.state for one in rows] == ["withdrawn", "withdrawn", "interviewed"]


# Who reads and acts.

@pytest.mark.parametrize("name", ["LA", "LM", "PART", "FUND", "ADM", "DPO", "EMPL_other", "EMPP2", "LM_other"])
def test_nobody_else_sees_or_acts(made, name):
    row = an_application(made)

    assert not Application.objects.visible_to(made.actor(name)).exists()
    with pytest.raises(Http404):
        applications.act(application_id=row.pk, action="keep_in_pool", given={}, by=made.actor(name), at=NOW)


def test_the_case_manager_reads_and_does_not_act(made):
    row = an_application(made)

    assert Application.objects.visible_to(made.actor("DEP")).get() == row
    with pytest.raises(Http404):
        applications.act(application_id=row.pk, action="keep_in_pool", given={}, by=made.actor("DEP"), at=NOW)


def test_a_stranger_of_the_household_is_not_seen(made):
    row = an_application(made, person=person(household()))

    assert not Application.objects.visible_to(made.actor("EMPP")).exists()
    assert Application.objects.visible_to(made.actor("EMPL")).get() == row


# Tasks that no longer have a sense.

def test_an_interview_fixed_again_is_asked_about_after_its_new_day_and_an_answered_offer_no_more(made):
    row = an_application(made)
    employer = made.actor("EMPL")
    act(row, "plan_interview", employer, interview_on=date(2026, 11, 25))
    act(row, "plan_interview", employer, interview_on=date(2026, 12, 2))
    asked = Task.objects.get(kind="interview_outcome", done_at=None)
    assert asked.due_on == date(2026, 12, 4)

    act(row, "record_interview", employer, interviewed_on=TODAY)
    act(row, "offer", employer, contract="CDI")
    act(row, "withdraw_person", made.actor("EMPP"), reason="PAY")

    assert not Task.objects.filter(subject_id=row.pk, done_at=None).exists()
