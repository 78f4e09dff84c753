"""A run of the platform equals ``untoit match`` on the same files, byte for byte, pins and policy included."""

import io
import json
import shlex
import zipfile

import pytest
from tests.factories.runs import demo_files, match, rows

from untoit.cli import main

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees")


@pytest.fixture
def place(demo, tmp_path, settings):
    from tests.factories.pairings import town

    settings.DATA_DIR = tmp_path / "installation"
    return town(demo)


def replayed(made, folder, monkeypatch):
    """Unpack the archive of a run and launch the very command that it gives; return the folder of the results."""
    from untoit.records.pairings import downloads

    zipfile.ZipFile(io.BytesIO(downloads.replay_zip(made))).extractall(folder)
    monkeypatch.chdir(folder)
    words = shlex.split(downloads.command(made))
    assert main([*words[1:], "--cache", "cache", "--budget", "approche"]) == 0
    return folder / "resultats"


def assert_same(made, out):
    from untoit.records.pairings import downloads

    assert downloads.tandems_csv(made) == (out / "tandems.csv").read_bytes()
    assert downloads.unplaced_csv(made) == (out / "non_places.csv").read_bytes()
    # The same document; a database keeps no order of its keys.
    assert json.loads(downloads.certificate_json(made)) == json.loads((out / "certificat.json").read_bytes())


def test_run_equals_match_on_the_partners_files_and_on_its_own_frozen_files(place, demo, tmp_path, monkeypatch):
    from tests.factories.pairings import computed

    made = computed(place)
    assert match(demo, tmp_path / "ligne-de-commande") == 0

    assert len(rows(tmp_path / "ligne-de-commande" / "tandems.csv")) > 20
    assert_same(made, tmp_path / "ligne-de-commande")
    assert_same(made, replayed(made, tmp_path / "rejeu", monkeypatch))


def test_exact_budgets_are_the_same_on_both_sides(place, demo, tmp_path):
    from tests.factories.pairings import NOW, run

    from untoit.core.budget import BudgetWorker
    from untoit.records.pairings import computing

    made = run(place)
    with BudgetWorker() as worker:
        computing.compute(made.pk, worker, lambda: NOW)
    made.refresh_from_db()
    assert match(demo, tmp_path / "out", "--budget", "exact") == 0

    assert_same(made, tmp_path / "out")


def test_policy_and_choices_travel_with_the_run(place, tmp_path, monkeypatch):
    from tests.factories.pairings import NOW, computed

    from untoit.records.pairings import computing, reviews, services
    from untoit.records.pairings.policies import save_policy

    policy = save_policy(
        name="Ancienneté d'abord", priority_per_mille=400, note="", by=place.lead, at=NOW,
        values={"policy/matching.weight_per_month_waited": "0.05", "policy/success.home.base": "0.7"},
    )
    made = computed(place, policy=policy)
    kept, struck = made.tandems.order_by("number")[:2]
    reviews.review_tandem(tandem_id=kept.pk, action="pin", revision=1, by=place.lead, at=NOW)
    reviews.review_tandem(
        tandem_id=struck.pk, action="forbid", revision=1, reason_code="home", forbids="home", by=place.lead, at=NOW
    )
    made.refresh_from_db()
    again = services.solve_again(run_id=made.pk, by=place.lead, at=NOW, revision=made.revision)
    computing.compute(again.pk, None, lambda: NOW)
    again.refresh_from_db()

    assert again.state == "computed", again.failure
    assert again.tandems.filter(household=kept.household, vacancy=kept.vacancy, is_pinned=True).count() == 1
    assert not again.tandems.filter(household=struck.household, vacancy=struck.vacancy).exists()
    assert_same(again, replayed(again, tmp_path / "rejeu", monkeypatch))
