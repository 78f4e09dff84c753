"""What may be done to vacancies and buildings; the landlords' pages, the imports and the HTTP interface call this."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from untoit.core.errors import Conflict
from untoit.core.model.dwelling import Dwelling
from untoit.core.wording import typography
from untoit.records.desk.confirmed import Confirmed
from untoit.records.desk.models import TaskKind
from untoit.records.partners.editing import require_revision
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import WRITE, Actor, grant
from untoit.records.stock.exchange import vacancy_columns
from untoit.records.stock.lifecycle import CONFIRMED_FOR, VACANCY
from untoit.records.stock.models import Building, Vacancy

VACANCIES = Confirmed(
    subject="vacancy", task=TaskKind.VACANCY_TO_CONFIRM, lifecycle=VACANCY, confirmed_for=CONFIRMED_FOR,
    extras=frozenset({"description", "nearby", "is_position_approximate"}),
    reference_constraint="one_vacancy_per_reference",
    taken="La référence « {reference} » est déjà celle d'un autre de vos logements : choisissez-en une autre.",
)


def new_reference(at: datetime) -> str:
    """Return a reference for a dwelling typed on screen: the month and six letters or digits drawn at random."""
    return f"L{timezone.localdate(at):%y%m}-{secrets.token_hex(3).upper()}"


@transaction.atomic
def create_vacancy(*, value: Dwelling, by: Actor, at: datetime, extras: Mapping[str, Any] | None = None) -> Vacancy:
    """Create a vacancy of the actor's organisation, in the building of that name when there is one."""
    _require_write(by)
    vacancy = Vacancy(organisation_id=by.organisation_id, **vacancy_columns(value), **VACANCIES.checked(extras))
    vacancy.building = _building_of(vacancy)
    VACANCIES.create(vacancy, by=by, at=at)
    return vacancy


@transaction.atomic
def change_vacancy(
    *, vacancy_id: UUID, value: Dwelling, revision: int, by: Actor, at: datetime,
    extras: Mapping[str, Any] | None = None,
) -> Vacancy:
    """
    Change what is known of a vacancy; what a file cannot say (``extras``) stays when it is not given.

    Raises
    ------
    Conflict
        When somebody changed it since ``revision``, or when the reference is already used.
    """
    vacancy = _locked(vacancy_id, by)

    def find_the_building(changed: set[str]) -> None:
        if {"building_name", "commune"} & changed:
            vacancy.building = _building_of(vacancy)

    columns = {**vacancy_columns(value), **VACANCIES.checked(extras)}
    VACANCIES.change(vacancy, columns, revision=revision, by=by, at=at, then=find_the_building)
    return vacancy


def confirm_vacancy(*, vacancy_id: UUID, by: Actor, at: datetime) -> Vacancy:
    """Say that a dwelling is still to be let: it stays in the runs for one more period."""
    return _move(vacancy_id, "confirm", by=by, at=at)


def mark_let(*, vacancy_id: UUID, by: Actor, at: datetime) -> Vacancy:
    """Say that a dwelling was let."""
    return _move(vacancy_id, "let", by=by, at=at)


def withdraw_vacancy(*, vacancy_id: UUID, by: Actor, at: datetime) -> Vacancy:
    """Take a dwelling away: it is not to be let any more."""
    return _move(vacancy_id, "withdraw", by=by, at=at)


def reopen_vacancy(*, vacancy_id: UUID, by: Actor, at: datetime) -> Vacancy:
    """Undo a withdrawal or a "let": the dwelling is to be let again, confirmed now."""
    return _move(vacancy_id, "reopen", by=by, at=at)


def expire_vacancies(*, on: date, at: datetime) -> int:
    """Mark the open vacancies whose date has passed as to be confirmed again; the clock does it every night."""
    return VACANCIES.expire(Vacancy.objects, on=on, at=at)


@transaction.atomic
def create_building(*, columns: Mapping[str, Any], by: Actor, at: datetime) -> Building:
    """Create a building of the actor's organisation; its vacancies already there join it by name and commune."""
    _require_write(by)
    building = Building(organisation_id=by.organisation_id, **columns)
    _save_building(building)
    Vacancy.objects.filter(
        organisation_id=by.organisation_id, building_name=building.name, commune=building.commune, building=None
    ).update(building=building, updated_at=at)
    note_act(by, "building.created", "building", building.pk, at=at)
    return building


@transaction.atomic
def change_building(
    *, building_id: UUID, columns: Mapping[str, Any], revision: int, by: Actor, at: datetime
) -> Building:
    """Change what is known of a building; raises ``Conflict`` when somebody did since ``revision``."""
    building: Building = get_object_or_404(Building.objects.writable_by(by).select_for_update(), pk=building_id)
    require_revision(building, revision, by=by)
    for name, wanted in columns.items():
        setattr(building, name, wanted)
    building.revision += 1
    _save_building(building)
    note_act(by, "building.changed", "building", building.pk, at=at)
    return building


def _save_building(building: Building) -> None:
    try:
        with transaction.atomic():
            building.save()
    except IntegrityError as refusal:
        if "one_building_per_name" not in str(refusal):
            raise
        raise Conflict(typography(
            f"La résidence « {building.name} » existe déjà dans cette commune : modifiez celle-là."
        )) from refusal


@transaction.atomic
def _move(vacancy_id: UUID, action: str, *, by: Actor, at: datetime) -> Vacancy:
    vacancy = _locked(vacancy_id, by)
    VACANCIES.move(vacancy, action, by=by, at=at)
    return vacancy


def _require_write(by: Actor) -> None:
    if grant(by.role, "dwelling_stock", WRITE) is None or by.organisation_id is None:
        raise Http404


def _locked(vacancy_id: UUID, by: Actor) -> Vacancy:
    vacancy: Vacancy = get_object_or_404(
        Vacancy.objects.writable_by(by).select_for_update(of=("self",)).defer("search", "search_masked"), pk=vacancy_id
    )
    return vacancy


def _building_of(vacancy: Vacancy) -> Building | None:
    """Return the building of this name in this commune; a blank name is nobody's."""
    if not vacancy.building_name:
        return None
    return Building.objects.filter(
        organisation_id=vacancy.organisation_id, name=vacancy.building_name, commune=vacancy.commune
    ).first()
