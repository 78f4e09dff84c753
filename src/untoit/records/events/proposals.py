"""
What a selection run proposes at the stands of an event: for each person, the useful interviews and one home.

Beside the promised meetings come the other possibilities of the run, and the landlord's other tables: the timetable has
somewhere to go when a place is taken.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from untoit.records.applicants.models import Person
from untoit.records.events import options
from untoit.records.events.models import Event, Stand
from untoit.records.pairings import snapshot
from untoit.records.pairings.models import Review, Run, RunState, Tandem
from untoit.records.partners.rights import Actor

USABLE = (RunState.COMPUTED, RunState.REVIEWED, RunState.RELEASED, RunState.CLOSED)
# A talk at another table of the landlord is better than none; it never outweighs the home that was proposed.
SPARE_TALK = 20
LEAST_SCORE = 5
# Eight times in ten, for a normal law.
_EIGHT_IN_TEN = 1.2816


@dataclass(frozen=True, slots=True)
class Seat:
    """One useful meeting of one person: at which stand, for what, how useful (0 to 100), promised or possible."""

    stand_id: UUID
    score: int
    wanted: bool
    offer_id: UUID | None = None
    vacancy_id: UUID | None = None


@dataclass(slots=True)
class Proposal:
    """What a run proposes to one person: its tandem and the meetings that the stands of the event can give."""

    tandem: Tandem
    person: Person
    probability: float
    seats: list[Seat] = field(default_factory=list)

    @property
    def interviews(self) -> list[Seat]:
        """The job interviews, the most useful first."""
        return [one for one in self.seats if one.offer_id is not None]

    @property
    def talk(self) -> Seat | None:
        """The housing talk about the home of the tandem, when a table shows it."""
        return next((one for one in self.seats if one.vacancy_id == self.tandem.vacancy_id), None)


@dataclass(frozen=True, slots=True)
class Expectation:
    """How many double successes are expected, and between which bounds eight times in ten if the chances hold."""

    mean: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """Where each offer, each home and each landlord is at the event."""

    offers: Mapping[UUID, tuple[UUID, ...]]
    vacancies: Mapping[UUID, tuple[UUID, ...]]
    tables: Mapping[UUID | None, tuple[UUID, ...]]


def proposals(event: Event, run: Run, by: Actor) -> list[Proposal]:
    """Return what a computed run proposes at the stands of the event, the best chances first."""
    if run.state not in USABLE:
        return []
    shown = _shown(event)
    keys = _references(run)
    other_jobs = options.of(event, run)
    tandems = list(
        Tandem.objects.visible_to(by).filter(run=run, is_forbidden=False).exclude(review=Review.SET_ASIDE)
        .select_related("household").prefetch_related("jobs__person").order_by("-probability", "number")
    )
    best = max((float(job.snapshot["probability"]) for one in tandems for job in one.jobs.all()), default=0.0)
    made = []
    for tandem in tandems:
        people: dict[UUID, Proposal] = {}
        for job in tandem.jobs.all():
            made_for = people.setdefault(
                job.person_id, Proposal(tandem, job.person, float(tandem.probability))
            )
            score = _score(float(job.snapshot["probability"]), best)
            made_for.seats += [
                Seat(stand, score, True, offer_id=job.offer_id) for stand in shown.offers.get(job.offer_id, ())[:1]
            ]
        for proposal in people.values():
            proposal.seats += [
                Seat(stand, _score(chance, best), False, offer_id=offer)
                for offer, chance in other_jobs.get(proposal.person.pk, {}).items()
                for stand in shown.offers.get(offer, ())[:1]
            ]
            _complete(proposal, event, shown, keys, best)
            made.append(proposal)
    return made


def _complete(
    proposal: Proposal, event: Event, shown: _Shown, keys: Mapping[str, Mapping[str, UUID]], best: float
) -> None:
    """Add the home of the tandem, the other possibilities of the run, and the landlord's other tables, then tidy."""
    tandem = proposal.tandem
    proposal.seats += [
        Seat(stand, 100, True, vacancy_id=tandem.vacancy_id)
        for stand in shown.vacancies.get(tandem.vacancy_id, ())[:1]
    ]
    for other in tandem.snapshot.get("extras", {}).get("alternatives", ()):
        if other["person"] != proposal.person.number:
            continue
        score = _score(float(other["estimate"]["probability"]), best)
        if other["kind"] == "autre_emploi":
            offer = keys["offers"].get(other["offer"]["reference"])
            stands = shown.offers.get(offer, ()) if offer is not None else ()
            proposal.seats += [Seat(one, score, False, offer_id=offer) for one in stands[:1]]
        else:
            home = keys["vacancies"].get(other["dwelling"]["reference"])
            stands = shown.vacancies.get(home, ()) if home is not None else ()
            proposal.seats += [Seat(one, score, False, vacancy_id=home) for one in stands[:1]]
    landlord = tandem.run.organisation_id if tandem.run_id else event.organisation_id
    proposal.seats += [Seat(stand, SPARE_TALK, False) for stand in shown.tables.get(landlord, ())]
    # One wish a stand: the most useful reason to sit there.
    kept: dict[UUID, Seat] = {}
    for one in sorted(proposal.seats, key=lambda seat: (not seat.wanted, -seat.score)):
        kept.setdefault(one.stand_id, one)
    jobs = [one for one in kept.values() if one.offer_id is not None]
    talks = [one for one in kept.values() if one.offer_id is None]
    # What is promised must be possible: the most of a person bounds it. Below the least, the next best is promised too.
    least, most = (int(event.settings.get(key, usual)) for key, usual in (("employers_min", 2), ("employers_max", 4)))
    promised = min(max(least, sum(one.wanted for one in jobs)), most)
    proposal.seats = [replace(one, wanted=rank < promised) for rank, one in enumerate(jobs)] + talks


