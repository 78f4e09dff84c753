"""
The booklets of an event of 120 people: one PDF, files in a ZIP, large type, and the badges; target 20 s.

``python -m benchmarks.booklets [--people 120]`` makes an event in memory, four interviews and a talk about a home with
a photograph for each person, and typesets it. The database is left out: what papers are made of is read in a number of
queries that does not depend on how many people come. Ends with 1 when the booklets take longer than the target.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from benchmarks.bench import machine

TARGET_S = 20.0
STANDS, INTERVIEWS, HOMES = 25, 4, 9


def main() -> int:
    """Print one line a paper; return 1 when the booklets are late."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=120)
    options = asked.parse_args()
    os.environ.setdefault("UNTOIT_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "untoit.config.settings")
    import django

    django.setup()
    from untoit.reporting import event_pdf

    rows, names = made(options.people)
    print(machine(), flush=True)
    late = _line("livrets, un PDF", options.people, lambda: event_pdf.booklets(rows, names))
    late |= _line("livrets, gros caractères", options.people, lambda: event_pdf.booklets(rows, names, large=True))
    late |= _line(
        "livrets, un fichier par personne", options.people, lambda: b"".join(event_pdf.booklet_files(rows, names))
    )
    began = time.perf_counter()
    next(event_pdf.booklet_files(rows, names))
    print(f"premier octet du ZIP : {time.perf_counter() - began:.3f} s", flush=True)
    _line("badges", options.people, lambda: event_pdf.badges(rows, names))
    return 1 if late else 0


def _line(label: str, people: int, make: Callable[[], bytes]) -> bool:
    started, worked = time.perf_counter(), time.process_time()
    size = len(make())
    took, cpu = time.perf_counter() - started, time.process_time() - worked
    print(f"{label:34} {people:4} personnes {took:7.2f} s (processeur {cpu:6.2f} s) {size / 1e6:7.2f} Mo", flush=True)
    return took > TARGET_S


def made(people: int) -> tuple[Any, Any]:
    """Return the rows of an event of so many people, none of them saved, and their names."""
    from PIL import Image

    from untoit.records.applicants.models import Person
    from untoit.records.events.boards import Name
    from untoit.records.events.models import Event, Meeting, Registration, Room, Stand, Wave
    from untoit.records.jobs.models import Offer
    from untoit.records.stock.models import Photo, Vacancy
    from untoit.reporting.event_rows import Rows

    event = Event(
        title="Banc d’essai", neutral_name="Rencontres emploi", on=date(2026, 12, 8), slots=20, place_name="Salle",
        address="1 place de l’Essai", commune="59350", latitude=50.63, longitude=3.06, planned_version=1,
        published_version=1,
    )
    room, wave = Room(event=event, name="Grande salle"), Wave(event=event, number=1, first_slot=0, last_slot=20)
    stands = [
        Stand(event=event, kind="employer", number=n + 1, name=f"Entreprise {n}", room=room) for n in range(STANDS)
    ]
    tables = [Stand(event=event, kind="housing", number=40 + n, name=f"Bailleur {n}", room=room) for n in range(HOMES)]
    offers = [
        Offer(title=f"Poste {n}", employer=f"Entreprise {n}", contract="CDI", occupation="N1103", commune="59343",
              latitude=50.6, longitude=3.1, schedule="lu-ve 08:00-16:00", openings=1, gross_monthly_cents=185000,
              description="Préparer, contrôler, expédier les commandes, en équipe. " * 4)
        for n in range(STANDS)
    ]
    homes = [
        Vacancy(reference=f"R{n}", landlord="Bailleur", commune="59350", latitude=50.6, longitude=3.1, rooms=2,
                surface_m2=45, rent_cents=38000, charges_cents=6000, funding="PLUS", available_on=date(2026, 12, 1),
                nearby="Boulangerie à 200 m, métro à 6 minutes, école à 300 m.") for n in range(HOMES)
    ]
    jpeg = io.BytesIO()
    Image.effect_noise((800, 600), 60).convert("RGB").save(jpeg, "JPEG", quality=70)
    photos = {one.pk: Photo(vacancy=one, jpeg=jpeg.getvalue(), width=800, height=600, caption="Le séjour")
              for one in homes}
    registrations, meetings, names = [], {}, {}
    for number in range(people):
        person = Person(first_name="Camille", last_name=f"Essai {number}")
        one = Registration(
            event=event, person=person, wave=wave, badge=f"K{number:03d}", travel_min=25, travel_note="Bus L5"
        )
        registrations.append(one)
        names[str(one.pk)] = Name(f"Camille Essai {number}", "Camille E.", True)
        chosen = [(number + 5 * k) % STANDS for k in range(INTERVIEWS)]
        seats = [(stands[n], offers[n], None) for n in chosen]
        seats.append((tables[number % HOMES], None, homes[number % HOMES]))
        meetings[one.pk] = [
            Meeting(id=uuid4(), event=event, registration=one, stand=stand, slot=3 * k, offer=offer, vacancy=home)
            for k, (stand, offer, home) in enumerate(seats)
        ]
    return Rows(event, tuple(registrations), meetings, (*stands, *tables), {}, {}, {}, photos), names


if __name__ == "__main__":
    raise SystemExit(main())
