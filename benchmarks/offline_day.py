"""
A day of 500 people on six tablets with bad wifi: nothing lost, nothing doubled.

``python -m benchmarks.offline_day [--people 500] [--hours 8] [--seed 4]`` pairs four tablets of the reception and two
of stands with the application, through the same requests as the browser. Eight hours pass on a simulated clock; each
tablet loses the network for minutes to hours at a time, one message in five never arrives, three answers in ten are
lost, and clocks are wrong by up to two hours. Then the network comes back, and every act is looked for: each must be
there once, with what it changes. Ends with 1 when one is not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from unittest import mock
from uuid import uuid4

from benchmarks.bench import machine

DESKS, STANDS, TABLES, SLOTS = 4, 2, 7, 40
LOST_BEFORE, LOST_AFTER, A_BATCH = 0.2, 0.3, 50
START = datetime(2026, 12, 8, 7, 30, tzinfo=UTC)


class Clock:
    """The hour that it is, for the application and for the tablets."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """Return the simulated instant."""
        return self.at


@dataclass
class Tablet:
    """One device as the page in the browser is: a queue, a clock of its own, a network that comes and goes."""

    client: Any
    kind: str
    skew: timedelta
    drawn: random.Random
    queue: list[dict[str, Any]] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)
    online_until: datetime = START
    offline_until: datetime = START
    sent: int = 0
    times: list[float] = field(default_factory=list)

    def say(self, kind: str, at: datetime, **fields: Any) -> dict[str, Any]:
        """Keep an act, as the tablet does before anything else."""
        told = (at - self.skew).isoformat()
        act = {"id": str(uuid4()), "seq": len(self.made) + 1, "kind": kind, "at": told, **fields}
        self.queue.append(act)
        self.made.append(act)
        return act

    def is_online(self, at: datetime) -> bool:
        """Draw the network: minutes with it, minutes to two hours without."""
        if at < self.offline_until:
            return False
        if at >= self.online_until:
            self.offline_until = at + timedelta(minutes=self.drawn.choice([2, 5, 15, 40, 120]))
            self.online_until = self.offline_until + timedelta(minutes=self.drawn.randint(1, 20))
            return False
        return True

    def sync(self, at: datetime, *, reliable: bool = False) -> None:
        """Send what waits; forget only what the answer that arrived names."""
        if not self.queue or (not reliable and self.drawn.random() < LOST_BEFORE):
            return
        message = {"sent_at": (at - self.skew).isoformat(), "waiting": len(self.queue), "acts": self.queue[:A_BATCH]}
        started = time.perf_counter()
        answer = self.client.post("/tablette/actes/", json.dumps(message), content_type="application/json")
        self.times.append(time.perf_counter() - started)
        self.sent += 1
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code}: {answer.content[:300]!r}")
        if not reliable and self.drawn.random() < LOST_AFTER:
            return
        known = {one["id"] for one in answer.json()["applied"]}
        self.queue = [one for one in self.queue if one["id"] not in known]


def main() -> int:
    """Print the day in figures; return 1 when an act is lost or doubled."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=500)
    asked.add_argument("--hours", type=int, default=8)
    asked.add_argument("--seed", type=int, default=4)
    options = asked.parse_args()
    os.environ["UNTOIT_MODE"] = "test"
    os.environ["DJANGO_SETTINGS_MODULE"] = "untoit.config.settings"
    os.environ.setdefault("UNTOIT_DATA", str(Path("build") / "bench-data"))
    from untoit.config import embedded

    os.environ.setdefault("DATABASE_URL", embedded.start_for_tests(Path("build") / "bench-database"))
    import django

    django.setup()
    from django.db import connections
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False, aliases=["default"])
    try:
        print(machine(), flush=True)
        return _day(options.people, options.hours, options.seed)
    finally:
        connections.close_all()
        teardown_databases(made, verbosity=0)


