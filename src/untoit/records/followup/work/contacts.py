"""Whom to write to at an employer's, and the message that says that a card waits: neutral, and without a name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings

from untoit.core.wording import typography
from untoit.records.desk.services import notify
from untoit.records.followup.models import Application
from untoit.records.partners.models import Membership, Role, User


def contact_of(organisation_id: UUID) -> User | None:
    """Return who receives an employer's mail: who manages its accounts, else its first member; ``None`` without one."""
    member = (
        Membership.objects.filter(
            organisation_id=organisation_id, role=Role.EMPL, until__isnull=True, user__is_active=True
        ).exclude(user__email="").select_related("user").order_by("-is_org_admin", "since", "pk").first()
    )
    return member.user if member is not None else None


def tell_of_a_card(row: Application, *, at: datetime) -> None:
    """Tell the employer that a card waits in its space."""
    contact = contact_of(row.organisation_id)
    if contact is not None:
        notify(
            recipient=contact, kind="job.card_sent", key=f"card:{row.pk}", at=at,
            subject="Une candidature vous attend",
            body=typography(
                "Bonjour,\n\nUne fiche de candidature vous est transmise pour l'une de vos offres. "
                f"Vous la lisez dans votre espace :\n{settings.SITE_URL}/employeur/candidatures/\n\nRencontres emploi"
            ),
        )
