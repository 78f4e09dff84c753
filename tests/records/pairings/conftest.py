"""The demonstration territory, made once a session, and its timetable compiled once."""

import pytest
from tests.factories.runs import demo_files


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees", households=40, dwellings=25, offers=30)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def place(db, demo_folder, data_dir, settings):
    from tests.factories.pairings import town  # models: only once Django is set up, after this file is read

    settings.DATA_DIR = data_dir
    return town(demo_folder)
