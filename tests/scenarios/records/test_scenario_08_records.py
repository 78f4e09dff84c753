"""Scenario 8 through the records: 60 leases, 17 priority: 28.3 %, two more in a row, the policy text printed."""

from datetime import date

import pytest
from tests.factories.figures import lease, leases
from tests.factories.records import scheme

from untoit.core.indicators.quotas import Unit
from untoit.core.indicators.shares import Share
from untoit.records.followup.models import Twin
from untoit.reporting.commitment import Asked, commitment_of, paper_of, usual

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    there = scheme()
    leases(there, 17, grounds=["k"])
    leases(there, 43)
    return there


def figures(made, name="LM", asked=None):
    actor = made.actor(name)
    return commitment_of(actor, asked or usual(actor.today))


def test_scenario_08_seventeen_of_sixty_two_more_in_a_row(made):
    found = figures(made)

    assert found.main.share == Share(17, 60)
    assert found.main.share.percent == 28.3
    assert (found.main.needed, found.main.after) == (2, Share(19, 62))
    assert found.main.after.percent == 30.6
    assert "baux signés dans la période" in found.main.policy_text


def test_scenario_08_the_page_and_every_file_print_the_policy(client, made):
    client.force_login(made.user("LM"))

    page = client.get("/engagement/").content.decode()

    assert "17 sur 60" in page and "encore 2 de suite" in page
    assert "Comptage" in page and "un ménage compte une fois" in page
    assert "Comptage" in client.get("/engagement/export/csv/").content.decode()
    assert client.get("/engagement/export/pdf/").content.startswith(b"%PDF")
    assert client.get("/engagement/export/xlsx/").status_code == 200


def test_scenario_08_a_household_counts_once_and_a_parking_place_of_another_landlord_never(made):
    who = lease(made, grounds=["k"], state="tenancy_ended", ended_on=date(2026, 6, 1)).household
    lease(made, who=who, signed=date(2026, 7, 1), grounds=["k"])

    found = figures(made)

    assert (found.main.share, len(found.main.repeated)) == (Share(18, 62), 1)
    assert figures(made, "LM_other").main.share == Share(0, 0)


def test_scenario_08_the_count_is_the_same_once_rows_are_erased_and_twins_are_left(made):
    one = lease(made, grounds=["k"])
    with_row = figures(made).main.share
    facts = {
        "decided": "2026-03", "signed": "2026-03", "grounds": ["k"], "in_scheme": False, "quartile": None,
        "in_qpv": None, "commune": "59350", "reserving_party": "", "transfer": False, "npnru": False, "refused": None,
        "refusal_codes": [], "held": {}, "ended": None,
    }
    Twin.objects.create(
        kind="proposal", organisation=made.organisations["landlord"], month=date(2026, 3, 1), facts=facts,
        group="6f1c1f9e-8f5e-4a53-9c55-0d9bb1f1c001",
    )
    one.delete()

    assert figures(made).main.share == with_row == Share(18, 61)


def test_scenario_08_decisions_are_the_other_unit(made):
    lease(made, state="accepted", signed_on=None, keys_on=None, grounds=["k"])
    day = Asked(date(2026, 1, 1), date(2026, 11, 23), Unit.DECISION)

    assert figures(made).main.share == Share(17, 60)
    assert figures(made, asked=day).main.share == Share(18, 61)
    assert "décisions d'attribution" in figures(made, asked=day).main.policy_text


def test_scenario_08_every_cut_adds_up_to_the_whole(made):
    found = figures(made)

    for cells in found.cuts.values():
        assert sum(cell.share.count for cell in cells.values()) == 17
        assert sum(cell.share.of for cell in cells.values()) == 60
    assert [part.code for part in paper_of(found).parts][:2] == ["reserving_party", "commune"]
