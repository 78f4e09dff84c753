"""Sentences in French: numbers, dates, lists and agreement as a reader expects them."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NARROW = "\u202f"    # between thousands, and before ; ! ? %
NO_BREAK = "\u00a0"  # before : and €, inside « »


def say(template: str, facts: Mapping[str, object]) -> str:
    """
    Return a French sentence from a template and the facts that it quotes.

    ``{seen}`` writes a number, a date, a list or a yes/no; ``{rate:%}`` a share as a percentage; ``{income:€}`` an
    amount in euros; ``{n:pièce|pièces}`` a number with its noun.
    """
    return typography(_Sentence().vformat(template, (), facts))


def typography(sentence: str) -> str:
    """Return the sentence with the no-break spaces of French typography."""
    sentence = re.sub(r" (?=[;!?%])", NARROW, sentence)
    sentence = re.sub(r" (?=[:»€])", NO_BREAK, sentence)
    return re.sub(r"(?<=«) ", NO_BREAK, sentence)


def number(value: Decimal | int | float, decimals: int | None = None) -> str:
    """Return ``12 900`` or ``7,50``; without ``decimals``, none for a whole number and as many as there are else."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if decimals is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    elif exact == exact.to_integral_value():
        exact = exact.to_integral_value()
    else:
        exact = exact.normalize()
    return f"{exact:,f}".replace(",", NARROW).replace(".", ",")


def euros(value: Decimal | int | float) -> str:
    """Return an amount without its sign: whole euros as they are, else with two decimals."""
    return number(value, 0 if value == int(value) else 2)


def percentage(share: Decimal | float) -> str:
    """Return ``22,5 %`` for 0.225."""
    return typography(f"{number(Decimal(str(share)) * 100, 1)} %")


def counted(count: Decimal | int | float, singular: str, plural: str) -> str:
    """Return ``1 pièce`` or ``4 pièces``: in French the plural starts at two."""
    return f"{number(count)}{NO_BREAK}{singular if -2 < count < 2 else plural}"


def listed(items: Iterable[object], last: str = "et") -> str:
    """Return ``a, b et c``."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


class _Sentence(string.Formatter):
    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            singular, plural = format_spec.split("|")
            return counted(value, singular, plural)
        if format_spec == "%":
            return percentage(value)
        if format_spec == "€":
            return f"{euros(value)} €"
        if isinstance(value, bool):
            return "oui" if value else "non"
        if isinstance(value, int | float | Decimal):
            return number(value)
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        if isinstance(value, tuple | list | frozenset):
            return listed(sorted(value) if isinstance(value, frozenset) else value)
        return str(value)
