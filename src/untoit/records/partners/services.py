"""What is done to memberships: enter the demonstration, choose whom one acts for, end or lower a membership."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from untoit.core.errors import Refused
from untoit.records.partners import journal
from untoit.records.partners.models import ROLES_OF, Membership, Organisation, OrganisationKind, Role, User
from untoit.records.partners.rights import WRITE, Actor, require, require_manager
from untoit.records.partners.selectors import actor_of, open_memberships


def demo_enter(*, role: str, at: datetime) -> tuple[User, Membership | None]:
    """
    Return the demonstration user who holds this role, and the membership to act under (``None`` for a candidate).

    Only accounts marked as fictitious can be entered, and only in demo mode: the flag is worth nothing elsewhere.
    """
    if not (settings.DEMO or settings.TEST):
        raise Http404
    users = User.objects.filter(is_demo=True, is_active=True)
    if role == Role.CAND:
        user = users.filter(person__isnull=False).order_by("email").first()
        if user is None:
            raise Refused("La démonstration n'a pas de compte pour ce rôle.")
        return user, None
    membership = (
        Membership.objects.filter(
            Q(until__isnull=True) | Q(until__gt=at), user__in=users, role=role, organisation__is_active=True
        )
        .select_related("user", "organisation")
        .order_by("-is_org_admin", "user__email")
        .first()
    )
    if membership is None:
        raise Refused("La démonstration n'a pas de compte pour ce rôle.")
    return membership.user, membership


@transaction.atomic
def switch_organisation(*, user: User, membership_id: UUID, at: datetime) -> Membership:
    """Return the membership to act under from now on, which must be the user's own and open; the change is logged."""
    chosen = next((one for one in open_memberships(user, at=at) if one.pk == membership_id), None)
    if chosen is None:
        raise Http404
    actor = actor_of(user, at=at, membership_id=chosen.pk)
    journal.note_act(actor, "membership.switched", "membership", chosen.pk)
    return chosen


@transaction.atomic
def end_membership(*, membership_id: UUID, by: Actor, at: datetime) -> Membership:
    """End a membership: it opens nothing from the next request on. The last administrator of an organisation stays."""
    membership = _locked(membership_id)
    require_manager(by, membership.organisation_id)
    if membership.until is not None and membership.until <= at:
        raise Refused("Cet accès est déjà fermé.")
    if membership.pk == by.membership_id:
        raise Refused("Vous ne pouvez pas fermer votre propre accès : demandez-le à une autre personne.")
    _keep_one_admin(membership, at)
    membership.until = at
    membership.save(update_fields=["until"])
    journal.note_act(by, "membership.ended", "membership", membership.pk, at=at, role=membership.role)
    return membership


@transaction.atomic
def lower_membership(*, membership_id: UUID, role: str, is_org_admin: bool, by: Actor, at: datetime) -> Membership:
    """
    Give a member fewer rights: another role of the organisation, no longer administrator.

    More rights take an invitation, hence two persons; that is why a landlord's adviser does not become a lead here.
    """
    membership = _locked(membership_id)
    require_manager(by, membership.organisation_id)
    allowed = ROLES_OF[membership.organisation.kind]
    if role not in allowed:
        raise Refused("Ce rôle n'existe pas dans cette organisation.")
    rises = allowed.index(Role(role)) < allowed.index(Role(membership.role))
    if rises or (is_org_admin and not membership.is_org_admin):
        raise Refused("Donner plus de droits demande deux personnes : faites une invitation à la même adresse.")
    if membership.is_org_admin and not is_org_admin:
        _keep_one_admin(membership, at)
    membership.role, membership.is_org_admin = role, is_org_admin
    membership.save(update_fields=["role", "is_org_admin"])
    journal.note_act(by, "membership.lowered", "membership", membership.pk, at=at, role=role)
    return membership


@transaction.atomic
def create_organisation(
    *, kind: str, name: str, neutral_name: str, siret: str, by: Actor, at: datetime
) -> Organisation:
    """Create an organisation without members: its first account comes by an invitation, approved by a second person."""
    require(by, "organisation_users", WRITE)
    if by.role is not Role.ADM:
        raise Http404
    if Organisation.objects.filter(name__iexact=name.strip()).exists():
        raise Refused(f"Une organisation s'appelle déjà « {name.strip()} ».")
    made = Organisation.objects.create(
        kind=OrganisationKind(kind), name=name.strip(), neutral_name=neutral_name.strip(), siret=siret
    )
    journal.note_act(by, "organisation.created", "organisation", made.pk, at=at, kind=kind)
    return made


@transaction.atomic
def rename_user(*, user: User, full_name: str, by: Actor, at: datetime) -> User:
    """Change one's own name, as the others read it."""
    user.full_name = full_name.strip()
    user.save(update_fields=["full_name"])
    journal.note_act(by, "account.renamed", "user", user.pk, at=at)
    return user


def _locked(membership_id: UUID) -> Membership:
    found = Membership.objects.select_for_update(of=("self",)).select_related("organisation", "user")
    membership = found.filter(pk=membership_id).first()
    if membership is None:
        raise Http404
    return membership


def _keep_one_admin(membership: Membership, at: datetime) -> None:
    if not membership.is_org_admin:
        return
    # Locking the organisation's administrators keeps two of them from removing each other at the same second.
    others = Membership.objects.select_for_update(of=("self",)).filter(
        Q(until__isnull=True) | Q(until__gt=at), organisation_id=membership.organisation_id, is_org_admin=True
    )
    if all(one.pk == membership.pk for one in others):
        raise Refused("C'est la dernière personne qui gère les comptes : nommez-en d'abord une autre.")
