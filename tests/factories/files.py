"""Partners' files as they come: good rows, the three containers, and the clumsy or hostile ones of every kind."""

import csv
import gzip
import io
import json
import lzma
import os
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from untoit.core.exchange import (
    DWELLING_COLUMNS,
    HOUSEHOLD_COLUMNS,
    OFFER_COLUMNS,
    PERSON_COLUMNS,
    TANDEM_COLUMNS,
    WORK_COLUMNS,
)

HOUSEHOLD = {
    "numero_unique": "059012699900001", "date_demande": "2024-02-01", "ages_adultes": "34|36", "ages_enfants": "8|4",
    "rfr_n2": "12900", "salaires": "0", "rsa": "573,49", "motifs_prioritaires": "DALO|c", "motifs_justifies": "c",
    "dans_dispositif": "oui", "reservataires": "etat|bailleur", "communes_souhaitees": "59350|59512",
    "autres_communes": "oui", "typologies_souhaitees": "T3|T4", "depense_max": "600", "date_consentement": "01/09/2026",
}
PERSON = {
    "numero_unique": "059012699900001", "personne": "1", "metiers": "N1103|K2204", "experience": "N1103:2,5|K2204:1",
    "permis": "B|CACES 3", "modes": "marche|tc", "depart_min": "05:30", "retour_max": "25:30",
    "jours": "lu|ma|me|je|ve", "contrats": "CDI|CDD", "niveau_francais": "B1",
}
DWELLING = {
    "reference": "L-014", "bailleur": "3F Notre Logis", "adresse": "12 rue de l'Épeule, Roubaix", "code_insee": "59512",
    "latitude": "50.69", "longitude": "3.17", "typologie": "T3", "surface": "62,5", "etage": "2", "ascenseur": "non",
    "loyer": "423,50", "charges": "62", "financement": "PLAI", "disponible_le": "2026-12-01",
}
OFFER = {
    "reference": "O-7", "employeur": "Logistique du Nord", "siret": "05350000000012", "intitule": "Cariste",
    "rome": "N1101", "contrat": "CDI", "heures_hebdo": "35", "salaire_brut_mensuel": "1 867,02", "code_insee": "59009",
    "latitude": "50.63", "longitude": "3.15", "postes": "2", "permis": "CACES3",
    "horaires": "lu-ve 05:00-13:00 / lu-ve 13:00-21:00",
}

Cells = Sequence[object]


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]], separator: str = ";") -> str:
    """Return a CSV file as text, one row a mapping from column to text."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return stream.getvalue()


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write text with the line ends that it has."""
    path.write_bytes(text.encode(encoding))
    return path


def write_xlsx(path: Path, rows: Iterable[Cells], sheet: str = "Feuille 1", more_sheets: Sequence[str] = ()) -> Path:
    """Write rows of typed cells as Excel would: numbers, dates, times and truth values keep their type."""
    book = xlsxwriter.Workbook(path)
    formats = {kind: book.add_format({"num_format": form}) for kind, form in
               ((datetime, "dd/mm/yyyy hh:mm"), (date, "dd/mm/yyyy"), (time, "hh:mm"))}
    page = book.add_worksheet(sheet)
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date | time):
                page.write_datetime(line, column, value, formats[type(value)])
            elif isinstance(value, bool):
                page.write_boolean(line, column, value)
            elif isinstance(value, int | float):
                page.write_number(line, column, value)
            elif value is not None:
                page.write_string(line, column, str(value))
    for name in more_sheets:
        book.add_worksheet(name).write_string(0, 0, "autre chose")
    book.close()
    return path


def write_ods(path: Path, rows: Iterable[Cells]) -> Path:
    """Write rows of typed cells as LibreOffice would."""
    book = OpenDocumentSpreadsheet()
    table = Table(name="Feuille1")
    for row in rows:
        line = TableRow()
        for value in row:
            line.addElement(_ods_cell(value))
        table.addElement(line)
    # LibreOffice ends a sheet with every row that was never filled.
    rest = TableRow(numberrowsrepeated=1_048_000)
    rest.addElement(TableCell(numbercolumnsrepeated=1024))
    table.addElement(rest)
    book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def _ods_cell(value: object) -> TableCell:
    if value is None or value == "":
        return TableCell()
    if isinstance(value, bool):
        cell = TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=value)
    elif isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, time):
        cell = TableCell(valuetype="time", timevalue=f"PT{value.hour:02d}H{value.minute:02d}M00S")
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


