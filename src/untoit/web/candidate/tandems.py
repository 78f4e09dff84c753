"""The proposal made to the person: the same content as the professionals', in her or his words."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from untoit.reporting.tandem_pages import photo_of, tandem_page
from untoit.reporting.tandem_pdf import tandem_pdf as pdf_of
from untoit.web.access import access


@access("tandem")
def tandem(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Show the proposal, once the run is released."""
    with transaction.atomic():
        page = tandem_page(request.actor, tandem_id)  # type: ignore[attr-defined]
    return render(request, "candidate/tandem.html", {"page": page, "sheet": page.sheet, "tandem": page.tandem})


@access("tandem")
def tandem_pdf(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Send the sheet to print."""
    with transaction.atomic():
        page = tandem_page(request.actor, tandem_id)  # type: ignore[attr-defined]
    answer = HttpResponse(pdf_of(page.sheet), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="proposition-{str(tandem_id)[:8]}.pdf"'
    return answer


@access("tandem")
@cache_control(private=True, max_age=3600)
def tandem_photo(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Send the photograph of the home."""
    return HttpResponse(photo_of(request.actor, tandem_id), content_type="image/jpeg")  # type: ignore[attr-defined]
