"""What the choice of a territory is compared with: today's practice, a greedy rule, and solvers on the full model."""

from __future__ import annotations

import heapq
import multiprocessing
import time

import highspy
import numpy as np
from scipy import sparse

from untoit.core.scale import POINT, Territory, kernels
from untoit.core.scale.plan import Draft, implicit

NEVER = 1 << 50


def greedy(territory: Territory) -> Draft:
    """Give the best bundle left, whoever's it is, until nothing is left (no quota)."""
    draft = Draft(territory)
    homes, jobs = np.zeros(territory.dwellings, np.int64), np.zeros(territory.offers, np.int64)
    jobs[territory.offer_capacity <= 0] = NEVER
    left = territory.offer_capacity.astype(np.int64)
    surplus = np.zeros(territory.households, np.int64)
    pair, offers = draft.pair.copy(), draft.offers.copy()
    credit = np.zeros(territory.weights().shape[1:], np.int64)
    arguments = (*implicit(territory), credit, homes, jobs, surplus, pair, offers)
    kernels.choose(0, territory.households, *arguments)
    queue = [(-int(each), h) for h, each in enumerate(surplus.tolist()) if each > 0]
    heapq.heapify(queue)
    while queue:
        expected, h = heapq.heappop(queue)
        kernels.choose(h, h + 1, *arguments)
        if pair[h] < 0:
            continue
        if offers[h, 0] >= 0 and offers[h, 0] == offers[h, 1] and left[offers[h, 0]] < 2:
            offers[h, 1] = -1
        if -int(surplus[h]) > expected:
            heapq.heappush(queue, (-int(surplus[h]), h))
            continue
        _take(draft, h, int(pair[h]), offers[h].tolist(), homes, jobs, left)
    return draft


def _take(draft, h, pair, offers, homes, jobs, left) -> None:
    draft.pair[h], draft.offers[h] = pair, offers
    homes[draft.territory.pair_dwelling[pair]] = NEVER
    for j in offers:
        if j >= 0:
            left[j] -= 1
            if left[j] <= 0:
                jobs[j] = NEVER


def housing_first(territory: Territory) -> Draft:
    """Place in homes as well as possible, then give jobs within reach as well as possible (no quota)."""
    draft = Draft(territory)
    household = np.repeat(np.arange(territory.households), np.diff(territory.pair_start))
    worth = territory.alone_worth[household] * territory.pair_chance.astype(float)
    chosen = _assign(household, territory.pair_dwelling, np.ones(territory.dwellings), worth)
    draft.pair[household[chosen]] = chosen
    seeker, fit, value = _jobs_from(territory, draft)
    taken = _assign(seeker, territory.fit_offer[fit], territory.offer_capacity, value)
    _write_jobs(draft, seeker[taken], territory.fit_offer[fit[taken]])
    return draft


def job_first(territory: Territory) -> Draft:
    """Place in jobs as well as possible, then give homes within reach of them as well as possible (no quota)."""
    draft = Draft(territory)
    seeker = np.repeat(np.arange(territory.seekers), np.diff(territory.fit_start))
    owner = np.repeat(np.arange(territory.households), np.diff(territory.seeker_start))
    worth = territory.job_worth[owner[seeker]] * territory.fit_chance.astype(float)
    taken = _assign(seeker, territory.fit_offer, territory.offer_capacity, worth)
    job = np.full((territory.households, 2), -1, dtype=np.int32)
    who = owner[seeker[taken]]
    job[who, seeker[taken] - territory.seeker_start[who]] = territory.fit_offer[taken]
    household = np.repeat(np.arange(territory.households), np.diff(territory.pair_start))
    total = np.zeros(household.size, np.int64)
    fits = np.zeros((household.size, 2), dtype=bool)
    for k in (-1, 0, 1):
        offers = np.full((territory.households, 2), -1, dtype=np.int32)
        if k >= 0:
            offers[:, k] = job[:, k]
        # One household, one pair at a time: each round prices the n-th pair of every household.
        value = np.full(household.size, -1, np.int64)
        rank = np.arange(household.size) - territory.pair_start[household]
        for n in range(int(rank.max(initial=-1)) + 1):
            here = np.flatnonzero(rank == n)
            pair, got = np.full(territory.households, -1, np.int32), np.zeros(territory.households, np.int64)
            pair[household[here]] = here
            kernels.worth(0, territory.households, *implicit(territory), pair, offers, got)
            value[here] = got[household[here]]
        if k < 0:
            total = value.copy()
            alone = value
        else:
            fits[:, k] = (value > alone) & (job[household, k] >= 0)
            total += np.where(fits[:, k], value - alone, 0)
    chosen = _assign(household, territory.pair_dwelling, np.ones(territory.dwellings), total.astype(float))
    draft.pair[household[chosen]] = chosen
    draft.offers[household[chosen]] = np.where(fits[chosen], job[household[chosen]], -1)
    return draft


