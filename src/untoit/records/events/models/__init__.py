"""Events: what is prepared, who comes, who meets whom, what the day recorded, what was written to people."""

from untoit.records.events.models.day import Device, DeviceAct, EmployerOutcome, Feedback, HousingOutcome
from untoit.records.events.models.meetings import Meeting, Place, PlanJob, RepairProposal, Wish
from untoit.records.events.models.notices import Notice, NoticeKind, Reply, Stop
from untoit.records.events.models.people import Preparation, PreparationSeat, Registration
from untoit.records.events.models.plan import (
    ChecklistItem,
    Event,
    Room,
    Stand,
    StandKind,
    StandOffer,
    StandTable,
    StandVacancy,
    Wave,
)

__all__ = [
    "ChecklistItem", "Device", "DeviceAct", "EmployerOutcome", "Event", "Feedback", "HousingOutcome", "Meeting",
    "Notice", "NoticeKind", "Place", "PlanJob", "Preparation", "PreparationSeat", "Registration", "RepairProposal",
    "Reply", "Room", "Stand", "StandKind", "StandOffer", "StandTable", "StandVacancy", "Stop", "Wave", "Wish",
]
