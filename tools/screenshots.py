"""
Take the pictures of the documentation.

``python -m tools.screenshots [--site http://localhost:8000]``: the main pages of a running demonstration
(``make run``), entered in one click as each role.
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
WIDE, PHONE = 1280, (390, 780)
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
    height: int = 860


SHOTS = (
    Shot("matinee", "LM", "/matin/"),
    Shot("import", "LM", "/imports/", "main tbody a"),
    Shot("calcul", "LM", "/calculs/", "main tbody a"),
    Shot("tandem", "LM", "/tandems/", "main tbody a", height=1000),
    Shot("candidat", "LA", "/candidats/", "main tbody a"),
    Shot("employeur", "EMPL", "/employeur/", "main tbody a"),
    Shot("espace-candidat", "CAND", "/mon-espace/", phone=True),
)


def chromium() -> str:
    """Return the system's Chromium."""
    return next(path for path in CHROMIUM if Path(path).exists())


def main(site: str) -> None:
    """Write the pictures; a page that is not there is said and left out."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for role in dict.fromkeys(shot.role for shot in SHOTS):
            with _entered(browser, site, role) as page:
                for shot in SHOTS:
                    if shot.role == role:
                        print(f"{shot.name:<18}", _take(page, site, shot))
        browser.close()


@contextmanager
def _entered(browser: Browser, site: str, role: str) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR", color_scheme="light", reduced_motion="reduce")
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
    path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=path)
    return f"{_smaller(path) / 1000:.0f} ko"


def _smaller(path: Path) -> int:
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    return path.stat().st_size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:8000")
    main(parser.parse_args().site.rstrip("/"))
