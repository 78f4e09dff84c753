import pytest

from untoit.cli import main

FILES = ["LISEZMOI.txt", "logements.csv", "menages.csv", "offres.csv", "personnes.csv", "reseau_demo.zip"]


def contents(folder):
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_demo_writes_its_six_files(tmp_path):
    code = main(["demo", str(tmp_path / "d"), "--menages", "5", "--logements", "4", "--offres", "3"])

    assert code == 0
    assert sorted(contents(tmp_path / "d")) == FILES
    assert (tmp_path / "d" / "menages.csv").read_text("utf-8").count("\n") == 6
    assert "FICTIF" in (tmp_path / "d" / "LISEZMOI.txt").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_demo_run_twice_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        main(["demo", str(tmp_path / name), "--menages", "9", "--seed", "7"])

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_demo_replaces_its_own_folder_and_keeps_what_was_added_to_it(tmp_path):
    main(["demo", str(tmp_path), "--menages", "5"])
    (tmp_path / "notes.txt").write_text("à garder")

    code = main(["demo", str(tmp_path), "--menages", "6"])

    assert code == 0
    assert (tmp_path / "menages.csv").read_text("utf-8").count("\n") == 7
    assert (tmp_path / "notes.txt").read_text() == "à garder"


def test_demo_refuses_a_folder_that_it_did_not_make(tmp_path, capsys):
    (tmp_path / "menages.csv").write_text("les vrais ménages")

    code = main(["demo", str(tmp_path)])

    assert code == 2
    assert "n'est pas vide" in capsys.readouterr().err
    assert contents(tmp_path) == {"menages.csv": "les vrais ménages".encode()}


def test_demo_refuses_a_file_in_the_place_of_the_folder(tmp_path, capsys):
    (tmp_path / "d").write_text("un fichier")

    assert main(["demo", str(tmp_path / "d")]) == 2
    assert "n'est pas un dossier" in capsys.readouterr().err


def test_demo_refuses_a_negative_size_and_writes_nothing(tmp_path, capsys):
    code = main(["demo", str(tmp_path / "d"), "--offres", "-1"])

    assert code == 2
    assert "négatif" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()


def test_demo_refuses_a_date_that_does_not_exist(tmp_path, capsys):
    with pytest.raises(SystemExit) as refusal:
        main(["demo", str(tmp_path / "d"), "--date", "31/02/2026"])

    assert refusal.value.code == 2
    assert "31/02/2026" in capsys.readouterr().err
