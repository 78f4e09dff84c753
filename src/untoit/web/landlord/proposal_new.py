"""« Proposer un logement »: from a dwelling, from a household's file, or from a released tandem."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, Refused, UntoitError
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.selectors import found_by
from untoit.records.followup.housing import ceilings, landlord_side
from untoit.records.followup.housing import proposals as services
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.pairings.models import Tandem
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.records.stock import selectors as stock
from untoit.records.stock.models import Vacancy, VacancyState
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused

_AT_MOST = 20


@access("housing_act", WRITE, methods=("GET", "POST"))
def new_proposal(request: HttpRequest) -> HttpResponse:
    """Choose what is missing, the household or the dwelling, then read what the rules say and confirm."""
    actor, _ = asked(request)
    if actor.role not in LANDLORDS:
        raise Http404
    if request.method == "POST":
        return _propose(request, actor)
    tandem = _tandem(actor, request.GET.get("tandem", ""))
    household = _household(actor, str(tandem.household_id) if tandem else request.GET.get("menage", ""))
    home = _home(actor, str(tandem.vacancy_id) if tandem else request.GET.get("logement", ""))
    text = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    context: dict[str, Any] = {"household": household, "home": home, "tandem": tandem, "text": text}
    if household is not None and home is not None:
        return _confirm(request, actor, context)
    if home is not None:
        return render(request, "landlord/proposal_household.html", {**context, **_people(actor, text)})
    if household is not None:
        note_read(actor, "housing_application", "household", household.pk)
        context["who"] = landlord_side.names_of(actor, [household.pk])[household.pk]
        return render(request, "landlord/proposal_home.html", {**context, "homes": _homes(actor, household, text)})
    messages.info(request, "Choisissez d’abord un logement, puis « Proposer ce logement ».")
    return redirect("landlord:homes")


def _confirm(
    request: HttpRequest, actor: Actor, context: dict[str, Any], refusal: str = "", status: int = 200
) -> HttpResponse:
    household, home = context["household"], context["home"]
    note_read(actor, "housing_application", "household", household.pk)
    warnings: tuple[str, ...] = ()
    try:
        warnings = ceilings.check_income(household, home, actor.today)
    except Refused as above:
        refusal = refusal or above.sentence
    return render(request, "landlord/proposal_confirm.html", {
        **context, "who": landlord_side.names_of(actor, [household.pk])[household.pk],
        "title": stock.masked_home(home).title, "warnings": warnings, "refusal": refusal,
        "free": home.state == VacancyState.OPEN,
    }, status=status)


def _propose(request: HttpRequest, actor: Actor) -> HttpResponse:
    household, home = (
        _household(actor, request.POST.get("menage", "")), _home(actor, request.POST.get("logement", ""))
    )
    tandem = _tandem(actor, request.POST.get("tandem", ""))
    if household is None or home is None:
        raise Http404
    try:
        made = services.propose(
            household_id=household.pk, vacancy_id=home.pk, by=actor, at=actor.at,
            tandem_id=tandem.pk if tandem is not None else None,
        )
    except Conflict as conflict:
        return refused(request, conflict, back=reverse("landlord:home", args=[home.pk]))
    except UntoitError as refusal:
        context = {"household": household, "home": home, "tandem": tandem, "text": ""}
        return _confirm(request, actor, context, refusal.sentence, status=422)
    messages.success(request, "Le logement est proposé : fixez la visite.")
    return redirect("landlord:proposal", made.pk)


def _people(actor: Actor, text: str) -> dict[str, Any]:
    persons = Person.objects.visible_to(actor).select_related("household").defer("search", "household__finances")
    found = (found_by(persons, text, actor) if text else persons).order_by("last_name", "first_name", "pk")
    households = list(dict.fromkeys(one.household_id for one in found[:3 * _AT_MOST]))[:_AT_MOST]
    names = landlord_side.names_of(actor, households)
    if households:
        note_read(actor, "identity", "household", None, count=len(households))
    return {"people": [(pk, names[pk]) for pk in households], "at_most": _AT_MOST}


def _homes(actor: Actor, household: Household, text: str) -> list[dict[str, Any]]:
    rows = Vacancy.objects.writable_by(actor).filter(state=VacancyState.OPEN).defer("search", "search_masked")
    found = stock.found_by(rows, actor, text) if text else rows
    return [_home_line(actor, household, home) for home in found.order_by("available_on", "pk")[:_AT_MOST]]


def _home_line(actor: Actor, household: Household, home: Vacancy) -> dict[str, Any]:
    line: dict[str, Any] = {"home": home, "title": stock.masked_home(home).title, "refusal": "", "warnings": 0}
    try:
        line["warnings"] = len(ceilings.check_income(household, home, actor.today))
    except Refused as above:
        line["refusal"] = above.sentence
    return line


def _tandem(actor: Actor, text: str) -> Tandem | None:
    if not text:
        return None
    found: Tandem = get_object_or_404(
        Tandem.objects.visible_to(actor).only("pk", "household_id", "vacancy_id"), pk=_uuid(text)
    )
    return found


def _household(actor: Actor, text: str) -> Household | None:
    if not text:
        return None
    found: Household = get_object_or_404(Household.objects.visible_to(actor), pk=_uuid(text))
    return found


def _home(actor: Actor, text: str) -> Vacancy | None:
    if not text:
        return None
    found: Vacancy = get_object_or_404(
        Vacancy.objects.writable_by(actor).defer("search", "search_masked"), pk=_uuid(text)
    )
    return found


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as unknown:
        raise Http404 from unknown
