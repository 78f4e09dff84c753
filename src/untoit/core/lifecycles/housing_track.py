"""
The housing track: what may happen to one proposal of one dwelling to one household, from the proposal to six months in.

The table says who may act and what the act needs; :data:`SOURCES` gives the text or the usage behind each act. What the
committee may decide is in :mod:`untoit.core.lifecycles.committee`; what follows an act (tasks, letters, the other
proposals) in :mod:`untoit.core.lifecycles.case`. Deciding is for ``LM`` and ``PART``, who write for the committee.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.lifecycle import CLOCK, Lifecycle, t
from untoit.core.wording import listed, typography

PARIS = ZoneInfo("Europe/Paris")


class HousingState(StrEnum):
    """Where one proposal of a dwelling stands."""

    PROPOSED = "proposed"
    VISIT_PLANNED = "visit_planned"
    VISITED = "visited"
    FILE_INCOMPLETE = "file_incomplete"
    FILE_COMPLETE = "file_complete"
    ON_AGENDA = "on_agenda"
    ALLOCATED = "allocated"
    ALLOCATED_RANKED = "allocated_ranked"
    ALLOCATED_CONDITIONAL = "allocated_conditional"
    NOT_ALLOCATED = "not_allocated"
    REJECTED_INADMISSIBLE = "rejected_inadmissible"
    NOTIFIED = "notified"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REFUSED = "refused"
    REFUSED_SILENCE = "refused_silence"
    WITHDRAWN = "withdrawn"
    LEASE_SIGNED = "lease_signed"
    INVENTORY_DONE = "inventory_done"
    KEYS_HANDED = "keys_handed"
    CALLED_1M = "called_1m"
    CHECKED_3M = "checked_3m"
    CHECKED_6M = "checked_6m"
    TENANCY_ENDED = "tenancy_ended"


S = HousingState
HOUSING_STATE_NAMES = {
    S.PROPOSED: "Proposé", S.VISIT_PLANNED: "Visite prévue", S.VISITED: "Visité",
    S.FILE_INCOMPLETE: "Dossier à compléter", S.FILE_COMPLETE: "Dossier complet",
    S.ON_AGENDA: "À l'ordre du jour de la commission", S.ALLOCATED: "Attribué",
    S.ALLOCATED_RANKED: "Attribué avec un rang", S.ALLOCATED_CONDITIONAL: "Attribué sous condition",
    S.NOT_ALLOCATED: "Non attribué", S.REJECTED_INADMISSIBLE: "Rejeté pour irrecevabilité",
    S.NOTIFIED: "Offre notifiée", S.ACCEPTED: "Offre acceptée",
    S.DECLINED: "Décliné avant l'offre", S.REFUSED: "Offre refusée", S.REFUSED_SILENCE: "Refusé (sans réponse)",
    S.WITHDRAWN: "Retiré", S.LEASE_SIGNED: "Bail signé",
    S.INVENTORY_DONE: "État des lieux fait", S.KEYS_HANDED: "Clés remises", S.CALLED_1M: "Appel du premier mois fait",
    S.CHECKED_3M: "Maintien à 3 mois", S.CHECKED_6M: "Maintien à 6 mois", S.TENANCY_ENDED: "Bail terminé",
}

# Who writes for the landlord, who decides for it, and the person, for whom the landlord may record what she or he says.
ADVISERS = frozenset({"LA", "LM", "PART"})
DECIDERS = frozenset({"LM", "PART"})
PERSON = "CAND"
ANSWERERS = ADVISERS | {PERSON}

BEFORE_AGENDA = frozenset({S.PROPOSED, S.VISIT_PLANNED, S.VISITED, S.FILE_INCOMPLETE, S.FILE_COMPLETE})
BEFORE_OFFER = BEFORE_AGENDA | {S.ON_AGENDA, S.ALLOCATED, S.ALLOCATED_RANKED, S.ALLOCATED_CONDITIONAL}
# What the committee may have decided, before anything followed.
DECIDED = frozenset(
    {S.ALLOCATED, S.ALLOCATED_RANKED, S.ALLOCATED_CONDITIONAL, S.NOT_ALLOCATED, S.REJECTED_INADMISSIBLE}
)
OPEN = BEFORE_OFFER | {S.NOTIFIED, S.ACCEPTED}
LEASED = frozenset(
    {S.LEASE_SIGNED, S.INVENTORY_DONE, S.KEYS_HANDED, S.CALLED_1M, S.CHECKED_3M, S.CHECKED_6M}
)
# A dwelling may be offered to one household at a time: what a database constraint guards.
HOLDING_THE_DWELLING = frozenset({S.NOTIFIED, S.ACCEPTED}) | LEASED
REFUSED_OFFERS = frozenset({S.REFUSED, S.REFUSED_SILENCE})
REFUSALS = REFUSED_OFFERS | {S.DECLINED}
CLOSED = REFUSALS | {S.WITHDRAWN, S.NOT_ALLOCATED, S.REJECTED_INADMISSIBLE}

HOUSING = Lifecycle(
    "housing_proposal",
    initial=S.PROPOSED,
    state_names=tuple((state.value, name.lower()) for state, name in HOUSING_STATE_NAMES.items()),
    transitions=(
        t("plan_visit", {S.PROPOSED, S.VISIT_PLANNED, S.VISITED}, S.VISIT_PLANNED, ADVISERS, ("visit_on",),
          label="Fixer une visite"),
        t("record_visit", {S.PROPOSED, S.VISIT_PLANNED}, S.VISITED, ADVISERS, ("visited_on",), label="Noter la visite"),
        # A visit may come after the committee: it is written without moving the offer.
        *(t(action, {state}, state, ADVISERS, (day,), label=label)
          for state in (S.FILE_INCOMPLETE, S.FILE_COMPLETE, S.NOTIFIED, S.ACCEPTED)
          for action, day, label in (("plan_visit", "visit_on", "Fixer une visite"),
                                     ("record_visit", "visited_on", "Noter la visite"))),
        t("miss_visit", {S.VISIT_PLANNED}, S.PROPOSED, ADVISERS, label="Noter une visite manquée"),
        t("declare_missing", BEFORE_AGENDA, S.FILE_INCOMPLETE, ADVISERS, ("missing_documents",),
          label="Noter les pièces manquantes"),
        t("complete_file", BEFORE_AGENDA - {S.FILE_COMPLETE}, S.FILE_COMPLETE, ADVISERS, ("documents",),
          label="Dossier complet"),
        t("put_on_agenda", {S.FILE_INCOMPLETE, S.FILE_COMPLETE}, S.ON_AGENDA, ADVISERS, ("session_on",),
          label="Mettre à l'ordre du jour"),
        # Between two sessions papers age: the file is looked at again.
        t("postpone", {S.ON_AGENDA}, S.FILE_INCOMPLETE, ADVISERS, ("reason",), label="Reporter à une autre séance"),
        t("allocate", {S.ON_AGENDA}, S.ALLOCATED, DECIDERS, ("decided_on",), label="Attribuer"),
        t("allocate_ranked", {S.ON_AGENDA}, S.ALLOCATED_RANKED, DECIDERS, ("decided_on", "rank"),
          label="Attribuer avec un rang"),
        t("allocate_conditional", {S.ON_AGENDA}, S.ALLOCATED_CONDITIONAL, DECIDERS,
          ("decided_on", "document", "document_due_on"), label="Attribuer sous condition"),
        t("not_allocate", {S.ON_AGENDA, S.ALLOCATED_CONDITIONAL}, S.NOT_ALLOCATED, DECIDERS, ("decided_on", "reasons"),
          label="Ne pas attribuer"),
        t("reject", {S.ON_AGENDA}, S.REJECTED_INADMISSIBLE, DECIDERS, ("decided_on", "reason", "stated"),
          label="Rejeter pour irrecevabilité"),
        # Until the minutes are settled, a decision written down wrongly goes back to the agenda, with its trace.
        t("take_back", DECIDED, S.ON_AGENDA, DECIDERS, ("reason", "session_on"), label="Reprendre la décision"),
        t("receive_document", {S.ALLOCATED_CONDITIONAL}, S.ALLOCATED, ADVISERS, ("received_on",),
          label="Pièce reçue : lever la condition"),
        # The next rank is proposed by the software and called by a person.
        t("call_rank", {S.ALLOCATED_RANKED}, S.ALLOCATED, ADVISERS, ("called_on",), label="Appeler ce rang"),
        t("notify", {S.ALLOCATED}, S.NOTIFIED, ADVISERS, ("notified_on", "answer_due_on"), label="Notifier l'offre"),
        t("accept", {S.NOTIFIED}, S.ACCEPTED, ANSWERERS, ("answered_on",), label="Accepter"),
        # Said before the offer, a refusal is no answer to one: it comes back through the committee, not as an offer.
        t("refuse", BEFORE_OFFER, S.DECLINED, ANSWERERS, ("reasons",), label="Refuser"),
        t("refuse", {S.NOTIFIED}, S.REFUSED, ANSWERERS, ("reasons",), label="Refuser"),
        t("lapse", {S.NOTIFIED}, S.REFUSED_SILENCE, {CLOCK}, label="Sans réponse à l'échéance"),
        t("withdraw_person", OPEN, S.WITHDRAWN, ANSWERERS, ("reason",), label="Se retirer"),
        t("withdraw_landlord", OPEN - {S.ACCEPTED}, S.WITHDRAWN, ADVISERS, ("reason",), label="Retirer la proposition"),
        # An accepted offer is nearly a promise: taking it back is for who decides.
        t("withdraw_landlord", {S.ACCEPTED}, S.WITHDRAWN, DECIDERS, ("reason",), label="Retirer la proposition"),
        t("supersede", OPEN, S.WITHDRAWN, {CLOCK}, ("lease_signed_on",), label="Retirer : un bail est signé"),
        t("sign_lease", {S.ACCEPTED}, S.LEASE_SIGNED, ADVISERS, ("signed_on",), label="Bail signé"),
        t("make_inventory", {S.LEASE_SIGNED}, S.INVENTORY_DONE, ADVISERS, ("inventory_on",),
          label="État des lieux d'entrée"),
        t("hand_keys", {S.LEASE_SIGNED, S.INVENTORY_DONE}, S.KEYS_HANDED, ADVISERS, ("keys_on",),
          label="Remettre les clés"),
        t("call_1m", {S.KEYS_HANDED}, S.CALLED_1M, ADVISERS, ("called_on",), label="Appel du premier mois"),
        t("check_3m", {S.KEYS_HANDED, S.CALLED_1M}, S.CHECKED_3M, ADVISERS, ("checked_on",), label="Maintien à 3 mois"),
        t("check_6m", {S.KEYS_HANDED, S.CALLED_1M, S.CHECKED_3M}, S.CHECKED_6M, ADVISERS, ("checked_on",),
          label="Maintien à 6 mois"),
        t("end_tenancy", LEASED, S.TENANCY_ENDED, ADVISERS, ("ended_on", "reason"), label="Bail terminé"),
        # Nothing is terminal: what was closed comes back under a name, with a reason.
        t("reopen", CLOSED, S.PROPOSED, ADVISERS, ("reason",), label="Rouvrir la proposition"),
        t("reopen_offer", REFUSED_OFFERS, S.NOTIFIED, DECIDERS, ("reason", "answer_due_on"), label="Rouvrir l'offre"),
        t("restore_tenancy", {S.TENANCY_ENDED}, S.KEYS_HANDED, DECIDERS, ("reason",), label="Rétablir le bail"),
    ),
)

_USAGE = "Usage du projet (référence métier, section 5)"
SOURCES = {
    "plan_visit": _USAGE, "record_visit": _USAGE, "miss_visit": _USAGE,
    "declare_missing": "CCH art. R441-2-4-1 et arrêté du 22/12/2020 : liste limitative des pièces",
    "complete_file": "CCH art. R441-2-4-1 et arrêté du 22/12/2020 : liste limitative des pièces",
    "put_on_agenda": "CCH art. R441-3 : trois candidats au moins par logement, sauf exception écrite",
    "postpone": "CCH art. L441-2 (règlement intérieur de la commission)",
    "allocate": "CCH art. R441-3, 1° : attribution",
    "allocate_ranked": "CCH art. R441-3, 2° : attribution avec classement",
    "allocate_conditional": "CCH art. R441-3, 3° : condition suspensive, pièce de la liste limitative",
    "not_allocate": "CCH art. R441-3, 4° et L441-2-2 : décision écrite et motivée, la demande reste active",
    "reject": "CCH art. R441-3, 5° et R441-2-8 : irrecevabilité, avertissement puis radiation après un mois",
    "take_back": "Principe du projet : rien n'est définitif, jusqu'au procès-verbal",
    "receive_document": "CCH art. R441-3, 3° : la condition est levée",
    "call_rank": "CCH art. R441-3, 2° : le rang suivant après le refus du précédent",
    "notify": "CCH art. L441-2-2 et R441-10 : offre écrite, dix jours au moins pour répondre",
    "accept": "CCH art. R441-10",
    "refuse": "CCH art. R441-10 ; raisons : liste du projet",
    "lapse": "CCH art. R441-10 : le silence vaut refus",
    "withdraw_person": "CCH art. R441-2-8 (renonciation) ; la demande reste active sauf demande écrite",
    "withdraw_landlord": _USAGE,
    "supersede": "CCH art. R441-2-8 : la demande est satisfaite à la signature du bail",
    "sign_lease": "Loi n° 89-462 art. 3 ; CCH art. R441-2-8 : radiation à la signature",
    "make_inventory": "Loi n° 89-462 art. 3-2", "hand_keys": "Loi n° 89-462 art. 3-2",
    "call_1m": _USAGE, "check_3m": _USAGE, "check_6m": _USAGE,
    "end_tenancy": "Loi n° 89-462 art. 12 et 15",
    "reopen": "Principe du projet : rien n'est définitif", "reopen_offer": "Principe du projet : rien n'est définitif",
    "restore_tenancy": "Principe du projet : rien n'est définitif",
}


def answer_due_on(notified_on: date) -> date:
    """Return the last day to answer: ten whole days after the day of the notification (CCH art. R441-10)."""
    return notified_on + timedelta(days=int(parameters.at("followup/committee", notified_on)["answer_days"]))


def answer_deadline(due_on: date) -> datetime:
    """Return the first instant that is too late: midnight in Paris at the end of the due day, 23:59 being in time."""
    return datetime.combine(due_on + timedelta(days=1), time.min, PARIS)


def has_lapsed(due_on: date, at: datetime) -> bool:
    """
    Whether silence has become a refusal at that instant.

    Raises
    ------
    ValueError
        When the instant has no time zone: an hour on either side of midnight changes the answer.
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be compared with the end of a day in Paris")
    return at >= answer_deadline(due_on)


