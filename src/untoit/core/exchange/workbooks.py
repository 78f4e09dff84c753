"""
XLSX and ODS workbooks, opened in bounded time and memory.

A workbook is a zip of XML. A hostile one unpacks to gigabytes, puts one cell in the last row and the last column of the
sheet, or repeats one long text a million times; the library that reads cells would then stop the whole process. So the
parts that matter are unpacked here under a limit, measured with a streaming parser, and handed over in a fresh archive:
what was measured is exactly what is read.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from xml.parsers import expat

from untoit.core.errors import UnusableInput
from untoit.core.exchange.cells import Cell, folded

LARGEST_PACKED = 25 * 2**20
LARGEST_UNPACKED = 120 * 2**20
MOST_CELLS = 3_000_000
_LARGEST_TEXT = 120 * 2**20

_XLSX_PARTS = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedStrings|styles)\.xml|xl/_rels/workbook\.xml\.rels"
    r"|xl/worksheets/[^/]+\.xml", re.IGNORECASE,
)
_ODS_PARTS = re.compile(r"mimetype|content\.xml|styles\.xml|META-INF/manifest\.xml")
_CELL_REFERENCE = re.compile(r"([A-Z]{1,4})([0-9]{1,8})")
_UNREADABLE = (
    "le classeur est abîmé ou protégé par un mot de passe. L'ouvrir, puis l'enregistrer en .xlsx, .ods ou CSV."
)
_TOO_LARGE = "le classeur est trop volumineux une fois déplié. Attendu : une feuille d'au plus 100 000 lignes."


class Workbook:
    """One sheet of a checked workbook: its name, those of the other sheets, and its rows with their line numbers."""

    def __init__(self, path: Path, file: str, wanted: Container[str]) -> None:
        """
        Check a workbook and choose its sheet: the first called one of ``wanted``, otherwise the first visible.

        ``file`` is its name as sentences show it.

        Raises
        ------
        UnusableInput
            When it is damaged, protected, no workbook, or larger than the limits.
        """
        # Imported here: a command that reads CSV files only should not wait for it.
        from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

        packed, self.error_cells = _checked(path, file)
        try:
            book = CalamineWorkbook.from_filelike(packed)
            visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible is SheetVisibleEnum.Visible]
            names = visible or book.sheet_names
            self.name = next((name for name in names if folded(name) in wanted), names[0])
            self.others = tuple(name for name in names if name != self.name)
            self._sheet = book.get_sheet_by_name(self.name)
        except (CalamineError, IndexError, ValueError) as refusal:
            raise UnusableInput(f"{file} : {_UNREADABLE}") from refusal

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Yield each row with its number in the sheet, from 1."""
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            yield number, list(row)


class _TooLarge(Exception):
    """A limit was passed while a workbook was measured."""


def _checked(path: Path, file: str) -> tuple[io.BytesIO, int]:
    """Return the useful parts of a workbook, unpacked under the limits, and how many of its cells hold an error."""
    if path.stat().st_size > LARGEST_PACKED:
        raise UnusableInput(f"{file} : {_TOO_LARGE}")
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w") as checked:
            names = {info.filename for info in source.infolist()}
            is_ods = "content.xml" in names
            wanted = _ODS_PARTS if is_ods else _XLSX_PARTS
            parts = [info for info in source.infolist() if wanted.fullmatch(info.filename)]
            if not is_ods and not any(name.casefold() == "xl/workbook.xml" for name in names):
                raise UnusableInput(f"{file} : cette archive n'est pas un classeur. Attendu : .xlsx, .ods ou CSV.")
            if sum(info.file_size for info in parts) > LARGEST_UNPACKED:
                raise _TooLarge
            scan = _OdsScan() if is_ods else _XlsxScan()
            # Shared strings first: the cells of the sheets point to them.
            for info in sorted(parts, key=lambda part: not part.filename.casefold().endswith("sharedstrings.xml")):
                # Other methods may ask for gigabytes to unpack, and no spreadsheet program uses them.
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise zipfile.BadZipFile(info.filename)
                content = source.read(info)
                scan.measure(info.filename, content)
                checked.writestr(info.filename, content)
    except _TooLarge:
        raise UnusableInput(f"{file} : {_TOO_LARGE}") from None
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError, NotImplementedError, ValueError,
            OSError) as refusal:
        raise UnusableInput(f"{file} : {_UNREADABLE}") from refusal
    packed.seek(0)
    return packed, scan.error_cells


