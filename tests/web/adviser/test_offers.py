"""Offers as professionals read them: all of them to read, to change only those that one's organisation handed over."""

import pytest
from django.urls import reverse
from tests.factories.records import offer, scheme

from untoit.records.jobs.models import Offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def one(made):
    return offer(made.organisations["employer"], reference="REF-A", employer="Entrepôts du Nord")


def enter(client, made, name):
    client.force_login(made.user(name))
    return client


def listed(client, **chosen):
    return {row["offer"].reference for row in client.get(reverse("adviser:offers"), chosen).context["list"].rows}


@pytest.mark.parametrize(("name", "status"), [
    ("LM", 200), ("LA", 200), ("DEP", 200), ("EMPP", 200), ("ADM", 200), ("DPO", 200), ("EMPL", 302),
    ("EMPL_other", 404), ("PART", 404), ("FUND", 404),
])
def test_who_reads_an_offer(client, made, one, name, status):
    assert enter(client, made, name).get(reverse("adviser:offer", args=[one.pk])).status_code == status


def test_those_who_only_read_have_no_button_and_no_history(client, made, one):
    page = enter(client, made, "LA").get(reverse("adviser:offer", args=[one.pk])).content.decode()

    assert reverse("employer:edit_offer", args=[one.pk]) not in page and "Historique" not in page


def test_the_partner_changes_what_it_handed_over_and_comes_back_to_its_page(client, made, one):
    enter(client, made, "EMPP")
    answer = client.post(reverse("employer:new_offer"), {
        "intitule": "Aide à domicile", "rome": "K1304", "employeur": "Association Soleil", "contrat": "CDD",
        "duree_mois": "6", "code_insee": "59350", "horaires": "lu-sa 08:00-12:00",
    })

    mine = Offer.objects.exclude(pk=one.pk).get()
    assert answer.url == reverse("adviser:offer", args=[mine.pk])
    assert (mine.employer, mine.organisation) == ("Association Soleil", made.organisations["employment"])
    assert reverse("employer:edit_offer", args=[mine.pk]) in client.get(answer.url).content.decode()
    assert client.get(reverse("employer:edit_offer", args=[one.pk])).status_code == 404
    assert listed(client, miennes="on") == {mine.reference}


@pytest.mark.parametrize(("chosen", "expected"), [
    ({"etat": "filled"}, {"B"}), ({"contrat": "CDD"}, {"B"}), ({"commune": "Lille"}, {"B"}),
    ({"metier": "cuisine"}, {"B"}), ({"tension": "on"}, {"B"}), ({"q": "soleil"}, {"B"}),
    ({"q": "solleil cuisine"}, {"B"}),
    ({"metier": "zzzz"}, {"REF-A", "B"}), ({}, {"REF-A", "B"}), ({"miennes": "on"}, {"REF-A", "B"}),
])
def test_filters_and_search(client, made, one, chosen, expected):
    offer(
        made.organisations["employment"], reference="B", employer="Auberge du Soleil", title="Commis de cuisine",
        occupation="G1602", contract="CDD", commune="59350", state="filled", in_shortage=True,
    )

    assert listed(enter(client, made, "DEP"), **chosen) == expected


@pytest.mark.parametrize("name", ["LA", "EMPP"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(client, made, one, name, django_assert_max_num_queries):
    enter(client, made, name).get("/healthz")
    costs = []
    for more in (0, 49):
        for _ in range(more):
            offer(made.organisations["employer"])
        with django_assert_max_num_queries(15) as asked:
            client.get(reverse("adviser:offers"))
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_only_what_the_organisation_handed_over_is_exported(client, made, one):
    offer(made.organisations["employment"], reference="B")

    answer = enter(client, made, "EMPP").get(reverse("adviser:offers_export", args=["csv"]))

    assert [line.split(";")[0] for line in answer.content.decode().splitlines()[1:]] == ["B"]
    assert enter(client, made, "LM").get(reverse("adviser:offers_export", args=["csv"])).status_code == 404


def test_an_employer_is_sent_to_its_own_list(client, made, one):
    assert enter(client, made, "EMPL").get(reverse("adviser:offers")).url == reverse("employer:offers")
