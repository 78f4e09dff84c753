"""
A small scheme in the database: every kind of organisation, one member a role, candidates with links and consents.

``scheme()`` gives valid rows with nothing surprising; the makers below add one row each, changed as the test wants.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from untoit.records.applicants.models import Assignment, Consent, Household, Link, Person, Purpose
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import Membership, Organisation, OrganisationKind, Role, User
from untoit.records.partners.rights import Actor
from untoit.records.partners.selectors import actor_of
from untoit.records.stock.models import Vacancy

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_number = count(1)


@dataclass
class Scheme:
    """The organisations and members of a test, by role code; ``other_*`` belong to a second landlord and employer."""

    organisations: dict[str, Organisation] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)

    def actor(self, name: str, at: datetime = NOW) -> Actor:
        """Return the actor of a member: ``"LM"``, ``"DEP"``, ``"DEP2"`` (another caseload), ``"LM_other"``…"""
        membership = self.members[name]
        return actor_of(membership.user, at=at, membership_id=membership.pk)

    def user(self, name: str) -> User:
        """Return the user of a member."""
        return self.members[name].user


_ORGANISATIONS = {
    "landlord": (OrganisationKind.LANDLORD, "Bailleur d'essai"),
    "landlord_other": (OrganisationKind.LANDLORD, "Autre bailleur"),
    "partner": (OrganisationKind.PARTNER_LANDLORD, "Association logement accompagné"),
    "department": (OrganisationKind.DEPARTMENT, "Département d'essai"),
    "employment": (OrganisationKind.EMPLOYMENT_PARTNER, "Maison de l'emploi d'essai"),
    "employer": (OrganisationKind.EMPLOYER, "Entrepôts du Nord"),
    "employer_other": (OrganisationKind.EMPLOYER, "Boulangerie Martin"),
    "funder": (OrganisationKind.FUNDER, "Financeur d'essai"),
    "platform": (OrganisationKind.PLATFORM, "Plateforme"),
}
_MEMBERS = {
    "LM": ("landlord", Role.LM, True), "LM2": ("landlord", Role.LM, False), "LA": ("landlord", Role.LA, False),
    "LM_other": ("landlord_other", Role.LM, True), "PART": ("partner", Role.PART, True),
    "DEP": ("department", Role.DEP, False), "DEP2": ("department", Role.DEP, False),
    "DEP_head": ("department", Role.DEP, True), "EMPP": ("employment", Role.EMPP, False),
    "EMPP2": ("employment", Role.EMPP, False), "EMPL": ("employer", Role.EMPL, True),
    "EMPL_other": ("employer_other", Role.EMPL, True), "FUND": ("funder", Role.FUND, True),
    "ADM": ("platform", Role.ADM, True), "ADM2": ("platform", Role.ADM, True), "DPO": ("platform", Role.DPO, False),
}


def scheme() -> Scheme:
    """Create the organisations and members above; nobody is linked to anybody yet."""
    made = Scheme()
    for key, (kind, name) in _ORGANISATIONS.items():
        made.organisations[key] = Organisation.objects.create(kind=kind, name=name)
    for key, (organisation, role, admin) in _MEMBERS.items():
        user = User.objects.create_user(f"{key.lower()}@essai.invalid", full_name=f"Membre {key}")
        made.members[key] = Membership.objects.create(
            user=user, organisation=made.organisations[organisation], role=role, is_org_admin=admin
        )
    return made


def household(**changes) -> Household:
    """Create a household of one adult of 34, who consented, with a tax income of 12,000 a year and RSA."""
    values = {
        "application_number": f"0590126{next(_number):06d}GDPUB", "applied_on": date(2025, 3, 1), "adult_ages": [34],
        "finances": {"tax_income_n2_eur_year": "12000", "rsa_eur": "573.49"}, "consented_on": date(2026, 10, 1),
        "wished_rooms": [1, 2], "accepts_other_communes": True,
    }
    return Household.objects.create(**{**values, **changes})


def person(of: Household, **changes) -> Person:
    """Create job seeker 1 of a household: a shelf filler who takes public transport."""
    values = {
        "number": 1, "first_name": "Camille", "last_name": "Essai", "occupations": ["N1103"],
        "modes": ["marche", "tc"], "experience": {"N1103": "2"},
    }
    return Person.objects.create(household=of, **{**values, **changes})


def consent(of: Household, purpose: str = Purpose.MATCHING, **changes) -> Consent:
    """Record a consent of a household."""
    values = {"given_on": date(2026, 10, 1), "how": "signed", "recorded_at": NOW}
    return Consent.objects.create(household=of, purpose=purpose, **{**values, **changes})


def link(of: Household, organisation: Organisation, purpose: str = Purpose.MATCHING, *,
         followed_by: Membership | None = None, **changes) -> Link:
    """Open a link for six months, followed by a member where one is given."""
    values = {"opened_at": NOW - timedelta(days=30), "expires_on": date(2027, 4, 1)}
    made = Link.objects.create(household=of, organisation=organisation, purpose=purpose, **{**values, **changes})
    if followed_by is not None:
        Assignment.objects.create(link=made, membership=followed_by, since=date(2026, 10, 1))
    return made


def vacancy(organisation: Organisation, **changes) -> Vacancy:
    """Create an open T2 of 45 m² in Lille, PLUS, 380 euros and 60 of charges."""
    values = {
        "reference": f"LOG-{next(_number):04d}", "landlord": organisation.name, "commune": "59350",
        "latitude": 50.632, "longitude": 3.058, "rooms": 2, "surface_m2": "45", "rent_cents": 38000,
        "charges_cents": 6000, "funding": "PLUS", "available_on": date(2026, 12, 1), "address": "12 rue de l'Essai",
        "confirmed_at": NOW, "expires_on": date(2027, 1, 15),
    }
    return Vacancy.objects.create(organisation=organisation, **{**values, **changes})


def offer(organisation: Organisation, **changes) -> Offer:
    """Create an open permanent job of order picker in Lesquin, 05:00-12:00."""
    values = {
        "reference": f"OFF-{next(_number):04d}", "employer": organisation.name, "title": "Préparateur de commandes",
        "occupation": "N1103", "contract": "CDI", "weekly_hours": "35", "gross_monthly_cents": 190000,
        "commune": "59343", "latitude": 50.588, "longitude": 3.115, "schedule": "lu-ve 05:00-12:00",
        "confirmed_at": NOW, "expires_on": date(2027, 1, 15),
    }
    return Offer.objects.create(organisation=organisation, **{**values, **changes})


def linked_household(of: Scheme, **changes) -> Household:
    """Create a household with one person, followed by DEP and EMPP and linked to the landlord, all consents given."""
    made = household(**changes)
    person(made)
    for purpose in (Purpose.MATCHING, Purpose.HOUSING, Purpose.EMPLOYMENT):
        consent(made, purpose)
    link(made, of.organisations["landlord"], Purpose.HOUSING)
    link(made, of.organisations["department"], Purpose.EMPLOYMENT, followed_by=of.members["DEP"])
    link(made, of.organisations["employment"], Purpose.EMPLOYMENT, followed_by=of.members["EMPP"])
    return made
