"""``untoit whatif``: a grid of policies, each with its certificate, the same whatever the number of processes."""

import json

import pytest
from tests.factories.runs import KINDS, demo_files, match, rows

from untoit.cli import main
from untoit.core.sandbox import policies as policies_module
from untoit.core.sandbox.policies import grid


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees")


def whatif(data, out, *options):
    files = [word for kind in KINDS for word in (f"--{kind}", str(data / f"{kind}.csv"))]
    return main([
        "whatif", *files, "--gtfs", str(data / "reseau_demo.zip"), "--date", "2026-11-24", "--out", str(out),
        "--cache", str(data / "cache"), *options,
    ])


@pytest.fixture(scope="module")
def compared(demo, tmp_path_factory):
    out = tmp_path_factory.mktemp("politiques")
    assert whatif(demo, out, "--processus", "1", "--trajets-en-plus", "m10", "0", "--fictif") == 0
    return out


def test_every_policy_of_the_grid_is_solved_and_proved(compared):
    table = rows(compared / "politiques.csv")

    assert len(table) == 5 * 2 * 2 * 2
    assert {row["optimum_prouve"] for row in table} == {"oui"}
    for row in table:
        certificate = json.loads((compared / row["certificat"]).read_text("utf-8"))
        assert certificate["value"] == round(float(row["points"]) * 1_000_000)
        assert certificate["bound"] >= certificate["value"]


def test_a_larger_commitment_never_gains_points_and_is_met(compared):
    groups = {}
    for row in rows(compared / "politiques.csv"):
        key = row["trajet_en_plus_min"], row["flux"], row["quota_premier_quartile"]
        groups.setdefault(key, []).append((float(row["quota_prioritaire"]), float(row["points"])))
        assert row["quota_prioritaire_atteint"] == "oui"
        assert float(row["part_prioritaire"]) >= float(row["quota_prioritaire"])
        assert float(row["points_perdus"]) >= 0

    for values in groups.values():
        points = [value for _, value in sorted(values)]
        assert points == sorted(points, reverse=True)


def test_common_flows_and_longer_limits_never_lose_points(compared):
    points = {
        (row["trajet_en_plus_min"], row["flux"], row["quota_prioritaire"], row["quota_premier_quartile"]):
        float(row["points"]) for row in rows(compared / "politiques.csv")
    }

    for (minutes, flows, quota, mix), value in points.items():
        assert points[minutes, "communs", quota, mix] >= value
        if minutes == "-10":
            assert points["0", flows, quota, mix] >= value


def test_the_policy_of_today_is_the_ordinary_run(demo, compared, tmp_path):
    (today,) = [row for row in rows(compared / "politiques.csv") if row["reference"] == "oui"]

    assert match(demo, tmp_path) == 0

    balance = json.loads((tmp_path / "bilan.json").read_text("utf-8"))
    assert float(today["points"]) == balance["objectif"]
    assert float(today["doubles_reussites_attendues"]) == balance["doubles_reussites_attendues"]
    assert today["quota_prioritaire"] == "0.3"


def test_two_processes_give_the_same_files_as_one(demo, tmp_path):
    few = ("--quotas", "0.3", "0.4", "--trajets-en-plus", "0", "--flux", "separes", "--mixite", "0")
    assert whatif(demo, tmp_path / "un", *few, "--processus", "1") == 0
    assert whatif(demo, tmp_path / "deux", *few, "--processus", "2") == 0

    for file in ("politiques.csv", "politiques.json", "certificats/politique_001.json",
                 "certificats/politique_002.json"):
        assert (tmp_path / "un" / file).read_bytes() == (tmp_path / "deux" / file).read_bytes(), file


def test_interruption_keeps_what_is_done_and_says_so(demo, tmp_path, monkeypatch):
    solve, solved = policies_module.solve, []

    def interrupted(problem, *, seed):
        if len(solved) == 3:
            raise KeyboardInterrupt
        solved.append(problem)
        return solve(problem, seed=seed)

    monkeypatch.setattr(policies_module, "solve", interrupted)
    code = whatif(demo, tmp_path, "--processus", "1")

    assert code == 1
    assert 1 <= len(rows(tmp_path / "politiques.csv")) <= 3
    assert "Calcul interrompu" in (tmp_path / "politiques.html").read_text("utf-8")


def test_a_grid_numbers_each_policy_once_priorities_running_fastest():
    found = grid([300, 400, 300], [0, 15])

    assert [(one.longer_min, one.priority_per_mille) for one in found] == [(0, 300), (0, 400), (15, 300), (15, 400)]


@pytest.mark.parametrize("wrong", ["un", "m", "500"])
def test_a_wrong_number_of_minutes_is_said_in_french(demo, tmp_path, capsys, wrong):
    with pytest.raises(SystemExit):
        whatif(demo, tmp_path, "--trajets-en-plus", wrong)

    assert "nombre de minutes" in capsys.readouterr().err
