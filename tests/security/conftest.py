"""
One world for the whole folder: built once, rolled back after its last test, and after every question.

pytest has no scope for a folder without ``__init__.py``: the world is kept here, and closed as soon as the next test is
not one of this folder, so that its rows are never seen by another test. Shuffled tests build it again. The fixtures
have the scope of a module, so that they open before the transaction of each test.
"""

import logging
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import transaction
from django.template import Template
from django.test import override_settings
from django.test.utils import _TestState

_HERE = Path(__file__).parent
_kept = {}
_opened = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """Close the world when the tests leave this folder; what the test itself opened is already closed."""
    if nextitem is None or _HERE not in nextitem.path.parents:
        _kept.clear()
        _opened.close()


def _roll_back(atomic):
    transaction.set_rollback(True)
    atomic.__exit__(None, None, None)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    from tests.factories.runs import demo_files
    from tests.security import world as worlds  # the models are ready only once pytest is configured

    if "world" not in _kept:
        folder = demo_files(tmp_path_factory.mktemp("demo") / "donnees", households=12, dwellings=10, offers=12)
        _opened.enter_context(django_db_blocker.unblock())
        _opened.enter_context(override_settings(DATA_DIR=tmp_path_factory.mktemp("installation")))
        # Thousands of pages: nobody reads the templates that made them, nor the lines of the log about their 404.
        _opened.callback(setattr, Template, "_render", Template._render)
        Template._render = _TestState.saved_data.template_render
        _opened.callback(logging.disable, logging.NOTSET)
        logging.disable(logging.CRITICAL)
        atomic = transaction.atomic()
        atomic.__enter__()
        _opened.callback(_roll_back, atomic)
        _kept["world"] = worlds.build(folder)
    return _kept["world"]


@pytest.fixture
def planted(world):
    """Undo what a test plants in the world."""
    point = transaction.savepoint()
    yield world
    transaction.savepoint_rollback(point)


@pytest.fixture(scope="module")
def watch(world):
    from tests.security.canaries import Watch

    return _kept.setdefault("watch", Watch(world))


@pytest.fixture(scope="module")
def seen(world, watch):
    """Every URL asked for as everybody, once, with the canaries watched in every answer."""
    from tests.security import matrix

    if "seen" not in _kept:
        _kept["seen"] = matrix.observe(world, watch=watch)
    return _kept["seen"]
