"""The same rows in any container, encoding, separator and order of columns are the same table."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.files import DWELLING, HOUSEHOLD, PERSON, csv_text, raw_xlsx, write_ods, write_text, write_xlsx

from untoit.core.errors import UnusableInput
from untoit.core.exchange import (
    DWELLING_COLUMNS,
    HOUSEHOLD_COLUMNS,
    PERSON_COLUMNS,
    WORK_COLUMNS,
    read_dwellings,
    read_households,
    read_persons,
    read_works,
)

OPTIONAL = ("residence", "adresse", "etage", "ascenseur", "sans_marche", "zone_apl", "qpv", "dpe", "reservataire")

dwellings = st.fixed_dictionaries({
    "residence": st.sampled_from(["", "Les Œillets", 'Résidence "A;B"', "Bât. 3\nhall 2", "=1+1", "café, tabac"]),
    "adresse": st.text(alphabet=st.characters(codec="cp1252", categories=["L", "N", "P", "Zs"]), max_size=30),
    "loyer": st.sampled_from(["423,50", "423.5", "1 234,50 €", "12"]),
    "etage": st.sampled_from(["", "0", "3"]),
    "ascenseur": st.sampled_from(["", "oui", "NON", "1", "faux"]),
    "dpe": st.sampled_from(["", "A", "g"]),
    "disponible_le": st.sampled_from(["2026-12-01", "01/12/2026"]),
}).map(lambda change: DWELLING | change)


@st.composite
def csv_files(draw):
    drawn = draw(st.lists(dwellings, min_size=1, max_size=4))
    rows = [row | {"reference": f"L{number}"} for number, row in enumerate(drawn)]
    columns = draw(st.permutations(DWELLING_COLUMNS))
    separator = draw(st.sampled_from(";,\t"))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    return rows, csv_text(columns, rows, separator).replace("\n", line_end), encoding


@settings(deadline=None)
@given(csv_files())
def test_csv_in_any_order_encoding_and_separator_reads_the_same(tmp_path_factory, file):
    rows, text, encoding = file
    folder = tmp_path_factory.mktemp("csv")
    plain = read_dwellings(write_text(folder / "plain.csv", csv_text(DWELLING_COLUMNS, rows)))

    read = read_dwellings(write_text(folder / "drawn.csv", text, encoding))

    assert (len(plain.rows), plain.refused) == (len(rows), 0)
    assert read.rows == plain.rows


@settings(max_examples=25, deadline=None)
@given(st.lists(dwellings, min_size=1, max_size=4))
def test_csv_xlsx_and_ods_read_the_same(tmp_path_factory, rows):
    rows = [row | {"reference": f"L{number}"} for number, row in enumerate(rows)]
    lines = [DWELLING_COLUMNS, *([row.get(name, "") for name in DWELLING_COLUMNS] for row in rows)]
    folder = tmp_path_factory.mktemp("all")

    tables = [
        read_dwellings(write_text(folder / "a.csv", csv_text(DWELLING_COLUMNS, rows))),
        read_dwellings(write_xlsx(folder / "a.xlsx", lines)),
        read_dwellings(write_ods(folder / "a.ods", lines)),
    ]

    assert len(tables[0].rows) == len(rows)
    assert tables[1].rows == tables[0].rows
    assert tables[2].rows == tables[0].rows


@settings(deadline=None)
@given(st.lists(st.sampled_from([*OPTIONAL, "loyer", "surface", "reference"]), max_size=6))
def test_an_empty_cell_is_unknown_or_refused_and_never_zero(tmp_path_factory, blanks):
    row = DWELLING | dict.fromkeys(blanks, "")

    read = read_dwellings(write_text(tmp_path_factory.mktemp("x") / "a.csv", csv_text(DWELLING_COLUMNS, [row])))

    required = {"loyer", "surface", "reference"} & set(blanks)
    assert {problem.column for problem in read.problems} == required
    assert read.refused == bool(required)
    assert all(dwelling.floor is None for dwelling in read.rows if "etage" in blanks)


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_typed_cells_of_a_spreadsheet_read_as_their_text_in_a_csv(tmp_path, write):
    typed = {
        "code_insee": 59512, "latitude": 50.69, "longitude": 3.17, "surface": 62.5, "etage": 2.0, "ascenseur": False,
        "loyer": 423.5, "charges": 62, "disponible_le": date(2026, 12, 1), "candidats_max": 3,
    }
    row = DWELLING | typed
    expected = read_dwellings(write_text(tmp_path / "a.csv", csv_text(DWELLING_COLUMNS, [DWELLING])))

    read = read_dwellings(write(tmp_path / "a.sheet", [DWELLING_COLUMNS, [row.get(name) for name in DWELLING_COLUMNS]]))

    assert (read.rows, read.lines, read.problems) == (expected.rows, (2,), ())


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_times_and_lone_numbers_of_a_spreadsheet_are_read_as_such(tmp_path, write):
    row = PERSON | {"personne": 1, "depart_min": time(5, 30), "retour_max": time(18, 30), "heures_max": 35.5}

    read = read_persons(write(tmp_path / "a.sheet", [PERSON_COLUMNS, [row.get(name) for name in PERSON_COLUMNS]]))

    seeker = read.rows[0].seeker
    assert (seeker.leaves_no_earlier_min, seeker.back_no_later_min, float(seeker.hours_max)) == (330, 1110, 35.5)


def test_one_adult_is_a_number_in_a_spreadsheet(tmp_path):
    row = HOUSEHOLD | {"ages_adultes": 34, "ages_enfants": None, "communes_souhaitees": 59350, "rsa": 573.49}

    read = read_households(
        write_xlsx(tmp_path / "a.xlsx", [HOUSEHOLD_COLUMNS, [row.get(name) for name in HOUSEHOLD_COLUMNS]])
    )

    assert (read.rows[0].adult_ages, read.rows[0].wished_communes) == ((34,), ("59350",))
    assert str(read.rows[0].resources.rsa_eur) == "573.49"


def test_lines_are_those_that_a_person_sees(tmp_path):
    bad = DWELLING | {"loyer": "x"}
    blank = dict.fromkeys(DWELLING_COLUMNS, "")
    two_lines = DWELLING | {"adresse": "12 rue\nRoubaix"}
    text = csv_text(DWELLING_COLUMNS, [two_lines, blank, bad])
    rows = [[row.get(name) or None for name in DWELLING_COLUMNS] for row in (two_lines, blank, bad)]

    in_csv = read_dwellings(write_text(tmp_path / "a.csv", f"\n{text}"))
    in_xlsx = read_dwellings(write_xlsx(tmp_path / "a.xlsx", [[], DWELLING_COLUMNS, *rows]))
    in_ods = read_dwellings(write_ods(tmp_path / "a.ods", [[], DWELLING_COLUMNS, *rows]))

    assert (in_csv.lines, [problem.line for problem in in_csv.problems]) == ((3,), [6])
    assert (in_xlsx.lines, [problem.line for problem in in_xlsx.problems]) == ((3,), [5])
    assert (in_ods.lines, [problem.line for problem in in_ods.problems]) == ((3,), [5])


def test_old_mac_line_ends_and_a_separator_hint_are_read(tmp_path):
    text = csv_text(DWELLING_COLUMNS, [DWELLING], "\t")

    mac = read_dwellings(write_text(tmp_path / "mac.csv", text.replace("\n", "\r")))
    hinted = read_dwellings(write_text(tmp_path / "hint.csv", "sep=\t\r\n" + text))

    assert mac.rows == hinted.rows
    assert (len(mac.rows), mac.lines, hinted.lines) == (1, (2,), (3,))


def test_the_sheet_named_after_the_file_kind_is_read_and_the_others_are_told(tmp_path):
    path = tmp_path / "a.xlsx"
    write_xlsx(path, [DWELLING_COLUMNS, [DWELLING.get(name) for name in DWELLING_COLUMNS]], "Logements", ["Notes"])

    read = read_dwellings(path)

    assert len(read.rows) == 1
    assert [problem.sentence for problem in read.problems] == [
        "a.xlsx : seule la feuille « Logements » est lue, pas « Notes ».",
    ]


def test_an_error_of_a_formula_is_blank_and_told(tmp_path):
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in WORK_COLUMNS)

    read = read_works(raw_xlsx(tmp_path / "works.xlsx", f'<row>{cells}</row><row><c t="e"><v>#N/A</v></c>'
                               "<c><v>50.6</v></c><c><v>3.1</v></c></row>"))

    assert [problem.sentence for problem in read.problems] == [
        "works.xlsx : 1 case en erreur (#N/A, #DIV/0!…) dans le classeur : lues comme vides.",
        "works.xlsx, ligne 2, colonne id : la case est vide. Attendu : un identifiant, dans une colonne au format "
        "texte.",
    ]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)

    with pytest.raises(UnusableInput, match=r"any\.csv"):
        read_dwellings(path)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "good.xlsx"
    return write_xlsx(path, [DWELLING_COLUMNS, [DWELLING.get(name) for name in DWELLING_COLUMNS]]).read_bytes()


@settings(max_examples=100, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_workbook_with_a_few_bytes_changed_is_read_or_refused(tmp_path_factory, workbook, changes):
    content = bytearray(workbook)
    for place, byte in changes:
        content[place % len(content)] = byte
    path = tmp_path_factory.getbasetemp() / "spoilt.xlsx"
    path.write_bytes(content)

    try:
        read = read_dwellings(path)
    except UnusableInput as refusal:
        assert refusal.sentence.startswith("spoilt.xlsx")
        return
    assert len(read.rows) + read.refused <= 1
