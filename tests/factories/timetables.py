"""Events to plan: the one of the published measurements, and random ones of every shape."""

from __future__ import annotations

import random

from untoit.core.timetabling import Candidate, Event, Kind, Level, Stand, Wave, Weights, Wish

LONG_WAITS_ARE_FREE = Weights(long_wait_cost=0)


def measured_event(candidates: int = 120, advisers: int = 9, seed: int = 1) -> Event:
    """
    Return the instance of the published figures: 120 candidates, 25 employers, 3 landlords, 20 slots, 3 zones.

    The order of the draws was found back from the one number published about it: the sum of everyone's four best scores
    is 36,528 for seed 1 (``test_measured_event_is_the_published_one``). Zones are ``i mod 3`` for want of more.
    """
    draw = random.Random(seed)
    people = []
    for number in range(candidates):
        employers = draw.sample(range(25), draw.randint(5, 11))
        scores = [draw.randint(20, 100) for _ in employers]
        landlords = draw.sample(range(3), draw.randint(2, 3))
        wishes = [Wish(f"E{employer:02d}", score) for employer, score in zip(employers, scores, strict=True)]
        wishes += [Wish(f"L{landlord}", 40) for landlord in landlords]
        people.append(Candidate(f"C{number:03d}", number % 3, tuple(wishes), housing_max=2))
    stands = [
        Stand(f"E{i:02d}", Kind.EMPLOYER, f"zone {i % 3}", 2 if i < 8 else 1, closed=frozenset({9 + i % 3}))
        for i in range(25)
    ]
    stands += [Stand(f"L{i}", Kind.HOUSING, f"zone {i % 3}", advisers // 3) for i in range(3)]
    waves = (Wave(0, 12), Wave(4, 16), Wave(8, 20))
    return Event(20, tuple(stands), tuple(people), waves, weights=LONG_WAITS_ARE_FREE)


def random_event(draw: random.Random, largest: int = 40) -> Event:
    """Return an event with every kind of wish, of 1 to ``largest`` candidates."""
    slots, rooms = draw.randint(3, 20), draw.randint(1, 4)
    stands = [_stand(draw, f"S{i}", slots, rooms) for i in range(draw.randint(1, max(2, largest // 3)))]
    waves = tuple(
        Wave(first, min(slots, first + draw.randint(2, slots)))
        for first in sorted(draw.randrange(max(slots - 2, 1)) for _ in range(draw.randint(1, 3)))
    )
    people = [_candidate(draw, f"P{i}", stands, slots, len(waves)) for i in range(draw.randint(1, largest))]
    breaks = {}
    for family in ("arrival", "leaving", "wave", "walking", "rest", "order", "language"):
        if draw.random() < 0.3:
            breaks[family] = draw.choice(list(Level))
    walking = {
        (f"R{a}", f"R{b}"): draw.randint(0, 2) for a in range(rooms) for b in range(a + 1, rooms) if draw.random() < 0.3
    }
    pairs = [(one.id, wish.stand) for one in people for wish in one.wishes]
    return Event(
        slots, tuple(stands), tuple(people), waves, walking=walking, breaks=breaks,
        housing_length=min(draw.choice((1, 1, 2)), slots), max_run=draw.randint(1, 3),
        forbidden=frozenset(draw.sample(pairs, min(len(pairs), draw.randint(0, 2)))), opens_min=540,
    )


def _stand(draw: random.Random, name: str, slots: int, rooms: int) -> Stand:
    tables = draw.choice((1, 1, 2, 3))
    kind = draw.choice((Kind.EMPLOYER, Kind.EMPLOYER, Kind.EMPLOYER, Kind.HOUSING, Kind.DESK))
    per_table = tuple(frozenset({draw.randrange(slots)}) for _ in range(tables)) if draw.random() < 0.2 else ()
    closed = frozenset({draw.randrange(slots)}) if draw.random() < 0.5 else frozenset()
    languages = frozenset({"arabe"}) if draw.random() < 0.3 else frozenset()
    return Stand(
        name, kind, f"R{draw.randrange(rooms)}", tables, closed, per_table, draw.random() < 0.8, languages,
        f"Stand {name}",
    )


def _candidate(draw: random.Random, name: str, stands: list[Stand], slots: int, waves: int) -> Candidate:
    wished = draw.sample(stands, min(len(stands), draw.randint(0, 8)))
    wishes = tuple(
        Wish(stand.id, draw.randint(0, 100), draw.random() < 0.1, frozenset({"arabe"} if draw.random() < 0.1 else ()))
        for stand in wished
    )
    least = draw.randint(0, 2)
    return Candidate(
        name, draw.randrange(waves), wishes,
        arrives=draw.randrange(slots) if draw.random() < 0.2 else 0,
        leaves=draw.randint(1, slots) if draw.random() < 0.2 else None,
        employers_min=least, employers_max=least + draw.randint(0, 2),
        housing_min=draw.randint(0, 1), housing_max=draw.randint(1, 2), desk_min=draw.randint(0, 1),
        housing_after=draw.choice((None, None, True, False)),
        household=f"H{draw.randrange(20)}" if draw.random() < 0.2 else "", minds_children=draw.random() < 0.5,
        needs_accessible=draw.random() < 0.1, needs_language="arabe" if draw.random() < 0.1 else "",
        standby=draw.random() < 0.1,
    )
