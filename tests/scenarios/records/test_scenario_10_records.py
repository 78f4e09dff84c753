"""Scenario 10 through the records: an RSA person in the scheme without evidenced ground is « motif manquant »."""

from datetime import date

import pytest
from django.urls import reverse
from tests.factories.figures import lease
from tests.factories.records import linked_household, scheme

from untoit.core.indicators.shares import Share
from untoit.reporting.commitment import commitment_of, usual

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    there = scheme()
    # The makers give RSA to everybody: it counts for nothing.
    there.mine = linked_household(there, in_scheme=True)
    lease(there, who=there.mine, in_scheme=True)
    lease(there, in_scheme=True)
    lease(there, in_scheme=True, grounds=["k"])
    lease(there)
    return there


def test_scenario_10_it_is_not_counted_and_it_is_listed(made):
    actor = made.actor("LM")

    found = commitment_of(actor, usual(actor.today))

    assert found.main.share == Share(1, 4)
    assert len(found.missing) == 2
    assert (found.main.in_scheme, found.closed_files) == (1, 1)


def test_scenario_10_the_list_leads_to_the_file_for_those_who_may_open_it(client, made):
    client.force_login(made.user("LA"))

    page = client.get("/engagement/").content.decode()

    assert reverse("adviser:candidate", args=[made.mine.pk]) in page
    assert "attributions du dispositif n’ont" in page and "ne sont" not in page.split("manquants")[0]
    assert "1\u00a0dossier n’est" in page


def test_scenario_10_a_ground_counts_as_it_stood_on_the_day_of_the_decision(made):
    made.mine.grounds = ["k"]
    made.mine.save()
    actor = made.actor("LM")

    assert commitment_of(actor, usual(actor.today)).main.share == Share(1, 4)
    assert commitment_of(actor, usual(actor.today)).missing[0].decided_on == date(2026, 3, 1)
