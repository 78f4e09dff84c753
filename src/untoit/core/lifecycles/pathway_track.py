"""
The pathway with the Département: stages, goals, actions, obstacles, hours of activity, and who follows the person.

Hours are shown beside the usual fifteen a week; they trigger nothing, and nothing here knows of a sanction (the tool
must not trigger nor advise one). A health need has no cause: no type of this module has a field to write it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.lifecycle import CLOCK, Lifecycle, t
from untoit.core.wording import number, typography


class Stage(StrEnum):
    """Where a pathway stands; the members are in order, but for the pause and the way out."""

    IDENTIFIED = "identified"
    ORIENTED = "oriented"
    CONSENTED = "consented"
    PREPARING = "preparing"
    INVITED = "invited"
    ATTENDED = "attended"
    INTERVIEWED = "interviewed"
    JOB_OFFERED = "job_offered"
    HOUSING_PROPOSED = "housing_proposed"
    HIRED = "hired"
    ALLOCATED = "allocated"
    LEASE_SIGNED = "lease_signed"
    MAINTAINED_3M = "maintained_3m"
    MAINTAINED_6M = "maintained_6m"
    PAUSED = "paused"
    EXITED = "exited"


G = Stage
STAGE_NAMES = {
    G.IDENTIFIED: "Repérée", G.ORIENTED: "Orientée", G.CONSENTED: "A donné son accord", G.PREPARING: "En préparation",
    G.INVITED: "Invitée à une rencontre", G.ATTENDED: "Présente à une rencontre", G.INTERVIEWED: "Reçue en entretien",
    G.JOB_OFFERED: "Emploi proposé", G.HOUSING_PROPOSED: "Logement proposé", G.HIRED: "Embauchée",
    G.ALLOCATED: "Logement attribué", G.LEASE_SIGNED: "Bail signé", G.MAINTAINED_3M: "Maintien à 3 mois",
    G.MAINTAINED_6M: "Maintien à 6 mois", G.PAUSED: "En pause", G.EXITED: "Sortie du parcours",
}
ORDER = tuple(stage for stage in Stage if stage not in (G.PAUSED, G.EXITED))
SUPPORTED = frozenset(ORDER[ORDER.index(G.CONSENTED):])

REFERENT, COACH, PERSON = "DEP", "EMPP", "CAND"
_SUPPORT = frozenset({REFERENT, COACH})
_ADVANCES = {
    G.INVITED: ("invite", "Inviter à une rencontre"), G.ATTENDED: ("attend", "Présente à la rencontre"),
    G.INTERVIEWED: ("interview", "Reçue en entretien"), G.JOB_OFFERED: ("offer_job", "Emploi proposé"),
    G.HOUSING_PROPOSED: ("propose_home", "Logement proposé"), G.HIRED: ("hire", "Embauchée"),
    G.ALLOCATED: ("allocate", "Logement attribué"), G.LEASE_SIGNED: ("sign_lease", "Bail signé"),
    G.MAINTAINED_3M: ("maintain_3m", "Maintien à 3 mois"), G.MAINTAINED_6M: ("maintain_6m", "Maintien à 6 mois"),
}

PATHWAY = Lifecycle(
    "pathway",
    initial=G.IDENTIFIED,
    state_names=tuple((stage.value, name.lower()) for stage, name in STAGE_NAMES.items()),
    transitions=(
        t("orient", {G.IDENTIFIED}, G.ORIENTED, {REFERENT}, label="Orienter"),
        t("consent", {G.IDENTIFIED, G.ORIENTED}, G.CONSENTED, _SUPPORT | {PERSON}, ("consented_on",),
          label="Recueillir l'accord"),
        t("prepare", SUPPORTED - {G.PREPARING}, G.PREPARING, _SUPPORT, label="Préparer"),
        # What the other tracks record moves the pathway forward by itself (the clock), never backward.
        *(t(action, set(ORDER[ORDER.index(G.CONSENTED):ORDER.index(stage)]), stage, _SUPPORT | {CLOCK}, label=label)
          for stage, (action, label) in _ADVANCES.items()),
        t("pause", SUPPORTED, G.PAUSED, _SUPPORT | {PERSON}, ("reason",), label="Mettre en pause"),
        t("resume", {G.PAUSED}, G.PREPARING, _SUPPORT | {PERSON}, label="Reprendre"),
        t("withdraw_consent", SUPPORTED | {G.PAUSED}, G.ORIENTED, _SUPPORT | {PERSON}, label="Retirer l'accord"),
        t("exit", set(ORDER) | {G.PAUSED}, G.EXITED, {REFERENT}, ("reason",), label="Sortir du parcours"),
        t("reopen", {G.EXITED}, G.ORIENTED, {REFERENT}, ("reason",), label="Rouvrir le parcours"),
    ),
)

_LAW = "Loi n° 2023-1196 du 18/12/2023 (contrat d'engagement) ; CASF art. L262-34 et suivants"
_RECORD = "Fait repris d'un autre suivi (référence métier, section 6)"
SOURCES = {
    "orient": _LAW, "consent": "RGPD art. 6 et 7 : accord de la personne", "prepare": _LAW,
    **{action: _RECORD for action, _ in _ADVANCES.values()},
    "pause": _LAW, "resume": _LAW, "withdraw_consent": "RGPD art. 7, 3 : retrait aussi simple que l'accord",
    "exit": _LAW, "reopen": "Principe du projet : rien n'est définitif",
}


class ItemState(StrEnum):
    """Where one action, goal or obstacle of the pathway stands."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"
    DROPPED = "dropped"


