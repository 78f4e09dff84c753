"""A whole event on the demonstration, from the choice of people to its review; the tablet loses the network."""

import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.browser.jobs import background_jobs
from tests.factories import pairings

from untoit.cli import main
from untoit.records.applicants.models import Link, Person
from untoit.records.desk.models import Task
from untoit.records.events import notices
from untoit.records.events.models import DeviceAct, EmployerOutcome, Event, HousingOutcome, Meeting, Notice
from untoit.records.jobs.models import Offer
from untoit.records.partners import sms
from untoit.records.stock.models import Vacancy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = Path(__file__).parents[2] / "build" / "event"


@pytest.fixture
def place(tmp_path, settings):
    """Load the demonstration territory, everybody with a mobile; tablets open the day before, for the rehearsal."""
    settings.TABLET_OPENS_BEFORE_H = 48
    settings.SMS_BACKEND = "untoit.records.partners.sms.MemoryBackend"
    sms.MemoryBackend.sent.clear()
    main(["demo", str(tmp_path / "demo"), "--date", "2026-11-24"])
    made = pairings.town(tmp_path / "demo")
    today = timezone.localdate()
    Link.objects.update(opened_at=timezone.now() - timedelta(days=30), expires_on=today + timedelta(days=120))
    for model in (Offer, Vacancy):
        model.objects.update(confirmed_at=timezone.now(), expires_on=today + timedelta(days=60))
    for number, one in enumerate(Person.objects.order_by("pk")):
        letters = f"{chr(97 + number // 26)}{chr(97 + number % 26)}"  # an SMS greets by letters only
        one.first_name, one.phone = f"Cami{letters}", f"06 39 98 {number // 100:02d} {number % 100:02d}"
        one.save(update_fields=["first_name", "phone"])
    return made


