"""What a feed may hold, and what the reader makes of it: well-kept feeds, clumsy ones and hostile ones."""

import zipfile
from datetime import date

import numpy as np
import pytest
from tests.factories.feeds import changes, hops, write_feed

from untoit.core.errors import NoService, UnusableInput
from untoit.core.mobility.network import open_network
from untoit.core.mobility.route_kinds import kind_in_french

MONDAY, SATURDAY, SUNDAY = date(2026, 1, 12), date(2026, 1, 17), date(2026, 1, 18)
TOWN = {"Gare": (0, 0), "Mairie": (1_000, 0), "Usine": (3_000, 0)}
M1 = {"M1": ["Gare 06:00 Mairie 06:02/06:03 Usine 06:08"]}
STOP_TIMES = "trip_id,stop_sequence,stop_id,arrival_time,departure_time\n"


def network(tmp_path, name="ville.zip", **description):
    return open_network([write_feed(tmp_path / name, **{"stops": TOWN, "lines": M1, **description})])


def refusal(path):
    with pytest.raises(UnusableInput) as refused:
        open_network([path])
    return refused.value.sentence


# ---------------------------------------------------------------- what a day holds


def test_a_trip_becomes_one_hop_between_two_visits(tmp_path):
    town = network(tmp_path)

    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:02", "Mairie 06:03 Usine 06:08"]
    assert (town.stops, town.stop_name) == (3, ("Gare", "Mairie", "Usine"))
    assert (town.route_name(0), town.route_kind(0), town.trip_headsign(0)) == ("M1", "bus", "vers Usine")
    assert town.problems == ()


def test_a_stop_that_no_vehicle_serves_is_left_out(tmp_path):
    town = network(tmp_path, stops={"Fermé": (10, 10), **TOWN})

    assert town.stop_name == ("Gare", "Mairie", "Usine")
    assert hops(town, MONDAY)[0] == "Gare 06:00 Mairie 06:02"


def test_a_trip_after_midnight_runs_on_the_next_day_too(tmp_path):
    town = network(tmp_path, lines={"N": ["Gare 23:50 Mairie 24:10 Usine 25:30"]})

    assert hops(town, MONDAY, 1380, 1600) == ["Gare 23:50 Mairie 24:10", "Mairie 24:10 Usine 25:30"]
    assert hops(town, date(2026, 1, 13), -60, 60) == ["Gare -1:50 Mairie 00:10", "Mairie 00:10 Usine 01:30"]


def test_the_first_trips_of_the_next_day_close_a_night(tmp_path):
    town = network(tmp_path, lines={"N": ["Gare 05:00 Usine 05:20"]})

    assert hops(town, MONDAY, 0, 3000) == ["Gare 05:00 Usine 05:20", "Gare 29:00 Usine 29:20"]


def test_hops_are_in_order_of_departure_arrival_run_and_position(tmp_path):
    town = network(
        tmp_path,
        lines={
            "A": ["Gare 06:00 Mairie 06:00 Usine 06:00", "Gare 05:00 Usine 06:30"],
            "B": ["Usine 06:00 Gare 06:00", "Usine 06:00 Mairie 05:59/06:00 Gare 06:00"],
        },
    )

    assert hops(town, MONDAY) == [
        "Gare 05:00 Usine 06:30", "Gare 06:00 Mairie 06:00", "Mairie 06:00 Usine 06:00", "Usine 06:00 Gare 06:00",
    ]  # fmt: skip
    assert "1 course remonte le temps ; elle est ignorée (par exemple « B-2 »)" in town.problems[0]


# ---------------------------------------------------------------- service days


def test_calendar_dates_alone_give_the_service_days(tmp_path):
    town = network(tmp_path, calendar={}, calendar_dates=[("semaine", "20260112", 1), ("semaine", "20260118", 1)])

    assert (town.valid_from, town.valid_until) == (MONDAY, SUNDAY)
    assert [town.has_service(day) for day in (MONDAY, SATURDAY, SUNDAY)] == [True, False, True]


