"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import settings

# A loaded machine is slow, not wrong: no example is judged by the time it takes.
settings.register_profile("untoit", deadline=None)
settings.load_profile("untoit")

REPOSITORY = Path(__file__).parents[1]


def pytest_configure(config):
    """Give the tests a PostgreSQL server of their own: the embedded one, without durability, kept in ``build/``."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "untoit.config.settings"
    os.environ["UNTOIT_MODE"] = "test"
    os.environ.setdefault("UNTOIT_DATA", str(REPOSITORY / "build" / "test-data"))
    if "DATABASE_URL" not in os.environ and not hasattr(config, "workerinput"):
        from untoit.config import embedded

        os.environ["DATABASE_URL"] = embedded.start_for_tests(REPOSITORY / "build" / "test-database")
    import django

    django.setup()


def pytest_collection_modifyitems(items):
    """Keep on one worker what shares a costly set-up: the world of the security tests, each sweep of the browser."""
    for item in items:
        folder = item.path.relative_to(REPOSITORY / "tests").parts[0]
        if folder == "security":
            item.add_marker(pytest.mark.xdist_group("security"))
        elif folder in ("browser", "scenarios"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Copy each test database from one that was migrated once, until a migration changes: 0.3 s instead of 10."""
    from django.conf import settings
    from tests.factories.database import migrated_template

    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated_template()


@pytest.fixture(autouse=True)
def fresh_cache():
    """Forget what an earlier test left in the process's cache: ten wrong codes shut the pairing of tablets to all."""
    cache.clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data that stands beside the checkout; the test is skipped where it is absent."""
    folder = Path(os.environ.get("UNTOIT_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder
