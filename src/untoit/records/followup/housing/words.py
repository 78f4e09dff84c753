"""The words and the lists of the housing track, as pages, letters and messages write them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from untoit.core import parameters
from untoit.core.lifecycles.housing_track import HOUSING, HousingState, withdrawal_reasons

S = HousingState
# Why somebody opens again what was closed, or a lease noted as over.
REOPENED_FOR = {
    "MISTAKE": "noté par erreur", "CHANGED": "la situation a changé", "ASKED": "demandé par la personne",
    "ANSWER": "réponse partie à temps", "SHEET": "fiche de la rencontre corrigée",
}
POSTPONED_FOR = {
    "FILE": "dossier à compléter", "TIME": "séance trop chargée", "ASKED": "demandé par la personne",
    "OTHER": "autre raison",
}
# The clock says this one: nobody chooses it.
NO_ANSWER = "NO_ANSWER"
ACTION_NAMES = {
    **{one.action: one.label for one in HOUSING.transitions}, "propose": "Proposer le logement",
}


@dataclass(frozen=True, slots=True)
class Family:
    """Reasons of refusal that go together: two taps, the family then the reason."""

    code: str
    label: str
    reasons: dict[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way of a proposal, and the states that stand there."""

    label: str
    states: frozenset[str]


# The way of a proposal, for who follows it; a closed one stands where its last act left it.
STEPS = (
    Step("Proposition", frozenset({S.PROPOSED})),
    Step("Visite", frozenset({S.VISIT_PLANNED, S.VISITED})),
    Step("Dossier", frozenset({S.FILE_INCOMPLETE, S.FILE_COMPLETE})),
    Step("Commission", frozenset({S.ON_AGENDA, S.ALLOCATED, S.ALLOCATED_RANKED, S.ALLOCATED_CONDITIONAL})),
    Step("Offre", frozenset({S.NOTIFIED})),
    Step("Bail", frozenset({S.ACCEPTED, S.LEASE_SIGNED})),
    Step("Entrée", frozenset({S.INVENTORY_DONE, S.KEYS_HANDED})),
    Step("Maintien", frozenset({S.CALLED_1M, S.CHECKED_3M, S.CHECKED_6M})),
)


def refusal_families(on: date) -> list[Family]:
    """Return why somebody may refuse a home, by family; silence is not a choice."""
    known = parameters.at("followup/refusal_reasons", on)
    return [
        Family(code, label, {
            reason: words["label"] for reason, words in known["reasons"].items()
            if words["family"] == code and reason != NO_ANSWER
        })
        for code, label in known["families"].items()
    ]


def reasons_for(action: str, on: date) -> dict[str, str]:
    """Return the reasons that an act may give, code to words; an act without a list gives none."""
    match action:
        case "refuse":
            known = parameters.at("followup/refusal_reasons", on)["reasons"]
            return {code: str(one["label"]) for code, one in known.items() if code != NO_ANSWER}
        case "withdraw_person" | "withdraw_landlord":
            return withdrawal_reasons(action, on)
        case "not_allocate":
            known = parameters.at("followup/committee_reasons", on)["not_allocated"]
            return {code: str(one["label"]) for code, one in known.items()}
        case "reject":
            return {code: str(one) for code, one in
                    parameters.at("followup/committee_reasons", on)["inadmissible"].items()}
        case "end_tenancy":
            return {code: str(one["label"]) for code, one in parameters.at("followup/tenancy", on)["ends"].items()}
        case "reopen" | "reopen_offer" | "restore_tenancy":
            return dict(REOPENED_FOR)
        case "postpone":
            return dict(POSTPONED_FOR)
    return {}


def reasons_in_words(action: str, codes: Iterable[str], on: date) -> list[str]:
    """Return reasons in words, the code itself for one that the list no longer has."""
    known = reasons_for(action, on)
    return [known.get(code, code.lower().replace("_", " ")) for code in codes]
