"""A territory refuses what would be a wrong home for somebody, and is written and read to the last byte."""

from dataclasses import replace

import numpy as np
import pytest
from tests.core.scale.small import tiny

from untoit.core.errors import UnusableInput
from untoit.core.scale.files import read_territory, write_territory


@pytest.mark.parametrize(("field", "change"), [
    ("pair_dwelling", lambda column: column + 100),
    ("fit_offer", lambda column: column - 1),
    ("pair_chance", lambda column: np.zeros_like(column)),
    ("fit_chance", lambda column: column[::-1].copy()),
    ("seeker_start", lambda column: column + 1),
    ("reach_m", lambda column: np.zeros_like(column)),
    ("offer_capacity", lambda column: -column),
    ("shard", lambda column: np.arange(column.size, 0, -1, dtype=np.int32)),
    ("household_class", lambda column: column + 9),
])
def test_territory_refuses_columns_that_break_its_contract(field, change):
    territory = tiny(4, households=6, quota=300)

    with pytest.raises(ValueError, match="territory"):
        replace(territory, **{field: change(getattr(territory, field))})


def test_fingerprint_changes_with_any_column_and_with_the_quotas():
    territory = tiny(4, quota=300)

    prints = {territory.fingerprint(), replace(territory, shares=()).fingerprint()}
    prints |= {
        replace(territory, **{name: getattr(territory, name) + 1}).fingerprint()
        for name in ("alone_worth", "job_worth", "reach_m", "dwelling_m", "offer_m", "offer_capacity")
    }

    assert len(prints) == 8


def test_territory_comes_back_from_its_file(tmp_path):
    territory = tiny(5, quota=300)

    write_territory(tmp_path / "territoire.npz", territory)

    assert read_territory(tmp_path / "territoire.npz").fingerprint() == territory.fingerprint()


def test_territory_file_that_is_not_one_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "autre.npz").write_bytes(b"PK nothing")

    with pytest.raises(UnusableInput, match="territoire lisible"):
        read_territory(tmp_path / "autre.npz")
