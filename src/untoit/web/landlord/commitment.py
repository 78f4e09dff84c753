"""The 30 %: where the landlord stands, where the year is heading, what would reach the target."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from untoit.core.indicators.quotas import UNIT_NAMES, Unit
from untoit.records.pairings.models import Run
from untoit.records.partners.rights import WRITE, Actor
from untoit.reporting import commitment as figures
from untoit.reporting import figures_files
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.forms import DayInput


class PeriodForm(forms.Form):
    """What is counted: the days, and the leases or the decisions."""

    hide_required = True
    use_required_attribute = False

    du = forms.DateField(label="Du", widget=DayInput)
    au = forms.DateField(label="Au", widget=DayInput)
    unite = forms.ChoiceField(label="Compter", choices=[(unit.value, f"les {UNIT_NAMES[unit]}") for unit in Unit])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("du") and given.get("au") and given["au"] < given["du"]:
            self.add_error("au", "La période finit avant d’avoir commencé.")
        return given


@access("committee")
def commitment(request: HttpRequest) -> HttpResponse:
    """Show the share and its neighbours; a period that cannot be read is told, and the year so far is shown."""
    actor, _ = asked(request)
    form, chosen = _chosen(request, actor)
    found = figures.commitment_of(actor, chosen)
    return render(request, "landlord/commitment.html", {
        "found": found, "form": form, "picture_words": figures.CHART_WORDS, "query": request.GET.urlencode(),
        "run": _run_that_holds(actor, found), "may_run": actor.may("matching_run", WRITE),
    }, status=422 if form.errors else 200)


@access("committee")
def commitment_file(request: HttpRequest, form: str) -> HttpResponse:
    """Download the figures of the page as ``xlsx``, ``csv`` or ``pdf``."""
    actor, now = asked(request)
    asked_for, chosen = _chosen(request, actor)
    if form not in figures_files.FORMS or asked_for.errors:
        raise Http404
    paper = figures.paper_of(figures.commitment_of(actor, chosen))
    return HttpResponse(figures_files.content_of(paper, form, now), content_type=figures_files.FORMS[form], headers={
        "Content-Disposition": f'attachment; filename="engagement-{actor.today:%Y-%m-%d}.{form}"',
        "Cache-Control": "no-store",
    })


def _chosen(request: HttpRequest, actor: Actor) -> tuple[PeriodForm, figures.Asked]:
    usual = figures.usual(actor.today)
    values: dict[str, Any] = {
        "du": usual.since.isoformat(), "au": usual.until.isoformat(), "unite": usual.unit.value,
        **{name: request.GET[name] for name in ("du", "au", "unite") if name in request.GET},
    }
    form = PeriodForm(values)
    if not form.is_valid():
        return form, usual
    given = form.cleaned_data
    return form, figures.Asked(given["du"], given["au"], Unit(given["unite"]))


def _run_that_holds(actor: Actor, found: figures.Commitment) -> Run | None:
    """Return the newest run when its quota is already the one that the rest of the year asks for."""
    newest: Run | None = (
        Run.objects.visible_to(actor).select_related("policy").only("title", "state", "policy__priority_per_mille")
        .order_by("-created_at").first()
    )
    if newest is None or found.ahead is None or newest.state == "failed":
        return None
    return newest if newest.policy.priority_per_mille >= found.ahead.per_mille else None
