"""An act that can be undone says so, with the button that undoes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

UNDO = "annuler"


def say_with_undo(request: HttpRequest, sentence: str, undo_url: str) -> None:
    """Show a sentence on the next page, with a button that sends a POST to ``undo_url``."""
    messages.success(request, sentence, extra_tags=f"{UNDO} {undo_url}")
