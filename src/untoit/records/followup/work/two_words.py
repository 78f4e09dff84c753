"""
The employer's word and the person's on the same contract, side by side: both are kept, and a coach settles.

Each word is an act of the track. One that can no longer move the track (« toujours en poste » of a contract that the
employer said was over) is kept all the same, under ``say_held`` and ``say_ended``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from untoit.core.lifecycles.job_track import checks
from untoit.core.wording import typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.followup.models import Application, TrackAct
from untoit.records.followup.tracks import owners
from untoit.records.followup.tracks.values import employment_of
from untoit.records.followup.work.checks import HOLDS
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

SAY_HELD, SAY_ENDED, SETTLE = "say_held", "say_ended", "settle_words"
_HELD = frozenset({*HOLDS, SAY_HELD})
_ENDED = frozenset({"end", "break_trial", SAY_ENDED})
# What a coach writes settles what was said before.
_SETTLES = _HELD | _ENDED | {"restore", SETTLE}


@dataclass(frozen=True, slots=True)
class Word:
    """What one side said last: the person still works on ``day``, or ``day`` was the last one."""

    side: Role
    present: bool
    day: date
    said_on: date

    @property
    def sentence(self) -> str:
        """The word as it is read on a page."""
        who = "La personne" if self.side is Role.CAND else "L'employeur"
        what = f"en poste le {self.day:%d/%m/%Y}" if self.present else f"contrat terminé le {self.day:%d/%m/%Y}"
        return typography(f"{who} : {what} (dit le {self.said_on:%d/%m/%Y}).")


def words_of(acts: Iterable[TrackAct]) -> dict[Role, Word]:
    """Return the last word of each side since a coach last wrote; ``acts`` come from the oldest."""
    found: dict[Role, Word] = {}
    for act in acts:
        if act.action not in _SETTLES:
            continue
        if act.role not in (Role.EMPL, Role.CAND):
            found.clear()
            continue
        found[Role(act.role)] = Word(
            Role(act.role), act.action in _HELD, act.on, timezone.localdate(act.at)
        )
    return found


def acts_of(row: Application) -> list[TrackAct]:
    """Return the acts of an application, from the oldest; those of one instant follow one another by their states."""
    left = list(TrackAct.objects.filter(
        track="job", subject_id=row.pk
    ).select_related("user", "organisation").order_by("at", "pk"))
    found: list[TrackAct] = []
    while left:
        state, now = found[-1].to_state if found else "", left[0].at
        same = [one for one in left if one.at == now]
        # A word that moves nothing comes after what was said with it.
        first = min(same, key=lambda one: (one.from_state != state, one.from_state == one.to_state))
        left.remove(first)
        found.append(first)
    return found


def differ(words: dict[Role, Word]) -> bool:
    """Whether the two sides cannot both be right."""
    if len(words) < 2:
        return False
    one, other = words[Role.EMPL], words[Role.CAND]
    if one.present and other.present:
        return False
    if one.present != other.present:
        held, ended = (one, other) if one.present else (other, one)
        return held.day > ended.day
    return one.day != other.day


def compare(row: Application, *, at: datetime) -> bool:
    """Write on a locked application whether the two words differ, and ask the coach to settle when they begin to."""
    found = differ(words_of(acts_of(row)))
    if found and not row.words_differ:
        _ask_the_coach(row, at)
    if row.words_differ and not found:
        for kind in HOLDS:
            close_task(kind=kind, subject_id=row.pk, at=at, outcome="job.settle_words")
    if row.words_differ != found:
        row.words_differ = found
        Application.objects.filter(pk=row.pk).update(words_differ=found)
    return found


def keep(
    row: Application, action: str, day: date, *, by: Actor | None, at: datetime, how: str, reason: str = ""
) -> TrackAct:
    """Keep a word that moves nothing: an act from a state to the same one."""
    act = TrackAct.objects.create(
        household_id=row.household_id, person_id=row.person_id, track="job", subject_id=row.pk, action=action,
        from_state=row.state, to_state=row.state, reasons=[reason] if reason else [], given={}, on=day, at=at,
        user_id=by.user_id if by else None, organisation_id=by.organisation_id if by else None,
        role=str(by.role) if by else "", how=how,
    )
    note_act(by, f"job.{action}", "application", row.pk, at=at)
    compare(row, at=at)
    return act


def _ask_the_coach(row: Application, at: datetime) -> None:
    keeper = owners.following(row.household_id, Role.EMPP, at)
    if keeper is None:
        return
    employment, today = employment_of(row), timezone.localdate(at)
    due = [months for months, day in checks(employment, today) if day <= today] if employment is not None else []
    open_task(
        kind=TaskKind(f"hold_{max(due, default=1)}m"), organisation=keeper.organisation_id, role=keeper.role,
        owner=keeper.member, subject_kind="application", subject_id=row.pk, due_on=today, at=at,
        why="La personne et l'employeur ne disent pas la même chose de ce contrat : à éclaircir avec eux.",
    )
