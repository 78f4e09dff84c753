"""Job rules on every pair of seeker and offer: the array twin of ``judge_fit``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from untoit.core import parameters
from untoit.core.model.work import JobOffer, Seeker
from untoit.core.parameters.suppositions import weekly_hours
from untoit.core.rules.grouping import NONE, Booleans, Scalar, Verdicts, cases, ranks
from untoit.core.rules.work import WORK_RULES
from untoit.core.rules.work.requirements import close_rank
from untoit.core.territory.occupations import occupation

FAR = 255
"""``distance`` and ``wish_rank`` where the occupation is neither wished nor close."""


@dataclass(frozen=True, slots=True)
class Fit:
    """
    What the job rules answer for S seekers and J offers.

    Attributes
    ----------
    allowed
        ``bool[S, J]``: no rule blocks, so the offer may be proposed.
    first_excluding
        ``uint8[S, J]``: number in ``WORK_RULES`` of the first rule that blocks, 255 for none.
    blocking
        ``uint16[S, J]``: bit ``i`` where rule ``i`` blocks, alone or not.
    warnings
        ``uint16[S, J]``: bit ``i`` where rule ``i`` warns.
    distance
        ``uint8[S, J]``: 0 wished, else the rank in the ROME mobility table, 255 neither.
    wish_rank
        ``uint8[S, J]``: which wish that is, 0 the first, 255 none.
    experience
        ``float32[S, J]``: years held in the occupation of the offer or one close to it, 0 when unknown.
    """

    allowed: Booleans
    first_excluding: NDArray[np.uint8]
    blocking: NDArray[np.uint16]
    warnings: NDArray[np.uint16]
    distance: NDArray[np.uint8]
    wish_rank: NDArray[np.uint8]
    experience: NDArray[np.float32]


def fit(seekers: Sequence[Seeker], offers: Sequence[JobOffer], on: date) -> Fit:
    """Return what ``judge_fit`` answers for every pair, and how near each offer is."""
    field = _Field.of(seekers, offers, on)
    verdicts = Verdicts.empty(len(seekers), len(offers))
    if seekers and offers:
        for number, rule in reversed(list(enumerate(WORK_RULES))):
            if rule.code in _WHOLE_TABLES:
                verdicts.add(number, rule.effect, _WHOLE_TABLES[rule.code](seekers, offers, field, on))
            else:
                reads_seeker, reads_offer = _READS[rule.code]
                verdicts.add_by_cases(number, rule, seekers, reads_seeker, offers, reads_offer, on)
    return Fit(
        verdicts.first_blocking == NONE,
        verdicts.first_blocking,
        verdicts.blocking,
        verdicts.warnings,
        field.over_offers(field.distance),
        field.over_offers(field.wish_rank),
        field.over_offers(field.years_held()),
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """Nearness and experience of every seeker in each of the O distinct occupations of the offers."""

    occupation_of: NDArray[np.intp]        # [J]
    distance: NDArray[np.uint8]            # [S, O]
    wish_rank: NDArray[np.uint8]           # [S, O]
    years: dict[tuple[int, int], Decimal]  # of the (seeker, occupation) that hold any

    @staticmethod
    def of(seekers: Sequence[Seeker], offers: Sequence[JobOffer], on: date) -> _Field:
        examples, occupation_of = cases(offers, lambda offer: offer.occupation)
        column = {offer.occupation: number for number, offer in enumerate(examples)}
        farthest = close_rank(on)
        shape = len(seekers), len(examples)
        distance, wish_rank = np.full(shape, FAR, np.uint8), np.full(shape, FAR, np.uint8)
        years: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        for row, seeker in enumerate(seekers):
            for rank, wished in enumerate(seeker.occupations):
                for steps, code in enumerate(_around(wished, farthest)):
                    number = column.get(code)
                    if number is not None and steps < distance[row, number]:
                        distance[row, number], wish_rank[row, number] = steps, rank
            for held, duration in seeker.experience.items():
                for code in _around(held, farthest):
                    number = column.get(code)
                    if number is not None:
                        years[row, number] += duration
        return _Field(occupation_of, distance, wish_rank, years)

    def over_offers(self, table: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return a table by occupation as one by offer."""
        return _over(table, self.occupation_of)

    def years_held(self) -> NDArray[np.float32]:
        """Return the years as ``float32[S, O]``."""
        table = np.zeros(self.distance.shape, np.float32)
        for cell, years in self.years.items():
            table[cell] = years
        return table

    def below(self, offers: Sequence[JobOffer], share: Decimal) -> Booleans:
        """Return ``bool[S, J]``, where the years held are fewer than a share of those asked for, compared exactly."""
        examples, offer_case = cases(offers, lambda offer: (offer.occupation, offer.min_experience_years))
        asked = [share * (offer.min_experience_years or Decimal(0)) for offer in examples]
        held, zero, needed = ranks(list(self.years.values()), [Decimal(0)], asked)
        table = np.full(self.distance.shape, zero[0], np.int32)
        for cell, rank in zip(self.years, held, strict=True):
            table[cell] = rank
        first_of_case = np.unique(offer_case, return_index=True)[1]
        return _over(table[:, self.occupation_of[first_of_case]] < needed[None, :], offer_case)


