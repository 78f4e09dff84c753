"""
Build the compact tables of ``untoit.core.territory`` from open data files.

Run it when the official tables change: ``python tools/build_territory.py FOLDER`` where FOLDER holds the files named
below (INSEE and ministry for communes, France Travail for occupations). The facts are under the Licence Ouverte; the
sources and dates are written in ``SOURCES.md`` beside the tables.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/untoit/core/territory"


def build(folder: Path) -> None:
    """Write ``communes.csv`` and ``occupations.csv``."""
    _write("communes.csv", _communes(folder))
    _write("occupations.csv", _occupations(folder))


def _communes(folder: Path) -> list[list[str]]:
    abc = {
        row["CODGEO"]: row["Zone en vigueur depuis le 5 juillet 2024"]
        for row in _rows(folder / "logement/zonage_abc_nord_2024-07.csv")
    }
    apl = {row["CODGEO"]: row["Zonage"] for row in _rows(folder / "logement/zonage_123_apl_nord_2011.csv")}
    table = [["code", "name", "latitude", "longitude", "population", "abc_zone", "apl_zone", "epci"]]
    for row in sorted(_rows(folder / "geo/communes_nord_2026.csv"), key=lambda row: row["code_insee"]):
        code = row["code_insee"]
        table.append([
            code, row["nom"], row["latitude"], row["longitude"], row["population"],
            abc.get(code, ""), apl.get(code, ""), row["epci_code"],
        ])
    return table


def _occupations(folder: Path) -> list[list[str]]:
    close: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in _rows(folder / "rome/unix_rubrique_mobilite_v460_utf8.csv"):
        close[row["code_rome"]].append((int(row["numero_ordre"]), row["code_rome_cible"]))
    table = [["code", "label", "close"]]
    codes = _rows(folder / "rome/unix_referentiel_code_rome_v460_utf8.csv")
    for row in sorted(codes, key=lambda row: row["code_rome"]):
        ranked = sorted(close[row["code_rome"]])
        # The rank of a close occupation is its place in the list: no gap, no tie in the official table.
        if [rank for rank, _ in ranked] != list(range(1, len(ranked) + 1)):
            raise ValueError(f"{row['code_rome']}: ranks of close occupations are not 1, 2, 3 …")
        table.append([row["code_rome"], row["libelle_rome"], " ".join(code for _, code in ranked)])
    return table


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(name: str, table: list[list[str]]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(table)
    print(f"{name}: {len(table) - 1} rows")


if __name__ == "__main__":
    build(Path(sys.argv[1]))
