"""``docs/reference/formats.md`` and the shared contract name the same columns as the code."""

import re
from pathlib import Path

import pytest

from untoit.core.exchange import COMMUTE_COLUMNS, OPTION_COLUMNS, TANDEM_COLUMNS, UNPLACED_COLUMNS, WORK_COLUMNS
from untoit.core.exchange.formats import FORMATS, Kind

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "formats.md"


def section(title):
    return re.search(rf"^## {title}.*?(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]


def columns(title):
    """Return each column of the first table of a section, with whether it is required (its header, at least)."""
    table = re.search(r"\| colonne .*?\n\n", section(title), re.DOTALL)[0]
    rows = [line.split(" | ") for line in table.replace("\\|", "/").splitlines()[2:] if line]
    return {row[0].removeprefix("| "): row[2].strip() in ("oui", "colonne") for row in rows}


@pytest.mark.parametrize("form", [form for form in FORMATS if form.kind not in (Kind.HOMES, Kind.WORKS)],
                         ids=lambda form: form.kind)
def test_reference_lists_every_column_in_order(form):
    documented = columns(form.kind)

    assert tuple(documented) == form.columns
    assert {name for name, required in documented.items() if required} == form.required


def test_reference_lists_the_columns_of_commute_files():
    assert columns("homes") == dict.fromkeys(WORK_COLUMNS, True)


@pytest.mark.parametrize(("file", "names"), [
    ("tandems.csv", TANDEM_COLUMNS), ("non_places.csv", UNPLACED_COLUMNS), ("commutes.csv", COMMUTE_COLUMNS),
])
def test_reference_lists_the_columns_of_the_results(file, names):
    assert f"| `{file}` | {', '.join(names)} |" in section("Résultats")


def test_options_are_tandems_with_their_value():
    assert (*TANDEM_COLUMNS, "utilite") == OPTION_COLUMNS


def test_contract_names_the_same_columns_in_the_same_order(shared):
    contract = (shared / "formats.md").read_text("utf-8")
    for form in FORMATS[:4]:
        rows = re.search(rf"^## {form.kind}\.csv.*?(?=^## |^\*\*)", contract, re.MULTILINE | re.DOTALL)[0]
        cells = re.findall(r"^\| ([a-z0-9_, ]+) \|", rows, re.MULTILINE)
        assert tuple(name for cell in cells if cell != "column" for name in cell.split(", ")) == form.columns
    for file, names in (("tandems", TANDEM_COLUMNS), ("non_places", UNPLACED_COLUMNS), ("commutes", COMMUTE_COLUMNS)):
        listed = re.search(rf"`{file}\.csv`[^`]*`([a-z_;\s]+)`", contract)[1]
        assert tuple(re.split(r";\s*", listed)) == names
