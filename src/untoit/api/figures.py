"""The figures of the follow-up, as the pages show them, and where each case stands."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import BeforeValidator, Field

from untoit.api.auth import acting
from untoit.api.paging import Cursor, Limit, Page, page
from untoit.api.schemas import answers
from untoit.core.errors import Refused
from untoit.core.indicators.quotas import QuotaCount, Unit
from untoit.core.lifecycles.case import CASE_NAMES
from untoit.records.followup.cases.worklist import code_field, moved_field
from untoit.records.followup.models import Case
from untoit.records.partners.journal import note_read
from untoit.reporting import commitment, followup_steering
from untoit.reporting.event_review import Part

commitment_router = Router(tags=["Engagement"])
indicators_router = Router(tags=["Indicateurs"])
cases_router = Router(tags=["Suivi"])
_CASES = {code.value: name for code, name in CASE_NAMES.items()}


def _written(value: object) -> object:
    """Refuse what is not a day as it is written: a bare number would be read as seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("not a day")
    return value


Day = Annotated[date | None, BeforeValidator(_written), Query(None, examples=["2026-01-01"])]


class QuotaOut(Schema):
    """One share against its target; ``encore`` is null when no number in a row would reach it."""

    nom: str
    compte: int
    sur: int
    objectif: float
    atteint: bool
    encore: int | None
    inconnus: int
    regle: str


class ForecastOut(Schema):
    """The end of the year as the past months let it be foreseen; ``necessaires`` null when out of reach."""

    a_venir: int
    part: float
    bas: float
    haut: float
    chance_d_atteindre: float
    necessaires: int | None
    propositions: int | None
    phrase: str
    methode: str


class CommitmentOut(Schema):
    """The 30 % of the landlord of the key, and its neighbours."""

    bailleur: str
    du: date
    au: date
    unite: str
    prioritaires: QuotaOut
    voisins: list[QuotaOut]
    contingents: list[QuotaOut]
    decoupages: dict[str, list[QuotaOut]] = Field(description="Par reserving_party, commune, building et month")
    motifs_manquants: int
    prevision: ForecastOut | None


class TableOut(Schema):
    """One table as the page shows it; a small number is « masqué »."""

    code: str
    titre: str
    colonnes: list[str]
    lignes: list[list[str]]
    note: str


class IndicatorsOut(Schema):
    """What became of people in the whole scheme; numbers under ``k`` are masked."""

    date: date
    k: int
    tableaux: list[TableOut]


class CaseOut(Schema):
    """Where the case of one household stands, as the role of the key reads it."""

    menage: UUID
    situation: str
    libelle: str
    dernier_mouvement: date | None


@commitment_router.get("", response=answers(CommitmentOut), summary="Les 30 % et leurs voisins")
def engagement(
    request: HttpRequest, du: Day = None, au: Day = None, unite: Unit | None = None
) -> CommitmentOut:
    """Return the share of the priority publics; by default the year so far, in the unit of the policy."""
    actor = acting(request, "commitment:read")
    usual = commitment.usual(actor.today)
    chosen = commitment.Asked(du or usual.since, au or usual.until, unite or usual.unit)
    if chosen.until < chosen.since:
        raise Refused("La période finit avant d'avoir commencé.")
    found = commitment.commitment_of(actor, chosen)
    ahead = found.ahead
    return CommitmentOut(
        bailleur=found.landlord, du=chosen.since, au=chosen.until, unite=chosen.unit.value,
        prioritaires=_quota(found.main), voisins=[_quota(one) for one in found.neighbours],
        contingents=[_quota(one) for one in found.contingents],
        decoupages={
            dimension.value: [_quota(cell, commitment.cell_name(dimension, key)) for key, cell in cells.items()]
            for dimension, cells in found.cuts.items()
        },
        motifs_manquants=len(found.main.ground_missing),
        prevision=None if ahead is None else ForecastOut(
            a_venir=ahead.forecast.remaining, part=ahead.forecast.share, bas=ahead.forecast.low,
            haut=ahead.forecast.high, chance_d_atteindre=ahead.forecast.chance, necessaires=ahead.forecast.needed,
            propositions=ahead.proposals, phrase=ahead.forecast.sentence, methode=ahead.forecast.method,
        ),
    )


def _quota(one: QuotaCount, name: str = "") -> QuotaOut:
    return QuotaOut(
        nom=name or one.name, compte=one.share.count or 0, sur=one.share.of or 0, objectif=float(one.target),
        atteint=one.reached, encore=one.needed, inconnus=len(one.unknown), regle=one.policy_text,
    )


@indicators_router.get("", response=answers(IndicatorsOut), summary="Les résultats du dispositif")
def indicateurs(request: HttpRequest) -> IndicatorsOut:
    """Return the tables of the page of results: never one person, small numbers masked."""
    actor = acting(request, "indicators:read")
    report = followup_steering.followup_report(actor)
    return IndicatorsOut(date=report.on, k=report.k, tableaux=[_table(part) for part in report.parts])


def _table(part: Part) -> TableOut:
    return TableOut(
        code=part.code, titre=part.title, colonnes=list(part.columns), lignes=[list(row) for row in part.rows],
        note=part.note,
    )


@cases_router.get("", response=answers(Page[CaseOut]), summary="Où en est chaque ménage suivi")
def suivi(request: HttpRequest, apres: Cursor = None, limite: Limit = 100) -> dict[str, Any]:
    """Return one page of the cases that the organisation follows; the reading is noted."""
    actor = acting(request, "cases:read")
    found, following = page(Case.objects.visible_to(actor), apres, limite)
    if found:
        note_read(actor, "case", "household", None, count=len(found))
    code, moved = code_field(actor), moved_field(actor)
    return {
        "elements": [
            CaseOut(menage=one.pk, situation=getattr(one, code), libelle=_CASES[getattr(one, code)],
                    dernier_mouvement=getattr(one, moved)) for one in found
        ],
        "suivant": following,
    }
