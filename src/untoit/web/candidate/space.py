"""The candidate's own space: my proposals, what I declared, who follows me, my agreements, my data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.applicants import requests, services, sharing
from untoit.records.applicants.models import Link, Purpose, RightsRequest
from untoit.records.applicants.own_space import household_of, own_space, person_of, readings
from untoit.records.followup.keeping import notices
from untoit.records.pairings.models import Tandem
from untoit.records.partners import journal
from untoit.records.partners.rights import Actor
from untoit.reporting import personal_data
from untoit.web.access import access
from untoit.web.adviser.candidate_edit import edit
from untoit.web.candidate.forms import ContactForm, HomeWishesForm, WorkWishesForm

SHOWN_READINGS = 5
TEMPLATE = "candidate/edit.html"


@access("own_account")
def home(request: HttpRequest) -> HttpResponse:
    """Show everything that a candidate does here, on one page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    me, tandems = own_space(actor), list(_tandems(actor))
    return render(request, "candidate/home.html", {
        "me": me, "tandems": tandems,
        "readings": readings(actor, [one.pk for one in tandems])[:SHOWN_READINGS], "notices": notices.standing(actor),
    })


@access("audit_log")
def who_read(request: HttpRequest) -> HttpResponse:
    """Show who read the file: organisation, role and day."""
    actor = _me(request)
    return render(request, "candidate/readings.html", {
        "readings": readings(actor, _read_about(actor, _tandems(actor)))
    })


def _read_about(actor: Actor, tandems: Iterable[Tandem]) -> list[UUID]:
    """Return what somebody may have read that concerns the person: tandems, registrations, proposals, applications."""
    return [*(one.pk for one in tandems), *personal_data.read_about(actor, person_of(actor), at=actor.at)]


@access("identity", "W", methods=("GET", "POST"))
def contact(request: HttpRequest) -> HttpResponse:
    """Correct how to reach me."""
    me = person_of(_me(request))
    return edit(
        request, ContactForm(request.POST or None, initial=ContactForm.initial_of(me)),
        lambda form: services.change_identity(
            person_id=me.pk, revision=form.cleaned_data["revision"], values=form.values(), by=request.actor,  # type: ignore[attr-defined]
            at=request.now,  # type: ignore[attr-defined]
        ),
        title="Mes coordonnées", back=reverse("candidate:home"), template=TEMPLATE,
        fresh=lambda: ContactForm(initial=ContactForm.initial_of(person_of(request.actor))),  # type: ignore[attr-defined]
    )


@access("work_pathway", "W", methods=("GET", "POST"))
def work_wishes(request: HttpRequest) -> HttpResponse:
    """Correct the work that I look for."""
    me = person_of(_me(request))
    return edit(
        request, WorkWishesForm(request.POST or None, initial=WorkWishesForm.initial_of(me)),
        lambda form: services.change_pathway(
            person_id=me.pk, revision=form.cleaned_data["revision"], values=form.values(), by=request.actor,  # type: ignore[attr-defined]
            at=request.now,  # type: ignore[attr-defined]
        ),
        title="L'emploi que je cherche", back=reverse("candidate:home"), template=TEMPLATE,
        fresh=lambda: WorkWishesForm(initial=WorkWishesForm.initial_of(person_of(request.actor))),  # type: ignore[attr-defined]
    )


