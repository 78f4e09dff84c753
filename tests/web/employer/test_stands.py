"""The employer at an event: neutral, its own stand, cards by what was agreed, three taps; and nothing of housing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.events import a_meeting, a_registration, published
from tests.factories.records import consent, offer
from tests.factories.timetable_days import BEFORE, a_day, opened, paris

from untoit.records.applicants.models import Purpose
from untoit.records.events.boards import employer_cards
from untoit.records.events.models import EmployerOutcome, StandOffer, StandTable
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db
FORBIDDEN = ("logement", "toit", "rsa", "bailleur", "12 rue de l'essai", "0590126", "loyer", "ménage")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    now = [BEFORE]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    return now


@pytest.fixture
def day():
    made = a_day(people=2, access_notes="Métro Lille Flandres, entrée de la Maison du logement")
    for number, person in enumerate(made.people):
        person.person.last_name, person.person.skills = "Essaiyer", ["cariste"]
        person.person.save()
        a_meeting(person, made.employers[0], 2 + number)
        a_meeting(person, made.tables[0], 6 + number)
    return made


def told(day):
    published(day.event)
    day.event.refresh_from_db()
    return day


def browser(day, name="EMPL"):
    client = Client()
    client.force_login(day.scheme.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(day.scheme.members[name].pk)
    session.save()
    return client


def url(name, day, *more):
    return reverse(f"employer:{name}", args=[day.event.pk, *more])


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_an_event_being_drafted_is_not_the_employers_to_see(day):
    client = browser(day)

    assert client.get(url("event", day)).status_code == 404
    assert "Aucune rencontre pour l’instant" in page(client, reverse("employer:events"))


def test_before_the_publication_nobody_is_named(day):
    day.event.state = "inviting"
    day.event.save()

    seen = page(browser(day), url("event", day))

    assert "Les horaires ne sont pas encore fixés" in seen
    assert "Camille" not in seen


def test_the_page_is_neutral_and_shows_its_own_people_with_their_hour(day):
    told(day)
    client = browser(day)

    seen = page(client, url("event", day)) + page(client, reverse("employer:events"))

    assert "Rencontres emploi de décembre" in seen
    assert "9\u00a0h\u00a024" in seen
    assert "Camille Essaiyer" in seen
    # A table where homes are spoken of is not the employer's: its hours are not there.
    assert "10\u00a0h\u00a012</time> Camille" not in seen
    for word in FORBIDDEN:
        assert word not in seen.lower()
    assert ReadLog.objects.filter(resource="candidate_card").count() == 1


def test_a_surname_is_an_initial_until_the_person_was_told(day):
    told(day)
    new = a_meeting(day.people[0], day.employers[1], 9)
    day.employers[1].organisation = day.scheme.organisations["employer"]
    day.employers[1].save()

    names = {one.meeting_id: one.name for one in employer_cards(day.scheme.actor("EMPL", at=BEFORE), day.event)}

    assert names[new.pk] == "Camille E."
    assert sorted(names.values()) == ["Camille E.", "Camille Essaiyer", "Camille Essaiyer"]


def test_skills_are_shown_once_the_card_is_approved_and_agreed_to(day):
    told(day)
    actor, person = day.scheme.actor("EMPL", at=BEFORE), day.people[0]
    assert {one.skills for one in employer_cards(actor, day.event)} == {()}

    person.sheet_approved_at = BEFORE
    person.save()
    assert {one.skills for one in employer_cards(actor, day.event)} == {()}
    agreed = consent(person.person.household, Purpose.EMPLOYER_CARD)
    assert [one.skills for one in employer_cards(actor, day.event)] == [("cariste",), ()]
    agreed.withdrawn_at = BEFORE
    agreed.save()
    assert {one.skills for one in employer_cards(actor, day.event)} == {()}


def test_another_employer_a_landlord_and_thirty_days_later_find_nothing(day, clock):
    told(day)

    assert browser(day, "EMPL_other").get(url("event", day)).status_code == 404
    for name in ("LM", "LA", "EMPP", "PART", "DEP"):
        assert browser(day, name).get(url("event", day)).status_code == 404
        assert browser(day, name).get(reverse("employer:events")).status_code == 404
    clock[0] = BEFORE.replace(year=2027, month=1, day=8)
    assert browser(day).get(url("event", day)).status_code == 404
    assert employer_cards(day.scheme.actor("EMPL", at=clock[0]), day.event) == []


def test_an_outcome_is_said_in_three_taps_and_changed(day, clock):
    told(day)
    opened(day)
    clock[0] = paris(9, 40)
    client, cards = browser(day), employer_cards(day.scheme.actor("EMPL", at=paris(9, 40)), day.event)
    address = url("outcome", day, cards[0].meeting_id)

    client.post(address, {"decision": "second", "next_on": "2026-12-15", "revision": "0"})
    said = EmployerOutcome.objects.get()
    assert (said.decision, said.next_on) == ("second", date(2026, 12, 15))
    seen = page(client, url("event", day))
    assert "Deuxième entretien" in seen
    assert "1 sur 2" in seen

    from untoit.records.events import outcomes

    reason = next(iter(outcomes.employer_reasons(day.event.on)))
    client.post(address, {"decision": "no", "reason_code": reason, "revision": said.revision})
    said.refresh_from_db()
    assert (said.decision, said.reason_code) == ("no", reason)


def test_an_outcome_of_somebody_elses_meeting_is_not_there(day, clock):
    told(day)
    opened(day)
    clock[0] = paris(9, 40)
    talk = day.people[0].meetings.get(stand=day.tables[0])

    answer = browser(day).post(url("outcome", day, talk.pk), {"decision": "hire"})

    assert answer.status_code == 404
    assert not EmployerOutcome.objects.exists()


def test_who_receives_and_the_pauses_are_the_employers_until_the_hours_are_told(day):
    day.event.state = "inviting"
    day.event.save()
    client, stand = browser(day), day.employers[0]
    address = url("stand_tables", day, stand.pk)

    client.post(address, {"revision": 1, "interviewer-1": "Mme Durand", "with-pauses-1": "1", "pauses-1": ["4", "5"]})
    table = StandTable.objects.get(stand=stand)
    assert (table.interviewer, table.closed_slots) == ("Mme Durand", [4, 5])
    assert client.post(address, {"revision": 1, "interviewer-1": "M. Petit"}).status_code == 409

    told(day)
    client.post(address, {"revision": 2, "interviewer-1": "M. Petit", "with-pauses-1": "1"})
    table.refresh_from_db()
    assert table.closed_slots == [4, 5]
    client.post(address, {"revision": 2, "interviewer-1": "M. Petit"})
    table.refresh_from_db()
    assert table.interviewer == "M. Petit"


def test_posts_are_brought_from_ones_own_open_offers_only(day):
    day.event.state = "inviting"
    day.event.save()
    own, other = offer(day.scheme.organisations["employer"]), offer(day.scheme.organisations["employer_other"])
    client, address = browser(day), url("stand_posts", day, day.employers[0].pk)

    assert client.post(address, {"offer": str(own.pk), "openings": 3}).status_code == 302
    assert client.post(address, {"offer": str(other.pk), "openings": 3}).status_code == 422
    assert client.post(address, {"offer": str(own.pk), "openings": 0}).status_code == 422
    assert StandOffer.objects.get(stand=day.employers[0]).openings == 3
    elsewhere = url("stand_posts", day, day.employers[1].pk)
    assert client.post(elsewhere, {"offer": str(own.pk), "openings": 1}).status_code == 404


def test_the_page_takes_as_many_queries_for_one_person_as_for_many(day):
    told(day)
    client, counts = browser(day), []
    client.get(url("event", day))
    for round_ in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(url("event", day))
        counts.append(len(seen))
        for number in range(3):
            one = a_registration(day.event, scheme=day.scheme, wave=1)
            a_meeting(one, day.employers[0], 8 + 3 * round_ + number, informed_at=BEFORE - timedelta(days=1))

    assert counts[0] == counts[1] <= 16
