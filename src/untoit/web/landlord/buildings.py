"""Buildings: what makes the place, said once for all the dwellings of a residence."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict
from untoit.core.territory.communes import commune
from untoit.records.partners.rights import WRITE, Actor
from untoit.records.stock import selectors, services
from untoit.records.stock.models import Building, VacancyState
from untoit.web.access import access
from untoit.web.components.lists import Column, Listing
from untoit.web.landlord.home_forms import BuildingForm

_COLUMNS = (
    Column("name", "Résidence", sort="name"),
    Column("commune", "Commune"),
    Column("open", "Logements libres", numeric=True),
)


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


@access("dwelling_stock", WRITE)
def buildings(request: HttpRequest) -> HttpResponse:
    """List the buildings of the organisation."""
    actor = _actor(request)
    rows = Building.objects.visible_to(actor).annotate(
        open_count=Count("vacancies", filter=Q(vacancies__state=VacancyState.OPEN))
    )
    found = Listing(
        request, rows, columns=_COLUMNS, default_sort="name", row_template="landlord/_building_row.html",
        search=lambda rows, text: rows.filter(name__icontains=text), search_label="Nom de la résidence",
        caption="Résidences de votre organisation", noun=("résidence", "résidences"),
        present=lambda rows: [{"building": one, "commune": selectors.commune_name(one.commune)} for one in rows],
        empty=(
            "Aucune résidence pour l’instant", "Décrivez une résidence : chaque logement en reprendra le texte.",
            reverse("landlord:new_building"), "Décrire une résidence",
        ),
    )
    return found.respond("landlord/home_buildings.html")


@access("dwelling_stock", WRITE, methods=("GET", "POST"))
def new_building(request: HttpRequest) -> HttpResponse:
    """Describe a building."""
    actor = _actor(request)
    if request.method != "POST":
        return render(request, "landlord/home_building.html", {"form": BuildingForm()})
    form = BuildingForm(request.POST)
    if not form.is_valid():
        return render(request, "landlord/home_building.html", {"form": form}, status=422)
    try:
        services.create_building(columns=_columns(form), by=actor, at=actor.at)
    except Conflict as conflict:
        form.add_error("name", conflict.sentence)
        return render(request, "landlord/home_building.html", {"form": form}, status=409)
    messages.success(request, "Résidence enregistrée.")
    return redirect("landlord:buildings")


@access("dwelling_stock", WRITE, methods=("GET", "POST"))
def building(request: HttpRequest, building_id: UUID) -> HttpResponse:
    """Change what is known of a building."""
    actor = _actor(request)
    found = get_object_or_404(Building.objects.writable_by(actor), pk=building_id)
    context: dict[str, Any] = {"building": found, "homes": found.vacancies.defer("search", "search_masked")[:50]}
    if request.method != "POST":
        return render(request, "landlord/home_building.html", {**context, "form": BuildingForm.of(found)})
    form = BuildingForm(request.POST)
    if not form.is_valid():
        return render(request, "landlord/home_building.html", {**context, "form": form}, status=422)
    try:
        services.change_building(
            building_id=building_id, columns=_columns(form, found), by=actor, at=actor.at,
            revision=form.cleaned_data["revision"] or 0,
        )
    except Conflict as conflict:
        form.add_error(None, conflict.sentence)
        return render(request, "landlord/home_building.html", {**context, "form": form}, status=409)
    messages.success(request, "Vos changements sont enregistrés.")
    return redirect("landlord:buildings")


def _columns(form: BuildingForm, known: Building | None = None) -> dict[str, Any]:
    """Return the columns to write; the position is that of the commune's centre until a dwelling gives a better one."""
    columns = {name: form.cleaned_data[name] for name in ("name", "address", "commune", "description")}
    place = commune(columns["commune"])
    if place is not None and (known is None or known.commune != columns["commune"]):
        columns |= {"latitude": place.position.latitude, "longitude": place.position.longitude}
    return columns
