"""
Server time, queries and bytes of the main pages of each role, with 20,000 candidates, 3,000 homes and 10,000 offers.

``python -m benchmarks.pages [--data DIR] [--runs 30] [--only LM]`` makes the database once (``benchmarks.sized``), then
asks each page through the application, warm. The last column says what is missed; the command then ends with 1. What
the page itself costs stands beside the time, for a machine that others use: the processor of this process, and what
the database took (both medians).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bench import machine
from benchmarks.sized import sized

TARGET_MS, TARGET_QUERIES, TARGET_KB = 150, 15, 300
ROLES = {
    "LM": "cheffe-de-projet", "LA": "conseiller", "DEP": "referente", "DEP, tête": "cheffe-de-service", "EMPP": "coach",
    "EMPP, tête": "responsable-emploi", "PART": "partenaire", "EMPL": "employeur", "FUND": "financeur",
    "CAND": "", "ADM": "technique", "DPO": "donnees",
}


def main() -> int:
    """Print one line a page; return 1 when a number is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--data", type=Path, default=Path("build") / "sized")
    asked.add_argument("--runs", type=int, default=30)
    asked.add_argument("--only", choices=ROLES)
    options = asked.parse_args()
    os.environ.setdefault("UNTOIT_LOG_LEVEL", "ERROR")
    with sized(options.data):
        from untoit.config.statics import collect

        collect()
        print(machine(), flush=True)
        print(f"{'page':42} {'median':>8} {'p95':>8} {'cpu':>8} {'base':>8} {'queries':>8} {'kB':>6}")
        missed = [
            line(client, label, path, options.runs)
            for role in ([options.only] if options.only else ROLES)
            for client, label, path in _pages(role)
        ]
    return 1 if any(missed) else 0


def client_of(role: str) -> Any:
    """Return a browser that has entered as this role."""
    from django.test import Client

    from untoit.records.partners.models import Membership, User

    client = Client(SERVER_NAME="localhost", raise_request_exception=True)
    if role == "CAND":
        client.force_login(User.objects.get(person__isnull=False), "django.contrib.auth.backends.ModelBackend")
        return client
    member = Membership.objects.select_related("user").get(user__email__startswith=f"{ROLES[role]}@")
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    return client


def paths_of(role: str) -> list[tuple[str, str]]:
    """Return what somebody of this role opens in a day, by name."""
    from untoit.records.applicants.models import Person
    from untoit.records.jobs.models import Offer
    from untoit.records.pairings.models import Run, Tandem
    from untoit.records.stock.models import Vacancy

    if role == "CAND":
        return [("mon espace", "/mon-espace/")]
    desk = [("matin", "/matin/"), ("nouveautés", "/nouveautes/")]
    if role == "EMPL":
        return [*desk, ("ses offres", "/employeur/"), ("nouvelle offre", "/employeur/offres/nouvelle/"), (
            "une offre", f"/employeur/offres/{_own_offer().pk}/")]
    if role == "FUND":
        return [("pilotage", "/pilotage/")]
    if role in ("ADM", "DPO"):
        reads = [("lectures", "/plateforme/lectures/")] if role == "DPO" else []
        return [*desk, ("plateforme", "/plateforme/"), *reads]
    actor = actor_of_role(role)
    person = Person.objects.visible_to(actor).exclude(last_name="").first()
    pages = [*desk, ("candidats", "/candidats/"), ("candidats, de la fin", "/candidats/?tri=-name")]
    if person is not None:
        pages += [
            ("candidats, un nom", f"/candidats/?q={person.last_name[:6]}"), ("candidats, rien", "/candidats/?q=zzzzzz"),
            ("candidats, sans tandem", "/candidats/?sans_tandem=on"),
            ("un candidat", f"/candidats/{person.household_id}/"),
            ("recherche", f"/recherche/?q={person.last_name[:6]}"),
        ]
    pages += [("logements", "/logements/")]
    pages += [("offres", "/offres/"), ("offres, un mot", "/offres/?q=cuisine")] if role != "PART" else []
    vacancy, offer = Vacancy.objects.visible_to(actor).first(), Offer.objects.visible_to(actor).first()
    pages += [("un logement", f"/logements/{vacancy.pk}/")] if vacancy else []
    pages += [("une offre", f"/offres/{offer.pk}/")] if offer else []
    tandem = Tandem.objects.visible_to(actor).order_by("-run__created_at").first()
    if actor.may("tandem"):
        pages += [("tandems", "/tandems/")] + ([("un tandem", f"/tandems/{tandem.pk}/")] if tandem else [])
    if actor.may("matching_run"):
        run = Run.objects.filter(title="Calcul de mesure 1").first()
        pages += [("calculs", "/calculs/"), ("un calcul", f"/calculs/{run.pk}/" if run else "/calculs/")]
    if role == "LM":
        pages += [("nouveau calcul", "/calculs/nouveau/"), ("imports", "/imports/"), ("organisation", "/organisation/")]
    return pages


def actor_of_role(role: str) -> Any:
    """Return the actor of the demonstration's account of this role."""
    from django.utils import timezone

    from untoit.records.partners.models import User
    from untoit.records.partners.selectors import actor_of

    return actor_of(User.objects.get(email__startswith=f"{ROLES[role]}@"), at=timezone.now())


def _own_offer() -> Any:
    from untoit.records.jobs.models import Offer

    return Offer.objects.visible_to(actor_of_role("EMPL")).order_by("pk").first()


def _pages(role: str) -> Iterator[tuple[Any, str, str]]:
    client = client_of(role)
    for label, path in paths_of(role):
        yield client, f"{role} : {label}", path


def line(client: Any, label: str, path: str, runs: int, *, queries: int = TARGET_QUERIES) -> bool:
    """Ask one page so many times, print what it took, and return whether a number is missed."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    first = client.get(path)  # the first page of a session writes it, and warms the templates
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        asked = len(captured)  # the next page empties them
    if answer.status_code != 200:
        print(f"{label:42} {first.status_code} {answer.status_code}  MISSED", flush=True)
        return True
    times, processor, base = [], [], []
    for _ in range(runs):
        watch = _Stopwatch()
        with connection.execute_wrapper(watch):
            started, used = time.perf_counter(), time.process_time()
            client.get(path)
            times.append(1000 * (time.perf_counter() - started))
            processor.append(1000 * (time.process_time() - used))
            base.append(watch.ms)
    late, kb = sorted(times)[int(0.95 * len(times))], len(answer.content) / 1000
    missed = [
        name for name, one, target in (
            ("p95", late, TARGET_MS), ("queries", asked, queries), ("kB", kb, TARGET_KB),
        ) if one > target
    ]
    took, used, waited = (statistics.median(one) for one in (times, processor, base))
    print(f"{label:42} {took:5.0f} ms {late:5.0f} ms {used:5.0f} ms {waited:5.0f} ms {asked:8d} {kb:6.0f}  "
          f"{'MISSED ' + ', '.join(missed) if missed else ''}", flush=True)
    return bool(missed)


class _Stopwatch:
    """Adds up what the queries of one page took."""

    def __init__(self) -> None:
        self.ms = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.ms += 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    sys.exit(main())
