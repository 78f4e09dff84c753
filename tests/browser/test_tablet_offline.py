"""A tablet in a hall with bad wifi: offline in the middle of the day, killed, reopened, answers lost; nothing is."""

import random
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import scheme

from untoit.records.events import devices
from untoit.records.events.models import DeviceAct, EmployerOutcome, HousingOutcome, Registration

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOST = 0.3


@pytest.fixture
def world():
    """An event that runs all day: twelve people, a desk, an employer's stand and a housing table."""
    made = scheme()
    day = timezone.localdate()
    made.event = an_event(made, on=day, starts_min=0, slots=60, slot_min=20, change_min=4, places=40)
    made.stand = a_stand(made.event, organisation=made.organisations["employer"])
    made.table = a_stand(made.event, kind="housing", organisation=made.organisations["landlord"])
    made.people = [a_registration(made.event, scheme=made, badge=f"K{index}F{index}") for index in range(2, 10)]
    for index, registration in enumerate(made.people):
        registration.person.first_name, registration.person.last_name = f"Prénom{index}", "Secret"
        registration.person.save()
    made.interviews = [a_meeting(one, made.stand, slot) for slot, one in enumerate(made.people[:4])]
    made.talk = a_meeting(made.people[4], made.table, 1)
    published(made.event)
    made.event.state = "open"
    made.event.save()
    return made


def pair(world, live_server, page, kind="desk", stand=None):
    """Pair the tablet that this page is, as its user does."""
    now = datetime.now(UTC)
    _, code = devices.add_device(
        event_id=world.event.pk, kind=kind, stand_id=stand.pk if stand else None, by=world.actor("LA", at=now), at=now
    )
    page.goto(f"{live_server.url}/tablette/#{code}")
    page.get_by_label("Les six chiffres").fill(devices.pin_of(world.event))
    page.get_by_role("button", name="Associer", exact=True).click()


def ready(page):
    """Wait until the service worker keeps the page."""
    page.evaluate("""() => new Promise(done => {
        const look = () => navigator.serviceWorker.controller ? done(true) : setTimeout(look, 50);
        look();
    })""")


def unlock(world, page):
    page.get_by_label("Les six chiffres").fill(devices.pin_of(world.event))
    page.get_by_role("button", name="Ouvrir").click()


def violations(page):
    return [one["id"] for one in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]]


def wait_for_nothing(page):
    page.locator("#sync[data-waiting='0']").wait_for(timeout=60_000)


def test_a_desk_offline_killed_and_answered_badly_loses_and_doubles_nothing(world, live_server, chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="fr-FR")
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    pair(world, live_server, page)
    page.get_by_text("8 pas encore là").wait_for()
    ready(page)
    assert violations(page) == []

    context.set_offline(True)
    search = page.get_by_label("Badge, ou trois lettres du prénom")
    for registration in world.people[:3]:  # a reader of badges types the code and Enter
        search.fill(registration.badge)
        search.press("Enter")
    page.get_by_role("button", name="Prénom3 S. est présent·e").click()
    search.fill("Prénom4")
    page.get_by_role("button", name="Plus, Prénom4 S.").click()
    page.get_by_role("button", name="Absent·e").click()
    page.get_by_text("Prénom4 S. est absent·e.").wait_for()
    page.locator("#dire").get_by_role("button", name="Annuler").click()
    page.get_by_text("C’est annulé.").wait_for()
    page.locator("#sync[data-waiting='6']").wait_for()

    page.close()  # the tab is killed; the tablet has no network when it is opened again
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{live_server.url}/tablette/")
    page.get_by_text("6 en attente d’envoi").wait_for()
    assert violations(page) == []
    unlock(world, page)
    page.get_by_text("4 présents sur 8 attendus").wait_for()
    assert DeviceAct.objects.count() == 0
    page.get_by_role("button", name="Venue sans inscription").click()
    assert violations(page) == []
    page.get_by_label("Prénom", exact=True).fill("Nadia")
    page.get_by_label("Initiale du nom").fill("k")
    page.get_by_label("La personne est d’accord").check()
    page.get_by_role("button", name="Enregistrer comme présent·e").click()
    page.get_by_text("5 présents sur 9 attendus").wait_for()

    drawn, lost = random.Random(4), []

    def badly(route):
        answer = route.fetch()
        if drawn.random() < LOST or not lost:  # the server has it, the tablet does not know
            lost.append(answer.status)
            route.abort()
        else:
            route.fulfill(response=answer)

    page.route("**/tablette/actes/", badly)
    context.set_offline(False)
    wait_for_nothing(page)
    for registration in world.people[4:]:
        page.get_by_label("Badge, ou trois lettres").fill(registration.badge)
        page.get_by_label("Badge, ou trois lettres").press("Enter")
    wait_for_nothing(page)

    assert lost
    assert errors == []
    assert DeviceAct.objects.count() == 11
    assert not DeviceAct.objects.exclude(refused="").exists()
    assert Registration.objects.filter(event=world.event, present_at__isnull=False).count() == 9
    assert Registration.objects.filter(event=world.event, source="walk_in").count() == 1
    page.get_by_text("9 présents sur 9 attendus").wait_for()
    context.close()


