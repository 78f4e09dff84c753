"""Signing in: password and second factor for professionals, a code for candidates, and a lock after five tries."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from django.utils import timezone
from tests.factories.records import household, person, scheme

from untoit.records.partners.models import User
from untoit.records.partners.sms import MemoryBackend
from untoit.web import middleware

pytestmark = pytest.mark.django_db
PASSWORD = "un perroquet lit le soir"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def lead(made):
    user = made.user("LM")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def candidate():
    user = User.objects.create_user("candidat@essai.invalid")
    person(household(), account=user, phone="06 12 34 56 78")
    return user


def sign_in(client, email, password=PASSWORD):
    return client.post("/compte/login/", {"login": email, "password": password})


def test_a_password_alone_is_enough_only_without_a_second_factor(client, lead):
    assert sign_in(client, "LM@essai.invalid").status_code == 302
    assert client.get("/organisation/").status_code == 200
    client.logout()
    TOTP.activate(lead, generate_totp_secret())

    answer = sign_in(client, lead.email)

    assert answer["Location"].startswith("/compte/2fa/authenticate/")
    assert client.get("/organisation/").status_code == 302


def test_the_secret_of_a_second_factor_is_sealed(lead):
    secret = generate_totp_secret()
    TOTP.activate(lead, secret)

    stored = Authenticator.objects.get().data["secret"]

    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_a_professional_without_a_second_factor_sets_one_up_first(client, lead, settings, made):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client, lead.email)

    assert client.get("/organisation/")["Location"] == "/compte/2fa/"
    assert client.get("/compte/2fa/").status_code == 200
    TOTP.activate(lead, generate_totp_secret())
    assert client.get("/organisation/").status_code == 200
    assert not get_adapter().can_delete_authenticator(Authenticator.objects.get())


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(client, lead):
    answers = [sign_in(client, lead.email, "faux").status_code for _ in range(5)]

    locked = sign_in(client, lead.email)

    assert answers[:4] == [200] * 4
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(client, lead):
    def said(email):
        page = sign_in(client, email, "faux").content.decode().replace(email, "")
        return re.sub(r'value="[^"]*"', "", page)

    assert said(lead.email) == said("inconnu@essai.invalid")


def test_nobody_signs_up(client):
    page = client.get("/compte/signup/")

    assert "invitation" in page.content.decode()
    client.post("/compte/signup/", {"email": "x@essai.invalid", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(email="x@essai.invalid").exists()


def test_a_candidate_enters_with_a_code_by_mail(client, candidate):
    client.post("/compte/login/code/", {"email": candidate.email})
    code = re.search(r"connexion\s:\s(\S+)", mail.outbox[0].body).group(1)

    answer = client.post("/compte/login/code/confirm/", {"code": code})

    assert answer.status_code == 302
    assert client.get("/organisation/mon-compte/").status_code == 200


def test_a_candidate_enters_with_a_code_by_sms(client, candidate, settings):
    settings.SMS_BACKEND = "untoit.records.partners.sms.MemoryBackend"
    MemoryBackend.sent.clear()
    client.post("/compte/login/code/", {"phone": "+33 6 12 34 56 78"})
    number, text = MemoryBackend.sent[0]

    client.post("/compte/login/code/confirm/", {"code": re.search(r"connexion\s:\s([\w-]+)", text).group(1)})

    assert number == "+33 6 12 34 56 78"
    assert not re.search(r"toit|logement|Camille", text)
    assert client.get("/organisation/mon-compte/").status_code == 200


def test_a_professional_receives_no_code_and_the_page_does_not_tell(client, lead, candidate):
    pages = []
    for email in (lead.email, "inconnu@essai.invalid", candidate.email):
        pages.append(client.post("/compte/login/code/", {"email": email}, follow=True))
        client.cookies.clear()

    assert [message.to for message in mail.outbox] == [[candidate.email]]
    assert {page.redirect_chain[-1] for page in pages} == {("/compte/login/code/confirm/", 302)}


def test_the_password_reset_does_not_tell_who_has_an_account(client, lead):
    known = client.post("/compte/password/reset/", {"email": lead.email})
    unknown = client.post("/compte/password/reset/", {"email": "inconnu@essai.invalid"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [message.to for message in mail.outbox] == [[lead.email]]


@pytest.mark.parametrize(("key", "seconds"), [("seen_at", middleware.IDLE_S), ("opened_at", middleware.ABSOLUTE_S)])
def test_a_session_ends(client, made, key, seconds):
    client.force_login(made.user("LM"), backend="django.contrib.auth.backends.ModelBackend")
    client.get("/organisation/")
    session = client.session
    session[key] = int((timezone.now() - timedelta(seconds=seconds + 5)).timestamp())
    session.save()

    answer = client.get("/organisation/")

    assert answer["Location"].startswith("/compte/login/")
    assert client.get("/organisation/").status_code == 302


@pytest.mark.parametrize("path", [
    "/compte/login/", "/compte/login/code/", "/compte/password/reset/", "/compte/password/reset/done/",
    "/compte/signup/", "/compte/inactive/",
])
def test_public_account_pages_answer_in_our_design(client, path):
    page = client.get(path).content.decode()

    assert "site.css" in page and page.count("<h1") == 1


@pytest.mark.parametrize("path", [
    "/compte/2fa/", "/compte/2fa/totp/activate/", "/compte/2fa/webauthn/", "/compte/2fa/webauthn/add/",
    "/compte/logout/", "/compte/password/change/", "/compte/email/",
])
def test_account_pages_answer_in_our_design(client, lead, path):
    sign_in(client, lead.email)

    page = client.get(path, follow=True).content.decode()

    assert "site.css" in page and page.count("<h1") == 1
