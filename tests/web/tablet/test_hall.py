"""The screen of the hall: first names and initials, signs and hours; a device of that kind only."""

import pytest
from django.http import Http404
from django.test import RequestFactory
from tests.factories.events import a_meeting, published
from tests.factories.timetable_days import a_day, opened, paris

from untoit.records.events import boards
from untoit.records.events.models import Device
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.web.tablet.hall import hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    made = a_day(people=3)
    for number, person in enumerate(made.people):
        a_meeting(person, made.employers[number], 2 + 3 * number)
    a_meeting(made.people[0], made.tables[0], 3)
    published(made.event)
    made.event.refresh_from_db()
    opened(made)
    return made


def screen(day, kind="hall", stand=None, **fields):
    device = Device.objects.create(
        event=day.event, kind=kind, stand=stand, name="Écran", token_hash=kind, created_by=day.scheme.user("LM"),
        created_at=paris(8), opens_at=paris(8), closes_at=paris(14),
    )
    request = RequestFactory().get("/tablette/salle/", **fields)
    request.now = paris(9, 25)
    request.actor = Actor(Role.TAB, request.now, event_id=day.event.pk, device_id=device.pk)
    return request


def test_the_hall_shows_the_next_half_hour_by_first_name_and_initial(day):
    seen = hall(screen(day)).content.decode()

    assert "Camille E." in seen
    assert "Essai" not in seen
    assert "Entrepôts du Nord" in seen
    assert f"Table {day.tables[0].number}" in seen
    assert "maintenant" in seen
    # The third person is expected an hour later.
    assert seen.count("Camille E.") == 2
    for word in ("logement", "toit", "rsa", "badge"):
        assert word not in seen.lower()


def test_a_part_of_it_is_enough_when_it_asks_again(day):
    seen = hall(screen(day, headers={"HX-Request": "true"})).content.decode()

    assert "<html" not in seen
    assert "Dernière mise à jour 9\u00a0h\u00a025" in seen


def test_any_other_device_finds_no_such_page(day):
    with pytest.raises(Http404):
        hall(screen(day, kind="desk"))


def test_somebody_absent_is_not_called(day):
    day.people[0].absent_at = paris(9)
    day.people[0].save()

    assert [one.minute for one in boards.hall_of(day.event, at=paris(9, 25))] == []


def test_nothing_is_shown_before_people_were_told(day):
    day.event.published_version = 0
    day.event.save()

    assert boards.hall_of(day.event, at=paris(9, 25)) == []


def test_who_was_moved_lately_is_marked(day):
    row = day.people[1].meetings.get()
    row.slot, row.told_slot, row.informed_at = 3, 3, paris(9, 20)
    row.save()

    found = boards.hall_of(day.event, at=paris(9, 25))

    assert [one.sign for one in found if one.has_changed] == ["2 · Entreprise 2"]
