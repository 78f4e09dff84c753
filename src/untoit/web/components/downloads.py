"""A list as a file to keep, in the layout that the imports read back."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpResponse

from untoit.records.partners import sheets


def file_response(rows: Sequence[dict[str, str]], columns: Sequence[str], *, name: str, form: str) -> HttpResponse:
    """Return the rows of an exchange format as ``csv`` or ``xlsx``; any other form is a page that does not exist."""
    if form not in ("csv", "xlsx"):
        raise Http404
    content = sheets.as_csv(columns, rows) if form == "csv" else sheets.as_xlsx(columns, rows, title=name)
    answer = HttpResponse(content, content_type=sheets.CSV_TYPE if form == "csv" else sheets.XLSX_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
