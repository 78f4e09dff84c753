"""Inviting, reading what left, and the page of one person: who may, what each click does, what never shows."""

import re

import pytest
from django.urls import reverse
from tests.factories.events import a_registration, an_event
from tests.factories.records import NOW, link, scheme

from untoit.records.events import links, notices
from untoit.records.events.models import Notice, NoticeKind, Registration, Reply
from untoit.records.partners.models import ReadLog
from untoit.records.partners.sms import MemoryBackend

pytestmark = pytest.mark.django_db
SPEAKS = re.compile(r"toit|logement|loyer|bailleur|\brsa\b|\bcaf\b|0590126|573|34 ans", re.IGNORECASE)


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings):
    settings.SMS_BACKEND = "untoit.records.partners.sms.MemoryBackend"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    MemoryBackend.sent.clear()
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def event(made):
    return an_event(made, state="inviting")


def someone(event, made, state="proposed", phone="0612345678", **changes):
    row = a_registration(event, scheme=made, state=state, **changes)
    row.person.phone = phone
    row.person.save()
    return row


def enter(client, made, name):
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name, event, *more):
    return reverse(f"organiser:{name}", args=[event.pk, *more])


@pytest.mark.parametrize(("name", "page", "invite", "act"), [
    ("LA", 200, 200, 302), ("EMPP", 200, 200, 302), ("DEP", 200, 200, 302), ("LM", 200, 404, 404),
    ("DEP2", 404, 200, 404), ("LM_other", 404, 404, 404), ("EMPL", 404, 404, 404), ("ADM", 404, 404, 404),
    ("DPO", 404, 404, 404), ("FUND", 404, 404, 404), ("PART", 404, 404, 404),
])
def test_who_opens_the_pages(client, made, event, name, page, invite, act):
    row = someone(event, made, "invited")
    enter(client, made, name)

    assert client.get(url("registration", event, row.pk)).status_code == page
    assert client.get(url("invite", event)).status_code == invite
    assert client.post(url("registration_act", event, row.pk, "confirm")).status_code == act


def test_inviting_takes_two_pages_and_sends_once(client, made, event):
    rows = [someone(event, made), someone(event, made, phone="")]
    enter(client, made, "EMPP")
    choice = {"registration": [str(row.pk) for row in rows]}

    asked = client.post(url("invite", event), choice).content.decode()
    done = client.post(url("invite", event), {**choice, "confirm": "1"}, follow=True).content.decode()
    again = client.post(url("invite", event), {**choice, "confirm": "1"})

    assert "2\xa0personnes vont être invitées" in asked
    assert "2\xa0personnes invitées" in done
    assert again.status_code == 302
    assert sorted(Notice.objects.values_list("channel", flat=True)) == ["letter", "sms"]
    assert set(Registration.objects.values_list("state", flat=True)) == {"invited"}


def test_the_first_invitation_opens_the_invitations_of_a_draft(client, made):
    event = an_event(made)
    row = someone(event, made)

    enter(client, made, "LA").post(url("invite", event), {"registration": [str(row.pk)], "confirm": "1"})

    event.refresh_from_db()
    assert event.state == "inviting"


def test_nobody_chosen_is_said(client, made, event):
    someone(event, made)

    answer = enter(client, made, "EMPP").post(url("invite", event), {})

    assert answer.status_code == 422
    assert "Choisissez au moins une personne" in answer.content.decode()


def test_who_is_followed_elsewhere_is_counted_and_not_written_to(client, made, event):
    stranger = a_registration(event, state="proposed")
    page = enter(client, made, "EMPP").get(url("invite", event)).content.decode()
    client.post(url("invite", event), {"registration": [str(stranger.pk)], "confirm": "1"})

    assert "1\xa0personne est suivie par un autre service" in page
    assert Notice.objects.count() == 0


def test_too_many_people_for_the_places_is_a_warning(client, made):
    event = an_event(made, state="inviting", places=1, waves=1)
    for _ in range(3):
        someone(event, made)

    page = enter(client, made, "EMPP").get(url("invite", event)).content.decode()

    assert "2\xa0personnes de trop" in page


def test_the_referent_confirms_by_telephone_and_takes_it_back(client, made, event):
    row = someone(event, made, "invited")
    enter(client, made, "DEP")
    client.post(url("registration_act", event, row.pk, "confirm"), {"revision": row.revision})
    row.refresh_from_db()
    assert (row.state, row.answered_by) == ("confirmed", "dep")

    stale = client.post(url("registration_act", event, row.pk, "cancel"), {"revision": 1})
    row.refresh_from_db()
    assert (stale.status_code, row.state) == (409, "confirmed")

    client.post(url("registration_act", event, row.pk, "cancel"), {"revision": row.revision})
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_a_wave_is_changed_by_the_form(client, made, event):
    row = someone(event, made, "confirmed")
    other = event.waves.get(number=2)

    client = enter(client, made, "DEP")
    assert client.post(url("registration_wave", event, row.pk), {"wave": "x", "revision": 1}).status_code == 422
    client.post(url("registration_wave", event, row.pk), {"wave": other.pk, "revision": row.revision})

    row.refresh_from_db()
    assert row.wave == other


