"""Arrays and facts kept in one file, opened again by memory map: the cache of compiled timetables."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"untoit timetable\n"
ALIGNMENT = 64
Arrays = Mapping[str, NDArray[Any]]


def save(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> None:
    """
    Write arrays, and facts that JSON can hold, to a file that appears whole or not at all.

    A folder that cannot be written, or a full disk, is no error: the cache only saves time.
    """
    layout, blobs, offset = {}, [], 0
    for name, array in arrays.items():
        blob = np.ascontiguousarray(array).tobytes()
        blob += bytes(-len(blob) % ALIGNMENT)
        layout[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset}
        blobs.append(blob)
        offset += len(blob)
    body = b"".join(blobs)
    header = json.dumps({"facts": facts, "arrays": layout}, ensure_ascii=False).encode()
    header += b" " * (-(len(MAGIC) + 16 + len(header)) % ALIGNMENT)
    sizes = len(header).to_bytes(8, "little") + zlib.crc32(body, zlib.crc32(header)).to_bytes(8, "little")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(MAGIC + sizes + header + body)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def load(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
    """Return the arrays and the facts of a file written by :func:`save`; ``None`` when it is absent, cut or damaged."""
    try:
        with path.open("rb") as file:
            # Copy on write: the pages stay shared, and the arrays have the plain type that compiled kernels know.
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):
        return None
    start = len(MAGIC) + 16
    size = int.from_bytes(content[len(MAGIC) : len(MAGIC) + 8], "little")
    checksum = int.from_bytes(content[len(MAGIC) + 8 : start], "little")
    if content[: len(MAGIC)] != MAGIC or zlib.crc32(memoryview(content)[start:]) != checksum:
        return None
    header = json.loads(content[start : start + size])
    arrays: dict[str, NDArray[Any]] = {}
    for name, place in header["arrays"].items():
        count = int(np.prod(place["shape"], dtype=np.int64))
        array = np.frombuffer(content, np.dtype(place["dtype"]), count, start + size + place["offset"])
        arrays[name] = array.reshape(place["shape"])
    return arrays, header["facts"]
