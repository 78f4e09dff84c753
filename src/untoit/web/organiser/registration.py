"""One person and one event, for those who accompany: where it stands, answers given by telephone, messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.lifecycles.event import REGISTRATION, RegistrationState
from untoit.core.wording import typography
from untoit.records.applicants.view import name_of
from untoit.records.events import answers, outbox, registration_acts, replies
from untoit.records.events.boards import personal_timetable
from untoit.records.events.models import Notice, Registration
from untoit.records.partners.journal import note_read
from untoit.records.partners.models import AuditEntry
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.organiser.events import event_of

STATE_KINDS = {
    "proposed": "quiet", "invited": "info", "waiting": "warn", "confirmed": "ok", "declined": "stop",
    "cancelled": "stop", "removed": "quiet",
}
_DONE = {
    "invite": "Invitation en route.", "confirm": "La venue est confirmée.",
    "decline": "Noté : la personne ne vient pas.",
    "cancel": "La venue est annulée, la place est rendue.", "wait": "La personne est sur la liste d’attente.",
    "remove": "La personne est retirée de la liste.", "restore": "La personne est remise sur la liste.",
}
# Undone by the act that leads back; the others are answers that change hands by another answer.
_UNDONE_BY = {"remove": "restore", "cancel": "confirm"}
_ASKS_WHY = frozenset({"remove"})
_HISTORY = {
    "registration.added": "Ajoutée à la liste", "registration.invite": "Invitée", "registration.confirm": "A confirmé",
    "registration.decline": "A décliné", "registration.cancel": "A annulé", "registration.wait": "En liste d’attente",
    "registration.remove": "Retirée de la liste", "registration.restore": "Remise sur la liste",
    "registration.wave_chosen": "Horaire choisi", "registration.changed": "Besoins modifiés",
    "registration.call_asked": "A demandé à être appelée", "registration.link_renewed": "Nouvelle adresse personnelle",
    "messages.sent_again": "Message renvoyé", "messages.given": "Courrier remis",
    "messages.stopped": "Ne veut plus de messages",
    "messages.resumed": "Veut de nouveau des messages",
}
_HISTORY_SHOWN = 30


class WaveForm(forms.Form):
    """The wave of one person, and the row that the form was made from."""

    hide_required = True
    wave = forms.ChoiceField(label="Horaire")
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["wave"]
        chosen.choices = [
            (str(one.id), typography(
                f"{one.hours} ({one.left} places)" if one.left > 1 else f"{one.hours} (1 place)" if one.left
                else f"{one.hours} (complet)"
            ))
            for one in answers.waves_of(registration)
        ]


def found(actor: Actor, event_id: UUID, registration_id: UUID) -> Registration:
    """Return the registration when the actor may read it by name; candidates have their own page."""
    if actor.household_id is not None:
        raise Http404
    row: Registration = get_object_or_404(
        Registration.objects.visible_to(actor).select_related("event__organisation", "person", "wave"),
        pk=registration_id, event_id=event_id,
    )
    if not actor.may("messages") or actor.sees("surname") != "F":
        raise Http404
    return row


@access("registration")
def registration(request: HttpRequest, event_id: UUID, registration_id: UUID) -> HttpResponse:
    """Show where the coming of one person stands, and what may be done."""
    actor, now = asked(request)
    row = found(actor, event_id, registration_id)
    note_read(actor, "registration", "registration", row.pk)
    return render(request, "organiser/registration.html", _page(actor, row, now))


@access("registration")
def registration_of(request: HttpRequest, registration_id: UUID) -> HttpResponse:
    """Lead to the page of a registration from a task, which knows it without its event."""
    actor, _now = asked(request)
    row = get_object_or_404(Registration.objects.visible_to(actor), pk=registration_id)
    found(actor, row.event_id, row.pk)
    return redirect("organiser:registration", row.event_id, row.pk)


def _page(actor: Actor, row: Registration, now: datetime) -> dict[str, Any]:
    writes = actor.may("registration", WRITE)
    return {
        "event": row.event, "current": "registrations", "registration": row, "name": name_of(row.person, actor),
        "state_kind": STATE_KINDS[row.state], "writes": writes, "person": row.person,
        "shows_contact": outbox.reads_contact(actor),
        "steps": [
            {"step": one, "asks_why": one.action in _ASKS_WHY}
            for one in (REGISTRATION.possible(row.state, str(actor.role)) if writes else ())
        ],
        "wave_form": WaveForm(
            initial={"wave": str(row.wave_id or ""), "revision": row.revision}, registration=row, prefix=None
        ) if writes and row.state not in _GONE else None,
        "meetings": personal_timetable(row), "lines": outbox.of_registration(actor, row),
        "replies": [
            {"reply": one, "understood": replies.UNDERSTOOD_NAMES.get(one.understood, ""), "text": one.text["text"]}
            for one in row.replies.all()
        ],
        "unread": row.replies.filter(read_at=None).exists(), "stops": outbox.stops_of(row),
        "may_write": actor.may("messages", WRITE),
        "history": [
            {"at": one.at, "what": _HISTORY[one.action], "who": _who(actor, one)}
            for one in AuditEntry.objects.filter(
                subject_kind="registration", subject_id=row.pk, action__in=_HISTORY
            ).select_related("user", "organisation").order_by("-at", "-pk")[:_HISTORY_SHOWN]
        ],
    }


_GONE = frozenset({RegistrationState.REMOVED, RegistrationState.DECLINED, RegistrationState.CANCELLED})


def _who(actor: Actor, entry: AuditEntry) -> str:
    if entry.user is None:
        return "la personne" if entry.role in ("PUB", "CAND") else "l’application"
    if entry.organisation_id == actor.organisation_id or entry.organisation is None:
        return str(entry.user)
    return entry.organisation.name


def _back(event_id: UUID, registration_id: UUID) -> str:
    return reverse("organiser:registration", args=[event_id, registration_id])


@access("registration", WRITE, methods=("POST",))
def registration_act(request: HttpRequest, event_id: UUID, registration_id: UUID, action: str) -> HttpResponse:
    """Do one act of the table for the person."""
    actor, now = asked(request)
    if action not in _DONE:
        raise Http404
    found(actor, event_id, registration_id)
    back = _back(event_id, registration_id)
    try:
        registration_acts.act(
            registration_id=registration_id, action=action, by=actor, at=now, revision=_number(request, "revision"),
            reason=request.POST.get("reason", ""),
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    undo = _UNDONE_BY.get(action)
    if undo:
        say_with_undo(
            request, typography(_DONE[action]),
            reverse("organiser:registration_act", args=[event_id, registration_id, undo]),
        )
    else:
        messages.success(request, typography(_DONE[action]))
    return redirect(back)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


@access("registration", WRITE, methods=("POST",))
def registration_wave(request: HttpRequest, event_id: UUID, registration_id: UUID) -> HttpResponse:
    """Put the person in another wave."""
    actor, now = asked(request)
    row = found(actor, event_id, registration_id)
    form = WaveForm(request.POST, registration=row)
    if not form.is_valid():
        return render(request, "organiser/registration.html", {**_page(actor, row, now), "wave_form": form}, status=422)
    back = _back(event_id, registration_id)
    try:
        registration_acts.change_wave(
            registration_id=registration_id, wave_id=UUID(form.cleaned_data["wave"]),
            revision=form.cleaned_data["revision"], by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "L’horaire est changé.")
    return redirect(back)


@access("messages", WRITE, methods=("POST",))
def replies_read(request: HttpRequest, event_id: UUID, registration_id: UUID) -> HttpResponse:
    """Say that what the person wrote was read."""
    actor, now = asked(request)
    found(actor, event_id, registration_id)
    replies.mark_read(registration_id=registration_id, by=actor, at=now)
    messages.success(request, "Noté : les réponses sont lues.")
    return redirect(_back(event_id, registration_id))


@access("messages", WRITE, methods=("POST",))
def link_renewed(request: HttpRequest, event_id: UUID, registration_id: UUID) -> HttpResponse:
    """Shut the personal address that went to a wrong number."""
    actor, now = asked(request)
    found(actor, event_id, registration_id)
    registration_acts.renew_link(registration_id=registration_id, by=actor, at=now)
    messages.success(request, "L’ancienne adresse n’ouvre plus rien. Renvoyez un message pour donner la nouvelle.")
    return redirect(_back(event_id, registration_id))


@access("messages", WRITE, methods=("POST",))
def notice_act(request: HttpRequest, event_id: UUID, notice_id: UUID, action: str) -> HttpResponse:
    """Send a message again, or say that a letter was handed over."""
    actor, now = asked(request)
    acts = {
        "renvoyer": (registration_acts.send_again, "Le message repart par le canal d’aujourd’hui."),
        "remis": (registration_acts.mark_given, "Noté : le courrier est remis."),
    }
    if action not in acts:
        raise Http404
    notice = get_object_or_404(
        Notice.objects.visible_to(actor), pk=notice_id, registration__event=event_of(request, event_id)
    )
    act, said = acts[action]
    back = _back(event_id, notice.registration_id)
    try:
        act(notice_id=notice_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, typography(said))
    return redirect(back)


@access("messages", WRITE)
def letter(request: HttpRequest, event_id: UUID, notice_id: UUID) -> HttpResponse:
    """Show a letter ready to print, with the personal address; reading it is noted."""
    actor, _now = asked(request)
    notice = get_object_or_404(
        Notice.objects.visible_to(actor).select_related("registration__event", "registration__person"),
        pk=notice_id, registration__event=event_of(request, event_id),
    )
    note_read(actor, "messages", "registration", notice.registration_id)
    return render(request, "organiser/letter.html", {
        "event": notice.registration.event, "registration": notice.registration, "notice": notice,
        "name": name_of(notice.registration.person, actor), "text": registration_acts.letter_text(notice),
        "address": notice.registration.person.address if actor.sees("address") == "F" else "",
    })
