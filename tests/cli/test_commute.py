"""``untoit commute``, from files to a file."""

import csv

import pytest
from tests.factories.feeds import position, write_feed

from untoit.cli import main

COLUMNS = (
    "home;work;mode;minutes_aller;minutes_retour;depart;arrivee_retour;attente_avant_poste;faisable;raison"
)


@pytest.fixture
def files(tmp_path):
    """A town with one line, two homes (one out of reach) and three workplaces (one on Saturday, one after midnight)."""
    write_feed(
        tmp_path / "ville.zip",
        stops={"Gare": (0, 0), "Usine": (12_000, 0)},
        lines={
            "M1": ["Gare 07:20 Usine 07:45", "Usine 16:10 Gare 16:40"],
            "N1": ["Gare 23:50 Usine 24:15", "Usine 08:40 Gare 09:10"],
        },
    )
    _write(tmp_path / "homes.csv", "id;latitude;longitude", [("h1", *position(0, 0)), ("h2", *position(0, 30_000))])
    _write(
        tmp_path / "works.csv", "id;latitude;longitude;horaires",
        [
            ("jour", *position(12_000, 0), "lu-ve 08:00-16:00"),
            ("samedi", *position(12_000, 0), "sa 08:00-16:00"),
            ("minuit", *position(12_000, 0), "ma-ve 00:30-08:30"),
        ],
    )
    return tmp_path


def run(files, *more, date="2026-01-13", out="commutes.csv"):
    return main([
        "commute", "--homes", str(files / "homes.csv"), "--works", str(files / "works.csv"),
        "--gtfs", str(files / "ville.zip"), "--date", date, "--out", str(files / out), *more,
    ])


def test_commute_writes_every_pair_with_its_minutes_or_its_reason(files):
    code = run(files)

    lines = (files / "commutes.csv").read_text("utf-8").splitlines()
    assert code == 0
    assert lines[0] == COLUMNS
    assert lines[1] == "h1;jour;tc;35;35;07:20;16:40;10;oui;"
    assert lines[2].startswith("h1;samedi;tc;;;;;;non;Aucun service de transport en commun le samedi 17/01/2026")
    assert lines[3] == "h1;minuit;tc;35;35;23:50 (veille);09:10;10;oui;"
    assert [line.split(";")[:3] for line in lines[4:]] == [["h2", work, "tc"] for work in ("jour", "samedi", "minuit")]
    assert all(";non;" in line for line in lines[4:])


def test_commute_takes_several_modes(files):
    code = run(files, "--modes", "marche|velo,voiture")

    with (files / "commutes.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    by_mode = {row["mode"]: row for row in rows if (row["home"], row["work"]) == ("h1", "jour")}
    assert code == 0
    assert list(by_mode) == ["marche", "velo", "voiture"]
    assert by_mode["marche"]["raison"] == "Trajet à pied : 3 h 10, au-delà de 120 min."
    # 12 km × 1.19 at 15 km/h and 3 minutes: 60 min 7 s.
    assert (by_mode["velo"]["minutes_aller"], by_mode["velo"]["depart"], by_mode["velo"]["attente_avant_poste"]) == (
        "61", "06:54", "0",
    )
    assert by_mode["voiture"]["faisable"] == "oui"


def test_commute_says_the_night_after_midnight_as_the_formats_do(files):
    _write(files / "works.csv", "id;latitude;longitude;horaires", [("nuit", *position(1_000, 0), "lu-ve 21:00-05:00")])

    run(files)

    assert "h1;nuit;tc;18;18;20:37;29:23;0;oui;" in (files / "commutes.csv").read_text("utf-8")


def test_commute_lists_refused_rows_and_goes_on(files, capsys):
    with (files / "homes.csv").open("a", encoding="utf-8") as stream:
        stream.write("h3;quarante;3\n")

    code = run(files)

    assert code == 1
    assert "homes.csv, ligne 4, colonne latitude : « quarante »" in capsys.readouterr().err
    assert len((files / "commutes.csv").read_text("utf-8").splitlines()) == 1 + 2 * 3


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--modes", "fusee"], "--modes : « fusee » n'est pas un mode connu. Attendu : marche, velo, tc, voiture."),
        (["--date", "13-13-2026"], "--date : « 13-13-2026 » n'est pas une date."),
        (["--date", "31/02/2026"], "--date : « 31/02/2026 » n'est pas une date."),
        (["--workers", "0"], "--workers : « 0 » n'est pas un nombre de fils."),
    ],
)
def test_commute_refuses_unusable_arguments_in_one_sentence(files, capsys, more, sentence):
    code = run(files, *more)

    said = capsys.readouterr().err
    assert code == 2
    assert said.startswith(sentence)
    assert said.count("\n") == 1
    assert not (files / "commutes.csv").exists()


def test_commute_reads_a_french_date(files):
    assert run(files, date="13/01/2026", out="français.csv") == run(files) == 0
    assert (files / "français.csv").read_bytes() == (files / "commutes.csv").read_bytes()


def test_commute_refuses_a_file_without_a_usable_row(files, capsys):
    _write(files / "works.csv", "id;latitude;longitude;horaires", [])

    assert run(files) == 2
    assert "works.csv" in capsys.readouterr().err
    assert not (files / "commutes.csv").exists()


def test_commute_refuses_a_timetable_that_is_not_one(files, capsys):
    (files / "ville.zip").write_bytes(b"not a zip")

    assert run(files) == 2
    assert "ville.zip" in capsys.readouterr().err
    assert not (files / "commutes.csv").exists()


def _write(path, header, rows):
    path.write_text("\n".join([header, *(";".join(map(str, row)) for row in rows)]) + "\n", "utf-8")