def test_calendar_dates_add_to_and_remove_from_the_calendar(tmp_path):
    town = network(tmp_path, calendar_dates=[("semaine", "20260112", 2), ("semaine", "20260117", 1)])

    assert [town.has_service(day) for day in (MONDAY, date(2026, 1, 13), SATURDAY, SUNDAY)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_an_empty_calendar_beside_calendar_dates_is_a_usual_thing(tmp_path):
    header = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    town = network(tmp_path, calendar_dates=[("semaine", "20260112", 1)], files={"calendar.txt": header})

    assert (town.has_service(MONDAY), town.problems) == (True, ())


def test_a_day_without_service_is_refused_with_the_period_covered(tmp_path):
    town = network(tmp_path)

    with pytest.raises(NoService) as refused:
        town.day(SUNDAY)

    assert refused.value.sentence == (
        "Aucun transport en commun ne circule le 18/01/2026 d’après cet horaire, qui va du 01/01/2026 au 31/12/2026."
    )


def test_a_day_is_without_service_even_when_the_trips_of_the_day_before_last_into_it(tmp_path):
    town = network(tmp_path, lines={"N": ["Gare 23:50 Usine 25:30"]})

    assert not town.has_service(SATURDAY)


def test_service_days_that_cannot_be_read_are_ignored_and_counted(tmp_path):
    week = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    rows = (
        "semaine,1,1,1,1,1,0,0,20260101,20261231\nété,1,1,1,1,1,0,0,20260701,20260631\n"
        "fin,1,1,1,1,1,0,0,20261231,20260101\n"
    )
    dates = [("semaine", "20260117", 1), ("semaine", "17/01/2026", 2), ("semaine", "20260112", 3)]
    town = network(tmp_path, files={"calendar.txt": week + rows}, calendar_dates=dates)

    assert [town.has_service(day) for day in (MONDAY, SATURDAY, SUNDAY)] == [True, True, False]
    assert [problem.split(" : ")[1].split(" ;")[0] for problem in town.problems] == [
        "2 services ont une période illisible", "2 exceptions sont illisibles",
    ]  # fmt: skip


# ---------------------------------------------------------------- frequencies.txt

FREQUENCIES = "trip_id,start_time,end_time,headway_secs,exact_times\n"


def test_a_frequency_is_unrolled_from_its_start_to_before_its_end(tmp_path):
    town = network(tmp_path, files={"frequencies.txt": FREQUENCIES + "M1-1,07:00:00,07:30:00,600,1\n"})

    assert [hop for hop in hops(town, MONDAY) if hop.startswith("Gare")] == [
        "Gare 07:00 Mairie 07:02", "Gare 07:10 Mairie 07:12", "Gare 07:20 Mairie 07:22",
    ]  # fmt: skip
    assert town.problems == ()


def test_a_frequency_without_exact_times_is_supposed_regular_and_said_so(tmp_path):
    town = network(tmp_path, files={"frequencies.txt": FREQUENCIES + "M1-1,07:00:00,07:30:00,600,0\n"})

    assert len(hops(town, MONDAY)) == 6
    assert "les départs sont supposés réguliers" in town.problems[0]


def test_a_frequency_that_cannot_be_read_leaves_the_trip_at_its_own_time(tmp_path):
    rows = "M1-1,07:00:00,07:30:00,0,1\nM9-9,07:00:00,07:30:00,600,1\nM1-1,07:00:00,240:00:00,1,1\n"
    town = network(tmp_path, files={"frequencies.txt": FREQUENCIES + rows})

    assert hops(town, MONDAY)[0] == "Gare 06:00 Mairie 06:02"
    assert town.problems[0].startswith("« ville.zip », frequencies.txt : 3 fréquences sont illisibles")


# ---------------------------------------------------------------- stop_times.txt


def test_blank_times_are_interpolated_by_the_distance_along_the_stops(tmp_path):
    town = network(tmp_path, lines={"M1": ["Gare 06:00 Mairie - Usine 06:30"]})

    # Mairie is at one third of the way (each hop counts one metre more).
    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:10", "Mairie 06:10 Usine 06:30"]


def test_a_blank_time_leaves_from_the_departure_of_the_stop_before(tmp_path):
    stops = {**TOWN, "Port": (4_000, 0)}
    town = network(tmp_path, stops=stops, lines={"M1": ["Gare 06:00 Mairie 06:01/06:10 Usine - Port 06:25"]})

    assert hops(town, MONDAY)[1:] == ["Mairie 06:10 Usine 06:20", "Usine 06:20 Port 06:25"]


def test_blank_times_at_the_ends_of_a_trip_are_dropped(tmp_path):
    stops = {**TOWN, "Port": (4_000, 0)}
    town = network(tmp_path, stops=stops, lines={"M1": ["Gare - Mairie 06:10 Usine 06:20 Port -"]})

    assert hops(town, MONDAY) == ["Mairie 06:10 Usine 06:20"]
    assert "2 horaires de début ou de fin de course sont vides ; ils sont ignorés" in town.problems[0]


def test_one_time_of_two_stands_for_both(tmp_path):
    rows = "M1-1,1,Gare,,06:00:00\nM1-1,2,Mairie,6:02,\nM1-1,3,Usine,06:08:00,06:07:00\n"
    town = network(tmp_path, files={"stop_times.txt": STOP_TIMES + rows})

    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:02", "Mairie 06:02 Usine 06:08"]
    assert "1 départ précède l’arrivée" in town.problems[0]


def test_visits_out_of_order_are_put_in_order(tmp_path):
    rows = "M1-1,30,Usine,06:08:00,06:08:00\nM1-1,1,Gare,06:00:00,06:00:00\nM1-1,7,Mairie,06:02:00,06:03:00\n"
    town = network(tmp_path, files={"stop_times.txt": STOP_TIMES + rows})

    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:02", "Mairie 06:03 Usine 06:08"]


def test_a_repeated_sequence_counts_once(tmp_path):
    rows = (
        "M1-1,1,Gare,06:00:00,06:00:00\nM1-1,2,Mairie,06:02:00,06:02:00\n"
        "M1-1,2,Mairie,06:05:00,06:05:00\nM1-1,3,Usine,06:08:00,06:08:00\n"
    )
    town = network(tmp_path, files={"stop_times.txt": STOP_TIMES + rows})

    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:02", "Mairie 06:02 Usine 06:08"]
    assert "1 rang d’arrêt est répété" in town.problems[0]


def test_rows_that_name_nothing_known_are_ignored_and_counted(tmp_path):
    rows = (
        "M1-1,1,Gare,06:00:00,06:00:00\nX-9,1,Gare,06:00:00,06:00:00\nM1-1,2,Nulle part,06:02:00,06:02:00\n"
        "M1-1,un,Mairie,06:02:00,06:02:00\nM1-1,3,Usine,06:08:00,6h09\n"
    )
    town = network(tmp_path, files={"stop_times.txt": STOP_TIMES + rows})

    assert hops(town, MONDAY) == ["Gare 06:00 Usine 06:08"]
    assert town.problems == (
        "« ville.zip », stop_times.txt : 1 horaire cite une course inconnue ; il est ignoré (par exemple « X-9 »).",
        "« ville.zip », stop_times.txt : 1 horaire cite un arrêt inconnu ; il est ignoré (par exemple « Nulle part »).",
        "« ville.zip », stop_times.txt : 1 horaire n’a pas de rang lisible ; il est ignoré (par exemple « un »).",
        "« ville.zip », stop_times.txt : 1 heure est illisible ; elle est estimée entre ses voisines.",
    )


def test_a_trip_with_one_stop_is_ignored(tmp_path):
    town = network(tmp_path, lines={"M1": ["Gare 06:00 Usine 06:08", "Gare 07:00"]})

    assert hops(town, MONDAY) == ["Gare 06:00 Usine 06:08"]
    assert "1 course n’a pas deux arrêts à une heure connue" in town.problems[0]
    assert "(par exemple « M1-2 »)" in town.problems[0]


def test_pickup_and_drop_off_bans_are_kept_and_requests_are_allowed(tmp_path):
    rows = (
        "M1-1,1,Gare,06:00:00,06:00:00,2,1\nM1-1,2,Mairie,06:02:00,06:02:00,1,0\nM1-1,3,Usine,06:08:00,06:08:00,0,3\n"
    )
    header = STOP_TIMES.strip() + ",pickup_type,drop_off_type\n"
    town = network(tmp_path, files={"stop_times.txt": header + rows})

    day = town.day(MONDAY)

    that_day = (day.departure >= 0) & (day.departure < 86_400)
    assert day.may_board[that_day].tolist() == [True, False]
    assert day.may_alight[that_day].tolist() == [True, True]
    assert "2 montées ou descentes se font sur demande ; elles sont comptées comme possibles" in town.problems[0]


def test_a_stop_without_a_position_is_passed_by(tmp_path):
    stops = "stop_id,stop_name,stop_lat,stop_lon\nGare,Gare,50.63,3.06\nMairie,Mairie,0,0\nUsine,Usine,50.64,3.09\n"
    town = network(tmp_path, files={"stops.txt": stops})

    assert hops(town, MONDAY) == ["Gare 06:00 Usine 06:08"]
    assert "1 arrêt n’a pas de position lisible" in town.problems[0]


def test_trips_of_no_line_and_of_no_service_are_reported(tmp_path):
    trips = "route_id,service_id,trip_id\nM1,semaine,M1-1\nM9,semaine,M1-2\nM1,jamais,M1-3\nM1,semaine,M1-1\n"
    lines = {"M1": [*M1["M1"], "Gare 07:00 Usine 07:08", "Gare 08:00 Usine 08:08"]}
    town = network(tmp_path, lines=lines, files={"trips.txt": trips})

    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:02", "Mairie 06:03 Usine 06:08"]
    assert [problem.split(" : ")[1].split(" ;")[0] for problem in town.problems] == [
        "1 course cite une ligne inconnue", "1 course n’a aucun jour de circulation", "1 course est répétée",
        "2 horaires citent une course inconnue",
    ]  # fmt: skip


# ---------------------------------------------------------------- stations and transfers.txt

STATIONS = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "G,Gare,50.6366,3.0635,1,\n"
    "G1,Gare quai 1,50.6366,3.0635,0,G\n"
    "G2,,,,,G\n"  # a platform without name or place has those of its station
    "G3,Gare entrée,50.6366,3.0635,2,G\n"
    "U,Usine,50.6366,3.1000,,\n"
)
TRANSFERS = "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id\n"


