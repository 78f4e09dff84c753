"""The whole demonstration territory, from the number of households, dwellings and offers that is asked for."""

from dataclasses import dataclass
from datetime import date

from untoit.core.demo import homes, jobs, people
from untoit.core.demo.network import VALID_FROM, VALID_UNTIL
from untoit.core.demo.terrain import Row
from untoit.core.errors import UnusableInput
from untoit.core.exchange.formats import DWELLING_COLUMNS, HOUSEHOLD_COLUMNS, OFFER_COLUMNS, PERSON_COLUMNS

LARGEST_EVENT = 300
"""Up to so many households and offers the files are those of an event, above it those of a year."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the exchange formats: its name, its columns in order and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def territory(*, households: int, dwellings: int, offers: int, seed: int, on: date) -> tuple[Table, ...]:
    """
    Return ``menages``, ``personnes``, ``logements`` and ``offres``, the same for the same arguments everywhere.

    Raises
    ------
    UnusableInput
        For a negative size, more households than application numbers, or a day without the demonstration network.
    """
    if not VALID_FROM <= on <= VALID_UNTIL:
        raise UnusableInput(
            f"Le réseau de démonstration vaut du {VALID_FROM:%d/%m/%Y} au {VALID_UNTIL:%d/%m/%Y} : "
            f"le {on:%d/%m/%Y} n'y est pas, choisissez une date de cette période."
        )
    if min(households, dwellings, offers) < 0:
        raise UnusableInput("Le nombre de ménages, de logements ou d'offres ne peut pas être négatif.")
    if households > people.MOST_HOUSEHOLDS:
        raise UnusableInput(
            f"Le territoire de démonstration compte au plus {people.MOST_HOUSEHOLDS} ménages, {households} demandés."
        )
    for_event = max(households, offers) <= LARGEST_EVENT
    known, seekers = people.households(households, for_event=for_event, on=on, seed=seed)
    return (
        Table("menages.csv", HOUSEHOLD_COLUMNS, tuple(known)),
        Table("personnes.csv", PERSON_COLUMNS, tuple(seekers)),
        Table("logements.csv", DWELLING_COLUMNS, tuple(homes.dwellings(dwellings, on=on, seed=seed))),
        Table("offres.csv", OFFER_COLUMNS, tuple(jobs.offers(offers, for_event=for_event, on=on, seed=seed))),
    )
