"""What was wrong with a request, in French: the types of pydantic's errors, each with what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "missing": "obligatoire, et absent",
    "extra_forbidden": "inconnu de ce format",
    "greater_than_equal": "attendu : au moins {ge}",
    "less_than_equal": "attendu : au plus {le}",
    "string_too_short": "attendu : {min_length} caractère au moins",
    "string_too_long": "attendu : {max_length} caractères au plus",
    "string_pattern_mismatch": "attendu : de la forme {pattern}",
    "string_type": "attendu : un texte",
    "enum": "attendu : {expected}",
    "decimal_max_places": "attendu : {decimal_places} décimales au plus",
    "too_long": "attendu : {max_length} éléments au plus",
    "list_type": "attendu : une liste",
}
_BY_PREFIX = (
    ("decimal", "attendu : un nombre"), ("float", "attendu : un nombre"), ("int", "attendu : un nombre entier"),
    ("bool", "attendu : true ou false"), ("date", "attendu : une date comme 2026-11-23"),
    ("uuid", "attendu : un identifiant (UUID)"), ("json", "attendu : du JSON"),
)


def in_french(error: Mapping[str, Any]) -> dict[str, str]:
    """Return where an error lies and what is expected there; what was sent is not repeated, it may be personal."""
    kind = str(error["type"])
    sentence = _SENTENCES.get(kind)
    if sentence is None:
        sentence = next((words for prefix, words in _BY_PREFIX if kind.startswith(prefix)), "valeur non valide")
    where = ".".join(str(part) for part in error["loc"] if part not in ("body", "sent", "query", "path", "header"))
    return {"ou": where or "corps", "quoi": sentence.format(**error.get("ctx", {})), "code": kind}
