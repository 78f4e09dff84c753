"""Rights come from the organisation acted for and from an open, dated link; they never add up."""

from datetime import date, timedelta

import pytest
from tests.factories.records import NOW, household, link, linked_household, offer, person, scheme, vacancy

from untoit.records.applicants.models import Consent, Household, Link, Purpose
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import Membership, Role
from untoit.records.partners.selectors import actor_of
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db


def seen_by(actor):
    return set(Household.objects.visible_to(actor))


def test_a_link_opens_the_household_to_its_organisation_and_caseload_only():
    made = scheme()
    one = linked_household(made)

    sees = {name: seen_by(made.actor(name)) for name in made.members}

    assert {name for name, found in sees.items() if found} == {"LM", "LM2", "LA", "DEP", "DEP_head", "EMPP"}
    assert sees["DEP"] == {one}


def test_closing_a_link_takes_effect_on_the_next_request():
    made = scheme()
    linked_household(made)
    Link.objects.filter(organisation=made.organisations["department"]).update(closed_at=NOW)

    assert seen_by(made.actor("DEP")) == set()


def test_a_link_expires():
    made = scheme()
    one = household()
    link(one, made.organisations["landlord"], Purpose.HOUSING, expires_on=date(2026, 11, 23))

    assert seen_by(made.actor("LA")) == {one}
    assert seen_by(made.actor("LA", NOW + timedelta(days=1))) == set()


def test_withdrawing_consent_closes_what_rests_on_it_and_not_what_rests_on_law():
    made = scheme()
    one = linked_household(made)
    Consent.objects.filter(household=one).update(withdrawn_at=NOW)

    assert seen_by(made.actor("EMPP")) == set()
    assert seen_by(made.actor("DEP")) == {one}


def test_two_memberships_never_add_up():
    made = scheme()
    linked_household(made)
    vacancy(made.organisations["landlord"])
    offer(made.organisations["employer"])
    user = made.user("EMPL")
    Membership.objects.create(user=user, organisation=made.organisations["landlord"], role=Role.LM)

    as_employer = actor_of(user, at=NOW, membership_id=made.members["EMPL"].pk)

    assert as_employer.role is Role.EMPL
    assert not seen_by(as_employer) and not Vacancy.objects.visible_to(as_employer).exists()
    assert Offer.objects.visible_to(as_employer).count() == 1


def test_a_candidate_sees_one_household():
    made = scheme()
    mine, other = household(), household()
    user = made.user("FUND")
    made.members["FUND"].delete()
    person(mine, account=user)
    person(other)

    assert seen_by(actor_of(user, at=NOW)) == {mine}


def test_a_blank_number_never_matches():
    assert household(application_number="") != household(application_number="")
