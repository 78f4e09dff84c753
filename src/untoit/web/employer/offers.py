"""
An employer's own offers: what waits, the list, the form. Nothing here knows what else the platform is for.

The employment partner uses the same form and acts for the offers that it handed over.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, Refused
from untoit.core.exchange import OFFER_COLUMNS, parse_schedule
from untoit.core.wording import typography
from untoit.records.jobs import selectors, services
from untoit.records.jobs.lifecycle import OFFER
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components import week
from untoit.web.components.downloads import file_response
from untoit.web.components.lists import Column, Listing
from untoit.web.components.map import MapData, MapPoint
from untoit.web.components.offer_forms import OfferFilter, OfferForm
from untoit.web.components.undo import say_with_undo

STATE_KINDS = {
    OfferState.OPEN: "ok", OfferState.EXPIRED: "warn", OfferState.FILLED: "info", OfferState.WITHDRAWN: "quiet",
}
_COLUMNS = (
    Column("title", "Poste", sort="title"),
    Column("place", "Lieu", narrow=False),
    Column("contract", "Contrat", narrow=False),
    Column("openings", "Postes", numeric=True),
    Column("expires", "À reconfirmer avant le", sort="expires_on"),
    Column("state", "État"),
)
# How many waiting offers are shown above the list; the list has them all.
_WAITING_SHOWN = 5
# What each act says once done, and the act that undoes it.
_ACTS = {
    "confirm": (services.confirm_offer, "confirmée pour un mois", None),
    "fill": (services.fill_offer, "notée comme pourvue", "reopen"),
    "withdraw": (services.withdraw_offer, "retirée", "reopen"),
    "reopen": (services.reopen_offer, "rouverte", None),
}


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def own_offers(actor: Actor) -> QuerySet[Offer]:
    """Return the offers that the actor's organisation handed over."""
    rows: QuerySet[Offer] = Offer.objects.writable_by(actor).defer("search")
    return rows


def page_of(actor: Actor, offer: Offer) -> str:
    """Return the address of the page of an offer for this reader."""
    return reverse("employer:offer" if actor.role is Role.EMPL else "adviser:offer", args=[offer.pk])


@access("job_offers", WRITE)
def offers(request: HttpRequest) -> HttpResponse:
    """Show what waits, then all the offers of the organisation."""
    actor = actor_of(request)
    found = _listing(request, actor)
    waiting = list(
        selectors.waiting(own_offers(actor), on=actor.today).order_by("expires_on", "pk")[: _WAITING_SHOWN + 1]
    )
    return found.respond("employer/offers.html", {
        "waiting": [_row(one) for one in waiting[:_WAITING_SHOWN]], "more_waiting": len(waiting) > _WAITING_SHOWN,
    })


def _listing(request: HttpRequest, actor: Actor) -> Listing:
    return Listing(
        request, own_offers(actor), columns=_COLUMNS, filters=OfferFilter, search=selectors.found_by,
        search_label="Mots, métier, référence", default_sort="title",
        row_template="employer/_offer_row.html", caption="Vos offres d’emploi", noun=("offre", "offres"),
        present=lambda rows: [_row(one) for one in rows],
        empty=(
            "Aucune offre pour l’instant", "Décrivez votre premier poste : cinq minutes suffisent.",
            reverse("employer:new_offer"), "Créer une offre",
        ),
        export_url=reverse("employer:offers_export", args=["xlsx"]), export_label="Exporter la liste",
    )


def _row(offer: Offer) -> dict[str, Any]:
    return {
        "offer": offer, "commune": selectors.commune_name(offer.commune),
        "contract": selectors.CONTRACTS.get(offer.contract, offer.contract),
        "state_kind": STATE_KINDS[OfferState(offer.state)],
    }


@access("job_offers", WRITE)
def offers_export(request: HttpRequest, form: str) -> HttpResponse:
    """Download the offers that the list shows, in the exchange format."""
    actor = actor_of(request)
    return offers_file(actor, _listing(request, actor).everything(), form)


def offers_file(actor: Actor, queryset: QuerySet[Offer], form: str) -> HttpResponse:
    """Return offers as a file of the exchange format, and note that they were taken."""
    rows = list(selectors.exported(queryset))
    note_act(actor, "offer.exported", count=len(rows))
    return file_response(rows, OFFER_COLUMNS, name="offres", form=form)


def shown(actor: Actor, offer: Offer) -> dict[str, Any]:
    """Return what the page of an offer shows, to its employer and to professionals alike."""
    schedule = parse_schedule(offer.schedule)
    writes = offer.organisation_id == actor.organisation_id and actor.may("job_offers", WRITE)
    return {
        **_row(offer), "occupation": selectors.occupation_label(offer.occupation),
        "hours_in_words": week.in_words(schedule), "hours_picture": week.picture(schedule),
        "place": MapData([MapPoint(offer.latitude, offer.longitude, offer.employer, "job")]),
        "hours_supposed": "horaires" in offer.supposed, "position_approximate": "position" in offer.supposed,
        "edits": selectors.edits_of(actor, offer) if writes else [], "writes": writes,
        "steps": OFFER.possible(offer.state, actor.role) if writes else (),
        "late": offer.state == OfferState.EXPIRED or offer.expires_on <= actor.today + selectors.ASKED_BEFORE,
    }