def shot(page, name):
    """Keep a picture of the page, to be looked at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def press(where, name):
    """Press a button that leads to another page, and wait for that page."""
    page = getattr(where, "page", where)
    with page.expect_navigation():
        where.get_by_role("button", name=name).first.click()


def prepared(page, base):
    """Prepare the event, its stands and the choice of people, as the project lead."""
    page.goto(f"{base}/evenements/nouveau/")
    page.locator("[name=on]").fill((timezone.localdate() + timedelta(days=1)).isoformat())
    page.locator("[name=place_name]").fill("Salle des fêtes")
    page.locator("[name=address]").fill("1 place de l'Essai")
    page.locator("[name=commune]").fill("59350")
    press(page, "Créer l’événement")
    event = Event.objects.get()
    shot(page, "01-evenement")
    page.goto(f"{base}/evenements/{event.pk}/stands/")
    employers = page.locator("#employeurs")
    for box in employers.locator("input[type=checkbox]").all()[:8]:
        box.check()
    press(employers, "Ajouter ces employeurs")
    homes = page.locator("#logement")
    homes.locator("[name$=tables]").fill("2")
    for box in homes.locator("input[type=checkbox]").all()[:20]:
        box.check()
    press(homes, "Ajouter les tables")
    shot(page, "02-stands")
    assert event.stands.filter(kind="employer").count() == 8
    page.goto(f"{base}/evenements/{event.pk}/choix/")
    press(page, re.compile("Lancer avec ces stands"))
    background_jobs()
    page.goto(f"{base}/evenements/{event.pk}/choix/")
    shot(page, "03-choix")
    press(page, re.compile("^Mettre .* sur la liste"))
    assert event.registrations.count() >= 12
    return event


def invited(page, base, event):
    """Invite everybody; the messages leave, as they do in the morning. Return the personal addresses by first name."""
    page.goto(f"{base}/evenements/{event.pk}/inviter/")
    for box in page.locator("input[name=registration]").all():
        box.check()
    press(page, re.compile("^Continuer"))
    shot(page, "04-inviter")
    press(page, "Envoyer les invitations")
    for notice in Notice.objects.filter(sent_at=None, channel="sms").order_by("send_after"):
        notices.send(notice_id=notice.pk, at=notice.send_after)
    shot(page, "05-messages")
    texts = [text for _number, text in sms.MemoryBackend.sent]
    assert len(texts) == event.registrations.count()
    assert all(len(text) <= 160 and not re.search(r"toit|logement|rsa|bail", text, re.IGNORECASE) for text in texts)
    return {re.match(r"Cami\w\w", text)[0]: re.search(r"/i/\w+/", text)[0] for text in texts}


def answered(context, base, addresses):
    """Confirm the first two in a browser, in two taps, the others by the same form; one declines."""
    names = sorted(addresses)
    for number, name in enumerate(names):
        if number < 2:
            with closing(context.new_page()) as page:
                page.set_viewport_size({"width": 320, "height": 640})
                page.goto(base + addresses[name])
                shot(page, f"06-invitation-{number}")
                with page.expect_navigation():
                    page.locator("button[name=wave], button[name=answer][value=wave]").first.click()
                shot(page, f"07-confirmation-{number}")
            continue
        client = Client()
        said = client.get(addresses[name]).content.decode()
        wave = re.findall(r'name="wave" value="([^"]+)"', said)
        sent = {"answer": "out"} if number == len(names) - 1 else {"answer": "wave", "wave": wave[number % len(wave)]}
        assert client.post(addresses[name], sent).status_code == 302
    return names


def planned(page, base, event):
    """Compute the timetable and tell everybody."""
    page.goto(f"{base}/evenements/{event.pk}/planning/")
    page.locator("[name=seconds]").select_option(index=0)
    press(page, "Calculer le planning")
    background_jobs()
    page.goto(f"{base}/evenements/{event.pk}/planning/")
    shot(page, "08-planning")
    page.goto(f"{base}/evenements/{event.pk}/planning/diffuser/")
    shot(page, "09-diffuser")
    press(page, re.compile("^Prévenir"))
    page.goto(f"{base}/evenements/{event.pk}/")
    press(page, "Ouvrir la journée")
    event.refresh_from_db()
    assert event.state == "open" and event.published_version
    assert not Meeting.objects.exclude(registration__state="confirmed").exists()


def paired(page, base, event, context, kind, stand=None):
    """Add a device and pair it in a browser of its own; return its page and the six digits of the event."""
    page.goto(f"{base}/evenements/{event.pk}/appareils/")
    page.locator("[name=kind]").select_option(kind)
    if stand is not None:
        page.locator("[name=stand]").select_option(str(stand.pk))
    press(page, "Ajouter et montrer le code")
    shot(page, f"10-appareil-{kind}")
    code, pin = page.locator("[data-code]").inner_text(), re.sub(r"\D", "", page.locator("[data-pin]").inner_text())
    tablet = context.new_page()
    tablet.set_viewport_size({"width": 820, "height": 1180})
    tablet.goto(f"{base}/tablette/")
    tablet.locator("#code").fill(code)
    tablet.locator("#pin").fill(pin)
    shot(tablet, f"11-associer-{kind}")
    tablet.get_by_role("button", name="Associer", exact=True).click()
    return tablet, pin


def settled(tablet):
    """Wait until nothing waits on the tablet."""
    tablet.locator("#sync[data-waiting='0']").wait_for(timeout=60_000)


def said(tablet, text):
    """Type what a reader of badges types, and Enter."""
    tablet.locator("#qui").fill(text)
    tablet.locator("#qui").press("Enter")


def lived(tablet, pin, context, base, event):
    """Receive people without network, the tab killed and opened again, then send, three answers in ten being lost."""
    coming = list(event.registrations.filter(state="confirmed").order_by("badge"))
    shot(tablet, "12-ouvert")
    tablet.locator("#qui").wait_for(timeout=10_000)
    tablet.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    settled(tablet)
    shot(tablet, "11-accueil")
    context.set_offline(True)
    here, away = coming[:-3], coming[-3:]
    half = len(here) // 2
    for one in here[:half]:
        said(tablet, one.badge)
    shot(tablet, "12-hors-ligne")
    assert tablet.locator("#sync").get_attribute("data-waiting") == str(half)
    tablet.close(run_before_unload=False)

    tablet = context.new_page()
    tablet.set_viewport_size({"width": 820, "height": 1180})
    tablet.goto(f"{base}/tablette/")
    tablet.locator("#pin").fill(pin)
    tablet.get_by_role("button", name="Ouvrir", exact=True).click()
    tablet.locator("#qui").wait_for()
    assert tablet.locator("#sync").get_attribute("data-waiting") == str(half)
    for one in here[half:]:
        said(tablet, one.badge)
    for one in away:
        tablet.locator("#qui").fill(one.badge)
        row = tablet.locator(".tablet-person").first
        row.get_by_role("button", name=re.compile("^Plus")).click()
        row.get_by_role("button", name="Absent·e").click()
    tablet.locator("#qui").fill("")
    tablet.get_by_role("button", name="Venue sans inscription").click()
    tablet.locator("#first").fill("Sacha")
    tablet.locator("#initial").fill("B")
    tablet.locator("#agreed").check()
    tablet.locator("fieldset input[type=checkbox]").first.check()
    shot(tablet, "13-sans-inscription")
    tablet.get_by_role("button", name="Enregistrer comme présent·e").click()

    lost = iter([True, True, False, False, False, True, False, False, False, False] * 20)

    def answer(route):
        reply = route.fetch()  # the server did it
        route.abort() if next(lost) else route.fulfill(response=reply)

    tablet.route("**/tablette/actes/", answer)
    context.set_offline(False)
    settled(tablet)
    shot(tablet, "14-revenu")
    # One act each, whatever was lost on the way.
    acts = list(DeviceAct.objects.filter(event=event).values_list("kind", "registration_id"))
    assert sorted(one for kind, one in acts if kind == "present") == sorted(one.pk for one in here)
    assert sorted(one for kind, one in acts if kind == "absent") == sorted(one.pk for one in away)
    assert [kind for kind, _one in acts].count("walk_in") == 1
    return here, away


def noted(page, tablet, base, event):
    """Note what was said at a table of each kind: three taps on the stand's tablet, a form for the landlord."""
    tablet.get_by_role("button", name=re.compile("^Noter la suite")).first.click()
    shot(tablet, "15-suite")
    tablet.get_by_role("button", name="A · Embauche").click()
    settled(tablet)
    page.goto(f"{base}/evenements/{event.pk}/suites/")
    shot(page, "16-suites")
    page.locator("tr", has_text="Bailleur d'essai").get_by_role("link", name=re.compile("^Noter")).first.click()
    page.locator("[name=decision]").select_option("interested")
    shot(page, "17-suite-logement")
    press(page, re.compile("^Enregistrer|^Noter"))
    assert EmployerOutcome.objects.get().decision == "hire"
    assert HousingOutcome.objects.count() == 1


