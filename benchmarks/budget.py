"""
Budgets: start of the worker, exact simulations by size of batch, approximations a second, and the error of the latter.

Run with ``python -m benchmarks.budget`` from the root of the project.
"""

import time
from datetime import date

import numpy as np
from benchmarks.bench import machine, measure
from tests.factories.budget import sample_cases

from untoit.core.budget import BudgetWorker, net_from_gross
from untoit.core.budget.approximate import UNKNOWN, approximate_budgets

ON = date(2026, 11, 1)
PAIRS = 4_000_000


def main() -> None:
    """Print the machine, the times and the table of errors."""
    print(machine())
    cases = sample_cases(2000, seed=20261123, on=ON)
    with BudgetWorker() as worker:
        started = time.perf_counter()
        worker.start(ON)
        returned = time.perf_counter() - started
        worker.simulate(cases[:1])
        answered = time.perf_counter() - started
        print(f"worker: start() returns in {1000 * returned:.1f} ms, first answer after {answered:.1f} s")
        for size in (1, 100, 2000):
            chosen = cases[:size]
            # One millisecond a case is the aim for the batches that a run makes.
            measure("exact simulation", f"{size} cases", lambda chosen=chosen: worker.simulate(chosen),
                    target_s=2.0 if size == 2000 else None)
        exact = worker.simulate(cases)

    households, dwellings = [case.household for case in cases], [case.dwelling for case in cases]
    dice = np.random.default_rng(0)
    household, dwelling = (dice.integers(0, len(cases), PAIRS).astype(np.int32) for _ in range(2))
    wages = dice.integers(80_000, 250_000, PAIRS)
    measure("approximation", f"{PAIRS:,} pairs of {len(cases)} households",
            lambda: approximate_budgets(households, dwellings, household, dwelling, wages, ON))

    rows = np.arange(len(cases), dtype=np.int32)
    pay = [np.array([sum(round(100 * float(net_from_gross(job.gross_monthly_eur, ON))) for job in case.jobs[n : n + 1])
                     for case in cases]) for n in (0, 1)]
    estimates = approximate_budgets(households, dwellings, rows, rows, pay[0], ON, pay[1])
    print(f"{'absolute error on ' + str(len(cases)) + ' seeded cases':<44} {'median':>8} {'p95':>8} {'max':>8}")
    for label, name, scale, value in (
        ("effort rate, points of %", "effort", 10, lambda month: month.effort_rate and 100 * month.effort_rate),
        ("residual income, euros/day/UC", "residual", 100, lambda month: month.residual_income_day_uc),
        ("housing benefit, euros/month", "housing_benefit", 100, lambda month: month.housing_benefit),
    ):
        for when, months in (("before", [b.before for b in exact]), ("after", [b.after[-1] for b in exact])):
            estimated = getattr(estimates, f"{name}_{when}")
            errors = [abs(int(e) / scale - float(value(m)))
                      for e, m in zip(estimated, months, strict=True) if e != UNKNOWN]
            figures = np.median(errors), np.percentile(errors, 95), max(errors)
            print(f"{label + ', ' + when:<44}" + "".join(f" {figure:8.2f}" for figure in figures))


if __name__ == "__main__":
    main()
