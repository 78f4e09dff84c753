"""Files that leave an import: the rows to mend in the layout in which they came, and empty models to fill in."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from untoit.core.exchange import Kind
from untoit.core.exchange.columns import SUPPOSED_COLUMN, columns_of
from untoit.core.exchange.writers import csv_text
from untoit.records.intake.models import Batch, Row
from untoit.records.intake.sources import as_text

PROBLEM_COLUMN = "probleme"
_WIDEST = 60
# One row that reads well, of fictitious people and places, in each model file.
_EXAMPLES: dict[Kind, dict[str, str]] = {
    Kind.HOUSEHOLDS: {
        "numero_unique": "059000000000001", "date_demande": "2024-02-01", "ages_adultes": "34|36",
        "ages_enfants": "8|4", "rfr_n2": "12900", "salaires": "0", "rsa": "573,49", "motifs_prioritaires": "c",
        "motifs_justifies": "c", "communes_souhaitees": "59350|59512", "autres_communes": "oui",
        "typologies_souhaitees": "T3|T4", "depense_max": "600", "date_consentement": "01/09/2026",
    },
    Kind.PERSONS: {
        "numero_unique": "059000000000001", "personne": "1", "metiers": "N1103|K2204", "experience": "N1103:2,5",
        "permis": "B", "modes": "marche|tc", "depart_min": "05:30", "retour_max": "20:00", "jours": "lu|ma|me|je|ve",
        "contrats": "CDI|CDD", "niveau_francais": "B1", "prenom": "Camille", "nom": "Exemple",
        "naissance": "12/03/1990",
    },
    Kind.DWELLINGS: {
        "reference": "L-014", "bailleur": "Bailleur d'exemple", "adresse": "12 rue de l'Exemple",
        "code_insee": "59512", "latitude": "50.69", "longitude": "3.17", "typologie": "T3", "surface": "62,5",
        "etage": "2", "ascenseur": "non", "loyer": "423,50", "charges": "62", "financement": "PLAI",
        "disponible_le": "2026-12-01",
    },
    Kind.OFFERS: {
        "reference": "O-7", "employeur": "Entreprise d'exemple", "intitule": "Cariste", "rome": "N1101",
        "contrat": "CDI", "heures_hebdo": "35", "salaire_brut_mensuel": "1867,02", "code_insee": "59009",
        "latitude": "50.63", "longitude": "3.15", "postes": "2", "permis": "CACES3",
        "horaires": "lu-ve 05:00-13:00 / lu-ve 13:00-21:00",
    },
}


def rows_as_csv(batch: Batch, rows: Sequence[Row], *, with_problems: bool = False) -> str:
    """Return rows in the columns of the file received, in their order, ready to be handed over again."""
    return csv_text(*_table(batch, rows, with_problems))


def rows_as_xlsx(batch: Batch, rows: Sequence[Row], *, with_problems: bool = False) -> bytes:
    """Return the same as a workbook."""
    return _workbook(batch.kind or "lignes", *_table(batch, rows, with_problems))


def model_csv(kind: Kind) -> str:
    """Return a file with the headers that are expected and one example."""
    headers = _headers(kind)
    return csv_text(headers, [[_EXAMPLES[kind].get(column, "") for column in headers]])


def model_xlsx(kind: Kind) -> bytes:
    """Return the same as a workbook, every cell in text format so that no leading zero is lost."""
    headers = _headers(kind)
    return _workbook(str(kind), headers, [[_EXAMPLES[kind].get(column, "") for column in headers]])


def example(kind: Kind) -> list[tuple[str, str]]:
    """Return the columns that a file of this kind may have, with an example of each."""
    return [(column, _EXAMPLES[kind].get(column, "")) for column in _headers(kind)]


def _headers(kind: Kind) -> list[str]:
    return [column for column in columns_of(kind) if column != SUPPOSED_COLUMN]


def problem_text(row: Row) -> str:
    """Return every problem of a row as one cell."""
    return " ".join(
        (f"{one['column']} : " if one["column"] else "") + (f"« {one['seen']} » " if one["seen"] else "") + one["text"]
        for one in row.problems
    )


def _table(batch: Batch, rows: Sequence[Row], with_problems: bool) -> tuple[list[str], list[list[str]]]:
    # A file that comes back with our own column of problems must not get a second one.
    kept = [index for index, header in enumerate(batch.headers) if header != PROBLEM_COLUMN or not with_problems]
    headers = [batch.headers[index] for index in kept]
    lines = []
    for row in rows:
        raw = [*row.raw, *[""] * len(batch.headers)]
        lines.append([as_text(raw[index]) for index in kept] + ([problem_text(row)] if with_problems else []))
    return headers + ([PROBLEM_COLUMN] if with_problems else []), lines


def _workbook(sheet: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    page = book.add_worksheet(sheet)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    for column, header in enumerate(headers):
        # ``write_string`` never makes a formula or a link of what a partner wrote.
        page.write_string(0, column, header, bold)
        longest = max([len(header), *(len(row[column]) for row in rows[:200])])
        page.set_column(column, column, min(longest + 2, _WIDEST), text)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if value:
                page.write_string(line, column, value, text)
    page.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()
