"""
Write the reference pages that are generated: ``docs/reference/rules.md`` and ``docs/reference/parameters.md``.

``python tools/build_reference.py`` writes them; a test fails when they are stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from untoit.core import parameters
from untoit.core.parameters import Parameter
from untoit.core.rules.housing import HOUSING_RULES, counts_as_priority
from untoit.core.rules.housing.budget import effort_is_bearable, residual_income_is_enough
from untoit.core.rules.rule import Rule
from untoit.core.rules.work import WORK_RULES

FOLDER = Path(__file__).parents[1] / "docs/reference"

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)

SECTIONS: tuple[tuple[str, str, tuple[Rule[Any], ...]], ...] = (
    (
        "Logement",
        "Pour un ménage et un logement, dans cet ordre : la première règle qui exclut est la raison que lit le ménage.",
        HOUSING_RULES,
    ),
    (
        "Budget",
        "Des alertes de la politique du bailleur, sur un budget estimé. Un revenu faible n'exclut jamais.",
        (effort_is_bearable, residual_income_is_enough),
    ),
    (
        "Priorité",
        "Ce qui compte parmi les publics prioritaires. Sans justificatif, l'attribution n'est pas comptée.",
        (counts_as_priority,),
    ),
    (
        "Emploi",
        "Pour une personne et une offre, dans cet ordre. Ces règles ne peuvent pas lire le ménage : ni âge, ni sexe, "
        "ni adresse, ni revenu, ni situation familiale.",
        WORK_RULES,
    ),
)


def rules_page() -> str:
    """Return the page of the rules, in Markdown."""
    lines = [
        "# Règles",
        "",
        "*Page engendrée par `tools/build_reference.py` à partir des règles : ne pas la modifier à la main.*",
        "",
        "Une règle **exclut** (la paire n'est pas proposée) ou **alerte** (la paire reste, l'alerte est montrée). "
        "Quand les textes repris ici ne décrivent pas la situation, le code est suivi de `_a_voir` : rien n'est "
        "proposé automatiquement et une personne regarde. Une valeur « à vérifier » est signalée à côté du résultat.",
    ]
    for title, introduction, rules in SECTIONS:
        lines += ["", f"## {title}", "", introduction, ""]
        lines += ["| code | règle | effet | source | phrase si oui | phrase si non |", "|---|---|---|---|---|---|"]
        lines += [
            _row(f"`{rule.code}`", rule.label, rule.effect, rule.source, _spoken(rule.says), _spoken(rule.otherwise))
            for rule in rules
        ]
    return "\n".join(lines) + "\n"


def parameters_page() -> str:
    """Return the page of the dated parameters, in Markdown."""
    lines = [
        "# Paramètres datés",
        "",
        "*Page engendrée par `tools/build_reference.py` à partir de `src/untoit/core/parameters/` : ne pas la modifier "
        "à la main.*",
        "",
        "Chaque valeur a une date d'entrée en vigueur, une source et un statut. « À vérifier » : une personne doit "
        "encore la lire dans le texte. Une valeur dont la révision est passée redevient « à vérifier » d'elle-même.",
    ]
    for name in parameters.names():
        history = parameters.series(name)
        first = history[0]
        lines += ["", f"## {first.label}", "", f"`{name}` · unité : {first.unit} · révision : {_when(first)}"]
        for value in history:
            status = "à vérifier" if value.to_check else "vérifié"
            lines += ["", f"**Depuis le {value.valid_from:%d/%m/%Y}** ({status}) : {value.source}", "", "```yaml"]
            lines += [*_yaml(value.value), "```"]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Return every generated page, by file name."""
    return {"rules.md": rules_page(), "parameters.md": parameters_page()}


def _spoken(template: str) -> str:
    """Return a sentence whose facts are left blank: ``{rooms:pièce|pièces}`` becomes ``[…] pièces``."""
    with_nouns = re.sub(r"\{\w+:[^}|]*\|([^}]*)\}", r"[…] \1", template)
    with_signs = re.sub(r"\{\w+:([€%])\}", r"[…] \1", with_nouns)
    return re.sub(r"(\{\w+\})+", "[…]", with_signs)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _when(parameter: Parameter) -> str:
    if parameter.revised == "never":
        return "sans échéance"
    due = parameter.successor_due(date.max)
    if due is None:
        return parameter.revised
    return f"chaque {'1er' if due.day == 1 else due.day} {_MONTHS[due.month - 1]}"


def _yaml(value: Mapping[Any, Any], indent: str = "") -> Iterable[str]:
    for key, entry in value.items():
        if isinstance(entry, Mapping) and any(isinstance(each, Mapping) for each in entry.values()):
            yield f"{indent}{key}:"
            yield from _yaml(entry, indent + "  ")
        else:
            yield f"{indent}{key}: {_inline(entry)}"


def _inline(entry: Any) -> str:
    if isinstance(entry, Mapping):
        return "{" + ", ".join(f"{key}: {_inline(each)}" for key, each in entry.items()) + "}"
    if isinstance(entry, list):
        return "[" + ", ".join(map(_inline, entry)) + "]"
    if isinstance(entry, Decimal):
        return f"{entry:f}"
    return str(entry)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text, "utf-8")
        print(f"docs/reference/{file}")
