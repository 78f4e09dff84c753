"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A loaded machine is slow, not wrong: no example is judged by the time it takes.
settings.register_profile("untoit", deadline=None)
settings.load_profile("untoit")

REPOSITORY = Path(__file__).parents[1]


def pytest_configure(config):
    """Give the tests a PostgreSQL server of their own: the embedded one, without durability, kept in ``build/``."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "untoit.config.settings"
    os.environ["UNTOIT_MODE"] = "test"
    if "DATABASE_URL" not in os.environ and not hasattr(config, "workerinput"):
        from untoit.config import embedded

        os.environ["DATABASE_URL"] = embedded.start_for_tests(REPOSITORY / "build" / "test-database")
    import django

    django.setup()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data that stands beside the checkout; the test is skipped where it is absent."""
    folder = Path(os.environ.get("UNTOIT_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
