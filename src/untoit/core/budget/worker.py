"""The long-lived worker that simulates budgets, seen from the process that needs it, which never loads OpenFisca."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from untoit.core.budget.cases import AmountsKnown, Budget, BudgetCase, JobStart
from untoit.core.budget.composition import compose
from untoit.core.budget.situation import first_month, jobs_by_adult
from untoit.core.errors import WorkerFailed
from untoit.core.model.dwelling import Dwelling, Funding
from untoit.core.model.household import Household
from untoit.core.model.place import Position
from untoit.core.territory.communes import apl_zone_of

CASES_A_MESSAGE = 1000

Progress = Callable[[int, int], None]


class BudgetWorker:
    """
    A worker process that keeps OpenFisca-France in memory and answers batches of budgets.

    Use it as a context manager, or ``close`` it at the end; call ``start`` early, so that it loads while something else
    is computed. A worker that dies is started again once in a call; the second time ``WorkerFailed`` is
    raised.
    """

    def __init__(self, patience_s: float = 300.0) -> None:
        """
        Prepare a worker that is killed when it loads, or answers 1,000 cases, for longer than ``patience_s`` seconds.
        """
        self._patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._known: AmountsKnown | None = None
        self._warming_up = False

    def __enter__(self) -> Self:
        """Give the worker, which starts when it is first needed or told to."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the worker."""
        self.close()

    def start(self, on: date | None = None) -> None:
        """
        Start loading and return at once; a worker that runs already is left as it is.

        With ``on``, the worker also works through one empty case of that month, so that the amounts of the months are
        ready.
        """
        if self._process is not None:
            return
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process = subprocess.Popen(
            [sys.executable, "-m", "untoit.core.budget.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )
        self._warming_up = on is not None
        if on is not None:
            self._send([_anybody(on)])

    def simulate(self, cases: Sequence[BudgetCase], progress: Progress | None = None) -> list[Budget]:
        """
        Return the estimated budget of every case, in the same order.

        ``progress`` is called with the number of cases done and their total.

        Raises
        ------
        UnknownSituation
            When the housing benefit zone of a dwelling is not known.
        WorkerFailed
            When the worker died twice, or could not simulate a case.
        """
        for case in cases:  # what is wrong in a case is said here, not by the worker
            jobs_by_adult(case)
            apl_zone_of(case.dwelling)
        # Cases hired in the same month share one simulation: neighbours must not be parted.
        order = sorted(range(len(cases)), key=lambda number: first_month(cases[number]))
        budgets: dict[int, Budget] = {}
        for begin in range(0, len(order), CASES_A_MESSAGE):
            numbers = order[begin : begin + CASES_A_MESSAGE]
            amounts, known = self._answer([cases[number] for number in numbers])
            for number, months in zip(numbers, amounts.tolist(), strict=True):
                budgets[number] = compose(cases[number], months, known)
            if progress is not None:
                progress(len(budgets), len(cases))
        return [budgets[number] for number in range(len(cases))]

    def close(self) -> None:
        """Stop the worker; it may be started again."""
        if self._process is None:
            return
        process, self._process, self._known = self._process, None, None
        process.kill()
        for pipe in (process.stdin, process.stdout, self._complaints):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was not sent to a dead worker
                    pipe.close()
        process.wait()

    def kill(self) -> None:
        """Stop the worker from another thread; a batch under way then starts it again or fails."""
        if self._process is not None:
            self._process.kill()

    def _answer(self, cases: list[BudgetCase]) -> tuple[NDArray[np.int64], AmountsKnown]:
        try:
            return self._exchange(cases)
        except (EOFError, OSError, pickle.UnpicklingError):
            self.close()
        try:
            return self._exchange(cases)
        except (EOFError, OSError, pickle.UnpicklingError):
            complaint = self._last_complaint()
            self.close()
            raise WorkerFailed(
                f"Le calcul des budgets (OpenFisca) s'est arrêté deux fois sans répondre{complaint}."
            ) from None

    def _exchange(self, cases: list[BudgetCase]) -> tuple[NDArray[np.int64], AmountsKnown]:
        self.start()
        if self._known is None:
            known = self._receive()
            assert isinstance(known, AmountsKnown)
            self._known = known
        if self._warming_up:
            self._receive()
            self._warming_up = False
        self._send(cases)
        answer = self._receive()
        if isinstance(answer, str):
            raise WorkerFailed(f"Le calcul des budgets (OpenFisca) a échoué : {answer}")
        assert isinstance(answer, np.ndarray)
        return answer, self._known

    def _send(self, message: object) -> None:
        assert self._process is not None and self._process.stdin is not None
        pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process is not None and self._process.stdout is not None
        timer = Timer(self._patience_s, self._process.kill)
        timer.start()
        try:
            return pickle.load(self._process.stdout)
        finally:
            timer.cancel()

    def _last_complaint(self) -> str:
        if self._complaints is None:
            return ""
        self._complaints.seek(0)
        lines = self._complaints.read().decode("utf-8", "replace").strip().splitlines()
        return f" ({lines[-1]})" if lines else ""


def _anybody(on: date) -> BudgetCase:
    """Return the plainest case that touches every amount of the months after a date."""
    household = Household("", on, (30,), Decimal(0))
    nowhere, amount = Position(0, 0), Decimal(300)
    dwelling = Dwelling("", "", "", nowhere, 1, Decimal(20), amount, amount, Funding.PLUS, on, apl_zone=2)
    return BudgetCase(household, dwelling, (JobStart(Decimal(1800), on, Decimal(35)),), on)
