"""The three tracks of a case, the committee, what was learnt, and what is kept how long."""

from untoit.records.followup.models.case import Case, CaseAlert, Letter, TrackAct
from untoit.records.followup.models.committee import AgendaLine, Session, SessionMember, Vote
from untoit.records.followup.models.housing import Proposal
from untoit.records.followup.models.keeping import LegalHold, RetentionNotice, Twin
from untoit.records.followup.models.learning import AssumptionSet
from untoit.records.followup.models.pathway import Appointment, CalendarFeed, Pathway, PathwayItem
from untoit.records.followup.models.work import Application, EmployerLink, TakenSheet

__all__ = [
    "AgendaLine", "Application", "Appointment", "AssumptionSet", "CalendarFeed", "Case", "CaseAlert", "EmployerLink",
    "LegalHold", "Letter", "Pathway", "PathwayItem", "Proposal", "RetentionNotice", "Session", "SessionMember",
    "TakenSheet", "TrackAct", "Twin", "Vote",
]
