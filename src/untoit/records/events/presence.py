"""
Whether somebody is there, from everything that was said of it: a pure function, the same in whatever order acts arrive.

The acts of one person are read in the order in which they happened. Two sources that contradict each other are both
kept: the person counts as present (nobody loses a meeting to a doubt), and the contradiction waits for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from untoit.core.wording import typography
from untoit.core.wording.moments import clock_at

# Checked in at two desks at so many minutes from each other, it may be two people.
TWICE_AFTER = timedelta(minutes=10)
KINDS = frozenset({"present", "absent", "late", "left", "settle_present", "settle_absent"})


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said of somebody: by which device or user, and when; ``minutes`` of delay."""

    id: UUID
    kind: str
    at: datetime
    source: str
    sequence: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Presence:
    """What stands: at most one of present and absent, and the contradiction with the acts that make it."""

    present_at: datetime | None = None
    absent_at: datetime | None = None
    left_at: datetime | None = None
    expected_at: datetime | None = None
    conflict: str = ""
    between: tuple[UUID, ...] = ()


def presence_of(said: Iterable[Said], undone: Iterable[UUID] = ()) -> Presence:
    """Return what stands once everything was said; an act that was taken back counts for nothing."""
    away = set(undone)
    acts = sorted(
        (one for one in said if one.id not in away), key=lambda one: (one.at, one.source, one.sequence, one.id)
    )
    present: Said | None = None
    absent: Said | None = None
    left: datetime | None = None
    expected: datetime | None = None
    conflict = ""
    between: tuple[UUID, ...] = ()
    for act in acts:
        if act.kind in ("settle_present", "settle_absent"):
            conflict, between = "", ()
            if act.kind == "settle_present":
                present, absent = present or act, None
            else:
                present, absent, left = None, act, None
        elif act.kind == "present":
            if present is None or left is not None:
                present = act if present is None else present
                left, absent, expected = None, None, None
            elif act.source != present.source and act.at - present.at > TWICE_AFTER:
                conflict, between = _twice(present, act), (present.id, act.id)
        elif act.kind == "absent":
            if present is not None and act.source != present.source:
                conflict, between = _against(present, act), (present.id, act.id)
            else:
                present, absent, left, expected = None, act, None, None
        elif act.kind == "late":
            if present is None:
                absent, expected = None, act.at + timedelta(minutes=act.minutes)
        elif act.kind == "left" and present is not None:
            left = act.at
    return Presence(
        present.at if present else None, absent.at if absent else None, left, expected, conflict, between
    )


def _hour(at: datetime) -> str:
    return clock_at(timezone.localtime(at).time())


def _twice(first: Said, second: Said) -> str:
    return typography(
        f"Accueil à deux postes, à {_hour(first.at)} puis à {_hour(second.at)} : est-ce bien la même personne ?"
    )


def _against(present: Said, absent: Said) -> str:
    return typography(
        f"Présence notée à {_hour(present.at)} par un poste, absence à {_hour(absent.at)} par un autre."
    )
