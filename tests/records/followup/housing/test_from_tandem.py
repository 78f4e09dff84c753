"""A proposal made from a released tandem: what it seals, and the task that it closes."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import Http404
from tests.factories import reports
from tests.factories.records import NOW, linked_household, scheme, vacancy

from untoit.core.learning.assumptions import HomeOutcome
from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import open_task
from untoit.records.followup.housing import proposals
from untoit.records.pairings import codec
from untoit.records.pairings.models import Policy, Run, RunState, Tandem

pytestmark = pytest.mark.django_db


def a_tandem(of, household, *, settings=None, effort="0.1875", state=RunState.RELEASED):
    landlord = of.organisations["landlord"]
    policy = Policy.objects.create(
        organisation=landlord, name="Essai", version=1, priority_per_mille=300, settings=settings or {}
    )
    run = Run.objects.create(
        organisation=landlord, title="Calcul d'essai", state=state, on=date(2026, 11, 20), policy=policy,
        created_at=NOW, released_by=of.user("LM"), released_at=NOW,
    )
    row = reports.tandem(effort_after=Decimal(effort))
    return Tandem.objects.create(
        run=run, household=household, vacancy=vacancy(landlord), number=1, rank=1, probability=Decimal("0.5"),
        review="accepted", snapshot={"rows": [codec.dump_tandem(row)], "versions": {"logiciel": "0.1.0"}},
    )


def propose(of, tandem, **changes):
    return proposals.propose(**{
        "household_id": tandem.household_id, "vacancy_id": tandem.vacancy_id, "tandem_id": tandem.pk,
        "by": of.actor("LA"), "at": NOW, **changes,
    })


def test_what_the_run_proposed_is_sealed_and_the_tandem_is_presented():
    of = scheme()
    tandem = a_tandem(of, linked_household(of))
    open_task(kind=TaskKind.TANDEM_TO_PRESENT, organisation=of.organisations["landlord"], role="LA",
              subject_kind="tandem", subject_id=tandem.pk, why="À présenter.", due_on=date(2026, 11, 27), at=NOW)

    row = propose(of, tandem)

    kept = row.snapshot
    assert (row.source, row.tandem) == ("run", tandem)
    assert (kept["benefit_cents"], kept["net_cost_cents"], kept["outward_min"]) == (12000, 30000, 18)
    assert kept["versions"] == {"logiciel": "0.1.0"}
    assert HomeOutcome(**kept["features"], signed=False) == HomeOutcome(0, False, False)
    assert not Task.objects.open().filter(kind=TaskKind.TANDEM_TO_PRESENT).exists()


@pytest.mark.parametrize(("effort", "settings", "above"), [
    ("0.33", {}, False), ("0.331", {}, True), ("0.30", {"policy/affordability.effort_rate": "0.25"}, True),
])
def test_the_effort_is_compared_with_the_alert_of_the_run(effort, settings, above):
    of = scheme()

    row = propose(of, a_tandem(of, linked_household(of), effort=effort, settings=settings))

    assert row.snapshot["features"]["effort_above_policy"] is above


def test_a_tandem_of_another_household_or_another_home_does_not_exist():
    of = scheme()
    tandem, other = a_tandem(of, linked_household(of)), linked_household(of)

    with pytest.raises(Http404):
        propose(of, tandem, household_id=other.pk)
    with pytest.raises(Http404):
        propose(of, tandem, vacancy_id=vacancy(of.organisations["landlord"]).pk)


def test_a_tandem_still_under_review_is_not_proposed():
    of = scheme()

    with pytest.raises(Http404):
        propose(of, a_tandem(of, linked_household(of), state=RunState.COMPUTED))


def test_a_run_retracted_since_teaches_nothing_after_an_event():
    of = scheme()
    tandem = a_tandem(of, linked_household(of), state=RunState.FAILED)

    with pytest.raises(Http404):
        propose(of, tandem)
    row = propose(of, tandem, source="event")

    assert (row.source, row.tandem) == ("event", None) and "effort_above_policy" not in row.snapshot["features"]
