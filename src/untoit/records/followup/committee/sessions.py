"""
A session of the committee: written down, its agenda made of dwellings and candidates, closed, opened again, held.

Who may: the adviser prepares, who decides opens the session (``permissions.yaml``, ``committee``). A candidate enters
an agenda and leaves it by an act of the housing track, so that the proposal says so as well. Source: CCH art. L441-2
and R441-3.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles import committee
from untoit.core.lifecycles.committee import AgendaItem
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.wording import counted, typography
from untoit.core.wording.moments import clock
from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.followup.committee.locks import locked, require_state
from untoit.records.followup.committee.members import copy_from_last
from untoit.records.followup.housing import locks, proposals
from untoit.records.followup.models import AgendaLine, Proposal, Session, TrackAct, Vote
from untoit.records.followup.models.committee import SessionState
from untoit.records.followup.tracks import owners
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import DECIDE, WRITE, Actor, require
from untoit.records.stock.models import Vacancy, VacancyState

# Why a candidate leaves an agenda when nobody chose a reason (``housing.words.POSTPONED_FOR``).
REMOVED = "OTHER"
PREPARED = (SessionState.DRAFT, SessionState.AGENDA_CLOSED)
_WHY = {
    TaskKind.AGENDA_TO_CLOSE: "Commission proche : clore l'ordre du jour.",
    TaskKind.MINUTES_TO_SETTLE: "Séance tenue : arrêter le procès-verbal.",
}


@transaction.atomic
def create(
    *, on: date, by: Actor, at: datetime, starts_min: int = 9 * 60, place: str = "", copy_members: bool = True
) -> Session:
    """
    Write down a session of one's own committee, with the members of the last one; ``starts_min`` is after midnight.

    Raises
    ------
    Refused
        For a day that is past.
    Conflict
        When there is already a session at that time.
    """
    require(by, "committee", WRITE)
    _require_day(on, at)
    row = Session(
        organisation_id=by.organisation_id, on=on, starts_min=starts_min, place=place.strip(),
        created_by_id=by.user_id, created_at=at,
    )
    _save(row)
    if copy_members:
        copy_from_last(row)
    _ask(row, TaskKind.AGENDA_TO_CLOSE, committee.agenda_due_on(on), at)
    note_act(by, "committee.created", "session", row.pk, at=at)
    return row


@transaction.atomic
def change(
    *, session_id: UUID, on: date, starts_min: int, place: str, remarks: str, by: Actor, at: datetime,
    revision: int | None = None,
) -> Session:
    """Change the day, the hour, the place and the remarks; once it is held, the remarks alone."""
    row = locked(session_id, by, revision=revision)
    require_state(row, *PREPARED, SessionState.HELD)
    moved = (row.on, row.starts_min) != (on, starts_min)
    if moved and row.state == SessionState.HELD:
        raise Refused(typography("La séance est ouverte : sa date et son heure ne changent plus."))
    if row.on != on:
        _require_day(on, at)
    row.on, row.starts_min, row.place, row.remarks = on, starts_min, place.strip(), remarks.strip()
    _save(row)
    due = max(committee.agenda_due_on(on), timezone.localdate(at))
    Task.objects.open().filter(kind=TaskKind.AGENDA_TO_CLOSE, subject_id=row.pk).update(due_on=due)
    note_act(by, "committee.changed", "session", row.pk, at=at)
    return row


@transaction.atomic
def cancel(*, session_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Session:
    """Cancel a session that was not held; its candidates go back to where a file is completed."""
    row = locked(session_id, by, revision=revision)
    require_state(row, *PREPARED)
    for proposal_id in _on_agenda(row).values_list("pk", flat=True):
        _take_off(row, proposal_id, REMOVED, by, at)
    row.state = SessionState.CANCELLED
    _save(row)
    for kind in _WHY:
        close_task(kind=kind, subject_id=row.pk, by=by, at=at, outcome="committee.cancelled")
    note_act(by, "committee.cancelled", "session", row.pk, at=at)
    return row


@transaction.atomic
def add_dwelling(*, session_id: UUID, vacancy_id: UUID, by: Actor, at: datetime) -> AgendaLine:
    """Put a dwelling of one's own on the agenda; one that is there already stays as it is."""
    row = locked(session_id, by)
    require_state(row, SessionState.DRAFT)
    vacancy = get_object_or_404(Vacancy.objects.visible_to(by), pk=vacancy_id, organisation_id=row.organisation_id)
    return _line(row, vacancy, by, at)


