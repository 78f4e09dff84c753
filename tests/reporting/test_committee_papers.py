"""The papers of the committee say what they must, name nobody when asked not to, and nothing that must not decide."""

import json

import pytest
from tests.factories.committee import THEN, a_committee
from tests.factories.records import linked_household

from untoit.core.errors import Refused
from untoit.core.lifecycles.committee import Decision, Vote
from untoit.records.followup.committee import selectors, sessions
from untoit.records.followup.models import AgendaLine
from untoit.records.partners.models import AuditEntry
from untoit.reporting import committee_papers

pytestmark = pytest.mark.django_db
FORBIDDEN = ("handicap", "violence", "rsa ", "naissance", "cmi")


@pytest.fixture
def committee():
    found = a_committee()
    household = linked_household(
        found.scheme, evidenced_grounds=["DALO", "a", "g"], filed_grounds=["DALO", "a", "g"], disabled_persons=1,
        expected_births=1, child_ages=[3],
    )
    found.candidate(household=household, state="file_incomplete")
    return found


def said(committee, code, name="LM"):
    """Return everything that a paper says, in one text with plain spaces."""
    actor, session = committee.actor(name), committee.session
    session.refresh_from_db()
    document = committee_papers.document_of(session, selectors.agenda_of(actor, session), code, at=THEN)
    text = json.dumps(document, ensure_ascii=False)
    return text.replace("\u202f", " ").replace("\u00a0", " ").replace("\u2019", "'")


@pytest.mark.parametrize("code", sorted(committee_papers.PAPERS))
def test_every_paper_is_an_accessible_pdf_that_comes_out_the_same_twice(committee, code):
    committee.held()
    committee.session.refresh_from_db()

    first, again = (
        committee_papers.made(committee.actor(), committee.session, code, at=THEN) for _ in range(2)
    )

    assert first[:5] == b"%PDF-"
    assert b"/StructTreeRoot" in first or b"ObjStm" in first
    assert first == again


def test_the_agenda_lists_dwellings_and_candidates(committee):
    seen = said(committee, "ordre-du-jour", "LA")

    assert committee.home.reference in seen
    assert "Camille Essai" in seen
    assert "12 000 € par an" in seen


def test_candidates_are_numbers_instead_of_names_when_asked(committee):
    named, blind = said(committee, "fiches"), said(committee, "fiches-anonymes")

    assert "Camille Essai" in named
    assert "Camille" not in blind
    assert "Candidat 4" in blind
    assert "droit au logement opposable" in blind
    assert "avis d'imposition" in blind


def test_a_print_is_written_in_the_journal(committee):
    committee_papers.made(committee.actor("LA"), committee.session, "ordre-du-jour", at=THEN)

    assert AuditEntry.objects.get(action="committee.printed").detail == {"paper": "ordre-du-jour", "candidates": 4}


@pytest.mark.parametrize("code", ["ordre-du-jour", "fiches", "fiches-anonymes"])
def test_no_paper_tells_what_must_not_decide(committee, code):
    seen = said(committee, code).lower()

    assert [word for word in FORBIDDEN if word in seen] == []
    assert "motif de l'article l441-1 justifié" in seen


def test_the_minutes_give_members_decisions_ranks_reasons_votes_and_exceptions(committee):
    sessions.write_exception(
        session_id=committee.session.pk, line_id=AgendaLine.objects.get().pk, exception="DALO",
        by=committee.actor("LA"), at=THEN,
    )
    committee.held()
    committee.rule(0, Decision.ALLOCATED_RANKED, rank=1, votes=Vote(4, 1))
    committee.rule(1, Decision.NOT_ALLOCATED, reasons=["TOO_SMALL"])
    committee.rule(3, Decision.ALLOCATED_CONDITIONAL, document="TAX_NOTICE")

    seen = said(committee, "proces-verbal")

    for told in (
        "Procès-verbal (projet, non arrêté)", "Mme Roux", "présidence", "6 membres qui votent sont présents sur 6",
        "à vérifier par la présidence", "Attribution avec classement", "rang 1", "4 pour, 1 contre",
        "logement trop petit", "sous condition suspensive", "pour le 16/12/2026", "Exception écrite : candidat",
        "par Membre LA",
    ):
        assert told in seen, told


def test_minutes_are_written_during_the_session(committee):
    with pytest.raises(Refused, match="ouvrez-la d'abord"):
        committee_papers.made(committee.actor(), committee.session, "proces-verbal", at=THEN)
