"""
The icons of the pages (heroicons, 20 pixels), drawn once a process.

The package opens its archive of 1,288 drawings for each icon that it has not drawn yet (10 ms), and copies a tree of
XML each time one is shown (0.2 ms): a page has fifteen of them, and a new process would spend its first second there.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zipfile import ZipFile

from django.utils.safestring import SafeString, mark_safe
from heroicons import IconDoesNotExist

_FOLDER = "mini/"
_WRITTEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">'
_SHOWN = (
    '<svg viewBox="0 0 20 20" fill="currentColor" aria-hidden="true" width="20" height="20" focusable="false" '
    'class="icon">'
)


@cache
def inline(name: str) -> SafeString:
    """Return an icon that assistive technology does not read."""
    try:
        drawing = _drawings()[name]
    except KeyError:
        raise IconDoesNotExist(f"The icon {name!r} does not exist.") from None
    return mark_safe(drawing.replace(_WRITTEN, _SHOWN, 1))


@cache
def _drawings() -> dict[str, str]:
    with (files("heroicons") / "heroicons.zip").open("rb") as archive, ZipFile(archive) as drawings:
        return {
            one.filename.removeprefix(_FOLDER).removesuffix(".svg"): drawings.read(one).decode().strip()
            for one in drawings.infolist() if one.filename.startswith(_FOLDER)
        }
