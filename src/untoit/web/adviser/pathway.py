"""The pathway of one person, for the case manager and the coach: read at a glance, added to in few taps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles.lifecycle import CLOCK
from untoit.core.lifecycles.pathway_track import PATHWAY, STAGE_NAMES
from untoit.core.wording import typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.view import name_of
from untoit.records.followup.models import Pathway
from untoit.records.followup.models.pathway import ItemKind
from untoit.records.followup.pathway import appointments, items, page, pathways, words
from untoit.records.followup.querysets import SUPPORT
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.reporting import pathway_summary
from untoit.web.access import access
from untoit.web.adviser.pathway_forms import AppointmentForm, HandOverForm, HoursForm, ItemForm, act_form
from untoit.web.components.asking import asked, posted
from untoit.web.components.hours_bar import picture
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo

_ADD_TITLES = {
    ItemKind.GOAL: "Ajouter un objectif", ItemKind.ACTION: "Ajouter une action",
    ItemKind.OBSTACLE: "Noter un obstacle",
}
_ADDED = {ItemKind.GOAL: "Objectif ajouté.", ItemKind.ACTION: "Action ajoutée.", ItemKind.OBSTACLE: "Obstacle noté."}
# What leads on is shown as a button; the stages that other follow-ups write are behind a fold.
_FIRST = ("orient", "consent", "prepare", "resume", "reopen", "pause")
_ASKS = {
    "withdraw_consent": "Les rendez-vous et les actions restent écrits ; rien n’est effacé ni transmis.",
    "exit": "Ce qui attend sur ce parcours est retiré des listes. Le parcours peut être rouvert.",
    "pause": "Les actions et les rendez-vous restent ; un point est proposé dans un mois.",
}


def pathway_or_404(actor: Actor, person_id: UUID) -> Pathway:
    """Return the pathway of a person that the actor accompanies."""
    found = page.pathway_of(actor, person_id) if actor.role in SUPPORT else None
    if found is None:
        raise Http404
    return found


@access("pathway")
def pathway(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show the pathway, or how to open it."""
    actor, _ = asked(request)
    if actor.role not in SUPPORT:
        raise Http404
    found = page.pathway_of(actor, person_id)
    if found is not None:
        note_read(actor, "pathway", "pathway", found.pk)
        return _page(request, found)
    # A task names the pathway by its own key.
    by_key = Pathway.objects.visible_to(actor).filter(pk=person_id).first()
    if by_key is not None:
        return redirect("adviser:pathway", by_key.person_id)
    person = get_object_or_404(Person.objects.visible_to(actor), pk=person_id)
    return render(request, "adviser/pathway_none.html", {"person": person, "name": name_of(person, actor)})


def _page(
    request: HttpRequest, found: Pathway, *, bound: Any = None, status: int = 200
) -> HttpResponse:
    actor, _ = asked(request)
    shown = page.page_of(actor, found)
    holders = items.holders(found.household_id, at=actor.at)
    adding: list[dict[str, Any]] = [{
        "title": title, "url": reverse("adviser:pathway_add", args=[found.person_id, kind.value]), "kind": kind.value,
        "form": bound if getattr(bound, "kind", "") == kind else ItemForm(
            None, kind=kind, pathway=found, actor=actor, holders=holders),
    } for kind, title in _ADD_TITLES.items()]
    adding.insert(0, {
        "title": "Fixer un rendez-vous", "kind": "rdv",
        "url": reverse("adviser:pathway_add", args=[found.person_id, "rendez-vous"]),
        "form": bound if isinstance(bound, AppointmentForm) else AppointmentForm(None, actor=actor, holders=holders),
    })
    acts = page.stage_acts(actor, found)
    return render(request, "adviser/pathway.html", {
        "page": shown, "person_id": found.person_id, "adding": adding, "writes": actor.may("pathway", WRITE),
        "first": [one for one in acts if one[0] in _FIRST], "more": [one for one in acts if one[0] not in _FIRST],
        "picture": picture(shown.weeks, shown.target), "bound": bound, "role": actor.role,
    }, status=status)


