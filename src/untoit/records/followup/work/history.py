"""The acts on one application in words, for those who accompany the person and for herself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from untoit.core.lifecycles.job_track import JobState
from untoit.records.followup.models import Application, TrackAct
from untoit.records.followup.work import two_words
from untoit.records.followup.work.words import done_words, end_words, reason_words
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

_HOW = {"link": "par un lien", "event": "lors d'une rencontre", "clock": "à l'échéance", "effect": ""}


@dataclass(frozen=True, slots=True)
class Line:
    """One act: the day of the fact, the day it was written, what, why, and who for which organisation."""

    on: date
    at: date
    label: str
    reason: str
    who: str
    how: str


def lines_of(actor: Actor, row: Application) -> list[Line]:
    """Return the acts of an application that the actor sees, the newest first."""
    return [_line(actor, act) for act in reversed(two_words.acts_of(row))]


def _line(actor: Actor, act: TrackAct) -> Line:
    return Line(
        act.on, timezone.localdate(act.at), done_words(act.action), _reasons(actor, act, act.reasons),
        _who(actor, act), _HOW.get(act.how, ""),
    )


def _reasons(actor: Actor, act: TrackAct, codes: Iterable[str]) -> str:
    """Return why, in words: of the end of a contract, those who accompany read « fin » or « rupture » only."""
    if act.action in ("end", "break_trial", two_words.SAY_ENDED):
        if actor.sees("end_of_contract") == "m":
            state = JobState.TRIAL_BROKEN if act.action == "break_trial" else JobState.ENDED
            return end_words(state, next(iter(codes), ""))
        return ", ".join(reason_words("end", code, act.on) for code in codes)
    return ", ".join(reason_words(act.action, code, act.on) for code in codes)


def _who(actor: Actor, act: TrackAct) -> str:
    """Return a colleague by name, everybody else by organisation, the person as herself."""
    if act.role == Role.CAND:
        return "Vous" if actor.role is Role.CAND else "La personne"
    if act.user is not None and act.organisation_id is not None and act.organisation_id == actor.organisation_id:
        return str(act.user)
    if act.organisation is not None:
        return str(act.organisation)
    return ""
