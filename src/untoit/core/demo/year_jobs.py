"""The jobs of a simulated year: events where people meet employers, offers, contracts that hold or break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from untoit.core.demo.year_diary import Act, Diary, Meeting
from untoit.core.lifecycles.job_track import BEFORE_HIRE, IN_WORK, JOB
from untoit.core.model.months import months_after

INVITED_AT_MOST, SHARE_PRESENT = 32, 0.83
HIRED_AFTER_INTERVIEW = 0.34
TRIAL_BROKEN, LEFT_LATER = 0.10, 0.06
TURNED_DOWN = (
    ("SKILLS", 28), ("HOURS", 18), ("DISTANCE", 16), ("NO_LICENCE", 14), ("POST_FILLED", 14), ("NO_SHOW", 10),
)
CONTRACTS = (("CDI", 42, None), ("CDD", 30, 6), ("MIS", 14, 3), ("IAE", 14, 8))


@dataclass(slots=True)
class Application:
    number: int
    household: int
    person: int
    offer: int
    state: str


class Jobs:
    """The events and the applications of the year."""

    def __init__(self, diary: Diary, openings: list[int], has_home: Callable[[int], bool]) -> None:
        self.diary, self.openings, self.has_home = diary, list(openings), has_home
        self.applications: list[Application] = []
        self.events: list[Meeting] = []

    def has_job(self, number: int) -> bool:
        """Whether somebody of the household works."""
        return any(one.household == number and one.state in IN_WORK for one in self.applications)

    def meet(self, on: date) -> None:
        """Hold an event: those who still miss a half are asked, most come, and meet employers."""
        asked = [number for number in self.diary.ready(on) if not (self.has_home(number) and self.has_job(number))]
        asked = sorted(asked, key=lambda number: (self.has_job(number), number))[:INVITED_AT_MOST]
        came = [number for number in asked if self.diary.rng.random() < SHARE_PRESENT]
        event = len(self.events)
        self.events.append(Meeting(on, tuple(asked), tuple(came)))
        for number in came:
            if self.has_job(number):
                continue
            for person in range(1, self.diary.households[number].persons + 1):
                for _interview in range(self.diary.rng.choice((1, 2, 2))):
                    self._apply(number, person, on, event)

    def _apply(self, household: int, person: int, on: date, event: int) -> None:
        known = {one.offer for one in self.applications if (one.household, one.person) == (household, person)}
        left = [offer for offer, openings in enumerate(self.openings) if openings > 0 and offer not in known]
        if not left:
            return
        one = Application(len(self.applications), household, person, self.diary.rng.choice(left), JOB.initial)
        self.applications.append(one)
        self.diary.acts.append(Act(on, "job", one.number, "open", "EMPP", {
            "household": household, "person": person, "offer": one.offer, "event": event}))
        self._job(one, "record_interview", on, {"interviewed_on": on})
        chance = self.diary.rng.random()
        if chance < HIRED_AFTER_INTERVIEW:
            self.diary.after(on, self.diary.rng.randint(1, 12), lambda day: self._offer(one, day))
        elif chance < 0.55:
            self.diary.after(on, 1, lambda day: self._job(one, "keep_in_pool", day))
            self.diary.after(on, 60, lambda day: self._job(one, "turn_down", day, {"reason": "POST_FILLED"}))
        else:
            why = {"reason": self.diary.draw(TURNED_DOWN)}
            self.diary.after(on, 2, partial(self._job, one, "turn_down", given=why))

    def _job(self, one: Application, action: str, on: date, given: dict[str, Any] | None = None) -> bool:
        given = given or {}
        if not JOB.may(action, one.state, "EMPP"):
            return False
        one.state = JOB.move(action, one.state, "EMPP", given)
        self.diary.acts.append(Act(on, "job", one.number, action, "EMPP", given))
        return True

    def _works(self, one: Application) -> bool:
        return any((each.household, each.person) == (one.household, one.person) and each.state in IN_WORK
                   for each in self.applications)

    def _offer(self, one: Application, on: date) -> None:
        if self._works(one) or self.openings[one.offer] < 1:
            self._job(one, "turn_down", on, {"reason": "POST_FILLED"})
            return
        contract, _share, months = self.diary.rng.choices(CONTRACTS, [share for _, share, _ in CONTRACTS])[0]
        start = on + timedelta(days=self.diary.rng.randint(3, 20))
        start += timedelta(days=(7 - start.weekday()) % 7 if start.weekday() >= 5 else 0)
        given = {
            "contract": contract, "start_on": start,
            "last_day": months_after(start, months) if months else None,
            "trial_ends_on": months_after(start, 2) if contract == "CDI" else start + timedelta(days=13),
        }
        if not (self._job(one, "offer", on, {"contract": contract}) and self._job(one, "hire", on, given)):
            return
        self.openings[one.offer] -= 1
        for each in self.applications:
            if each is not one and (each.household, each.person) == (one.household, one.person) and (
                each.state in BEFORE_HIRE
            ):
                self.diary.after(on, 3, partial(self._job, each, "withdraw_person", given={"reason": "OTHER_JOB"}))
        self._goes_on(one, start, given)

    def _goes_on(self, one: Application, start: date, given: dict[str, Any]) -> None:
        """Plan what becomes of a contract: a trial that breaks, a departure, its term, or the checks."""
        chance = self.diary.rng.random()
        if chance < TRIAL_BROKEN and given["trial_ends_on"] is not None:
            broken = start + timedelta(days=self.diary.rng.randint(5, max(6, (given["trial_ends_on"] - start).days)))
            self.diary.on(broken, lambda day: self._lost(one, "break_trial", day, "TRIAL_BY_EMPLOYER"))
        elif chance < TRIAL_BROKEN + LEFT_LATER:
            self.diary.on(start + timedelta(days=self.diary.rng.randint(70, 150)),
                     lambda day: self._lost(one, "end", day, "RESIGNATION"))
        self.diary.on(given["trial_ends_on"] + timedelta(days=1),
                 lambda day: self._job(one, "pass_trial", day, {"trial_ended_on": given["trial_ends_on"]}))
        for months in (1, 3, 6):
            seen = months_after(start, months) + timedelta(days=1)
            self.diary.on(seen, partial(self._job, one, f"hold_{months}m", given={"checked_on": seen}))
        if given["last_day"] is not None:
            self.diary.on(given["last_day"] + timedelta(days=2),
                     lambda day: self._lost(one, "end", day, "TERM", ended_on=given["last_day"]))

    def _lost(self, one: Application, action: str, on: date, reason: str, *, ended_on: date | None = None) -> None:
        if self._job(one, action, on, {"ended_on": ended_on or on, "reason": reason}) and action == "break_trial":
            self.openings[one.offer] += 1
