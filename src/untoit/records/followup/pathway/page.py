"""What the pages and the paper of a pathway read, for the case manager, the coach and the person herself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from untoit.core.lifecycles import pathway_track as core
from untoit.core.lifecycles.pathway_track import AppointmentState, ItemState, Stage
from untoit.core.wording import number, typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.view import name_of
from untoit.records.followup.models import Appointment, Pathway, PathwayItem, TrackAct
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway import appointments, hours, words
from untoit.records.followup.pathway.agenda import file_code
from untoit.records.followup.pathway.items import holders
from untoit.records.followup.pathway.steps import STILL
from untoit.records.partners.models import Membership, Role
from untoit.records.partners.rights import Actor

HISTORY_SHOWN, PAST_SHOWN = 30, 10
SILENT_FOR = timedelta(days=30)
# Fourteen stages are many on a telephone: the picture shows six steps, the words say the stage.
PHASES = (
    ("Repérage", (Stage.IDENTIFIED, Stage.ORIENTED, Stage.CONSENTED)), ("Préparation", (Stage.PREPARING,)),
    ("Rencontres", (Stage.INVITED, Stage.ATTENDED, Stage.INTERVIEWED)),
    ("Propositions", (Stage.JOB_OFFERED, Stage.HOUSING_PROPOSED)),
    ("Emploi et logement", (Stage.HIRED, Stage.ALLOCATED, Stage.LEASE_SIGNED)),
    ("Maintien", (Stage.MAINTAINED_3M, Stage.MAINTAINED_6M)),
)


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the picture: done, current, or to come."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item in words."""

    row: PathwayItem
    label: str
    words: str
    who: str
    state: str
    open: bool
    late: bool
    mine: bool

    @property
    def kind(self) -> str:
        """The kind of the badge of an item that is over."""
        return "ok" if self.row.state == ItemState.DONE else "quiet"


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal with its actions; ``goal`` is ``None`` for the actions that stand alone."""

    goal: ItemRow | None
    actions: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One appointment in words; ``to_note``: it is over and nobody said how it went."""

    row: Appointment
    label: str
    who: str
    state: str
    to_note: bool
    asked: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One act or fact of the pathway."""

    on: date
    what: str
    detail: str
    who: str


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week of the table and of the picture."""

    monday: date
    sunday: date
    hours: float
    shown: str
    parts: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PathwayPage:
    """One pathway as the reader may read it."""

    pathway: Pathway
    person: Person
    name: str
    code: str
    stage: str
    phases: tuple[Phase, ...]
    reason: str
    goals: tuple[GoalRow, ...]
    late: int
    obstacles: tuple[ItemRow, ...]
    coming: tuple[AppointmentRow, ...]
    to_note: tuple[AppointmentRow, ...]
    past: tuple[AppointmentRow, ...]
    weeks: tuple[WeekRow, ...]
    target: int | None
    history: tuple[HistoryLine, ...]

    @property
    def next(self) -> AppointmentRow | None:
        """The next appointment."""
        return self.coming[0] if self.coming else None


def pathway_of(actor: Actor, person_id: UUID) -> Pathway | None:
    """Return the pathway of a person, when the actor sees it."""
    found: Pathway | None = Pathway.objects.visible_to(actor).filter(person_id=person_id).select_related(
        "person__household", "organisation"
    ).first()
    return found


def own_pathway(actor: Actor) -> Pathway | None:
    """Return the person's own pathway."""
    rows = Pathway.objects.visible_to(actor).select_related("person__household", "organisation")
    found: Pathway | None = rows.first()
    return found


def without_pathway(actor: Actor, *, limit: int = 50) -> list[tuple[UUID, str]]:
    """Return the persons that the actor follows and who have no pathway yet: key, name."""
    rows = Person.objects.visible_to(actor).filter(pathway__isnull=True).order_by("last_name", "first_name", "pk")
    return [(one.pk, name_of(one, actor)) for one in rows[:limit]]


def listed(actor: Actor) -> QuerySet[Pathway]:
    """Return the pathways of the actor with their next appointment and their late actions, for a list."""
    next_at = Appointment.objects.filter(
        pathway=OuterRef("pk"), state=AppointmentState.PLANNED, at__gte=actor.at
    ).order_by("at").values("at")[:1]
    oldest = PathwayItem.objects.filter(_late(actor), pathway=OuterRef("pk")).order_by().values("pathway").annotate(
        first=Min("due_on")
    ).values("first")
    rows: QuerySet[Pathway] = Pathway.objects.visible_to(actor).annotate(
        next_at=Subquery(next_at), late_since=Subquery(oldest), last_name=F("person__last_name"),
        first_name=F("person__first_name"),
    )
    return rows