def station(tmp_path, transfers=""):
    files = {"stops.txt": STATIONS, "transfers.txt": TRANSFERS + transfers}
    return network(tmp_path, lines={"M1": ["U 06:00 G1 06:08", "G2 06:10 U 06:20"]}, files=files)


def test_only_boarding_points_are_stops_and_a_platform_may_take_its_place_from_its_station(tmp_path):
    town = station(tmp_path)

    assert town.stop_name == ("Gare quai 1", "Gare", "Usine")
    assert changes(town, MONDAY)["Gare quai 1", "Gare"] == 120


@pytest.mark.parametrize(
    ("transfers", "there", "back", "same"),
    [
        ("", 120, 120, 120),
        ("G,G,2,300,\n", 300, 300, 300),  # between stations: all their platforms, each to itself too
        ("G,G,2,300,\nG1,G2,2,200,\n", 200, 300, 300),  # the platform prevails over the station
        ("G1,G2,2,200,\nG,G,2,300,\n", 200, 300, 300),  # whatever the order
        ("G1,G2,2,60,\n", 120, 120, 120),  # only a larger minimum replaces the cost
        ("G1,G2,3,,\n", None, 120, 120),
        ("G1,G1,3,,\n", 120, 120, None),
        ("G,G,3,,\nG1,G2,0,,\n", 120, None, None),
        ("G1,G2,1,,\nG2,G1,5,,\n", 120, 120, 120),
        ("G1,G2,2,900,M1\n", 120, 120, 120),  # of one line only: not applied, and said so
        ("G1,inconnu,2,900,\n", 120, 120, 120),
    ],
)
def test_transfers_txt_forbids_and_lengthens_changes(tmp_path, transfers, there, back, same):
    town = station(tmp_path, transfers)

    found = changes(town, MONDAY)

    assert found.get(("Gare quai 1", "Gare")) == there
    assert found.get(("Gare", "Gare quai 1")) == back
    assert found.get(("Gare quai 1", "Gare quai 1")) == same


