"""
The 30 % and its neighbours: who counts, among how many, and how many more in a row would reach the target.

One computation for screens, exports and the HTTP interface. The way of counting is a policy, printed with each
figure: a signed lease by default, the decision of the committee as the alternative. A ground counts when its evidence
stood on the day of the decision; a household counts once; being in the scheme, or receiving RSA, is no ground.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from untoit.core import parameters
from untoit.core.indicators.shares import Share
from untoit.core.wording import counted, number, percentage, typography


class Unit(StrEnum):
    """What is counted: the leases signed in the period, or the decisions of the committee."""

    LEASE_SIGNED = "lease_signed"
    DECISION = "decision"


UNIT_NAMES = {Unit.LEASE_SIGNED: "baux signés", Unit.DECISION: "décisions d'attribution"}


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground of priority (CCH art. L441-1) with the day from which its evidence is on file."""

    code: str
    evidenced_on: date
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the evidence stood on that day."""
        return self.evidenced_on <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Allocation:
    """
    One allocation, opaque: no name, no income. ``signed_on`` is ``None`` while the lease is not signed.

    ``quartile`` and ``in_qpv`` are ``None`` when the resources are unknown or the address was not checked: such rows
    are listed, never guessed. ``is_home`` is false for a parking place or a shop.
    """

    reference: str
    household: str
    decided_on: date
    signed_on: date | None = None
    grounds: tuple[Ground, ...] = ()
    in_scheme: bool = False
    reserving_party: str = ""
    commune: str = ""
    building: str = ""
    in_qpv: bool | None = None
    quartile: int | None = None
    is_transfer: bool = False
    is_npnru: bool = False
    is_home: bool = True

    @property
    def is_priority(self) -> bool:
        """Whether a ground stood, with its evidence, on the day of the decision."""
        return any(ground.holds(self.decided_on) for ground in self.grounds)


@dataclass(frozen=True, slots=True)
class CountingPolicy:
    """How a share is counted; ``perimeter`` holds commune codes, ``None`` for every commune of the landlord."""

    unit: Unit
    target: Fraction
    without_transfers: bool
    without_npnru: bool
    perimeter: frozenset[str] | None
    source: str
    to_check: bool

    def counted_on(self, allocation: Allocation) -> date | None:
        """Return the day that places the allocation in a period, ``None`` when it does not count yet."""
        return allocation.signed_on if self.unit is Unit.LEASE_SIGNED else allocation.decided_on

    @property
    def text(self) -> str:
        """The policy as it is printed on every report."""
        left_out = [words for flag, words in (
            (self.without_transfers, "mutations"), (self.without_npnru, "relogements NPNRU")) if flag]
        without = f", hors {' et '.join(left_out)}" if left_out else ", mutations et relogements NPNRU compris"
        where = "toutes les communes" if self.perimeter is None else counted(len(self.perimeter), "commune", "communes")
        check = " (à vérifier)" if self.to_check else ""
        return typography(
            f"Comptage : {UNIT_NAMES[self.unit]} dans la période, {where}{without}, hors stationnement et commerces ; "
            "un ménage compte une fois ; un motif compte s'il est justifié au jour de la décision. "
            f"Objectif : {percentage(float(self.target))}. Source : {self.source}{check}."
        )


def counting_policy(
    on: date, *, unit: Unit | None = None, perimeter: frozenset[str] | None = None, target: str = "scheme_target"
) -> CountingPolicy:
    """Return the policy in force, with another unit or perimeter when one is given; ``target`` is a key of the file."""
    found = parameters.at("followup/quotas", on)
    return CountingPolicy(
        Unit(found["unit"]) if unit is None else unit, Fraction(Decimal(found[target])),
        bool(found["without_transfers"]), bool(found["without_npnru"]), perimeter, found.source, found.to_check,
    )


def needed_next(n: int, total: int, target: Fraction) -> int | None:
    """
    Return how many more in a row would reach the target: the smallest k with (n + k) / (total + k) >= target.

    Exact, in whole numbers and fractions. ``None`` when no number of them would (a target of 1 that was missed once).

    Raises
    ------
    ValueError
        When the numbers cannot be a count: n above the total, or a target outside 0 to 1.
    """
    if not 0 <= n <= total or not 0 <= target <= 1:
        raise ValueError(f"{n} of {total} for {target} is no count")
    missing = target * total - n
    if missing <= 0:
        return 0
    if target == 1:
        return None
    return -((-missing) // (1 - target))


@dataclass(frozen=True, slots=True)
class QuotaCount:
    """
    One share against its target, with what it leaves out and why.

    ``ground_missing`` lists the allocations of the scheme without a ground that counts, ``unknown`` those that could
    not be placed; ``in_scheme`` is the part of the numerator that is in the scheme; ``repeated`` the further
    allocations of households already counted.
    """

    name: str
    share: Share
    target: Fraction
    policy_text: str
    in_scheme: int = 0
    ground_missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def exact(self) -> Fraction | None:
        """The share, exactly; ``None`` among nobody."""
        return Fraction(self.share.count or 0, self.share.of) if self.share.of else None

    @property
    def reached(self) -> bool:
        """Whether the target is reached, by exact comparison."""
        return self.exact is not None and self.exact >= self.target

    @property
    def needed(self) -> int | None:
        """How many more in a row would reach the target."""
        return needed_next(self.share.count or 0, self.share.of or 0, self.target)

    @property
    def after(self) -> Share | None:
        """The share once those are there; ``None`` when the target is out of reach."""
        k = self.needed
        return None if k is None else Share((self.share.count or 0) + k, (self.share.of or 0) + k)

    @property
    def sentence(self) -> str:
        """The count, the target and what is missing, as one sentence."""
        k, after = self.needed, self.after
        head = f"{self.name} : {self.share.text} (objectif {percentage(float(self.target))})"
        if not self.share.of:
            return typography(f"{self.name} : rien à compter dans la période.")
        if k is None or after is None:
            return typography(f"{head} ; hors d'atteinte.")
        if k == 0:
            return typography(f"{head} ; objectif atteint.")
        more = "encore 1 de suite" if k == 1 else f"encore {number(k)} de suite"
        return typography(f"{head} ; {more} pour l'atteindre ({after.text}).")


def in_period(
    allocations: Iterable[Allocation], policy: CountingPolicy, since: date, until: date
) -> tuple[tuple[Allocation, ...], tuple[tuple[str, int], ...]]:
    """Return what counts in the denominator, in order of date and reference, and how many were left out, by reason."""
    kept, left_out = [], Counter[str]()
    for each in allocations:
        day = policy.counted_on(each)
        if day is None or not since <= day <= until:
            continue
        if not each.is_home:
            left_out["stationnement ou commerce"] += 1
        elif policy.perimeter is not None and each.commune not in policy.perimeter:
            left_out["hors périmètre"] += 1
        elif policy.without_transfers and each.is_transfer:
            left_out["mutation"] += 1
        elif policy.without_npnru and each.is_npnru:
            left_out["relogement NPNRU"] += 1
        else:
            kept.append((day, each))
    ordered = tuple(each for _, each in sorted(kept, key=lambda one: (one[0], one[1].reference)))
    return ordered, tuple(sorted(left_out.items()))


def priority_count(
    allocations: Iterable[Allocation], policy: CountingPolicy, since: date, until: date, *,
    name: str = "Publics prioritaires",
) -> QuotaCount:
    """Return the share of the priority publics in a period, both days included."""
    base, left_out = in_period(allocations, policy, since, until)
    return _counted(name, base, _counting(base), policy, policy.text, left_out)


def _counting(base: Iterable[Allocation]) -> dict[str, bool]:
    """Return, for each priority allocation, whether it is the one that counts: the first of its household."""
    seen: set[str] = set()
    found: dict[str, bool] = {}
    for each in base:
        if each.is_priority:
            found[each.reference] = each.household not in seen
            seen.add(each.household)
    return found


def _counted(
    name: str, base: Iterable[Allocation], counting: Mapping[str, bool], policy: CountingPolicy, policy_text: str,
    left_out: tuple[tuple[str, int], ...] = (),
) -> QuotaCount:
    n = total = in_scheme = 0
    missing, repeated = [], []
    for each in base:
        total += 1
        counts = counting.get(each.reference)
        if counts:
            n += 1
            in_scheme += each.in_scheme
        elif counts is not None:
            repeated.append(each.reference)
        elif each.in_scheme:
            missing.append(each.reference)
    return QuotaCount(
        name, Share(n, total), policy.target, policy_text, in_scheme, tuple(missing), (), tuple(repeated), left_out
    )


class Dimension(StrEnum):
    """By what a share may be cut."""

    RESERVING_PARTY = "reserving_party"
    COMMUNE = "commune"
    BUILDING = "building"
    MONTH = "month"


def priority_cuts(
    allocations: Iterable[Allocation], policy: CountingPolicy, since: date, until: date,
    dimensions: Iterable[Dimension] = tuple(Dimension),
) -> dict[Dimension, dict[str, QuotaCount]]:
    """
    Return the share of each cell of each cut, by key in order; every cut adds up to the whole.

    A household with two allocations counts where its first one is, so that no cut counts it twice.
    """
    base, _ = in_period(allocations, policy, since, until)
    counting, text = _counting(base), policy.text
    found = {}
    for dimension in dimensions:
        cells: dict[str, list[Allocation]] = {}
        for each in base:
            key = f"{policy.counted_on(each):%Y-%m}" if dimension is Dimension.MONTH else getattr(each, dimension)
            cells.setdefault(key, []).append(each)
        found[dimension] = {cell: _counted(cell, cells[cell], counting, policy, text) for cell in sorted(cells)}
    return found


def priority_by(
    dimension: Dimension, allocations: Iterable[Allocation], policy: CountingPolicy, since: date, until: date
) -> dict[str, QuotaCount]:
    """Return one cut (see :func:`priority_cuts`)."""
    return priority_cuts(allocations, policy, since, until, (dimension,))[dimension]


def _leases(
    name: str, allocations: Iterable[Allocation], on: date, since: date, until: date, target: str,
    place: bool, in_numerator: Callable[[Allocation], bool], is_unknown: Callable[[Allocation], bool],
    perimeter: frozenset[str] | None,
) -> QuotaCount:
    policy = counting_policy(on, unit=Unit.LEASE_SIGNED, perimeter=perimeter, target=target)
    base, left_out = in_period(allocations, policy, since, until)
    there = [each for each in base if each.in_qpv is place]
    unknown = tuple(
        each.reference for each in base if each.in_qpv is None or (each.in_qpv is place and is_unknown(each))
    )
    found = sum(in_numerator(each) for each in there)
    text = typography(
        f"Comptage : baux signés {'en' if place else 'hors'} QPV dans la période, adresse vérifiée sur les contours "
        f"officiels ; ressources inconnues comptées au dénominateur seulement. Source : CCH art. L441-1."
    )
    return QuotaCount(name, Share(found, len(there)), policy.target, text, unknown=unknown, left_out=left_out)


def q1_outside_qpv(
    allocations: Iterable[Allocation], on: date, since: date, until: date, *, perimeter: frozenset[str] | None = None
) -> QuotaCount:
    """
    Return the share, among the leases signed outside QPV, of those of first-quartile applicants and NPNRU relocations.

    The law counts allocations « suivies de baux signés »: always leases, whatever the policy of the scheme.
    """
    return _leases(
        "Premier quartile hors QPV", allocations, on, since, until, "q1_outside_qpv_target", False,
        lambda each: each.quartile == 1 or each.is_npnru, lambda each: each.quartile is None and not each.is_npnru,
        perimeter,
    )


def others_in_qpv(
    allocations: Iterable[Allocation], on: date, since: date, until: date, *, perimeter: frozenset[str] | None = None
) -> QuotaCount:
    """Return the share of the applicants of quartiles 2 to 4 among the leases signed in QPV."""
    return _leases(
        "Quartiles 2 à 4 en QPV", allocations, on, since, until, "others_in_qpv_target", True,
        lambda each: each.quartile in (2, 3, 4), lambda each: each.quartile is None, perimeter,
    )


def by_reserving_party(
    allocations: Iterable[Allocation], on: date, since: date, until: date, names: Mapping[str, str], *,
    unit: Unit | None = None,
) -> dict[str, QuotaCount]:
    """Return the 25 % of each contingent but the State's (CCH art. L441-1), by the name given in ``names``."""
    policy = counting_policy(on, unit=unit, target="reserving_party_target")
    cells = priority_by(Dimension.RESERVING_PARTY, allocations, policy, since, until)
    return {names[party]: count for party, count in cells.items() if party in names}
