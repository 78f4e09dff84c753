"""
Plan an event: a greedy timetable, prices that bound every timetable, and a better one made at these prices.

Every limit is a quantity of work; the clock only stops earlier. With enough seconds the answer depends on the seed
alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from untoit.core.timetabling.board import Board
from untoit.core.timetabling.explain import missing
from untoit.core.timetabling.greedy import adopt, fill
from untoit.core.timetabling.layout import KINDS, Layout, lay_out
from untoit.core.timetabling.model import Broken, Event, Level, Meeting, Prices, Timetable
from untoit.core.timetabling.rules import PHYSICS, check, faults_of_visit
from untoit.core.timetabling.worth import value

if TYPE_CHECKING:
    from untoit.core.timetabling.prices import Dual

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """
    How hard to search, in work: sweeps of the prices, rounds of columns, timetables made at the prices, pushes.

    ``choice`` is the deterministic time of CP-SAT, ``cycles`` how many times all of it may be done again; the search
    stops at the relative gap ``enough``.
    """

    sweeps: int = 12
    rounds: int = 12
    dives: int = 8
    pushes: int = 1_500
    choice: float = 6.0
    columns: int = 8_000
    cycles: int = 4
    enough: float = 0.0


def plan(
    event: Event, *, given: Sequence[Meeting] = (), seconds: float = 10.0, workers: int = 2, seed: int = 0,
    on_progress: Progress | None = None, effort: Effort | None = None,
) -> Timetable:
    """
    Return a timetable. ``seconds=0`` gives the greedy one, in less than a second, without any solver.

    ``given``: meetings already decided. Those ``locked`` are imposed, whatever they break (a warning « Verrou » says
    what); those ``informed`` stay as long as they break nothing; the others are where the search starts from.
    ``on_progress(value, bound)`` is called each time one of the two gets better.
    """
    began = time.monotonic()
    layout = lay_out(event, imposed(event, given))
    board = first(layout, given)
    if seconds <= 0:
        return answer(layout, board, given, None, "glouton", time.monotonic() - began)

    # Compiled kernels and HiGHS: only whoever asks for more than the greedy timetable pays for them.
    from untoit.core.timetabling.improve import improve

    board, dual, engine = improve(
        board, began + seconds, workers=workers, seed=seed, on_progress=on_progress, effort=effort or Effort()
    )
    return answer(layout, board, given, dual, engine, time.monotonic() - began)


def imposed(event: Event, given: Sequence[Meeting]) -> list[Meeting]:
    """Return the meetings that the plan must keep: all the locked ones, and the informed ones that break nothing."""
    kept = [one for one in given if one.locked]
    for one in sorted((one for one in given if one.informed and not one.locked), key=lambda one: (one.slot, one.place)):
        if holds(event, kept, one):
            kept.append(one)
    return kept


def holds(event: Event, kept: Sequence[Meeting], one: Meeting) -> bool:
    """Return whether a meeting can be held with those kept already, by every rule that the engine obeys."""
    stand, who = event.stand_of.get(one.stand), event.candidate_of.get(one.candidate)
    if stand is None or who is None or not 0 <= one.table < stand.tables:
        return False
    length = event.length(stand)
    span = range(one.slot, one.slot + length)
    if not 0 <= one.slot <= event.slots - length or any(stand.shut(one.table, slot) for slot in span):
        return False
    family = event.households.get(who.household, ()) if event.level("household") is not Level.IGNORE else ()
    for other in kept:
        if other.stand == one.stand and other.table == one.table and abs(other.slot - one.slot) < length:
            common = other.candidate in family and other.candidate != one.candidate and other.slot == one.slot
            if not (common and KINDS.index(stand.kind) == 1):
                return False
    mine = [other for other in kept if other.candidate == one.candidate]
    return not any(
        fault.rule in PHYSICS or event.level(fault.rule).hard for fault in faults_of_visit(event, who, [*mine, one])
    )


def first(layout: Layout, given: Sequence[Meeting] = ()) -> Board:
    """Return the greedy timetable, from the meetings given when there are some and they are better."""
    board = Board(layout)
    fill(board)
    hints = {(one.candidate, one.stand): one.slot for one in given}
    if hints:
        other = Board(layout)
        adopt(other, hints)
        fill(other)
        if other.total() >= board.total():
            return other
    return board


def answer(
    layout: Layout, board: Board, given: Sequence[Meeting], dual: Dual | None, engine: str, seconds: float,
    absent: frozenset[str] = frozenset(), shown: Event | None = None,
) -> Timetable:
    """
    Return the board as a timetable, with its worth, its bound, what is missing and what is broken.

    ``shown`` is the event to judge the meetings by, when the layout closes the past to new ones.
    """
    event = shown or layout.event
    marks = {(one.candidate, one.stand, one.slot): one for one in given}
    meetings = board.meetings(marks)
    worth = value(event, meetings)
    bound = dual.bound // 100 if dual is not None else _simple_bound(layout, board, worth)
    gap = (bound - worth) / max(abs(bound), 1)
    return Timetable(
        meetings, worth, bound, gap, seconds, missing(layout.event, meetings, absent=absent),
        tuple(_of_lock(broken, meetings) for broken in check(event, [*meetings, *layout.unusable])),
        engine, _prices(layout, dual),
    )


def _of_lock(broken: Broken, meetings: Sequence[Meeting]) -> Broken:
    """Return the broken rule, said to come from a lock: the engine breaks no rule that binds."""
    if broken.level not in (Level.IMPOSSIBLE, Level.MUST):
        return broken
    return replace(broken, sentence=f"Verrou\u00a0: {broken.sentence}")


def _simple_bound(layout: Layout, board: Board, worth: int) -> int:
    """Return what no timetable exceeds whatever the tables: everyone's best wishes, without slots."""
    missing_cost = layout.event.weights.missing
    total = worth - board.total()
    for visitor in layout.visitors:
        if visitor.frozen:
            continue
        for kind in range(3):
            gains = sorted((max(item.gain) for item in visitor.items if item.kind == kind), reverse=True)
            least = visitor.least[kind]
            total += max(
                sum(gains[:count]) - missing_cost * max(least - count, 0)
                for count in range(min(len(gains), visitor.most[kind]) + 1)
            )
    return total


def _prices(layout: Layout, dual: Dual | None) -> Prices | None:
    if dual is None:
        return None
    return Prices(
        tuple((layout.stands[group.stand].id, group.tables) for group in layout.groups),
        tuple(tuple(row) for row in dual.price.tolist()),
        tuple(tuple(group.capacity) for group in layout.groups),
    )
