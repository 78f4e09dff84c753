"""``untoit check`` as partners run it: a process of its own, under a limit of memory."""

import json
import os
import resource
import subprocess
import sys

import pytest
from tests.factories.files import CASES, DWELLING, HOUSEHOLD, OFFER, PERSON, csv_text, write_text, write_xlsx

from untoit.core.exchange import DWELLING_COLUMNS, HOUSEHOLD_COLUMNS, OFFER_COLUMNS, PERSON_COLUMNS

MEMORY_BYTES = 1 * 2**30
SECONDS = 60


def check(*paths, **environment):
    return subprocess.run(
        [sys.executable, "-m", "untoit", "check", *map(os.fspath, paths)],
        check=False, capture_output=True, encoding="utf-8", errors="replace", timeout=SECONDS,
        env={**os.environ, **environment},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_check_answers_a_hostile_file_with_a_sentence_and_its_code(case, tmp_path):
    path = case.make(tmp_path)

    done = check(path)

    assert "Traceback" not in done.stderr
    assert (done.returncode, case.says in (done.stderr if case.code == 2 else done.stdout)) == (case.code, True), (
        done.stdout + done.stderr
    )
    # An unusable file costs one sentence and nothing else.
    assert done.stderr.count("\n") == (1 if case.code == 2 else 0)
    assert "\x1b" not in done.stdout + done.stderr


def test_check_of_good_files_counts_rows_and_answers_zero(tmp_path):
    files = [
        write_text(tmp_path / "menages.csv", csv_text(HOUSEHOLD_COLUMNS, [HOUSEHOLD])),
        write_text(tmp_path / "personnes.csv", csv_text(PERSON_COLUMNS, [PERSON])),
        write_xlsx(tmp_path / "logements.xlsx", [DWELLING_COLUMNS, [DWELLING.get(name) for name in DWELLING_COLUMNS]]),
        write_text(tmp_path / "offres.csv", csv_text(OFFER_COLUMNS, [OFFER])),
    ]

    done = check(*files)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "menages.csv : menages, 1 ligne lue, aucune refusée, rien à noter.",
        "personnes.csv : personnes, 1 ligne lue, aucune refusée, rien à noter.",
        "logements.xlsx : logements, 1 ligne lue, aucune refusée, rien à noter.",
        "offres.csv : offres, 1 ligne lue, aucune refusée, rien à noter.",
        "Entre les fichiers : aucune refusée, rien à noter.",
    ]


def test_check_of_files_that_do_not_hold_together_answers_one(tmp_path):
    households = write_text(tmp_path / "menages.csv", csv_text(HOUSEHOLD_COLUMNS, [HOUSEHOLD]))
    persons = write_text(
        tmp_path / "personnes.csv", csv_text(PERSON_COLUMNS, [PERSON | {"numero_unique": "059012699900999"}])
    )

    done = check(households, persons)

    assert done.returncode == 1
    assert done.stdout.splitlines()[2:] == [
        "personnes.csv, ligne 2, colonne numero_unique : « 059012699900999 » n'est pas dans menages.csv, ou son "
        "ménage y est refusé. Attendu : le numéro d'un ménage lu.",
        "(à noter) menages.csv, ligne 2, colonne numero_unique : « 059012699900001 » n'a pas de demandeur d'emploi "
        "lu : ce ménage reste sans tandem.",
        "Entre les fichiers : 1 refusée, 1 point à noter.",
    ]


def test_check_goes_on_after_an_unusable_file_and_answers_two(tmp_path):
    good = write_text(tmp_path / "offres.csv", csv_text(OFFER_COLUMNS, [OFFER]))

    done = check(tmp_path / "absent.csv", good)

    assert (done.returncode, done.stderr) == (2, "absent.csv : fichier introuvable.\n")
    assert done.stdout == "offres.csv : offres, 1 ligne lue, aucune refusée, rien à noter.\n"


def test_check_changes_nothing(tmp_path):
    path = write_text(tmp_path / "offres.csv", csv_text(OFFER_COLUMNS, [OFFER, OFFER]))
    before = path.read_bytes()

    check(path)

    assert ([entry.name for entry in tmp_path.iterdir()], path.read_bytes()) == (["offres.csv"], before)


def test_check_without_a_file_is_one_sentence_and_code_two():
    done = check()

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "FICHIER" in done.stderr


def test_check_prints_in_a_terminal_that_knows_ascii_only(tmp_path):
    path = write_text(tmp_path / "offres.csv", csv_text(OFFER_COLUMNS, [OFFER | {"contrat": "intérim"}]))

    done = check(path, PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("offres.csv, ligne 2, colonne contrat : ? int?rim ? n'est pas un type de contrat")


def test_check_reads_the_real_france_travail_response(shared):
    done = check(shared / "data" / "copyleft" / "ft_offres_v2_recherche_2019.json")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == (
        "ft_offres_v2_recherche_2019.json : offres France Travail, 8 lignes lues, aucune refusée, 3 points à noter."
    )


def test_check_lists_problems_of_json_offers_by_rank_and_reference(tmp_path):
    offers = [{"id": "191ABC", "intitule": "Agent", "romeCode": "K2204", "typeContrat": "LIB",
               "lieuTravail": {"commune": "59350", "latitude": 50.63, "longitude": 3.06}}]
    path = write_text(tmp_path / "offres.json", json.dumps(offers))

    done = check(path)

    assert done.stdout.splitlines()[0] == (
        "offres.json, offre 1 (191ABC), colonne typeContrat : « LIB » n'est pas un contrat de travail connu. "
        "Attendu : CDI, DIN, CDD, SAI, MIS, TTI ou DDI."
    )
