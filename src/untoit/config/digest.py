"""The morning's e-mail: how many things wait, and where; never what nor about whom."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from untoit.records.desk import services
from untoit.records.desk.models import DigestFrequency, Preference
from untoit.records.desk.selectors import count_open
from untoit.records.partners.models import Membership, OrganisationKind, User
from untoit.records.partners.selectors import actor_of

HOUR = 7
MONDAY = 0


def send_all(*, at: datetime) -> int:
    """Put the digest of every professional who wants one today in the out-tray; return how many were written."""
    members = Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=at), organisation__is_active=True)
    users = User.objects.filter(is_active=True, memberships__in=members).distinct().order_by("pk")
    wishes = dict(Preference.objects.values_list("user_id", "digest"))
    return sum(
        send_one(user=user, at=at)
        for user in users.iterator()
        if _wants(wishes.get(user.pk, DigestFrequency.DAILY), at)
    )


def _wants(frequency: str, at: datetime) -> bool:
    if frequency == DigestFrequency.WEEKLY:
        return timezone.localtime(at).weekday() == MONDAY
    return frequency == DigestFrequency.DAILY


def send_one(*, user: User, at: datetime) -> bool:
    """
    Write to one user when something waits for her or him, once a day at most; return whether a message was made.

    Each membership is counted on its own: rights never add up, and the message says the organisation. Nothing here
    tells an employer that housing is at stake.
    """
    lines = []
    employer_only = True
    for membership in user.memberships.filter(Q(until__isnull=True) | Q(until__gt=at)).select_related("organisation"):
        actor = actor_of(user, at=at, membership_id=membership.pk)
        if actor.membership_id != membership.pk:
            continue
        waiting, late = count_open(actor)
        if not waiting:
            continue
        employer_only &= membership.organisation.kind == OrganisationKind.EMPLOYER
        lines.append(f"- {membership.organisation.name} : {_things(waiting)}{_late(late)}")
    if not lines:
        return False
    today = timezone.localdate(at)
    subject = "Vos tâches du jour" if employer_only else "Un toit, un emploi : vos tâches du jour"
    body = (
        "Bonjour,\n\nVoici ce qui vous attend ce matin :\n\n" + "\n".join(lines)
        + f"\n\nPour les voir : {settings.SITE_URL}{reverse('desk:morning')}\n\n"
        + "Ce message ne contient volontairement aucun nom. Vous pouvez le recevoir moins souvent, ou plus du tout :\n"
        + f"{settings.SITE_URL}{reverse('desk:notifications')}\n"
    )
    key = f"digest:{today.isoformat()}"
    return services.notify(recipient=user, kind="digest", key=key, subject=subject, body=body, at=at) is not None


def _things(count: int) -> str:
    return "1 tâche" if count == 1 else f"{count} tâches"


def _late(count: int) -> str:
    if not count:
        return ""
    return ", dont 1 en retard" if count == 1 else f", dont {count} en retard"
