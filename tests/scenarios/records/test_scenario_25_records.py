"""Scenario 25, through the records: erasure after the striking off, and the copy of everything about a person."""

import json
from datetime import date, datetime

import pytest
from django.utils import timezone
from tests.factories.followup import a_proposal, an_account, an_application
from tests.factories.records import NOW, scheme

from untoit.records.applicants.models import Household
from untoit.records.followup.keeping import nightly
from untoit.records.followup.models import RetentionNotice
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.reporting import followup_figures, personal_data

pytestmark = pytest.mark.django_db

STRUCK_OFF = date(2025, 11, 1)


def night_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, NOW.time()))


def counts() -> tuple[int, int, int, int]:
    allocated = followup_figures.allocations(organisation_id=None)
    return (
        len(allocated), sum(one.signed_on is not None for one in allocated), sum(one.is_priority for one in allocated),
        len(followup_figures.refusals(organisation_id=None)),
    )


@pytest.fixture
def struck_off(settings, tmp_path):
    """A household struck off on 1 November 2025, after a refusal; nobody else follows it."""
    settings.DATA_DIR = tmp_path
    made = scheme()
    refused = a_proposal(made, state="refused", grounds=["c"], quartile=1)
    a_proposal(made, state="lease_signed", grounds=["k"])
    Household.objects.filter(pk=refused.household_id).update(
        struck_off_on=STRUCK_OFF, struck_off_because="waived"
    )
    return refused.household


def test_scenario_25_the_last_day_is_kept_whole(struck_off):
    nightly.round_of(at=night_of(date(2026, 11, 1)))

    assert Household.objects.filter(pk=struck_off.pk).exists()
    assert RetentionNotice.objects.filter(household=struck_off, rule="housing_file_closed").exists()


def test_scenario_25_purged_the_day_after_and_the_figures_stay(struck_off):
    before = counts()

    nightly.round_of(at=night_of(date(2026, 11, 2)))

    assert not Household.objects.filter(pk=struck_off.pk).exists()
    assert counts() == before


def test_scenario_25_the_copy_holds_every_score_with_its_reasons():
    made = scheme()
    proposed = a_proposal(made, state="not_allocated", last_action="not_allocate", snapshot={
        "rent_cents": 41200, "features": {"wish_rank": 2, "effort_above_policy": False},
    })
    person = proposed.household.persons.get()
    an_application(made, state="not_retained", person=person, reason="HOURS", snapshot={"features": {"distance": 1}})
    account = an_account(person)
    actor = Actor(role=Role.CAND, at=NOW, user_id=account.pk, household_id=proposed.household_id)

    copy = personal_data.collect(actor, person, at=NOW)
    document = json.loads(personal_data.as_json(copy))

    home = document["parties"]["logements_proposes"]["lignes"][0]
    assert home["Ce que le calcul des chances a regardé"] == [
        "Taux d'effort au-dessus de l'alerte : non", "Rang parmi vos souhaits (0 : le premier) : 2",
    ]
    assert home["Ce qui était proposé"] == ["Loyer : 412,00\N{NO-BREAK SPACE}€"]
    assert home["Raisons"] == ["logement trop petit"]
    job = document["parties"]["candidatures"]["lignes"][0]
    assert (job["État"], job["Ce que le calcul des chances a regardé"]) == (
        "Non retenue", ["Écart avec le métier souhaité : 1"]
    )
    assert personal_data.as_pdf(copy).startswith(b"%PDF")
