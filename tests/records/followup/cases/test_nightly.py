"""The night: every case computed, what is missing opened, tasks given back, heads told; killed, it goes on."""

from datetime import date, timedelta

import pytest
from tests.factories.followup import a_pathway, a_proposal, an_application
from tests.factories.followup_stories import morning
from tests.factories.records import NOW, link, linked_household, person, scheme

from untoit.core.wording import NO_BREAK
from untoit.records.applicants.models import Assignment, Link
from untoit.records.desk.models import Task
from untoit.records.desk.services import open_task
from untoit.records.followup.cases import deadlines, keepers, nightly, refresh
from untoit.records.followup.models import Case
from untoit.records.partners.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


def a_task(of, subject, *, kind="visit_to_plan", about="proposal", org="landlord", role="LA", owner=None, days=3):
    return open_task(
        kind=kind, organisation=of.organisations[org], role=role, owner=owner, subject_kind=about, subject_id=subject,
        why="Essai.", due_on=NOW.date() + timedelta(days=days), at=NOW,
    )


def test_every_linked_household_has_a_case_and_strangers_have_none(made):
    linked, closed = linked_household(made), linked_household(made)
    Link.objects.filter(household=closed).update(closed_at=NOW)

    assert nightly.refresh_all(at=NOW) == 1
    assert [one.pk for one in Case.objects.all()] == [linked.pk]
    assert Case.objects.get().code == "new"


def test_a_second_round_of_the_same_day_computes_nothing_and_the_next_night_everything(made):
    linked_household(made)

    assert [nightly.refresh_all(at=at) for at in (NOW, NOW, morning(NOW))] == [1, 0, 1]


def test_a_round_that_is_killed_keeps_its_chunks_and_goes_on(made, monkeypatch):
    for _ in range(5):
        linked_household(made)
    monkeypatch.setattr(nightly, "CHUNK", 2)
    told = []

    def killed(done, of):
        told.append((done, of))
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nightly.refresh_all(at=NOW, say=killed)

    assert told == [(2, 5), (4, 5)]
    assert Case.objects.count() == 4
    assert nightly.refresh_all(at=NOW) == 1


def test_the_status_changes_by_the_day_alone(made):
    row = a_proposal(made, state="notified", answer_due_on=date(2026, 11, 26))
    refresh.refresh([row.household_id], at=NOW)
    before = list(row.household.case.alerts.values_list("code", flat=True))

    nightly.refresh_all(at=morning(NOW, days=4))

    assert (before, list(row.household.case.alerts.values_list("code", flat=True))) == (["answer_due"], [
        "answer_overdue"])


def test_checks_that_are_missing_are_opened_once(made):
    home, job = a_proposal(made, state="keys_handed"), an_application(made, state="hired")

    assert deadlines.open_missing(at=NOW) == 6
    assert deadlines.open_missing(at=NOW) == 0
    assert sorted(Task.objects.filter(subject_id=home.pk).values_list("kind", "role", "due_on")) == [
        ("call_1m", "LA", date(2026, 12, 20)), ("check_3m", "LA", date(2027, 2, 19)),
        ("check_6m", "LA", date(2027, 5, 19)),
    ]
    assert sorted(Task.objects.filter(subject_id=job.pk).values_list("kind", "role", "due_on")) == [
        ("hold_1m", "EMPL", date(2026, 12, 2)), ("hold_3m", "EMPL", date(2027, 2, 2)),
        ("hold_6m", "EMPL", date(2027, 5, 2)),
    ]


def test_what_was_said_to_be_done_or_is_past_is_not_asked_again(made):
    a_proposal(made, state="checked_6m")
    job = an_application(made, state="held_3m")
    Task.objects.create(
        kind="hold_6m", organisation=made.organisations["employer"], role="EMPL", subject_kind="application",
        subject_id=job.pk, why="Essai.", due_on=NOW.date(), created_at=NOW, done_at=NOW, outcome="done",
    )

    assert deadlines.open_missing(at=NOW) == 0


def test_a_landlord_whose_link_closed_is_asked_for_nothing(made):
    home = a_proposal(made, state="keys_handed")
    Link.objects.filter(household=home.household).update(closed_at=NOW)

    assert deadlines.open_missing(at=NOW) == 0


def test_the_tasks_of_who_left_go_back_to_the_role(made):
    pathway = a_pathway(made)
    task = a_task(made, pathway.pk, kind="first_steps", about="pathway", org="department", role="",
                  owner=made.members["DEP"])
    Membership.objects.filter(pk=made.members["DEP"].pk).update(until=NOW - timedelta(hours=1))

    assert keepers.give_back(at=NOW) == 1
    task.refresh_from_db()
    assert (task.owner, task.role, task.done_at) == (None, "DEP", None)
    assert keepers.give_back(at=NOW) == 0