def test_a_rule_of_one_line_and_a_rule_about_an_unknown_stop_are_reported(tmp_path):
    town = station(tmp_path, "G1,G2,2,900,M1\nG1,inconnu,2,900,\n")

    assert [problem.split(" : ")[1] for problem in town.problems] == [
        "1 règle propre à une ligne ou à une course n’est pas appliquée (par exemple « G1 → G2 »).",
        "1 règle cite un arrêt inconnu ; elle est ignorée (par exemple « G1 → inconnu »).",
    ]


def test_a_loop_of_parent_stations_is_survived(tmp_path):
    header = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    stops = header + "Gare,G,50.6,3.0,4,Usine\nUsine,U,50.7,3.1,4,Gare\n"

    town = network(tmp_path, lines={"M1": ["Gare 06:00 Usine 06:08"]}, files={"stops.txt": stops})

    assert hops(town, MONDAY) == ["G 06:00 U 06:08"]


# ---------------------------------------------------------------- lines


@pytest.mark.parametrize(
    ("route_type", "kind"),
    [
        (0, "tram"), (1, "métro"), (2, "train"), (3, "bus"), (4, "ferry"), (5, "tram à câble"), (6, "téléphérique"),
        (7, "funiculaire"), (11, "trolleybus"), (12, "monorail"), (100, "train"), (109, "train"), (200, "car"),
        (401, "métro"), (700, "bus"), (704, "bus"), (712, "bus scolaire"), (715, "transport à la demande"),
        (900, "tram"), (1000, "bateau"), (1200, "ferry"), (1300, "téléphérique"), (1400, "funiculaire"),
        (1700, "transport"), (9999, "transport"),
    ],
)  # fmt: skip
def test_the_kind_of_vehicle_is_said_in_french(route_type, kind):
    assert kind_in_french(route_type) == kind


