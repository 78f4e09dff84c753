"""Stands: added in one go with their offers, changed by one person at a time, removed and put back."""

import pytest
from django.http import Http404
from tests.factories.events import a_meeting, a_registration, a_room, a_stand, a_wish, an_event
from tests.factories.records import NOW, offer, scheme, vacancy

from untoit.core.errors import Conflict, Refused, UnusableInput
from untoit.records.events import stands
from untoit.records.events.models import Stand
from untoit.records.events.stand_cards import cards
from untoit.records.events.stands import StandPlan
from untoit.records.stock.selectors import masked_home

pytestmark = pytest.mark.django_db


def plan_of(stand, **changes) -> StandPlan:
    values = {
        "kind": stand.kind, "name": stand.name, "room_id": stand.room_id, "organisation_id": stand.organisation_id,
        "offers": {one.offer_id: one.openings for one in stand.shown_offers.all()},
    }
    return StandPlan(**{**values, **changes})


def test_an_employer_comes_with_all_its_open_offers():
    of = scheme()
    event = an_event(of)
    mine = offer(of.organisations["employer"], employer="Entrepôts du Nord", openings=3)
    offer(of.organisations["employer"], employer="Entrepôts du Nord", state="withdrawn")
    offer(of.organisations["employer_other"], employer="Boulangerie Martin")

    assert stands.employers_with_offers(of.actor("LM"), event) == [("Boulangerie Martin", 1), ("Entrepôts du Nord", 1)]
    made = stands.add_employers(
        event_id=event.pk, names=["Entrepôts du Nord", "Sans compte"], by=of.actor("LM"), at=NOW
    )

    assert [(one.number, one.name, one.organisation) for one in made] == [
        (1, "Entrepôts du Nord", of.organisations["employer"]), (2, "Sans compte", None),
    ]
    assert [(one.offer, one.openings) for one in made[0].shown_offers.all()] == [(mine, 3)]
    assert [one.tables.count() for one in made] == [1, 1]
    assert stands.employers_with_offers(of.actor("LM"), event) == [("Boulangerie Martin", 1)]
    assert stands.add_employers(event_id=event.pk, names=["sans compte"], by=of.actor("LM"), at=NOW) == []


def test_a_housing_table_shows_homes_of_its_landlord_only():
    of = scheme()
    event = an_event(of)
    own, let = vacancy(of.organisations["landlord"]), vacancy(of.organisations["landlord"], state="let")
    other = vacancy(of.organisations["landlord_other"])

    made = stands.add_housing(
        event_id=event.pk, organisation_id=of.organisations["landlord"].pk, tables=3,
        vacancies=[own.pk, let.pk, other.pk], by=of.actor("LM"), at=NOW,
    )

    assert [one.vacancy for one in made.shown_vacancies.all()] == [own]
    assert made.tables.count() == 3


def test_only_organisers_change_stands():
    of = scheme()
    event = an_event(of)

    for who in ("DEP", "EMPL", "LM_other", "PART"):
        with pytest.raises(Http404):
            stands.add_desk(event_id=event.pk, name="Accueil", presents="", by=of.actor(who), at=NOW)


def test_who_comes_second_is_told():
    of = scheme()
    event = an_event(of, stands=1)
    stand = event.stands.get()
    stands.change_stand(stand_id=stand.pk, plan=plan_of(stand, name="A"), revision=1, by=of.actor("LM"), at=NOW)

    with pytest.raises(Conflict):
        stands.change_stand(stand_id=stand.pk, plan=plan_of(stand, name="B"), revision=1, by=of.actor("LA"), at=NOW)


def test_nobody_loses_a_place_to_a_pause_or_a_table_taken_away():
    of = scheme()
    event = an_event(of)
    stand = a_stand(event, tables=2)
    a_meeting(a_registration(event, scheme=of), stand, 4, table=2)
    lead = of.actor("LM")

    with pytest.raises(Refused, match="La table 2 a des rencontres"):
        stands.change_stand(stand_id=stand.pk, plan=plan_of(stand), revision=1, by=lead, at=NOW)
    with pytest.raises(Refused, match="9\u00a0h\u00a048"):
        stands.change_stand(
            stand_id=stand.pk, plan=plan_of(stand, tables=(("", ()), ("", (4,)))), revision=1, by=lead, at=NOW
        )
    stands.change_stand(
        stand_id=stand.pk, plan=plan_of(stand, tables=(("Jo", (4,)), ("Al", (5,)))), revision=1, by=lead, at=NOW
    )
    assert [(one.interviewer, one.closed_slots) for one in stand.tables.all()] == [("Jo", [4]), ("Al", [5])]


