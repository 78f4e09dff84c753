"""The worklist of cases: what narrows it and what its lines show, under the rights of whoever looks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from untoit.core import parameters
from untoit.core.lifecycles.case import CASE_NAMES
from untoit.records.applicants.models import Assignment, Person
from untoit.records.applicants.querysets import open_links
from untoit.records.applicants.selectors import found_by
from untoit.records.applicants.view import name_of
from untoit.records.desk.models import Task, TaskKind
from untoit.records.followup.cases import words
from untoit.records.followup.models import Application, Case, CaseAlert, Letter, Pathway, PathwayItem, Proposal
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

_MANY = 2000


@dataclass(frozen=True, slots=True)
class NextTask:
    """The open task of a case that is due first, of those that the reader may do."""

    label: str
    due_on: date
    late: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the worklist, as one role may read it."""

    household_id: UUID
    name: str
    status: str
    alerts: tuple[str, ...]
    next_task: NextTask | None
    moved_on: date | None
    followers: str


def code_field(actor: Actor) -> str:
    """Return the column of the status that this role reads, sorts and filters by."""
    return "landlord_code" if actor.role in LANDLORDS else "code"


def moved_field(actor: Actor) -> str:
    """Return the column of the last move that this role reads."""
    return "landlord_moved_on" if actor.role in LANDLORDS else "moved_on"


def alerts_for(actor: Actor) -> tuple[str, ...]:
    """Return the codes of the alerts that may be meant for this role."""
    return words.LANDLORD_ALERTS if actor.role in LANDLORDS else words.SUPPORT_ALERTS


def silence_days(on: date) -> int:
    """Return after how many days without a move a case counts as silent."""
    return int(parameters.at("followup/pathway", on)["silence_days"])


def with_status(cases: QuerySet[Case], actor: Actor, code: str) -> QuerySet[Case]:
    """Keep the cases of one status, as this role reads it."""
    return cases.filter(**{code_field(actor): code})


def with_alert(cases: QuerySet[Case], actor: Actor, code: str) -> QuerySet[Case]:
    """
    Keep the cases, visible already, with this alert for this role.

    Few cases have it, and the database thinks fewer still: it is handed their keys, as long as they are not many.
    """
    role = Role.LA if actor.role in LANDLORDS else actor.role
    found = CaseAlert.objects.filter(code=code, audience__contains=[role]).order_by().values_list("case_id", flat=True)
    return cases.filter(pk__in=_keys(found))


def _keys(found: QuerySet) -> list[UUID] | QuerySet:
    """Return the keys themselves, or the question when there are many: the page and its count then ask it once."""
    keys: list[UUID] = list(found[: _MANY + 1])
    return keys if len(keys) <= _MANY else found


def followed_by_me(cases: QuerySet[Case], actor: Actor) -> QuerySet[Case]:
    """Keep those that the member acted as follows today."""
    mine = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=actor.today), membership_id=actor.membership_id, since__lte=actor.today,
        link__closed_at__isnull=True,
    )
    return cases.filter(pk__in=mine.values("link__household_id"))


def silent(cases: QuerySet[Case], actor: Actor) -> QuerySet[Case]:
    """Keep the cases under way on which nothing moved for so many days; an ended pathway is not silent."""
    name, before = moved_field(actor), actor.today - timedelta(days=silence_days(actor.today))
    still = Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lte": before})
    return cases.filter(still).exclude(**{f"{code_field(actor)}__in": ("exited", "both_held_6m")})


def late(cases: QuerySet[Case], actor: Actor) -> QuerySet[Case]:
    """Keep the cases with a task whose day is over, of those that the actor may do."""
    over = Task.objects.visible_to(actor).open().filter(due_on__lt=actor.today).order_by()

    def about(kind: str) -> QuerySet:
        found: QuerySet = over.filter(subject_kind=kind).values_list("subject_id", flat=True)
        return found

    households = [
        model._default_manager.filter(pk__in=about(kind)).order_by().values_list(household, flat=True)
        for kind, (model, household) in ABOUT.items()
    ]
    # One list of households rather than alternatives: the database starts from the tasks.
    return cases.filter(pk__in=_keys(about("household").union(*households, all=True)))


