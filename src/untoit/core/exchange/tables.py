"""Rows of a sheet turned into values of the model: headers matched, every problem told, the good rows kept."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from untoit.core.errors import UnusableInput
from untoit.core.exchange.cells import DEGREES, Cell, Reader, Unreadable, folded, is_blank, shown
from untoit.core.exchange.formats import Format, Kind
from untoit.core.exchange.sheets import Sheet, counted
from untoit.core.model.place import Position
from untoit.core.model.problem import RowProblem, Severity

T = TypeVar("T")

# A file in which everything is wrong tells enough with these; the rest is counted.
MOST_PROBLEMS = 20_000
# Mainland France and Corsica, in degrees.
_LATITUDES = (41.2, 51.2)
_LONGITUDES = (-5.3, 9.7)
_NAMES_IN_A_NOTICE = 12


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """
    What was read in one file.

    ``rows`` are the good ones, ``lines`` their line numbers in the file (their rank for a JSON document), ``refused``
    how many rows were left out, and ``problems`` the sentences about rows, cells and the whole file.
    """

    kind: Kind
    file: str
    rows: tuple[T, ...]
    lines: tuple[int, ...]
    problems: tuple[RowProblem, ...]
    refused: int


class Problems:
    """Problems of one file, in order; beyond a limit they are counted and no longer kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: list[RowProblem] = []
        self._left_out = 0

    def add(self, line: int | None, column: str | None, seen: str | None, expected: str,
            severity: Severity = Severity.REFUSED, *, within: str | None = None) -> None:
        """Note one problem; ``expected`` is the phrase that follows the value seen, ``within`` a place with no line."""
        if len(self._kept) < MOST_PROBLEMS:
            file = self.file if within is None else f"{self.file}, {within}"
            self._kept.append(RowProblem(file, line, column, seen, expected, severity))
        else:
            self._left_out += 1

    def notice(self, expected: str, *, line: int | None = None, column: str | None = None,
               seen: str | None = None) -> None:
        """Note something that costs no row."""
        self.add(line, column, seen, expected, Severity.NOTICE)

    def take(self) -> tuple[RowProblem, ...]:
        """Return the problems noted since the last call, and forget them: for who reads one row at a time."""
        taken = tuple(self._kept)
        self._kept.clear()
        return taken

    def all(self) -> tuple[RowProblem, ...]:
        """Return the problems kept, and one more that counts those which were not."""
        if not self._left_out:
            return tuple(self._kept)
        rest = f"{counted(self._left_out, 'autre problème', 'autres problèmes')}, non détaillés ici."
        return (*self._kept, RowProblem(self.file, None, None, None, rest, Severity.NOTICE))


class Row:
    """One row while it is read: each cell asked for gives a value, or a problem and a row that will be refused."""

    def __init__(self, line: int, cells: Mapping[str, Cell], problems: Problems) -> None:
        self.line = line
        self.refused = False
        self._cells = cells
        self._problems = problems

    def get(self, column: str, reader: Reader[T]) -> T | None:
        """Return the value of a cell, ``None`` when it is blank or unreadable."""
        cell = self._cells.get(column, "")
        if is_blank(cell):
            return None
        try:
            return reader.parse(cell)
        except Unreadable as unreadable:
            self.refuse(column, f"{unreadable}. Attendu : {reader.expected}.", seen=shown(cell))
            return None

    def need(self, column: str, reader: Reader[T]) -> T:
        """Return the value of a cell that may not be blank; where there is none, the row is refused and never used."""
        value = self.get(column, reader)
        if value is None and is_blank(self._cells.get(column, "")):
            self.refuse(column, f"la case est vide. Attendu : {reader.expected}.")
        return cast(T, value)

    def position(self) -> Position:
        """Return the point of ``latitude`` and ``longitude``, which must be in mainland France or Corsica."""
        latitude, longitude = self.need("latitude", DEGREES), self.need("longitude", DEGREES)
        if latitude is None or longitude is None:
            return cast(Position, None)
        position = Position(float(latitude), float(longitude))
        if wrong := wrong_position(position):
            self.refuse("latitude", wrong, seen=f"{latitude} ; {longitude}")
        return position

    def refuse(self, column: str | None, expected: str, *, seen: str | None = None) -> None:
        """Leave this row out, and say why."""
        self.refused = True
        self._problems.add(self.line, column, seen, expected)

    def notice(self, column: str | None, expected: str, *, seen: str | None = None) -> None:
        """Keep this row, and say something about it."""
        self._problems.notice(expected, line=self.line, column=column, seen=seen)


