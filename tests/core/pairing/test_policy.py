"""A policy replaces values of the files for one computation, within bounds, and leaves nothing behind."""

from datetime import date
from decimal import Decimal

import pytest

from untoit.core import parameters
from untoit.core.errors import UnusableInput
from untoit.core.pairing.policy import KNOBS, overrides_of, said

ON = date(2026, 11, 24)


def test_every_value_that_a_policy_may_set_is_in_the_files_and_within_its_bounds():
    for knob in KNOBS:
        assert knob.least <= knob.default <= knob.most, knob.path


def test_values_hold_inside_the_layer_only():
    overrides = overrides_of({
        "policy/matching.weight_of_priority": "0.5", "policy/matching.selection.jobs_max": "6",
        "policy/matching.share_per_seeker.2": "0.7",
    })

    with parameters.overriding(overrides):
        inside = parameters.at("policy/matching", ON)
        assert inside["weight_of_priority"] == Decimal("0.5")
        assert inside["selection"]["jobs_max"] == 6
        assert isinstance(inside["selection"]["jobs_max"], int)
        assert inside["share_per_seeker"][2] == Decimal("0.7")
        assert "politique" in inside.source
        assert parameters.at("policy/success", ON)["home"]["base"] == Decimal("0.85")

    outside = parameters.at("policy/matching", ON)
    assert outside["weight_of_priority"] == Decimal("0.3")
    assert outside["selection"]["jobs_max"] == 4
    assert outside["share_per_seeker"][2] == Decimal("0.6")


def test_a_value_equal_to_that_of_the_files_is_no_choice():
    assert overrides_of({"policy/matching.weight_of_priority": "0.30"}) == ()


@pytest.mark.parametrize(("path", "value"), [
    ("social_housing/income_ceiling_plus.PLUS", "1"), ("policy/matching.weight_of_priority", "beaucoup"),
    ("policy/matching.weight_of_priority", "-1"), ("policy/matching.most_months_counted", "12.5"),
    ("policy/matching.selection.jobs_min", "4.5"),
])
def test_what_a_policy_may_not_set_is_refused(path, value):
    with pytest.raises(UnusableInput):
        overrides_of({path: value})


def test_fewest_and_most_interviews_stay_in_order():
    with pytest.raises(UnusableInput, match="plus petit"):
        overrides_of({"policy/matching.selection.jobs_min": 4, "policy/matching.selection.jobs_max": 2})


def test_a_path_that_leads_nowhere_is_a_fault_of_the_caller():
    with pytest.raises(KeyError), parameters.overriding((("policy/matching.nothing", Decimal(1)),)):
        pass


def test_values_are_said_in_french():
    shown = {knob.path: said(knob, knob.default) for knob in KNOBS}

    assert shown["policy/matching.most_months_counted"] == "60\u00a0mois"
    assert shown["policy/matching.weight_of_priority"] == "30\u00a0%"
    assert shown["policy/success.home.commune_not_wished"] == "−15\u00a0%"
