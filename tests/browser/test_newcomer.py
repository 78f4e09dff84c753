"""A newcomer's walk: four files with errors, corrected, a run, its review, its release, a sheet printed."""

import csv
import re
from contextlib import closing
from pathlib import Path

import pytest
from tests.browser.jobs import background_jobs

from untoit.cli import main
from untoit.core.demo.territory import territory
from untoit.records.applicants.models import Household, Person
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Run, Tandem
from untoit.records.partners.models import Membership, Organisation, OrganisationKind, Role, User
from untoit.records.stock.models import Vacancy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = Path(__file__).parents[2] / "build" / "walk"
# One mistake a file: the line of the file, the column, what a hurried hand typed there.
MISTAKES = {
    "logements": (3, "financement", "PLUS+"),
    "menages": (4, "date_demande", "31/02/2025"),
    "personnes": (2, "metiers", "magasinier"),
    "offres": (5, "horaires", "du lundi au vendredi"),
}
MODELS = {"logements": Vacancy, "menages": Household, "personnes": Person, "offres": Offer}


@pytest.fixture
def files(tmp_path):
    """Write the demonstration's files, small, each with one mistake; give what each cell should have been."""
    main(["demo", str(tmp_path / "demo"), "--date", "2026-11-24", "--menages", "14", "--logements", "12",
          "--offres", "16"])
    right = {}
    for name, (line, column, typed) in MISTAKES.items():
        path = tmp_path / "demo" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream, delimiter=";"))
        place = rows[0].index(column)
        right[name], rows[line - 1][place] = rows[line - 1][place], typed
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=";", lineterminator="\n").writerows(rows)
    return tmp_path / "demo", right


@pytest.fixture
def manager():
    """Create the landlord's project lead, alone in an empty application."""
    user = User.objects.create_user("cheffe@essai.invalid", full_name="Dominique Essai")
    landlord = Organisation.objects.create(kind=OrganisationKind.LANDLORD, name="3F Notre Logis (démonstration)")
    Membership.objects.create(user=user, organisation=landlord, role=Role.LM, is_org_admin=True)
    return user


def shot(page, name):
    """Keep a picture of the page, to be looked at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def press(page, name):
    """Press a button that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def import_file(page, base, path, name, right):
    """Import one file: the mistake is refused with a sentence, corrected in its cell, and the whole is recorded."""
    line, column, typed = MISTAKES[name]
    page.goto(f"{base}/imports/nouveau/")
    page.locator("input[type=file]").set_input_files(path)
    press(page, "Lire ce fichier")
    background_jobs()
    page.reload()
    page.get_by_role("link", name=re.compile("Refusées")).click()
    assert typed in page.locator(f"#ligne-{line}").inner_text()
    shot(page, f"{name}-1-refus")
    page.get_by_role("link", name=f"Corriger la ligne {line}").click()
    page.locator(f"[name=cell_{column}]").fill(right)
    with page.expect_response(re.compile("/lignes/")):
        page.get_by_role("button", name="Relire cette ligne").click()
    page.get_by_text("corrigée à l’écran").wait_for()
    press(page, "Confirmer l’import")
    background_jobs()
    page.reload()
    assert "Reçu" in page.locator("h1").inner_text()
    shot(page, f"{name}-2-recu")


def test_a_newcomer_goes_from_four_files_with_errors_to_a_printed_tandem(visit, live_server, files, manager):
    folder, right = files
    with visit("/matin/", manager) as seen, closing(seen.page) as page:
        shot(page, "0-matinee")
        for name in MISTAKES:
            import_file(page, live_server.url, folder / f"{name}.csv", name, right[name])
        sizes = {table.name: len(table.rows) for table in _territory()}
        assert {f"{name}.csv": model.objects.count() for name, model in MODELS.items()} == sizes

        page.goto(f"{live_server.url}/horaires/")
        page.locator("input[type=file]").set_input_files(folder / "reseau_demo.zip")
        press(page, "Déposer et vérifier")
        page.get_by_text("01/09/2025").first.wait_for()
        shot(page, "3-horaires")

        page.goto(f"{live_server.url}/calculs/nouveau/")
        page.get_by_label(re.compile("^Titre|^Nom")).fill("Commission de novembre")
        page.locator("[name=on]").fill("2026-11-24")
        press(page, "Voir ce que cela donnerait")
        shot(page, "4-apercu")
        press(page, "Lancer ce calcul")
        shot(page, "5-attente")
        background_jobs()
        page.reload()
        run = Run.objects.get()
        assert run.state == "computed", run.failure
        shot(page, "6-resultat")

        while page.get_by_role("button", name=re.compile("^Retenir le tandem")).count():
            press(page, re.compile("^Retenir le tandem"))
        press(page, "Terminer la relecture")
        press(page, "Diffuser")
        page.get_by_text(re.compile("Diffusé le")).first.wait_for()
        shot(page, "7-diffuse")
        run.refresh_from_db()
        assert run.state == "released"
        assert not run.tandems.exclude(review="accepted").exists()

        tandem = Tandem.objects.order_by("rank").first()
        page.goto(f"{live_server.url}/tandems/{tandem.pk}/")
        shot(page, "8-tandem")
        printed = page.request.get(f"{live_server.url}/tandems/{tandem.pk}/fiche.pdf")
        (SHOTS / "9-fiche.pdf").write_bytes(printed.body())
        assert printed.ok and printed.body().startswith(b"%PDF-")
        assert seen.errors == []


def _territory():
    from datetime import date

    return territory(households=14, dwellings=12, offers=16, seed=1, on=date(2026, 11, 24))
