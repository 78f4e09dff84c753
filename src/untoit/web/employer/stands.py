"""
The employer at an event: its stand, the posts it brings, who comes, and what it says of each interview.

The event bears its neutral name. People are cards (:class:`untoit.records.events.cards.EmployerCard`); nothing else of
them reaches these pages.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.events import employer_stands, outcomes
from untoit.records.events.boards import employer_cards
from untoit.records.events.employer_stands import EmployerEvent, OwnStand
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.forms import DayInput
from untoit.web.components.refusals import refused


class PostsForm(forms.Form):
    """An offer of the organisation and how many posts of it are brought."""

    offer = forms.ChoiceField(label="Offre")
    openings = forms.IntegerField(
        label="Postes ce jour-là", min_value=1, max_value=employer_stands.MOST_OPENINGS, initial=1
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers = Offer.objects.writable_by(actor).filter(state=OfferState.OPEN).order_by("title").values_list(
            "pk", "title", "reference"
        )
        field = self.fields["offer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choisir"), *((str(pk), f"{title} ({reference})") for pk, title, reference in offers)]


class OutcomeForm(forms.Form):
    """What is said of an interview."""

    decision = forms.ChoiceField(choices=list(outcomes.EMPLOYER_DECISIONS.items()))
    reason_code = forms.CharField(required=False, max_length=20)
    next_on = forms.DateField(label="Date prévue", required=False, widget=DayInput())
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)


@access("event")
def events(request: HttpRequest) -> HttpResponse:
    """List the events where the employer has a stand."""
    actor, _ = asked(request)
    return render(request, "employer/events.html", {"events": employer_stands.events_of(actor)})


@access("event")
def event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show one event: the stand, the posts, who comes."""
    actor, _ = asked(request)
    return _page(request, actor, employer_stands.event_of(actor, event_id))


def _page(
    request: HttpRequest, actor: Actor, found: EmployerEvent, bound: tuple[UUID, PostsForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return the page; ``bound`` is the form of one stand that came back with errors."""
    cards = employer_cards(actor, employer_stands.row_of(actor, found.id))
    if cards:
        note_read(actor, "candidate_card", "event", found.id, count=len(cards))
    said = sum(bool(one.decision) for one in cards)
    return render(request, "employer/event.html", {
        "event": found, "cards": cards, "said": said, "reasons": outcomes.employer_reasons(found.on),
        "may_say": found.is_open or found.is_over, "several_tables": any(len(one.tables) > 1 for one in found.stands),
        "stands": [
            (one, bound[1] if bound and bound[0] == one.id else PostsForm(actor=actor, auto_id=f"s{one.number}-%s"))
            for one in found.stands
        ],
    }, status=status)


def _stand(found: EmployerEvent, stand_id: UUID) -> OwnStand:
    stand = next((one for one in found.stands if one.id == stand_id), None)
    if stand is None:
        raise Http404
    return stand


@access("job_offers", WRITE, methods=("POST",))
def tables(request: HttpRequest, event_id: UUID, stand_id: UUID) -> HttpResponse:
    """Say who receives at each table and when nobody does."""
    actor, now = asked(request)
    found = employer_stands.event_of(actor, event_id)
    stand = _stand(found, stand_id)
    names, pauses = {}, {}
    for table in stand.tables:
        names[table.number] = request.POST.get(f"interviewer-{table.number}", "")
        if f"with-pauses-{table.number}" in request.POST:
            chosen = request.POST.getlist(f"pauses-{table.number}")
            pauses[table.number] = [int(slot) for slot in chosen if slot.isdigit() and len(slot) < 4]
    text = request.POST.get("revision", "")
    try:
        employer_stands.set_tables(
            stand_id=stand_id, interviewers=names, pauses=pauses, by=actor, at=now,
            revision=int(text) if text.isdigit() and len(text) < 10 else 0,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("employer:event", args=[event_id]))
    messages.success(request, "C’est enregistré.")
    return redirect("employer:event", event_id)


@access("job_offers", WRITE, methods=("POST",))
def posts(request: HttpRequest, event_id: UUID, stand_id: UUID) -> HttpResponse:
    """Bring posts to the stand, also on the day."""
    actor, now = asked(request)
    found = employer_stands.event_of(actor, event_id)
    stand = _stand(found, stand_id)
    form = PostsForm(request.POST, actor=actor, auto_id=f"s{stand.number}-%s")
    if not form.is_valid():
        return _page(request, actor, found, (stand_id, form), status=422)
    try:
        brought = employer_stands.bring_posts(
            stand_id=stand_id, offer_id=UUID(form.cleaned_data["offer"]), openings=form.cleaned_data["openings"],
            by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("employer:event", args=[event_id]))
    messages.success(request, typography(f"« {brought.offer.title} » est présentée à votre stand."))
    return redirect("employer:event", event_id)


@access("job_application", WRITE, methods=("POST",))
def outcome(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Say what comes of an interview."""
    actor, now = asked(request)
    row = employer_stands.row_of(actor, event_id)
    if meeting_id not in {one.meeting_id for one in employer_cards(actor, row)}:
        raise Http404
    back = f"{reverse('employer:event', args=[event_id])}#e-{meeting_id}"
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez une suite, et une date du calendrier s’il y en a une.")
        return redirect(back)
    said = form.cleaned_data
    try:
        outcomes.record_employer(
            meeting_id=meeting_id, decision=said["decision"], reason_code=said["reason_code"], by=actor, at=now,
            next_on=said["next_on"], revision=said["revision"] or None,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, typography(
        f"Noté : {outcomes.EMPLOYER_DECISIONS[said['decision']].lower()}. Vous pouvez encore changer d’avis."
    ))
    return redirect(back)
