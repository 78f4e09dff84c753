"""
The job track: what may happen to one application of one person for one job, from the application to six months held.

Nothing here knows of a home, a household or a benefit: the employer acts in this table. The trial period and the checks
run side by side (a check at one month falls inside most trial periods), so the checks do not wait for the trial to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from untoit.core import parameters
from untoit.core.errors import Refused
from untoit.core.lifecycles.lifecycle import CLOCK, Lifecycle, t
from untoit.core.model.months import months_after, whole_months
from untoit.core.wording import listed, number, typography


class JobState(StrEnum):
    """Where one application for a job stands."""

    APPLIED = "applied"
    INTERVIEW_PLANNED = "interview_planned"
    INTERVIEWED = "interviewed"
    IN_POOL = "in_pool"
    OFFERED = "offered"
    NOT_RETAINED = "not_retained"
    WITHDRAWN = "withdrawn"
    HIRED = "hired"
    TRIAL_PASSED = "trial_passed"
    TRIAL_BROKEN = "trial_broken"
    HELD_1M = "held_1m"
    HELD_3M = "held_3m"
    HELD_6M = "held_6m"
    ENDED = "ended"


S = JobState
JOB_STATE_NAMES = {
    S.APPLIED: "Candidature", S.INTERVIEW_PLANNED: "Entretien prévu", S.INTERVIEWED: "Entretien fait",
    S.IN_POOL: "Gardée dans le vivier", S.OFFERED: "Emploi proposé", S.NOT_RETAINED: "Non retenue",
    S.WITHDRAWN: "Retirée", S.HIRED: "Embauchée", S.TRIAL_PASSED: "Période d'essai passée",
    S.TRIAL_BROKEN: "Période d'essai rompue", S.HELD_1M: "En poste à 1 mois", S.HELD_3M: "En poste à 3 mois",
    S.HELD_6M: "En poste à 6 mois", S.ENDED: "Contrat terminé",
}

EMPLOYER, COACH, PERSON = "EMPL", "EMPP", "CAND"
_TWO = frozenset({EMPLOYER, COACH})
_THREE = _TWO | {PERSON}

BEFORE_HIRE = frozenset({S.APPLIED, S.INTERVIEW_PLANNED, S.INTERVIEWED, S.IN_POOL, S.OFFERED})
IN_WORK = frozenset({S.HIRED, S.TRIAL_PASSED, S.HELD_1M, S.HELD_3M, S.HELD_6M})
OPEN = BEFORE_HIRE | IN_WORK
CLOSED = frozenset({S.NOT_RETAINED, S.WITHDRAWN})
LOST = frozenset({S.TRIAL_BROKEN, S.ENDED})

JOB = Lifecycle(
    "job_application",
    initial=S.APPLIED,
    state_names=tuple((state.value, name.lower()) for state, name in JOB_STATE_NAMES.items()),
    transitions=(
        t("plan_interview", {S.APPLIED, S.INTERVIEW_PLANNED, S.INTERVIEWED, S.IN_POOL}, S.INTERVIEW_PLANNED, _TWO,
          ("interview_on",), label="Fixer un entretien"),
        t("record_interview", {S.APPLIED, S.INTERVIEW_PLANNED}, S.INTERVIEWED, _TWO, ("interviewed_on",),
          label="Noter l'entretien"),
        t("miss_interview", {S.INTERVIEW_PLANNED}, S.APPLIED, _TWO, label="Noter un entretien manqué"),
        t("keep_in_pool", {S.APPLIED, S.INTERVIEWED}, S.IN_POOL, _TWO, label="Garder dans le vivier"),
        t("offer", {S.APPLIED, S.INTERVIEWED, S.IN_POOL}, S.OFFERED, _TWO, ("contract",), label="Proposer l'emploi"),
        # Hired on the spot: some employers offer and sign at the same table.
        t("hire", {S.INTERVIEWED, S.IN_POOL, S.OFFERED}, S.HIRED, _TWO, ("contract", "start_on"), label="Embaucher"),
        t("turn_down", BEFORE_HIRE, S.NOT_RETAINED, _TWO, ("reason",), label="Ne pas retenir"),
        t("withdraw_person", BEFORE_HIRE, S.WITHDRAWN, {PERSON, COACH}, ("reason",), label="Se retirer"),
        t("withdraw_employer", {S.OFFERED, S.HIRED}, S.WITHDRAWN, _TWO, ("reason",), label="Retirer l'offre"),
        # An offer that is filled or expired releases those who wait for it, not those who were offered the job.
        t("close_offer", {S.APPLIED, S.INTERVIEW_PLANNED, S.INTERVIEWED, S.IN_POOL}, S.WITHDRAWN, {CLOCK},
          label="Offre close"),
        t("pass_trial", {S.HIRED}, S.TRIAL_PASSED, _THREE, ("trial_ended_on",), label="Période d'essai passée"),
        *(t("pass_trial", {state}, state, _THREE, ("trial_ended_on",), label="Période d'essai passée")
          for state in (S.HELD_1M, S.HELD_3M, S.HELD_6M)),
        t("break_trial", {S.HIRED, S.HELD_1M, S.HELD_3M, S.HELD_6M}, S.TRIAL_BROKEN, _THREE, ("ended_on", "reason"),
          label="Période d'essai rompue"),
        *(t("change_contract", {state}, state, _TWO, ("contract",), label="Changer de contrat")
          for state in sorted(IN_WORK)),
        t("hold_1m", {S.HIRED, S.TRIAL_PASSED}, S.HELD_1M, _THREE, ("checked_on",), label="En poste à 1 mois"),
        t("hold_3m", {S.HIRED, S.TRIAL_PASSED, S.HELD_1M}, S.HELD_3M, _THREE, ("checked_on",),
          label="En poste à 3 mois"),
        t("hold_6m", {S.HIRED, S.TRIAL_PASSED, S.HELD_1M, S.HELD_3M}, S.HELD_6M, _THREE, ("checked_on",),
          label="En poste à 6 mois"),
        t("end", IN_WORK, S.ENDED, _THREE, ("ended_on", "reason"), label="Contrat terminé"),
        t("reopen", CLOSED, S.APPLIED, _TWO, ("reason",), label="Rouvrir la candidature"),
        t("restore", LOST, S.HIRED, {COACH}, ("reason",), label="Rétablir le contrat"),
    ),
)

_USAGE = "Usage du projet (référence métier, section 6)"
SOURCES = {
    "plan_interview": _USAGE, "record_interview": _USAGE, "miss_interview": _USAGE, "keep_in_pool": _USAGE,
    "offer": "Code du travail, art. L1221-1 et L1132-1 (aucun critère interdit)",
    "hire": "Code du travail, art. L1221-1 et L1221-10", "turn_down": "Code du travail, art. L1132-1 et L1221-6",
    "withdraw_person": _USAGE, "withdraw_employer": _USAGE, "close_offer": _USAGE,
    "pass_trial": "Code du travail, art. L1221-19 à L1221-23",
    "break_trial": "Code du travail, art. L1221-25 et L1221-26",
    "change_contract": _USAGE,
    "hold_1m": "Suivi du maintien (référence métier, sections 6 et 7)",
    "hold_3m": "Suivi du maintien (référence métier, sections 6 et 7)",
    "hold_6m": "Sortie durable : six mois (vocabulaire de l'IAE)",
    "end": "Code du travail, art. L1231-1 et L1243-1", "reopen": "Principe du projet : rien n'est définitif",
    "restore": "Principe du projet : rien n'est définitif",
}


class Engagement(StrEnum):
    """What a person is hired on: the contracts of the exchange files, and what is no contract but counts or not."""

    PERMANENT = "CDI"
    FIXED_TERM = "CDD"
    TEMP_AGENCY = "MIS"
    INSERTION = "IAE"
    WORK_STUDY = "ALT"
    ASSISTED = "CUI"
    CIVIL_SERVICE = "FONCTION_PUBLIQUE"
    BUSINESS = "CREATION"
    TRAINING = "FORMATION"
    WORK_TRIAL = "IMMERSION"


ENGAGEMENT_NAMES = {
    Engagement.PERMANENT: "CDI", Engagement.FIXED_TERM: "CDD", Engagement.TEMP_AGENCY: "Intérim (mission)",
    Engagement.INSERTION: "Insertion (IAE)", Engagement.WORK_STUDY: "Alternance",
    Engagement.ASSISTED: "Contrat aidé (CUI)", Engagement.CIVIL_SERVICE: "Fonction publique",
    Engagement.BUSINESS: "Création d'entreprise", Engagement.TRAINING: "Formation",
    Engagement.WORK_TRIAL: "Immersion",
}


class OutcomeClass(StrEnum):
    """The classes of the « sorties dynamiques »; ``UNKNOWN`` when the end of the contract was not written."""

    DURABLE = "durable"
    TRANSITION = "transition"
    POSITIVE = "positive"
    NONE = "none"
    UNKNOWN = "unknown"


OUTCOME_NAMES = {
    OutcomeClass.DURABLE: "Emploi durable", OutcomeClass.TRANSITION: "Emploi de transition",
    OutcomeClass.POSITIVE: "Sortie positive", OutcomeClass.NONE: "Pas de sortie vers l'emploi",
    OutcomeClass.UNKNOWN: "À préciser",
}


@dataclass(frozen=True, slots=True)
class Employment:
    """
    The facts of one contract, as the employer and the coach wrote them.

    ``last_day`` is the planned last day of a contract with a term; ``ended_on`` the real last day, ``None`` while it
    lasts; ``trial_broken`` says that it ended within the trial period.
    """

    engagement: Engagement
    start_on: date
    last_day: date | None = None
    trial_ends_on: date | None = None
    ended_on: date | None = None
    trial_broken: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The class of a contract, the sentence that says why, and whether the policy has still to be checked."""

    outcome: OutcomeClass
    sentence: str
    to_check: bool


