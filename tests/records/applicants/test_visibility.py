"""Every combination of a link, its consent and its caseload: who sees the household, told by the rule in Python."""

from datetime import date, timedelta
from itertools import product

import pytest
from tests.factories.records import NOW, consent, household, link, person, scheme

from untoit.records.applicants.models import Assignment, Household, Person, Purpose

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
LAWFUL = {("landlord", Purpose.HOUSING), ("department", Purpose.EMPLOYMENT)}
ORGANISATIONS = {
    "LM": "landlord", "LA": "landlord", "LM_other": "landlord_other", "PART": "partner", "DEP": "department",
    "DEP2": "department", "DEP_head": "department", "EMPP": "employment", "EMPP2": "employment",
}
CONSENTS = ("none", "given", "withdrawn", "for something else")
LINKS = ("open", "last day", "expired", "closed")
FOLLOWED = ("nobody", "today", "until today", "until yesterday", "from tomorrow")


def made_households(made):
    """Create a household for each situation, linked to one organisation; return what each one is."""
    found = {}
    for organisation, purpose, agreed, state in product(
        ("landlord", "partner", "department", "employment"), (Purpose.MATCHING, Purpose.HOUSING, Purpose.EMPLOYMENT),
        CONSENTS, LINKS,
    ):
        follows = FOLLOWED if organisation in ("department", "employment") else FOLLOWED[:1]
        for followed in follows:
            one = household()
            person(one)
            found[one.pk] = (organisation, purpose, agreed, state, followed)
            if agreed != "none":
                consent(
                    one, Purpose.EMPLOYER_CARD if agreed == "for something else" else purpose,
                    withdrawn_at=NOW if agreed == "withdrawn" else None,
                )
            opened = link(one, made.organisations[organisation], purpose, **{
                "last day": {"expires_on": TODAY}, "expired": {"expires_on": TODAY - timedelta(days=1)},
                "closed": {"closed_at": NOW},
            }.get(state, {}))
            since, until = {
                "today": (TODAY, None), "until today": (date(2026, 10, 1), TODAY),
                "until yesterday": (date(2026, 10, 1), TODAY - timedelta(days=1)),
                "from tomorrow": (TODAY + timedelta(days=1), None),
            }.get(followed, (None, None))
            if since:
                Assignment.objects.create(
                    link=opened, membership=made.members["DEP" if organisation == "department" else "EMPP"],
                    since=since, until=until,
                )
    return found


def is_seen(name, situation):
    organisation, purpose, agreed, state, followed = situation
    allowed = (organisation, purpose) in LAWFUL or agreed == "given"
    caseload = {"DEP": {"today", "until today"}, "EMPP": {"today", "until today"}, "DEP2": set(), "EMPP2": set()}
    return (
        ORGANISATIONS[name] == organisation and allowed and state in ("open", "last day")
        and (name not in caseload or followed in caseload[name])
    )


def test_each_role_sees_exactly_the_households_that_the_rule_names():
    made = scheme()
    situations = made_households(made)

    for name in ORGANISATIONS:
        expected = {pk for pk, situation in situations.items() if is_seen(name, situation)}
        seen = set(Household.objects.visible_to(made.actor(name)).values_list("pk", flat=True))
        persons = set(Person.objects.visible_to(made.actor(name)).values_list("household_id", flat=True))

        assert {situations[pk] for pk in seen ^ expected} == set(), name
        assert persons == expected, name
    assert any(is_seen("EMPP", one) for one in situations.values())
    assert any(is_seen("PART", one) for one in situations.values())
