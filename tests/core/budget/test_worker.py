"""The worker process: answers in order, alone or in a batch, silent, started again when it dies."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.factories.budget import sample_cases
from tests.factories.people import dwelling, household

from untoit.core.budget import BudgetCase, BudgetWorker, JobStart
from untoit.core.errors import UnknownSituation, WorkerFailed

AUTUMN_2026 = date(2026, 11, 1)


def test_importing_the_engine_does_not_load_openfisca():
    script = (
        "import sys, untoit.core.budget, untoit.core.budget.approximate; "
        "print([name for name in sys.modules if name.startswith('openfisca')])"
    )

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


def test_a_worker_closed_while_it_loads_can_be_closed_again_and_started_again():
    worker = BudgetWorker()

    worker.start(AUTUMN_2026)
    worker.close()
    worker.close()

    assert worker.simulate([]) == []
    worker.close()


def test_a_batch_answers_each_case_as_if_it_were_alone(worker):
    # Different months, so that one message holds several simulations, and in no order.
    cases = [
        case
        for on in (date(2026, 3, 1), AUTUMN_2026, date(2025, 12, 1))
        for case in sample_cases(4, seed=on.month, on=on)
    ]
    shuffled = cases[::2] + cases[1::2]

    together = worker.simulate(shuffled)

    assert together == [worker.simulate([case])[0] for case in shuffled]


def test_progress_ends_with_the_number_of_cases(worker):
    told = []

    worker.simulate(sample_cases(3, seed=1, on=AUTUMN_2026), lambda done, total: told.append((done, total)))

    assert told[-1] == (3, 3)


def test_no_case_is_no_budget(worker):
    assert worker.simulate([]) == []


def test_an_unknown_zone_goes_to_a_person(worker):
    nowhere = replace(sample_cases(1, seed=1, on=AUTUMN_2026)[0], dwelling=dwelling(commune="99999"))

    with pytest.raises(UnknownSituation, match="zone APL"):
        worker.simulate([nowhere])


@pytest.mark.parametrize("adults", [(0, 0), (1,)])
def test_a_job_belongs_to_one_adult_of_the_household(worker, adults):
    jobs = tuple(JobStart(Decimal(1900), AUTUMN_2026, Decimal(35), adult) for adult in adults)

    with pytest.raises(ValueError, match="one job an adult"):
        worker.simulate([BudgetCase(household(), dwelling(), jobs, AUTUMN_2026)])


def test_a_worker_that_dies_is_started_again_without_noise(worker, capfd):
    case = sample_cases(1, seed=1, on=AUTUMN_2026)
    first = worker.simulate(case)
    worker.kill()

    second = worker.simulate(case)

    assert second == first
    assert capfd.readouterr() == ("", "")


def test_a_worker_that_never_answers_in_time_fails_with_a_sentence():
    with BudgetWorker(patience_s=0.01) as slow, pytest.raises(WorkerFailed, match="deux fois"):
        slow.simulate(sample_cases(1, seed=1, on=AUTUMN_2026))
