"""The checker shares no code with the engine: it accepts what the engine proves and rejects whatever was touched."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from benchmarks.instances import Scale
from benchmarks.territories import generate

from untoit.core.scale import Effort, Search, after_refusal, solve
from untoit.core.scale.files import write_certificate, write_territory

TOOL = Path(__file__).parents[2] / "tools" / "check_scale.py"


@cache
def solved():
    """Return a territory of two labour market areas, with all the quotas, and its outcome."""
    territory = generate(Scale(120, 60, 150, 2, 12, 12), 4)
    return territory, solve(territory, effort=Effort(rounds=4, search=Search(stages=((30, 8.0),))))


@pytest.fixture
def files(tmp_path):
    """Return the two files of a run."""
    territory, outcome = solved()
    write_territory(tmp_path / "territoire.npz", territory)
    write_certificate(tmp_path / "certificat.npz", outcome)
    return tmp_path / "territoire.npz", tmp_path / "certificat.npz"


def verdict(files):
    """Return the exit status of the tool and what it says."""
    done = subprocess.run([sys.executable, str(TOOL), *map(str, files)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def corrupt(path, name, change):
    """Change one column of a file, or its facts."""
    with np.load(path) as held:
        columns = {each: held[each] for each in held.files}
    if name == "facts":
        facts = json.loads(bytes(columns["facts"]))
        change(facts)
        columns["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    else:
        columns[name] = change(columns[name].copy())
    np.savez(path, **columns)


def test_checker_accepts_the_plan_and_finds_the_same_bound(files):
    status, said = verdict(files)

    assert status == 0, said
    assert "Aucune contrainte n'est enfreinte, la borne est juste." in said
    assert f"borne recalculée {solved()[1].bound / 1e6:.6f}".replace(".", ",") in said


def test_checker_accepts_the_plan_after_a_refusal(files, tmp_path):
    territory, outcome = solved()
    left, after = after_refusal(territory, outcome, household=int(np.flatnonzero(outcome.dwelling >= 0)[3]))
    write_territory(tmp_path / "apres.npz", left)
    write_certificate(tmp_path / "plan.npz", after)

    assert verdict((tmp_path / "apres.npz", tmp_path / "plan.npz"))[0] == 0
    assert verdict((files[0], tmp_path / "plan.npz"))[0] == 1


def first_two_the_same(dwelling):
    placed = np.flatnonzero(dwelling >= 0)
    dwelling[placed[1]] = dwelling[placed[0]]
    return dwelling


def halved(prices):
    """Return lower prices. (A millionth off one price may be one more for one household: another proof, as good.)"""
    return prices // 2


def negative(prices):
    prices[0] = -5
    return prices


def job_swapped(offers):
    taken = np.flatnonzero(offers[:, 0] >= 0)
    offers[taken[0], 0], offers[taken[-1], 0] = offers[taken[-1], 0], offers[taken[0], 0]
    return offers


def job_without_home(offers):
    offers[np.flatnonzero(solved()[1].dwelling < 0)[0], 0] = 0
    return offers


@pytest.mark.parametrize(("name", "change"), [
    ("dwelling", first_two_the_same),
    ("dwelling", lambda column: np.where(np.arange(column.size) == np.argmax(column), -1, column)),
    ("dwelling", lambda column: column + 1_000_000),
    ("dwelling", lambda column: column[:-1]),
    ("offers", job_swapped),
    ("offers", job_without_home),
    ("offers", lambda column: np.full_like(column, -1)),
    ("dwelling_price", halved),
    ("dwelling_price", negative),
    ("offer_price", halved),
    ("share_price", negative),
    ("share_price", lambda column: column + 1_000),
    ("facts", lambda facts: facts.update(value=facts["value"] + 1)),
    ("facts", lambda facts: facts.update(bound=facts["bound"] - 1)),
    ("facts", lambda facts: facts.update(fingerprint="0" * 64)),
    ("facts", lambda facts: facts["shares"].pop()),
    ("facts", lambda facts: facts["shares"][0].update(cover=facts["shares"][0]["cover"] + 1_000)),
    ("facts", lambda facts: facts["shares"][0].update(held=False)),
])
def test_checker_rejects_a_certificate_that_was_touched(files, name, change):
    corrupt(files[1], name, change)

    status, said = verdict(files)

    assert status == 1, said
    assert "ERREUR" in said


@pytest.mark.parametrize("name", ["pair_chance", "job_worth", "offer_capacity", "share_weight", "share_constant"])
def test_checker_rejects_a_territory_that_was_touched(files, name):
    corrupt(files[0], name, lambda column: column + 1)

    assert verdict(files)[0] == 1


def test_checker_says_that_a_file_cannot_be_read(files):
    files[1].write_bytes(b"nothing")

    assert verdict(files)[0] == 2
