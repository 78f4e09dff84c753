"""
The follow-up with 20,000 cases: the worklist and the page of a case for each role, and the round of the night.

``python -m benchmarks.cases [--data DIR] [--runs 30] [--only LM] [--part night]`` opens the database of
``benchmarks.sized`` (made once), computes the cases as the night does, then asks each page through the application,
warm. The command ends with 1 when a number is missed: 150 ms at the 95th percentile, five minutes for the night.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks import pages
from benchmarks.bench import machine
from benchmarks.sized import sized

NIGHT_S = 300
ROLES = ("LM", "LA", "PART", "DEP", "DEP, tête", "EMPP", "EMPP, tête")


def main() -> int:
    """Print the night, then one line a page; return 1 when a number is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, default=Path("build") / "sized")
    asked.add_argument("--runs", type=int, default=30)
    asked.add_argument("--only", choices=ROLES)
    asked.add_argument("--part", choices=("night", "pages"), help="one of the two alone")
    options = asked.parse_args()
    os.environ.setdefault("UNTOIT_LOG_LEVEL", "ERROR")
    with sized(options.data):
        from untoit.config.statics import collect

        collect()
        print(machine(), flush=True)
        missed = [] if options.part == "pages" else [_night()]
        if options.part != "night":
            print(f"{'page':42} {'median':>8} {'p95':>8} {'cpu':>8} {'base':>8} {'queries':>8} {'kB':>6}")
            missed += [
                pages.line(client, f"{role} : {label}", path, options.runs, queries=25)
                for role in ([options.only] if options.only else ROLES)
                for client in [pages.client_of(role)] for label, path in _paths(role)
            ]
    return 1 if any(missed) else 0


def _night() -> bool:
    """Run two nights: the first may open what the database lacks, the second is the usual one."""
    from django.utils import timezone

    from untoit.records.followup.cases import nightly
    from untoit.records.followup.models import Case

    at, missed = timezone.now(), False
    for days in (0, 1):
        started = time.perf_counter()
        found = nightly.round_of(at=at + timedelta(days=days))
        took = time.perf_counter() - started
        missed = missed or took > NIGHT_S
        print(f"night {days + 1}: {took:.0f} s for {Case.objects.count()} cases, {found}", flush=True)
    # The pages are asked today.
    nightly.refresh(Case.objects.values_list("pk", flat=True), at=at)
    return missed


def _paths(role: str) -> Iterator[tuple[str, str]]:
    from untoit.records.applicants.models import Person
    from untoit.records.followup.models import Case

    actor = pages.actor_of_role(role)
    cases = Case.objects.visible_to(actor).order_by("-moved_on")
    yield "suivi", "/suivi/"
    for label, asked in (
        ("par situation", "tri=status"), ("plus anciens", "tri=moved"), ("une situation", "situation=hired"),
        ("une alerte", "alerte=answer_due"), ("deux moitiés", "deux=on"), ("que je suis", "suivi=on"),
        ("silence", "silence=on"), ("en retard", "retard=on"), ("rien", "q=zzzzzz"),
    ):
        yield f"suivi, {label}", f"/suivi/?{asked}"
    middle = cases.values_list("pk", flat=True)[min(max(cases.count() - 1, 0), 10_000):].first()
    if middle is None:
        return
    yield "suivi, page loin", f"/suivi/?apres={middle}"
    person = Person.objects.visible_to(actor).exclude(last_name="").first()
    if person is not None:
        yield "suivi, un nom", f"/suivi/?q={person.last_name[:6]}"
    busy = cases.filter(has_home=True, has_job=True).first() or cases.first()
    yield "un suivi", f"/suivi/{busy.pk}/"


if __name__ == "__main__":
    sys.exit(main())
