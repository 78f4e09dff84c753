"""How long a timetable takes: read and compiled for one day, opened again from the cache."""

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from benchmarks.bench import machine, measure

from untoit.core.mobility.network import Network, open_network

FEEDS = (("grenoble_tag_2023.zip", date(2023, 5, 9)), ("perigueux_perimouv_2025.zip", date(2025, 11, 4)))


def main(folder: Path) -> None:
    """Time the feeds of a folder."""
    print(machine())
    for name, on in FEEDS:
        path = folder / name
        cache = Path(tempfile.mkdtemp())

        def cold(path=path, on=on, cache=cache) -> Network:
            shutil.rmtree(cache)
            return opened(path, on, cache)

        def warm(path=path, on=on, cache=cache) -> Network:
            return opened(path, on, cache)

        network = cold()
        day = network.day(on)
        size = f"{len(network.feed.visits.stop):,} stop times, {len(day.departure):,} hops that day"
        measure(f"compile {path.stem}", size, cold, target_s=5)
        measure(f"reopen {path.stem}", size, warm, runs=20, target_s=0.1)
        shutil.rmtree(cache)


def opened(path: Path, on: date, cache: Path) -> Network:
    """Open a feed and compile, or load, one day of it."""
    network = open_network([path], cache=cache)
    network.day(on)
    return network


if __name__ == "__main__":
    default = Path(__file__).parents[2] / "shared" / "data" / "gtfs"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
