"""Members, invitations, keys and one's own account, as people click on them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.utils import timezone
from tests.factories.records import scheme

from untoit.records.desk.models import Task
from untoit.records.partners.models import ApiToken, AuditEntry, Invitation, Membership, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def enter(client, made):
    def _enter(name):
        client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return _enter


def test_from_the_invitation_to_the_account(enter, made, client, django_capture_on_commit_callbacks):
    answers = {"full_name": "Nouvelle Venue", "email": "nouvelle@essai.invalid", "role": "LA"}
    assert enter("LM").post("/organisation/invitations/", answers).status_code == 302
    invitation = Invitation.objects.get()
    assert Task.objects.get().subject_id == invitation.pk
    approve = f"/organisation/invitations/{invitation.pk}/approuver/"
    assert "Une autre personne" in client.post(approve, follow=True).content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        enter("LM2").post(approve)
    client.logout()
    path = re.search(r"/organisation/bienvenue/\S+", mail.outbox[0].body).group()
    assert "Nouvelle Venue" in client.get(path).content.decode()
    weak = client.post(path, {"full_name": "Nouvelle Venue", "password": "azerty"})
    done = client.post(path, {"full_name": "Nouvelle Venue", "password": "un perroquet lit le soir"})

    assert (weak.status_code, done.status_code) == (422, 302)
    assert Membership.objects.get(user__email="nouvelle@essai.invalid").role == "LA"
    assert Task.objects.get().outcome == "approved"
    assert client.get(path).status_code == 410


def test_the_form_of_an_invitation_says_what_is_missing(enter):
    answer = enter("LM").post("/organisation/invitations/", {"full_name": "", "email": "x", "role": "DEP"})

    assert answer.status_code == 422
    assert Invitation.objects.count() == 0


def test_a_key_is_shown_once(enter, made):
    answers = {"name": "Nuit", "scopes": ["offers:read"], "expires_on": timezone.localdate() + timedelta(days=30)}
    client = enter("EMPL")

    page = client.post("/organisation/jetons/", answers)

    secret = re.search(r"utue_[\w-]+", page.content.decode()).group()
    assert page["Cache-Control"].startswith("max-age=0")
    assert secret not in client.get("/organisation/jetons/").content.decode()
    token = ApiToken.objects.get()
    client.post(f"/organisation/jetons/{token.pk}/revoquer/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_closing_an_access_closes_the_next_page(enter, made, client):
    enter("LA")
    assert client.get("/organisation/mon-compte/").status_code == 200
    Membership.objects.filter(pk=made.members["LA"].pk).update(until=timezone.now())

    assert client.get("/organisation/mon-compte/").status_code == 302


def test_switching_is_a_post_that_changes_who_one_acts_for(enter, made, client):
    other = Membership.objects.create(
        user=made.user("EMPL"), organisation=made.organisations["landlord"], role=Role.LM, is_org_admin=True
    )
    enter("EMPL")
    client.post("/organisation/agir-pour/", {"membership": made.members["EMPL"].pk})
    as_employer = client.get("/organisation/")

    assert client.get("/organisation/agir-pour/").status_code == 405
    client.post("/organisation/agir-pour/", {"membership": other.pk})

    assert made.organisations["employer"].name in as_employer.content.decode()
    assert made.organisations["landlord"].name in unescape(client.get("/organisation/").content.decode())
    assert client.post("/organisation/agir-pour/", {"membership": made.members["DEP"].pk}).status_code == 404


def test_members_cost_the_same_queries_for_one_and_for_many(enter, made, django_assert_max_num_queries):
    client = enter("LM")
    client.get("/organisation/")
    for number in range(30):
        user = User.objects.create_user(f"m{number}@essai.invalid")
        Membership.objects.create(user=user, organisation=made.organisations["landlord"], role=Role.LA)

    with django_assert_max_num_queries(12):
        page = client.get("/organisation/").content.decode()
    assert len(re.findall(r"<td>m\d+@essai.invalid</td>", page)) == 30


def test_ending_a_member_from_the_page(enter, made):
    target = made.members["LA"]

    enter("LM").post(f"/organisation/membres/{target.pk}/fermer/")

    target.refresh_from_db()
    assert target.until is not None
    assert AuditEntry.objects.filter(action="membership.ended", subject_id=target.pk).exists()


def test_going_back_never_leaves_the_site(enter, made):
    answer = enter("LM").post(
        f"/organisation/membres/{made.members['LA'].pk}/fermer/", {"next": "https://ailleurs.invalid/"}
    )

    assert answer["Location"] == "/organisation/"
