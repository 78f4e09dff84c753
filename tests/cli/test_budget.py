"""``untoit budget`` on partners' files."""

import csv
import subprocess
import sys

import pytest
from tests.factories.files import DWELLING, HOUSEHOLD, OFFER, PERSON, csv_text, write_text

from untoit.cli import main
from untoit.core.exchange import DWELLING_COLUMNS, HOUSEHOLD_COLUMNS, OFFER_COLUMNS, PERSON_COLUMNS

NUMBER = HOUSEHOLD["numero_unique"]
PAIR_COLUMNS = ("numero_unique", "reference_logement", "personne", "reference_offre")


@pytest.fixture
def files(tmp_path):
    """The arguments for one household of two adults, two dwellings and two offers."""
    dwellings = [DWELLING | {"zone_apl": "2"}, DWELLING | {"reference": "L-015", "zone_apl": "2"}]
    offers = [OFFER, OFFER | {"reference": "O-8", "salaire_brut_mensuel": ""}]
    contents = {
        "menages": csv_text(HOUSEHOLD_COLUMNS, [HOUSEHOLD]),
        "personnes": csv_text(PERSON_COLUMNS, [PERSON]),
        "logements": csv_text(DWELLING_COLUMNS, dwellings),
        "offres": csv_text(OFFER_COLUMNS, offers),
    }
    arguments = ["budget", "--date", "2026-11-02", "--out", str(tmp_path / "budgets.csv")]
    for name, text in contents.items():
        arguments += [f"--{name}", str(write_text(tmp_path / f"{name}.csv", text))]
    return arguments


def pairs_file(tmp_path, *rows):
    text = csv_text(PAIR_COLUMNS, [dict(zip(PAIR_COLUMNS, row, strict=True)) for row in rows])
    return ["--pairs", str(write_text(tmp_path / "pairs.csv", text))]


def budgets(tmp_path):
    with (tmp_path / "budgets.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_budget_estimates_the_pairs_asked_for(files, tmp_path):
    asked = pairs_file(
        tmp_path, (NUMBER, "L-014", "1", "O-7"), (NUMBER, "L-014", "2", "O-8"), (NUMBER, "L-015", "1", "O-7")
    )

    code = main([*files, *asked])

    rows = budgets(tmp_path)
    assert code == 0
    # Two persons in one dwelling are one tandem; each case has four moments.
    assert [(row["reference_logement"], row["personne"], row["reference_offre"], row["moment"]) for row in rows] == [
        (dwelling, person, offer, moment)
        for dwelling, person, offer in (("L-014", "1|2", "O-7|O-8"), ("L-015", "1", "O-7"))
        for moment in ("avant", "mois_1", "mois_4", "mois_15")
    ]
    before, after = rows[4], rows[7]
    assert (before["mois"], before["rsa"], before["salaires_nets"]) == ("2026-11", "573.49", "0.00")
    assert (before["loyer"], before["charges"]) == ("423.50", "62")
    assert after["salaires_nets"] == "1477.93"
    assert float(after["taux_effort"]) == pytest.approx(
        float(after["depense_nette"]) / sum(float(after[name]) for name in (
            "salaires_nets", "rsa", "prime_activite", "prestations_familiales", "autres_ressources")), abs=0.0005,
    )
    assert {row["statut"] for row in rows} == {"estimation à vérifier"}
    assert all("Estimation faite avec OpenFisca-France" in row["notes"] for row in rows)
    assert "SMIC supposé" in rows[0]["notes"]
    assert "SMIC supposé" not in rows[4]["notes"]


def test_budget_says_why_each_pair_is_refused_and_writes_nothing_without_any_left(files, tmp_path, capsys):
    asked = pairs_file(
        tmp_path, (NUMBER, "L-999", "1", "O-7"), (NUMBER, "L-015", "5", "O-7"), (NUMBER, "", "1", "O-7"),
        (NUMBER, "L-015", "un", "O-7"),
    )

    code = main([*files, *asked])

    assert code == 2
    assert capsys.readouterr().err.splitlines() == [
        "pairs.csv, ligne 4 : la case « reference_logement » est vide.",
        "pairs.csv, ligne 5 : « un » n'est pas un numéro de personne (1, 2…).",
        "Le logement « L-999 » n'est pas dans les fichiers.",
        f"Le ménage {NUMBER} n'a pas d'adulte n° 5.",
        "Aucun couple ménage, logement et offre ne peut être estimé.",
    ]
    assert not (tmp_path / "budgets.csv").exists()


def test_budget_without_pairs_takes_every_combination_that_it_can(files, tmp_path, capsys):
    somewhere_new = DWELLING | {"reference": "L-NEUF", "code_insee": "59999"}
    write_text(tmp_path / "logements.csv", csv_text(DWELLING_COLUMNS, [DWELLING, somewhere_new]))

    code = main(files)

    assert code == 1
    assert "Logement L-NEUF : la zone APL de la commune 59999 n'est pas connue" in capsys.readouterr().err
    assert [(row["reference_logement"], row["reference_offre"]) for row in budgets(tmp_path)[::4]] == [
        ("L-014", "O-7"), ("L-014", "O-8"),
    ]


def test_budget_asks_for_pairs_when_there_are_too_many(files, tmp_path, capsys):
    many = [OFFER | {"reference": f"O-{number}"} for number in range(5001)]
    write_text(tmp_path / "offres.csv", csv_text(OFFER_COLUMNS, many))

    code = main(files)

    assert code == 2
    assert capsys.readouterr().err == (
        "Il y aurait 10002 combinaisons à estimer, plus de 10000. Indiquer les couples voulus avec --pairs "
        "(un tandems.csv convient).\n"
    )
    assert not (tmp_path / "budgets.csv").exists()


def test_budget_needs_the_key_columns_of_the_pairs(files, tmp_path, capsys):
    wrong = write_text(tmp_path / "pairs.csv", "numero_unique;logement\n1;2\n")

    code = main([*files, "--pairs", str(wrong)])

    assert code == 2
    assert capsys.readouterr().err == "pairs.csv : il manque « reference_logement », « reference_offre ».\n"


def test_budget_help_does_not_load_the_engine():
    script = "import sys, untoit.cli.budget; print('numpy' in sys.modules, 'untoit.core.budget' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "False False"
