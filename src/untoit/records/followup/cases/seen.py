"""The two halves of a case and its pathway, each as one role may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.case import (
    ENDED_BY_NAMES,
    Alert,
    CaseStatus,
    HousingProposal,
    JobApplication,
    who_ended,
)
from untoit.core.lifecycles.lifecycle import Lifecycle
from untoit.core.lifecycles.pathway_track import PATHWAY
from untoit.core.wording import listed, typography
from untoit.records.applicants.models import Household
from untoit.records.followup.cases.refresh import for_landlord, status_of
from untoit.records.followup.models import Application, Pathway, Proposal
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.followup.tracks.values import Facts
from untoit.records.followup.work.facts import job_facts
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor


@dataclass(frozen=True, slots=True)
class Line:
    """
    One line of a half: what it is about, where it stands since when, the day to come.

    ``kind`` and ``id`` name the row whose page the reader may open; both are empty when she or he may open none.
    ``closed`` says that nothing is under way on it, ``reopens`` that the reader may reopen it with a reason, there.
    """

    label: str
    state: str
    since: date | None
    detail: str = ""
    kind: str = ""
    id: UUID | None = None
    closed: bool = False
    reopens: bool = False


# The acts by which what was closed comes back; each asks for a reason.
_BACK = ("reopen", "reopen_offer", "restore_tenancy", "restore")


def _reopens(table: Lifecycle, state: str, actor: Actor) -> bool:
    return any(table.may(action, state, actor.role) for action in _BACK)


@dataclass(frozen=True, slots=True)
class Half:
    """The home or the job of a case: one sentence, and its lines. ``restricted`` says why there is not more."""

    summary: str
    held: bool
    lines: tuple[Line, ...]
    restricted: str = ""


@dataclass(frozen=True, slots=True)
class SeenStatus:
    """The status as one role may read it: the words, who ended the half that it reads, the alerts meant for it."""

    code: str
    label: str
    ended_by: str
    alerts: tuple[Alert, ...]


def seen_status(facts: Facts, actor: Actor) -> SeenStatus:
    """
    Return the status for one role.

    A landlord's is made without the applications and the pathway; who ended a half is told to those who read that half.
    """
    whole = status_of(facts, actor.today)
    if actor.role in LANDLORDS:
        shown, ended = status_of(for_landlord(facts), actor.today), Facts(housing=facts.housing)
        audience = Role.LA
    else:
        shown, ended, audience = whole, Facts(job=facts.job), actor.role
    alerts = tuple(one for one in whole.alerts if audience in one.audience)
    return SeenStatus(shown.code, shown.label, _ended_by(shown, ended, actor.today), alerts)


def _ended_by(shown: CaseStatus, half: Facts, on: date) -> str:
    if not shown.ended_by:
        return ""
    every: tuple[HousingProposal | JobApplication, ...] = (*half.housing, *half.job)
    over = [one for one in every if who_ended(one, on)]
    last = max(over, key=lambda one: (one.since, one.reference), default=None)
    if last is None or tuple(who_ended(last, on)) != shown.ended_by:
        return ""
    return listed(ENDED_BY_NAMES[one] for one in shown.ended_by)


def home_half(actor: Actor, household: Household, facts: Facts) -> Half:
    """Return the home: the landlord's own proposals, or the stage and its day for those who accompany towards work."""
    if actor.role not in LANDLORDS:
        stage, since = _stage(household, facts)
        return Half(stage, stage in _HOUSED, (Line("Demande de logement", stage, since),),
                    "Du logement, vous lisez l'étape et sa date.")
    rows = list(proposals_of(actor, household.pk))
    held = next((one for one in rows if one.state in housing_track.LEASED), None)
    lines = tuple(
        Line(
            f"Logement {one.vacancy.reference}", one.get_state_display(), one.since, _home_detail(one), "proposal",
            one.pk, one.state in housing_track.CLOSED or one.state == housing_track.HousingState.TENANCY_ENDED,
            _reopens(housing_track.HOUSING, one.state, actor),
        )
        for one in rows
    )
    if held is not None and held.signed_on is not None:
        summary = f"Bail signé le {held.signed_on:%d/%m/%Y}."
    elif any(one.state in housing_track.LEASED for one in facts.housing):
        summary = "Bail signé avec un autre bailleur."
    else:
        under_way = sum(one.state in housing_track.OPEN for one in rows)
        summary = f"Pas de bail, {under_way or 'aucune'} proposition{'s' if under_way > 1 else ''} en cours."
    return Half(summary, held is not None, lines)


def proposals_of(actor: Actor, household_id: UUID) -> QuerySet[Proposal]:
    """Return the proposals of a household that the actor reads, the latest first."""
    found: QuerySet[Proposal] = Proposal.objects.visible_to(actor).filter(household_id=household_id)
    return found.select_related("vacancy").defer(
        "snapshot", "stated", "vacancy__search", "vacancy__search_masked"
    ).order_by("-opened_on", "pk")


