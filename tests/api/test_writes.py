"""Writes through the interface: the same services and refusals as the screens, once per key of idempotency."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from tests.api.test_rights import key
from tests.factories.records import offer, scheme

from untoit.records.jobs.models import Offer

NEW = {
    "reference": "R-1", "employeur": "Entrepôts du Nord", "intitule": "Cariste", "rome": "N1101", "contrat": "CDI",
    "code_insee": "59343", "latitude": 50.588, "longitude": 3.115, "horaires": "lu-ve 05:00-12:00",
    "heures_hebdo": "35", "salaire_brut_mensuel": "1950.50", "permis": ["CACES3"],
}


def post(client, path, body, headers, idempotency="cle-0001"):
    return client.post(path, body, content_type="application/json", headers={**headers, "Idempotency-Key": idempotency})


@pytest.mark.django_db
def test_what_is_created_is_read_back(client):
    headers = key(scheme(), "EMPL")

    created = post(client, "/api/v1/offers", NEW, headers)
    read = client.get(f"/api/v1/offers/{created.json()['id']}", headers=headers)

    assert created.status_code == 201
    assert read.json() == created.json()
    assert {name: read.json()[name] for name in ("reference", "horaires", "permis", "salaire_brut_mensuel")} == {
        "reference": "R-1", "horaires": "lu-ve 05:00-12:00", "permis": ["CACES3"], "salaire_brut_mensuel": "1950.5",
    }


@pytest.mark.django_db
def test_the_same_request_twice_creates_one_offer_and_answers_the_same(client):
    headers = key(scheme(), "EMPL")

    answers = [post(client, "/api/v1/offers", NEW, headers) for _ in range(2)]

    assert Offer.objects.count() == 1
    assert answers[0].json() == answers[1].json() and {one.status_code for one in answers} == {201}


@pytest.mark.django_db
def test_a_key_of_idempotency_does_not_serve_twice(client):
    headers = key(scheme(), "EMPL")
    post(client, "/api/v1/offers", NEW, headers)

    answer = post(client, "/api/v1/offers", {**NEW, "reference": "R-2"}, headers)

    assert answer.status_code == 422 and "clé neuve" in answer.json()["detail"]


@pytest.mark.django_db
def test_a_refusal_leaves_no_mark_so_that_the_corrected_request_may_use_the_key(client):
    headers = key(scheme(), "EMPL")
    post(client, "/api/v1/offers", NEW, headers, "cle-0001")

    refused = post(client, "/api/v1/offers", NEW, headers, "cle-0002")
    corrected = post(client, "/api/v1/offers", {**NEW, "reference": "R-2"}, headers, "cle-0002")

    assert (refused.status_code, corrected.status_code) == (409, 201)


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "value", "words"), [
    ("horaires", "quand je peux", "horaires"),
    ("latitude", 3.115, "attendu : au moins 41.2"), ("contrat", "CNE", "attendu : 'CDI'"),
    ("heures_hebdo", "80", "heures_hebdo"), ("inconnue", 1, "inconnu de ce format"),
])
def test_a_wrong_value_is_refused_in_words(client, column, value, words):
    headers = key(scheme(), "EMPL")

    answer = post(client, "/api/v1/offers", {**NEW, column: value}, headers)

    assert answer.status_code == 422 and words in answer.content.decode()
    assert Offer.objects.count() == 0


@pytest.mark.django_db
def test_a_change_made_from_an_old_revision_is_refused(client):
    made = scheme()
    headers = key(made, "EMPL")
    one = offer(made.organisations["employer"], revision=3)

    answer = client.put(
        f"/api/v1/offers/{one.pk}", {**NEW, "revision": 2}, content_type="application/json",
        headers={**headers, "Idempotency-Key": "cle-0001"},
    )

    one.refresh_from_db()
    assert answer.status_code == 409 and one.title == "Préparateur de commandes"


@pytest.mark.django_db
def test_another_organisation_cannot_write_an_offer(client):
    made = scheme()
    one = offer(made.organisations["employer"])

    answer = post(client, f"/api/v1/offers/{one.pk}/retirer", {}, key(made, "EMPL_other"))

    one.refresh_from_db()
    assert answer.status_code == 404 and one.state == "open"


@pytest.mark.django_db(transaction=True)
def test_the_same_request_from_eight_threads_creates_one_offer():
    headers = key(scheme(), "EMPL")

    def send(_):
        try:
            return post(Client(), "/api/v1/offers", NEW, headers)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))

    assert Offer.objects.count() == 1
    assert {one.status_code for one in answers} == {201} and len({one.content for one in answers}) == 1
