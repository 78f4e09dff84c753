"""
What else was possible for a household, drawbacks included: another home, another job, a place less in demand.

A wish is never changed here: a home outside of it is shown as such, and only the person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from untoit.core.matching import Plan
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.model.work import Contract, JobOffer
from untoit.core.pairing.grids import HOUSING_BIT, Estimate, Grid, estimates, grid, interested
from untoit.core.pairing.nearby import Stop, stops_near
from untoit.core.pairing.run import Prepared
from untoit.core.territory.communes import commune, same_place
from untoit.core.wording import NO_BREAK, counted, listed, number, typography

WITHIN_MIN = 45
MOST = 3
_WISHES = HOUSING_BIT["commune_souhaitee"] | HOUSING_BIT["typologie_souhaitee"]
_CONTRACTS = list(Contract)
_WORTH_SAYING_MIN, _WORTH_SAYING_EUR, _WORTH_SAYING_M2, _WORTH_SAYING_CHANCE = 3, 5.0, 2, 0.01


@dataclass(frozen=True, slots=True)
class Drawback:
    """What is less good than in the tandem; ``code`` says which facts it tells, so that a page may leave it out."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """
    Another home, or another job, for the same person.

    ``kind`` is ``lieu_moins_demande``, ``autre_logement`` or ``autre_emploi``. ``interested`` counts the households of
    the run that could be proposed the home, ``interested_here`` those for the home of the tandem. ``wish`` says what of
    the request the home does not meet, ``None`` when it meets it.
    """

    kind: str
    dwelling: Dwelling
    offer: JobOffer
    person: int
    estimate: Estimate
    interested: int
    interested_here: int
    stops: tuple[Stop, ...] | None
    wish: str | None
    drawbacks: tuple[Drawback, ...]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The tandem to which the others are compared."""

    h: int
    s: int
    d: int
    j: int
    estimate: Estimate


def alternatives(prepared: Prepared, plan: Plan, h: int, most: int = MOST) -> tuple[Alternative, ...]:
    """Return up to ``most`` other possibilities of a household that has a tandem, of as many kinds as there are."""
    chosen = _chosen(prepared, plan, h)
    if chosen is None:
        return ()
    queues: list[list[tuple[str, Grid, tuple[int, int], Estimate]]] = [
        _less_in_demand(prepared, chosen), _other_homes(prepared, chosen), _other_jobs(prepared, chosen)
    ]
    kept: list[Alternative] = []
    homes, jobs = {chosen.d}, {chosen.j}
    taken = {int(d) for d in prepared.options.pair_dwelling[plan.pairs]} - {chosen.d}
    while any(queues) and len(kept) < most:
        for queue in queues:
            while queue and len(kept) < most:
                kind, found, (row, column), estimate = queue.pop(0)
                d, j = int(found.dwellings[row]), int(found.offers[column])
                if (d in homes and kind != "autre_emploi") or (j in jobs and kind == "autre_emploi"):
                    continue
                homes.add(d)
                jobs.add(j)
                kept.append(_alternative(prepared, chosen, kind, d, j, estimate, d in taken))
                break
    return tuple(kept)


def less_tense_homes(prepared: Prepared, plan: Plan, h: int, most: int = MOST) -> tuple[Alternative, ...]:
    """
    Return up to ``most`` homes in other communes, asked for by fewer households, near the job of the tandem.

    Near is ``WITHIN_MIN`` minutes or less both ways at its hours, within the person's own limits.
    """
    chosen = _chosen(prepared, plan, h)
    if chosen is None:
        return ()
    taken = {int(d) for d in prepared.options.pair_dwelling[plan.pairs]} - {chosen.d}
    kept: list[Alternative] = []
    for kind, found, (row, column), estimate in _less_in_demand(prepared, chosen)[:most]:
        d, j = int(found.dwellings[row]), int(found.offers[column])
        kept.append(_alternative(prepared, chosen, kind, d, j, estimate, d in taken))
    return tuple(kept)


