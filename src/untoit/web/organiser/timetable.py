"""The timetable on screen: its boards, the computation, and what a person does to one meeting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from untoit.core.errors import Conflict, Refused, UntoitError
from untoit.core.wording import typography
from untoit.core.wording.moments import clock
from untoit.records.events import boards, moves, repairs, timetable
from untoit.records.events.models import Event, Meeting
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.refusals import refused
from untoit.web.components.undo import say_with_undo
from untoit.web.organiser.events import event_of
from untoit.web.organiser.timetable_forms import BoardFilter, CancelForm, ComputeForm, MoveForm

VIEWS = (("stands", "Par stand"), ("candidats", "Par candidat"), ("salles", "Par salle"))
_WITH_SCRIPT = "planning"


@dataclass(frozen=True, slots=True)
class Square:
    """One square of the grid: a meeting, a pause, or nothing; ``span`` slots wide from ``slot``."""

    slot: int
    span: int
    cell: boards.Cell | None
    shut: bool


@access("event", WRITE)
def board(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Show the timetable, by stand, candidate or room, with what goes wrong and what comes next."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    context = _board(request, actor, event)
    if context["board"].people:
        note_read(actor, "registration", "event", event.pk, count=context["board"].people, reason="planning")
    job = event.plan_jobs.first()
    proposal = repairs.waiting(event)
    names = boards.names_of(actor, event, event.registrations.all()) if job and job.result else {}
    return render(request, "organiser/timetable.html", {
        **context, "event": event, "current": "timetable", "compute": ComputeForm(), "job": job, "proposal": proposal,
        "under_way": job is not None and job.done_at is None, "result": _result(job.result, names) if job else None,
        "changes": event.state in timetable.PREPARING, "now": now,
    })


@access("event", WRITE)
def grid(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Answer the grid alone; nothing (204) while it is still the version that the page shows."""
    actor, _ = asked(request)
    event = event_of(request, event_id)
    if request.GET.get("vu") == str(event.planned_version):
        return HttpResponse(status=204)
    return render(request, "organiser/_timetable_grid.html", {"event": event, **_board(request, actor, event)})


def _board(request: HttpRequest, actor: Actor, event: Event) -> dict[str, Any]:
    form = BoardFilter(request.GET, event=event)
    chosen = form.cleaned_data if form.is_valid() else {}
    view = chosen.get("vue") or "stands"
    found = boards.board_of(actor, event, view, at=asked(request)[1])
    lines = [line for line in found.lines if form.keeps(view, line)]
    kept = {name: str(value) for name, value in request.GET.items() if name in form.fields and name != "vue" and value}
    return {
        "board": found, "view": view, "filter": form,
        "views": [
            (code, label, f"?{urlencode({'vue': code})}", code == view) for code, label in VIEWS
        ],
        "rows": [(line, _squares(line, event.slots)) for line in lines], "narrowed": len(lines) < len(found.lines),
        "query": urlencode({"vue": view, **kept}),
        "counts": {
            level: sum(one[0] == level for one in found.broken) for level in ("impossible", "must", "warn")
        },
    }


def _squares(line: boards.Line, slots: int) -> list[Square]:
    squares, slot = [], 0
    while slot < slots:
        cell = line.cells.get(slot)
        span = cell.length if cell else 1
        squares.append(Square(slot, span, cell, slot in line.shut))
        slot += span
    return squares


def _result(result: dict[str, Any] | None, names: dict[str, boards.Name]) -> dict[str, Any] | None:
    """Return what a computation left, with the names that the reader may see."""
    if not result:
        return None
    missing = [
        {"name": names[one["registration"]].full if one["registration"] in names else "", "sentence": one["sentence"]}
        for one in result["missing"]
    ]
    return {**result, "missing": missing, "gap_percent": round(100 * result["gap"], 1)}


