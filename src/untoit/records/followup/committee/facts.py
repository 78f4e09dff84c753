"""
What the committee reads of a candidate, in words: what the decision needs, and nothing else.

Neither nationality, nor a cause of health, nor violence endured: a ground of priority that tells one of these is said
to be evidenced, without its name. Expected births count among the people to house and are not told apart. What is
known of a job are the four facts that a landlord may read (``access.md``, note 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from untoit.core.lifecycles import committee
from untoit.core.wording import NO_BREAK, counted, euros, listed, number, percentage, typography
from untoit.core.wording.moments import length
from untoit.records.applicants import wording
from untoit.records.applicants.models import Evidence, Household
from untoit.records.followup.housing import ceilings
from untoit.records.followup.models import Proposal
from untoit.records.followup.work.facts import JobFacts
from untoit.records.pairings import codec
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy

UNKNOWN = "non renseigné"
NOT_COMPUTED = "non calculé"
_INCOME = "revenus_sous_plafond"
_MONTH_DAYS = Decimal("30.44")
# Grounds whose name tells a health condition or violence endured (CCH art. L441-1).
RESERVED_GROUNDS = frozenset({"a", "b", "g", "h", "i"})
RESERVED = "motif de l'article L441-1 justifié, non détaillé en commission"


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """
    One candidate in words; ``under_ceiling`` is ``None`` when the file does not allow to say, ``missing`` the documents
    that the file lacks, ``to_check`` whether the ceiling has still to be checked by a person.
    """

    people: str
    composition: str
    income: str
    ceiling: str
    under_ceiling: bool | None
    to_check: bool
    effort: str
    residual: str
    grounds: tuple[str, ...]
    seniority: str
    work: str
    commute: str
    needs: str
    missing: tuple[str, ...]
    received: int
    needed: int

    @property
    def file(self) -> str:
        """Whether the file is complete, and what it lacks."""
        if self.missing:
            return typography(f"à compléter : {listed(self.missing)}")
        return f"complet ({counted(self.received, 'pièce', 'pièces')})" if self.needed else "aucune pièce demandée"


def facts_of(
    proposal: Proposal, actor: Actor, on: date, *, evidence: Iterable[Evidence] = (), jobs: Iterable[JobFacts] = ()
) -> CandidateFacts:
    """Return what the committee reads of a candidate on the day of the session."""
    household = proposal.household
    income, ceiling, under, to_check = _income(household, proposal.vacancy, actor, on)
    effort, residual, commute = _figures(proposal)
    names = committee.documents(on)
    lacking = committee.missing_documents(proposal.needed_documents, proposal.documents, on)
    return CandidateFacts(
        people=counted(
            len(household.adult_ages) + len(household.child_ages) + household.expected_births,
            "personne à loger", "personnes à loger",
        ),
        composition=_composition(household), income=income, ceiling=ceiling, under_ceiling=under, to_check=to_check,
        effort=effort, residual=residual, grounds=_grounds(household, evidence, on),
        seniority=_seniority(household.applied_on, on), work=_work(jobs, on), commute=commute,
        needs=_needs(household), missing=tuple(names[code] for code in lacking),
        received=len(set(proposal.documents) & set(proposal.needed_documents)), needed=len(proposal.needed_documents),
    )


def _composition(household: Household) -> str:
    adults = counted(len(household.adult_ages), "adulte", "adultes")
    words = [f"{adults} ({wording.ages(household.adult_ages)})"]
    if household.child_ages:
        children = counted(len(household.child_ages), "enfant", "enfants")
        words.append(f"{children} ({wording.ages(household.child_ages)})")
    return listed(words)


def _income(
    household: Household, vacancy: Vacancy, actor: Actor, on: date
) -> tuple[str, str, bool | None, bool]:
    """Return the reference income, the ceiling, whether the first is within the second, and what is to be checked."""
    if actor.sees("income") != "F":
        return "", "", None, False
    found = next((one for one in ceilings.findings(household, vacancy, on) if one.code == _INCOME), None)
    if found is None or "limit" not in found.facts:
        return UNKNOWN, "plafond non connu", None, False
    facts: Any = found.facts
    return (
        f"{euros(facts['seen'])}{NO_BREAK}€ par an ({facts['basis']})",
        f"{facts['funding']}{NO_BREAK}: {euros(facts['limit'])}{NO_BREAK}€", found.passed, found.to_check,
    )


def _figures(proposal: Proposal) -> tuple[str, str, str]:
    """Return the effort rate, the residual income and the way to the work place, as they were when it was proposed."""
    kept = proposal.snapshot
    rows = []
    if proposal.tandem is not None:
        rows = [codec.load_tandem(row) for row in proposal.tandem.snapshot.get("rows", ())]
    effort = kept.get("effort_after")
    residual = next((one.residual_after_eur for one in rows if one.residual_after_eur is not None), None)
    way = ""
    if "outward_min" in kept and "back_min" in kept:
        place = wording.place(rows[0].offer.commune) if rows else ""
        way = f"{length(kept['outward_min'])} à l'aller, {length(kept['back_min'])} au retour"
        way = f"emploi proposé à {place}{NO_BREAK}: {way}" if place else way
    return (
        percentage(Decimal(effort)) if effort is not None else NOT_COMPUTED,
        f"{number(residual, 2)}{NO_BREAK}€ par jour et par unité" if residual is not None else NOT_COMPUTED, way,
    )


def _grounds(household: Household, evidence: Iterable[Evidence], on: date) -> tuple[str, ...]:
    """Return the grounds that count, each with where its evidence comes from, never the document."""
    seen: dict[str, date] = {}
    for one in evidence:
        seen[one.ground] = max(seen.get(one.ground, one.dated_on), one.dated_on)
    found = []
    for code in sorted(household.evidenced_grounds, key=lambda one: (one != "DALO", one)):
        words = RESERVED if code in RESERVED_GROUNDS else wording.ground(code, on)
        source = f"justificatif du {seen[code]:%d/%m/%Y}" if code in seen else "justifié dans le dossier déposé"
        found.append(words if code in RESERVED_GROUNDS else f"{words} ({source})")
    return tuple(dict.fromkeys(found))


def _seniority(applied_on: date, on: date) -> str:
    months = int((on - applied_on).days / _MONTH_DAYS)
    return f"{counted(months, 'mois', 'mois')} (demande du {applied_on:%d/%m/%Y})"


def _work(jobs: Iterable[JobFacts], on: date) -> str:
    found = []
    for one in jobs:
        if not one.in_employment and not one.starts_later:
            continue
        words = f"{one.contract} {'à partir du' if one.starts_later else 'depuis le'} {one.start_on:%d/%m/%Y}"
        if one.ends_on is not None:
            words += f" jusqu'au {one.ends_on:%d/%m/%Y}"
        words += f", à {one.place}" if one.place else ""
        words += f", {length(one.travel_min)} de trajet" if one.travel_min is not None else ""
        found.append(words)
    return " ; ".join(found)


def _needs(household: Household) -> str:
    """Return the practical needs that the person stated, never why."""
    words = []
    if household.needs_step_free_access:
        words.append("accès sans marche")
    if household.max_floor_without_lift is not None:
        words.append(f"étage {household.max_floor_without_lift} au plus sans ascenseur")
    return listed(words)


def evidence_of(households: Iterable[UUID], on: date) -> dict[UUID, list[Evidence]]:
    """Return the evidence that is valid on a day, by household: one query."""
    found: dict[UUID, list[Evidence]] = {pk: [] for pk in households}
    for one in Evidence.objects.filter(household_id__in=found, withdrawn_at__isnull=True, dated_on__lte=on):
        if one.valid_until is None or one.valid_until >= on:
            found[one.household_id].append(one)
    return found
