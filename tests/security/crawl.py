"""What a page leads to, for one person: its links, sorts, filters, exports, and its search box."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from tests.security.canaries import Watch
from tests.security.matrix import ask
from tests.security.outputs import fold, texts_of
from tests.security.world import PRINCIPALS, World

# Pages that say the time, or count what is asked: they are compared without their numbers.
_LIMIT = 90
_NONSENSE = "zqrienqz"


class _Links(HTMLParser):
    """Links of a page, and its search forms: action, text fields, choices."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[dict[str, object]] = []
        self._form: dict[str, object] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link or a field."""
        given = {name: value or "" for name, value in attrs}
        if tag in ("a", "img") and given.get("href", given.get("src", "")):
            self.links.append(given.get("href") or given["src"])
        for name in ("hx-get", "data-url"):
            if given.get(name):
                self.links.append(given[name])
        if tag == "form":
            get = given.get("method", "get").lower() == "get"
            self._form = {"action": given.get("action", ""), "texts": [], "choices": []} if get else None
            if self._form is not None:
                self.forms.append(self._form)
        elif tag == "input" and self._form is not None and given.get("type", "text") in ("text", "search"):
            self._form["texts"].append(given.get("name", ""))  # type: ignore[attr-defined]
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._form is not None and self._select and given.get("value"):
            self._form["choices"].append((self._select, given["value"]))  # type: ignore[attr-defined]

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a list of choices."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def crawl(world: World, watch: Watch, starts: dict[str, list[str]]) -> dict[str, set[str]]:
    """
    Follow from these addresses whatever a page leads to, and look for canaries there.

    Returns, for each principal, the addresses of search boxes with the name of their field, as ``/candidats/?q``.
    """
    boxes: dict[str, set[str]] = {name: set() for name in PRINCIPALS}
    for name in PRINCIPALS:
        waiting, known = list(starts.get(name, [])), set(starts.get(name, []))
        visited = 0
        while waiting and visited < _LIMIT:
            address = waiting.pop(0)
            visited += 1
            answer = ask(world, name, address, "GET")
            text = texts_of(answer)
            watch.look(name, f"GET {address}", text)
            if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
                continue
            for target in _targets(address, answer.content.decode("utf-8", "replace"), boxes[name]):
                if target not in known:
                    known.add(target)
                    waiting.append(target)
    return boxes


def _targets(address: str, page: str, boxes: set[str]) -> list[str]:
    reader = _Links()
    reader.feed(page)
    found = [urljoin(address, unescape(link)) for link in reader.links]
    for form in reader.forms:
        action = urljoin(address, str(form["action"])) or address
        boxes.update(f"{urlsplit(action).path}?{one}" for one in form["texts"] if one)  # type: ignore[attr-defined]
        found += [f"{urlsplit(action).path}?{urlencode([choice])}" for choice in form["choices"]]  # type: ignore[attr-defined]
    return [
        one.partition("#")[0] for one in found
        if one.startswith("/") and not one.startswith(("//", "/static/", "/compte/", "/healthz", "/readyz"))
    ]


def searches(world: World, watch: Watch, boxes: dict[str, set[str]], words: dict[str, list[str]]) -> list[str]:
    """
    Search for what must not be known: the answer must be that of a word that nobody has.

    A different number of results, a sentence, or a link would tell that the word exists somewhere.
    """
    told: list[str] = []
    for name, found in boxes.items():
        for box in sorted(found):
            path, _, field = box.partition("?")
            nothing = _without(texts_of(ask(world, name, f"{path}?{urlencode({field: _NONSENSE})}", "GET")), _NONSENSE)
            for word in words.get(name, []):
                address = f"{path}?{urlencode({field: word})}"
                text = texts_of(ask(world, name, address, "GET"))
                watch.look(name, f"GET {address}", text, echo=word)
                if _without(text, word) != nothing:
                    told.append(f"GET {address} : la réponse à {name} n'est pas celle d'un mot inconnu.")
    return told


def _without(text: str, word: str) -> str:
    """Return the text without the word that was searched for, the token of its forms, nor its length."""
    for form in (word, urlencode({"": word})[1:]):
        text = text.replace(fold(form), "·")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r"set-cookie:[^\n]*", "", text)
    return re.sub(r"content-length:[^\n]*", "", text)
