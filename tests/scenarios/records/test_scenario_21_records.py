"""Scenario 21 through the records: 10 refusals, 6 of the LOCATION family in one commune: the COPIL reads 60 %."""

import pytest
from tests.factories.figures import refusal
from tests.factories.records import scheme

from untoit.core.wording import NARROW
from untoit.reporting.followup_steering import followup_report

pytestmark = pytest.mark.django_db
LOCATIONS = (
    "LOCATION", "FAR_FROM_WORK", "NO_TRANSPORT", "NO_SERVICES_SHOPS", "FAR_FROM_FAMILY", "DISTRICT_SAFETY_IMAGE",
)


def places(made, role="FUND"):
    part = next(one for one in followup_report(made.actor(role)).parts if one.code == "places")
    column = part.columns.index("Localisation")
    return {row[0]: (row[1], row[column]) for row in part.rows}


def test_scenario_21_six_of_ten_refusals_are_about_the_place():
    made = scheme()
    for code in (*LOCATIONS, *["RENT_TOO_HIGH"] * 4):
        refusal(made, code)

    assert places(made) == {"Roubaix": ("10", f"6 sur 10, soit 60,0{NARROW}%")}


def test_scenario_21_under_five_it_is_masked():
    made = scheme()
    for code in (*LOCATIONS[:4], *["RENT_TOO_HIGH"] * 6):
        refusal(made, code)

    assert places(made)["Roubaix"] == ("10", "masqué")


def test_scenario_21_a_reason_that_few_gave_is_not_even_named(client):
    made = scheme()
    for code in (*LOCATIONS, "DISTRICT_SAFETY_IMAGE"):
        refusal(made, code)
    client.force_login(made.user("FUND"))

    page = client.get("/pilotage/resultats/").content.decode()

    assert "Famille\u00a0: Localisation" in page and "Raison\u00a0: autres" in page
    assert "image ou sécurité" not in page
