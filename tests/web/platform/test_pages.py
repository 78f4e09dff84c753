"""The platform's pages: it runs the scheme, reads no file, and opens one in an emergency with somebody else."""

from html import unescape

import pytest
from django.core import mail
from tests.factories.records import linked_household, scheme

from untoit.records.partners import journal
from untoit.records.partners.models import BreakGlass, Organisation

pytestmark = pytest.mark.django_db
REASON = "La personne signale une erreur grave et n'a plus accès."


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def enter(client, made):
    def _enter(name):
        client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return _enter


def test_an_organisation_and_its_first_account_take_two_persons(enter, made):
    answers = {"kind": "employer", "name": "Menuiserie Lille", "neutral_name": "", "siret": "12345678901234"}
    made_page = enter("ADM").post("/plateforme/organisations/nouvelle/", answers)
    organisation = Organisation.objects.get(name="Menuiserie Lille")

    invited = enter("ADM").post(
        made_page["Location"], {"full_name": "Ana", "email": "ana@essai.invalid", "role": "EMPL", "is_org_admin": "on"}
    )

    assert invited.status_code == 302
    invitation = organisation.invitations.get()
    enter("ADM").post(f"/organisation/invitations/{invitation.pk}/approuver/")
    invitation.refresh_from_db()
    assert invitation.approved_by is None
    enter("ADM2").post(f"/organisation/invitations/{invitation.pk}/approuver/")
    invitation.refresh_from_db()
    assert invitation.approved_by == made.user("ADM2")


def test_a_wrong_siret_is_said(enter):
    answer = enter("ADM").post("/plateforme/organisations/nouvelle/", {"kind": "employer", "name": "X", "siret": "12"})

    assert answer.status_code == 422
    assert "quatorze chiffres" in answer.content.decode()


def test_the_administration_reads_technical_acts_and_the_dpo_all(enter, made):
    journal.note_act(made.actor("ADM"), "organisation.created", at=made.actor("ADM").at)
    journal.note_act(made.actor("LM"), "run.released", at=made.actor("LM").at)
    journal.note_read(made.actor("LA"), "income", "household", None, reason="commission")

    technical = enter("ADM").get("/plateforme/journal/").content.decode()
    complete = enter("DPO").get("/plateforme/journal/").content.decode()

    assert "organisation.created" in technical and "run.released" not in technical
    assert "organisation.created" in complete and "run.released" in complete
    assert "commission" in enter("DPO").get("/plateforme/lectures/").content.decode()
    assert enter("ADM").get("/plateforme/lectures/").status_code == 404


def test_who_read_our_files_is_masked(enter, made):
    one = linked_household(made)
    journal.note_read(made.actor("LA"), "income", "household", one.pk)
    journal.note_read(made.actor("DEP"), "social_notes", "household", one.pk)

    page = unescape(enter("LM").get("/organisation/lectures/").content.decode())

    assert "Membre LA" in page
    assert "Membre DEP" not in page
    assert made.organisations["department"].name in page
    assert str(one.pk) not in page and "Camille" not in page


def test_an_emergency_access_from_the_request_to_the_banner(enter, made, django_capture_on_commit_callbacks):
    one = linked_household(made)
    enter("ADM").post("/plateforme/acces-d-urgence/", {"household_id": one.pk, "reason": REASON})
    asked = BreakGlass.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        enter("ADM2").post(f"/plateforme/acces-d-urgence/{asked.pk}/approuver/")
    page = enter("ADM").get("/plateforme/").content.decode()

    assert "accès d’urgence à un dossier est ouvert" in page
    assert mail.outbox[0].to == ["dpo@essai.invalid"]
    assert "accès d’urgence à un dossier est ouvert" not in enter("ADM2").get("/plateforme/").content.decode()


def test_counts_of_consents_and_requests_name_nobody(enter, made):
    linked_household(made)

    page = enter("DPO").get("/plateforme/consentements/").content.decode()

    assert "Camille" not in page and "signé sur papier" in page
    assert enter("DPO").get("/plateforme/demandes-de-droits/").status_code == 200


def test_an_emergency_access_opens_one_page_and_nothing_else(enter, made):
    one, other = linked_household(made), linked_household(made)
    client = enter("ADM")
    client.post("/plateforme/acces-d-urgence/", {"household_id": one.pk, "reason": REASON})
    assert client.get(f"/candidats/{one.pk}/").status_code == 404
    enter("ADM2").post(f"/plateforme/acces-d-urgence/{BreakGlass.objects.get().pk}/approuver/")

    client = enter("ADM")

    assert client.get(f"/candidats/{one.pk}/").status_code == 200
    assert client.get(f"/candidats/{other.pk}/").status_code == 404
    assert client.get("/candidats/").status_code == 404
    assert client.post(f"/candidats/{one.pk}/").status_code == 404
    assert "Camille" not in client.get("/recherche/?q=Camille").content.decode().replace('value="Camille"', "").replace(
        "«\u00a0Camille\u00a0»", ""
    )
    assert enter("ADM2").get(f"/candidats/{one.pk}/").status_code == 404
