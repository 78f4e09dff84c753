"""The homes of a simulated year: proposed every week, looked at by a committee, answered, let, kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from untoit.core.demo.year_diary import Act, Diary, Session
from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, HOUSING, OPEN, answer_due_on
from untoit.core.lifecycles.housing_track import LEASED as TENANTS
from untoit.core.model.months import months_after

CANDIDATES = 3
MOST_OPEN_PROPOSALS = 2
ACCEPTED, REFUSED = 0.60, 0.27          # the rest is silence
MOVED_OUT = 0.03
REFUSALS = (
    ("NO_TRANSPORT", 18), ("FAR_FROM_WORK", 14), ("DISTRICT_SAFETY_IMAGE", 12), ("FAR_FROM_SCHOOL_CHILDCARE", 10),
    ("RENT_TOO_HIGH", 14), ("CHARGES_TOO_HIGH", 6), ("TOO_SMALL", 9), ("FLOOR_NO_LIFT", 7), ("CONDITION_WORKS", 6),
    ("HOUSED_ELSEWHERE", 4),
)


@dataclass(slots=True)
class Proposal:
    number: int
    household: int
    dwelling: int
    state: str
    session: int | None = None
    rank: int | None = None


class Homes:
    """The proposals of the year, and the sessions of the committee."""

    def __init__(self, diary: Diary, free_on: list[date], has_job: Callable[[int], bool]) -> None:
        self.diary, self.free_on, self.has_job = diary, free_on, has_job
        self.proposals: list[Proposal] = []
        self.sessions: list[Session] = []

    def has_home(self, number: int) -> bool:
        """Whether a household holds a lease."""
        return any(one.household == number and one.state in TENANTS for one in self.proposals)

    def _waiting_for_home(self, on: date) -> list[int]:
        def open_now(number: int) -> int:
            return sum(one.household == number and one.state in OPEN for one in self.proposals)

        waiting = [number for number in self.diary.ready(on) if not self.has_home(number)]
        # Those whom a job waits for come first, as the run of the main job would have it.
        waiting = [number for number in waiting if open_now(number) < MOST_OPEN_PROPOSALS]
        return sorted(waiting, key=lambda number: (not self.has_job(number), open_now(number), number))

    def propose(self, on: date) -> None:
        """Every week, propose the homes that are free to those who wait."""
        for dwelling, free_on in enumerate(self.free_on):
            mine = [one for one in self.proposals if one.dwelling == dwelling]
            busy = [one for one in mine if one.state in OPEN | TENANTS]
            if free_on - timedelta(days=21) > on or busy:
                continue
            met = {one.household for one in mine}
            for number in [one for one in self._waiting_for_home(on) if one not in met][:CANDIDATES]:
                self._open_proposal(number, dwelling, on)

    def _open_proposal(self, household: int, dwelling: int, on: date) -> None:
        one = Proposal(len(self.proposals), household, dwelling, HOUSING.initial)
        self.proposals.append(one)
        self.diary.acts.append(Act(
            on, "housing", one.number, "open", "LA", {"household": household, "dwelling": dwelling}
        ))
        chance = self.diary.rng.random()
        if chance < 0.10:
            why = {"reasons": [self.diary.draw(REFUSALS)]}
            self.diary.after(on, 2, lambda day: self._home(one, "refuse", day, "CAND", why))
        elif chance < 0.14:
            changed = {"reason": "SITUATION_CHANGED"}
            self.diary.after(on, 4, lambda day: self._home(one, "withdraw_person", day, "CAND", changed))
        self.diary.after(on, 1, lambda day: self._home(
            one, "plan_visit", day, given={"visit_on": day + timedelta(days=3)}))
        self.diary.after(on, 5, lambda day: self._home(one, "record_visit", day, given={"visited_on": day}))
        missing = self.diary.rng.random() < 0.2
        if missing:
            self.diary.after(on, 6, lambda day: self._home(one, "declare_missing", day,
                                                   given={"missing_documents": ["TAX_NOTICE"],
                                                          "needed_documents": ["IDENTITY", "TAX_NOTICE"],
                                                          "documents": ["IDENTITY"]}))
        if not missing or self.diary.rng.random() < 0.6:
            self.diary.after(on, 8, lambda day: self._home(one, "complete_file", day, given={
                "needed_documents": ["IDENTITY", "TAX_NOTICE"], "documents": ["IDENTITY", "TAX_NOTICE"]}))

    def _home(
        self, one: Proposal, action: str, on: date, role: str = "LA", given: dict[str, Any] | None = None
    ) -> bool:
        """Do one act on a proposal when its table allows it; say whether it did."""
        given = given or {}
        if not HOUSING.may(action, one.state, role):
            return False
        target = HOUSING.move(action, one.state, role, given)
        others = [each for each in self.proposals if each is not one]
        if target in HOLDING_THE_DWELLING and one.state not in HOLDING_THE_DWELLING and (
            any(each.dwelling == one.dwelling and each.state in HOLDING_THE_DWELLING for each in others)
            or self.has_home(one.household)
        ):
            return False
        one.state = target
        self.diary.acts.append(Act(on, "housing", one.number, action, role, given))
        if action == "sign_lease":
            for each in others:
                if each.state in OPEN and (each.household == one.household or each.dwelling == one.dwelling):
                    each.state = HOUSING.move("supersede", each.state, "clock", {"lease_signed_on": on})
        return True

    def committee(self, on: date) -> None:
        """Hold a session: every home with somebody whose file may be looked at."""
        lines = []
        for dwelling in range(len(self.free_on)):
            if any(one.dwelling == dwelling and one.state in HOLDING_THE_DWELLING | {"allocated", "allocated_ranked"}
                   for one in self.proposals):
                continue
            ready = [one for one in self.proposals if one.dwelling == dwelling
                     and one.state in ("file_complete", "file_incomplete") and not self.has_home(one.household)]
            if ready:
                lines.append((dwelling, ready[:CANDIDATES]))
        if not lines:
            return
        session = len(self.sessions)
        self.sessions.append(Session(on, tuple(
            (dwelling, tuple(one.number for one in some)) for dwelling, some in lines
        )))
        for _dwelling, some in lines:
            for one in some:
                one.session = session
                was_complete = one.state == "file_complete"
                self._home(one, "put_on_agenda", on, given={"session": session, "session_on": on})
                one.rank = None if was_complete else 0
            self._decide(some, on)

    def _decide(self, some: list[Proposal], on: date) -> None:
        """Decide on the candidates of one home: an incomplete file under condition, the others in order."""
        rank = 0
        for one in some:
            if one.rank == 0:
                due = on + timedelta(days=15)
                self._home(one, "allocate_conditional", on, "LM", {
                    "decided_on": on, "document": "TAX_NOTICE", "document_due_on": due})
                if self.diary.rng.random() < 0.7:
                    self.diary.after(on, 9, partial(self._receive, one))
                continue
            if self.diary.rng.random() < 0.06:
                self._home(one, "not_allocate", on, "LM", {"decided_on": on, "reasons": ["TOO_FAR_FROM_WORK"]})
                continue
            rank += 1
            one.rank = rank
            if rank == 1:
                self._home(one, "allocate", on, "LM", {"decided_on": on, "rank": 1})
                self.diary.after(on, 1, partial(self._notify, one))
            else:
                self._home(one, "allocate_ranked", on, "LM", {"decided_on": on, "rank": rank})

    def _receive(self, one: Proposal, on: date) -> None:
        if self._home(one, "receive_document", on, given={"received_on": on}):
            self.diary.after(on, 1, lambda day: self._notify(one, day))

    def _notify(self, one: Proposal, on: date) -> None:
        due = answer_due_on(on)
        if not self._home(one, "notify", on, given={"notified_on": on, "answer_due_on": due}):
            return
        chance = self.diary.rng.random() - (0.12 if self.has_job(one.household) else 0)
        if chance < ACCEPTED:
            self.diary.after(on, self.diary.rng.randint(1, 8), lambda day: self._accept(one, day))
        elif chance < ACCEPTED + REFUSED:
            self.diary.after(on, self.diary.rng.randint(1, 8), lambda day: self._refuse(one, day))
        else:
            # Silence becomes a refusal the day after the last one, week-end or not.
            self.diary.on(due + timedelta(days=1), lambda day: self._lapse(one, day), at_once=True)

    def _lapse(self, one: Proposal, on: date) -> None:
        if self._home(one, "lapse", on, "clock"):
            self._next(one, on)

    def _refuse(self, one: Proposal, on: date) -> None:
        if self._home(one, "refuse", on, "CAND", {"reasons": [self.diary.draw(REFUSALS)], "answered_on": on}):
            self._next(one, on)

    def _next(self, refused: Proposal, on: date) -> None:
        """Call the next rank, a person having confirmed it."""
        following = sorted((one for one in self.proposals if one.dwelling == refused.dwelling
                            and one.state == "allocated_ranked"), key=lambda one: one.rank or 99)
        if following:
            self.diary.after(on, 2, lambda day: self._call(following[0], day))

    def _call(self, one: Proposal, on: date) -> None:
        if self._home(one, "call_rank", on, given={"called_on": on}):
            self.diary.after(on, 1, lambda day: self._notify(one, day))

    def _accept(self, one: Proposal, on: date) -> None:
        if self._home(one, "accept", on, "CAND", {"answered_on": on}):
            self.diary.after(on, self.diary.rng.randint(5, 14), lambda day: self._sign(one, day))

    def _sign(self, one: Proposal, on: date) -> None:
        if not self._home(one, "sign_lease", on, given={"signed_on": on}):
            return
        self.diary.after(on, 4, lambda day: self._home(one, "make_inventory", day, given={"inventory_on": day}))
        self.diary.after(on, 5, lambda day: self._keys(one, day, on))

    def _keys(self, one: Proposal, on: date, signed_on: date) -> None:
        if not self._home(one, "hand_keys", on, given={"keys_on": on}):
            return
        leaves = self.diary.rng.random() < MOVED_OUT
        self.diary.on(months_after(on, 1), lambda day: self._home(one, "call_1m", day, given={"called_on": day}))
        self.diary.on(months_after(signed_on, 3), lambda day: self._home(
            one, "check_3m", day, given={"checked_on": day}))
        if leaves:
            self.diary.on(months_after(signed_on, 4), lambda day: self._home(
                one, "end_tenancy", day, given={"ended_on": day, "reason": "TENANT_LEAVES"}))
        self.diary.on(months_after(signed_on, 6), lambda day: self._home(
            one, "check_6m", day, given={"checked_on": day}))
