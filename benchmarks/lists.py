"""
Lists of homes and offers with 100,000 rows: server time and queries of page 1, page 500, sorts, filters and search.

Run with ``python -m benchmarks.lists [--rows 100000] [--only logements]`` from the root of the project; it starts a
PostgreSQL of its own in ``build/`` and stops it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

from benchmarks.bench import machine

PAGES = 500
RUNS = 15
TARGET_MS = 150
# One statement a table: the triggers of the history and of the search run as for any other write.
_FILL_HOMES = """
    INSERT INTO stock_vacancy (id, organisation_id, reference, landlord, building_name, address, commune, latitude,
        longitude, rooms, surface_m2, is_step_free, rent_cents, charges_cents, funding, qpv_code, energy_label,
        reserving_party, available_on, max_candidates, description, nearby, is_position_approximate, state,
        confirmed_at, expires_on, revision, created_at, updated_at)
    SELECT gen_random_uuid(), %(organisation)s, 'LOG-' || lpad(n::text, 6, '0'), 'Bailleur de mesure',
        'Résidence ' || (ARRAY['des Tilleuls','du Beffroi','les Canotiers','la Filature','du Verger'])[1 + n %% 5]
            || ' ' || n / 40,
        1 + n %% 90 || ' rue ' || (ARRAY['Gambetta','Nationale','Pasteur','Jean Jaurès'])[1 + n %% 4],
        (%(communes)s::text[])[1 + n %% array_length(%(communes)s::text[], 1)], 50.6, 3.0, 1 + n %% 5, 20 + n %% 80,
        n %% 3 = 0, 20000 + n * 7919 %% 60000, 5000, (ARRAY['PLAI','PLUS','PLS'])[1 + n %% 3], '', '',
        (ARRAY['', 'etat', 'action_logement'])[1 + n %% 3], date '2026-11-01' + n * 31 %% 120, 3, '',
        'École et arrêt de bus à 200 m', false, (ARRAY['open','open','open','expired','let'])[1 + n %% 5], now(),
        date '2026-12-20', 1, now(), now()
    FROM generate_series(1, %(rows)s) AS n
"""
_FILL_OFFERS = """
    INSERT INTO jobs_offer (id, organisation_id, reference, employer, siret, title, occupation, contract, commune,
        latitude, longitude, openings, licences, french_level, schedule, supposed, description, is_public, state,
        confirmed_at, expires_on, revision, created_at, updated_at)
    SELECT gen_random_uuid(), %(organisation)s, 'OFF-' || lpad(n::text, 6, '0'), 'Entreprise ' || n / 50, '',
        (ARRAY['Préparateur de commandes','Aide à domicile','Commis de cuisine','Agent de nettoyage'])[1 + n %% 4]
            || ' ' || n,
        (ARRAY['N1103','K1304','G1602','K2204'])[1 + n %% 4], (ARRAY['CDI','CDD','MIS'])[1 + n %% 3],
        (%(communes)s::text[])[1 + n %% array_length(%(communes)s::text[], 1)], 50.6, 3.0, 1, '{}', '',
        'lu-ve 05:00-12:00', '{}', '', false, (ARRAY['open','open','expired','filled'])[1 + n %% 4], now(),
        date '2026-12-20', 1, now(), now()
    FROM generate_series(1, %(rows)s) AS n
