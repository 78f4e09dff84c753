"""Offers: who may change them, what each act leads to, and what a copy keeps."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import Http404
from tests.factories.records import NOW, offer, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.jobs import selectors, services
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.lifecycle import OFFER
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.models import AuditEntry

pytestmark = pytest.mark.django_db

ACTS = {"confirm": services.confirm_offer, "fill": services.fill_offer, "withdraw": services.withdraw_offer,
        "reopen": services.reopen_offer}


@pytest.fixture
def made():
    return scheme()


def stored(made, key="employer", **values):
    return Offer.objects.get(pk=offer(made.organisations[key], **values).pk)


@pytest.mark.parametrize("name", ["EMPL", "EMPP"])
def test_an_offer_is_created_open_and_noted(made, name):
    value = replace(offer_to_core(stored(made, "employer_other")), reference="OFF-A")

    one = services.create_offer(value=value, by=made.actor(name), at=NOW, extras={"is_public": True})

    assert (one.organisation_id, one.state, one.is_public) == (made.actor(name).organisation_id, "open", True)
    assert one.expires_on == date(2026, 12, 23)
    assert offer_to_core(Offer.objects.get(pk=one.pk)) == value
    assert list(AuditEntry.objects.values_list("action", "subject_id")) == [("offer.created", one.pk)]


@pytest.mark.parametrize("name", ["EMPL_other", "EMPP", "LM", "LA", "DEP", "PART", "FUND", "ADM", "DPO"])
def test_others_cannot_change_an_offer_even_when_they_may_read_it(made, name):
    one = stored(made)

    for act in ACTS.values():
        with pytest.raises(Http404):
            act(offer_id=one.pk, by=made.actor(name), at=NOW)
    with pytest.raises(Http404):
        services.duplicate_offer(offer_id=one.pk, by=made.actor(name), at=NOW)
    with pytest.raises(Http404):
        services.change_offer(offer_id=one.pk, value=offer_to_core(one), revision=1, by=made.actor(name), at=NOW)


def test_a_role_that_only_reads_creates_nothing(made):
    with pytest.raises(Http404):
        services.create_offer(value=offer_to_core(stored(made)), by=made.actor("LM"), at=NOW)


@pytest.mark.parametrize("step", OFFER.transitions, ids=lambda step: step.action)
@pytest.mark.parametrize("state", OfferState)
def test_every_act_in_every_state(made, step, state):
    one = stored(made, state=state)
    if step.action == "expire":
        Offer.objects.update(expires_on=NOW.date() - timedelta(days=1))
        services.expire_offers(on=NOW.date(), at=NOW)
    else:
        try:
            ACTS[step.action](offer_id=one.pk, by=made.actor("EMPL"), at=NOW)
        except Refused as refused:
            assert step.label in refused.sentence

    one.refresh_from_db()
    assert one.state == (step.target if state in step.sources else state)


def test_whoever_comes_second_is_told(made):
    one = stored(made)
    value = replace(offer_to_core(one), gross_monthly_eur=Decimal(2000))
    services.change_offer(offer_id=one.pk, value=value, revision=1, by=made.actor("EMPL"), at=NOW)

    with pytest.raises(Conflict, match="à 10\u00a0h par Membre EMPL"):
        services.change_offer(
            offer_id=one.pk, value=replace(value, openings=4), revision=1, by=made.actor("EMPL"), at=NOW
        )

    one.refresh_from_db()
    assert (one.gross_monthly_cents, one.openings, one.revision) == (200_000, 1, 2)


def test_a_change_by_a_file_keeps_what_a_file_cannot_say(made):
    one = stored(made, description="Travail en équipe", is_public=True)

    services.change_offer(
        offer_id=one.pk, value=replace(offer_to_core(one), openings=2), revision=1, by=made.actor("EMPL"), at=NOW
    )

    one.refresh_from_db()
    assert (one.description, one.is_public, one.openings) == ("Travail en équipe", True, 2)


def test_a_copy_has_everything_but_the_reference_and_the_publication(made):
    one = stored(made, is_public=True, description="Travail en équipe", state=OfferState.FILLED)

    copy = services.duplicate_offer(offer_id=one.pk, by=made.actor("EMPL"), at=NOW)

    copy.refresh_from_db()
    assert (copy.state, copy.is_public, copy.description, copy.revision) == ("open", False, "Travail en équipe", 1)
    assert replace(offer_to_core(copy), reference=one.reference) == offer_to_core(one)
    assert Offer.objects.count() == 2


def test_a_reference_already_used_is_said(made):
    value = offer_to_core(stored(made))

    with pytest.raises(Conflict, match="est déjà celle d'une autre de vos offres"):
        services.create_offer(value=value, by=made.actor("EMPL"), at=NOW)


def test_offers_that_wait_are_those_late_or_soon_to_be(made):
    soon = stored(made, expires_on=NOW.date() + timedelta(days=5))
    late = stored(made, state=OfferState.EXPIRED)
    stored(made, expires_on=NOW.date() + timedelta(days=6))
    stored(made, state=OfferState.FILLED, expires_on=NOW.date())

    assert set(selectors.waiting(Offer.objects.all(), on=NOW.date())) == {soon, late}


def test_the_global_search_leads_each_to_the_page_that_is_hers(made):
    one = stored(made)
    stored(made, "employer_other")

    assert [(found.pk, found.url_name) for found in selectors.search(made.actor("EMPL"), "préparateur")] == [
        (one.pk, "employer:offer")
    ]
    assert {found.url_name for found in selectors.search(made.actor("LA"), "preparateur")} == {"adviser:offer"}
    assert selectors.search(made.actor("FUND"), "préparateur") == []


def test_the_history_names_people_of_another_organisation_by_their_organisation(made):
    one = stored(made)
    services.change_offer(
        offer_id=one.pk, value=replace(offer_to_core(one), openings=3), revision=1, by=made.actor("EMPL"), at=NOW
    )

    assert [edit.who for edit in selectors.edits_of(made.actor("EMPL"), one)] == ["Membre EMPL", ""]
    assert [edit.who for edit in selectors.edits_of(made.actor("LA"), one)] == ["Entrepôts du Nord", ""]
    (change,) = selectors.edits_of(made.actor("EMPL"), one)[0].changes
    assert (change.label, change.before, change.after) == ("Postes", "1", "3")
