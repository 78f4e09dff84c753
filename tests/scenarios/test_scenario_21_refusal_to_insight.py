"""Scenario 21: given 10 refusals, 6 of the LOCATION family in one commune; then 60 % for it, masked under 5."""

from datetime import date

from untoit.core.indicators.refusals import Refusal, by_place
from untoit.core.indicators.shares import Share

ON = date(2026, 11, 23)
LOCATIONS = ("LOCATION", "FAR_FROM_WORK", "NO_TRANSPORT", "NO_SERVICES_SHOPS", "FAR_FROM_FAMILY",
             "DISTRICT_SAFETY_IMAGE")


def refusals(locations, others):
    """Refusals of homes of one commune."""
    codes = [*LOCATIONS[:locations], *["RENT_TOO_HIGH"] * others]
    return [Refusal(f"R{number}", (code,), "59512", ON) for number, code in enumerate(codes)]


def test_scenario_21_six_of_ten_refusals_are_about_the_place():
    (cell,) = by_place(refusals(6, 4), "LOCATION", ON).values()

    assert (cell.share, cell.share.percent) == (Share(6, 10), 60.0)


def test_scenario_21_under_five_it_is_masked():
    (cell,) = by_place(refusals(4, 6), "LOCATION", ON).values()

    assert (cell.share, cell.text) == (None, "masqué")
