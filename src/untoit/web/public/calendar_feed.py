"""What a calendar reads by its secret address: the token is the right, and anything else is no page at all."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from untoit.records.followup.pathway import agenda, feeds
from untoit.reporting import calendar_feed as files
from untoit.web.access import open_to_all
from untoit.web.components.asking import asked
from untoit.web.components.calendars import page_url

_WAIT_S = "60"


@open_to_all()
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Send the dates of whoever opened the address; it names nobody."""
    _, now = asked(request)
    found = feeds.of_token(token, at=now)
    if found is None:
        raise Http404
    feed, actor = found
    if request.method == "GET" and not feeds.may_read(feed, at=now):
        return _private(HttpResponse(status=429, headers={"Retry-After": _WAIT_S}))

    def address(about: tuple[str, object]) -> str:
        path = page_url(actor, about)  # type: ignore[arg-type]
        return request.build_absolute_uri(path) if path else ""

    body = files.feed(agenda.entries_of(actor), at=now, address=address)
    return _private(HttpResponse(body, content_type=files.CONTENT_TYPE, headers={
        "Content-Disposition": 'inline; filename="agenda.ics"',
    }))


def _private(answer: HttpResponse) -> HttpResponse:
    add_never_cache_headers(answer)
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
