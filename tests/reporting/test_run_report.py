import base64
import hashlib
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from tests.factories.reports import report, tandem

from untoit.core.model.run import LeftOut, QuotaLine
from untoit.reporting.run_report import MOST_SHOWN, render, write_report


class Reader(HTMLParser):
    """Collects what the tests ask about: headings, tags without an end, references and header cells."""

    VOID = frozenset({"meta", "br", "input", "link", "img"})

    def __init__(self, page):
        super().__init__()
        self.headings, self.open, self.unbalanced, self.headers, self.ids = [], [], [], [], []
        self.attributes, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if "id" in values:
            self.ids.append(values["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.headers.append(values.get("scope"))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


@pytest.fixture(scope="module")
def page():
    return render(report())


def test_report_reads_nothing_outside_its_own_file(page):
    reader = Reader(page)
    reading = ("src", "href", "action", "data", "xlink:href", "srcset", "poster")
    references = [value for _, name, value in reader.attributes if name in reading]

    assert references
    assert all(reference.startswith("#") for reference in references)
    assert "@import" not in page
    assert set(re.findall(r"url\((.)", page)) <= {"#"}


def test_report_allows_only_its_own_style_and_script(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    for tag in ("style", "script"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        fingerprint = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{fingerprint}'" in policy

    assert policy.startswith("default-src 'none'")
    assert [name for _, name, _ in Reader(page).attributes if name == "style" or name.startswith("on")] == []


def test_report_is_well_formed_and_its_headings_go_down_one_step_at_a_time(page):
    reader = Reader(page)

    assert reader.unbalanced == []
    assert reader.open == []
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(there <= here + 1 for here, there in zip(reader.headings, reader.headings[1:], strict=False))
    assert len(set(reader.ids)) == len(reader.ids)
    assert None not in reader.headers


def test_report_says_who_is_placed_with_what_and_why(page):
    words = Reader(page).words

    assert "2 tandems proposés" in words
    assert "pour 5 ménages" in words
    assert "Métier souhaité en premier." in words
    assert "métro M1 Rihour → Gare Lille Flandres" in words
    assert "(horaires supposés)" in words
    assert "19 %" in words


def test_report_says_who_is_left_out_stage_by_stage(page):
    words = Reader(page).words

    assert words.index("Sans accord") < words.index("Aucun trajet possible") < words.index("Faute de places")
    assert "Aucun bus n’arrive avant 05:00." in words
    assert "Un vélo ouvrirait 2 tandems." in words


def test_report_calls_fictitious_people_fictitious_and_only_them():
    assert "Données de démonstration" in render(report(fictitious=True))
    assert "fictifs" not in render(report(fictitious=False))


def test_report_shows_two_jobs_of_one_household_beside_one_home(page):
    assert page.count('id="tandem-2"') == 1
    assert "Personne 2" in Reader(page).words


def test_report_escapes_what_partners_wrote():
    hostile = replace(tandem().offer, title="<script>alert(1)</script>", employer='"><img src=x onerror=alert(1)>')

    page = render(report(tandems=(tandem(offer=hostile),)))

    assert "<script>alert(1)" not in page
    assert "<img" not in page


def test_report_of_nothing_still_says_so():
    page = render(
        report(tandems=(), left_out=(), quotas=(), funnel=(), households_placed=0, dwellings=(), offers=(),
               expected_double_successes=Decimal(0), notices=(), seconds={}, versions={}, network_lines=())
    )

    assert "Aucun tandem n’a pu être proposé" in Reader(page).words
    assert "<svg" not in page


def test_report_of_one_tandem_is_written_in_the_singular():
    words = Reader(render(report(tandems=(tandem(),), households_placed=1,
                                 expected_double_successes=Decimal("0.5")))).words

    assert "1 tandem proposé," in words
    assert "double réussite attendue" in words


def test_report_of_a_selection_speaks_of_short_lists():
    words = Reader(render(report(mode="selection"))).words

    assert "2 listes courtes proposées, pour 5 ménages" in words


def test_report_of_a_year_shows_the_first_and_counts_the_others():
    rows = tuple(tandem(application_number=f"059DEMO{rank}", budget=()) for rank in range(MOST_SHOWN + 7))
    left = tuple(LeftOut(f"059LEFT{rank}", "capacite", "Plus de place.", None, False) for rank in range(MOST_SHOWN + 5))

    words = Reader(render(report(tandems=rows, left_out=left))).words

    assert "Et 7 autres ménages placés" in words
    assert "Et 5 autres ménages" in words


def test_write_report_replaces_the_page_and_leaves_no_draft(tmp_path):
    (tmp_path / "rapport.html").write_text("ancien")

    write_report(tmp_path / "rapport.html", report())

    assert [file.name for file in tmp_path.iterdir()] == ["rapport.html"]
    assert (tmp_path / "rapport.html").read_text("utf-8").startswith("<!doctype html>")


def test_report_says_once_what_concerns_every_tandem():
    everywhere, here = "Estimation : seule la Caf décide.", "Loyer élevé."
    rows = (tandem(warnings=(everywhere, here)), tandem(application_number="059DEMO2", warnings=(everywhere,)))

    words = Reader(render(report(tandems=rows))).words

    assert words.count(everywhere) == 1
    assert words.count(here) == 1


def test_report_says_by_how_much_an_engagement_was_missed():
    missed = QuotaLine("Publics prioritaires", Decimal("0.30"), 1, 5, False, 1, "Il manque 1 attribution.")

    words = Reader(render(report(quotas=(missed,)))).words

    assert "Non tenu. Il manque 1 attribution." in words


def test_report_folds_a_long_notice_behind_its_subject():
    page = render(report(notices=("Paramètres à vérifier : " + "plafond ; " * 40,)))

    assert "<summary>Paramètres à vérifier</summary>" in page


@pytest.mark.browser
def test_report_works_in_a_browser_from_a_folder_at_every_width(tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    write_report(tmp_path / "rapport.html", report())
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        for width in (320, 768, 1280):
            page = browser.new_page(viewport={"width": width, "height": 900})
            complaints = []
            page.on("console", lambda message, complaints=complaints: complaints.append(message.text))
            page.on("pageerror", lambda error, complaints=complaints: complaints.append(str(error)))
            page.goto((tmp_path / "rapport.html").as_uri())
            page.click("#tout")
            assert page.evaluate("document.documentElement.scrollWidth") == width
            page.fill("#filtre", "comines")
            assert page.inner_text("#trouves") == "1 tandem"
            assert page.is_visible("#tandem-2")
            assert not page.is_visible("#tandem-1")
            assert complaints == []
        browser.close()
