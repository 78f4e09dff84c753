"""What people type for ages, communes, occupations, years and hours, read into the values of the records."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache

from untoit.core.errors import UnusableInput
from untoit.core.exchange import parse_clock
from untoit.core.territory.communes import MEL, commune, communes
from untoit.core.wording import listed, typography
from untoit.records.partners.search import folded
from untoit.web.components.pickers import occupation_of, suggested_occupations

_MOST_SUGGESTIONS = 3


def whole_ages(low: int, high: int) -> Callable[[str], list[int]]:
    """Return a reader of ages between two bounds, separated by commas or spaces."""
    def read(text: str) -> list[int]:
        found = re.split(r"[\s,;|]+", text.strip()) if text.strip() else []
        if not all(one.isascii() and one.isdigit() and low <= int(one) <= high for one in found):
            raise UnusableInput(typography(
                f"Indiquez des âges entre {low} et {high} ans, séparés par des virgules : 34, 36."
            ))
        return [int(one) for one in found]
    return read


def commune_codes(text: str) -> list[str]:
    """Return the INSEE codes of communes given by their name or code, separated by commas."""
    return list(dict.fromkeys(_commune(one.strip()) for one in re.split(r"[,;|\n]", text) if one.strip()))


def _commune(text: str) -> str:
    if commune(text.upper()) is not None:
        return text.upper()
    named = _communes_by_name().get(folded(text), ())
    if len(named) == 1:
        return named[0]
    if named:
        raise UnusableInput(typography(f"Plusieurs communes s'appellent « {text} » : indiquez le code INSEE."))
    raise UnusableInput(typography(f"« {text} » n'est pas une commune connue : indiquez son nom ou son code INSEE."))


@cache
def _communes_by_name() -> dict[str, tuple[str, ...]]:
    """Names without accents; one of the metropolis wins over its namesakes elsewhere."""
    found: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for one in communes():
        found[folded(one.name)].append((one.epci != MEL, one.code))
    return {
        name: tuple(code for far, code in sorted(places) if far == min(places)[0]) for name, places in found.items()
    }


def occupation_codes(text: str) -> list[str]:
    """Return ROME codes given by code or exact label, one a line."""
    return list(dict.fromkeys(_occupation(one.strip()) for one in re.split(r"[;\n]", text) if one.strip()))


def _occupation(text: str) -> str:
    found = occupation_of(text)
    if found is not None:
        return found.code
    near = [f"{one.label} ({one.code})" for one in suggested_occupations(text)[:_MOST_SUGGESTIONS]]
    hint = f" Vouliez-vous dire {listed(near, 'ou')} ?" if near else " Indiquez l'intitulé ROME ou son code."
    raise UnusableInput(typography(f"« {text} » n'est pas un métier connu du répertoire ROME.{hint}"))


def experience_years(text: str) -> dict[str, str]:
    """Return years by ROME code from lines such as ``N1103 : 2``."""
    found: dict[str, str] = {}
    for line in filter(None, (one.strip() for one in re.split(r"[;\n]", text))):
        name, _, years = line.rpartition(":")
        try:
            value = Decimal(years.replace("ans", "").replace("an", "").replace(",", ".").strip())
        except InvalidOperation:
            value = Decimal(-1)
        if not name or not 0 <= value <= 60:
            raise UnusableInput(typography(f"« {line} » : écrivez un métier et des années, par exemple N1103 : 2."))
        found[_occupation(name.strip())] = f"{value:f}"
    return found


def clock_minutes(text: str) -> int | None:
    """Return minutes after midnight from ``7 h 30``, ``7h`` or ``18:00``; nothing for a blank."""
    if not text.strip():
        return None
    plain = re.sub(r"[\s\u202f\xa0]", "", text.lower())
    plain = re.sub(r"^([0-9]{1,2})h([0-9]{2})?(mn|min)?$", lambda found: f"{found[1]}:{found[2] or '00'}", plain)
    try:
        return parse_clock(plain.zfill(5))
    except ValueError as refusal:
        raise UnusableInput(typography(f"« {text} » n'est pas une heure : écrivez 7 h 30 ou 18:00.")) from refusal
