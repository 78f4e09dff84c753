"""The demonstration that a newcomer meets: accounts, cases, a run released and another to review; all fictitious."""

from collections import Counter

import pytest
from django.utils import timezone

from untoit.config import demonstration
from untoit.records.applicants.models import Household, Person
from untoit.records.intake.models import Batch
from untoit.records.pairings.models import Run
from untoit.records.partners.models import Membership, Role, User
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db


def test_the_demonstration_gives_every_role_something_to_look_at(tmp_path, settings):
    settings.DATA_DIR, settings.DEMO = tmp_path, True

    demonstration.load(folder=tmp_path, at=timezone.now(), say=lambda _: None)

    states = Counter(Run.objects.values_list("state", flat=True))
    assert states == {"released": 1, "draft": 1}
    assert Counter(Batch.objects.values_list("state", flat=True)) == {"applied": 5}
    assert Household.objects.count() == Household.objects.filter(is_fictitious=True).count() == 60
    seen = {
        role: Household.objects.visible_to(actor_of(one.user, at=timezone.now(), membership_id=one.pk)).count()
        for one in Membership.objects.select_related("user").order_by("is_org_admin")
        for role in [(one.role, one.is_org_admin)]
    }
    assert seen[(Role.LM, True)] == seen[(Role.LA, False)] == seen[(Role.DEP, True)] == 60
    assert 30 < seen[(Role.DEP, False)] < 50 and 20 < seen[(Role.EMPP, False)] < seen[(Role.EMPP, True)] < 60
    assert {seen[(role, True)] for role in (Role.EMPL, Role.FUND, Role.PART, Role.ADM)} == {0}
    candidate = User.objects.get(person__isnull=False)
    assert candidate.is_demo and candidate.person.household.tandems.filter(review="accepted").exists()
    assert not Person.objects.exclude(email__endswith=".invalid").exists()


def test_a_demonstration_that_was_interrupted_is_started_again(tmp_path, settings, monkeypatch):
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    demonstration.create_accounts()
    said, loaded = [], []
    monkeypatch.setattr(demonstration, "load", lambda **_: loaded.append(User.objects.count()))
    monkeypatch.setattr(demonstration, "call_command", lambda *_, **__: User.objects.all().delete() and None)
    Membership.objects.all().delete()

    assert demonstration.load_when_empty(folder=tmp_path, say=said.append)
    assert loaded == [0] and "interrompu" in said[0]


def test_somebody_s_accounts_are_never_taken_for_an_interrupted_demonstration(tmp_path):
    User.objects.create_user("vraie.personne@essai.invalid")

    assert not demonstration.load_when_empty(folder=tmp_path, say=lambda _: None)
    assert User.objects.count() == 1
