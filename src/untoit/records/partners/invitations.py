"""Accounts are offered by one person and approved by another; the link is sent then, works once and for seven days."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction
from django.http import Http404

from untoit.core.errors import Refused
from untoit.records.partners import journal
from untoit.records.partners.models import (
    ROLES_OF,
    Invitation,
    Membership,
    Organisation,
    OrganisationKind,
    Role,
    User,
)
from untoit.records.partners.rights import Actor, require_manager

LASTS = timedelta(days=7)


@transaction.atomic
def invite(
    *, organisation_id: UUID, email: str, full_name: str, role: str, is_org_admin: bool, by: Actor, at: datetime
) -> Invitation:
    """Ask for an account in an organisation; nothing is sent until a second person approves."""
    require_manager(by, organisation_id)
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    if role not in ROLES_OF[organisation.kind]:
        raise Refused("Ce rôle n'existe pas dans cette organisation.")
    email = email.strip().lower()
    waiting = Invitation.objects.filter(
        organisation=organisation, email=email, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    )
    if waiting.exists():
        raise Refused("Une invitation attend déjà à cette adresse.")
    made = Invitation.objects.create(
        organisation=organisation, email=email, full_name=full_name.strip(), role=role, is_org_admin=is_org_admin,
        invited_by_id=by.user_id, expires_at=at + LASTS,
    )
    journal.note_act(by, "invitation.asked", "invitation", made.pk, at=at, role=role, admin=is_org_admin)
    return made


@transaction.atomic
def approve(*, invitation_id: UUID, link: Callable[[str], str], by: Actor, at: datetime) -> Invitation:
    """Approve somebody else's invitation and send the link; approving again renews it (the former link stops)."""
    invitation = _open(invitation_id, by, at, renew=True)
    user = User.objects.get(pk=by.user_id)
    if invitation.invited_by_id == user.pk:
        raise Refused("Une autre personne que celle qui invite doit approuver l'invitation.")
    if invitation.email == user.email.lower():
        raise Refused("Vous ne pouvez pas approuver une invitation qui vous est adressée.")
    token = secrets.token_urlsafe(32)
    invitation.approved_by, invitation.token_hash = user, _hash(token)
    invitation.expires_at = at + LASTS
    invitation.save(update_fields=["approved_by", "token_hash", "expires_at"])
    journal.note_act(by, "invitation.approved", "invitation", invitation.pk, at=at)
    address = link(token)
    transaction.on_commit(lambda: _send(invitation, address))
    return invitation


@transaction.atomic
def withdraw(*, invitation_id: UUID, by: Actor, at: datetime) -> Invitation:
    """Withdraw an invitation: its link opens nothing any more."""
    invitation = _open(invitation_id, by, at, renew=True)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    journal.note_act(by, "invitation.withdrawn", "invitation", invitation.pk, at=at)
    return invitation


def of_token(token: str, *, at: datetime) -> Invitation | None:
    """Return the invitation that this link opens now, ``None`` whatever the reason why it opens nothing."""
    return (
        Invitation.objects.filter(
            token_hash=_hash(token), accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at,
            organisation__is_active=True,
        )
        .select_related("organisation")
        .first()
    )


@transaction.atomic
def accept(
    *, token: str, full_name: str, password: str, signed_in: User | None, at: datetime
) -> tuple[User, Membership]:
    """
    Open the account, or add the membership to the account of the same address.

    An existing account accepts only once signed in: a link received by e-mail never changes a password.
    """
    invitation = of_token(token, at=at)
    if invitation is None:
        raise Http404
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise Http404
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, password, full_name=full_name.strip())
    elif signed_in is None or signed_in.pk != user.pk:
        raise Refused("Un compte existe à cette adresse : connectez-vous, puis ouvrez à nouveau le lien.")
    membership = _join(user, invitation, at)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    actor = Actor(
        Role(membership.role), at, user_id=user.pk, user_name=str(user), organisation_id=invitation.organisation_id,
        membership_id=membership.pk,
    )
    journal.note_act(actor, "invitation.accepted", "invitation", invitation.pk, at=at)
    return user, membership


def _join(user: User, invitation: Invitation, at: datetime) -> Membership:
    """Open the membership; another role in the same organisation ends, so that one person never adds two up there."""
    held = Membership.objects.select_for_update().filter(
        user=user, organisation_id=invitation.organisation_id, until__isnull=True
    )
    same = next((one for one in held if one.role == invitation.role), None)
    held.exclude(pk=same.pk if same else None).update(until=at)
    if same is None:
        return Membership.objects.create(
            user=user, organisation_id=invitation.organisation_id, role=invitation.role,
            is_org_admin=invitation.is_org_admin,
        )
    same.is_org_admin = invitation.is_org_admin
    same.save(update_fields=["is_org_admin"])
    return same


def _open(invitation_id: UUID, by: Actor, at: datetime, *, renew: bool) -> Invitation:
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
        .filter(pk=invitation_id).first()
    )
    if invitation is None:
        raise Http404
    require_manager(by, invitation.organisation_id)
    if invitation.accepted_at is not None:
        raise Refused("Cette invitation a déjà été acceptée.")
    if invitation.withdrawn_at is not None:
        raise Refused("Cette invitation a été retirée.")
    if invitation.expires_at <= at and not renew:
        raise Refused("Cette invitation a expiré.")
    return invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _send(invitation: Invitation, address: str) -> None:
    """Send the link. An employer's e-mail says nothing of housing: the name of the scheme alone would tell it."""
    neutral = invitation.organisation.kind == OrganisationKind.EMPLOYER
    product = "Rencontres emploi" if neutral else "Un toit, un emploi"
    send_mail(
        f"{product} : votre accès",
        f"Bonjour,\n\nVous êtes invité·e à rejoindre « {invitation.organisation.name} » sur {product}.\n"
        f"Ouvrez ce lien pour créer votre accès ; il sert une fois et expire dans sept jours :\n\n{address}\n\n"
        "Si vous n'attendiez pas ce message, ne faites rien.\n",
        None,
        [invitation.email],
    )
