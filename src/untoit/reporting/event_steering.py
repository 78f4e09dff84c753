"""What the events of the last twelve months gave, together: for those who steer and fund, never one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from untoit.core.indicators.funnel import Funnel, funnel, guarded
from untoit.records.events.models import Event
from untoit.records.events.review import COUNTED
from untoit.records.partners.rights import Actor, policy, require
from untoit.reporting.event_counts import participants_of
from untoit.reporting.event_review import ALL_STEPS, success_of

SINCE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class EventsSummary:
    """How many events were counted, and how far people went, all events together."""

    events: int
    funnel: Funnel
    success: str


def events_summary(actor: Actor) -> EventsSummary | None:
    """Return the figures of the events that are over, nothing when there is none; a person counts at each event."""
    require(actor, "steering_report")
    events = list(
        Event.objects.filter(state__in=COUNTED, on__gte=actor.today - SINCE, on__lte=actor.today)
        .values_list("pk", flat=True)
    )
    if not events:
        return None
    whole = funnel(participants_of(events))
    shown = guarded(whole, int(policy()["aggregate_k"]), codes=ALL_STEPS)
    return EventsSummary(len(events), shown, success_of(whole, shown))