def _day(people: int, hours: int, seed: int) -> int:
    clock, drawn = Clock(), random.Random(seed)
    with mock.patch("django.utils.timezone.now", clock.now):
        event, registrations, meetings = _scene(people)
        tablets = _tablets(event, drawn, clock)
        started = time.perf_counter()
        with ThreadPoolExecutor(len(tablets)) as pool:
            for minute in range(hours * 60):
                clock.at = START + timedelta(minutes=minute)
                _minute(minute, hours * 60, registrations, meetings, tablets, drawn, clock.at)
                online = [one for one in tablets if one.is_online(clock.at)]
                list(pool.map(lambda one: one.sync(clock.at), online))
            waited = max(len(one.queue) for one in tablets)
            clock.at += timedelta(hours=20)  # nobody switched anything on: the wifi of the next day delivers the rest
            while any(one.queue for one in tablets):
                list(pool.map(lambda one: one.sync(clock.at, reliable=True), tablets))
            together = Barrier(len(tablets))
            list(pool.map(lambda _: _close(together), tablets))
        took = time.perf_counter() - started
        return _judge(event, tablets, waited, took)


def _close(together: Barrier) -> None:
    """Close the connection of each thread: none takes two turns."""
    from django.db import connections

    together.wait()
    connections.close_all()


