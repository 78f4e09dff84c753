"""The households that an organisation follows."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router

from untoit.api.auth import acting
from untoit.api.paging import Cursor, Limit, Page, page
from untoit.api.schemas import CandidateLine, CandidateOut, Fact, PersonOut, answers
from untoit.records.applicants import facts, view
from untoit.records.applicants.models import Household
from untoit.records.applicants.querysets import open_links
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import Actor

router = Router(tags=["Candidats"])


@router.get("", response=answers(Page[CandidateLine]), summary="Ménages que l'organisation suit")
def candidates(request: HttpRequest, apres: Cursor = None, limite: Limit = 100) -> dict[str, Any]:
    """Return one page of households; the reading is noted."""
    actor = acting(request, "candidates:read")
    found, following = page(_followed(actor).prefetch_related("persons"), apres, limite)
    if found:
        note_read(actor, "identity", "household", None, count=len(found))
    return {"elements": [_line(one, actor) for one in found], "suivant": following}


@router.get("/{household_id}", response=answers(CandidateOut), summary="Un ménage")
def candidate(request: HttpRequest, household_id: UUID) -> CandidateOut:
    """Return one household with the facts that the role may see; the reading is noted and the person can see it."""
    actor = acting(request, "candidates:read")
    household = get_object_or_404(_followed(actor), pk=household_id)
    note_read(actor, "identity", "household", household.pk)
    seen = view.candidate_view(actor, household)
    return CandidateOut(
        id=household.pk, titre=seen.title, suivi_jusqu_au=household.followed_until,
        faits=_facts((*seen.composition, *seen.income, *seen.application)),
        personnes=[
            PersonOut(id=one.id, nom=one.name, faits=_facts((*one.identity, *one.contact, *one.pathway)))
            for one in seen.persons
        ],
    )


def _followed(actor: Actor) -> Any:
    until = open_links(actor).filter(household=OuterRef("pk")).values("expires_on")[:1]
    return Household.objects.visible_to(actor).annotate(followed_until=Subquery(until))


def _line(household: Any, actor: Actor) -> CandidateLine:
    until: date = household.followed_until
    persons = sorted(household.persons.all(), key=lambda person: person.number)
    return CandidateLine(id=household.pk, titre=view.title_of(persons, actor), suivi_jusqu_au=until)


def _facts(seen: tuple[facts.Fact, ...]) -> list[Fact]:
    return [Fact(champ=one.field, libelle=one.label, valeur=one.value) for one in seen if one.known]
