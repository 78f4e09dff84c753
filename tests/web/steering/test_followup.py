"""The results of the scheme: who reads them, masked cells that no subtraction finds, files and interface."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.test_rights import key
from tests.factories.figures import leases, refusal
from tests.factories.followup import an_application
from tests.factories.records import linked_household, scheme

from untoit.records.followup.models import Case
from untoit.reporting.followup_steering import Tally, followup_report, successes

URL = "/pilotage/resultats/"
K = 5


@pytest.fixture
def made(db):
    there = scheme()
    leases(there, 12, signed=date(2026, 3, 2))
    for _ in range(6):
        an_application(there, state="held_6m", start_on=date(2026, 3, 2))
    for _ in range(7):
        an_application(there, state="ended", start_on=date(2026, 3, 2), ended_on=date(2026, 4, 20))
    refusal(there, "LOCATION")
    return there


def part(report, code):
    return next(one for one in report.parts if one.code == code)


@pytest.mark.parametrize(("name", "status"), [
    ("FUND", 200), ("LM", 200), ("LA", 200), ("DEP", 200), ("EMPP", 200), ("ADM", 200), ("DPO", 200), ("PART", 200),
    ("EMPL", 404),
])
def test_who_reads_the_results(client, made, name, status):
    client.force_login(made.user(name))

    assert client.get(URL).status_code == status
    for form in ("pdf", "xlsx", "csv"):
        assert client.get(f"{URL}export/{form}/").status_code == status
    if status == 200:
        assert client.get(f"{URL}export/doc/").status_code == 404


def test_retention_says_both_shares_and_never_counts_silence_as_held(made):
    report = followup_report(made.actor("FUND"))

    job = {row[0]: row[1:] for row in part(report, "job").rows}
    home = {row[0]: row[1:] for row in part(report, "home").rows}

    assert job["À 6 mois"][:4] == ("13", "6", "7", "0")
    assert job["À 6 mois"][4].startswith("6 sur 13") and job["À 6 mois"][5].startswith("6 sur 13")
    # Nobody has called: twelve leases without news are no success.
    assert home["À 6 mois"][:4] == ("12", "0", "0", "12")


def test_one_refusal_is_told_to_nobody(made):
    report = followup_report(made.actor("FUND"))

    assert part(report, "places").rows[0][1:3] == ("masqué", "masqué")
    assert all(cell == "masqué" for row in part(report, "reasons").rows for cell in row[1:])


def test_the_page_names_nobody(client, made):
    client.force_login(made.user("FUND"))

    html = client.get(URL).content.decode()

    assert "Camille" not in html and "GDPUB" not in html and "LOG-" not in html


def test_an_empty_scheme_says_what_is_missing(client, db):
    client.force_login(scheme().user("FUND"))

    assert "Rien à compter" in client.get(URL).content.decode()


_COUNT = st.integers(0, 12)
_TALLY = st.tuples(_COUNT, _COUNT, _COUNT).map(lambda some: Tally(
    max(some), sorted(some)[1], min(some), min(some)
))


@given(st.dictionaries(st.sampled_from("abcdef"), _TALLY, min_size=1))
def test_no_small_number_is_shown_nor_left_by_subtraction(groups):
    lines, total = successes(groups, K)

    for name in ("invited", "present", "both_present", "both_invited"):
        true = {key: getattr(one, name) for key, one in groups.items()}
        shown = {key: getattr(one, name).value for key, one in lines.items()}
        assert all(value is None or value == 0 or value >= K for value in shown.values())
        hidden = [true[key] for key, value in shown.items() if value is None]
        whole = getattr(total, name).value
        if whole is not None and hidden:
            # What is left of the total belongs to several lines, or to many people.
            assert len(hidden) > 1
            assert whole - sum(value for value in shown.values() if value is not None) == sum(hidden)


def test_the_interface_gives_the_tables_of_the_page(client, made):
    found = client.get("/api/v1/indicateurs", headers=key(made, "LM", "indicators:read")).json()
    report = followup_report(made.actor("LM"))

    assert found["k"] == K
    assert [one["code"] for one in found["tableaux"]] == [one.code for one in report.parts]
    assert found["tableaux"][4]["lignes"] == [list(row) for row in report.parts[4].rows]
    assert client.get("/api/v1/indicateurs", headers=key(made, "EMPL")).status_code == 404


def test_the_interface_gives_the_cases_that_one_follows_as_the_role_reads_them(client, db):
    made = scheme()
    mine, other = linked_household(made), linked_household(made)
    made.organisations["landlord"].links.filter(household=other).delete()
    for one in (mine, other):
        Case.objects.create(
            household=one, code="hired", landlord_code="new", computed_on=date(2026, 11, 23),
            opened_on=date(2026, 10, 1),
        )

    landlord = client.get("/api/v1/suivi", headers=key(made, "LM", "cases:read")).json()["elements"]
    coach = client.get("/api/v1/suivi", headers=key(made, "DEP_head", "cases:read")).json()["elements"]

    assert [(one["menage"], one["situation"]) for one in landlord] == [(str(mine.pk), "new")]
    assert {one["situation"] for one in coach} == {"hired"} and len(coach) == 2
    assert client.get("/api/v1/suivi", headers=key(made, "EMPL")).status_code == 404
