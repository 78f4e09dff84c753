"""What would open more for one household: its possibilities are counted again with one thing changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from untoit.core.model.work import Mode
from untoit.core.pairing.grids import (
    AS_STATED,
    HOUSING_BIT,
    WORK_BIT,
    Allowance,
    Grid,
    estimates,
    grid,
    seekers_of,
)
from untoit.core.pairing.left_out import clock
from untoit.core.pairing.run import Prepared
from untoit.core.territory.communes import commune
from untoit.core.territory.occupations import occupation
from untoit.core.wording import counted, number, typography

MOST = 5
_LONGEST_LIMIT_STRETCHED_MIN = 75
_TRIED_FOR_THE_BEST = 200
_NO_LIMIT = 32_000


@dataclass(frozen=True, slots=True)
class Lever:
    """
    One change, and what it would open.

    ``touches`` is ``trajet``, ``horaires``, ``logement`` or ``metier``, so that a page may leave it out. ``opened``
    counts pairs of a home and a job that become possible; ``best`` is the highest chance among them, ``today`` the
    highest one without the change, 0 when there is none.
    """

    code: str
    touches: str
    person: int | None
    opened: int
    homes: int
    jobs: int
    best: float
    today: float
    sentence: str


@dataclass(frozen=True, slots=True)
class _Change:
    code: str
    touches: str
    words: str
    dwellings: NDArray[np.intp]
    offers: NDArray[np.intp]
    allowed: Allowance = AS_STATED

    @property
    def family(self) -> str:
        """What only one of is worth saying: one more commune, one more typology, one later return."""
        return self.code.partition("_")[0]


def levers(prepared: Prepared, h: int, most: int = MOST) -> tuple[Lever, ...]:
    """Return the changes that open something to household ``h``, those that open the best chances first."""
    if not prepared.consented[h]:
        return ()
    found: dict[tuple[str, int | None], Lever] = {}  # the best of each family, for each person
    for s in seekers_of(prepared, h):
        lawful, fitting = np.flatnonzero(prepared.lawful[h]), np.flatnonzero(prepared.fit.allowed[s])
        stated = grid(prepared, s, lawful, fitting)
        today = _best(prepared, h, stated, stated.open, AS_STATED)
        for change in _changes(prepared, h, s, lawful, fitting):
            lever = _measured(prepared, h, s, change, stated, today)
            if lever is None:
                continue
            key = (change.family, lever.person)
            if key not in found or (lever.best, lever.opened) > (found[key].best, found[key].opened):
                found[key] = lever
    return tuple(sorted(found.values(), key=lambda one: (-one.best, -one.opened, one.code))[:most])


def _changes(
    prepared: Prepared, h: int, s: int, lawful: NDArray[np.intp], fitting: NDArray[np.intp]
) -> Iterator[_Change]:
    yield from _ways_to_travel(prepared, s, lawful, fitting)
    yield from _hours(prepared, s, lawful, fitting)
    yield from _other_homes(prepared, h, fitting)
    yield from _close_occupations(prepared, s, lawful)


def _ways_to_travel(
    prepared: Prepared, s: int, lawful: NDArray[np.intp], fitting: NDArray[np.intp]
) -> Iterator[_Change]:
    limits = prepared.limits
    for mode in (Mode.BIKE, Mode.CAR):
        # Commutes are computed for the modes that somebody of the run has: the others cannot be judged.
        if mode not in prepared.modes or limits.has_mode[s, prepared.modes.index(mode)]:
            continue
        allowed = Allowance(modes=(prepared.modes.index(mode),))
        if mode is Mode.BIKE:
            yield _Change("velo", "trajet", "Avec un vélo", lawful, fitting, allowed)
        else:
            offers = np.union1d(fitting, _only_licence_missing(prepared, s))
            has_licence = "B" in prepared.records.persons[s].seeker.licences
            words = "Avec une voiture" if has_licence else "Avec le permis B et une voiture"
            yield _Change("voiture", "trajet", words, lawful, offers, allowed)
    limit = int(limits.commute[s])
    if limit <= _LONGEST_LIMIT_STRETCHED_MIN:
        words = f"En acceptant 15 minutes de trajet de plus ({limit + 15} au lieu de {limit})"
        yield _Change("trajet_15", "trajet", words, lawful, fitting, Allowance(longer_min=15))


def _only_licence_missing(prepared: Prepared, s: int) -> NDArray[np.intp]:
    """Return the offers that only ask for licence B in addition to what the person has."""
    held = prepared.records.persons[s].seeker.licences
    return np.array(
        [
            j for j in np.flatnonzero(prepared.fit.blocking[s] == WORK_BIT["permis_detenus"])
            if prepared.records.offers[j].licences - held == {"B"}
        ], np.intp,
    )


def _hours(prepared: Prepared, s: int, lawful: NDArray[np.intp], fitting: NDArray[np.intp]) -> Iterator[_Change]:
    limits = prepared.limits
    home_by, out_from = int(limits.back_no_later[s]), int(limits.leaves_no_earlier[s])
    if home_by < _NO_LIMIT:
        for later in (30, 60):
            words = f"En pouvant rentrer jusqu’à {clock(home_by + later)} (garde, aide d’un proche…)"
            yield _Change(f"retour_{later}", "horaires", words, lawful, fitting, Allowance(later_min=later))
    if out_from > -_NO_LIMIT:
        words = f"En pouvant partir dès {clock(out_from - 30)} (garde, aide d’un proche…)"
        yield _Change("depart_30", "horaires", words, lawful, fitting, Allowance(earlier_min=30))


def _other_homes(prepared: Prepared, h: int, fitting: NDArray[np.intp]) -> Iterator[_Change]:
    dwellings, blocking = prepared.records.dwellings, prepared.eligibility.blocking[h]
    groups: dict[tuple[str, str], list[int]] = {}
    for d in np.flatnonzero(blocking == HOUSING_BIT["commune_souhaitee"]):
        groups.setdefault(("commune", dwellings[d].commune), []).append(int(d))
    for d in np.flatnonzero(blocking == HOUSING_BIT["typologie_souhaitee"]):
        groups.setdefault(("typologie", dwellings[d].typology), []).append(int(d))
    for (kind, value), numbers in groups.items():
        if kind == "commune":
            known = commune(value)
            words = f"En ajoutant {known.name if known else value} aux communes souhaitées"
        else:
            words = f"En acceptant aussi un {value}"
        yield _Change(f"{kind}_{value}", "logement", words, np.array(numbers, np.intp), fitting)


def _close_occupations(prepared: Prepared, s: int, lawful: NDArray[np.intp]) -> Iterator[_Change]:
    """Yield the occupations to which one moves from a wished one, a little farther than what is proposed."""
    seeker, offers = prepared.records.persons[s].seeker, prepared.records.offers
    close = {code for wished in seeker.occupations if (known := occupation(wished)) for code in known.close}
    groups: dict[str, list[int]] = {}
    for j in np.flatnonzero(prepared.fit.blocking[s] == WORK_BIT["metier_souhaite_ou_proche"]):
        if offers[j].occupation in close:
            groups.setdefault(offers[j].occupation, []).append(int(j))
    for code, numbers in groups.items():
        known = occupation(code)
        words = f"En regardant aussi un métier proche, {known.label if known else code} ({code})"
        yield _Change(f"metier_{code}", "metier", words, lawful, np.array(numbers, np.intp))


def _measured(prepared: Prepared, h: int, s: int, change: _Change, stated: Grid, today: float) -> Lever | None:
    if not len(change.dwellings) or not len(change.offers):
        return None
    changed = grid(prepared, s, change.dwellings, change.offers, change.allowed)
    new = changed.open.copy()
    # What was possible already does not count, on the cells that both grids have.
    rows, mine = np.nonzero(change.dwellings[:, None] == stated.dwellings[None, :])
    columns, ours = np.nonzero(change.offers[:, None] == stated.offers[None, :])
    new[np.ix_(rows, columns)] &= ~stated.open[np.ix_(mine, ours)]
    if not new.any():
        return None
    best = _best(prepared, h, changed, new, change.allowed)
    opened, homes, jobs = int(new.sum()), int(new.any(axis=1).sum()), int(new.any(axis=0).sum())
    return Lever(
        change.code, change.touches,
        prepared.records.persons[s].number if len(seekers_of(prepared, h)) > 1 else None,
        opened, homes, jobs, round(best, 4), round(today, 4), _sentence(change, opened, homes, jobs, best, today),
    )


def _sentence(change: _Change, opened: int, homes: int, jobs: int, best: float, today: float) -> str:
    opens = (
        f"{change.words}, {counted(opened, 'possibilité s’ouvrirait', 'possibilités s’ouvriraient')} "
        f"({counted(homes, 'logement', 'logements')}, {counted(jobs, 'emploi', 'emplois')})"
    )
    compared = f" contre {number(100 * today, 0)} % au mieux aujourd’hui" if best > today > 0 else ""
    return typography(f"{opens} ; la meilleure aurait {number(100 * best, 0)} % de chances d’aboutir{compared}.")


def _best(prepared: Prepared, h: int, found: Grid, cells: NDArray[np.bool_], allowed: Allowance) -> float:
    """Return the highest chance of some cells: the shortest ways and all the jobs are looked at, not every pair."""
    places = np.argwhere(cells)
    if not len(places):
        return 0.0
    nearest = np.argsort(found.longest[cells], kind="stable")[:_TRIED_FOR_THE_BEST]
    return max(one.probability for one in estimates(prepared, h, found, places[nearest], allowed))
