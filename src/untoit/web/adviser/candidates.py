"""The list of candidates and the page of one household, for those who accompany them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from untoit.records.applicants import selectors
from untoit.records.applicants.facts import FULL
from untoit.records.applicants.history import Entry, edits, timeline
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.querysets import BY_CASELOAD
from untoit.records.applicants.view import CandidateView, candidate_view
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.followup.work import coach_side
from untoit.records.pairings.models import Tandem
from untoit.records.partners import journal
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, require
from untoit.web.access import access
from untoit.web.adviser.candidate_forms import ReasonForm
from untoit.web.components.lists import Column, FilterForm, Listing


class CandidateFilters(FilterForm):
    """The filters that a role is offered; none of them tells more than the page (never resources, never RSA)."""

    suivi = forms.BooleanField(label="Que je suis", required=False)
    accord = forms.BooleanField(label="Accord à recueillir", required=False)
    expire = forms.BooleanField(label="Partage qui expire", required=False)
    priorite = forms.BooleanField(label="Motif prioritaire justifié", required=False)
    sans_tandem = forms.BooleanField(label="Sans tandem", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        for name, offered in (
            ("suivi", actor.role in BY_CASELOAD), ("priorite", actor.sees("housing_stage") in FULL),
            ("sans_tandem", actor.may("tandem")),
        ):
            if not offered:
                del self.fields[name]

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the persons that the chosen filters keep."""
        chosen = self.cleaned_data
        if chosen.get("suivi"):
            queryset = selectors.followed_by_me(queryset, self.actor)
        if chosen.get("accord"):
            queryset = selectors.with_consent_missing(queryset)
        if chosen.get("expire"):
            queryset = selectors.with_link_expiring(queryset, self.actor)
        if chosen.get("priorite"):
            queryset = selectors.with_priority_evidenced(queryset)
        if chosen.get("sans_tandem"):
            tandems = Tandem.objects.visible_to(self.actor).filter(household=OuterRef("household"))
            queryset = queryset.exclude(Exists(tandems))
        return queryset


def listing_of(request: HttpRequest) -> Listing:
    """Return the list of the candidates that the actor sees, with the columns of the role."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return Listing(
        request, Person.objects.visible_to(actor), load=selectors.as_listed, columns=_columns(actor),
        filters=CandidateFilters(request.GET, actor=actor), search_label=_search_label(actor),
        search=lambda persons, text: selectors.found_by(persons, text, actor), default_sort="name",
        row_template="adviser/_candidate_row.html", caption="Candidats", noun=("candidat", "candidats"),
        present=lambda persons: selectors.rows_of(actor, persons), empty=_empty(actor),
        export_url=reverse("adviser:candidate_exports") if actor.may("nominative_export") else "",
    )


@access("candidate_file")
def candidates(request: HttpRequest) -> HttpResponse:
    """Show the list; what is read of it is logged as a count."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = listing_of(request)
    if rows.rows:
        journal.note_read(actor, "identity", "household", None, count=len(rows.rows))
    return rows.respond("adviser/candidates.html", {
        "may_create": actor.may("income", WRITE) and actor.may("identity", WRITE), "shows": _shown(actor),
    })


@access("candidate_file", glass="household_id")
def candidate(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Show one household as the role may see it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    household = selectors.household_seen_by(actor, household_id)
    return _page(request, household, candidate_view(actor, household))


@access("candidate_file", methods=("POST",))
def candidate_contact(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Show phone and e-mail to the landlord's manager, who says why; the person reads it in her or his space."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    household = selectors.household_seen_by(actor, household_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, household, candidate_view(actor, household), reason=form, status=422)
    view = candidate_view(actor, household, reveal_contact=True)
    return _page(request, household, view, why=form.cleaned_data["reason"])


@access("candidate_file", glass="household_id")
def candidate_history(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Show the edits of the fields that the role sees."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    household = selectors.household_seen_by(actor, household_id)
    journal.note_read(actor, "identity", "household", household.pk, reason="historique des modifications")
    return render(request, "adviser/candidate_history.html", {
        "view": candidate_view(actor, household), "edits": edits(actor, household),
    })


def household_of(request: HttpRequest, household_id: UUID) -> Household:
    """Return the household of a page of change; a candidate corrects her or his own file in her or his own space."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "candidate_file")
    return selectors.household_seen_by(actor, household_id)


@transaction.atomic
def _page(
    request: HttpRequest, household: Household, view: CandidateView, *, reason: ReasonForm | None = None,
    why: str = "", status: int = 200,
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    tandems = list(
        Tandem.objects.visible_to(actor).filter(household=household).select_related("run", "vacancy").defer(
            "snapshot", "run__result", "run__certificate", "vacancy__search", "vacancy__search_masked"
        ).order_by("-run__created_at")
    )
    answer = render(request, "adviser/candidate.html", {
        "view": view, "tandems": tandems, "shows_tandems": actor.may("tandem"), "reason_form": reason or ReasonForm(),
        "shows_case": actor.may("case"),
        "shows_pathway": actor.may("pathway"),
        "timeline": timeline(actor, household, _proposed(tandems)),
        "applications": coach_side.of_household(actor, household.pk),
        "shows_applications": actor.role in coach_side.READERS,
        "may_apply": actor.role is Role.EMPP, "may_propose": actor.role in LANDLORDS,
    }, status=status)
    read = {"identity": why, **({"income": ""} if view.income else {}), **({"social_notes": ""} if view.notes else {})}
    journal.note_reads(actor, read, "household", household.pk)
    return answer


def _proposed(tandems: list[Tandem]) -> list[Entry]:
    return [
        Entry(one.run.released_at or one.run.computed_at or one.run.created_at, "Tandem proposé",
              f"{one.run.title}, {one.get_review_display().lower()}")
        for one in tandems
    ]


def _columns(actor: Actor) -> tuple[Column, ...]:
    shown = _shown(actor)
    every = (
        Column("name", "Nom", sort="last_name,first_name"),
        Column("number", "Numéro unique", narrow=False),
        Column("place", "Commune", narrow=False),
        Column("applied", "Demande du", sort="household__applied_on", narrow=False),
        Column("trade", "Métier recherché", narrow=False),
        Column("followers", "Suivi par", narrow=False),
        Column("state", "À savoir"),
    )
    return tuple(one for one in every if shown.get(one.key, True))


def _shown(actor: Actor) -> dict[str, bool]:
    """Return which columns the role reads: the row template and the header agree on it."""
    return {
        "number": actor.sees("application_number") in FULL,
        "place": actor.sees("current_housing") in FULL or actor.sees("address") == "m",
        "applied": actor.sees("housing_stage") != "none",
        "trade": actor.sees("job_wishes") in FULL,
        "followers": actor.role in BY_CASELOAD,
    }


def _search_label(actor: Actor) -> str:
    if actor.sees("application_number") in FULL:
        return "Nom ou numéro unique"
    return "Nom, téléphone ou adresse e-mail"


def _empty(actor: Actor) -> tuple[str, str, str, str]:
    if actor.may("import", WRITE):
        return (
            "Aucun candidat pour l'instant",
            "Importez le fichier de vos ménages et de leurs personnes : les dossiers apparaîtront ici.",
            reverse("imports:new"), "Importer un fichier",
        )
    return "Aucun candidat pour l'instant", "Un dossier apparaît ici dès qu'il est partagé avec vous.", "", ""
