"""Progress on stderr: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

SECONDS_BETWEEN_LINES = 3.0


class Progress:
    """
    Tell on stderr how far a long command is; call the object with the stage in French and a fraction from 0 to 1.

    Nothing is printed for a command that ends before the first line is due, unless stderr is a terminal.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._last_line = time.monotonic()
        self._bar: object | None = None

    def __enter__(self) -> Progress:
        """Open the bar when stderr is a terminal."""
        if self._terminal:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as RichProgress

            self._bar = RichProgress(
                TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(), console=Console(file=self._stream), transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=1.0)
        return self

    def __call__(self, stage: str, fraction: float) -> None:
        """Show the stage and its fraction done."""
        if self._bar is not None:
            self._bar.update(self._task, description=stage, completed=fraction)  # type: ignore[attr-defined]
        elif time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = time.monotonic()
            self._stream.write(f"{stage} : {fraction * 100:.0f} %\n")
            self._stream.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the bar."""
        if self._bar is not None:
            self._bar.stop()  # type: ignore[attr-defined]