# --- raw workbooks, for what no honest program writes ---------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def raw_xlsx(path: Path, sheet: str, strings: str = "", compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write an XLSX workbook whose only sheet has this XML inside ``sheetData``, and these shared strings."""
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_RELATIONS}/'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": relation + 'officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
                           '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relation + 'worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": sheet if sheet.startswith("<?xml") else
                                    f'<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def raw_ods(path: Path, rows: str) -> Path:
    """Write an ODS workbook whose only table has this XML as rows."""
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
                      for name in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml",
                         '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')
        archive.writestr("content.xml", f"<office:document-content {spaces}><office:body><office:spreadsheet>"
                         f'<table:table table:name="a">{rows}</table:table>'
                         "</office:spreadsheet></office:body></office:document-content>")
    return path


# --- the collection -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One clumsy or hostile file: how to make it, the exit code of ``untoit check`` and words that it must print."""

    name: str
    make: Callable[[Path], Path]
    code: int
    says: str


def _text(name: str, text: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    return lambda folder: write_text(folder / name, text, encoding)


def _bytes(name: str, content: bytes, fill: int = 0) -> Callable[[Path], Path]:
    """Make a file of these bytes, followed by ``fill`` letters on the same line."""
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content + b"x" * fill)
        return folder / name
    return make


def _dwellings(*changes: Mapping[str, object], separator: str = ";") -> str:
    return csv_text(DWELLING_COLUMNS, [DWELLING | change for change in changes], separator)


def _offers_json(**changes: object) -> str:
    offer = {"id": "1", "intitule": "Agent", "romeCode": "K2204", "typeContrat": "CDI",
             "lieuTravail": {"commune": "59350", "latitude": 50.63, "longitude": 3.06}}
    return json.dumps({"resultats": [offer | changes]})


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "tuyau.csv")
    return folder / "tuyau.csv"


def _folder(folder: Path) -> Path:
    (folder / "logements.csv").mkdir()
    return folder / "logements.csv"


def _loop(folder: Path) -> Path:
    (folder / "boucle.csv").symlink_to("boucle.csv")
    return folder / "boucle.csv"


def _sparse(folder: Path) -> Path:
    with (folder / "geant.csv").open("wb") as stream:
        stream.write(b"reference;bailleur")
        stream.truncate(2**30)
    return folder / "geant.csv"


def _odd_name(folder: Path) -> Path:
    path = os.fsencode(folder) + b"/log\xffe\x1b[31mments.csv"
    with open(path, "wb") as stream:  # noqa: PTH123 - a name that is no text
        stream.write(_dwellings({"loyer": "cher"}).encode())
    return Path(os.fsdecode(path))


def _zip_of(name: str, content: bytes, archive_name: str = "logements.xlsx") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / archive_name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return folder / archive_name
    return make


def _bomb(folder: Path) -> Path:
    path = folder / "bombe.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(2**20))
    return path


def _lying_size(folder: Path) -> Path:
    """A part that announces a hundred bytes and unpacks to far more."""
    path = raw_xlsx(folder / "menteur.xlsx", "<row><c><v>1</v></c></row>" * 400_000)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
        start = info.header_offset
    struct.pack_into("<L", content, start + 22, 100)
    struct.pack_into("<L", content, content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24, 100)
    path.write_bytes(content)
    return path


def _encrypted(folder: Path) -> Path:
    path = raw_xlsx(folder / "secret.xlsx", "<row><c><v>1</v></c></row>")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def _truncated(folder: Path) -> Path:
    path = raw_xlsx(folder / "coupe.xlsx", "<row><c><v>1</v></c></row>")
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _many_entries(folder: Path) -> Path:
    path = folder / "entrees.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(str(number), b"")
    return path


def _laughs(folder: Path) -> Path:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return raw_xlsx(folder / "rires.xlsx", f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e0 "ha">{entities}]>'
                    f'<worksheet xmlns="{_MAIN}"><sheetData><row><c t="str"><v>&e11;</v></c></row></sheetData>'
                    "</worksheet>")


def _repeated_string(folder: Path) -> Path:
    cells = '<c t="s"><v>0</v></c>' * 10
    return raw_xlsx(folder / "echo.xlsx", f"<row>{cells}</row>" * 20_000, f"<si><t>{'x' * 500_000}</t></si>")


