"""One timeline, filtered by role: what a landlord reads of a job, what a coach reads of a home."""

from datetime import date

import pytest
from tests.factories.events import a_registration, an_event
from tests.factories.followup import a_pathway, a_proposal, an_application
from tests.factories.records import NOW, link, linked_household, offer, scheme, vacancy

from untoit.core.lifecycles.housing_track import HOUSING
from untoit.core.lifecycles.job_track import JOB
from untoit.core.lifecycles.pathway_track import PATHWAY
from untoit.records.followup.cases import words
from untoit.records.followup.cases.timeline import timeline
from untoit.records.followup.models import Letter
from untoit.records.followup.tracks import acts

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    of = scheme()
    of.one = linked_household(of)
    link(of.one, of.organisations["partner"], "housing")
    return of


def acted(of, row, action, role, **given):
    return acts.record(row=row, action=action, by=of.actor(role), at=NOW, given=given)


def told(of, role):
    return [(one.track, one.title, one.detail, one.who) for one in timeline(of.actor(role), of.one)]


@pytest.mark.parametrize(("table", "known"), [
    (HOUSING, words.HOUSING_ACTS), (JOB, words.JOB_ACTS), (PATHWAY, words.PATHWAY_ACTS),
])
def test_every_act_of_the_tables_has_its_words(table, known):
    assert {one.action for one in table.transitions} - set(known) == set()


def test_a_landlord_reads_its_own_homes_with_who_acted_and_why(made):
    home = a_proposal(made, household=made.one)
    acted(made, home, "refuse", "LA", reasons=["TOO_SMALL", "NO_PARKING"])

    assert told(made, "LM") == [
        ("housing", "Logement refusé", "trop petit et pas de stationnement", "Membre LA (Bailleur d'essai)"),
    ]


def test_those_who_accompany_read_of_a_home_its_stages_only(made):
    home = a_proposal(made, household=made.one, state="accepted")
    acted(made, home, "sign_lease", "LA", signed_on=date(2026, 11, 23))
    other = a_proposal(made, household=made.one, home=vacancy(made.organisations["landlord"]))
    acted(made, other, "refuse", "LA", reasons=["TOO_SMALL"])

    for role in ("DEP", "EMPP"):
        assert told(made, role) == [
            ("housing", "Bail signé", "", ""), ("housing", "Demande de logement déposée", "", ""),
        ]


def test_a_landlord_reads_of_a_job_the_dates_and_kind_of_the_contract(made):
    person = made.one.persons.get()
    kept = an_application(made, person=person, state="hired")
    acted(made, kept, "end", "EMPP", ended_on=date(2026, 11, 20), reason="DISMISSAL")
    lost = an_application(made, person=person, job=offer(made.organisations["employer_other"]))
    acted(made, lost, "turn_down", "EMPP", reason="LANGUAGE")
    pathway = a_pathway(made, person=person, stage="consented")
    acted(made, pathway, "pause", "DEP", reason="OTHER")

    for role in ("LA", "LM", "PART"):
        assert told(made, role) == [
            ("job", "Fin d'un contrat de travail", "CDI", ""), ("job", "Début d'un contrat de travail", "CDI", ""),
        ]


def test_a_coach_reads_the_jobs_and_the_pathway_in_full_but_not_why_a_contract_ended(made):
    person = made.one.persons.get()
    kept = an_application(made, person=person, state="hired")
    acted(made, kept, "end", "EMPP", ended_on=date(2026, 11, 20), reason="DISMISSAL")
    lost = an_application(made, person=person, job=offer(made.organisations["employer_other"]))
    acted(made, lost, "turn_down", "EMPP", reason="LANGUAGE")

    found = told(made, "DEP")

    assert ("job", "Contrat terminé", "", "Maison de l'emploi d'essai") in found
    assert ("job", "Candidature non retenue", "niveau de français demandé par le poste",
            "Maison de l'emploi d'essai") in found
    assert "rupture par l'employeur" not in str(found)


def test_another_landlords_home_is_nobodys_business(made):
    other = vacancy(made.organisations["landlord_other"])
    home = a_proposal(made, household=made.one, home=other)
    link(made.one, made.organisations["landlord_other"], "housing")
    acts.record(row=home, action="refuse", by=made.actor("LM_other"), at=NOW, given={"reasons": ["TOO_SMALL"]})

    assert [len(told(made, role)) for role in ("LM_other", "LM", "PART")] == [1, 0, 0]


def test_letters_are_read_by_who_writes_them_and_events_by_who_follows(made):
    Letter.objects.create(household=made.one, organisation=made.organisations["landlord"], kind="offer",
                          written_on=NOW.date(), created_at=NOW)
    a_registration(an_event(made), household=made.one)

    assert [one[0] for one in told(made, "LA")] == ["event", "letter"]
    assert [one[0] for one in told(made, "DEP")] == ["event", "housing"]


def test_an_act_noted_later_says_so_and_the_clock_and_links_sign(made):
    home = a_proposal(made, household=made.one, state="notified", answer_due_on=date(2026, 11, 20))
    acts.record(row=home, action="lapse", by=None, at=NOW, on=date(2026, 11, 21))
    job = an_application(made, person=made.one.persons.get(), state="hired")
    acts.record(row=job, action="hold_1m", by=None, at=NOW, given={"checked_on": NOW.date()}, how="link",
                as_role="EMPL")

    lapse = timeline(made.actor("LA"), made.one)[1]
    hold = timeline(made.actor("DEP"), made.one)[0]

    assert (lapse.on, lapse.noted_on, lapse.who) == (date(2026, 11, 21), NOW.date(), "l'échéance")
    assert (hold.title, hold.who) == ("En poste à 1 mois", "l'employeur, par un lien")