def check_answer_due(notified_on: date, due_on: date) -> None:
    """Refuse an offer that leaves less than the legal time to answer; more is welcome."""
    least = answer_due_on(notified_on)
    if due_on < least:
        raise Refused(typography(
            f"Réponse attendue au {due_on:%d/%m/%Y} : la personne a dix jours au moins (CCH art. R441-10), "
            f"soit jusqu'au {least:%d/%m/%Y} inclus."
        ))


@dataclass(frozen=True, slots=True)
class RankedProposal:
    """One household that the committee put in order for one dwelling; ``reference`` is opaque."""

    reference: Hashable
    rank: int
    state: str


def next_rank(candidates: Sequence[RankedProposal]) -> RankedProposal | None:
    """
    Return who comes next for a dwelling, for a person to confirm; ``None`` while somebody holds it or none is left.

    A rank is reached only when every rank before it is over.
    """
    if any(each.state in HOLDING_THE_DWELLING or each.state == S.ALLOCATED for each in candidates):
        return None
    waiting = [each for each in candidates if each.state == S.ALLOCATED_RANKED]
    return min(waiting, key=lambda each: each.rank, default=None)


def check_call(candidate: RankedProposal, others: Iterable[RankedProposal]) -> None:
    """
    Refuse to call a rank while one before it has not refused.

    Raises
    ------
    Refused
        With the ranks that come first.
    """
    before = sorted(
        each.rank for each in others
        if each.rank < candidate.rank and each.state in OPEN | LEASED and each.reference != candidate.reference
    )
    if before:
        ranks = listed(f"rang {rank}" for rank in before)
        raise Refused(typography(
            f"Le rang {candidate.rank} ne peut être appelé qu'après le refus des précédents : {ranks} en attente."
        ))