def test_a_line_without_a_type_is_a_bus_and_a_school_line_is_announced(tmp_path):
    routes = "route_id,route_short_name,route_long_name,route_type\nM1,,Le Tour,tram\nS,,,712\n"
    lines = {**M1, "S": ["Gare 08:00 Usine 08:30"]}

    town = network(tmp_path, lines=lines, files={"routes.txt": routes})

    assert [(town.route_name(line), town.route_kind(line)) for line in range(2)] == [
        ("Le Tour", "bus"), ("S", "bus scolaire"),
    ]  # fmt: skip
    assert [problem.split(" : ")[1].split(" (")[0] for problem in town.problems] == [
        "1 ligne n’a pas de type lisible ; elle est prise pour un bus", "1 ligne scolaire",
    ]  # fmt: skip


# ---------------------------------------------------------------- how files are packed


def test_a_folder_is_read_like_a_zip(tmp_path):
    zipped, folder = network(tmp_path), network(tmp_path, "ville")

    assert hops(folder, MONDAY) == hops(zipped, MONDAY)


def test_a_sub_folder_of_the_zip_is_found_and_mac_ghosts_are_not(tmp_path):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, folder="export/gtfs/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/stop_times.txt", "ghost")

    assert len(hops(open_network([path]), MONDAY)) == 2


def test_byte_order_mark_crlf_quotes_spaces_and_blank_lines_are_read(tmp_path):
    stops = (
        '\ufeffstop_id, stop_name ,"stop_lat",stop_lon\r\n"Gare","Gare ""Nord""",50.63, 3.06\r\n\r\n'
        "Mairie,Mairie,50.63,3.07\r\nUsine , Usine,50.63,3.09\r\n"
    )

    town = network(tmp_path, files={"stops.txt": stops})

    assert town.stop_name == ('Gare "Nord"', "Mairie", "Usine")
    assert len(hops(town, MONDAY)) == 2


def test_names_in_cp1252_are_read(tmp_path):
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon\nGare,Gare,50.63,3.06\n"
        "Mairie,Hôtel de Ville – Été,50.63,3.07\nUsine,Usine,50.63,3.09\n"
    )

    town = network(tmp_path, files={"stops.txt": stops.encode("cp1252")})

    assert town.stop_name[1] == "Hôtel de Ville – Été"


def test_optional_tables_and_columns_may_be_missing(tmp_path):
    stops = "stop_id,stop_lat,stop_lon\nGare,50.63,3.06\nMairie,50.63,3.07\nUsine,50.63,3.09\n"
    trips = "route_id,service_id,trip_id\nM1,semaine,M1-1\n"
    files = {"agency.txt": None, "stops.txt": stops, "routes.txt": "route_id\nM1\n", "trips.txt": trips}

    town = network(tmp_path, files=files)

    assert (town.stop_name, town.route_name(0), town.trip_headsign(0)) == (("Gare", "Mairie", "Usine"), "M1", "")
    assert town.label == "ville.zip, du 01/01/2026 au 31/12/2026"


def test_a_row_cut_short_is_blank_where_it_stops(tmp_path):
    rows = "M1-1,1,Gare,06:00:00\nM1-1,2,Mairie,06:02:00\nM1-1,3,Usine,06:08:00,06:08:00\n"

    town = network(tmp_path, files={"stop_times.txt": STOP_TIMES + rows})

    assert hops(town, MONDAY) == ["Gare 06:00 Mairie 06:02", "Mairie 06:02 Usine 06:08"]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("table", ["stops.txt", "routes.txt", "trips.txt", "stop_times.txt"])
