"""The page behind a personal link: two taps, no account, three languages; and what operators hand over."""

import hashlib
import hmac
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import NOW, scheme

from untoit.records.events import links
from untoit.records.events.models import Registration, Reply, Stop
from untoit.web.components.answering_words import WORDS

pytestmark = pytest.mark.django_db
SPEAKS = re.compile(r"toit|logement|loyer|bailleur|\brsa\b|\bcaf\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def world():
    return scheme()


@pytest.fixture
def registration(world):
    made = a_registration(an_event(world, state="inviting"), scheme=world, state="invited", wave=None)
    made.person.phone = "0612345678"
    made.person.save()
    return made


def address(registration):
    return reverse("public:invitation", args=[links.token_of(registration)])


def post(registration, **data):
    return Client().post(address(registration), data, follow=True)


def test_one_tap_on_the_link_and_one_on_a_wave(registration):
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(address(registration)).content.decode()
    wave = re.search(r'name="wave" value="([^"]+)"', page)[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    done = browser.post(
        address(registration), {"answer": "wave", "wave": wave, "csrfmiddlewaretoken": token}, follow=True
    )

    registration.refresh_from_db()
    assert (registration.state, registration.wave.number) == ("confirmed", 1)
    assert "votre place est gardée" in done.content.decode()


def test_the_page_says_nothing_of_housing_and_is_not_kept(registration):
    registration.person.last_name = "Dupuis"
    registration.person.save()
    answer = Client().get(address(registration))

    assert SPEAKS.search(answer.content.decode()) is None
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "Dupuis" not in answer.content.decode()


@pytest.mark.parametrize(("language", "direction", "word"), [
    ("fr", "ltr", "Choisissez votre horaire"), ("en", "ltr", "Choose your time"), ("ar", "rtl", "اختر"),
])
def test_the_page_speaks_three_languages(registration, language, direction, word):
    page = Client().get(address(registration), {"lang": language}).content.decode()

    assert f'lang="{language}" dir="{direction}"' in page
    assert word in page


def test_the_language_of_the_person_is_the_first(registration):
    Registration.objects.update(needs_language="ar")

    assert 'dir="rtl"' in Client().get(address(registration)).content.decode()


def test_a_full_wave_is_refused_in_words_and_the_others_stay(registration):
    event = registration.event
    event.waves.update(capacity=1)
    a_registration(event, state="confirmed", wave=1)

    page = post(registration, answer="wave", wave=event.waves.get(number=1).pk).content.decode()

    assert "vient d" in page
    assert Registration.objects.get(pk=registration.pk).state == "invited"


def test_not_coming_then_coming_after_all(registration):
    page = post(registration, answer="out").content.decode()
    assert "Vous ne venez pas" in page
    post(registration, answer="wave", wave=registration.event.waves.get(number=2).pk)

    registration.refresh_from_db()
    assert (registration.state, registration.wave.number) == ("confirmed", 2)


def test_stop_and_back(registration):
    assert "ne recevrez plus" in post(registration, answer="stop", channel="sms").content.decode()
    assert Stop.objects.filter(lifted_at=None, channel="sms").count() == 1
    post(registration, answer="resume", channel="sms")

    assert Stop.objects.filter(lifted_at=None).count() == 0


def test_a_call_is_asked_once(registration):
    post(registration, answer="call")
    page = post(registration, answer="call").content.decode()

    assert "va vous appeler" in page
    assert Reply.objects.count() == 1


def test_after_publication_the_meetings_are_told_without_saying_of_what(world):
    event = an_event(world)
    registration = a_registration(event, scheme=world)
    a_meeting(registration, a_stand(event, name="Boulangerie Martin"), 1)
    a_meeting(registration, a_stand(event, kind="housing", name="Table logement 2"), 3)
    published(event)

    page = Client().get(address(registration)).content.decode().replace("\u00a0", " ")

    assert "9 h 12" in page
    assert "Boulangerie Martin" in page
    assert SPEAKS.search(page) is None
    assert "appelez-nous" in page


def test_the_calendar_holds_the_neutral_name(registration):
    post(registration, answer="wave", wave=registration.event.waves.first().pk)

    answer = Client().get(address(registration) + "rendez-vous.ics")

    assert answer["Content-Type"].startswith("text/calendar")
    assert b"Rencontres emploi" in answer.content


@pytest.mark.parametrize("token", ["jeton-inconnu", "1" * 17, "../../etc/passwd"])
def test_a_wrong_token_is_a_404(token):
    assert Client().get(f"/i/{token}/").status_code == 404


def test_an_unknown_and_a_shut_link_give_the_same_page(registration, monkeypatch):
    late = links.ends_at(registration.event) + timedelta(hours=48)
    monkeypatch.setattr("django.utils.timezone.now", lambda: late)
    shut, unknown = Client().get(address(registration)), Client().get(f"/i/{'1' * 17}/")

    assert (shut.status_code, shut.content) == (404, unknown.content)


def test_an_unknown_answer_is_a_404(registration):
    assert post(registration, answer="wave", wave="x").status_code == 404
    assert post(registration, answer="delete").status_code == 404
    assert post(registration, answer="stop", channel="letter").status_code == 404


def test_a_page_costs_the_same_for_one_wave_and_ten(registration, django_assert_max_num_queries):
    event = registration.event
    for number in range(3, 12):
        event.waves.create(number=number, first_slot=0, last_slot=3, capacity=4)

    with django_assert_max_num_queries(7):
        Client().get(address(registration))


# What the operator hands over

def handed(settings, document, secret="essai", signed=None):
    settings.SMS_INBOUND_SECRET = secret
    body = json.dumps(document).encode()
    signature = hmac.new((signed or "essai").encode(), body, hashlib.sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(
        "/sms/recu/", body, content_type="application/json", headers={"X-Signature": f"sha256={signature}"}
    )


def test_a_signed_answer_lands_on_the_file_once(settings, registration):
    registration.notices.create(
        kind="invitation", channel="sms", key="i", text={}, created_at=NOW, send_after=NOW, sent_at=NOW
    )
    for _ in range(2):
        answer = handed(settings, {"id": "a1", "from": "33612345678", "text": "Bonjour, quelle ligne de bus ?"})

    assert (answer.status_code, Reply.objects.count()) == (200, 1)


@pytest.mark.parametrize(("secret", "signed"), [("", None), ("essai", "autre")])
def test_without_the_secret_there_is_no_such_address(settings, secret, signed):
    assert handed(settings, {"id": "1", "from": "1", "text": ""}, secret, signed).status_code == 404


@pytest.mark.parametrize("document", [
    [], {"id": 1}, {"id": "", "from": "", "text": ""}, {"id": "x" * 81, "from": "", "text": ""},
])
def test_what_is_not_an_answer_is_refused(settings, document):
    assert handed(settings, document).status_code == 422


def test_who_came_says_what_she_thought_and_changes_her_mind(registration, monkeypatch):
    event = registration.event
    Registration.objects.filter(pk=registration.pk).update(state="confirmed", present_at=links.starts_at(event))
    monkeypatch.setattr("django.utils.timezone.now", lambda: links.ends_at(event) + timedelta(hours=3))
    for face in (3, 1):
        page = post(registration, answer="feedback", face=face).content.decode()

    assert "Merci pour votre avis" in page
    assert Registration.objects.get(pk=registration.pk).feedback.face == 1
    assert post(registration, answer="feedback", face=4).status_code == 404


def test_who_did_not_come_is_not_asked(registration):
    assert "feedback" not in Client().get(address(registration)).content.decode()
    assert post(registration, answer="feedback", face=3).status_code == 404


def test_every_language_has_every_word():
    french = WORDS["fr"].keys()

    assert {code: french ^ said.keys() for code, said in WORDS.items()} == {"fr": set(), "en": set(), "ar": set()}
