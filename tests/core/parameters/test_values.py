"""The values themselves: sources, revisions, and the other places where the same value is published."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from untoit.core import parameters

# The day up to which the files are known to be complete. Moving it forward makes the test below name what is missing.
COMPLETE_UP_TO = date(2026, 11, 23)

OURS = [name for name in parameters.names() if name.split("/")[0] in ("social_housing", "work")]
ZONES = {
    "paris_et_limitrophes": "paris_communes_limitrophes",
    "ile_de_france": "ile_de_france",
    "autres_regions": "autres_regions",
}
YEARS = [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]


def openfisca(path, on):
    """Return a value of the parameter tree of OpenFisca-France, read without importing it."""
    file = Path(find_spec("openfisca_france").origin).parent / "parameters" / f"{path}.yaml"
    values = yaml.safe_load(file.read_text("utf-8"))["values"]
    return max((start, value["value"]) for start, value in values.items() if start <= on)[1]


@pytest.mark.parametrize("name", OURS)
def test_legal_values_are_up_to_date(name):
    in_force = [value for value in parameters.series(name) if value.valid_from <= COMPLETE_UP_TO]

    assert in_force[-1].successor_due(COMPLETE_UP_TO) is None


@pytest.mark.parametrize("name", parameters.names())
def test_every_value_says_where_it_comes_from(name):
    for value in parameters.series(name):
        assert len(value.source) > 10
        assert value.label
        assert value.unit


@pytest.mark.parametrize("on", YEARS)
@pytest.mark.parametrize("zone", ZONES)
def test_plus_ceilings_equal_those_of_openfisca(zone, on):
    plus = "prestations_sociales/aides_logement/logement_social/plu"
    expected = {n: openfisca(f"{plus}/par_categorie_de_menage/categorie_{n}/{ZONES[zone]}", on) for n in range(1, 7)}
    expected["extra_person"] = openfisca(f"{plus}/par_personne_supplementaire/{ZONES[zone]}", on)

    assert parameters.at("social_housing/income_ceiling_plus", on)[zone] == expected


@pytest.mark.parametrize("on", YEARS)
@pytest.mark.parametrize("zone", ZONES)
def test_pls_ceilings_are_130_percent_of_plus(zone, on):
    plus = parameters.at("social_housing/income_ceiling_plus", on)[zone]

    pls = parameters.at("social_housing/income_ceiling_pls", on)[zone]

    assert pls == {category: (13 * ceiling + 5) // 10 for category, ceiling in plus.items()}


def test_plai_ceilings_follow_the_rent_index():
    # IRL of the third quarter, 2023 to 2025; each step is rounded to the euro.
    steps = {date(2024, 1, 1): (141_03, 144_51), date(2025, 1, 1): (144_51, 145_77)}

    for before, (index, next_index) in steps.items():
        after = before.replace(year=before.year + 1)
        old, new = (parameters.at("social_housing/income_ceiling_plai", on)["autres_regions"] for on in (before, after))
        assert new == {category: round(ceiling * next_index / index) for category, ceiling in old.items()}


@pytest.mark.parametrize("on", [date(2024, 2, 1), date(2025, 2, 1), date(2026, 2, 1), date(2026, 7, 1)])
def test_minimum_wage_equals_that_of_openfisca(on):
    expected = openfisca("marche_travail/salaire_minimum/smic/smic_b_horaire", on)

    assert float(parameters.at("work/minimum_wage", on)["gross_hourly"]) == expected


def test_ceilings_rise_with_the_category_and_from_plai_to_pls():
    for on in YEARS:
        plai, plus, pls = (
            parameters.at(f"social_housing/income_ceiling_{funding}", on)["autres_regions"]
            for funding in ("plai", "plus", "pls")
        )
        for category in range(1, 7):
            assert plai[category] < plus[category] < pls[category]
            assert category == 1 or plus[category - 1] < plus[category]
