"""Inputs that the pages share."""

from __future__ import annotations

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A date chosen in the browser's calendar; the value is written as browsers read it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class EurosInput(forms.TextInput):
    """An amount in euros, with a comma or a point."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "class": "short", "size": 10, **(attrs or {})})
