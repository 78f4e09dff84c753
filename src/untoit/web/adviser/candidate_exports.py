"""Nominative lists: asked for by one member, approved by another, downloaded once, marked with who took them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.applicants import exports, selectors
from untoit.records.applicants.models import ExportRequest
from untoit.records.applicants.view import name_of
from untoit.records.pairings import downloads
from untoit.records.pairings.models import Run
from untoit.records.pairings.selectors import report_of
from untoit.records.partners.rights import Actor, require
from untoit.reporting.candidate_list import workbook
from untoit.reporting.run_report import render as render_report
from untoit.web.access import access
from untoit.web.adviser.candidate_edit import edit
from untoit.web.adviser.candidate_forms import ReasonForm
from untoit.web.adviser.candidates import listing_of
from untoit.web.components.refusals import refused

# A password or a second factor given less than five minutes ago.
FRESH_SECONDS = 300
KEPT = ("q", "suivi", "accord", "expire", "priorite", "sans_tandem")
SHOWN = 20
# The filter of a request for the files of a run.
RUN = "calcul"
_Table = tuple[list[str], list[list[str]], set[UUID]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@access("nominative_export", methods=("GET", "POST"))
def candidate_exports(request: HttpRequest) -> HttpResponse:
    """Ask for the list that the filters of the page give, and show the requests of the organisation."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "candidate_file")
    again = _authenticate_again(request)
    if again is not None:
        return again
    run = _run_asked_for(request.GET.get(RUN, ""), actor)
    filters = {RUN: str(run.pk)} if run else {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    waiting = ExportRequest.objects.visible_to(actor).select_related("asked_by__user", "approved_by__user")[:SHOWN]
    form = ReasonForm(request.POST or None)
    return edit(
        request, form,
        lambda valid: exports.request_export(
            reason=valid.cleaned_data["reason"], filters=filters, by=actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title=f"Demander les fichiers de « {run.title} »" if run else "Exporter la liste des candidats",
        back=reverse("adviser:candidate_exports"),
        said="La demande est enregistrée : un ou une collègue doit l'approuver dans les 24 heures.",
        template="adviser/candidate_exports.html", count=listing_of(request).count_label, run=run, exports=[
            _shown(one, actor) for one in waiting
        ], filters=filters,
    )


@access("nominative_export", methods=("POST",))
def export_approve(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Approve a colleague's request."""
    return _answer(request, export_id, exports.approve_export, "La demande est approuvée.")


@access("nominative_export", methods=("POST",))
def export_refuse(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Refuse a colleague's request, or take back one's own."""
    return _answer(request, export_id, exports.refuse_export, "La demande est refusée.")


@access("nominative_export", methods=("POST",))
@transaction.atomic
def export_file(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Give the file, once: the rows are those that the requester may see now."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, "candidate_file")
    again = _authenticate_again(request)
    if again is not None:
        return again
    asked = ExportRequest.objects.visible_to(actor).filter(pk=export_id).first()
    if asked is not None and RUN in asked.filters:
        return _run_files(request, asked, actor)
    heads, rows, households = _table(request, asked.filters if asked else {}, actor)
    try:
        taken = exports.take_export(
            export_id=export_id, households=households, rows=len(rows), by=actor, at=request.now  # type: ignore[attr-defined]
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("adviser:candidate_exports"))
    content = workbook(
        heads, rows, taken_by=actor.user_name, organisation=actor.organisation_name,
        at=timezone.localtime(actor.at), reason=taken.reason,
    )
    return HttpResponse(content, content_type=XLSX, headers={
        "Content-Disposition": f'attachment; filename="candidats-{actor.today:%Y-%m-%d}.xlsx"',
        "Cache-Control": "no-store",
    })


def _run_asked_for(text: str, actor: Actor) -> Run | None:
    """Return the run whose files are asked for; one that is not the actor's does not exist."""
    if not text:
        return None
    try:
        found = Run.objects.visible_to(actor).filter(pk=UUID(text), result__isnull=False).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _run_files(request: HttpRequest, asked: ExportRequest, actor: Actor) -> HttpResponse:
    """Give the files of a run that name people, with a notice of who took them."""
    run = _run_asked_for(asked.filters[RUN], actor)
    assert run is not None
    households = set(run.tandems.values_list("household_id", flat=True))
    households |= set(run.unplaced.values_list("household_id", flat=True))
    try:
        taken = exports.take_export(
            export_id=asked.pk, households=households, rows=len(households), by=actor, at=request.now  # type: ignore[attr-defined]
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("adviser:candidate_exports"))
    notice = typography(
        f"Fichiers du calcul « {run.title} », pris par {actor.user_name} ({actor.organisation_name}) le "
        f"{timezone.localtime(actor.at):%d/%m/%Y à %H h %M}. Raison : {taken.reason}. "
        "Ils nomment des personnes accompagnées : gardez-les chiffrés, effacez-les après usage."
    )
    content = downloads.nominative_zip(run, render_report(report_of(run)).encode(), notice)
    return HttpResponse(content, content_type="application/zip", headers={
        "Content-Disposition": f'attachment; filename="calcul-{run.on:%Y-%m-%d}.zip"', "Cache-Control": "no-store",
    })


def _answer(request: HttpRequest, export_id: UUID, act: Any, said: str) -> HttpResponse:
    require(request.actor, "candidate_file")  # type: ignore[attr-defined]
    try:
        act(export_id=export_id, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("adviser:candidate_exports"))
    messages.success(request, said)
    return redirect("adviser:candidate_exports")


def _authenticate_again(request: HttpRequest) -> HttpResponse | None:
    """Ask for the password or the second factor again; the demonstration and the tests have neither."""
    if not settings.PRODUCTION:
        return None
    records = get_authentication_records(request)
    last = max((record["at"] for record in records), default=0)
    if request.now.timestamp() - last <= FRESH_SECONDS:  # type: ignore[attr-defined]
        return None
    here = reverse("adviser:candidate_exports")
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': here})}")


def _table(request: HttpRequest, filters: dict[str, str], actor: Actor) -> _Table:
    """Return the columns of the role and its rows; neither resources nor RSA, whatever the role."""
    query = QueryDict(mutable=True)
    query.update(filters)
    request.GET = query  # type: ignore[assignment]
    persons = list(listing_of(request).everything())
    rows = selectors.rows_of(actor, persons)
    reads_contact = actor.sees("contact") == "F" and not selectors.actor_asks_reason(actor)
    columns: list[tuple[str, Any]] = [("Nom", lambda person, row: name_of(person, actor))]
    if any(row.number for row in rows):
        columns.append(("Numéro unique", lambda person, row: row.number))
    columns.append(("Commune", lambda person, row: row.place))
    columns.append(("Demande du", lambda person, row: f"{row.applied_on:%d/%m/%Y}" if row.applied_on else ""))
    if actor.sees("job_wishes") == "F":
        columns.append(("Métier recherché", lambda person, row: row.trade))
    if reads_contact:
        columns.append(("Téléphone", lambda person, row: person.phone))
        columns.append(("Adresse e-mail", lambda person, row: person.email))
    columns.append(("Accord", lambda person, row: "à recueillir" if row.consent_missing else "donné"))
    lines = [[value(person, row) for _, value in columns] for person, row in zip(persons, rows, strict=True)]
    return [head for head, _ in columns], lines, {one.household_id for one in persons}


def _shown(one: ExportRequest, actor: Actor) -> dict[str, Any]:
    """Return one request with what the actor may do with it."""
    fresh = actor.at <= (one.approved_at or one.asked_at) + exports.OPEN_FOR
    mine = one.asked_by_id == actor.membership_id
    waiting = one.approved_at is None and one.refused_at is None
    if one.downloaded_at:
        state = "téléchargée"
    elif one.refused_at:
        state = "refusée"
    elif not fresh:
        state = "expirée"
    else:
        state = "à approuver" if waiting else "approuvée"
    return {
        "id": one.pk, "asked_by": str(one.asked_by.user), "asked_at": one.asked_at, "reason": typography(one.reason),
        "state": state, "rows": one.rows, "approved_by": str(one.approved_by.user) if one.approved_by else "",
        "may_approve": waiting and fresh and one.asked_by.user_id != actor.user_id,
        "may_refuse": waiting and fresh, "may_take": mine and state == "approuvée",
    }
