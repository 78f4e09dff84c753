"""
The buttons and the small forms of the acts on a proposal of a home.

An act that needs nothing is one tap; a refusal is two, the family of the reason then the reason; dates are proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from untoit.core.lifecycles import committee
from untoit.core.lifecycles.housing_track import HousingState, answer_due_on
from untoit.core.lifecycles.lifecycle import Transition
from untoit.records.followup.housing.words import Family, reasons_for, refusal_families
from untoit.records.followup.models import Proposal
from untoit.web.components.forms import DayInput

S = HousingState
_DAYS = {
    "visit_on": "Jour de la visite", "visited_on": "Visité le", "received_on": "Pièce reçue le",
    "notified_on": "Offre notifiée le", "answer_due_on": "Réponse attendue au plus tard le",
    "answered_on": "Réponse donnée le", "signed_on": "Bail signé le", "inventory_on": "État des lieux du",
    "keys_on": "Clés remises le", "called_on": "Appel du", "checked_on": "Vérifié le", "ended_on": "Bail terminé le",
    "decided_on": "Décision du",
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "plan_visit": ("visit_on",), "record_visit": ("visited_on",), "declare_missing": ("missing_documents",),
    "complete_file": ("documents",), "postpone": ("reason",), "not_allocate": ("decided_on", "reasons",
    "aids_looked_at"), "receive_document": ("received_on", "documents"), "notify": ("notified_on", "answer_due_on"),
    "accept": ("answered_on",), "refuse": ("reasons",), "withdraw_person": ("reason",),
    "withdraw_landlord": ("reason",), "sign_lease": ("signed_on",), "make_inventory": ("inventory_on",),
    "hand_keys": ("keys_on",), "call_1m": ("called_on",), "check_3m": ("checked_on",), "check_6m": ("checked_on",),
    "end_tenancy": ("ended_on", "reason"), "reopen": ("reason",), "reopen_offer": ("answer_due_on", "reason"),
    "restore_tenancy": ("reason",),
}
_DANGER = frozenset({"withdraw_landlord", "not_allocate", "end_tenancy"})
# What is expected next in each state: its form is open. An answer is not: neither yes nor no comes first.
_EXPECTED: dict[str, str] = {
    S.PROPOSED: "plan_visit", S.VISIT_PLANNED: "record_visit", S.VISITED: "complete_file",
    S.FILE_INCOMPLETE: "complete_file", S.ALLOCATED_CONDITIONAL: "receive_document", S.ALLOCATED: "notify",
    S.ACCEPTED: "sign_lease", S.LEASE_SIGNED: "make_inventory", S.INVENTORY_DONE: "hand_keys",
    S.KEYS_HANDED: "call_1m", S.CALLED_1M: "check_3m", S.CHECKED_3M: "check_6m",
}
# What the person says, and a colleague writes down.
_SAID = {
    "accept": "La personne accepte", "refuse": "La personne refuse", "withdraw_person": "La personne se retire",
}
# Of the day when they are said.
_TODAY = {"call_rank": "called_on"}
# What is not known beforehand is not proposed.
_NOT_TODAY = frozenset({"visit_on", "answer_due_on"})


class ActForm(forms.Form):
    """What one act is told, and the version of the page that it was made from."""

    use_required_attribute = False

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, action: str, row: Proposal, today: date, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{action}-%s", **kwargs)
        self.action, self._row, self._today = action, row, today
        for name in _FIELDS.get(action, ()):
            made = self._field(name)
            if made is not None:
                self.fields[name] = made

    def _field(self, name: str) -> forms.Field | None:
        known = committee.documents(self._today)
        match name:
            case "reason":
                choices = [("", "Choisir…"), *reasons_for(self.action, self._today).items()]
                return forms.ChoiceField(label="Raison", choices=choices)
            case "reasons":
                return forms.MultipleChoiceField(
                    label="Raisons", choices=list(reasons_for(self.action, self._today).items()),
                    widget=forms.CheckboxSelectMultiple,
                )
            case "aids_looked_at":
                return forms.BooleanField(label="Les aides et l’accompagnement ont été examinés", required=False)
            case "missing_documents":
                return self._documents("Pièces qui manquent", known, required=True)
            case "documents" if self.action == "receive_document":
                rest = set(self._row.needed_documents) - {*self._row.documents, self._row.document}
                others = {code: label for code, label in known.items() if code in rest}
                return self._documents("Autres pièces arrivées", others, required=False) if others else None
            case "documents":
                return self._documents("Pièces reçues et relues", known, required=True)
        return forms.DateField(label=_DAYS[name], widget=DayInput())

    def _documents(self, label: str, known: Mapping[str, str], *, required: bool) -> forms.Field:
        return forms.MultipleChoiceField(
            label=label, choices=list(known.items()), widget=forms.CheckboxSelectMultiple, required=required,
            help_text="Liste limitative : demander une autre pièce est illégal.",
        )

    def given(self) -> dict[str, Any]:
        """Return what the service receives."""
        found = {
            name: value for name, value in self.cleaned_data.items()
            if name != "revision" and value not in (None, "", [])
        }
        if self.action in _TODAY:
            found[_TODAY[self.action]] = self._today
        return found


@dataclass(frozen=True, slots=True)
class Shown:
    """One act as a page shows it: ``reasons`` as buttons when a reason is all, ``families`` for a refusal."""

    action: str
    label: str
    form: ActForm
    one_tap: bool
    reasons: Mapping[str, str]
    families: tuple[Family, ...]
    style: str
    is_open: bool


def shown(
    acts: tuple[Transition, ...], row: Proposal, today: date, *, bound: ActForm | None = None
) -> list[Shown]:
    """Return the acts of a page, the likely ones first; ``bound`` is the form that came back with errors."""
    found, expected = [], _EXPECTED.get(row.state, "")
    for one in acts:
        fields = _FIELDS.get(one.action, ())
        form = bound if bound is not None and bound.action == one.action else ActForm(
            action=one.action, row=row, today=today, initial=_initial(one.action, row, today)
        )
        found.append(Shown(
            one.action, _SAID.get(one.action, one.label), form, not fields,
            reasons_for(one.action, today) if fields == ("reason",) else {},
            tuple(refusal_families(today)) if one.action == "refuse" else (),
            "primary" if one.action in (expected, "call_rank") else "danger" if one.action in _DANGER else "",
            form is bound or (bound is None and one.action == expected),
        ))
    answered = row.state == S.NOTIFIED
    return sorted(found, key=lambda each: (
        each.style != "primary", answered and each.action not in ("accept", "refuse"), each.style == "danger"
    ))


def _initial(action: str, row: Proposal, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {"revision": row.revision}
    for name in _FIELDS.get(action, ()):
        if name in _DAYS and name not in _NOT_TODAY:
            found[name] = today
    match action:
        case "record_visit":
            found["visited_on"] = min(row.visit_on or today, today)
        case "notify" | "reopen_offer":
            found["answer_due_on"] = answer_due_on(today)
        case "declare_missing":
            found["missing_documents"] = sorted(set(row.needed_documents) - set(row.documents))
        case "complete_file":
            found["documents"] = row.documents
    return found
