"""A change says the same thing as records, as cells of the files and as a timetable."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.factories.people import household
from tests.factories.town import FACTORY, STATION, factory_offer, hours, person, records, station_dwelling, town

from untoit.core.mobility.added_trip import AddedTrip, with_trip, write_trip
from untoit.core.mobility.commutes import Points, commutes
from untoit.core.mobility.network import open_network
from untoit.core.model.work import Mode
from untoit.core.sandbox.changes import Edit, another, changed, edited_rows, only, person_edit

ON = date(2026, 3, 3)
EARLY = AddedTrip("Navette", "Gare", STATION, "Usine", FACTORY, 4 * 60 + 40, 4 * 60 + 55, frozenset(range(5)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def network(folder):
    return town(folder)


def ways(network):
    home, work = (Points(np.array([at.latitude]), np.array([at.longitude])) for at in (STATION, FACTORY))
    return commutes(network, home, work, [hours("05:30", "13:00")], ON, Mode.TRANSIT)


def test_a_trip_serves_the_shift_before_the_first_bus(network):
    before, after = ways(network), ways(with_trip(network, EARLY))

    assert before.outward[0, 0] > 90  # on foot all the way
    assert after.outward[0, 0] < 60
    assert after.back[0, 0] == before.back[0, 0]


def test_a_trip_in_memory_is_the_trip_of_its_feed(network, folder):
    write_trip(folder / "essai.zip", EARLY, network.valid_from, network.valid_until)

    real, imagined = ways(open_network([folder / "ville.zip", folder / "essai.zip"])), ways(with_trip(network, EARLY))

    for table in ("outward", "back", "leaves", "back_at"):
        assert np.array_equal(getattr(real, table), getattr(imagined, table)), table


def test_a_trip_does_not_run_on_the_other_days(network):
    sundays_only = replace(EARLY, days=frozenset({6}))

    assert ways(with_trip(network, sundays_only)).outward[0, 0] == ways(network).outward[0, 0]


def test_a_network_with_a_trip_is_another_one(network):
    assert with_trip(network, EARLY).version != network.version
    assert with_trip(network, EARLY).version == with_trip(network, EARLY).version


@pytest.mark.parametrize(
    ("column", "value", "field", "read"),
    [
        ("modes", "marche|velo", "modes", frozenset({Mode.WALK, Mode.BIKE})),
        ("permis", "B|C", "licences", frozenset({"B", "C"})),
        ("retour_max", "19:00", "back_no_later_min", 19 * 60),
        ("depart_min", "06:30", "leaves_no_earlier_min", 390),
        ("trajet_max", "75", "max_commute_min", 75),
        ("jours", "lu ma sa", "workable_days", frozenset({0, 1, 5})),
    ],
)
def test_each_cell_of_a_person_is_read_as_the_file_would_be(column, value, field, read):
    found = changed(records(), [person_edit(person(), column, value)])

    assert getattr(found.persons[0].seeker, field) == read
    assert found.persons[0].seeker == replace(records().persons[0].seeker, **{field: read})


def test_more_communes_more_openings_more_homes():
    before = records()
    home, offer = before.dwellings[0], before.offers[0]
    edits = [
        Edit("menages", (before.households[0].application_number,), "communes_souhaitees", "59350|59512"),
        Edit("offres", (offer.reference,), "postes", "4"), another(home, 1), another(home, 2),
    ]

    after = changed(before, edits)

    assert after.households[0].wished_communes == ("59350", "59512")
    assert after.offers[0].openings == 4
    assert [one.reference for one in after.dwellings] == [home.reference, f"{home.reference}-PLUS1",
                                                          f"{home.reference}-PLUS2"]
    assert {replace(one, reference="") for one in after.dwellings} == {replace(home, reference="")}


def test_what_no_edit_touches_stays_the_same_object():
    before = records()

    after = changed(before, [person_edit(person(), "trajet_max", "75")])

    assert after.dwellings == before.dwellings and after.households[0] is before.households[0]


def test_an_edit_of_nothing_known_is_a_mistake():
    with pytest.raises(KeyError):
        changed(records(), [Edit("offres", ("INCONNUE",), "postes", "2")])
    with pytest.raises(ValueError, match="no lever edits"):
        changed(records(), [Edit("offres", (factory_offer().reference,), "intitule", "x")])


def test_rows_of_a_file_are_edited_or_copied_and_nothing_else_moves():
    rows = [{"reference": "A", "loyer": "300"}, {"reference": "B", "loyer": "400"}]
    edits = [another(station_dwelling(reference="B"), 1), Edit("offres", ("A",), "postes", "2")]

    assert edited_rows("logements", rows, edits) == [*rows, {"reference": "B-PLUS1", "loyer": "400"}]


def test_only_keeps_some_households_before_all_that_there_is():
    two = records(households=[household(), household(application_number="059012600000100002")])

    few = only(two, {"059012600000100002"})

    assert [one.application_number for one in few.households] == ["059012600000100002"]
    assert few.persons == () and few.dwellings == two.dwellings and few.offers == two.offers
