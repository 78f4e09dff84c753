"""
When data is due: notice, then deletion, anonymisation or purge, by the dated table of ``followup/retention.yaml``.

The last day of a period is kept whole: an application struck off on 1 November 2025 is kept until 1 November 2026, and
due the day after. A legal hold stops everything and says so. These functions say what is due; services do it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from untoit.core import parameters
from untoit.core.errors import ParameterMissing
from untoit.core.model.months import months_after
from untoit.core.wording import typography

_TABLE = "followup/retention"


class Then(StrEnum):
    """What is done when the period is over."""

    DELETE = "delete"
    ANONYMISE = "anonymise"
    PURGE_SEGMENT = "purge_segment"
    WIPE = "wipe"
    ROTATE = "rotate"


THEN_NAMES = {
    Then.DELETE: "suppression, les compteurs restent", Then.ANONYMISE: "anonymisation",
    Then.PURGE_SEGMENT: "purge par segment signé", Then.WIPE: "effacement de la tablette",
    Then.ROTATE: "remplacement par une sauvegarde plus récente",
}


class Step(StrEnum):
    """What is due today."""

    KEEP = "keep"
    NOTICE = "notice"
    DUE = "due"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: ``since`` names the date that the period starts from."""

    kind: str
    label: str
    since: str
    months: int | None
    days: int | None
    hours: int | None
    then: Then
    notice_days: int
    waits_for_notice: bool
    basis: str
    to_check: bool

    @property
    def period(self) -> str:
        """The period in French."""
        if self.months is not None:
            return f"{self.months} mois"
        return f"{self.days} jours" if self.days is not None else f"{self.hours} heures"


@dataclass(frozen=True, slots=True)
class Action:
    """
    What is due on a day for one row of data.

    ``kept_until`` is the last day it is kept, ``due_on`` the day after; ``notice_on`` the day from which the person is
    told, ``None`` when the rule asks for no notice; ``sentence`` can be read to her or him.
    """

    step: Step
    then: Then
    kept_until: date
    due_on: date
    notice_on: date | None
    sentence: str


def rules(on: date) -> tuple[Rule, ...]:
    """Return the table in force on a day."""
    table = parameters.at(_TABLE, on)
    return tuple(_rule(kind, entry, table.to_check) for kind, entry in table.value.items())


def rule(kind: str, on: date) -> Rule:
    """
    Return the rule of one kind of data.

    Raises
    ------
    ParameterMissing
        When the table has none: data without a rule is not kept by default, it is an error of ours.
    """
    table = parameters.at(_TABLE, on)
    if kind not in table.value:
        raise ParameterMissing(f"Aucune durée de conservation pour « {kind} ».")
    return _rule(kind, table[kind], table.to_check)


def _rule(kind: str, entry: Mapping[str, Any], to_check: bool) -> Rule:
    return Rule(
        kind, entry["label"], entry["from"], entry.get("months"), entry.get("days"), entry.get("hours"),
        Then(entry["then"]), int(entry["notice_days"]), bool(entry.get("waits_for_notice", False)), entry["basis"],
        to_check,
    )


def kept_until(kind: str, since: date, on: date) -> date:
    """Return the last day on which the data is kept."""
    found = rule(kind, on)
    if found.months is not None:
        return months_after(since, found.months)
    if found.days is not None:
        return since + timedelta(days=found.days)
    raise ValueError(f"{kind} is counted in hours: ask due_at")


def due(kind: str, since: date, on: date, *, held: bool = False, noticed_on: date | None = None) -> Action:
    """
    Return what is due on a day for data whose period started on ``since``.

    A notice never makes a period of the law longer. Where the period is our own and the rule waits for the notice, a
    notice sent late (``noticed_on``), or not sent yet, moves the day. ``held`` is a legal hold: nothing is deleted.
    """
    found = rule(kind, on)
    last = kept_until(kind, since, on)
    due_on = last + timedelta(days=1)
    notice_on = due_on - timedelta(days=found.notice_days) if found.notice_days else None
    if found.waits_for_notice and notice_on is not None:
        told_on = noticed_on if noticed_on is not None else max(on, notice_on)
        due_on = max(due_on, told_on + timedelta(days=found.notice_days))
    if held:
        step, words = Step.HELD, "conservé : une procédure en cours l'exige"
    elif on >= due_on:
        step, words = Step.DUE, f"{THEN_NAMES[found.then]}, due depuis le {due_on:%d/%m/%Y}"
    elif notice_on is not None and noticed_on is None and on >= notice_on:
        step, words = Step.NOTICE, f"prévenir la personne ; {THEN_NAMES[found.then]} le {due_on:%d/%m/%Y}"
    else:
        step, words = Step.KEEP, f"conservé jusqu'au {due_on - timedelta(days=1):%d/%m/%Y} inclus"
    label = found.label[0].upper() + found.label[1:]
    return Action(step, found.then, due_on - timedelta(days=1), due_on, notice_on,
                  typography(f"{label} : {words} ({found.period}, {found.basis})."))


def due_at(kind: str, since: datetime, on: date) -> datetime:
    """Return the instant from which data counted in hours is due (the copy on a tablet)."""
    found = rule(kind, on)
    if found.hours is None:
        raise ValueError(f"{kind} is counted in days: ask due")
    return since + timedelta(hours=found.hours)


def hidden_on(kind: str, since: date, on: date) -> date | None:
    """Return the first day on which the data is no longer shown though still kept; ``None`` when it is shown."""
    entry = parameters.at(_TABLE, on)[kind]
    days = entry.get("hidden_after_days")
    return None if days is None else since + timedelta(days=int(days) + 1)