def check_free(target: str, others: Iterable[str]) -> None:
    """
    Refuse an act that would offer, accept or let a dwelling that another household holds.

    ``others`` are the states of the other proposals of the dwelling. A database constraint guards the same.
    """
    if target in HOLDING_THE_DWELLING and any(state in HOLDING_THE_DWELLING for state in others):
        raise Refused("Ce logement est déjà proposé ou loué à un autre ménage.")


def check_one_lease(target: str, others: Iterable[str]) -> None:
    """Refuse a second lease of one household: ``others`` are the states of its other proposals."""
    if target in LEASED and any(state in LEASED for state in others):
        raise Refused("Ce ménage a déjà un bail en cours : terminez-le d'abord.")


def refusal_families(codes: Iterable[str], on: date) -> tuple[str, ...]:
    """
    Return the families of the fine codes of a refusal, each once, in the order of the list.

    Raises
    ------
    Refused
        When there is no code, or one that the list of that day does not know.
    """
    known = parameters.at("followup/refusal_reasons", on)
    chosen = tuple(codes)
    unknown = [code for code in chosen if code not in known["reasons"]]
    if not chosen or unknown:
        seen = listed(f"« {code} »" for code in unknown) or "aucune"
        raise Refused(typography(f"Raison de refus : {seen}. Attendu : une ou plusieurs raisons de la liste."))
    found = {known["reasons"][code]["family"] for code in chosen}
    return tuple(family for family in known["families"] if family in found)


def withdrawal_reasons(action: str, on: date) -> dict[str, str]:
    """Return the reasons that a withdrawal may give, code to words, by who withdraws."""
    lists = {"withdraw_person": "person_withdraws", "withdraw_landlord": "landlord_withdraws"}
    return dict(parameters.at("followup/committee_reasons", on)[lists[action]])
