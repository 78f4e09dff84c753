"""The stock: its list, the page of a dwelling, its form; partners who are not the landlord see it masked."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, Refused
from untoit.core.exchange import DWELLING_COLUMNS
from untoit.core.wording import typography
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import WRITE, Actor
from untoit.records.partners.search import folded
from untoit.records.stock import selectors, services
from untoit.records.stock.lifecycle import VACANCY
from untoit.records.stock.models import Vacancy, VacancyState
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.downloads import file_response
from untoit.web.components.lists import Column, Listing
from untoit.web.components.map import MapData, MapPoint
from untoit.web.components.undo import say_with_undo
from untoit.web.landlord.home_forms import HomeFilter, HomeForm, MaskedFilter, PhotoForm

STATE_KINDS = {
    VacancyState.OPEN: "ok", VacancyState.EXPIRED: "warn", VacancyState.WITHDRAWN: "quiet", VacancyState.LET: "info",
}
_OWN_COLUMNS = (
    Column("reference", "Référence", sort="reference"),
    Column("place", "Résidence et commune", narrow=False),
    Column("rooms", "Logement"),
    Column("rent", "Loyer", sort="rent_cents", numeric=True),
    Column("funding", "Financement", narrow=False),
    Column("available", "Disponible", sort="available_on"),
    Column("state", "État"),
)
_MASKED_COLUMNS = (
    Column("home", "Logement"),
    Column("rent", "Loyer et charges", sort="rent_cents", numeric=True),
    Column("available", "Disponible", sort="available_on"),
    Column("nearby", "À proximité", narrow=False),
)
# What each act says once done, and the act that undoes it.
_ACTS = {
    "confirm": (services.confirm_vacancy, "confirmé pour six semaines", None),
    "let": (services.mark_let, "noté comme loué", "reopen"),
    "withdraw": (services.withdraw_vacancy, "retiré", "reopen"),
    "reopen": (services.reopen_vacancy, "remis en ligne", None),
}


@access("dwelling_stock")
def homes(request: HttpRequest) -> HttpResponse:
    """List the homes that the actor may see."""
    actor, _ = asked(request)
    if not selectors.reads_rows(actor):
        raise Http404
    if selectors.is_masked(actor):
        return _masked_listing(request, actor).respond("landlord/homes.html", {"masked": True})
    context = {"masked": False, "writes": actor.may("dwelling_stock", WRITE)}
    return _listing(request, actor).respond("landlord/homes.html", context)


def _listing(request: HttpRequest, actor: Actor) -> Listing:
    return Listing(
        request, Vacancy.objects.visible_to(actor).defer("search", "search_masked"), columns=_OWN_COLUMNS,
        filters=HomeFilter, search=lambda rows, text: selectors.found_by(rows, actor, text),
        search_label="Mots, référence, lieu", default_sort="reference",
        row_template="landlord/_home_row.html", caption="Logements de votre organisation",
        noun=("logement", "logements"), present=_rows,
        empty=(
            "Aucun logement pour l’instant", "Importez votre fichier de logements, ou saisissez le premier.",
            reverse("landlord:new_home"), "Saisir un logement",
        ),
        export_url=reverse("landlord:homes_export", args=["xlsx"]), export_label="Exporter la liste",
    )


def _rows(rows: list[Vacancy]) -> list[dict[str, Any]]:
    return [{
        "home": one, "commune": selectors.commune_name(one.commune), "state_kind": STATE_KINDS[VacancyState(one.state)],
    } for one in rows]


def _masked_listing(request: HttpRequest, actor: Actor) -> Listing:
    return Listing(
        request, Vacancy.objects.visible_to(actor).defer("search", "search_masked"), columns=_MASKED_COLUMNS,
        filters=MaskedFilter, search=lambda rows, text: selectors.found_by(rows, actor, text),
        search_label="Commune, taille, services", default_sort="available", row_template="landlord/_masked_row.html",
        caption="Logements à louer chez les bailleurs partenaires", noun=("logement", "logements"),
        present=lambda rows: [selectors.masked_home(one) for one in rows],
        empty=("Aucun logement à louer pour l’instant", "Les bailleurs n’ont rien annoncé.", "", ""),
    )


@access("dwelling_stock", WRITE)
def homes_export(request: HttpRequest, form: str) -> HttpResponse:
    """Download the homes that the list shows, in the exchange format."""
    actor, now = asked(request)
    rows = list(selectors.exported(_listing(request, actor).everything()))
    note_act(actor, "vacancy.exported", at=now, count=len(rows))
    return file_response(rows, DWELLING_COLUMNS, name="logements", form=form)


@access("dwelling_stock")
def home(request: HttpRequest, vacancy_id: UUID) -> HttpResponse:
    """Show a dwelling, whole to its landlord, masked to partners."""
    actor, _ = asked(request)
    vacancy = get_object_or_404(
        Vacancy.objects.visible_to(actor).select_related("building").defer("search", "search_masked"), pk=vacancy_id
    )
    if selectors.is_masked(actor):
        return render(request, "landlord/home_masked.html", {"home": selectors.masked_home(vacancy)})
    return render(request, "landlord/home.html", page_of(actor, vacancy))


def page_of(actor: Actor, vacancy: Vacancy, photo_form: PhotoForm | None = None) -> dict[str, Any]:
    """Return what the page of a dwelling shows to its landlord."""
    return {
        "home": vacancy, "title": selectors.masked_home(vacancy).title,
        "commune": selectors.commune_name(vacancy.commune), "state_kind": STATE_KINDS[VacancyState(vacancy.state)],
        "reserving_party": selectors.RESERVING_PARTIES.get(vacancy.reserving_party, ""),
        "outlay_cents": vacancy.rent_cents + vacancy.charges_cents, "photos": selectors.photos_of(vacancy),
        "edits": selectors.edits_of(actor, vacancy), "steps": VACANCY.possible(vacancy.state, actor.role),
        "writes": actor.may("dwelling_stock", WRITE), "photo_form": photo_form or PhotoForm(),
        "address": _address(vacancy),
        "place": MapData([MapPoint(vacancy.latitude, vacancy.longitude, vacancy.reference, "home")]),
        "late": vacancy.state == VacancyState.EXPIRED or vacancy.expires_on < actor.today,
    }


def _address(vacancy: Vacancy) -> str:
    """Return the address with its commune, once."""
    name = selectors.commune_name(vacancy.commune)
    if not vacancy.address or folded(name) in folded(vacancy.address):
        return vacancy.address
    return f"{vacancy.address}, {name}"


@access("dwelling_stock", WRITE, methods=("GET", "POST"))
def new_home(request: HttpRequest) -> HttpResponse:
    """Type a dwelling."""
    actor, now = asked(request)
    form = HomeForm(_with_reference(request, now)) if request.method == "POST" else HomeForm(
        initial={"bailleur": actor.organisation_name, "typologie": "T2", "financement": "PLUS"}
    )
    context = {"form": form, "vacancy": None}
    if request.method != "POST":
        return render(request, "landlord/home_form.html", context)
    if not form.is_valid():
        return render(request, "landlord/home_form.html", context, status=422)
    try:
        made = services.create_vacancy(value=form.value, by=actor, at=now, extras=form.extras)
    except Refused as refusal:
        form.add_error("reference", refusal.sentence)
        return render(request, "landlord/home_form.html", context, status=409)
    messages.success(request, typography(f"Logement {made.reference} enregistré : il entrera dans le prochain calcul."))
    return redirect("landlord:home", made.pk)


def _with_reference(request: HttpRequest, now: datetime) -> Any:
    data = request.POST.copy()
    if not data.get("reference", "").strip():
        data["reference"] = services.new_reference(now)
    return data


@access("dwelling_stock", WRITE, methods=("GET", "POST"))
def edit_home(request: HttpRequest, vacancy_id: UUID) -> HttpResponse:
    """Change what is known of a dwelling; whoever comes second keeps what was typed and reads what changed."""
    actor, now = asked(request)
    vacancy = get_object_or_404(Vacancy.objects.writable_by(actor).defer("search", "search_masked"), pk=vacancy_id)
    if request.method != "POST":
        return render(request, "landlord/home_form.html", {"form": HomeForm.of(vacancy), "vacancy": vacancy})
    form = HomeForm(request.POST)
    context = {"form": form, "vacancy": vacancy}
    if not form.is_valid():
        return render(request, "landlord/home_form.html", context, status=422)
    try:
        services.change_vacancy(
            vacancy_id=vacancy_id, value=form.value, revision=form.cleaned_data["revision"] or 0, by=actor, at=now,
            extras=form.extras,
        )
    except Conflict as conflict:
        vacancy.refresh_from_db(fields=["revision"])
        context |= _told(form, conflict, vacancy, actor)
        return render(request, "landlord/home_form.html", context, status=409)
    messages.success(request, "Vos changements sont enregistrés.")
    return redirect("landlord:home", vacancy_id)


def _told(form: HomeForm, conflict: Conflict, vacancy: Vacancy, actor: Actor) -> dict[str, Any]:
    """Say in the form what stopped it: a reference already used, or somebody who came first and what they changed."""
    if form.cleaned_data["revision"] == vacancy.revision:
        form.add_error("reference", conflict.sentence)
        return {}
    form.add_error(None, conflict.sentence)
    rebase(form, vacancy.revision)
    return {"edits": selectors.edits_of(actor, vacancy)[:3], "conflict": True}


def rebase(form: Form, revision: int) -> None:
    """Make what was typed a change of the row as it now is: the person has read what the other changed."""
    typed: Any = form.data
    form.data = typed = typed.copy()
    typed["revision"] = str(revision)


@access("dwelling_stock", WRITE, methods=("POST",))
def home_act(request: HttpRequest, vacancy_id: UUID, action: str) -> HttpResponse:
    """Confirm, withdraw, let or put back a dwelling, in one click that can be undone."""
    if action not in _ACTS:
        raise Http404
    actor, now = asked(request)
    act, done, undo = _ACTS[action]
    try:
        changed = act(vacancy_id=vacancy_id, by=actor, at=now)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("landlord:home", vacancy_id)
    sentence = typography(f"Logement {changed.reference} {done}.")
    if undo is None:
        messages.success(request, sentence)
    else:
        say_with_undo(request, sentence, reverse("landlord:home_act", args=[vacancy_id, undo]))
    return redirect("landlord:home", vacancy_id)
