"""
French words of the follow-up: what an act was, once done; what an alert is called and what one does about it.

The tables of ``core.lifecycles`` name an act by the verb of its button; a timeline tells it in the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from untoit.core import parameters
from untoit.core.lifecycles.effects import Track
from untoit.core.wording import listed

HOUSING_ACTS = {
    "propose": "Logement proposé", "plan_visit": "Visite fixée", "record_visit": "Visite faite",
    "miss_visit": "Visite manquée", "declare_missing": "Pièces manquantes notées", "complete_file": "Dossier complet",
    "put_on_agenda": "À l'ordre du jour de la commission", "postpone": "Reporté à une autre séance",
    "take_back": "Décision reprise avant le procès-verbal",
    "allocate": "Logement attribué", "allocate_ranked": "Logement attribué avec un rang",
    "allocate_conditional": "Logement attribué sous condition", "not_allocate": "Logement non attribué",
    "reject": "Demande rejetée pour irrecevabilité", "receive_document": "Pièce reçue, condition levée",
    "call_rank": "Rang appelé", "notify": "Offre notifiée", "accept": "Offre acceptée", "refuse": "Logement refusé",
    "lapse": "Offre restée sans réponse", "withdraw_person": "Retrait de la personne",
    "withdraw_landlord": "Proposition retirée par le bailleur", "supersede": "Proposition retirée : un bail est signé",
    "sign_lease": "Bail signé", "make_inventory": "État des lieux d'entrée fait", "hand_keys": "Clés remises",
    "call_1m": "Appel du premier mois fait", "check_3m": "Maintien dans le logement vérifié à 3 mois",
    "check_6m": "Maintien dans le logement vérifié à 6 mois", "end_tenancy": "Bail terminé",
    "reopen": "Proposition rouverte", "reopen_offer": "Offre de logement rouverte", "restore_tenancy": "Bail rétabli",
}
# Read by employers too, in the news: nothing here speaks of a home.
JOB_ACTS = {
    "apply": "Candidature ouverte", "plan_interview": "Entretien fixé", "record_interview": "Entretien fait",
    "miss_interview": "Entretien manqué", "keep_in_pool": "Gardée dans le vivier", "offer": "Emploi proposé",
    "hire": "Embauche", "turn_down": "Candidature non retenue", "withdraw_person": "Retrait de la personne",
    "withdraw_employer": "Offre retirée par l'employeur", "close_offer": "Offre d'emploi close",
    "pass_trial": "Période d'essai passée", "break_trial": "Période d'essai rompue",
    "change_contract": "Contrat changé", "hold_1m": "En poste à 1 mois", "hold_3m": "En poste à 3 mois",
    "hold_6m": "En poste à 6 mois", "end": "Contrat terminé", "reopen": "Candidature rouverte",
    "restore": "Contrat rétabli", "say_held": "Dit être toujours en poste",
    "say_ended": "Dit que le contrat a pris fin", "settle_words": "Deux paroles départagées",
}
PATHWAY_ACTS = {
    "open": "Parcours ouvert", "orient": "Orientée", "consent": "Accord recueilli", "prepare": "Préparation commencée",
    "invite": "Invitée à une rencontre", "attend": "Présente à une rencontre", "interview": "Reçue en entretien",
    "offer_job": "Emploi proposé", "propose_home": "Logement proposé", "hire": "Embauchée",
    "allocate": "Logement attribué", "sign_lease": "Bail signé", "maintain_3m": "Logement et emploi tenus 3 mois",
    "maintain_6m": "Logement et emploi tenus 6 mois", "pause": "Parcours en pause", "resume": "Parcours repris",
    "hand_over": "Relais entre référents", "ask_move": "Demande de déplacer un rendez-vous",
    "withdraw_consent": "Accord retiré", "exit": "Sortie du parcours", "reopen": "Parcours rouvert",
}
ACTS: Mapping[str, Mapping[str, str]] = {
    Track.HOUSING: HOUSING_ACTS, Track.JOB: JOB_ACTS, Track.PATHWAY: PATHWAY_ACTS,
}
# The only acts on a home of which the Département and the employment partner read (access.md, note 4).
STAGE_ACTS = {
    "propose": "Proposition de logement", "sign_lease": "Bail signé", "hand_keys": "Entrée dans les lieux",
}
TRACK_NAMES: dict[str, str] = {Track.HOUSING: "Logement", Track.JOB: "Emploi", Track.PATHWAY: "Parcours"}


@dataclass(frozen=True, slots=True)
class AlertWords:
    """The short name of an alert, and what one does about it."""

    name: str
    todo: str


_CALL = "Appelez la personne, puis notez ce qui a été dit."
_NEARBY = "Regardez les logements libres et les tandems."
ALERTS = {
    "answer_overdue": AlertWords("réponse en retard", "Notez la réponse si elle est partie à temps."),
    "answer_due": AlertWords("réponse attendue", "Appelez la personne avant l'échéance."),
    "document_due": AlertWords("pièce attendue", "Demandez la pièce, ou notez qu'elle est arrivée."),
    "call_1m_due": AlertWords("appel du premier mois", _CALL),
    "check_3m_due": AlertWords("maintien à 3 mois dans le logement", _CALL),
    "check_6m_due": AlertWords("maintien à 6 mois dans le logement", _CALL),
    "employment_changed": AlertWords("emploi changé", "Appelez la personne : rien n'est retiré."),
    "tenancy_ended_while_hired": AlertWords("bail terminé, en emploi", _NEARBY),
    "lease_refused_while_hired": AlertWords("en emploi, sans logement", _NEARBY),
    "trial_broken_after_lease": AlertWords(
        "essai rompu après le bail", "Prenez rendez-vous avec la personne, puis notez la suite."
    ),
    "job_ended_after_lease": AlertWords(
        "emploi perdu après le bail", "Prenez rendez-vous avec la personne, puis notez la suite."
    ),
    "hold_1m_due": AlertWords("en poste à 1 mois ?", "Demandez à l'employeur ou à la personne."),
    "hold_3m_due": AlertWords("en poste à 3 mois ?", "Demandez à l'employeur ou à la personne."),
    "hold_6m_due": AlertWords("en poste à 6 mois ?", "Demandez à l'employeur ou à la personne."),
    "trial_ends": AlertWords("fin de la période d'essai", _CALL),
    "silence_after_event": AlertWords("sans suite après une rencontre", "Reprenez contact avec la personne."),
}
# Which of them each side reads: the landlord, and those who accompany towards work.
LANDLORD_ALERTS = (
    "answer_overdue", "answer_due", "document_due", "call_1m_due", "check_3m_due", "check_6m_due",
    "employment_changed", "tenancy_ended_while_hired", "lease_refused_while_hired",
)
SUPPORT_ALERTS = (
    "tenancy_ended_while_hired", "lease_refused_while_hired",
    "trial_broken_after_lease", "job_ended_after_lease", "hold_1m_due", "hold_3m_due", "hold_6m_due", "trial_ends",
    "silence_after_event",
)


def act_words(track: str, action: str) -> str:
    """Return what an act was; an act that a newer version wrote is « Suivi modifié »."""
    return ACTS[track].get(action, "Suivi modifié")


def reason_words(track: str, action: str, codes: Iterable[str], on: date) -> str:
    """
    Return the reasons of an act in French, by the lists in force that day; a code of no list is left out.

    Why a contract ended is not told here: who accompanies reads « fin » or « rupture », which the act says already.
    """
    known = _reasons(track, action, on)
    return listed(known[code] for code in codes if code in known)


def _reasons(track: str, action: str, on: date) -> dict[str, str]:
    match track, action:
        case Track.HOUSING, "refuse":
            return _labels(parameters.at("followup/refusal_reasons", on)["reasons"])
        case Track.HOUSING, "end_tenancy":
            return _labels(parameters.at("followup/tenancy", on)["ends"])
        case Track.HOUSING, "not_allocate" | "reject" | "withdraw_person" | "withdraw_landlord":
            name = {"not_allocate": "not_allocated", "reject": "inadmissible", "withdraw_person": "person_withdraws",
                    "withdraw_landlord": "landlord_withdraws"}[action]
            return _labels(parameters.at("followup/committee_reasons", on)[name])
        case Track.JOB, "turn_down":
            return _labels(parameters.at("followup/job_reasons", on)["not_retained"])
        case Track.JOB, "withdraw_person":
            return _labels(parameters.at("followup/job_reasons", on)["person_withdraws"])
        case Track.PATHWAY, "exit":
            return _labels(parameters.at("followup/pathway", on)["exits"])
    return {}


def _labels(listed_reasons: Mapping[str, Any]) -> dict[str, str]:
    return {
        code: str(one["label"]) if isinstance(one, Mapping) else str(one) for code, one in listed_reasons.items()
    }
