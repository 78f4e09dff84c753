"""Erasing a household, or a part of its file: nothing that names it is left, and no count changes."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps
from django.utils import timezone
from tests.factories.followup import a_pathway, a_proposal, an_application
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.errors import Refused
from untoit.records.applicants.models import Evidence, Household
from untoit.records.followup.keeping import erase, holds, nightly, replay, requests, striking_off
from untoit.records.followup.models import Application, LegalHold, Proposal, RetentionNotice, TrackAct, Twin
from untoit.records.followup.tracks import acts
from untoit.records.partners.models import AuditEntry, Role
from untoit.reporting import followup_figures

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def made(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return scheme()


def figures() -> dict[str, object]:
    """Return every figure that the follow-up gives, without the keys that an erasure draws anew."""
    allocated = followup_figures.allocations(organisation_id=None)
    refused = followup_figures.refusals(organisation_id=None)
    return {
        "decided": sorted(f"{one.decided_on:%Y-%m}" for one in allocated),
        "signed": sorted(f"{one.signed_on:%Y-%m}" for one in allocated if one.signed_on),
        "priority": sum(one.is_priority for one in allocated),
        "quartiles": sorted(one.quartile or 0 for one in allocated),
        "homes": sorted(str([stay.held_at(months) for months in (1, 3, 6)])
                        for stay in followup_figures.stays_at_home(organisation_id=None)),
        "jobs": len(followup_figures.stays_in_job(organisation_id=None)),
        "refusals": sorted((one.commune, one.codes) for one in refused),
        "classes": followup_figures.outcome_classes(organisation_id=None, on=NOW.date()),
    }


def left_of(household: UUID) -> dict[str, int]:
    """Return how many rows of each table still hold the key of a household, journals apart."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if field.get_internal_type() == "UUIDField" or (
                field.is_relation and field.related_model._meta.label == "applicants.Household"
            ):
                count = model._default_manager.filter(**{field.attname: household}).count()
                if count and model is not AuditEntry:
                    found[model._meta.label] = found.get(model._meta.label, 0) + count
    return found


def test_erasing_a_household_leaves_no_row_and_changes_no_figure(made):
    leased = a_proposal(made, state="checked_3m", grounds=["c"], quartile=1, in_scheme=True)
    household = leased.household
    a_proposal(made, state="refused", household=household)
    an_application(made, state="held_3m", person=household.persons.first())
    a_pathway(made, person=household.persons.first())
    Evidence.objects.create(
        household=household, ground="c", document="rapport", dated_on=date(2026, 1, 5), seen_by=made.user("LA"),
        organisation=made.organisations["landlord"], seen_at=NOW,
    )
    row = Proposal.objects.select_for_update().get(pk=leased.pk)
    acts.record(row=row, action="check_6m", by=made.actor(Role.LA), at=NOW, given={"checked_on": NOW.date()})
    before = figures()

    erase.erase_household(household.pk, because="request", at=NOW)

    assert left_of(household.pk) == {}
    assert figures() == before
    assert {twin.group for twin in Twin.objects.all()} != {household.pk}
    assert len({twin.group for twin in Twin.objects.all()}) == 1


def test_a_twin_holds_no_day_no_building_and_no_key(made):
    leased = a_proposal(made, state="keys_handed")

    erase.erase_household(leased.household_id, because="request", at=NOW)

    twin = Twin.objects.get()
    text = json.dumps(twin.facts)
    assert (twin.month.day, twin.facts["signed"]) == (1, f"{leased.signed_on:%Y-%m}")
    for secret in (str(leased.pk), str(leased.household_id), str(leased.vacancy_id), f"{leased.signed_on}"):
        assert secret not in text


def test_a_hold_stops_every_erasure_until_it_is_lifted(made):
    household = linked_household(made)
    officer = made.actor(Role.DPO)
    hold = holds.set_hold(household_id=household.pk, ground="litigation", by=officer, at=NOW)

    for refused in (erase.erase_household, erase.erase_housing_file, erase.erase_resources):
        with pytest.raises(Refused) as refusal:
            refused(household.pk, because="request", at=NOW)
        assert "procédure en cours" in refusal.value.sentence

    holds.lift_hold(hold_id=hold.pk, by=officer, at=NOW)
    erase.erase_household(household.pk, because="request", at=NOW)
    assert not Household.objects.filter(pk=household.pk).exists()


