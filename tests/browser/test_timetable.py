"""The timetable under real fingers: dragged with the mouse, moved with the keyboard, and refused when it must be."""

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from tests.factories.events import a_meeting, published
from tests.factories.timetable_days import a_day

from untoit.records.events.models import Meeting

pytestmark = [pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("UNTOIT_SHOTS", "")


@pytest.fixture
def day():
    made = a_day(people=12, employers=6, tables=2, waves=((0, 14),))
    names = ["Amina", "Brice", "Chloé", "David", "Elsa", "Farid", "Gaëlle", "Hugo", "Inès", "Jules", "Karim", "Léa"]
    for number, one in enumerate(made.people):
        one.person.first_name, one.person.last_name = names[number], "Essai"
        one.person.save()
        a_meeting(one, made.employers[number % 6], number // 6)
        a_meeting(one, made.employers[(number + 1) % 6], 3 + number // 6)
        a_meeting(one, made.tables[number % 2], 6 + number // 2)
    return made


def shot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=False)


def board(day, view="stands"):
    return f"{reverse('organiser:timetable', args=[day.event.pk])}?vue={view}"


def centre(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, link, cell):
    link.scroll_into_view_if_needed()
    page.mouse.move(*centre(link))
    page.mouse.down()
    x, y = centre(cell)
    page.mouse.move(x - 20, y, steps=6)
    page.mouse.move(x, y, steps=3)


def test_a_meeting_is_dragged_then_taken_back(day, visit):
    row = Meeting.objects.get(registration=day.people[0], stand=day.employers[0])
    with visit(board(day), day.scheme.user("LM"), width=1500, height=1500) as seen:
        page = seen.page
        link = page.locator(f'a.meet[href="rencontres/{row.pk}/"]')
        cell = page.locator(f'tr[data-stand="{row.stand_id}"] td[data-slot="9"]')

        drag(page, link, cell)
        page.wait_for_selector("td.may")
        shot(page, "glisser")
        page.mouse.up()
        page.wait_for_selector("#messages .notice.ok")

        assert "Rencontre déplacée à 10\u00a0h\u00a048." in page.inner_text("#messages")
        assert Meeting.objects.get(pk=row.pk).slot == 9
        page.wait_for_selector(f'td[data-slot="9"] a.meet[href="rencontres/{row.pk}/"]')
        page.get_by_role("button", name="Annuler cette action").click()
        page.wait_for_selector(f'td[data-slot="0"] a.meet[href="rencontres/{row.pk}/"]')
        assert Meeting.objects.get(pk=row.pk).slot == 0
        assert seen.errors == []
        assert seen.blocked() == []


def test_a_place_that_is_taken_and_another_stand_are_refused(day, visit):
    row = Meeting.objects.get(registration=day.people[0], stand=day.employers[0])
    with visit(board(day), day.scheme.user("LM"), width=1500, height=1500) as seen:
        page = seen.page
        link = page.locator(f'a.meet[href="rencontres/{row.pk}/"]')

        drag(page, link, page.locator(f'tr[data-stand="{row.stand_id}"] td[data-slot="1"]'))
        page.wait_for_selector("td.may")
        page.mouse.up()
        page.wait_for_selector("#messages .notice.stop")
        assert "reçoit déjà quelqu’un" in page.inner_text("#messages")
        page.wait_for_load_state("networkidle")

        drag(page, link, page.locator(f'tr[data-stand="{day.employers[3].pk}"] td[data-slot="9"]'))
        page.wait_for_selector("td.may")
        page.mouse.up()
        page.wait_for_selector("#messages .notice.warn")
        assert "se déplace chez le même stand" in page.inner_text("#messages")
        assert Meeting.objects.get(pk=row.pk).slot == 0


def test_what_must_not_be_asks_before(day, visit):
    day.people[0].leaves_slot = 8
    day.people[0].save()
    row = Meeting.objects.get(registration=day.people[0], stand=day.employers[0])
    with visit(board(day), day.scheme.user("LM"), width=1500, height=1500) as seen:
        page = seen.page
        drag(page, page.locator(f'a.meet[href="rencontres/{row.pk}/"]'),
             page.locator(f'tr[data-stand="{row.stand_id}"] td[data-slot="10"]'))
        page.wait_for_selector("td.may-must")
        page.mouse.up()
        page.wait_for_selector("dialog[open]")
        shot(page, "confirmer")
        assert "Cette personne part à" in page.inner_text("dialog")

        page.get_by_role("button", name="Laisser").click()
        assert Meeting.objects.get(pk=row.pk).slot == 0
        drag(page, page.locator(f'a.meet[href="rencontres/{row.pk}/"]'),
             page.locator(f'tr[data-stand="{row.stand_id}"] td[data-slot="10"]'))
        page.wait_for_selector("td.may-must")
        page.mouse.up()
        page.get_by_role("button", name="Déplacer quand même").click()
        page.wait_for_selector("#messages .notice.ok")
        assert Meeting.objects.get(pk=row.pk).slot == 10


def test_a_meeting_is_moved_with_the_keyboard_alone(day, visit):
    row = Meeting.objects.get(registration=day.people[0], stand=day.employers[0])
    with visit(board(day), day.scheme.user("LM"), width=1500, height=1500) as seen:
        page = seen.page
        page.locator(f'a.meet[href="rencontres/{row.pk}/"]').focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("dialog[open] input[type=radio]")
        shot(page, "clavier")
        assert page.evaluate("document.activeElement.type") == "radio"
        page.keyboard.press("ArrowDown")
        chosen = page.evaluate("document.activeElement.value")
        page.keyboard.press("Enter")
        page.wait_for_selector("#messages .notice.ok")

        table, slot = chosen.split("-")
        moved = Meeting.objects.get(pk=row.pk)
        assert (moved.table, moved.slot) == (int(table), int(slot))
        assert row.slot != moved.slot
        page.wait_for_function(
            "key => document.activeElement.getAttribute('href') === 'rencontres/' + key + '/'", arg=str(row.pk)
        )
        assert seen.errors == []


def test_what_somebody_else_moved_comes_by_itself(day, visit):
    from untoit.records.events import moves

    row = Meeting.objects.get(registration=day.people[0], stand=day.employers[0])
    with visit(board(day), day.scheme.user("LM"), width=1500, height=1500) as seen:
        moves.move_meeting(meeting_id=row.pk, table=1, slot=12, revision=1, by=day.scheme.actor("LA"), at=day.lead.at)
        seen.page.wait_for_selector(f'td[data-slot="12"] a.meet[href="rencontres/{row.pk}/"]', timeout=20_000)

        assert seen.page.locator(f'a.meet[href="rencontres/{row.pk}/"]').count() == 1
        assert seen.errors == []


def test_a_finger_that_stays_takes_a_meeting_and_one_that_slides_scrolls(day, visit):
    row = Meeting.objects.get(registration=day.people[0], stand=day.employers[0])
    with visit(board(day), day.scheme.user("LM"), width=1500, height=1500, has_touch=True) as seen:
        page = seen.page
        touch = page.context.new_cdp_session(page)

        def finger(kind, *point):
            points = [{"x": point[0], "y": point[1]}] if point else []
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        x, y = centre(page.locator(f'a.meet[href="rencontres/{row.pk}/"]'))
        to_x, to_y = centre(page.locator(f'tr[data-stand="{row.stand_id}"] td[data-slot="9"]'))
        finger("touchStart", x, y)
        page.wait_for_selector("td.may")
        finger("touchMove", (x + to_x) / 2, y)
        finger("touchMove", to_x, to_y)
        finger("touchEnd")
        page.wait_for_selector("#messages .notice.ok")

        assert Meeting.objects.get(pk=row.pk).slot == 9


@pytest.mark.parametrize("view", ["stands", "candidats", "salles"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_boards_are_clean_and_fit(day, visit, view, width):
    with visit(board(day, view), day.scheme.user("LM"), width=width) as seen:
        found = Axe().run(seen.page)
        shot(seen.page, f"planning-{view}-{width}")

        assert [one["id"] for one in found.response["violations"]] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.errors == []


def test_the_sheet_the_publication_and_the_repairs_are_clean(day, visit):
    row = Meeting.objects.first()
    day.event.planned_version = 1
    day.event.save()
    for name, more in (
        ("meeting", [row.pk]), ("publish", []), ("repairing", []), ("add_meeting", []), ("timetable_rules", []),
    ):
        for width in (320, 1280):
            address = reverse(f"organiser:{name}", args=[day.event.pk, *more])
            with visit(address, day.scheme.user("LM"), width=width) as seen:
                shot(seen.page, f"{name}-{width}")
                assert [one["id"] for one in Axe().run(seen.page).response["violations"]] == []
                assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_hall_is_readable_from_afar_and_says_when_the_network_is_gone(day, visit, monkeypatch):
    published(day.event)
    monkeypatch.setattr("untoit.records.events.timetable.slot_at", lambda event, at: 1)
    with visit(
        reverse("organiser:hall_preview", args=[day.event.pk]), day.scheme.user("LM"), width=1600, height=900
    ) as seen:
        shot(seen.page, "salle")
        assert re.search(r"Amina E\.", seen.page.inner_text("body"))
        assert seen.page.evaluate("parseFloat(getComputedStyle(document.querySelector('li strong')).fontSize)") >= 28
        assert [one["id"] for one in Axe().run(seen.page).response["violations"]] == []
        seen.page.context.set_offline(True)
        seen.page.wait_for_selector(".stale:not([hidden])", timeout=25_000)


def test_the_employers_page_is_clean(day, visit):
    published(day.event)
    day.event.state = "open"
    day.event.save()
    for width in (320, 1280):
        with visit(reverse("employer:event", args=[day.event.pk]), day.scheme.user("EMPL"), width=width) as seen:
            seen.page.locator("details summary").first.click()
            shot(seen.page, f"employeur-{width}")
            assert [one["id"] for one in Axe().run(seen.page).response["violations"]] == []
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            assert seen.errors == []
