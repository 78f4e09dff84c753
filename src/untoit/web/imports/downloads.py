"""Files to download: the rows to correct, in the layout of the file received, and empty models."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from untoit.core.exchange import Kind
from untoit.records.intake import downloads as files
from untoit.records.intake import selectors, services
from untoit.records.partners import journal
from untoit.records.partners.rights import Actor
from untoit.web.access import access

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@access("import", "W")
def corrections(request: HttpRequest, batch_id: UUID, form: str) -> HttpResponse:
    """Answer the rows that are not recorded, with one more column that says why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = selectors.import_of(actor, batch_id)
    if form not in _TYPES or not found.kind:
        raise Http404
    rows = services.left_aside(found)
    journal.note_read(actor, "import", "import", found.pk, count=max(len(rows), 1), reason="lignes à corriger")
    if form == "csv":
        return _file(files.rows_as_csv(found, rows, with_problems=True), f"{found.kind}-a-corriger", form)
    return _file(files.rows_as_xlsx(found, rows, with_problems=True), f"{found.kind}-a-corriger", form)


@access("import", "W")
def model(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """Answer a file to fill in: the columns that are expected and one example."""
    allowed = [code for code, _ in selectors.kind_choices(request.actor)]  # type: ignore[attr-defined]
    if kind not in allowed or form not in _TYPES:
        raise Http404
    content = files.model_csv(Kind(kind)) if form == "csv" else files.model_xlsx(Kind(kind))
    return _file(content, f"modele-{kind}", form)


def _file(content: str | bytes, name: str, form: str) -> HttpResponse:
    # The mark tells spreadsheet programs that a CSV is in UTF-8.
    body = b"\xef\xbb\xbf" + content.encode() if isinstance(content, str) else content
    answer = HttpResponse(body, content_type=_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
