"""What the decorator makes of a function."""

from untoit.core.errors import ParameterMissing, UnknownSituation
from untoit.core.model.finding import Effect, Finding
from untoit.core.rules.rule import answers, blocks, goes_to_a_person, rule


@rule(
    "pair",
    label="Nombre pair",
    effect=Effect.EXCLUDES,
    source="Arithmétique",
    says="{n} pair.",
    otherwise="{n} impair.",
)
def is_even(n: int) -> Finding:
    """Return whether a number is even."""
    if n < 0:
        raise UnknownSituation("Nombre négatif.")
    if n > 100:
        raise ParameterMissing("PLI : trop grand.")
    return Finding(n % 2 == 0, {"n": n}, source="Euclide", to_check=n == 4)


def test_a_rule_completes_the_finding_of_its_function():
    assert is_even(4) == Finding(
        passed=True, facts={"n": 4}, code="pair", effect=Effect.EXCLUDES, sentence="4 pair.",
        source="Arithmétique ; Euclide", to_check=True,
    )


def test_a_rule_that_fails_says_the_other_sentence_and_excludes():
    finding = is_even(3)

    assert finding.sentence == "3 impair."
    assert finding.excludes
    assert blocks(finding)
    assert not goes_to_a_person(finding)


def test_an_unknown_situation_goes_to_a_person_and_stops_nothing():
    finding, other = answers((is_even, is_even), -1)

    assert finding == other
    assert (finding.passed, finding.excludes, finding.code, finding.effect, finding.to_check) == (
        False, False, "pair_a_voir", Effect.WARNS, True,
    )
    assert finding.sentence == "À voir par une personne\u00a0: nombre négatif."
    assert goes_to_a_person(finding)
    assert blocks(finding)


def test_a_missing_parameter_goes_to_a_person_and_keeps_its_acronym():
    (finding,) = answers((is_even,), 101)

    assert finding.sentence == "À voir par une personne\u00a0: PLI\u00a0: trop grand."


def test_a_rule_that_passes_blocks_nothing():
    assert not blocks(is_even(2))