def test_the_tasks_of_who_follows_no_more_go_back_to_the_role(made):
    pathway, other = a_pathway(made), a_pathway(made)
    task, kept = (
        a_task(made, one.pk, kind="first_steps", about="pathway", org="department", role="DEP",
               owner=made.members["DEP"])
        for one in (pathway, other)
    )
    Assignment.objects.filter(link__household=pathway.household_id, membership=made.members["DEP"]).update(
        until=NOW.date() - timedelta(days=1)
    )

    keepers.give_back(at=NOW)

    task.refresh_from_db()
    kept.refresh_from_db()
    assert (task.owner, task.role) == (None, "DEP")
    assert kept.owner == made.members["DEP"]


def test_a_task_of_a_service_whose_link_closed_goes_to_the_one_that_follows(made):
    job = an_application(made)
    a_task(made, job.pk, kind="job_to_resume", about="application", org="employment", role="EMPP")
    Link.objects.filter(household=job.household, organisation=made.organisations["employment"]).update(closed_at=NOW)

    keepers.give_back(at=NOW)

    now = Task.objects.open().get()
    assert (now.organisation, now.role, now.owner) == (
        made.organisations["department"], "DEP", made.members["DEP"])
    assert Task.objects.get(done_at__isnull=False).outcome == "handed_on"


def test_the_home_of_a_landlord_is_handed_to_nobody_else(made):
    home = a_proposal(made)
    a_task(made, home.pk)
    Link.objects.filter(household=home.household, organisation=made.organisations["landlord"]).update(closed_at=NOW)

    keepers.give_back(at=NOW)

    assert Task.objects.get().outcome == "nobody_follows"


def test_what_an_employer_without_members_is_asked_goes_to_the_coach(made):
    job = an_application(made, state="hired")
    a_task(made, job.pk, kind="hold_1m", about="application", org="employer", role="EMPL")
    Membership.objects.filter(organisation=made.organisations["employer"]).update(until=NOW - timedelta(hours=1))

    keepers.give_back(at=NOW)

    assert Task.objects.open().get().owner == made.members["EMPP"]


def test_a_landlord_reads_of_a_case_what_was_handed_to_it(made):
    job = an_application(made)
    a_task(made, job.pk, kind="job_to_resume", about="application", org="employment", role="EMPP")
    Link.objects.filter(household=job.household).exclude(organisation=made.organisations["landlord"]).update(
        closed_at=NOW
    )

    keepers.give_back(at=NOW)

    now = Task.objects.open().get()
    assert (now.role, now.subject_kind, now.subject_id) == ("LA", "household", job.household_id)


def test_heads_are_told_once_a_week_of_what_is_a_week_late(made):
    home, soon = a_proposal(made), a_proposal(made)
    a_task(made, home.pk, days=-7)
    a_task(made, soon.pk, days=-6)

    assert [keepers.tell_heads(at=NOW + timedelta(days=days)) for days in (0, 0, 3)] == [1, 0, 0]
    told = Task.objects.get(kind="late_tasks")
    assert (told.owner, told.role, told.subject_kind) == (made.members["LM"], "LM", "organisation")
    assert told.why == f"1{NO_BREAK}tâche de votre service a plus de sept jours de retard."


def test_a_head_who_said_it_was_looked_at_is_told_again_the_week_after(made):
    a_task(made, a_proposal(made).pk, days=-7)
    keepers.tell_heads(at=NOW)
    Task.objects.filter(kind="late_tasks").update(done_at=NOW, outcome="done")

    assert [keepers.tell_heads(at=NOW + timedelta(days=days)) for days in (6, 7)] == [0, 1]


def test_an_employer_is_told_nothing_of_homes(made):
    job = an_application(made, state="hired")
    a_task(made, job.pk, kind="hold_1m", about="application", org="employer", role="EMPL", days=-9)
    keepers.tell_heads(at=NOW)

    why = Task.objects.get(kind="late_tasks", organisation=made.organisations["employer"]).why

    assert [word for word in ("logement", "bail", "ménage", "toit") if word in why.lower()] == []


def test_the_whole_round_is_idempotent(made):
    one = linked_household(made)
    link(one, made.organisations["partner"], "housing")
    person(one, number=2)
    a_proposal(made, state="keys_handed")

    first, second = nightly.round_of(at=NOW), nightly.round_of(at=NOW)

    assert (first.refreshed, first.opened) == (2, 3)
    assert second == nightly.Night(0, 0, 0, 0, 0)
