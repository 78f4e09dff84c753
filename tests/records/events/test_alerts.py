"""After the event: who is asked for what, and when; never twice, and never a word about an absence."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.factories.events import a_meeting, a_registration, a_stand, an_event
from tests.factories.records import NOW, scheme

from untoit.records.desk.models import Task
from untoit.records.events import alerts, outcomes
from untoit.records.events.models import Registration

pytestmark = pytest.mark.django_db


def day(number: int) -> datetime:
    """The morning ``number`` days after the event."""
    return timezone.make_aware(datetime(2026, 12, 8, 6)) + timedelta(days=number)


@pytest.fixture
def made():
    there = scheme()
    there.event = an_event(there, state="ended")
    employer = a_stand(there.event, organisation=there.organisations["employer"])
    home = a_stand(there.event, kind="housing", organisation=there.organisations["landlord"])
    there.came = a_registration(there.event, scheme=there, present_at=day(0))
    there.absent = a_registration(there.event, scheme=there, absent_at=day(0))
    there.interview = a_meeting(there.came, employer, 1)
    there.talk = a_meeting(there.came, home, 3)
    a_meeting(there.absent, employer, 5)
    return there


def opened():
    return sorted(Task.objects.values_list("kind", "organisation__kind", "role", "subject_kind"))


def test_nothing_is_asked_the_day_after(made):
    alerts.round_of(at=day(1))

    assert opened() == []


def test_two_days_after_the_stands_are_asked_and_whoever_follows_calls(made):
    found = alerts.round_of(at=day(2))

    assert found == {"outcomes": 2, "contacts": 1, "silences": 0}
    assert opened() == [
        ("after_event", "department", "DEP", "registration"), ("outcome_missing", "employer", "EMPL", "meeting"),
        ("outcome_missing", "landlord", "LA", "meeting"),
    ]
    assert Task.objects.get(kind="after_event").owner == made.members["DEP"]


def test_an_employer_reads_nothing_of_homes(made):
    alerts.round_of(at=day(2))

    why = Task.objects.get(organisation=made.organisations["employer"]).why
    assert why.replace("\u00a0", " ") == "Un entretien du 08/12/2026 n'a pas encore de suite notée."


def test_an_absence_is_told_to_nobody(made):
    for number in (2, 7, 15, 30):
        alerts.round_of(at=day(number))

    about = set(Task.objects.values_list("subject_id", flat=True))
    assert made.absent.pk not in about
    assert not Task.objects.filter(why__icontains="absen").exists()
    assert about <= {made.came.pk, made.interview.pk, made.talk.pk, made.event.pk}


def test_a_round_run_twice_opens_nothing_twice_even_when_the_task_was_done(made):
    alerts.round_of(at=day(2))
    Task.objects.update(done_at=day(3), outcome="done")

    found = alerts.round_of(at=day(8))

    assert found == {"outcomes": 0, "contacts": 0, "silences": 0}


def test_an_outcome_written_closes_its_task(made):
    alerts.round_of(at=day(2))

    outcomes.record_employer(
        meeting_id=made.interview.pk, decision="hire", by=made.actor("EMPP", at=day(3)), at=day(3)
    )

    assert Task.objects.open().filter(subject_id=made.interview.pk).count() == 0


def test_fifteen_days_after_the_heads_are_told_how_many(made):
    alerts.round_of(at=day(2))

    found = alerts.round_of(at=day(15))
    again = alerts.round_of(at=day(16))

    assert (found["silences"], again["silences"]) == (2, 0)
    told = {task.owner: task.why.replace("\u00a0", " ") for task in Task.objects.filter(subject_kind="event")}
    assert told == {
        made.members["DEP_head"]: "Quinze jours après la rencontre du 08/12/2026 : 1 personne présente n'a pas été "
                                  "recontactée.",
        made.members["LM"]: "Quinze jours après la rencontre du 08/12/2026 : 2 rencontres restent sans suite notée.",
    }


def test_a_service_that_called_everybody_is_not_woken(made):
    alerts.round_of(at=day(2))
    Task.objects.update(done_at=day(3), outcome="done")
    Registration.objects.filter(pk=made.came.pk).update(present_at=None)

    assert alerts.round_of(at=day(15))["silences"] == 0


def test_what_an_employer_without_an_account_said_is_asked_of_the_coach(made):
    stand = a_stand(made.event, name="Garage sans compte")
    meeting = a_meeting(made.came, stand, 7)

    alerts.round_of(at=day(2))

    task = Task.objects.get(subject_id=meeting.pk)
    assert (task.organisation, task.role) == (made.organisations["employment"], "EMPP")


def test_an_event_of_long_ago_or_not_held_asks_nothing(made):
    made.event.state = "cancelled"
    made.event.save()
    assert alerts.round_of(at=NOW + timedelta(days=20)) == {}

    made.event.state = "ended"
    made.event.save()
    assert alerts.round_of(at=day(90)) == {}
