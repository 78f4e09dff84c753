"""What does not hold together between files."""

from tests.factories.files import HOUSEHOLD, OFFER, PERSON, csv_text, write_text

from untoit.core.exchange import (
    HOUSEHOLD_COLUMNS,
    OFFER_COLUMNS,
    PERSON_COLUMNS,
    cross_check,
    read_households,
    read_offers,
    read_persons,
)
from untoit.core.model.problem import Severity


def households(tmp_path, *rows, name="menages.csv"):
    return read_households(write_text(tmp_path / name, csv_text(HOUSEHOLD_COLUMNS, rows)))


def persons(tmp_path, *rows):
    return read_persons(write_text(tmp_path / "personnes.csv", csv_text(PERSON_COLUMNS, rows)))


def test_files_that_agree_have_no_problem(tmp_path):
    assert cross_check(households(tmp_path, HOUSEHOLD), persons(tmp_path, PERSON, PERSON | {"personne": "2"})) == []


def test_person_without_a_household_is_refused_and_household_without_a_person_noted(tmp_path):
    problems = cross_check(persons(tmp_path, PERSON | {"numero_unique": "B"}), households(tmp_path, HOUSEHOLD))

    assert [(problem.sentence, problem.severity) for problem in problems] == [
        ("personnes.csv, ligne 2, colonne numero_unique : « B » n'est pas dans menages.csv, ou son ménage y est "
         "refusé. Attendu : le numéro d'un ménage lu.", Severity.REFUSED),
        ("menages.csv, ligne 2, colonne numero_unique : « 059012699900001 » n'a pas de demandeur d'emploi lu : ce "
         "ménage reste sans tandem.", Severity.NOTICE),
    ]


def test_person_of_a_refused_household_is_refused(tmp_path):
    read = households(tmp_path, HOUSEHOLD | {"rfr_n2": "?"})

    [problem] = cross_check(read, persons(tmp_path, PERSON))

    assert (problem.file, problem.severity) == ("personnes.csv", Severity.REFUSED)


def test_more_seekers_than_people_is_noted(tmp_path):
    alone = HOUSEHOLD | {"ages_adultes": "30", "ages_enfants": ""}

    [problem] = cross_check(households(tmp_path, alone), persons(tmp_path, PERSON, PERSON | {"personne": "2"}))

    assert problem.sentence == ("menages.csv, ligne 2, colonne numero_unique : « 059012699900001 » a 2 demandeurs "
                                "d'emploi pour 1 personne à loger : à vérifier.")


def test_same_key_in_two_files_of_a_kind_is_refused_once(tmp_path):
    (tmp_path / "b").mkdir()
    first, second = households(tmp_path, HOUSEHOLD), households(tmp_path / "b", HOUSEHOLD)

    problems = cross_check(first, second)

    assert [problem.sentence for problem in problems] == [
        "menages.csv, ligne 2, colonne numero_unique : « 059012699900001 » est déjà dans menages.csv. Attendu : une "
        "seule ligne, dans un seul fichier.",
    ]


def test_same_reference_in_a_table_and_in_france_travail_is_refused(tmp_path):
    table = read_offers(write_text(tmp_path / "offres.csv", csv_text(OFFER_COLUMNS, [OFFER])))
    document = read_offers(write_text(
        tmp_path / "ft.json", '[{"id": "O-7", "intitule": "a", "romeCode": "K2204", "typeContrat": "CDI", '
        '"lieuTravail": {"commune": "59350", "latitude": 50.6, "longitude": 3.1}}]'))

    [problem] = cross_check(table, document)

    assert (problem.file, problem.seen) == ("ft.json", "O-7")
