"""
The page behind the address that an employer receives: a first name, a job, one question, big buttons, no account.

Reading it changes nothing: mail software reads every address of a message. The answer is a button; for a day it may be
corrected. An address that opens nothing, unknown, expired or used, gives one same page.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from untoit.core.errors import UntoitError
from untoit.records.followup.models import EmployerLink
from untoit.records.followup.work import links
from untoit.web.access import open_to_all
from untoit.web.components.forms import DayInput


class AnswerForm(forms.Form):
    """The answer: one of the buttons, and for some of them a day and a reason."""

    choice = forms.ChoiceField()
    ended_on = forms.DateField(label="Dernier jour travaillé", required=False, widget=DayInput())
    reason = forms.ChoiceField(label="Raison", required=False)

    def __init__(self, *args: Any, page: links.LinkPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (("choice", page.choices), ("reason", page.reasons)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*([("", "Choisir…")] if name == "reason" else []), *values.items()]


@open_to_all(methods=("GET", "POST"))
def employer_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the question, take the answer."""
    at = request.now  # type: ignore[attr-defined]
    link = links.of_token(token, at=at)
    if link is None:
        return _closed(request)
    page = links.page_of(link, at=at)
    if request.method != "POST":
        return _page(request, link, AnswerForm(page=page), page)
    form = AnswerForm(request.POST, page=page)
    if not form.is_valid():
        return _page(request, link, form, page, status=422)
    said = form.cleaned_data
    try:
        answered = links.answer(
            token=token, choice=said["choice"], at=at, ended_on=said["ended_on"], reason=said["reason"]
        )
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, link, form, page, status=422)
    return _private(redirect(request.path)) if answered is not None else _closed(request)


def _page(
    request: HttpRequest, link: EmployerLink, form: AnswerForm, page: links.LinkPage, status: int = 200
) -> HttpResponse:
    return _private(render(request, "public/employer_link.html", {
        "page": page, "form": form, "interview": link.question == links.INTERVIEW,
    }, status=status))


def _closed(request: HttpRequest) -> HttpResponse:
    legal: Any = settings.LEGAL
    return _private(render(
        request, "public/employer_link_closed.html", {"contact": legal.get("contact", "")}, status=404
    ))


def _private(answered: HttpResponse) -> HttpResponse:
    """Keep the page out of caches, of search engines, and its address out of what the next site reads."""
    add_never_cache_headers(answered)
    answered["X-Robots-Tag"] = "noindex, nofollow"
    answered["Referrer-Policy"] = "same-origin"
    return answered
