"""A lifecycle: states, and the acts that lead from one to another, by whom and with what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from untoit.core.errors import Refused

# Who acts when nobody does: a date has passed, a computation has ended.
CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: from which states, to which one, by whom, what it needs, and the words of its refusal."""

    action: str
    sources: frozenset[str]
    target: str
    by: frozenset[str]
    needs: tuple[str, ...]
    label: str


def t(
    action: str, sources: Iterable[str], target: str, by: Iterable[str], needs: tuple[str, ...] = (), *, label: str = ""
) -> Transition:
    """Return one line of the table; ``label`` is the verb of the button, in French."""
    return Transition(action, frozenset(sources), target, frozenset(by), needs, label or action)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The table of one kind of thing; ``state_names`` are the words that a refusal uses for the states."""

    name: str
    initial: str
    transitions: tuple[Transition, ...]
    state_names: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table in which an act of one actor leads to two places from the same state."""
        seen: set[tuple[str, str, str]] = set()
        for one in self.transitions:
            for source in one.sources:
                for actor in one.by:
                    if (one.action, source, actor) in seen:
                        raise ValueError(f"{self.name}: {one.action} from {source} by {actor} is there twice")
                    seen.add((one.action, source, actor))

    @property
    def states(self) -> frozenset[str]:
        """Every state of the table."""
        found = {self.initial}
        for one in self.transitions:
            found |= {one.target, *one.sources}
        return frozenset(found)

    def possible(self, state: str, by: str) -> tuple[Transition, ...]:
        """Return what this actor may do in this state: the buttons of the page."""
        return tuple(one for one in self.transitions if state in one.sources and by in one.by)

    def may(self, action: str, state: str, by: str) -> bool:
        """Whether the act is possible."""
        return any(one.action == action for one in self.possible(state, by))

    def move(self, action: str, state: str, by: str, given: dict[str, Any] | None = None) -> str:
        """
        Return the state that the act leads to.

        Raises
        ------
        Refused
            When the state, the actor or what is given does not allow it; the sentence says which.
        ValueError
            When the table has no such act.
        """
        lines = [one for one in self.transitions if one.action == action]
        if not lines:
            raise ValueError(f"{self.name}: no act {action}")
        name = dict(self.state_names).get(state, state)
        here = [one for one in lines if state in one.sources]
        if not here:
            raise Refused(f"« {lines[0].label} » n'est plus possible : l'état est maintenant « {name} ».")
        mine = [one for one in here if by in one.by]
        if not mine:
            raise Refused(f"« {here[0].label} » ne relève pas de votre rôle.")
        missing = [need for need in mine[0].needs if not (given or {}).get(need)]
        if missing:
            raise Refused(f"« {mine[0].label} » demande une précision qui manque.")
        return mine[0].target
