"""
Where the work of the shards is done: the port that every executor implements, and the two that need nothing installed.

A *task* is ``f(shard, *arguments) -> result``: a function of this package named in :data:`TASKS`, that reads its shard
and its arguments, changes neither, and gives the same answer wherever and however many times it runs. Everything that
travels is numpy arrays and dataclasses of them. An executor owes three things:

* ``run(name, calls)`` yields the results **in the order of the calls**, whatever the order in which they are ready:
  sums of whole numbers, and floating ones in this order, are then the same for any number of workers;
* a call whose worker was lost is made again elsewhere (it is idempotent); an exception raised by the task goes up;
* ``sent`` and ``received`` count the bytes of arguments and results, and of the shards when they are sent.

``calls`` are ``(number of the shard, arguments)``. An engine never keeps anything on a worker but the shards: a worker
that dies takes nothing with it.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from untoit.core.scale.shards import Shard

Call = tuple[int, tuple[Any, ...]]

TASKS = {
    "price": "untoit.core.scale.tasks:price",
    "refine": "untoit.core.scale.tasks:refine",
    "settle": "untoit.core.scale.tasks:settle",
}
"""What a worker may be asked for, by name: a name travels, never code."""

ATTEMPTS = 4
"""Times that the pool of processes is started again before a call that kills its workers is given up."""


class Executor(Protocol):
    """What the engine asks of whoever does the work (see the module)."""

    sent: int
    received: int

    def start(self, shards: Sequence[Shard]) -> None:
        """Make the shards known; called once before any :meth:`run`."""

    def run(self, name: str, calls: Iterable[Call]) -> Iterator[Any]:
        """Yield the result of each call, in order."""

    def stop(self) -> None:
        """Free the workers; also after an exception or Ctrl-C."""


def task(name: str) -> Callable[..., Any]:
    """Return the function of that name."""
    module, _, function = TASKS[name].partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


class Local:
    """
    In this process: one thread, or several (the kernels and HiGHS let go of the interpreter). Nothing travels.
    """

    def __init__(self, workers: int = 1) -> None:
        self.sent = self.received = 0
        self._workers = workers
        self._shards: Sequence[Shard] = ()
        self._threads: ThreadPoolExecutor | None = None

    def start(self, shards: Sequence[Shard]) -> None:
        """Keep the shards; threads start with the first run."""
        self._shards = shards

    def run(self, name: str, calls: Iterable[Call]) -> Iterator[Any]:
        """Yield the result of each call, in order."""
        work = task(name)
        listed = list(calls)
        if self._workers == 1 or len(listed) == 1:
            for number, arguments in listed:
                yield work(self._shards[number], *arguments)
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._workers)
        pending = [self._threads.submit(work, self._shards[number], *arguments) for number, arguments in listed]
        yield from _in_order(pending)

    def stop(self) -> None:
        """Let the threads finish what they began, start nothing else."""
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None


class Processes:
    """
    In other processes of this machine, each of which reads the shards that it needs from a temporary folder.

    A process that dies takes the others of its pool with it: a new pool is started, and the calls not answered are made
    again.
    """

    def __init__(self, workers: int) -> None:
        self.sent = self.received = 0
        self.restarts = 0
        self._workers = workers
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Processes:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Free the workers."""
        self.stop()

    def start(self, shards: Sequence[Shard]) -> None:
        """Write the shards where the workers will read them."""
        self._folder = tempfile.TemporaryDirectory(prefix="untoit-shards-")
        for shard in shards:
            whole = pickle.dumps(shard, protocol=pickle.HIGHEST_PROTOCOL)
            (Path(self._folder.name) / str(shard.number)).write_bytes(whole)
            self.sent += len(whole)

    def run(self, name: str, calls: Iterable[Call]) -> Iterator[Any]:
        """Yield the result of each call, in order, calling again those that a dead worker did not answer."""
        assert self._folder is not None, "start() comes first"
        packed = [(number, pickle.dumps(arguments, protocol=pickle.HIGHEST_PROTOCOL)) for number, arguments in calls]
        self.sent += sum(len(arguments) for _, arguments in packed)
        answered = 0
        for attempt in range(ATTEMPTS):
            if self._pool is None:
                self._pool = ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"))
            try:
                pending = [
                    self._pool.submit(_elsewhere, self._folder.name, name, number, arguments)
                    for number, arguments in packed[answered:]
                ]
                for answer in _in_order(pending):
                    answered += 1
                    self.received += len(answer)
                    yield pickle.loads(answer)  # made by this program, in a process that it started
                return
            except BrokenProcessPool:
                self._pool.shutdown(cancel_futures=True)
                self._pool = None
                self.restarts += 1
                if attempt == ATTEMPTS - 1:
                    raise

    def stop(self) -> None:
        """End the workers and remove the folder of the shards."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _in_order(pending: Sequence[Future[Any]]) -> Iterator[Any]:
    """Yield the results in order; whoever stops listening cancels what has not begun."""
    try:
        for future in pending:
            yield future.result()
    finally:
        for future in pending:
            future.cancel()


_known: dict[str, Shard] = {}


def _elsewhere(folder: str, name: str, number: int, arguments: bytes) -> bytes:
    """Do one call in a worker process, with the shard read once."""
    place = str(Path(folder) / str(number))
    if place not in _known:
        _known[place] = pickle.loads(Path(place).read_bytes())  # written by the process that started this one
    answer = task(name)(_known[place], *pickle.loads(arguments))
    return pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