@access("job_offers", WRITE)
def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Show one of one's own offers."""
    actor = actor_of(request)
    found = get_object_or_404(own_offers(actor), pk=offer_id)
    return render(request, "employer/offer.html", shown(actor, found))


@access("job_offers", WRITE)
def occupations(request: HttpRequest) -> HttpResponse:
    """Offer the occupations that some words may mean, while they are typed."""
    actor = actor_of(request)
    form = OfferForm({"rome": request.GET.get("rome", "")[:200]}, employer=_employer(actor))
    return render(request, "employer/_occupations.html", {"form": form})


def _employer(actor: Actor) -> str:
    """Return the name that an employer's offers bear; the partner types the employer's."""
    return actor.organisation_name if actor.role is Role.EMPL else ""


@access("job_offers", WRITE, methods=("GET", "POST"))
def new_offer(request: HttpRequest) -> HttpResponse:
    """Create an offer."""
    actor = actor_of(request)
    if request.method != "POST":
        form = OfferForm(employer=_employer(actor), initial={"contrat": "CDI", "heures_hebdo": "35"})
        return render(request, "employer/offer_form.html", {"form": form})
    data = request.POST.copy()
    if not data.get("reference", "").strip():
        data["reference"] = services.new_reference(actor.at)
    form = OfferForm(data, employer=_employer(actor))
    if not form.is_valid():
        return render(request, "employer/offer_form.html", {"form": form}, status=422)
    try:
        made = services.create_offer(value=form.value, by=actor, at=actor.at, extras=form.extras)
    except Refused as refusal:
        form.add_error("reference", refusal.sentence)
        return render(request, "employer/offer_form.html", {"form": form}, status=409)
    messages.success(request, typography(f"Votre offre « {made.title} » est enregistrée."))
    return redirect(page_of(actor, made))


@access("job_offers", WRITE, methods=("GET", "POST"))
def edit_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Change an offer; whoever comes second keeps what was typed and reads what changed."""
    actor = actor_of(request)
    found = get_object_or_404(own_offers(actor), pk=offer_id)
    context: dict[str, Any] = {"offer": found, "back": page_of(actor, found)}
    if request.method != "POST":
        context["form"] = OfferForm.of(found, employer=_employer(actor))
        return render(request, "employer/offer_form.html", context)
    form = OfferForm(request.POST, employer=_employer(actor))
    context["form"] = form
    if not form.is_valid():
        return render(request, "employer/offer_form.html", context, status=422)
    try:
        services.change_offer(
            offer_id=offer_id, value=form.value, revision=form.cleaned_data["revision"] or 0, by=actor, at=actor.at,
            extras=form.extras,
        )
    except Conflict as conflict:
        found.refresh_from_db(fields=["revision"])
        context |= _told(form, conflict, found, actor)
        return render(request, "employer/offer_form.html", context, status=409)
    messages.success(request, "Vos changements sont enregistrés.")
    return redirect(context["back"])


def _told(form: OfferForm, conflict: Conflict, offer: Offer, actor: Actor) -> dict[str, Any]:
    """Say in the form what stopped it: a reference already used, or somebody who came first and what they changed."""
    if form.cleaned_data["revision"] == offer.revision:
        form.add_error("reference", conflict.sentence)
        return {}
    form.add_error(None, conflict.sentence)
    # What was typed becomes a change of the offer as it now is: the person has read what the other changed.
    typed: Any = form.data
    form.data = typed = typed.copy()
    typed["revision"] = str(offer.revision)
    return {"edits": selectors.edits_of(actor, offer)[:3], "conflict": True}


@access("job_offers", WRITE, methods=("POST",))
def duplicate_offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Copy an offer and open the form of the copy."""
    actor = actor_of(request)
    copy = services.duplicate_offer(offer_id=offer_id, by=actor, at=actor.at)
    messages.success(request, typography(f"Voici la copie, référence {copy.reference} : changez ce qui diffère."))
    return redirect("employer:edit_offer", copy.pk)


@access("job_offers", WRITE, methods=("POST",))
def offer_act(request: HttpRequest, offer_id: UUID, action: str) -> HttpResponse:
    """Confirm, fill, withdraw or reopen an offer, in one click that can be undone."""
    if action not in _ACTS:
        raise Http404
    actor = actor_of(request)
    act, done, undo = _ACTS[action]
    try:
        changed = act(offer_id=offer_id, by=actor, at=actor.at)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(page_of(actor, get_object_or_404(own_offers(actor), pk=offer_id)))
    sentence = typography(f"Offre « {changed.title} » {done}.")
    if undo is None:
        messages.success(request, sentence)
    else:
        say_with_undo(request, sentence, reverse("employer:offer_act", args=[offer_id, undo]))
    back = request.POST.get("retour") == "liste"
    return redirect("employer:offers") if back else redirect(page_of(actor, changed))