def wrong_position(position: Position) -> str | None:
    """Return why a point cannot be in mainland France or Corsica, ``None`` when it can."""
    if _in_france(position.latitude, position.longitude):
        return None
    if _in_france(position.longitude, position.latitude):
        return "n'est pas en France métropolitaine : latitude et longitude inversées ?"
    return ("n'est pas en France métropolitaine. Attendu : la latitude puis la longitude en degrés WGS84, "
            "par exemple 50.632 et 3.058.")


def _in_france(latitude: float, longitude: float) -> bool:
    return _LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]


def read_rows(sheet: Sheet, form: Format, build: Callable[[Row], T], key_columns: tuple[str, ...],
              key: Callable[[T], tuple[object, ...]]) -> Table[T]:
    """
    Read every row of a sheet; the second row with a key already seen is refused.

    ``build`` may return a value made of missing parts when it refused the row: it is then dropped.

    Raises
    ------
    UnusableInput
        When a required column is missing or appears twice, or when the file breaks a limit.
    """
    problems = Problems(sheet.file)
    columns = _matched_headers(sheet, form, problems)
    for phrase in sheet.notices:
        problems.notice(phrase)
    rows: list[T] = []
    lines: list[int] = []
    first_lines: dict[tuple[object, ...], int] = {}
    refused = 0
    for line, cells in sheet.rows:
        if isinstance(cells, Unreadable):
            problems.add(line, None, None, f"la ligne {cells}.")
            refused += 1
            continue
        row = Row(line, {column: cells[index] for index, column in columns}, problems)
        value = build(row)
        if not row.refused:
            first = first_lines.setdefault(key(value), line)
            if first != line:
                row.refuse(key_columns[0], f"est déjà à la ligne {first}. Attendu : une seule ligne par "
                           f"{' et '.join(key_columns)}.", seen=" / ".join(map(str, key(value))))
        if row.refused:
            refused += 1
            continue
        rows.append(value)
        lines.append(line)
    if not rows and not refused:
        problems.notice("aucune ligne après les en-têtes.")
    return Table(form.kind, sheet.file, tuple(rows), tuple(lines), problems.all(), refused)


def _matched_headers(sheet: Sheet, form: Format, problems: Problems) -> list[tuple[int, str]]:
    """Return the place and the name of each column of the format that the sheet has."""
    places: dict[str, int] = {}
    adapted, ignored = [], []
    for index, header in enumerate(sheet.headers):
        name = folded(header)
        if name not in form.columns:
            ignored += [header] if header else []
            continue
        if name in places:
            raise UnusableInput(f"{sheet.file}, ligne {sheet.header_line} : la colonne « {name} » apparaît deux fois. "
                                "Attendu : une seule fois.")
        places[name] = index
        adapted += [] if header == name else [f"« {shown(header)} » lu comme {name}"]
    missing = [name for name in form.columns if name in form.required and name not in places]
    if missing:
        raise UnusableInput(f"{sheet.file} : {_absent(missing, ignored)}")
    if adapted:
        problems.notice(f"en-têtes adaptés : {_some(adapted)}.", line=sheet.header_line)
    if ignored:
        problems.notice(f"{counted(len(ignored), 'colonne inconnue, ignorée', 'colonnes inconnues, ignorées')} : "
                        f"{_some([f'« {shown(header)} »' for header in ignored])}.", line=sheet.header_line)
    return [(index, name) for name, index in places.items()]


def _absent(missing: list[str], ignored: list[str]) -> str:
    what = "la colonne obligatoire" if len(missing) == 1 else "les colonnes obligatoires"
    sentence = f"il manque {what} {', '.join(f'« {name} »' for name in missing)}."
    close = difflib.get_close_matches(missing[0], [folded(header[:100]) for header in ignored], n=1)
    if close:
        sentence += f" La colonne « {close[0]} » est-elle « {missing[0]} » ?"
    if {"latitude", "longitude"} & set(missing):
        sentence += " Les coordonnées sont attendues : une adresse ne peut pas être localisée sans réseau."
    return sentence


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMES_IN_A_NOTICE]) + ("…" if len(names) > _NAMES_IN_A_NOTICE else "")
