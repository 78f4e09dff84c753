"""What the committee may put on its agenda, ask, decide and say."""

from datetime import date

import pytest

from untoit.core.errors import Refused
from untoit.core.lifecycles import CLOCK
from untoit.core.lifecycles.committee import (
    ACTIONS,
    DECISION_NAMES,
    AgendaItem,
    Decision,
    Ruling,
    Vote,
    agenda_due_on,
    carried,
    check_agenda,
    check_documents,
    check_rank,
    check_ranks,
    check_ruling,
    check_votes,
    decisions_offered,
    document_due_on,
    documents,
    exceptions,
    least_candidates,
    minutes_due_on,
    missing_documents,
    reasons,
    striking_off_due_on,
    why_not,
)
from untoit.core.lifecycles.housing_track import HOUSING

ON = date(2026, 11, 23)
WRITTEN = "Ressources de 31 000 € au-dessus de tous les plafonds."


def ruling(decision, **changes):
    """A decision recorded by a person on that day."""
    return Ruling(decision, ON, "Mme L.", **changes)


def test_an_agenda_with_three_candidates_closes():
    check_agenda([AgendaItem("LOG-1", ("A", "B", "C")), AgendaItem("LOG-2", ("A", "B", "C", "D"))], ON)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (AgendaItem("LOG-1", ("A", "B")), "LOG-1\u00a0: 2\u00a0candidats, aucune exception écrite"),
        (AgendaItem("LOG-1", ("A", "B", "B")), "2\u00a0candidats"),
        (AgendaItem("LOG-1", ("A",), "DALO"), "exception sans auteur"),
        (AgendaItem("LOG-1", ("A",), "QUICK", "Mme L."), "«\u00a0QUICK\u00a0» inconnue"),
        (AgendaItem("LOG-1", (), "INSUFFICIENT_CANDIDATES", "Mme L."), "aucun candidat"),
    ],
)
def test_an_agenda_that_is_short_says_which_dwelling_and_why(item, words):
    with pytest.raises(Refused) as refused:
        check_agenda([AgendaItem("LOG-0", ("A", "B", "C")), item], ON)

    assert words in refused.value.sentence
    assert "LOG-0" not in refused.value.sentence


@pytest.mark.parametrize("exception", ["INSUFFICIENT_CANDIDATES", "DALO"])
def test_an_exception_with_an_author_closes_the_agenda(exception):
    check_agenda([AgendaItem("LOG-1", ("A",), exception, "Mme L.")], ON)


def test_only_documents_of_the_list_may_be_asked():
    check_documents(documents(ON), ON)
    with pytest.raises(Refused, match="illégal"):
        check_documents(["TAX_NOTICE", "BANK_STATEMENT"], ON)
    assert missing_documents(["TAX_NOTICE", "IDENTITY"], ["IDENTITY"], ON) == ("TAX_NOTICE",)
    with pytest.raises(Refused, match="BANK_STATEMENT"):
        missing_documents(["BANK_STATEMENT"], [], ON)


def test_each_decision_has_an_act_of_the_track_for_who_decides():
    assert set(ACTIONS) == set(DECISION_NAMES) == set(Decision)
    for action in ACTIONS.values():
        assert {role for role in ("LA", "LM", "PART", "CAND", "DEP", CLOCK) if HOUSING.may(action, "on_agenda", role)} \
            == {"LM", "PART"}


def test_decisions_offered_follow_the_file():
    assert decisions_offered(missing=(), above_every_ceiling=False) == (
        Decision.ALLOCATED, Decision.ALLOCATED_RANKED, Decision.NOT_ALLOCATED
    )
    assert decisions_offered(missing=("TAX_NOTICE",), above_every_ceiling=False) == (
        Decision.ALLOCATED_CONDITIONAL, Decision.NOT_ALLOCATED
    )
    assert decisions_offered(missing=(), above_every_ceiling=True) == (
        Decision.NOT_ALLOCATED, Decision.REJECTED_INADMISSIBLE
    )


@pytest.mark.parametrize(
    ("decided", "missing"),
    [
        (ruling(Decision.ALLOCATED), ()),
        (ruling(Decision.ALLOCATED_RANKED, rank=2), ()),
        (ruling(Decision.ALLOCATED_CONDITIONAL, document="TAX_NOTICE"), ("TAX_NOTICE",)),
        (ruling(Decision.NOT_ALLOCATED, reasons=("TOO_SMALL",)), ()),
        (ruling(Decision.NOT_ALLOCATED, reasons=("LOW_INCOME", "TOO_SMALL"), aids_looked_at=True), ()),
        (ruling(Decision.NOT_ALLOCATED, reasons=("COST_NOT_BEARABLE",), aids_looked_at=True), ()),
        (ruling(Decision.REJECTED_INADMISSIBLE, reasons=("ABOVE_EVERY_CEILING",), stated=WRITTEN), ()),
    ],
)
def test_a_lawful_decision_passes(decided, missing):
    check_ruling(decided, missing=missing)


