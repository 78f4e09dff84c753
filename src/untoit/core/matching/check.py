"""A second opinion on a plan, in plain Python: shares nothing with the solver, reads the problem and the plan only."""

from __future__ import annotations

from collections import Counter, defaultdict

from untoit.core.matching.plan import Plan
from untoit.core.matching.problem import MatchingProblem


def check(problem: MatchingProblem, plan: Plan) -> list[str]:
    """Return what is wrong with the plan, one French sentence a violation; an empty list when nothing is."""
    pair_household, pair_dwelling = problem.pair_household.tolist(), problem.pair_dwelling.tolist()
    option_pair, option_seeker = problem.option_pair.tolist(), problem.option_seeker.tolist()
    option_offer, option_value = problem.option_offer.tolist(), problem.option_value.tolist()
    pairs, options = plan.pairs.tolist(), plan.options.tolist()
    wrong: list[str] = []

    if len(set(options)) < len(options) or len(set(pairs)) < len(pairs):
        wrong.append("Une option ou un couple est compté deux fois.")
    if {option_pair[option] for option in options} != set(pairs):
        wrong.append("Les couples ménage-logement ne sont pas ceux des options : un logement va avec un emploi.")
    for household, times in Counter(pair_household[pair] for pair in pairs).items():
        if times > 1:
            wrong.append(f"Le ménage {household} reçoit {times} logements.")
    for dwelling, times in Counter(pair_dwelling[pair] for pair in pairs).items():
        if times > problem.dwelling_capacity[dwelling]:
            wrong.append(f"Le logement {dwelling} est proposé {times} fois, c'est trop.")
    for offer, times in Counter(option_offer[option] for option in options).items():
        if times > problem.offer_capacity[offer]:
            wrong.append(f"L'offre {offer} est proposée {times} fois, c'est trop.")

    forbidden, pinned = set(problem.forbidden.tolist()), set(problem.pinned.tolist())
    if forbidden & set(options):
        wrong.append("Une option interdite est retenue.")
    if pinned - set(options):
        wrong.append("Une option imposée n'est pas retenue.")
    offered = Counter(
        (pair, seeker) for number, (pair, seeker) in enumerate(zip(option_pair, option_seeker, strict=True))
        if number not in forbidden
    )
    for (pair, seeker), times in Counter((option_pair[n], option_seeker[n]) for n in options).items():
        if not min(problem.jobs_min, offered[pair, seeker]) <= times <= problem.jobs_max:
            wrong.append(f"La personne {seeker} a {times} offre(s), hors de {problem.jobs_min} à {problem.jobs_max}.")

    for quota, result in zip(problem.quotas, plan.quotas, strict=True):
        signed = sum(bool(quota.numerator[pair]) for pair in pairs)
        numerator = quota.already_numerator + signed
        denominator = quota.already_denominator + sum(bool(quota.denominator[pair]) for pair in pairs)
        if (result.numerator, result.denominator) != (numerator, denominator):
            wrong.append(f"« {quota.name} » : le compte annoncé n'est pas celui du plan.")
        missing = max(-(-quota.per_mille * denominator // 1000) - numerator, 0)
        if result.met != (missing == 0) or result.shortfall != missing:
            wrong.append(f"« {quota.name} » : il manque {missing} attribution(s), le plan annonce {result.shortfall}.")
        if (result.floor is None and missing) or (result.floor is not None and signed < result.floor):
            wrong.append(f"« {quota.name} » : la contrainte n'est pas tenue.")

    value = sum(option_value[option] for option in options)
    if plan.value != value:
        wrong.append(f"La valeur annoncée est {plan.value}, celle des options est {value}.")
    bound = _bound(problem, plan)
    if plan.price_bound != bound:
        wrong.append(f"La borne annoncée par les prix est {plan.price_bound}, les prix prouvent {bound}.")
    if not value <= plan.bound <= plan.price_bound:
        wrong.append(f"La borne {plan.bound} n'est pas entre la valeur {value} et ce que prouvent les prix.")
    return wrong


def _bound(problem: MatchingProblem, plan: Plan) -> int:
    """Add up, household by household, the best that each could do at the stored prices, and all that is for sale."""
    home, job = plan.dwelling_prices.tolist(), plan.offer_prices.tolist()
    if min([*home, *job, *plan.quota_prices.tolist(), 0]) < 0:
        return -1
    forbidden, pinned = set(problem.forbidden.tolist()), set(problem.pinned.tolist())
    imposed_home = {problem.pair_household[problem.option_pair[n]]: problem.option_pair[n] for n in pinned}
    jobs: defaultdict[int, defaultdict[int, list[tuple[bool, int]]]] = defaultdict(lambda: defaultdict(list))
    for number, (pair, seeker, offer, value) in enumerate(zip(
        problem.option_pair.tolist(), problem.option_seeker.tolist(), problem.option_offer.tolist(),
        problem.option_value.tolist(), strict=True,
    )):
        if number not in forbidden:
            jobs[pair][seeker].append((number in pinned, value - job[offer]))

    credit = [0] * len(problem.pair_household)
    total: int = sum(p * c for p, c in zip(home, problem.dwelling_capacity.tolist(), strict=True))
    total += sum(p * c for p, c in zip(job, problem.offer_capacity.tolist(), strict=True))
    for quota, result, price in zip(problem.quotas, plan.quotas, plan.quota_prices.tolist(), strict=True):
        per_mille = 0 if result.floor is not None else quota.per_mille
        constant = 1000 * quota.already_numerator - per_mille * quota.already_denominator
        total += _up(price * (constant if result.floor is None else -1000 * result.floor))
        flags = zip(quota.numerator.tolist(), quota.denominator.tolist(), strict=True)
        for pair, (inside, counted) in enumerate(flags):
            credit[pair] += _up(price * (1000 * inside - per_mille * counted))

    best: dict[int, int] = {}
    for pair, seekers in jobs.items():
        household = int(problem.pair_household[pair])
        imposed = imposed_home.get(household)
        if imposed is not None and imposed != pair:
            continue
        gains: list[int] = []
        must: list[int] = []
        for options in seekers.values():
            gain, is_imposed = _gain(options, problem.jobs_min, problem.jobs_max)
            (must if is_imposed else gains).append(gain)
        jobs_gain = sum(must) + sum(gain for gain in gains if gain > 0)
        if not must and not any(gain > 0 for gain in gains):
            jobs_gain = max(gains)
        gain = jobs_gain + credit[pair] - home[int(problem.pair_dwelling[pair])]
        best[household] = max(best.get(household, gain if imposed is not None else 0), gain)
    return total + sum(best.values())


def _gain(options: list[tuple[bool, int]], jobs_min: int, jobs_max: int) -> tuple[int, bool]:
    """Return the best priced sum of a seeker who has jobs of that pair, and whether one of them is imposed."""
    imposed = [priced for is_imposed, priced in options if is_imposed]
    others = sorted((priced for is_imposed, priced in options if not is_imposed), reverse=True)
    least = min(jobs_min, len(options)) - len(imposed)
    kept = [priced for rank, priced in enumerate(others[:jobs_max - len(imposed)]) if rank < least or priced > 0]
    return sum(imposed) + sum(kept), bool(imposed)


def _up(thousandths: int) -> int:
    return -(-thousandths // 1000)
