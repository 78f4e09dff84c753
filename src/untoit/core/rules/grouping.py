"""Rules on whole tables: one answer for each pair of distinct cases, then spread over every pair."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import ParameterMissing, UnknownSituation
from untoit.core.model.finding import Effect
from untoit.core.rules.rule import Rule

Booleans = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)
L = TypeVar("L")
R = TypeVar("R")

NONE = 255
"""What ``first_blocking`` holds where nothing blocks."""


def cases(items: Sequence[L], key: Callable[[L], Hashable]) -> tuple[list[L], NDArray[np.intp]]:
    """Return one item of each distinct key, in order of first appearance, and the number of its case for every item."""
    first: dict[Hashable, int] = {}
    examples: list[L] = []
    numbers = np.empty(len(items), np.intp)
    for position, item in enumerate(items):
        case = key(item)
        number = first.get(case)
        if number is None:
            number = first[case] = len(examples)
            examples.append(item)
        numbers[position] = number
    return examples, numbers


def ranks(*columns: Sequence[object]) -> tuple[NDArray[np.int32], ...]:
    """Return each column as ranks in the common order of all their values: comparisons stay exact without floats."""
    order = {value: rank for rank, value in enumerate(sorted(set().union(*columns)))}  # type: ignore[type-var]
    return tuple(np.array([order[value] for value in column], np.int32) for column in columns)


def spread(table: NDArray[Scalar], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[Scalar]:
    """Return ``table[rows][:, columns]``: the answers of cases as those of every pair."""
    wide: NDArray[Scalar] = np.take(np.take(table, columns, axis=1), rows, axis=0)
    return wide


@dataclass(frozen=True, slots=True)
class Verdicts:
    """
    What a tuple of rules answers for every pair, filled rule by rule.

    ``first_blocking`` is ``uint8[L, R]``, the number of the first rule that blocks, 255 for none; ``to_person`` is
    ``bool[L, R]``, where that rule could not answer; ``blocking`` and ``warnings`` are ``uint16[L, R]``, bit ``i`` for
    rule ``i``.
    """

    first_blocking: NDArray[np.uint8]
    to_person: Booleans
    blocking: NDArray[np.uint16]
    warnings: NDArray[np.uint16]

    @staticmethod
    def empty(rows: int, columns: int) -> Verdicts:
        """Return verdicts where nothing blocks nor warns yet."""
        shape = rows, columns
        return Verdicts(
            np.full(shape, NONE, np.uint8), np.zeros(shape, np.bool_),
            np.zeros(shape, np.uint16), np.zeros(shape, np.uint16),
        )

    def add(self, number: int, effect: Effect, failed: Booleans, unanswered: Booleans | None = None) -> None:
        """
        Record rule ``number``; rules come from the last to the first, so that the first one has the last word.

        The masks may be broadcast, e.g. ``bool[L, 1]``.
        """
        bit = np.uint16(1 << number)
        if effect is Effect.WARNS:
            np.bitwise_or(self.warnings, bit, out=self.warnings, where=failed)
        else:
            np.bitwise_or(self.blocking, bit, out=self.blocking, where=failed)
            np.copyto(self.first_blocking, np.uint8(number), where=failed)
            if self.to_person.any():
                np.copyto(self.to_person, False, where=failed)
        if unanswered is not None and unanswered.any():
            np.bitwise_or(self.blocking, bit, out=self.blocking, where=unanswered)
            np.copyto(self.first_blocking, np.uint8(number), where=unanswered)
            np.copyto(self.to_person, True, where=unanswered)

    def add_by_cases(
        self,
        number: int,
        rule: Rule[L, R, date],
        left: Sequence[L],
        left_key: Callable[[L], Hashable],
        right: Sequence[R],
        right_key: Callable[[R], Hashable],
        on: date,
    ) -> None:
        """Record rule ``number``, asked once for each pair of distinct keys: it may read nothing else."""
        rows, row_of = cases(left, left_key)
        columns, column_of = cases(right, right_key)
        failed = np.zeros((len(rows), len(columns)), np.bool_)
        unanswered = np.zeros_like(failed)
        for i, one in enumerate(rows):
            for j, other in enumerate(columns):
                try:
                    failed[i, j] = not rule.function(one, other, on).passed
                except (UnknownSituation, ParameterMissing):
                    unanswered[i, j] = True
        silent = spread(unanswered, row_of, column_of) if unanswered.any() else None
        self.add(number, rule.effect, spread(failed, row_of, column_of), silent)
