"""What was said at the tables, noted by the team: interviews by the employment partner, homes by the landlord."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.core.errors import Conflict, UntoitError
from untoit.records.events import boards, outcomes
from untoit.records.events.models import Event, Meeting, StandKind
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.forms import DayInput
from untoit.web.organiser.events import event_of


class EmployerSheet(forms.Form):
    """What an employer said."""

    use_required_attribute = False

    decision = forms.ChoiceField(label="Suite", choices=[("", "—"), *outcomes.EMPLOYER_DECISIONS.items()])
    reason_code = forms.ChoiceField(label="Raison, s’il n’y a pas de suite", required=False)
    next_on = forms.DateField(label="Prochaine date", required=False, widget=DayInput)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = [  # type: ignore[attr-defined]
            ("", "—"), *outcomes.employer_reasons(event.on).items()
        ]

    def record(self, **kwargs: Any) -> Any:
        """Write the sheet."""
        data = self.cleaned_data
        return outcomes.record_employer(
            decision=data["decision"], reason_code=data["reason_code"], next_on=data["next_on"],
            revision=data["revision"], **kwargs,
        )


class HousingSheet(forms.Form):
    """What came of a housing talk."""

    use_required_attribute = False

    decision = forms.ChoiceField(label="Suite", choices=[("", "—"), *outcomes.HOUSING_DECISIONS.items()])
    visit_on = forms.DateField(label="Visite le", required=False, widget=DayInput)
    refusal_codes = forms.MultipleChoiceField(
        label="Raisons du refus", required=False, widget=forms.CheckboxSelectMultiple
    )
    missing_documents = forms.MultipleChoiceField(
        label="Pièces manquantes (liste limitative)", required=False, widget=forms.CheckboxSelectMultiple
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["refusal_codes"].choices = [  # type: ignore[attr-defined]
            (code, f"{family.label} : {words}")
            for family in outcomes.refusal_reasons(event.on) for code, words in family.reasons.items()
        ]
        self.fields["missing_documents"].choices = list(  # type: ignore[attr-defined]
            outcomes.missing_documents(event.on).items()
        )

    def record(self, **kwargs: Any) -> Any:
        """Write the sheet."""
        data = self.cleaned_data
        return outcomes.record_housing(
            decision=data["decision"], visit_on=data["visit_on"], refusal_codes=data["refusal_codes"],
            documents_missing=data["missing_documents"], revision=data["revision"], **kwargs,
        )


_SHEETS: dict[str, tuple[type[EmployerSheet] | type[HousingSheet], str, str]] = {
    StandKind.HOUSING: (HousingSheet, "housing_outcome", outcomes.HOUSING),
    StandKind.EMPLOYER: (EmployerSheet, "employer_outcome", outcomes.EMPLOYER),
}
_FIELDS = ("decision", "visit_on", "refusal_codes", "missing_documents", "reason_code", "next_on", "revision")


def _rows(actor: Actor, event: Event) -> list[Meeting]:
    found: list[Meeting] = []
    for kind, (_, related, _) in _SHEETS.items():
        found += outcomes.writable(actor, kind).filter(event=event).select_related(
            "stand", "registration__person", related
        ).order_by("stand__number", "slot")
    return found


@access("attendance", WRITE)
def event_outcomes(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """List the meetings of which the actor writes the sheet, those without one first."""
    actor, _ = asked(request)
    event = event_of(request, event_id)
    rows = _rows(actor, event)
    names = boards.names_of(actor, event, [row.registration for row in rows])
    lines = [
        {"row": row, "name": names[str(row.registration_id)].full, "minute": event.minute_of(row.slot),
         "outcome": getattr(row, _SHEETS[row.stand.kind][1], None)}
        for row in rows
    ]
    lines.sort(key=lambda line: line["outcome"] is not None)
    note_read(actor, "attendance", "event", event.pk, count=len(lines))
    return render(request, "organiser/outcomes.html", {
        "event": event, "current": "attendance", "lines": lines,
        "noted": sum(line["outcome"] is not None for line in lines),
    })


@access("attendance", WRITE, methods=("GET", "POST"))
def outcome(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Note or change one sheet; its versions stay below."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    row = next((one for one in _rows(actor, event) if one.pk == meeting_id), None)
    if row is None:
        raise Http404
    sheet, related, kind = _SHEETS[row.stand.kind]
    standing = getattr(row, related, None)
    initial = {name: getattr(standing, name) for name in _FIELDS if hasattr(standing, name)} if standing else None
    form = sheet(request.POST if request.method == "POST" else None, event=event, initial=initial)
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            form.record(meeting_id=meeting_id, by=actor, at=now)
        except UntoitError as refusal:
            form.add_error(None, refusal.sentence)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, "La suite est notée.")
            return redirect("organiser:outcomes", event_id)
    return render(request, "organiser/outcome.html", {
        "event": event, "current": "attendance", "form": form, "row": row,
        "name": boards.names_of(actor, event, [row.registration])[str(row.registration_id)].full,
        "minute": event.minute_of(row.slot), "history": outcomes.history(row, kind),
    }, status=status)