def test_a_stand_notes_what_was_said_in_three_taps_offline(world, live_server, chromium):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    page = context.new_page()
    pair(world, live_server, page, "stand", world.stand)
    page.get_by_text("Prénom0 S.").wait_for()
    ready(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.set_offline(True)

    page.get_by_role("button", name="Noter la suite, Prénom0").click()
    page.get_by_role("button", name="A · Embauche").click()
    page.get_by_role("button", name="Noter la suite, Prénom1").click()
    page.get_by_role("button", name="C · Pas de suite").click()
    assert violations(page) == []
    page.get_by_role("button", name="horaires").click()
    page.get_by_text("Pas de suite").wait_for()
    context.set_offline(False)
    wait_for_nothing(page)

    assert dict(EmployerOutcome.objects.values_list("decision", "reason_code")) == {"hire": "", "no": "HOURS"}
    context.close()


def test_a_housing_table_notes_a_refusal_by_family_then_reason(world, live_server, chromium):
    context = chromium.new_context(viewport={"width": 820, "height": 1100}, locale="fr-FR")
    page = context.new_page()
    pair(world, live_server, page, "stand", world.table)

    page.get_by_role("button", name="Noter la suite").click()
    page.get_by_role("button", name="Refus", exact=True).click()
    page.get_by_role("button", name="Localisation").click()
    page.get_by_role("button", name="pas de transport en commun").click()
    page.get_by_text("Refus").wait_for()
    wait_for_nothing(page)

    assert HousingOutcome.objects.get().refusal_codes == ["NO_TRANSPORT"]
    context.close()


def test_what_the_tablet_keeps_is_sealed_and_goes_when_the_device_is_removed(world, live_server, chromium):
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    pair(world, live_server, page)
    page.get_by_text("8 pas encore là").wait_for()
    kept = page.evaluate(_READ_ALL)
    assert "Prénom0" not in kept and "K2F2" not in kept
    assert "device" in kept and "snapshot" in kept

    now = datetime.now(UTC)
    device = world.event.devices.get()
    devices.revoke(device_id=device.pk, by=world.actor("LA", at=now), at=now)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_text("ce qu’il savait est effacé").wait_for()

    assert page.evaluate(_READ_ALL) == "{}"
    context.close()


_READ_ALL = """() => new Promise(done => {
  const asked = indexedDB.open("journee");
  asked.onsuccess = () => {
    const found = {}, cursor = asked.result.transaction("keep").objectStore("keep").openCursor();
    cursor.onsuccess = () => {
      const at = cursor.result;
      if (!at) { asked.result.close(); return done(JSON.stringify(found)); }
      found[at.key] = at.value.data ? String.fromCharCode(...new Uint8Array(at.value.data)) : at.value;
      at.continue();
    };
  };
})"""