def _jobs_from(territory: Territory, draft: Draft):
    """Return, for the seekers placed in a home, the fits within reach of it and their values."""
    owner = np.repeat(np.arange(territory.households), np.diff(territory.seeker_start))
    seeker = np.repeat(np.arange(territory.seekers), np.diff(territory.fit_start))
    h = owner[seeker]
    home = draft.dwelling()[h]
    fit = np.flatnonzero(home >= 0)
    h, home, seeker = h[fit], home[fit], seeker[fit]
    step = territory.offer_m[territory.fit_offer[fit]].astype(np.int64) - territory.dwelling_m[home]
    distance = np.sqrt((step**2).sum(axis=1).astype(float))
    reach = territory.reach_m[h]
    value = territory.job_worth[h] * territory.pair_chance[draft.pair[h]].astype(float) * territory.fit_chance[fit]
    value = value * (1 - 0.4 * distance / reach) * 1e-8
    near = distance <= reach
    return seeker[near], fit[near], value[near]


def _write_jobs(draft: Draft, seeker, offer) -> None:
    owner = np.repeat(np.arange(draft.territory.households), np.diff(draft.territory.seeker_start))
    draft.offers[owner[seeker], seeker - draft.territory.seeker_start[owner[seeker]]] = offer


def _assign(one, many, capacity, worth):
    """Return the edges of the assignment of greatest worth, by HiGHS (its linear programme is integral)."""
    people, things = int(one.max(initial=-1)) + 1, len(capacity)
    edges = np.arange(one.size)
    matrix = sparse.csc_matrix(
        (np.ones(2 * one.size), (np.concatenate([one, people + many]), np.tile(edges, 2))),
        shape=(people + things, one.size),
    )
    solver = _highs(matrix, worth / max(float(worth.max(initial=1.0)), 1.0), np.ones(people), capacity, integer=False)
    solver.run()
    return np.flatnonzero(np.asarray(solver.getSolution().col_value) > 0.5)


