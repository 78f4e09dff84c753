"""
Any tabular file as headers and rows of cells: CSV in its usual encodings and separators, XLSX, ODS.

Everything is bounded: a file, a line, a number of rows or of columns beyond what partners ever send is refused in one
sentence before it costs memory.
"""

import codecs
import csv
import re
import stat
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from untoit.core.errors import UnusableInput
from untoit.core.exchange.cells import Cell, Unreadable, clean, is_blank
from untoit.core.exchange.workbooks import Workbook

LARGEST_CSV = 100 * 2**20
LONGEST_LINE = 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 256

# In order of preference, when a line of headers holds as many of each.
_SEPARATORS = (";", "\t", ",")
_SEPARATOR_HINT = re.compile(r"sep=(.)\s*")
_CHUNK = 2**20
_SAVE_AS = "L'enregistrer en CSV UTF-8, .xlsx ou .ods."
# Opening bytes of files that are often sent instead of a table.
_OTHER_FORMATS = (
    (b"%PDF", "un document PDF"),
    (b"\xd0\xcf\x11\xe0", "un ancien classeur .xls ou un classeur protégé par un mot de passe"),
    (b"\x1f\x8b", "un fichier compressé"),
    (b"Rar!", "un fichier compressé"),
    (b"7z\xbc\xaf", "un fichier compressé"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"\xff\xfe", "encodé en UTF-16"),
    (b"\xfe\xff", "encodé en UTF-16"),
    (b"{\\rtf", "un document RTF"),
    (b"{", "un fichier JSON"),
    (b"[", "un fichier JSON"),
    (b"<", "une page HTML ou un fichier XML"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    A table as it stands in a file.

    ``rows`` gives each row that is not blank with its line number, or why the row could not be cut into cells; it can
    be gone through once. ``notices`` are phrases about the whole file.
    """

    file: str
    headers: tuple[str, ...]
    header_line: int
    rows: Iterator[tuple[int, list[Cell] | Unreadable]]
    notices: tuple[str, ...] = ()


def file_name(path: Path) -> str:
    """Return the name of a file as a sentence may show it, whatever bytes it is made of."""
    return clean(path.name.encode("utf-8", "replace").decode()) or str(path)


def opening_bytes(path: Path) -> bytes:
    """
    Return the first bytes of an ordinary file, without its UTF-8 mark and leading blanks.

    Raises
    ------
    UnusableInput
        When it is absent, empty, a folder, a device, or cannot be read.
    """
    name = file_name(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnusableInput(f"{name} : c'est un dossier. Attendu : un fichier CSV, .xlsx ou .ods.")
        if not stat.S_ISREG(mode):
            # A pipe or a device may never end.
            raise UnusableInput(f"{name} : ce n'est pas un fichier ordinaire. Attendu : un fichier CSV, .xlsx ou .ods.")
        with path.open("rb") as stream:
            start = stream.read(4096)
    except FileNotFoundError:
        raise UnusableInput(f"{name} : fichier introuvable.") from None
    except PermissionError:
        raise UnusableInput(f"{name} : lecture refusée, les droits d'accès manquent.") from None
    except (OSError, ValueError):
        raise UnusableInput(f"{name} : fichier illisible.") from None
    start = start.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    if not start:
        raise UnusableInput(f"{name} : le fichier est vide. Attendu : une première ligne d'en-têtes.")
    return start


def open_sheet(path: Path, wanted: Container[str] = ()) -> Sheet:
    """
    Return the table that a file holds; in a workbook, the first sheet whose name is ``wanted``, or the first one.

    Raises
    ------
    UnusableInput
        With one sentence, when the file holds no table that can be read within the limits.
    """
    start = opening_bytes(path)
    name = file_name(path)
    if start.startswith(b"PK"):
        book = Workbook(path, name, wanted)
        notices = []
        if book.others:
            notices.append(f"seule la feuille « {clean(book.name)} » est lue, pas « {clean(book.others[0])} »"
                           + (" et les suivantes." if len(book.others) > 1 else "."))
        if book.error_cells:
            notices.append(f"{counted(book.error_cells, 'case en erreur', 'cases en erreur')} (#N/A, #DIV/0!…) dans le "
                           "classeur : lues comme vides.")
        return _sheet(name, book.rows(), tuple(notices))
    for magic, what in _OTHER_FORMATS:
        if start.startswith(magic):
            raise UnusableInput(f"{name} : le fichier est {what}. {_SAVE_AS}")
    encoding = _encoding(path)
    notices = [] if encoding == "utf-8-sig" else ["le fichier n'est pas en UTF-8, il est lu comme du Windows-1252."]
    return _sheet(name, _csv_rows(path, encoding), tuple(notices))


def counted(count: int, singular: str, plural: str) -> str:
    """Return a number and its noun: ``1 ligne``, ``0 ligne``, ``4 000 lignes``."""
    return f"{count:,}".replace(",", "\u202f") + f" {singular if count < 2 else plural}"


def _sheet(name: str, rows: Iterator[tuple[int, list[Cell] | Unreadable]], notices: tuple[str, ...]) -> Sheet:
    filled = _filled(name, rows)
    line, cells = next(filled, (0, None))
    if cells is None:
        raise UnusableInput(f"{name} : le fichier est vide. Attendu : une première ligne d'en-têtes.")
    if isinstance(cells, Unreadable):
        raise UnusableInput(f"{name}, ligne {line} : la ligne d'en-têtes {cells}.")
    while cells and is_blank(cells[-1]):
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise UnusableInput(
            f"{name} : {counted(len(cells), 'colonne', 'colonnes')}. Attendu : {MOST_COLUMNS} au plus."
        )
    headers = tuple(clean(str(cell)) for cell in cells)
    return Sheet(name, headers, line, _aligned(filled, len(headers)), notices)


def _filled(
    name: str, rows: Iterator[tuple[int, list[Cell] | Unreadable]]
) -> Iterator[tuple[int, list[Cell] | Unreadable]]:
    """Leave out blank rows and stop at the largest number of rows."""
    count = 0
    for line, cells in rows:
        if isinstance(cells, Unreadable) or not all(is_blank(cell) for cell in cells):
            count += 1
            if count > MOST_ROWS:
                raise UnusableInput(
                    f"{name} : plus de {counted(MOST_ROWS, 'ligne', 'lignes')}. Attendu : un fichier plus petit."
                )
            yield line, cells


def _aligned(
    rows: Iterator[tuple[int, list[Cell] | Unreadable]], width: int
) -> Iterator[tuple[int, list[Cell] | Unreadable]]:
    """Refuse a row that has not one cell a header: a lost separator would shift every value that follows."""
    for line, cells in rows:
        if not isinstance(cells, Unreadable):
            while len(cells) > width and is_blank(cells[-1]):
                cells.pop()
            if len(cells) != width:
                cells = Unreadable(
                    f"compte {counted(len(cells), 'case', 'cases')} pour {counted(width, 'en-tête', 'en-têtes')}. "
                    "Attendu : autant de séparateurs que dans la ligne d'en-têtes",
                    tuple(cells),
                )
        yield line, cells


# --- CSV ------------------------------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, with or without mark, else Windows-1252."""
    name = file_name(path)
    if path.stat().st_size > LARGEST_CSV:
        raise UnusableInput(f"{name} : fichier trop volumineux. Attendu : {LARGEST_CSV // 2**20} Mio au plus.")
    decoders = {encoding: codecs.getincrementaldecoder(encoding)() for encoding in ("utf-8-sig", "cp1252")}
    chunk = b"-"
    with path.open("rb") as stream:
        while chunk:
            chunk = stream.read(_CHUNK)
            if b"\x00" in chunk:
                raise UnusableInput(f"{name} : ce n'est pas un fichier texte. {_SAVE_AS}")
            for encoding, decoder in list(decoders.items()):
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError:
                    del decoders[encoding]
    if not decoders:
        raise UnusableInput(f"{name} : l'encodage du texte n'est pas reconnu. {_SAVE_AS}")
    return next(iter(decoders))


def _csv_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[Cell] | Unreadable]]:
    """Yield each row with the number of its first line in the file, from 1."""
    with path.open(encoding=encoding, newline="") as stream:
        lines = _bounded_lines(stream, file_name(path))
        before, separator = 0, None
        for header in lines:
            hint = _SEPARATOR_HINT.fullmatch(header)
            if hint is not None:
                separator = hint[1]
            elif header.strip():
                break
            before += 1
        else:
            return
        reader = csv.reader(chain([header], lines), delimiter=separator or _separator(header), strict=True)
        while True:
            line = before + reader.line_num + 1
            try:
                yield line, [*next(reader)]
            except StopIteration:
                return
            except csv.Error:
                last = before + reader.line_num
                yield line, Unreadable(
                    "a un guillemet mal placé. Attendu : des guillemets autour de toute la case, doublés à l'intérieur"
                    if last == line else
                    f"a un guillemet qui n'est pas refermé, et tout est perdu jusqu'à la ligne {last}. "
                    "Attendu : un guillemet fermant"
                )


def _separator(header: str) -> str:
    """Return the separator that cuts the headers most often, ``;`` when none does."""
    outside_quotes = re.sub('"[^"]*"', "", header)
    return max(_SEPARATORS, key=outside_quotes.count)


def _bounded_lines(stream: TextIO, name: str) -> Iterator[str]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise UnusableInput(f"{name}, ligne {number} : la ligne est trop longue pour un tableau. {_SAVE_AS}")
        yield line