def _over(table: NDArray[Scalar], column_of: NDArray[np.intp]) -> NDArray[Scalar]:
    wide: NDArray[Scalar] = np.take(table, column_of, axis=1)
    return wide


def _around(code: str, farthest: int) -> tuple[str, ...]:
    """Return the occupation and those close to it: the place in the tuple is the distance."""
    known = occupation(code)
    return (code, *known.close[:farthest]) if known else (code,)


def _far_occupation(seekers: Sequence[Seeker], offers: Sequence[JobOffer], field: _Field, on: date) -> Booleans:
    return field.over_offers(field.distance == FAR)


def _hours_refused(seekers: Sequence[Seeker], offers: Sequence[JobOffer], field: _Field, on: date) -> Booleans:
    examples, offer_case = cases(offers, lambda offer: weekly_hours(offer, on))
    hours = [weekly_hours(offer, on) for offer in examples]
    least = [hours[0] if seeker.hours_min is None else seeker.hours_min for seeker in seekers]
    most = [hours[0] if seeker.hours_max is None else seeker.hours_max for seeker in seekers]
    hour, low, high = ranks(hours, least, most)
    low[[seeker.hours_min is None for seeker in seekers]] = -1
    high[[seeker.hours_max is None for seeker in seekers]] = np.iinfo(np.int32).max
    return _over((hour[None, :] < low[:, None]) | (hour[None, :] > high[:, None]), offer_case)


def _late_start(seekers: Sequence[Seeker], offers: Sequence[JobOffer], field: _Field, on: date) -> Booleans:
    examples, offer_case = cases(offers, lambda offer: offer.starts_on)
    starts = np.array([(offer.starts_on or date.max).toordinal() for offer in examples], np.int32)
    available = np.array([(seeker.available_on or date.min).toordinal() for seeker in seekers], np.int32)
    return _over(available[:, None] > starts[None, :], offer_case)


def _little_experience(seekers: Sequence[Seeker], offers: Sequence[JobOffer], field: _Field, on: date) -> Booleans:
    # Nothing declared is unknown, never zero: it does not rule out.
    declared = np.array([bool(seeker.experience) for seeker in seekers])
    little: Booleans = field.below(offers, parameters.at("policy/job_fit", on)["experience_share"]) & declared[:, None]
    return little


def _incomplete_experience(seekers: Sequence[Seeker], offers: Sequence[JobOffer], field: _Field, on: date) -> Booleans:
    return field.below(offers, Decimal(1))


_WHOLE_TABLES: dict[str, Callable[[Sequence[Seeker], Sequence[JobOffer], _Field, date], Booleans]] = {
    "metier_souhaite_ou_proche": _far_occupation,
    "heures_acceptees": _hours_refused,
    "experience_suffisante": _little_experience,
    "experience_complete": _incomplete_experience,
    "debut_possible": _late_start,
}

# What each of the other rules reads on either side; the test of the twin guards this table.
_READS: dict[str, tuple[Callable[[Seeker], object], Callable[[JobOffer], object]]] = {
    "contrat_accepte": (lambda s: s.contracts, lambda j: j.contract),
    "jours_travaillables": (lambda s: s.workable_days, lambda j: j.schedule.days),
    "permis_detenus": (lambda s: s.licences, lambda j: j.licences),
    "niveau_de_francais": (lambda s: s.french_level, lambda j: j.french_level),
    "niveau_de_francais_connu": (lambda s: s.french_level, lambda j: j.french_level),
}
