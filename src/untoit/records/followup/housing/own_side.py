"""
The proposals of the person, as she reads them: plain words, her own dates, never the rank nor the name of another.

What a refusal does is said as it is: the application stays active; the territory may look at repeated refusals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from untoit.core.lifecycles.housing_track import HOUSING, LEASED, OPEN, HousingState, has_lapsed
from untoit.core.wording import counted, typography
from untoit.records.followup.cases.words import HOUSING_ACTS
from untoit.records.followup.housing.words import reasons_in_words
from untoit.records.followup.models import Letter, Proposal, TrackAct
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.stock.selectors import masked_home

S = HousingState
_SAYS: dict[str, str] = {
    S.PROPOSED: "Ce logement vous est proposé : une visite va être fixée avec vous.",
    S.VISIT_PLANNED: "Une visite est prévue.", S.VISITED: "Vous avez visité ce logement.",
    S.FILE_INCOMPLETE: "Il manque des pièces à votre dossier.", S.FILE_COMPLETE: "Votre dossier est complet.",
    S.ON_AGENDA: "La commission va étudier votre dossier.", S.ALLOCATED: "La commission a retenu votre dossier : une "
    "offre écrite va vous être envoyée.",
    S.ALLOCATED_RANKED: "La commission a étudié votre dossier. Ce logement est d'abord proposé à quelqu'un d'autre ; "
    "on vous écrit s'il se libère.",
    S.ALLOCATED_CONDITIONAL: "La commission retient votre dossier si une pièce arrive à temps.",
    S.NOT_ALLOCATED: "La commission n'a pas retenu votre dossier pour ce logement. Votre demande reste active.",
    S.REJECTED_INADMISSIBLE: "Votre demande ne remplit pas une condition prévue par la loi : un courrier vous "
    "l'explique.",
    S.NOTIFIED: "Une offre vous est faite : votre réponse est attendue.",
    S.ACCEPTED: "Vous avez accepté : la signature du bail va être fixée avec vous.",
    S.DECLINED: "Vous avez dit non à ce logement. Votre demande reste active.",
    S.REFUSED: "Vous avez refusé cette offre. Votre demande reste active.",
    S.REFUSED_SILENCE: "L'offre est restée sans réponse : elle compte comme un refus. Votre demande reste active. Si "
    "votre réponse était partie à temps, dites-le : l'offre peut être rouverte.",
    S.WITHDRAWN: "Cette proposition est retirée.", S.LEASE_SIGNED: "Votre bail est signé.",
    S.INVENTORY_DONE: "L'état des lieux est fait.", S.TENANCY_ENDED: "Ce bail est terminé.",
}
_IN = "Vous êtes chez vous : les clés vous ont été remises."
# What another way of saying would tell of the others.
_OWN_ACTS = {
    "allocate_ranked": "La commission a étudié votre dossier", "call_rank": "Le logement vous est attribué",
    "supersede": "Proposition retirée", "call_1m": "Un appel pour prendre des nouvelles",
    "check_3m": "Un point à trois mois", "check_6m": "Un point à six mois",
}


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One thing that happened."""

    on: date
    label: str
    reasons: str
    mine: bool


@dataclass(frozen=True, slots=True)
class OwnProposal:
    """One proposal as the person reads it; amounts in cents a month."""

    id: UUID
    revision: int
    home: str
    address: str
    landlord: str
    says: str
    is_open: bool
    visit_on: date | None
    answer_due_on: date | None
    days_left: str
    document_due_on: date | None
    rent_cents: int
    charges_cents: int
    benefit_cents: int | None
    may: frozenset[str]
    is_offer: bool
    letters: tuple[Letter, ...]
    history: tuple[OwnLine, ...]


def own_proposals(actor: Actor) -> list[OwnProposal]:
    """Return my proposals, those that wait for my answer first."""
    rows = Proposal.objects.visible_to(_me(actor)).select_related("vacancy", "organisation")
    found = [_own(actor, row) for row in rows.order_by("-since", "pk")]
    return sorted(found, key=lambda one: (not one.is_offer, not one.is_open))


def own_proposal(actor: Actor, proposal_id: UUID) -> OwnProposal:
    """Return one of my proposals; raises ``Http404`` for one that is not mine."""
    row = Proposal.objects.visible_to(_me(actor)).select_related("vacancy", "organisation").filter(
        pk=proposal_id
    ).first()
    if row is None:
        raise Http404
    return _own(actor, row)


def own_letter(actor: Actor, proposal_id: UUID, letter_id: UUID) -> Letter:
    """Return one of the letters of one of my proposals."""
    found = Letter.objects.visible_to(_me(actor)).filter(pk=letter_id, proposal_id=proposal_id).first()
    if found is None:
        raise Http404
    return found


def _me(actor: Actor) -> Actor:
    if actor.role is not Role.CAND:
        raise Http404
    return actor


def _own(actor: Actor, row: Proposal) -> OwnProposal:
    waits = row.state == S.NOTIFIED and row.answer_due_on is not None and not has_lapsed(row.answer_due_on, actor.at)
    may = {one.action for one in HOUSING.possible(row.state, str(Role.CAND))}
    if row.state == S.NOTIFIED and not waits:
        may -= {"accept", "refuse"}
    # Before an offer, refusing is said by « ce logement ne me convient pas »; leaving altogether is another act.
    return OwnProposal(
        id=row.pk, revision=row.revision, home=masked_home(row.vacancy).title, address=row.vacancy.address,
        landlord=row.organisation.name, says=typography(_SAYS.get(row.state, _IN)),
        is_open=row.state in OPEN | LEASED, visit_on=row.visit_on if row.state == S.VISIT_PLANNED else None,
        answer_due_on=row.answer_due_on if row.state == S.NOTIFIED else None,
        days_left=_left(row.answer_due_on, actor.today) if waits and row.answer_due_on else "",
        document_due_on=row.document_due_on if row.state == S.ALLOCATED_CONDITIONAL else None,
        rent_cents=row.vacancy.rent_cents, charges_cents=row.vacancy.charges_cents,
        benefit_cents=row.snapshot.get("benefit_cents"), may=frozenset(may), is_offer=waits,
        letters=tuple(Letter.objects.visible_to(actor).filter(proposal=row)), history=_history(row),
    )


def _left(due: date, today: date) -> str:
    days = (due - today).days
    return "c'est le dernier jour" if not days else f"il vous reste {counted(days, 'jour', 'jours')}"


def _history(row: Proposal) -> tuple[OwnLine, ...]:
    found = TrackAct.objects.filter(track="housing", subject_id=row.pk).order_by("-at", "-on", "-id")
    return tuple(
        OwnLine(
            one.on, _OWN_ACTS.get(one.action, HOUSING_ACTS.get(one.action, one.action)),
            ", ".join(reasons_in_words(one.action, one.reasons, one.on)), one.role == Role.CAND,
        )
        for one in found
    )
