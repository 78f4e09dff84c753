"""The page of the 30 %: who reads it, in which period and unit, which run it leads to, its files and its interface."""

from datetime import date

import pytest
from django.urls import reverse
from tests.api.test_rights import key
from tests.factories.figures import lease, leases
from tests.factories.records import scheme

from untoit.records.pairings.models import Policy, Run
from untoit.records.pairings.policies import usual_policy, with_share

pytestmark = pytest.mark.django_db
URL = "/engagement/"


@pytest.fixture
def made():
    there = scheme()
    leases(there, 3, grounds=["k"])
    leases(there, 9)
    return there


def page(client, made, name="LM", query=""):
    client.force_login(made.user(name))
    return client.get(f"{URL}{query}")


@pytest.mark.parametrize(("name", "status"), [
    ("LM", 200), ("LA", 200), ("PART", 200), ("LM_other", 200), ("DEP", 404), ("EMPP", 404), ("EMPL", 404),
    ("FUND", 404), ("ADM", 404), ("DPO", 404),
])
def test_each_landlord_reads_its_own_and_nobody_else_any(client, made, name, status):
    answer = page(client, made, name)

    assert answer.status_code == status
    assert ("3 sur 12" in answer.content.decode()) == (name in ("LM", "LA"))
    for form in ("pdf", "xlsx", "csv"):
        assert client.get(f"{URL}export/{form}/").status_code == status


def test_nobody_reads_it_without_signing_in(client):
    assert client.get(URL).status_code == 302


def test_the_period_narrows_the_count_and_an_upside_down_one_is_told(client, made):
    lease(made, signed=date(2025, 6, 2), grounds=["k"])

    assert "1 sur 1" in page(client, made, query="?du=2025-01-01&au=2025-12-31").content.decode()
    answer = page(client, made, query="?du=2026-06-01&au=2026-01-01")
    assert answer.status_code == 422 and "avant d’avoir commencé" in answer.content.decode()
    assert client.get(f"{URL}export/csv/?du=x").status_code == 404
    assert client.get(f"{URL}export/doc/").status_code == 404


def test_a_year_without_a_lease_says_what_will_count(client):
    assert "Rien à compter" in page(client, scheme()).content.decode()


def test_the_page_leads_to_a_run_with_the_quota_that_the_year_asks_for(client, made):
    html = page(client, made).content.decode()
    asked = html.split("/calculs/nouveau/?part=")[1].split('"')[0]

    form = client.get(f"/calculs/nouveau/?part={asked}").content.decode()

    assert int(asked) >= 300
    assert f'value="{int(asked) / 10:.1f}"'.replace(".", ",").replace(",0", "") in form.replace(",0", "")
    assert "/calculs/nouveau/" not in page(client, made, "LA").content.decode().split("Où va")[1]


def test_the_newest_run_is_shown_when_it_already_holds_that_quota(client, made):
    policy = Policy.objects.create(
        organisation=made.organisations["landlord"], name="Forte", priority_per_mille=1000, created_by=made.user("LM")
    )
    run = Run.objects.create(
        organisation=made.organisations["landlord"], title="Novembre", on=date(2026, 11, 23), policy=policy,
        created_at=made.actor("LM").at,
    )

    html = page(client, made).content.decode()

    assert reverse("landlord:run", args=[run.pk]) in html and "?part=" not in html


def test_another_share_for_one_run_leaves_the_usual_policy_as_it_is(made):
    lead = made.actor("LM")
    usual = usual_policy(by=lead, at=lead.at)

    other = with_share(policy=usual, priority_per_mille=367, by=lead, at=lead.at)

    assert (other.priority_per_mille, other.settings) == (367, usual.settings)
    assert other.name == "Politique habituelle, 36,7 % prioritaires"
    assert with_share(policy=usual, priority_per_mille=367, by=lead, at=lead.at) == other
    assert with_share(policy=usual, priority_per_mille=usual.priority_per_mille, by=lead, at=lead.at) == usual
    assert usual_policy(by=lead, at=lead.at) == usual


def test_the_interface_gives_the_figures_of_the_page_to_the_key_of_a_landlord(client, made):
    found = client.get("/api/v1/engagement", headers=key(made, "LM", "commitment:read")).json()

    assert (found["prioritaires"]["compte"], found["prioritaires"]["sur"]) == (3, 12)
    assert found["prioritaires"]["encore"] == 1
    assert sum(cell["sur"] for cell in found["decoupages"]["commune"]) == 12
    assert found["prevision"]["a_venir"] > 0


def test_the_interface_refuses_the_keys_of_others_and_an_upside_down_period(client, made):
    assert client.get("/api/v1/engagement", headers=key(made, "DEP_head")).status_code == 404
    assert client.get("/api/v1/engagement", headers=key(made, "EMPL")).status_code == 404
    answer = client.get("/api/v1/engagement?du=2026-02-01&au=2026-01-01", headers=key(made, "LM"))
    assert answer.status_code == 409 and "avant d'avoir commencé" in answer.json()["detail"]
