"""``untoit levers``: what is predicted and obtained is what ``untoit match`` gives on files really changed."""

import csv
import json

import pytest
from tests.factories.runs import KINDS, demo_files, match, rows

from untoit.cli import main
from untoit.core.sandbox.changes import Edit, edited_rows

TEN = 10


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees")


def levers(data, out, *options):
    files = [word for kind in KINDS for word in (f"--{kind}", str(data / f"{kind}.csv"))]
    return main([
        "levers", *files, "--gtfs", str(data / "reseau_demo.zip"), "--date", "2026-11-24", "--out", str(out),
        "--cache", str(data / "cache"), *options,
    ])


@pytest.fixture(scope="module")
def found(demo, tmp_path_factory):
    out = tmp_path_factory.mktemp("leviers")
    assert levers(demo, out, "--verifier", "12", "--essais", "3", "--fictif") == 0
    return out


def written_again(demo, folder, edits):
    """Write the four files with the edits of a lever made, as a person would in a spreadsheet."""
    folder.mkdir()
    for kind in KINDS:
        table = edited_rows(kind, rows(demo / f"{kind}.csv"), edits)
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(table[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(table)
    return folder


def test_ten_levers_give_in_a_real_run_what_was_said_and_never_more_than_predicted(demo, found, tmp_path):
    assert match(demo, tmp_path / "avant") == 0
    before = json.loads((tmp_path / "avant" / "bilan.json").read_text("utf-8"))
    said = json.loads((found / "leviers.json").read_text("utf-8"))
    solved = [one for one in said["leviers"] if one["points_obtenus"] is not None][-TEN:]

    assert len(solved) == TEN
    for number, lever in enumerate(solved):
        edits = [
            Edit(one["fichier"].removesuffix(".csv"), tuple(one["cle"]), one["colonne"], one["valeur"], one["copie"])
            for one in lever["modifications"]
        ]
        data = written_again(demo, tmp_path / f"donnees{number}", edits)
        more = ("--gtfs", str(found / lever["trajet_gtfs"])) if lever["trajet_gtfs"] else ()
        assert match(data, tmp_path / f"apres{number}", *more, gtfs=demo / "reseau_demo.zip") == 0
        after = json.loads((tmp_path / f"apres{number}" / "bilan.json").read_text("utf-8"))

        gained = after["objectif"] - before["objectif"]
        doubles = after["doubles_reussites_attendues"] - before["doubles_reussites_attendues"]
        assert gained == pytest.approx(lever["points_obtenus"], abs=1e-9), lever["levier"]
        assert doubles == pytest.approx(lever["doubles_reussites_obtenues"], abs=2e-4), lever["levier"]
        assert gained <= lever["points_prevus"] + said["plan"]["marge_des_prix"] + 1e-9, lever["levier"]
        if lever["famille"] != "poste":
            opened = after["etapes"]["options"] - before["etapes"]["options"]
            assert opened == lever["tandems_ouverts"], lever["levier"]


def test_a_bus_is_among_them_with_its_timetable(found):
    trips = [row for row in rows(found / "leviers.csv") if row["famille"] == "navette"]

    assert trips
    assert len(list((found / "trajets").iterdir())) == len(trips)
    assert all("ajouter l'horaire GTFS" in row["modification"] for row in trips)


def test_levers_are_ranked_and_each_has_a_sentence_and_the_source_of_its_chances(found):
    table = rows(found / "leviers.csv")
    gained = [float(row["points_obtenus"]) for row in table if row["points_obtenus"]]
    priced = [float(row["points_prevus"]) for row in table if not row["points_obtenus"]]

    assert gained == sorted(gained, reverse=True)
    assert priced == sorted(priced, reverse=True)
    assert [int(row["rang"]) for row in table] == list(range(1, len(table) + 1))
    assert all("tandem" in row["phrase"] and "hypothèses" in row["chances"] for row in table)
    assert {row["portee"] for row in table} == {"personne", "territoire"}


def test_page_stands_alone(found):
    page = (found / "leviers.html").read_text("utf-8")

    assert "Données de démonstration" in page
    assert "<script" not in page and "http://" not in page.replace("http://www.w3.org", "")
    assert "tandem robuste" in page or "tandems robustes" in page


def test_one_household_alone_has_its_own_levers(demo, found, tmp_path):
    wanted = next(row["numero_unique"] for row in rows(found / "leviers.csv") if row["numero_unique"])

    assert levers(demo, tmp_path, "--menage", wanted, "--verifier", "0") == 0

    assert {row["numero_unique"] for row in rows(tmp_path / "leviers.csv")} == {wanted}


def test_an_unknown_household_is_said_in_one_sentence(demo, tmp_path, capsys):
    assert levers(demo, tmp_path / "out", "--menage", "personne") == 2

    assert not (tmp_path / "out").exists()
    assert "« personne »" in capsys.readouterr().err
