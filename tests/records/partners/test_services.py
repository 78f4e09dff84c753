"""Memberships, invitations, keys and emergency access: two persons where it counts, and nothing outlives its end."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.http import Http404
from tests.factories.records import NOW, household, person, scheme

from untoit.core.errors import Refused
from untoit.records.partners import break_glass, invitations, services, tokens
from untoit.records.partners.models import AuditEntry, BreakGlass, Invitation, Membership, Role, User
from untoit.records.partners.selectors import actor_of, user_of_phone

pytestmark = pytest.mark.django_db


def invite(made, by="LM", **changes):
    values = {
        "organisation_id": made.organisations["landlord"].pk, "email": "Nouvelle@Essai.invalid",
        "full_name": "Nouvelle", "role": "LA", "is_org_admin": False, "by": made.actor(by), "at": NOW,
    }
    return invitations.invite(**{**values, **changes})


def approve(made, invitation, by="LM2", at=NOW):
    sent = []
    invitations.approve(
        invitation_id=invitation.pk, link=lambda token: sent.append(token) or token, by=made.actor(by), at=at
    )
    return sent[0]


def test_an_account_takes_two_persons_and_one_link(django_capture_on_commit_callbacks):
    made = scheme()
    invitation = invite(made)

    with django_capture_on_commit_callbacks(execute=True):
        token = approve(made, invitation)
    user, membership = invitations.accept(
        token=token, full_name="Nouvelle Venue", password="une longue phrase", signed_in=None, at=NOW
    )

    assert mail.outbox[0].to == ["nouvelle@essai.invalid"]
    assert token in mail.outbox[0].body
    assert actor_of(user, at=NOW).role is Role.LA
    assert membership.organisation == made.organisations["landlord"]
    assert user.check_password("une longue phrase") and user.password.startswith("argon2")
    with pytest.raises(Http404):
        invitations.accept(token=token, full_name="", password="", signed_in=None, at=NOW)


def test_nobody_approves_alone():
    made = scheme()
    invitation = invite(made)

    with pytest.raises(Refused, match="autre personne"):
        approve(made, invitation, by="LM")
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(approved_by=made.user("LM"))


@pytest.mark.parametrize("name", ["LA", "LM_other", "DEP", "DEP_head", "EMPL", "PART", "FUND", "DPO"])
def test_only_managers_of_the_organisation_invite_there(name):
    made = scheme()

    with pytest.raises(Http404):
        invite(made, by=name)


def test_a_role_of_another_kind_of_organisation_is_refused():
    with pytest.raises(Refused, match="rôle"):
        invite(scheme(), role="DEP")


def test_a_link_expires_after_seven_days_and_stops_when_it_is_renewed_or_withdrawn():
    made = scheme()
    invitation = invite(made)
    first = approve(made, invitation)

    assert invitations.of_token(first, at=NOW + timedelta(days=6)) == invitation
    assert invitations.of_token(first, at=NOW + timedelta(days=7)) is None
    second = approve(made, invitation)
    assert invitations.of_token(first, at=NOW) is None
    invitations.withdraw(invitation_id=invitation.pk, by=made.actor("LM"), at=NOW)
    assert invitations.of_token(second, at=NOW) is None


def test_a_link_never_takes_an_existing_account_over():
    made = scheme()
    token = approve(made, invite(made, email="empl@essai.invalid"))

    with pytest.raises(Refused, match="connectez-vous"):
        invitations.accept(token=token, full_name="X", password="une longue phrase", signed_in=None, at=NOW)

    user, _ = invitations.accept(token=token, full_name="", password="", signed_in=made.user("EMPL"), at=NOW)
    assert {one.role for one in user.memberships.all()} == {"EMPL", "LA"}


def test_an_employer_is_not_told_of_housing(django_capture_on_commit_callbacks):
    made = scheme()
    invitation = invite(
        made, by="ADM", organisation_id=made.organisations["employer"].pk, role="EMPL", email="e@essai.invalid"
    )

    with django_capture_on_commit_callbacks(execute=True):
        approve(made, invitation, by="ADM2")

    text = f"{mail.outbox[0].subject} {mail.outbox[0].body}".lower()
    assert re.findall(r"toit|logement|bailleur|rsa|social", text) == []


def test_the_end_of_a_membership_takes_effect_on_the_next_request():
    made = scheme()
    services.end_membership(membership_id=made.members["LA"].pk, by=made.actor("LM"), at=NOW)

    assert actor_of(made.user("LA"), at=NOW).role is Role.PUB


def test_the_last_administrator_stays_and_nobody_ends_oneself():
    made = scheme()

    with pytest.raises(Refused, match="propre accès"):
        services.end_membership(membership_id=made.members["LM"].pk, by=made.actor("LM"), at=NOW)
    with pytest.raises(Refused, match="dernière personne"):
        services.end_membership(membership_id=made.members["LM"].pk, by=made.actor("LM2"), at=NOW)


def test_rights_go_down_alone_and_up_by_invitation():
    made = scheme()
    member = made.members["LM2"]

    services.lower_membership(membership_id=member.pk, role="LA", is_org_admin=False, by=made.actor("LM"), at=NOW)
    with pytest.raises(Refused, match="deux personnes"):
        services.lower_membership(membership_id=member.pk, role="LM", is_org_admin=False, by=made.actor("LM"), at=NOW)
    with pytest.raises(Refused, match="deux personnes"):
        services.lower_membership(membership_id=member.pk, role="LA", is_org_admin=True, by=made.actor("LM"), at=NOW)

    token = approve(made, invite(made, by="LM", email=member.user.email, role="LM"), by="ADM")
    invitations.accept(token=token, full_name="", password="", signed_in=member.user, at=NOW)
    open_now = Membership.objects.filter(user=member.user, until__isnull=True)
    assert [one.role for one in open_now] == ["LM"]


def test_switching_is_logged_and_only_to_ones_own():
    made = scheme()
    user = made.user("EMPL")
    other = Membership.objects.create(user=user, organisation=made.organisations["landlord"], role=Role.LA)

    assert services.switch_organisation(user=user, membership_id=other.pk, at=NOW) == other
    assert AuditEntry.objects.get(action="membership.switched").organisation == made.organisations["landlord"]
    with pytest.raises(Http404):
        services.switch_organisation(user=user, membership_id=made.members["DEP"].pk, at=NOW)


def test_the_demonstration_opens_only_its_own_accounts(settings):
    made = scheme()
    with pytest.raises(Refused):
        services.demo_enter(role="LM", at=NOW)
    User.objects.filter(pk=made.user("LM").pk).update(is_demo=True)

    assert services.demo_enter(role="LM", at=NOW) == (made.user("LM"), made.members["LM"])
    settings.TEST = settings.DEMO = False
    with pytest.raises(Http404):
        services.demo_enter(role="LM", at=NOW)


def test_a_key_is_shown_once_and_never_gives_more_than_its_role():
    made = scheme()
    soon = NOW.date() + timedelta(days=90)

    token, secret = tokens.create_token(
        name="Nuit", scopes=["offers:read"], expires_on=soon, by=made.actor("EMPL"), at=NOW
    )

    assert secret not in str(token.__dict__) and token.token_hash == tokens.digest(secret)
    assert "candidates:read" not in tokens.scopes_for(made.actor("EMPL"))
    assert "vacancies:read" not in tokens.scopes_for(made.actor("EMPL"))
    with pytest.raises(Refused, match="portée"):
        tokens.create_token(name="x", scopes=["runs:read"], expires_on=soon, by=made.actor("EMPL"), at=NOW)
    with pytest.raises(Refused, match="un an"):
        tokens.create_token(
            name="x", scopes=["offers:read"], expires_on=NOW.date() + timedelta(days=400), by=made.actor("EMPL"), at=NOW
        )
    with pytest.raises(Http404):
        tokens.create_token(name="x", scopes=["offers:read"], expires_on=soon, by=made.actor("DEP"), at=NOW)
    with pytest.raises(Http404):
        tokens.revoke_token(token_id=token.pk, by=made.actor("EMPL_other"), at=NOW)
    assert not tokens.revoke_token(token_id=token.pk, by=made.actor("EMPL"), at=NOW).is_open(NOW)


def test_emergency_access_takes_a_reason_two_persons_and_ends_within_the_hour(django_capture_on_commit_callbacks):
    made, one = scheme(), household()
    reason = "La personne a perdu tout accès et signale une erreur grave."

    with pytest.raises(Refused, match="raison"):
        break_glass.ask(household_id=one.pk, reason="voir", by=made.actor("ADM"), at=NOW)
    asked = break_glass.ask(household_id=one.pk, reason=reason, by=made.actor("ADM"), at=NOW)
    assert made.actor("ADM").glass is None
    with pytest.raises(Refused, match="autre personne"):
        break_glass.approve(request_id=asked.pk, by=made.actor("ADM"), at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        break_glass.approve(request_id=asked.pk, by=made.actor("ADM2"), at=NOW)

    assert made.actor("ADM").glass == one.pk
    assert made.actor("ADM2").glass is None
    assert made.actor("ADM", NOW + timedelta(minutes=60)).glass is None
    assert [message.to for message in mail.outbox] == [["dpo@essai.invalid"]]
    assert reason not in mail.outbox[0].body and str(one.pk) not in mail.outbox[0].body
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"glass.asked", "glass.granted"}


def test_emergency_access_can_be_closed_and_is_not_for_others():
    made, one = scheme(), household()
    asked = break_glass.ask(household_id=one.pk, reason="Une raison assez longue.", by=made.actor("ADM"), at=NOW)
    break_glass.approve(request_id=asked.pk, by=made.actor("DPO"), at=NOW)

    later = NOW + timedelta(minutes=5)
    break_glass.close(request_id=asked.pk, by=made.actor("ADM"), at=later)

    assert made.actor("ADM", later).glass is None
    with pytest.raises(Http404):
        break_glass.ask(household_id=one.pk, reason="Une raison assez longue.", by=made.actor("LM"), at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=asked.pk).update(until=NOW + timedelta(minutes=61))


def test_emergency_access_shows_fields_and_never_what_the_platform_never_reads():
    made, one = scheme(), household()
    asked = break_glass.ask(household_id=one.pk, reason="Une raison assez longue.", by=made.actor("ADM"), at=NOW)
    break_glass.approve(request_id=asked.pk, by=made.actor("ADM2"), at=NOW)

    actor = made.actor("ADM")

    assert (actor.sees("surname"), actor.sees("income"), actor.sees("alerts")) == ("F", "F", "none")
    assert made.actor("ADM2").sees("surname") == "none"


def test_a_code_by_sms_reaches_one_candidate_only():
    made, one, two = scheme(), household(), household()
    account = User.objects.create_user("c@essai.invalid")
    person(one, account=account, phone="06 12 34 56 78")

    assert user_of_phone("+33 6 12 34 56 78") == account
    person(two, account=User.objects.create_user("d@essai.invalid"), phone="0612345678")
    assert user_of_phone("06.12.34.56.78") is None
    assert user_of_phone("78") is None
    assert made.members
