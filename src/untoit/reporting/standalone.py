"""A page that needs nothing but itself: style inside, no script, nothing that may be read from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from untoit.reporting import french


def standalone(template: str, styles: Sequence[str], **facts: object) -> str:
    """Return the page of a template of this package with its style sheets inside and a policy that forbids the rest."""
    environment = Environment(
        loader=PackageLoader("untoit.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=french.typography,
    )
    environment.filters |= {
        "number": french.number, "euros": french.euros, "percent": french.percent, "day": french.day,
    }
    environment.globals["plural"] = french.plural
    style = "\n".join((resources.files("untoit.reporting") / "templates" / name).read_text("utf-8") for name in styles)
    fingerprint = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template(template).render(
        style=Markup(style),
        policy=f"default-src 'none'; style-src 'sha256-{fingerprint}'; base-uri 'none'; form-action 'none'",
        **facts,
    )


def write_page(path: Path, page: str) -> None:
    """Write a page to ``path``, all or nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(page, "utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