_WRITERS = _SUPPORT | {PERSON}


def _items(name: str, done: str, started: str, names: tuple[str, str, str, str]) -> Lifecycle:
    return Lifecycle(
        name,
        initial=ItemState.OPEN,
        state_names=tuple(zip((state.value for state in ItemState), names, strict=True)),
        transitions=(
            t("start", {ItemState.OPEN}, ItemState.STARTED, _WRITERS, label=started),
            t("finish", {ItemState.OPEN, ItemState.STARTED}, ItemState.DONE, _WRITERS, ("done_on",), label=done),
            t("drop", {ItemState.OPEN, ItemState.STARTED}, ItemState.DROPPED, _WRITERS, ("reason",),
              label="Abandonner"),
            t("reopen", {ItemState.DONE, ItemState.DROPPED}, ItemState.OPEN, _WRITERS, ("reason",), label="Rouvrir"),
        ),
    )


ACTION = _items("pathway_action", "Noter comme faite", "Commencer", ("à faire", "commencée", "faite", "abandonnée"))
GOAL = _items("pathway_goal", "Noter comme atteint", "Commencer", ("fixé", "commencé", "atteint", "abandonné"))
OBSTACLE = _items("pathway_obstacle", "Noter comme levé", "Commencer à lever",
                  ("repéré", "en train d'être levé", "levé", "écarté"))
ITEM_SOURCES = dict.fromkeys(("start", "finish", "drop", "reopen"), _LAW)


class AppointmentState(StrEnum):
    """Where one appointment of the pathway stands."""

    PLANNED = "planned"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


A = AppointmentState
# A missed appointment is written so that somebody calls; it goes nowhere else.
APPOINTMENT = Lifecycle(
    "appointment",
    initial=A.PLANNED,
    state_names=((A.PLANNED, "fixé"), (A.ATTENDED, "eu lieu"), (A.MISSED, "manqué"), (A.CANCELLED, "annulé")),
    transitions=(
        t("move", {A.PLANNED}, A.PLANNED, _WRITERS, ("new_at",), label="Déplacer"),
        t("attend", {A.PLANNED, A.MISSED}, A.ATTENDED, _SUPPORT, ("minutes",), label="A eu lieu"),
        t("miss", {A.PLANNED}, A.MISSED, _SUPPORT, label="Noter un rendez-vous manqué"),
        t("cancel", {A.PLANNED}, A.CANCELLED, _WRITERS, ("reason",), label="Annuler"),
        t("plan_again", {A.MISSED, A.CANCELLED}, A.PLANNED, _WRITERS, ("new_at",), label="Fixer de nouveau"),
        t("correct", {A.ATTENDED}, A.PLANNED, _SUPPORT, ("reason",), label="Corriger"),
    ),
)
APPOINTMENT_SOURCES = dict.fromkeys(("move", "attend", "miss", "cancel", "plan_again", "correct"), _LAW)


@dataclass(frozen=True, slots=True)
class PathwayAction:
    """One step with its owner (a role or a person, opaque) and its day: nothing is left without an owner."""

    code: str
    owner: str
    due_on: date
    state: str = ItemState.OPEN


