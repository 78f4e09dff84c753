"""
What the allocation committee (CALEOL) may put on its agenda and decide, and what it may not ask or say.

The five decisions are those of CCH art. R441-3. These checks refuse; they never decide: a person does, and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.lifecycle import CLOCK
from untoit.core.model.months import months_after
from untoit.core.wording import counted, listed, typography


class Decision(StrEnum):
    """The decisions of art. R441-3, with the act of the housing track that records each (:data:`ACTIONS`)."""

    ALLOCATED = "ALLOCATED"
    ALLOCATED_RANKED = "ALLOCATED_RANKED"
    ALLOCATED_CONDITIONAL = "ALLOCATED_CONDITIONAL"
    NOT_ALLOCATED = "NOT_ALLOCATED"
    REJECTED_INADMISSIBLE = "REJECTED_INADMISSIBLE"


DECISION_NAMES = {
    Decision.ALLOCATED: "Attribution", Decision.ALLOCATED_RANKED: "Attribution avec classement",
    Decision.ALLOCATED_CONDITIONAL: "Attribution sous condition suspensive",
    Decision.NOT_ALLOCATED: "Non-attribution", Decision.REJECTED_INADMISSIBLE: "Rejet pour irrecevabilité",
}
ACTIONS = {
    Decision.ALLOCATED: "allocate", Decision.ALLOCATED_RANKED: "allocate_ranked",
    Decision.ALLOCATED_CONDITIONAL: "allocate_conditional", Decision.NOT_ALLOCATED: "not_allocate",
    Decision.REJECTED_INADMISSIBLE: "reject",
}
_SHORTEST_SENTENCE = 15


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """
    One dwelling on the agenda: the households that are candidates, and the exception when they are too few.

    ``exception_by`` names the person who wrote the exception down; an exception without an author is none.
    """

    dwelling: str
    candidates: tuple[str, ...]
    exception: str | None = None
    exception_by: str | None = None


def check_agenda(items: Sequence[AgendaItem], on: date) -> None:
    """
    Refuse to close an agenda on which a dwelling has fewer candidates than the law asks, without a recorded exception.

    Raises
    ------
    Refused
        With one sentence that names every dwelling at fault.
    """
    law = parameters.at("followup/committee", on)
    least, exceptions = int(law["candidates_min"]), law["exceptions"]
    faults = []
    for item in items:
        seen = len(set(item.candidates))
        if seen >= least:
            continue
        if item.exception is None:
            faults.append(f"{item.dwelling} : {counted(seen, 'candidat', 'candidats')}, aucune exception écrite")
        elif item.exception not in exceptions:
            faults.append(f"{item.dwelling} : exception « {item.exception} » inconnue")
        elif not item.exception_by:
            faults.append(f"{item.dwelling} : exception sans auteur")
        elif not seen:
            faults.append(f"{item.dwelling} : aucun candidat")
    if faults:
        raise Refused(typography(
            f"L'ordre du jour ne peut pas être clos : il faut {least} candidats par logement (CCH art. R441-3), ou "
            f"l'exception écrite et signée ({listed(exceptions.values(), 'ou')}). {' ; '.join(faults)}."
        ))


def check_documents(asked: Iterable[str], on: date) -> None:
    """
    Refuse to ask for a document that is not on the limitative list: asking for another one is illegal.

    Raises
    ------
    Refused
        With the documents at fault and those that may be asked.
    """
    known = parameters.at("followup/documents", on).value
    others = [code for code in asked if code not in known]
    if others:
        raise Refused(typography(
            f"{listed(f'« {code} »' for code in others)} : hors de la liste limitative des pièces, le demander est "
            f"illégal (arrêté du 22/12/2020). Pièces possibles : {listed(known.values(), 'ou')}."
        ))


def documents(on: date) -> dict[str, str]:
    """Return the limitative list of that day: code to words."""
    return {str(code): str(words) for code, words in parameters.at("followup/documents", on).value.items()}


def missing_documents(needed: Iterable[str], received: Iterable[str], on: date) -> tuple[str, ...]:
    """Return what the file still lacks, in the order of the list; refuses a need that is not on it."""
    wanted, there = set(needed), set(received)
    check_documents(sorted(wanted), on)
    return tuple(code for code in documents(on) if code in wanted - there)


def decisions_offered(*, missing: Iterable[str], above_every_ceiling: bool) -> tuple[Decision, ...]:
    """
    Return the decisions that the screen of the committee offers for one candidate.

    An incomplete file can only be allocated under condition. Above the ceilings of every funding that the landlord has,
    nothing may be allocated, and the rejection is offered; under one of them the application stays alive.
    """
    if above_every_ceiling:
        return (Decision.NOT_ALLOCATED, Decision.REJECTED_INADMISSIBLE)
    if tuple(missing):
        return (Decision.ALLOCATED_CONDITIONAL, Decision.NOT_ALLOCATED)
    return (Decision.ALLOCATED, Decision.ALLOCATED_RANKED, Decision.NOT_ALLOCATED)


@dataclass(frozen=True, slots=True)
class Ruling:
    """
    One decision as a person is about to record it.

    ``reasons`` are codes; ``stated`` is the sentence that the person reads; ``aids_looked_at`` says that financial aid
    and accompaniment were looked at; ``by`` names the person, never the clock.
    """

    decision: Decision
    decided_on: date
    by: str
    rank: int | None = None
    document: str | None = None
    reasons: tuple[str, ...] = ()
    stated: str = ""
    aids_looked_at: bool = False


def check_ruling(ruling: Ruling, *, missing: Iterable[str]) -> None:
    """
    Refuse a decision that the law, or the facts of the file, do not allow.

    Raises
    ------
    Refused
        With what is missing or forbidden.
    """
    lacking = tuple(missing)
    if not ruling.by or ruling.by == CLOCK:
        raise Refused("Une décision de la commission porte le nom de la personne qui l'inscrit.")
    match ruling.decision:
        case Decision.ALLOCATED | Decision.ALLOCATED_RANKED if lacking:
            names = documents(ruling.decided_on)
            raise Refused(typography(
                f"Dossier incomplet ({listed(names[code] for code in lacking)}) : seule une attribution sous "
                "condition suspensive est possible (CCH art. R441-3)."
            ))
        case Decision.ALLOCATED_RANKED if ruling.rank is None or ruling.rank < 1:
            raise Refused("L'attribution avec classement demande un rang, à partir de 1.")
        case Decision.ALLOCATED_CONDITIONAL:
            check_condition(ruling.document, lacking, ruling.decided_on)
        case Decision.NOT_ALLOCATED:
            check_non_allocation(ruling.reasons, ruling.decided_on, aids_looked_at=ruling.aids_looked_at)
        case Decision.REJECTED_INADMISSIBLE:
            check_rejection(ruling.reasons, ruling.stated, ruling.decided_on)


def check_condition(document: str | None, missing: Iterable[str], on: date) -> None:
    """Refuse a condition other than a missing document of the limitative list."""
    if not document:
        raise Refused("L'attribution sous condition désigne la pièce attendue.")
    check_documents([document], on)
    if document not in set(missing):
        raise Refused(typography(f"La pièce « {documents(on)[document]} » est déjà au dossier."))


def document_due_on(decided_on: date) -> date:
    """Return the day before which the document of a conditional allocation is expected (usage, not law)."""
    return decided_on + timedelta(days=int(parameters.at("followup/committee", decided_on)["conditional_days"]))


def check_non_allocation(reasons: Iterable[str], on: date, *, aids_looked_at: bool) -> None:
    """
    Refuse a non-allocation without a reason, or whose reasons cannot stand alone.

    Low resources and the lack of a local link are never enough: the first is the discrimination that the law and the
    Défenseur des droits describe, the second is no legal condition. Cost counts only after aid was looked at.
    """
    known = parameters.at("followup/committee_reasons", on)["not_allocated"]
    given = tuple(reasons)
    unknown = [code for code in given if code not in known]
    if not given or unknown:
        seen = listed(f"« {code} »" for code in unknown) or "aucun"
        raise Refused(typography(f"Motif de non-attribution : {seen}. Attendu : un motif de la liste."))
    if not any(known[code]["alone"] for code in given):
        words = listed(known[code]["label"] for code in given)
        raise Refused(typography(
            f"« {words} » ne peut pas être le seul motif d'une non-attribution. Examinez les aides et "
            "l'accompagnement, ou indiquez le motif qui tient au logement."
        ))
    if any(known[code]["aids"] for code in given) and not aids_looked_at:
        raise Refused(typography(
            "Un motif de coût demande que les aides (FSL, Loca-Pass) et l'accompagnement aient été examinés d'abord."
        ))


def check_rejection(reasons: Iterable[str], stated: str, on: date) -> None:
    """Refuse a rejection without a legal condition that is not met, and without a sentence written by a person."""
    known = parameters.at("followup/committee_reasons", on)["inadmissible"]
    given = tuple(reasons)
    if not given or any(code not in known for code in given):
        raise Refused(typography(
            f"Un rejet pour irrecevabilité demande une condition légale non remplie : {listed(known.values(), 'ou')}."
        ))
    if len(stated.strip()) < _SHORTEST_SENTENCE:
        raise Refused("Un rejet pour irrecevabilité demande une raison écrite par une personne, qui sera lue.")


def striking_off_due_on(warned_on: date) -> date:
    """Return the day from which a person may decide the striking off: one month after the warning (R441-2-8)."""
    return months_after(warned_on, int(parameters.at("followup/committee", warned_on)["warning_months"]))


@dataclass(frozen=True, slots=True)
class Vote:
    """The votes of the members on one candidate; the mayor's counts twice on a tie (to check in the regulations)."""

    in_favour: int
    against: int
    abstained: int = 0
    mayor_in_favour: bool | None = None