def _parse(content: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None,
           characters: Callable[[str], None] | None = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_doctype(*_: object) -> None:
        raise ValueError("a workbook declares no document type, and an entity may unfold without end")

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = characters
    parser.Parse(content, True)


class _XlsxScan:
    """Size of what the sheets of an XLSX workbook hold: the block of cells from A1, and the text of its strings."""

    def __init__(self) -> None:
        self.error_cells = 0
        self._lengths: list[int] = []
        self._text = 0

    def measure(self, name: str, content: bytes) -> None:
        if name.casefold().endswith("sharedstrings.xml"):
            self._measure_strings(content)
        elif "/worksheets/" in name.casefold():
            self._measure_sheet(content)

    def _measure_strings(self, content: bytes) -> None:
        lengths = self._lengths

        def start(tag: str, _: dict[str, str]) -> None:
            if tag == "si":
                lengths.append(0)
                if len(lengths) > MOST_CELLS:
                    raise _TooLarge

        def characters(text: str) -> None:
            if lengths:
                lengths[-1] += len(text)

        _parse(content, start, characters=characters)

    def _measure_sheet(self, content: bytes) -> None:
        row = column = last_row = last_column = 0
        shared: list[str] | None = None

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal row, column, last_row, last_column, shared
            if tag == "c":
                column += 1
                reference = _CELL_REFERENCE.fullmatch(attributes["r"].upper()) if "r" in attributes else None
                if reference is not None:
                    column, row = _column_number(reference[1]), int(reference[2])
                elif "r" in attributes:
                    raise ValueError("not a cell reference")
                shared = [] if attributes.get("t") == "s" else None
                self.error_cells += attributes.get("t") == "e"
            elif tag in ("v", "is", "f"):
                last_row, last_column = max(last_row, row), max(last_column, column)
                if last_row * last_column > MOST_CELLS:
                    raise _TooLarge
            elif tag == "row":
                row, column = int(attributes.get("r", row + 1)), 0

        def characters(text: str) -> None:
            if shared is not None:
                shared.append(text)

        def end(tag: str) -> None:
            nonlocal shared
            if tag == "c" and shared:
                index = int("".join(shared))
                if not 0 <= index < len(self._lengths):
                    raise ValueError("no such string")
                self._text += self._lengths[index]
                shared = None
                if self._text > _LARGEST_TEXT:
                    raise _TooLarge

        _parse(content, start, end, characters)


class _OdsScan:
    """Size of what the tables of an ODS workbook hold, repeated rows and cells unrolled."""

    def __init__(self) -> None:
        self.error_cells = 0
        self._cells = 0
        self._text = 0

    def measure(self, name: str, content: bytes) -> None:
        if name != "content.xml":
            return
        rows = column = row_repeat = repeat = length = table_columns = row_text = 0
        filled = row_filled = in_cell = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal rows, column, row_repeat, repeat, length, table_columns, row_text, filled, row_filled, in_cell
            if tag in ("table-cell", "covered-table-cell"):
                repeat = int(attributes.get("table:number-columns-repeated", 1))
                filled, length, in_cell = "office:value-type" in attributes, 0, True
                self.error_cells += attributes.get("calcext:value-type") == "error"
            elif tag == "table-row":
                row_repeat = int(attributes.get("table:number-rows-repeated", 1))
                column, row_filled, row_text = 0, False, 0
            elif tag == "table":
                rows = table_columns = 0

        def characters(text: str) -> None:
            nonlocal length, filled
            if in_cell:
                length += len(text)
                filled = filled or not text.isspace()

        def end(tag: str) -> None:
            nonlocal rows, column, table_columns, row_text, row_filled, in_cell
            if tag in ("table-cell", "covered-table-cell"):
                column += repeat
                in_cell = False
                if filled:
                    row_filled, table_columns = True, max(table_columns, column)
                    row_text += length * repeat
            elif tag == "table-row":
                rows += row_repeat
                if row_filled:
                    self._text += row_text * row_repeat
                    if self._cells + rows * table_columns > MOST_CELLS or self._text > _LARGEST_TEXT:
                        raise _TooLarge
            elif tag == "table":
                self._cells += min(rows * table_columns, MOST_CELLS)

        _parse(content, start, end, characters)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number
