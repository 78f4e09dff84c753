"""
Are there enough slots, before anybody is invited? For each wave, what is promised against what the stands can hold.

The engine counts (:func:`untoit.core.timetabling.capacity`); here is everybody on the list, invited or not yet, and
what to do about it in words. A plan that takes more than four places in five is said to be tight before it is too much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from untoit.core import timetabling as core
from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import counted, listed, percentage, typography
from untoit.records.events.models import Event, Registration, Stand

COMFORT = 0.8
LISTED = frozenset({RegistrationState.PROPOSED, RegistrationState.INVITED, RegistrationState.CONFIRMED})
_NAMES = {core.Kind.EMPLOYER: "entretiens", core.Kind.HOUSING: "échanges logement"}


@dataclass(frozen=True, slots=True)
class Need:
    """One wave and one kind of meeting: what is promised at least to so many people, and what the stands can hold."""

    wave: int
    kind: core.Kind
    people: int
    asked: int
    offered: int
    sentence: str

    @property
    def share(self) -> float:
        """The part of what is offered that the promises take."""
        return self.asked / self.offered if self.offered else math.inf

    @property
    def name(self) -> str:
        """What these meetings are called."""
        return _NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class Banner:
    """The answer in one line: ``kind`` is ok, warn or stop; ``advice`` says what would be enough."""

    kind: str
    title: str
    advice: tuple[str, ...]
    needs: tuple[Need, ...]


def banner(event: Event) -> Banner | None:
    """Return whether the slots are enough for everybody on the list; nothing while there is no stand or nobody."""
    stands = list(event.stands.prefetch_related("tables"))
    waves = list(event.waves.all())
    expected = Registration.objects.filter(event=event, state__in=LISTED, is_standby=False, wave__isnull=False)
    people = list(expected.values_list("wave_id", "person__household_id"))
    if not stands or not people or not waves:
        return None
    number = {wave.pk: at for at, wave in enumerate(waves)}
    households = [household for _, household in people]
    described = core.Event(
        slots=event.slots, stands=tuple(_stand(event, one) for one in stands),
        candidates=tuple(
            core.Candidate(
                id=str(at), wave=number[wave], wishes=(), employers_min=int(event.settings.get("employers_min", 2)),
                housing_min=int(event.settings.get("housing_min", 1)),
                household=str(household) if households.count(household) > 1 else "",
            )
            for at, (wave, household) in enumerate(people)
        ),
        waves=tuple(core.Wave(one.first_slot, one.last_slot) for one in waves), housing_length=event.housing_slots,
    )
    needs = [
        Need(
            waves[line.wave].number, line.kind, sum(number[wave] == line.wave for wave, _ in people), line.asked,
            line.offered, line.sentence,
        )
        for line in core.capacity(described).lines if line.wave is not None and line.kind in _NAMES
    ]
    return _said(needs) if needs else None


def _stand(event: Event, row: Stand) -> core.Stand:
    """Return a stand with the slots at which nobody receives: late arrival, departure, breaks, pauses of each table."""
    left = event.slots if row.left_slot is None else row.left_slot
    breaks = {int(slot) for slot in event.settings.get("breaks", ())}
    tables = list(row.tables.all())
    return core.Stand(
        id=str(row.pk), kind=core.Kind(row.kind), room=str(row.room_id), tables=len(tables),
        closed=frozenset({*range(row.arrives_slot), *range(left, event.slots), *breaks}),
        table_closed=tuple(frozenset(one.closed_slots) for one in tables),
    )


def _said(needs: list[Need]) -> Banner:
    worst = max(one.share for one in needs)
    if worst > 1:
        kind, title = "stop", "Il n’y a pas assez de créneaux pour toutes les personnes de la liste."
    elif worst > COMFORT:
        kind = "warn"
        title = f"C’est juste : {listed(_shares(needs))}. Au-delà de {percentage(COMFORT)}, un retard se rattrape mal."
    else:
        kind, title = "ok", f"Il y a assez de créneaux : {listed(_shares(needs))}."
    advice = tuple(typography(f"{one.sentence} {_fewer(one)}") for one in needs if one.share > COMFORT)
    return Banner(kind, typography(title), advice, tuple(needs))


def _shares(needs: list[Need]) -> list[str]:
    """Return, for each kind, how full the fullest wave is."""
    told = []
    for kind, name in _NAMES.items():
        mine = [one for one in needs if one.kind == kind]
        if mine:
            fullest = max(mine, key=lambda one: one.share)
            told.append(f"{fullest.asked} {name} promis pour {fullest.offered} places en vague {fullest.wave}")
    return told


def _fewer(need: Need) -> str:
    """Return how many people would fit, which is the other way out."""
    fits = math.floor(need.offered * COMFORT * need.people / need.asked)
    return f"Ou {counted(fits, 'personne', 'personnes')} au lieu de {need.people}." if fits else ""
