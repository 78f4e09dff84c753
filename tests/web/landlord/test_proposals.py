"""The proposals on screen: who opens them, the acts in one or two taps, what is refused, what can be undone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories.followup import TODAY, a_proposal
from tests.factories.records import NOW, household, linked_household, scheme, vacancy

from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import open_task
from untoit.records.followup.models import Letter, Proposal
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def made():
    return scheme()


def enter(client, made, name="LA"):
    client.force_login(made.user(name))
    return client


def url(name, row, *more):
    return reverse(f"landlord:{name}", args=[row.pk, *more])


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " "))


@pytest.mark.parametrize(("name", "status"), [
    ("LA", 200), ("LM", 200), ("LM_other", 404), ("PART", 404), ("DEP", 404), ("EMPP", 404), ("EMPL", 404),
    ("FUND", 404), ("ADM", 404), ("DPO", 404),
])
def test_who_opens_a_proposal(client, made, name, status):
    assert enter(client, made, name).get(url("proposal", a_proposal(made))).status_code == status


def test_a_household_that_is_no_longer_followed_is_a_page_that_does_not_exist(client, made):
    row = a_proposal(made)
    row.household.links.update(closed_at=NOW)

    assert enter(client, made).get(url("proposal", row)).status_code == 404
    assert "Camille" not in text(client.get(reverse("landlord:proposals")))


def test_the_list_is_searched_filtered_and_counted_as_read(client, made):
    late = a_proposal(made, state="notified")
    open_task(kind=TaskKind.ANSWER_AWAITED, organisation=late.organisation, role="LA", subject_kind="proposal",
              subject_id=late.pk, why="Réponse attendue.", due_on=TODAY - timedelta(days=9), at=NOW)
    done = a_proposal(made, state="refused")
    done.household.persons.update(last_name="Zola")
    page = enter(client, made).get(reverse("landlord:proposals"))

    assert "2 propositions" in text(page)
    assert ReadLog.objects.filter(resource="housing_proposal", count=2).exists()
    for query, kept in (("etape=offre", late), ("etape=closes", done), ("retard=on", late), ("q=zola", done),
                        (f"q={late.vacancy.reference}", late)):
        found = text(client.get(f"{reverse('landlord:proposals')}?{query}"))
        assert "1 proposition" in found and kept.vacancy.reference in found, query


def test_an_empty_list_says_the_next_step(client, made):
    assert "Proposez un logement depuis sa page" in text(enter(client, made).get(reverse("landlord:proposals")))


def test_the_page_says_where_it_stands_what_is_next_and_who_did_what(client, made):
    row = a_proposal(made)
    enter(client, made).post(url("proposal_act", row, "plan_visit"), {"visit_on": "2099-01-01", "revision": 1})
    page = client.post(url("proposal_act", row, "plan_visit"), {"visit_on": str(TODAY), "revision": 1}, follow=True)

    assert 'aria-current="step">Visite' in text(page)
    assert "Noter la suite de la visite" in text(page)
    assert "Visite fixée" in text(page) and "Membre LA, Bailleur d&#x27;essai" in text(page)


def test_a_form_that_lacks_a_date_comes_back_with_what_is_wrong(client, made):
    page = enter(client, made).post(url("proposal_act", a_proposal(made), "plan_visit"), {"revision": 1})

    assert page.status_code == 422 and "plan_visit-visit_on" in text(page)


def test_what_the_rules_refuse_is_said_beside_the_form(client, made):
    page = enter(client, made).post(url("proposal_act", a_proposal(made, state="allocated"), "notify"), {
        "notified_on": str(TODAY), "answer_due_on": str(TODAY + timedelta(days=3)), "revision": 1,
    })

    assert page.status_code == 422 and "dix jours au moins" in text(page)


def test_a_second_colleague_is_told_that_it_changed(client, made):
    row = a_proposal(made)
    data = {"visit_on": str(TODAY), "revision": 1}
    enter(client, made).post(url("proposal_act", row, "plan_visit"), data)

    page = client.post(url("proposal_act", row, "plan_visit"), data)

    assert page.status_code == 409 and "a été modifiée" in text(page)


def test_a_refusal_is_two_taps_with_its_fine_code(client, made):
    row = a_proposal(made, state="notified")
    page = text(enter(client, made).get(url("proposal", row)))
    assert "Coût du logement" in page and 'name="reasons" value="RENT_TOO_HIGH"' in page
    assert 'value="NO_ANSWER"' not in page

    client.post(url("proposal_act", row, "refuse"), {"reasons": "RENT_TOO_HIGH", "revision": 1})

    assert Proposal.objects.get(pk=row.pk).reasons == ["RENT_TOO_HIGH"]


def test_a_withdrawal_can_be_undone_at_once(client, made):
    row = a_proposal(made)
    page = enter(client, made).post(
        url("proposal_act", row, "withdraw_landlord"), {"reason": "PROPOSED_BY_MISTAKE", "revision": 1}, follow=True
    )
    undo = url("proposal_undo", row, "reopen")
    assert undo in text(page)

    client.post(undo)

    assert Proposal.objects.get(pk=row.pk).state == "proposed"


def test_a_refused_offer_is_offered_back_to_who_decides_only(client, made):
    row = a_proposal(made, state="notified")
    page = enter(client, made, "LM").post(
        url("proposal_act", row, "refuse"), {"reasons": "TOO_SMALL", "revision": 1}, follow=True
    )

    assert url("proposal_undo", row, "reopen_offer") in text(page)
    client.post(url("proposal_undo", row, "reopen_offer"))
    assert Proposal.objects.get(pk=row.pk).state == "notified"


@pytest.mark.parametrize("action", ["allocate", "reject", "put_on_agenda", "lapse_all"])
def test_what_is_decided_in_session_is_not_done_here(client, made, action):
    row = a_proposal(made, state="on_agenda")

    assert enter(client, made, "LM").post(url("proposal_act", row, action), {"revision": 1}).status_code == 404


def test_documents_are_a_checklist_of_the_limitative_list(client, made):
    row = a_proposal(made)
    enter(client, made).post(url("proposal_act", row, "declare_missing"),
                             {"missing_documents": ["TAX_NOTICE"], "revision": 1})
    page = text(client.get(url("proposal", row)))

    assert "Avis d’imposition" in page or "Avis d&#x27;imposition" in page or "Avis d'imposition" in page
    assert "limitative" in page


def test_the_lead_reads_what_waits_for_an_adviser(client, made):
    row = a_proposal(made, state="notified")
    open_task(kind=TaskKind.ANSWER_AWAITED, organisation=row.organisation, role="LA", subject_kind="proposal",
              subject_id=row.pk, why="Réponse de la personne attendue.", due_on=TODAY, at=NOW)

    assert "Réponse de la personne attendue" in text(enter(client, made, "LM").get(url("proposal", row)))


@pytest.mark.parametrize(("state", "opened"), [("allocated", "notify"), ("accepted", "sign_lease"), ("notified", "")])
def test_what_is_expected_next_is_open_and_no_answer_is(client, made, state, opened):
    page = text(enter(client, made).get(url("proposal", a_proposal(made, state=state))))

    found = re.findall(r'<details class="act" open>.*?acte/(\w+)/', page)
    assert found == ([opened] if opened else [])


# Proposing.


def test_a_dwelling_is_proposed_from_its_page(client, made):
    who, home = linked_household(made), vacancy(made.organisations["landlord"])
    assert reverse("landlord:new_proposal") in text(enter(client, made).get(reverse("landlord:home", args=[home.pk])))
    new = reverse("landlord:new_proposal")

    chosen = text(client.get(f"{new}?logement={home.pk}"))
    confirm = text(client.get(f"{new}?logement={home.pk}&menage={who.pk}"))
    client.post(new, {"logement": home.pk, "menage": who.pk})

    assert "Camille Essai" in chosen and "Proposer ce logement" in confirm
    assert Proposal.objects.get().household == who


def test_from_a_file_the_homes_above_the_ceiling_are_told_and_not_offered(client, made):
    rich = linked_household(made, finances={"tax_income_n2_eur_year": "31000"})
    home = vacancy(made.organisations["landlord"])
    new = reverse("landlord:new_proposal")

    page = text(enter(client, made).get(f"{new}?menage={rich.pk}"))
    refused = client.post(new, {"logement": home.pk, "menage": rich.pk})

    assert "au-dessus du plafond" in page
    assert refused.status_code == 422 and "Tous les plafonds" in text(refused)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("query", ["menage=nonsense", "logement=nonsense", "tandem=nonsense"])
def test_a_wrong_address_is_a_page_that_does_not_exist(client, made, query):
    assert enter(client, made).get(f"{reverse('landlord:new_proposal')}?{query}").status_code == 404


def test_somebody_elses_household_or_dwelling_does_not_exist(client, made):
    stranger, home = household(), vacancy(made.organisations["landlord_other"])
    new = reverse("landlord:new_proposal")

    assert enter(client, made).get(f"{new}?menage={stranger.pk}").status_code == 404
    assert client.get(f"{new}?logement={home.pk}").status_code == 404


# Letters.


def test_a_letter_is_read_printed_and_noted_as_gone(client, made):
    row = a_proposal(made, state="allocated")
    enter(client, made).post(url("proposal_act", row, "notify"), {
        "notified_on": str(TODAY), "answer_due_on": str(TODAY + timedelta(days=10)), "revision": 1,
    })
    letter = Letter.objects.get()

    page = text(client.get(url("letter", letter)))
    pdf = client.get(url("letter_pdf", letter))
    client.post(url("letter_handed", letter), {"how": "hand", "on": str(TODAY)})

    assert "Répondez au plus tard le" in page and "à vérifier" in page
    assert pdf.content.startswith(b"%PDF") and "Essai" not in pdf["Content-Disposition"]
    letter.refresh_from_db()
    assert letter.sent_how == "hand" and letter.printed_at is not None
    assert not Task.objects.open().filter(kind="letter_to_send").exists()


@pytest.mark.parametrize("name", ["LM_other", "PART", "DEP", "EMPP", "EMPL", "DPO"])
def test_a_letter_of_another_does_not_exist(client, made, name):
    letter = Letter.objects.create(
        household=linked_household(made), organisation=made.organisations["landlord"], kind="offer",
        proposal=a_proposal(made), facts={}, written_on=TODAY, created_at=NOW,
    )

    for page in ("letter", "letter_pdf"):
        assert enter(client, made, name).get(url(page, letter)).status_code == 404