def _scene(people: int) -> tuple[Any, list[Any], list[Any]]:
    """Make an event of the whole day, its people and their meetings."""
    from untoit.records.applicants.models import Household, Person
    from untoit.records.events.models import Event, Meeting, Registration, Room, Stand, Wave
    from untoit.records.partners.models import Organisation, OrganisationKind

    landlord = Organisation.objects.create(name="Bailleur", kind=OrganisationKind.LANDLORD)
    event = Event.objects.create(
        organisation=landlord, title="Banc d'essai", neutral_name="Rencontres emploi", on=START.date(), starts_min=540,
        slots=SLOTS, place_name="Salle", address="1 place de l'Essai", commune="59350", state="open", planned_version=1,
        published_version=1,
    )
    room = Room.objects.create(event=event, name="Grande salle")
    wave = Wave.objects.create(event=event, number=1, first_slot=0, last_slot=SLOTS, capacity=people)
    stands = [
        Stand.objects.create(event=event, kind=kind, number=number, name=f"Stand {number}", room=room)
        for number, kind in enumerate(("employer", "housing"), 1)
    ]
    households = Household.objects.bulk_create(
        [Household(applied_on=START.date(), adult_ages=[30]) for _ in range(people)]
    )
    persons = Person.objects.bulk_create([
        Person(household=one, number=1, first_name=f"Prénom{index}", last_name="Nom")
        for index, one in enumerate(households)
    ])
    registrations = Registration.objects.bulk_create([
        Registration(event=event, person=one, state="confirmed", wave=wave, badge=f"B{index:04d}")
        for index, one in enumerate(persons)
    ])
    meetings = Meeting.objects.bulk_create([
        Meeting(event=event, registration=one, stand=stand, table=index % TABLES + 1, slot=index // TABLES % SLOTS)
        for stand in stands for index, one in enumerate(registrations[: TABLES * SLOTS])
    ])
    return event, registrations, meetings


def _tablets(event: Any, drawn: random.Random, clock: Clock) -> list[Tablet]:
    """Pair the six tablets, as their users do."""
    from django.test import Client

    from untoit.records.events import devices
    from untoit.records.events.models import Device
    from untoit.records.partners.models import User

    user = User.objects.create(email="organisatrice@banc.invalid")
    stands = list(event.stands.order_by("number"))
    opens, closes = devices.hours_of(event)
    found = []
    for number in range(DESKS + STANDS):
        stand = stands[number - DESKS] if number >= DESKS else None
        code = f"BCDFG{number + 2}"
        Device.objects.create(
            event=event, kind="stand" if stand else "desk", stand=stand, name=f"Appareil {number}",
            token_hash=str(number), created_by=user, created_at=clock.at, opens_at=opens, closes_at=closes,
            pairing_hash=devices.digest(code), pairing_until=clock.at + timedelta(minutes=15),
        )
        client = Client()
        answer = client.post(
            "/tablette/associer/", json.dumps({"code": code, "pin": devices.pin_of(event)}),
            content_type="application/json",
        )
        if answer.status_code != 200:
            raise RuntimeError(answer.content)
        found.append(Tablet(
            client, stand.kind if stand else "desk", timedelta(seconds=drawn.randint(-7200, 7200)),
            random.Random(drawn.random()),
        ))
    return found


def _minute(
    minute: int, total: int, registrations: list[Any], meetings: list[Any], tablets: list[Tablet], drawn: random.Random,
    at: datetime,
) -> None:
    """Do what a reception and two stands do in one minute of a full day."""
    desks = tablets[:DESKS]
    first, last = (len(registrations) * one // total for one in (minute, minute + 1))
    for one in registrations[first:last]:
        desk, key = drawn.choice(desks), str(one.pk)
        if drawn.random() < 0.1:
            act = desk.say("absent", at, registration=key)
            if drawn.random() < 0.3:
                desk.say("undo", at + timedelta(seconds=5), registration=key, undoes=act["id"])
                desk.say("late", at + timedelta(seconds=9), registration=key, payload={"minutes": 20})
            continue
        desk.say("present", at, registration=key)
        if drawn.random() < 0.05:  # another desk says something else
            drawn.choice(desks).say(drawn.choice(["absent", "present"]), at + timedelta(minutes=12), registration=key)
        if drawn.random() < 0.6:
            desk.say("feedback", at + timedelta(seconds=30), registration=key,
                     payload={"face": drawn.choice([1, 2, 3]), "language": "fr"})
    if minute % 20 == 7:
        drawn.choice(desks).say("walk_in", at, payload={
            "first_name": f"Venue{minute}", "initial": "V", "phone": "", "agreed": True,
        })
    for number, tablet in enumerate(tablets[DESKS:]):
        own = [one for one in meetings if one.stand.number == number + 1]
        for one in own[len(own) * minute // total : len(own) * (minute + 1) // total]:
            if tablet.kind == "employer":
                payload = drawn.choice([{"decision": "hire"}, {"decision": "no", "reason": "HOURS"}])
            else:
                payload = drawn.choice([{"decision": "interested"}, {"decision": "refused", "reasons": ["LOCATION"]}])
            tablet.say(f"{tablet.kind}_outcome", at, meeting=str(one.pk), payload=payload)


def _judge(event: Any, tablets: list[Tablet], waited: int, took: float) -> int:
    """Look for every act, and for what it changes."""
    from untoit.records.events.models import DeviceAct, EmployerOutcome, Feedback, HousingOutcome, Registration

    made = [one for tablet in tablets for one in tablet.made]
    kinds = Counter(one["kind"] for one in made)
    kept = Counter(str(pk) for pk in DeviceAct.objects.filter(event=event).values_list("pk", flat=True))
    lost = [one for one in made if one["id"] not in kept]
    doubled = sum(kept.values()) - len({one["id"] for one in made})
    refused = Counter(DeviceAct.objects.filter(event=event).exclude(refused="").values_list("refused", flat=True))
    walked = Registration.objects.filter(event=event, source="walk_in").count()
    sheets = EmployerOutcome.objects.count() + HousingOutcome.objects.count()
    wrong = {
        "venues sans inscription": walked - kinds["walk_in"],
        "fiches": sheets - kinds["employer_outcome"] - kinds["housing_outcome"],
        "avis": Feedback.objects.count() - kinds["feedback"],
    }
    times = sorted(one for tablet in tablets for one in tablet.times)
    print(f"{len(made)} actes ({dict(kinds)}), {sum(one.sent for one in tablets)} messages en {took:.1f} s")
    median, longest = times[len(times) // 2] * 1000, times[-1] * 1000
    print(f"file la plus longue à la fin de la journée : {waited} actes")
    print(f"un message : médiane {median:.0f} ms, le plus long {longest:.0f} ms")
    print(f"perdus : {len(lost)} ; en double : {doubled} ; écarts : {wrong} ; refusés : {dict(refused)}")
    conflicts = Registration.objects.filter(event=event, presence_conflict=True).count()
    print(f"présents : {Registration.objects.filter(event=event, present_at__isnull=False).count()}, contradictions "
          f"gardées et signalées : {conflicts}")
    return 1 if lost or doubled or any(wrong.values()) or refused else 0


if __name__ == "__main__":
    raise SystemExit(main())
