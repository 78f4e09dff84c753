"""
Write ``docs/reference/permissions.md`` from ``permissions.yaml``: who may see and do what, as the application reads it.

``python tools/build_permissions.py`` writes it; a test fails when it is stale.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).parents[1]
SOURCE = REPOSITORY / "src/untoit/records/partners/permissions.yaml"
TARGET = REPOSITORY / "docs/reference/permissions.md"
ROLES = ("ADM", "LA", "LM", "DEP", "EMPP", "EMPL", "FUND", "PART", "CAND", "PUB", "TAB", "DPO")
FIELD_ROLES = ("LA", "LM", "DEP", "EMPP", "EMPL", "PART", "TAB", "FUND", "CAND")
CODES = {
    "A": "agrégats, jamais une case de moins de {k}", "S": "ses propres données", "R": "lire",
    "W": "créer et modifier", "D": "décider", "L": "seulement les personnes reliées (partage ouvert et daté, accord ou "
    "mission légale)", "O": "seulement son organisation", "E": "seulement cet événement, ce jour-là",
    "m": "vue masquée ou dérivée", "bg": "accès d'urgence (raison, deuxième personne, 60 minutes)",
    "F": "en entier",
}


def page() -> str:
    """Return the page in Markdown."""
    text = SOURCE.read_text("utf-8")
    policy: dict[str, Any] = yaml.safe_load(text)
    titles = _titles(text)
    lines = [
        "# Qui voit et fait quoi", "",
        "Écrite par `python tools/build_permissions.py` à partir de `permissions.yaml`, que lit l'application. Les "
        "cellules sont gelées à part (`tests/security/policy_frozen.yaml`), comme la réponse de chaque page à chacun "
        "(`tests/security/expected.yaml`) : modifier la politique se voit donc à deux endroits, relus par une "
        "personne.",
        "", "## Codes", "",
        *(f"- `{code}` {sense.format(k=policy['aggregate_k'])}" for code, sense in CODES.items()),
        "- `—` rien : la page n'existe pas (404, le même pour tous et quelle que soit la raison)", "",
        "## Rôles", "",
        "`ADM` administration technique · `LA` conseiller·ère du bailleur · `LM` chef·fe de projet du bailleur · `DEP` "
        "référent·e du Département · `EMPP` coach emploi · `EMPL` employeur · `FUND` financeur · `PART` bailleur "
        "partenaire · `CAND` candidat·e · `PUB` public · `TAB` tablette d'un événement · `DPO` protection des données",
        "",
        f"Un partage dure {policy['link_months']} mois. Reposent sur une mission légale, sans accord : "
        + ", ".join(f"`{purpose}` ({', '.join(kinds)})" for purpose, kinds in policy["legal_basis"].items())
        + ". Les autres reposent sur l'accord de la personne.", "",
        "## Ressources", "", *_table(policy["resources"], ROLES, titles, "resources:"), "",
        "## Champs", "", *_table(policy["fields"], FIELD_ROLES, titles, "fields:"), "",
    ]
    return "\n".join(lines)


def _titles(text: str) -> dict[str, str]:
    """Return the comment that stands above each row: its name in the words of ``access.md``."""
    found: dict[str, str] = {}
    comment: list[str] = []
    part = ""
    for line in text.splitlines():
        if line in ("resources:", "fields:"):
            part = line
        if line.startswith("  # "):
            comment.append(line[4:])
        elif match := re.match(r"  (\w+): \{", line):
            found[part + match.group(1)] = " ".join(comment).partition(" — ")[0]
            comment = []
        else:
            comment = []
    return found


def _table(
    cells: dict[str, dict[str, str]], roles: tuple[str, ...], titles: dict[str, str], part: str
) -> list[str]:
    lines = [f"| | {' | '.join(roles)} |", f"|---|{'---|' * len(roles)}"]
    for name, row in cells.items():
        shown = ["—" if row.get(role, "none") == "none" else str(row[role]) for role in roles]
        lines.append(f"| `{name}` {titles.get(part + name, '')} | {' | '.join(shown)} |")
    return lines


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