def _highs(matrix, worth, people, capacity, *, integer: bool) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 2)
    lp = highspy.HighsLp()
    rows, columns = matrix.shape
    lp.num_col_, lp.num_row_ = columns, rows
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = -worth, np.zeros(columns), np.ones(columns)
    lp.row_lower_, lp.row_upper_ = np.full(rows, -np.inf), np.concatenate([people, capacity]).astype(float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if integer:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    solver.passModel(lp)
    return solver


def full_model(territory: Territory):
    """Return every home and every job of every home as columns: rows, columns, coefficients, right sides, values."""
    pairs = territory.pair_dwelling.size
    household = np.repeat(np.arange(territory.households), np.diff(territory.pair_start))
    alone = np.floor(territory.alone_worth[household] * territory.pair_chance.astype(np.int64) * 1e-4 + 0.5)
    rows, columns = [household, territory.households + territory.pair_dwelling], [np.arange(pairs)] * 2
    data, value = [np.ones(pairs)] * 2, [alone]
    right = [np.ones(territory.households + territory.dwellings), territory.offer_capacity.astype(float)]
    offer_row = territory.households + territory.dwellings
    bound_row, count = offer_row + territory.offers, pairs
    for k in (0, 1):
        seeker = territory.seeker_start[household] + k
        pair = np.flatnonzero(seeker < territory.seeker_start[household + 1])
        many = (territory.fit_start[seeker[pair] + 1] - territory.fit_start[seeker[pair]])
        group = np.repeat(np.arange(pair.size), many)
        fit = np.arange(group.size) - np.repeat(np.cumsum(many) - many, many) + territory.fit_start[seeker[pair]][group]
        p, offer = pair[group], territory.fit_offer[fit]
        step = territory.offer_m[offer].astype(np.int64) - territory.dwelling_m[territory.pair_dwelling[p]]
        distance, reach = np.sqrt((step**2).sum(axis=1).astype(float)), territory.reach_m[household[p]]
        near = distance <= reach
        group, p, offer, fit = group[near], p[near], offer[near], fit[near]
        worth = territory.job_worth[household[p]] * territory.pair_chance[p].astype(float) * territory.fit_chance[fit]
        value.append(np.floor(worth * (1 - 0.4 * distance[near] / reach[near]) * 1e-8 + 0.5))
        each = count + np.arange(p.size)
        rows += [offer_row + offer, bound_row + group, bound_row + np.arange(pair.size)]
        columns += [each, each, pair]
        data += [np.ones(p.size), np.ones(p.size), -np.ones(pair.size)]
        right.append(np.zeros(pair.size))
        bound_row, count = bound_row + pair.size, count + p.size
    weights = territory.weights()
    kinds = territory.household_class[household], territory.dwelling_class[territory.pair_dwelling]
    for weight, share in zip(weights, territory.shares, strict=True):
        rows.append(np.full(pairs, bound_row))
        columns.append(np.arange(pairs))
        data.append(-weight[kinds].astype(float))
        right.append(np.array([float(share.constant)]))
        bound_row += 1
    matrix = sparse.csc_matrix(
        (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(bound_row, count)
    )
    matrix.sort_indices()
    return matrix, np.concatenate(right), np.concatenate(value)


def solver_on_full_model(name: str, territory: Territory, limit_s: float, kill_s: float):
    """
    Return ``(value, bound, seconds)`` of HiGHS or CP-SAT on the full model, in a process killed after ``kill_s``.

    ``None`` for what it had not found.
    """
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_solve_full, args=(name, territory, limit_s, queue))
    started = time.perf_counter()
    process.start()
    try:
        found = queue.get(timeout=kill_s)
    except Exception:
        found = (None, None)
    process.kill()
    process.join()
    return *found, time.perf_counter() - started


def _solve_full(name, territory, limit_s, queue) -> None:
    matrix, right, value = full_model(territory)
    if name == "HiGHS":
        solver = _highs(matrix, value / 1000, right[:territory.households], right[territory.households:], integer=True)
        solver.setOptionValue("time_limit", limit_s)
        solver.run()
        information = solver.getInfo()
        has = information.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        queue.put((
            -information.objective_function_value * 1000 / POINT if has else None,
            -information.mip_dual_bound * 1000 / POINT if np.isfinite(information.mip_dual_bound) else None,
        ))
        return
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    columns = [model.new_bool_var("") for _ in range(value.size)]
    by_row = matrix.tocsr()
    for row in range(by_row.shape[0]):
        span = slice(by_row.indptr[row], by_row.indptr[row + 1])
        if span.start == span.stop:
            continue
        chosen, weights = [columns[c] for c in by_row.indices[span]], by_row.data[span].astype(int).tolist()
        if right[row] == 1 and set(weights) == {1}:
            model.add_at_most_one(chosen)
        else:
            model.add(cp_model.LinearExpr.weighted_sum(chosen, weights) <= int(right[row]))
    model.maximize(cp_model.LinearExpr.weighted_sum(columns, value.astype(int).tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    queue.put((solver.objective_value / POINT if found else None, solver.best_objective_bound / POINT))
