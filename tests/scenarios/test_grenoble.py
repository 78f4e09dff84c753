"""The main job on the real Grenoble feed, with homes and jobs placed near its stops: nothing assumes Lille."""

import json

import numpy as np
import pytest
from tests.cli.test_match import checked
from tests.factories.runs import demo_files, match, rewrite, rows

from untoit.core.mobility.network import open_network

ON = "2023-05-09"  # a Tuesday of the feed
COMMUNE = "38185"


@pytest.fixture(scope="module")
def grenoble(shared, tmp_path_factory):
    """The demonstration households, with every home and job moved within 400 m of a stop of the feed."""
    folder = tmp_path_factory.mktemp("grenoble")
    data = demo_files(folder / "donnees")
    feed = shared / "data" / "gtfs" / "grenoble_tag_2023.zip"
    network = open_network([feed], cache=data / "cache")
    rng = np.random.default_rng(38)

    def near_a_stop(row):
        stop = rng.integers(network.stops)
        north, east = rng.uniform(-0.0035, 0.0035, 2)
        row["latitude"] = f"{network.stop_latitude[stop] + north:.6f}"
        row["longitude"] = f"{network.stop_longitude[stop] + east:.6f}"
        row["code_insee"] = COMMUNE

    def years_back(row, *columns):
        for column in columns:
            if row[column]:
                row[column] = f"{int(row[column][:4]) - 4}{row[column][4:]}"

    rewrite(data / "logements.csv", lambda row: (near_a_stop(row), years_back(row, "disponible_le")))
    rewrite(data / "offres.csv", lambda row: (near_a_stop(row), years_back(row, "debut")))
    rewrite(data / "menages.csv", lambda row: (
        row.update(communes_souhaitees="", commune_actuelle=""), years_back(row, "date_demande", "date_consentement")
    ))
    rewrite(data / "personnes.csv", lambda row: years_back(row, "disponible_le"))
    return data, feed


def test_plan_on_the_real_feed_breaks_no_constraint_and_is_the_same_with_one_and_two_workers(grenoble, tmp_path):
    data, feed = grenoble

    for workers in ("1", "2"):
        assert match(data, tmp_path / workers, "--options", "--workers", workers, gtfs=feed, on=ON) == 0

    balance = json.loads((tmp_path / "1" / "bilan.json").read_text("utf-8"))
    placed = {row["numero_unique"] for row in rows(tmp_path / "1" / "tandems.csv")}
    assert len(placed) == balance["menages_places"] >= 15
    assert balance["borne_superieure"] >= balance["objectif"] > 0
    assert balance["optimum_prouve"] is True
    for name in ("tandems.csv", "non_places.csv", "options.csv", "certificat.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name
    code, said = checked(tmp_path / "1", data)
    assert code == 0, said


def test_a_date_outside_the_feed_says_so_and_leaves_public_transport_out(grenoble, tmp_path):
    data, feed = grenoble

    for on in (ON, "2023-09-05"):
        assert match(data, tmp_path / on, gtfs=feed, on=on) == 0

    inside, outside = (json.loads((tmp_path / on / "bilan.json").read_text("utf-8")) for on in (ON, "2023-09-05"))
    assert any("hors de la période des horaires" in notice for notice in outside["avertissements"])
    assert not any("hors de la période des horaires" in notice for notice in inside["avertissements"])
    assert outside["etapes"]["options"] < inside["etapes"]["options"]
    waits = {row["attente_avant_poste"] for row in rows(tmp_path / "2023-09-05" / "tandems.csv")}
    assert waits == {"0"}, "without a vehicle nobody waits at the gate"
