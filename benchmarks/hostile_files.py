"""
Print what ``untoit check`` does with each clumsy or hostile file: exit code, seconds, peak memory, first sentence.

Usage: ``python -m benchmarks.hostile_files``. The files are those of ``tests/factories/files.py``.
"""

import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.factories.files import CASES


def main() -> int:
    """Check every file in a process of its own; return 1 when an exit code is not the expected one."""
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, {len(CASES)} fichiers")
    print(f"{'fichier':46} code  s     Mio  première phrase")
    wrong = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            path = case.make(Path(folder))
            code, seconds, peak_mib, output = _checked(path)
        wrong += code != case.code
        print(f"{case.name:46} {code:4} {seconds:5.2f} {peak_mib:5.0f}  {output.partition(chr(10))[0][:110]}")
    return 1 if wrong else 0


# The peak of the process itself: the one that the parent is told includes the parent's own memory before ``exec``.
_CHILD = """
import sys
from pathlib import Path
from untoit.cli import main
code = main(["check", sys.argv[1]])
status = Path("/proc/self/status").read_text()
Path(sys.argv[2]).write_text(status.partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""


def _checked(path: Path) -> tuple[int, float, float, str]:
    with tempfile.TemporaryDirectory() as folder:
        peak = Path(folder) / "peak"
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", _CHILD, str(path), str(peak)], check=False, encoding="utf-8",
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        seconds = time.perf_counter() - start
        return done.returncode, seconds, int(peak.read_text()) / 1024, done.stdout


if __name__ == "__main__":
    sys.exit(main())