def _chosen(prepared: Prepared, plan: Plan, h: int) -> _Chosen | None:
    """Return the best tandem of the household in the plan: with two jobs, that which is the surest."""
    options = prepared.options
    mine = plan.options[options.pair_household[options.pair[plan.options]] == h]
    if not mine.size:
        return None
    o = int(mine[np.argmax(prepared.probability[mine])])
    s, j, d = int(options.seeker[o]), int(options.offer[o]), int(options.pair_dwelling[options.pair[o]])
    found = grid(prepared, s, np.array([d]), np.array([j]))
    return _Chosen(h, s, d, j, estimates(prepared, h, found, np.array([[0, 0]]))[0])


Ranked = list[tuple[str, Grid, tuple[int, int], Estimate]]


def _less_in_demand(prepared: Prepared, chosen: _Chosen) -> Ranked:
    """Homes of other communes that fewer could be proposed, near the job, even outside of the wishes; one a commune."""
    dwellings = prepared.records.dwellings
    wanted = interested(prepared)
    here = dwellings[chosen.d]
    blocking = prepared.eligibility.blocking[chosen.h].astype(np.int32)
    possible = prepared.consented[chosen.h] & ((blocking & ~_WISHES) == 0)
    rows = np.array(
        [
            d for d in np.flatnonzero(possible)
            if not same_place(dwellings[d].commune, here.commune) and wanted[d] < wanted[chosen.d]
        ], np.intp,
    )
    found = grid(prepared, chosen.s, rows, np.array([chosen.j]))
    cells = np.argwhere(found.longest <= WITHIN_MIN)
    ranked = _ranked("lieu_moins_demande", prepared, chosen, found, cells, lambda d, one: (
        int(wanted[d]), -one.probability
    ))
    best: dict[str, tuple[str, Grid, tuple[int, int], Estimate]] = {}
    for one in ranked:
        best.setdefault(dwellings[int(found.dwellings[one[2][0]])].commune, one)
    return list(best.values())


def _other_homes(prepared: Prepared, chosen: _Chosen) -> Ranked:
    rows = np.flatnonzero(prepared.lawful[chosen.h])
    found = grid(prepared, chosen.s, rows[rows != chosen.d], np.array([chosen.j]))
    return _ranked("autre_logement", prepared, chosen, found, np.argwhere(found.open),
                   lambda _, one: (-one.probability,))


def _other_jobs(prepared: Prepared, chosen: _Chosen) -> Ranked:
    columns = np.flatnonzero(prepared.fit.allowed[chosen.s])
    found = grid(prepared, chosen.s, np.array([chosen.d]), columns[columns != chosen.j])
    return _ranked("autre_emploi", prepared, chosen, found, np.argwhere(found.open),
                   lambda _, one: (-one.probability,))


def _ranked(
    kind: str, prepared: Prepared, chosen: _Chosen, found: Grid, cells: np.typing.NDArray[np.intp],
    key: Callable[[int, Estimate], tuple[float, ...]],
) -> Ranked:
    values = estimates(prepared, chosen.h, found, cells)
    listed_ = [
        (kind, found, (int(cell[0]), int(cell[1])), one) for cell, one in zip(cells.tolist(), values, strict=True)
    ]
    return sorted(listed_, key=lambda each: (*key(int(found.dwellings[each[2][0]]), each[3]), each[2]))


def _alternative(
    prepared: Prepared, chosen: _Chosen, kind: str, d: int, j: int, estimate: Estimate, taken: bool
) -> Alternative:
    records, wanted = prepared.records, interested(prepared)
    household, home, job = records.households[chosen.h], records.dwellings[d], records.offers[j]
    stops = stops_near(prepared, home.position)
    wish = None if d == chosen.d else _outside_the_wish(household, home)
    drawbacks = (
        *_of_the_home(records.dwellings[chosen.d], home, stops),
        *_of_the_job(prepared, chosen, j),
        *_of_the_figures(chosen.estimate, estimate),
    )
    if wish:
        drawbacks = (Drawback("demande", wish), *drawbacks)
    if taken:
        drawbacks += (Drawback("disponibilite", "déjà pris dans une autre proposition de ce calcul : à recalculer"),)
    if not drawbacks:
        drawbacks = (Drawback("ensemble", "moins bien placé dans l’équilibre entre tous les ménages"),)
    return Alternative(
        kind, home, job, records.persons[chosen.s].number, estimate, int(wanted[d]), int(wanted[chosen.d]), stops,
        wish, tuple(Drawback(one.code, typography(one.sentence)) for one in drawbacks),
    )


