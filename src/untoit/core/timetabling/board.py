"""A timetable being made: who has which meetings, how many tables are left, and what one more meeting would bring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from untoit.core.timetabling.layout import NEVER, Layout, Visitor
from untoit.core.timetabling.model import Level, Meeting

Stop = tuple[int, int]      # item of the visitor, first slot
Visit = tuple[Stop, ...]


class Board:
    """
    Visits by visitor, and the tables left by (group, slot). The imposed meetings are in it from the start.

    The common talk of a household takes one table: its first member holds it.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.left = [list(group.capacity) for group in layout.groups]
        self.visits: list[Visit] = []
        self.group: dict[tuple[int, int], int] = {}       # (visitor, item) -> group of tables
        self.users: defaultdict[tuple[int, int], set[int]] = defaultdict(set)  # (group, slot) -> visitors
        self.prices = {family: layout.cost(family) for family in ("walking", "rest", "order")}
        self.watchful = layout.event.level("children") is not Level.IGNORE
        for visitor in layout.visitors:
            self.visits.append(tuple(sorted(
                ((i, item.lock) for i, item in enumerate(visitor.items) if item.lock >= 0), key=lambda stop: stop[1]
            )))

    def points(self, v: int, visit: Iterable[Stop]) -> int:
        """Return what a visit is worth, ``NEVER`` when it breaks a rule that the engine obeys."""
        visitor, weights = self.layout.visitors[v], self.layout.event.weights
        if visitor.frozen:
            return 0
        counts = [0, 0, 0]
        total, run, end, first, busy, room = 0, 0, -1, -1, 0, -1
        for i, slot in sorted(visit, key=lambda stop: stop[1]):
            item = visitor.items[i]
            total += item.gain[slot]
            if first < 0:
                first, run = slot, 1
            else:
                free = slot - end
                run = run + 1 if free == 0 else 1
                short = free < self.layout.steps[room][item.room]
                if free < 0 or not self._pay(short, "walking") or not self._pay(run > self._longest, "rest"):
                    return NEVER
                total -= (self.prices["walking"] or 0) * short + (self.prices["rest"] or 0) * (run > self._longest)
            late = (visitor.order > 0 and item.kind == 0 and counts[1] > 0) or (
                visitor.order < 0 and item.kind == 1 and counts[0] > 0
            )
            if not self._pay(late, "order"):
                return NEVER
            total -= (self.prices["order"] or 0) * late
            counts[item.kind] += 1
            end, room = slot + item.length, item.room
            busy += item.length
        if total <= NEVER // 2 or any(count > most for count, most in zip(counts, visitor.most, strict=True)):
            return NEVER
        waited = end - first - busy if first >= 0 else 0
        total -= weights.idle * waited + weights.long_wait_cost * max(waited - weights.long_wait, 0)
        return total - weights.missing * sum(
            max(least - count, 0) for least, count in zip(visitor.least, counts, strict=True)
        )

    @property
    def _longest(self) -> int:
        return self.layout.event.max_run

    def _pay(self, broken: bool, family: str) -> bool:
        return not broken or self.prices[family] is not None

    def total(self) -> int:
        """Return the sum of what the visits are worth."""
        return sum(self.points(v, visit) for v, visit in enumerate(self.visits))

    def group_for(self, v: int, i: int, slot: int) -> int:
        """Return a group of tables that can hold this meeting, -1 when none is left."""
        item = self.layout.visitors[v].items[i]
        for g in self.layout.groups_of[item.stand]:
            left = self.left[g]
            if all(left[u] > 0 for u in range(slot, slot + item.length)):
                return g
        return -1

    def pays(self, v: int, i: int) -> bool:
        """Return whether this meeting takes a table: neither imposed, nor the talk that another member holds."""
        item = self.layout.visitors[v].items[i]
        return item.lock < 0 and (item.kind != 1 or self.layout.units[self.layout.unit_of[v]][0] == v)

    def groups(self, v: int) -> dict[int, int]:
        """Return the groups of tables that a visit uses, by item: what :meth:`put` takes to put it back."""
        return {i: self.group[v, i] for i, _ in self.visits[v] if (v, i) in self.group}

    def put(self, v: int, visit: Visit, groups: dict[int, int] | None = None) -> None:
        """Replace a visit and take its tables, of these groups when they are given; they must be left."""
        self.clear(v)
        for i, slot in visit:
            if self.pays(v, i):
                g = groups[i] if groups else self.group_for(v, i, slot)
                if g < 0:
                    raise ValueError("no table left")
                self.group[v, i] = g
                for u in range(slot, slot + self.layout.visitors[v].items[i].length):
                    self.left[g][u] -= 1
                    self.users[g, u].add(v)
        self.visits[v] = tuple(sorted(visit, key=lambda stop: stop[1]))

    def clear(self, v: int) -> None:
        """Give back the tables of a visit; its imposed meetings stay."""
        for i, slot in self.visits[v]:
            if self.pays(v, i):
                g = self.group.pop((v, i))
                for u in range(slot, slot + self.layout.visitors[v].items[i].length):
                    self.left[g][u] += 1
                    self.users[g, u].discard(v)
        items = self.layout.visitors[v].items
        self.visits[v] = tuple(stop for stop in self.visits[v] if items[stop[0]].lock >= 0)

    def taken(self, v: int) -> frozenset[int]:
        """Return the slots where this person minds the children: the other is in a meeting apart."""
        unit = self.layout.event.households.get(self.layout.visitors[v].who.household, ())
        if not unit or not self.watchful or not self.layout.visitors[v].who.minds_children:
            return frozenset()
        return frozenset(
            u for other in self.layout.visitors
            if other.number != v and other.who.id in unit and other.who.minds_children
            for i, slot in self.visits[other.number]
            if not self._common(other, i) for u in range(slot, slot + other.items[i].length)
        )

    def _common(self, visitor: Visitor, i: int) -> bool:
        return visitor.items[i].kind == 1 and len(self.layout.units[self.layout.unit_of[visitor.number]]) > 1

    def copy(self) -> Board:
        """Return a board that can be changed apart."""
        other = object.__new__(Board)
        other.layout, other.prices, other.watchful = self.layout, self.prices, self.watchful
        other.left = [list(row) for row in self.left]
        other.visits, other.group = list(self.visits), dict(self.group)
        other.users = defaultdict(set, {use: set(some) for use, some in self.users.items()})
        return other

    def meetings(self, marks: dict[tuple[str, str, int], Meeting] | None = None) -> tuple[Meeting, ...]:
        """Return the meetings with their tables; ``marks`` (candidate, stand, slot) keep a table where they can."""
        event = self.layout.event
        marks = marks or {}
        free: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        for stand in event.stands:
            for slot in range(event.slots):
                free[stand.id, slot] = {k for k in range(stand.tables) if not stand.shut(k, slot)}
        found = list(self.layout.locks)
        for one in found:
            for u in range(one.slot, one.slot + event.length(event.stand_of[one.stand])):
                free[one.stand, u].discard(one.table)
        given = {one.place for one in found}
        talks: dict[tuple[int, int, int], int] = {}
        asked = []
        for v, visit in enumerate(self.visits):
            visitor = self.layout.visitors[v]
            for i, slot in visit:
                item = visitor.items[i]
                stand = event.stands[item.stand]
                if item.lock >= 0:
                    implied = Meeting(visitor.who.id, stand.id, item.table, item.lock)
                    if implied.place not in given:
                        found.append(implied)
                elif self.pays(v, i):
                    tables = self.layout.groups[self.group[v, i]].tables
                    wish = marks.get((visitor.who.id, stand.id, slot))
                    asked.append((item.length == 1, slot, wish is None, v, i, tables, wish))
        for _, slot, _, v, i, tables, wish in sorted(asked, key=lambda one: one[:5]):
            visitor = self.layout.visitors[v]
            item = visitor.items[i]
            stand = event.stands[item.stand]
            span = range(slot, slot + item.length)
            possible = [k for k in tables if all(k in free[stand.id, u] for u in span)]
            table = wish.table if wish and wish.table in possible else possible[0]
            for u in span:
                free[stand.id, u].discard(table)
            talks[self.layout.unit_of[v], item.stand, slot] = table
            mark = wish if wish and wish.table == table else None
            found.append(Meeting(visitor.who.id, stand.id, table, slot, bool(mark and mark.informed)))
        for v, visit in enumerate(self.visits):
            visitor = self.layout.visitors[v]
            for i, slot in visit:
                item = visitor.items[i]
                if item.lock < 0 and not self.pays(v, i):
                    name = event.stands[item.stand].id
                    wish = marks.get((visitor.who.id, name, slot))
                    table = talks[self.layout.unit_of[v], item.stand, slot]
                    told = bool(wish and wish.table == table and wish.informed)
                    found.append(Meeting(visitor.who.id, name, table, slot, told))
        return tuple(sorted(found, key=lambda one: (one.slot, one.stand, one.table, one.candidate)))
