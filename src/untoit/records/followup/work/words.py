"""The words and the lists of the job track, as pages and messages write them; nothing here speaks of a home."""

from __future__ import annotations

from datetime import date

from untoit.core.lifecycles import job_track
from untoit.core.lifecycles.job_track import Engagement

ENGAGEMENT_NAMES: dict[str, str] = {one.value: name for one, name in job_track.ENGAGEMENT_NAMES.items()}
# Contracts whose last day is known when they are signed: without it, nobody could say what they lead to.
WITH_A_TERM = frozenset(Engagement) - {Engagement.PERMANENT, Engagement.CIVIL_SERVICE, Engagement.BUSINESS}
# Why somebody opens again what was closed, or a contract noted as over.
REOPENED_FOR = {
    "MISTAKE": "noté par erreur", "CHANGED": "la situation a changé", "ASKED": "demandé par la personne",
}
# The same, given by the software when somebody corrects what she or he had said: nobody chooses them.
CORRECTED = {"SHEET": "fiche de la rencontre corrigée", "ANSWER": "réponse corrigée"}
_TRIAL = "TRIAL_"
# What was done, for a journal and for « c'est noté »; the table has the verbs of the buttons.
DONE = {
    "apply": "Candidature ouverte", "plan_interview": "Entretien fixé", "record_interview": "Entretien fait",
    "miss_interview": "Entretien manqué", "keep_in_pool": "Gardée dans le vivier", "offer": "Emploi proposé",
    "hire": "Embauche", "turn_down": "Candidature non retenue", "withdraw_person": "Retrait de la personne",
    "withdraw_employer": "Offre retirée par l'employeur", "close_offer": "Offre close",
    "pass_trial": "Période d'essai passée", "break_trial": "Période d'essai rompue",
    "change_contract": "Contrat changé",
    "hold_1m": "En poste à 1 mois", "hold_3m": "En poste à 3 mois", "hold_6m": "En poste à 6 mois",
    "end": "Contrat terminé", "reopen": "Candidature rouverte", "restore": "Contrat rétabli",
    "say_held": "Se dit toujours en poste", "say_ended": "Dit que le contrat est terminé",
    "settle_words": "Paroles éclaircies",
}


def reasons_for(action: str, on: date) -> dict[str, str]:
    """Return the reasons that an act may give, code to words: a trial is broken for its own ones only."""
    if action in ("reopen", "restore"):
        return dict(REOPENED_FOR)
    known = job_track.reasons(action, on)
    if action == "break_trial":
        return {code: words for code, words in known.items() if code.startswith(_TRIAL) or code == "OTHER"}
    if action == "end":
        return {code: words for code, words in known.items() if not code.startswith(_TRIAL)}
    return known


def done_words(action: str) -> str:
    """Return what an act did, in words."""
    return DONE.get(action, action)


def ends_for(on: date) -> dict[str, str]:
    """Return why a contract may be over, the trial period included: the list of a page that asks nothing else."""
    return job_track.reasons("end", on)


def ending_act(reason: str) -> str:
    """Return the act of the table that a reason of :func:`ends_for` stands for."""
    return "break_trial" if reason.startswith(_TRIAL) else "end"


def reason_words(action: str, code: str, on: date) -> str:
    """Return a reason in words, the code itself for one that the list no longer has."""
    return {**job_track.reasons(action, on), **REOPENED_FOR, **CORRECTED}.get(code, code.lower())


def end_words(state: str, reason: str) -> str:
    """Return how a contract ended as those who accompany the person read it: « fin » or « rupture », no more."""
    if state == job_track.JobState.TRIAL_BROKEN:
        return "rupture"
    return ("fin" if reason == "TERM" else "rupture") if state == job_track.JobState.ENDED else ""
