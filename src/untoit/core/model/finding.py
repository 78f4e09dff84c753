"""What a rule answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a rule that does not pass does to a pair. A low income only ever warns."""

    EXCLUDES = "exclut"
    WARNS = "alerte"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    The answer of one rule on one pair.

    A rule returns ``Finding(passed, facts)``; the ``@rule`` decorator fills the rest. ``facts`` holds the numbers that
    made the answer. ``to_check`` is true when a parameter used has the status ``to_check``.
    """

    passed: bool
    facts: Mapping[str, object]
    code: str = ""
    effect: Effect = Effect.EXCLUDES
    sentence: str = ""
    source: str = ""
    to_check: bool = False

    @property
    def excludes(self) -> bool:
        """Whether the pair is ruled out."""
        return not self.passed and self.effect is Effect.EXCLUDES
