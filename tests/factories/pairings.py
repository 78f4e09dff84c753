"""A landlord with the demonstration territory in the database, its timetable, and runs computed on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.factories.records import NOW, Scheme, scheme

from untoit.core.exchange import read_dwellings, read_households, read_offers, read_persons
from untoit.records.applicants.exchange import household_columns, person_columns
from untoit.records.applicants.models import Assignment, Consent, Household, Link, Person, Purpose
from untoit.records.jobs.exchange import offer_columns
from untoit.records.jobs.models import Offer
from untoit.records.pairings import computing, services, timetables
from untoit.records.pairings.models import Feed, Policy, Run
from untoit.records.pairings.perimeter import Perimeter
from untoit.records.pairings.policies import usual_policy
from untoit.records.stock.exchange import vacancy_columns
from untoit.records.stock.models import Vacancy

ON = date(2026, 11, 24)


@dataclass
class Town:
    """The scheme, the folder of its files, its timetable and its usual policy."""

    scheme: Scheme
    folder: Path
    feed: Feed
    policy: Policy

    @property
    def lead(self):
        """The project lead of the landlord."""
        return self.scheme.actor("LM")


def town(folder: Path) -> Town:
    """Load the four files and the timetable of a folder for the landlord of a new scheme, linked to every household."""
    made = scheme()
    _people(made, folder)
    _places(made, folder)
    lead = made.actor("LM")
    feed = timetables.add_feed(
        name="Réseau de démonstration", content=[(folder / "reseau_demo.zip").read_bytes()], by=lead, at=NOW
    )
    return Town(made, folder, feed, usual_policy(by=lead, at=NOW))


def run(of: Town, **changes) -> Run:
    """Prepare a run of everything on 24 November 2026; it waits for the worker."""
    values = {
        "title": "Job dating de novembre", "on": ON, "mode": "plan", "perimeter": Perimeter(), "policy": of.policy,
        "feeds": [of.feed], "by": of.lead, "at": NOW,
    }
    return services.create_run(**{**values, **changes})


def computed(of: Town, **changes) -> Run:
    """Prepare a run and compute it with approximate budgets."""
    made = run(of, **changes)
    computing.compute(made.pk, None, lambda: NOW)
    made.refresh_from_db()
    assert made.state == "computed", made.failure
    return made


def _people(made: Scheme, folder: Path) -> None:
    households = {
        one.application_number: Household(**household_columns(one), is_fictitious=True)
        for one in read_households(folder / "menages.csv").rows
    }
    Household.objects.bulk_create(households.values())
    persons = [
        Person(household=households[one.application_number], first_name="Camille", last_name=f"Essai{number}",
               **person_columns(one))
        for number, one in enumerate(read_persons(folder / "personnes.csv").rows)
    ]
    Person.objects.bulk_create(persons)
    everyone = list(households.values())
    Consent.objects.bulk_create([
        Consent(household=one, purpose=purpose, given_on=one.consented_on, how="file", recorded_at=NOW)
        for one in everyone if one.consented_on
        for purpose in (Purpose.MATCHING, Purpose.EMPLOYMENT)
    ])
    dates = {"opened_at": NOW - timedelta(days=30), "expires_on": date(2027, 4, 1)}
    Link.objects.bulk_create([
        Link(household=one, organisation=made.organisations["landlord"], purpose=Purpose.HOUSING, **dates)
        for one in everyone
    ])
    followed = Link.objects.bulk_create([
        Link(household=one, organisation=made.organisations[key], purpose=Purpose.EMPLOYMENT, **dates)
        for one in everyone for key in ("department", "employment")
    ])
    Assignment.objects.bulk_create([
        Assignment(
            link=one, since=date(2026, 10, 1),
            membership=made.members["DEP" if one.organisation == made.organisations["department"] else "EMPP"],
        )
        for one in followed
    ])


def _places(made: Scheme, folder: Path) -> None:
    stays = {"confirmed_at": NOW, "expires_on": date(2027, 1, 15)}
    Vacancy.objects.bulk_create([
        Vacancy(organisation=made.organisations["landlord"], **vacancy_columns(one), **stays)
        for one in read_dwellings(folder / "logements.csv").rows
    ])
    Offer.objects.bulk_create([
        Offer(organisation=made.organisations["employment"], **offer_columns(one), **stays)
        for one in read_offers(folder / "offres.csv").rows
    ])
