"""The papers that a person takes for herself: her convocation, and once the timetable is told, her booklet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse

from untoit.records.events.models import Registration
from untoit.reporting import event_pdf

CONVOCATION, BOOKLET = "convocation", "livret"
_MAKERS = {CONVOCATION: event_pdf.convocation, BOOKLET: event_pdf.booklet}
_LABELS = {CONVOCATION: "Ma convocation (PDF)", BOOKLET: "Mon livret (PDF)"}


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """One link: its words, the file, and the same in large type."""

    label: str
    url: str
    large_url: str


def own_papers(registration: Registration, address: Callable[[str], str]) -> list[OwnPaper]:
    """Return what somebody who comes may take; ``address`` gives the URL of a code."""
    if registration.state != "confirmed":
        return []
    code = BOOKLET if registration.event.published_version else CONVOCATION
    return [OwnPaper(_LABELS[code], address(code), f"{address(code)}?gros=1")]


def own_paper(request: HttpRequest, registration: Registration, code: str) -> HttpResponse:
    """Return one paper of somebody who comes; any other is a page that does not exist."""
    if code not in {CONVOCATION, BOOKLET} or registration.state != "confirmed":
        raise Http404
    made = _MAKERS[code](registration, large=request.GET.get("gros") == "1")
    return HttpResponse(made, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{code}.pdf"', "Cache-Control": "no-store",
    })