def _far_cell(folder: Path) -> Path:
    return raw_xlsx(folder / "loin.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>'
                    '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def _repeated_ods(folder: Path) -> Path:
    return raw_ods(folder / "repete.ods", '<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
                   'office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p>'
                   "</table:table-cell></table:table-row>")


def _lzma_workbook(folder: Path) -> Path:
    return raw_xlsx(folder / "lzma.xlsx", "<row><c><v>1</v></c></row>", compression=zipfile.ZIP_LZMA)


def _spreadsheet_numbers(folder: Path) -> Path:
    rounded = dict(DWELLING, reference=5.9012699900001e16)
    dated = dict(DWELLING, reference=date(2026, 3, 12))
    return write_xlsx(folder / "nombres.xlsx", [
        DWELLING_COLUMNS, *([row.get(column) for column in DWELLING_COLUMNS] for row in (rounded, dated)),
    ])


def _readme_first(folder: Path) -> Path:
    return write_xlsx(folder / "deux_feuilles.xlsx", [["Lisez-moi"], ["Merci de votre envoi."]], more_sheets=["suite"])


_HEADER = ";".join(DWELLING_COLUMNS)
CASES = (
    Case("absent", lambda folder: folder / "absent.csv", 2, "introuvable"),
    Case("empty", _bytes("vide.csv", b""), 2, "le fichier est vide"),
    Case("blank lines only", _bytes("blanc.csv", b"\xef\xbb\xbf \r\n\r\n"), 2, "le fichier est vide"),
    Case("headers only", _text("logements.csv", _dwellings()), 0, "aucune ligne après les en-têtes"),
    Case("a folder", _folder, 2, "c'est un dossier"),
    Case("a pipe that never ends", _fifo, 2, "pas un fichier ordinaire"),
    Case("a device that never ends", lambda _: Path("/dev/zero"), 2, "pas un fichier ordinaire"),
    Case("a link to itself", _loop, 2, "illisible"),
    Case("a name that is no text", _odd_name, 1, "n'est pas un nombre"),
    Case("UTF-16", _text("logements.csv", _dwellings({}), "utf-16"), 2, "UTF-16"),
    Case("UTF-16 without mark", _text("logements.csv", _dwellings({}), "utf-16-le"), 2, "pas un fichier texte"),
    Case("Windows-1252", _text("logements.csv", _dwellings({}), "cp1252"), 0, "Windows-1252"),
    Case("no known encoding", _bytes("logements.csv", _HEADER.encode() + b"\n\x81\x8d\xc3"), 2, "encodage"),
    Case("zero bytes inside", _bytes("logements.csv", _HEADER.encode() + b"\nA\x00B"), 2, "pas un fichier texte"),
    Case("an image", _bytes("logements.csv", b"\x89PNG\r\n\x1a\n\x00\x00"), 2, "une image"),
    Case("a PDF", _bytes("logements.xlsx", b"%PDF-1.7 ..."), 2, "PDF"),
    Case("an old .xls", _bytes("logements.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)), 2,
         "ancien classeur"),
    Case("a web page called .xls", _text("logements.xls", "<html><table></table></html>"), 2, "page HTML"),
    Case("gzip", _bytes("logements.csv", gzip.compress(b"a;b\n")), 2, "compressé"),
    Case("raw lzma", _bytes("logements.csv", lzma.compress(b"a;b\n")), 2, "pas un fichier texte"),
    Case("1,200 columns", _text("logements.csv", ";".join(f"c{n}" for n in range(1200)) + "\n"), 2,
         "1\u202f200 colonnes"),
    Case("one line of 60 MB", _bytes("ligne.csv", b"", 60_000_000), 2, "trop longue"),
    Case("one line of 60 MB after the headers", _bytes("ligne.csv", _HEADER.encode() + b"\n", 60_000_000), 2,
         "ligne 2 : la ligne est trop longue"),
    Case("1 GiB", _sparse, 2, "trop volumineux"),
    Case("100,001 rows", _text("works.csv", csv_text(WORK_COLUMNS, []) + "a;50.6;3.1;\n" * 100_001), 2,
         "100\u202f000 lignes"),
    Case("40,000 bad rows", _text("logements.csv", _HEADER + "\n" + ";" * 20 + "x\n" * 40_000), 1, "autres problèmes"),
    Case("a quote never closed", _text("logements.csv", _dwellings({}) + '"L-015;3F\n' + _dwellings({})), 1,
         "pas refermé"),
    Case("a quote out of place", _text("logements.csv", _dwellings({}) + '"L-015"x;3F\n'), 1, "mal placé"),
    Case("a lost separator", _text("logements.csv", _dwellings({}) + "L-015;3F;;;59512;50.69;3.17\n"), 1,
         "7 cases pour 21"),
    Case("a column twice", _text("logements.csv", _HEADER + ";loyer\n"), 2, "apparaît deux fois"),
    Case("a required column misnamed", _text("logements.csv", _dwellings({}).replace("loyer", "loyers")), 2,
         "La colonne « loyers » est-elle « loyer » ?"),
    Case("no coordinates", _text("logements.csv", _dwellings({}).replace("latitude", "x").replace("longitude", "y")), 2,
         "une adresse ne peut pas être localisée"),
    Case("our own results", _text("tandems.csv", csv_text(TANDEM_COLUMNS, [])), 2, "aucun fichier connu"),
    Case("headers as people write them", _text("menages.csv", csv_text(HOUSEHOLD_COLUMNS, [HOUSEHOLD])
         .replace("numero_unique", " Numéro unique ")), 0, "en-têtes adaptés"),
    Case("unknown columns", _text("personnes.csv", csv_text([*PERSON_COLUMNS, "sexe"], [PERSON])), 0, "« sexe »"),
    Case("the same reference twice", _text("logements.csv", _dwellings({}, {})), 1, "est déjà à la ligne 2"),
    Case("a blank identifier", _text("logements.csv", _dwellings({"reference": "\u200b\u00a0"})), 1,
         "la case est vide"),
    Case("coordinates swapped", _text("logements.csv", _dwellings({"latitude": "3,17", "longitude": "50,69"})), 1,
         "inversées ?"),
    Case("metres for degrees", _text("logements.csv", _dwellings({"latitude": "7059000", "longitude": "703000"})), 1,
         "WGS84"),
    Case("a postal code", _text("logements.csv", _dwellings({"code_insee": "59000"})), 1, "est un code postal"),
    Case("an amount that may be thousands", _text("logements.csv", _dwellings({"loyer": "1.234"})), 1, "ambigu"),
    Case("a negative rent", _text("logements.csv", _dwellings({"loyer": "-423"})), 1, "est négatif"),
    Case("not a number, infinity, 400 digits", _text("logements.csv", _dwellings(
        {"reference": "a", "loyer": "NaN"}, {"reference": "b", "loyer": "inf"},
        {"reference": "c", "loyer": "9" * 400})),
        1, "n'est pas un nombre plausible"),
    Case("31 February", _text("logements.csv", _dwellings({"disponible_le": "31/02/2026"})), 1, "calendrier"),
    Case("a funding that does not exist", _text("logements.csv", _dwellings({"financement": "PLUS+"})), 1,
         "logements.csv, ligne 2, colonne financement : « PLUS+ » n'est pas un financement connu. "
         "Attendu : PLAI, PLUS, PLS ou PLI."),
    Case("a number rounded by the spreadsheet", _spreadsheet_numbers, 1, "arrondi par le tableur"),
    Case("terminal commands in a cell", _text("logements.csv", _dwellings({"typologie": "\x1b[2JT3\x07"})), 1,
         "« [2JT3 »"),
    Case("a read-me page first", _readme_first, 2, "aucun fichier connu"),
    Case("a zip that is no workbook", _zip_of("a.txt", b"bonjour"), 2, "pas un classeur"),
    Case("a workbook cut short", _truncated, 2, "abîmé"),
    Case("a workbook with a password", _encrypted, 2, "mot de passe"),
    Case("a workbook packed with LZMA", _lzma_workbook, 2, "abîmé"),
    Case("a zip bomb", _bomb, 2, "trop volumineux"),
    Case("a zip that lies about its size", _lying_size, 2, "abîmé"),
    Case("20,000 parts in a zip", _many_entries, 2, "pas un classeur"),
    Case("one cell at the far corner", _far_cell, 2, "trop volumineux"),
    Case("one cell repeated 17 billion times", _repeated_ods, 2, "trop volumineux"),
    Case("one long text in 200,000 cells", _repeated_string, 2, "trop volumineux"),
    Case("a billion laughs", _laughs, 2, "abîmé"),
    Case("JSON 100,000 deep", _text("offres.json", "[" * 100_000), 2, "JSON lisible"),
    Case("JSON with millions of lists", _text("offres.json", "[" + "[]," * 2_000_000 + "[]]"), 2, "JSON lisible"),
    Case("JSON with NaN", _text("offres.json", '{"resultats": [{"id": NaN}]}'), 2, "JSON lisible"),
    Case("JSON with a number of 10,000 digits", _text("offres.json", f'[{{"id": {"9" * 10_000}}}]'), 2, "JSON lisible"),
    Case("100,001 offers in JSON", _text("offres.json", "[" + '{"id":1},' * 100_000 + '{"id":1}]'), 2,
         "100\u202f000 offres"),
    Case("JSON that holds no offer", _text("communes.json", '{"type": "FeatureCollection", "features": []}'), 2,
         "ne contient pas d'offres"),
    Case("JSON offers with blocks of the wrong type", _text("offres.json", _offers_json(
        salaire=12, entreprise=[], permis={"a": 1}, contexteTravail="x", typeContrat="LIB")), 1,
        "n'est pas un contrat de travail connu"),
    Case("offers, horaires and wages that are blank", _text("offres.csv", csv_text(OFFER_COLUMNS, [
        OFFER | {"horaires": "", "salaire_brut_mensuel": "", "heures_hebdo": ""}])), 0, "supposés"),
)
