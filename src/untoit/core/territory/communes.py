"""Communes and their zonings: three different zonings, never to be mixed (income ceilings, APL 1/2/3, A/B/C)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from untoit.core.errors import UnknownSituation
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.place import Position

MEL = "200093201"
"""SIREN number of the Métropole Européenne de Lille."""


class IncomeZone(StrEnum):
    """Zones of the income ceilings (arrêté du 29 juillet 1987, annexe I)."""

    PARIS = "paris_et_limitrophes"
    ILE_DE_FRANCE = "ile_de_france"
    OTHER = "autres_regions"

    @property
    def in_words(self) -> str:
        """The zone as the arrêté names it."""
        return _ZONE_NAMES[self]


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the table; ``abc_zone`` or ``apl_zone`` is ``None`` when the official file does not have it."""

    code: str
    name: str
    position: Position
    population: int
    abc_zone: str | None
    apl_zone: int | None
    epci: str

    @property
    def income_ceiling_zone(self) -> IncomeZone:
        """The zone of its income ceilings."""
        return income_zone(self.code)


_ZONE_NAMES = {
    IncomeZone.PARIS: "Paris et communes limitrophes",
    IncomeZone.ILE_DE_FRANCE: "Île-de-France hors Paris et communes limitrophes",
    IncomeZone.OTHER: "Autres régions",
}

# Associated communes and arrondissements have a code of their own in partners' files, but are not communes in law.
_PART_OF = {"59298": "59350", "59355": "59350"}                                     # Hellemmes and Lomme: Lille
_PART_OF |= {f"751{number:02d}": "75056" for number in range(1, 21)}                # Paris
_PART_OF |= {f"6938{number}": "69123" for number in range(1, 10)}                   # Lyon
_PART_OF |= {f"132{number:02d}": "13055" for number in range(1, 17)}                # Marseille

_ILE_DE_FRANCE = frozenset({"75", "77", "78", "91", "92", "93", "94", "95"})
_METROPOLITAN = (frozenset(f"{number:02d}" for number in range(1, 96)) - {"20"}) | {"2A", "2B"}


def commune(code: str) -> Commune | None:
    """Return the commune of an INSEE code, Lille for Hellemmes and Lomme; ``None`` when the table does not have it."""
    return _table().get(whole_commune(code))


def communes(epci: str | None = None) -> tuple[Commune, ...]:
    """Return the communes of the table, by code; only those of one intercommunal body when ``epci`` is given."""
    return tuple(place for place in _table().values() if epci is None or place.epci == epci)


def whole_commune(code: str) -> str:
    """Return the code of the commune that an associated commune or an arrondissement is part of, or ``code`` itself."""
    return _PART_OF.get(code, code)


def same_place(wished: str, code: str) -> bool:
    """
    Return whether a dwelling coded ``code`` is in the wished place, as far as the two codes can tell.

    Landlords code Lomme 59355 or, as the law has it, 59350: the whole and its part match both ways, two parts do not.
    """
    return wished == code or whole_commune(wished) == code or wished == whole_commune(code)


def income_zone(code: str) -> IncomeZone:
    """
    Return the zone of the income ceilings of a commune, anywhere in metropolitan France, Corsica included.

    Raises
    ------
    UnknownSituation
        Overseas, whose ceilings were not read, and for a code that is no commune.
    """
    department = code[:2]
    if department not in _METROPOLITAN or len(code) != 5:
        raise UnknownSituation(
            f"Commune {code} : la zone des plafonds de ressources n'est connue ici que pour la France métropolitaine."
        )
    # Paris and the communes that adjoin it are the zone 1bis of the rent zoning: the same thirty communes.
    if department in _ILE_DE_FRANCE:
        return IncomeZone.PARIS if _national_zones().get(whole_commune(code)) == "1bis" else IncomeZone.ILE_DE_FRANCE
    return IncomeZone.OTHER


def apl_zone(code: str) -> int | None:
    """Return the zone 1, 2 or 3 of housing benefit, anywhere in France; ``None`` for a commune created since 2014."""
    place = commune(code)
    if place is not None:
        return place.apl_zone
    zone = _national_zones().get(whole_commune(code))
    return int(zone[0]) if zone else None


def apl_zone_of(dwelling: Dwelling) -> int:
    """
    Return the zone 1, 2 or 3 of a dwelling: the one its landlord gave, else that of its commune.

    Raises
    ------
    UnknownSituation
        When neither is known.
    """
    zone = dwelling.apl_zone if dwelling.apl_zone is not None else apl_zone(dwelling.commune)
    if zone is None:
        raise UnknownSituation(
            f"Logement {dwelling.reference} : la zone APL de la commune {dwelling.commune} n'est pas connue, "
            "indiquez-la dans la colonne zone_apl."
        )
    return zone


@cache
def _table() -> dict[str, Commune]:
    lines = (resources.files(__package__) / "communes.csv").read_text("utf-8").splitlines()
    return {
        row["code"]: Commune(
            code=row["code"],
            name=row["name"],
            position=Position(float(row["latitude"]), float(row["longitude"])),
            population=int(row["population"]),
            abc_zone=row["abc_zone"] or None,
            apl_zone=int(row["apl_zone"]) if row["apl_zone"] else None,
            epci=row["epci"],
        )
        for row in csv.DictReader(lines, delimiter=";")
    }


@cache
def _national_zones() -> dict[str, str]:
    """Zone ``1bis``, ``1``, ``2`` or ``3`` of every commune of 2014, from the file that OpenFisca-France carries."""
    # The package is located, not imported: importing it takes seconds.
    package = find_spec("openfisca_france")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("openfisca_france")
    file = Path(package.origin).parent / "assets" / "apl" / "20110914_zonage.csv"
    return {row["CODGEO"]: row["Zonage"] for row in csv.DictReader(file.read_text("utf-8").splitlines())}
