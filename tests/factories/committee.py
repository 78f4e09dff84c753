"""A session of three candidates for one dwelling, on its way through the committee."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.factories.followup import a_proposal
from tests.factories.records import NOW, Scheme, scheme, vacancy

from untoit.core.lifecycles.committee import Vote
from untoit.records.followup.committee import decisions, members, sessions
from untoit.records.followup.committee.members import Seat
from untoit.records.followup.models import Proposal, Session
from untoit.records.stock.models import Vacancy

DAY = date(2026, 12, 1)
THEN = NOW + timedelta(days=8)
SEATS = (
    Seat("Mme Roux", "chair", is_present=True), Seat("M. Diallo", "tenants", is_present=True),
    Seat("Mme Leroy", "board", is_present=True), Seat("M. Petit", "board", is_present=True),
    Seat("Mme le Maire de Lille", "mayor", "59350", is_present=True),
    Seat("M. le Maire de Lesquin", "mayor", "59343", is_present=True),
    Seat("Association du quartier", "advisory", votes=False, is_present=True),
)
FOR_IT = Vote(5, 0)


@dataclass
class Committee:
    """A scheme, a dwelling, a session and its candidates."""

    scheme: Scheme
    home: Vacancy
    session: Session
    proposals: list[Proposal] = field(default_factory=list)

    def actor(self, name="LM", at=THEN):
        """Return a member of the scheme, on the day of the session unless told."""
        return self.scheme.actor(name, at=at)

    def candidate(self, **changes):
        """Propose the dwelling to one more household, and put it on the agenda."""
        found = a_proposal(self.scheme, **{"state": "file_complete", "home": self.home, **changes})
        self.proposals.append(found)
        sessions.add_candidate(
            session_id=self.session.pk, proposal_id=found.pk, by=self.actor("LA", NOW), at=NOW
        )
        return found

    def held(self):
        """Write the members, close the agenda and open the session."""
        lead = self.actor()
        members.write_members(session_id=self.session.pk, seats=SEATS, by=lead, at=NOW)
        sessions.close_agenda(session_id=self.session.pk, by=lead, at=NOW)
        sessions.hold(session_id=self.session.pk, by=lead, at=THEN)
        return self

    def rule(self, number, decision, **given):
        """Rule on one of the candidates, counted from 0."""
        return decisions.rule(
            session_id=self.session.pk, proposal_id=self.proposals[number].pk, decision=decision,
            **{"by": self.actor(), "at": THEN, "votes": FOR_IT, **given},
        )

    def state(self, number):
        """Return the state of one of the candidates."""
        return Proposal.objects.get(pk=self.proposals[number].pk).state


def a_committee() -> Committee:
    """Put a dwelling on the agenda of a session, with three candidates whose files are complete."""
    made = scheme()
    home = vacancy(made.organisations["landlord"], max_candidates=4)
    lead = made.actor("LM")
    session = sessions.create(on=DAY, by=lead, at=NOW)
    found = Committee(made, home, session)
    sessions.add_dwelling(session_id=session.pk, vacancy_id=home.pk, by=lead, at=NOW)
    for _ in range(3):
        found.candidate()
    return found
