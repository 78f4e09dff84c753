"""No figure of the steering report points at somebody, not even by subtraction."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.records import NOW, household, link, offer, scheme, vacancy

from untoit.records.pairings.models import Policy, Run, Tandem
from untoit.reporting.steering import ACCEPTED, CANDIDATES, PROPOSED, Figure, _total, masked, steering_report

K = 5
columns = st.dictionaries(st.integers(0, 12).map(str), st.integers(0, 30), max_size=12)


@given(columns)
def test_no_small_cell_is_shown_and_none_can_be_found_from_the_total(values):
    shown = masked(values, K)
    total = _total(values, shown, K)

    assert all(figure.value is None or figure.value == 0 or figure.value >= K for figure in shown.values())
    assert total.value is None or total.value == 0 or total.value >= K
    hidden = [key for key, figure in shown.items() if figure.value is None]
    if hidden and total.value is not None:
        left = total.value - sum(figure.value or 0 for figure in shown.values())
        # Several different fillings of the masked cells give the same total.
        assert len(hidden) >= 2 and left > len(hidden)


@given(st.dictionaries(st.integers(0, 9).map(str), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=9))
def test_what_was_not_accepted_is_not_found_either(pairs):
    proposed = {key: one + other for key, (one, other) in pairs.items()}
    accepted = {key: one for key, (one, other) in pairs.items()}
    shown = masked(proposed, K)
    secret = frozenset(key for key, figure in shown.items() if figure.value is None)
    part = masked(accepted, K, secret=secret, among=proposed)

    for key, figure in part.items():
        if figure.value is not None:
            assert proposed[key] - figure.value == 0 or proposed[key] - figure.value >= K
            assert shown[key].value is not None


def test_a_large_cell_is_masked_with_the_only_small_one():
    assert masked({"Lille": 40, "Loos": 3, "Lens": 9, "Douai": 0}, K) == {
        "Lille": Figure(40), "Loos": Figure(None), "Lens": Figure(None), "Douai": Figure(0),
    }


@pytest.fixture
def made():
    """Give 12 candidates in Lille and 3 in Loos, 6 vacancies, 7 offers, 8 tandems of which 7 accepted."""
    there = scheme()
    landlord = there.organisations["landlord"]
    homes = [vacancy(landlord) for _ in range(6)]
    for _ in range(7):
        offer(there.organisations["employer"])
    people = [household(current_commune="59350" if index < 12 else "59360") for index in range(15)]
    for one in people:
        link(one, landlord, "housing")
    household(current_commune="59512")  # nobody follows this one
    policy = Policy.objects.create(organisation=landlord, name="Essai", priority_per_mille=250)
    run = Run.objects.create(
        organisation=landlord, title="Novembre", state="released", on=date(2026, 11, 23), policy=policy, created_at=NOW,
        released_at=NOW, released_by=there.user("LM"), reviewed_at=NOW, reviewed_by=there.user("LM"), computed_at=NOW,
    )
    draft = Run.objects.create(
        organisation=landlord, title="Essai", on=date(2026, 11, 23), policy=policy, created_at=NOW
    )
    for index, one in enumerate(people[:8]):
        for of in (run, draft):
            Tandem.objects.create(
                run=of, household=one, vacancy=homes[index % 6], rank=index, probability=Decimal("0.5"), snapshot={},
                review="accepted" if index < 7 else "to_review",
            )
    return there


def cells(breakdown, measure):
    place = breakdown.measures.index(measure)
    return {line.label: line.figures[place].value for line in breakdown.lines}


@pytest.mark.django_db
def test_the_report_counts_the_whole_scheme(made):
    report = steering_report(made.actor("FUND"))

    assert cells(report.by_commune, CANDIDATES) == {"Lesquin": 0, "Lille": None, "Loos": None}
    assert cells(report.by_commune, PROPOSED) == {"Lesquin": 0, "Lille": 8, "Loos": 0}
    # One of eight was not accepted: saying "7 of 8" would tell about that one.
    assert cells(report.by_commune, ACCEPTED) == {"Lesquin": 0, "Lille": None, "Loos": 0}
    assert [(label, figure.value) for label, figure, _ in report.headlines] == [
        ("candidats accompagnés", 15), ("logements ouverts", 6), ("offres ouvertes", 7), ("calculs diffusés", 1),
        ("tandems retenus", None),
    ]
    by_month = dict(zip(report.by_month.measures, report.by_month.total.figures, strict=True))
    by_commune = dict(zip(report.by_commune.measures, report.by_commune.total.figures, strict=True))
    assert all(by_month[measure] == figure for measure, figure in by_commune.items())


@pytest.mark.django_db
def test_the_page_is_for_those_who_have_the_report_and_names_nobody(made, client):
    for name, status in {"FUND": 200, "LM": 200, "LA": 200, "DEP": 200, "ADM": 200, "DPO": 200, "EMPL": 404}.items():
        client.force_login(made.user(name))
        response = client.get("/pilotage/")
        assert (name, response.status_code) == (name, status)
    client.force_login(made.user("FUND"))
    html = client.get("/pilotage/").content.decode()
    assert "Tandems proposés" in html and "masqué" in html and "GDPUB" not in html
    assert html.count("<svg") == html.count("</svg>") and "style=" not in html


@pytest.mark.django_db
def test_the_report_costs_the_same_whatever_it_counts(made):
    with CaptureQueriesContext(connection) as queries:
        steering_report(made.actor("FUND"))

    assert len(queries) <= 15


@pytest.mark.django_db
def test_an_empty_scheme_says_what_is_missing(client):
    there = scheme()
    client.force_login(there.user("FUND"))

    assert "Rien à compter" in client.get("/pilotage/").content.decode()