@access("event", WRITE, methods=("POST",))
def compute(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Ask for a timetable."""
    form = ComputeForm(request.POST)
    seconds = int(form.cleaned_data["seconds"]) if form.is_valid() else 10
    return _act(
        request, event_id, lambda actor, now: timetable.ask(event_id=event_id, seconds=seconds, by=actor, at=now),
        "Le calcul est demandé : le planning s’affichera ici dès qu’il sera prêt.",
    )


@access("event", WRITE)
def progress(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Answer how far the computation is; reload the page once it has ended."""
    event = event_of(request, event_id)
    job = event.plan_jobs.first()
    under_way = job is not None and job.done_at is None
    answer = render(request, "organiser/_timetable_progress.html", {"event": event, "job": job, "under_way": under_way})
    if not under_way:
        answer["HX-Refresh"] = "true"
    return answer


@access("event", WRITE, methods=("POST",))
def stop(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Stop the computation, keeping the best timetable found so far."""
    return _act(
        request, event_id, lambda actor, now: timetable.stop(event_id=event_id, by=actor, at=now),
        "L’arrêt est demandé : le meilleur planning trouvé sera gardé.",
    )


def _act(request: HttpRequest, event_id: UUID, act: Callable[..., Any], done: str) -> HttpResponse:
    actor, now = asked(request)
    event_of(request, event_id)
    try:
        act(actor, now)
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("organiser:timetable", args=[event_id]))
    messages.success(request, done)
    return redirect("organiser:timetable", event_id)


def meeting_of(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> tuple[Event, Meeting]:
    """Return a meeting of an event that the actor runs, or a 404."""
    event = event_of(request, event_id)
    row = get_object_or_404(
        event.meetings.select_related("registration__person", "stand__room", "offer"), pk=meeting_id
    )
    return event, row


@access("event", WRITE, methods=("GET", "POST"))
def meeting(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Show one meeting and where it could go; move it. With the script, the same in answers that it reads."""
    event, row = meeting_of(request, event_id, meeting_id)
    if request.method != "POST":
        return render(request, _template(request), _sheet(request, event, row))
    actor, now = asked(request)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return render(request, _template(request), {**_sheet(request, event, row), "form": form}, status=422)
    table, slot = form.spot
    was = (row.table, row.slot)
    try:
        done = moves.move_meeting(
            meeting_id=meeting_id, table=table, slot=slot, revision=form.cleaned_data["revision"],
            confirmed=form.cleaned_data["confirmed"], by=actor, at=now,
        )
    except Refused as refusal:
        return _no(request, refusal, event_id)
    if not done.done:
        if _scripted(request):
            return JsonResponse({"done": False, "confirm": True, "sentences": done.sentences}, status=422)
        context = {**_sheet(request, event, row), "form": form, "confirm": done.sentences, "asked": (table, slot)}
        return render(request, _template(request), context, status=422)
    sentence = typography(f"Rencontre déplacée à {clock(event.minute_of(slot))}.")
    undo = ""
    if done.meeting is not None and (table, slot) != was:
        undo = reverse("organiser:undo_move", args=[event_id, meeting_id, done.meeting.revision, *was])
    return _yes(request, event_id, meeting_id, sentence, undo, done.sentences)


@access("event", WRITE)
def places(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Answer where a meeting could be dropped, and what it would break there."""
    event, row = meeting_of(request, event_id, meeting_id)
    now = asked(request)[1]
    problem = timetable.problem_of(event, at=now)
    key = str(row.registration_id)
    if row.state != "planned" or row.is_locked or key not in problem.event.candidate_of:
        return JsonResponse({"stand": str(row.stand_id), "places": [], "locked": row.is_locked})
    return JsonResponse({"stand": str(row.stand_id), "locked": False, "places": [
        {
            "table": spot.table, "slot": spot.slot, "confirm": spot.needs_confirmation,
            "sentences": list(dict.fromkeys(one.sentence for one in spot.broken)),
        }
        for spot in moves.spots(problem, key, str(row.stand_id))
    ]})


@access("event", WRITE, methods=("POST",))
def undo_move(
    request: HttpRequest, event_id: UUID, meeting_id: UUID, revision: int, table: int, slot: int
) -> HttpResponse:
    """Take the last move of a meeting back."""
    event, _ = meeting_of(request, event_id, meeting_id)
    actor, now = asked(request)
    try:
        moves.move_meeting(
            meeting_id=meeting_id, table=table, slot=slot, revision=revision, confirmed=True, by=actor, at=now
        )
    except Refused as refusal:
        return _no(request, refusal, event_id)
    return _yes(
        request, event_id, meeting_id, typography(f"Rencontre remise à {clock(event.minute_of(slot))}."), "", []
    )


@access("event", WRITE, methods=("POST",))
def lock(request: HttpRequest, event_id: UUID, meeting_id: UUID, how: str) -> HttpResponse:
    """Keep a meeting where it is, or let it move again."""
    if how not in ("verrouiller", "deverrouiller"):
        raise Http404
    meeting_of(request, event_id, meeting_id)
    actor, now = asked(request)
    try:
        row = moves.set_lock(meeting_id=meeting_id, locked=how == "verrouiller", by=actor, at=now)
    except Refused as refusal:
        return _no(request, refusal, event_id)
    said = "verrouillée : aucun calcul ne la déplacera" if row.is_locked else "déverrouillée"
    back = "deverrouiller" if row.is_locked else "verrouiller"
    undo = reverse("organiser:lock_meeting", args=[event_id, meeting_id, back])
    return _yes(request, event_id, meeting_id, typography(f"Rencontre {said}."), undo, [])


@access("event", WRITE, methods=("POST",))
def cancel(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Free the place of a meeting, with a reason."""
    event, row = meeting_of(request, event_id, meeting_id)
    actor, now = asked(request)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return render(request, _template(request), {**_sheet(request, event, row), "cancel": form}, status=422)
    try:
        moves.cancel_meeting(meeting_id=meeting_id, by=actor, at=now, **form.cleaned_data)
    except Refused as refusal:
        return _no(request, refusal, event_id)
    undo = reverse("organiser:restore_meeting", args=[event_id, meeting_id])
    return _yes(request, event_id, meeting_id, "Rencontre annulée : sa place est libre.", undo, [])


@access("event", WRITE, methods=("POST",))
def restore(request: HttpRequest, event_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Take a cancellation back."""
    meeting_of(request, event_id, meeting_id)
    actor, now = asked(request)
    try:
        moves.restore_meeting(meeting_id=meeting_id, by=actor, at=now)
    except Refused as refusal:
        return _no(request, refusal, event_id)
    return _yes(request, event_id, meeting_id, "Rencontre remise au planning.", "", [])


def _scripted(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == _WITH_SCRIPT


def _template(request: HttpRequest) -> str:
    return "organiser/_meeting_sheet.html" if _scripted(request) else "organiser/meeting.html"


def _sheet(request: HttpRequest, event: Event, row: Meeting) -> dict[str, Any]:
    actor, now = asked(request)
    problem = timetable.problem_of(event, at=now)
    key = str(row.registration_id)
    spots = (
        moves.spots(problem, key, str(row.stand_id))
        if row.state == "planned" and not row.is_locked and key in problem.event.candidate_of else []
    )
    name = boards.names_of(actor, event, [row.registration])[key]
    if name.is_known:
        note_read(actor, "registration", "registration", row.registration_id, reason="planning")
    return {
        "event": event, "current": "timetable", "meeting": row, "name": name,
        "spots": [
            {
                "spot": spot, "minute": event.minute_of(spot.slot),
                "here": (spot.table, spot.slot) == (row.table, row.slot),
                "sentences": list(dict.fromkeys(one.sentence for one in spot.broken)),
            }
            for spot in spots
        ],
        "minute": event.minute_of(row.slot), "cancel": CancelForm(initial={"revision": row.revision}),
        "several_tables": len(problem.tables[str(row.stand_id)]) > 1, "form": None,
    }


def _no(request: HttpRequest, refusal: Refused, event_id: UUID) -> HttpResponse:
    if _scripted(request):
        status = 409 if isinstance(refusal, Conflict) else 422
        return JsonResponse({"done": False, "confirm": False, "sentences": [refusal.sentence]}, status=status)
    return refused(request, refusal, back=reverse("organiser:timetable", args=[event_id]))


def _yes(
    request: HttpRequest, event_id: UUID, meeting_id: UUID, sentence: str, undo: str, broken: list[str]
) -> HttpResponse:
    said = " ".join([sentence, *broken])
    if _scripted(request):
        return JsonResponse({"done": True, "sentence": said, "undo": undo})
    if undo:
        say_with_undo(request, said, undo)
    else:
        messages.success(request, said)
    return redirect(f"{reverse('organiser:timetable', args=[event_id])}#m-{meeting_id}")