def test_numbers_are_exchanged_and_the_first_stays_first():
    of = scheme()
    event = an_event(of, stands=3)
    first, second, third = event.stands.all()
    lead = of.actor("LM")

    stands.move_stand(stand_id=third.pk, up=True, by=lead, at=NOW)
    stands.move_stand(stand_id=first.pk, up=True, by=lead, at=NOW)

    assert [one.pk for one in event.stands.order_by("number")] == [first.pk, third.pk, second.pk]


def test_a_stand_removed_comes_back_with_its_wishes():
    of = scheme()
    event = an_event(of, stands=1)
    employer = of.organisations["employer"]
    stand = a_stand(event, organisation=employer, offers=(offer(employer),), tables=2)
    a_wish(a_registration(event, scheme=of), stand, score=77, is_wanted=True)
    lead = of.actor("LM")

    was = stands.remove_stand(stand_id=stand.pk, by=lead, at=NOW)
    assert event.stands.count() == 1
    back = stands.restore_stand(was=was, by=lead, at=NOW)

    assert (back.number, back.name, back.tables.count(), back.shown_offers.count()) == (2, "Entrepôts du Nord", 2, 1)
    assert [(one.score, one.is_wanted) for one in back.wishes.all()] == [(77, True)]


def test_a_stand_with_meetings_is_not_removed():
    of = scheme()
    event = an_event(of, stands=1)
    a_meeting(a_registration(event, scheme=of), event.stands.get(), 1)

    with pytest.raises(Refused, match="Des rencontres sont placées"):
        stands.remove_stand(stand_id=event.stands.get().pk, by=of.actor("LM"), at=NOW)


def test_rooms_are_written_and_one_with_stands_stays():
    of = scheme()
    event = an_event(of, stands=1)
    hall, lead = event.rooms.get(), of.actor("LM")

    rooms = [(hall.pk, "Hall", True), (None, "Étage", False)]
    stands.save_rooms(event_id=event.pk, rooms=rooms, walking=2, by=lead, at=NOW)
    event.refresh_from_db()
    upstairs = event.rooms.get(name="Étage")
    assert list(event.settings["walking"].values()) == [2]
    assert not upstairs.is_accessible
    with pytest.raises(Refused, match="a des stands"):
        stands.save_rooms(event_id=event.pk, rooms=[(upstairs.pk, "Étage", False)], walking=1, by=lead, at=NOW)
    with pytest.raises(UnusableInput):
        stands.save_rooms(
            event_id=event.pk, rooms=[(hall.pk, "Hall", True), (None, "Hall", True)], walking=1, by=lead, at=NOW
        )


def test_what_is_no_longer_to_be_had_is_said_and_homes_stay_masked_to_partners(django_assert_num_queries):
    of = scheme()
    event = an_event(of)
    gone = offer(of.organisations["employer"], state="filled")
    home = vacancy(of.organisations["landlord"], state="let", address="12 rue Cachée", reference="SECRET-1")
    free = vacancy(of.organisations["landlord"], reference="SECRET-2")
    a_room(event, "Étage")
    a_stand(event, offers=(gone,))
    a_stand(event, kind="housing", organisation=of.organisations["landlord"], vacancies=(home, free))

    lead = cards(of.actor("LM"), event)
    partner = cards(of.actor("EMPP"), event)

    assert [one.warning for card in lead for one in card.shown] == ["pourvue", "loué", ""]
    assert "SECRET-2" in lead[1].shown[1].label
    assert [one.label for one in partner[1].shown] == ["Logement", masked_home(free).title]
    with django_assert_num_queries(6):
        cards(of.actor("LM"), event)
    for _ in range(4):
        a_stand(event, offers=(gone,), tables=2)
    with django_assert_num_queries(6):
        cards(of.actor("LM"), event)


def test_an_employer_reads_its_own_stand_only():
    of = scheme()
    event = an_event(of, state="inviting", stands=1)
    mine = a_stand(event, organisation=of.organisations["employer"])

    assert list(Stand.objects.visible_to(of.actor("EMPL"))) == [mine]
