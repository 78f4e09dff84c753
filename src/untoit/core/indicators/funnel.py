"""The funnel of an event: how many people reached each step, among those asked and among those who were there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from untoit.core.indicators.masking import masked_chain
from untoit.core.indicators.shares import MASKED, DoubleSuccess, Share, double_success
from untoit.core.wording import number


@dataclass(frozen=True, slots=True)
class Participant:
    """
    How far one person went; ``leased`` is ``None`` as long as nobody follows the leases.

    Somebody who came without being asked (``invited`` false) counts among the present, never among the invited.
    """

    invited: bool = True
    confirmed: bool = False
    present: bool = False
    interviews: int = 0
    favourable: bool = False
    hired: bool = False
    talks: int = 0
    proposed: bool = False
    visit: bool = False
    leased: bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many reached it, of the invited and of the present; the reason when no number is given."""

    code: str
    label: str
    count: int | None
    of_invited: Share
    of_present: Share
    why: str = ""

    @property
    def text(self) -> str:
        """Return the number, or why there is none."""
        return self.why if self.count is None else number(self.count)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps in order, the people who came without being asked, and the double success."""

    invited: int
    present: int
    uninvited: int | None
    steps: tuple[Step, ...]
    success: DoubleSuccess | None

    def step(self, code: str) -> Step:
        """Return one step by its code."""
        return next(one for one in self.steps if one.code == code)


_STEPS: tuple[tuple[str, str, Callable[[Participant], bool | None]], ...] = (
    ("invited", "Invités", lambda one: one.invited),
    ("confirmed", "Confirmés", lambda one: one.confirmed),
    ("present", "Présents", lambda one: one.present),
    ("interviewed", "Reçus en entretien", lambda one: one.interviews > 0),
    ("favourable", "Suite favorable", lambda one: one.favourable or one.hired),
    ("hired", "Embauches", lambda one: one.hired),
    ("talked", "Échange logement tenu", lambda one: one.talks > 0),
    ("proposed", "Intéressés par un logement", lambda one: one.proposed or one.visit),
    ("visit", "Visites prévues", lambda one: one.visit),
    ("leased", "Baux signés", lambda one: one.leased),
    ("both", "Emploi et bail", lambda one: None if one.leased is None else one.hired and one.leased),
)
# Each track is a chain of its own: those who go on are a part of those before.
_TRACKS = (
    ("invited", "confirmed"), ("invited", "present"), ("present", "interviewed", "favourable", "hired"),
    ("present", "talked", "proposed", "visit"), ("present", "leased", "both"), ("present", "hired", "both"),
)
JOB_STEPS = frozenset({"favourable", "hired", "both"})
HOUSING_STEPS = frozenset({"proposed", "visit", "leased", "both"})


def funnel(people: Sequence[Participant]) -> Funnel:
    """
    Count the people who reached each step; a step that is not followed for everybody present has no number.

    Invited people are counted among the invited, everybody among the present, so that each share has the denominator
    that it names.
    """
    invited, present = sum(one.invited for one in people), sum(one.present for one in people)
    steps = []
    for code, label, reached in _STEPS:
        if any(reached(one) is None for one in people if one.present) or (code in ("leased", "both") and not present):
            steps.append(Step(code, label, None, Share(None, invited), Share(None, present), "non suivi"))
            continue
        everybody = [one for one in people if reached(one)]
        asked = sum(one.invited for one in everybody)
        there = sum(one.present for one in everybody)
        of_present = Share(there, present) if code not in ("invited", "confirmed") else Share(None, present)
        steps.append(Step(code, label, len(everybody), Share(asked, invited), of_present))
    counts = {step.code: step.count for step in steps}
    success = None
    if present or invited:
        success = double_success(
            invited=invited, present=present, hired=counts["hired"], leases=counts["leased"], both=counts["both"]
        )
    return Funnel(invited, present, sum(one.present and not one.invited for one in people), tuple(steps), success)


def guarded(whole: Funnel, k: int, *, codes: frozenset[str]) -> Funnel:
    """
    Return the funnel without the numbers of ``codes`` that would point at somebody, alone or by subtraction.

    Steps that are not named are shown as they are: the reader sees those people one by one anyway.
    """
    hidden: set[str] = set()
    for track in _TRACKS:
        counted = [whole.step(code) for code in track if whole.step(code).count is not None]
        known = frozenset(place for place, step in enumerate(counted) if step.code not in codes)
        figures = masked_chain([step.count or 0 for step in counted], k, known=known)
        hidden |= {step.code for step, figure in zip(counted, figures, strict=True) if figure.value is None}
    steps = tuple(
        replace(step, count=None, of_invited=Share(None, None), of_present=Share(None, None), why=MASKED)
        if step.code in hidden else step for step in whole.steps
    )
    small = whole.uninvited is None or 0 < whole.uninvited < k
    uninvited = None if "present" in hidden or ("present" in codes and small) else whole.uninvited
    success = None if hidden & {"hired", "leased", "both", "present", "invited"} else whole.success
    return replace(whole, steps=steps, success=success, uninvited=uninvited)
