"""The codes of a pathway in French words; what is noted of a person is a choice of a list, never a cause."""

from __future__ import annotations

from datetime import date

from untoit.core import parameters
from untoit.core.lifecycles import pathway_track as core
from untoit.core.lifecycles.lifecycle import Lifecycle
from untoit.records.followup.models.pathway import ItemKind

GOALS = {
    "JOB": "trouver un emploi", "KEEP_JOB": "garder mon emploi", "HOME": "trouver un logement",
    "TRAINING": "me former", "LANGUAGE": "progresser en français", "LICENCE": "passer le permis",
    "CHILDCARE": "organiser la garde des enfants", "RIGHTS": "faire valoir mes droits", "OTHER_GOAL": "autre objectif",
}
PAUSES = {
    "PERSON_ASKS": "à la demande de la personne", "BUSY": "emploi ou formation en cours", "AWAY": "absence",
    "LATER": "à reprendre plus tard",
}
MISTAKE = "MISTAKE"
REOPENED = {"COMES_BACK": "la personne revient", MISTAKE: "erreur de saisie", "OTHER": "autre raison"}
DROPPED = {
    "NOT_USEFUL": "n'est plus utile", "ELSEWHERE": "fait autrement", "PERSON_STOPS": "choix de la personne",
    MISTAKE: "erreur de saisie", "OTHER": "autre raison",
}
ITEM_REOPENED = {"TO_DO_AGAIN": "à refaire", MISTAKE: "erreur de saisie", "OTHER": "autre raison"}
CANCELLED = {
    "PERSON": "à la demande de la personne", "SERVICE": "par le service", MISTAKE: "erreur de saisie",
    "OTHER": "autre raison",
}
CORRECTED = {MISTAKE: "erreur de saisie", "OTHER": "autre raison"}
WISHES = {
    "MORNING": "un matin", "AFTERNOON": "un après-midi", "OTHER_DAY": "un autre jour", "LATER": "plus tard",
    "PHONE": "par téléphone",
}
TABLES: dict[str, Lifecycle] = {
    ItemKind.GOAL: core.GOAL, ItemKind.ACTION: core.ACTION, ItemKind.OBSTACLE: core.OBSTACLE,
}
# The acts that no table has: who follows changes, and what the person asks.
OPEN, HAND_OVER, ASK_MOVE = "open", "hand_over", "ask_move"
# What the acts of the table are once done.
DONE = {
    OPEN: "Parcours ouvert", "orient": "Orientation", "consent": "Accord recueilli", "prepare": "Préparation",
    "pause": "Mise en pause", "resume": "Reprise", "withdraw_consent": "Accord retiré", "exit": "Sortie du parcours",
    "reopen": "Parcours rouvert", HAND_OVER: "Relais entre référents", ASK_MOVE: "Demande de déplacer un rendez-vous",
}


def activities(on: date) -> dict[str, str]:
    """Return what counts as activity: code to words."""
    return dict(parameters.at("followup/pathway", on)["activities"])


def codes(kind: str, on: date) -> dict[str, str]:
    """Return what an item of this kind may be."""
    known = {ItemKind.GOAL: GOALS, ItemKind.ACTION: activities(on), ItemKind.OBSTACLE: core.obstacles(on)}
    return known[ItemKind(kind)]


def reasons(action: str, on: date) -> dict[str, str]:
    """Return the reasons that an act on a pathway may have; none for an act without a reason."""
    return {"pause": PAUSES, "exit": core.exits(on), "reopen": REOPENED}.get(action, {})


def item_reasons(action: str) -> dict[str, str]:
    """Return the reasons that an act on an item may have."""
    return {"drop": DROPPED, "reopen": ITEM_REOPENED}.get(action, {})


def appointment_reasons(action: str) -> dict[str, str]:
    """Return the reasons that an act on an appointment may have."""
    return {"cancel": CANCELLED, "correct": CORRECTED}.get(action, {})


def capital(text: str) -> str:
    """Return a sentence that starts with a capital."""
    return text[:1].upper() + text[1:]


def act_words(action: str) -> str:
    """Return what an act on a pathway is once done: an advance is named by the stage that it leads to."""
    if action in DONE:
        return DONE[action]
    return next((one.label for one in core.PATHWAY.transitions if one.action == action), action)


def reason_words(action: str, code: str, on: date) -> str:
    """Return the words of a reason noted with an act on a pathway."""
    return reasons(action, on).get(code, "")
