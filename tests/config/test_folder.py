import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet

from untoit.config.folder import Taken, held, kept, new_sealing_key, new_secret


def test_the_second_to_hold_a_folder_reads_one_sentence_with_the_number_of_the_first(tmp_path):
    code = (
        "import sys, pathlib; from untoit.config.folder import held\n"
        "with held(pathlib.Path(sys.argv[1])): print('ok', flush=True); sys.stdin.read()"
    )
    lock = tmp_path / ".verrou"
    first = subprocess.Popen([sys.executable, "-c", code, str(lock)], stdin=-1, stdout=-1, text=True)
    assert first.stdout.readline() == "ok\n"

    with pytest.raises(Taken, match=f"sur le dossier « {tmp_path} » \\(processus {first.pid}\\)"), held(lock):
        pass

    first.kill()
    first.communicate()
    with held(lock, patience_s=5):
        assert lock.read_text() != str(first.pid)


def test_a_key_is_made_once_whoever_asks_and_read_by_its_owner_only(tmp_path):
    path = tmp_path / "cles" / "signature"

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: kept(path, new_secret), range(16)))

    assert len(made) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["signature"]


def test_a_new_sealing_key_seals():
    box = Fernet(new_sealing_key())

    assert box.decrypt(box.encrypt(b"x")) == b"x"
