"""Each partners' file, read into the model."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.files import DWELLING, HOUSEHOLD, OFFER, PERSON, csv_text, write_text

from untoit.core.errors import UnusableInput
from untoit.core.exchange import (
    DWELLING_COLUMNS,
    HOME_COLUMNS,
    HOUSEHOLD_COLUMNS,
    OFFER_COLUMNS,
    PERSON_COLUMNS,
    WORK_COLUMNS,
    Kind,
    NamedPoint,
    Workplace,
    detect_kind,
    parse_schedule,
    read_any,
    read_dwellings,
    read_homes,
    read_households,
    read_offers,
    read_persons,
    read_works,
)
from untoit.core.model.dwelling import Dwelling, Funding, ReservingParty
from untoit.core.model.household import Household, PriorityGround, Resources
from untoit.core.model.person import Person
from untoit.core.model.place import Position
from untoit.core.model.problem import Severity
from untoit.core.model.schedule import SUPPOSED_SCHEDULE
from untoit.core.model.work import Contract, FrenchLevel, JobOffer, Mode, Seeker


@pytest.fixture
def table(tmp_path):
    """Read one file made of rows."""
    def read(reader, columns, *rows, name="fichier.csv"):
        return reader(write_text(tmp_path / name, csv_text(columns, rows)))
    return read


def sentences(table):
    return [problem.sentence for problem in table.problems]


def test_household_has_every_column_of_the_format(table):
    read = table(read_households, HOUSEHOLD_COLUMNS, HOUSEHOLD | {
        "naissances_attendues": "1", "jeune_couple": "non", "personnes_cmi_invalidite": "1",
        "revenus_12_mois": "11 000", "prime_activite": "10", "are": "20", "aah": "30", "pensions": "40",
        "prestations_familiales": "50", "autres_ressources": "60", "sans_marche": "oui",
        "etage_max_sans_ascenseur": "1", "statut_actuel": "heberge_tiers", "commune_actuelle": "59512",
    })

    assert read.rows == (Household(
        application_number="059012699900001", applied_on=date(2024, 2, 1), adult_ages=(34, 36), child_ages=(8, 4),
        expected_births=1, young_couple=False, disabled_persons=1, tax_income_n2_eur_year=Decimal(12900),
        income_12_months_eur_year=Decimal(11000),
        resources=Resources(*map(Decimal, ("0", "573.49", "10", "20", "30", "40", "50", "60"))),
        priority_grounds=frozenset({PriorityGround.DALO, PriorityGround.BADLY_HOUSED}),
        evidenced_grounds=frozenset({PriorityGround.BADLY_HOUSED}), in_scheme=True,
        reserving_parties=frozenset({ReservingParty.STATE, ReservingParty.LANDLORD}),
        wished_communes=("59350", "59512"), accepts_other_communes=True, wished_rooms=frozenset({3, 4}),
        max_outlay_eur=Decimal(600), needs_step_free_access=True, max_floor_without_lift=1,
        current_status="heberge_tiers", current_commune="59512", consented_on=date(2026, 9, 1),
    ),)
    assert (read.kind, read.lines, read.refused, read.problems) == (Kind.HOUSEHOLDS, (2,), 0, ())


def test_blank_resources_are_unknown_and_zero_is_zero(table):
    [household] = table(read_households, HOUSEHOLD_COLUMNS, HOUSEHOLD).rows

    assert (household.resources.wages_eur, household.resources.pensions_eur) == (Decimal(0), None)


def test_household_without_consent_is_read_with_a_notice(table):
    read = table(read_households, HOUSEHOLD_COLUMNS, HOUSEHOLD | {"date_consentement": ""})

    assert (read.rows[0].consented_on, read.refused) == (None, 0)
    assert sentences(read) == ["fichier.csv, ligne 2, colonne date_consentement : sans date de consentement, ce ménage "
                               "est lu mais n'entre dans aucun rapprochement."]


def test_evidence_of_an_undeclared_ground_does_not_count(table):
    read = table(read_households, HOUSEHOLD_COLUMNS, HOUSEHOLD | {"motifs_justifies": "c|k"})

    assert read.rows[0].evidenced_grounds == {PriorityGround.BADLY_HOUSED}
    assert sentences(read) == ["fichier.csv, ligne 2, colonne motifs_justifies : « k » n'est pas dans "
                               "motifs_prioritaires : ce motif n'est pas compté."]


def test_every_problem_of_a_row_is_told_and_the_other_rows_go_on(table):
    read = table(
        read_households, HOUSEHOLD_COLUMNS,
        HOUSEHOLD | {"numero_unique": "A", "date_demande": "31/02/2026", "rfr_n2": "", "ages_adultes": "34|x"},
        HOUSEHOLD | {"numero_unique": "B", "personnes_cmi_invalidite": "5"},
        HOUSEHOLD | {"numero_unique": "C"},
    )

    assert ([household.application_number for household in read.rows], read.lines, read.refused) == (["C"], (4,), 2)
    assert sentences(read) == [
        "fichier.csv, ligne 2, colonne date_demande : « 31/02/2026 » n'existe pas dans le calendrier. Attendu : une "
        "date comme 2026-11-23 ou 23/11/2026.",
        "fichier.csv, ligne 2, colonne ages_adultes : « 34|x » contient « x », qui n'est pas un nombre. Attendu : une "
        "liste séparée par « | » : l'âge de chaque adulte, de 16 à 120 ans, par exemple 34|36.",
        "fichier.csv, ligne 2, colonne rfr_n2 : la case est vide. Attendu : un montant en euros par an, par exemple "
        "12900.",
        "fichier.csv, ligne 3, colonne personnes_cmi_invalidite : « 5 » dépasse le nombre de personnes du ménage. "
        "Attendu : 4 au plus.",
    ]


def test_person_has_every_column_of_the_format(table):
    read = table(read_persons, PERSON_COLUMNS, PERSON | {
        "competences": "120130|A2", "trajet_max": "45", "heures_min": "24", "heures_max": "35,5",
        "disponible_le": "2026-12-01",
    })

    assert read.rows == (Person("059012699900001", 1, Seeker(
        occupations=("N1103", "K2204"), modes=frozenset({Mode.WALK, Mode.TRANSIT}),
        experience={"N1103": Decimal("2.5"), "K2204": Decimal(1)}, skills=frozenset({"120130", "A2"}),
        licences=frozenset({"B", "CACES3"}), max_commute_min=45, leaves_no_earlier_min=330, back_no_later_min=1530,
        workable_days=frozenset(range(5)), hours_min=Decimal(24), hours_max=Decimal("35.5"),
        contracts=frozenset({Contract.PERMANENT, Contract.FIXED_TERM}), french_level=FrenchLevel.B1,
        available_on=date(2026, 12, 1),
    )),)
    assert read.problems == ()


def test_person_with_blank_options_is_unknown_not_restricted(table):
    read = table(read_persons, PERSON_COLUMNS, {
        "numero_unique": "A", "personne": "1", "metiers": "N1103", "modes": "tc",
    })

    assert read.rows[0].seeker == Seeker(occupations=("N1103",), modes=frozenset({Mode.TRANSIT}))


@pytest.mark.parametrize(("change", "sentence"), [
    ({"heures_min": "35", "heures_max": "20"}, "heures_max : « 20 » est au-dessous de heures_min (35)."),
    ({"depart_min": "13:00", "retour_max": "01:30"},
     "retour_max : « 01:30 » est avant depart_min. Attendu : 25:30 pour 1 h 30 le lendemain."),
    ({"metiers": "N11"}, "metiers : « N11 » n'est pas un code ROME. Attendu : une liste séparée par « | » : une lettre "
                         "de A à N et quatre chiffres, par exemple N1103."),
    ({"experience": "N1103"}, "experience : « N1103 » n'est pas de la forme ROME:années. Attendu : une liste séparée "
                              "par « | » : un code ROME et des années, par exemple J1301:2.5|K2204:1."),
    ({"modes": ""}, "modes : la case est vide. Attendu : une liste séparée par « | » : marche, velo, tc ou voiture."),
])
def test_person_with_a_contradiction_is_refused(table, change, sentence):
    read = table(read_persons, PERSON_COLUMNS, PERSON | change)

    assert (read.rows, read.refused) == ((), 1)
    assert sentences(read) == [f"fichier.csv, ligne 2, colonne {sentence}"]


def test_two_persons_of_a_household_are_two_rows_and_the_same_one_twice_is_refused(table):
    read = table(read_persons, PERSON_COLUMNS, PERSON, PERSON | {"personne": "2"}, PERSON)

    assert ([person.number for person in read.rows], read.refused) == ([1, 2], 1)
    assert sentences(read) == ["fichier.csv, ligne 4, colonne numero_unique : « 059012699900001 / 1 » est déjà à la "
                               "ligne 2. Attendu : une seule ligne par numero_unique et personne."]


def test_dwelling_has_every_column_of_the_format(table):
    read = table(read_dwellings, DWELLING_COLUMNS, DWELLING | {
        "residence": "Les Tilleuls", "sans_marche": "non", "zone_apl": "2", "qpv": "QN05901M", "dpe": "d",
        "reservataire": "action_logement", "candidats_max": "4",
    })

    assert read.rows == (Dwelling(
        reference="L-014", landlord="3F Notre Logis", commune="59512", position=Position(50.69, 3.17), rooms=3,
        surface_m2=Decimal("62.5"), rent_eur=Decimal("423.5"), charges_eur=Decimal(62), funding=Funding.PLAI,
        available_on=date(2026, 12, 1), building="Les Tilleuls", address="12 rue de l'Épeule, Roubaix", floor=2,
        has_lift=False, is_step_free=False, apl_zone=2, in_qpv=True, qpv_code="QN05901M", energy_label="D",
        reserving_party=ReservingParty.ACTION_LOGEMENT, max_candidates=4,
    ),)


@pytest.mark.parametrize(("cell", "expected"), [
    ("oui", (True, None)), ("non", (False, None)), ("", (None, None)), ("QP059001", (True, "QP059001")),
])
def test_priority_district_is_a_flag_or_a_code(table, cell, expected):
    [dwelling] = table(read_dwellings, DWELLING_COLUMNS, DWELLING | {"qpv": cell}).rows

    assert (dwelling.in_qpv, dwelling.qpv_code) == expected


def test_ground_floor_is_floor_zero_and_not_unknown(table):
    unknown = DWELLING | {"reference": "b", "etage": ""}

    read = table(read_dwellings, DWELLING_COLUMNS, DWELLING | {"etage": "0"}, unknown)

    assert [dwelling.floor for dwelling in read.rows] == [0, None]


@pytest.mark.parametrize(("change", "sentence"), [
    ({"latitude": "3.17", "longitude": "50.69"},
     "latitude : « 3.17 ; 50.69 » n'est pas en France métropolitaine : latitude et longitude inversées ?"),
    ({"latitude": "48.2", "longitude": "16.37"},
     "latitude : « 48.2 ; 16.37 » n'est pas en France métropolitaine. Attendu : la latitude puis la longitude en "
     "degrés WGS84, par exemple 50.632 et 3.058."),
    ({"latitude": ""}, "latitude : la case est vide. Attendu : des degrés WGS84, par exemple 50.632."),
])
def test_dwelling_that_cannot_be_placed_is_refused(table, change, sentence):
    read = table(read_dwellings, DWELLING_COLUMNS, DWELLING | change)

    assert sentences(read) == [f"fichier.csv, ligne 2, colonne {sentence}"]


def test_offer_has_every_column_of_the_format(table):
    read = table(read_offers, OFFER_COLUMNS, OFFER | {
        "duree_mois": "6", "debut": "2026-12-01", "experience_min": "0,5", "niveau_francais": "a2", "en_tension": "oui",
    })

    assert read.rows == (JobOffer(
        reference="O-7", employer="Logistique du Nord", title="Cariste", occupation="N1101",
        contract=Contract.PERMANENT, commune="59009", position=Position(50.63, 3.15), siret="05350000000012",
        duration_months=Decimal(6), weekly_hours=Decimal(35), gross_monthly_eur=Decimal("1867.02"), openings=2,
        starts_on=date(2026, 12, 1), licences=frozenset({"CACES3"}), min_experience_years=Decimal("0.5"),
        french_level=FrenchLevel.A2, schedule=parse_schedule("lu-ve 05:00-13:00 / lu-ve 13:00-21:00"),
        in_shortage=True, supposed=frozenset(),
    ),)


def test_offer_without_hours_or_wage_is_marked_and_told_once_a_file(table):
    bare = OFFER | {"horaires": "", "salaire_brut_mensuel": "", "heures_hebdo": "", "postes": ""}
    read = table(read_offers, OFFER_COLUMNS, bare, bare | {"reference": "O-8"}, OFFER | {"reference": "O-9"})

    assert [offer.supposed for offer in read.rows] == [
        {"horaires", "salaire_brut_mensuel", "heures_hebdo"}, {"horaires", "salaire_brut_mensuel", "heures_hebdo"},
        set(),
    ]
    first = read.rows[0]
    assert (first.schedule, first.weekly_hours, first.gross_monthly_eur, first.openings) == (
        SUPPOSED_SCHEDULE, None, None, 1,
    )
    assert sentences(read) == [
        "fichier.csv, colonne heures_hebdo : case vide sur 2 lignes : 35 heures par semaine supposées.",
        "fichier.csv, colonne horaires : case vide sur 2 lignes : « lu-ve 09:00-17:00 » supposés et marqués comme "
        "tels.",
        "fichier.csv, colonne salaire_brut_mensuel : case vide sur 2 lignes : salaire minimum légal supposé pour la "
        "durée du travail.",
    ]
    assert {problem.severity for problem in read.problems} == {Severity.NOTICE}


def test_offer_with_an_hourly_wage_in_the_monthly_column_is_refused(table):
    read = table(read_offers, OFFER_COLUMNS, OFFER | {"salaire_brut_mensuel": "12,31"})

    assert sentences(read) == ["fichier.csv, ligne 2, colonne salaire_brut_mensuel : « 12,31 » n'est pas plausible. "
                               "Attendu : un salaire brut mensuel en euros, par exemple 1867,02."]


def test_homes_and_works_have_a_place_and_hours(table):
    point = {"id": "h1", "latitude": "45,18", "longitude": "5,72"}

    homes = table(read_homes, HOME_COLUMNS, point)
    works = table(read_works, WORK_COLUMNS, point | {"horaires": "lu-ve 21:00-05:00"}, point | {"id": "w2"})

    assert homes.rows == (NamedPoint("h1", Position(45.18, 5.72)),)
    assert works.rows == (
        Workplace("h1", Position(45.18, 5.72), parse_schedule("lu-ve 21:00-05:00"), schedule_is_supposed=False),
        Workplace("w2", Position(45.18, 5.72), SUPPOSED_SCHEDULE, schedule_is_supposed=True),
    )


@pytest.mark.parametrize(("columns", "kind"), [
    (HOUSEHOLD_COLUMNS, Kind.HOUSEHOLDS), (PERSON_COLUMNS, Kind.PERSONS), (DWELLING_COLUMNS, Kind.DWELLINGS),
    (OFFER_COLUMNS, Kind.OFFERS), (HOME_COLUMNS, Kind.HOMES), (WORK_COLUMNS, Kind.WORKS),
    (("Numéro Unique", "Personne", "Métiers", "MODES"), Kind.PERSONS),
])
def test_kind_is_recognised_from_the_headers(tmp_path, columns, kind):
    path = write_text(tmp_path / "x", csv_text(columns, []))

    assert (detect_kind(path), read_any(path).kind) == (kind, kind)


def test_kind_of_a_json_document_is_france_travail(tmp_path):
    assert detect_kind(write_text(tmp_path / "x", '\ufeff {"resultats": []}')) is Kind.FRANCE_TRAVAIL


def test_two_missing_columns_are_named_together(table):
    columns = [name for name in HOUSEHOLD_COLUMNS if name not in ("rfr_n2", "ages_adultes")]

    with pytest.raises(UnusableInput) as refusal:
        table(read_households, columns, HOUSEHOLD)

    assert refusal.value.sentence == (
        "fichier.csv : il manque les colonnes obligatoires « ages_adultes », « rfr_n2 »."
    )


def test_a_file_in_which_everything_is_wrong_counts_its_last_problems(table):
    rows = [OFFER | {"reference": f"O{number}", "rome": "?", "contrat": "?"} for number in range(10_010)]

    read = table(read_offers, OFFER_COLUMNS, *rows)

    assert (read.refused, len(read.problems)) == (10_010, 20_001)
    assert read.problems[-1].sentence == "fichier.csv : 20 autres problèmes, non détaillés ici."

