"""What happened in a case: one timeline of its three tracks, its events and its letters, filtered for one reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from untoit.core.lifecycles.effects import Track
from untoit.core.wording import listed, typography
from untoit.records.applicants.models import Household
from untoit.records.events.models import Registration
from untoit.records.followup.cases import words
from untoit.records.followup.models import Application, Letter, Pathway, Proposal, TrackAct
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.followup.work.facts import job_facts
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

SHOWN = 200
_KNOWN = ("invited", "confirmed", "waiting", "declined", "cancelled")
# What an act came with that the timeline tells, in this order; the rest stays on the page of the row.
_TOLD = {
    "visit_on": "visite le", "interview_on": "entretien le", "answer_due_on": "réponse attendue pour le",
    "document_due_on": "pièce attendue pour le", "start_on": "prise de poste le", "rank": "rang",
}
# Acts whose reason is a sentence of a person, kept sealed with the act.
_IN_WORDS = frozenset({"reopen", "reopen_offer", "restore_tenancy", "restore"})


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line: the day of the fact, what it was, what it came with, who acted and for which organisation.

    ``about`` names the dwelling or the job; ``noted_on`` is told when the act was written on another day.
    """

    on: date
    at: datetime | None
    track: str
    title: str
    detail: str = ""
    who: str = ""
    noted_on: date | None = None
    about: str = ""


def timeline(
    actor: Actor, household: Household, labels: Mapping[UUID, str] | None = None
) -> tuple[Entry, ...]:
    """
    Return the latest ``SHOWN`` lines, the latest first: five queries, whatever their number.

    ``household`` comes from ``visible_to``; ``labels`` names the rows that the reader may open. A landlord reads its
    own homes and the dates of contracts; those who accompany towards work read the stages of the home, and the jobs and
    pathways in full.
    """
    found = [*_acts(actor, household, labels or {}), *_events(actor, household), *_letters(actor, household)]
    if actor.role in LANDLORDS:
        found += _contracts(actor, household)
    else:
        found.append(Entry(household.applied_on, None, Track.HOUSING, "Demande de logement déposée"))
    found.sort(key=lambda one: (one.on, one.at.timestamp() if one.at else 0.0, one.title), reverse=True)
    return tuple(found[:SHOWN])


def _acts(actor: Actor, household: Household, labels: Mapping[UUID, str]) -> Iterator[Entry]:
    # As TrackAct.objects.visible_to, asked of one household: the database else reads every row that the actor sees.
    seen = Q(pk__in=[])
    for track, model in ((Track.HOUSING, Proposal), (Track.JOB, Application), (Track.PATHWAY, Pathway)):
        rows_seen = model.objects.visible_to(actor).filter(household_id=household.pk)
        seen |= Q(track=track, subject_id__in=rows_seen.order_by().values("pk"))
    rows = TrackAct.objects.filter(seen, household_id=household.pk)
    staged = actor.role not in LANDLORDS
    if staged:
        # Acts that would say more than the stage are not even read.
        rows = rows.exclude(track=Track.HOUSING) | rows.filter(track=Track.HOUSING, action__in=words.STAGE_ACTS)
    for act in rows.select_related("user", "organisation").order_by("-at", "-id")[:SHOWN]:
        if staged and act.track == Track.HOUSING:
            yield Entry(act.on, act.at, act.track, words.STAGE_ACTS[act.action])
            continue
        noted = timezone.localdate(act.at)
        yield Entry(
            act.on, act.at, act.track, typography(words.act_words(act.track, act.action)), _detail(act),
            who_acted(act, actor), noted if noted != act.on else None, labels.get(act.subject_id, ""),
        )


def _detail(act: TrackAct) -> str:
    said = words.reason_words(act.track, act.action, act.reasons, act.on)
    parts = [said] if said else []
    if act.action in _IN_WORDS and act.given.get("reason"):
        parts.append(f"« {act.given['reason']} »")
    parts += [f"{label} {_value(act.given[name])}" for name, label in _TOLD.items() if act.given.get(name)]
    return typography(listed(parts))


def _value(value: Any) -> str:
    try:
        return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
    except ValueError:
        return str(value)


def who_acted(act: TrackAct, actor: Actor) -> str:
    """Return who acted and for which organisation: a colleague by name, another service by its organisation."""
    if act.how == "clock":
        return "l'échéance"
    if act.how == "effect":
        return "à la suite d'un autre acte"
    if act.role == Role.CAND:
        return "la personne" if act.how != "link" else "la personne, par un lien"
    if act.how == "link":
        return "l'employeur, par un lien" if act.role == Role.EMPL else "par un lien"
    if act.organisation is None:
        return "l'application"
    name = str(act.organisation)
    if act.user is not None and act.organisation_id == actor.organisation_id:
        name = f"{act.user} ({name})"
    return f"{name}, lors d'une rencontre" if act.how == "event" else name


def _contracts(actor: Actor, household: Household) -> Iterator[Entry]:
    for one in job_facts(household.pk, actor.today):
        yield Entry(one.start_on, None, Track.JOB, "Début d'un contrat de travail", one.contract)
        if one.ends_on is not None and one.ends_on < actor.today and not one.in_employment:
            yield Entry(one.ends_on, None, Track.JOB, "Fin d'un contrat de travail", one.contract)


def _events(actor: Actor, household: Household) -> Iterator[Entry]:
    rows = Registration.objects.visible_to(actor).filter(person__household_id=household.pk, state__in=_KNOWN)
    for one in rows.select_related("event").order_by("event__on", "pk"):
        said = one.get_state_display().lower()
        if one.present_at is not None:
            said = "présente"
        elif one.absent_at is not None and actor.may("attendance"):
            said = "pas venue"
        yield Entry(one.event.on, None, "event", typography(f"Rencontre : {one.event.title}"), said)


def _letters(actor: Actor, household: Household) -> Iterator[Entry]:
    rows = Letter.objects.visible_to(actor).filter(household_id=household.pk, cancelled_at__isnull=True)
    for one in rows.defer("facts").select_related("sent_by"):
        if one.sent_on is not None:
            detail, who = f"parti le {one.sent_on:%d/%m/%Y} par {one.get_sent_how_display()}", str(one.sent_by or "")
        else:
            detail, who = "à remettre ou à poster", ""
        yield Entry(one.written_on, one.created_at, "letter", f"Courrier : {one.get_kind_display()}", detail, who)


NAMES: Mapping[str, str] = {**words.TRACK_NAMES, "event": "Rencontre", "letter": "Courrier"}
