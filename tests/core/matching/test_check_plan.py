"""``tools/check_plan.py`` on files made from tiny problems: it recomputes the same bound and sees planted mistakes."""

import csv
import importlib.util
import json
import sys
from dataclasses import replace

import pytest
from tests.conftest import REPOSITORY
from tests.factories.problems import tiny_problem

from untoit.core.errors import UnusableInput
from untoit.core.matching import certificate, solve

KEYS = ("numero_unique", "reference_logement", "personne", "reference_offre")


@pytest.fixture(scope="module")
def checker():
    spec = importlib.util.spec_from_file_location("check_plan", REPOSITORY / "tools" / "check_plan.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path, headers, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(headers)
        writer.writerows(rows)


def write_files(folder, problem, plan, mode="plan"):
    """Write the inputs and the results of a tiny problem as ``untoit match`` does."""
    households = [f"M{h}" for h in range(problem.households)]
    dwellings = [f"L{d}" for d in range(problem.dwellings)]
    offers = [f"O{j}" for j in range(problem.offers)]
    rank = [int((problem.seeker_household[:s] == h).sum()) + 1 for s, h in enumerate(problem.seeker_household)]
    options = [
        (households[h], dwellings[d], rank[s], offers[j]) for h, d, s, j in zip(
            problem.option_household, problem.option_dwelling, problem.option_seeker, problem.option_offer, strict=True
        )
    ]
    write(folder / "menages.csv", ("numero_unique", "date_consentement"), [(h, "2026-01-02") for h in households])
    write(folder / "personnes.csv", ("numero_unique", "personne"), [
        (households[h], rank[s]) for s, h in enumerate(problem.seeker_household)
    ])
    write(folder / "logements.csv", ("reference", "candidats_max"), [
        (d, int(c)) for d, c in zip(dwellings, problem.dwelling_capacity, strict=True)
    ])
    write(folder / "offres.csv", ("reference", "postes"), [
        (j, int(c)) for j, c in zip(offers, problem.offer_capacity, strict=True)
    ])
    write(folder / "options.csv", (*KEYS, "utilite"), [
        (*option, f"{value / 1e6:.6f}") for option, value in zip(options, problem.option_value, strict=True)
    ])
    write(folder / "tandems.csv", KEYS, [options[n] for n in plan.options])
    proof = certificate(problem, plan, mode=mode, households=households, dwellings=dwellings, offers=offers)
    (folder / "certificat.json").write_text(json.dumps(proof), "utf-8")


def run(checker, folder, monkeypatch, capsys):
    files = [word for name in ("menages", "personnes", "logements", "offres")
             for word in (f"--{name}", str(folder / f"{name}.csv"))]
    monkeypatch.setattr(sys, "argv", ["check_plan.py", str(folder), *files])
    code = checker.main()
    return code, capsys.readouterr().out


@pytest.mark.parametrize("seed", range(40))
def test_checker_accepts_every_plan_and_finds_the_same_bound(checker, tmp_path, monkeypatch, capsys, seed):
    selection = {"jobs_min": 2, "jobs_max": 3, "capacity": 2} if seed % 4 == 3 else {}
    problem = tiny_problem(seed, quotas=seed % 3, already=seed % 2 == 1, pins=seed % 2, forbids=seed % 3, **selection)
    try:
        plan = solve(problem)
    except UnusableInput:
        pytest.skip("the imposed option has no plan")
    write_files(tmp_path, problem, plan, "selection" if selection else "plan")

    code, said = run(checker, tmp_path, monkeypatch, capsys)

    assert code == 0, said
    assert "Aucune contrainte n'est enfreinte" in said


@pytest.fixture
def folder(tmp_path):
    """A problem with a quota, a household with two seekers, and a plan of several tandems."""
    problem = tiny_problem(96, dense=1.0, quotas=1)
    plan = solve(problem)
    assert plan.pairs.size == 3
    write_files(tmp_path, problem, plan)
    return tmp_path


def edit(path, change):
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    headers = list(rows[0])
    change(rows)
    write(path, headers, [list(row.values()) for row in rows])


@pytest.mark.parametrize(
    ("file", "change", "sentence"),
    [
        ("tandems", lambda rows: rows.append(rows[0]), "retenu deux fois"),
        ("tandems", lambda rows: rows[0].update(reference_offre="O99"), "n'est pas une option"),
        ("tandems", lambda rows: rows[0].update(reference_offre="O99"), "absente du fichier"),
        ("tandems", lambda rows: [row.update(reference_logement="L0") for row in rows], "Logement L0 : proposé"),
        ("tandems", lambda rows: rows.append({**rows[0], "reference_logement": "L9"}), "2 logements"),
        ("tandems", lambda rows: rows.pop(), "La valeur annoncée"),
        ("tandems", lambda rows: rows[0].update(personne="7"), "la personne 7 n'est pas dans le fichier"),
        ("menages", lambda rows: [row.update(date_consentement="") for row in rows], "sans consentement"),
        ("logements", lambda rows: rows.pop(), "le fichier en permet 0"),
        ("offres", lambda rows: rows[0].update(postes="0"), "le fichier en permet 0"),
        ("options", lambda rows: [row.update(utilite="9.5") for row in rows], "les prix prouvent"),
    ],
)
def test_checker_sees_what_was_tampered_with(checker, folder, monkeypatch, capsys, file, change, sentence):
    edit(folder / f"{file}.csv", change)

    code, said = run(checker, folder, monkeypatch, capsys)

    assert code == 1
    assert sentence in said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda proof: proof.update(value=proof["value"] + 1), "La valeur annoncée"),
        (lambda proof: proof.update(bound=proof["value"] - 1), "n'est pas entre la valeur"),
        (lambda proof: proof.update(price_bound=proof["price_bound"] - 1), "les prix prouvent"),
        (lambda proof: proof["prices"]["dwelling"].update(L0=0, L1=0), "les prix prouvent"),
        (lambda proof: proof["quotas"][0].update(shortfall=5), "il en manque 0 et non 5"),
        (lambda proof: proof["quotas"][0].update(already_denominator=90), "la contrainte n'est pas tenue"),
        (lambda proof: proof.update(jobs_min=2, jobs_max=2), "hors des limites"),
        (lambda proof: proof.update(forbidden=[["M0", "L0", 1, "O0"], *proof["taken"]]), "alors qu'il est interdit"),
        (lambda proof: proof.update(pinned=[["M0", "L9", 1, "O0"]]), "imposé et absent"),
    ],
)
def test_checker_sees_a_false_certificate(checker, folder, monkeypatch, capsys, change, sentence):
    path = folder / "certificat.json"
    proof = json.loads(path.read_text("utf-8"))
    with (folder / "tandems.csv").open(encoding="utf-8", newline="") as stream:
        proof["taken"] = [list(row.values()) for row in csv.DictReader(stream, delimiter=";")]
    change(proof)
    path.write_text(json.dumps(proof), "utf-8")

    code, said = run(checker, folder, monkeypatch, capsys)

    assert code == 1
    assert sentence in said


def test_checker_refuses_negative_prices_and_missing_files(checker, folder, monkeypatch, capsys):
    path = folder / "certificat.json"
    proof = json.loads(path.read_text("utf-8"))
    proof["prices"]["dwelling"]["L0"] = -1
    path.write_text(json.dumps(proof), "utf-8")

    assert run(checker, folder, monkeypatch, capsys)[0] == 2
    path.unlink()
    assert run(checker, folder, monkeypatch, capsys)[0] == 2


def test_pairs_of_a_quota_may_depend_on_the_dwelling(checker, tmp_path, monkeypatch, capsys):
    problem = tiny_problem(96, dense=1.0, quotas=1)
    outside = problem.pair_dwelling > 0
    quota = replace(problem.quotas[0], numerator=outside & problem.quotas[0].numerator, denominator=outside)
    problem = replace(problem, quotas=(quota,))
    plan = solve(problem)
    write_files(tmp_path, problem, plan)

    code, said = run(checker, tmp_path, monkeypatch, capsys)

    assert code == 0, said
    assert f"{plan.quotas[0].numerator} sur {plan.quotas[0].denominator}, tenu" in said
    assert plan.quotas[0].denominator < plan.pairs.size
