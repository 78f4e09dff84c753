"""What else was possible: real possibilities only, drawbacks told, the wish untouched."""

import json
from datetime import date
from decimal import Decimal

import pytest
from tests.factories.people import household
from tests.factories.town import factory_offer, person, records, station_dwelling, town

from untoit.core.pairing.alternatives import alternatives
from untoit.core.pairing.extras import extras_of
from untoit.core.pairing.records import Settings
from untoit.core.pairing.run import choose, prepare, problem_of

ON = date(2026, 3, 3)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


def run(network, **changes):
    prepared = prepare(records(**changes), network, Settings(ON))
    return prepared, choose(problem_of(prepared), prepared.settings)


def found(network, **changes):
    prepared, plan = run(network, **changes)
    return alternatives(prepared, plan, 0)


def test_a_single_possibility_has_no_alternative(network):
    assert found(network) == ()


def test_another_home_is_shown_with_what_is_less_good(network):
    asks = household(wished_communes=("59350", "59507"))
    (other,) = found(network, households=[asks], dwellings=[
        station_dwelling(), station_dwelling(
            reference="LOG-2", commune="59507", surface_m2=Decimal(30), rooms=1, rent_eur=Decimal(420),
            available_on=date(2026, 2, 1), energy_label="E",
        ),
    ])

    assert (other.kind, other.dwelling.reference, other.offer.reference) == ("autre_logement", "LOG-2", "OFF-1")
    said = [one.sentence.replace("\u00a0", " ") for one in other.drawbacks]
    assert said[:4] == ["1 pièce de moins", "15 m² de moins", "clés 31 jours plus tard", "DPE E au lieu de C"]
    assert any("de plus à payer par mois" in sentence for sentence in said)


def test_another_job_is_shown_with_the_pay_and_the_contract(network):
    (other,) = found(network, offers=[
        factory_offer(in_shortage=True), factory_offer(reference="OFF-2", gross_monthly_eur=Decimal(1500)),
    ])

    assert other.kind == "autre_emploi"
    assert {"salaire", "chances"} <= {one.code for one in other.drawbacks}


def test_a_home_given_to_somebody_else_is_said_to_be_taken(network):
    (other,) = found(
        network,
        households=[household(), household(application_number="059012600000100002")],
        persons=[person(), person("059012600000100002")],
        dwellings=[station_dwelling(), station_dwelling(reference="LOG-2")],
        offers=[factory_offer(openings=2)],
    )

    assert "disponibilite" in {one.code for one in other.drawbacks}


def test_the_extras_are_json(network):
    prepared, plan = run(network, dwellings=[station_dwelling(), station_dwelling(reference="LOG-2", rooms=3)])

    kept = extras_of(prepared, plan, 0)

    assert json.loads(json.dumps(kept)) == kept
    assert set(kept) == {"alternatives", "levers", "near", "housing_rules", "work_rules", "limits"}
    assert [[stop["name"] for stop in stops] for stops in kept["near"].values()] == [["Gare"]]
