"""The page of a case: its status and what made it, the two halves, the alerts, the tasks and the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from untoit.core.wording import typography
from untoit.records.applicants.models import Household
from untoit.records.applicants.view import title_of
from untoit.records.desk.models import Task
from untoit.records.followup.cases import seen, words
from untoit.records.followup.cases.seen import Half, Line
from untoit.records.followup.cases.timeline import Entry, timeline
from untoit.records.followup.cases.worklist import subjects_of
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.followup.tracks.values import facts_of
from untoit.records.partners import journal
from untoit.records.partners.rights import Actor


@dataclass(frozen=True, slots=True)
class SeenAlert:
    """One alert meant for the reader: what it says, what one does about it, by when."""

    name: str
    sentence: str
    todo: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class SeenTask:
    """One open task of the case that the reader may do."""

    id: UUID
    label: str
    why: str
    due_on: date
    late: bool
    owner: str
    subject_kind: str
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class CasePage:
    """What one role reads of a case; ``pathways`` is ``None`` for who reads none."""

    id: UUID
    title: str
    status: str
    made_of: tuple[str, ...]
    ended_by: str
    home: Half
    job: Half
    pathways: tuple[Line, ...] | None
    alerts: tuple[SeenAlert, ...]
    tasks: tuple[SeenTask, ...]
    timeline: tuple[Entry, ...]
    at: datetime


def case_page(actor: Actor, household: Household) -> CasePage:
    """
    Return the page; ``household`` comes from ``visible_to``. What is read is written in the journal of reads.

    The status is computed now, from the tracks: the copy that the worklist sorts by is never what a person decides on.
    """
    facts = facts_of([household.pk])[household.pk]
    status = seen.seen_status(facts, actor)
    home, job = seen.home_half(actor, household, facts), seen.job_half(actor, household)
    shows_pathway = actor.role not in LANDLORDS
    pathways = seen.pathway_lines(actor, household) if shows_pathway else None
    page = CasePage(
        id=household.pk, title=title_of(list(household.persons.order_by("number")), actor), status=status.label,
        made_of=_made_of(home, job, pathways), ended_by=status.ended_by, home=home, job=job, pathways=pathways,
        alerts=tuple(_alert(one.code, one.sentence, one.due_on) for one in status.alerts),
        tasks=_tasks(actor, household.pk), at=actor.at,
        timeline=timeline(actor, household, {one.id: one.label for one in (*home.lines, *job.lines) if one.id}),
    )
    read = {"identity": "", "case": "", "contract_facts" if actor.role in LANDLORDS else "job_application": "",
            "housing_proposal": "", **({"pathway": ""} if shows_pathway else {})}
    journal.note_reads(actor, read, "household", household.pk)
    return page


def _made_of(home: Half, job: Half, pathways: tuple[Line, ...] | None) -> tuple[str, ...]:
    made = [f"{name} : {_after_colon(half.summary)}" for name, half in (("Logement", home), ("Emploi", job))]
    made += [f"{one.label} : {one.state}" for one in pathways or ()]
    return tuple(typography(one) for one in made)


def _after_colon(sentence: str) -> str:
    """Return a sentence as what follows a colon: without capital, unless it opens on a sigle (« CDI »), nor stop."""
    told = sentence.rstrip(".")
    return told if told[1:2].isupper() else told[:1].lower() + told[1:]


def _alert(code: str, sentence: str, due_on: date | None) -> SeenAlert:
    known = words.ALERTS.get(code)
    return SeenAlert(typography(known.name if known else code), sentence, typography(known.todo) if known else "",
                     due_on)


def _tasks(actor: Actor, household_id: UUID) -> tuple[SeenTask, ...]:
    rows = Task.objects.visible_to(actor).open().filter(subject_id__in=subjects_of([household_id]))
    return tuple(
        SeenTask(one.pk, one.get_kind_display(), one.why, one.due_on, one.due_on < actor.today,
                 str(one.owner.user) if one.owner else "", one.subject_kind, one.subject_id)
        for one in rows.select_related("owner__user").order_by("due_on", "created_at", "pk")
    )
