"""Who meets whom, where and when: an event in, a timetable out, with a proven bound. It knows nobody by name."""

from untoit.core.timetabling.model import (
    DEFAULT_LEVELS,
    Broken,
    Candidate,
    Change,
    Event,
    Kind,
    Level,
    Meeting,
    Missing,
    Prices,
    Repair,
    Stand,
    Timetable,
    Wave,
    Weights,
    Wish,
)

__all__ = [
    "DEFAULT_LEVELS",
    "Broken",
    "Candidate",
    "Change",
    "Event",
    "Kind",
    "Level",
    "Meeting",
    "Missing",
    "Prices",
    "Repair",
    "Stand",
    "Timetable",
    "Wave",
    "Weights",
    "Wish",
]
