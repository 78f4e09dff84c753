"""The follow-up of households: the worklist and the page of one case, each as the role may read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from untoit.core.lifecycles.case import CASE_NAMES
from untoit.core.wording import typography
from untoit.records.applicants import selectors
from untoit.records.followup.cases import timeline, words, worklist
from untoit.records.followup.cases.page import case_page
from untoit.records.followup.models import Case
from untoit.records.partners import journal
from untoit.records.partners.rights import DECIDE, WRITE, Actor
from untoit.web.access import access
from untoit.web.components.lists import Column, FilterForm, Listing

# The page of a line, by what it is about: "adviser:pathway" is asked for a person.
PAGES = {"proposal": "landlord:proposal", "application": "adviser:application", "pathway": "adviser:pathway"}


class CaseFilters(FilterForm):
    """The filters of the worklist: none tells more than its lines."""

    situation = forms.ChoiceField(label="Situation", required=False)
    alerte = forms.ChoiceField(label="Alerte", required=False)
    deux = forms.BooleanField(label="Logement et emploi", required=False)
    suivi = forms.BooleanField(label="Que je suis", required=False)
    silence = forms.BooleanField(required=False)
    retard = forms.BooleanField(label="En retard", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        self._choices("situation", [("", "Toutes"), *((code.value, name) for code, name in CASE_NAMES.items())])
        self._choices("alerte", [
            ("", "Toutes ou aucune"),
            *((code, typography(words.ALERTS[code].name.capitalize())) for code in worklist.alerts_for(actor)),
        ])
        self.fields["silence"].label = f"Sans mouvement depuis {worklist.silence_days(actor.today)} jours"

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the cases that the chosen filters keep."""
        chosen, actor = self.cleaned_data, self.actor
        if chosen.get("situation"):
            queryset = worklist.with_status(queryset, actor, chosen["situation"])
        if chosen.get("alerte"):
            queryset = worklist.with_alert(queryset, actor, chosen["alerte"])
        if chosen.get("deux"):
            queryset = queryset.filter(has_home=True, has_job=True)
        if chosen.get("suivi"):
            queryset = worklist.followed_by_me(queryset, actor)
        if chosen.get("silence"):
            queryset = worklist.silent(queryset, actor)
        return worklist.late(queryset, actor) if chosen.get("retard") else queryset


@access("case")
def cases(request: HttpRequest) -> HttpResponse:
    """Show the worklist; what is read of it is logged as a count."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = Listing(
        request, Case.objects.visible_to(actor), columns=_columns(actor), row_template="desk/_case_row.html",
        filters=CaseFilters(request.GET, actor=actor), caption="Suivi des ménages", noun=("ménage", "ménages"),
        search=lambda found, text: worklist.found_in(found, actor, text), search_label="Nom de la personne",
        default_sort="-moved", present=lambda found: worklist.rows_of(actor, found), empty=_empty(actor),
    )
    if rows.rows:
        journal.note_read(actor, "case", "household", None, count=len(rows.rows))
    return rows.respond("desk/cases.html")


@access("case")
@transaction.atomic
def case(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Show one case as the role may read it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    household = selectors.household_seen_by(actor, household_id)
    page = case_page(actor, household)
    return render(request, "desk/case.html", {
        "page": page, "pages": PAGES, "track_names": timeline.NAMES, "shown": timeline.SHOWN,
        "may_write": actor.may("case", WRITE), "may_decide": actor.may("housing_application", DECIDE),
    })


def _columns(actor: Actor) -> tuple[Column, ...]:
    return (
        Column("name", "Ménage"),
        Column("status", "Situation", sort=worklist.code_field(actor)),
        Column("alerts", "Alertes"),
        Column("next", "À faire", narrow=False),
        Column("moved", "Dernier mouvement", sort=worklist.moved_field(actor), narrow=False),
        Column("followers", "Suivi par", narrow=False),
    )


def _empty(actor: Actor) -> tuple[str, str, str, str]:
    sentence = "Un suivi s'ouvre dès qu'un dossier est partagé avec vous ; la liste est mise à jour chaque nuit."
    if actor.may("candidate_file"):
        return "Aucun suivi pour l'instant", typography(sentence), reverse("adviser:candidates"), "Voir les candidats"
    return "Aucun suivi pour l'instant", typography(sentence), "", ""