# What a task of a case may be about, beside the household: the model, and the way to the household.
ABOUT: dict[str, tuple[type[Model], str]] = {
    "proposal": (Proposal, "household_id"), "application": (Application, "household_id"),
    "pathway": (Pathway, "household_id"), "pathway_item": (PathwayItem, "pathway__household_id"),
    "letter": (Letter, "household_id"),
}


def found_in(cases: QuerySet[Case], actor: Actor, text: str) -> QuerySet[Case]:
    """Keep the cases of the persons whom a text names, as the list of candidates finds them."""
    persons = found_by(Person.objects.visible_to(actor), text, actor)
    return cases.filter(pk__in=persons.order_by().values("household_id"))


def rows_of(actor: Actor, cases: Iterable[Case]) -> list[CaseRow]:
    """Return the lines of a page: five queries, whatever their number."""
    shown = list(cases)
    ids = [one.pk for one in shown]
    names = _names(actor, ids)
    alerts: dict[UUID, list[str]] = defaultdict(list)
    for pk, code in CaseAlert.objects.visible_to(actor).filter(case_id__in=ids).values_list("case_id", "code"):
        name = words.ALERTS[code].name if code in words.ALERTS else code
        if name not in alerts[pk]:
            alerts[pk].append(name)
    following, tasks = _followers(actor, ids), next_tasks(actor, ids)
    field, moved = code_field(actor), moved_field(actor)
    return [
        CaseRow(
            one.pk, names.get(one.pk, "Ménage sans nom"), dict(_NAMES)[getattr(one, field)],
            tuple(alerts.get(one.pk, ())), tasks.get(one.pk), getattr(one, moved), following.get(one.pk, ""),
        )
        for one in shown
    ]


_NAMES = {code.value: name for code, name in CASE_NAMES.items()}


def _names(actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = defaultdict(list)
    persons = Person.objects.filter(household_id__in=ids).only("household_id", "number", "first_name", "last_name")
    for person in persons.order_by("number"):
        found[person.household_id].append(name_of(person, actor))
    return {pk: " et ".join(names) for pk, names in found.items()}


def _followers(actor: Actor, ids: list[UUID]) -> dict[UUID, str]:
    """Return who follows in the organisation acted for."""
    rows = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=actor.today),
        Exists(open_links(actor).filter(pk=OuterRef("link_id"))), link__household_id__in=ids, since__lte=actor.today,
    ).order_by("since").values_list("link__household_id", "membership__user__full_name")
    found: dict[UUID, list[str]] = defaultdict(list)
    for household, name in rows:
        if name not in found[household]:
            found[household].append(name)
    return {pk: ", ".join(names) for pk, names in found.items()}


def next_tasks(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, NextTask]:
    """Return the first task of each household, of those that the actor may do: two queries."""
    subjects = subjects_of(ids)
    found: dict[UUID, NextTask] = {}
    rows = Task.objects.visible_to(actor).open().filter(subject_id__in=subjects).order_by("due_on", "created_at", "pk")
    for kind, subject, due_on in rows.values_list("kind", "subject_id", "due_on"):
        found.setdefault(subjects[subject], NextTask(TaskKind(kind).label, due_on, due_on < actor.today))
    return found


def subjects_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return what tasks about these households may be about: subject to household, in one query."""
    wanted = list(ids)
    found: dict[UUID, UUID] = {pk: pk for pk in wanted}
    first, *others = (
        model._default_manager.filter(**{f"{household}__in": wanted}).order_by().values_list("pk", household)
        for model, household in ABOUT.values()
    )
    found.update(first.union(*others, all=True))
    return found
