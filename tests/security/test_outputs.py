"""The reader of answers finds a text wherever it hides: if it did not, the absence of a canary would prove nothing."""

import io

import typst
import xlsxwriter
from tests.security.outputs import fold, readable


def test_a_pdf_is_read_through_its_fonts(tmp_path):
    source = tmp_path / "page.typ"
    source.write_text("Bonjour *zqlastnameaqz*, né le 11/03/1961. Revenu : 71 391 €.", "utf-8")

    body = typst.compile(str(source))

    assert b"zqlastnameaqz" not in body
    text = fold(readable(body, "application/pdf"))
    assert "zqlastnameaqz" in text
    assert "11/03/1961" in text
    assert "71391" in text.replace(" ", "")


def test_a_workbook_is_read_through_its_archive():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write(0, 0, "zqlastnameaqz")

    assert "zqlastnameaqz" in readable(stream.getvalue(), "application/vnd")


def test_entities_and_escapes_are_undone():
    assert "é&zq" in readable(b"&eacute;&amp;zq", "text/html")
    assert "é zq" in readable(b'{"a": "\\u00e9 zq"}', "application/json")
