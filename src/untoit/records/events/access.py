"""
Can each person be there on time? Door to door from the commune where she or he lives to the place of the event.

Every slot is tried, so that the answer to « not at nine » is an hour and the wave that fits. What is kept is minutes
and a sentence: no address, no stop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404

from untoit.core.errors import Conflict, Refused, UntoitError
from untoit.core.lifecycles.event import ON_THE_LIST
from untoit.core.territory.communes import commune
from untoit.core.wording import counted, typography
from untoit.core.wording.moments import clock
from untoit.records.events.models import Event, Registration, Wave
from untoit.records.events.plans import writable
from untoit.records.pairings import timetables
from untoit.records.pairings.models import Feed
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

KEY = "journeys"
# What takes longer than this is said to be too far: an hour and a half each way for half a day.
FAR_MIN = 90
_NO_WAY = 255
_MODES = ("marche", "tc", "velo", "voiture")


@dataclass(frozen=True, slots=True)
class State:
    """Where the check stands, for the page: counts and hours, nobody's name."""

    running: bool
    progress: float
    stage: str
    sentences: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What is known of one person: minutes to the wave, the first slot possible, whether there is a way back."""

    minutes: int | None
    first_slot: int | None
    back: bool


def state_of(event: Event) -> State:
    """Return where the check of an event stands."""
    kept = event.settings.get(KEY, {})
    return State(
        bool(kept.get("running")), float(kept.get("progress", 0.0)), str(kept.get("stage", "")),
        tuple(kept.get("sentences", ())), str(kept.get("kind", "")),
    )


@transaction.atomic
def ask(*, event_id: UUID, by: Actor, at: datetime) -> Event:
    """
    Ask the worker to check the journeys of everybody on the list.

    Raises
    ------
    Refused
        When nobody is on the list, or there is no timetable.
    """
    from untoit.records.events import tasks_access

    event: Event = get_object_or_404(writable(by).select_for_update(of=("self",)), pk=event_id)
    if state_of(event).running and not _stale(event, at):
        raise Conflict("Les trajets sont déjà en cours de vérification.")
    if not Registration.objects.filter(event=event, state__in=ON_THE_LIST).exists():
        raise Refused("Personne n'est encore sur la liste : il n'y a pas de trajet à vérifier.")
    if not feeds_of(event):
        raise Refused("Il n'y a pas d'horaires de transport : déposez-en un fichier dans « Horaires ».")
    _keep(event, running=True, progress=0.0, stage="Démarrage", asked_at=at.isoformat())
    note_act(by, "event.journeys_asked", "event", event.pk, at=at)
    tasks_access.check_journeys.defer(event_id=str(event.pk))
    return event


def _stale(event: Event, at: datetime) -> bool:
    """Whether a check was asked for so long ago that its worker must have died."""
    asked = event.settings.get(KEY, {}).get("asked_at")
    return asked is None or (at - datetime.fromisoformat(asked)).total_seconds() > 600


def feeds_of(event: Event) -> list[Feed]:
    """Return the timetables in use: those of the run, or of the organisation for that day, or the latest one."""
    if event.run is not None:
        found = list(event.run.feeds.all())
        if found:
            return found
    there = Feed.objects.filter(retired_at__isnull=True).order_by("-added_at")
    kept = list(there.filter(organisation_id=event.organisation_id)) or list(there)
    covering = [one for one in kept if one.valid_from <= event.on <= one.valid_until]
    return covering or kept[:1]


def check(*, event_id: UUID, at: datetime) -> None:
    """Compute and keep the journeys; asked again, killed or resumed, it writes the same."""
    event = Event.objects.select_related("run", "organisation").get(pk=event_id)
    rows = list(
        Registration.objects.filter(event=event, state__in=ON_THE_LIST).select_related("person__household", "wave")
        .defer("person__search")
    )
    waves = list(event.waves.all())
    try:
        journeys = _journeys(event, rows, waves)
    except UntoitError as refusal:
        _finish(event_id, (refusal.sentence,), "warn", at)
        return
    for row in rows:
        one = journeys.get(row.pk)
        row.travel_min = one.minutes if one else None
        row.travel_note = _note(event, row, one, waves)[:200]
    Registration.objects.bulk_update(rows, ["travel_min", "travel_note"], batch_size=200)
    sentences, kind = _said(event, rows, journeys, waves)
    _finish(event_id, sentences, kind, at)


def _journeys(event: Event, rows: Sequence[Registration], waves: Sequence[Wave]) -> dict[UUID, Journey]:
    """Return what is known of each person whose commune is known."""
    # Takes a second to load: only the worker pays for it.
    import numpy as np

    from untoit.core.mobility.assumptions import Assumptions
    from untoit.core.mobility.commutes import commutes
    from untoit.core.mobility.join import Points
    from untoit.core.model.schedule import Block, Rotation, Schedule
    from untoit.core.model.work import Mode

    _tell(event.pk, "Horaires", 0.1)
    network = timetables.network_of(feeds_of(event))
    homes = {row.pk: commune(row.person.household.current_commune) for row in rows}
    known = [row for row in rows if homes[row.pk] is not None]
    if not known:
        return {}
    place = commune(event.commune)
    latitude = event.latitude if event.latitude is not None else place.position.latitude if place else None
    longitude = event.longitude if event.longitude is not None else place.position.longitude if place else None
    if latitude is None or longitude is None:
        raise Refused("La position du lieu n'est pas connue : donnez sa commune ou sa latitude et sa longitude.")
    starts = [event.minute_of(slot) for slot in range(event.slots)]
    ends = [_end_of(event, waves, slot) for slot in range(event.slots)]
    day = frozenset({event.on.weekday()})
    schedules = [Schedule((Rotation((Block(day, start, end),)),)) for start, end in zip(starts, ends, strict=True)]
    points = Points(
        np.array([homes[row.pk].position.latitude for row in known]),  # type: ignore[union-attr]
        np.array([homes[row.pk].position.longitude for row in known]),  # type: ignore[union-attr]
    )
    works = Points(np.full(event.slots, latitude), np.full(event.slots, longitude))
    used = [mode for mode in _MODES if any(mode in (row.person.modes or ["tc"]) for row in known)]
    outward = np.full((len(known), event.slots), _NO_WAY, np.int32)
    back = outward.copy()
    for number, mode in enumerate(used):
        _tell(event.pk, "Trajets", 0.2 + 0.7 * number / len(used))
        found = commutes(
            network, points, works, schedules, event.on, Mode(mode), assumptions=Assumptions.default(event.on),
            times=False,
        )
        has = np.array([mode in (row.person.modes or ["tc"]) for row in known])[:, None]
        outward = np.where(has, np.minimum(outward, found.outward), outward)
        back = np.where(has, np.minimum(back, found.back), back)
    return {
        row.pk: _journey(row, outward[at].tolist(), back[at].tolist(), waves) for at, row in enumerate(known)
    }


def _end_of(event: Event, waves: Sequence[Wave], slot: int) -> int:
    """Return when somebody who comes in this slot leaves: the end of the wave."""
    for wave in waves:
        if wave.first_slot <= slot < wave.last_slot:
            return event.minute_of(wave.last_slot)
    return event.ends_min


def _journey(row: Registration, outward: list[int], back: list[int], waves: Sequence[Wave]) -> Journey:
    wanted = row.wave.first_slot if row.wave is not None else 0
    first = next((slot for slot, minutes in enumerate(outward) if slot >= wanted and minutes < _NO_WAY), None)
    minutes = outward[wanted] if outward[wanted] < _NO_WAY else None
    return Journey(minutes, first, back[first if first is not None else wanted] < _NO_WAY)


def _note(event: Event, row: Registration, one: Journey | None, waves: Sequence[Wave]) -> str:
    """Return what to know of the journey of one person, or nothing when all is well."""
    if one is None:
        return "Commune inconnue : trajet non vérifié."
    if one.first_slot is None:
        return "Aucun trajet trouvé pour venir : voir un covoiturage ou un taxi."
    told = []
    wanted = row.wave.first_slot if row.wave is not None else 0
    if one.first_slot > wanted:
        told.append(f"Première arrivée possible à {_hour(event, one.first_slot)}")
        fits = next((wave for wave in waves if wave.first_slot >= one.first_slot), None)
        if fits is not None and fits.pk != row.wave_id:
            told[-1] += f" : la vague {fits.number} ({_hour(event, fits.first_slot)}) convient"
    elif one.minutes is not None and one.minutes > FAR_MIN:
        told.append(f"Trajet de plus de {FAR_MIN} minutes")
    if not one.back:
        told.append("pas de retour trouvé après la vague" if told else "Pas de retour trouvé après la vague")
    return typography(", ".join(told) + ".") if told else ""


def _said(
    event: Event, rows: Iterable[Registration], journeys: dict[UUID, Journey], waves: Sequence[Wave]
) -> tuple[tuple[str, ...], str]:
    """Return what to know wave by wave, and how serious it is."""
    told, kind = [], "ok"
    for wave in waves:
        mine = [journeys[row.pk] for row in rows if row.wave_id == wave.pk and row.pk in journeys]
        if not mine:
            continue
        on_time = sum(one.first_slot == wave.first_slot for one in mine)
        sentence = (
            f"Vague {wave.number} : {on_time} sur {len(mine)} peuvent être là à {_hour(event, wave.first_slot)}"
        )
        later = [one.first_slot for one in mine if one.first_slot is not None and one.first_slot > wave.first_slot]
        if not on_time:
            kind = "stop"
            sentence = f"Vague {wave.number} : personne ne peut être là à {_hour(event, wave.first_slot)}"
        elif on_time < len(mine):
            kind = "warn" if kind == "ok" else kind
        if later:
            sentence += f", première arrivée ensuite à {_hour(event, min(later))}"
        told.append(typography(sentence + "."))
    unknown = sum(row.pk not in journeys for row in rows)
    if unknown:
        people = counted(unknown, "personne", "personnes")
        told.append(typography(f"{people} sans commune connue : trajet non vérifié."))
    no_back = sum(not one.back for one in journeys.values())
    if no_back:
        kind = "warn" if kind == "ok" else kind
        told.append(typography(f"{counted(no_back, 'personne', 'personnes')} sans retour trouvé après sa vague."))
    return tuple(told), kind


def _hour(event: Event, slot: int) -> str:
    return clock(event.minute_of(slot))


def _tell(event_id: UUID, stage: str, progress: float) -> None:
    with transaction.atomic():
        _keep(Event.objects.select_for_update(of=("self",)).get(pk=event_id), stage=stage, progress=progress)


def _finish(event_id: UUID, sentences: tuple[str, ...], kind: str, at: datetime) -> None:
    with transaction.atomic():
        event = Event.objects.select_for_update(of=("self",)).get(pk=event_id)
        _keep(
            event, running=False, progress=1.0, stage="", sentences=list(sentences), kind=kind, done_at=at.isoformat()
        )
        note_act(None, "event.journeys_checked", "event", event_id, at=at)


def _keep(event: Event, **values: Any) -> None:
    """Write some of what is kept of the check, under the lock of the event; nothing else of its settings changes."""
    event.settings = {**event.settings, KEY: {**event.settings.get(KEY, {}), **values}}
    event.save(update_fields=["settings"])
