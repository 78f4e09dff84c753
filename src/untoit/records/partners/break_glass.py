"""Emergency access of the platform to one file: a reason, a second person, sixty minutes, a mail to the DPO."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from untoit.core.errors import Refused
from untoit.records.partners import journal
from untoit.records.partners.models import BreakGlass, Membership, Role
from untoit.records.partners.rights import Actor, may_ask_for_glass

AT_MOST = timedelta(minutes=60)
# A request nobody approved within the day is asked again: an old reason must not open a file months later.
ASKED_FOR = timedelta(hours=24)


@transaction.atomic
def ask(*, household_id: UUID, reason: str, by: Actor, at: datetime) -> BreakGlass:
    """Ask for emergency access to one household. Whether it exists is not said: the answer is the same."""
    _require(by)
    if len(reason.strip()) < 20:
        raise Refused("Écrivez la raison en une phrase au moins : elle sera lue par la protection des données.")
    asked = BreakGlass.objects.create(
        user_id=by.user_id, second_person=None, reason=reason.strip(), subject_id=household_id, asked_at=at
    )
    journal.note_act(by, "glass.asked", "household", household_id, at=at)
    return asked


@transaction.atomic
def approve(*, request_id: UUID, by: Actor, at: datetime) -> BreakGlass:
    """Approve somebody else's request: it opens now, for sixty minutes, and the DPO is written to."""
    _require(by)
    asked = _locked(request_id)
    if asked.user_id == by.user_id:
        raise Refused("Une autre personne que celle qui demande doit approuver.")
    if asked.granted_at is not None:
        raise Refused("Cette demande a déjà reçu une réponse.")
    if asked.asked_at + ASKED_FOR <= at:
        raise Refused("Cette demande a plus d'un jour : il faut la refaire.")
    asked.second_person_id = by.user_id
    asked.granted_at, asked.until = at, at + AT_MOST
    asked.save(update_fields=["second_person", "granted_at", "until"])
    journal.note_act(by, "glass.granted", "household", asked.subject_id, at=at, minutes=60)
    addresses = list(_addresses_of_dpo(at))
    transaction.on_commit(lambda: _tell(addresses))
    return asked


@transaction.atomic
def close(*, request_id: UUID, by: Actor, at: datetime) -> BreakGlass:
    """Close an emergency access before its time; the one who has it, or anybody who could approve it, may."""
    _require(by)
    asked = _locked(request_id)
    if asked.until is None or asked.until <= at:
        raise Refused("Cet accès n'est pas ouvert.")
    asked.until = at
    asked.save(update_fields=["until"])
    journal.note_act(by, "glass.closed", "household", asked.subject_id, at=at)
    return asked


def _require(actor: Actor) -> None:
    if not may_ask_for_glass(actor):
        raise Http404


def _locked(request_id: UUID) -> BreakGlass:
    found = BreakGlass.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found


def _addresses_of_dpo(at: datetime) -> set[str]:
    open_now = Q(until__isnull=True) | Q(until__gt=at)
    return set(
        Membership.objects.filter(open_now, role=Role.DPO, user__is_active=True).values_list("user__email", flat=True)
    )


def _tell(addresses: list[str]) -> None:
    """Write to the DPO: neither the file nor the reason travels by e-mail, both are on the page."""
    if addresses:
        send_mail(
            "Un toit, un emploi : accès d'urgence à un dossier",
            "Bonjour,\n\nUn accès d'urgence à un dossier vient d'être ouvert, pour soixante minutes au plus.\n"
            "Qui, pourquoi, et ce qui a été lu : page « Accès d'urgence » de la plateforme.\n",
            None,
            sorted(addresses),
        )
