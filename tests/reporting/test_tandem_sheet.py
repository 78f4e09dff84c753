"""The sheet of a tandem: its words, what each audience may read, and the printed page."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.factories import reports
from tests.factories.people import dwelling

from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.reporting import tandem_words as words
from untoit.reporting.tandem_audience import EVERYTHING, Audience
from untoit.reporting.tandem_pdf import document_of, tandem_pdf
from untoit.reporting.tandem_sheet import Context, sheet_of

ON = date(2026, 11, 24)
EMPLOYMENT = Audience(budget=False, rsa=False, home=False, housing_file=False, job_wishes=True)
LANDLORD = replace(EVERYTHING, rsa=False, job_wishes=False)


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def sheet(audience=EVERYTHING, rows=None, **context):
    return sheet_of(rows or [reports.tandem()], Context(ON, **context), audience)


def pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(("title", "said"), [
    ("Préparateur de commandes – Lesquin, ZI", "de préparateur de commandes"), ("Aide-soignant", "d’aide-soignant"),
    ("Hôte de caisse", "d’hôte de caisse"), ("AES en foyer", "d’AES en foyer"),
])
def test_a_job_is_said_inside_of_a_sentence(title, said):
    assert words.of_job(title) == said


@pytest.mark.parametrize(("code", "said"), [("59350", "à Lille"), ("59481", "au Quesnoy"), ("59368", "à La Madeleine")])
def test_a_place_takes_its_article(code, said):
    assert words.at_place(code) == said


def test_the_title_says_the_home_the_job_and_the_longer_way():
    assert plain(sheet().title) == "Un T2 à Lille et un poste d’agent de nettoyage à 21 minutes"


def test_hours_are_said_week_by_week():
    weekdays = frozenset(range(5))
    schedule = Schedule((
        Rotation((Block(weekdays, 300, 720),)), Rotation((Block(weekdays, 21 * 60, 29 * 60),)),
    ))

    assert plain(words.hours(schedule)) == (
        "semaine 1 : du lundi au vendredi, de 5 h à 12 h ; "
        "semaine 2 : du lundi au vendredi, de 21 h à 5 h le lendemain"
    )


def test_without_rsa_its_amount_is_among_the_other_resources():
    full, landlord = sheet().budget, sheet(LANDLORD).budget

    cells = {row.label: [plain(cell) for cell in row.cells] for row in landlord.rows}
    assert "RSA" in {row.label for row in full.rows} and "RSA" not in cells
    assert cells["Autres ressources"][0] == "570 €"
    assert [row.cells for row in full.rows if row.strong] == [row.cells for row in landlord.rows if row.strong]


def test_an_employment_partner_reads_neither_budget_nor_address():
    row = reports.tandem(dwelling=dwelling(address="ADRESSE", building="RESIDENCE"), reasons=("PRIORITAIRE",))

    seen = json.dumps(document_of(sheet(EMPLOYMENT, [row])), ensure_ascii=False)

    assert sheet(EMPLOYMENT, [row]).budget is None
    assert [word for word in ("ADRESSE", "RESIDENCE", "318", "43,33", "PRIORITAIRE", "RSA") if word in seen] == []


def test_what_is_not_known_is_said():
    assert sheet().near[0] == "Arrêts de transport\u00a0: non calculés pour ce logement."
    assert "le bailleur ne les a pas décrits" in sheet().near[1]


def test_a_tandem_without_simulated_budget_shows_its_two_rates():
    part = sheet(rows=[reports.tandem(budget=())]).budget

    assert part.picture is None and part.rows[0].label == "Taux d’effort"


def test_supposed_hours_are_flagged_on_the_job():
    assert sheet(rows=[reports.tandem(schedule_supposed=True)]).jobs[0].supposed.startswith("Horaires supposés")


def test_the_pdf_is_accessible_and_holds_on_one_page():
    made = tandem_pdf(sheet(fictitious=True))

    assert made.startswith(b"%PDF") and b"pdfuaid" in made and pages(made) == 1
    assert made == tandem_pdf(sheet(fictitious=True))


def test_the_longest_sheet_holds_on_two_pages():
    long = "Une phrase de vigilance qui n’en finit pas, avec tous ses détails et toutes ses conditions. " * 6
    row = reports.tandem(
        reasons=(long,) * 12, warnings=tuple(f"{number} {long}" for number in range(20)),
        dwelling=dwelling(address=long[:240], building=long[:160]), offer=replace(reports.CLEANING, title=long[:200]),
    )
    stops = [{"name": long[:80], "walk_min": 9, "lines": [f"bus {n}" for n in range(30)], "departures": 9}] * 4
    levers = [{"code": f"l{n}", "touches": "trajet", "person": None, "opened": 1, "homes": 1, "jobs": 1, "best": 0.5,
               "today": 0.1, "sentence": long[:300]} for n in range(8)]

    made = tandem_pdf(sheet(
        rows=[replace(row, person=number) for number in (1, 2, 3, 4)], place_description=long * 4,
        extras={"near": {"LOG-1": stops}, "levers": levers},
    ))

    assert pages(made) <= 2


def test_the_chance_of_two_jobs_is_that_of_at_least_one():
    rows = [reports.tandem(probability=Decimal("0.5")), reports.tandem(person=2, probability=Decimal("0.5"))]

    assert plain(sheet(rows=rows).chance).startswith("75 % de chances")
