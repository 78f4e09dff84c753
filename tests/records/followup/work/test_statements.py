"""The employer's word and the person's: both kept, compared, shown to the coach, who settles."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.followup import an_account, an_application
from tests.factories.records import NOW, scheme

from untoit.core.errors import Refused
from untoit.records.desk.models import Task
from untoit.records.followup.models import TrackAct
from untoit.records.followup.work import statements
from untoit.records.followup.work.coach_side import application_page
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 2, 10, 9, 0, tzinfo=UTC)
ENDED = date(2027, 1, 20)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def row(made):
    return an_application(made, state="hired")


def herself(row, at=LATER):
    return actor_of(an_account(row.person), at=at)


def say(row, by, present, **given):
    done = statements.say(application_id=row.pk, present=present, by=by, at=by.at, **given)
    row.refresh_from_db()
    return done


def test_the_employer_says_that_the_person_is_there_and_the_latest_check_is_written(made, row):
    done = say(row, made.actor("EMPL", at=LATER), True)

    assert (done.action, done.role, row.state, row.words_differ) == ("hold_3m", "EMPL", "held_3m", False)


def test_the_person_says_it_herself_and_agrees_with_the_employer(made, row):
    say(row, herself(row), True)
    say(row, made.actor("EMPL", at=LATER), True)

    assert (row.state, row.words_differ) == ("held_3m", False)
    assert list(TrackAct.objects.order_by("at", "pk").values_list("role", flat=True)).count("EMPL") == 1


def test_two_words_that_differ_are_both_kept_and_the_coach_is_asked(made, row):
    say(row, made.actor("EMPL", at=LATER), False, ended_on=ENDED, reason="RESIGNATION")

    say(row, herself(row), True)

    assert (row.state, row.words_differ) == ("ended", True)
    assert set(TrackAct.objects.values_list("action", "role")) == {("end", "EMPL"), ("say_held", "CAND")}
    task = Task.objects.get(kind="hold_1m", done_at=None)
    assert task.owner == made.members["EMPP"]
    assert "ne disent pas la même chose" in task.why
    words = application_page(made.actor("EMPP", at=NOW), row.pk).words
    assert {one[:11] for one in words} == {"L'employeur", "La personne"}


def test_two_last_days_that_differ_are_told_too(made, row):
    say(row, made.actor("EMPL", at=LATER), False, ended_on=ENDED, reason="RESIGNATION")
    say(row, herself(row), False, ended_on=date(2027, 1, 31), reason="DISMISSAL")

    assert (row.words_differ, row.ended_on) == (True, ENDED)


def test_an_end_that_comes_after_a_yes_is_no_difference(made, row):
    say(row, made.actor("EMPL", at=datetime(2026, 12, 3, 9, tzinfo=UTC)), True)
    say(row, herself(row), False, ended_on=ENDED, reason="OTHER_JOB")

    assert (row.state, row.words_differ) == ("ended", False)


def test_the_coach_settles_by_an_act_or_by_a_word(made, row):
    after = LATER + timedelta(days=1)
    coach = made.actor("EMPP", at=after)
    say(row, made.actor("EMPL", at=LATER), False, ended_on=ENDED, reason="RESIGNATION")
    say(row, herself(row), True)

    statements.settle(application_id=row.pk, by=coach, at=after)

    row.refresh_from_db()
    assert (row.state, row.words_differ) == ("ended", False)
    assert not Task.objects.filter(kind__startswith="hold_", subject_id=row.pk, done_at=None).exists()
    with pytest.raises(Refused, match="rien à éclaircir"):
        statements.settle(application_id=row.pk, by=coach, at=after)


@pytest.mark.parametrize(("given", "sentence"), [
    ({}, "dernier jour travaillé et la raison"), ({"ended_on": ENDED}, "dernier jour travaillé et la raison"),
    ({"ended_on": date(2027, 3, 1), "reason": "TERM"}, "est à venir"),
])
def test_an_end_says_when_and_why(made, row, given, sentence):
    with pytest.raises(Refused, match=sentence):
        say(row, made.actor("EMPL", at=LATER), False, **given)


def test_a_broken_trial_is_told_with_its_own_reason(made, row):
    say(row, made.actor("EMPL"), False, ended_on=date(2026, 11, 20), reason="TRIAL_BY_EMPLOYER")

    assert row.state == "trial_broken"


def test_nothing_is_said_of_a_contract_that_has_not_begun(made):
    row = an_application(made, state="hired", start_on=date(2026, 12, 1))

    with pytest.raises(Refused, match="il est trop tôt"):
        say(row, made.actor("EMPL"), True)
