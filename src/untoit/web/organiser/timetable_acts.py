"""What is done to a whole timetable: a meeting added by hand, the publication, the repairs, the hall before the day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from untoit.core.errors import Refused, UntoitError
from untoit.core.lifecycles.event import COMING
from untoit.core.wording import counted, typography
from untoit.core.wording.moments import clock
from untoit.records.events import boards, moves, publishing, repairs, timetable, timetable_rules
from untoit.records.events.models import Event, Registration, RepairProposal, Stand
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.organiser.events import event_of
from untoit.web.organiser.timetable_forms import (
    AddForm,
    LateForm,
    MoveForm,
    RulesForm,
    StandHoursForm,
    people_of,
)
from untoit.web.tablet.hall import hall_page

_REASONS = {
    "absent": "absence", "late": "retard", "stand_closed": "stand fermé", "conflict": "place devenue impossible",
    "freed": "place libérée", "improved": "meilleure place", "person_cancelled": "ne vient plus",
}


def _coming(event: Event) -> list[Registration]:
    return list(event.registrations.filter(state__in=COMING).order_by("rank", "pk"))


def _stands(event: Event) -> list[Stand]:
    return list(event.stands.order_by("number"))


@access("event", WRITE, methods=("GET", "POST"))
def add(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Have somebody meet a stand: who and where, then when."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    rows = _coming(event)
    names = boards.names_of(actor, event, rows)
    given = request.GET if "registration" in request.GET else None
    form = AddForm(given, people=people_of(names, rows), stands=_stands(event))
    context: dict[str, Any] = {"event": event, "current": "timetable", "form": form, "spots": None}
    if given is None or not form.is_valid():
        return render(request, "organiser/meeting_add.html", context, status=200 if given is None else 422)
    chosen = form.cleaned_data
    problem = timetable.problem_of(event, at=now)
    context |= {
        "spots": [
            {
                "spot": spot, "minute": event.minute_of(spot.slot),
                "sentences": list(dict.fromkeys(one.sentence for one in spot.broken if one.rule != "wish")),
            }
            for spot in moves.spots(problem, chosen["registration"], chosen["stand"])
        ],
        "already": (chosen["registration"], chosen["stand"]) in problem.rows,
        "several_tables": len(problem.tables[chosen["stand"]]) > 1,
    }
    if request.method != "POST":
        return render(request, "organiser/meeting_add.html", context)
    place = MoveForm({**request.POST.dict(), "revision": 1})
    if not place.is_valid():
        return render(request, "organiser/meeting_add.html", {**context, "place": place}, status=422)
    table, slot = place.spot
    try:
        done = moves.add_meeting(
            event_id=event_id, registration_id=UUID(chosen["registration"]), stand_id=UUID(chosen["stand"]),
            table=table, slot=slot, confirmed=place.cleaned_data["confirmed"], by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:add_meeting", args=[event_id]))
    if not done.done or done.meeting is None:
        context |= {"confirm": done.sentences, "asked": (table, slot), "place": place}
        return render(request, "organiser/meeting_add.html", context, status=422)
    said = " ".join([typography(f"Rencontre ajoutée à {clock(event.minute_of(slot))}."), *done.sentences])
    messages.success(request, said)
    return redirect(f"{reverse('organiser:timetable', args=[event_id])}#m-{done.meeting.pk}")


@access("event", WRITE, methods=("GET", "POST"))
def publish(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show who would be told what; tell them."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    if request.method == "POST":
        text = request.POST.get("version", "")
        version = int(text) if text.isdigit() and len(text) < 10 else -1
        try:
            done = publishing.publish(event_id=event_id, version=version, by=actor, at=now)
        except UntoitError as refusal:
            return refused(request, refusal, back=reverse("organiser:publish", args=[event_id]))
        told = [
            counted(done.first, "personne reçoit son planning", "personnes reçoivent leur planning"),
            counted(done.changed, "personne est prévenue d’un changement", "personnes sont prévenues d’un changement"),
        ]
        messages.success(request, typography(f"Le planning est diffusé : {', '.join(told)}."))
        return redirect("organiser:timetable", event_id)
    people = publishing.waiting_for_words(event)
    names = boards.names_of(actor, event, [one.registration for one in people])
    if people:
        note_read(actor, "registration", "event", event.pk, count=len(people), reason="diffusion du planning")
    return render(request, "organiser/timetable_publish.html", {
        "event": event, "current": "timetable", "has_meetings": event.meetings.active().exists(),
        "first": [_told(event, one, names) for one in people if one.is_first],
        "changed": [_told(event, one, names) for one in people if not one.is_first],
    })


def _told(event: Event, one: publishing.Told, names: dict[str, boards.Name]) -> dict[str, Any]:
    said = []
    for row in one.moved:
        said.append(f"{row.stand} : {clock(event.minute_of(row.told_slot or 0))} → "
                    f"{clock(event.minute_of(row.slot))}")
    for row in one.added:
        said.append(f"{row.stand} : {clock(event.minute_of(row.slot))}")
    for row in one.cancelled:
        said.append(f"{row.stand} : annulé")
    return {
        "name": names[str(one.registration.pk)].full, "said": [typography(text) for text in said],
        "channel": one.registration.get_channel_display(),
    }


@access("event", WRITE)
def repairing(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show what would repair the timetable, line by line, and what may be said of a stand or of somebody late."""
    return _repairing(request, event_of(request, event_id))


