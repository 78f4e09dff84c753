"""Random stories through the records: whatever people click, in any order, nothing breaks and nothing is lost."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from tests.factories.followup import TODAY, a_proposal, a_session
from tests.factories.records import NOW, linked_household, scheme, vacancy

from untoit.core.errors import Refused
from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, HOUSING, LEASED, next_rank
from untoit.records.desk.models import Task
from untoit.records.followup.housing import clock, proposals
from untoit.records.followup.housing.words import reasons_for
from untoit.records.followup.models import Case, Proposal, TrackAct
from untoit.records.followup.tracks.values import rivals_of

pytestmark = pytest.mark.django_db
STORIES, STEPS = 10, 30
FORWARD = {
    "complete_file", "put_on_agenda", "allocate", "allocate_ranked", "notify", "accept", "sign_lease", "call_rank",
}


def given_for(action, session, on, rng):
    """Return what the form of an act would hold, right or nearly."""
    days = {
        "visit_on": on + timedelta(days=2), "visited_on": on, "decided_on": on, "received_on": on, "called_on": on,
        "notified_on": on, "answer_due_on": on + timedelta(days=10), "answered_on": on, "signed_on": on,
        "inventory_on": on, "keys_on": on, "checked_on": on, "ended_on": on, "document_due_on": on + timedelta(days=15),
    }
    reasons = sorted(reasons_for(action, on))
    return {
        **days, "session": session, "rank": rng.randint(1, 3), "missing_documents": ["TAX_NOTICE"],
        "documents": ["IDENTITY", "TAX_NOTICE"], "document": "TAX_NOTICE", "stated": "Revenus au-dessus des plafonds",
        "reason": rng.choice(reasons) if reasons else "", "reasons": [rng.choice(reasons)] if reasons else [],
        "aids_looked_at": True,
    }


def step(world, rng, day):
    """Do one act that a button offers, somewhere; return its name when it was done."""
    at, row = NOW + timedelta(days=day), rng.choice(list(Proposal.objects.order_by("pk")))
    offered = [(one.action, role) for role in ("LA", "LM") for one in HOUSING.possible(row.state, role)]
    likely = [one for one in offered if one[0] in FORWARD] * 4 + offered
    if not likely:
        return ""
    action, role = rng.choice(likely)
    wanted = next(one.needs for one in HOUSING.possible(row.state, role) if one.action == action)
    given = given_for(action, world["session"], (TODAY + timedelta(days=day)), rng)
    extra = {"session"} if action == "put_on_agenda" else {"aids_looked_at"} if action == "not_allocate" else set()
    try:
        proposals.act(
            proposal_id=row.pk, action=action, given={name: given[name] for name in {*wanted, *extra} if name in given},
            by=world["of"].actor(role, at), at=at,
        )
    except Refused:
        assert Proposal.objects.get(pk=row.pk).revision == row.revision
        return ""
    return action


def check(rows):
    """What must hold after every act."""
    held = Counter(one.vacancy_id for one in rows if one.state in HOLDING_THE_DWELLING)
    leased = Counter(one.household_id for one in rows if one.state in LEASED)
    assert max(held.values(), default=0) <= 1 and max(leased.values(), default=0) <= 1
    for row in rows:
        states = set(TrackAct.objects.filter(subject_id=row.pk).values_list("to_state", flat=True))
        assert not states or row.state in states
        if row.state in LEASED:
            assert row.signed_on and row.notified_on and row.decided_on and row.quartile is not None
        if row.state == "allocated_ranked":
            assert row.rank
        following = next_rank(rivals_of(row))
        if following is not None and Task.objects.open().filter(kind="next_rank").exists():
            assert Proposal.objects.filter(pk=following.reference, state="allocated_ranked").exists()


@pytest.mark.parametrize("seed", range(STORIES))
def test_no_story_through_the_records_breaks_a_rule(seed):
    rng, of = Random(seed), scheme()
    homes = [vacancy(of.organisations["landlord"], expires_on=TODAY + timedelta(days=400)) for _ in range(2)]
    for _ in range(3):
        who = linked_household(of)
        who.links.update(expires_on=TODAY + timedelta(days=400))
        for home in homes:
            a_proposal(of, household=who, home=home, state="file_complete", opened_on=TODAY)
    world, done = {"of": of, "session": a_session(of)}, Counter()

    for number in range(STEPS):
        day = number * 2
        done[step(world, rng, day)] += 1
        clock.lapse_offers(at=NOW + timedelta(days=day))
        check(list(Proposal.objects.all()))

    assert sum(done.values()) - done[""] >= 5
    assert Case.objects.count() >= 1
