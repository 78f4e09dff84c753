"""What a page answers when a service refuses: the sentence, and the status that says which refusal it is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.core.errors import Conflict, UntoitError


def refused(request: HttpRequest, refusal: UntoitError, *, back: str) -> HttpResponse:
    """Answer a conflict as a page of its own (409), another refusal as a message on the page ``back``."""
    if isinstance(refusal, Conflict):
        return render(request, "409.html", {"sentence": refusal.sentence, "back": back}, status=409)
    messages.error(request, refusal.sentence)
    return redirect(back)
