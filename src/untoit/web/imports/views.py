"""Imports on screen: the list, a new one, and the page of one: progress, columns, preview, receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import Refused
from untoit.core.exchange import Kind
from untoit.core.exchange.columns import missing_columns
from untoit.records.intake import selectors, services
from untoit.records.intake.downloads import example
from untoit.records.intake.models import Batch, BatchState, Row
from untoit.records.partners import journal
from untoit.records.partners.rights import Actor
from untoit.web.access import access
from untoit.web.components.lists import Column, Listing
from untoit.web.components.refusals import refused
from untoit.web.imports.forms import ColumnsForm, ImportFilter, NewImportForm

_STAGES = {
    BatchState.RECEIVED: "Le fichier attend d'être lu", BatchState.READING: "Lecture du fichier",
    BatchState.APPLYING: "Enregistrement", BatchState.UNDOING: "Annulation de l'import",
}


@access("import", "W")
def index(request: HttpRequest) -> HttpResponse:
    """List the imports of the organisation."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = Listing(
        request, selectors.imports(actor), filters=ImportFilter,
        columns=(
            Column("file_name", "Fichier", sort="file_name"), Column("kind", "Contenu", sort="kind", narrow=False),
            Column("state", "État", sort="state"), Column("rows", "Lignes", numeric=True, narrow=False),
            Column("member", "Déposé par", narrow=False), Column("received_at", "Reçu le", sort="received_at"),
        ),
        default_sort="-received_at", row_template="imports/_import_row.html", caption="Imports de l'organisation",
        noun=("import", "imports"),
        empty=("Aucun import pour l'instant", "Déposez un premier fichier : rien n'est enregistré avant votre accord.",
               reverse("imports:new"), "Importer un fichier"),
    )
    return rows.respond("imports/list.html")


