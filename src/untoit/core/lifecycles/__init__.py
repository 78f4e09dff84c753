"""State machines as tables: the table decides whether an act is possible; the service does what follows."""

from untoit.core.lifecycles.lifecycle import CLOCK, Lifecycle, Transition, t

__all__ = ["CLOCK", "Lifecycle", "Transition", "t"]
