"""No figure of the steering report points at somebody, not even by subtraction."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.events import a_registration, an_event
from tests.factories.records import NOW, household, link, offer, scheme, vacancy

from untoit.records.pairings.models import Policy, Run, Tandem
from untoit.reporting.event_steering import events_summary
from untoit.reporting.steering import ACCEPTED, CANDIDATES, PROPOSED, steering_report

K = 5


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


@pytest.mark.django_db
def test_events_are_counted_together_and_no_small_step_is_shown(made):
    event = an_event(made, state="reviewed", on=date(2026, 11, 3))
    for number in range(9):
        a_registration(event, scheme=made, present_at=NOW if number < 7 else None)

    found = events_summary(made.actor("FUND"))

    assert found is not None
    assert (found.events, found.success) == (1, "masqué")
    texts = {step.code: step.text for step in found.funnel.steps}
    # Seven present of nine invited would say that two did not come.
    assert (texts["invited"], texts["present"], texts["leased"]) == ("9", "masqué", "0")
