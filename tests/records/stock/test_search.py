"""Search forgives accents, endings and one typing mistake, and never finds by what the searching role may not read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.records import offer, scheme, vacancy

from untoit.records.jobs.models import Offer
from untoit.records.partners.search import commune_names, folded, matching, occupation_names, words_of
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db

NAMES = (commune_names(), occupation_names())


@pytest.fixture
def homes():
    made = scheme()
    vacancy(
        made.organisations["landlord"], reference="LOG-0012", building_name="Résidence des Tilleuls", commune="59343",
        address="12 rue de l'Œuvre", description="Deux chambres lumineuses", nearby="Boulangerie à deux pas",
    )
    vacancy(made.organisations["landlord"], reference="LOG-0099", building_name="Le Beffroi", rooms=3)
    return Vacancy.objects.all()


def found(rows, text, **options):
    return sorted(one.reference for one in matching(rows, text, vocabularies=NAMES, **options))


@pytest.mark.parametrize("text", [
    "tilleuls", "TILLEUL", "residence", "résidence des tilleuls", "tileuls", "tillleuls", "tillelus", "tilmeuls",
    "LOG-0012", "log 0012", "oeuvre", "œuvre", "chambre", "lumineuse", "boulangeries", "lesquin", "Lesqin", "59343",
    "T2", "t2 lesquin tilleuls",
])
def test_a_home_is_found(homes, text):
    assert found(homes, text) == ["LOG-0012"]


@pytest.mark.parametrize("text", ["dunkerque", "tilleuls beffroi", "xyz", "!!!", "' | 'zz':* | '", "LOG-0013"])
def test_a_home_is_not_found_by_what_it_does_not_hold(homes, text):
    assert found(homes, text) == []


def test_a_blank_text_keeps_everything(homes):
    assert found(homes, "  ") == ["LOG-0012", "LOG-0099"]


def test_close_words_are_looked_for_only_when_no_row_has_the_words(homes):
    Vacancy.objects.filter(reference="LOG-0099").update(building_name="Tilleul")

    assert found(homes, "tilleuls") == ["LOG-0012", "LOG-0099"]
    assert found(homes, "résidence tileuls") == ["LOG-0012"]


@pytest.mark.parametrize("text", ["tilleuls", "tileuls", "LOG-0012", "oeuvre", "chambres", "essai"])
def test_the_masked_search_does_not_know_the_building_the_address_nor_the_reference(homes, text):
    assert found(homes, text, column="search_masked") == []


def test_the_masked_search_knows_the_commune_the_size_and_what_is_near(homes):
    assert found(homes, "lesquin t2 boulangerie", column="search_masked") == ["LOG-0012"]


def test_the_vector_follows_every_change(homes):
    Vacancy.objects.filter(reference="LOG-0012").update(building_name="Les Charmes")

    assert found(homes, "tilleuls") == []
    assert found(homes, "charmes") == ["LOG-0012"]


@pytest.mark.parametrize("text", ["preparateur", "préparatrice de commande", "prépararteur", "N1103", "entrepots nord"])
def test_an_offer_is_found_by_its_title_its_occupation_or_its_employer(text):
    offer(scheme().organisations["employer"], reference="OFF-1")

    assert found(Offer.objects.all(), text) == ["OFF-1"]


@given(st.text(max_size=60))
def test_the_database_folds_as_python_does(text):
    """A word typed must be the word stored; a NUL cannot be stored, and letters of other scripts are dropped."""
    from django.db import connection

    from untoit.records.partners.search import _folded_sql

    stored = text.replace("\0", "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_folded_sql('%s::text')}".replace("%", "%").replace("'%s'", "%s"), [stored])
        assert cursor.fetchone()[0] == folded(stored)


@given(st.text())
def test_any_text_makes_a_question_that_the_database_understands(text):
    assert list(matching(Vacancy.objects.all(), text.replace("\0", ""), vocabularies=NAMES)) == []


def test_articles_are_left_out_unless_they_are_all_there_is():
    assert words_of("le loyer de l'appartement") == ["loyer", "appartement"]
    assert words_of("de la") == ["de", "la"]


def test_a_search_finds_the_same_rows_whether_they_are_few_or_many(homes, monkeypatch):
    organisation = homes[0].organisation
    made = {vacancy(organisation, building_name="Résidence des Tilleuls").reference for _ in range(4)} | {"LOG-0012"}
    for most in (100, 5, 4, 1):
        monkeypatch.setattr("untoit.records.partners.search._FEW", most)

        assert set(found(homes, "tilleuls")) == made  # every word as it is written
        assert set(found(homes, "tileuls")) == made  # one mistake
        assert found(homes.filter(rooms=2), "zzzzzz") == []
        ordered = matching(homes, "tilleuls", vocabularies=NAMES).order_by("-reference")
        assert [one.reference for one in ordered] == sorted(made, reverse=True)


def test_a_search_costs_one_query_and_a_second_one_when_nothing_is_written_so(homes, django_assert_num_queries):
    with django_assert_num_queries(1):
        matching(homes, "tilleuls", vocabularies=NAMES)
    with django_assert_num_queries(2):
        matching(homes, "tileuls", vocabularies=NAMES)
