"""A value written as cells is read back unchanged, and so are the demonstration's files."""

import csv

import pytest

from untoit.core.exchange import (
    cells_of,
    read_dwellings,
    read_households,
    read_offers,
    read_persons,
    write_csv,
)

READERS = {"menages": read_households, "personnes": read_persons, "logements": read_dwellings, "offres": read_offers}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    from untoit.cli import main

    folder = tmp_path_factory.mktemp("demo")
    main(["demo", str(folder), "--date", "2026-11-24"])
    return folder


@pytest.mark.parametrize("name", READERS)
def test_what_is_written_is_read_back_unchanged(name, files, tmp_path):
    rows = READERS[name](files / f"{name}.csv").rows

    cells = [cells_of(row) for row in rows]
    write_csv(tmp_path / f"{name}.csv", tuple(cells[0]), [tuple(one.values()) for one in cells])

    assert len(rows) > 20
    assert READERS[name](tmp_path / f"{name}.csv").rows == rows
    with (tmp_path / f"{name}.csv").open(encoding="utf-8") as stream:
        assert next(csv.DictReader(stream, delimiter=";")).keys() == cells[0].keys()