def _late(actor: Actor) -> Q:
    return Q(kind=ItemKind.ACTION, state__in=STILL, due_on__lt=actor.today)


def silent(rows: QuerySet[Pathway], actor: Actor) -> QuerySet[Pathway]:
    """Keep the pathways under way with no appointment for thirty days, nor one to come."""
    some = Appointment.objects.filter(pathway=OuterRef("pk")).filter(
        Q(state=AppointmentState.ATTENDED, at__gte=actor.at - SILENT_FOR)
        | Q(state=AppointmentState.PLANNED, at__gte=actor.at - SILENT_FOR)
    )
    return rows.exclude(stage__in=(Stage.EXITED, Stage.PAUSED)).filter(~Exists(some))


def page_of(actor: Actor, pathway: Pathway) -> PathwayPage:
    """Return the page of a pathway that the actor sees."""
    today = actor.today
    # What was added by mistake and taken back is not part of the pathway; the journal keeps it.
    items = pathway.items.exclude(state=ItemState.DROPPED, reason=words.MISTAKE)
    rows = [_item(actor, one, today) for one in items.select_related("owner__user", "owner__organisation")]
    meetings = _appointments(actor, pathway)
    acts = list(TrackAct.objects.visible_to(actor).filter(subject_id=pathway.pk, track="pathway").select_related(
        "user", "organisation"
    )[:HISTORY_SHOWN])
    stage = Stage(pathway.stage)
    goals, weeks = _goals(rows), hours.weeks_of(pathway, today)
    return PathwayPage(
        pathway=pathway, person=pathway.person, name=name_of(pathway.person, actor),
        code=file_code(pathway.household_id), stage=core.STAGE_NAMES[stage], phases=_phases(stage, acts),
        reason=words.reason_words({Stage.PAUSED: "pause", Stage.EXITED: "exit"}.get(stage, ""), pathway.reason, today),
        goals=goals, late=sum(action.late for goal in goals for action in goal.actions),
        obstacles=tuple(one for one in rows if one.row.kind == ItemKind.OBSTACLE),
        coming=tuple(one for one in meetings if one.row.state == AppointmentState.PLANNED and not one.to_note),
        to_note=tuple(one for one in meetings if one.to_note),
        past=tuple(one for one in reversed(meetings) if one.row.state != AppointmentState.PLANNED)[:PAST_SHOWN],
        weeks=tuple(_week(one) for one in weeks), target=weeks[-1].value.target_hours,
        history=tuple(_history(actor, acts, rows, meetings)),
    )


def _phases(stage: Stage, acts: list[TrackAct]) -> tuple[Phase, ...]:
    """Return the steps; a pause or a way out stays where the pathway was."""
    if stage in (Stage.PAUSED, Stage.EXITED):
        before = (act.from_state for act in acts if act.from_state in core.ORDER)
        stage = Stage(next(before, Stage.IDENTIFIED))
    here = next(rank for rank, (_, stages) in enumerate(PHASES) if stage in stages)
    return tuple(
        Phase(label, "done" if rank < here else "current" if rank == here else "") for rank, (label, _) in
        enumerate(PHASES)
    )


def _who(actor: Actor, member: Membership | None) -> str:
    if member is None:
        return ""
    if member.pk == actor.membership_id:
        return "vous"
    return f"{member.user}, {member.organisation.name}"


def _item(actor: Actor, one: PathwayItem, today: date) -> ItemRow:
    own = actor.role is Role.CAND
    person = ("vous" if own else "la personne") if one.by_person else ""
    table = words.TABLES[one.kind]
    still = one.state in STILL
    return ItemRow(
        row=one, label=words.capital(words.codes(one.kind, today).get(one.code, one.code)), words=str(one.words or ""),
        who=" et ".join(filter(None, (person, _who(actor, one.owner)))), state=dict(table.state_names)[one.state],
        open=still, late=still and one.kind == ItemKind.ACTION and one.due_on is not None and one.due_on < today,
        mine=one.by_person if own else one.owner_id == actor.membership_id,
    )


def _goals(rows: list[ItemRow]) -> tuple[GoalRow, ...]:
    actions: dict[UUID | None, list[ItemRow]] = {}
    for one in rows:
        if one.row.kind == ItemKind.ACTION:
            actions.setdefault(one.row.goal_id, []).append(one)
    goals = [one for one in rows if one.row.kind == ItemKind.GOAL]
    goals.sort(key=lambda one: not one.open)
    alone = actions.get(None, [])
    made = [GoalRow(goal, tuple(_first_open(actions.get(goal.row.pk, [])))) for goal in goals]
    return (*made, *([GoalRow(None, tuple(_first_open(alone)))] if alone else []))


