"""A session and its agenda: who may, what is asked of whom by when, what the law refuses."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.followup import a_proposal
from tests.factories.records import NOW, scheme, vacancy

from untoit.core.errors import Conflict, Refused
from untoit.records.desk.models import Task, TaskKind
from untoit.records.followup.committee import members, sessions
from untoit.records.followup.committee.members import Seat
from untoit.records.followup.models import AgendaLine, Proposal, Session, TrackAct
from untoit.records.partners.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
THEN = NOW + timedelta(days=8)


def tasks(kind):
    return [(one.role, one.due_on) for one in Task.objects.open().filter(kind=kind)]


def test_a_session_asks_for_its_agenda_three_days_before(committee):
    assert tasks(TaskKind.AGENDA_TO_CLOSE) == [("LA", date(2026, 11, 28))]
    assert AuditEntry.objects.filter(action="committee.created").count() == 1


def test_a_session_that_moves_takes_its_task_along(committee):
    sessions.change(
        session_id=committee.session.pk, on=date(2026, 12, 8), starts_min=600, place="Salle A", remarks="",
        revision=1, by=committee.actor("LA"), at=NOW,
    )

    assert tasks(TaskKind.AGENDA_TO_CLOSE) == [("LA", date(2026, 12, 5))]


def test_two_sessions_at_the_same_time_are_one_too_many(committee):
    with pytest.raises(Conflict, match="Une séance est déjà prévue"):
        sessions.create(on=DAY, by=committee.actor("LA"), at=NOW)


def test_a_past_day_is_no_session(committee):
    with pytest.raises(Refused, match="est passé"):
        sessions.create(on=date(2026, 11, 22), by=committee.actor("LA", NOW), at=NOW)


def test_members_are_copied_from_the_last_session_without_their_presence(committee):
    members.write_members(
        session_id=committee.session.pk, by=committee.actor(), at=NOW,
        seats=[Seat("Mme Roux", "chair", is_present=True), Seat("M. Diallo", "tenants")],
    )

    made = sessions.create(on=date(2026, 12, 15), by=committee.actor("LA"), at=NOW)

    assert [(one.name, one.quality, one.is_present) for one in made.members.all()] == [
        ("Mme Roux", "chair", None), ("M. Diallo", "tenants", None),
    ]


def test_an_advisory_voice_has_no_vote_and_nobody_sits_twice(committee):
    for seats, words in (
        ([Seat("Mme A", "advisory", votes=True)], "voix consultative"),
        ([Seat("Mme A", "chair"), Seat("Mme A", "board")], "deux fois"),
        ([Seat("Mme A", "king")], "une qualité"),
    ):
        with pytest.raises(Refused, match=words):
            members.write_members(session_id=committee.session.pk, seats=seats, by=committee.actor(), at=NOW)


def test_only_the_mayor_of_the_commune_votes_on_a_dwelling(committee):
    committee.held()
    there = list(committee.session.members.all())

    assert len(members.voters(there, "59350")) == 5
    assert members.mayor_sits(there, "59343")
    assert not members.mayor_sits(there, "59512")


def test_a_candidate_enters_and_leaves_an_agenda_by_an_act_of_the_track(committee):
    one = committee.proposals[0]

    sessions.remove_candidate(
        session_id=committee.session.pk, proposal_id=one.pk, by=committee.actor("LA"), at=NOW
    )

    one.refresh_from_db()
    assert (one.state, one.session) == ("file_incomplete", None)
    acts = TrackAct.objects.filter(subject_id=one.pk).order_by("at", "id").values_list("action", flat=True)
    assert set(acts) == {"put_on_agenda", "postpone"}


def test_a_dwelling_has_no_more_candidates_than_its_page_says(committee):
    committee.candidate()

    with pytest.raises(Refused, match="4\u00a0candidats au plus"):
        committee.candidate()


def test_a_file_that_nobody_looked_at_is_not_put_on_an_agenda(committee):
    found = a_proposal(committee.scheme, state="proposed", home=committee.home)

    with pytest.raises(Refused, match="n'est plus possible"):
        sessions.add_candidate(
            session_id=committee.session.pk, proposal_id=found.pk, by=committee.actor("LA"), at=NOW
        )


def test_a_closed_agenda_changes_only_when_it_is_opened_again(committee):
    lead = committee.actor("LA", NOW)
    sessions.close_agenda(session_id=committee.session.pk, by=lead, at=NOW)
    assert tasks(TaskKind.AGENDA_TO_CLOSE) == []

    with pytest.raises(Refused, match="ordre du jour est clos"):
        committee.candidate()
    sessions.reopen_agenda(session_id=committee.session.pk, by=lead, at=NOW)
    committee.candidate()

    assert tasks(TaskKind.AGENDA_TO_CLOSE) == [("LA", date(2026, 11, 28))]


def test_a_dwelling_leaves_the_agenda_after_its_candidates(committee):
    line = AgendaLine.objects.get()

    with pytest.raises(Refused, match="3\u00a0candidats"):
        sessions.remove_dwelling(session_id=committee.session.pk, line_id=line.pk, by=committee.actor(), at=NOW)
    for one in committee.proposals:
        sessions.remove_candidate(session_id=committee.session.pk, proposal_id=one.pk, by=committee.actor(), at=NOW)
    sessions.remove_dwelling(session_id=committee.session.pk, line_id=line.pk, by=committee.actor(), at=NOW)

    assert not AgendaLine.objects.exists()
    with pytest.raises(Refused, match="vide"):
        sessions.close_agenda(session_id=committee.session.pk, by=committee.actor(), at=NOW)


def test_a_session_opens_on_its_day_with_somebody_who_votes(committee):
    lead = committee.actor("LM", NOW)
    sessions.close_agenda(session_id=committee.session.pk, by=lead, at=NOW)

    with pytest.raises(Refused, match="01/12/2026"):
        sessions.hold(session_id=committee.session.pk, by=lead, at=NOW)
    with pytest.raises(Refused, match="membres présents"):
        sessions.hold(session_id=committee.session.pk, by=committee.actor(), at=THEN)
    with pytest.raises(Http404):
        sessions.hold(session_id=committee.session.pk, by=committee.actor("LA"), at=THEN)


def test_a_session_held_asks_for_its_minutes_and_its_opening_is_taken_back(committee):
    committee.held()
    assert tasks(TaskKind.MINUTES_TO_SETTLE) == [("LM", date(2026, 12, 3))]

    sessions.unhold(session_id=committee.session.pk, by=committee.actor(), at=THEN)

    assert tasks(TaskKind.MINUTES_TO_SETTLE) == []
    assert Session.objects.get().state == "closed"


def test_cancelling_sends_the_candidates_back_to_their_file(committee):
    sessions.cancel(session_id=committee.session.pk, by=committee.actor("LA"), at=NOW)

    assert set(Proposal.objects.values_list("state", "session")) == {("file_incomplete", None)}
    assert tasks(TaskKind.AGENDA_TO_CLOSE) == []
    # The hour is free again.
    sessions.create(on=DAY, by=committee.actor("LA"), at=NOW)


def test_an_exception_keeps_its_author(committee):
    line = AgendaLine.objects.get()

    sessions.write_exception(
        session_id=committee.session.pk, line_id=line.pk, exception="DALO", by=committee.actor("LA"), at=NOW
    )

    line.refresh_from_db()
    assert (line.exception, line.exception_by, line.exception_at) == ("DALO", committee.scheme.user("LA"), NOW)
    with pytest.raises(Refused, match="pas dans le texte"):
        sessions.write_exception(
            session_id=committee.session.pk, line_id=line.pk, exception="FRIEND", by=committee.actor(), at=NOW
        )


@pytest.mark.parametrize("name", ["LM_other", "PART", "DEP", "EMPP", "EMPL", "FUND", "ADM", "DPO"])
def test_nobody_else_acts_on_a_session(committee, name):
    by = committee.actor(name)
    line = AgendaLine.objects.get()

    for act in (
        lambda: sessions.close_agenda(session_id=committee.session.pk, by=by, at=NOW),
        lambda: sessions.cancel(session_id=committee.session.pk, by=by, at=NOW),
        lambda: sessions.write_exception(
            session_id=committee.session.pk, line_id=line.pk, exception="DALO", by=by, at=NOW
        ),
        lambda: sessions.remove_candidate(
            session_id=committee.session.pk, proposal_id=committee.proposals[0].pk, by=by, at=NOW
        ),
    ):
        with pytest.raises(Http404):
            act()


def test_anothers_dwelling_and_proposal_do_not_exist(committee):
    made = committee.scheme
    theirs = vacancy(made.organisations["landlord_other"])
    other = a_proposal(made, state="file_complete", home=theirs)

    with pytest.raises(Http404):
        sessions.add_dwelling(session_id=committee.session.pk, vacancy_id=theirs.pk, by=committee.actor(), at=NOW)
    with pytest.raises(Http404):
        sessions.add_candidate(session_id=committee.session.pk, proposal_id=other.pk, by=committee.actor(), at=NOW)


def test_a_form_made_before_a_colleagues_change_is_a_conflict(committee):
    given = {"on": DAY, "starts_min": 600, "place": "", "remarks": "", "revision": 1}
    sessions.change(session_id=committee.session.pk, **given, by=committee.actor("LA"), at=NOW)

    with pytest.raises(Conflict, match="Membre LA"):
        sessions.change(session_id=committee.session.pk, **given, by=committee.actor("LM"), at=NOW)


def test_a_partner_landlord_has_a_committee_of_its_own():
    made = scheme()

    session = sessions.create(on=DAY, by=made.actor("PART"), at=NOW)

    assert session.organisation == made.organisations["partner"]
    assert tasks(TaskKind.AGENDA_TO_CLOSE) == [("PART", date(2026, 11, 28))]
