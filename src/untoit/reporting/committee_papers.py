"""
The papers of the allocation committee: the agenda, the file of each candidate, the minutes; what each of them says.

They say what the decision needs, and nothing else (:mod:`untoit.records.followup.committee.facts`); the files exist
without names, for the members: a candidate is then a number. Typeset by Typst, dated by the session, so that the same
content gives the same file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib import resources
from typing import Any

import typst
from django.utils import timezone

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import Decision
from untoit.core.wording import NO_BREAK, counted, euros, typography
from untoit.core.wording.moments import clock, clock_at, long_day
from untoit.records.followup.committee import members, selectors
from untoit.records.followup.committee.selectors import Candidate, Line
from untoit.records.followup.models import Proposal, Session, SessionMember
from untoit.records.followup.models.committee import SessionState
from untoit.records.partners import journal
from untoit.records.partners.rights import Actor

AGENDA, FILES, BLIND, MINUTES = "ordre-du-jour", "fiches", "fiches-anonymes", "proces-verbal"
PAPERS = {
    AGENDA: "Ordre du jour", FILES: "Fiches des candidats", BLIND: "Fiches des candidats, sans les noms",
    MINUTES: "Procès-verbal",
}
PRINTED = "committee.printed"
QUORUM = "Le quorum est celui du règlement intérieur de la commission : à vérifier par la présidence."
_NO_NAME = "dossier qui n'est plus partagé"


def made(actor: Actor, session: Session, code: str, *, at: datetime) -> bytes:
    """
    Return one paper of a session as PDF/UA-1, and write that it was printed.

    Raises
    ------
    Refused
        When there is nothing to print yet.
    """
    if code == MINUTES and session.state not in (SessionState.HELD, SessionState.MINUTED):
        raise Refused("Le procès-verbal s'écrit pendant la séance : ouvrez-la d'abord.")
    lines = selectors.agenda_of(actor, session)
    if not lines or (code in (FILES, BLIND) and not any(one.candidates for one in lines)):
        raise Refused("L'ordre du jour est vide : il n'y a rien à imprimer.")
    document = document_of(session, lines, code, at=at)
    journal.note_act(
        actor, PRINTED, "session", session.pk, at=at, paper=code,
        candidates=sum(len(one.candidates) for one in lines),
    )
    return _compiled(document, session)


def document_of(session: Session, lines: Sequence[Line], code: str, *, at: datetime) -> dict[str, Any]:
    """Return what a paper says, as the template reads it."""
    there = list(session.members.all())
    local = timezone.localtime(at)
    law = parameters.at("followup/committee", session.on)
    draft = code == MINUTES and session.state != SessionState.MINUTED
    title = f"{PAPERS[code]}{' (projet, non arrêté)' if draft else ''}"
    return {
        "kind": {FILES: "files", BLIND: "files", AGENDA: "agenda", MINUTES: "minutes"}[code],
        "title": title, "document": typography(f"{title} : commission du {session.on:%d/%m/%Y}"),
        "event": {"fictitious": Proposal.objects.filter(
            vacancy_id__in=[one.vacancy.pk for one in lines], session=session, household__is_fictitious=True
        ).exists()},
        "organisation": session.organisation.name, "day": long_day(session.on), "hour": clock(session.starts_min),
        "place": session.place, "printed": f"{local:%d/%m/%Y} à {clock_at(local.time())}",
        "members": [_member(one) for one in there], "presence": _presence(there), "quorum": typography(QUORUM),
        "remarks": session.remarks, "signers": seats_by_quality(there), "to_check": law.to_check, "source": law.source,
        "settled": f"Arrêté le {timezone.localtime(session.minuted_at):%d/%m/%Y} par {session.minuted_by}."
        if session.minuted_at else "",
        "lines": [_line(one, names=code != BLIND) for one in lines],
    }


def _member(one: SessionMember) -> dict[str, str]:
    presence = {True: "présent·e", False: "absent·e", None: "à noter"}[one.is_present]
    return {
        "name": one.name, "quality": one.get_quality_display(), "presence": presence,
        "vote": "vote" if one.votes else "voix consultative",
    }


def _presence(there: Sequence[SessionMember]) -> str:
    """Return how many of the members who vote are present: what a quorum is counted by."""
    voting = [one for one in there if one.votes]
    present = sum(bool(one.is_present) for one in voting)
    return typography(
        f"{counted(present, 'membre qui vote est présent', 'membres qui votent sont présents')} sur {len(voting)}."
    )


def _line(line: Line, *, names: bool) -> dict[str, Any]:
    home = line.vacancy
    exception = ""
    if line.exception and line.exception_at is not None:
        written = timezone.localtime(line.exception_at)
        exception = typography(
            f"Exception écrite : {line.exception_label}, par {line.exception_by} le {written:%d/%m/%Y}."
        )
    ranked = [one for one in line.candidates if one.outcome and one.outcome.decision is Decision.ALLOCATED_RANKED]
    return {
        "reference": home.reference, "title": line.title, "place": line.place, "told": line.told,
        "facts": " · ".join(filter(None, (
            f"{euros(home.rent_cents / 100)}{NO_BREAK}€ + {euros(home.charges_cents / 100)}{NO_BREAK}€ de charges",
            str(home.funding), "quartier prioritaire" if home.in_qpv else "",
            f"disponible le {home.available_on:%d/%m/%Y}",
        ))),
        "exception": exception, "ranked": len(ranked),
        "candidates": [_candidate(one, line, names=names) for one in line.candidates],
    }


def _candidate(one: Candidate, line: Line, *, names: bool) -> dict[str, Any]:
    name = one.name if names else f"Candidat {one.number}"
    facts, outcome = one.facts, one.outcome
    if facts is None:
        return {"number": one.number, "name": f"Candidat {one.number} ({_NO_NAME})", "rows": [], **_decision(outcome)}
    ceiling = f"plafond {facts.ceiling}" + (" (à vérifier)" if facts.to_check else "")
    work = " ; ".join(filter(None, (facts.work, facts.commute))) or "aucun contrat connu"
    return {
        "number": one.number, "name": name, "people": facts.people, "composition": facts.composition,
        "income": facts.income, "ceiling": ceiling, "effort": facts.effort, "residual": facts.residual,
        "grounds": " ; ".join(facts.grounds) or "aucun motif justifié", "seniority": facts.seniority,
        "work": work, "file": facts.file,
        "rows": [
            ["Ménage", f"{facts.people}{NO_BREAK}: {facts.composition}"],
            *([["Besoin dit par la personne", facts.needs]] if facts.needs else []),
            ["Ressources de référence", f"{facts.income}, {ceiling}"],
            ["Taux d'effort après emploi et logement", facts.effort],
            ["Reste à vivre", facts.residual], ["Priorité", " ; ".join(facts.grounds) or "aucun motif justifié"],
            ["Ancienneté de la demande", facts.seniority], ["Travail", work], ["Dossier", facts.file],
        ],
        **_decision(outcome),
    }


def _decision(outcome: selectors.Outcome | None) -> dict[str, str]:
    if outcome is None:
        return {"decision": "", "detail": "", "votes": ""}
    return {"decision": outcome.label, "detail": outcome.detail, "votes": outcome.votes}


def seats_by_quality(there: Sequence[SessionMember]) -> list[str]:
    """Return who signs the minutes: the chair first, then the other members who vote and are present."""
    present = [one for one in there if one.is_present and one.votes]
    return [one.name for one in sorted(present, key=lambda one: one.quality != members.CHAIR)]


def _compiled(document: dict[str, Any], session: Session) -> bytes:
    made = typst.Compiler(ignore_system_fonts=True).compile(
        _source(), sys_inputs={"data": json.dumps(document, ensure_ascii=False)}, format="pdf",
        pdf_standards=["ua-1"], timestamp=datetime.combine(session.on, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _source() -> bytes:
    folder = resources.files("untoit.reporting") / "typst"
    return b"\n".join((folder / f"{name}.typ").read_bytes() for name in ("event_common", "committee"))
