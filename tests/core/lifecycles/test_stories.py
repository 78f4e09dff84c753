"""Long random stories over the three tables and their cross effects: no invariant is ever broken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from untoit.core.errors import Refused
from untoit.core.lifecycles import CLOCK
from untoit.core.lifecycles.case import HousingProposal, JobApplication, Pathway, status
from untoit.core.lifecycles.effects import EffectKind, Event, Track, effects
from untoit.core.lifecycles.housing_track import (
    HOLDING_THE_DWELLING,
    HOUSING,
    LEASED,
    OPEN,
    PARIS,
    RankedProposal,
    answer_due_on,
    check_call,
    check_free,
    check_one_lease,
    has_lapsed,
)
from untoit.core.lifecycles.job_track import IN_WORK, JOB, LOST, Employment, Engagement, check_trial
from untoit.core.lifecycles.pathway_track import PATHWAY

ROLES = ("LA", "LM", "DEP", "EMPP", "EMPL", "PART", "CAND")
BACKWARD = {
    "withdraw_person", "withdraw_landlord", "withdraw_employer", "refuse", "turn_down", "not_allocate", "reject", "end",
    "end_tenancy", "break_trial", "exit", "withdraw_consent", "pause", "postpone", "miss_visit", "declare_missing",
    "miss_interview", "plan_visit", "plan_interview", "change_contract", "reopen", "prepare", "record_visit",
    "take_back",
}
STEPS = 50
TABLES = (*["housing_proposal"] * 6, *["job_application"] * 2, "pathway")


@cache
def possible(name, state):
    """Return every act and role that a table allows in a state."""
    table = next(each for each in (HOUSING, JOB, PATHWAY) if each.name == name)
    return tuple(sorted({(one.action, role) for role in ROLES for one in table.possible(state, role)}))


@dataclass
class World:
    """Three households that want two homes and a job or two; a log of every act."""

    today: date = date(2026, 1, 5)
    housing: dict[str, HousingProposal] = field(default_factory=dict)
    job: dict[str, JobApplication] = field(default_factory=dict)
    pathway: dict[str, Pathway] = field(default_factory=dict)
    log: list[tuple[date, str, str, str, str]] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        """Every household is proposed both dwellings, with its file ready for the first, and applies for two jobs."""
        for h in range(3):
            self.pathway[f"H{h}"] = Pathway("identified", self.today)
            for n, state in enumerate(("file_complete", "proposed")):
                self.housing[f"H{h}-D{n}"] = HousingProposal(f"H{h}-D{n}", f"D{n}", state, self.today)
            for n in range(2):
                self.job[f"H{h}-J{n}"] = JobApplication(f"H{h}-J{n}", "applied", self.today)

    def of(self, household, kind):
        """The proposals or the applications of a household."""
        return tuple(each for key, each in kind.items() if key.startswith(household))

    def rivals(self, proposal):
        """The other proposals of the dwelling."""
        return tuple(
            RankedProposal(each.reference, each.rank or 99, each.state) for each in self.housing.values()
            if each.dwelling == proposal.dwelling and each.reference != proposal.reference
        )

    def options(self):
        """Every act that some actor may do, in a stable order."""
        found = []
        for table, kind in ((HOUSING, self.housing), (JOB, self.job), (PATHWAY, self.pathway)):
            for key, each in kind.items():
                state = getattr(each, "state", None) or each.stage
                found += [(table.name, key, action, role) for action, role in possible(table.name, state)]
        return found

    def act(self, name, key, action, role):
        """Do one act if its guards allow it, then what it brings about."""
        try:
            {"housing_proposal": self.act_housing, "job_application": self.act_job,
             "pathway": self.act_pathway}[name](key, action, role)
        except Refused:
            self.refused += 1

    def act_housing(self, key, action, role):
        """Move a proposal."""
        before, on = self.housing[key], self.today
        due = answer_due_on(on)
        ranks = [each.rank for each in self.housing.values() if each.dwelling == before.dwelling and each.rank]
        given = dict.fromkeys((
            "visit_on", "visited_on", "missing_documents", "documents", "session_on", "reason", "reasons", "stated",
            "decided_on", "document", "document_due_on", "received_on", "called_on", "notified_on", "answered_on",
            "lease_signed_on", "signed_on", "inventory_on", "keys_on", "checked_on", "ended_on",
        ), on) | {"answer_due_on": due, "rank": max(ranks, default=0) + 1}
        target = HOUSING.move(action, before.state, role, given)
        household = key.split("-")[0]
        check_free(target, [each.state for each in self.rivals(before)])
        check_one_lease(target, [each.state for each in self.of(household, self.housing) if each.reference != key])
        if action == "call_rank":
            check_call(RankedProposal(key, before.rank or 1, before.state), self.rivals(before))
        if action == "lapse" and not has_lapsed(before.answer_due_on, datetime.combine(on, time(12), PARIS)):
            raise Refused("Trop tôt.")
        changes = {"state": target, "action": action, "since": on}
        if action in ("notify", "reopen_offer"):
            changes["answer_due_on"] = due
        if action == "allocate_ranked":
            changes["rank"] = given["rank"]
        if target in ("proposed", "file_incomplete", "on_agenda"):
            changes["rank"] = None
        if action == "sign_lease":
            changes["lease_signed_on"] = on
        if action == "hand_keys":
            changes["keys_on"] = on
        self.housing[key] = replace(before, **changes)
        self.log.append((on, key, action, role, target))
        after = self.housing[key]
        follows = effects(Event(Track.HOUSING, action, key, on, self.of(household, self.housing),
                                self.of(household, self.job), self.rivals(after)))
        jobs = dict(self.job)
        self.carry_out(follows)
        assert self.job == jobs

    def act_job(self, key, action, role):
        """Move an application."""
        before, on, household = self.job[key], self.today, key.split("-")[0]
        given = dict.fromkeys(("interview_on", "interviewed_on", "contract", "start_on", "reason", "trial_ended_on",
                               "ended_on", "checked_on"), on)
        target = JOB.move(action, before.state, role, given)
        employment = before.employment
        if employment is not None:
            check_trial(action, employment, given, trial_passed=before.trial_passed)
        if action == "hire":
            employment = Employment(Engagement.PERMANENT, on, trial_ends_on=on + timedelta(days=60))
        if target in LOST and employment is not None:
            employment = replace(employment, ended_on=on, trial_broken=action == "break_trial")
        if action == "restore" and employment is not None:
            employment = replace(employment, ended_on=None, trial_broken=False)
        passed = action == "pass_trial" or (before.trial_passed and action not in ("hire", "reopen"))
        self.job[key] = replace(before, state=target, action=action, since=on, employment=employment,
                                trial_passed=passed)
        self.log.append((on, key, action, role, target))
        homes = dict(self.housing)
        follows = effects(Event(Track.JOB, action, key, on, self.of(household, self.housing),
                                self.of(household, self.job), employment=employment))
        self.carry_out(follows)
        assert self.housing == homes

    def act_pathway(self, key, action, role):
        """Move a pathway."""
        before = self.pathway[key]
        target = PATHWAY.move(action, before.stage, role, {"consented_on": self.today, "reason": "dit"})
        self.pathway[key] = Pathway(target, self.today)
        self.log.append((self.today, key, action, role, target))
        self.carry_out(effects(Event(Track.PATHWAY, action, key, self.today)))

    def carry_out(self, follows):
        """Apply the moves; look at the rest."""
        for each in follows:
            assert each.kind != EffectKind.TASK or (each.owner and each.due_on >= self.today)
            if each.kind == EffectKind.MOVE:
                self.act_housing(each.target, each.code, CLOCK)

    def night(self):
        """What the clock does: silence becomes refusal."""
        for key, each in list(self.housing.items()):
            noon = datetime.combine(self.today, time(12), PARIS)
            if each.state == "notified" and has_lapsed(each.answer_due_on, noon):
                self.act("housing_proposal", key, "lapse", CLOCK)


def check(world):
    """Assert everything that must always hold."""
    held = Counter(each.dwelling for each in world.housing.values() if each.state in HOLDING_THE_DWELLING)
    assert all(count == 1 for count in held.values())
    for h in range(3):
        homes, jobs = world.of(f"H{h}", world.housing), world.of(f"H{h}", world.job)
        leases = [each for each in homes if each.state in LEASED]
        assert len(leases) <= 1
        found = status(homes, jobs, world.pathway[f"H{h}"], [], world.today)
        assert (found.home is not None) == bool(leases)
        assert (found.job is not None) == any(each.state in IN_WORK for each in jobs)
        assert found.label
    for each in world.housing.values():
        acts = [action for _, key, action, _, _ in world.log if key == each.reference]
        if each.state in LEASED or each.state == "tenancy_ended":
            assert acts.index("notify") < acts.index("accept") < acts.index("sign_lease")
        if each.state == "refused_silence":
            assert each.since > each.answer_due_on
        if each.state in OPEN and any(
            other.state in LEASED and other.dwelling == each.dwelling for other in world.housing.values()
        ):
            # Only a proposal that came back after the lease can still be open on a dwelling that is let.
            assert {"reopen", "take_back"} & set(acts)
    days = [on for on, *_ in world.log]
    assert days == sorted(days)


def check_ranks(world):
    """Assert that a rank above 1 was called only after the ones before were over."""
    ranks, states = {}, {}
    for _, key, action, _, target in world.log:
        if "-D" not in key:
            continue
        dwelling = key.split("-")[1]
        if action == "allocate_ranked":
            taken = [rank for other, rank in ranks.items() if rank and other.endswith(dwelling)]
            ranks[key] = max(taken, default=0) + 1
        if action == "call_rank":
            before = [other for other, rank in ranks.items()
                      if rank and other.endswith(dwelling) and other != key and rank < ranks[key]]
            assert all(states[other] not in OPEN | LEASED for other in before)
        states[key] = target
        if target in ("proposed", "file_incomplete", "on_agenda"):
            ranks[key] = None


def play(numbers):
    """Play one story: each number chooses a track, an act (a forward one three times out of four) and the days."""
    world = World()
    for number in numbers:
        world.today += timedelta(days=number % 5)
        world.night()
        options = world.options()
        assert options, "something can always be done"
        table = TABLES[number // 4 % len(TABLES)]
        there = [each for each in options if each[0] == table] or options
        forward = [each for each in there if each[2] not in BACKWARD]
        chosen = forward if number % 4 and forward else there
        world.act(*chosen[(number // 180) % len(chosen)])
        check(world)
    check_ranks(world)
    return world


# A story that fails is read in its log; shrinking fifty steps takes minutes and tells no more.
@settings(max_examples=200, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.lists(st.integers(0, 2**31), min_size=STEPS, max_size=STEPS))
def test_no_story_breaks_an_invariant(numbers):
    world = play(numbers)  # every invariant is asserted after each act

    assert world.log, "a story in which nothing happens proves nothing"


def test_stories_reach_leases_ranks_jobs_and_their_losses():
    states, moved = Counter(), Counter()
    for seed in range(80):
        rng = Random(seed)
        world = play([rng.randrange(2**31) for _ in range(STEPS)])
        states.update(each.state for each in (*world.housing.values(), *world.job.values()))
        moved.update(action for _, _, action, _, _ in world.log)

    assert {"lease_signed", "keys_handed", "withdrawn", "refused", "hired", "ended"} <= set(states)
    assert {"supersede", "lapse", "call_rank", "reopen", "sign_lease", "hold_6m", "break_trial"} <= set(moved)
