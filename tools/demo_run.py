"""What ``make report`` does: the demonstration territory, the main job on it without the application, where to look."""

from __future__ import annotations

import sys
from pathlib import Path

from untoit.cli import main

ON = "2026-11-24"


def demo_run(folder: Path) -> int:
    """Build the territory in ``folder``, compute, and print where the page is; return the exit code."""
    data, out = folder / "donnees", folder / "resultats"
    print(f"Territoire de démonstration (personnes fictives) dans {data}", flush=True)
    code = main(["demo", str(data), "--date", ON])
    if code:
        return code
    print("\nCalcul des tandems…", flush=True)
    code = main([
        "match", "--menages", str(data / "menages.csv"), "--personnes", str(data / "personnes.csv"),
        "--logements", str(data / "logements.csv"), "--offres", str(data / "offres.csv"),
        "--gtfs", str(data / "reseau_demo.zip"), "--date", ON, "--options", "--rapport", "--fictif",
        "--out", str(out),
    ])
    if code == 2:
        return code
    print(f"\nOuvrez dans un navigateur : {(out / 'rapport.html').resolve().as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(demo_run(Path(sys.argv[1] if len(sys.argv) > 1 else "demo")))
