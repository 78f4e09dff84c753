"""A key opens its scopes, in its role, for its organisation, and nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.records import linked_household, offer, scheme, vacancy

from untoit.records.partners.models import ApiToken, ReadLog
from untoit.records.partners.tokens import SCOPES, digest

pytestmark = pytest.mark.django_db
SECRET = "utue_essai"


def key(made, member, *scopes, **changes):
    """Give a member's organisation a key, and return the headers that carry it."""
    membership = made.members[member]
    secret = f"{SECRET}_{member}"
    values = {"expires_at": timezone.now() + timedelta(days=30), "scopes": list(scopes or SCOPES), "name": "Essai"}
    ApiToken.objects.create(
        organisation=membership.organisation, role=membership.role, created_by=membership.user,
        token_hash=digest(secret), **{**values, **changes},
    )
    return {"Authorization": f"Bearer {secret}"}


def test_without_a_key_the_answer_is_401_in_french(client):
    answer = client.get("/api/v1/offers")

    assert answer.status_code == 401 and "Clé absente" in answer.json()["detail"]


@pytest.mark.parametrize("changes", [
    {"expires_at": timezone.now() - timedelta(days=1)}, {"revoked_at": timezone.now()},
])
def test_an_expired_or_revoked_key_opens_nothing(client, changes):
    headers = key(scheme(), "LM", **changes)

    assert client.get("/api/v1/vacancies", headers=headers).status_code == 401


def test_a_scope_that_the_key_lacks_is_named(client):
    headers = key(scheme(), "LM", "offers:read")

    answer = client.get("/api/v1/vacancies", headers=headers)

    assert answer.status_code == 403 and "vacancies:read" in answer.json()["detail"]


def test_an_employer_reads_its_offers_and_meets_404_everywhere_else(client):
    made = scheme()
    mine = offer(made.organisations["employer"])
    offer(made.organisations["employer_other"])
    household = linked_household(made)
    headers = key(made, "EMPL")

    offers = client.get("/api/v1/offers", headers=headers).json()
    refused = {
        path: client.get(f"/api/v1/{path}", headers=headers)
        for path in ("vacancies", "candidates", f"candidates/{household.pk}", "runs", "tandems")
    }

    assert [one["id"] for one in offers["elements"]] == [str(mine.pk)]
    assert {path: answer.status_code for path, answer in refused.items()} == dict.fromkeys(refused, 404)
    assert len({answer.content for answer in refused.values()}) == 1


def test_a_masked_vacancy_has_neither_reference_nor_address_nor_position(client):
    made = scheme()
    vacancy(made.organisations["landlord"], reference="SECRET-REF", address="99 rue SECRETE", building_name="SECRET-B")
    headers = key(made, "DEP")

    body = client.get("/api/v1/vacancies", headers=headers)

    assert body.json()["elements"][0]["masque"] is True
    assert b"SECRET" not in body.content and b"50.632" not in body.content


def test_reading_a_candidate_is_noted_and_shows_what_the_role_may_see(client):
    made = scheme()
    household = linked_household(made)

    seen = {
        role: client.get(f"/api/v1/candidates/{household.pk}", headers=key(made, role)).json()
        for role in ("LA", "EMPP")
    }

    fields = {role: {fact["champ"] for fact in one["faits"]} for role, one in seen.items()}
    assert "income" in fields["LA"] and "income" not in fields["EMPP"]
    assert "application_number" in fields["LA"] and "application_number" not in fields["EMPP"]
    assert ReadLog.objects.filter(subject_id=household.pk).count() == 2


def test_another_organisation_meets_the_same_404_as_for_nobody(client):
    made = scheme()
    household = linked_household(made)
    headers = key(made, "LM_other")

    theirs = client.get(f"/api/v1/candidates/{household.pk}", headers=headers)
    nobody = client.get("/api/v1/candidates/00000000-0000-4000-8000-000000000000", headers=headers)

    assert (theirs.status_code, theirs.content) == (404, nobody.content)


def test_pages_go_through_everything_once(client):
    made = scheme()
    for _ in range(7):
        offer(made.organisations["employer"])
    headers = key(made, "EMPL")

    seen, after = [], None
    while True:
        answer = client.get("/api/v1/offers", {"limite": 3, **({"apres": after} if after else {})}, headers=headers)
        seen += [one["id"] for one in answer.json()["elements"]]
        after = answer.json()["suivant"]
        if after is None:
            break

    assert len(seen) == len(set(seen)) == 7


def test_a_list_costs_the_same_queries_for_one_row_and_for_many(client, django_assert_num_queries):
    made = scheme()
    headers = key(made, "LA")
    linked_household(made)
    client.get("/api/v1/candidates", headers=headers)  # the first use of a key is noted on it
    with CaptureQueriesContext(connection) as first:
        client.get("/api/v1/candidates", headers=headers)
    for _ in range(5):
        linked_household(made)
    with django_assert_num_queries(len(first.captured_queries)):
        answer = client.get("/api/v1/candidates", headers=headers)

    assert len(answer.json()["elements"]) == 6
