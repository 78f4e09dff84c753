"""What every URL answers to everybody, and the frozen answers that a person reviewed."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.test import TestCase
from tests.security.canaries import Watch
from tests.security.outputs import texts_of
from tests.security.walk import Page, UnknownArgument, addresses, pages
from tests.security.world import PRINCIPALS, World

from untoit.records.partners.rights import grant

EXPECTED = Path(__file__).with_name("expected.yaml")
METHODS = ("GET", "POST")
# A page that says kindly, to whoever holds an address that opens nothing any more, the same words for every address.
_OWN_404 = ("/r/",)
# What a page holds that changes at each answer, whoever asks and whatever for.
_CHANGES = (re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"'), re.compile(rb'nonce="[^"]*"'))


@dataclass
class Observed:
    """Answers by page, method and side: ``{"adviser:candidate": {"GET": {"a": {"LM": "200"}}}}``."""

    answers: dict[str, dict[str, dict[str, dict[str, str]]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    not_found: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # body -> where
    open_to: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    checks: int = 0


def observe(world: World, urls: list[Page] | None = None, watch: Watch | None = None) -> Observed:
    """Ask for every URL as everybody; each answer is rolled back, so that none changes the next, and watched."""
    seen = Observed()
    for name in PRINCIPALS:  # what a page that does not exist answers: every 404 must be this one
        address = "/cette-page-n-existe-pas/"
        _code(seen, name, address, "GET", ask(world, name, address, "GET"))
    for page in urls if urls is not None else pages():
        if page.declaration is None and not page.of_library and not page.of_api:
            seen.problems.append(
                f"URL {page.name} ({page.route}) : la vue ne dit pas ce qu'elle ouvre (untoit.web.access)."
            )
        try:
            places = addresses(page, world)
        except UnknownArgument as problem:
            if not page.of_library:
                seen.problems.append(str(problem))
            continue
        _answers(world, seen, page, places, watch)
    return seen


def _answers(world: World, seen: Observed, page: Page, places: dict[str, str], watch: Watch | None) -> None:
    methods = [method for method in METHODS if page.accepts(method) or method == "GET"]
    found = seen.answers.setdefault(page.name, {})
    for method in methods:
        # What is not declared (405) is refused before any row is looked for: one address says it all.
        tried = places if page.accepts(method) else dict(list(places.items())[:1])
        refused: dict[str, str] = {}
        for side, address in tried.items():
            row = found.setdefault(method, {}).setdefault(side, {})
            for name in PRINCIPALS:
                if name in refused:
                    row[name] = refused[name]
                    continue
                answer = ask(world, name, address, method, api=page.of_api)
                row[name] = _code(seen, name, address, method, answer)
                if row[name] in ("404", "login") and _refused_before_any_row(world, page, name):
                    refused[name] = row[name]
                if watch is not None:
                    watch.look(name, f"{method} {address}", texts_of(answer))
                if method == "GET" and row[name] == "200":
                    seen.open_to[name].append(address)


def _refused_before_any_row(world: World, page: Page, name: str) -> bool:
    """
    Whether the role is given nothing of the page, whatever the row: one address says it for all of them.

    ``access`` answers before the view runs, so that no row is looked for; that it did answer 404 has just been seen.
    """
    declaration = page.declaration
    if declaration is None or declaration.resource is None:
        return False
    return grant(world.roles[name], declaration.resource, declaration.action) is None


def ask(world: World, name: str, address: str, method: str, *, api: bool = False) -> Any:
    """Ask for an address as somebody and undo what the question changed, cookies included; the body is read."""
    client = world.clients[name]
    cookies = {key: morsel.value for key, morsel in client.cookies.items()}
    point = transaction.savepoint()
    try:
        with TestCase.captureOnCommitCallbacks():
            answer = world.get(name, address, method=method.lower(), api=api)
            if answer.streaming:
                answer.streaming_content = [b"".join(answer.streaming_content)]
    finally:
        transaction.savepoint_rollback(point)
    client.cookies.clear()
    for key, value in cookies.items():
        client.cookies[key] = value
    return answer


def _code(seen: Observed, name: str, address: str, method: str, answer: Any) -> str:
    seen.checks += 1
    code = str(answer.status_code)
    if code in ("301", "302") and answer["Location"].startswith("/compte/login/"):
        return "login"
    if code == "404" and "json" not in answer.get("Content-Type", "") and not address.startswith(_OWN_404):
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        for pattern in _CHANGES:
            body = pattern.sub(b"", body)
        seen.not_found[hashlib.sha256(body).hexdigest()].add(f"{address} ({name})")
    if code == "500":
        seen.problems.append(f"{method} {address} : erreur 500 pour {name} ({_why(answer)}).")
    return code


def _why(answer: Any) -> str:
    kind, error, _ = getattr(answer, "exc_info", None) or (None, "", None)
    return f"{kind.__name__ if kind else ''} {error}"[:200]


def write(answers: dict[str, str]) -> str:
    """Return the answers of one address as one line: ``200 LM LA · login PUB · 404 *``."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in PRINCIPALS:
        groups[answers[name]].append(name)
    ordered = sorted(groups.items(), key=lambda group: (group[0] == "404", len(group[1]), group[0]))
    *parts, (last, _) = ordered
    return " · ".join([*(f"{code} {' '.join(names)}" for code, names in parts), f"{last} *"])


def read(line: str) -> dict[str, str]:
    """Return the answer of everybody, from such a line."""
    found: dict[str, str] = {}
    for part in line.split(" · "):
        code, *names = part.split()
        for name in PRINCIPALS if names == ["*"] else names:
            found.setdefault(name, code)
    return found


def expected() -> dict[str, dict[str, dict[str, str]]]:
    """Return the frozen answers: page, method, side -> line."""
    document: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(EXPECTED.read_text("utf-8")) or {}
    return document


def differences(seen: Observed, frozen: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    """Return what differs from the frozen answers, one sentence each."""
    found: list[str] = []
    for name, methods in seen.answers.items():
        if name not in frozen:
            found.append(f"URL {name} : absente de expected.yaml (tools/permissions_expected.py la propose).")
            continue
        for method, sides in methods.items():
            for side, answers in sides.items():
                line = frozen[name].get(method, {}).get(side)
                if line is None:
                    found.append(f"URL {name}, {method}, côté « {side} » : absent de tests/security/expected.yaml.")
                    continue
                wanted = read(line)
                found += [
                    f"URL {name}, {method}, côté « {side} », {who} : {answers[who]} au lieu de {wanted.get(who)}."
                    for who in PRINCIPALS if answers[who] != wanted.get(who)
                ]
    found += [f"expected.yaml : l'URL {name} n'existe plus." for name in frozen.keys() - seen.answers.keys()]
    if len(seen.not_found) > 1:
        found += [f"Le 404 n'est pas le même partout : {', '.join(sorted(places)[:3])}." for places in
                  seen.not_found.values()]
    return found
