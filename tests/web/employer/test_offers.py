"""The employer's space: its own offers and nothing else, in words that do not speak of housing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories.records import NOW, linked_household, offer, scheme, vacancy

from untoit.core.exchange import OFFER_COLUMNS, cells_of, read_offers
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer

pytestmark = pytest.mark.django_db

# What would tell an employer that its candidates look for a home.
HOUSING = re.compile(
    r"logement|loyer|toit|bailleur|rsa\b|tandem|résidence|ménage|hébergement|habit|calcul", re.IGNORECASE
)


@pytest.fixture
def made():
    found = scheme()
    linked_household(found)
    vacancy(found.organisations["landlord"])
    return found


@pytest.fixture
def one(made):
    return offer(made.organisations["employer"], reference="REF-A")


def words_of_housing(page):
    """Return them."""
    return HOUSING.findall(page)


def enter(client, made, name="EMPL"):
    client.force_login(made.user(name))
    return client


def typed(row, **changes):
    row = Offer.objects.get(pk=row.pk)
    cells = cells_of(offer_to_core(row))
    cells["permis"] = sorted(row.licences)
    return {**cells, "description": row.description, "revision": row.revision, **changes}


NEW = {
    "intitule": "Préparateur de commandes", "rome": "N1103", "contrat": "CDI", "code_insee": "Lesquin",
    "horaires": "lu-ve 05:00-12:00", "heures_hebdo": "35", "salaire_brut_mensuel": "1 900",
}


def pages(row):
    return {
        "list": reverse("employer:offers"), "page": reverse("employer:offer", args=[row.pk]),
        "new": reverse("employer:new_offer"), "form": reverse("employer:edit_offer", args=[row.pk]),
    }


@pytest.mark.parametrize("page", ["list", "page", "new", "form"])
def test_nothing_speaks_of_housing(client, made, one, page):
    answer = enter(client, made).get(pages(one)[page])

    assert answer.status_code == 200
    assert words_of_housing(answer.content.decode()) == []


def test_an_empty_space_says_the_next_step_and_speaks_of_no_housing(client, made):
    page = enter(client, made).get(reverse("employer:offers")).content.decode()

    assert "Aucune offre pour l’instant" in page and reverse("employer:new_offer") in page
    assert words_of_housing(page) == []


@pytest.mark.parametrize("page", ["page", "form"])
@pytest.mark.parametrize("name", ["EMPL_other", "EMPP", "LM", "DEP", "FUND", "ADM"])
def test_the_offers_of_others_are_not_there(client, made, one, page, name):
    assert enter(client, made, name).get(pages(one)[page]).status_code == 404


def test_the_list_holds_one_s_own_offers_only(client, made, one):
    offer(made.organisations["employer_other"], title="Boulanger", reference="REF-B")

    page = enter(client, made).get(reverse("employer:offers")).content.decode()

    assert "REF-A" in page and "REF-B" not in page and "Boulanger" not in page


def test_a_list_costs_the_same_for_one_row_and_for_fifty(client, made, one, django_assert_max_num_queries):
    Offer.objects.update(expires_on=NOW.date())
    enter(client, made).get("/healthz")
    costs = []
    for more in (0, 49):
        for _ in range(more):
            offer(made.organisations["employer"], expires_on=NOW.date())
        with django_assert_max_num_queries(15) as asked:
            client.get(reverse("employer:offers"))
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_an_offer_is_created_from_a_form(client, made):
    answer = enter(client, made).post(reverse("employer:new_offer"), {**NEW, "permis": ["B", "CACES1"]})

    row = Offer.objects.get()
    assert answer.status_code == 302 and answer.url == reverse("employer:offer", args=[row.pk])
    assert (row.employer, row.occupation, row.commune, row.gross_monthly_cents) == (
        "Entrepôts du Nord", "N1103", "59343", 190_000
    )
    assert (row.licences, row.supposed, row.is_public) == (["B", "CACES1"], ["position"], False)


def test_an_employer_cannot_write_under_another_name(client, made):
    enter(client, made).post(reverse("employer:new_offer"), {**NEW, "employeur": "Autre maison"})

    assert Offer.objects.get().employer == "Entrepôts du Nord"


def test_the_occupation_is_found_from_words(client, made):
    enter(client, made)
    answer = client.post(reverse("employer:new_offer"), {**NEW, "rome": "preparatrice commandes"})

    choices = dict(answer.context["form"].fields["metier"].choices)
    assert answer.status_code == 422 and "metier" in answer.context["form"].errors and "N1103" in choices

    client.post(reverse("employer:new_offer"), {**NEW, "rome": "preparatrice commandes", "metier": "N1103"})
    assert Offer.objects.get().occupation == "N1103"


def test_occupations_are_offered_while_one_types(client, made):
    enter(client, made)

    assert "N1103" in client.get(reverse("employer:occupations"), {"rome": "préparateur de comandes"}).content.decode()
    assert client.get(reverse("employer:occupations"), {"rome": "N1103"}).content.decode().strip() == ""
    assert client.get(reverse("employer:occupations")).status_code == 200


def test_a_form_that_is_wrong_says_what_and_keeps_what_was_typed(client, made):
    answer = enter(client, made).post(reverse("employer:new_offer"), {
        **NEW, "intitule": "", "rome": "zzzzzz", "code_insee": "Atlantide", "horaires": "quand on peut",
        "salaire_brut_mensuel": "beaucoup", "siret": "12", "description": "Gardée",
    })

    page = answer.content.decode()
    assert answer.status_code == 422 and not Offer.objects.exists()
    assert set(answer.context["form"].errors) == {
        "intitule", "rome", "code_insee", "horaires", "salaire_brut_mensuel", "siret"
    }
    assert "6 points sont à corriger" in page and "Gardée" in page
    assert words_of_housing(page) == []


def test_whoever_comes_second_reads_what_changed_and_keeps_what_was_typed(client, made, one):
    enter(client, made).post(pages(one)["form"], typed(one, postes="3"))
    answer = client.post(pages(one)["form"], typed(one, postes="4", revision=1))

    page = answer.content.decode()
    assert answer.status_code == 409 and "modifiée" in page and "Membre EMPL" in page and 'value="4"' in page
    one.refresh_from_db()
    assert (one.openings, one.revision) == (3, 2)


def test_saving_a_form_as_it_is_changes_nothing(client, made, one):
    initial = enter(client, made).get(pages(one)["form"]).context["form"].initial

    client.post(pages(one)["form"], {name: value for name, value in initial.items() if value not in (None, "", False)})

    assert Offer.objects.get(pk=one.pk).revision == 1


def test_confirming_from_the_list_and_undoing_a_withdrawal(client, made, one):
    Offer.objects.update(expires_on=NOW.date() - timedelta(days=1), state="expired")
    enter(client, made)
    assert "attendent votre réponse" in client.get(reverse("employer:offers")).content.decode()

    client.post(reverse("employer:offer_act", args=[one.pk, "confirm"]), {"retour": "liste"})
    assert "attendent votre réponse" not in client.get(reverse("employer:offers")).content.decode()

    undo = reverse("employer:offer_act", args=[one.pk, "reopen"])
    page = client.post(reverse("employer:offer_act", args=[one.pk, "withdraw"]), follow=True).content.decode()
    assert undo in page and Offer.objects.get().state == "withdrawn"
    client.post(undo)
    assert Offer.objects.get().state == "open"


def test_an_unknown_act_is_not_there(client, made, one):
    enter(client, made)

    for action in ("expire", "delete"):
        assert client.post(reverse("employer:offer_act", args=[one.pk, action])).status_code == 404


def test_a_copy_opens_its_form(client, made, one):
    answer = enter(client, made).post(reverse("employer:duplicate_offer", args=[one.pk]))

    copy = Offer.objects.exclude(pk=one.pk).get()
    assert answer.url == reverse("employer:edit_offer", args=[copy.pk])
    assert copy.title == one.title and copy.reference != one.reference


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_is_read_back_by_the_import(client, made, one, tmp_path, form):
    offer(made.organisations["employer_other"])

    answer = enter(client, made).get(reverse("employer:offers_export", args=[form]))

    path = tmp_path / f"offres.{form}"
    path.write_bytes(answer.content)
    table = read_offers(path)
    assert [cells_of(row) for row in table.rows] == [cells_of(offer_to_core(Offer.objects.get(pk=one.pk)))]
    if form == "csv":
        assert answer.content.decode().splitlines()[0] == ";".join(OFFER_COLUMNS)


def test_the_history_is_shown(client, made, one):
    enter(client, made).post(pages(one)["form"], typed(one, salaire_brut_mensuel="2000"))

    page = client.get(pages(one)["page"]).content.decode()
    assert "Salaire brut mensuel" in page and "Membre EMPL" in page
