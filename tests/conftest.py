"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data that stands beside the checkout; the test is skipped where it is absent."""
    folder = Path(os.environ.get("UNTOIT_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
