"""The pages of the committee: who opens them, what they show and never show, and the way from an agenda to minutes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.committee import THEN, a_committee
from tests.factories.followup import a_proposal
from tests.factories.records import NOW, linked_household

from untoit.records.followup.models import AgendaLine, Proposal, Session, SessionMember
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db
FORBIDDEN = ("nationalité", "handicap", "violence", "enceinte", "naissance attendue", "rsa")


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    now = [NOW]
    monkeypatch.setattr("django.utils.timezone.now", lambda: now[0])
    return now


@pytest.fixture
def committee():
    return a_committee()


def browser(committee, name="LM"):
    client = Client()
    client.force_login(committee.scheme.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(committee.scheme.members[name].pk)
    session.save()
    return client


def url(name, committee, *more):
    return reverse(f"landlord:{name}", args=[committee.session.pk, *more])


def line():
    return AgendaLine.objects.get().pk


@pytest.mark.parametrize("name", ["LM_other", "PART", "DEP", "EMPP", "EMPL", "FUND", "ADM", "DPO"])
def test_a_session_does_not_exist_for_anybody_else(committee, name):
    client = browser(committee, name)
    one = committee.proposals[0].pk
    pages = [
        url("session", committee), url("session_line", committee, line()), url("session_members", committee),
        url("session_paper", committee, "fiches"), url("ruling_start", committee), url("edit_session", committee),
    ]
    posts = [
        url("session_act", committee, "clore"), url("line_exception", committee, line()), url("add_line", committee),
        url("line_candidate", committee, line(), one, "retirer"), url("rule", committee, line(), one),
        url("unrule", committee, line(), one), url("leave", committee, line(), one),
        url("line_propose", committee, line()), url("remove_line", committee, line()),
    ]

    assert {client.get(page).status_code for page in pages} == {404}
    assert {client.post(page, {"menage": str(uuid4())}).status_code for page in posts} == {404}


@pytest.mark.parametrize("name", ["DEP", "EMPP", "EMPL", "FUND", "ADM"])
def test_the_list_of_sessions_is_the_landlords(committee, name):
    assert browser(committee, name).get(reverse("landlord:sessions")).status_code == 404


def test_the_adviser_prepares_and_does_not_decide(committee):
    client = browser(committee, "LA")

    seen = client.get(url("session", committee)).content.decode()

    assert "3\u00a0candidats sur 3" in seen
    assert "Camille Essai" in seen
    assert client.get(url("session_line", committee, line())).status_code == 200
    assert client.get(url("ruling_start", committee)).status_code == 404
    assert client.post(url("rule", committee, line(), committee.proposals[0].pk)).status_code == 404
    assert ReadLog.objects.filter(resource="income", subject_id=committee.session.pk).exists()


def test_a_session_is_created_with_its_members_and_refused_when_it_clashes(committee):
    client = browser(committee, "LA")
    given = {"on": "2026-12-08", "starts_min": "9 h 30", "place": "Salle A"}

    assert client.post(reverse("landlord:new_session"), given).status_code == 302
    again = client.post(reverse("landlord:new_session"), given)

    assert again.status_code == 409
    assert "Une séance est déjà prévue" in again.content.decode()
    assert client.post(reverse("landlord:new_session"), {**given, "on": ""}).status_code == 422
    assert Session.objects.filter(starts_min=570).count() == 1


def test_members_are_written_and_a_line_without_a_name_is_left_out(committee):
    client = browser(committee, "LA")
    management = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
    rows = {
        "form-0-name": "Mme Roux", "form-0-quality": "chair", "form-0-votes": "on", "form-0-is_present": "on",
        "form-1-name": "", "form-1-quality": "board",
    }

    answer = client.post(url("session_members", committee), {**management, **rows, "revision": "1"})

    assert answer.status_code == 302
    assert list(SessionMember.objects.values_list("name", "votes", "is_present")) == [("Mme Roux", True, True)]
    late = client.post(url("session_members", committee), {**management, **rows, "revision": "1"})
    assert late.status_code == 409


def test_two_candidates_show_what_is_missing_and_the_exception_closes_the_agenda(committee):
    client = browser(committee, "LA")
    gone = committee.proposals[0].pk
    client.post(url("line_candidate", committee, line(), gone, "retirer"))

    seen = client.get(url("session", committee)).content.decode()
    refused = client.post(url("session_act", committee, "clore"), follow=True).content.decode()

    assert "2\u00a0candidats sur 3" in seen
    assert "aucune exception écrite" in refused
    client.post(url("line_exception", committee, line()), {"exception": "INSUFFICIENT_CANDIDATES"})
    client.post(url("session_act", committee, "clore"))
    assert Session.objects.get().state == "closed"
    assert "par Membre LA" in client.get(url("session", committee)).content.decode()


def test_a_candidate_taken_off_comes_back_by_one_click(committee):
    client = browser(committee, "LA")
    one = committee.proposals[0]

    seen = client.post(url("line_candidate", committee, line(), one.pk, "retirer"), follow=True).content.decode()

    back = url("line_candidate", committee, line(), one.pk, "ajouter")
    assert back in seen
    client.post(back)
    assert committee.state(0) == "on_agenda"


def test_who_could_be_a_candidate_is_offered_with_the_next_step(committee):
    a_proposal(committee.scheme, state="file_incomplete", home=committee.home)
    early = a_proposal(committee.scheme, state="proposed", home=committee.home)
    other = a_proposal(committee.scheme, state="allocated_ranked", rank=2)

    seen = browser(committee, "LA").get(url("session_line", committee, line())).content.decode()

    assert "Logement déjà proposé, dossier examiné" in seen
    assert reverse("landlord:proposal", args=[early.pk]) in seen
    assert f"rang 2 pour {other.vacancy.reference}" in seen


def test_somebody_ranked_elsewhere_is_proposed_the_dwelling(committee):
    other = a_proposal(committee.scheme, state="allocated_ranked", rank=2)
    client = browser(committee, "LA")

    answer = client.post(url("line_propose", committee, line()), {"menage": str(other.household_id)})

    assert answer.status_code == 302
    assert Proposal.objects.get(household=other.household, vacancy=committee.home).state == "proposed"
    assert client.post(url("line_propose", committee, line()), {"menage": "x"}).status_code == 404


def held(committee, clock):
    committee.held()
    clock[0] = THEN + timedelta(minutes=5)
    return browser(committee)


def values(committee, number, **more):
    found = Proposal.objects.get(pk=committee.proposals[number].pk)
    return {"in_favour": "5", "against": "0", "abstained": "0", "mayor": "", "revision": str(found.revision), **more}


def rule(client, committee, number, **more):
    return client.post(
        url("rule", committee, line(), committee.proposals[number].pk), values(committee, number, **more)
    )


def test_from_the_first_decision_to_the_minutes(committee, clock):
    client = held(committee, clock)
    start = client.get(url("ruling_start", committee), follow=True).content.decode()
    assert "5\u00a0membres votent" in start
    assert start.count('value="ALLOCATED"') == 3

    assert rule(client, committee, 0, decision="ALLOCATED_RANKED", rank="1").status_code == 302
    assert rule(client, committee, 1, decision="ALLOCATED_RANKED", rank="2").status_code == 302
    assert rule(client, committee, 2, decision="NOT_ALLOCATED", reasons=["TOO_SMALL"]).status_code == 302

    asked = client.get(url("session_act", committee, "arreter")).content.decode()
    assert "Plus aucune décision" in asked
    client.post(url("session_act", committee, "arreter"))
    assert Session.objects.get().state == "minuted"
    assert [committee.state(number) for number in range(3)] == ["allocated_ranked", "allocated_ranked", "not_allocated"]


def test_what_is_refused_is_said_beside_what_was_typed(committee, clock):
    client = held(committee, clock)

    answer = rule(client, committee, 0, decision="NOT_ALLOCATED", reasons=["LOW_INCOME"])

    seen = answer.content.decode()
    assert answer.status_code == 422
    assert "ne peut pas être le seul motif" in seen
    assert committee.state(0) == "on_agenda"


def test_a_decision_is_taken_back_and_a_colleagues_is_a_conflict(committee, clock):
    client = held(committee, clock)
    old = values(committee, 0, decision="ALLOCATED")
    where = url("rule", committee, line(), committee.proposals[0].pk)
    seen = client.post(where, old, follow=True).content.decode()
    assert url("unrule", committee, line(), committee.proposals[0].pk) in seen

    late = client.post(where, old)

    assert late.status_code == 409
    client.post(url("unrule", committee, line(), committee.proposals[0].pk))
    assert committee.state(0) == "on_agenda"


def test_an_incomplete_file_offers_the_condition_and_says_why_not_the_rest(committee, clock):
    committee.candidate(state="file_incomplete")
    client = held(committee, clock)

    seen = client.get(url("ruling", committee, line())).content.decode()

    assert seen.count('value="ALLOCATED_CONDITIONAL"') == 1
    assert "Le dossier est incomplet" in seen
    assert rule(client, committee, 3, decision="ALLOCATED_CONDITIONAL", document="TAX_NOTICE").status_code == 302
    assert committee.state(3) == "allocated_conditional"


def test_a_candidate_is_left_for_another_session(committee, clock):
    client = held(committee, clock)

    client.post(url("leave", committee, line(), committee.proposals[0].pk), {"reason": "TIME"})

    assert committee.state(0) == "file_incomplete"
    assert "séance trop chargée" in client.get(url("session", committee)).content.decode()


def test_no_page_tells_what_the_decision_must_not_know(committee, clock):
    who = linked_household(
        committee.scheme, evidenced_grounds=["a", "g"], filed_grounds=["a", "g"], disabled_persons=1, expected_births=1,
    )
    committee.candidate(household=who)
    client = held(committee, clock)

    seen = "".join(
        client.get(page).content.decode().lower() for page in (
            url("session", committee), url("ruling", committee, line()), url("session_line", committee, line()),
        )
    )

    assert "motif de l&#x27;article l441-1 justifié" in seen
    assert [word for word in FORBIDDEN if f" {word}" in seen] == []


def test_three_candidates_cost_as_many_queries_as_one_more(committee):
    client = browser(committee, "LA")
    client.get(url("session", committee))

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(url("session", committee))
        return len(found)

    before = queries()
    committee.candidate()

    assert queries() == before


def test_a_line_of_another_session_does_not_exist(committee):
    other = Session.objects.create(
        organisation=committee.scheme.organisations["landlord"], on=committee.session.on, starts_min=900,
        created_at=NOW,
    )
    client = browser(committee, "LA")

    assert client.get(reverse("landlord:session_line", args=[other.pk, line()])).status_code == 404
    assert client.post(
        reverse("landlord:line_exception", args=[other.pk, line()]), {"exception": "DALO"}, follow=True
    ).status_code == 404