def outcome(employment: Employment, on: date) -> Outcome:
    """
    Return the outcome class of a contract by the policy of that day.

    A contract with a term counts by its planned length; six months exactly are durable. A contract of any kind broken
    in its trial period is no outcome unless the policy says otherwise. An unknown length is not guessed.
    """
    policy = parameters.at("followup/job_outcomes", on)
    kind = employment.engagement
    if employment.trial_broken and not policy["broken_trial_is_durable"]:
        return _outcome(OutcomeClass.NONE, "la période d'essai a été rompue", policy)
    if kind in policy["durable_whatever_the_length"]:
        return _outcome(OutcomeClass.DURABLE, f"{kind}, quelle que soit la durée", policy)
    if kind in policy["positive"]:
        return _outcome(OutcomeClass.POSITIVE, f"{kind}, suite de parcours", policy)
    if kind in policy["transition"]:
        return _outcome(OutcomeClass.TRANSITION, f"{kind}, contrat aidé", policy)
    if kind in policy["no_outcome"]:
        return _outcome(OutcomeClass.NONE, "une immersion n'est pas un emploi", policy)
    if employment.last_day is None:
        return _outcome(OutcomeClass.UNKNOWN, f"{kind} dont la date de fin n'est pas écrite", policy)
    months, durable = whole_months(employment.start_on, employment.last_day), int(policy["durable_months"])
    found = OutcomeClass.DURABLE if months >= durable else OutcomeClass.TRANSITION
    return _outcome(found, f"{kind} de {months} mois, seuil {durable} mois", policy)


