"""Several feeds as one, and the cache of what is compiled."""

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest
from tests.factories.feeds import changes, hops, write_feed

from untoit.core.errors import NoService
from untoit.core.mobility import network as network_module
from untoit.core.mobility import store
from untoit.core.mobility.network import open_network

MONDAY, SATURDAY = date(2026, 1, 12), date(2026, 1, 17)
TOWN = {"Gare": (0, 0), "Usine": (3_000, 0)}
M1 = {"M1": ["Gare 06:00 Usine 06:08", "samedi: Gare 09:00 Usine 09:10"]}
WEEK = {"semaine": "1111100", "samedi": "0000010"}


@pytest.fixture
def feed(tmp_path):
    return write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, calendar=WEEK)


@pytest.fixture
def suburb(tmp_path):
    """A second feed, with the identifiers of the first, whose stop ``Gare`` is 100 m from the other."""
    return write_feed(
        tmp_path / "banlieue.zip",
        stops={"Gare": (0, 100), "Champ": (9_000, 100)},
        lines={"M1": ["Gare 07:00 Champ 07:20"], "B2": ["Champ 05:00 Gare 05:20"]},
        calendar={"semaine": "1111110"},
        valid=("20260105", "20270630"),
        route_types={"B2": 200},
        files={"transfers.txt": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nGare,Gare,2,400\n"},
    )


def assert_same_day(one, other):
    for part in fields(one):
        np.testing.assert_array_equal(getattr(one, part.name), getattr(other, part.name), err_msg=part.name)


# ---------------------------------------------------------------- several feeds


def test_two_feeds_run_side_by_side_and_one_can_change_between_them(feed, suburb):
    both = open_network([feed, suburb])

    assert both.stop_id == ("1:Gare", "1:Usine", "2:Gare", "2:Champ")
    assert hops(both, MONDAY) == ["Champ 05:00 Gare 05:20", "Gare 06:00 Usine 06:08", "Gare 07:00 Champ 07:20"]
    assert hops(both, SATURDAY) == ["Champ 05:00 Gare 05:20", "Gare 07:00 Champ 07:20", "Gare 09:00 Usine 09:10"]
    assert (both.valid_from, both.valid_until) == (date(2026, 1, 1), date(2027, 6, 30))
    assert both.label == "Réseau, du 01/01/2026 au 30/06/2027"
    day = both.day(MONDAY)
    rows = slice(day.transfer_start[0], day.transfer_start[1])
    assert day.transfer_stop[rows].tolist() == [0, 2]
    assert day.transfer_seconds[rows].tolist() == [120, 120 + 113]  # 141 m walked at 1.25 m/s


def test_numbers_of_the_second_feed_follow_those_of_the_first(feed, suburb):
    both, alone = open_network([feed, suburb]), open_network([suburb])

    day = both.day(MONDAY)

    first, last = day.departure.searchsorted([5 * 3600, 7 * 3600])
    assert [both.route_kind(day.route[day.run[hop]]) for hop in (first, last)] == ["car", "bus"]
    assert [both.trip_headsign(day.trip[day.run[hop]]) for hop in (first, last)] == ["vers Gare", "vers Champ"]
    assert changes(both, MONDAY)["Gare", "Gare"] == changes(alone, MONDAY)["Gare", "Gare"] == 400


def test_a_day_on_which_only_one_feed_runs_has_service(feed, suburb):
    both = open_network([feed, suburb])

    assert hops(both, date(2027, 1, 4)) == ["Champ 05:00 Gare 05:20", "Gare 07:00 Champ 07:20"]


# ---------------------------------------------------------------- day keys


def test_days_of_equal_keys_are_equal_and_share_one_timetable(feed):
    town = open_network([feed])
    tuesday, friday = date(2026, 1, 13), date(2026, 1, 16)

    assert town.day_key(MONDAY) == town.day_key(tuesday)
    assert town.day(MONDAY) is town.day(tuesday)
    assert len({town.day_key(day) for day in (tuesday, friday, SATURDAY)}) == 3


def test_a_part_of_the_day_ignores_what_runs_outside_it(feed):
    town = open_network([feed])
    morning, wide = (5 * 3600, 9 * 3600), (5 * 3600, 33 * 3600)
    thursday, friday = date(2026, 1, 15), date(2026, 1, 16)

    assert town.day_key(thursday) != town.day_key(friday)
    assert town.day_key(thursday, *morning) == town.day_key(friday, *morning)
    assert town.day_key(thursday, *wide) != town.day_key(friday, *wide)  # Saturday starts at 33:00


def test_real_days_of_one_key_have_one_timetable(shared):
    town = open_network([shared / "data" / "gtfs" / "perigueux_perimouv_2025.zip"])
    by_key = {}
    for day in (date(2025, 11, 3) + timedelta(days=number) for number in range(14)):
        by_key.setdefault(town.day_key(day), []).append(day)

    compiled = {}
    for key, days in by_key.items():
        for day in days:
            try:
                found = network_module.compile_day(town.feed, town._transfers(), day)
            except NoService:
                continue
            assert_same_day(compiled.setdefault(key, found), found)

    assert 3 <= len(by_key) < 14


# ---------------------------------------------------------------- the cache


def test_what_comes_from_the_cache_equals_what_was_compiled(feed, suburb, tmp_path):
    fresh = open_network([feed, suburb])
    open_network([feed, suburb], cache=tmp_path / "cache").day(MONDAY)

    again = open_network([feed, suburb], cache=tmp_path / "cache")

    assert (again.version, again.label, again.stop_name, again.problems) == (
        fresh.version, fresh.label, fresh.stop_name, fresh.problems,
    )  # fmt: skip
    assert_same_day(again.day(MONDAY), fresh.day(MONDAY))
    assert_same_day(again.day(SATURDAY), fresh.day(SATURDAY))
    assert [again.route_kind(line) for line in range(3)] == [fresh.route_kind(line) for line in range(3)]
    assert len(list((tmp_path / "cache").iterdir())) == 3


def test_the_cache_spares_reading_the_feed(feed, tmp_path, monkeypatch):
    open_network([feed], cache=tmp_path / "cache").day(MONDAY)
    monkeypatch.setattr(network_module, "read_feed", None)
    monkeypatch.setattr(network_module, "compile_day", None)

    assert hops(open_network([feed], cache=tmp_path / "cache"), MONDAY) == ["Gare 06:00 Usine 06:08"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content[:10],
        lambda content: b"not ours" * 100,
        lambda content: content[:200] + bytes([content[200] ^ 1]) + content[201:],
        lambda content: content[:-70] + bytes([content[-70] ^ 1]) + content[-69:],
    ],
)
def test_a_damaged_cache_is_made_again(feed, tmp_path, damage):
    cache = tmp_path / "cache"
    open_network([feed], cache=cache).day(MONDAY)
    whole = {file: file.read_bytes() for file in cache.iterdir()}
    for file, content in whole.items():
        file.write_bytes(damage(content))

    assert hops(open_network([feed], cache=cache), MONDAY) == ["Gare 06:00 Usine 06:08"]
    assert {file: file.read_bytes() for file in cache.iterdir()} == whole


