"""The timetable on screen: its three views, one meeting moved in every way, the publication, the repairs, the hall."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories.events import a_meeting, a_registration
from tests.factories.timetable_days import BEFORE, a_day, opened, paris, planned, published

from untoit.records.events import planning, repairs, timetable, timetable_rules
from untoit.records.events.models import Meeting, PlanJob
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_december(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: BEFORE)


def browser(day, name="LM"):
    client = Client()
    client.force_login(day.scheme.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(day.scheme.members[name].pk)
    session.save()
    return client


def url(name, day, *more):
    return reverse(f"organiser:{name}", args=[day.event.pk, *more])


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def scripted(client, address, **fields):
    return client.post(address, fields, headers={"X-Requested-With": "planning"})


@pytest.fixture
def day():
    made = a_day(people=2)
    a_meeting(made.people[0], made.employers[0], 2)
    a_meeting(made.people[1], made.tables[0], 4)
    return made


def test_an_event_without_a_stand_says_the_next_step():
    day = a_day(people=0, employers=0, tables=0)

    assert "Ajoutez les stands" in page(browser(day), url("timetable", day))


@pytest.mark.parametrize("view", ["stands", "candidats", "salles"])
def test_each_view_shows_every_meeting(day, view):
    seen = page(browser(day), url("timetable", day) + f"?vue={view}")

    assert seen.count('class="meet"') == 2
    assert "Camille" in seen
    assert "9\u00a0h\u00a024" in seen
    assert ReadLog.objects.filter(resource="registration", subject_kind="event").count() == 1


def test_the_filters_keep_what_was_asked_for(day):
    client = browser(day)

    homes = page(client, url("timetable", day) + "?vue=stands&nature=housing")
    named = page(client, url("timetable", day) + "?vue=stands&cherche=entreprise+3")
    nothing = page(client, url("timetable", day) + "?vue=stands&cherche=zzz")

    assert homes.count("<tr data-stand") == 2
    assert named.count("<tr data-stand") == 1
    assert "Rien ne correspond" in nothing


def test_somebody_whom_the_organiser_does_not_follow_is_a_badge_and_is_not_skipped(day):
    stranger = a_registration(day.event, wave=1)
    a_meeting(stranger, day.employers[1], 3)

    seen = page(browser(day, "LA"), url("timetable", day) + "?vue=candidats")

    assert f"Personne suivie par un autre service · badge {stranger.badge}" in seen


def test_the_platform_prepares_without_seeing_anybody(day):
    seen = page(browser(day, "ADM"), url("timetable", day))

    assert seen.count('class="meet"') == 2
    assert "Camille" not in seen


@pytest.mark.parametrize("name", ["LM_other", "DEP", "EMPL", "PART", "DPO", "FUND"])
def test_nobody_else_opens_any_of_it(day, name):
    client, row = browser(day, name), Meeting.objects.first()
    for address in (
        url("timetable", day), url("timetable_grid", day), url("timetable_progress", day), url("meeting", day, row.pk),
        url("meeting_places", day, row.pk), url("add_meeting", day), url("publish", day), url("repairing", day),
        url("hall_preview", day),
    ):
        assert client.get(address).status_code == 404
    for address in (
        url("compute_timetable", day), url("stop_timetable", day), url("meeting", day, row.pk),
        url("lock_meeting", day, row.pk, "verrouiller"), url("cancel_meeting", day, row.pk),
        url("restore_meeting", day, row.pk), url("undo_move", day, row.pk, 1, 1, 3), url("publish", day),
        url("repair_now", day), url("stand_hours", day), url("person_late", day), url("automatic_repair", day, "oui"),
    ):
        assert client.post(address).status_code == 404


def test_a_meeting_is_moved_without_a_script_and_moved_back_in_one_click(day):
    client, row = browser(day), Meeting.objects.get(slot=2)
    address = url("meeting", day, row.pk)
    assert "Places possibles" in page(client, address)

    sent = client.post(address, {"place": "1-7", "revision": 1})
    assert sent.status_code == 302
    assert sent.url.endswith(f"#m-{row.pk}")
    back = url("undo_move", day, row.pk, 2, 1, 2)
    shown = page(client, url("timetable", day))
    assert "Rencontre déplacée à 10\u00a0h\u00a024." in shown
    assert back in shown

    client.post(back)
    assert Meeting.objects.get(pk=row.pk).slot == 2


def test_the_script_drops_a_meeting_and_is_told_what_happened(day):
    client, row = browser(day), Meeting.objects.get(slot=2)

    told = json.loads(scripted(client, url("meeting", day, row.pk), place="1-7", revision=1).content)

    assert told["done"] is True
    assert told["undo"] == url("undo_move", day, row.pk, 2, 1, 2)
    assert Meeting.objects.get(pk=row.pk).slot == 7


def test_the_script_reads_where_a_meeting_may_go(day):
    a_meeting(day.people[1], day.employers[0], 6)
    row = Meeting.objects.get(slot=2)

    told = browser(day).get(url("meeting_places", day, row.pk)).json()

    slots = [one["slot"] for one in told["places"]]
    assert 6 not in slots
    assert 5 in slots
    assert told["stand"] == str(day.employers[0].pk)


def test_what_must_not_be_is_confirmed_with_and_without_a_script(day):
    person = day.people[0]
    person.arrives_slot = 2
    person.save()
    client, row = browser(day), Meeting.objects.get(slot=2)
    address = url("meeting", day, row.pk)

    asked = scripted(client, address, place="1-0", revision=1)
    plain = client.post(address, {"place": "1-0", "revision": 1})

    assert asked.status_code == 422
    assert asked.json()["confirm"] is True
    assert plain.status_code == 422
    assert "Déplacer quand même" in plain.content.decode()
    assert Meeting.objects.get(pk=row.pk).slot == 2
    assert client.post(address, {"place": "1-0", "revision": 1, "confirmed": "1"}).status_code == 302
    assert Meeting.objects.get(pk=row.pk).slot == 0


def test_who_comes_second_is_told_with_409(day):
    client, row = browser(day), Meeting.objects.get(slot=2)
    scripted(client, url("meeting", day, row.pk), place="1-7", revision=1)

    late = scripted(browser(day, "LA"), url("meeting", day, row.pk), place="1-9", revision=1)
    plain = browser(day, "LA").post(url("meeting", day, row.pk), {"place": "1-9", "revision": 1})

    assert (late.status_code, plain.status_code) == (409, 409)
    assert "vient d'être changée par Membre LM" in late.json()["sentences"][0]


def test_an_impossible_place_is_refused_with_its_sentence(day):
    a_meeting(day.people[1], day.employers[0], 6)
    row = Meeting.objects.get(slot=2)

    told = scripted(browser(day), url("meeting", day, row.pk), place="1-6", revision=1)

    assert told.status_code == 422
    assert told.json()["confirm"] is False
    assert "reçoit déjà" in told.json()["sentences"][0]


def test_a_form_that_says_nothing_is_422(day):
    row = Meeting.objects.get(slot=2)

    assert browser(day).post(url("meeting", day, row.pk), {"place": "là-bas"}).status_code == 422
    assert browser(day).post(url("cancel_meeting", day, row.pk), {"revision": 1}).status_code == 422


def test_lock_cancel_and_restore_each_say_how_to_undo(day):
    client, row = browser(day), Meeting.objects.get(slot=2)

    client.post(url("lock_meeting", day, row.pk, "verrouiller"))
    assert url("lock_meeting", day, row.pk, "deverrouiller") in page(client, url("timetable", day))
    client.post(url("lock_meeting", day, row.pk, "deverrouiller"))
    row.refresh_from_db()
    client.post(url("cancel_meeting", day, row.pk), {"reason": "stand", "revision": row.revision})
    assert url("restore_meeting", day, row.pk) in page(client, url("timetable", day))
    client.post(url("restore_meeting", day, row.pk))

    row.refresh_from_db()
    assert (row.state, row.is_locked) == ("planned", False)


def test_a_meeting_is_added_in_two_steps(day):
    client = browser(day)
    chosen = url("add_meeting", day) + f"?registration={day.people[0].pk}&stand={day.employers[3].pk}"

    assert "Places possibles" in page(client, chosen)
    sent = client.post(chosen, {"place": "1-8"})

    assert sent.status_code == 302
    assert Meeting.objects.get(stand=day.employers[3]).slot == 8


def test_a_computation_is_asked_for_followed_and_shown(day):
    client = browser(day)

    client.post(url("compute_timetable", day), {"seconds": "10"})
    assert "en cours de calcul" in page(client, url("timetable", day))
    job = PlanJob.objects.get()
    PlanJob.objects.update(seconds=1)
    planning.compute(job.pk, lambda: BEFORE)

    done = client.get(url("timetable_progress", day))
    assert done["HX-Refresh"] == "true"
    seen = page(client, url("timetable", day))
    assert "Premier arrivé, premier servi" in seen
    assert "Aucun conflit" in seen


def test_a_page_that_is_up_to_date_is_sent_nothing(day):
    client = browser(day)

    assert client.get(url("timetable_grid", day) + "?vu=0").status_code == 204
    assert "data-version" in page(client, url("timetable_grid", day) + "?vu=7")


def test_the_publication_is_read_before_it_is_sent(day):
    day.event.planned_version = 1
    day.event.save()
    client = browser(day)

    seen = page(client, url("publish", day))
    assert "Reçoivent leur planning (2)" in seen
    assert client.post(url("publish", day), {"version": "0"}).status_code == 409
    assert client.post(url("publish", day), {"version": "1"}).status_code == 302
    assert "Chacun connaît déjà son planning" in page(client, url("publish", day))


def test_a_repair_is_shown_line_by_line_and_applied_in_one_click(monkeypatch):
    made = a_day(people=10)
    planned(made)
    published(made)
    opened(made)
    made.event.registrations.update(present_at=paris(8, 50))
    made.people[0].present_at, made.people[0].absent_at = None, paris(9, 20)
    made.people[0].save()
    monkeypatch.setattr("django.utils.timezone.now", lambda: paris(9, 20))
    client = browser(made)

    client.post(url("repair_now", made))
    proposal = repairs.waiting(made.event)
    assert proposal.summary in page(client, url("timetable", made))
    assert "absence" in page(client, url("repairing", made))
    client.post(url("repair_act", made, proposal.pk, "appliquer"))

    proposal.refresh_from_db()
    assert proposal.applied_at == paris(9, 20)


def test_a_stand_and_a_late_person_are_noted_from_the_page(monkeypatch):
    made = a_day(people=6)
    planned(made)
    published(made)
    opened(made)
    made.event.registrations.update(present_at=paris(8, 50))
    monkeypatch.setattr("django.utils.timezone.now", lambda: paris(9, 20))
    client = browser(made)

    left = client.post(url("stand_hours", made), {"stand": made.employers[0].pk, "what": "leaves", "slot": "6"})
    wrong = client.post(url("stand_hours", made), {"stand": made.employers[0].pk, "what": "leaves"})
    late = client.post(url("person_late", made), {"registration": made.people[1].pk, "slot": "5"})

    assert (left.status_code, wrong.status_code, late.status_code) == (302, 422, 302)
    made.employers[0].refresh_from_db()
    made.people[1].refresh_from_db()
    assert (made.employers[0].left_slot, made.people[1].arrives_slot) == (6, 5)


def test_a_full_event_is_light_and_takes_a_fixed_number_of_queries():
    made = a_day(people=120, employers=25, tables=9, slots=20, waves=((0, 20),))
    for number, person in enumerate(made.people):
        for step in range(4):
            a_meeting(person, made.employers[(number + step) % 25], (number // 25 * 4 + step) % 20)
    client = browser(made)
    page(client, url("timetable", made))

    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url("timetable", made))

    assert answer.status_code == 200
    assert answer.content.decode().count('class="meet') >= 470
    assert len(answer.content) < 300_000
    assert len(seen) < 15
    client.post(url("compute_timetable", made))
    with CaptureQueriesContext(connection) as again:
        client.get(url("timetable_grid", made))
    assert len(again) < 15


def test_the_preview_of_the_hall_is_neutral(day, monkeypatch):
    day.event.planned_version = 1
    day.event.save()
    published(day)
    monkeypatch.setattr("django.utils.timezone.now", lambda: paris(9, 25))

    seen = page(browser(day), url("hall_preview", day))

    assert "Rencontres emploi de décembre" in seen
    assert "Camille\u00a0E." in seen or "Camille E." in seen
    assert f"Table {day.tables[0].number}" in seen
    assert "logement" not in seen.lower()
    assert "toit" not in seen.lower()
    assert "Dernière mise à jour 9\u00a0h\u00a025" in seen


def test_the_rules_of_the_timetable_are_changed_and_whoever_comes_second_is_told(day):
    client, address = browser(day), url("timetable_rules", day)
    assert "Ce que chaque souhait oblige" in page(client, address)
    given = {
        **timetable_rules.levels_of(day.event), "order": "must", "max_run": "3", "breaks": ["5", "6"], "revision": "1",
    }

    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 409
    assert client.post(address, {**given, "revision": "2", "order": "perhaps"}).status_code == 422

    day.event.refresh_from_db()
    problem = timetable.problem_of(day.event, at=BEFORE)
    assert str(problem.event.level("order")) == "must"
    assert problem.event.max_run == 3
    assert {5, 6} <= problem.event.stands[0].closed
    assert browser(day, "DEP").get(address).status_code == 404
