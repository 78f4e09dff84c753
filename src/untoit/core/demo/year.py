"""
A year of a fictitious scheme, day by day: who comes when, what is proposed, decided, refused, signed, and lost.

The story obeys the tables of :mod:`untoit.core.lifecycles`: each act is asked of its table before it is told. It says
what people do, never what follows by itself (tasks, letters, proposals that a lease withdraws): that is carried out by
whoever plays the story. Shares and delays are demonstration assumptions, chosen to look like the figures of the field
(about half of the people met reach the double goal), and nobody here exists.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from untoit.core.demo.terrain import draws
from untoit.core.demo.year_diary import Act, Diary, Household, Meeting, Session, Year
from untoit.core.demo.year_homes import Homes
from untoit.core.demo.year_jobs import Jobs
from untoit.core.lifecycles.pathway_track import PATHWAY, Stage

__all__ = ["Act", "Meeting", "Session", "Year", "year"]

EVENT_EVERY, SESSION_EVERY, ROUND_EVERY = 56, 14, 7


def year(
    *, households: int, persons: list[int], dwellings: list[date], offers: list[int], since: date, until: date,
    seed: int,
) -> Year:
    """
    Return the story of a year.

    ``persons`` is the number of seekers of each household, ``dwellings`` the day each home is free, ``offers`` the
    openings of each job; the same arguments give the same story.
    """
    rng = draws("année", seed)
    days = (until - since).days
    # Most come in the first three quarters: a story needs time to end.
    arrivals = sorted(int(rng.triangular(0, days, days * 0.2)) for _ in range(households))
    diary = Diary([Household(since + timedelta(days=day), persons[k]) for k, day in enumerate(arrivals)], until, rng)
    homes = Homes(diary, dwellings, lambda number: jobs.has_job(number))
    jobs = Jobs(diary, offers, homes.has_home)
    pathways = _Pathways(diary)
    for number, home in enumerate(diary.households):
        diary.on(home.arrives, partial(pathways.arrives, number))
    for every, what, first in (
        (ROUND_EVERY, homes.propose, 10), (SESSION_EVERY, homes.committee, 24), (EVENT_EVERY, jobs.meet, 40),
    ):
        for day in range(first, days + 1, every):
            diary.on(since + timedelta(days=day), what)
    diary.go_through()
    return Year(since, until, tuple(diary.acts), tuple(jobs.events), tuple(homes.sessions))


class _Pathways:
    """The pathways: opened when a household comes, agreed to, prepared."""

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.stages: list[str] = []

    def arrives(self, number: int, on: date) -> None:
        """Open the pathways of a household; its agreement comes three days later, the preparation a week after."""
        home = self.diary.households[number]
        for person in range(1, home.persons + 1):
            pathway = len(self.stages)
            self.stages.append(Stage.IDENTIFIED)
            self.diary.acts.append(Act(on, "pathway", pathway, "open", "DEP", {"household": number, "person": person}))
            self._move(pathway, "orient", on)
            agreed = on + timedelta(days=3)
            self.diary.on(agreed, partial(self._move, pathway, "consent", given={"consented_on": agreed}))
            self.diary.after(on, 10, partial(self._move, pathway, "prepare"))

    def _move(self, pathway: int, action: str, on: date, given: dict[str, Any] | None = None) -> None:
        stage = self.stages[pathway]
        if PATHWAY.may(action, stage, "DEP"):
            self.stages[pathway] = PATHWAY.move(action, stage, "DEP", given or {})
            self.diary.acts.append(Act(on, "pathway", pathway, action, "DEP", given or {}))
