"""
A gate before the application: the processes load while the demonstration does, and work once that is whole.

A file holds it closed, in the folder of the installation; a process whose supervisor died has ended by itself.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

GATE = "UNTOIT_GATE"
LOOK_EVERY_S = 0.02


class Gate:
    """Closed from the start of the block to its end."""

    def __init__(self, folder: Path) -> None:
        """Close nothing yet."""
        self.folder = folder
        self._file = folder / ".ferme"

    def __enter__(self) -> Self:
        """Close the gate for the processes started from here on."""
        self._file.touch()
        os.environ[GATE] = str(self._file)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Open it."""
        os.environ.pop(GATE, None)
        self._file.unlink(missing_ok=True)


def await_opening() -> None:
    """Wait, in a process started while the gate was closed, until it opens."""
    file = os.environ.get(GATE)
    while file and Path(file).exists():
        time.sleep(LOOK_EVERY_S)
