"""
Every page, in a real browser: accessible, narrow, quiet, light, and asking nothing of another host.

``pages.py`` has the list: a page that is missing there fails the first test.
"""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.pages import PARTS, unregistered
from tests.browser.scene import make_scene
from tests.factories.records import offer, scheme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What a first visit may weigh, nothing being compressed here.
WEIGHT = 300_000
# 1280 pixels enlarged to 400 % leave 320.
NARROW = 320


def problems_of(opened, host, status):
    """Say what is wrong with a page that was just opened: as it is, in the dark, and on 320 pixels."""
    if opened.status != status:
        return [f"status {opened.status}"]
    # The browser says in its console that a page was not found: that is no error of the page.
    found = [f"error: {one}" for one in opened.errors if status == 200 or "Failed to load resource" not in one]
    found += [f"asks {one}" for one in opened.hosts - {host}]
    if opened.weight > WEIGHT:
        found.append(f"weighs {opened.weight} bytes")
    headings = opened.page.eval_on_selector_all("h1", "all => all.length")
    if headings != 1:
        found.append(f"{headings} h1")
    found += axe(opened.page, {"resultTypes": ["violations"]})
    opened.page.emulate_media(color_scheme="dark")
    found += axe(opened.page, {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}, "dark ")
    opened.page.set_viewport_size({"width": NARROW, "height": 640})
    found += widths_of(opened.page)
    return found + [f"blocked: {one}" for one in opened.blocked()]


def axe(page, options, how=""):
    """Say what axe finds."""
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{how}axe {one['id']}: " + "; ".join(node["html"][:120] for node in one["nodes"][:3]) for one in violations
    ]


def widths_of(page):
    """Say which elements make the page scroll sideways."""
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll("main *, header *, footer *")].filter(one =>
            one.getBoundingClientRect().right > window.innerWidth + 1 && !one.closest(".scroll, .map"))
        .slice(0, 3).map(one => one.outerHTML.slice(0, 120)).concat("scrolls sideways")"""
    )
    return [f"narrow: {one}" for one in wide]


def test_every_page_is_in_the_list():
    assert unregistered() == set()


@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_accessible_narrow_quiet_and_light(visit, live_server, part, tmp_path):
    scene, server = make_scene(tmp_path), urlsplit(live_server.url)
    host = server.netloc
    found = {}
    for page in PARTS[part]:
        path = page.path(scene)
        with visit(path, **scene.opening(page.role, server.hostname)) as opened:
            landed = urlsplit(opened.page.url)
            if landed.path != urlsplit(path).path:
                found[f"{page.name} {page.role}"] = [f"leads to {landed.path}"]
            elif problems := problems_of(opened, host, page.status):
                found[f"{page.name} {page.role} {path}"] = problems

    assert not found, "\n".join(f"{page}: {problem}" for page, some in found.items() for problem in some)


def test_the_bar_of_the_demonstration_belongs_to_a_landmark(visit, settings):
    settings.DEMO = True
    with visit("/offres-publiques/") as opened:
        assert opened.page.locator(".demo-bar").is_visible()
        assert axe(opened.page, {"resultTypes": ["violations"]}) == []


def test_a_click_on_the_map_of_the_form_of_an_event_places_it(visit):
    with visit("/evenements/nouveau/", scheme().user("LM")) as opened:
        page = opened.page
        page.locator("summary", has_text="Position exacte").click()
        page.locator("[data-position].leaflet-container").wait_for(timeout=10_000)
        page.locator("[data-position]").click(position={"x": 60, "y": 60})
        assert page.locator("[name=latitude]").input_value().startswith("50.")
        assert opened.errors == [] and opened.blocked() == []


def public_offers():
    made = scheme()
    for _ in range(7):
        offer(made.organisations["employer"], is_public=True)


def focused(page):
    return page.evaluate("(document.activeElement.textContent || document.activeElement.name || '').trim()")


def tab_until(page, words, limit=60):
    """Press Tab until the element with these words has the focus, which must be seen."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if focused(page).startswith(words):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{words}: the focus is not seen"
            return
    raise AssertionError(f"{words} cannot be reached with the keyboard")


def test_the_keyboard_alone_reaches_the_content_the_menu_the_sort_and_the_form(visit):
    public_offers()
    with visit("/offres-publiques/") as opened:
        page = opened.page
        page.keyboard.press("Tab")
        assert focused(page) == "Aller au contenu"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "contenu"
        page.reload()
        tab_until(page, "Offres d’emploi")
        tab_until(page, "q")
        page.keyboard.type("préparateur")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=pr%C3%A9parateur**")
        tab_until(page, "Employeur")
        page.keyboard.press("Enter")
        page.wait_for_selector("th[aria-sort=ascending] >> text=Employeur")
        assert "tri=employer" in page.url and opened.blocked() == []


def test_the_menu_of_a_narrow_page_opens_and_closes_with_the_keyboard(visit):
    public_offers()
    with visit("/", width=NARROW, height=640) as opened:
        page = opened.page
        assert not page.locator("#menu").is_visible()
        tab_until(page, "Menu")
        page.keyboard.press("Enter")
        assert page.locator("#menu").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#menu").is_visible()


def test_a_page_works_without_javascript(visit):
    public_offers()
    with visit("/offres-publiques/?tri=employer", java_script_enabled=False, width=NARROW) as opened:
        page = opened.page
        assert page.locator("#menu a").first.is_visible()
        page.get_by_label("Un métier, un employeur").fill("cariste")
        page.get_by_role("button", name="Filtrer").click()
        assert "Rien ne correspond" in page.content() and "tri=employer" in page.url