def carried(vote: Vote) -> bool:
    """
    Return whether the vote is carried; a tie goes to the mayor of the commune.

    Raises
    ------
    Refused
        On a tie without the mayor's vote: the committee votes again.
    """
    if vote.in_favour != vote.against:
        return vote.in_favour > vote.against
    if vote.mayor_in_favour is None:
        raise Refused("Partage des voix sans celle du maire : la commission vote de nouveau.")
    return vote.mayor_in_favour


def agenda_due_on(session_on: date) -> date:
    """Return the day before which the agenda of a session is to be closed (usage, not law)."""
    return session_on - timedelta(days=int(parameters.at("followup/committee", session_on)["agenda_days"]))


def minutes_due_on(session_on: date) -> date:
    """Return the day before which the minutes of a session are to be settled (usage, not law)."""
    return session_on + timedelta(days=int(parameters.at("followup/committee", session_on)["minutes_days"]))


def least_candidates(on: date) -> int:
    """Return how many candidates the law asks for each dwelling of an agenda."""
    return int(parameters.at("followup/committee", on)["candidates_min"])


def exceptions(on: date) -> dict[str, str]:
    """Return the exceptions to the number of candidates: code to words."""
    return {str(code): str(words) for code, words in parameters.at("followup/committee", on)["exceptions"].items()}


