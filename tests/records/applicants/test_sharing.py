"""Links, consents and handovers: what they open, and when they stop opening it."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.records import NOW, consent, household, link, linked_household, person, scheme

from untoit.core.errors import Refused
from untoit.records.applicants import sharing
from untoit.records.applicants.models import Assignment, Household, Link, Purpose
from untoit.records.partners.models import AuditEntry
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db


def seen_by(actor):
    return set(Household.objects.visible_to(actor))


def candidate_of(made, one):
    user = made.user("FUND")
    made.members["FUND"].delete()
    one.persons.update(account=user)
    return actor_of(user, at=NOW)


def open_link(of, organisation, by, purpose=Purpose.HOUSING, **more):
    return sharing.open_link(
        household_id=of.pk, organisation_id=organisation.pk, purpose=purpose, by=by, at=NOW, **more
    )


def test_a_landlord_adviser_sends_the_file_to_a_partner_landlord_once_the_person_agreed():
    made = scheme()
    one = household()
    person(one)
    link(one, made.organisations["landlord"], Purpose.HOUSING)

    with pytest.raises(Refused, match="n'a pas donné son accord"):
        open_link(one, made.organisations["partner"], made.actor("LA"))
    consent(one, Purpose.HOUSING)
    opened = open_link(one, made.organisations["partner"], made.actor("LA"))

    assert opened.expires_on == date(2027, 5, 23)
    assert seen_by(made.actor("PART")) == {one}
    assert AuditEntry.objects.get(action="link.opened").organisation_id == made.organisations["landlord"].pk


def test_an_organisation_without_a_link_opens_none():
    made = scheme()
    one = household()

    with pytest.raises(Http404):
        open_link(one, made.organisations["landlord_other"], made.actor("LA"))


def test_nobody_opens_a_second_link_and_an_expired_one_makes_room():
    made = scheme()
    one = linked_household(made)
    link(one, made.organisations["partner"], Purpose.HOUSING, expires_on=date(2026, 11, 1))

    with pytest.raises(Refused, match="déjà partagé"):
        open_link(one, made.organisations["landlord"], made.actor("LA"))
    open_link(one, made.organisations["partner"], made.actor("LA"))

    assert Link.objects.filter(organisation=made.organisations["partner"], closed_at__isnull=True).count() == 1


def test_a_purpose_that_is_not_that_of_the_organisation_is_refused():
    made = scheme()
    one = linked_household(made)

    with pytest.raises(Refused, match="ne peut pas recevoir"):
        open_link(one, made.organisations["employer"], made.actor("LA"))


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2027, 11, 24)])
def test_a_link_ends_between_today_and_twelve_months(day):
    made = scheme()
    one = linked_household(made)

    with pytest.raises(Refused, match="23/11/2027"):
        sharing.extend_link(link_id=one.links.first().pk, expires_on=day, by=made.actor("LA"), at=NOW)


def test_closing_a_link_takes_effect_at_the_next_request():
    made = scheme()
    one = linked_household(made)
    own = one.links.get(organisation=made.organisations["employment"])

    sharing.close_link(link_id=own.pk, by=made.actor("EMPP"), at=NOW)

    assert seen_by(made.actor("EMPP")) == set()
    assert seen_by(made.actor("DEP")) == {one}


def test_an_organisation_closes_its_own_link_and_the_person_closes_any():
    made = scheme()
    one = linked_household(made)
    landlords = one.links.get(organisation=made.organisations["landlord"])

    with pytest.raises(Refused, match="Seuls la personne"):
        sharing.close_link(link_id=landlords.pk, by=made.actor("DEP"), at=NOW)
    sharing.close_link(link_id=landlords.pk, by=candidate_of(made, one), at=NOW)

    assert seen_by(made.actor("LA")) == set()


def test_withdrawing_a_consent_closes_what_rests_on_it_and_giving_it_again_does_not_reopen():
    made = scheme()
    one = linked_household(made)
    me = candidate_of(made, one)

    closed = sharing.withdraw_consent(household_id=one.pk, purpose=Purpose.EMPLOYMENT, by=me, at=NOW)

    # The Département accompanies by law, the employment partner by consent.
    assert closed == 1
    assert (seen_by(made.actor("EMPP")), seen_by(made.actor("DEP"))) == (set(), {one})
    sharing.record_consent(
        household_id=one.pk, purpose=Purpose.EMPLOYMENT, given_on=date(2026, 11, 23), how="signed", by=me, at=NOW
    )
    assert seen_by(made.actor("EMPP")) == set()


def test_the_consent_to_matching_is_what_a_run_reads():
    made = scheme()
    one = linked_household(made)
    me = candidate_of(made, one)

    sharing.withdraw_consent(household_id=one.pk, purpose=Purpose.MATCHING, by=me, at=NOW)
    one.refresh_from_db()
    without = one.consented_on
    again = sharing.record_consent(
        household_id=one.pk, purpose=Purpose.MATCHING, given_on=date(2026, 11, 20), how="signed", by=me, at=NOW
    )
    one.refresh_from_db()

    assert without is None and one.consented_on == date(2026, 11, 20)
    assert again.how == "online"


def test_a_consent_of_tomorrow_is_refused_and_one_given_twice_is_one():
    made = scheme()
    one = linked_household(made)

    with pytest.raises(Refused, match="à venir"):
        sharing.record_consent(household_id=one.pk, purpose=Purpose.EMPLOYER_CARD, given_on=date(2026, 11, 24),
                               how="signed", by=made.actor("EMPP"), at=NOW)
    for _ in range(2):
        sharing.record_consent(household_id=one.pk, purpose=Purpose.EMPLOYER_CARD, given_on=date(2026, 11, 23),
                               how="signed", by=made.actor("EMPP"), at=NOW)

    assert one.consents.filter(purpose=Purpose.EMPLOYER_CARD).count() == 1


def test_a_handover_leaves_both_in_place_until_its_day():
    made = scheme()
    one = linked_household(made)
    own = one.links.get(organisation=made.organisations["department"])

    sharing.hand_over(
        link_id=own.pk, from_membership_id=made.members["DEP"].pk, to_membership_id=made.members["DEP2"].pk,
        both_until=date(2026, 12, 7), by=made.actor("DEP"), at=NOW,
    )

    last_day, day_after = (NOW + timedelta(days=days) for days in (14, 15))
    assert seen_by(made.actor("DEP", last_day)) == seen_by(made.actor("DEP2", last_day)) == {one}
    assert seen_by(made.actor("DEP", day_after)) == set()
    assert seen_by(made.actor("DEP2", day_after)) == {one}


def test_nobody_is_assigned_in_another_organisation():
    made = scheme()
    one = linked_household(made)
    departments = one.links.get(organisation=made.organisations["department"])

    with pytest.raises(Refused, match="choisit qui suit"):
        sharing.assign(link_id=departments.pk, membership_id=made.members["EMPP2"].pk, by=made.actor("EMPP"), at=NOW)
    with pytest.raises(Http404):
        sharing.assign(link_id=departments.pk, membership_id=made.members["EMPP2"].pk, by=made.actor("DEP"), at=NOW)


def test_the_last_one_who_follows_does_not_leave():
    made = scheme()
    one = linked_household(made)
    own = one.links.get(organisation=made.organisations["department"])

    with pytest.raises(Refused, match="Personne d'autre"):
        sharing.end_assignment(
            household_id=own.household_id, assignment_id=own.assignments.get().pk, by=made.actor("DEP"), at=NOW
        )
    sharing.assign(link_id=own.pk, membership_id=made.members["DEP2"].pk, by=made.actor("DEP"), at=NOW)
    first = Assignment.objects.get(link=own, membership=made.members["DEP"])
    sharing.end_assignment(
        household_id=first.link.household_id, assignment_id=first.pk, by=made.actor("DEP"), at=NOW
    )

    assert seen_by(made.actor("DEP")) == set()
    assert seen_by(made.actor("DEP2")) == {one}


@pytest.mark.parametrize(("day", "months", "expected"), [
    (date(2026, 8, 31), 6, date(2027, 2, 28)), (date(2026, 12, 15), 1, date(2027, 1, 15)),
    (date(2026, 11, 23), 1, date(2026, 12, 23)), (date(2027, 6, 30), 6, date(2027, 12, 30)),
])
def test_months_are_civil_ones(day, months, expected):
    assert sharing.months_after(day, months) == expected
