"""Everything that the page of ``untoit whatif`` shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from untoit.core.pairing.results import notices
from untoit.core.pairing.run import Prepared
from untoit.core.sandbox.levers import chance_source
from untoit.core.sandbox.policies import Loss, Outcome, Policy, losses
from untoit.core.wording import NO_BREAK, counted, number, typography


@dataclass(frozen=True, slots=True)
class Curve:
    """One quantity against the share of priority households, a series for each other choice of the policy."""

    title: str
    axis: str
    percent: bool
    points: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One row of the table."""

    number: int
    name: str
    outcome: Outcome
    loss: Loss
    is_base: bool


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """The page: curves, table, and what a person should know."""

    on: date
    fictitious: bool
    asked: int
    households: int
    dwellings: int
    base: Policy
    lines: tuple[PolicyLine, ...]
    curves: tuple[Curve, ...]
    worst_gap: float
    source: str
    notices: tuple[str, ...]
    findings: tuple[str, ...]


def policy_report(
    prepared: Prepared, policies: Sequence[Policy], outcomes: Sequence[Outcome], *, fictitious: bool
) -> PolicyReport:
    """Return the page of the policies that were solved, in the order of the grid."""
    base = reference(policies, prepared.settings.priority_per_mille)
    lost = losses(outcomes)
    return PolicyReport(
        on=prepared.settings.on,
        fictitious=fictitious,
        asked=len(policies),
        households=len(prepared.records.households),
        dwellings=len(prepared.records.dwellings),
        base=base,
        lines=tuple(
            PolicyLine(policies.index(one.policy) + 1, name(one.policy), one, lost[one.policy], one.policy == base)
            for one in outcomes
        ),
        curves=tuple(_curves(outcomes, lost)),
        worst_gap=max((one.gap for one in outcomes), default=0.0),
        source=chance_source(prepared.settings),
        notices=notices(prepared),
        findings=tuple(_findings(outcomes, base)),
    )


def reference(policies: Sequence[Policy], priority_per_mille: int) -> Policy:
    """Return the policy of the grid closest to today's: travel as stated, flows apart, no other share, same quota."""
    return min(policies, key=lambda one: (
        abs(one.longer_min), not one.flows_apart, one.mix_per_mille, abs(one.priority_per_mille - priority_per_mille)
    ))


def name(policy: Policy) -> str:
    """Return a policy as a person says it, without its priority share."""
    parts = []
    if policy.longer_min:
        sign = "+" if policy.longer_min > 0 else "−"
        parts.append(f"trajets {sign}{abs(policy.longer_min)}{NO_BREAK}min")
    parts.append("flux séparés" if policy.flows_apart else "flux communs")
    if policy.mix_per_mille:
        parts.append(f"premier quartile hors QPV {share(policy.mix_per_mille)}")
    return ", ".join(parts)


def _curves(outcomes: Sequence[Outcome], lost: dict[Policy, Loss]) -> list[Curve]:
    kinds: tuple[tuple[str, str, bool, Callable[[Outcome], float | None]], ...] = (
        ("Doubles réussites attendues", "doubles réussites", False, lambda one: one.doubles),
        ("Part des publics prioritaires", "part obtenue", True, lambda one: one.priority_share),
        ("Premier quartile hors QPV", "part obtenue", True, lambda one: one.quartile_share),
        ("Logements attribués avec un emploi", "logements", False, lambda one: float(one.placed)),
        ("Prix de l'engagement", "points perdus", False, lambda one: max(lost[one.policy].points, 0.0)),
        ("Prix d'une attribution prioritaire de plus", "points", False, lambda one: one.priority_price),
    )
    same = _same_series(outcomes)
    return [
        Curve(title, axis, percent, tuple(
            (one.policy.priority_per_mille / 1000, value, name(one.policy))
            for one in outcomes if one.policy not in same and (value := of(one)) is not None
        ))
        for title, axis, percent, of in kinds
    ]


def _findings(outcomes: Sequence[Outcome], base: Policy) -> list[str]:
    """Say what changing one thing of the reference does, one sentence each."""
    by_policy = {one.policy: one for one in outcomes}
    here = by_policy.get(base)
    if here is None:
        return []
    found = []
    for one in outcomes:
        policy = one.policy
        differences = [
            words for words, differs in (
                (f"avec une part prioritaire de {share(policy.priority_per_mille)}",
                 policy.priority_per_mille != base.priority_per_mille),
                (f"avec {abs(policy.longer_min)} minutes de trajet de {'plus' if policy.longer_min > 0 else 'moins'} "
                 "pour chacun", policy.longer_min != base.longer_min),
                ("avec des flux de réservation mis en commun" if not policy.flows_apart
                 else "avec des flux de réservation séparés", policy.flows_apart != base.flows_apart),
                (f"avec {share(policy.mix_per_mille)} de premier quartile hors QPV",
                 policy.mix_per_mille != base.mix_per_mille),
            ) if differs
        ]
        if len(differences) != 1:
            continue
        words = differences[0]
        unmet = "" if one.priority_met and one.quartile_met else " ; la part demandée est hors d'atteinte"
        found.append(typography(f"{words[:1].upper()}{words[1:]} : {_difference(here, one)}{unmet}."))
    return found


def _difference(here: Outcome, one: Outcome) -> str:
    if one.points == here.points and one.doubles == here.doubles:
        return "rien ne change, le plan de référence y répond déjà"
    more, placed = one.doubles - here.doubles, one.placed - here.placed
    homes = "autant de ménages placés" if placed == 0 else (
        f"{counted(abs(placed), 'ménage placé', 'ménages placés')} de {'plus' if placed > 0 else 'moins'}"
    )
    return f"{'+' if more >= 0 else '−'}{number(abs(more), 2)} double réussite attendue, {homes}"


def share(per_mille: int) -> str:
    """Return ``25 %`` or ``32,5 %``."""
    return typography(f"{number(per_mille / 10)} %")


def _same_series(outcomes: Sequence[Outcome]) -> dict[Policy, Policy]:
    """Return, for the series that a share outside QPV does not move at any point, the series that says the same."""

    def figures(longer: int, apart: bool, mix: int) -> list[tuple[int, float, float, int]]:
        return [
            (one.policy.priority_per_mille, one.points, one.doubles, one.placed) for one in outcomes
            if (one.policy.longer_min, one.policy.flows_apart, one.policy.mix_per_mille) == (longer, apart, mix)
        ]

    least = min((one.policy.mix_per_mille for one in outcomes), default=0)
    return {
        one.policy: replace(one.policy, mix_per_mille=least) for one in outcomes
        if one.policy.mix_per_mille > least
        and figures(*one.policy.files, one.policy.mix_per_mille) == figures(*one.policy.files, least)
    }
