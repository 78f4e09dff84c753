"""
Propose the lines that ``tests/security/expected.yaml`` lacks: what the pages answer now, for a person to read.

    python tools/permissions_expected.py            prints the difference
    python tools/permissions_expected.py --write    writes the file; read the difference before it is committed
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
EXPECTED = REPOSITORY / "tests" / "security" / "expected.yaml"


def main() -> int:
    """Ask every URL as everybody and show what differs from the frozen answers; 1 when something does."""
    with tempfile.TemporaryDirectory() as folder:
        proposal = Path(folder) / "expected.yaml"
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/security/test_matrix.py"],
            cwd=REPOSITORY, env={**os.environ, "UNTOIT_PROPOSE": str(proposal)}, stdout=subprocess.DEVNULL, check=False,
        )
        if not proposal.exists():
            print("Les pages n'ont pas pu être visitées : lancez pytest tests/security/test_matrix.py.")
            return 2
        old = EXPECTED.read_text("utf-8").splitlines(keepends=True) if EXPECTED.exists() else []
        new = proposal.read_text("utf-8").splitlines(keepends=True)
    difference = list(difflib.unified_diff(old, new, "expected.yaml", "proposition"))
    sys.stdout.writelines(difference)
    if "--write" in sys.argv:
        EXPECTED.write_text("".join(new), "utf-8")
    return 1 if difference else 0


if __name__ == "__main__":
    raise SystemExit(main())
