"""Whole runs in a tiny town: what makes a tandem, and the first stage that stops one."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from tests.factories.people import household
from tests.factories.town import FAR_AWAY, factory_offer, hours, person, records, station_dwelling, town

from untoit.core.budget import BudgetWorker
from untoit.core.model.household import Resources
from untoit.core.model.work import Mode
from untoit.core.pairing.left_out import left_out
from untoit.core.pairing.records import RunMode, Settings
from untoit.core.pairing.results import balance, expected_double_successes, quota_lines, tandem_table, unplaced_table
from untoit.core.pairing.run import choose, prepare, problem_of
from untoit.core.pairing.tandems import tandem_rows

ON = date(2026, 3, 3)


def silent(stage, fraction):
    """Tell nobody."""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return town(tmp_path_factory.mktemp("town"))


def run(network, mode=RunMode.PLAN, **changes):
    settings = Settings(ON, mode=mode)
    prepared = prepare(records(**changes), network, settings)
    plan = choose(problem_of(prepared), settings)
    return prepared, plan


def only_left_out(network, **changes):
    prepared, plan = run(network, **changes)
    (one,) = left_out(prepared, plan)
    return one


def plain(sentence):
    """Return a sentence with ordinary spaces."""
    return sentence.replace("\u00a0", " ").replace("\u202f", " ")


def test_run_proposes_the_home_and_the_job_together(network):
    prepared, plan = run(network)

    (row,) = tandem_rows(prepared, plan, None, silent)

    assert (row.dwelling.reference, row.offer.reference, row.person) == ("LOG-1", "OFF-1", 1)
    # Bus of 08:30, at the factory at 08:42 for 08:55 at the latest; back by the 17:30, the first after 17:05.
    assert (row.outward_mode, row.outward_min, row.back_min, row.wait_before_shift_min) == ("tc", 25, 37, 13)
    assert left_out(prepared, plan) == ()
    assert 3 <= len(row.reasons) <= 4
    assert "25\u00a0minutes en transports à l'aller et 37 au retour" in row.reasons[0]


def test_probability_is_the_product_of_the_documented_chances(network):
    prepared, plan = run(network)

    (row,) = tandem_rows(prepared, plan, None, silent)

    # Home 0.85 (no wish stated), first wish 0.55, the way 37 of 60 minutes: 1 - 0.4 x 37/60.
    assert float(row.probability) == pytest.approx(0.85 * 0.55 * (1 - 0.4 * 37 / 60), abs=1e-4)
    assert expected_double_successes(prepared, plan) == pytest.approx(float(row.probability), abs=1e-4)


def test_no_consent_stops_first(network):
    one = only_left_out(network, households=[household(consented_on=None)])

    assert one.stage == "consentement"


def test_consent_after_the_date_of_the_run_does_not_count(network):
    one = only_left_out(network, households=[household(consented_on=date(2026, 3, 4))])

    assert (one.stage, "04/03/2026" in one.reason) == ("consentement", True)


def test_no_lawful_dwelling_is_eligibility_with_the_change_that_would_open_one(network):
    one = only_left_out(network, households=[household(wished_communes=("59512",), accepts_other_communes=False)])

    assert one.stage == "eligibilite"
    assert "« Commune souhaitée ou acceptée »" in plain(one.reason)
    assert one.nearest_change == "Accepter aussi Lille : 1\u00a0logement s’ouvrirait."


def test_no_seeker_in_the_files_is_employment(network):
    one = only_left_out(network, persons=[])

    assert (one.stage, "personnes.csv" in one.nearest_change) == ("emploi", True)


def test_no_fitting_offer_is_employment_with_the_licence_that_is_missing(network):
    one = only_left_out(network, offers=[factory_offer(licences=frozenset({"B"}))])

    assert one.stage == "emploi"
    assert one.nearest_change == "Obtenir le permis ou le certificat B : 1\u00a0offre s’ouvrirait."


def test_way_over_the_limit_says_by_how_much(network):
    one = only_left_out(network, persons=[person(max_commute_min=30)])

    assert one.stage == "trajet"
    assert "37 min en transports pour 30 min acceptées" in plain(one.reason)
    assert one.nearest_change == "Accepter 7\u00a0minutes de trajet de plus."


def test_child_to_fetch_at_six_thirty_pm_stops_a_late_shift(network):
    one = only_left_out(
        network, persons=[person(back_no_later_min=18 * 60 + 30)],
        offers=[factory_offer(schedule=hours("10:00", "18:10"))],
    )

    assert one.stage == "trajet"
    assert "retour à 18 h 42, attendu au plus tard à 18 h 30" in plain(one.reason)
    assert "pouvoir rentrer jusqu'à 18 h 42" in plain(one.nearest_change).lower()


def test_shift_before_the_first_bus_has_no_way_and_a_car_is_the_nearest_change(network):
    driver = person("059012600000100002", modes=frozenset({Mode.CAR}))
    prepared, plan = run(
        network,
        households=[household(), household(application_number="059012600000100002", wished_communes=("59512",))],
        persons=[person(), driver],
        offers=[factory_offer(schedule=hours("04:30", "12:30"))],
    )

    reasons = {one.application_number: one for one in left_out(prepared, plan)}

    night = reasons["059012600000100001"]
    assert night.stage == "trajet"
    assert night.nearest_change == "Avec un permis et une voiture, un poste serait à portée depuis 1\u00a0logement."


def test_one_home_for_two_households_leaves_one_out_for_want_of_room(network):
    prepared, plan = run(
        network,
        households=[household(), household(application_number="059012600000100002", applied_on=date(2020, 1, 1))],
        persons=[person(), person("059012600000100002")],
        offers=[factory_offer(openings=2)],
    )

    (one,) = left_out(prepared, plan)

    assert (one.application_number, one.stage) == ("059012600000100001", "capacite")
    assert one.nearest_change == "Un logement de plus comme LOG-1 à Lille (T2) ouvrirait une place."


def test_two_seekers_get_one_dwelling_and_two_jobs(network):
    prepared, plan = run(
        network, households=[household(adult_ages=(34, 33))], persons=[person(), person(number=2)],
        dwellings=[station_dwelling(rooms=3)], offers=[factory_offer(openings=2)],
    )

    rows = tandem_rows(prepared, plan, None, silent)

    assert [(row.person, row.dwelling.reference) for row in rows] == [(1, "LOG-1"), (2, "LOG-1")]
    assert rows[0].second_seeker == "Personne 2 : a aussi un poste proposé."


def test_two_seekers_and_one_opening_say_which_got_it(network):
    prepared, plan = run(
        network, households=[household(adult_ages=(34, 33))],
        persons=[person(), person(number=2, experience={"K2204": Decimal(3)})],
        dwellings=[station_dwelling(rooms=3)],
    )

    (row,) = tandem_rows(prepared, plan, None, silent)

    assert row.person == 2
    assert row.second_seeker == "Personne 1 : aucun poste à portée de ce logement ne lui revient."


def test_selection_shows_a_dwelling_to_three_and_an_interview_list_to_each(network):
    numbers = [f"05901260000010000{n}" for n in range(1, 6)]
    prepared, plan = run(
        network, mode=RunMode.SELECTION,
        households=[household(application_number=number) for number in numbers],
        persons=[person(number) for number in numbers],
        offers=[factory_offer(reference=f"OFF-{n}") for n in range(1, 7)],
    )

    rows = tandem_rows(prepared, plan, None, silent)

    interviews = {number: sum(row.application_number == number for row in rows) for number in numbers}
    assert sorted(interviews.values()) == [0, 0, 4, 4, 4]
    assert sorted({row.rank for row in rows}) == [1, 2, 3]


def test_quota_out_of_reach_is_told_with_the_number_missing(network):
    _, plan = run(network)

    (line,) = quota_lines(plan)

    assert (line.numerator, line.denominator, line.met, line.shortfall) == (0, 1, False, 1)
    assert "impossible à atteindre" in line.sentence


def test_order_of_the_files_changes_nothing(network):
    numbers = [f"05901260000010000{n}" for n in range(1, 5)]
    households = [
        household(application_number=number, applied_on=date(2024, n + 1, 1)) for n, number in enumerate(numbers)
    ]
    persons = [person(number) for number in numbers]
    dwellings = [station_dwelling(reference=f"LOG-{n}", rent_eur=Decimal(300 + n)) for n in range(3)]
    offers = [factory_offer(reference=f"OFF-{n}") for n in range(3)]

    def rows(step):
        prepared, plan = run(
            network, households=households[::step], persons=persons[::step], dwellings=dwellings[::step],
            offers=offers[::step],
        )
        return prepared.records.fingerprint(), list(tandem_table(tandem_rows(prepared, plan, None, silent)))

    assert rows(1) == rows(-1)


def test_balance_counts_everybody_once(network):
    prepared, plan = run(
        network, households=[household(), household(application_number="059012600000100002", consented_on=None)],
    )
    rows, unplaced = tandem_rows(prepared, plan, None, silent), left_out(prepared, plan)

    document = balance(prepared, plan, rows, unplaced, {}, {})

    assert document["menages_places"] + sum(document["menages_non_places"].values()) == document["tailles"]["menages"]
    assert document["borne_superieure"] >= document["objectif"] > 0
    assert [row[:2] for row in unplaced_table(unplaced)] == [("059012600000100002", "consentement")]


def test_home_out_of_reach_of_every_stop_has_no_way(network):
    one = only_left_out(network, dwellings=[station_dwelling(position=FAR_AWAY)])

    assert (one.stage, "aucun n'existe" in one.reason) == ("trajet", True)


def test_values_handed_to_the_matching_carry_no_attribute_of_anybody(network):
    prepared, _ = run(network)

    problem = problem_of(prepared)

    arrays = [getattr(problem, name) for name in problem.__dataclass_fields__ if name not in ("quotas",)]
    assert all(isinstance(array, int | np.ndarray) for array in arrays)
    assert problem.option_value.tolist() == prepared.value.tolist()


def test_expected_double_successes_count_a_dwelling_once(network):
    numbers = [f"05901260000010000{n}" for n in range(1, 4)]
    prepared, plan = run(
        network, mode=RunMode.SELECTION,
        households=[household(application_number=number) for number in numbers],
        persons=[person(number) for number in numbers],
        offers=[factory_offer(openings=9)],
    )

    expected = expected_double_successes(prepared, plan)

    # One interview each (there is one offer): the same chance p three times, and one home: 1 - (1 - p)^3.
    chance = float(prepared.probability[0])
    assert len(plan.pairs) == 3
    assert expected == pytest.approx(1 - (1 - chance) ** 3)


@pytest.mark.parametrize("missing", ["households", "persons", "dwellings", "offers"])
def test_an_empty_file_is_a_run_without_tandem_not_an_error(network, missing):
    prepared, plan = run(network, **{missing: []})

    document = balance(prepared, plan, (), left_out(prepared, plan), {}, {})

    assert document["menages_places"] == 0
    assert sum(document["menages_non_places"].values()) == len(prepared.records.households)


def test_budgets_are_simulated_for_what_is_shown_and_approximate_where_they_cannot_be(network):
    households = [
        household(resources=Resources(rsa_eur=Decimal("573.49"))), household(application_number="059012600000100002"),
    ]
    prepared, plan = run(
        network, households=households,
        # The second household has a seeker who is none of its adults: the file says person 2, and one adult.
        persons=[person(), person("059012600000100002", number=2)],
        dwellings=[station_dwelling(), station_dwelling(reference="LOG-2")], offers=[factory_offer(openings=2)],
    )

    with BudgetWorker() as worker:
        exact, approximate = tandem_rows(prepared, plan, worker, silent)

    assert [line.moment for line in exact.budget] == ["avant", "mois_1", "mois_4", "mois_15"]
    assert exact.effort_before == exact.budget[0].effort_rate
    assert exact.effort_after == exact.budget[-1].effort_rate
    assert exact.budget[-1].transport_eur > 0
    assert approximate.budget == ()
    assert approximate.effort_after is not None
