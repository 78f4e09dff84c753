"""What each act on an application must say, and what a date cannot be: refused with a sentence, before the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from untoit.core.errors import Refused
from untoit.core.lifecycles.job_track import Employment, Engagement, check_due_on, check_trial
from untoit.core.wording import typography
from untoit.records.followup.models import Application
from untoit.records.followup.tracks.values import employment_of
from untoit.records.followup.work.words import CORRECTED, ENGAGEMENT_NAMES, WITH_A_TERM, reasons_for

# A year of 2062 is a slip of the finger.
FAR = timedelta(days=366)
HOLDS = {"hold_1m": 1, "hold_3m": 3, "hold_6m": 6}
# The day of the fact, among what an act says; the others are of the day when they are written.
_FACT = {
    "record_interview": "interviewed_on", "pass_trial": "trial_ended_on", "break_trial": "ended_on", "end": "ended_on",
    "hold_1m": "checked_on", "hold_3m": "checked_on", "hold_6m": "checked_on",
}
_WITH_REASON = frozenset({
    "turn_down", "withdraw_person", "withdraw_employer", "break_trial", "end", "reopen", "restore",
})


def checked(row: Application, action: str, given: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """
    Return what the act is recorded with, or refuse it with the sentence to read.

    What is missing is left to the table, which says so; what is there must be possible.
    """
    values = dict(given)
    if action in _WITH_REASON and values.get("reason"):
        _reason(action, str(values["reason"]), today)
    check = _CHECKS.get(action)
    if check is not None:
        values |= check(row, values, today)
    employment = employment_of(row)
    if employment is not None:
        check_trial(action, employment, values, trial_passed=row.trial_passed_on is not None)
    return values


def fact_day(action: str, values: Mapping[str, Any]) -> date | None:
    """Return the day of the fact that an act tells, ``None`` when it is the day on which it is written."""
    found = values.get(_FACT.get(action, ""))
    return found if isinstance(found, date) else None


def _reason(action: str, code: str, today: date) -> None:
    corrects = action in ("reopen", "restore") and code in CORRECTED
    if not corrects and code not in reasons_for(action, today):
        raise Refused("Choisissez une raison de la liste.")


def _offer(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    return {"contract": _engagement(values)} if values.get("contract") else {}


def _hire(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    if not (values.get("contract") and values.get("start_on")):
        return {}
    contract, start, last, trial = (
        _engagement(values), values["start_on"], values.get("last_day"), values.get("trial_ends_on")
    )
    if start > today + FAR:
        raise Refused(typography(f"Prise de poste le {start:%d/%m/%Y} : vérifiez l'année."))
    last = _last_day(contract, start, last)
    if trial is not None and (trial < start or (last is not None and trial > last)):
        raise Refused("La période d'essai finit après la prise de poste, et avant la fin du contrat.")
    # A contract that was noted before leaves nothing of its own dates in the new one.
    return {
        "contract": contract, "start_on": start, "last_day": last, "trial_ends_on": trial, "trial_passed_on": None,
        "ended_on": None,
    }


def _change(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    if not values.get("contract") or row.start_on is None:
        return {}
    contract = _engagement(values)
    return {"contract": contract, "last_day": _last_day(contract, row.start_on, values.get("last_day"))}


def _engagement(values: Mapping[str, Any]) -> str:
    if values["contract"] not in ENGAGEMENT_NAMES:
        raise Refused("Choisissez un contrat de la liste.")
    return Engagement(values["contract"]).value


def _last_day(contract: str, start: date, last: date | None) -> date | None:
    if contract not in WITH_A_TERM:
        return None
    if last is None:
        raise Refused(typography(
            f"Un contrat « {contract} » a une fin prévue : indiquez-la, elle dit à quoi il mène."
        ))
    if last < start:
        raise Refused("La fin prévue du contrat vient après la prise de poste.")
    return last


def _interview(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    day = values.get("interview_on")
    if day is not None and not row.opened_on - FAR <= day <= today + FAR:
        raise Refused(typography(f"Entretien le {day:%d/%m/%Y} : vérifiez l'année."))
    return {}


def _hold(months: int) -> Callable[[Application, dict[str, Any], date], dict[str, Any]]:
    def check(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
        day = values.get("checked_on")
        if day is None or row.start_on is None:
            return {}
        due = check_due_on(row.start_on, months)
        if day < due:
            raise Refused(typography(f"Le point à {months} mois se note à partir du {due:%d/%m/%Y}."))
        return {}
    return check


def _trial_passed(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    day = values.get("trial_ended_on")
    if row.trial_passed_on is not None:
        raise Refused("La période d'essai est déjà notée comme passée.")
    if day is not None and row.start_on is not None and day < row.start_on:
        raise Refused("La période d'essai finit après la prise de poste.")
    return {"trial_passed_on": day}


def _ended(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    day = values.get("ended_on")
    if day is None:
        return {}
    if day > today:
        raise Refused(typography(f"Le {day:%d/%m/%Y} est à venir : une fin de contrat se note ce jour-là ou après."))
    if row.start_on is not None and day < row.start_on:
        raise Refused(typography(
            f"Le dernier jour vient après la prise de poste du {row.start_on:%d/%m/%Y}. Si la personne n'a pas "
            "commencé, retirez l'offre."
        ))
    return {}


def _restored(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    return {"ended_on": None}


def _withdrawn(row: Application, values: dict[str, Any], today: date) -> dict[str, Any]:
    if row.start_on is not None and row.start_on <= today and employment_of(row) is not None:
        raise Refused(typography(
            f"La personne est en poste depuis le {row.start_on:%d/%m/%Y} : notez la fin du contrat, avec sa date."
        ))
    return {}


_CHECKS: dict[str, Callable[[Application, dict[str, Any], date], dict[str, Any]]] = {
    "offer": _offer, "hire": _hire, "change_contract": _change, "plan_interview": _interview,
    "pass_trial": _trial_passed, "break_trial": _ended, "end": _ended, "restore": _restored,
    "withdraw_employer": _withdrawn, **{action: _hold(months) for action, months in HOLDS.items()},
}


def in_trial(employment: Employment, day: date, *, passed: bool) -> bool:
    """Whether a day falls inside the trial period, as far as its end is known."""
    return not passed and employment.trial_ends_on is not None and day <= employment.trial_ends_on
