"""The papers of the committee: the agenda, the file of each candidate, the minutes."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.followup.committee import selectors
from untoit.reporting import committee_papers
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused


@access("committee")
def session_paper(request: HttpRequest, session_id: UUID, code: str) -> HttpResponse:
    """Make one paper of a session; that it was printed is written in the journal."""
    actor, now = asked(request)
    session = selectors.session_of(actor, session_id)
    if code not in committee_papers.PAPERS:
        raise Http404
    try:
        content = committee_papers.made(actor, session, code, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("landlord:session", args=[session_id]))
    name = f"commission-{session.on:%Y-%m-%d}-{code}.pdf"
    return HttpResponse(content, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store",
    })