def _outside_the_wish(household: Household, home: Dwelling) -> str | None:
    wished = household.wished_communes
    place_missed = bool(wished) and not any(same_place(one, home.commune) for one in wished)
    size_missed = bool(household.wished_rooms) and home.rooms not in household.wished_rooms
    if not place_missed and not size_missed:
        return None
    asked = []
    if household.wished_rooms:
        asked.append(listed((f"T{n}" for n in sorted(household.wished_rooms)), "ou"))
    if wished:
        asked.append("à " + listed((known.name if (known := commune(one)) else one for one in wished), "ou"))
    return f"hors de la demande ({' '.join(asked)}), qui n’est pas changée"


def _of_the_home(here: Dwelling, home: Dwelling, stops: tuple[Stop, ...] | None) -> Iterator[Drawback]:
    if home is here:
        return
    if home.rooms < here.rooms:
        yield Drawback("logement", f"{counted(here.rooms - home.rooms, 'pièce', 'pièces')} de moins")
    if here.surface_m2 - home.surface_m2 >= _WORTH_SAYING_M2:
        yield Drawback("logement", f"{number(here.surface_m2 - home.surface_m2, 0)}{NO_BREAK}m² de moins")
    if home.available_on > here.available_on:
        later = counted((home.available_on - here.available_on).days, "jour", "jours")
        yield Drawback("logement", f"clés {later} plus tard")
    if home.floor and home.floor > 1 and home.has_lift is False and not (here.floor and here.has_lift is False):
        yield Drawback("logement", f"étage {home.floor} sans ascenseur")
    if home.energy_label and here.energy_label and home.energy_label > here.energy_label:
        yield Drawback("logement", f"DPE {home.energy_label} au lieu de {here.energy_label}")
    if stops is not None and not stops:
        yield Drawback("logement", "aucun arrêt desservi à distance de marche")


def _of_the_job(prepared: Prepared, chosen: _Chosen, j: int) -> Iterator[Drawback]:
    if j == chosen.j:
        return
    here, job = prepared.records.offers[chosen.j], prepared.records.offers[j]
    lost = int(prepared.net_wage_cents[chosen.j] - prepared.net_wage_cents[j]) // 100
    if lost >= _WORTH_SAYING_EUR:
        yield Drawback("salaire", f"environ {number(lost)} € de salaire net en moins par mois")
    if _CONTRACTS.index(job.contract) > _CONTRACTS.index(here.contract):
        yield Drawback("emploi", f"contrat {job.contract.value} au lieu de {here.contract.value}")
    if job.schedule_is_supposed and not here.schedule_is_supposed:
        yield Drawback("emploi", "horaires supposés, à confirmer par l’employeur")
    fits = prepared.fit
    if fits.distance[chosen.s, j] > fits.distance[chosen.s, chosen.j]:
        yield Drawback("souhait_emploi", "métier plus éloigné du métier souhaité")
    elif fits.wish_rank[chosen.s, j] > fits.wish_rank[chosen.s, chosen.j]:
        yield Drawback("souhait_emploi", f"métier souhaité en choix {int(fits.wish_rank[chosen.s, j]) + 1}")
    if job.starts_on and here.starts_on and job.starts_on > here.starts_on:
        yield Drawback("emploi", f"début {counted((job.starts_on - here.starts_on).days, 'jour', 'jours')} plus tard")


def _of_the_figures(here: Estimate, other: Estimate) -> Iterator[Drawback]:
    further = other.longest_min - here.longest_min
    if further >= _WORTH_SAYING_MIN:
        yield Drawback("trajet", f"{counted(further, 'minute', 'minutes')} de trajet de plus")
    if other.mode == "voiture" and here.mode != "voiture":
        yield Drawback("trajet", "il faut la voiture")
    if here.net_cost_eur is not None and other.net_cost_eur is not None:
        dearer = other.net_cost_eur - here.net_cost_eur
        if dearer >= _WORTH_SAYING_EUR:
            yield Drawback("cout", f"environ {number(round(dearer))} € de plus à payer par mois")
    if here.probability - other.probability >= _WORTH_SAYING_CHANCE:
        yield Drawback("chances", "moins de chances d’aboutir, d’après les hypothèses du projet")
