"""
Write the reference page of the follow-up: ``docs/reference/followup-tables.md``, from the tables themselves.

``python -m tools.build_lifecycles`` writes it; a test fails when it is stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from untoit.core.lifecycles import CLOCK, Lifecycle, housing_track, job_track, pathway_track
from untoit.core.lifecycles.case import CASE_NAMES, ENDED_BY_NAMES
from untoit.core.lifecycles.committee import ACTIONS, DECISION_NAMES

FILE = Path(__file__).parents[1] / "docs/reference/followup-tables.md"

ROLES = {
    "LA": "conseiller du bailleur", "LM": "chef de projet du bailleur", "PART": "bailleur partenaire",
    "DEP": "référent", "EMPP": "coach emploi", "EMPL": "employeur", "CAND": "la personne", CLOCK: "l'échéance",
}
NEEDS = {
    "visit_on": "jour de la visite", "visited_on": "jour de la visite", "missing_documents": "pièces manquantes",
    "documents": "pièces reçues", "session_on": "date de la séance", "reason": "raison", "reasons": "raisons",
    "stated": "phrase écrite par une personne", "decided_on": "date de la décision", "rank": "rang",
    "document": "pièce attendue", "document_due_on": "échéance de la pièce", "received_on": "date de réception",
    "called_on": "date de l'appel", "notified_on": "date de notification", "answer_due_on": "échéance de la réponse",
    "answered_on": "date de la réponse", "lease_signed_on": "date du bail signé", "signed_on": "date de signature",
    "inventory_on": "date de l'état des lieux", "keys_on": "date de remise", "checked_on": "date du constat",
    "ended_on": "date de fin", "interview_on": "date de l'entretien", "interviewed_on": "date de l'entretien",
    "contract": "contrat", "start_on": "premier jour", "trial_ended_on": "fin de l'essai",
    "consented_on": "date de l'accord", "done_on": "date", "new_at": "nouvelle date", "minutes": "durée",
}
_CROWDED = 5  # an act that is possible almost everywhere is in the table, and would only blacken the picture

TRACKS: tuple[tuple[str, str, Lifecycle, Mapping[str, str]], ...] = (
    ("Le logement", "Une proposition d'un logement à un ménage, de la proposition aux six mois.", housing_track.HOUSING,
     housing_track.SOURCES),
    ("L'emploi", "Une candidature d'une personne à un emploi, de la candidature aux six mois.", job_track.JOB,
     job_track.SOURCES),
    ("Le parcours", "L'accompagnement avec le Département. L'échéance fait avancer, jamais reculer.",
     pathway_track.PATHWAY, pathway_track.SOURCES),
    ("Une action du parcours", "Les objectifs et les obstacles suivent la même table, avec leurs mots.",
     pathway_track.ACTION, pathway_track.ITEM_SOURCES),
    ("Un rendez-vous", "Un rendez-vous manqué est noté pour que quelqu'un rappelle ; il n'est transmis à personne.",
     pathway_track.APPOINTMENT, pathway_track.APPOINTMENT_SOURCES),
)


def page() -> str:
    """Return the page, in Markdown."""
    lines = [
        "# Tables du suivi",
        "",
        "*Page engendrée par `tools/build_lifecycles.py` à partir de `src/untoit/core/lifecycles/` : ne pas la "
        "modifier à la main.*",
        "",
        "Chaque ligne dit qui peut faire quoi, à partir de quel état, avec quelles précisions, et d'où vient la règle. "
        "Les boutons, l'interface HTTP et les tests lisent ces mêmes tables. Rien n'est définitif : ce qui est clos se "
        "rouvre, avec une raison. Ce qui s'ensuit (tâches, courriers, autres propositions) est décrit dans "
        "[Le suivi](../explanation/follow-up.md).",
        "",
        "**À vérifier** : les articles sont ceux de la référence métier du projet ; un juriste les relit dans le texte "
        "en vigueur avant la mise en production.",
    ]
    for title, introduction, table, sources in TRACKS:
        lines += ["", f"## {title}", "", introduction, "", *_picture(table), "", *_rows(table, sources)]
    lines += ["", "## Les décisions de la commission", "", "| code | décision | acte |", "|---|---|---|"]
    lines += [f"| `{each}` | {name} | `{ACTIONS[each]}` |" for each, name in DECISION_NAMES.items()]
    lines += ["", "## Le statut d'un dossier", "", "Calculé des trois suivis, des rencontres et d'une date ; jamais "
              "enregistré.", "", "| code | statut |", "|---|---|"]
    lines += [f"| `{code}` | {name} |" for code, name in CASE_NAMES.items()]
    lines += ["", f"Qui a mis fin à une moitié : {', '.join(ENDED_BY_NAMES.values())}."]
    return "\n".join(lines) + "\n"


def _names(table: Lifecycle) -> dict[str, str]:
    return dict(table.state_names)


def _rows(table: Lifecycle, sources: Mapping[str, str]) -> Iterable[str]:
    names, order = _names(table), [state for state, _ in table.state_names]
    yield "| acte | libellé | depuis | vers | par | demande | source |"
    yield "|---|---|---|---|---|---|---|"
    for one in table.transitions:
        start = ", ".join(names[state] for state in order if state in one.sources)
        who = ", ".join(ROLES[role] for role in ROLES if role in one.by)
        needs = ", ".join(NEEDS[need] for need in one.needs) or "—"
        yield (f"| `{one.action}` | {one.label} | {start} | {names[one.target]} | {who} | {needs} "
               f"| {sources[one.action]} |")


def _picture(table: Lifecycle) -> Iterable[str]:
    """The acts that lead somewhere else, as a diagram; those possible from many states are left to the table."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state, name in table.state_names:
        yield f"    {state}: {name}"
    yield f"    [*] --> {table.initial}"
    for one in table.transitions:
        if len(one.sources) <= _CROWDED:
            for source in sorted(one.sources - {one.target}):
                yield f"    {source} --> {one.target}: {one.label.replace(' :', ',')}"
    yield "```"


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
    print("docs/reference/followup-tables.md")
