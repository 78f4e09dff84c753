import re
from collections import Counter
from datetime import date

import pytest

from untoit.core.demo.homes import stocks
from untoit.core.demo.jobs import WEEKS_A_MONTH, families
from untoit.core.demo.network import distance_m, write_network
from untoit.core.demo.people import MOST_HOUSEHOLDS
from untoit.core.demo.scales import scales_on
from untoit.core.demo.tables import places
from untoit.core.demo.territory import LARGEST_EVENT, territory
from untoit.core.errors import UnusableInput
from untoit.core.exchange import read_dwellings, read_households, read_offers, read_persons, write_csv
from untoit.core.mobility.network import open_network
from untoit.core.model.place import Position
from untoit.core.model.run import STAGES
from untoit.core.pairing.left_out import left_out
from untoit.core.pairing.records import Records, Settings
from untoit.core.pairing.run import choose, prepare, problem_of
from untoit.core.territory.communes import MEL, communes
from untoit.core.territory.occupations import occupation

ON = date(2026, 1, 13)
READERS = {
    "menages.csv": read_households, "personnes.csv": read_persons, "logements.csv": read_dwellings,
    "offres.csv": read_offers,
}


def made(households=60, dwellings=40, offers=50, seed=1):
    tables = territory(households=households, dwellings=dwellings, offers=offers, seed=seed, on=ON)
    return {table.name: table for table in tables}


def read_back(tables, folder):
    found = {}
    for name, table in tables.items():
        write_csv(folder / name, table.columns, ([row[column] for column in table.columns] for row in table.rows))
        found[name] = READERS[name](folder / name)
    return found


def test_territory_is_the_same_for_the_same_seed_and_another_for_another():
    assert made(seed=1) == made(seed=1)
    assert made(seed=1)["menages.csv"] != made(seed=2)["menages.csv"]


def test_territory_has_the_sizes_that_were_asked_for():
    tables = made(households=7, dwellings=0, offers=3)

    assert {name: len(table.rows) for name, table in tables.items() if name != "personnes.csv"} == {
        "menages.csv": 7, "logements.csv": 0, "offres.csv": 3,
    }


@pytest.mark.parametrize("households", [60, LARGEST_EVENT + 100])
def test_every_row_is_read_back_without_a_refusal(tmp_path, households):
    read = read_back(made(households=households, dwellings=200, offers=households), tmp_path)

    assert {name: table.refused for name, table in read.items()} == dict.fromkeys(READERS, 0)


def test_nobody_can_be_taken_for_a_real_person_landlord_or_employer():
    tables = made(households=200, dwellings=200, offers=200)

    assert all(re.fullmatch(r"059(0[1-9]|1[0-2])\d{2}9\d{5}DEMO0", row["numero_unique"])
               for row in tables["menages.csv"].rows)
    assert all("(fictif)" in row["employeur"] for row in tables["offres.csv"].rows)
    assert all("(fictif)" in row["bailleur"] or "(démonstration)" in row["bailleur"]
               for row in tables["logements.csv"].rows)
    assert {row["siret"] for row in tables["offres.csv"].rows} == {""}


def test_about_fifteen_households_in_a_hundred_have_two_seekers():
    tables = made(households=2_000, dwellings=0, offers=0)

    share = len(tables["personnes.csv"].rows) / 2_000 - 1

    assert 0.12 < share < 0.19


def test_no_rsa_is_above_what_the_household_could_receive():
    scales = scales_on(ON)
    for row in made(households=500, dwellings=0, offers=0)["menages.csv"].rows:
        adults = len(row["ages_adultes"].split("|"))
        children = len(row["ages_enfants"].split("|")) if row["ages_enfants"] else 0

        assert float(row["rsa"] or 0) <= scales.rsa(adults, children, 0) + 0.01


def test_no_wage_is_under_the_legal_minimum_for_its_hours():
    for row in made(households=0, dwellings=0, offers=500)["offres.csv"].rows:
        if row["salaire_brut_mensuel"] and row["heures_hebdo"]:
            least = scales_on(ON).minimum_wage_hour * float(row["heures_hebdo"]) * WEEKS_A_MONTH
            assert float(row["salaire_brut_mensuel"]) >= least


def test_homes_stand_near_a_place_of_their_commune():
    for row in made(households=0, dwellings=300, offers=0)["logements.csv"].rows:
        here = Position(float(row["latitude"]), float(row["longitude"]))
        near = min(
            distance_m(here, place.position) for place in places().values() if place.commune == row["code_insee"]
        )
        assert near <= 600


def test_every_commune_of_the_metropolis_may_have_a_vacancy():
    assert {stock.commune.code for stock in stocks() if stock.weight > 0} == {place.code for place in communes(MEL)}


def test_every_job_has_a_code_of_the_rome_and_every_employer_a_known_place():
    for family in families():
        assert family.jobs
        assert set(family.places) <= set(places())
        assert all(occupation(job.occupation) is not None for job in family.jobs)


def test_the_demonstration_places_about_half_and_shows_every_way_of_being_left_out(tmp_path):
    read = read_back(made(), tmp_path)
    write_network(tmp_path / "reseau.zip")
    records = Records.of(*(read[name].rows for name in READERS))

    prepared = prepare(records, open_network([tmp_path / "reseau.zip"]), Settings(on=ON))
    plan = choose(problem_of(prepared), prepared.settings)
    stages = Counter(household.stage for household in left_out(prepared, plan))

    assert 20 <= len(plan.pairs) <= 36
    assert len(plan.options) > len(plan.pairs)      # some couple has one home and two jobs
    assert set(stages) == set(STAGES)


@pytest.mark.parametrize(
    ("argument", "value"), [("households", -1), ("offers", -5), ("households", MOST_HOUSEHOLDS + 1)]
)
def test_impossible_sizes_are_refused_with_a_sentence(argument, value):
    with pytest.raises(UnusableInput, match=r"\.$"):
        made(**{argument: value})


@pytest.mark.parametrize("day", [date(2025, 8, 31), date(2028, 1, 1)])
def test_a_day_without_the_demonstration_network_is_refused(day):
    with pytest.raises(UnusableInput, match="01/09/2025 au 31/12/2027"):
        territory(households=1, dwellings=1, offers=1, seed=1, on=day)
