"""A session of three candidates for one dwelling, on its way through the committee."""

import pytest


@pytest.fixture
def committee():
    """A dwelling on the agenda of a session, with three candidates."""
    # Not above: the settings are not there yet when this file is read first.
    from tests.factories.committee import a_committee

    return a_committee()