def test_an_event_goes_from_the_choice_of_people_to_its_review(visit, live_server, place, chromium):
    base, lead, adviser = live_server.url, place.scheme.user("LM"), place.scheme.user("LA")
    with visit("/evenements/", lead) as seen, visit("/matin/", adviser) as other:
        event = prepared(seen.page, base)
        addresses = invited(other.page, base, event)
        answered(chromium.new_context(locale="fr-FR"), base, addresses)
        confirmed = event.registrations.filter(state="confirmed").count()
        assert confirmed == len(addresses) - 1
        planned(seen.page, base, event)

        desk = chromium.new_context(locale="fr-FR")
        tablet, pin = paired(other.page, base, event, desk, "desk")
        here, away = lived(tablet, pin, desk, base, event)
        background_jobs()
        other.page.goto(f"{base}/evenements/{event.pk}/accueil/")
        shot(other.page, "18-accueil-bureau")
        assert "créneau" in other.page.locator("#accueil").inner_text()  # what the three absences free
        seen.page.goto(f"{base}/evenements/{event.pk}/planning/")
        press(seen.page, "Appliquer et prévenir")
        shot(seen.page, "19-reparation")
        assert not Meeting.objects.filter(registration__in=away, state="planned").exists()
        assert not Task.objects.filter(organisation=place.scheme.organisations["department"], subject_id__in=[
            one.pk for one in away
        ]).exists()

        stand = Meeting.objects.active().filter(stand__kind="employer", registration__in=here).first().stand
        mobile, _pin = paired(other.page, base, event, chromium.new_context(locale="fr-FR"), "stand", stand)
        noted(other.page, mobile, base, event)

        seen.page.goto(f"{base}/evenements/{event.pk}/")
        press(seen.page, "Terminer la journée")
        seen.page.goto(f"{base}/evenements/{event.pk}/bilan/")
        shot(seen.page, "20-bilan")
        # The walk-in is present, and was not invited: she is in no share of the invited.
        row = " ".join(seen.page.locator("tbody tr", has_text="Présents").first.inner_text().split())
        assert row.startswith(f"Présents {len(here) + 1} {len(here)} sur {len(addresses)}, soit ")
        seen.page.locator("[name=anyway]").check()
        press(seen.page, re.compile("^Arrêter le bilan"))
        event.refresh_from_db()
        assert event.state == "reviewed"
        assert seen.errors == [] and other.errors == []