def _outcome(found: OutcomeClass, why: str, policy: parameters.Parameter) -> Outcome:
    return Outcome(found, typography(f"{OUTCOME_NAMES[found]} : {why}."), policy.to_check)


def policy_sentence(on: date) -> str:
    """Return how outcomes are classed, printed with every figure that counts them."""
    policy = parameters.at("followup/job_outcomes", on)
    broken = "reste comptée durable" if policy["broken_trial_is_durable"] else "n'est pas une sortie durable"
    return typography(
        f"Durable : {_named(policy['durable_whatever_the_length'])}, et {_named(policy['durable_by_length'])} de "
        f"{number(policy['durable_months'])} mois ou plus (six mois juste compris). Une période d'essai rompue "
        f"{broken}. Source : {policy.source}{' (à vérifier)' if policy.to_check else ''}."
    )


def _named(engagements: Sequence[str]) -> str:
    return listed(ENGAGEMENT_NAMES[Engagement(each)] for each in engagements)


def is_in_work(employment: Employment, on: date) -> bool:
    """Whether the contract runs on that day; the real last day is worked."""
    return employment.start_on <= on and (employment.ended_on is None or on <= employment.ended_on)


def check_due_on(start_on: date, months: int) -> date:
    """Return the day of the check at so many months: 2 March and six months is 2 September."""
    return months_after(start_on, months)


