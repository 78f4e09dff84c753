"""
What is prepared on the other core while this process makes the database: a newcomer waits for the longest of the two.

Nothing here is needed for the rest to be right: what was not prepared is made when it is wanted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from untoit.core.errors import UnusableInput

if TYPE_CHECKING:
    from untoit.core.budget import BudgetWorker

NETWORK = "reseau_demo.zip"
COMPILED = "horaires-compiles"


class Ahead:
    """
    A process for the styles; for a demonstration to be loaded, also its timetable and the simulation of budgets.

    Use it as a context manager; whoever fills the demonstration takes ``worker``.
    """

    def __init__(self, *, demonstration: bool) -> None:
        """Prepare nothing yet; ``demonstration`` says that one will be loaded."""
        self.worker: BudgetWorker | None = None
        self._demonstration = demonstration
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start."""
        wanted = ["demonstration"] if self._demonstration else []
        self._process = subprocess.Popen([sys.executable, "-m", "untoit.config.processes", "ahead", *wanted])
        if self._demonstration:
            from untoit.core.budget import BudgetWorker

            self.worker = BudgetWorker()
            self.worker.start(date.today())
            # What the run needs loads while the database starts, which this process only waits for.
            Thread(target=_load_what_computes, name="ahead", daemon=True).start()
        return self

    def wait(self) -> None:
        """Wait until the styles are there."""
        assert self._process is not None
        if self._process.wait():
            raise UnusableInput("Les feuilles de style n'ont pas pu être préparées dans le dossier de l'application.")

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing behind."""
        self.stop_worker()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()

    def stop_worker(self) -> None:
        """Give back the memory of the simulation: the worker of the background jobs has its own."""
        if self.worker is not None:
            self.worker.close()


def _load_what_computes() -> None:
    with suppress(ImportError):  # it will be said where it is needed
        import untoit.core.pairing.conduct  # noqa: F401 - only to have it loaded


def prepare_network(folder: Path) -> Path:
    """Write the demonstration's timetable in the folder of the installation, and compile it where runs look for it."""
    from untoit.core.demo.network import write_network
    from untoit.core.mobility.network import open_network

    path = folder / NETWORK
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        write_network(draft)
        draft.rename(path)
    open_network([path], cache=folder / COMPILED)
    return path