_HOUSED = ("Bail signé", "Entrée dans les lieux")


def _stage(household: Household, facts: Facts) -> tuple[str, date | None]:
    """Return one of the four stages of ``access.md``, note 4, with its day."""
    held = [one for one in facts.housing if one.state in housing_track.LEASED]
    lease = max(held, key=lambda one: (one.lease_signed_on or date.min, one.reference), default=None)
    if lease is not None:
        if lease.keys_on is not None:
            return "Entrée dans les lieux", lease.keys_on
        return "Bail signé", lease.lease_signed_on
    if any(one.state in housing_track.OPEN for one in facts.housing):
        return "Proposition", None
    return "Demande déposée", household.applied_on


def _home_detail(row: Proposal) -> str:
    """Return the next day that the state waits for."""
    state = housing_track.HousingState
    told = {
        state.NOTIFIED: ("réponse attendue pour le", row.answer_due_on),
        state.VISIT_PLANNED: ("visite prévue le", row.visit_on),
        state.ALLOCATED_CONDITIONAL: ("pièce attendue pour le", row.document_due_on),
        state.ALLOCATED_RANKED: (f"rang {row.rank}, décidé le", row.decided_on),
        state.LEASE_SIGNED: ("signé le", row.signed_on),
    }
    words, day = told.get(state(row.state), ("", None))
    return f"{words} {day:%d/%m/%Y}" if day is not None else ""


def job_half(actor: Actor, household: Household) -> Half:
    """Return the job: the applications for those who accompany, the four facts of each contract for a landlord."""
    return _job_facts(actor, household) if actor.role in LANDLORDS else _applications(actor, household)


def _job_facts(actor: Actor, household: Household) -> Half:
    lines, held = [], False
    for one in job_facts(household.pk, actor.today):
        state = "En emploi" if one.in_employment else "Embauche à venir" if one.starts_later else "Contrat terminé"
        held = held or one.in_employment or one.starts_later
        ends = f"jusqu'au {one.ends_on:%d/%m/%Y}" if one.ends_on else ""
        travel = f"{one.travel_min} min de trajet" if one.travel_min is not None else ""
        lines.append(Line(one.contract, state, one.start_on, ", ".join(filter(None, (ends, one.place, travel)))))
    summary = "En emploi." if held else "Pas de contrat en cours."
    return Half(summary, held, tuple(lines),
                "De l'emploi, vous lisez quatre faits : en emploi ou non, le contrat, ses dates, le lieu ou le trajet.")


def _applications(actor: Actor, household: Household) -> Half:
    rows = list(applications_of(actor, household.pk))
    held = [one for one in rows if one.state in job_track.IN_WORK]
    lines = tuple(
        Line(
            f"{one.offer.title}, {one.offer.employer}", one.get_state_display(), one.since, _job_detail(one),
            "application", one.pk, one.state in job_track.CLOSED | job_track.LOST,
            _reopens(job_track.JOB, one.state, actor),
        )
        for one in rows
    )
    if held:
        summary = f"En emploi, contrat depuis le {min(one.start_on for one in held if one.start_on):%d/%m/%Y}."
    else:
        open_now = sum(one.state in job_track.BEFORE_HIRE for one in rows)
        summary = f"Pas de contrat, {open_now or 'aucune'} candidature{'s' if open_now > 1 else ''} en cours."
    return Half(summary, bool(held), lines)


def applications_of(actor: Actor, household_id: UUID) -> QuerySet[Application]:
    """Return the applications of a household that the actor reads, the latest first."""
    found: QuerySet[Application] = Application.objects.visible_to(actor).filter(household_id=household_id)
    return found.select_related("offer").defer("snapshot", "offer__search").order_by("-opened_on", "pk")


def _job_detail(row: Application) -> str:
    state = job_track.JobState
    if row.state == state.INTERVIEW_PLANNED and row.interview_on:
        return f"entretien le {row.interview_on:%d/%m/%Y}"
    if row.state in job_track.IN_WORK and row.start_on:
        end = f", jusqu'au {row.last_day:%d/%m/%Y}" if row.last_day else ""
        return f"{row.contract} depuis le {row.start_on:%d/%m/%Y}{end}"
    return ""


def pathway_lines(actor: Actor, household: Household) -> tuple[Line, ...]:
    """Return the pathways of the household for those who accompany; nothing for a landlord."""
    rows: QuerySet[Pathway] = Pathway.objects.visible_to(actor).filter(household_id=household.pk)
    return tuple(
        Line(
            typography(f"Parcours ({one.organisation})"), one.get_stage_display(), one.since, "", "pathway",
            one.person_id, one.stage == "exited", _reopens(PATHWAY, one.stage, actor),
        )
        for one in rows.select_related("organisation").order_by("opened_on", "pk")
    )
