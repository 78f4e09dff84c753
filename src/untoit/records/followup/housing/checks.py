"""What each act on a proposal must say, and what a date or a code cannot be: refused with a sentence to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from untoit.core.errors import Refused
from untoit.core.lifecycles import committee
from untoit.core.lifecycles.case import tenancy_dates
from untoit.core.lifecycles.committee import ACTIONS, Decision, Ruling
from untoit.core.lifecycles.housing_track import (
    HOLDING_THE_DWELLING,
    HousingState,
    RankedProposal,
    check_answer_due,
    check_call,
    refusal_families,
)
from untoit.core.wording import listed, typography
from untoit.records.followup.housing import ceilings
from untoit.records.followup.housing.decision_facts import decision_facts
from untoit.records.followup.housing.words import NO_ANSWER, reasons_for
from untoit.records.followup.models import Proposal, Session
from untoit.records.followup.tracks.values import proposal_value, rivals_of
from untoit.records.partners.models import Role, User
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import VacancyState

# A year of 2062 is a slip of the finger.
FAR = timedelta(days=366)
DECISIONS = {action: decision for decision, action in ACTIONS.items()}
# The day of the fact, among what an act says; the others are of the day when they are written.
_FACT = {
    "record_visit": "visited_on", "receive_document": "received_on", "call_rank": "called_on", "notify": "notified_on",
    "accept": "answered_on", "refuse": "answered_on", "sign_lease": "signed_on", "make_inventory": "inventory_on",
    "hand_keys": "keys_on", "call_1m": "called_on", "check_3m": "checked_on", "check_6m": "checked_on",
    "end_tenancy": "ended_on", **dict.fromkeys(DECISIONS, "decided_on"),
}
_ONE_REASON = frozenset({
    "withdraw_person", "withdraw_landlord", "end_tenancy", "reopen", "reopen_offer", "restore_tenancy", "postpone",
})
_GONE = {VacancyState.LET: "est noté comme loué", VacancyState.WITHDRAWN: "a été retiré"}
# What a proposal that starts again no longer holds: a stale rank would stand before those of the next session.
_FORGOTTEN: dict[str, Any] = {
    "session": None, "rank": None, "document": "", "document_due_on": None, "decided_on": None, "decided_by": None,
    "notified_on": None, "answer_due_on": None, "answered_on": None, "reasons": [], "stated": None, "grounds": [],
    "quartile": None, "in_scheme": False, "is_transfer": False, "visit_on": None,
}


def checked(row: Proposal, action: str, given: Mapping[str, Any], *, today: date, by: Actor) -> dict[str, Any]:
    """
    Return what the act is recorded with, or refuse it with the sentence to read.

    What is missing is left to the table, which says so; what is there must be possible.
    """
    values = dict(given)
    if by.role is Role.CAND:
        # The person says why, today; nothing else of the file is hers to write.
        values = {name: one for name, one in values.items() if name in ("reason", "reasons")}
        values |= {"answered_on": today} if action in ("accept", "refuse") else {}
    if action in _ONE_REASON and values.get("reason") and values["reason"] not in reasons_for(action, today):
        raise Refused("Choisissez une raison de la liste.")
    if action in DECISIONS:
        values |= _decision(row, DECISIONS[action], values, today, by)
    check = _CHECKS.get(action)
    if check is not None:
        values |= check(row, values, today)
    return values


def fact_day(action: str, values: Mapping[str, Any]) -> date | None:
    """Return the day of the fact that an act tells, ``None`` when it is the day on which it is written."""
    found = values.get(_FACT.get(action, ""))
    return found if isinstance(found, date) else None


def _after(day: date | None, floor: date | None, what: str) -> None:
    if day is not None and floor is not None and day < floor:
        raise Refused(typography(f"Le {day:%d/%m/%Y} est avant {what} du {floor:%d/%m/%Y} : vérifiez la date."))


def require_open(row: Proposal) -> None:
    """Refuse to offer a dwelling that is no longer to be let."""
    state = VacancyState(row.vacancy.state)
    if state in _GONE:
        raise Refused(typography(f"Ce logement {_GONE[state]} : remettez-le en ligne d'abord."))


# Visits and files.


def _visit(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    day = values.get("visit_on")
    if day is not None and not row.opened_on <= day <= today + FAR:
        raise Refused(typography(f"Visite le {day:%d/%m/%Y} : vérifiez la date."))
    return {}


def _missed(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    return {"visit_on": None}


def _codes(values: Mapping[str, Any], name: str, today: date) -> list[str]:
    found = [str(one) for one in values.get(name) or ()]
    committee.check_documents(found, today)
    return found


def _declare_missing(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    missing = _codes(values, "missing_documents", today)
    if not missing:
        return {}
    needed = {*row.needed_documents, *missing}
    return {
        "needed_documents": sorted(needed), "documents": sorted(set(row.documents) - set(missing)),
        "missing_documents": missing,
    }


def _complete(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    received = _codes(values, "documents", today)
    if not received:
        return {}
    needed = {*row.needed_documents, *received}
    lacking = committee.missing_documents(needed, received, today)
    if lacking:
        names = committee.documents(today)
        raise Refused(typography(
            f"Le dossier n'est pas complet : il manque {listed(names[code] for code in lacking)}."
        ))
    return {"needed_documents": sorted(needed), "documents": sorted(set(received))}


# The committee.


def _agenda(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    session = values.get("session")
    if not isinstance(session, Session) or session.organisation_id != row.organisation_id:
        raise Refused("Choisissez la séance de la commission où ce dossier sera examiné.")
    require_open(row)
    return {"session_on": session.on}


def _postpone(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    return {"session": None}


def _decision(
    row: Proposal, decision: Decision, values: dict[str, Any], today: date, by: Actor
) -> dict[str, Any]:
    on = values.get("decided_on")
    if not isinstance(on, date):
        return {}
    _after(on, row.opened_on, "la proposition")
    reasons = tuple(values.get("reasons") or ([values["reason"]] if values.get("reason") else ()))
    ruling = Ruling(
        decision, on, str(by.user_id or ""), values.get("rank"), values.get("document"), reasons,
        str(values.get("stated") or ""), bool(values.get("aids_looked_at")),
    )
    committee.check_ruling(ruling, missing=committee.missing_documents(row.needed_documents, row.documents, on))
    _income(row, decision, reasons, on)
    _rank(row, decision, values)
    found: dict[str, Any] = {
        **decision_facts(row.household, row.vacancy, on), "decided_by": User.objects.get(pk=by.user_id),
    }
    if decision is Decision.ALLOCATED_CONDITIONAL and not values.get("document_due_on"):
        found["document_due_on"] = committee.document_due_on(on)
    return found


def _income(row: Proposal, decision: Decision, reasons: tuple[str, ...], on: date) -> None:
    """Refuse to allocate above the ceiling of the dwelling, and to reject whom another funding admits."""
    if decision in (Decision.ALLOCATED, Decision.ALLOCATED_RANKED, Decision.ALLOCATED_CONDITIONAL):
        ceilings.check_income(row.household, row.vacancy, on)
    admitted = ceilings.admitted_fundings(row.household, row.vacancy, on)
    if decision is Decision.REJECTED_INADMISSIBLE and "ABOVE_EVERY_CEILING" in reasons and admitted:
        raise Refused(typography(
            f"Les revenus restent dans la limite du plafond {' ou '.join(admitted)} : la demande reste active, elle ne "
            "peut pas être rejetée pour ce motif."
        ))


def _rank(row: Proposal, decision: Decision, values: Mapping[str, Any]) -> None:
    taken = Proposal.objects.filter(
        vacancy_id=row.vacancy_id, state=HousingState.ALLOCATED_RANKED, rank=values.get("rank")
    ).exclude(pk=row.pk)
    if decision is Decision.ALLOCATED_RANKED and taken.exists():
        raise Refused(typography(f"Le rang {values['rank']} est déjà donné pour ce logement."))


def _received(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    _after(values.get("received_on"), row.decided_on, "la décision")
    there = {*row.documents, *_codes(values, "documents", today), *([row.document] if row.document else ())}
    lacking = committee.missing_documents(row.needed_documents, there, today)
    if lacking:
        names = committee.documents(today)
        raise Refused(typography(
            f"Il manque encore {listed(names[code] for code in lacking)} : cochez aussi ce qui est arrivé."
        ))
    return {"documents": sorted(there)}


def _call(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    others = rivals_of(row)
    check_call(RankedProposal(str(row.pk), row.rank or 99, row.state), others)
    if any(one.state in HOLDING_THE_DWELLING or one.state == HousingState.ALLOCATED for one in others):
        raise Refused("Ce logement est encore proposé à un autre ménage : attendez sa réponse.")
    require_open(row)
    return {}


# The offer and its answer.


def _notify(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    notified, due = values.get("notified_on"), values.get("answer_due_on")
    _after(notified, row.decided_on, "la décision")
    require_open(row)
    if notified is not None and due is not None:
        check_answer_due(notified, due)
    return {"answered_on": None}


def _accept(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    day = values.get("answered_on")
    _after(day, row.notified_on, "la notification")
    due = row.answer_due_on if row.state == HousingState.NOTIFIED else None
    if due is not None and day is not None and day > due:
        raise Refused(typography(
            f"La réponse était attendue le {due:%d/%m/%Y} au plus tard : l'offre est refusée par le "
            "silence (CCH art. R441-10). Le bailleur peut la rouvrir."
        ))
    return {"reasons": []}


def _refuse(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    codes = [str(one) for one in values.get("reasons") or ()]
    if not codes:
        return {}
    refusal_families(codes, today)
    if NO_ANSWER in codes:
        raise Refused("Le silence n'est pas une raison à choisir : il vaut refus de lui-même à l'échéance.")
    _after(values.get("answered_on"), row.notified_on, "la notification")
    return {"reasons": list(dict.fromkeys(codes))}


# The lease and after.


def _lease(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    _after(values.get("signed_on"), row.answered_on or row.decided_on, "l'acceptation")
    if row.vacancy.state == VacancyState.WITHDRAWN:
        require_open(row)
    return {}


def _inventory(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    _after(values.get("inventory_on"), row.signed_on, "la signature du bail")
    return {}


def _keys(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    _after(values.get("keys_on"), row.inventory_on or row.signed_on, "la signature du bail ou l'état des lieux")
    return {}


def _first_call(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    _after(values.get("called_on"), row.keys_on, "la remise des clés")
    return {}


def _held(action: str) -> Callable[[Proposal, dict[str, Any], date], dict[str, Any]]:
    def check(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
        day, due = values.get("checked_on"), dict(tenancy_dates(proposal_value(row))).get(action)
        if day is not None and due is not None and day < due:
            raise Refused(typography(f"Le point à {action[6]} mois se note à partir du {due:%d/%m/%Y}."))
        return {}
    return check


def _ended(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    _after(values.get("ended_on"), row.signed_on, "la signature du bail")
    return {}


# What was closed comes back.


def _reopened(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    require_open(row)
    ceilings.check_income(row.household, row.vacancy, today)
    return dict(_FORGOTTEN)


def _offer_again(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    require_open(row)
    due = values.get("answer_due_on")
    if due is not None:
        check_answer_due(today, due)
    return {"answered_on": None, "reasons": []}


def _restored(row: Proposal, values: dict[str, Any], today: date) -> dict[str, Any]:
    return {"ended_on": None}


_CHECKS: dict[str, Callable[[Proposal, dict[str, Any], date], dict[str, Any]]] = {
    "plan_visit": _visit, "miss_visit": _missed, "declare_missing": _declare_missing, "complete_file": _complete,
    "put_on_agenda": _agenda, "postpone": _postpone, "receive_document": _received, "call_rank": _call,
    "notify": _notify, "accept": _accept, "refuse": _refuse, "sign_lease": _lease, "make_inventory": _inventory,
    "hand_keys": _keys, "call_1m": _first_call, "check_3m": _held("check_3m"), "check_6m": _held("check_6m"),
    "end_tenancy": _ended, "reopen": _reopened, "reopen_offer": _offer_again, "restore_tenancy": _restored,
}
