"""What an answer says, in every form in which it may leave: HTML, JSON, CSV, XLSX, PDF, headers, e-mail."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
import zlib
from typing import Any

_SPACES = re.compile(r"(?<=\d)[\u00a0\u202f\u2009 ](?=\d{3})")


def texts_of(answer: Any) -> str:
    """Return everything that can be read in an answer: its headers, and its body opened as what it is."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    # A length is a number that may happen to be that of an amount.
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items() if name != "Content-Length")
    return fold(headers + "\n" + readable(body, answer.get("Content-Type", "")))


def fold(text: str) -> str:
    """Return the text in lower case, with the thousands of its numbers closed up: « 71 391 » is looked for as 71391."""
    return _SPACES.sub("", text).lower()


def readable(body: bytes, kind: str) -> str:
    """Return the text of a body: archives and compressed streams opened, entities and escapes undone."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(readable(archive.read(name), "xml") for name in archive.namelist())
    if body.startswith(b"%PDF"):
        return pdf_text(body)
    text = body.decode("utf-8", "replace")
    if "json" in kind:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError:
            return text
    return html.unescape(text)


def pdf_text(body: bytes) -> str:
    """
    Return the texts of a PDF, fonts by fonts: each string is read with every table of characters that the file holds.

    Reading with the wrong table gives noise, never the absence of a text: what is looked for is found in any font.
    """
    streams = [_inflated(raw) for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL)]
    tables = [table for stream in streams if b"beginbf" in stream and (table := _characters(stream))]
    found = [body.decode("latin-1")]
    for stream in streams:
        found.append(stream.decode("latin-1"))
        codes = [bytes.fromhex(one.decode()) for one in re.findall(rb"<((?:[0-9A-Fa-f]{4})+)>", stream)]
        codes += [_literal(one) for one in re.findall(rb"\(((?:\\.|[^\\()])*)\)", stream, re.DOTALL)]
        for table in tables:
            found.append("".join(_read(code, table) for code in codes))
    return "\n".join(found)


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return raw


def _characters(stream: bytes) -> dict[int, str]:
    """Return the table of a ToUnicode stream: number of the glyph -> characters."""
    table: dict[int, str] = {}
    text = stream.decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, target in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[int(code, 16)] = bytes.fromhex(target).decode("utf-16-be", "replace")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for low, high, target in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            first = int(target, 16)
            for offset in range(int(high, 16) - int(low, 16) + 1):
                table[int(low, 16) + offset] = chr(first + offset) if first + offset < 0x110000 else ""
    return table


def _literal(text: bytes) -> bytes:
    escapes = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(match: re.Match[bytes]) -> bytes:
        code = match.group(1)
        return bytes([int(code, 8) & 255]) if code[:1].isdigit() else escapes.get(code, code)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, text, flags=re.DOTALL)


def _read(code: bytes, table: dict[int, str]) -> str:
    pairs = (int.from_bytes(code[at:at + 2], "big") for at in range(0, len(code) - 1, 2))
    return "".join(table.get(pair, "") for pair in pairs)