def expectation(found: Iterable[Proposal]) -> Expectation | None:
    """Return how many homes are expected to end in a double success; an upper figure, openings being shared."""
    homes: dict[UUID, float] = defaultdict(lambda: 1.0)
    for tandem in {one.tandem.pk: one.tandem for one in found}.values():
        homes[tandem.vacancy_id] *= 1 - float(tandem.probability)
    if not homes:
        return None
    chances = [1 - fails for fails in homes.values()]
    mean = sum(chances)
    spread = _EIGHT_IN_TEN * math.sqrt(sum(p * (1 - p) for p in chances))
    return Expectation(mean, max(0, math.floor(mean - spread)), min(len(chances), math.ceil(mean + spread)))


def _score(probability: float, best: float) -> int:
    """Return 5 to 100: the chance of this option against the best of the run."""
    return max(LEAST_SCORE, min(100, round(100 * probability / best))) if best > 0 else LEAST_SCORE


def _shown(event: Event) -> _Shown:
    offers: dict[UUID, list[UUID]] = defaultdict(list)
    homes: dict[UUID, list[UUID]] = defaultdict(list)
    tables: dict[UUID | None, list[UUID]] = defaultdict(list)
    rows: Iterable[Stand] = event.stands.prefetch_related("shown_offers", "shown_vacancies").order_by("number")
    for stand in rows:
        for one in stand.shown_offers.all():
            offers[one.offer_id].append(stand.pk)
        for home in stand.shown_vacancies.all():
            homes[home.vacancy_id].append(stand.pk)
        if stand.kind == "housing":
            tables[stand.organisation_id].append(stand.pk)
    return _Shown(
        {pk: tuple(some) for pk, some in offers.items()}, {pk: tuple(some) for pk, some in homes.items()},
        {pk: tuple(some) for pk, some in tables.items()},
    )


def _references(run: Run) -> dict[str, dict[str, UUID]]:
    """Return which record stands behind each reference of the run."""
    keys: Any = snapshot.keys_of(run)
    return {kind: {name: UUID(pk) for name, pk in keys[kind].items()} for kind in ("offers", "vacancies")}
