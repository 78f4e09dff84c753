"""One run from records to explained tandems, the same for the command line and for the screen."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from untoit.core import parameters
from untoit.core.budget import BudgetWorker
from untoit.core.errors import UnusableInput
from untoit.core.exchange import (
    TANDEM_COLUMNS,
    UNPLACED_COLUMNS,
    Table,
    cross_check,
    read_dwellings,
    read_households,
    read_offers,
    read_persons,
    replacing,
    write_csv,
)
from untoit.core.matching import MatchingProblem, Plan
from untoit.core.mobility.network import Network
from untoit.core.model.problem import RowProblem
from untoit.core.model.run import LeftOut, TandemRow
from untoit.core.pairing import results
from untoit.core.pairing.choices import NO_CHOICES, Choices, options_chosen
from untoit.core.pairing.left_out import left_out
from untoit.core.pairing.records import Records, Settings
from untoit.core.pairing.run import Prepared, Tell, choose, prepare, problem_of
from untoit.core.pairing.tandems import tandem_rows

KINDS = ("menages", "personnes", "logements", "offres")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a run: what was known before the choice, the choice with its proof, its rows, who is left."""

    prepared: Prepared
    problem: MatchingProblem
    plan: Plan
    rows: tuple[TandemRow, ...]
    unplaced: tuple[LeftOut, ...]


def read_files(files: Mapping[str, Path]) -> tuple[Records, list[RowProblem], int]:
    """
    Read the four files, by kind, and return the records, every problem, and how many rows were refused.

    Raises
    ------
    UnusableInput
        When a file cannot be used at all, or has no usable row.
    """
    households, persons = read_households(files["menages"]), read_persons(files["personnes"])
    dwellings, offers = read_dwellings(files["logements"]), read_offers(files["offres"])
    tables: tuple[Table[object], ...] = (households, persons, dwellings, offers)  # type: ignore[assignment]
    for table in tables:
        if not table.rows and table.refused:
            raise UnusableInput(
                f"{table.file} : aucune ligne n'est lisible ({table.problems[0].sentence}) ; lancez « untoit check » "
                "pour la liste complète."
            )
    problems = [problem for table in tables for problem in table.problems]
    crossed = cross_check(households, persons)
    return (
        Records.of(households.rows, persons.rows, dwellings.rows, offers.rows),
        [*problems, *crossed],
        sum(table.refused for table in tables),
    )


def conduct(
    records: Records, network: Network, settings: Settings, worker: BudgetWorker | None, tell: Tell,
    *, choices: Choices = NO_CHOICES, prepared: Prepared | None = None,
) -> Outcome:
    """
    Compute a run.

    Parameters
    ----------
    worker
        Simulates the exact budgets; without one the rows carry the approximate rates.
    choices
        What people imposed or struck out.
    prepared
        What :func:`~untoit.core.pairing.run.prepare` gave for the same records, network and settings: solving again
        with other choices then takes the time of the choice alone.

    Raises
    ------
    UnusableInput
        When what is imposed is not possible, or cannot hold together.
    """
    with parameters.overriding(settings.overrides):
        if prepared is None:
            prepared = prepare(records, network, settings, tell)
        pinned, forbidden = options_chosen(prepared, choices)
        problem = problem_of(prepared, pinned=pinned, forbidden=forbidden)
        plan = choose(problem, settings, tell)
        rows = tandem_rows(prepared, plan, worker, tell)
        tell("Raisons", 0.0)
        return Outcome(prepared, problem, plan, rows, left_out(prepared, plan))


class StepClock:
    """Pass progress on, and measure seconds and peak memory of each stage."""

    def __init__(self, progress: Tell) -> None:
        self._progress = progress
        self._stage: str | None = None
        self._started = time.perf_counter()
        self.seconds: dict[str, float] = {}
        self.peak_mib: dict[str, float] = {}

    def __call__(self, stage: str, fraction: float) -> None:
        """Note the stage; a new name closes the one before."""
        if stage != self._stage:
            self.close()
            self._stage, self._started = stage, time.perf_counter()
        self._progress(stage, fraction)

    def close(self) -> None:
        """Close the stage under way."""
        if self._stage is not None:
            spent = time.perf_counter() - self._started
            self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + spent
            self.peak_mib[self._stage] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            self._started = time.perf_counter()


def write_tandems(path: Path, rows: tuple[TandemRow, ...]) -> None:
    """Write ``tandems.csv``."""
    write_csv(path, TANDEM_COLUMNS, results.tandem_table(rows))


def write_unplaced(path: Path, unplaced: tuple[LeftOut, ...]) -> None:
    """Write ``non_places.csv``."""
    write_csv(path, UNPLACED_COLUMNS, results.unplaced_table(unplaced))


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write ``bilan.json`` or ``certificat.json``."""
    with replacing(path) as stream:
        json.dump(document, stream, ensure_ascii=False, indent=1)
