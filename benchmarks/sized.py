"""
A database at the size that the platform promises, all fictitious: 20,000 candidates, 3,000 homes, 10,000 offers.

``python -m benchmarks.sized DIR`` loads the demonstration in a folder, then copies its rows, without the history that
their triggers would write: 300 case managers and 300 coaches with 35 files each, the heads of service and the landlord
with all of them, three runs of some 300 tandems, one of which explains why each other household is left out, and the
three tracks of each household (``benchmarks.sized_followup``). ``untoit
serve --demo --data DIR`` then opens it like any other; ``benchmarks.pages`` and ``benchmarks.load`` do too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CANDIDATES, HOMES, OFFERS, RUNS, TANDEMS = 20_000, 3_000, 10_000, 3, 300
MEMBERS, FILES_EACH = 300, 35
_SECOND_NAME = "(ARRAY['Lefevre','Dubois','Carlier','Masson','Roussel'])[1 + m.n % 5]"


@contextmanager
def sized(folder: Path) -> Iterator[None]:
    """Open the big database of a folder in this process, made at the first call."""
    from untoit.config.commands import environment

    environment.prepare(folder, demo=True)
    with environment.database(folder):
        environment.start_django()
        environment.migrate()
        make(folder)
        yield


def make(folder: Path) -> None:
    """Load the demonstration and enlarge it, unless it is done already."""
    from benchmarks import sized_followup
    from django.utils import timezone

    from untoit.config import demonstration
    from untoit.records.applicants.models import Person
    from untoit.records.partners.models import User

    if Person.objects.count() < CANDIDATES:
        started = time.perf_counter()
        if not User.objects.exists():
            demonstration.load(folder=folder, at=timezone.now(), say=print)
        _enlarge()
        print(f"database made in {time.perf_counter() - started:.0f} s", flush=True)
    sized_followup.make()


def _enlarge() -> None:
    from django.db import connection, transaction

    from untoit.records.applicants.models import Person

    copies = -(-CANDIDATES // Person.objects.count())
    with transaction.atomic(), connection.cursor() as cursor:
        # Copies of rows that stand: neither the history nor the keys are checked again, the vectors are copied too.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, step in (
            ("members", _members), ("households", lambda one: _households(one, copies)), ("links", _links),
            ("homes and offers", _stock), ("runs", _runs), ("journal", _journal),
        ):
            started = time.perf_counter()
            step(cursor)
            print(f"  {name}: {time.perf_counter() - started:.0f} s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _members(cursor: Any) -> None:
    cursor.execute("""
        CREATE TEMP TABLE big_members ON COMMIT DROP AS
        SELECT gen_random_uuid() AS member, gen_random_uuid() AS person, m.organisation_id, m.role, n
        FROM partners_membership m, generate_series(1, %s) AS n
        WHERE m.role IN ('DEP', 'EMPP') AND NOT m.is_org_admin
    """, [MEMBERS])
    cursor.execute("""
        INSERT INTO partners_user (id, password, is_superuser, email, full_name, phone, is_active, is_staff, is_demo,
                                   date_joined)
        SELECT person, '!', false, lower(role) || n || '@taille.invalid', 'Membre fictif ' || n, '', true, false, false,
               now() FROM big_members
    """)
    cursor.execute("""
        INSERT INTO partners_membership (id, user_id, organisation_id, role, is_org_admin, since)
        SELECT member, person, organisation_id, role, false, now() FROM big_members
    """)


def _households(cursor: Any, copies: int) -> None:
    from untoit.records.applicants.models import Consent, Household, Person

    cursor.execute("""
        CREATE TEMP TABLE big_households ON COMMIT DROP AS
        SELECT id AS old, gen_random_uuid() AS new, k, row_number() OVER (ORDER BY k, application_number) AS n
        FROM applicants_household, generate_series(1, %s) AS k
    """, [copies - 1])
    cursor.execute("CREATE INDEX ON big_households (old)")
    cursor.execute("""
        CREATE TEMP TABLE big_persons ON COMMIT DROP AS
        SELECT p.id AS old, gen_random_uuid() AS new, h.new AS household, h.k, h.n
        FROM applicants_person p JOIN big_households h ON h.old = p.household_id
    """)
    _copy(cursor, Household, "big_households m", "m.old", {
        "id": "m.new", "application_number": "'9' || lpad(m.n::text, 8, '0') || 'FICTIF'",
        "applied_on": "source.applied_on - (m.n % 400)::int",
    })
    _copy(cursor, Person, "big_persons m", "m.old", {
        "id": "m.new", "household_id": "m.household", "account_id": "NULL",
        "last_name": f"source.last_name || ' ' || {_SECOND_NAME}",
        "search": f"source.search || to_tsvector('simple', lower({_SECOND_NAME}))",
        "email": "''", "phone": "''",
    })
    _copy(cursor, Consent, "big_households m", "m.old", {"id": "gen_random_uuid()", "household_id": "m.new"},
          on="household_id")


def _links(cursor: Any) -> None:
    from untoit.records.applicants.models import Link

    cursor.execute("""
        CREATE TEMP TABLE big_links ON COMMIT DROP AS
        SELECT l.id AS old, gen_random_uuid() AS new, h.new AS household, l.organisation_id,
               row_number() OVER (PARTITION BY l.organisation_id ORDER BY h.n) AS n
        FROM applicants_link l JOIN big_households h ON h.old = l.household_id
    """)
    _copy(cursor, Link, "big_links m", "m.old", {"id": "m.new", "household_id": "m.household"})
    cursor.execute("""
        INSERT INTO applicants_assignment (id, link_id, membership_id, since)
        SELECT gen_random_uuid(), l.new, b.member, date '2026-01-01'
        FROM big_links l JOIN big_members b ON b.organisation_id = l.organisation_id AND b.n = 1 + (l.n - 1) / %s
    """, [FILES_EACH])


def _stock(cursor: Any) -> None:
    from untoit.records.jobs.models import Offer
    from untoit.records.stock.models import Vacancy

    for model, wanted, changes in (
        (Vacancy, HOMES, {"rent_cents": "source.rent_cents + (m.k * 137) % 9000",
                          "available_on": "source.available_on + (m.k % 60)::int"}),
        (Offer, OFFERS, {}),
    ):
        table, copies = model._meta.db_table, -(-wanted // model.objects.count()) - 1
        cursor.execute(f"""
            CREATE TEMP TABLE big_{table} ON COMMIT DROP AS
            SELECT id AS old, gen_random_uuid() AS new, k FROM {table}, generate_series(1, {copies}) AS k
        """)
        _copy(cursor, model, f"big_{table} m", "m.old", {
            "id": "m.new", "reference": "source.reference || '-' || m.k", **changes,
        })


def _runs(cursor: Any) -> None:
    """Copy the released run: its tandems for other households, and for one run who is left out among all of them."""
    from untoit.records.pairings.models import Run, RunInput, Tandem, TandemJob, Unplaced

    run = Run.objects.filter(tandems__isnull=False).order_by("created_at").first()
    assert run is not None
    copies = -(-TANDEMS // run.tandems.count())
    cursor.execute("""
        CREATE TEMP TABLE big_runs ON COMMIT DROP AS
        SELECT %s::uuid AS old, gen_random_uuid() AS new, k FROM generate_series(1, %s) AS k
    """, [run.pk, RUNS])
    _copy(cursor, Run, "big_runs m", "m.old", {
        "id": "m.new", "title": "'Calcul de mesure ' || m.k", "created_at": "source.created_at + m.k * interval '1 s'",
    })
    cursor.execute("""
        INSERT INTO pairings_run_feeds (run_id, feed_id)
        SELECT m.new, f.feed_id FROM big_runs m JOIN pairings_run_feeds f ON f.run_id = m.old
    """)
    _copy(cursor, RunInput, "big_runs m", "m.old", {"run_id": "m.new"}, on="run_id")
    cursor.execute("""
        CREATE TEMP TABLE big_tandems ON COMMIT DROP AS
        SELECT t.id AS old, gen_random_uuid() AS new, r.new AS run, h.new AS household, h.k,
               row_number() OVER (PARTITION BY r.new ORDER BY h.k, t.number) AS number
        FROM pairings_tandem t JOIN big_runs r ON r.old = t.run_id JOIN big_households h ON h.old = t.household_id
        WHERE h.k > (r.k - 1) * %(copies)s AND h.k <= r.k * %(copies)s
    """, {"copies": copies})
    _copy(cursor, Tandem, "big_tandems m", "m.old", {
        "id": "m.new", "run_id": "m.run", "household_id": "m.household", "number": "m.number",
    })
    _copy(cursor, TandemJob, "big_tandems m", "m.old", {
        "id": "gen_random_uuid()", "tandem_id": "m.new",
        "person_id": "(SELECT p.new FROM big_persons p WHERE p.old = source.person_id AND p.k = m.k)",
    }, on="tandem_id")
    cursor.execute("DELETE FROM big_runs WHERE k > 1")
    _copy(cursor, Unplaced, "big_runs m JOIN big_households h ON true", "m.old", {
        "run_id": "m.new", "household_id": "h.new",
    }, on="run_id", also="h.old = source.household_id")


def _journal(cursor: Any) -> None:
    cursor.execute("""
        INSERT INTO partners_readlog (at, user_id, organisation_id, role, resource, subject_kind, subject_id, count,
                                      reason)
        SELECT now() - times * interval '40 s', b.person, b.organisation_id, b.role, 'identity', 'household', h.new, 1,
               ''
        FROM generate_series(1, 10) AS times, big_households h JOIN big_members b ON b.n = 1 + h.n % 300
    """)


def _copy(cursor: Any, model: Any, mapped: str, old: str, changes: dict[str, str], *, on: str = "id",
          also: str = "true") -> None:
    """Copy the rows of a table, through its triggers, with some columns changed; a serial key counts by itself."""
    cursor.execute("ANALYZE")  # what is copied from has just been filled: its size is unknown to the planner
    columns = [
        one.column for one in model._meta.concrete_fields
        if one.column in changes or not (one.primary_key and one.get_internal_type() == "BigAutoField")
    ]
    names = ", ".join(f'"{one}"' for one in columns)
    values = ", ".join(changes.get(one, f'source."{one}"') for one in columns)
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} '
        f'FROM {mapped} JOIN "{model._meta.db_table}" source ON source."{on}" = {old} WHERE {also}'
    )


if __name__ == "__main__":
    with sized(Path(sys.argv[1])):
        pass
