"""What the list of events and the page of one show: figures with their denominators, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from untoit.core.lifecycles.event import COMING, HOLDING_A_PLACE, EventState, RegistrationState
from untoit.core.wording import counted, typography
from untoit.records.events import capacities, checklist
from untoit.records.events.models import ChecklistItem, Event, Registration, Stand, Wave
from untoit.records.partners.rights import READ, WRITE, Actor, grant

_ASKED = HOLDING_A_PLACE | {RegistrationState.WAITING, RegistrationState.DECLINED, RegistrationState.CANCELLED}
_LATE_SHOWN = 3


def with_counts(actor: Actor, events: Any) -> Any:
    """Add to each event who comes, and how many places there are; figures of people only for who reads them."""
    places = Wave.objects.filter(event=OuterRef("pk")).values("event").annotate(n=Sum("capacity")).values("n")
    made = events.annotate(places=Coalesce(Subquery(places, output_field=IntegerField()), Value(0)))
    if grant(actor.role, "registration", READ) is None:
        return made.annotate(coming=Value(None, output_field=IntegerField()))
    return made.annotate(
        coming=Coalesce(Subquery(
            Registration.objects.filter(event=OuterRef("pk"), state__in=COMING).order_by().values("event")
            .annotate(n=Count("pk")).values("n"), output_field=IntegerField(),
        ), Value(0)),
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that remains before the day, and the page where it is done."""

    title: str
    sentence: str
    url: str
    done: bool


@dataclass(slots=True)
class EventPage:
    """What the page of an event shows."""

    waves: list[dict[str, Any]] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)
    late: list[ChecklistItem] = field(default_factory=list)
    soon: list[ChecklistItem] = field(default_factory=list)
    capacity: capacities.Banner | None = None

    @property
    def late_first(self) -> list[ChecklistItem]:
        """Return the late points that are said at once: an event prepared at the last minute starts with eighteen."""
        return self.late[:_LATE_SHOWN]

    @property
    def late_others(self) -> list[ChecklistItem]:
        """Return the late points that are folded."""
        return self.late[_LATE_SHOWN:]


def page_of(actor: Actor, event: Event) -> EventPage:
    """Return the page of an event as this actor may read it."""
    made = EventPage(stands=list(Stand.objects.visible_to(actor).filter(event=event)))
    counts = state_counts(event) if grant(actor.role, "registration", READ) is not None else None
    made.waves = waves_of(event)
    if counts is not None:
        made.figures = _figures(counts, event)
        made.capacity = capacities.banner(event)
    until = actor.today + checklist.DUE_WITHIN
    due = list(checklist.items_of(actor, event).filter(done_at__isnull=True, due_on__lte=until))
    made.late = [one for one in due if one.due_on < actor.today]
    made.soon = [one for one in due if one.due_on >= actor.today]
    if actor.may("event", WRITE):
        made.steps = _steps(event, made.stands, counts or {}, actor.today)
    return made


def state_counts(event: Event) -> dict[str, int]:
    """Return how many registrations are in each state."""
    rows = Registration.objects.filter(event=event).order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def waves_of(event: Event) -> list[dict[str, Any]]:
    """Return each wave with its hours, its slots and the places held."""
    held = dict(
        Registration.objects.filter(event=event, state__in=HOLDING_A_PLACE, is_standby=False).order_by()
        .values_list("wave").annotate(n=Count("pk"))
    )
    return [{
        "wave": one, "starts": event.minute_of(one.first_slot),
        "ends": event.minute_of(one.last_slot) - event.change_min, "slots": one.last_slot - one.first_slot,
        "held": held.get(one.pk, 0), "full": held.get(one.pk, 0) >= one.capacity,
    } for one in event.waves.all()]


def told_if_cancelled(event: Event) -> int:
    """Return how many people would be told that the event is cancelled."""
    told = HOLDING_A_PLACE | {RegistrationState.WAITING}
    return Registration.objects.filter(event=event, state__in=told).count()


def _figures(counts: dict[str, int], event: Event) -> list[tuple[str, str]]:
    listed = sum(counts.values()) - counts.get(RegistrationState.REMOVED, 0)
    asked = sum(counts.get(state, 0) for state in _ASKED)
    coming = sum(counts.get(state, 0) for state in COMING)
    places = sum(one.capacity for one in event.waves.all())
    return [
        (str(listed), f"sur la liste, {typography(f'{places} places')}"),
        *([(f"{asked} sur {listed}", "invitées")] if listed else []),
        *([(f"{coming} sur {asked}", "ont confirmé")] if asked else []),
    ]


def _steps(event: Event, stands: list[Stand], counts: dict[str, int], today: date) -> list[Step]:
    """Return the way from an empty event to a day that is ready, each step with what is there."""
    def page(name: str) -> str:
        try:
            return reverse(f"organiser:{name}", args=[event.pk])
        except NoReverseMatch:
            return ""

    listed = sum(counts.values()) - counts.get(RegistrationState.REMOVED, 0)
    asked = sum(counts.get(state, 0) for state in _ASKED)
    employers = sum(one.kind == "employer" for one in stands)
    housing = sum(one.kind == "housing" for one in stands)
    installed = ", ".join((
        counted(employers, "employeur", "employeurs"), counted(housing, "table logement", "tables logement"),
    ))
    return [
        Step(
            "Installer les stands",
            installed if stands else "Employeurs avec leurs offres, tables logement avec les logements présentés.",
            page("stands"), bool(employers and housing),
        ),
        Step(
            "Choisir qui vient",
            counted(listed, "personne sur la liste", "personnes sur la liste") if listed
            else "Un calcul propose qui rencontre qui ; vous ajustez.", page("selection"), bool(listed),
        ),
        Step(
            "Inviter",
            f"{asked} sur {listed} invitées" if asked else "SMS, e-mail ou courrier, selon ce que chacun reçoit.",
            page("registrations"), bool(asked) and asked >= listed,
        ),
        Step(
            "Faire le planning",
            "Diffusé." if event.published_version else "Le calcul place chaque rencontre ; vous déplacez.",
            page("timetable"), bool(event.published_version),
        ),
        Step(
            "Le jour même", "Accueil, tablettes et secours papier." if event.on >= today else "La journée a eu lieu.",
            page("attendance"), event.state in (EventState.OPEN, EventState.ENDED, EventState.REVIEWED),
        ),
    ]
