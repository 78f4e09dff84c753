"""The France Travail payload, as it is served and as it arrives."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.files import write_text

from untoit.core.errors import UnusableInput
from untoit.core.exchange import Kind, parse_schedule, read_offers
from untoit.core.model.place import Position
from untoit.core.model.schedule import SUPPOSED_SCHEDULE
from untoit.core.model.work import Contract, JobOffer
from untoit.core.territory.communes import commune

OFFER = {
    "id": "191ABCD",
    "intitule": "Agent de nettoyage (H/F)",
    "description": "Au sein d'une équipe, vous nettoyez des bureaux. Horaires 5h-13h du lundi au samedi. Bus à 200 m.",
    "romeCode": "K2204",
    "typeContrat": "CDD",
    "typeContratLibelle": "CDD - 6 Mois",
    "natureContrat": "Contrat travail",
    "experienceExige": "E",
    "experienceLibelle": "6 mois",
    "permis": [{"libelle": "B - Véhicule léger", "exigence": "E"}, {"libelle": "C - Poids lourd", "exigence": "S"}],
    "salaire": {"libelle": "Horaire de 12.31 Euros"},
    "dureeTravailLibelle": "35H Horaires normaux",
    "entreprise": {"nom": "Propreté du Nord", "siret": "05350000000012"},
    "lieuTravail": {"libelle": "59 - ROUBAIX", "commune": "59512", "latitude": 50.69, "longitude": 3.17},
    "nombrePostes": 2,
    "offresManqueCandidats": True,
}


@pytest.fixture
def read(tmp_path):
    """Read a document made of offers."""
    def read(*offers):
        return read_offers(write_text(tmp_path / "offres.json", json.dumps({"resultats": list(offers)})))
    return read


def sentences(table):
    return [problem.sentence for problem in table.problems]


def test_offer_is_read_as_it_is_served(read):
    table = read(OFFER)

    assert table.rows == (JobOffer(
        reference="191ABCD", employer="Propreté du Nord", title="Agent de nettoyage (H/F)", occupation="K2204",
        contract=Contract.FIXED_TERM, commune="59512", position=Position(50.69, 3.17), siret="05350000000012",
        duration_months=Decimal(6), weekly_hours=Decimal(35), gross_monthly_eur=Decimal("1867.02"), openings=2,
        licences=frozenset({"B"}), min_experience_years=Decimal("0.5"),
        schedule=parse_schedule("lu-sa 05:00-13:00"), in_shortage=True, supposed=frozenset({"horaires"}),
    ),)
    assert (table.kind, table.lines, table.refused) == (Kind.FRANCE_TRAVAIL, (1,), 0)
    assert sentences(table) == [
        "offres.json, offre 1 (191ABCD), colonne description : « 5h-13h, lundi au samedi » est lu comme "
        "« lu-sa 05:00-13:00 », à confirmer par l'employeur.",
    ]


def test_offer_with_nothing_but_the_essential_is_read_and_all_is_supposed(read):
    [offer] = read({"id": "1", "intitule": "Agent", "romeCode": "K2204", "typeContrat": "CDI",
                    "lieuTravail": {"commune": "59512", "latitude": 50.69, "longitude": 3.17}}).rows

    assert (offer.employer, offer.schedule, offer.openings) == ("Employeur non communiqué", SUPPOSED_SCHEDULE, 1)
    assert (offer.weekly_hours, offer.gross_monthly_eur, offer.min_experience_years) == (None, None, None)
    assert offer.supposed == {"horaires", "heures_hebdo", "salaire_brut_mensuel"}


def test_place_without_coordinates_is_the_centre_of_the_commune_and_told(read):
    table = read(OFFER | {"description": "", "lieuTravail": {"libelle": "59 - LILLE", "commune": "59350"}})

    assert table.rows[0].position == commune("59350").position
    assert table.rows[0].supposed == {"horaires", "position"}
    assert sentences(table) == ["offres.json, offre 1 (191ABCD), colonne lieuTravail : « 59350 » sans coordonnées "
                                "exactes : le centre de Lille est supposé."]


@pytest.mark.parametrize(("place", "sentence"), [
    ({"libelle": "59 - Nord"}, "« 59 - Nord » ne nomme pas de commune : le trajet ne peut pas être calculé."),
    ({"commune": "38185"}, "« 38185 » est sans coordonnées, et le centre de cette commune n'est pas connu. Attendu : "
                           "latitude et longitude."),
    ([], "ne nomme pas de commune : le trajet ne peut pas être calculé."),
])
def test_place_that_cannot_be_found_refuses_the_offer(read, place, sentence):
    table = read(OFFER | {"lieuTravail": place})

    assert (table.rows, table.refused) == ((), 1)
    assert sentences(table) == [f"offres.json, offre 1 (191ABCD), colonne lieuTravail : {sentence}"]


def test_hourly_wage_without_hours_supposes_both(read):
    [offer] = read(OFFER | {"dureeTravailLibelle": "Temps plein"}).rows

    assert (offer.gross_monthly_eur, offer.weekly_hours) == (Decimal("1867.02"), None)
    assert offer.supposed == {"horaires", "heures_hebdo", "salaire_brut_mensuel"}


@pytest.mark.parametrize(("change", "contract"), [
    ({"typeContrat": "CDI"}, Contract.PERMANENT),
    ({"typeContrat": "DIN"}, Contract.PERMANENT),
    ({"typeContrat": "MIS"}, Contract.TEMP_AGENCY),
    ({"typeContrat": "SAI"}, Contract.FIXED_TERM),
    ({"typeContrat": "DDI"}, Contract.INSERTION),
    ({"natureContrat": "Insertion par l'activ.éco."}, Contract.INSERTION),
    ({"natureContrat": "Contrat apprentissage"}, Contract.WORK_STUDY),
    ({"natureContrat": "Cont. professionnalisation"}, Contract.WORK_STUDY),
    ({"alternance": True}, Contract.WORK_STUDY),
])
def test_contract_follows_type_and_nature(read, change, contract):
    assert read(OFFER | change).rows[0].contract is contract


@pytest.mark.parametrize(("change", "years"), [
    ({"experienceExige": "D", "experienceLibelle": "Débutant accepté"}, Decimal(0)),
    ({"experienceExige": "S", "experienceLibelle": "2 ans"}, None),
    ({"experienceExige": "E", "experienceLibelle": "2 An(s)"}, Decimal(2)),
    ({"experienceExige": "E", "experienceLibelle": "Expérience exigée"}, None),
])
def test_experience_counts_only_when_it_is_required(read, change, years):
    assert read(OFFER | change).rows[0].min_experience_years == years


def test_hours_of_the_newer_payload_are_read_too(read):
    context = {"horaires": ["35H/semaine\nTravail en 2*8"], "conditionsExercice": []}
    [offer] = read(OFFER | {"description": "", "contexteTravail": context}).rows

    assert offer.schedule == parse_schedule("lu-ve 05:00-13:00 / lu-ve 13:00-21:00")


def test_same_offer_twice_is_refused_the_second_time(read):
    table = read(OFFER, OFFER)

    assert (len(table.rows), table.refused) == (1, 1)
    assert sentences(table)[-1] == (
        "offres.json, offre 2 (191ABCD), colonne id : « 191ABCD » est déjà l'offre 1 du fichier."
    )


@pytest.mark.parametrize("wrap", [
    lambda offer: {"filtresPossibles": [], "resultats": [offer]}, lambda offer: [offer], lambda offer: offer,
    lambda offer: [{"resultats": [offer]}, {"resultats": []}],
])
def test_response_list_single_offer_and_pages_are_all_read(tmp_path, wrap):
    path = write_text(tmp_path / "offres.json", "\ufeff" + json.dumps(wrap(OFFER)))

    assert [offer.reference for offer in read_offers(path).rows] == ["191ABCD"]


@pytest.mark.parametrize(
    "text", ['{"type": "FeatureCollection"}', "[1, 2]", '[{"nom": "Lille"}]', '{"resultats": "x"}']
)
def test_other_json_is_unusable(tmp_path, text):
    with pytest.raises(UnusableInput, match="ne contient pas d'offres"):
        read_offers(write_text(tmp_path / "x.json", text))


def test_real_response_is_read_whole(shared):
    table = read_offers(shared / "data" / "copyleft" / "ft_offres_v2_recherche_2019.json")

    facts = [(offer.reference, offer.contract, offer.duration_months, offer.gross_monthly_eur) for offer in table.rows]
    assert facts == [
        ("082SGKK", Contract.WORK_STUDY, Decimal(12), Decimal("1521.22")),
        ("088KPWY", Contract.WORK_STUDY, Decimal(24), Decimal(850)),
        ("088JJPC", Contract.WORK_STUDY, Decimal(11), None),
        ("088KTTG", Contract.WORK_STUDY, Decimal(24), Decimal(850)),
        ("088KQCN", Contract.WORK_STUDY, Decimal(24), Decimal(850)),
        ("088MFJG", Contract.WORK_STUDY, Decimal(24), Decimal(850)),
        ("088JGJS", Contract.WORK_STUDY, Decimal(10), None),
        ("088QSFQ", Contract.WORK_STUDY, Decimal(12), Decimal("1521.22")),
    ]
    assert [sorted(offer.licences) for offer in table.rows] == [[], [], ["B"], [], [], [], [], []]
    assert [offer.min_experience_years for offer in table.rows] == [0, 0, 1, 0, 0, 0, Decimal("0.5"), 0]


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20) | st.sampled_from(["59512", "CDI", "E", "B - Véhicule", "Mensuel de 1900 Euros", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["commune", "latitude", "longitude", "libelle", "nom", "siret", "exigence",
                                       "horaires"]), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*OFFER, "contexteTravail", "alternance"]), anything), max_size=3))
def test_blocks_of_any_type_are_read_or_refused(tmp_path_factory, changes):
    path = tmp_path_factory.getbasetemp() / "any.json"
    offers = [OFFER | {"id": str(rank)} | change for rank, change in enumerate(changes)]
    path.write_text(json.dumps({"resultats": offers}), "utf-8")

    table = read_offers(path)

    assert len(table.rows) + table.refused == len(offers)
    assert all(offer.title and offer.employer and "horaires" in offer.supposed for offer in table.rows)