def test_the_same_hold_is_not_set_twice(made):
    household = linked_household(made)
    holds.set_hold(household_id=household.pk, ground="audit", by=made.actor(Role.DPO), at=NOW)

    with pytest.raises(Refused):
        holds.set_hold(household_id=household.pk, ground="audit", by=made.actor(Role.DPO), at=NOW)

    assert LegalHold.objects.count() == 1


def test_a_granted_request_erases_at_once_and_answers(made):
    household = linked_household(made)
    asked = household.rights_requests.create(
        kind="erasure", asked_at=NOW, asked_by=made.user("LA"), due_on=NOW.date() + timedelta(days=30)
    )

    answer = requests.grant_erasure(request_id=asked.pk, by=made.actor(Role.DPO), at=NOW)

    assert "comptes anonymes" in answer
    assert not Household.objects.filter(pk=household.pk).exists()


def test_a_granted_request_keeps_a_running_lease_and_says_so(made):
    leased = a_proposal(made, state="keys_handed")
    household = leased.household
    an_application(made, state="hired", person=household.persons.first())
    asked = household.rights_requests.create(
        kind="erasure", asked_at=NOW, asked_by=made.user("LA"), due_on=NOW.date() + timedelta(days=30)
    )

    answer = requests.grant_erasure(request_id=asked.pk, by=made.actor(Role.DPO), at=NOW)

    household.refresh_from_db()
    assert "bail en cours" in answer
    assert (household.finances, Application.objects.count(), Proposal.objects.count()) == ({}, 0, 1)


def test_a_restored_backup_is_erased_again(made, django_capture_on_commit_callbacks):
    household = linked_household(made)
    kept = {field.attname: getattr(household, field.attname) for field in Household._meta.concrete_fields}
    with django_capture_on_commit_callbacks(execute=True):
        erase.erase_household(household.pk, because="request", at=NOW)
    Household.objects.create(**kept)

    assert replay.come_back() == [household.pk]
    done = nightly.round_of(at=NOW)

    assert (done["restored"], Household.objects.filter(pk=household.pk).exists()) == (1, False)
    assert str(household.pk) not in replay.path().read_text()


def test_striking_off_waits_for_the_warning_and_is_taken_back(made):
    rejected = a_proposal(made, state="rejected_inadmissible", since=date(2026, 11, 10))
    manager = made.actor(Role.LM)

    with pytest.raises(Refused) as early:
        striking_off.strike_off(
            household_id=rejected.household_id, on=NOW.date(), because="inadmissible", by=manager, at=NOW
        )
    struck = striking_off.strike_off(
        household_id=rejected.household_id, on=NOW.date(), because="waived", by=manager, at=NOW
    )
    assert struck.struck_off_on == NOW.date()
    back = striking_off.reinstate(household_id=rejected.household_id, by=manager, at=NOW)

    assert "10/12/2026" in early.value.sentence
    assert back.struck_off_on is None


def test_an_open_proposal_forbids_to_strike_off(made):
    proposed = a_proposal(made, state="notified")

    with pytest.raises(Refused):
        striking_off.strike_off(
            household_id=proposed.household_id, on=NOW.date(), because="waived", by=made.actor(Role.LM), at=NOW
        )


def test_resources_go_three_months_after_the_lease_and_the_chances_stay_explained(made):
    leased = a_proposal(made, state="checked_3m", snapshot={"rent_cents": 40000, "features": {"wish_rank": 1}})
    after = _instant(date(2027, 2, 20))

    nightly.round_of(at=after)

    leased.refresh_from_db()
    household = Household.objects.get(pk=leased.household_id)
    assert (household.finances, household.resources_erased_on) == ({}, date(2027, 2, 20))
    assert leased.snapshot == {"features": {"wish_rank": 1}}


def test_a_job_follow_up_ends_fifteen_months_after_the_start(made):
    job = an_application(made, state="held_6m")
    before = figures()

    nightly.round_of(at=_instant(date(2028, 2, 2)))
    assert RetentionNotice.objects.filter(rule="job_follow_up").count() == 1
    nightly.round_of(at=_instant(date(2028, 3, 10)))

    assert not Application.objects.filter(pk=job.pk).exists()
    assert not TrackAct.objects.filter(subject_id=job.pk).exists()
    assert figures()["classes"] == before["classes"]


def test_a_round_run_twice_erases_nothing_twice(made):
    a_proposal(made, state="keys_handed")
    late = _instant(date(2027, 8, 1))

    nightly.round_of(at=late)
    second = nightly.round_of(at=late)

    assert {name for name, count in second.items() if count and name != "journal"} <= {"told"}


def _instant(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, NOW.time()))
