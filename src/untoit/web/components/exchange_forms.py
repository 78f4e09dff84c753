"""Forms whose fields are the columns of an exchange file, checked by the very readers of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms

from untoit.core.exchange import Kind
from untoit.core.exchange.readers import LOADERS
from untoit.core.exchange.tables import Problems, Row
from untoit.core.model.problem import Severity
from untoit.core.territory.communes import commune

YES_NO_UNKNOWN = (("", "Je ne sais pas"), ("oui", "Oui"), ("non", "Non"))


class ExchangeForm(forms.Form):
    """
    One row of an exchange file typed by hand: ``value`` is what the reader made of it, once the form is valid.

    A form and a file refuse the same things, in the same words.
    """

    kind: ClassVar[Kind]
    use_required_attribute = False
    # Set by ``clean``: the value of the core, and whether the position is that of the centre of the commune.
    value: Any = None
    position_is_approximate = False

    def cells(self) -> dict[str, str]:
        """Return the row: one cell a column."""
        return {name: _cell(value) for name, value in self.cleaned_data.items()}

    def clean(self) -> dict[str, Any]:
        """Read the row as the import would."""
        cells = self._positioned(self.cells())
        problems = Problems("formulaire")
        row = Row(1, cells, problems)
        value = LOADERS[self.kind].build(row)
        for problem in problems.take():
            if problem.severity is Severity.NOTICE:
                continue
            field = problem.column if problem.column in self.fields else None
            if field is None or field not in self.errors:
                self.add_error(field, f"« {problem.seen} » {problem.expected}" if problem.seen else _alone(problem))
        self.value = None if row.refused else value
        return self.cleaned_data

    def _positioned(self, cells: dict[str, str]) -> dict[str, str]:
        """Return the cells with the centre of the commune where no position was given, and remember it."""
        if cells.get("latitude") or cells.get("longitude"):
            return cells
        place = commune(cells.get("code_insee", ""))
        if place is None:
            if cells.get("code_insee"):
                self.add_error("latitude", "La commune n'est pas dans la table : indiquez la latitude et la longitude.")
            return {**cells, "latitude": "50.63", "longitude": "3.06"}  # the row is refused by the error above
        self.position_is_approximate = True
        return {
            **cells, "latitude": f"{place.position.latitude:.6f}", "longitude": f"{place.position.longitude:.6f}",
        }


def with_commas(cells: Mapping[str, str], columns: Iterable[str]) -> dict[str, str]:
    """Return the cells with the decimal comma that people read and type in these columns."""
    return {**cells, **{name: cells[name].replace(".", ",") for name in columns}}


def _alone(problem: Any) -> str:
    text = str(problem.expected)
    return text[:1].upper() + text[1:]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "|".join(map(str, value))
    return str(value)
