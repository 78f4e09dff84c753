"""Who meets whom, where and when: an event in, a timetable out, with a proven bound. It knows nobody by name."""

from untoit.core.timetabling.figures import (
    Capacity,
    CapacityLine,
    StandUse,
    Statistics,
    capacity,
    grid,
    statistics,
)
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
from untoit.core.timetabling.queueing import first_come
from untoit.core.timetabling.record import record
from untoit.core.timetabling.repair import repair
from untoit.core.timetabling.rules import check, clock, may_move
from untoit.core.timetabling.solver import Effort, plan
from untoit.core.timetabling.worth import value

__all__ = [
    "DEFAULT_LEVELS",
    "Broken",
    "Candidate",
    "Capacity",
    "CapacityLine",
    "Change",
    "Effort",
    "Event",
    "Kind",
    "Level",
    "Meeting",
    "Missing",
    "Prices",
    "Repair",
    "Stand",
    "StandUse",
    "Statistics",
    "Timetable",
    "Wave",
    "Weights",
    "Wish",
    "capacity",
    "check",
    "clock",
    "first_come",
    "grid",
    "may_move",
    "plan",
    "record",
    "repair",
    "statistics",
    "value",
]