@pytest.mark.parametrize(
    ("decided", "missing", "words"),
    [
        (Ruling(Decision.ALLOCATED, ON, ""), (), "le nom de la personne"),
        (Ruling(Decision.REJECTED_INADMISSIBLE, ON, CLOCK, reasons=("ABOVE_EVERY_CEILING",), stated=WRITTEN), (),
         "le nom de la personne"),
        (ruling(Decision.ALLOCATED), ("TAX_NOTICE",), "Dossier incomplet"),
        (ruling(Decision.ALLOCATED_RANKED, rank=1), ("TAX_NOTICE",), "Dossier incomplet"),
        (ruling(Decision.ALLOCATED_RANKED), (), "un rang"),
        (ruling(Decision.ALLOCATED_RANKED, rank=0), (), "un rang"),
        (ruling(Decision.ALLOCATED_CONDITIONAL), ("TAX_NOTICE",), "désigne la pièce"),
        (ruling(Decision.ALLOCATED_CONDITIONAL, document="BANK_STATEMENT"), ("TAX_NOTICE",), "illégal"),
        (ruling(Decision.ALLOCATED_CONDITIONAL, document="IDENTITY"), ("TAX_NOTICE",), "déjà au dossier"),
        (ruling(Decision.NOT_ALLOCATED), (), "Attendu"),
        (ruling(Decision.NOT_ALLOCATED, reasons=("FACE",)), (), "Attendu"),
        (ruling(Decision.NOT_ALLOCATED, reasons=("LOW_INCOME",), aids_looked_at=True), (), "seul motif"),
        (ruling(Decision.NOT_ALLOCATED, reasons=("NO_LOCAL_LINK",)), (), "seul motif"),
        (ruling(Decision.NOT_ALLOCATED, reasons=("LOW_INCOME", "NO_LOCAL_LINK"), aids_looked_at=True), (),
         "seul motif"),
        (ruling(Decision.NOT_ALLOCATED, reasons=("COST_NOT_BEARABLE",)), (), "aides"),
        (ruling(Decision.REJECTED_INADMISSIBLE, stated=WRITTEN), (), "condition légale"),
        (ruling(Decision.REJECTED_INADMISSIBLE, reasons=("LOW_INCOME",), stated=WRITTEN), (), "condition légale"),
        (ruling(Decision.REJECTED_INADMISSIBLE, reasons=("ABOVE_EVERY_CEILING",), stated="non"), (), "raison écrite"),
    ],
)
def test_an_unlawful_decision_is_refused_with_its_reason(decided, missing, words):
    with pytest.raises(Refused, match=words):
        check_ruling(decided, missing=missing)


def test_delays_of_the_committee():
    assert document_due_on(date(2026, 11, 23)) == date(2026, 12, 8)
    assert striking_off_due_on(date(2026, 1, 31)) == date(2026, 2, 28)


def test_votes_are_carried_by_more_and_a_tie_goes_to_the_mayor():
    assert carried(Vote(4, 2))
    assert not carried(Vote(2, 4))
    assert carried(Vote(3, 3, mayor_in_favour=True))
    assert not carried(Vote(3, 3, mayor_in_favour=False))
    with pytest.raises(Refused, match="vote de nouveau"):
        carried(Vote(3, 3))


def test_why_a_decision_is_not_offered():
    clear = {"missing": (), "above_own_ceiling": False, "above_every_ceiling": False, "on": ON}

    told = {each: why_not(each, **clear) for each in Decision}
    lacking = {each: why_not(each, **clear | {"missing": ("TAX_NOTICE",)}) for each in Decision}
    above = {each: why_not(each, **clear | {"above_own_ceiling": True}) for each in Decision}

    assert [each for each, why in told.items() if not why] == [
        Decision.ALLOCATED, Decision.ALLOCATED_RANKED, Decision.NOT_ALLOCATED,
    ]
    assert "avis d'imposition" in lacking[Decision.ALLOCATED]
    # Above the ceiling of this dwelling alone, the application stays alive: nothing here, and no rejection.
    assert [each for each, why in above.items() if not why] == [Decision.NOT_ALLOCATED]


def test_ranks_follow_each_other_and_are_given_once():
    check_rank(2, others=[1], allocated=False)
    check_ranks("LOG-1", [2, 1, 3], allocated=False)
    check_ranks("LOG-1", [2], allocated=True)
    check_ranks("LOG-1", [], allocated=False)

    with pytest.raises(Refused, match="déjà donné"):
        check_rank(1, others=[1], allocated=False)
    with pytest.raises(Refused, match="commencent à 2"):
        check_rank(1, others=[], allocated=True)
    with pytest.raises(Refused, match="1 et 3"):
        check_ranks("LOG-1", [1, 3], allocated=False)


def test_votes_are_those_of_members_who_vote_and_carry_the_decision():
    check_votes(Vote(3, 2, 1), voters=6, mayor_sits=False)
    check_votes(Vote(3, 3, 0, True), voters=6, mayor_sits=True)

    for vote, words in ((Vote(4, 3), "7\u00a0voix"), (Vote(3, 3, 0, True), "Aucun maire"), (Vote(1, 2), "1 pour")):
        with pytest.raises(Refused, match=words):
            check_votes(vote, voters=6, mayor_sits=False)


def test_the_agenda_and_the_minutes_are_due_around_the_session():
    assert (agenda_due_on(date(2026, 12, 1)), minutes_due_on(date(2026, 12, 1))) == (
        date(2026, 11, 28), date(2026, 12, 3),
    )
    assert set(exceptions(ON)) == {"INSUFFICIENT_CANDIDATES", "DALO"}
    assert reasons("not_allocated", ON)["TOO_SMALL"] == "logement trop petit"
    assert least_candidates(ON) == 3
