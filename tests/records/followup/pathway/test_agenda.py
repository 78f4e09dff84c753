"""What stands in a calendar, and the secret address that it is read by: nobody is named, a closed one opens nothing."""

from datetime import date, timedelta

import pytest
from tests.factories.events import a_registration, an_event
from tests.factories.followup import TODAY, a_pathway, a_proposal, a_session, an_account, an_application
from tests.factories.records import NOW, linked_household, scheme

from untoit.records.followup.models import CalendarFeed
from untoit.records.followup.pathway import agenda, appointments, feeds, items
from untoit.records.partners.selectors import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    row = a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")
    appointments.plan(pathway_id=row.pk, starts_at=NOW + timedelta(days=2), by=made.actor("DEP"), at=NOW,
                      place="12 rue de l'Essai")
    items.add_item(pathway_id=row.pk, kind="action", code="TRAINING", by=made.actor("DEP"), at=NOW,
                   due_on=TODAY + timedelta(days=4), owner_id=made.members["DEP"].pk)
    return row


def titles(actor):
    return [one.title for one in agenda.entries_of(actor)]


def test_a_member_reads_her_own_dates_without_a_name(made, pathway):
    code = agenda.file_code(pathway.household_id)

    found = titles(made.actor("DEP"))

    assert found == [f"Rendez-vous · dossier {code}", "À faire\u00a0: Action du parcours"]
    assert len(code) == 4
    assert titles(made.actor("EMPP")) == []


def test_a_landlord_reads_visits_and_sessions_and_nothing_of_a_pathway(made, pathway):
    proposal = a_proposal(made, household=pathway.household, state="visit_planned")
    a_session(made, on=date(2026, 12, 1))

    assert titles(made.actor("LA")) == [
        f"Visite · dossier {agenda.file_code(proposal.household_id)}", "Commission d'attribution"
    ]
    assert titles(made.actor("LM")) == ["Commission d'attribution"]


def test_an_employer_reads_its_interviews_only(made, pathway):
    an_application(made, person=pathway.person, state="interview_planned", interview_on=date(2026, 11, 27))
    a_proposal(made, household=pathway.household, state="visit_planned")

    assert [one.split(" · ")[0] for one in titles(made.actor("EMPL"))] == ["Entretien"]
    assert titles(made.actor("EMPL_other")) == []


def test_the_person_reads_all_her_dates(made, pathway):
    own = actor_of(an_account(pathway.person), at=NOW)
    a_proposal(made, household=pathway.household, state="visit_planned")
    a_proposal(made, household=pathway.household, state="notified")
    an_application(made, person=pathway.person, state="interview_planned", interview_on=date(2026, 11, 27))
    event = an_event(made, state="inviting", on=date(2026, 12, 8))
    a_registration(event, person=pathway.person, state="confirmed", wave=None)
    items.add_item(pathway_id=pathway.pk, kind="action", code="CARE", by=made.actor("DEP"), at=NOW,
                   due_on=TODAY + timedelta(days=30), by_person=True)

    found = agenda.entries_of(own)

    assert sorted(one.title for one in found) == sorted([
        "Rendez-vous", "Visite", "Dernier jour pour répondre", "Entretien", event.neutral_name, "Une chose à faire",
    ])
    assert "rue" not in " ".join(one.title for one in found)


def test_an_address_is_kept_as_a_hash_and_opens_its_owners_dates(made):
    token = feeds.open_feed(by=made.actor("DEP"), at=NOW)

    row = CalendarFeed.objects.get()
    feed, actor = feeds.of_token(token, at=NOW)

    assert token not in row.token_hash
    assert feed == row
    assert (actor.user_id, actor.membership_id) == (made.user("DEP").pk, made.members["DEP"].pk)


def test_a_new_address_closes_the_one_before_and_a_closed_one_opens_nothing(made):
    old = feeds.open_feed(by=made.actor("DEP"), at=NOW)
    new = feeds.open_feed(by=made.actor("DEP"), at=NOW)
    assert feeds.of_token(old, at=NOW) is None
    assert feeds.of_token(new, at=NOW) is not None

    assert feeds.close_feed(by=made.actor("DEP"), at=NOW) == 1
    assert feeds.of_token(new, at=NOW) is None
    assert feeds.feed_of(made.actor("DEP")) is None


def test_an_address_ends_with_the_membership_and_the_account(made):
    tokens = {name: feeds.open_feed(by=made.actor(name), at=NOW) for name in ("DEP", "EMPP")}
    made.members["DEP"].until = NOW - timedelta(days=1)
    made.members["DEP"].save()
    user = made.user("EMPP")
    user.is_active = False
    user.save()

    assert [feeds.of_token(token, at=NOW) for token in tokens.values()] == [None, None]


@pytest.mark.parametrize("token", ["", "x", "O" * 32, "1" * 32, "é" * 32])
def test_what_is_no_address_opens_nothing(made, token):
    assert feeds.of_token(token, at=NOW) is None


def test_an_address_is_not_hammered(made):
    feed, _ = feeds.of_token(feeds.open_feed(by=made.actor("DEP"), at=NOW), at=NOW)

    assert feeds.may_read(feed, at=NOW)
    assert not feeds.may_read(feed, at=NOW + timedelta(seconds=1))
    assert feeds.may_read(feed, at=NOW + timedelta(seconds=3))
