"""
Take the pictures of the documentation.

``python -m tools.screenshots [--site http://localhost:8000] [--report demo]``: the main pages of a running
demonstration (``make run``), entered in one click as each role, and the map and one tandem of ``make report``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}
# Screens of few colours: a palette makes a third of the size, and nobody sees the difference.
COLOURS = 128


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the role that enters, the path, and the link to follow from there, if any."""

    name: str
    role: str
    path: str
    follow: str = ""
    phone: bool = False


SHOTS = (
    Shot("accueil", "", "/"),
    Shot("matin", "LM", "/matin/"),
    Shot("candidats", "LA", "/candidats/"),
    Shot("candidat", "LA", "/candidats/", "main tbody a"),
    Shot("logements", "LM", "/logements/"),
    Shot("logement", "LM", "/logements/", "main tbody a"),
    Shot("imports", "LM", "/imports/"),
    Shot("import", "LM", "/imports/", "main tbody a"),
    Shot("calculs", "LM", "/calculs/"),
    Shot("calcul", "LM", "/calculs/", "main tbody a"),
    Shot("tandem-page", "LM", "/tandems/", "main tbody a"),
    Shot("employeur", "EMPL", "/employeur/"),
    Shot("employeur-offre", "EMPL", "/employeur/offres/nouvelle/"),
    Shot("pilotage", "FUND", "/pilotage/"),
    Shot("mon-espace", "CAND", "/mon-espace/", phone=True),
)


def chromium() -> str:
    """Return the system's Chromium."""
    return next(path for path in CHROMIUM if Path(path).exists())


def main(site: str, report: Path | None) -> None:
    """Write the pictures; a page that is not there is said and left out."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for role in dict.fromkeys(shot.role for shot in SHOTS):
            with _entered(browser, site, role) as page:
                for shot in SHOTS:
                    if shot.role == role:
                        print(f"{shot.name:<18}", _take(page, site, shot))
        if report is not None:
            _take_report(browser, report)
        browser.close()


@contextmanager
def _entered(browser: Browser, site: str, role: str) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR", color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    if role:
        page.goto(site + "/")
        page.locator(f"form:has(input[name=role][value={role}]) button").click()
    try:
        yield page
    finally:
        context.close()


def _take(page: Page, site: str, shot: Shot) -> str:
    page.set_viewport_size(PHONE if shot.phone else WIDE)
    answer = page.goto(site + shot.path)
    if answer is None or not answer.ok:
        return f"réponse {answer.status if answer else '?'}, laissée de côté"
    if shot.follow:
        link = page.locator(shot.follow).first
        if not link.count():
            return "rien à ouvrir, laissée de côté"
        link.click()
        page.wait_for_load_state("load")
    path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=path)
    return f"{_smaller(path) / 1000:.0f} ko"


def _smaller(path: Path) -> int:
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    return path.stat().st_size


def _take_report(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto((folder / "resultats" / "rapport.html").resolve().as_uri())
    page.locator("section:has(h2#carte)").screenshot(path=IMAGES / "carte.png")
    tandem = page.locator("tbody[id^=tandem-]").first
    tandem.locator("summary").click()
    tandem.screenshot(path=IMAGES / "tandem.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:8000")
    parser.add_argument("--report", type=Path, default=None)
    asked = parser.parse_args()
    main(asked.site.rstrip("/"), asked.report)