def reasons(kind: str, on: date) -> dict[str, str]:
    """Return the reasons of one kind (``not_allocated``, ``inadmissible``): code to words."""
    known = parameters.at("followup/committee_reasons", on)[kind]
    return {
        str(code): str(words["label"] if isinstance(words, dict) else words) for code, words in known.items()
    }


def why_not(
    decision: Decision, *, missing: Iterable[str], above_own_ceiling: bool, above_every_ceiling: bool, on: date
) -> str:
    """
    Return why the screen does not offer a decision for a candidate, and an empty sentence when it does.

    Above the ceiling of this dwelling's funding alone, nothing may be allocated here, and the application stays alive.
    """
    lacking = tuple(missing)
    allocates = decision.startswith("ALLOCATED")
    if allocates and (above_own_ceiling or above_every_ceiling):
        return "Les ressources dépassent le plafond de ce logement."
    if decision in decisions_offered(missing=lacking, above_every_ceiling=above_every_ceiling):
        return ""
    if decision is Decision.ALLOCATED_CONDITIONAL:
        return typography("Le dossier est complet : aucune pièce n'est attendue.")
    if decision is Decision.REJECTED_INADMISSIBLE:
        return typography("Les ressources sont sous un plafond au moins : la demande reste recevable.")
    names = documents(on)
    return typography(f"Le dossier est incomplet : {listed(names[code] for code in lacking)}.")


def check_rank(rank: int | None, *, others: Iterable[int], allocated: bool) -> None:
    """Refuse a rank that another candidate of the dwelling has, or a first rank behind a plain allocation."""
    if rank in set(others):
        raise Refused(typography(f"Le rang {rank} est déjà donné pour ce logement : choisissez un autre rang."))
    if rank == 1 and allocated:
        raise Refused(typography("Ce logement est déjà attribué à un autre candidat : les rangs commencent à 2."))


def check_ranks(dwelling: str, ranks: Iterable[int], *, allocated: bool) -> None:
    """Refuse minutes in which the ranks of a dwelling leave a gap: who comes next would not be known."""
    found = sorted(ranks)
    first = 2 if allocated else 1
    expected = list(range(first, first + len(found)))
    if found != expected:
        raise Refused(typography(
            f"{dwelling} : les rangs donnés sont {listed(found)}, ils devraient se suivre à partir de {first}."
        ))


def check_votes(vote: Vote, *, voters: int, mayor_sits: bool) -> None:
    """
    Refuse more votes than members who may vote, a casting vote without a mayor, and a decision that is not carried.

    Raises
    ------
    Refused
        With the numbers.
    """
    given = vote.in_favour + vote.against + vote.abstained
    if given > voters:
        raise Refused(typography(
            f"{counted(given, 'voix comptée', 'voix comptées')} pour "
            f"{counted(voters, 'membre présent qui vote', 'membres présents qui votent')} sur ce logement."
        ))
    if vote.mayor_in_favour is not None and not mayor_sits:
        raise Refused(typography("Aucun maire ni représentant n'est noté présent : sa voix ne peut pas départager."))
    if not carried(vote):
        raise Refused(typography(
            f"La décision n'est pas adoptée : {vote.in_favour} pour, {vote.against} contre. "
            "La commission en propose une autre."
        ))
