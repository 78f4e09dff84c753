"""``untoit match`` on the demonstration territory: results, exit codes, proof, nothing half-written."""

import json
import subprocess
import sys

import pytest
from tests.conftest import REPOSITORY
from tests.factories.runs import KINDS, demo_files, match, rewrite, rows


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees")


@pytest.fixture(scope="module")
def result(demo, tmp_path_factory):
    out = tmp_path_factory.mktemp("result")
    assert match(demo, out, "--options", "--workers", "1") == 0
    return out


def checked(out, data):
    """Run the independent checker on a result and return its exit code and what it printed."""
    files = [word for kind in KINDS for word in (f"--{kind}", str(data / f"{kind}.csv"))]
    answer = subprocess.run(
        [sys.executable, str(REPOSITORY / "tools" / "check_plan.py"), str(out), *files],
        capture_output=True, text=True, check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


def test_match_places_many_and_explains_everybody_else(demo, result):
    placed = {row["numero_unique"] for row in rows(result / "tandems.csv")}
    left_out = {row["numero_unique"]: row for row in rows(result / "non_places.csv")}

    assert placed | set(left_out) == {row["numero_unique"] for row in rows(demo / "menages.csv")}
    assert not placed & set(left_out)
    assert len(placed) >= 20
    assert {row["etape"] for row in left_out.values()} == {
        "consentement", "eligibilite", "emploi", "trajet", "capacite"
    }
    assert all(len(row["raison"]) > 30 for row in left_out.values())
    assert all(3 <= len(row["raisons"].split("|")) <= 4 for row in rows(result / "tandems.csv"))


def test_balance_is_proved_optimal_with_the_quota_reached(result):
    balance = json.loads((result / "bilan.json").read_text("utf-8"))

    assert balance["optimum_prouve"] is True
    assert balance["ecart_relatif"] == 0.0
    assert balance["borne_superieure"] >= balance["objectif"] > 0
    assert balance["quotas"][0]["atteint"] is True
    assert balance["quotas"][0]["part"] >= 0.3
    assert set(balance["secondes"]) >= {"Éligibilité", "Trajets", "Choix"}


def test_independent_checker_accepts_the_plan(demo, result):
    code, said = checked(result, demo)

    assert code == 0, said


@pytest.mark.parametrize("column", ["reference_logement", "reference_offre"])
def test_independent_checker_refuses_a_plan_that_was_tampered_with(demo, result, tmp_path, column):
    for file in result.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    first = rows(result / "tandems.csv")[0]

    rewrite(tmp_path / "tandems.csv", lambda row: row.update({column: first[column]}))
    code, _ = checked(tmp_path, demo)

    assert code == 1


def test_two_workers_give_the_same_files_as_one(demo, result, tmp_path):
    match(demo, tmp_path, "--options", "--workers", "2")

    for name in ("tandems.csv", "non_places.csv", "options.csv", "certificat.json"):
        assert (tmp_path / name).read_bytes() == (result / name).read_bytes(), name


def test_selection_keeps_to_three_candidates_and_four_interviews(demo, tmp_path):
    assert match(demo, tmp_path, "--mode", "selection", "--options") == 0

    listed = rows(tmp_path / "tandems.csv")
    households = {}
    interviews = {}
    for row in listed:
        households.setdefault(row["reference_logement"], set()).add(row["numero_unique"])
        person = row["numero_unique"], row["personne"]
        interviews[person] = interviews.get(person, 0) + 1
    assert max(map(len, households.values())) == 3
    assert max(interviews.values()) == 4
    assert checked(tmp_path, demo)[0] == 0


def test_a_refused_row_ends_with_code_1_and_is_listed(demo, tmp_path):
    data = tmp_path / "donnees"
    data.mkdir()
    for kind in KINDS:
        (data / f"{kind}.csv").write_bytes((demo / f"{kind}.csv").read_bytes())
    first = rows(data / "logements.csv")[0]["reference"]
    rewrite(data / "logements.csv", lambda row: row["reference"] == first and row.update(financement="PLUS+"))

    code = match(data, tmp_path / "out", gtfs=demo / "reseau_demo.zip")

    assert code == 1
    (refused,) = [row for row in rows(tmp_path / "out" / "refus.csv") if row["gravite"] == "refusé"]
    assert (refused["fichier"], refused["ligne"], refused["colonne"]) == ("logements.csv", "2", "financement")
    assert not any(row["reference_logement"] == first for row in rows(tmp_path / "out" / "tandems.csv"))


def test_an_unusable_file_ends_with_code_2_one_sentence_and_nothing_written(demo, tmp_path, capsys):
    code = match(demo, tmp_path / "out", gtfs=demo / "menages.csv")

    assert code == 2
    assert not (tmp_path / "out").exists()
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "value", "word"),
    [("--date", "31/02/2026", "date"), ("--quota-prioritaire", "30 %", "part"), ("--workers", "0", "entier")],
)
def test_a_wrong_argument_is_said_in_french(demo, tmp_path, capsys, option, value, word):
    with pytest.raises(SystemExit) as ended:
        match(demo, tmp_path / "out", option, value)

    assert ended.value.code == 2
    assert word in capsys.readouterr().err


def test_explain_says_why_for_a_household_and_for_a_triple(demo, result, capsys):
    from untoit.cli import main

    files = [word for kind in KINDS for word in (f"--{kind}", str(demo / f"{kind}.csv"))]
    common = ["explain", *files, "--gtfs", str(demo / "reseau_demo.zip"), "--date", "2026-11-24", "--cache",
              str(demo / "cache")]
    placed = rows(result / "tandems.csv")[0]
    keys = ("numero_unique", "reference_logement", "reference_offre")
    chosen = {tuple(row[key] for key in keys) for row in rows(result / "tandems.csv")}
    other = next(row for row in rows(result / "options.csv") if tuple(row[key] for key in keys) not in chosen)

    assert main([*common, "--menage", placed["numero_unique"]]) == 0
    assert placed["reference_logement"] in capsys.readouterr().out
    assert main([
        *common, "--menage", other["numero_unique"], "--logement", other["reference_logement"], "--offre",
        other["reference_offre"], "--personne", other["personne"],
    ]) == 0
    answer = capsys.readouterr().out
    assert "Dans la meilleure répartition" in answer
    assert "Ce tandem est possible" in answer
    assert main([*common, "--menage", "inconnu"]) == 2
