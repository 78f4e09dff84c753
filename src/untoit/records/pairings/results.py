"""What a run leaves in the database: its tables, its tandems with their snapshot, and who is left out."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Model

from untoit.core.errors import UnusableInput
from untoit.core.model.run import TandemRow
from untoit.core.pairing import results
from untoit.core.pairing.conduct import Outcome, StepClock
from untoit.core.pairing.extras import extras_of_run
from untoit.core.pairing.report import report_of
from untoit.records.applicants.models import Household, Person
from untoit.records.jobs.models import Offer
from untoit.records.pairings import codec
from untoit.records.pairings.choices import marks_of
from untoit.records.pairings.models import Run, Tandem, TandemJob, Unplaced
from untoit.records.pairings.snapshot import Keys
from untoit.records.stock.models import Vacancy

_MILLIONTH = Decimal("0.000001")


def tables(outcome: Outcome, clock: StepClock, *, fictitious: bool, refused: int) -> dict[str, Any]:
    """Return what the page of the run shows, as JSON."""
    report = report_of(outcome.prepared, outcome.plan, outcome.rows, outcome.unplaced, clock.seconds, fictitious)
    return {
        "bilan": results.balance(
            outcome.prepared, outcome.plan, outcome.rows, outcome.unplaced, clock.seconds, clock.peak_mib
        ),
        "sizes": report.sizes,
        "funnel": [codec.dump_step(step) for step in report.funnel],
        "quotas": [codec.dump_quota(line) for line in report.quotas],
        "households_placed": report.households_placed,
        "expected_double_successes": str(report.expected_double_successes),
        "proof": report.proof,
        "probability_source": report.probability_source,
        "network_label": report.network_label,
        "network_valid_from": report.network_valid_from.isoformat(),
        "network_valid_until": report.network_valid_until.isoformat(),
        "network_lines": [codec.dump_line(line) for line in report.network_lines],
        "place_names": report.place_names,
        "notices": list(report.notices),
        "seconds": {stage: round(value, 3) for stage, value in clock.seconds.items()},
        "versions": report.versions,
        "refused": refused,
    }


def certificate(outcome: Outcome) -> dict[str, object]:
    """Return the certificate of the run."""
    return results.certificate_document(outcome.prepared, outcome.problem, outcome.plan)


def write(run: Run, outcome: Outcome, keys: Keys, versions: dict[str, str]) -> None:
    """
    Put the tandems and the households left out of a run in place of those that it may have.

    The transaction is the caller's. What was said of a tandem of the run that this one solves again is said of the same
    tandem here.

    Raises
    ------
    UnusableInput
        When a record was erased while the run was computed.
    """
    _require_all_still_there(keys)
    run.tandems.all().delete()
    run.unplaced.all().delete()
    extras = extras_of_run(outcome.prepared, outcome.plan)
    said = marks_of(run.parent) if run.parent is not None else {}
    tandems, jobs = [], []
    grouped = groupby(sorted(outcome.rows, key=row_key), key=lambda row: row_key(row)[:2])
    for number, ((application_number, reference), some) in enumerate(grouped, 1):
        rows = list(some)
        tandem = Tandem(
            run=run, household_id=UUID(keys["households"][application_number]),
            vacancy_id=UUID(keys["vacancies"][reference]), number=number, rank=rows[0].rank,
            probability=_at_least_one(rows), is_priority=rows[0].is_priority, in_scheme=rows[0].in_scheme,
            snapshot={
                "rows": [codec.dump_tandem(row) for row in rows], "versions": versions,
                "extras": extras.get(application_number, {}),
            },
        )
        mine = [
            TandemJob(
                tandem=tandem, person_id=UUID(keys["persons"][f"{application_number}|{row.person}"]),
                offer_id=UUID(keys["offers"][row.offer.reference]), outward_min=row.outward_min, back_min=row.back_min,
                snapshot=codec.dump_tandem(row),
            )
            for row in rows
        ]
        same = said.get((
            tandem.household_id, tandem.vacancy_id, frozenset((job.person_id, job.offer_id) for job in mine)
        ))
        if same is not None:
            _say_again(tandem, same)
        tandems.append(tandem)
        jobs += mine
    Tandem.objects.bulk_create(tandems, batch_size=500)
    TandemJob.objects.bulk_create(jobs, batch_size=500)
    Unplaced.objects.bulk_create(
        (
            Unplaced(
                run=run, household_id=UUID(keys["households"][one.application_number]), stage=one.stage,
                texts=codec.dump_left_out(one), is_priority=one.is_priority,
            )
            for one in outcome.unplaced
        ),
        batch_size=500,
    )


def row_key(row: TandemRow) -> tuple[str, str, int, str]:
    """Return what sorts the rows of a run as ``tandems.csv`` has them."""
    return row.application_number, row.dwelling.reference, row.person, row.offer.reference


def _say_again(tandem: Tandem, same: Tandem) -> None:
    if same.is_forbidden:  # an interdiction that was lifted: to be read afresh
        return
    for name in ("review", "reason_code", "reason", "is_pinned", "reviewed_by_id", "reviewed_at"):
        setattr(tandem, name, getattr(same, name))


def _at_least_one(rows: list[TandemRow]) -> Decimal:
    """Return the chance that at least one job of the household ends in a double success."""
    fails = Decimal(1)
    for row in rows:
        fails *= 1 - row.probability
    return (1 - fails).quantize(_MILLIONTH)


def _require_all_still_there(keys: Keys) -> None:
    models: Iterable[tuple[str, type[Model]]] = (
        ("households", Household), ("persons", Person), ("vacancies", Vacancy), ("offers", Offer)
    )
    for kind, model in models:
        wanted = [UUID(pk) for pk in keys[kind].values()]
        if model._default_manager.filter(pk__in=wanted).count() < len(wanted):
            raise UnusableInput("Une fiche a été effacée pendant le calcul : lancez-en un nouveau.")
