"""
The openings of an offer: a hire takes one, the last one fills the offer, a trial that is broken gives one back.

An offer that is filled, or taken away, releases those who wait for it, not those to whom the job was offered. The offer
is locked before any application of it: two employers who hire at the same instant wait for each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.lifecycles.job_track import IN_WORK, JobState
from untoit.records.followup.models import Application, TrackAct
from untoit.records.followup.tracks import acts
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.jobs.services import OFFERS
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

# The acts for which the offer is locked first.
TOUCH_OPENINGS = frozenset({"hire", "restore", "break_trial", "withdraw_employer"})
WAITING = (JobState.APPLIED, JobState.INTERVIEW_PLANNED, JobState.INTERVIEWED, JobState.IN_POOL)
# An offer that its employer has not confirmed for so long after it expired has found somebody elsewhere.
EXPIRED_FOR = timedelta(days=30)


def locked(offer_id: UUID) -> Offer:
    """Return the offer, locked until the end of the transaction."""
    found: Offer = Offer.objects.select_for_update(of=("self",)).defer("search").get(pk=offer_id)
    return found


def follow(row: Application, before: str, act: TrackAct, *, by: Actor | None, at: datetime) -> None:
    """Take an opening or give one back after an act; the offer was locked by the caller."""
    taken = row.state in IN_WORK and before not in IN_WORK and before != JobState.ENDED
    given = before in IN_WORK and act.action in ("break_trial", "withdraw_employer")
    if taken:
        _take(locked(row.offer_id), act, by=_keeper(row, by, at), at=at)
    elif given:
        _give_back(locked(row.offer_id), by=_keeper(row, by, at), at=at)


def require_one(offer: Offer) -> None:
    """Refuse to hire on an offer whose openings are all taken."""
    if offer.state == OfferState.FILLED:
        raise Refused("Tous les postes de cette offre sont pourvus : rouvrez l'offre pour embaucher encore.")


def _keeper(row: Application, by: Actor | None, at: datetime) -> Actor:
    """Return who acts on the offer: whoever acted when the table of offers knows the role, else its organisation."""
    if by is not None and by.role in (Role.EMPL, Role.EMPP):
        return by
    return Actor(role=Role.EMPL, at=at, organisation_id=row.organisation_id)


def _take(offer: Offer, act: TrackAct, *, by: Actor, at: datetime) -> None:
    require_one(offer)
    if offer.state == OfferState.WITHDRAWN:
        return
    if offer.openings > 1:
        _set(offer, offer.openings - 1, "offer.opening_taken", by=by, at=at)
        return
    OFFERS.move(offer, "fill", by=by, at=at)
    release(offer.pk, at=at, caused_by=act)


def _give_back(offer: Offer, *, by: Actor, at: datetime) -> None:
    if offer.state == OfferState.FILLED:
        OFFERS.move(offer, "reopen", by=by, at=at)
    elif offer.state != OfferState.WITHDRAWN:
        _set(offer, offer.openings + 1, "offer.opening_back", by=by, at=at)


def _set(offer: Offer, openings: int, action: str, *, by: Actor, at: datetime) -> None:
    offer.openings = openings
    offer.revision += 1
    with recorded(by):
        offer.save(update_fields=["openings", "revision", "updated_at"])
    note_act(by, action, "offer", offer.pk, at=at)


def release(offer_id: UUID, *, at: datetime, caused_by: TrackAct | None = None) -> int:
    """Release those who still wait for an offer that is over; return how many they were."""
    rows = Application.objects.filter(offer_id=offer_id, state__in=WAITING).order_by("pk")
    count = 0
    for row in rows.select_for_update(of=("self",)):
        acts.record(row=row, action="close_offer", by=None, at=at, how="effect", caused_by=caused_by)
        count += 1
    return count


def over(*, at: datetime) -> list[UUID]:
    """Return the offers that are over and for which somebody still waits."""
    gone = Q(offer__state__in=(OfferState.FILLED, OfferState.WITHDRAWN)) | Q(
        offer__state=OfferState.EXPIRED, offer__expires_on__lt=timezone.localdate(at) - EXPIRED_FOR
    )
    rows = Application.objects.filter(gone, state__in=WAITING)
    return list(rows.order_by("offer_id").values_list("offer_id", flat=True).distinct())
