"""
What each part of the records gives to the copy of a person's data: its parts, and which of its tables they show.

A new part of the records writes a module with a :class:`Source` and adds it to ``personal_data.SOURCES``; a test walks
the models to find a table about a household that no source shows or leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from untoit.records.applicants.models import Household, Person
from untoit.records.partners.rights import Actor

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose copy it is, who takes it, and when."""

    actor: Actor
    person: Person
    household: Household
    at: datetime


Rows = Callable[[Subject], list[Row]]


def nothing_to_read(of: Subject) -> list[UUID]:
    """Return no row: nobody reads, or acts on, the tables of this source apart from the household."""
    return []


def no_edits(of: Subject) -> list[Row]:
    """Return no state: the tables of this source have no history."""
    return []


@dataclass(frozen=True, slots=True)
class Source:
    """
    What one part of the records gives.

    ``parts`` are (code, title, what it is, its rows). ``covered`` says in which part the rows of each table go,
    ``excluded`` why those of a table are in none, ``acts`` the words of the acts of the journal. ``subjects`` are the
    rows besides the household and the person that somebody may have read or changed, ``edits`` the states that they
    have had.
    """

    parts: tuple[tuple[str, str, str, Rows], ...]
    covered: Mapping[str, str]
    excluded: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, str] = field(default_factory=dict)
    subjects: Callable[[Subject], list[UUID]] = nothing_to_read
    edits: Rows = no_edits
