"""The hours of a week are what is recorded, shown against a mark that is adapted or waived; nothing follows."""

from datetime import date, timedelta

import pytest
from tests.factories.events import a_registration, an_event
from tests.factories.followup import a_pathway, an_application
from tests.factories.records import NOW, linked_household, offer, scheme

from untoit.records.followup.pathway import hours

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    return a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")


def test_a_week_adds_up_the_event_and_the_hours_of_work(made, pathway):
    event = an_event(made, state="open", on=MONDAY - timedelta(days=6), opened_at=NOW)
    a_registration(event, person=pathway.person, state="confirmed", wave=None, present_at=NOW)
    job = offer(made.organisations["employer"], weekly_hours=10)
    an_application(made, person=pathway.person, job=job, state="hired", start_on=MONDAY - timedelta(days=4))

    week = hours.weeks_of(pathway, MONDAY)[-2]

    told = dict(week.parts)
    assert told["emploi"] == 2 * 2 * 60                 # Thursday and Friday
    assert told["rencontre"] == event.ends_min - event.starts_min
    assert "Rien n'est transmis ni déclenché." in week.value.sentence


@pytest.mark.parametrize(("agreed", "waived", "target"), [(None, False, 15), (8, False, 8), (None, True, None)])
def test_the_mark_is_the_usual_one_adapted_or_waived(pathway, agreed, waived, target):
    pathway.weekly_hours, pathway.hours_waived = agreed, waived

    assert hours.weeks_of(pathway, MONDAY)[-1].value.target_hours == target


def test_eight_weeks_are_shown_the_current_one_last(pathway):
    weeks = hours.weeks_of(pathway, MONDAY + timedelta(days=3))

    assert len(weeks) == 8
    assert weeks[-1].value.monday == MONDAY
