"""Links to employers: one e-mail a day, a hash only, one answer that can be corrected for a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from tests.factories.followup import an_application
from tests.factories.records import offer, scheme

from untoit.core.errors import Refused
from untoit.records.desk.models import Task
from untoit.records.followup.models import EmployerLink, TrackAct
from untoit.records.followup.work import applications, links
from untoit.records.partners.models import Membership

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 12, 3, 6, 40, tzinfo=UTC)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def row(made):
    return an_application(made, state="hired")


def token(row):
    return links.token_of(EmployerLink.objects.get(application=row).pk)


def answered(row, choice, at=MORNING, **given):
    done = links.answer(token=token(row), choice=choice, at=at, **given)
    row.refresh_from_db()
    return done


def test_one_email_a_day_lists_every_question_and_says_nothing_else(made, row):
    other = an_application(made, state="interview_planned", interview_on=date(2026, 12, 1))
    an_application(made, state="hired", start_on=date(2026, 11, 20))
    an_application(made, state="in_pool")

    assert links.ask_employers(at=MORNING) == 1
    assert links.ask_employers(at=MORNING + timedelta(hours=2)) == 0

    message = mail.outbox[0]
    assert message.to == [made.user("EMPL").email]
    assert message.subject == "2 questions sur vos entretiens et vos embauches"
    assert "Camille, Préparateur de commandes : Toujours en poste à 1\u00a0mois" in message.body.replace(
        "\u202f", " ").replace("1 mois", "1\u00a0mois").replace("\u00a0:", " :")
    for one in (row, other):
        assert f"/r/{token(one)}/" in message.body
    for word in ("essai@", "Essai", "logement", "toit", "RSA", "bailleur", str(row.pk)):
        assert word not in message.body


def test_what_was_not_answered_is_not_sent_again_and_the_coach_calls(made, row):
    links.ask_employers(at=MORNING)

    assert links.ask_employers(at=MORNING + timedelta(days=1)) == 0
    assert links.call_instead(at=MORNING + timedelta(days=6)) == 0
    assert links.call_instead(at=MORNING + timedelta(days=7)) == 1
    task = Task.objects.get(kind="hold_1m", organisation=made.organisations["employment"])
    assert "n'a pas répondu" in task.why


def test_only_the_hash_is_kept_and_an_email_cut_short_leaves_again_with_the_same_address(made, row, monkeypatch):
    sent = []

    def broken(self, *_args, **_options):
        sent.append(self.body)
        raise OSError("the mail server is down")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", broken)
    assert links.ask_employers(at=MORNING) == 0
    monkeypatch.undo()

    assert links.ask_employers(at=MORNING + timedelta(minutes=5)) == 1
    kept = EmployerLink.objects.get()
    assert kept.token_hash != links.token_of(kept.pk)
    assert links.address_of(kept.pk) in sent[0]
    assert links.address_of(kept.pk) in mail.outbox[0].body


def test_an_employer_without_an_account_receives_nothing(made, row):
    Membership.objects.filter(organisation=made.organisations["employer"]).update(until=MORNING - timedelta(days=1))

    assert links.ask_employers(at=MORNING) == 0


def test_a_yes_writes_the_check_in_the_name_of_the_employer(made, row):
    links.ask_employers(at=MORNING)

    answered(row, "yes")

    done = TrackAct.objects.get(action="hold_1m")
    assert (row.state, done.role, done.how, done.user, done.organisation) == (
        "held_1m", "EMPL", "link", None, made.organisations["employer"]
    )


def test_a_no_says_when_and_why_and_shuts_nothing_when_it_is_refused(made, row):
    links.ask_employers(at=MORNING)
    with pytest.raises(Refused, match="dernier jour travaillé et la raison"):
        answered(row, "no")

    answered(row, "no", ended_on=date(2026, 11, 30), reason="RESIGNATION")

    assert (row.state, row.ended_on, row.reason) == ("ended", date(2026, 11, 30), "RESIGNATION")


def test_an_answer_is_corrected_for_a_day_in_both_directions(made, row):
    links.ask_employers(at=MORNING)
    answered(row, "yes")
    answered(row, "no", MORNING + timedelta(hours=1), ended_on=date(2026, 11, 30), reason="RESIGNATION")
    assert row.state == "ended"

    answered(row, "yes", MORNING + timedelta(hours=2))

    assert (row.state, row.ended_on, row.words_differ) == ("held_1m", None, False)
    assert not Task.objects.filter(kind="job_to_resume", done_at=None).exists()
    assert links.of_token(token(row), at=MORNING + timedelta(hours=23)) is not None
    assert links.of_token(token(row), at=MORNING + timedelta(hours=25)) is None


def test_what_the_coach_wrote_since_is_no_longer_the_employers_to_correct(made, row):
    links.ask_employers(at=MORNING)
    answered(row, "yes")
    at = MORNING + timedelta(hours=3)

    applications.act(
        application_id=row.pk, action="change_contract", given={"contract": "CDD", "last_day": date(2027, 6, 30)},
        by=made.actor("EMPP", at=at), at=at,
    )

    assert links.of_token(token(row), at=at) is None


@pytest.mark.parametrize("opened", ["", "x", "1" * 22, "O" * 22])
def test_an_unknown_token_opens_nothing(row, opened):
    assert links.of_token(opened, at=MORNING) is None


def test_a_link_expires_after_thirty_days(made, row):
    links.ask_employers(at=MORNING)

    assert links.of_token(token(row), at=MORNING + timedelta(days=30)) is not None
    assert links.of_token(token(row), at=MORNING + timedelta(days=31)) is None


def test_an_answer_on_the_screen_shuts_the_link(made, row):
    links.ask_employers(at=MORNING)

    applications.act(
        application_id=row.pk, action="hold_1m", given={"checked_on": MORNING.date()},
        by=made.actor("EMPL", at=MORNING), at=MORNING,
    )

    assert links.of_token(token(row), at=MORNING) is None


@pytest.mark.parametrize(("choice", "given", "state"), [
    ("offer", {}, "offered"), ("pool", {}, "in_pool"), ("no", {"reason": "HOURS"}, "not_retained"),
    ("no_show", {}, "applied"),
])
def test_the_outcome_of_an_interview_is_said_by_a_link_and_changed_for_a_day(made, choice, given, state):
    row = an_application(
        made, state="interview_planned", interview_on=date(2026, 12, 1), job=offer(made.organisations["employer"])
    )
    links.ask_employers(at=MORNING)

    answered(row, choice, **given)
    assert row.state == state
    answered(row, "no" if choice == "pool" else "pool", MORNING + timedelta(hours=1), reason="SKILLS")

    assert row.state == ("not_retained" if choice == "pool" else "in_pool")


def test_a_second_interview_is_asked_about_again(made):
    row = an_application(made, state="interview_planned", interview_on=date(2026, 12, 1))
    links.ask_employers(at=MORNING)
    answered(row, "no_show")
    later = MORNING + timedelta(days=7)
    applications.act(
        application_id=row.pk, action="plan_interview", given={"interview_on": date(2026, 12, 8)},
        by=made.actor("EMPP", at=later - timedelta(days=3)), at=later - timedelta(days=3),
    )

    assert links.ask_employers(at=later) == 1


def test_a_question_that_lost_its_sense_opens_nothing_and_asks_nobody_to_call(made):
    row = an_application(made, state="interview_planned", interview_on=date(2026, 12, 1))
    links.ask_employers(at=MORNING)
    row.offer.state = "withdrawn"
    row.offer.save()

    applications.release_closed(at=MORNING)

    assert links.of_token(token(row), at=MORNING) is None
    assert links.call_instead(at=MORNING + timedelta(days=8)) == 0
