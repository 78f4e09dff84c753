"""The paper of a pathway: what is planned and what are her rights, never a note, an obstacle or what a home costs."""

import re
from datetime import timedelta

import pytest
from tests.factories.followup import TODAY, a_pathway, an_account
from tests.factories.records import NOW, linked_household, scheme

from untoit.records.followup.pathway import appointments, items
from untoit.records.partners.selectors import actor_of
from untoit.reporting import pathway_summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def pathway(made):
    row = a_pathway(made, person=linked_household(made).persons.get(), stage="preparing")
    by, at = made.actor("DEP"), NOW
    goal = items.add_item(pathway_id=row.pk, kind="goal", code="JOB", wording="Un poste en entrepôt", by=by, at=at)
    items.add_item(pathway_id=row.pk, kind="action", code="TRAINING", wording="Cacès 1", goal_id=goal.pk, by=by, at=at,
                   due_on=TODAY + timedelta(days=9), owner_id=made.members["EMPP"].pk, by_person=True)
    items.add_item(pathway_id=row.pk, kind="obstacle", code="HEALTH_NEED", by=by, at=at)
    appointments.plan(pathway_id=row.pk, starts_at=NOW + timedelta(days=2), place="Maison de l'emploi", by=by, at=at)
    return row


def test_the_paper_says_what_with_whom_where_and_when(made, pathway):
    told = pathway_summary.content(made.actor("DEP"), pathway)

    meeting, = told["appointments"]
    assert meeting["when"].startswith("mercredi 25\u00a0novembre 2026 à 10")
    assert (meeting["who"], meeting["where"]) == ("Membre DEP, Département d'essai", "Maison de l'emploi")
    action, = told["goals"][0]["actions"]
    assert (action["what"], action["who"]) == (
        "Formation\u00a0: Cacès 1", "vous et Membre EMPP, Maison de l'emploi d'essai"
    )


def test_the_paper_has_no_obstacle_and_says_who_reads_what(made, pathway):
    told = pathway_summary.content(made.actor("DEP"), pathway)

    assert "santé" not in str(told)
    reads = {one["who"]: one["reads"] for one in told["readers"]}
    assert "rien de ce parcours" in reads["Bailleur d'essai"]
    assert "en entier" in reads["Département d'essai"]


def test_who_prints_it_changes_nothing(made, pathway):
    own = actor_of(an_account(pathway.person), at=NOW)

    assert pathway_summary.content(own, pathway) == pathway_summary.content(made.actor("EMPP"), pathway)


@pytest.mark.parametrize("large", [False, True])
def test_the_paper_is_accessible_and_the_same_twice(made, pathway, large):
    first, second = (pathway_summary.summary(made.actor("DEP"), pathway, large=large) for _ in range(2))

    assert first == second
    assert b"pdfuaid" in first
    # The tree of pages says how many there are: one, or two in large type.
    assert re.findall(rb"/Count (\d+)", first)[0] in (b"1", b"2")