@access("import", "W", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """Take a file or a pasted table."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = NewImportForm(*sent, actor=actor)
    if request.method == "POST" and form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            made = services.receive(
                file_name=file.name if file else "", content=file.read() if file else b"", text=data["text"],
                kind=data.get("kind", ""), by=actor, at=actor.at,
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("imports:batch", made.pk)
    kinds = [{"code": kind, "label": label, "columns": example(Kind(kind))}
             for kind, label in selectors.kind_choices(actor)]
    return render(request, "imports/new.html", {"form": form, "kinds": kinds},
                  status=422 if request.method == "POST" else 200)


@access("import", "W")
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show an import where it stands."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = selectors.import_of(actor, batch_id)
    if found.state in selectors.WORKING:
        return render(request, "imports/working.html", {"batch": found, **_progress(found)})
    pages: dict[str, Callable[[HttpRequest, Actor, Batch], HttpResponse]] = {
        BatchState.MAPPING: _mapping, BatchState.READY: _preview, BatchState.APPLIED: _receipt,
        BatchState.UNDONE: _receipt,
    }
    return pages.get(found.state, _ended)(request, actor, found)


@access("import", "W")
def progress(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Answer how far the work is; the page is loaded again when it has ended."""
    found = selectors.import_of(request.actor, batch_id)  # type: ignore[attr-defined]
    answer = render(request, "imports/_progress.html", {"batch": found, **_progress(found)})
    if found.state not in selectors.WORKING:
        answer["HX-Refresh"] = "true"
    return answer


def _progress(found: Batch) -> dict[str, Any]:
    done = f"{found.rows_done} lignes sur {found.rows_total}" if found.rows_total else ""
    stage = _STAGES.get(BatchState(found.state), "")
    return {"value": selectors.progress_of(found), "stage": f"{stage} : {done}" if done else stage,
            "working": found.state in selectors.WORKING, "poll_url": reverse("imports:progress", args=[found.pk])}


def _mapping(request: HttpRequest, actor: Actor, found: Batch) -> HttpResponse:
    return _columns_page(request, found, ColumnsForm(actor=actor, batch=found))


def _preview(request: HttpRequest, actor: Actor, found: Batch) -> HttpResponse:
    return rows_page(request, actor, found, "imports/preview.html", {"before": selectors.received_before(actor, found)})


def _receipt(request: HttpRequest, actor: Actor, found: Batch) -> HttpResponse:
    return rows_page(request, actor, found, "imports/receipt.html", {
        "can_undo": selectors.may_be_undone(found, actor.at), "left_out": selectors.left_out(found),
        "purged": not found.rows.exists(),
    })


def _ended(request: HttpRequest, actor: Actor, found: Batch) -> HttpResponse:
    return render(request, "imports/ended.html", {"batch": found})


def rows_page(
    request: HttpRequest, actor: Actor, found: Batch, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Answer the rows of one tab, and note that they were read."""
    tabs = selectors.tabs_of(found, request.GET.get("onglet", ""))
    current = next((tab.code for tab in tabs if tab.is_current), "")
    rows = Listing(
        request, selectors.rows_of(found, current),
        columns=(Column("line", "Ligne", sort="line", numeric=True), Column("row", "Contenu"),
                 Column("what", "Ce que l'import en fait"), Column("act", "")),
        default_sort="line", row_template="imports/_row.html", caption="Lignes du fichier", noun=("ligne", "lignes"),
        present=lambda page: _read(actor, found, page), keep=("onglet",),
        empty=("Le fichier ne contient aucune ligne", "Vérifiez le fichier, puis déposez-le de nouveau.",
               reverse("imports:new"), "Importer un fichier"),
    )
    return rows.respond(template, {"batch": found, "tabs": tabs, "current": current, **context})


def _read(actor: Actor, found: Batch, rows: list[Row]) -> list[selectors.RowView]:
    if rows:
        journal.note_read(actor, "import", "import", found.pk, count=len(rows))
    return selectors.present(actor, found, rows)


@access("import", "W", methods=("GET", "POST"))
def columns(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Say which column is which, and read the file again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = selectors.import_of(actor, batch_id)
    if found.state not in (BatchState.MAPPING, BatchState.READY):
        return redirect("imports:batch", found.pk)
    form = ColumnsForm(request.POST if request.method == "POST" else None, actor=actor, batch=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.set_columns(
                batch_id=found.pk, kind=data["kind"], mapping=form.mapping(), blank_erases=data["blank_erases"],
                revision=data["revision"], by=actor, at=actor.at,
            )
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("imports:batch", found.pk)
    return _columns_page(request, found, form)


def _columns_page(request: HttpRequest, found: Batch, form: ColumnsForm) -> HttpResponse:
    missing = missing_columns(Kind(found.kind), found.mapping) if found.kind else ()
    status = 422 if form.is_bound else 200
    return render(request, "imports/columns.html", {"batch": found, "form": form, "missing": missing}, status=status)


@access("import", "W", methods=("GET", "POST"))
def row(request: HttpRequest, batch_id: UUID, line: int) -> HttpResponse:
    """Correct the cells of one row: a page of its own, or the row itself under htmx."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = selectors.import_of(actor, batch_id)
    one = found.rows.filter(line=line).first()
    if one is None:
        raise Http404
    if request.method == "POST":
        sent = request.POST.dict().items()
        cells = {name.removeprefix("cell_"): str(text) for name, text in sent if name.startswith("cell_")}
        try:
            one = services.edit_row(
                batch_id=found.pk, line=line, cells=cells, revision=_number(request.POST.get("revision")), by=actor,
                at=actor.at,
            )
        except Refused as refusal:
            return refused(request, refusal, back=reverse("imports:row", args=[found.pk, line]))
        found = selectors.import_of(actor, batch_id)
        if not request.htmx:  # type: ignore[attr-defined]
            _say_outcome(request, actor, found, one)
            return redirect(f"{reverse('imports:batch', args=[found.pk])}?onglet={one.outcome}")
        return row_fragment(request, actor, found, one)
    (view,) = _read(actor, found, [one])
    if request.htmx and request.GET.get("fermer"):  # type: ignore[attr-defined]
        return row_fragment(request, actor, found, one)
    current = request.GET.get("onglet") or one.outcome
    context = {"batch": found, "row": view, "cells": selectors.edit_cells(found, one), "current": current}
    fragment = bool(request.htmx)  # type: ignore[attr-defined]
    return render(request, "imports/_edit_row.html" if fragment else "imports/row.html", context)


def row_fragment(request: HttpRequest, actor: Actor, found: Batch, one: Row) -> HttpResponse:
    """Answer one row of the table, with the tabs and the confirmation that it changed."""
    (view,) = selectors.present(actor, found, [one])
    current = request.GET.get("onglet") or one.outcome
    return render(request, "imports/_row_changed.html", {
        "batch": found, "row": view, "tabs": selectors.tabs_of(found, current), "current": current,
    })


def _say_outcome(request: HttpRequest, actor: Actor, found: Batch, one: Row) -> None:
    (view,) = selectors.present(actor, found, [one])
    messages.success(request, f"La ligne {one.line} est relue : {view.outcome_label}.")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else -1
