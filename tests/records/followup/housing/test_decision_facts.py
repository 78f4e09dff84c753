"""What a decision freezes: grounds evidenced that day, the scheme, the quartile of the territory."""

from datetime import UTC, date, datetime

import pytest
from tests.factories.records import household, scheme, vacancy

from untoit.records.applicants.models import Evidence
from untoit.records.followup.housing.decision_facts import decision_facts, grounds_on, quartile_on

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


def seen(of, who, ground, *, on=date(2026, 11, 2), until=None, withdrawn=None):
    return Evidence.objects.create(
        household=who, ground=ground, document="attestation", dated_on=on, valid_until=until,
        seen_at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC), seen_by=of.user("LA"),
        organisation=of.organisations["landlord"], withdrawn_at=withdrawn,
    )


def test_a_ground_counts_by_the_evidence_of_that_day():
    of, who = scheme(), household(grounds=["a", "c", "d", "e", "k"], filed_grounds=["e"], evidenced_grounds=["e"])
    seen(of, who, "c")
    seen(of, who, "a", until=date(2026, 11, 22))
    seen(of, who, "k", on=date(2026, 11, 24))
    seen(of, who, "d", withdrawn=datetime(2026, 11, 10, tzinfo=UTC))

    assert grounds_on(who, ON) == ["c", "e"]


def test_a_declared_ground_without_evidence_does_not_count():
    assert grounds_on(household(grounds=["e"]), ON) == []


# Thresholds of the Lille territory in 2026, a year and a unit: 9,456, 13,935 and 19,380 euros.
@pytest.mark.parametrize(
    ("monthly", "quartile"), [("788", 1), ("788.01", 2), ("1161.25", 2), ("1161.26", 3), ("2000", 4)]
)
def test_the_quartile_is_that_of_the_resources_by_unit(monthly, quartile):
    home = vacancy(scheme().organisations["landlord"])
    who = household(finances={"tax_income_n2_eur_year": "12000", "wages_eur": monthly})

    assert quartile_on(who, home, ON) == quartile


@pytest.mark.parametrize("finances", [{}, {"tax_income_n2_eur_year": "12000"}])
def test_unknown_resources_have_no_quartile(finances):
    home = vacancy(scheme().organisations["landlord"])

    assert quartile_on(household(finances=finances), home, ON) is None


def test_a_territory_without_thresholds_has_no_quartile():
    home = vacancy(scheme().organisations["landlord"], commune="75056")

    assert quartile_on(household(), home, ON) is None


def test_a_tenant_of_social_housing_is_a_transfer():
    home = vacancy(scheme().organisations["landlord"])

    facts = decision_facts(household(current_status="locataire_parc_social", in_scheme=True), home, ON)

    assert (facts["is_transfer"], facts["in_scheme"]) == (True, True)
