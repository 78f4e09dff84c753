"""The sheet of the employer's stand, to print: who comes, at what hour, with boxes to tick; made of cards alone."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from untoit.records.events import employer_stands
from untoit.records.events.boards import employer_cards
from untoit.records.events.models import Stand
from untoit.records.partners.journal import note_read
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.reporting import event_pdf
from untoit.web.access import access


@access("candidate_card")
def stand_sheet(request: HttpRequest, event_id: UUID, stand_id: UUID) -> HttpResponse:
    """Make the PDF of one of the employer's own stands; there is none before the hours are told."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role is not Role.EMPL:
        raise Http404
    event = employer_stands.row_of(actor, event_id)
    stand = get_object_or_404(
        Stand.objects.visible_to(actor).filter(event=event).select_related("room", "event"), pk=stand_id
    )
    cards = [card for card in employer_cards(actor, event) if card.stand_id == stand.pk]
    if not cards:
        raise Http404
    note_read(actor, "candidate_card", "event", event.pk, count=len(cards), reason="impression : fiche du stand")
    made = event_pdf.stand_sheet(stand, cards, at=request.now)  # type: ignore[attr-defined]
    return HttpResponse(made, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="stand-{stand.number}.pdf"', "Cache-Control": "no-store",
    })