@transaction.atomic
def remove_dwelling(*, session_id: UUID, line_id: UUID, by: Actor, at: datetime) -> UUID:
    """Take a dwelling without candidates off the agenda; return its identifier, to put it back."""
    row = locked(session_id, by)
    require_state(row, SessionState.DRAFT)
    line = get_object_or_404(AgendaLine.objects.filter(session=row), pk=line_id)
    there = _on_agenda(row).filter(vacancy_id=line.vacancy_id).count()
    if there:
        raise Refused(typography(
            f"Ce logement a encore {counted(there, 'candidat', 'candidats')} : retirez d'abord ses candidats."
        ))
    vacancy_id: UUID = line.vacancy_id
    line.delete()
    note_act(by, "committee.dwelling_removed", "session", row.pk, at=at)
    return vacancy_id


@transaction.atomic
def add_candidate(*, session_id: UUID, proposal_id: UUID, by: Actor, at: datetime) -> TrackAct:
    """
    Put a household that was proposed a dwelling on the agenda; its file may still miss a document.

    Raises
    ------
    Refused
        When the agenda is closed, the dwelling has all the candidates that may be presented, or the track refuses.
    """
    row = locked(session_id, by)
    require_state(row, SessionState.DRAFT)
    proposal = locks.locked(proposal_id, by)
    if proposal.organisation_id != row.organisation_id:
        raise Http404
    vacancy = proposal.vacancy
    most = vacancy.max_candidates
    if _on_agenda(row).filter(vacancy_id=vacancy.pk).exclude(pk=proposal.pk).count() >= most:
        raise Refused(typography(
            f"{vacancy.reference} : {counted(most, 'candidat', 'candidats')} au plus, d'après la fiche du logement."
        ))
    _line(row, vacancy, by, at)
    return proposals.move(proposal, "put_on_agenda", {"session_on": row.on, "session": row}, by=by, at=at)


@transaction.atomic
def remove_candidate(
    *, session_id: UUID, proposal_id: UUID, by: Actor, at: datetime, reason: str = REMOVED
) -> TrackAct:
    """Take a candidate off an agenda that is not closed: the proposal goes back to its file."""
    row = locked(session_id, by)
    require_state(row, SessionState.DRAFT)
    return _take_off(row, proposal_id, reason, by, at)


@transaction.atomic
def postpone(*, session_id: UUID, proposal_id: UUID, reason: str, by: Actor, at: datetime) -> TrackAct:
    """During the session, leave a candidate for another one; the minutes keep that the file was called."""
    row = locked(session_id, by, action=DECIDE)
    require_state(row, SessionState.HELD)
    act = _take_off(row, proposal_id, reason, by, at)
    Vote.objects.update_or_create(
        session=row, proposal_id=proposal_id,
        defaults={"in_favour": 0, "against": 0, "abstained": 0, "mayor_in_favour": None},
    )
    return act


@transaction.atomic
def write_exception(
    *, session_id: UUID, line_id: UUID, exception: str, by: Actor, at: datetime
) -> AgendaLine:
    """Write down, or take away (``""``), why a dwelling has fewer candidates than the law asks; its author is kept."""
    row = locked(session_id, by)
    require_state(row, SessionState.DRAFT)
    line: AgendaLine = get_object_or_404(AgendaLine.objects.filter(session=row), pk=line_id)
    if exception and exception not in committee.exceptions(row.on):
        raise Refused(typography("Cette exception n'est pas dans le texte : choisissez-en une de la liste."))
    line.exception = exception
    line.exception_by_id, line.exception_at = (by.user_id, at) if exception else (None, None)
    line.save(update_fields=["exception", "exception_by", "exception_at"])
    note_act(by, "committee.exception", "session", row.pk, at=at, exception=exception)
    return line