@access("housing_application", "W", methods=("GET", "POST"))
def home_wishes(request: HttpRequest) -> HttpResponse:
    """Correct the home that I look for."""
    household = household_of(_me(request))
    return edit(
        request, HomeWishesForm(request.POST or None, initial=HomeWishesForm.initial_of(household)),
        lambda form: services.change_application(
            household_id=household.pk, revision=form.cleaned_data["revision"], values=form.values(),
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title="Le logement que je cherche", back=reverse("candidate:home"), template=TEMPLATE,
        fresh=lambda: HomeWishesForm(initial=HomeWishesForm.initial_of(household_of(request.actor))),  # type: ignore[attr-defined]
    )


@access("consents_links", "W", methods=("POST",))
def consent_give(request: HttpRequest, purpose: str) -> HttpResponse:
    """Agree, in one tap."""
    actor = _me(request)
    sharing.record_consent(
        household_id=household_of(actor).pk, purpose=_purpose(purpose), given_on=actor.today, how="online", by=actor,
        at=request.now,  # type: ignore[attr-defined]
    )
    messages.success(request, "Votre accord est enregistré. Vous pouvez le retirer quand vous voulez.")
    return redirect(reverse("candidate:home") + "#accords")


@access("consents_links", "W", methods=("POST",))
def consent_withdraw(request: HttpRequest, purpose: str) -> HttpResponse:
    """Take an agreement back, in one tap; the page said what it changes."""
    actor = _me(request)
    closed = sharing.withdraw_consent(
        household_id=household_of(actor).pk, purpose=_purpose(purpose), by=actor, at=request.now  # type: ignore[attr-defined]
    )
    more = typography(f" {closed} organisation ne voit plus votre dossier." if closed == 1 else
                      f" {closed} organisations ne voient plus votre dossier." if closed else "")
    messages.success(request, f"Votre accord est retiré.{more}")
    return redirect(reverse("candidate:home") + "#accords")


@access("consents_links", "W", methods=("GET", "POST"))
def link_close(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Ask first, then stop sharing with an organisation."""
    actor = _me(request)
    link = Link.objects.filter(pk=link_id, household=household_of(actor), closed_at__isnull=True).first()
    if link is None:
        raise Http404
    if request.method == "POST":
        sharing.close_link(link_id=link_id, by=actor, at=request.now)  # type: ignore[attr-defined]
        messages.success(request, f"C'est fait : {link.organisation} ne voit plus votre dossier.")
        return redirect("candidate:home")
    return render(request, "candidate/link_close.html", {"organisation": str(link.organisation)})


@access("rights_requests", "W", methods=("POST",))
def ask_erasure(request: HttpRequest) -> HttpResponse:
    """Ask that my data be erased; a person answers within a month."""
    actor = _me(request)
    made = requests.ask(household_id=household_of(actor).pk, kind="erasure", by=actor, at=request.now)  # type: ignore[attr-defined]
    messages.success(request, f"Votre demande est envoyée. Vous aurez une réponse avant le {made.due_on:%d/%m/%Y}.")
    return redirect(reverse("candidate:home") + "#donnees")


@access("rights_requests", "W", methods=("POST",))
def take_back_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Change my mind."""
    actor = _me(request)
    if not RightsRequest.objects.filter(pk=request_id, household=household_of(actor)).exists():
        raise Http404
    try:
        requests.take_back(request_id=request_id, by=actor, at=request.now)  # type: ignore[attr-defined]
        messages.success(request, "Votre demande est retirée.")
    except UntoitError as refusal:
        messages.error(request, refusal.sentence)
    return redirect(reverse("candidate:home") + "#donnees")


@access("nominative_export")
def copy_json(request: HttpRequest) -> HttpResponse:
    """Give a copy of my data, for a machine."""
    return _copy(request, "json", "application/json", personal_data.as_json)


@access("nominative_export")
def copy_pdf(request: HttpRequest) -> HttpResponse:
    """Give a copy of my data, to read."""
    return _copy(request, "pdf", "application/pdf", personal_data.as_pdf)


def _copy(request: HttpRequest, suffix: str, content_type: str, write: Any) -> HttpResponse:
    actor = _me(request)
    person = person_of(actor)
    copy = personal_data.collect(actor, person, at=request.now)  # type: ignore[attr-defined]
    content = write(copy)
    journal.note_act(actor, "rights.copy_taken", "household", person.household_id, at=request.now, format=suffix)  # type: ignore[attr-defined]
    return HttpResponse(content, content_type=content_type, headers={
        "Content-Disposition": f'attachment; filename="mes-donnees-{actor.today:%Y-%m-%d}.{suffix}"',
        "Cache-Control": "no-store",
    })


def _me(request: HttpRequest) -> Actor:
    """Return the candidate; everybody else gets the 404 of a page that does not exist."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    household_of(actor)
    return actor


def _purpose(code: str) -> str:
    if code not in Purpose.values:
        raise Http404
    return code


def _tandems(actor: Actor) -> Any:
    return (
        Tandem.objects.visible_to(actor).select_related("vacancy").only("vacancy__rooms")
        .order_by("-run__released_at", "rank")
    )
