"""
Sixty people at once on the whole application (`untoit serve`), with 20,000 candidates, 3,000 homes, 10,000 offers.

``python -m benchmarks.load [--data DIR] [--users 60] [--seconds 300]`` makes the database once (``benchmarks.sized``),
starts the application as its users do, enters as each role by the page of the demonstration, then opens main pages with
one to three seconds of thought between them. It prints each page's median and p95, and ends with 1 on an error, or when
the p95 of all pages passes 400 ms. One page that is slow shows in its own line.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.bench import machine

TARGET_MS, PORT = 400, 8471
# How many of ten people hold each role.
ROLES = ("LM", "LA", "LA", "DEP", "DEP", "EMPP", "EMPP", "EMPL", "EMPL", "CAND")
START_S = 120


class Person(threading.Thread):
    """Somebody who enters, reads a page, thinks, reads another."""

    def __init__(self, number: int, pages: list[tuple[str, str]], until: float) -> None:
        super().__init__(daemon=True)
        self.role, self._until, self._chance = ROLES[number % len(ROLES)], until, random.Random(number)
        self._pages = pages
        self.times: list[tuple[str, float]] = []
        self.errors: list[str] = []
        self._cookies: dict[str, str] = {}
        self._line: http.client.HTTPConnection | None = None

    def run(self) -> None:
        """Work until the end, keeping what each page took."""
        time.sleep(self._chance.uniform(0, 3))
        if not self._enter():
            return
        while time.perf_counter() < self._until:
            label, path = self._chance.choice(self._pages)
            started = time.perf_counter()
            status = self._ask("GET", path)[0]
            self.times.append((f"{self.role} {label}", 1000 * (time.perf_counter() - started)))
            if status != 200:
                self.errors.append(f"{self.role} {path}: {status}")
            time.sleep(self._chance.uniform(1, 3))

    def _enter(self) -> bool:
        _, page = self._ask("GET", "/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        status, _ = self._ask("POST", "/entrer/", {
            "role": self.role, "csrfmiddlewaretoken": token.group(1) if token else "",
        })
        if status != 302:
            self.errors.append(f"{self.role} enters: {status}")
        return status == 302

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int | str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            self._line = self._line or http.client.HTTPConnection("localhost", PORT, timeout=30)
            self._line.request(method, path, urlencode(form) if form else None, headers)
            answer = self._line.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as failure:
            self._line = None
            return repr(failure), ""
        for one in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = one.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, body


def main() -> int:
    """Print one line a page and the whole."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, default=Path("build") / "sized")
    asked.add_argument("--users", type=int, default=60)
    asked.add_argument("--seconds", type=int, default=300)
    options = asked.parse_args()
    pages = _pages(options.data)
    with _served(options.data):
        print(f"{machine()}, {options.users} people, {options.seconds} s", flush=True)
        until = time.perf_counter() + options.seconds
        people = [Person(number, pages[ROLES[number % len(ROLES)]], until) for number in range(options.users)]
        for one in people:
            one.start()
        for one in people:
            one.join()
    return _report(people)


def _pages(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the pages of each role, read in another process: this one only asks."""
    code = (
        "import json, pathlib, sys\n"
        "from benchmarks.pages import paths_of\nfrom benchmarks.sized import sized\n"
        "with sized(pathlib.Path(sys.argv[1])):\n"
        "    print(json.dumps({role: paths_of(role) for role in sys.argv[2:]}))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(folder), *sorted(set(ROLES))], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, list[tuple[str, str]]] = json.loads(said.stdout.splitlines()[-1])
    return found


@contextmanager
def _served(folder: Path):
    environment = {**os.environ, "UNTOIT_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "untoit", "serve", "--demo", "--data", str(folder), "--port", str(PORT)]
    served = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        _await_ready(served)
        yield
    finally:
        served.terminate()
        served.wait(60)


def _await_ready(served: subprocess.Popen[bytes]) -> None:
    for _ in range(2 * START_S):
        try:
            line = http.client.HTTPConnection("localhost", PORT, timeout=5)
            line.request("GET", "/readyz")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        if served.poll() is not None:
            break
        time.sleep(0.5)
    raise SystemExit("the application did not start")


def _report(people: list[Person]) -> int:
    by_page: dict[str, list[float]] = defaultdict(list)
    for one in people:
        for label, took in one.times:
            by_page[label].append(took)
    for label, times in sorted(by_page.items(), key=lambda item: -_late(item[1])):
        print(f"{label:46} {len(times):5d} x  median {statistics.median(times):5.0f} ms  p95 {_late(times):5.0f} ms")
    every = [took for times in by_page.values() for took in times]
    errors = [error for one in people for error in one.errors]
    print(f"all: {len(every)} pages, median {statistics.median(every):.0f} ms, p95 {_late(every):.0f} ms, "
          f"{len(errors)} errors {errors[:5] if errors else ''}")
    return 1 if errors or _late(every) > TARGET_MS else 0


def _late(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(0.95 * len(times)))]


if __name__ == "__main__":
    sys.exit(main())
