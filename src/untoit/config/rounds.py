"""
The clock's rounds over the records: what expires, and the tasks that open and close by themselves.

Each round reads everything again and may be run at any time, twice or after an interruption: tasks are unique while
open, and a state that is already the right one is not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from untoit.records.applicants.models import Assignment, Household, Link
from untoit.records.desk import services
from untoit.records.desk.models import Task, TaskKind
from untoit.records.jobs import services as jobs
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Run
from untoit.records.partners.models import OrganisationKind, Role
from untoit.records.stock import services as stock
from untoit.records.stock.models import Vacancy

CONFIRM_DAYS = 5
LINK_DAYS = 30
EVIDENCE_DAYS = 14
REVIEW_DAYS = 2

# Who, in an organisation of this kind, is asked when nobody is named.
DESK_OF = {
    OrganisationKind.LANDLORD: Role.LA, OrganisationKind.PARTNER_LANDLORD: Role.PART,
    OrganisationKind.DEPARTMENT: Role.DEP, OrganisationKind.EMPLOYMENT_PARTNER: Role.EMPP,
    OrganisationKind.EMPLOYER: Role.EMPL,
}


def all_rounds(*, at: datetime) -> None:
    """Run every round; each is its own transaction, so that one that fails leaves the others done."""
    for one in (expire_offers, expire_vacancies, remind_of_links, ask_for_evidence, remind_of_runs):
        one(at=at)


@transaction.atomic
def expire_offers(*, at: datetime) -> None:
    """Set aside the offers that nobody confirmed in time, and ask before that."""
    jobs.expire_offers(on=timezone.localdate(at), at=at)
    _ask_to_confirm(Offer, TaskKind.OFFER_TO_CONFIRM, "offer", "Cette offre est-elle toujours ouverte ?", at)


@transaction.atomic
def expire_vacancies(*, at: datetime) -> None:
    """Set aside the vacancies that nobody confirmed in time, and ask before that."""
    stock.expire_vacancies(on=timezone.localdate(at), at=at)
    _ask_to_confirm(Vacancy, TaskKind.VACANCY_TO_CONFIRM, "vacancy", "Ce logement est-il toujours libre ?", at)


def _ask_to_confirm(model: type[Offer] | type[Vacancy], kind: TaskKind, subject: str, why: str, at: datetime) -> None:
    soon = timezone.localdate(at) + timedelta(days=CONFIRM_DAYS)
    waiting = model._default_manager.filter(
        state__in=("open", "expired"), expires_on__lte=soon
    )
    _close_others(kind, waiting, at)
    services.open_tasks(
        Task(
            kind=kind, organisation_id=row.organisation_id, role=DESK_OF[OrganisationKind(row.organisation.kind)],
            subject_kind=subject, subject_id=row.pk, why=why, due_on=row.expires_on, created_at=at,
        )
        for row in _without_task(waiting, kind).select_related("organisation").iterator()
        if row.organisation.kind in DESK_OF
    )


@transaction.atomic
def remind_of_links(*, at: datetime) -> None:
    """Ask, a month ahead, whoever follows a household to renew the sharing or to let it end."""
    today = timezone.localdate(at)
    ending = Link.objects.filter(
        closed_at__isnull=True, expires_on__gte=today, expires_on__lte=today + timedelta(days=LINK_DAYS)
    )
    _close_others(TaskKind.LINK_EXPIRES, ending, at, by="household_id")
    open_already = Task.objects.open().filter(
        kind=TaskKind.LINK_EXPIRES, subject_id=OuterRef("household_id"), organisation_id=OuterRef("organisation_id")
    )
    services.open_tasks(_link_tasks(ending.filter(~Exists(open_already)), today, at))


def _link_tasks(links: models.QuerySet, today: date, at: datetime) -> Iterator[Task]:
    follows = models.Prefetch(
        "assignments", Assignment.objects.filter(Q(until__isnull=True) | Q(until__gte=today)).order_by("since", "id")
    )
    for link in links.select_related("organisation").prefetch_related(follows).iterator(chunk_size=500):
        first = next(iter(link.assignments.all()), None)
        role = DESK_OF.get(OrganisationKind(link.organisation.kind), "")
        if first is None and not role:
            continue
        yield Task(
            kind=TaskKind.LINK_EXPIRES, organisation_id=link.organisation_id, role=role,
            owner_id=first.membership_id if first else None, subject_kind="household", subject_id=link.household_id,
            why=f"Le partage se termine le {link.expires_on:%d/%m/%Y} : à renouveler avec la personne, ou à laisser "
            "finir.",
            due_on=link.expires_on - timedelta(days=7), created_at=at,
        )


@transaction.atomic
def ask_for_evidence(*, at: datetime) -> None:
    """Ask the landlord's adviser for the document behind a ground of priority that nobody has seen."""
    today = timezone.localdate(at)
    missing = Household.objects.exclude(grounds=[]).exclude(evidenced_grounds__contains=F("grounds"))
    _close_others(TaskKind.GROUND_WITHOUT_EVIDENCE, missing, at)
    links = Link.objects.filter(
        household__in=missing, closed_at__isnull=True, expires_on__gte=today,
        organisation__kind=OrganisationKind.LANDLORD,
    )
    open_already = Task.objects.open().filter(
        kind=TaskKind.GROUND_WITHOUT_EVIDENCE, subject_id=OuterRef("household_id"),
        organisation_id=OuterRef("organisation_id"),
    )
    services.open_tasks(
        Task(
            kind=TaskKind.GROUND_WITHOUT_EVIDENCE, organisation_id=link.organisation_id, role=Role.LA,
            subject_kind="household", subject_id=link.household_id,
            why="Un motif prioritaire est déclaré sans justificatif : il ne compte pas tant qu'il n'a pas été vu.",
            due_on=today + timedelta(days=EVIDENCE_DAYS), created_at=at,
        )
        for link in links.filter(~Exists(open_already)).iterator()
    )


@transaction.atomic
def remind_of_runs(*, at: datetime) -> None:
    """Ask for the review of what was computed, and for the release of what was reviewed."""
    due = timezone.localdate(at) + timedelta(days=REVIEW_DAYS)
    for kind, state, why in (
        (TaskKind.RUN_TO_REVIEW, "computed", "Le calcul est prêt : relisez les tandems avec vos partenaires."),
        (TaskKind.RUN_TO_RELEASE, "reviewed", "Les tandems sont relus : le calcul peut être diffusé."),
    ):
        runs = Run.objects.filter(state=state)
        _close_others(kind, runs, at)
        services.open_tasks(
            Task(
                kind=kind, organisation_id=run.organisation_id, role=Role.LM, subject_kind="run", subject_id=run.pk,
                why=why, due_on=due, created_at=at,
            )
            for run in _without_task(runs, kind).iterator()
        )


def _without_task(rows: models.QuerySet, kind: TaskKind) -> models.QuerySet:
    return rows.filter(~Exists(Task.objects.open().filter(kind=kind, subject_id=OuterRef("pk"))))


def _close_others(kind: TaskKind, rows: models.QuerySet, at: datetime, by: str = "pk") -> None:
    """Close the open tasks of this kind whose reason is gone."""
    still = Exists(rows.filter(**{by: OuterRef("subject_id")}))
    if by != "pk":
        still = Exists(rows.filter(**{by: OuterRef("subject_id"), "organisation_id": OuterRef("organisation_id")}))
    Task.objects.open().filter(~still, kind=kind).update(done_at=at, outcome="no_longer_needed")
