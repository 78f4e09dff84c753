"""
The other interviews that a run knew to be possible for each person it proposes, with one home or another.

A run keeps its choice, not everything it weighed; this weighs again, from the same frozen inputs, what concerns the
people proposed. Several offers of one employer make one interview: without the others, half of the people would have
a single one.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from untoit.core.errors import UntoitError
from untoit.records.events.models import Event
from untoit.records.pairings import snapshot
from untoit.records.pairings.models import Run, RunState

KEY = "options"
# More than a morning holds: what is beyond would never be used.
MOST_EACH = 12
WAITS_S = 5
_UNDER_WAY = (RunState.DRAFT, RunState.COMPUTING)


def ask(event: Event, run: Run) -> None:
    """Ask for the options of a run, once; the caller saves the event in its transaction."""
    from untoit.records.events import tasks_options

    if event.settings.get(KEY, {}).get("run") == str(run.pk):
        return
    event.settings = {**event.settings, KEY: {"run": str(run.pk), "of": None}}
    tasks_options.find_options.defer(event_id=str(event.pk), run_id=str(run.pk))


def searching(event: Event, run: Run) -> bool:
    """Whether the options of this run are still being looked for."""
    kept = event.settings.get(KEY, {})
    return kept.get("run") == str(run.pk) and kept.get("of") is None


def of(event: Event, run: Run) -> dict[UUID, dict[UUID, float]]:
    """Return, for each person, the chance of each offer with the home that suits it best; nothing when not known."""
    kept = event.settings.get(KEY, {})
    if kept.get("run") != str(run.pk) or not kept.get("of"):
        return {}
    return {
        UUID(person): {UUID(offer): chance for offer, chance in offers.items()}
        for person, offers in kept["of"].items()
    }


def find(*, event_id: UUID, run_id: UUID, at: datetime) -> bool:
    """
    Look for the options of a run and keep them with the event; return whether to come back, the run not being done.

    Found twice, they are the same; a run that was stopped, or that the event has left, is left alone.
    """
    event = Event.objects.get(pk=event_id)
    run = Run.objects.select_related("policy").get(pk=run_id)
    if not searching(event, run):
        return False
    if run.state in _UNDER_WAY:
        return True
    try:
        found = {} if run.state == RunState.FAILED else _options(run)
    except UntoitError:
        found = {}
    with transaction.atomic():
        event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
        if searching(event, run):
            event.settings = {**event.settings, KEY: {"run": str(run.pk), "of": found}}
            event.save(update_fields=["settings"])
    return False


def _options(run: Run) -> dict[str, dict[str, float]]:
    # The engine takes a second to load: only the worker pays for it.
    from untoit.core import parameters
    from untoit.core.pairing.conduct import read_files
    from untoit.core.pairing.run import prepare
    from untoit.records.pairings import timetables
    from untoit.records.pairings.computing import settings_of

    keys: Any = snapshot.keys_of(run)
    settings = settings_of(run)
    with tempfile.TemporaryDirectory() as folder:
        records, _, _ = read_files(snapshot.unpack(run, Path(folder)))
    with parameters.overriding(settings.overrides):
        prepared = prepare(records, timetables.network_of(run.feeds.all()), settings)
    numbers = {pk: number for number, pk in keys["households"].items()}
    proposed = {numbers.get(str(pk)) for pk in run.tandems.values_list("household_id", flat=True)}
    options = prepared.options
    mine = [records.households[h].application_number in proposed for h in options.pair_household.tolist()]
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for n, pair in enumerate(options.pair.tolist()):
        if not mine[pair]:
            continue
        person = records.persons[int(options.seeker[n])]
        owner = keys["persons"].get(f"{person.application_number}|{person.number}")
        offer = keys["offers"].get(records.offers[int(options.offer[n])].reference)
        if owner and offer:
            known = found[owner]
            known[offer] = max(known.get(offer, 0.0), round(float(prepared.probability[n]), 4))
    return {
        owner: dict(sorted(offers.items(), key=lambda one: (-one[1], one[0]))[:MOST_EACH])
        for owner, offers in found.items()
    }
