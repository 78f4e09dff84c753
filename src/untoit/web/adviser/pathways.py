"""« Mes parcours »: the pathways that I follow, those where something is late or silent first at hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from untoit.core.lifecycles.pathway_track import STAGE_NAMES, Stage
from untoit.records.applicants.view import name_of
from untoit.records.followup.models import PathwayItem
from untoit.records.followup.pathway import page
from untoit.records.followup.querysets import SUPPORT
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.lists import Column, FilterForm, Listing

_COLUMNS = (
    Column("name", "Personne", sort="last_name,first_name"),
    Column("stage", "Étape", narrow=False),
    Column("since", "Depuis le", sort="since", narrow=False),
    Column("next", "Prochain rendez-vous", sort="next_at"),
    Column("late", "Actions", sort="late_since"),
)


class PathwayFilters(FilterForm):
    """What to look at first."""

    etape = forms.ChoiceField(label="Étape", required=False, choices=[
        ("", "Toutes"), *((stage.value, name) for stage, name in STAGE_NAMES.items()),
    ])
    retard = forms.BooleanField(label="Actions en retard", required=False)
    pause = forms.BooleanField(label="En pause", required=False)
    silence = forms.BooleanField(label="Sans rendez-vous depuis 30 jours", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Keep the pathways that the chosen filters keep."""
        chosen = self.cleaned_data
        if chosen["etape"]:
            queryset = queryset.filter(stage=chosen["etape"])
        if chosen["retard"]:
            queryset = queryset.filter(late_since__isnull=False)
        if chosen["pause"]:
            queryset = queryset.filter(stage=Stage.PAUSED)
        return page.silent(queryset, self.actor) if chosen["silence"] else queryset


@access("pathway")
def pathways(request: HttpRequest) -> HttpResponse:
    """List the pathways that I follow; open one for somebody who has none."""
    actor, _ = asked(request)
    if actor.role not in SUPPORT:
        return redirect("candidate:pathway")
    shown = Listing(
        request, page.listed(actor), columns=_COLUMNS, filters=PathwayFilters(request.GET, actor=actor),
        row_template="adviser/_pathway_row.html", caption="Mes parcours", noun=("parcours", "parcours"),
        default_sort="name", present=lambda rows: _rows(actor, rows),
        load=lambda rows: page.listed(actor).filter(pk__in=rows.values("pk")).select_related("person"),
        search=lambda rows, words: rows.filter(person__last_name__istartswith=words)
        | rows.filter(person__first_name__istartswith=words), search_label="Nom ou prénom",
        empty=(
            "Aucun parcours pour l’instant",
            "Ouvrez le parcours d’une personne que vous suivez : choisissez-la ci-dessous, ou depuis sa fiche.",
            reverse("adviser:candidates"), "Voir les candidats",
        ),
    )
    note_read(actor, "pathway", "pathway", None, count=min(shown.count, 50))
    return shown.respond("adviser/pathways.html", {
        "others": page.without_pathway(actor) if actor.may("pathway", WRITE) else [],
    })


def _rows(actor: Actor, rows: list[Any]) -> list[dict[str, Any]]:
    return [{"row": one, "name": name_of(one.person, actor), "kind": _KINDS.get(one.stage, "info")} for one in rows]


_KINDS = {Stage.PAUSED: "warn", Stage.EXITED: "quiet"}


@access("pathway")
def item_of(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Lead from a task to its action."""
    actor, _ = asked(request)
    found = get_object_or_404(PathwayItem.objects.visible_to(actor).select_related("pathway"), pk=item_id)
    if actor.role not in SUPPORT:
        return redirect("candidate:pathway")
    return redirect("adviser:pathway_item", found.pathway.person_id, found.pk)