def checks(employment: Employment, on: date) -> tuple[tuple[int, date], ...]:
    """Return the checks of the policy, months and due day, that the contract lived to see or may still see."""
    wanted = (int(month) for month in parameters.at("followup/job_outcomes", on)["check_months"])
    found = ((months, check_due_on(employment.start_on, months)) for months in wanted)
    return tuple((months, due) for months, due in found if employment.ended_on is None or due <= employment.ended_on)


def held_at(employment: Employment, months: int, on: date) -> bool | None:
    """Return whether the contract was running so many months after its start; ``None`` when that day is to come."""
    due = check_due_on(employment.start_on, months)
    return None if due > on else is_in_work(employment, due)


def follow_up_ends_on(start_on: date) -> date:
    """Return the planned end of the follow-up, from which retention counts."""
    return months_after(start_on, int(parameters.at("followup/job_outcomes", start_on)["planned_end_months"]))


def trial_reminder_on(employment: Employment) -> date | None:
    """Return the day when somebody asks how the trial goes, ``None`` without a known end of trial."""
    if employment.trial_ends_on is None:
        return None
    before = int(parameters.at("followup/job_outcomes", employment.start_on)["trial_days_before"])
    return max(employment.start_on, employment.trial_ends_on - timedelta(days=before))


def check_trial(action: str, employment: Employment, given: dict[str, Any], *, trial_passed: bool) -> None:
    """Refuse to break a trial that was passed or whose last day is over: that is the end of a contract."""
    if action != "break_trial":
        return
    ended_on, last = given.get("ended_on"), employment.trial_ends_on
    if trial_passed or (last is not None and ended_on is not None and ended_on > last):
        raise Refused(typography(
            "La période d'essai est terminée : notez la fin du contrat, avec sa raison."
        ))


@dataclass(frozen=True, slots=True)
class OneTap:
    """One question that an employer answers in one tap, by a link: the act of « oui », and the one of « non »."""

    question: str
    yes: str
    no: str
    months: int | None = None


def one_tap(state: str, employment: Employment, on: date) -> OneTap | None:
    """
    Return the one question to put to the employer on that day, ``None`` when there is nothing to ask.

    The latest check that is due comes first: a yes at six months makes those before it useless. The wording is about
    work only, whoever reads over the shoulder.
    """
    due = [(months, day) for months, day in checks(employment, on) if day <= on]
    for months, _ in reversed(due):
        action = f"hold_{months}m"
        if JOB.may(action, state, EMPLOYER):
            return OneTap(typography(f"Toujours en poste à {months} mois ?"), action, "end", months)
        if state == f"held_{months}m":
            break
    if employment.trial_ends_on is not None and employment.trial_ends_on < on and state == S.HIRED:
        return OneTap(typography("Période d'essai passée ?"), "pass_trial", "break_trial")
    return None


def reasons(action: str, on: date) -> dict[str, str]:
    """Return the reasons that an act may give, code to words; empty for an act that gives none."""
    lists = {
        "turn_down": "not_retained", "withdraw_employer": "not_retained", "withdraw_person": "person_withdraws",
        "break_trial": "ended", "end": "ended",
    }
    found = parameters.at("followup/job_reasons", on)[lists[action]] if action in lists else {}
    return {code: entry if isinstance(entry, str) else entry["label"] for code, entry in found.items()}


def running(employments: Sequence[Employment], on: date) -> tuple[Employment, ...]:
    """Return the contracts that run on that day: a person may hold two part-time jobs."""
    return tuple(each for each in employments if is_in_work(each, on))