def _repairing(
    request: HttpRequest, event: Event, stand_form: StandHoursForm | None = None, late_form: LateForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, _ = asked(request)
    rows = list(event.registrations.order_by("rank", "pk"))
    names = boards.names_of(actor, event, rows)
    stands = _stands(event)
    proposal = repairs.waiting(event)
    if proposal is not None:
        note_read(actor, "registration", "event", event.pk, count=len(proposal.changes), reason="réparation")
    people = people_of(names, [one for one in rows if one.state in COMING and one.absent_at is None])
    return render(request, "organiser/timetable_repair.html", {
        "event": event, "current": "timetable", "proposal": proposal,
        "changes": _changes(event, proposal.changes if proposal else [], names, {str(one.pk): one for one in stands}),
        "stand_form": stand_form or StandHoursForm(event=event, stands=stands),
        "late_form": late_form or LateForm(event=event, people=people),
        "automatic": event.settings.get("repair") == repairs.AUTOMATIC,
        "can_repair": event.state in timetable.PREPARING and event.published_version > 0,
    }, status=status)


def _changes(
    event: Event, changes: list[dict[str, Any]], names: dict[str, boards.Name], stands: dict[str, Stand]
) -> list[dict[str, Any]]:
    words = {"added": "Nouvelle rencontre", "moved": "Déplacée", "cancelled": "Annulée"}
    return [
        {
            "kind": {"added": "ok", "moved": "warn", "cancelled": "stop"}[one["code"]], "what": words[one["code"]],
            "why": _REASONS.get(one["reason"], ""), "name": names[one["registration"]].full,
            "stand": str(stands[one["stand"]]) if one["stand"] in stands else "",
            "before": clock(event.minute_of(one["before"][1])) if one["before"] else "",
            "after": clock(event.minute_of(one["after"][1])) if one["after"] else "",
        }
        for one in changes if one["registration"] in names
    ]


@access("event", WRITE, methods=("POST",))
def repair_act(request: HttpRequest, event_id: UUID, proposal_id: UUID, action: str) -> HttpResponse:
    """Apply a repair in one click, or leave the timetable as it is."""
    actor, now = asked(request)
    get_object_or_404(RepairProposal, event=event_of(request, event_id), pk=proposal_id)
    try:
        if action == "laisser":
            repairs.dismiss(proposal_id=proposal_id, by=actor, at=now)
            messages.success(request, "Le planning reste comme il est.")
            return redirect("organiser:timetable", event_id)
        done = repairs.apply_proposal(proposal_id=proposal_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:repairing", args=[event_id]))
    return _told_of_repair(request, event_id, done)


def _told_of_repair(request: HttpRequest, event_id: UUID, done: repairs.RepairOutcome) -> HttpResponse:
    if done.applied:
        told = counted(done.told, "personne est prévenue", "personnes sont prévenues")
        messages.success(request, typography(f"{done.summary}. {told}."))
        return redirect("organiser:timetable", event_id)
    if done.summary:
        messages.warning(request, typography(f"À relire avant d’appliquer. {done.summary}."))
        return redirect("organiser:repairing", event_id)
    messages.success(request, "C’est noté : le planning n’a pas besoin d’être réparé.")
    return redirect("organiser:timetable", event_id)


@access("event", WRITE, methods=("POST",))
def repair_now(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Look for what would repair the timetable as things stand."""
    actor, now = asked(request)
    event_of(request, event_id)
    try:
        done = repairs.repair(event_id=event_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:repairing", args=[event_id]))
    return _told_of_repair(request, event_id, done)


@access("event", WRITE, methods=("POST",))
def stand_hours(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Say that a stand comes late, leaves or stays."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    form = StandHoursForm(request.POST, event=event, stands=_stands(event))
    if form.is_valid() and form.cleaned_data["what"] != "stays" and not form.cleaned_data["slot"]:
        form.add_error("slot", "Choisissez à partir de quand.")
    if not form.is_valid():
        return _repairing(request, event, stand_form=form, status=422)
    chosen = form.cleaned_data
    slot = int(chosen["slot"]) if chosen["slot"] else None
    try:
        done = repairs.stand_hours(
            event_id=event_id, stand_id=UUID(chosen["stand"]), by=actor, at=now, stays=chosen["what"] == "stays",
            arrives_slot=slot if chosen["what"] == "late" else None,
            left_slot=slot if chosen["what"] == "leaves" else None,
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("organiser:repairing", args=[event_id]))
    return _told_of_repair(request, event_id, done)


@access("event", WRITE, methods=("POST",))
def person_late(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Say that somebody on the way can be met from a certain hour on."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    rows = _coming(event)
    form = LateForm(request.POST, event=event, people=people_of(boards.names_of(actor, event, rows), rows))
    if not form.is_valid():
        return _repairing(request, event, late_form=form, status=422)
    try:
        done = repairs.person_late(
            event_id=event_id, registration_id=UUID(form.cleaned_data["registration"]),
            slot=int(form.cleaned_data["slot"]), by=actor, at=now,
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("organiser:repairing", args=[event_id]))
    return _told_of_repair(request, event_id, done)


@access("event", WRITE, methods=("POST",))
def automatic(request: HttpRequest, event_id: UUID, how: str) -> HttpResponse:
    """Let the repairs of the day be applied by themselves, or wait for a click."""
    actor, now = asked(request)
    event_of(request, event_id)
    on = how == "oui"
    try:
        repairs.set_automatic(event_id=event_id, automatic=on, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:repairing", args=[event_id]))
    say_with_undo(
        request, "Les réparations seront appliquées d’elles-mêmes." if on
        else "Les réparations attendront votre accord.",
        reverse("organiser:automatic_repair", args=[event_id, "non" if on else "oui"]),
    )
    return redirect("organiser:repairing", event_id)


@access("event", WRITE, methods=("GET", "POST"))
def rules(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show and change what the timetable must respect."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    form = RulesForm(request.POST if request.method == "POST" else None, event=event)
    context = {"event": event, "current": "timetable", "form": form, "changes": event.state in timetable.PREPARING}
    if request.method != "POST":
        return render(request, "organiser/timetable_rules.html", context)
    if not form.is_valid():
        return render(request, "organiser/timetable_rules.html", context, status=422)
    chosen = form.cleaned_data
    try:
        timetable_rules.set_rules(
            event_id=event_id, levels={family: chosen[family] for family in timetable_rules.FAMILIES},
            breaks=[int(slot) for slot in chosen["breaks"]], max_run=chosen["max_run"], revision=chosen["revision"],
            by=actor, at=now,
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:timetable_rules", args=[event_id]))
    messages.success(request, "Les règles du planning sont enregistrées : le planning dit ce qui ne les suit pas.")
    return redirect("organiser:timetable", event_id)


@access("event", WRITE)
def hall(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show the screen of the hall as it will be."""
    event = event_of(request, event_id)
    actor: Actor = asked(request)[0]
    note_read(actor, "registration", "event", event.pk, reason="écran de la salle")
    return hall_page(request, event, reverse("organiser:hall_preview", args=[event_id]), preview=True)
