"""What a rule is: one function on one household or person, with its code, its effect, its source and its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, ParamSpec

from untoit.core.errors import ParameterMissing, UnknownSituation
from untoit.core.model.finding import Effect, Finding
from untoit.core.wording import say, typography

P = ParamSpec("P")

PERSON_SUFFIX = "_a_voir"
"""What follows the code of a rule that could not answer: the pair goes to a person and is not proposed by itself."""


@dataclass(frozen=True)
class Rule(Generic[P]):
    """
    A rule with the facts that are published about it; calling it returns a complete ``Finding``.

    ``says`` is the sentence when it passes and ``otherwise`` when it does not; both quote the facts of the finding.
    """

    function: Callable[P, Finding]
    code: str
    label: str
    effect: Effect
    source: str
    says: str
    otherwise: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Finding:
        """Return the finding of the function, with code, effect, sentence and source."""
        finding = self.function(*args, **kwargs)
        return replace(
            finding,
            code=self.code,
            effect=self.effect,
            sentence=say(self.says if finding.passed else self.otherwise, finding.facts),
            source=" ; ".join(filter(None, (self.source, finding.source))),
        )


def rule(
    code: str, *, label: str, effect: Effect, source: str, says: str, otherwise: str
) -> Callable[[Callable[P, Finding]], Rule[P]]:
    """
    Attach to a function what is published about its rule.

    The function returns ``Finding(passed, facts)``, and may add the source and the status of the parameters it read.
    """
    return lambda function: Rule(function, code, label, effect, source, says, otherwise)


def answers(rules: Iterable[Rule[P]], *args: P.args, **kwargs: P.kwargs) -> tuple[Finding, ...]:
    """
    Return what every rule answers, in order.

    A rule that meets a situation the texts do not describe answers that a person has to look (``goes_to_a_person``),
    so that one unusual family never stops a batch, and never falls in a default branch.
    """
    return tuple(_answer(each, *args, **kwargs) for each in rules)


def goes_to_a_person(finding: Finding) -> bool:
    """Whether the rule could not answer, so that a person has to look before anything is proposed."""
    return finding.code.endswith(PERSON_SUFFIX)


def blocks(finding: Finding) -> bool:
    """Whether a pair may not be proposed automatically: it is ruled out, or a person has to look first."""
    return finding.excludes or goes_to_a_person(finding)


def _answer(each: Rule[P], *args: P.args, **kwargs: P.kwargs) -> Finding:
    try:
        return each(*args, **kwargs)
    except (UnknownSituation, ParameterMissing) as silence:
        return Finding(
            passed=False,
            facts={},
            code=each.code + PERSON_SUFFIX,
            effect=Effect.WARNS,
            sentence=typography(f"À voir par une personne : {_lower_first(silence.sentence)}"),
            source=each.source,
            to_check=True,
        )


def _lower_first(sentence: str) -> str:
    # « PLI : … » keeps its capitals, « Commune 97411 … » loses one.
    return sentence if sentence[:2].isupper() else sentence[:1].lower() + sentence[1:]
