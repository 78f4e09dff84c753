"""
One application of one person for one job: opened by a coach, sent with her agreement, moved by the table.

The employer learns of it the day the card leaves: the person approved it, and her agreement to send cards is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.lifecycles.job_track import BEFORE_HIRE
from untoit.records.applicants.models import Consent, Person, Purpose
from untoit.records.events.models import Event, Registration
from untoit.records.followup.models import Application, TrackAct
from untoit.records.followup.tracks import acts
from untoit.records.followup.work import contacts, openings
from untoit.records.followup.work.moves import move
from untoit.records.followup.work.proposed import snapshot_of
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.pairings.models import Tandem
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require


@transaction.atomic
def apply(
    *, person_id: UUID, offer_id: UUID, by: Actor, at: datetime, tandem_id: UUID | None = None, source: str = "coach",
    event_id: UUID | None = None,
) -> Application:
    """
    Open the application of somebody that the coach follows for an open offer; the card leaves at once when it may.

    Raises
    ------
    Http404
        When the coach does not see the person, the offer or the tandem.
    Refused
        When the offer is no longer open.
    Conflict
        When the person already has an application under way for this offer.
    """
    require(by, "job_act", WRITE)
    if by.role is not Role.EMPP:
        raise Http404
    person = get_object_or_404(Person.objects.visible_to(by).select_related("household"), pk=person_id)
    offer = get_object_or_404(Offer.objects.visible_to(by).defer("search"), pk=offer_id)
    tandem = _tandem(by, tandem_id, person, offer) if tandem_id else None
    event = get_object_or_404(Event.objects.visible_to(by), pk=event_id) if event_id else None
    if offer.state != OfferState.OPEN:
        raise Refused("Cette offre n'est plus ouverte : demandez à l'employeur de la confirmer.")
    return open_for(person=person, offer=offer, by=by, at=at, tandem=tandem, source=source, event=event)


def _tandem(by: Actor, tandem_id: UUID, person: Person, offer: Offer) -> Tandem:
    found: Tandem = get_object_or_404(
        Tandem.objects.visible_to(by).filter(jobs__person=person, jobs__offer=offer), pk=tandem_id
    )
    return found


@transaction.atomic
def open_for(
    *, person: Person, offer: Offer, by: Actor | None, at: datetime, tandem: Tandem | None = None,
    source: str = "coach", event: Event | None = None, how: str = "screen",
) -> Application:
    """Open an application without asking who may: the callers did."""
    row = Application(
        person=person, household_id=person.household_id, offer=offer, organisation_id=offer.organisation_id,
        tandem=tandem, source=source, event=event, opened_on=timezone.localdate(at),
        card_approved_at=approved_at(person.pk), snapshot=snapshot_of(person, offer, tandem, at),
    )
    acts.opened(row=row, action="apply", by=by, at=at, how=how)
    if row.card_approved_at is not None and agrees(row):
        _send(row, by, at)
    return row


@transaction.atomic
def act(
    *, application_id: UUID, action: str, given: Mapping[str, Any], by: Actor, at: datetime,
    revision: int | None = None, on: date | None = None,
) -> TrackAct:
    """
    Record one act on an application, by whoever the table allows.

    Raises
    ------
    Http404
        When the actor does not see it.
    Conflict
        When somebody changed it since ``revision``.
    Refused
        When the table, a date or a reason does not allow it; the sentence says why.
    """
    require(by, "job_act", WRITE)
    row = locked(application_id, action, by, revision=revision)
    if action == "reopen" and by.role is Role.EMPL and row.last_action == "withdraw_person":
        raise Refused("C'est la personne qui s'est retirée : voyez avec son coach.")
    return move(row, action, given, by=by, at=at, on=on)


def locked(application_id: UUID, action: str, by: Actor, *, revision: int | None = None) -> Application:
    """Return the application locked for an act, its offer locked first where the act touches the openings."""
    if action in openings.TOUCH_OPENINGS:
        offer_id = Application.objects.visible_to(by).filter(pk=application_id).values_list("offer_id", flat=True)
        openings.locked(get_object_or_404(Offer.objects.only("pk"), pk__in=offer_id).pk)
    return acts.locked(Application, application_id, by, revision=revision)


@transaction.atomic
def approve_card(
    *, application_id: UUID, by: Actor, at: datetime, revision: int | None = None
) -> Application:
    """Note that the person read her card and agrees to what it says, on her page or with her coach."""
    require(by, "candidate_card", WRITE)
    row = acts.locked(Application, application_id, by, revision=revision)
    _waiting(row)
    if row.card_approved_at is None:
        row.card_approved_at = at
        _save(row, by, "card_approved_at")
        note_act(by, "job.card_approved", "application", row.pk, at=at)
    if by.role is Role.CAND and agrees(row):
        _send(row, by, at)
    return row


@transaction.atomic
def send_card(*, application_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Application:
    """
    Send the card to the employer, who reads the application from then on.

    Raises
    ------
    Refused
        Without the agreement of the person, or when she has not approved the card.
    """
    require(by, "candidate_card", WRITE)
    row = acts.locked(Application, application_id, by, revision=revision)
    _waiting(row)
    if not agrees(row):
        raise Refused("La personne n'a pas donné son accord pour transmettre une fiche à un employeur : "
                      "recueillez-le d'abord dans son dossier.")
    if row.card_approved_at is None:
        raise Refused("La personne n'a pas encore approuvé sa fiche : relisez-la avec elle.")
    _send(row, by, at)
    return row


def agrees(row: Application) -> bool:
    """Whether the household's agreement to send cards to employers is open."""
    return Consent.objects.filter(
        household_id=row.household_id, purpose=Purpose.EMPLOYER_CARD, withdrawn_at__isnull=True
    ).exists()


def approved_at(person_id: UUID) -> datetime | None:
    """Return when the person last approved what an employer reads of her, before an event."""
    found = Registration.objects.filter(person_id=person_id).aggregate(last=Max("sheet_approved_at"))
    last: datetime | None = found["last"]
    return last


def _waiting(row: Application) -> None:
    if row.state not in BEFORE_HIRE:
        raise Refused("Cette candidature n'attend plus de fiche.")


def _send(row: Application, by: Actor | None, at: datetime) -> None:
    if row.sent_on is not None:
        return
    row.sent_on = timezone.localdate(at)
    _save(row, by, "sent_on")
    note_act(by, "job.card_sent", "application", row.pk, at=at)
    contacts.tell_of_a_card(row, at=at)


def _save(row: Application, by: Actor | None, *fields: str) -> None:
    row.revision += 1
    if by is None:
        row.save(update_fields=[*fields, "revision"])
        return
    with recorded(by):
        row.save(update_fields=[*fields, "revision"])


def release_closed(*, at: datetime) -> int:
    """Release those who wait for an offer that was filled, taken away or left unconfirmed, one transaction an offer."""
    count = 0
    for offer_id in openings.over(at=at):
        with transaction.atomic():
            openings.locked(offer_id)
            count += openings.release(offer_id, at=at)
    return count