@access("pathway", WRITE, methods=("POST",))
def open_pathway(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Open the pathway of somebody who has none."""
    actor, now = asked(request)
    try:
        pathways.open_pathway(person_id=person_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("adviser:pathways"))
    messages.success(request, "Le parcours est ouvert. Fixez un premier rendez-vous.")
    return redirect("adviser:pathway", person_id)


@access("pathway", WRITE, methods=("POST",))
def add(request: HttpRequest, person_id: UUID, kind: str) -> HttpResponse:
    """Add an appointment, a goal, an action or an obstacle."""
    actor, now = asked(request)
    found = pathway_or_404(actor, person_id)
    holders = items.holders(found.household_id, at=now)
    form: ItemForm | AppointmentForm
    if kind == "rendez-vous":
        form = AppointmentForm(request.POST, actor=actor, holders=holders)
    elif kind in ItemKind.values:
        form = ItemForm(request.POST, kind=kind, pathway=found, actor=actor, holders=holders)
    else:
        raise Http404
    if not form.is_valid():
        return _page(request, found, bound=form, status=422)
    try:
        undo = _add(form, found, actor, now)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _page(request, found, bound=form, status=422)
    say_with_undo(request, _ADDED[ItemKind(kind)] if kind in ItemKind.values else "Rendez-vous fixé.", undo)
    return redirect("adviser:pathway", person_id)


def _add(form: ItemForm | AppointmentForm, found: Pathway, actor: Actor, now: Any) -> str:
    """Add, and return the address that takes it back."""
    if isinstance(form, AppointmentForm):
        made = appointments.plan(pathway_id=found.pk, by=actor, at=now, **form.values)
        return reverse("adviser:pathway_appointment_act", args=[found.person_id, made.pk, "cancel"]) + "?annuler"
    item = items.add_item(pathway_id=found.pk, by=actor, at=now, **form.values)
    return reverse("adviser:pathway_item_act", args=[found.person_id, item.pk, "drop"]) + "?annuler"


@access("pathway", WRITE, methods=("GET", "POST"))
def stage(request: HttpRequest, person_id: UUID, action: str) -> HttpResponse:
    """Ask what an act on the pathway needs, then record it."""
    actor, now = asked(request)
    found = pathway_or_404(actor, person_id)
    label = dict(page.stage_acts(actor, found)).get(action)
    if label is None:
        known = next((one for one in PATHWAY.transitions if one.action == action and one.by != {CLOCK}), None)
        if known is None:
            raise Http404
        messages.error(request, typography(
            f"« {known.label} » n'est pas possible : l'étape est maintenant « {STAGE_NAMES[_stage(found)]} »."))
        return redirect("adviser:pathway", person_id)
    form = act_form(
        PATHWAY, action, posted(request), reasons=words.reasons(action, actor.today), revision=found.revision,
        today=actor.today,
    )
    if request.method == "POST" and form.is_valid():
        try:
            pathways.act(pathway_id=found.pk, action=action, given=form.given, by=actor, at=now,
                         revision=form.cleaned_data["revision"])
        except Conflict as refusal:
            return refused(request, refusal, back=reverse("adviser:pathway", args=[person_id]))
        except UntoitError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, typography(f"Noté : {words.act_words(action)}."))
            return redirect("adviser:pathway", person_id)
    return act_page(request, found, form, title=label, lead=_ASKS.get(action, ""))


def _stage(found: Pathway) -> Any:
    return next(one for one in STAGE_NAMES if one.value == found.stage)


def act_page(
    request: HttpRequest, found: Pathway, form: Any, *, title: str, lead: str = "", button: str = "Enregistrer"
) -> HttpResponse:
    """Show the page of one act."""
    actor, _ = asked(request)
    return render(request, "adviser/pathway_act.html", {
        "form": form, "title": title, "lead": lead, "button": button, "name": name_of(found.person, actor),
        "back": reverse("adviser:pathway", args=[found.person_id]),
    }, status=422 if form.is_bound else 200)


@access("pathway", WRITE, methods=("GET", "POST"))
def agree_hours(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Note the hours a week agreed with the person."""
    actor, now = asked(request)
    found = pathway_or_404(actor, person_id)
    agreed = "waived" if found.hours_waived else "number" if found.weekly_hours else "usual"
    form = HoursForm(posted(request), initial={
        "agreed": agreed, "number": found.weekly_hours, "revision": found.revision,
    })
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            pathways.agree_hours(
                pathway_id=found.pk, waived=data["agreed"] == "waived", revision=data["revision"], by=actor, at=now,
                weekly_hours=data["number"] if data["agreed"] == "number" else None,
            )
        except UntoitError as refusal:
            return refused(request, refusal, back=reverse("adviser:pathway", args=[person_id]))
        messages.success(request, "Les heures convenues sont notées.")
        return redirect("adviser:pathway", person_id)
    return act_page(
        request, found, form, title="Heures convenues",
        lead=typography("Le repère habituel est de 15 h par semaine (loi du 18 décembre 2023). Il s'adapte à la "
                        "personne et peut être suspendu. Rien n'est transmis ni déclenché."),
    )


@access("pathway", WRITE, methods=("GET", "POST"))
def hand_over(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Pass the pathway on to a colleague."""
    actor, now = asked(request)
    found = pathway_or_404(actor, person_id)
    form = HandOverForm(posted(request), colleagues=page.colleagues(actor, found), revision=found.revision)
    if request.method == "POST" and form.is_valid():
        try:
            made = pathways.hand_over(
                pathway_id=found.pk, to_membership_id=UUID(form.cleaned_data["to"]), by=actor, at=now,
                revision=form.cleaned_data["revision"],
            )
        except Conflict as refusal:
            return refused(request, refusal, back=reverse("adviser:pathway", args=[person_id]))
        except UntoitError as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, typography(
                f"{made.membership.user} suit maintenant ce parcours avec vous, le temps du relais."))
            return redirect("adviser:pathway", person_id)
    return act_page(
        request, found, form, title="Passer le relais", button="Passer le relais",
        lead="Vous suivez le parcours ensemble pendant deux semaines, avec une rencontre à trois. Vos actions passent "
             "dès aujourd’hui à votre collègue.",
    )


@access("pathway")
def summary(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Make the paper of the pathway, to hand to the person; ``?gros=1`` asks for large type."""
    actor, _ = asked(request)
    found = pathway_or_404(actor, person_id)
    note_read(actor, "pathway", "pathway", found.pk)
    return summary_file(request, actor, found)


def summary_file(request: HttpRequest, actor: Actor, found: Pathway) -> HttpResponse:
    """Return the paper as a file to open."""
    made = pathway_summary.summary(actor, found, large=request.GET.get("gros") == "1")
    return HttpResponse(made, content_type="application/pdf", headers={
        "Content-Disposition": 'inline; filename="mon-parcours.pdf"', "Cache-Control": "no-store",
    })
