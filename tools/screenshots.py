"""
Take the pictures of the documentation.

``python -m tools.screenshots [--site http://localhost:8000] [--only planning bilan]``: the main pages of a running
demonstration (``make run``), entered in one click as each role. For the tablet, start the demonstration as for a
rehearsal of the next event (``TABLET_OPENS_BEFORE_H=720 make run``).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
WIDE, PHONE = 1280, (390, 780)
TABLET = {"width": 820, "height": 900}
# Screens of few colours: a palette makes a third of the size, and nobody sees the difference.
COLOURS = 128
# The two events of the demonstration, by their titles.
NEXT_EVENT, LAST_EVENT = "main tbody a:has-text('prochaine édition')", "main tbody a:has-text('édition de rentrée')"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the role that enters, the path, and the link to follow from there, if any."""

    name: str
    role: str
    path: str
    follow: str = ""
    phone: bool = False
    height: int = 860
    then: str = ""  # the link to follow from there: a tab of the page


SHOTS = (
    Shot("matinee", "LM", "/matin/"),
    Shot("import", "LM", "/imports/", "main tbody a"),
    Shot("calcul", "LM", "/calculs/", "main tbody a"),
    Shot("tandem", "LM", "/tandems/", "main tbody a", height=1000),
    Shot("evenement", "LM", "/evenements/", NEXT_EVENT),
    Shot("planning", "LM", "/evenements/", NEXT_EVENT, height=1060, then="Planning"),
    Shot("bilan", "LM", "/evenements/", LAST_EVENT, height=1000, then="Bilan"),
    Shot("candidat", "LA", "/candidats/", "main tbody a"),
    Shot("employeur", "EMPL", "/employeur/", "main tbody a"),
    Shot("espace-candidat", "CAND", "/mon-espace/", phone=True),
)


def chromium() -> str:
    """Return the system's Chromium."""
    return next(path for path in CHROMIUM if Path(path).exists())


def main(site: str, only: frozenset[str] = frozenset()) -> None:
    """Write the pictures, or ``only`` some; a page that is not there is said and left out."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for role in dict.fromkeys(shot.role for shot in SHOTS):
            with _entered(browser, site, role) as page:
                for shot in SHOTS:
                    if shot.role == role and (not only or shot.name in only):
                        print(f"{shot.name:<18}", _take(page, site, shot))
                if role == "LA" and (not only or "tablette" in only):
                    print(f"{'tablette':<18}", _tablet(page, site))
        browser.close()


@contextmanager
def _entered(browser: Browser, site: str, role: str) -> Iterator[Page]:
    context = browser.new_context(
        locale="fr-FR", timezone_id="Europe/Paris", color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    if role:
        page.goto(site + "/")
        page.locator(f"form:has(input[name=role][value={role}]) button").first.click()
    try:
        yield page
    finally:
        context.close()


def _take(page: Page, site: str, shot: Shot) -> str:
    width, height = PHONE if shot.phone else (WIDE, shot.height)
    page.set_viewport_size({"width": width, "height": height})
    answer = page.goto(site + shot.path)
    if answer is None or not answer.ok:
        return f"réponse {answer.status if answer else '?'}, laissée de côté"
    if shot.follow:
        link = page.locator(shot.follow).first
        if not link.count():
            return "rien à ouvrir, laissée de côté"
        link.click()
        page.wait_for_load_state("load")
    if shot.then:
        page.locator("nav.tabs a", has_text=shot.then).first.click()
        page.wait_for_load_state("load")
        page.locator("nav.tabs").first.evaluate("tabs => tabs.scrollIntoView()")
    return _kept(page, shot.name)


def _tablet(page: Page, site: str) -> str:
    """Take the picture of the desk of the next event: a device added, paired, and somebody let in."""
    page.goto(site + "/evenements/")
    page.locator(NEXT_EVENT).first.click()
    page.locator("nav.tabs a", has_text="Appareils").click()
    page.locator("[name=kind]").select_option("desk")
    page.get_by_role("button", name="Ajouter et montrer le code").click()
    code, pin = page.locator("[data-code]").inner_text(), page.locator("[data-pin]").inner_text()
    tablet = page.context.new_page()
    tablet.set_viewport_size(TABLET)
    tablet.goto(site + "/tablette/")
    tablet.locator("#code").fill(code)
    tablet.locator("#pin").fill(pin)
    tablet.get_by_role("button", name="Associer", exact=True).click()
    try:
        tablet.locator("#qui").wait_for(timeout=20_000)
    except TimeoutError:
        return "l'appareil n'ouvre pas encore, laissée de côté"
    return _kept(tablet, "tablette")


def _kept(page: Page, name: str) -> str:
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    return f"{_smaller(path) / 1000:.0f} ko"


def _smaller(path: Path) -> int:
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:8000")
    parser.add_argument("--only", nargs="*", default=[], help="names of the pictures to take")
    asked = parser.parse_args()
    main(asked.site.rstrip("/"), frozenset(asked.only))
