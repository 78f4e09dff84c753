"""Fictitious job offers, at real zones of employment and at the hours of logistics, care, cleaning, food and retail."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from untoit.core.demo.scales import scales_on
from untoit.core.demo.tables import places, table
from untoit.core.demo.terrain import Row, around, chance, draws, pick, whole_euros
from untoit.core.territory.occupations import occupations

# Demonstration assumptions: how often an employer leaves a cell empty, which the software must then suppose.
UNKNOWN_HOURS, UNKNOWN_WAGE, UNKNOWN_WEEKLY_HOURS = 0.10, 0.15, 0.08
# For an event, people and offers were brought together by hand: a dozen families of jobs. In the files of a whole year,
# most people and most offers have nothing to do with each other.
OTHER_OCCUPATIONS_IN_A_HUNDRED = 75
OTHER_SECTORS = frozenset(
    ("A12", "D11", "E13", "F16", "F17", "G16", "G18", "H21", "H22", "H24", "H29", "H31", "H32", "H33", "H34", "I13",
     "I16", "J13", "K13", "K22", "K23", "K25", "M16", "N11", "N41")
)
SUPERVISORS = ("Chef", "Responsable", "Directeur", "Ingénieur", "Cadre", "Contremaître", "Gérant", "Superviseur")
OTHER_SCHEDULES = (
    "lu-ve 08:00-16:00", "lu-ve 09:00-17:00", "lu-ve 07:00-15:00", "lu-ve 06:00-13:30", "lu-sa 09:00-15:00",
    "ma-sa 09:30-18:00", "lu-ve 05:00-13:00 / lu-ve 13:00-21:00",
)
OPENINGS = ((1, 72), (2, 16), (3, 7), (5, 5))
WEEKS_A_MONTH = 52 / 12


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of job of a family: its ROME code, its usual hours and what employers usually ask for."""

    family: str
    occupation: str
    title: str
    weight: int
    schedules: tuple[str, ...]
    contracts: tuple[str, ...]
    weekly_hours: int
    most_above_minimum: int
    licences: str
    experience_years: int
    french: str


@dataclass(frozen=True, slots=True)
class Family:
    """A family of jobs: how many offers and how many people it draws, its employers (fictitious) and where they are."""

    name: str
    weight_of_offers: int
    weight_of_people: int
    employers: tuple[str, ...]
    places: tuple[str, ...]
    jobs: tuple[Job, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return the families of jobs of the demonstration, from ``families.csv`` and ``jobs.csv``."""
    jobs = [
        Job(
            row["famille"], row["rome"], row["intitule"], int(row["poids"]), tuple(row["horaires"].split("|")),
            tuple(row["contrats"].split()), int(row["heures"]), int(row["prime_max"]), row["permis"],
            int(row["experience"]), row["niveau"],
        )
        for row in table("jobs.csv")
    ]
    jobs += [
        Job("autres", other.code, other.label, 1, OTHER_SCHEDULES, ("CDI", "CDI", "CDD", "MIS"), 35, 14, "", 1, "A2")
        for other in occupations()
        if other.code[:3] in OTHER_SECTORS and not other.label.startswith(SUPERVISORS)
    ]
    return tuple(
        Family(
            row["famille"], int(row["poids_offres"]), int(row["poids_personnes"]),
            tuple(row["employeurs"].split("|")), tuple(row["lieux"].split("|")),
            tuple(job for job in jobs if job.family == row["famille"]),
        )
        for row in table("families.csv")
    )


def family_of(weights: Sequence[int], for_event: bool, rng: random.Random) -> Family:
    """Return the family of one record, drawn by the weights that the families have at an event."""
    *event, others = families()
    if not for_event and chance(OTHER_OCCUPATIONS_IN_A_HUNDRED / 100, rng):
        return others
    return rng.choices(event, weights[:-1])[0]


def offers(count: int, *, for_event: bool, on: date, seed: int) -> list[Row]:
    """Return the rows of ``offres.csv``."""
    rng = draws("offres", seed)
    return [_offer(number, for_event, on, rng) for number in range(1, count + 1)]


def _offer(number: int, for_event: bool, on: date, rng: random.Random) -> Row:
    family = family_of([family.weight_of_offers for family in families()], for_event, rng)
    job = rng.choices(family.jobs, [job.weight for job in family.jobs])[0]
    place = places()[rng.choice(family.places)]
    position = around(place, 150, rng)
    contract = rng.choice(job.contracts)
    gross = (
        scales_on(on).minimum_wage_hour * job.weekly_hours * WEEKS_A_MONTH
        * (1 + rng.uniform(0, job.most_above_minimum) / 100)
    )
    return {
        "reference": f"DEMO-O{number:05d}",
        "employeur": f"{rng.choice(family.employers)} (fictif)",
        "siret": "",
        "intitule": f"{job.title} – {place.name}",
        "rome": job.occupation,
        "contrat": contract,
        "duree_mois": {"CDD": rng.choice("3666999") if contract == "CDD" else "", "MIS": "3", "IAE": "12",
                       "ALT": "12"}.get(contract, ""),
        "heures_hebdo": "" if chance(UNKNOWN_WEEKLY_HOURS, rng) else str(job.weekly_hours),
        # Rounded up, so that no offer is a few cents below the legal minimum.
        "salaire_brut_mensuel": "" if chance(UNKNOWN_WAGE, rng) else str(whole_euros(gross) + 1),
        "code_insee": place.commune,
        "latitude": f"{position.latitude:.5f}",
        "longitude": f"{position.longitude:.5f}",
        "postes": str(pick(OPENINGS, rng)),
        "debut": (on + timedelta(days=rng.randrange(7, 60))).isoformat(),
        "permis": job.licences,
        "experience_min": str(job.experience_years) if job.experience_years and chance(0.7, rng) else "",
        "niveau_francais": job.french if chance(0.6, rng) else "",
        "horaires": "" if chance(UNKNOWN_HOURS, rng) else rng.choice(job.schedules),
        "en_tension": rng.choice(("oui", "non", "")),
    }
