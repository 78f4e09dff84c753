"""
Which rule of ``followup/retention`` each table follows; a test fails for a table with personal data and no rule.

``FOLLOWS`` gives the rules, the first that is due ending the row; a history goes with its table. ``HOLDS_NOBODY`` says
why a table with declared columns is about no candidate.
"""

from __future__ import annotations

PERSON, CLOSED, LEASED = "person_without_contact", "housing_file_closed", "housing_file_leased"
RESOURCES, JOB, EVENT, CARD = "income_documents", "job_follow_up", "event_registration", "employer_card"
JOURNAL, IMPORT, TABLET = "audit_log", "import_source", "tablet_snapshot"

FOLLOWS: dict[str, tuple[str, ...]] = {
    "applicants.Household": (PERSON, CLOSED), "applicants.Person": (PERSON, CLOSED),
    "applicants.Evidence": (PERSON, CLOSED, LEASED), "applicants.Consent": (PERSON, CLOSED),
    "applicants.Link": (PERSON, CLOSED), "applicants.Assignment": (PERSON, CLOSED),
    "applicants.SocialNote": (PERSON, CLOSED), "applicants.RightsRequest": (PERSON, CLOSED),
    "events.Registration": (PERSON, EVENT), "events.PreparationSeat": (PERSON, EVENT), "events.Wish": (PERSON, EVENT),
    "events.Meeting": (PERSON, EVENT), "events.EmployerOutcome": (PERSON, EVENT, CARD),
    "events.HousingOutcome": (PERSON, EVENT), "events.DeviceAct": (PERSON, EVENT, TABLET),
    "events.Feedback": (PERSON, EVENT), "events.Notice": (PERSON, EVENT), "events.Reply": (PERSON, EVENT),
    "events.Stop": (PERSON,),
    "followup.Proposal": (PERSON, CLOSED, LEASED), "followup.Letter": (PERSON, CLOSED),
    "followup.Vote": (PERSON, CLOSED), "followup.Application": (PERSON, JOB), "followup.EmployerLink": (PERSON, JOB),
    "followup.Pathway": (PERSON, CLOSED), "followup.PathwayItem": (PERSON, CLOSED),
    "followup.Appointment": (PERSON, CLOSED), "followup.TrackAct": (PERSON, CLOSED, JOB),
    "followup.Case": (PERSON, CLOSED), "followup.CaseAlert": (PERSON, CLOSED),
    "followup.RetentionNotice": (PERSON, CLOSED), "followup.LegalHold": (PERSON, CLOSED),
    "pairings.Tandem": (PERSON, CLOSED), "pairings.TandemJob": (PERSON, CLOSED), "pairings.Unplaced": (PERSON, CLOSED),
    "pairings.Run": (PERSON, CLOSED), "pairings.RunInput": (PERSON, CLOSED),
    "intake.Batch": (IMPORT,), "intake.Row": (IMPORT,),
    "partners.AuditEntry": (JOURNAL,), "partners.ReadLog": (JOURNAL,),
}
# Columns that end before their row does.
COLUMNS: dict[str, str] = {
    "applicants.Household.finances": RESOURCES, "followup.Proposal.snapshot": RESOURCES,
    "pairings.Tandem.snapshot": RESOURCES, "pairings.TandemJob.snapshot": RESOURCES,
    "followup.Proposal.documents": LEASED, "followup.Proposal.needed_documents": LEASED,
    "followup.Proposal.stated": LEASED,
}
_PLACES, _COLLEAGUES = "lieux et organisation d'un événement", "comptes et actes de professionnels"
HOLDS_NOBODY: dict[str, str] = {
    "applicants.ExportRequest": "demande d'une liste par un professionnel : la liste n'est pas gardée",
    "events.ChecklistItem": _PLACES, "events.Device": _PLACES, "events.Event": _PLACES, "events.PlanJob": _PLACES,
    "events.Preparation": _PLACES, "events.RepairProposal": _PLACES, "events.Room": _PLACES, "events.Stand": _PLACES,
    "events.StandOffer": _PLACES, "events.StandTable": _PLACES, "events.StandVacancy": _PLACES, "events.Wave": _PLACES,
    "followup.AgendaLine": "logements à l'ordre du jour", "followup.Session": "séances de la commission",
    "followup.SessionMember": "membres de la commission, dans l'exercice de leur mandat",
    "followup.AssumptionSet": "parts et comptes d'issues", "jobs.Offer": "offres d'emploi",
    "pairings.Feed": "horaires publics", "pairings.FeedFetch": "horaires publics", "pairings.Policy": "réglages",
    "partners.ApiToken": _COLLEAGUES, "partners.BreakGlass": _COLLEAGUES, "partners.Invitation": _COLLEAGUES,
    "partners.User": "compte, rendu anonyme avec le ménage quand c'est celui d'une personne suivie",
    "stock.Building": "logements", "stock.Photo": "logements", "stock.Vacancy": "logements",
}
