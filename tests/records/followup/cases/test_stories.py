"""Random stories through the records: the status agrees with its tracks, and nothing is left without an owner."""

from random import Random

import pytest
from django.db.models import Count
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.factories.followup_stories import morning, story

from untoit.core.lifecycles.case import status
from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, LEASED
from untoit.records.desk.models import Task
from untoit.records.followup.cases import deadlines, keepers, nightly, words
from untoit.records.followup.cases.refresh import for_landlord, moved_on
from untoit.records.followup.models import Case, CaseAlert, Proposal, TrackAct
from untoit.records.followup.tracks.values import facts_of
from untoit.records.partners.models import Membership

STEPS = 30
pytestmark = pytest.mark.django_db


def statuses_agree(day):
    """Assert that the copy of each status is what its tracks give from scratch."""
    facts = facts_of(Case.objects.values_list("pk", flat=True))
    for case in Case.objects.all():
        own = facts[case.pk]
        found = status(own.housing, own.job, own.pathway, own.participations, day)
        shared = for_landlord(own)
        for_them = status(shared.housing, shared.job, None, shared.participations, day)
        assert case.code == found.code
        assert (case.has_home, case.has_job) == (found.home is not None, found.job is not None)
        assert (case.landlord_code, case.landlord_moved_on) == (for_them.code, moved_on(shared))
        kept = {(one.code, one.role, one.sentence) for one in CaseAlert.objects.filter(case=case)}
        assert kept == {(one.code, one.owner, one.sentence) for one in found.alerts}
        assert {code for code, *_ in kept} <= set(words.ALERTS)


def constraints_hold():
    """Assert by queries of its own what the constraints of the database are for."""
    held = Proposal.objects.filter(state__in=HOLDING_THE_DWELLING).order_by()
    leases = Proposal.objects.filter(state__in=LEASED).order_by()
    assert not held.values("vacancy").annotate(n=Count("pk")).filter(n__gt=1)
    assert not leases.values("household").annotate(n=Count("pk")).filter(n__gt=1)


def everything_has_an_owner(at):
    """Assert that each open task is somebody's: an active member, or a role that an active member holds."""
    staffed = keepers.active_members(at)
    for task in Task.objects.open().select_related("owner"):
        if task.owner is not None:
            assert task.owner.until is None or task.owner.until > at
            assert task.owner.organisation_id == task.organisation_id
        else:
            assert (task.organisation_id, task.role) in staffed


class Stories(TestCase):
    """Each example is played in a transaction that is rolled back."""

    @settings(max_examples=10, phases=(Phase.explicit, Phase.reuse, Phase.generate), derandomize=True,
              suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(0, 2**31), min_size=STEPS, max_size=STEPS))
    def test_no_story_breaks_a_constraint_nor_leaves_a_status_behind(self, numbers):
        told = story(numbers)

        statuses_agree_as_refreshed(told)
        constraints_hold()
        night = morning(told.at)
        nightly.refresh_all(at=night)
        statuses_agree(nightly.timezone.localdate(night))
        deadlines.open_missing(at=night)
        keepers.give_back(at=night)
        everything_has_an_owner(night)
        assert TrackAct.objects.count() >= told.done > 0


def statuses_agree_as_refreshed(told):
    """Assert it for the cases that the last act touched; the others wait for the night."""
    for case in Case.objects.filter(computed_on=told.today):
        own = facts_of([case.pk])[case.pk]
        assert case.code == status(own.housing, own.job, own.pathway, own.participations, told.today).code


def test_stories_go_far_enough_to_prove_something():
    rng = Random(5)
    told = story([rng.randrange(2**31) for _ in range(120)])

    assert told.done > 60
    assert {"sign_lease", "hire", "refuse", "reopen"} <= set(TrackAct.objects.values_list("action", flat=True))


def test_after_a_story_members_leave_and_links_close_and_still_nothing_is_without_an_owner():
    rng = Random(11)
    told = story([rng.randrange(2**31) for _ in range(60)])
    Membership.objects.filter(pk__in=[told.of.members[name].pk for name in ("DEP", "LA", "EMPL")]).update(until=told.at)
    told.close_links("employment_partner")
    night = morning(told.at, days=40)

    keepers.give_back(at=night)
    keepers.tell_heads(at=night)

    everything_has_an_owner(night)
    assert Task.objects.open().filter(kind="late_tasks").exists()
