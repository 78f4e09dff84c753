"""
The no-break spaces of the French templates: says where one is missing, puts it with ``--write``.

``python tools/typography.py [--write]``. A plain space before « : ; ? ! % € » », or after « « », lets the mark begin
the next line. Comments, scripts and styles are left alone, and so is what a template tag closes with.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from untoit.core.wording import NARROW, NO_BREAK

TEMPLATES = Path(__file__).resolve().parent.parent / "src" / "untoit" / "web" / "templates"
_CODE = re.compile(
    r"(<!--.*?-->|\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|<script\b.*?</script>|<style\b.*?</style>)", re.S
)
_BEFORE_NARROW = re.compile(r"(?<=\S) (?=[;!?%](?![\w}=]))")
_BEFORE_WIDE = re.compile(r"(?<=\S) (?=[:»€](?![\w=]))")
_AFTER_QUOTE = re.compile(r"(?<=«) (?=\S)")


def mended(text: str) -> str:
    """Return the text of a template with its no-break spaces, as ``core.wording.typography`` puts them."""
    parts = _CODE.split(text)
    parts[::2] = [
        _AFTER_QUOTE.sub(NO_BREAK, _BEFORE_WIDE.sub(NO_BREAK, _BEFORE_NARROW.sub(NARROW, part))) for part in parts[::2]
    ]
    return "".join(parts)


def templates() -> list[Path]:
    """Return the templates that a person reads: pages and letters."""
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def main(write: bool) -> int:
    """Say, or mend, each line; 1 when something was missing."""
    found = ((path, path.read_text(encoding="utf-8")) for path in templates())
    wrong = [(path, text) for path, text in found if mended(text) != text]
    for path, text in wrong:
        if write:
            path.write_text(mended(text), encoding="utf-8")
        for number, (line, new) in enumerate(zip(text.split("\n"), mended(text).split("\n"), strict=True), 1):
            if line != new:
                print(f"{path.relative_to(TEMPLATES)}:{number}: {line.strip()[:100]}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
