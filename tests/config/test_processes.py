import os
import subprocess
import sys
import time

from untoit.config.processes import SUPERVISOR

WATCHED = "import time; from untoit.config.processes import die_with_parent; die_with_parent(); time.sleep(30)"


def watched_by(pid):
    return subprocess.Popen([sys.executable, "-c", WATCHED], env={**os.environ, SUPERVISOR: str(pid)})


def test_a_process_whose_supervisor_died_before_it_looked_ends_too():
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()

    assert watched_by(gone.pid).wait(20) == 1


def test_a_process_whose_supervisor_lives_stays():
    process = watched_by(os.getpid())
    time.sleep(2)
    alive = process.poll() is None
    process.kill()
    process.wait()

    assert alive