def test_a_missing_table_is_named(tmp_path, table):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, files={table: None})

    assert refusal(path) == f"« ville.zip » n’est pas un horaire GTFS complet : il manque {table}."


def test_a_feed_without_any_service_day_is_refused(tmp_path):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, calendar={})

    assert "il manque calendar.txt ou calendar_dates.txt" in refusal(path)


def test_a_feed_in_which_nothing_runs_is_refused(tmp_path):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, calendar={"autre": "1111111"})

    assert refusal(path) == "« ville.zip » : aucune course ne circule, aucun jour ; il n’y a rien à calculer."


def test_an_empty_table_is_refused(tmp_path):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, files={"stop_times.txt": ""})

    assert "stop_times.txt : colonne « trip_id » absente" in refusal(path)


def test_a_feed_whose_only_dates_are_removed_days_is_refused(tmp_path):
    path = write_feed(
        tmp_path / "ville.zip", stops=TOWN, lines=M1, calendar={}, calendar_dates=[("semaine", "20260112", 2)]
    )

    assert "aucune course ne circule" in refusal(path)


def test_a_missing_column_is_named(tmp_path):
    files = {"stop_times.txt": "trip_id,stop_id\nM1-1,Gare\n"}
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, files=files)

    assert "stop_times.txt : colonne « stop_sequence » absente" in refusal(path)


def test_a_file_that_is_no_zip_and_a_file_that_is_absent_are_refused(tmp_path):
    (tmp_path / "ville.zip").write_bytes(b"PK\x03\x04 not a zip")

    assert refusal(tmp_path / "ville.zip") == "« ville.zip » ne s’ouvre pas : un fichier GTFS (zip) est attendu."
    assert "n’existe pas" in refusal(tmp_path / "absent.zip")


def test_a_damaged_member_is_refused(tmp_path):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1)
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("stop_times.txt")
    content = bytearray(path.read_bytes())
    start = member.header_offset + 30 + len(member.filename)
    content[start : start + member.compress_size] = bytes(member.compress_size)
    path.write_bytes(content)

    assert refusal(path) == "« ville.zip », stop_times.txt : fichier illisible ou abîmé."


@pytest.mark.parametrize("content", ['route_id,"' + "x" * 200_000, "trip_id,route_id,service_id\n" + "," * 100_000])
def test_an_endless_line_is_refused(tmp_path, content):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, files={"trips.txt": content})

    assert refusal(path) == "« ville.zip », trips.txt : fichier illisible ou abîmé."


def test_a_zip_bomb_is_not_opened(tmp_path):
    path = write_feed(tmp_path / "ville.zip", stops=TOWN, lines=M1, files={"stop_times.txt": bytes(50 * 2**20)})

    assert "50 Mio une fois décompressé, c’est anormal" in refusal(path)


def test_no_feed_at_all_is_refused():
    with pytest.raises(UnusableInput):
        open_network([])


# ---------------------------------------------------------------- real feeds


def test_the_grenoble_feed_is_read_whole(shared):
    feed = open_network([shared / "data" / "gtfs" / "grenoble_tag_2023.zip"])

    assert (len(feed.feed.visits.stop), len(feed.feed.trip_route), len(feed.feed.route_name)) == (447_215, 19_669, 55)
    assert feed.label == "Mobilités M - Tag, du 10/04/2023 au 04/06/2023"
    assert np.count_nonzero(feed.feed.route_type == 0) == 5
    assert [problem.split(" : ")[1] for problem in feed.problems] == [
        "15882 montées ou descentes se font sur demande ; elles sont comptées comme possibles."
    ]


def test_the_perigueux_feed_is_read_whole(shared):
    feed = open_network([shared / "data" / "gtfs" / "perigueux_perimouv_2025.zip"])

    assert (len(feed.feed.visits.stop), len(feed.feed.trip_route)) == (29_155, 2_012)
    assert sum(feed.route_kind(line) == "bus scolaire" for line in range(79)) == 43


def test_tables_that_are_no_feed_are_refused(shared):
    assert "ne dit pas quels jours" in refusal(shared / "data" / "gtfs" / "lille_ilevia_metro")
