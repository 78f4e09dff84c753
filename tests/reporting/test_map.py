import math

from tests.factories.people import dwelling
from tests.factories.reports import CARE, CLEANING, HOME_COMINES, HOME_LILLE, report, tandem

from untoit.core.model.place import Position
from untoit.reporting.map import MARKER_GAP, NUMBERED_TANDEMS, draw


def test_map_shows_tandems_and_what_has_none():
    picture = draw(report())

    assert [home.number for home in picture.homes] == [1, 2]
    assert len(picture.jobs) == 3
    assert len(picture.links) == 3
    assert [home.title for home in picture.other_homes] == ["T2, sans tandem (L3)"]
    assert picture.other_jobs == ()


def test_map_puts_the_north_up_and_the_east_on_the_right():
    picture = draw(report())
    lille, comines = picture.homes

    assert comines.y < lille.y
    assert comines.x < lille.x


def test_two_homes_of_one_building_do_not_cover_each_other():
    neighbour = dwelling(reference="L9", commune="59350", position=HOME_LILLE.position)
    rows = (tandem(), tandem(application_number="059DEMO9", dwelling=neighbour, offer=CARE))

    one, two = draw(report(tandems=rows, dwellings=(HOME_LILLE, neighbour, HOME_COMINES))).homes

    assert math.hypot(one.x - two.x, one.y - two.y) >= MARKER_GAP - 0.5


def test_names_of_communes_do_not_overlap_each_other():
    sizes = {"large": 17, "middle": 14, "small": 11.5}
    boxes = []
    for town in draw(report()).towns:
        wide = len(town.name) * sizes[town.size] * 0.55
        left = {"start": town.x, "middle": town.x - wide / 2, "end": town.x - wide}[town.anchor]
        boxes.append((left, town.y - sizes[town.size] + 2, left + wide, town.y + 2))

    assert len(boxes) > 20
    for index, one in enumerate(boxes):
        for other in boxes[index + 1:]:
            assert not (one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])


def test_map_of_a_single_address_still_has_a_scale():
    picture = draw(report(tandems=(tandem(),), dwellings=(HOME_LILLE,), offers=(CLEANING,)))

    assert picture.scale_km >= 1
    assert 0 < picture.homes[0].x < picture.width


def test_map_of_nothing_is_no_map():
    assert draw(report(tandems=(), dwellings=(), offers=())) is None


def test_places_outside_the_table_are_named_where_their_homes_are():
    far = dwelling(reference="G1", commune="38185", position=Position(45.19, 5.72))

    picture = draw(report(tandems=(), dwellings=(far,), offers=(), place_names={"38185": "Grenoble"}))

    assert [town.name for town in picture.towns] == ["Grenoble"]


def test_a_year_of_tandems_is_drawn_without_numbers_nor_links():
    homes = tuple(
        dwelling(reference=f"L{rank}", position=Position(50.6 + rank / 5_000, 3.05))
        for rank in range(NUMBERED_TANDEMS + 1)
    )
    rows = tuple(tandem(application_number=f"059DEMO{rank}", dwelling=home) for rank, home in enumerate(homes))

    picture = draw(report(tandems=rows, dwellings=homes))

    assert picture.numbered is False
    assert picture.links == ()
    assert "Lille" in [town.name for town in picture.towns]
