"""
The follow-up at each of its states, for the sweep: proposals, sessions, applications and pathways with people's names.

The world of the matrix has one row of everything, whose words are canaries; these are those of a real landlord, with
lists long enough to have a next page of columns, names of all lengths, and homes that several households wait for.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests.factories.followup import a_pathway, a_proposal, a_session, an_account, an_application
from tests.factories.records import Scheme, linked_household, vacancy

from untoit.core.lifecycles.committee import exceptions
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import JobState
from untoit.core.lifecycles.pathway_track import Stage
from untoit.records.applicants.models import Assignment, Household, Link
from untoit.records.events.links import digest
from untoit.records.followup.cases.refresh import refresh
from untoit.records.followup.models import (
    AgendaLine,
    Application,
    Appointment,
    EmployerLink,
    Pathway,
    PathwayItem,
    Proposal,
    Session,
    SessionMember,
)
from untoit.records.followup.models.committee import SessionState
from untoit.records.followup.work.links import token_of
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import User
from untoit.records.stock.models import Vacancy

# People with an account of their own, by what waits for them.
NEWCOMERS = ("CAND_offer", "CAND_tenant", "CAND_hired", "CAND_alone")
SURNAMES = ("Benali", "Dupont-Lefebvre", "Kovalenko", "Nguyen", "Saidi", "Vandenbroucke", "Traoré", "Lemaire")
FIRST_NAMES = ("Amina", "Jean-Baptiste", "Oksana", "Linh", "Karim", "Élodie", "Moussa", "Chloé")


@dataclass
class Followup:
    """The rows by state, and who has an account."""

    proposals: dict[str, Proposal] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    pathways: dict[str, Pathway] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def case(self, state: str) -> Household:
        """Return the household whose home is at this state."""
        return self.proposals[state].household


def make_followup(of: Scheme) -> Followup:
    """Create them all, and the cases of these households as the night leaves them."""
    now, made = timezone.now(), Followup()
    for state in HousingState:
        if state != HousingState.ON_AGENDA:
            made.proposals[state] = a_proposal(of, state=state)
    for state in JobState:
        made.applications[state] = an_application(of, state=state)
    made.applications["both"] = an_application(
        of, state="held_1m", person=made.proposals["keys_handed"].household.persons.get(), words_differ=True
    )
    for stage in Stage:
        made.pathways[stage] = a_pathway(of, stage=stage)
    _fill(of, made.pathways[Stage.PREPARING], now)
    _sessions(of, made, now)
    _links(made, now)
    alone = linked_household(of)
    for role, household in zip(NEWCOMERS, (
        made.case("notified"), made.case("keys_handed"), made.applications["hired"].household, alone,
    ), strict=True):
        made.users[role] = an_account(household.persons.get())
    _as_of_today(now)
    found = Household.objects.filter(links__organisation=of.organisations["landlord"]).distinct().order_by("pk")
    _named(found)
    refresh([one.pk for one in found], at=now)
    return made


def _named(households) -> None:
    """Give people the names that a list of real people has."""
    for number, household in enumerate(households.exclude(persons__first_name__startswith="zq")):
        for person in household.persons.all():
            person.first_name = FIRST_NAMES[number % len(FIRST_NAMES)]
            person.last_name = SURNAMES[number * 3 % len(SURNAMES)]
            person.save(update_fields=["first_name", "last_name"])


def _as_of_today(now: datetime) -> None:
    """Bring the fixed dates of the factories around today, whenever the sweep runs."""
    today = timezone.localdate(now)
    Link.objects.update(opened_at=now - timedelta(days=30), expires_on=today + timedelta(days=120))
    Assignment.objects.update(since=today - timedelta(days=30))
    for model in (Vacancy, Offer):
        model.objects.update(confirmed_at=now, expires_on=today + timedelta(days=40))
    Proposal.objects.filter(state="notified").update(answer_due_on=today + timedelta(days=6))


def _fill(of: Scheme, pathway: Pathway, now: datetime) -> None:
    today, author = timezone.localdate(now), of.user("DEP")
    said = {"pathway": pathway, "created_by": author, "created_at": now}
    goal = PathwayItem.objects.create(kind="goal", code="FIND_JOB", words="Un poste en logistique, de jour", **said)
    for code, due, by_person in (("WRITE_CV", 4, True), ("WRITE_CV", -6, False)):
        PathwayItem.objects.create(
            kind="action", code=code, words="Relire le CV ensemble", goal=goal, owner=of.members["DEP"],
            by_person=by_person, due_on=today + timedelta(days=due), **said,
        )
    PathwayItem.objects.create(kind="obstacle", code="MOBILITY", words="Le bus ne passe pas avant 6 h", **said)
    for days in (-9, 3):
        Appointment.objects.create(
            pathway=pathway, at=now + timedelta(days=days), place="Maison Nord Solidarités, 3 rue de l’Essai",
            with_whom=of.members["DEP"], created_by=author, created_at=now,
        )


def _sessions(of: Scheme, made: Followup, now: datetime) -> None:
    """Create a session of each state; one of three candidates for the same home, and one by exception."""
    today = timezone.localdate(now)
    days = {
        SessionState.DRAFT: 7, SessionState.AGENDA_CLOSED: 0, SessionState.HELD: 0, SessionState.MINUTED: -14,
        SessionState.CANCELLED: -7,
    }
    for number, (state, day) in enumerate(days.items()):
        made.sessions[state] = session = a_session(
            of, on=today + timedelta(days=day), starts_min=8 * 60 + number, state=state, place="Salle du conseil",
            **_reached(of, state, now),
        )
        for order, (name, quality) in enumerate((("Mme Delattre", "chair"), ("M. Ouali", "board"))):
            SessionMember.objects.create(session=session, name=name, quality=quality, is_present=True, order=order)
        if state not in (SessionState.MINUTED, SessionState.CANCELLED):
            _agenda(of, session, now)
    home = vacancy(of.organisations["landlord"])
    AgendaLine.objects.create(session=made.sessions[SessionState.MINUTED], vacancy=home)
    for state, more in (("allocated", {}), ("allocated_ranked", {"rank": 2}), ("not_allocated", {})):
        a_proposal(of, state=state, home=home, session=made.sessions[SessionState.MINUTED], **more)


def _reached(of: Scheme, state: SessionState, now: datetime) -> dict[str, Any]:
    """Return who closed, held and minuted a session, as far as it went."""
    steps = (SessionState.AGENDA_CLOSED, SessionState.HELD, SessionState.MINUTED)
    if state not in steps:
        return {}
    found: dict[str, Any] = {"closed_at": now, "closed_by": of.user("LA")}
    if state != SessionState.AGENDA_CLOSED:
        found["held_at"] = now
    return {**found, "minuted_at": now, "minuted_by": of.user("LM")} if state == SessionState.MINUTED else found


def _agenda(of: Scheme, session: Session, now: datetime) -> None:
    several, alone, empty = (vacancy(of.organisations["landlord"]) for _ in range(3))
    AgendaLine.objects.create(session=session, vacancy=several)
    AgendaLine.objects.create(
        session=session, vacancy=alone, order=1, exception=next(iter(exceptions(session.on))),
        exception_by=of.user("LA"), exception_at=now,
    )
    for _ in range(3):
        a_proposal(of, state="on_agenda", home=several, session=session)
    a_proposal(of, state="on_agenda", home=alone, session=session, documents=["IDENTITY"])
    if session.state == SessionState.DRAFT:
        AgendaLine.objects.create(session=session, vacancy=empty, order=2)
        a_proposal(of, state="file_complete", home=empty)
        a_proposal(of, state="visited", home=empty)


def _links(made: Followup, now: datetime) -> None:
    for question, state in (("interview_outcome", "interview_planned"), ("hold_1m", "hired"), ("hold_3m", "held_1m")):
        link = EmployerLink(
            application=made.applications[state], question=question, created_at=now, sent_to="poste@essai.invalid",
            expires_on=timezone.localdate(now) + timedelta(days=20),
        )
        made.links[question] = token_of(link.pk)
        link.token_hash = digest(made.links[question])
        link.save()