def test_a_cache_that_cannot_be_written_is_no_error(feed, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")

    assert hops(open_network([feed], cache=tmp_path / "cache"), MONDAY) == ["Gare 06:00 Usine 06:08"]


def test_another_content_is_another_version(feed, tmp_path):
    before = open_network([feed], cache=tmp_path / "cache")
    write_feed(feed, stops=TOWN, lines={"M1": ["Gare 06:30 Usine 06:38"]})

    after = open_network([feed], cache=tmp_path / "cache")

    assert after.version != before.version
    assert hops(after, MONDAY) == ["Gare 06:30 Usine 06:38"]


def test_other_assumptions_have_their_own_days_in_the_cache(feed, tmp_path):
    usual = open_network([feed], cache=tmp_path / "cache")
    slow = replace(usual.assumptions, change_s=300)
    usual.day(MONDAY)

    other = open_network([feed], cache=tmp_path / "cache", assumptions=slow)

    assert (changes(usual, MONDAY)["Gare", "Gare"], changes(other, MONDAY)["Gare", "Gare"]) == (120, 300)


def test_stored_arrays_come_back_with_their_type_and_can_be_written_to(tmp_path):
    arrays = {
        "empty": np.empty((0, 3), np.float64),
        "flags": np.array([True, False]),
        "grid": np.arange(6, dtype=np.int32).reshape(2, 3),
    }
    store.save(tmp_path / "some.store", arrays, {"name": "été", "runs": 3})

    loaded, facts = store.load(tmp_path / "some.store")

    assert facts == {"name": "été", "runs": 3}
    for name, array in arrays.items():
        assert (loaded[name].dtype, type(loaded[name])) == (array.dtype, np.ndarray)
        np.testing.assert_array_equal(loaded[name], array)
    loaded["grid"][0, 0] = 9
    assert store.load(tmp_path / "some.store")[0]["grid"][0, 0] == 0
