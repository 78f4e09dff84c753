"""My pathway: everything is read, an action is said to be done, another moment is asked for; my calendar."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.records.followup.models import Appointment, Pathway, PathwayItem
from untoit.records.followup.pathway import appointments, items, page, words
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.adviser.pathway import summary_file
from untoit.web.components import calendars
from untoit.web.components.asking import asked, posted
from untoit.web.components.hours_bar import picture
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo


class MoveForm(forms.Form):
    """When one would rather come."""

    use_required_attribute = False

    wish = forms.ChoiceField(
        label="Quand pourriez-vous venir ?", widget=forms.RadioSelect,
        choices=[(code, words.capital(text)) for code, text in words.WISHES.items()],
        error_messages={"required": "Choisissez une réponse."},
    )


def _me(request: HttpRequest) -> Actor:
    actor, _ = asked(request)
    if actor.role is not Role.CAND:
        raise Http404
    return actor


def _mine(request: HttpRequest) -> Pathway:
    found = page.own_pathway(_me(request))
    if found is None:
        raise Http404
    return found


@access("pathway")
def pathway(request: HttpRequest) -> HttpResponse:
    """Show my pathway, all of it."""
    actor = _me(request)
    found = page.own_pathway(actor)
    if found is None:
        return render(request, "candidate/pathway_none.html")
    shown = page.page_of(actor, found)
    return render(request, "candidate/pathway.html", {
        "page": shown, "picture": picture(shown.weeks, shown.target), "asked": any(one.asked for one in shown.coming),
    })


@access("pathway")
def summary(request: HttpRequest) -> HttpResponse:
    """Make my paper; ``?gros=1`` asks for large type."""
    return summary_file(request, _me(request), _mine(request))


@access("pathway", WRITE, methods=("POST",))
def done(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say that an action is done."""
    _, now = asked(request)
    row = get_object_or_404(PathwayItem.objects.visible_to(_me(request)), pk=item_id)
    back = reverse("candidate:pathway")
    try:
        items.act_on_item(item_id=row.pk, action="finish", by=_me(request), at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    say_with_undo(request, "Bravo, c’est noté.", reverse("candidate:pathway_undo", args=[item_id]))
    return redirect(back)


@access("pathway", WRITE, methods=("POST",))
def undo(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take back "done"."""
    _, now = asked(request)
    row = get_object_or_404(PathwayItem.objects.visible_to(_me(request)), pk=item_id)
    back = reverse("candidate:pathway")
    try:
        items.take_back(item_id=row.pk, by=_me(request), at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est annulé : l’action est de nouveau à faire.")
    return redirect(back)


@access("pathway", WRITE, methods=("GET", "POST"))
def ask_move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Ask for another moment."""
    actor, now = _me(request), asked(request)[1]
    row = get_object_or_404(Appointment.objects.visible_to(actor), pk=appointment_id)
    form = MoveForm(posted(request))
    back = reverse("candidate:pathway")
    if request.method == "POST" and form.is_valid():
        try:
            appointments.ask_to_move(appointment_id=row.pk, wish=form.cleaned_data["wish"], by=actor, at=now)
        except UntoitError as refusal:
            return refused(request, refusal, back=back)
        say_with_undo(
            request, "Votre demande est partie. Le rendez-vous reste fixé tant qu’on ne vous a pas répondu.",
            reverse("candidate:pathway_keep", args=[row.pk]),
        )
        return redirect(back)
    return render(request, "candidate/pathway_move.html", {"form": form, "row": row, "back": back},
                  status=422 if form.is_bound else 200)


@access("pathway", WRITE, methods=("POST",))
def keep(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Take the request back: the appointment suits after all."""
    actor, now = _me(request), asked(request)[1]
    row = get_object_or_404(Appointment.objects.visible_to(actor), pk=appointment_id)
    appointments.take_back_ask(appointment_id=row.pk, by=actor, at=now)
    messages.success(request, "Vous gardez ce rendez-vous.")
    return redirect("candidate:pathway")


@access("own_account")
def agenda(request: HttpRequest) -> HttpResponse:
    """Show my dates, and the address that a calendar may read."""
    _me(request)
    return calendars.page(request, template="candidate/agenda.html")


@access("own_account", WRITE, methods=("POST",))
def open_feed(request: HttpRequest) -> HttpResponse:
    """Make a new address."""
    _me(request)
    return calendars.renew(request, back="candidate:agenda")


@access("own_account", WRITE, methods=("POST",))
def close_feed(request: HttpRequest) -> HttpResponse:
    """Close the address."""
    _me(request)
    return calendars.shut(request, back="candidate:agenda")
