"""Runs of the main job and their tandems, to be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from untoit.api.auth import acting
from untoit.api.paging import Cursor, Limit, Page, page
from untoit.api.schemas import RunOut, TandemJobOut, TandemOut, answers
from untoit.records.pairings.models import Run, Tandem
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import Actor, grant

runs_router = Router(tags=["Calculs"])
tandems_router = Router(tags=["Tandems"])


@runs_router.get("", response=answers(Page[RunOut]), summary="Calculs de l'organisation")
def runs(request: HttpRequest, apres: Cursor = None, limite: Limit = 100) -> dict[str, Any]:
    """Return one page of runs."""
    actor = acting(request, "runs:read")
    found, following = page(Run.objects.visible_to(actor).select_related("policy"), apres, limite)
    return {"elements": [_run(one) for one in found], "suivant": following}


@runs_router.get("/{run_id}", response=answers(RunOut), summary="Un calcul")
def run(request: HttpRequest, run_id: UUID) -> RunOut:
    """Return one run."""
    actor = acting(request, "runs:read")
    return _run(get_object_or_404(Run.objects.visible_to(actor).select_related("policy"), pk=run_id))


@tandems_router.get("", response=answers(Page[TandemOut]), summary="Tandems des ménages que l'organisation suit")
def tandems(
    request: HttpRequest, calcul: UUID | None = None, apres: Cursor = None, limite: Limit = 100
) -> dict[str, Any]:
    """Return one page of tandems, of one run or of all; the reading is noted."""
    actor = acting(request, "tandems:read")
    seen = _tandems(actor)
    found, following = page(seen if calcul is None else seen.filter(run_id=calcul), apres, limite)
    if found:
        note_read(actor, "tandem", "tandem", None, count=len(found))
    return {"elements": [_tandem(one, actor) for one in found], "suivant": following}


@tandems_router.get("/{tandem_id}", response=answers(TandemOut), summary="Un tandem")
def tandem(request: HttpRequest, tandem_id: UUID) -> TandemOut:
    """Return one tandem; the reading is noted."""
    actor = acting(request, "tandems:read")
    found = get_object_or_404(_tandems(actor), pk=tandem_id)
    note_read(actor, "tandem", "tandem", found.pk)
    return _tandem(found, actor)


def _tandems(actor: Actor) -> Any:
    return Tandem.objects.visible_to(actor).select_related("vacancy").prefetch_related("jobs__offer").defer("snapshot")


def _run(run: Run) -> RunOut:
    result = run.result or {}
    return RunOut(
        id=run.pk, titre=run.title, etat=run.state, mode=run.mode, date=run.on, politique=str(run.policy),
        empreinte=run.inputs_hash, cree_le=run.created_at, calcule_le=run.computed_at, diffuse_le=run.released_at,
        menages_places=result.get("households_placed"), preuve=result.get("proof"),
    )


def _tandem(tandem: Tandem, actor: Actor) -> TandemOut:
    given = grant(actor.role, "tandem")
    masked = given is None or given.masked
    return TandemOut(
        id=tandem.pk, calcul=tandem.run_id, menage=tandem.household_id, rang=tandem.rank, avis=tandem.review,
        code_insee=tandem.vacancy.commune, typologie=f"T{tandem.vacancy.rooms}",
        logement=None if masked else tandem.vacancy_id,
        emplois=[
            TandemJobOut(
                offre=job.offer_id, intitule=job.offer.title, employeur=job.offer.employer,
                minutes_aller=job.outward_min, minutes_retour=job.back_min,
            )
            for job in tandem.jobs.all()
        ],
    )
