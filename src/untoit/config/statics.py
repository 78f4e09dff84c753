"""Style sheets, scripts and pictures, gathered and compressed in the folder of the installation."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> bool:
    """Gather the files when one changed since the last time; return whether it was needed (it takes seconds)."""
    stamp = settings.STATIC_ROOT / ".empreinte"
    now = _stamp()
    with suppress(OSError):
        if stamp.read_text("ascii") == now:
            return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now, encoding="ascii")
    return True


def _stamp() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(()):
            seen.update(f"{path} {storage.get_modified_time(path).timestamp()} {storage.size(path)}\n".encode())
    return seen.hexdigest()
