"""The files of a GTFS feed, in a zip or in a folder, read table by table in bounded memory."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO

from untoit.core.errors import UnusableInput

# What is read of a feed; anything else in the zip is neither opened nor hashed.
TABLES = (
    "agency.txt",
    "calendar.txt",
    "calendar_dates.txt",
    "feed_info.txt",
    "frequencies.txt",
    "routes.txt",
    "stop_times.txt",
    "stops.txt",
    "transfers.txt",
    "trips.txt",
)
ROWS_A_CHUNK = 10_000
LONGEST_LINE = 10_000  # characters; a longer one is no row of a timetable, and would fill the memory

# A zip bomb opens thousands of times larger; the most regular timetables open some 20 times larger.
LARGEST_RATIO = 100
LARGEST_TABLE_BYTES = 2 * 2**30  # the stop_times.txt of Île-de-France is under 1 GiB
HARMLESS_BYTES = 10 * 2**20


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read as cp1252 the bytes that are not UTF-8: some producers still export names from a Windows desktop."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("untoit-cp1252", _as_cp1252)


class FeedFiles:
    """
    The tables of one feed; a context manager.

    Raises
    ------
    UnusableInput
        When the path is no feed, or a table cannot be read; the sentence names the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive: zipfile.ZipFile | None = None
        if path.is_dir():
            paths = {file.relative_to(path).as_posix(): file.stat().st_size for file in path.rglob("*.txt")}
        else:
            try:
                self._archive = zipfile.ZipFile(path)
            except FileNotFoundError:
                sentence = f"« {path} » n’existe pas : un fichier GTFS (zip ou dossier) est attendu."
                raise UnusableInput(sentence) from None
            except (OSError, zipfile.BadZipFile) as error:
                raise UnusableInput(f"« {path.name} » ne s’ouvre pas : un fichier GTFS (zip) est attendu.") from error
            paths = {member.filename: member.file_size for member in self._archive.infolist()}
        homes = sorted(
            (PurePosixPath(name).parent for name in paths if PurePosixPath(name).name == "stop_times.txt"),
            key=lambda folder: (len(folder.parts), str(folder)),
        )
        # Mac archives carry ghosts of every file under __MACOSX.
        homes = [folder for folder in homes if "__MACOSX" not in folder.parts]
        folder = homes[0] if homes else PurePosixPath()
        self._members = {name: str(folder / name) for name in TABLES if str(folder / name) in paths}
        try:
            for name in self._members:
                self._check_size(name)
        except UnusableInput:
            self.close()
            raise

    def __enter__(self) -> FeedFiles:
        """Return the feed itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the zip."""
        self.close()

    def close(self) -> None:
        """Close the zip."""
        if self._archive is not None:
            self._archive.close()

    def __contains__(self, table: str) -> bool:
        """Whether the feed has that table."""
        return table in self._members

    def digest(self) -> str:
        """Return the SHA-256 of the content: of the zip as it is, or of the tables of a folder."""
        digest = hashlib.sha256()
        if self._archive is not None:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        for name in sorted(self._members):
            with self._open(name) as table:
                digest.update(f"{name}\n".encode())
                while block := table.read(2**20):
                    digest.update(block)
        return digest.hexdigest()

    def rows(self, table: str, columns: Sequence[str], required: Sequence[str] = ()) -> Iterator[tuple[str, ...]]:
        """Yield the rows of a small table, stripped, one value for each column asked for; see :meth:`chunks`."""
        for chunk in self.chunks(table, columns, required):
            for row in zip(*chunk, strict=True):
                yield tuple(value.strip() for value in row)

    def chunks(self, table: str, columns: Sequence[str], required: Sequence[str] = ()) -> Iterator[list[list[str]]]:
        """
        Yield a table by chunks of rows, each a list of values for each column asked for.

        A column that the feed does not have is blank; a table that it does not have yields nothing.

        Raises
        ------
        UnusableInput
            When a required column is missing or the text is no CSV.
        """
        if table not in self:
            return
        try:
            with self._open(table) as raw:
                text = io.TextIOWrapper(raw, encoding="utf-8-sig", errors="untoit-cp1252", newline="")
                reader = csv.reader(_lines(text), skipinitialspace=True)
                header = [name.strip().lower() for name in next(reader, [])]
                if missing := [name for name in required if name not in header]:
                    raise UnusableInput(
                        f"« {self.path.name} », {table} : colonne « {missing[0]} » absente ; "
                        f"ce n’est pas un fichier GTFS complet."
                    )
                places = [header.index(name) if name in header else None for name in columns]
                while chunk := list(itertools.islice(reader, ROWS_A_CHUNK)):
                    yield [_column(chunk, place) for place in places]
        except (csv.Error, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            # RuntimeError: an encrypted member, or a compression that Python does not know.
            raise UnusableInput(f"« {self.path.name} », {table} : fichier illisible ou abîmé.") from error

    def _open(self, table: str) -> IO[bytes]:
        member = self._members[table]
        if self._archive is not None:
            return self._archive.open(member)
        return (self.path / member).open("rb")

    def _check_size(self, table: str) -> None:
        if self._archive is None:
            return
        member = self._archive.getinfo(self._members[table])
        bomb = member.file_size > HARMLESS_BYTES and member.file_size > LARGEST_RATIO * member.compress_size
        if bomb or member.file_size > LARGEST_TABLE_BYTES:
            raise UnusableInput(
                f"« {self.path.name} », {table} : {member.file_size // 2**20} Mio une fois décompressé, "
                f"c’est anormal ; le fichier n’est pas ouvert."
            )


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise csv.Error("endless line")
        yield line


def _column(chunk: list[list[str]], place: int | None) -> list[str]:
    """Return one column of the rows that are not blank lines; a row cut short is blank where it stops."""
    if place is None:
        return [""] * sum(1 for row in chunk if row)
    try:
        return [row[place] for row in chunk if row]
    except IndexError:
        return [row[place] if place < len(row) else "" for row in chunk if row]
