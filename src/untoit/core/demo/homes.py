"""Fictitious vacant dwellings in the 95 real communes: sizes, rents and reserving parties of an ordinary landlord."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from untoit.core.demo.tables import Place, places, table
from untoit.core.demo.terrain import Row, around, chance, draws, pick, yes_no
from untoit.core.territory.communes import MEL, Commune, communes

# Demonstration assumptions, none of them a legal amount: orders of size of what landlords publish.
RENT_PER_M2 = {"PLAI": 5.9, "PLUS": 6.7, "PLS": 9.5, "PLI": 11.0}
RENT_BY_ABC_ZONE = {"A": 1.04, "B1": 1.0, "B2": 0.96}
FUNDING = (("PLAI", 33), ("PLUS", 57), ("PLS", 8), ("PLI", 2))
SIZES = (  # rooms, share of the vacancies, middle surface in m2, spread
    (1, 9, 30, 3), (2, 29, 46, 4), (3, 32, 63, 5), (4, 21, 79, 6), (5, 8, 94, 7), (6, 1, 110, 8),
)
RESERVING = (("bailleur", 45), ("etat", 22), ("action_logement", 16), ("collectivite", 9), ("", 8))
ENERGY = (("B", 8), ("C", 28), ("D", 40), ("E", 18), ("F", 5), ("G", 1))
LANDLORDS = (
    ("3F Notre Logis (démonstration)", 72), ("Logis de la Lys (fictif)", 14), ("Habitat des Weppes (fictif)", 14),
)
RESIDENCES = (
    "Les Glycines", "Les Tilleuls", "Le Clos du Moulin", "Les Tisserands", "La Filature", "Le Beffroi", "Les Saules",
    "Les Peupliers", "Le Verger", "Les Canotiers", "La Briqueterie", "Les Lilas", "Le Colombier", "Les Houblons",
)
# Communes outside the table of the stock share what is left, in proportion of their population.
SMALL_COMMUNE_STOCK_PER_INHABITANT = 0.0004


@dataclass(frozen=True, slots=True)
class Stock:
    """What a commune holds: its weight among vacancies, the share of them in a QPV, the places where homes stand."""

    commune: Commune
    weight: float
    share_in_qpv: float
    anchors: tuple[Place, ...]


@cache
def stocks() -> tuple[Stock, ...]:
    """Return the stock of each commune of the metropolis."""
    known = {row["code_insee"]: row for row in table("stock.csv")}
    anchors: dict[str, list[Place]] = {}
    for place in places().values():
        if place.nature in ("bourg", "quartier", "metro"):
            anchors.setdefault(place.commune, []).append(place)
    return tuple(
        Stock(
            commune,
            float(known[commune.code]["poids"]) if commune.code in known
            else commune.population * SMALL_COMMUNE_STOCK_PER_INHABITANT,
            float(known[commune.code]["part_qpv"]) if commune.code in known else 0.0,
            tuple(anchors[commune.code]),
        )
        for commune in communes(MEL)
    )


def dwellings(count: int, *, on: date, seed: int) -> list[Row]:
    """Return the rows of ``logements.csv``."""
    rng = draws("logements", seed)
    return [_dwelling(number, on, rng) for number in range(1, count + 1)]


def _dwelling(number: int, on: date, rng: random.Random) -> Row:
    stock = rng.choices(stocks(), [stock.weight for stock in stocks()])[0]
    commune = stock.commune
    anchor = rng.choice(stock.anchors)
    position = around(anchor, 300 if commune.population > 5000 else 180, rng)
    rooms, _, middle, spread = rng.choices(SIZES, [size[1] for size in SIZES])[0]
    surface = round(rng.triangular(middle - spread, middle + spread), 1)
    funding = pick(FUNDING, rng)
    per_m2 = RENT_PER_M2[funding] * RENT_BY_ABC_ZONE.get(commune.abc_zone or "", 1.0) * rng.uniform(0.94, 1.06)
    storeys = rng.choice((1, 2, 3, 4, 4, 5, 8)) if commune.population > 5000 else rng.choice((1, 1, 2, 3))
    floor = rng.randrange(storeys)
    lift = storeys >= 5 or (storeys == 4 and chance(0.5, rng))
    residence = rng.choice(RESIDENCES)
    return {
        "reference": f"DEMO-L{number:05d}",
        "bailleur": pick(LANDLORDS, rng),
        "residence": f"Résidence {residence} (fictive)",
        "adresse": f"Adresse fictive, {commune.name}",
        "code_insee": commune.code,
        "latitude": f"{position.latitude:.5f}",
        "longitude": f"{position.longitude:.5f}",
        "typologie": f"T{rooms}",
        "surface": f"{surface}",
        "etage": str(floor),
        "ascenseur": yes_no(lift),
        "sans_marche": "" if chance(0.1, rng) else yes_no((floor == 0 or lift) and chance(0.5, rng)),
        "loyer": f"{surface * per_m2:.2f}",
        "charges": f"{surface * rng.uniform(1.0, 2.1):.2f}",
        "financement": funding,
        "zone_apl": "",
        "qpv": yes_no(chance(stock.share_in_qpv, rng)),
        "dpe": pick(ENERGY, rng),
        "reservataire": pick(RESERVING, rng),
        "disponible_le": (on + timedelta(days=rng.randrange(-20, 75))).isoformat(),
        "candidats_max": "3",
    }
