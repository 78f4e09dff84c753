"""One worker for all the tests of the budget engine: it takes seconds to load."""

from collections.abc import Iterator

import pytest

from untoit.core.budget import BudgetWorker


@pytest.fixture(scope="session")
def worker() -> Iterator[BudgetWorker]:
    """A worker process that runs."""
    with BudgetWorker() as running:
        yield running
