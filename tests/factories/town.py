"""A tiny town with one line, for whole runs: a station, a factory 6 km away, and a bus that starts at six."""

from pathlib import Path
from typing import Any

from tests.factories.feeds import position, write_feed
from tests.factories.people import dwelling, household, offer, seeker

from untoit.core.mobility.network import Network, open_network
from untoit.core.model.person import Person
from untoit.core.model.place import Position
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.pairing.records import Records

STATION = Position(*position(0, 0))
FACTORY = Position(*position(6_000, 0))
FAR_AWAY = Position(*position(0, 40_000))


def town(folder: Path) -> Network:
    """Return the network: every half hour from 06:00 to 22:30 on weekdays, 12 minutes between the two stops."""
    there, back = [], []
    for half in range(12, 46):
        hour, minute = divmod(half * 30, 60)
        there.append(f"Gare {hour:02d}:{minute:02d} Usine {hour:02d}:{minute + 12:02d}")
        back.append(f"Usine {hour:02d}:{minute:02d} Gare {hour:02d}:{minute + 12:02d}")
    path = write_feed(
        folder / "ville.zip", stops={"Gare": (0, 0), "Usine": (6_000, 0)}, lines={"B1": there, "B1r": back}
    )
    return open_network([path])


def hours(start: str, end: str, days: range = range(5)) -> Schedule:
    """Return a schedule of one block, ``hours("09:00", "17:00")``."""
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
    return Schedule((Rotation((Block(frozenset(days), first, last if last > first else last + 1440),)),))


def factory_offer(**changes: Any) -> Any:
    """Return a cleaning job at the factory, from nine to five."""
    return offer(**{"position": FACTORY, "schedule": hours("09:00", "17:00")} | changes)


def station_dwelling(**changes: Any) -> Any:
    """Return a dwelling at the station."""
    return dwelling(**{"position": STATION} | changes)


def person(application_number: str = "059012600000100001", number: int = 1, **changes: Any) -> Person:
    """Return a job seeker of a household."""
    return Person(application_number, number, seeker(**changes))


def records(**changes: Any) -> Records:
    """Return one household, its seeker, one dwelling and one offer that make a tandem."""
    fields: dict[str, Any] = {
        "households": [household()],
        "persons": [person()],
        "dwellings": [station_dwelling()],
        "offers": [factory_offer()],
    } | changes
    return Records.of(**fields)
