"""Take the pictures of the README from the report of ``make run``: ``python -m tools.screenshots [demo]``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def chromium() -> str:
    """Return the system's Chromium."""
    return next(path for path in CHROMIUM if Path(path).exists())


def main(folder: Path) -> None:
    """Write the map and one tandem, opened, as PNG files."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        page.goto((folder / "resultats" / "rapport.html").resolve().as_uri())
        page.locator("section:has(h2#carte)").screenshot(path=IMAGES / "carte.png")
        tandem = page.locator("tbody[id^=tandem-]").first
        tandem.locator("summary").click()
        tandem.screenshot(path=IMAGES / "tandem.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
