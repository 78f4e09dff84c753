"""
The linear relaxation over the few choices that matter, solved without any matrix being factorised.

Reflected Halpern iterations of the primal-dual hybrid gradient, with restarts [1]_: each one is a pass over the
columns. A thousand of them bring the prices of a metropolitan year within a hundred-thousandth of the best ones, in
less time than an interior point method takes, and their time grows with the columns and no faster.

.. [1] H. Lu, J. Yang, "Restarted Halpern PDHG for linear programming", arXiv:2407.16144, 2024.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from untoit.core.scale.market import Int32Array

Float64Array = NDArray[np.float64]

PRIMAL_WEIGHT = 0.07
"""Prices move in fractions of a point where quantities move by one; measured on 0.02 to 1."""


@njit(cache=True, nogil=True)
def iterate(
    rows: Int32Array, kind: Int32Array, value: Float64Array, weight: Float64Array, room: Float64Array,
    slack: Float64Array, x: Float64Array, y: Float64Array, iterations: int,
) -> None:
    """
    Improve, in place, the quantities ``x`` (one a column) and the prices ``y`` (one a row) of the packing programme.

    Column ``k`` uses one unit of each of the four ``rows[k]``; row 0 is never exhausted (``room[0]`` is not read) and
    stands for nothing. ``weight`` is ``float64[Q, classes]``: what a column of a class brings to each share, whose
    ``slack`` must stay above zero; the prices of the shares follow those of the rows in ``y``. Amounts are in points.
    """
    columns, count, shares = value.size, room.size, slack.size
    classes = weight.shape[1]
    degree, people = np.zeros(count + shares), np.zeros(classes)
    step = np.empty(columns)
    for k in range(columns):
        norm = 0.0
        for i in range(4):
            if rows[k, i] > 0:
                degree[rows[k, i]] += 1.0
                norm += 1.0
        for q in range(shares):
            norm += abs(weight[q, kind[k]])
            degree[count + q] += abs(weight[q, kind[k]])
        step[k] = 1.0 / (PRIMAL_WEIGHT * norm)
    pace = np.zeros(count + shares)
    for r in range(1, count + shares):
        if degree[r] > 0.0:
            pace[r] = PRIMAL_WEIGHT / degree[r]
        else:
            y[r] = 0.0
    y[0] = 0.0
    anchor_x, anchor_y = x.copy(), y.copy()
    used, credit = np.empty(count), np.empty(classes)
    since, first, before = 0, 0.0, 0.0
    for it in range(iterations):
        used[:] = 0.0
        people[:] = 0.0
        for c in range(classes):
            credit[c] = 0.0
            for q in range(shares):
                credit[c] += weight[q, c] * y[count + q]
        keep, moved = (since + 1.0) / (since + 2.0), 0.0
        for k in range(columns):
            a, b, c, d = rows[k, 0], rows[k, 1], rows[k, 2], rows[k, 3]
            old = x[k]
            new = max(old + step[k] * (value[k] + credit[kind[k]] - y[a] - y[b] - y[c] - y[d]), 0.0)
            change = new - old
            moved += change * change / step[k]
            x[k] = keep * (new + change) + (1.0 - keep) * anchor_x[k]
            ahead = new + change
            if ahead != 0.0:
                used[a] += ahead
                used[b] += ahead
                used[c] += ahead
                used[d] += ahead
                people[kind[k]] += ahead
        for r in range(1, count + shares):
            if pace[r] == 0.0:
                continue
            if r < count:
                excess = used[r] - room[r]
            else:
                excess = -slack[r - count]
                for c in range(classes):
                    excess -= weight[r - count, c] * people[c]
            change = max(y[r] + pace[r] * excess, 0.0) - y[r]
            moved += change * change / pace[r]
            y[r] = keep * (y[r] + 2.0 * change) + (1.0 - keep) * anchor_y[r]
        if since == 0:
            first = moved
        since += 1
        # Residuals are squared here: 0.04 is a fifth, 0.64 four fifths.
        if since > 1 and (
            moved <= 0.04 * first or (moved <= 0.64 * first and moved > before) or since >= 50 + 0.36 * it
        ):
            anchor_x[:] = x
            anchor_y[:] = y
            since = 0
        before = moved
    for k in range(columns):  # the last reflection may leave the feasible side
        x[k] = max(x[k], 0.0)
    for r in range(count + shares):
        y[r] = max(y[r], 0.0)
