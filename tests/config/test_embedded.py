import os
import signal
import time

import psycopg
import pytest

from untoit.config import embedded
from untoit.core.errors import UnusableInput

LONG = "un-dossier-au-nom-très-long-" * 5


def kept(url):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


@pytest.mark.parametrize("name", ["simple", "été avec espaces 'et apostrophe'", LONG])
def test_a_folder_of_any_name_serves_stops_and_serves_again(tmp_path, name):
    folder = tmp_path / name / "postgres"
    try:
        first = kept(embedded.start(folder).url)
        embedded.stop(folder)
        second = kept(embedded.start(folder).url)
    finally:
        embedded.stop(folder)

    assert (first, second) == (1, 2)


def test_the_planner_knows_that_no_head_moves_and_a_caller_still_decides(tmp_path):
    folder = tmp_path / "postgres"
    for given, expected in ((None, "1.1"), ({"random_page_cost": "2"}, "2")):
        try:
            with psycopg.connect(embedded.start(folder, settings=given).url) as connection:
                assert connection.execute("SHOW random_page_cost").fetchone() == (expected,)
        finally:
            embedded.stop(folder)


def test_a_server_left_by_a_killed_process_is_found_again(tmp_path):
    folder = tmp_path / "postgres"
    try:
        assert embedded.start(folder) == embedded.start(folder)
    finally:
        embedded.stop(folder)


def test_a_killed_server_starts_again_with_what_was_committed(tmp_path):
    folder = tmp_path / "postgres"
    try:
        server = embedded.start(folder)
        kept(server.url)
        os.kill(server.pid, signal.SIGKILL)
        time.sleep(0.1)
        again = kept(embedded.start(folder).url)
    finally:
        embedded.stop(folder)

    assert again == 2


def test_a_number_that_now_belongs_to_somebody_else_does_not_count(tmp_path):
    folder = tmp_path / "postgres"
    try:
        embedded.start(folder)
        pid_file = (folder / "postmaster.pid").read_text()
        embedded.stop(folder)
        lines = pid_file.splitlines()
        (folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        assert kept(embedded.start(folder).url) == 1
    finally:
        embedded.stop(folder)


def test_what_a_killed_creation_left_is_thrown_away(tmp_path):
    half = tmp_path / ".postgres-creation-abcd"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    folder = tmp_path / "postgres"
    try:
        assert kept(embedded.start(folder).url) == 1
    finally:
        embedded.stop(folder)

    assert not half.exists()


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "photo.jpg").write_text("?")

    with pytest.raises(UnusableInput, match="n'est ni vide ni celui d'une base"):
        embedded.start(tmp_path / "postgres")
