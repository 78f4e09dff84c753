"""No figure that is shown points at somebody, not even by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from untoit.core.indicators.masking import Figure, masked, masked_chain, masked_total

K = 5
columns = st.dictionaries(st.integers(0, 12).map(str), st.integers(0, 30), max_size=12)


@given(columns)
def test_no_small_cell_is_shown_and_none_can_be_found_from_themasked_total(values):
    shown = masked(values, K)
    total = masked_total(values, shown, K)

    assert all(figure.value is None or figure.value == 0 or figure.value >= K for figure in shown.values())
    assert total.value is None or total.value == 0 or total.value >= K
    hidden = [key for key, figure in shown.items() if figure.value is None]
    if hidden and total.value is not None:
        left = total.value - sum(figure.value or 0 for figure in shown.values())
        # Several different fillings of the masked cells give the same total.
        assert len(hidden) >= 2 and left > len(hidden)


@given(st.dictionaries(st.integers(0, 9).map(str), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=9))
def test_what_was_not_accepted_is_not_found_either(pairs):
    proposed = {key: one + other for key, (one, other) in pairs.items()}
    accepted = {key: one for key, (one, other) in pairs.items()}
    shown = masked(proposed, K)
    secret = frozenset(key for key, figure in shown.items() if figure.value is None)
    part = masked(accepted, K, secret=secret, among=proposed)

    for key, figure in part.items():
        if figure.value is not None:
            assert proposed[key] - figure.value == 0 or proposed[key] - figure.value >= K
            assert shown[key].value is not None


def test_a_large_cell_is_masked_with_the_only_small_one():
    assert masked({"Lille": 40, "Loos": 3, "Lens": 9, "Douai": 0}, K) == {
        "Lille": Figure(40), "Loos": Figure(None), "Lens": Figure(None), "Douai": Figure(0),
    }


chains = st.lists(st.integers(0, 40), min_size=1, max_size=8).map(lambda counts: sorted(counts, reverse=True))


@given(chains)
def test_no_small_step_is_shown_nor_a_small_difference_between_two_steps(counts):
    shown = [figure.value for figure in masked_chain(counts, K) if figure.value is not None]

    assert all(value == 0 or value >= K for value in shown)
    assert all(one == other or abs(one - other) >= K for one in shown for other in shown)


@given(chains)
def test_a_step_that_is_known_anyway_is_shown_and_hides_those_too_near(counts):
    shown = masked_chain(counts, K, known=frozenset({0}))

    assert shown[0] == Figure(counts[0])
    assert all(figure.value is None or not 0 < counts[0] - figure.value < K for figure in shown[1:])


def test_all_but_two_says_as_much_as_two():
    assert masked_chain([20, 18, 12, 12, 0], K) == [Figure(20), Figure(None), Figure(12), Figure(12), Figure(0)]
