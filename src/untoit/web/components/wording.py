"""Hours and lengths of time as they are written on a page."""

from __future__ import annotations

import math
from datetime import time

from untoit.core.wording import NO_BREAK


def clock(at: time) -> str:
    """Return ``10 h 42``, ``7 h``, ``23 h 05``."""
    return f"{at.hour}{NO_BREAK}h" + (f"{NO_BREAK}{at.minute:02d}" if at.minute else "")


def length(minutes: float) -> str:
    """Return ``24 min`` or ``1 h 05``, rounded up to the minute."""
    whole = math.ceil(minutes)
    if whole < 60:
        return f"{whole}{NO_BREAK}min"
    return f"{whole // 60}{NO_BREAK}h" + (f"{NO_BREAK}{whole % 60:02d}" if whole % 60 else "")
