"""What was wrong in a file, one sentence a problem."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much of the file a problem costs."""

    REFUSED = "refusé"      # the row is left out
    NOTICE = "à noter"      # the row is kept: ignored column, supposed value


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One problem of one cell, row or file. ``line`` is 1 for the headers, ``None`` when it concerns the whole file."""

    file: str
    line: int | None
    column: str | None
    seen: str | None
    expected: str
    severity: Severity = Severity.REFUSED

    @property
    def sentence(self) -> str:
        """Return ``logements.csv, ligne 14, colonne financement : « PLUS+ » n'est pas … Attendu : PLAI, PLUS…``."""
        where = self.file
        if self.line is not None:
            where += f", ligne {self.line}"
        if self.column is not None:
            where += f", colonne {self.column}"
        return f"{where} : {self.expected}" if self.seen is None else f"{where} : « {self.seen} » {self.expected}"