def test_the_page_shows_messages_replies_and_notes_the_reading(client, made, event):
    row = someone(event, made, "invited")
    notice = notices.queue(registration=row, kind=NoticeKind.INVITATION, key="i", at=NOW)
    notices.send(notice_id=notice.pk, at=NOW)
    Reply.objects.create(
        registration=row, provider_id="1", text={"text": "Je viens avec mon fils"}, received_at=NOW
    )

    page = enter(client, made, "DEP").get(url("registration", event, row.pk)).content.decode()

    assert "Je viens avec mon fils" in page
    assert "Parti" in page
    assert links.token_of(row) not in page
    assert ReadLog.objects.filter(resource="registration", subject_id=row.pk).count() == 1
    client.post(url("replies_read", event, row.pk))
    assert Reply.objects.get().read_at == NOW


def test_a_letter_is_printed_then_given(client, made, event):
    row = someone(event, made, "invited", phone="")
    notice = notices.queue(registration=row, kind=NoticeKind.INVITATION, key="i", at=NOW)
    enter(client, made, "DEP")

    page = client.get(url("letter", event, notice.pk)).content.decode()
    client.post(url("notice_act", event, notice.pk, "remis"))

    assert links.link_of(row) in page
    assert Notice.objects.get().sent_at == NOW
    assert SPEAKS.search(page.replace(links.link_of(row), "").split("<main>")[1].split("<div")[1]) is None


def test_a_message_is_sent_again_and_a_wrong_address_is_shut(client, made, event):
    row = someone(event, made, "invited")
    notice = notices.queue(registration=row, kind=NoticeKind.INVITATION, key="i", at=NOW)
    notices.send(notice_id=notice.pk, at=NOW)
    old = links.token_of(Registration.objects.get(pk=row.pk))
    enter(client, made, "DEP")

    client.post(url("link_renewed", event, row.pk))
    client.post(url("notice_act", event, notice.pk, "renvoyer"))

    assert Notice.objects.count() == 2
    assert links.of_token(old, at=NOW) is None


def test_the_list_of_messages_filters_and_counts(client, made, event):
    row = someone(event, made, "invited")
    notice = notices.queue(registration=row, kind=NoticeKind.INVITATION, key="i", at=NOW)
    notices.queue(registration=row, kind=NoticeKind.WAITING, key="w", at=NOW)
    notices.send(notice_id=notice.pk, at=NOW)
    enter(client, made, "LM")

    page = client.get(url("messages", event)).content.decode()
    sent = client.get(url("messages", event), {"state": "sent"}).content.decode()

    assert "1 sur 2" in page
    assert (page.count('sub">Liste d&#x27;attente'), sent.count('sub">Liste d&#x27;attente')) == (1, 0)


@pytest.mark.parametrize("many", [1, 12])
def test_the_pages_cost_the_same_for_many(client, made, event, many, django_assert_max_num_queries):
    for _ in range(many):
        row = someone(event, made)
        notices.queue(registration=row, kind=NoticeKind.INVITATION, key="i", at=NOW)
    enter(client, made, "EMPP")

    with django_assert_max_num_queries(30):
        client.get(url("messages", event))
    with django_assert_max_num_queries(24):
        client.get(url("invite", event))


def test_send_now_tries_what_is_due(client, made, event):
    notices.queue(registration=someone(event, made, "invited"), kind=NoticeKind.INVITATION, key="i", at=NOW)

    page = enter(client, made, "DEP").post(url("send_now", event), follow=True).content.decode()

    assert "1\xa0message parti" in page
    assert len(MemoryBackend.sent) == 1


def test_no_message_of_any_kind_holds_a_word_or_a_datum_that_is_not_its_own(made, event, mailoutbox):
    """The canaries: a household with everything that could leak, written to by every channel."""
    row = someone(event, made, "confirmed")
    person, household = row.person, row.person.household
    person.last_name, person.address, person.email = "CANARI-NOM", "9 rue du CANARI", "canari@essai.invalid"
    person.save()
    household.current_status = "heberge"
    household.application_number = "CANARI-NUD"
    household.save()
    link(household, made.organisations["partner"], "housing")
    event.waves.update(capacity=1)

    texts = []
    for kind in NoticeKind:
        words = {"until": NOW} if kind == NoticeKind.FREED else {}
        from untoit.records.events import letters

        said = letters.compose(kind, row, **words)
        texts += [said.sms, said.subject, said.body]

    found = [text for text in texts if SPEAKS.search(text) or "CANARI" in text]
    assert found == []


def test_a_task_leads_to_the_page_of_the_person(client, made, event):
    row = someone(event, made, "invited", phone="")
    notices.queue(registration=row, kind=NoticeKind.INVITATION, key="i", at=NOW)

    page = enter(client, made, "DEP").get(reverse("desk:morning")).content.decode()

    assert reverse("organiser:registration_of", args=[row.pk]) in page
    answer = client.get(reverse("organiser:registration_of", args=[row.pk]))
    assert answer["Location"] == url("registration", event, row.pk)
    assert enter(client, made, "EMPL").get(reverse("organiser:registration_of", args=[row.pk])).status_code == 404


def test_the_landlord_s_manager_reads_no_number_without_a_reason(client, made, event):
    row = someone(event, made, "waiting", phone="0612345678")
    pages = {
        name: "".join(
            enter(client, made, name).get(address).content.decode()
            for address in (url("registration", event, row.pk), url("messages", event))
        )
        for name in ("LM", "DEP")
    }

    assert {name: page.count("0612345678") > 0 for name, page in pages.items()} == {"LM": False, "DEP": True}
