"""Feasible pairs in, proposed tandems out, with a proven bound. Arrays only: it knows nothing of people."""

from untoit.core.matching.certificate import bound_from_prices, certificate, losses, price_of, surplus
from untoit.core.matching.check import check
from untoit.core.matching.plan import Effort, Plan, QuotaResult
from untoit.core.matching.problem import POINT, MatchingProblem, Quota
from untoit.core.matching.solver import solve

__all__ = [
    "POINT",
    "Effort",
    "MatchingProblem",
    "Plan",
    "Quota",
    "QuotaResult",
    "bound_from_prices",
    "certificate",
    "check",
    "losses",
    "price_of",
    "solve",
    "surplus",
]
