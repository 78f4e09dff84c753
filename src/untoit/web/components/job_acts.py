"""
The buttons and the small forms of the acts on an application, the same for an employer, a coach and the person.

An act that needs nothing is one tap; one that needs a reason is two, the act then the reason; dates are proposed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from untoit.web.components.forms import DayInput
from untoit.web.components.undo import UNDO, say_with_undo

_DAY_LABELS = {
    "interview_on": "Jour de l’entretien", "interviewed_on": "Jour de l’entretien",
    "start_on": "Premier jour de travail", "last_day": "Fin prévue (si le contrat en a une)",
    "trial_ends_on": "Fin de la période d’essai (si elle est connue)", "trial_ended_on": "Passée le",
    "ended_on": "Dernier jour travaillé",
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "plan_interview": ("interview_on",), "record_interview": ("interviewed_on",), "offer": ("contract",),
    "hire": ("contract", "start_on", "last_day", "trial_ends_on"), "change_contract": ("contract", "last_day"),
    "turn_down": ("reason",), "withdraw_person": ("reason",), "withdraw_employer": ("reason",),
    "reopen": ("reason",), "restore": ("reason",), "pass_trial": ("trial_ended_on",),
    "break_trial": ("ended_on", "reason"), "end": ("ended_on", "reason"), "not_there": ("ended_on", "reason"),
}
_OPTIONAL = frozenset({"last_day", "trial_ends_on"})
_CHECKS = frozenset({"hold_1m", "hold_3m", "hold_6m"})
_MAIN = frozenset({"plan_interview", "record_interview", "hire", *_CHECKS})
_UNDONE_BY_REOPENING = frozenset({"turn_down", "withdraw_person"})
_DANGER = frozenset({"end", "break_trial", "withdraw_employer"})


class ActForm(forms.Form):
    """What one act is told: its days, its contract, its reason, and the version of the page that it was made from."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, action: str, reasons: Mapping[str, str], contracts: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        for name in _FIELDS.get(action, ()):
            if name == "reason":
                self.fields[name] = forms.ChoiceField(label="Raison", choices=[("", "Choisir…"), *reasons.items()])
            elif name == "contract":
                self.fields[name] = forms.ChoiceField(label="Contrat", choices=[("", "Choisir…"), *contracts.items()])
            else:
                self.fields[name] = forms.DateField(
                    label=_DAY_LABELS[name], required=name not in _OPTIONAL, widget=DayInput()
                )

    def given(self, today: date) -> dict[str, Any]:
        """Return what the service receives; a check is of the day when it is said."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "revision" and value is not None}
        return {"checked_on": today, **found} if self.action in _CHECKS else found


@dataclass(frozen=True, slots=True)
class Shown:
    """One act as a page shows it: ``reasons`` as buttons when a reason is all that it needs."""

    action: str
    label: str
    form: ActForm
    one_tap: bool
    reasons: Mapping[str, str]
    style: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What the dates and the contract of the forms are proposed from."""

    today: date
    offered_contract: str = ""
    contract: str = ""
    interview_on: date | None = None
    last_day: date | None = None
    trial_ends_on: date | None = None


def sent(request: HttpRequest) -> Any:
    """Return what an act was sent with; the button that undoes one says by itself that it was noted by mistake."""
    return {"reason": "MISTAKE"} if UNDO in request.GET else request.POST


def say_done(request: HttpRequest, action: str, sentence: str, reopen_url: str) -> None:
    """Say that an act is done, with the way to undo it where what was closed may be opened again."""
    if action in _UNDONE_BY_REOPENING:
        say_with_undo(request, sentence, f"{reopen_url}?{UNDO}=1")
    else:
        messages.success(request, sentence)


def form_of(
    action: str, data: Any, *, reasons: Mapping[str, str], contracts: Mapping[str, str], key: UUID | str = ""
) -> ActForm:
    """Return the form of one act as it was sent."""
    return ActForm(data, action=action, reasons=reasons, contracts=contracts, auto_id=_ids(action, key))


def shown(
    acts: Iterable[tuple[str, str]], facts: Facts, *, reasons_of: Callable[[str, date], Mapping[str, str]],
    contracts: Mapping[str, str], revision: int, key: UUID | str = "", bound: ActForm | None = None,
) -> list[Shown]:
    """Return the acts of a page, codes and labels given; ``bound`` is the form that came back with errors."""
    found = []
    for action, label in acts:
        reasons = reasons_of(action, facts.today)
        form = bound if bound is not None and bound.action == action else ActForm(
            action=action, reasons=reasons, contracts=contracts, auto_id=_ids(action, key),
            initial={"revision": revision, **_initial(action, facts)},
        )
        fields = _FIELDS.get(action, ())
        found.append(Shown(
            action, label, form, not fields, reasons if fields == ("reason",) else {},
            "primary" if action in _MAIN else "danger" if action in _DANGER else "", form is bound,
        ))
    return sorted(found, key=lambda one: (one.style != "primary", one.style == "danger"))


def _ids(action: str, key: UUID | str) -> str:
    return f"{action}-{str(key)[:8]}-%s"


def _initial(action: str, facts: Facts) -> dict[str, Any]:
    today = facts.today
    match action:
        case "record_interview":
            return {"interviewed_on": min(facts.interview_on or today, today)}
        case "pass_trial":
            return {"trial_ended_on": min(facts.trial_ends_on or today, today)}
        case "offer" | "hire":
            return {"contract": facts.contract or facts.offered_contract}
        case "change_contract":
            return {"contract": facts.contract, "last_day": facts.last_day}
    return {}