"""
_HOMES = (
    ("par référence", ""), ("par loyer", "tri=rent"), ("par date, de la fin", "tri=-available"),
    ("filtre : T3 à Lille", "typologie=T3&commune=59350"), ("filtre : loués", "etat=let&tri=rent"),
)
_SEARCHES = (
    ("un mot rare, une résidence", "tilleuls 1200"), ("une référence", "LOG-054321"), ("un mot partout", "résidence"),
    ("une faute", "tileuls 1200"), ("une commune et une taille", "wambrechies t3"), ("rien", "zzzzzz"),
)
_OFFERS = (
    ("par intitulé", ""), ("par employeur", "tri=employer"), ("filtre : métier et contrat", "metier=K1304&contrat=CDD"),
)
_OFFER_SEARCHES = (("un métier", "aide domicile"), ("une faute", "cuissine"), ("une entreprise", "entreprise 1234"))


def main() -> None:
    """Fill a database and print one line a page."""
    from untoit.config import embedded

    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--only", choices=("logements", "offres"))
    options = asked.parse_args()
    folder = Path("build") / "lists-database"
    os.environ |= {"UNTOIT_MODE": "test", "DJANGO_SETTINGS_MODULE": "untoit.config.settings"}
    os.environ["DATABASE_URL"] = embedded.start_for_tests(folder)
    import django

    django.setup()
    from django.test.utils import setup_test_environment, teardown_databases

    setup_test_environment()
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        print(machine(), flush=True)
        _measure(options.rows, ("logements", "offres") if options.only is None else (options.only,))
    finally:
        teardown_databases(databases, verbosity=0)
        embedded.stop(folder)


def _measure(rows: int, kinds: tuple[str, ...]) -> None:
    from django.db import connection
    from django.test import Client
    from tests.factories.records import scheme

    made = scheme()
    for kind in kinds:
        table, statement, organisation = {
            "logements": ("stock_vacancy", _FILL_HOMES, "landlord"),
            "offres": ("jobs_offer", _FILL_OFFERS, "employment"),
        }[kind]
        _fill(table, statement, rows, made.organisations[organisation].pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    for kind, role, path, sorts, searches in (
        ("logements", "LM", "/logements/", _HOMES, _SEARCHES),
        ("logements", "EMPP", "/logements/", (("masqués, par date", ""),), _SEARCHES[4:]),
        ("offres", "LA", "/offres/", _OFFERS, _OFFER_SEARCHES), ("offres", "EMPP", "/employeur/", _OFFERS[:1], ()),
    ):
        if kind not in kinds:
            continue
        client = Client()
        client.force_login(made.user(role))
        client.get("/healthz")
        print(f"{path} as {role}, {rows} rows", flush=True)
        for label, query in sorts:
            _time(client, f"{path}?{query}", f"{label}, page 1")
        _time(client, _page(client, path, PAGES), f"{sorts[0][0]}, page {PAGES}")
        for label, text in searches:
            _time(client, f"{path}?q={text}", f"recherche, {label} : « {text} »")


def _fill(table: str, statement: str, rows: int, organisation: object) -> None:
    """Write the rows through the triggers; the search indexes are made afterwards, as a restored backup would."""
    from django.db import connection

    from untoit.core.territory.communes import MEL, communes

    codes = [place.code for place in communes(MEL)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s",
                       [table, "%USING gin (search%"])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        started = time.perf_counter()
        cursor.execute(statement, {"rows": rows, "communes": codes, "organisation": organisation})
        filled = time.perf_counter()
        for _, definition in indexes:
            cursor.execute(definition)
        indexed = time.perf_counter()
    print(f"{table}: {rows} rows with history and search in {filled - started:.0f} s, then indexed in "
          f"{indexed - filled:.0f} s", flush=True)


def _page(client: object, path: str, number: int) -> str:
    """Follow « Page suivante » to the page of this number, and return its address."""
    address = path
    for _ in range(number - 1):
        address = client.get(address).context["list"].next_url  # type: ignore[attr-defined]
    return address


def _time(client: object, address: str, label: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)  # type: ignore[attr-defined]
        queries = len(asked)  # the next page empties them
    assert answer.status_code == 200, (address, answer.status_code)
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        client.get(address)  # type: ignore[attr-defined]
        times.append(1000 * (time.perf_counter() - started))
    median, late = statistics.median(times), sorted(times)[int(0.95 * RUNS)]
    verdict = "" if late <= TARGET_MS else f"  over {TARGET_MS} ms"
    print(f"  {label:<62} {median:6.0f} ms, p95 {late:6.0f} ms, {queries:2d} queries{verdict}", flush=True)


if __name__ == "__main__":
    main()
