"""The folder of one installation: who holds it, and the keys that it keeps."""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from untoit.core.errors import UnusableInput


class Taken(UnusableInput):
    """Another process holds the lock."""


@contextmanager
def held(lock: Path, *, patience_s: float = 0) -> Iterator[None]:
    """
    Hold this lock file; the system gives it back when the process ends, however it ends.

    Raises
    ------
    Taken
        When another process holds it after ``patience_s`` seconds; the sentence gives its number.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience_s
    # Not inherited by the programs that are started: only this process holds it.
    with lock.open("a+", encoding="ascii") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as busy:
                if time.monotonic() >= deadline:
                    raise Taken(_taken(lock)) from busy
                time.sleep(0.05)
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def _taken(lock: Path) -> str:
    with suppress(OSError):
        holder = lock.read_text("ascii").strip()
        if holder:
            return (
                f"L'application est déjà lancée sur le dossier « {lock.parent} » (processus {holder}). "
                "Arrêtez-la d'abord, ou choisissez un autre dossier avec --data."
            )
    return f"L'application est déjà lancée sur le dossier « {lock.parent} »."


def kept(path: Path, make: Callable[[], str]) -> str:
    """Return the secret of this file, made once, readable by its owner only, even when two start at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(make() + "\n")
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text("ascii").strip()


def new_secret() -> str:
    """Return a new key to sign with."""
    return secrets.token_urlsafe(64)


def new_sealing_key() -> str:
    """Return a new key to encrypt columns with (Fernet)."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
