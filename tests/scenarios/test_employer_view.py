"""
Scenario 19 of domain.md: given an employer's account, neither RSA, nor address, nor household, nor number anywhere.

The whole of the canaries (tests/security) says it of every page and everybody; this is the scenario on its own.
"""

import re
from html import unescape

import pytest
from tests.factories.records import household, linked_household, person, scheme

from untoit.records.applicants.models import Household, Person
from untoit.records.pairings.models import Run, Tandem
from untoit.records.partners.tokens import scopes_for
from untoit.records.stock.models import Building, Vacancy

pytestmark = pytest.mark.django_db
FORBIDDEN = re.compile(
    r"\bRSA\b|zqadressezq|zqnumerozq|zqnomzq|\b573[,.]49|\b(ménage|logement|toit|bailleur)s?\b", re.IGNORECASE
)


@pytest.fixture
def made():
    made = scheme()
    one = linked_household(made, application_number="zqnumerozq")
    one.persons.update(last_name="zqnomzq", address="zqadressezq")
    person(household(), number=1, last_name="zqnomzq")
    return made


def test_an_employer_sees_no_row_of_the_housing_file(made):
    actor = made.actor("EMPL")

    for model in (Household, Person, Vacancy, Building, Run, Tandem):
        assert not model.objects.visible_to(actor).exists(), model


@pytest.mark.parametrize("path", ["/employeur/", "/matin/", "/recherche/?q=zqnomzq", "/organisation/mon-compte/"])
def test_an_employer_reads_nothing_of_it_on_screen(made, client, path):
    client.force_login(made.user("EMPL"), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(path)

    text = page.content.decode().replace("?q=zqnomzq", "").replace('value="zqnomzq"', "").replace("« zqnomzq »", "")
    shown = text.split("<main", 1)[1].split("</main>", 1)[0]
    assert page.status_code == 200
    assert FORBIDDEN.findall(unescape(re.sub(r"<[^>]*>", " ", shown))) == []


@pytest.mark.parametrize("path", ["/candidats/", "/logements/", "/calculs/", "/tandems/", "/pilotage/"])
def test_the_housing_pages_do_not_exist_for_an_employer(made, client, path):
    client.force_login(made.user("EMPL"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(path).content == client.get("/n-existe-pas/").content


def test_a_key_of_an_employer_opens_offers_only(made):
    assert set(scopes_for(made.actor("EMPL"))) == {"offers:read", "offers:write"}
