"""What a run keeps of its results comes back equal, to the last decimal."""

import json

import pytest
from tests.factories.runs import demo_files

from untoit.core.exchange import read_dwellings, read_households, read_offers, read_persons
from untoit.core.mobility.network import open_network
from untoit.core.pairing.left_out import left_out
from untoit.core.pairing.records import Records, Settings
from untoit.core.pairing.report import network_lines
from untoit.core.pairing.results import funnel, quota_lines
from untoit.core.pairing.run import choose, prepare, problem_of
from untoit.core.pairing.tandems import tandem_rows
from untoit.records.pairings import codec


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = demo_files(tmp_path_factory.mktemp("demo"))
    records = Records.of(
        read_households(folder / "menages.csv").rows, read_persons(folder / "personnes.csv").rows,
        read_dwellings(folder / "logements.csv").rows, read_offers(folder / "offres.csv").rows,
    )
    from datetime import date

    from untoit.core.budget import BudgetWorker

    settings = Settings(date(2026, 11, 24))
    prepared = prepare(records, open_network([folder / "reseau_demo.zip"]), settings)
    plan = choose(problem_of(prepared), settings)
    with BudgetWorker() as worker:
        rows = tandem_rows(prepared, plan, worker, lambda stage, done: None)
    return {
        "tandem": rows, "left_out": left_out(prepared, plan), "quota": quota_lines(plan),
        "step": funnel(prepared, plan), "line": network_lines(prepared), "dwelling": records.dwellings,
        "offer": records.offers,
    }


@pytest.mark.parametrize("kind", ["tandem", "left_out", "quota", "step", "line", "dwelling", "offer"])
def test_what_is_kept_comes_back_equal(results, kind):
    dump, load = getattr(codec, f"dump_{kind}"), getattr(codec, f"load_{kind}")

    values = results[kind]

    assert values
    assert tuple(load(json.loads(json.dumps(dump(value)))) for value in values) == tuple(values)
