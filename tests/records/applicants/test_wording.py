"""Ages as they are read aloud."""

import pytest

from untoit.records.applicants.wording import ages


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], ""), ([34], "34\u00a0ans"), ([34, 36], "34 et 36\u00a0ans"), ([0], "moins d'un an"), ([1], "1\u00a0an"),
        ([0, 3], "moins d'un an et 3\u00a0ans"), ([0, 0, 7, 9], "moins d'un an, moins d'un an, 7 et 9\u00a0ans"),
    ],
)
def test_ages_are_read_as_people_say_them(values, said):
    assert ages(values) == said