def check_action(action: PathwayAction) -> None:
    """Refuse an action without an owner, or whose code is none of the list."""
    known = parameters.at("followup/pathway", action.due_on)["activities"]
    if not action.owner:
        raise Refused("Une action a quelqu'un qui s'en charge et une date.")
    if action.code not in known:
        raise Refused(typography(f"« {action.code} » n'est pas une action de la liste."))


def late(actions: Iterable[PathwayAction], on: date) -> tuple[PathwayAction, ...]:
    """Return the open actions whose day is over, oldest first."""
    still = (each for each in actions if each.state in (ItemState.OPEN, ItemState.STARTED) and each.due_on < on)
    return tuple(sorted(still, key=lambda each: (each.due_on, each.code)))


def obstacles(on: date) -> dict[str, str]:
    """Return the obstacles that may be noted: code to words, without any cause."""
    return dict(parameters.at("followup/pathway", on)["obstacles"])


def exits(on: date) -> dict[str, str]:
    """Return the reasons of the way out: code to words."""
    return dict(parameters.at("followup/pathway", on)["exits"])


@dataclass(frozen=True, slots=True)
class Activity:
    """Minutes of activity on one day: an appointment attended, an action done, an event, hours of work."""

    on: date
    minutes: int
    kind: str


@dataclass(frozen=True, slots=True)
class WeekOfActivity:
    """
    The hours of one week, and the usual target when it holds for this person.

    ``target_hours`` is ``None`` when the contract adapts or waives it. There is no verdict, on purpose: the sheet helps
    the person and the case manager talk, and nothing is sent or triggered from it.
    """

    monday: date
    hours: Fraction
    target_hours: int | None
    sentence: str


def activity_week(
    activities: Iterable[Activity], day: date, *, target_hours: int | None = None, waived: bool = False
) -> WeekOfActivity:
    """
    Return the hours of the week of that day, steps toward a home included.

    ``target_hours`` is the number agreed with the person, the usual one when ``None``.

    Raises
    ------
    Refused
        When an activity is of no known kind or has no duration.
    """
    policy = parameters.at("followup/pathway", day)
    monday = day - timedelta(days=day.weekday())
    minutes = 0
    for each in activities:
        if each.kind not in policy["activities"] or each.minutes <= 0:
            raise Refused(typography(f"Activité « {each.kind} » de {each.minutes} min : genre ou durée inconnus."))
        if monday <= each.on < monday + timedelta(days=7):
            minutes += each.minutes
    hours = Fraction(minutes, 60)
    target = None if waived else int(policy["weekly_hours"]) if target_hours is None else target_hours
    sunday = monday + timedelta(days=6)
    shown = f"{number(round(float(hours), 1))} h d'activité du {monday:%d/%m/%Y} au {sunday:%d/%m/%Y}"
    against = "repère suspendu" if target is None else f"repère : {target} h, adaptable"
    return WeekOfActivity(monday, hours, target, typography(f"{shown} ; {against}. Rien n'est transmis ni déclenché."))


@dataclass(frozen=True, slots=True)
class Assignment:
    """That a case manager (opaque) follows the person since a day; ``until`` is the last one, if any."""

    manager: str
    since: date
    until: date | None = None


def managers_on(assignments: Iterable[Assignment], on: date) -> tuple[str, ...]:
    """Return who follows the person on that day, the newest first: two during a handover, never none in between."""
    there = [each for each in assignments if each.since <= on and (each.until is None or on <= each.until)]
    return tuple(each.manager for each in sorted(there, key=lambda each: each.since, reverse=True))


def hand_over(assignments: Sequence[Assignment], to: str, on: date) -> tuple[Assignment, ...]:
    """
    Return the assignments after a handover: the one before goes on for the overlap, so that nobody falls in between.

    Raises
    ------
    Refused
        When the person is already followed by that case manager.
    """
    if to in managers_on(assignments, on):
        raise Refused("Cette personne suit déjà le parcours.")
    last = on + timedelta(days=int(parameters.at("followup/pathway", on)["handover_days"]))
    kept = [
        Assignment(each.manager, each.since, last) if each.until is None or each.until > last else each
        for each in assignments
    ]
    return (*kept, Assignment(to, on))
