"""
Recording one act on one of the three tracks: the table allows it, the row moves, the act is written, and what it
brings about is carried out, all in one transaction.

Every service that moves a proposal, an application or a pathway ends here; checks of its own come before. The row is
locked by the caller (:func:`locked`). What must hold whoever clicks first is a constraint of the database, read back
here as a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.effects import Track
from untoit.core.lifecycles.housing_track import HOLDING_THE_DWELLING, HOUSING, check_free, check_one_lease
from untoit.core.lifecycles.job_track import JOB
from untoit.core.lifecycles.lifecycle import Lifecycle
from untoit.core.lifecycles.pathway_track import PATHWAY
from untoit.records.followup.models import Application, Pathway, Proposal, TrackAct
from untoit.records.followup.tracks.owners import actor_role
from untoit.records.partners.editing import recorded, require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy

Row = TypeVar("Row", Proposal, Application, Pathway)
TABLES: dict[type, tuple[Track, Lifecycle]] = {
    Proposal: (Track.HOUSING, HOUSING), Application: (Track.JOB, JOB), Pathway: (Track.PATHWAY, PATHWAY),
}
# What the database says when two people were quicker than the checks, in French.
_BROKEN = {
    "one_holder_per_dwelling": "Ce logement est déjà proposé ou loué à un autre ménage.",
    "one_lease_per_household": "Ce ménage a déjà un bail en cours : terminez-le d'abord.",
    "one_open_proposal_per_pair": "Ce logement est déjà proposé à ce ménage.",
    "one_open_application_per_offer": "Cette personne a déjà une candidature en cours pour cette offre.",
}


def locked(model: type[Row], pk: UUID, by: Actor, *, revision: int | None = None) -> Row:
    """
    Return the row, locked, when the actor may see it.

    Raises
    ------
    Http404
        As for a page that does not exist.
    Conflict
        When somebody changed the row since ``revision``.
    """
    if not model.objects.visible_to(by).filter(pk=pk).exists():
        raise Http404
    row: Row = model.objects.select_for_update(of=("self",)).get(pk=pk)
    if revision is not None:
        require_revision(row, revision, by=by)
    return row


def state_of(row: Proposal | Application | Pathway) -> str:
    """Return the state of a row: a pathway calls it a stage."""
    return row.stage if isinstance(row, Pathway) else row.state


@transaction.atomic
def record(
    *, row: Proposal | Application | Pathway, action: str, by: Actor | None, at: datetime, on: date | None = None,
    given: Mapping[str, Any] | None = None, how: str = "screen", caused_by: TrackAct | None = None,
    as_role: str | None = None,
) -> TrackAct:
    """
    Record one act on a locked row and carry out its consequences; return the act.

    ``by`` is ``None`` for the clock and for an answer by a link (``as_role`` then says who answered); ``on`` is the day
    of the fact, today by default. What is ``given`` goes to the columns of the same name, and into the act.

    Raises
    ------
    Refused
        When the table, the day or another household's right to the dwelling does not allow it.
    """
    from untoit.records.followup.tracks.consequences import carry_out

    given = dict(given or {})
    track, table = TABLES[type(row)]
    before, today = state_of(row), timezone.localdate(at)
    day = on or today
    if day > today:
        raise Refused(f"Le {day:%d/%m/%Y} est à venir : un acte se note le jour même ou après.")
    target = table.move(action, before, as_role or actor_role(by), given)
    if isinstance(row, Proposal):
        _check_home(row, target)
    _set(row, target, action, day, given, moves=target != before)
    _save(row, by)
    act = TrackAct.objects.create(
        household_id=row.household_id, person_id=None if isinstance(row, Proposal) else row.person_id,
        track=track, subject_id=row.pk, action=action, from_state=before, to_state=target, reasons=_reasons(given),
        given=_plain(given), on=day, at=at, user_id=by.user_id if by else None,
        organisation_id=by.organisation_id if by else None, role=as_role or (str(by.role) if by else ""),
        how="clock" if by is None and how == "screen" else how, caused_by=caused_by,
    )
    note_act(by, f"{track}.{action}", _subject(row), row.pk, at=at)
    carry_out(act, row, at=at)
    return act


def opened(
    *, row: Proposal | Application | Pathway, action: str, by: Actor | None, at: datetime,
    given: Mapping[str, Any] | None = None, how: str = "screen",
) -> TrackAct:
    """Save a new row in the first state of its table, write the act that opened it, and carry out what follows."""
    from untoit.records.followup.tracks.consequences import carry_out

    track, table = TABLES[type(row)]
    setattr(row, "stage" if isinstance(row, Pathway) else "state", table.initial)
    row.last_action, row.since = action, row.opened_on
    with transaction.atomic():
        _save(row, by, new=True)
        act = TrackAct.objects.create(
            household_id=row.household_id, person_id=None if isinstance(row, Proposal) else row.person_id, track=track,
            subject_id=row.pk, action=action, to_state=table.initial, given=_plain(dict(given or {})),
            on=row.opened_on, at=at, user_id=by.user_id if by else None,
            organisation_id=by.organisation_id if by else None, role=str(by.role) if by else "", how=how,
        )
        note_act(by, f"{track}.{action}", _subject(row), row.pk, at=at)
        carry_out(act, row, at=at)
    return act


def _subject(row: Proposal | Application | Pathway) -> str:
    return {Proposal: "proposal", Application: "application", Pathway: "pathway"}[type(row)]


def _check_home(row: Proposal, target: str) -> None:
    """Refuse what another household holds; the dwelling is locked, so that two acts wait for each other."""
    if target not in HOLDING_THE_DWELLING:
        return
    Vacancy.objects.select_for_update(of=("self",)).get(pk=row.vacancy_id)
    check_free(target, Proposal.objects.filter(vacancy_id=row.vacancy_id).exclude(pk=row.pk).values_list(
        "state", flat=True))
    check_one_lease(target, Proposal.objects.filter(household_id=row.household_id).exclude(pk=row.pk).values_list(
        "state", flat=True))


def _set(
    row: Any, target: str, action: str, day: date, given: Mapping[str, Any], *, moves: bool
) -> None:
    for name, value in given.items():
        if name in _columns(type(row)):
            setattr(row, name, value)
    if not moves:
        return
    setattr(row, "stage" if isinstance(row, Pathway) else "state", target)
    row.last_action, row.since = action, day
    row.reason = str(given.get("reason") or "")[:20 if isinstance(row, Application) else 30]


def _columns(model: Any) -> frozenset[str]:
    own = {"id", "state", "stage", "since", "last_action", "reason", "revision", "opened_on", "snapshot"}
    return frozenset(one.name for one in model._meta.concrete_fields if one.name not in own)


def _save(row: Any, by: Actor | None, *, new: bool = False) -> None:
    if not new:
        row.revision += 1
    context = recorded(by) if by is not None else None
    try:
        with transaction.atomic():
            if context is None:
                row.save()
            else:
                with context:
                    row.save()
    except IntegrityError as broken:
        name = getattr(getattr(broken.__cause__, "diag", None), "constraint_name", "") or ""
        if name not in _BROKEN:
            raise
        raise Conflict(_BROKEN[name]) from broken


def _reasons(given: Mapping[str, Any]) -> list[str]:
    several = given.get("reasons") or ([given["reason"]] if given.get("reason") else [])
    return [str(one)[:30] for one in several]


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what JSON holds: dates in their ISO form, records by their key."""
    import json

    def key(value: Any) -> Any:
        return str(value.pk) if hasattr(value, "pk") else value

    plain: dict[str, Any] = json.loads(json.dumps({name: key(one) for name, one in given.items()},
                                                  cls=DjangoJSONEncoder))
    return plain
