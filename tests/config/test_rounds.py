from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.records import NOW, household, link, linked_household, offer, scheme, vacancy

from untoit.config import digest, rounds
from untoit.records.desk.models import DigestFrequency, Message, Preference, Task, TaskKind
from untoit.records.desk.services import open_task
from untoit.records.jobs.models import Offer
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def kinds():
    return sorted(Task.objects.open().values_list("kind", "organisation__name", "role"))


@pytest.mark.parametrize(("expires_on", "state", "asked"), [
    (TODAY - timedelta(days=1), "expired", True), (TODAY, "open", True), (TODAY + timedelta(days=5), "open", True),
    (TODAY + timedelta(days=6), "open", False),
])
def test_an_offer_is_asked_about_five_days_before_and_set_aside_the_day_after(expires_on, state, asked):
    of = scheme()
    offer(of.organisations["employer"], expires_on=expires_on)

    rounds.expire_offers(at=NOW)

    assert Offer.objects.get().state == state
    assert kinds() == ([("offer_to_confirm", "Entrepôts du Nord", "EMPL")] if asked else [])


def test_a_vacancy_is_asked_about_to_its_landlord():
    of = scheme()
    vacancy(of.organisations["landlord"], expires_on=TODAY - timedelta(days=1))

    rounds.expire_vacancies(at=NOW)

    assert Vacancy.objects.get().state == "expired"
    assert kinds() == [("vacancy_to_confirm", "Bailleur d'essai", "LA")]


def test_a_round_run_twice_changes_nothing_more():
    of = scheme()
    offer(of.organisations["employer"], expires_on=TODAY)
    linked_household(of, grounds=["DALO"])
    rounds.all_rounds(at=NOW)
    before = list(Task.objects.order_by("pk").values())

    rounds.all_rounds(at=NOW)

    assert list(Task.objects.order_by("pk").values()) == before


def test_a_task_whose_reason_is_gone_closes_by_itself():
    of = scheme()
    job = offer(of.organisations["employer"], expires_on=TODAY)
    rounds.expire_offers(at=NOW)
    Offer.objects.filter(pk=job.pk).update(state="withdrawn")

    rounds.expire_offers(at=NOW)

    assert Task.objects.get().outcome == "no_longer_needed"


@pytest.mark.parametrize(("days", "asked"), [(30, True), (31, False), (0, True), (-1, False)])
def test_whoever_follows_the_household_is_asked_a_month_before_the_sharing_ends(days, asked):
    of = scheme()
    link(
        household(), of.organisations["department"], followed_by=of.members["DEP"],
        expires_on=TODAY + timedelta(days=days),
    )

    rounds.remind_of_links(at=NOW)

    assert [task.owner for task in Task.objects.all()] == ([of.members["DEP"]] if asked else [])


@pytest.mark.parametrize(("grounds", "evidenced", "asked"), [
    ([], [], False), (["DALO"], [], True), (["DALO"], ["DALO"], False), (["DALO", "HAND"], ["DALO"], True),
])
def test_a_ground_without_evidence_is_asked_for(grounds, evidenced, asked):
    of = scheme()
    linked_household(of, grounds=grounds, evidenced_grounds=evidenced)

    rounds.ask_for_evidence(at=NOW)

    assert kinds() == ([("ground_without_evidence", "Bailleur d'essai", "LA")] if asked else [])


def waits(of, name, organisation, role):
    return open_task(
        kind=TaskKind.OFFER_TO_CONFIRM, organisation=of.organisations[organisation], role=role, subject_kind="offer",
        subject_id=of.members[name].pk, why="Cette offre est-elle toujours ouverte ?", due_on=TODAY, at=NOW,
    )


def test_the_digest_counts_and_names_nobody():
    of = scheme()
    waits(of, "EMPL", "employer", "EMPL")

    digest.send_all(at=NOW)

    message = Message.objects.get()
    assert message.recipient == of.user("EMPL")
    assert "Entrepôts du Nord : 1 tâche\n" in message.body
    assert "/matin/" in message.body


def test_an_employer_reads_no_word_of_housing():
    of = scheme()
    waits(of, "EMPL", "employer", "EMPL")

    digest.send_all(at=NOW)

    message = Message.objects.get()
    text = f"{message.subject} {message.body}".lower()
    assert [word for word in ("logement", "toit", "bailleur", "habitat", "loyer") if word in text] == []


def test_the_digest_leaves_once_a_day():
    of = scheme()
    waits(of, "EMPL", "employer", "EMPL")

    assert (digest.send_all(at=NOW), digest.send_all(at=NOW)) == (1, 0)
    assert digest.send_all(at=NOW + timedelta(days=1)) == 1


@pytest.mark.parametrize(("frequency", "monday", "tuesday"), [
    (DigestFrequency.DAILY, 1, 1), (DigestFrequency.WEEKLY, 1, 0), (DigestFrequency.NEVER, 0, 0),
])
def test_the_digest_follows_the_preference(frequency, monday, tuesday):
    of = scheme()
    waits(of, "EMPL", "employer", "EMPL")
    Preference.objects.create(user=of.user("EMPL"), digest=frequency)

    assert digest.send_all(at=datetime(2026, 11, 23, 6, 30, tzinfo=UTC)) == monday
    assert digest.send_all(at=datetime(2026, 11, 24, 6, 30, tzinfo=UTC)) == tuesday
