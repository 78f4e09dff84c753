"""The choice at the size of a year, a region or a country: implicit triples in, a plan and its proof out."""

from untoit.core.scale.engine import solve
from untoit.core.scale.executor import Executor, Local, Processes
from untoit.core.scale.market import CERTAIN, POINT, Share, Territory, share_of
from untoit.core.scale.plan import Effort, Outcome, ShareResult
from untoit.core.scale.refusal import after_refusal
from untoit.core.scale.settle import Search

__all__ = [
    "CERTAIN", "POINT", "Effort", "Executor", "Local", "Outcome", "Processes", "Search", "Share", "ShareResult",
    "Territory", "after_refusal", "share_of", "solve",
]
