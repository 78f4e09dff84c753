"""The review of one tandem, by everybody who follows the household."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from untoit.core.errors import Conflict, Refused
from untoit.core.wording import typography
from untoit.records.pairings import selectors
from untoit.records.pairings.models import Tandem
from untoit.records.pairings.reviews import buttons, review_tandem
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components.refusals import refused
from untoit.web.components.templatetags.ui import url_or_none
from untoit.web.components.undo import say_with_undo
from untoit.web.landlord.run_forms import ReviewForm
from untoit.web.landlord.run_result import tandem_row

_DONE = {
    "accept": "retenu.", "set_aside": "écarté.", "pin": "épinglé ; le prochain calcul le gardera.",
    "forbid": "interdit ; le prochain calcul ne le proposera plus.",
}


@access("tandem", WRITE, methods=("GET", "POST"))
def review(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Show what can be said of a tandem, and say it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    tandem = get_object_or_404(
        selectors.with_people(Tandem.objects.visible_to(actor)).select_related(
            "vacancy", "household", "reviewed_by", "run"
        ).defer("run__result", "run__certificate"),
        pk=tandem_id,
    )
    back = _back(request, tandem, actor)
    form = ReviewForm(request.POST or None, initial={"revision": tandem.revision})
    context = {
        "form": form, "row": tandem_row(tandem, actor, tandem.run.state), "tandem": tandem, "run": tandem.run,
        "buttons": [one for one in buttons(tandem, actor, tandem.run.state) if one.action != "undo"], "back": back,
    }
    if request.method != "POST":
        journal.note_read(actor, "tandem", "tandem", tandem.pk)
        return render(request, "landlord/run_review.html", context)
    if not form.is_valid():
        return render(request, "landlord/run_review.html", context, status=422)
    given = form.cleaned_data
    try:
        said = review_tandem(
            tandem_id=tandem_id, action=given["action"], revision=given["revision"], reason_code=given["reason_code"],
            comment=given["comment"], forbids=given["forbids"], by=actor, at=request.now,  # type: ignore[attr-defined]
        )
    except Conflict as conflict:
        return refused(request, conflict, back=reverse("landlord:review_tandem", args=[tandem_id]))
    except Refused as refusal:
        form.add_error(None, typography(refusal.sentence))
        return render(request, "landlord/run_review.html", context, status=409)
    if given["action"] == "undo":
        return redirect(back)
    undo = reverse("landlord:undo_review", args=[tandem_id, said.revision])
    say_with_undo(request, f"Tandem {tandem.number} {_DONE[given['action']]}", undo)
    return redirect(back)


@access("tandem", WRITE, methods=("POST",))
def undo_review(request: HttpRequest, tandem_id: UUID, revision: int) -> HttpResponse:
    """Take back what was just said of a tandem, if nobody said anything since."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    tandem = get_object_or_404(Tandem.objects.visible_to(actor).defer("snapshot"), pk=tandem_id)
    back = _back(request, tandem, actor)
    try:
        review_tandem(
            tandem_id=tandem_id, action="undo", revision=revision, by=actor,
            at=request.now,  # type: ignore[attr-defined]
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return redirect(back)


def _back(request: HttpRequest, tandem: Tandem, actor: Actor) -> str:
    """Return where the person came from, or the page where this tandem is listed for her role."""
    asked = request.POST.get("back") or request.GET.get("retour", "")
    if asked and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    if actor.may("matching_run"):
        return reverse("landlord:run", args=[tandem.run_id])
    return url_or_none("adviser:tandems") or "/"
