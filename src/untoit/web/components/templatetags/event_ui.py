"""Template tags of the event pages: the tabs that this actor may open, and names under the rights of whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from untoit.records.events.models import Event
from untoit.records.partners.rights import READ, WRITE, Actor

register = template.Library()

EVENT_STATE_KINDS = {
    "draft": "quiet", "inviting": "info", "ready": "ok", "open": "warn", "ended": "info", "reviewed": "ok",
    "cancelled": "stop",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of an event."""

    code: str
    label: str
    url: str


# Code (that of the page), label, resource and right without which the page does not exist.
_TABS = (
    ("event", "L’essentiel", "event", READ), ("stands", "Stands", "event", READ),
    ("checklist", "À faire", "event", READ), ("registrations", "Qui vient", "registration", READ),
    ("selection", "Choisir", "event", WRITE),
    ("preparations", "Préparation", "registration", READ), ("messages", "Messages", "messages", READ),
    ("timetable", "Planning", "event", WRITE), ("papers", "Documents", "registration", READ),
    ("devices", "Appareils", "attendance", WRITE), ("attendance", "Accueil", "attendance", READ),
    ("review", "Bilan", "steering_report", READ),
)


@register.simple_tag(takes_context=True)
def event_tabs(context: Context, event: Event) -> list[Tab]:
    """Return the pages of an event that the actor may open and that exist."""
    actor: Actor | None = context.get("actor")
    if actor is None:
        return []
    found = []
    for code, label, resource, right in _TABS:
        if not actor.may(resource, right):
            continue
        try:
            found.append(Tab(code, label, reverse(f"organiser:{code}", args=[event.pk])))
        except NoReverseMatch:
            continue
    return found


@register.filter
def event_state_kind(event: Any) -> str:
    """Return the kind of badge of the state of an event."""
    return EVENT_STATE_KINDS.get(event.state, "quiet")
