"""
The pages of the 30 %, of the results and of learning with 20,000 cases: server time and queries.

Run with ``python -m benchmarks.figures [--cases 20000]`` from the root of the project; it starts a PostgreSQL of its
own in ``build/`` and stops it. Every case has a proposal, settled, and an application; sealed snapshots are real ones.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.bench import machine

RUNS = 5
TARGET_MS = 1000
_PAGES = (
    ("LM", "/engagement/"), ("LM", "/engagement/export/xlsx/"), ("LM", "/engagement/export/pdf/"),
    ("FUND", "/pilotage/resultats/"), ("LM", "/apprentissage/"),
)
_COMMUNES = ("59350", "59512", "59599", "59009", "59343", "59328", "59368")


def main() -> None:
    """Fill a database and print one line a page."""
    from untoit.config import embedded

    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=20_000)
    options = asked.parse_args()
    folder = Path("build") / "figures-database"
    os.environ |= {"UNTOIT_MODE": "test", "DJANGO_SETTINGS_MODULE": "untoit.config.settings"}
    os.environ["DATABASE_URL"] = embedded.start_for_tests(folder)
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    before = setup_databases(verbosity=0, interactive=False)
    try:
        print(machine())
        _measure(_fill(options.cases))
    finally:
        teardown_databases(before, verbosity=0)
        embedded.stop(folder)


def _fill(cases: int) -> Any:
    from tests.factories.records import household, offer, person, scheme, vacancy

    from untoit.records.applicants.models import Household, Person
    from untoit.records.followup.models import Application, Proposal
    from untoit.records.stock.models import Vacancy

    made, chance = scheme(), random.Random(5)
    landlord = made.organisations["landlord"]
    one_home, one_offer = vacancy(landlord), offer(made.organisations["employer"])
    first = household()
    one_person = person(first)
    people = Household.objects.bulk_create([
        _copy(Household, first, application_number=f"059B{number:08d}GDPUB") for number in range(cases)
    ], batch_size=2000)
    seekers = Person.objects.bulk_create([
        _copy(Person, one_person, household_id=each.pk) for each in people
    ], batch_size=2000)
    homes = Vacancy.objects.bulk_create([
        _copy(Vacancy, one_home, reference=f"MES-{number:06d}", commune=chance.choice(_COMMUNES),
              building_name=f"Résidence {number // 40}", in_qpv=chance.random() < 0.3,
              reserving_party=chance.choice(["etat", "action_logement", "collectivite", "bailleur"]))
        for number in range(cases)
    ], batch_size=2000)
    days = [date(2024, 1, 2) + timedelta(days=chance.randrange(1050)) for _ in range(cases)]
    Proposal.objects.bulk_create([
        _proposal(each, home, day, chance) for each, home, day in zip(people, homes, days, strict=True)
    ], batch_size=2000)
    Application.objects.bulk_create([
        _application(each, one_offer, day, chance) for each, day in zip(seekers, days, strict=True)
    ], batch_size=2000)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return made


def _copy(model: Any, row: Any, **changes: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
    del values["id"]
    return model(**{**values, **changes})


def _proposal(who: Any, home: Any, day: date, chance: random.Random) -> Any:
    from untoit.records.followup.models import Proposal

    signed = chance.random() < 0.7
    values = {
        "household": who, "vacancy": home, "organisation_id": home.organisation_id, "opened_on": day - timedelta(40),
        "decided_on": day - timedelta(19), "notified_on": day - timedelta(18), "answer_due_on": day - timedelta(8),
        "since": day, "in_scheme": chance.random() < 0.3, "quartile": chance.choice([1, 2, 3, 4, None]),
        "grounds": ["k"] if chance.random() < 0.29 else [],
        "snapshot": {"features": {"wish_rank": chance.choice([0, 0, 1, 2, None]),
                                  "effort_above_policy": chance.random() < 0.3}},
    }
    if signed:
        return Proposal(**values, state=chance.choice(["keys_handed", "checked_3m", "checked_6m"]), signed_on=day)
    return Proposal(**values, state="refused", reasons=[chance.choice(["NO_TRANSPORT", "RENT_TOO_HIGH", "TOO_SMALL"])])


def _application(who: Any, offer: Any, day: date, chance: random.Random) -> Any:
    from untoit.records.followup.models import Application

    values = {
        "person": who, "household_id": who.household_id, "offer": offer, "organisation_id": offer.organisation_id,
        "opened_on": day - timedelta(20), "interviewed_on": day - timedelta(5), "since": day, "sent_on": day,
        "snapshot": {"features": {"distance": chance.choice([0, 0, 1]), "wish_rank": 0, "years": chance.random() * 5,
                                  "employer_struggles": chance.random() < 0.4,
                                  "share_of_limit": round(chance.random(), 2)}},
    }
    if chance.random() < 0.5:
        return Application(**values, state="not_retained", reason="OTHER")
    return Application(
        **values, state=chance.choice(["held_1m", "held_3m", "held_6m"]), contract="CDI", start_on=day,
    )


def _measure(made: Any) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    print(f"{'page':<34}{'ms (médiane)':>14}{'requêtes':>10}")
    for role, url in _PAGES:
        client = Client()
        client.force_login(made.user(role), backend="django.contrib.auth.backends.ModelBackend")
        client.get(url)
        taken = []
        for _ in range(RUNS):
            start = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(url)
            taken.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200, (url, answer.status_code)
        told = statistics.median(taken)
        print(f"{url:<34}{told:>14.0f}{len(queries):>10}{'' if told <= TARGET_MS else '  au-dessus de 1 s'}")


if __name__ == "__main__":
    main()
