"""A headless Chromium that watches what a page does: errors, blocked content, requests, weight."""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

# Playwright runs an event loop in this thread; the database is still used from this thread only.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
_WATCH = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", event =>
  window.blocked.push(event.violatedDirective + " " + event.sourceFile));
"""


@dataclass
class Visit:
    """One page opened, and what was seen of it."""

    page: object
    status: int = 0
    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    weight: int = 0

    def blocked(self) -> list[str]:
        """Return what the content security policy refused."""
        return self.page.evaluate("window.blocked")


@pytest.fixture(scope="module")
def chromium():
    """Give the system's Chromium."""
    path = next((one for one in CHROMIUM if Path(one).exists()), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server):
    """Give ``visit(path, user)``, a context manager that opens a page for the first time, as somebody or nobody."""

    @contextmanager
    def opened(path, user=None, *, width=1280, height=900, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", reduced_motion="reduce", **options
        )
        if user is not None:
            client = Client()
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            session = client.session  # the pages of the second factor want a sign-in that has just been made
            session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
            session.save()
            context.add_cookies([{
                "name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }])
        context.add_init_script(_WATCH)
        page = context.new_page()
        seen = Visit(page)
        page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).netloc))
        weights = []
        page.on("response", lambda response: weights.append(response))
        try:
            answer = page.goto(live_server.url + path, wait_until="load")
            seen.status = answer.status
            seen.weight = sum(len(one.body()) for one in weights if one.ok)
            yield seen
        finally:
            context.close()

    return opened
