"""The proposals of a landlord's own dwellings: the list, one page, its acts and what undoes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles.housing_track import HOUSING, answer_due_on
from untoit.core.wording import typography
from untoit.records.followup.cases.words import HOUSING_ACTS
from untoit.records.followup.housing import buttons, landlord_side
from untoit.records.followup.housing import proposals as services
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components import housing_acts
from untoit.web.components.asking import asked
from untoit.web.components.housing_acts import ActForm
from untoit.web.components.lists import Column, FilterForm, Listing
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo


class ProposalFilters(FilterForm):
    """What the list is narrowed by."""

    etape = forms.ChoiceField(
        label="Étape", required=False,
        choices=[("", "Toutes"), *((code, name) for code, (name, _) in landlord_side.GROUPS.items())],
    )
    retard = forms.BooleanField(label="En retard", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        self.fields["commune"] = forms.ChoiceField(
            label="Commune", required=False, choices=[("", "Toutes"), *landlord_side.communes_of(actor)]
        )

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the proposals that the chosen filters keep."""
        chosen = self.cleaned_data
        if chosen.get("etape"):
            queryset = queryset.filter(state__in=sorted(landlord_side.GROUPS[chosen["etape"]][1]))
        if chosen.get("commune"):
            queryset = queryset.filter(vacancy__commune=chosen["commune"])
        return landlord_side.late(queryset, self.actor.today) if chosen.get("retard") else queryset


@access("housing_proposal")
def proposals(request: HttpRequest) -> HttpResponse:
    """Show the list; what is read of it is logged as a count."""
    actor, _ = asked(request)
    rows = Listing(
        request, landlord_side.proposals_of(actor), load=landlord_side.as_listed,
        columns=(
            Column("who", "Ménage"), Column("home", "Logement", sort="vacancy__reference"),
            Column("state", "Où en est-on", sort="state"), Column("since", "Depuis", sort="since", narrow=False),
            Column("due", "Prochaine échéance"),
        ),
        filters=ProposalFilters(request.GET, actor=actor), search_label="Nom, référence, commune",
        search=lambda found, text: landlord_side.searched(actor, found, text), default_sort="-since",
        row_template="landlord/_proposal_row.html", caption="Propositions de logement",
        noun=("proposition", "propositions"), present=lambda found: landlord_side.rows_of(actor, found),
        empty=(
            "Aucune proposition pour l’instant", "Proposez un logement depuis sa page, un dossier ou un tandem.",
            reverse("landlord:homes"), "Voir les logements",
        ),
    )
    if rows.rows:
        note_read(actor, "housing_proposal", "proposal", None, count=len(rows.rows))
    return rows.respond("landlord/proposals.html")


@access("housing_proposal")
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show one proposal: where it stands, what comes next, its file, its letters and its history."""
    actor, _ = asked(request)
    return _page(request, actor, landlord_side.proposal_page(actor, proposal_id))


def _page(
    request: HttpRequest, actor: Actor, page: landlord_side.ProposalPage, bound: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    note_read(actor, "housing_proposal", "proposal", page.id)
    return render(request, "landlord/proposal.html", {
        "page": page, "row": page.row, "home": page.row.vacancy, "today": actor.today,
        "acts": housing_acts.shown(page.acts, page.row, actor.today, bound=bound),
    }, status=status)


@access("housing_act", WRITE, methods=("POST",))
def proposal_act(request: HttpRequest, proposal_id: UUID, action: str) -> HttpResponse:
    """Do one act of the table, with what its small form says."""
    actor, now = asked(request)
    page = landlord_side.proposal_page(actor, proposal_id)
    back = reverse("landlord:proposal", args=[proposal_id])
    label = next((one.label for one in HOUSING.transitions if one.action == action), None)
    if label is None or (action in buttons.IN_SESSION and action != "not_allocate"):
        raise Http404
    form = ActForm(request.POST, action=action, row=page.row, today=actor.today)
    if not form.is_valid():
        return _page(request, actor, page, form, status=422)
    before = page.row.state
    try:
        done = services.act(
            proposal_id=proposal_id, action=action, given=form.given(), by=actor, at=now,
            revision=form.cleaned_data["revision"],
        )
    except Conflict as conflict:
        return refused(request, conflict, back=back)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, actor, landlord_side.proposal_page(actor, proposal_id), form, status=422)
    sentence = typography(f"{HOUSING_ACTS.get(action, label)} : c’est noté.")
    undo = buttons.way_back(before, done.to_state, str(actor.role)) if before != done.to_state else ""
    if undo:
        say_with_undo(request, sentence, reverse("landlord:proposal_undo", args=[proposal_id, undo]))
    else:
        messages.success(request, sentence)
    return redirect(back)


@access("housing_act", WRITE, methods=("POST",))
def proposal_undo(request: HttpRequest, proposal_id: UUID, action: str) -> HttpResponse:
    """Take back what was just noted, by the act of the table that leads back."""
    actor, now = asked(request)
    page = landlord_side.proposal_page(actor, proposal_id)
    back = reverse("landlord:proposal", args=[proposal_id])
    if action not in buttons.WAYS_BACK:
        raise Http404
    due = max(page.row.answer_due_on or actor.today, answer_due_on(actor.today))
    given = {"reason": "MISTAKE", **({"answer_due_on": due} if action == "reopen_offer" else {})}
    try:
        services.act(proposal_id=proposal_id, action=action, given=given, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est annulé : l’historique garde les deux actes.")
    return redirect(back)
