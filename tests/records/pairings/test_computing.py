"""A run is computed once from frozen inputs, can be stopped, and survives being killed."""

import pytest
from tests.factories.pairings import computed, run
from tests.factories.records import NOW

from untoit.core.errors import Refused
from untoit.core.model.run import STAGES
from untoit.records.desk.models import Task
from untoit.records.pairings import computing, services, snapshot
from untoit.records.pairings.models import Run, RunState
from untoit.records.pairings.perimeter import Perimeter

pytestmark = pytest.mark.django_db


def test_every_household_has_a_tandem_or_a_reason(place):
    made = computed(place)

    households = set(made.tandems.values_list("household_id", flat=True))
    unplaced = set(made.unplaced.values_list("household_id", flat=True))
    assert len(households) >= 10
    assert not households & unplaced
    assert len(households | unplaced) == made.inputs.get(kind="menages").rows
    assert set(made.unplaced.values_list("stage", flat=True)) <= set(STAGES)
    assert made.result["bilan"]["optimum_prouve"] is True
    assert [one.number for one in made.tandems.order_by("number")] == list(range(1, len(households) + 1))


def test_a_finished_run_asks_everybody_concerned_to_review(place):
    made = computed(place)

    asked = set(Task.objects.filter(kind="run_to_review", subject_id=made.pk).values_list("organisation__kind", "role"))
    assert asked == {("landlord", "LM"), ("department", "DEP"), ("employment_partner", "EMPP")}


def test_the_same_form_sent_twice_launches_once(place):
    first = run(place)
    again = run(place, run_id=first.pk)

    assert again.pk == first.pk
    assert Run.objects.count() == 1


def test_a_computation_killed_in_the_middle_gives_one_set_of_results(place):
    made = run(place)
    # What a killed worker leaves: claimed, never finished.
    Run.objects.filter(pk=made.pk).update(state=RunState.COMPUTING, attempts=1)

    assert computing.work_through(None, lambda: NOW) == 1
    made.refresh_from_db()
    first = list(made.tandems.values_list("pk", flat=True))
    computing.compute(made.pk, None, lambda: NOW)

    assert made.state == RunState.COMPUTED
    assert list(made.tandems.values_list("pk", flat=True)) == first


def test_a_run_that_dies_three_times_is_stopped_and_can_be_started_again(place):
    made = run(place)
    Run.objects.filter(pk=made.pk).update(state=RunState.COMPUTING, attempts=computing.MOST_ATTEMPTS)

    computing.work_through(None, lambda: NOW)
    made.refresh_from_db()
    assert made.state == RunState.FAILED
    assert "trois fois" in made.failure

    services.retry_run(run_id=made.pk, by=place.lead, at=NOW)
    computing.work_through(None, lambda: NOW)
    made.refresh_from_db()
    assert made.state == RunState.COMPUTED


def test_a_run_can_be_stopped_before_and_during_the_computation(place):
    waiting, running = run(place), run(place)
    Run.objects.filter(pk=running.pk).update(state=RunState.COMPUTING)

    services.cancel_run(run_id=waiting.pk, by=place.lead, at=NOW)
    services.cancel_run(run_id=running.pk, by=place.lead, at=NOW)
    computing.work_through(None, lambda: NOW)

    for one in (waiting, running):
        one.refresh_from_db()
        assert (one.state, one.failure) == (RunState.FAILED, "Arrêté à la demande.")
        assert not one.tandems.exists()


def test_an_unexpected_error_stops_the_run_with_a_sentence_and_the_next_one_is_computed(place, data_dir):
    broken = run(place, perimeter=Perimeter(rooms=(2, 3)))
    broken.inputs.filter(kind="offres").update(content="")
    good = run(place)

    assert computing.work_through(None, lambda: NOW) == 2

    broken.refresh_from_db()
    good.refresh_from_db()
    assert broken.state == RunState.FAILED
    assert broken.failure
    assert good.state == RunState.COMPUTED


def test_a_perimeter_narrows_what_is_frozen(place):
    made = run(place, perimeter=Perimeter(rooms=(2,), candidates="scheme"))

    everything = run(place)
    assert 0 < made.inputs.get(kind="logements").rows < everything.inputs.get(kind="logements").rows
    assert 0 < made.inputs.get(kind="menages").rows < everything.inputs.get(kind="menages").rows
    assert made.inputs_hash != everything.inputs_hash


def test_a_perimeter_without_anything_is_refused(place):
    with pytest.raises(Refused, match="aucun logement libre"):
        run(place, perimeter=Perimeter(communes=("75056",)))


def test_the_preview_says_what_is_missing(place):
    seen = services.preview(perimeter=Perimeter(), on=NOW.date().replace(year=2030), feeds=[place.feed], by=place.lead)

    assert seen.sizes["menages"] == 40
    assert not seen.blocking
    assert any("accord" in notice for notice in seen.notices)
    assert any("Aucun horaire choisi ne couvre" in notice for notice in seen.notices)


def test_frozen_files_do_not_change_with_the_order_of_the_records(place):
    one = snapshot.freeze(place.lead, Perimeter())
    other = snapshot.freeze(place.lead, Perimeter())

    assert one.files == other.files
    assert snapshot.changes_since(run(place), one) == {}