def _first_open(rows: list[ItemRow]) -> list[ItemRow]:
    return sorted(rows, key=lambda one: not one.open)


def _appointments(actor: Actor, pathway: Pathway) -> list[AppointmentRow]:
    asked = appointments.asked_of(pathway)
    names = words.activities(actor.today)
    states = dict(core.APPOINTMENT.state_names)
    standing = pathway.appointments.exclude(state=AppointmentState.CANCELLED, reason=words.MISTAKE)
    return [AppointmentRow(
        row=one, label=words.capital(names.get(one.kind, one.kind)), who=_who(actor, one.with_whom),
        state=states[AppointmentState(one.state)],
        to_note=one.state == AppointmentState.PLANNED and one.at + timedelta(minutes=one.minutes) < actor.at,
        asked=asked[1] if asked is not None and asked[0] == one.pk else "",
    ) for one in standing.select_related("with_whom__user", "with_whom__organisation")]


def _week(one: hours.Week) -> WeekRow:
    shown = f"{number(round(one.hours, 1))} h"
    parts = ", ".join(f"{name} {number(round(minutes / 60, 1))} h" for name, minutes in one.parts)
    monday = one.value.monday
    return WeekRow(
        monday, monday + timedelta(days=6), one.hours, typography(shown), typography(parts), one.value.sentence
    )


def _history(
    actor: Actor, acts: list[TrackAct], rows: list[ItemRow], meetings: list[AppointmentRow]
) -> list[HistoryLine]:
    added = {ItemKind.GOAL: "Objectif fixé", ItemKind.ACTION: "Action prévue", ItemKind.OBSTACLE: "Obstacle noté"}
    done = {ItemKind.GOAL: "Objectif atteint", ItemKind.ACTION: "Action faite", ItemKind.OBSTACLE: "Obstacle levé"}
    lines: list[tuple[datetime, HistoryLine]] = []
    for act in acts:
        reason = words.reason_words(act.action, act.reasons[0], act.on) if act.reasons else ""
        lines.append((act.at, HistoryLine(act.on, words.act_words(act.action), reason, _author(actor, act))))
    for one in rows:
        lines.append((one.row.created_at, HistoryLine(
            timezone.localdate(one.row.created_at), added[ItemKind(one.row.kind)], one.label, "")))
        if one.row.state == ItemState.DONE and one.row.done_on:
            at = timezone.make_aware(datetime.combine(one.row.done_on, datetime.max.time()))
            lines.append((at, HistoryLine(one.row.done_on, done[ItemKind(one.row.kind)], one.label, "")))
    lines += [
        (meeting.row.at, HistoryLine(
            timezone.localdate(meeting.row.at), f"{meeting.label} : {meeting.state}", "", meeting.who))
        for meeting in meetings if meeting.row.state != AppointmentState.PLANNED
    ]
    lines.sort(key=lambda line: line[0], reverse=True)
    return [line for _, line in lines[:HISTORY_SHOWN]]


def _author(actor: Actor, act: TrackAct) -> str:
    """Return who acted: oneself, a colleague by name, another service by its name, a date that passed."""
    if act.user_id is not None and act.user_id == actor.user_id:
        return "vous"
    if act.organisation is None:
        return "la personne" if act.role == Role.CAND else "repris d'un autre suivi"
    return str(act.user) if act.organisation_id == actor.organisation_id else act.organisation.name


def stage_acts(actor: Actor, pathway: Pathway) -> list[tuple[str, str]]:
    """Return the acts that the table allows now: code, verb of the button."""
    return [(one.action, one.label) for one in core.PATHWAY.possible(pathway.stage, str(actor.role))]


def item_acts(actor: Actor, item: PathwayItem) -> list[tuple[str, str]]:
    """Return the acts that the table allows on an item."""
    return [(one.action, one.label) for one in words.TABLES[item.kind].possible(item.state, str(actor.role))]


def appointment_acts(actor: Actor, row: Appointment) -> list[tuple[str, str]]:
    """Return the acts on an appointment that make sense now: what is to come was neither attended nor missed."""
    found: list[Any] = list(core.APPOINTMENT.possible(row.state, str(actor.role)))
    if row.at > actor.at:
        found = [one for one in found if one.action not in ("attend", "miss")]
    return [(one.action, one.label) for one in found]


def colleagues(actor: Actor, pathway: Pathway) -> list[Membership]:
    """Return who may take the pathway over: the colleagues of the same role who do not follow it yet."""
    following = {one.pk for one in holders(pathway.household_id, at=actor.at)}
    rows = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=actor.at), organisation_id=actor.organisation_id, role=actor.role,
        user__is_active=True,
    ).select_related("user").order_by("user__full_name")
    return [one for one in rows if one.pk not in following]
