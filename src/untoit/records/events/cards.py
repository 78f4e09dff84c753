"""
What an employer reads of the people who come to its stand: what ``access.md`` allows, and only once they were told.

Nothing here knows of homes, benefits or households: the query brings the columns of the card and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef

from untoit.core.wording import NO_BREAK, typography
from untoit.records.applicants.models import Consent, Purpose
from untoit.records.events.models import Event, Meeting
from untoit.records.pairings.models import TandemJob
from untoit.records.partners.rights import Actor


@dataclass(frozen=True, slots=True)
class EmployerCard:
    """
    One person expected at the employer's stand.

    ``last_name`` is an initial until the person was told the hour. ``skills``, ``licences`` and ``experience`` are
    empty unless the person approved the card and agrees to its being handed over.
    """

    meeting_id: UUID
    stand_id: UUID
    table: int
    slot: int
    minute: int
    first_name: str
    last_name: str
    job: str
    availability: str
    travel_min: int | None
    skills: tuple[str, ...]
    licences: tuple[str, ...]
    state: str
    decision: str
    decision_label: str
    reason_code: str
    next_on: date | None
    outcome_revision: int

    @property
    def name(self) -> str:
        """Return the name as it is shown."""
        return f"{self.first_name} {self.last_name}".strip() or "Prénom à demander"


def employer_cards(actor: Actor, event: Event) -> list[EmployerCard]:
    """Return who comes to the stands of the actor's organisation, in the order of the day; none before publication."""
    approved = Consent.objects.filter(
        household=OuterRef("registration__person__household"), purpose=Purpose.EMPLOYER_CARD,
        withdrawn_at__isnull=True,
    )
    rows = list(
        Meeting.objects.visible_to(actor).active().filter(event=event, stand__kind="employer")
        .annotate(agrees=Exists(approved))
        .select_related("registration__person", "offer", "employer_outcome")
        .only(
            "slot", "table", "state", "informed_at", "stand_id", "registration__sheet_approved_at",
            "registration__tandem_id", "registration__person__first_name", "registration__person__last_name",
            "registration__person__available_on", "registration__person__skills", "registration__person__licences",
            "offer__title", "employer_outcome__decision", "employer_outcome__reason_code",
            "employer_outcome__next_on", "employer_outcome__revision",
        )
        .order_by("slot", "table", "pk")
    )
    ways = _ways(rows)
    return [_card(event, row, ways.get((row.registration.tandem_id, row.registration.person_id, row.offer_id)))
            for row in rows]


def _ways(rows: Sequence[Meeting]) -> dict[tuple, int]:
    """Return the minutes from home to the job of each tandem; where from is not said."""
    found = TandemJob.objects.filter(
        tandem__in={row.registration.tandem_id for row in rows if row.registration.tandem_id}
    ).values_list("tandem_id", "person_id", "offer_id", "outward_min")
    return {(tandem, person, offer): minutes for tandem, person, offer, minutes in found}


def _card(event: Event, row: Meeting, travel_min: int | None) -> EmployerCard:
    person, outcome = row.registration.person, getattr(row, "employer_outcome", None)
    shows = row.registration.sheet_approved_at is not None and row.agrees  # type: ignore[attr-defined]
    return EmployerCard(
        meeting_id=row.pk, stand_id=row.stand_id, table=row.table, slot=row.slot, minute=event.minute_of(row.slot),
        first_name=person.first_name,
        last_name=person.last_name if row.informed_at else f"{person.last_name[:1].upper()}." * bool(person.last_name),
        job=row.offer.title if row.offer is not None else "", availability=_availability(event.on, person.available_on),
        travel_min=travel_min, skills=tuple(person.skills) if shows else (),
        licences=tuple(person.licences) if shows else (), state=row.state,
        decision=outcome.decision if outcome else "", decision_label=outcome.get_decision_display() if outcome else "",
        reason_code=outcome.reason_code if outcome else "", next_on=outcome.next_on if outcome else None,
        outcome_revision=outcome.revision if outcome else 0,
    )


def _availability(on: date, available_on: date | None) -> str:
    if available_on is None:
        return ""
    if available_on <= on:
        return "Disponible tout de suite"
    return typography(f"Disponible à partir du{NO_BREAK}{available_on:%d/%m/%Y}")
