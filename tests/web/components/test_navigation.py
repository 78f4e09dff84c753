"""The menu offers what the role may open, and every link of it opens."""

import pytest
from django.test import RequestFactory
from django.urls import reverse
from tests.factories.records import NOW, scheme

from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.web.components.navigation import MENU, navigation_of, product_name

pytestmark = pytest.mark.django_db
LABELS = {
    "LM": [
        "Ma matinée", "Candidats", "Suivi", "Logements", "Offres", "Calculs", "Tandems", "Propositions", "Commissions",
        "Engagement", "Événements", "Imports", "Pilotage", "Organisation",
    ],
    "LA": [
        "Ma matinée", "Candidats", "Suivi", "Logements", "Offres", "Calculs", "Tandems", "Propositions", "Commissions",
        "Engagement", "Événements", "Imports", "Pilotage",
    ],
    "DEP": [
        "Ma matinée", "Candidats", "Suivi", "Logements", "Offres", "Tandems", "Parcours", "Candidatures", "Événements",
        "Imports", "Pilotage",
    ],
    "EMPP": [
        "Ma matinée", "Candidats", "Suivi", "Logements", "Offres", "Tandems", "Parcours", "Candidatures", "Événements",
        "Imports", "Pilotage",
    ],
    "PART": [
        "Ma matinée", "Candidats", "Suivi", "Logements", "Propositions", "Commissions", "Engagement", "Imports",
        "Pilotage", "Organisation",
    ],
    "EMPL": ["Ma matinée", "Mes offres", "Rencontres", "Candidatures", "Imports", "Organisation"],
    "FUND": ["Ma matinée", "Pilotage", "Organisation"],
    "ADM": ["Ma matinée", "Plateforme", "Pilotage", "Organisation"],
    "DPO": ["Ma matinée", "Apprentissage", "Plateforme", "Pilotage"],
}


def menu_of(actor, path="/"):
    request = RequestFactory().get(path)
    request.actor = actor
    return navigation_of(request)


def test_every_entry_has_a_page():
    assert [reverse(entry.url_name) for entry in MENU]


@pytest.mark.parametrize("role", LABELS)
def test_each_role_is_offered_its_pages_and_each_of_them_opens(client, role):
    made = scheme()
    items = menu_of(made.actor(role)).items
    client.force_login(made.user(role))

    assert [item.label for item in items] == LABELS[role]
    assert {item.label: client.get(item.url).status_code for item in items} == dict.fromkeys(LABELS[role], 200)


def test_the_current_page_is_marked_and_the_pages_below_it():
    made = scheme()

    marked = {
        path: [(item.label, item.current) for item in menu_of(made.actor("LM"), path).items if item.current]
        for path in ("/candidats/", "/candidats/x/", "/ailleurs/")
    }

    assert marked == {
        "/candidats/": [("Candidats", "page")], "/candidats/x/": [("Candidats", "true")], "/ailleurs/": [],
    }


def test_an_employer_and_the_public_are_told_what_concerns_them():
    made = scheme()

    assert product_name(made.actor("EMPL")) == "Rencontres emploi"
    assert product_name(None) == "Un toit, un emploi"
    visitor = menu_of(Actor(Role.PUB, NOW))
    assert [item.label for item in visitor.items] == ["Offres d’emploi"]
    assert visitor.sign_in_url and not visitor.signed_in
