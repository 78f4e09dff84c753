"""The values of a copy of one's data: as JSON holds them, and as the PDF writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from untoit.core.wording import NARROW, NO_BREAK, listed, number
from untoit.records.applicants import wording as fr


def share(value: Decimal | None) -> str:
    """Return a share as a percentage; blank when unknown."""
    return "" if value is None else f"{number(value * 100, 1)}{NARROW}%"


def by_day(value: Decimal | None) -> str:
    """Return an amount a day; blank when unknown."""
    return "" if value is None else f"{number(value, 2)}{NO_BREAK}€ par jour"


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def shown(value: Any) -> str:
    """Return a value as the PDF writes it; blank when there is none."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return fr.yes_no(value)
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d/%m/%Y à %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, dict):
        return listed(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list | tuple):
        texts = [str(one) for one in value]
        return "\n".join(texts) if any(len(one) > 24 for one in texts) else listed(texts)
    return str(value)
