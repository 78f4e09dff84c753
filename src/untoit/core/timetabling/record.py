"""A timetable with everything that proves it, as plain data: what ``tools/check_timetable.py`` verifies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from untoit.core.timetabling.model import DEFAULT_LEVELS, Event, Meeting, Timetable
from untoit.core.timetabling.solver import imposed


def record(event: Event, timetable: Timetable, given: Sequence[Meeting] = ()) -> dict[str, object]:
    """Return the event, the meetings, those that were imposed among ``given``, and the prices, ready for JSON."""
    prices = timetable.prices
    return {
        "slots": event.slots, "housing_length": event.housing_length, "max_run": event.max_run,
        "walking": [[a, b, steps] for (a, b), steps in sorted(event.walking.items())],
        "breaks": {family: str(event.level(family)) for family in sorted(DEFAULT_LEVELS)},
        "weights": asdict(event.weights),
        "forbidden": sorted([who, stand] for who, stand in event.forbidden),
        "waves": [[wave.first, wave.last] for wave in event.waves],
        "stands": [
            {
                "id": stand.id, "kind": str(stand.kind), "room": stand.room, "accessible": stand.accessible,
                "languages": sorted(stand.languages),
                "closed": [[slot for slot in range(event.slots) if stand.shut(table, slot)]
                           for table in range(stand.tables)],
            }
            for stand in event.stands
        ],
        "candidates": [
            {
                "id": one.id, "wave": one.wave, "arrives": one.arrives, "leaves": one.leaves,
                "least": {"employer": one.employers_min, "housing": one.housing_min, "desk": one.desk_min},
                "most": {"employer": one.employers_max, "housing": one.housing_max, "desk": one.desk_max},
                "housing_after": one.housing_after, "household": one.household,
                "minds_children": one.minds_children, "needs_accessible": one.needs_accessible,
                "needs_language": one.needs_language, "standby": one.standby,
                "wishes": [
                    {"stand": wish.stand, "score": wish.score, "wanted": wish.wanted,
                     "languages": sorted(wish.languages)}
                    for wish in one.wishes
                ],
            }
            for one in event.candidates
        ],
        "imposed": [list(one.place) for one in imposed(event, given)],
        "meetings": [list(one.place) for one in timetable.meetings],
        "value": timetable.value, "bound": timetable.bound,
        "prices": prices and [
            {"stand": stand, "tables": list(tables), "price": list(price), "capacity": list(left)}
            for (stand, tables), price, left in zip(prices.groups, prices.price, prices.capacity, strict=True)
        ],
    }