@transaction.atomic
def close_agenda(*, session_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Session:
    """
    Close the agenda: three candidates for each dwelling, or the exception with its author (CCH art. R441-3).

    Raises
    ------
    Refused
        With every dwelling at fault.
    """
    row = locked(session_id, by, revision=revision)
    require_state(row, SessionState.DRAFT)
    lines = list(row.lines.select_related("vacancy", "exception_by"))
    if not lines:
        raise Refused(typography("L'ordre du jour est vide : ajoutez un logement et ses candidats."))
    committee.check_agenda(items_of(row, lines), row.on)
    row.state, row.closed_by_id, row.closed_at = SessionState.AGENDA_CLOSED, by.user_id, at
    _save(row)
    close_task(kind=TaskKind.AGENDA_TO_CLOSE, subject_id=row.pk, by=by, at=at, outcome="committee.closed")
    note_act(by, "committee.closed", "session", row.pk, at=at, dwellings=len(lines))
    return row


def items_of(session: Session, lines: list[AgendaLine]) -> list[AgendaItem]:
    """Return the agenda as the law reads it: dwellings, households, exceptions and their authors."""
    candidates: dict[UUID, list[str]] = {line.vacancy_id: [] for line in lines}
    for vacancy_id, household_id in _on_agenda(session).values_list("vacancy_id", "household_id"):
        candidates.setdefault(vacancy_id, []).append(str(household_id))
    return [
        AgendaItem(
            line.vacancy.reference, tuple(candidates[line.vacancy_id]), line.exception or None,
            str(line.exception_by) if line.exception_by is not None else None,
        )
        for line in lines
    ]


@transaction.atomic
def reopen_agenda(*, session_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Session:
    """Open a closed agenda again, until the session is held."""
    row = locked(session_id, by, revision=revision)
    require_state(row, SessionState.AGENDA_CLOSED)
    row.state = SessionState.DRAFT
    _save(row)
    _ask(row, TaskKind.AGENDA_TO_CLOSE, committee.agenda_due_on(row.on), at)
    note_act(by, "committee.reopened", "session", row.pk, at=at)
    return row


@transaction.atomic
def hold(*, session_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Session:
    """
    Open the session, on its day or after: decisions can then be written down.

    Raises
    ------
    Refused
        Before its day, or while nobody who votes is noted present.
    """
    row = locked(session_id, by, action=DECIDE, revision=revision)
    require_state(row, SessionState.AGENDA_CLOSED)
    if timezone.localdate(at) < row.on:
        raise Refused(typography(f"La séance est prévue le {row.on:%d/%m/%Y} : elle s'ouvre ce jour-là."))
    if not row.members.filter(is_present=True, votes=True).exists():
        raise Refused(typography("Indiquez d'abord les membres présents : personne ne peut encore voter."))
    row.state, row.held_at = SessionState.HELD, at
    _save(row)
    _ask(row, TaskKind.MINUTES_TO_SETTLE, committee.minutes_due_on(row.on), at)
    note_act(by, "committee.held", "session", row.pk, at=at)
    return row


@transaction.atomic
def unhold(*, session_id: UUID, by: Actor, at: datetime, revision: int | None = None) -> Session:
    """Take back the opening of a session in which nothing was decided yet."""
    row = locked(session_id, by, action=DECIDE, revision=revision)
    require_state(row, SessionState.HELD)
    if row.votes.exists() or Proposal.objects.filter(session=row).exclude(state=HousingState.ON_AGENDA).exists():
        raise Refused(typography("Une décision est déjà inscrite : reprenez-la d'abord, ou poursuivez la séance."))
    row.state, row.held_at = SessionState.AGENDA_CLOSED, None
    _save(row)
    close_task(kind=TaskKind.MINUTES_TO_SETTLE, subject_id=row.pk, by=by, at=at, outcome="committee.unheld")
    note_act(by, "committee.unheld", "session", row.pk, at=at)
    return row


def _on_agenda(session: Session) -> Any:
    return Proposal.objects.filter(session=session, state=HousingState.ON_AGENDA)


def _take_off(session: Session, proposal_id: UUID, reason: str, by: Actor, at: datetime) -> TrackAct:
    """
    Take a candidate off; the session is one's own, so a household that is no longer shared can leave it as well.

    Raises
    ------
    Http404
        When the proposal is not on this agenda.
    """
    found = Proposal.objects.filter(pk=proposal_id, session=session).values_list("household_id", "vacancy_id").first()
    if found is None:
        raise Http404
    locks.lock_around(*found)
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
    return proposals.move(proposal, "postpone", {"reason": reason, "from_session": str(session.pk)}, by=by, at=at)


def _line(session: Session, vacancy: Vacancy, by: Actor, at: datetime) -> AgendaLine:
    found = AgendaLine.objects.filter(session=session, vacancy=vacancy).first()
    if found is not None:
        return found
    if vacancy.state in (VacancyState.LET, VacancyState.WITHDRAWN):
        raise Refused(typography(
            f"{vacancy.reference} : ce logement est noté « {vacancy.get_state_display()} ». Remettez-le en ligne "
            "d'abord."
        ))
    made = AgendaLine.objects.create(session=session, vacancy=vacancy, order=session.lines.count())
    note_act(by, "committee.dwelling_added", "session", session.pk, at=at)
    return made


def _require_day(on: date, at: datetime) -> None:
    if on < timezone.localdate(at):
        raise Refused(typography(f"Le {on:%d/%m/%Y} est passé : choisissez le jour d'une séance à venir."))


def _ask(session: Session, kind: TaskKind, due_on: date, at: datetime) -> None:
    keeper = owners.of_organisation(session.organisation, Role.LA if kind == TaskKind.AGENDA_TO_CLOSE else Role.LM)
    open_task(
        kind=kind, organisation=keeper.organisation_id, role=keeper.role, subject_kind="session",
        subject_id=session.pk, why=_WHY[kind], due_on=max(due_on, timezone.localdate(at)), at=at,
    )


def _save(row: Session) -> None:
    """Save a session; two at the same time are one too many, whoever wrote first."""
    if not row._state.adding:
        row.revision += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as broken:
        if "one_session_at_a_time" not in str(broken):
            raise
        raise Conflict(typography(
            f"Une séance est déjà prévue le {row.on:%d/%m/%Y} à {clock(row.starts_min)} : choisissez une autre heure."
        )) from broken
