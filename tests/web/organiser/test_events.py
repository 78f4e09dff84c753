"""The organiser's pages: a whole event in one form, stands, lists; each page by whoever may open it."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories.events import a_registration, a_stand, a_wish, an_event
from tests.factories.records import NOW, linked_household, offer, scheme, vacancy

from untoit.records.events import checklist
from untoit.records.events.models import ChecklistItem, Event, Preparation, Registration
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_a_fixed_time(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def browser(of, name):
    """Return a browser in which this member has signed in."""
    client = Client()
    client.force_login(of.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(of.members[name].pk)
    session.save()
    return client


FORM = {
    "title": "Un toit, un emploi", "neutral_name": "Rencontres emploi", "on": "2027-01-12", "starts_min": "9 h",
    "slot_min": "10", "change_min": "2", "waves": "2", "wave_min": "90", "between_min": "0", "capacity": "16",
    "housing_slots": "1", "employers_min": "2", "employers_max": "4", "place_name": "Maison des associations",
    "address": "1 place de l'Essai", "commune": "Lille (59350)",
}


def page(client, name, /, *args, **query):
    return client.get(reverse(f"organiser:{name}", args=args), query)


def send(client, name, /, *args, **values):
    return client.post(reverse(f"organiser:{name}", args=args), values)


def test_a_whole_event_is_made_in_one_form():
    of = scheme()
    client = browser(of, "LM")
    shown = page(client, "new_event")
    filled = {name: value for name, value in shown.context["form"].initial.items() if value is not None}

    answer = send(client, "new_event", **{**FORM, "event_id": str(filled["event_id"])})

    event = Event.objects.get()
    assert answer.url == reverse("organiser:event", args=[event.pk])
    assert (event.slots, event.starts_min, event.latitude) == (14, 540, None)
    assert "9\xa0h – 10\xa0h\xa022" in page(client, "event", event.pk).content.decode()
    assert send(client, "new_event", **{**FORM, "event_id": str(filled["event_id"])}).status_code == 302
    assert Event.objects.count() == 1


@pytest.mark.parametrize(("field", "value", "words"), [
    ("neutral_name", "Un toit pour tous", "dirait aux employeurs"), ("starts_min", "neuf heures", "une heure"),
    ("commune", "Nulle-Part-sur-Lys", "connue"), ("wave_min", "11", "Une valeur"), ("wave_min", "15", ""),
])
def test_a_form_that_is_wrong_says_where_and_keeps_what_was_typed(field, value, words):
    of = scheme()

    answer = send(browser(of, "LM"), "new_event", **{**FORM, field: value, "slot_min": "20"})

    assert answer.status_code == 422
    assert "Maison des associations" in answer.content.decode()
    assert not Event.objects.exists()
    assert answer.context["form"].errors


def test_a_second_editor_keeps_what_was_typed_and_reads_who_came_first():
    of = scheme()
    event = an_event(of)
    send(browser(of, "LM"), "edit_event", event.pk, **{**FORM, "revision": "1"})

    answer = send(browser(of, "LA"), "edit_event", event.pk, **{**FORM, "title": "Le mien", "revision": "1"})

    assert answer.status_code == 409
    assert "Membre LM" in answer.content.decode() and "Le mien" in answer.content.decode()


PAGES = ("event", "stands", "checklist", "registrations", "preparations", "selection", "edit_event")
OPENS = {
    "LM": set(PAGES), "LA": set(PAGES), "EMPP": set(PAGES), "ADM": set(PAGES) - {"registrations", "preparations"},
    "DEP": {"event", "stands", "checklist", "registrations", "preparations"}, "DPO": {"event", "stands", "checklist"},
    "EMPL": set(), "LM_other": set(), "FUND": set(),
}


@pytest.mark.parametrize("who", OPENS)
def test_each_page_is_open_to_those_who_may(who):
    of = scheme()
    event = an_event(of, state="inviting", stands=1)
    a_stand(event, organisation=of.organisations["employer"])
    a_registration(event, scheme=of)

    client = browser(of, who)

    assert {name for name in PAGES if page(client, name, event.pk).status_code == 200} == OPENS[who]


def test_the_platform_prepares_without_seeing_anybody():
    of = scheme()
    event = an_event(of, stands=1)
    a_registration(event, scheme=of)
    client = browser(of, "ADM")

    for name in ("events", "event", "stands", "checklist", "selection"):
        args = [] if name == "events" else [event.pk]
        text = page(client, name, *args).content.decode()
        assert "Camille" not in text and "1 sur 32" not in text


def test_lists_cost_the_same_for_one_and_for_fifty(django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    of = scheme()
    event = an_event(of, stands=2)
    a_wish(a_registration(event, scheme=of), event.stands.first())
    client = browser(of, "EMPP")
    page(client, "registrations", event.pk)  # the session is read once
    with CaptureQueriesContext(connection) as one:
        page(client, "registrations", event.pk)
    for _ in range(49):
        a_wish(a_registration(event), event.stands.last())
    with CaptureQueriesContext(connection) as fifty:
        answer = page(client, "registrations", event.pk)

    assert len(one) == len(fifty)
    assert answer.content.decode().count("suivie par un autre service") == 49
    assert ReadLog.objects.filter(resource="registration", subject_id=event.pk).exists()


def test_employers_landlord_and_desk_are_added_from_one_page_removed_and_put_back():
    of = scheme()
    event = an_event(of)
    offer(of.organisations["employer"])
    vacancy(of.organisations["landlord"])
    client = browser(of, "LM")

    send(client, "add_stands", event.pk, "employeurs", names=["Entrepôts du Nord"], other="Un voisin")
    send(client, "add_stands", event.pk, "logement", organisation=str(event.organisation_id), tables="2", vacancies=[
        str(one) for one in event.organisation.vacancies.values_list("pk", flat=True)])
    send(client, "add_stands", event.pk, "information", name="Action Logement")

    assert [one.kind for one in event.stands.all()] == ["employer", "employer", "housing", "desk"]
    shown = page(client, "stands", event.pk).content.decode()
    assert "1 logement présenté" in shown.replace("\xa0", " ")
    last = event.stands.last()
    send(client, "stand_act", event.pk, last.pk, "monter")
    last.refresh_from_db()
    assert last.number == 3
    send(client, "stand_act", event.pk, last.pk, "retirer")
    assert event.stands.count() == 3
    send(client, "restore_stand", event.pk)
    assert event.stands.get(kind="desk").number == 3
    assert send(client, "stand_act", event.pk, last.pk, "inconnu").status_code == 404


def test_a_stand_is_changed_with_hours_as_people_write_them():
    of = scheme()
    event = an_event(of)
    shown = offer(of.organisations["employer"])
    stand = a_stand(event, organisation=of.organisations["employer"], offers=(shown,))
    client = browser(of, "EMPP")
    form = page(client, "edit_stand", event.pk, stand.pk).context["form"]
    values = {
        "name": stand.name, "room": str(stand.room_id), "tables": "2", "arrives_slot": "1", "presents": "Visites",
        "languages": ["ar", "en"], "revision": "1", "who_1": "Jo", "pauses_1": "10 h 12, 10h24", "who_2": "Al",
        "pauses_2": "", f"offer_{shown.pk.hex}": "on", f"posts_{shown.pk.hex}": "4",
    }
    assert form.offer_rows

    wrong = send(client, "edit_stand", event.pk, stand.pk, **{**values, "pauses_1": "18 h"})
    right = send(client, "edit_stand", event.pk, stand.pk, **values)

    assert (wrong.status_code, right.status_code) == (422, 302)
    stand.refresh_from_db()
    assert [one.closed_slots for one in stand.tables.all()] == [[6, 7], []]
    assert (stand.languages, stand.shown_offers.get().openings) == (["ar", "en"], 4)
    assert send(client, "edit_stand", event.pk, stand.pk, **values).status_code == 409
    # Somebody named on the empty line is one table more; a number that is lowered takes tables away.
    send(client, "edit_stand", event.pk, stand.pk, **{**values, "revision": "2", "who_3": "Lou"})
    assert [one.interviewer for one in stand.tables.all()] == ["Jo", "Al", "Lou"]
    send(client, "edit_stand", event.pk, stand.pk, **{**values, "revision": "3", "tables": "1"})
    assert [one.interviewer for one in stand.tables.all()] == ["Jo"]


def test_cancelling_asks_why_and_says_how_many_are_told():
    of = scheme()
    event = an_event(of, state="inviting")
    a_registration(event, scheme=of, state="invited")
    client = browser(of, "LM")

    asked = page(client, "event_act", event.pk, "cancel").content.decode()
    assert "1 personne sera prévenue" in asked.replace("\xa0", " ").replace("\u202f", " ")
    assert send(client, "event_act", event.pk, "cancel", reason="", revision="1").status_code == 422
    assert send(client, "event_act", event.pk, "cancel", reason="Salle", revision="9").status_code == 409
    send(client, "event_act", event.pk, "cancel", reason="Salle fermée", revision="1")
    event.refresh_from_db()
    assert event.state == "cancelled"
    assert "Salle fermée" in page(client, "event", event.pk).content.decode()


def test_every_button_of_an_event_comes_from_the_table():
    of = scheme()
    client = browser(of, "LA")

    for state, labels in (
        ("draft", {"Ouvrir les invitations", "Annuler l'événement"}), ("open", {"Terminer la journée"}),
        ("ended", {"Arrêter le bilan", "Rouvrir la journée"}), ("cancelled", {"Rétablir"}),
    ):
        steps = page(client, "event", an_event(of, state=state).pk).context["steps"]
        assert {one["step"].label for one in steps} - {"Diffuser le planning"} == labels
    assert page(browser(of, "DEP"), "event", an_event(of).pk).context["steps"] == []


def test_a_checklist_item_is_done_and_undone_in_a_click():
    of = scheme()
    event = an_event(of)
    checklist.fill(event, by=of.actor("LM"), at=NOW)
    item = event.checklist.get(code="candidates_proposed")
    client = browser(of, "DEP")

    send(client, "tick", event.pk, item.pk, "fait")
    item.refresh_from_db()
    assert item.done_at == NOW
    send(client, "tick", event.pk, item.pk, "a-faire")
    item.refresh_from_db()
    assert item.done_at is None
    lead = browser(of, "LM")
    send(lead, "add_item", event.pk, label="Réserver des tables", day_offset="-12", role="LA")
    made = ChecklistItem.objects.get(label="Réserver des tables")
    send(lead, "remove_item", event.pk, made.pk)
    assert not ChecklistItem.objects.filter(label="Réserver des tables").exists()
    send(lead, "restore_item", event.pk)
    assert ChecklistItem.objects.filter(label="Réserver des tables").exists()
    assert send(client, "add_item", event.pk, label="x", day_offset="1", role="LM").status_code == 404


def test_somebody_is_found_added_and_given_what_she_needs():
    of = scheme()
    event = an_event(of, stands=2)
    who = linked_household(of).persons.get()
    client = browser(of, "DEP")

    assert "Camille Essai" in page(client, "registrations", event.pk, ajouter="Camille").content.decode()
    answer = send(client, "add_person", event.pk, person=str(who.pk))
    row = Registration.objects.get()
    assert answer.url == reverse("organiser:needs", args=[event.pk, row.pk])
    values = {
        "wave": str(row.wave_id), "arrives_slot": "2", "leaves_slot": "", "housing_after": "after",
        "needs_language": "ar", "needs_accessible": "on", "revision": "1",
        **{f"stand_{one.pk.hex}": "promised" for one in event.stands.all()},
    }
    assert send(client, "needs", event.pk, row.pk, **values).status_code == 302
    row.refresh_from_db()
    assert (row.arrives_slot, row.housing_after, row.needs_accessible) == (2, True, True)
    assert row.wishes.filter(is_wanted=True).count() == 2
    assert send(client, "needs", event.pk, row.pk, **{**values, "needs_language": ""}).status_code == 409
    assert page(browser(of, "DEP2"), "needs", event.pk, row.pk).status_code == 404
    assert page(browser(of, "LM"), "needs", event.pk, row.pk).status_code == 404


def test_sessions_are_opened_filled_and_printed():
    of = scheme()
    event = an_event(of)
    row = a_registration(event, scheme=of)
    client = browser(of, "EMPP")

    wrong = send(client, "new_session", event.pk, kind="coaching", day="2026-01-01", starts_min="14 h", length_min="90",
                 place="Salle 2", capacity="12")
    send(client, "new_session", event.pk, kind="coaching", day="2026-12-01", starts_min="14 h", length_min="90",
         place="Salle 2", capacity="12")
    session = Preparation.objects.get()
    send(client, "seat", event.pk, session.pk, registration=[str(row.pk), "pas-un-uuid"])

    assert wrong.status_code == 422
    assert session.seats.get().registration == row
    assert "Camille Essai" in page(client, "preparations", event.pk).content.decode()
    assert "Camille" not in page(browser(of, "EMPP2"), "preparations", event.pk).content.decode()
    assert send(client, "seat_act", an_event(of).pk, session.seats.get().pk, "retirer").status_code == 404
    send(client, "seat_act", event.pk, session.seats.get().pk, "retirer")
    assert not session.seats.exists()
    send(client, "remove_session", event.pk, session.pk)
    assert not Preparation.objects.exists()


def test_the_list_of_another_service_shows_a_badge_and_its_filters_tell_nothing_more():
    of = scheme()
    event = an_event(of)
    mine, other = a_registration(event, scheme=of, channel="sms"), a_registration(event, channel="sms")
    client = browser(of, "EMPP")

    shown = page(client, "registrations", event.pk)
    assert shown.context["list"].count == 2
    assert page(client, "registrations", event.pk, canal="sms").context["list"].count == 1
    assert page(client, "registrations", event.pk, q="Camille").context["list"].count == 1
    assert page(client, "registrations", event.pk, q=other.badge).context["list"].count == 1
    assert page(browser(of, "DEP2"), "registrations", event.pk).context["list"].count == 0
    assert str(mine.pk) in shown.content.decode()
    assert str(other.pk) not in shown.content.decode()
