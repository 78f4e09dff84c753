"""Results: one form, no formula, whole or not at all."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.files import OFFER

from untoit.core.errors import UnusableInput
from untoit.core.exchange import OFFER_COLUMNS, TANDEM_COLUMNS, read_offers, replacing, write_csv
from untoit.core.model.work import Mode


def test_values_have_one_form(tmp_path):
    path = tmp_path / "r.csv"

    write_csv(path, ["a", "b", "c", "d", "e", "f", "g", "h"], [
        (None, True, False, Decimal("1E+3"), 0.1, 7, date(2026, 11, 23), Mode.TRANSIT),
        ("é;\"", "", "", -2.5, 1e-7, -3, "", ""),
    ])

    assert path.read_bytes().decode("utf-8") == (
        "a;b;c;d;e;f;g;h\n;oui;non;1000;0.1;7;2026-11-23;tc\n" '"é;""";;;-2.5;0.0000001;-3;;\n'
    )


@pytest.mark.parametrize("text", ["=1+1", "+33 6", "-12", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path, text):
    write_csv(tmp_path / "r.csv", ["a"], [[text]])

    assert (tmp_path / "r.csv").read_bytes().decode().splitlines()[1].lstrip('"').startswith("'")


printable = st.builds(
    str.__add__, st.sampled_from(["", "=", "'=", "''-", "'", "@", '="']),
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)


@settings(deadline=None)
@given(printable)
def test_text_written_is_the_text_read_back(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "back.csv"
    row = OFFER | {"employeur": text}

    write_csv(path, OFFER_COLUMNS, [[row.get(name) for name in OFFER_COLUMNS]])
    [offer] = read_offers(path).rows

    assert offer.employer == unicodedata.normalize("NFC", text)


def test_a_failure_leaves_the_former_file_and_nothing_else(tmp_path):
    path = tmp_path / "tandems.csv"
    write_csv(path, ["a"], [[1]])

    def rows():
        yield [2]
        raise RuntimeError("the solver stopped")

    with pytest.raises(RuntimeError):
        write_csv(path, ["a"], rows())

    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("tandems.csv", "a\n1\n")]


@pytest.mark.parametrize("row", [[1], [1, 2, 3], [1, float("nan")], [1, Decimal("Infinity")]])
def test_a_row_that_is_no_row_is_a_fault_of_the_caller(tmp_path, row):
    with pytest.raises(ValueError, match=r"zip|number"):
        write_csv(tmp_path / "r.csv", ["a", "b"], [row])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["absent", "a_file"])
def test_a_folder_that_is_not_there_is_one_sentence(tmp_path, folder):
    (tmp_path / "a_file").touch()

    with pytest.raises(UnusableInput) as refusal:
        write_csv(tmp_path / folder / "r.csv", TANDEM_COLUMNS, [])

    assert refusal.value.sentence.startswith("r.csv : impossible d'écrire dans «")


def test_any_text_may_replace_a_file_in_one_step(tmp_path):
    path = tmp_path / "bilan.json"

    with replacing(path) as stream:
        stream.write("{}")
        assert not path.exists()

    assert path.read_text() == "{}"
