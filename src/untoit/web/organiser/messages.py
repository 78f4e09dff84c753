"""The messages of an event: what left, what waits, what did not leave and why; and the invitation of many people."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import counted, listed, typography
from untoit.records.applicants.view import name_of
from untoit.records.events import capacities, invitations, notices, outbox, waiting
from untoit.records.events.models import Event, NoticeKind, Registration
from untoit.records.events.models.people import CHANNELS
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.lists import Column, FilterForm, Listing
from untoit.web.components.refusals import refused

_COLUMNS = (
    Column("name", "Personne et message", sort="registration__person__last_name,registration__person__first_name"),
    Column("channel", "Canal", sort="channel", narrow=False),
    Column("state", "Où il en est"), Column("at", "Quand", sort="send_after", narrow=False),
)
# One click sends so many at once; the rest leaves within the minute.
_AT_ONCE = 50


class NoticeFilter(FilterForm):
    """Narrow by kind, channel and state."""

    kind = forms.ChoiceField(label="Message", required=False, choices=[("", "Tous"), *NoticeKind.choices])
    channel = forms.ChoiceField(label="Canal", required=False, choices=[("", "Tous"), *CHANNELS])
    state = forms.ChoiceField(
        label="Où il en est", required=False,
        choices=[("", "Tous"), *((code, outbox.STATE_NAMES[code]) for code in outbox.STATES)],
    )

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Narrow the list."""
        asked = self.cleaned_data
        for name in ("kind", "channel"):
            if asked.get(name):
                queryset = queryset.filter(**{name: asked[name]})
        return queryset.filter(outbox.STATES[asked["state"]]) if asked.get("state") else queryset


def _event(actor: Actor, event_id: UUID) -> Event:
    if actor.household_id is not None or actor.sees("surname") != "F":
        raise Http404
    found: Event = get_object_or_404(Event.objects.visible_to(actor).select_related("organisation"), pk=event_id)
    return found


@access("messages")
def messages(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """List the messages of an event, with what remains to be done by somebody."""
    actor, now = asked(request)
    event = _event(actor, event_id)
    found, shows = outbox.of_event(actor, event), outbox.reads_contact(actor)
    listing = Listing(
        request, found, columns=_COLUMNS, filters=NoticeFilter, default_sort="-at",
        row_template="organiser/_notice_row.html", caption="Messages de l’événement", noun=("message", "messages"),
        present=lambda rows: [outbox.line_of(one, actor) for one in rows], empty=_empty(actor, event),
    )
    if not (request.htmx and request.htmx.target == listing.dom_id):  # type: ignore[attr-defined]
        note_read(actor, "messages", "event", event.pk, count=min(listing.count, outbox_shown(listing)))
    return listing.respond("organiser/messages.html", {
        "event": event, "current": "messages", "writes": actor.may("messages", WRITE),
        "summary": outbox.summary_of(found), "unreachable": _named(actor, outbox.unreachable(actor, event)),
        "shows_contact": shows, "to_call": [
            {"registration": one, "name": name_of(one.person, actor), "phone": one.person.phone if shows else ""}
            for one in waiting.to_call(actor, event)
        ],
        "previews": outbox.previews(event, until=now + timedelta(days=1)), "may_invite": _may_invite(actor),
    })


def outbox_shown(listing: Listing) -> int:
    """Return how many rows the page holds: what is written in the journal of reads."""
    return len(listing.rows)


def _empty(actor: Actor, event: Event) -> tuple[str, ...]:
    if not _may_invite(actor):
        return "Aucun message pour l’instant", "Les personnes n’ont pas encore été invitées.", "", ""
    return (
        "Aucun message pour l’instant", "Le premier est l’invitation : choisissez à qui l’envoyer.",
        reverse("organiser:invite", args=[event.pk]), "Inviter",
    )


def _may_invite(actor: Actor) -> bool:
    return actor.may("messages", WRITE) and actor.may("registration", WRITE) and actor.household_id is None


def _named(actor: Actor, ways: list[invitations.Way]) -> list[dict[str, Any]]:
    return [
        {"registration": one.registration, "name": name_of(one.registration.person, actor),
         "channel": one.channel_name} for one in ways
    ]


@access("messages", WRITE, methods=("POST",))
def send_now(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Try at once what waits and is due: after an operator that was down."""
    actor, now = asked(request)
    event = _event(actor, event_id)
    due = [one.pk for one in notices.due(now).filter(pk__in=outbox.of_event(actor, event).values("pk"))[:_AT_ONCE]]
    left = sum(notices.send(notice_id=pk, at=now) for pk in due)
    if not due:
        flash.info(request, typography(
            "Rien n’attend : les messages de la nuit, du dimanche et des jours fériés partent à 8 heures."
        ))
    elif left:
        flash.success(request, typography(f"{counted(left, 'message parti', 'messages partis')} sur {len(due)}."))
    else:
        flash.warning(request, "Rien n’est parti : la raison est notée à côté de chaque message.")
    return redirect("organiser:messages", event_id)


@access("messages", WRITE, methods=("GET", "POST"))
def invite(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Choose whom to ask, read what each will receive, and send."""
    actor, now = asked(request)
    event = invitations.event_for(actor, event_id)
    people = invitations.ways(invitations.invitable(actor, event))
    chosen = _chosen(request, people)
    if request.method == "POST" and request.POST.get("confirm"):
        try:
            done = invitations.invite(event_id=event_id, registration_ids=chosen, by=actor, at=now)
        except UntoitError as refusal:
            return refused(request, refusal, back=reverse("organiser:invite", args=[event_id]))
        flash.success(request, _said(done))
        return redirect("organiser:messages", event_id)
    picked = [one for one in people if one.registration.pk in chosen]
    if people:
        note_read(actor, "registration", "event", event.pk, count=len(people))
    return render(request, "organiser/invite.html", {
        "event": event, "current": "registrations", "confirming": request.method == "POST" and picked,
        "nobody": request.method == "POST" and not picked, "picked": picked,
        "rows": [
            {"registration": one.registration, "name": name_of(one.registration.person, actor),
             "channel": one.channel_name, "reached": one.channel != "none",
             "checked": one.registration.pk in chosen if request.method == "POST" else True} for one in people
        ],
        "by_channel": sorted(Counter(one.channel_name for one in picked or people).items()),
        "room": invitations.room_of(event, len(picked) if request.method == "POST" else len(people)),
        "banner": capacities.banner(event), "previews": outbox.previews(event, NoticeKind.INVITATION, until=now),
        "others": _followed_elsewhere(event, people),
    }, status=422 if request.method == "POST" and not picked else 200)


def _chosen(request: HttpRequest, people: list[invitations.Way]) -> set[UUID]:
    wanted = set(request.POST.getlist("registration"))
    return {one.registration.pk for one in people if str(one.registration.pk) in wanted}


def _followed_elsewhere(event: Event, people: list[invitations.Way]) -> int:
    """Count those proposed whom another service follows: their own referent invites them."""
    return Registration.objects.filter(event=event, state="proposed", is_standby=False).exclude(
        pk__in=[one.registration.pk for one in people]
    ).count()


def _said(done: invitations.Invited) -> str:
    ways = listed(
        f"{count} par {invitations.CHANNEL_NAMES[channel]}" for channel, count in sorted(done.by_channel.items())
        if channel != "none"
    )
    lost = f" {counted(done.unreachable, 'personne', 'personnes')} à appeler." if done.unreachable else ""
    return typography(
        f"{counted(done.asked, 'personne invitée', 'personnes invitées')}{f' : {ways}' if ways else ''}.{lost}"
    )
