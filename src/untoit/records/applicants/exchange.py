"""Households and persons between the database and the core: the same values, in the types of each."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from untoit.core.model.dwelling import ReservingParty
from untoit.core.model.household import CurrentStatus, PriorityGround, Resources
from untoit.core.model.household import Household as CoreHousehold
from untoit.core.model.person import Person as CorePerson
from untoit.core.model.work import Contract, FrenchLevel, Mode, Seeker
from untoit.records.applicants.models import Household, Person

RESOURCES = (
    "wages_eur", "rsa_eur", "activity_bonus_eur", "unemployment_benefit_eur", "disability_allowance_eur",
    "pensions_eur", "family_benefits_eur", "other_eur",
)
FINANCES = ("tax_income_n2_eur_year", "income_12_months_eur_year", *RESOURCES)


def household_to_core(household: Household, *, as_filed: bool = False) -> CoreHousehold:
    """
    Return the value that rules, budget and matching read: no identity, no address.

    ``as_filed`` leaves out the grounds that only evidence seen by a person gives: what an import compares a file with.
    """
    finances = household.finances
    evidenced = household.evidenced_grounds
    if as_filed:
        evidenced = [one for one in evidenced if one in household.filed_grounds or one not in household.seen_grounds]
    return CoreHousehold(
        application_number=household.application_number,
        applied_on=household.applied_on,
        adult_ages=tuple(household.adult_ages),
        tax_income_n2_eur_year=Decimal(finances["tax_income_n2_eur_year"]),
        consented_on=household.consented_on,
        child_ages=tuple(household.child_ages),
        expected_births=household.expected_births,
        young_couple=household.young_couple,
        disabled_persons=household.disabled_persons,
        income_12_months_eur_year=_amount(finances, "income_12_months_eur_year"),
        resources=Resources(**{name: _amount(finances, name) for name in RESOURCES}),
        priority_grounds=frozenset(map(PriorityGround, household.grounds)),
        evidenced_grounds=frozenset(map(PriorityGround, evidenced)),
        in_scheme=household.in_scheme,
        reserving_parties=frozenset(map(ReservingParty, household.reserving_parties)),
        wished_communes=tuple(household.wished_communes),
        accepts_other_communes=household.accepts_other_communes,
        wished_rooms=frozenset(household.wished_rooms),
        max_outlay_eur=None if household.max_outlay_cents is None else Decimal(household.max_outlay_cents) / 100,
        needs_step_free_access=household.needs_step_free_access,
        max_floor_without_lift=household.max_floor_without_lift,
        current_status=CurrentStatus(household.current_status) if household.current_status else None,
        current_commune=household.current_commune or None,
    )


def household_columns(household: CoreHousehold) -> dict[str, Any]:
    """Return the columns of :class:`Household` that an exchange file fills."""
    amounts = {
        "tax_income_n2_eur_year": household.tax_income_n2_eur_year,
        "income_12_months_eur_year": household.income_12_months_eur_year,
        **{name: getattr(household.resources, name) for name in RESOURCES},
    }
    return {
        "application_number": household.application_number,
        "applied_on": household.applied_on,
        "adult_ages": list(household.adult_ages),
        "child_ages": list(household.child_ages),
        "expected_births": household.expected_births,
        "young_couple": household.young_couple,
        "disabled_persons": household.disabled_persons,
        "finances": {name: str(value) for name, value in amounts.items() if value is not None},
        "grounds": sorted(household.priority_grounds),
        "evidenced_grounds": sorted(household.evidenced_grounds),
        "filed_grounds": sorted(household.evidenced_grounds),
        "in_scheme": household.in_scheme,
        "reserving_parties": sorted(household.reserving_parties),
        "wished_communes": list(household.wished_communes),
        "accepts_other_communes": household.accepts_other_communes,
        "wished_rooms": sorted(household.wished_rooms),
        "max_outlay_cents": cents(household.max_outlay_eur),
        "needs_step_free_access": household.needs_step_free_access,
        "max_floor_without_lift": household.max_floor_without_lift,
        "current_status": household.current_status or "",
        "current_commune": household.current_commune or "",
        "consented_on": household.consented_on,
    }


def person_to_core(person: Person, application_number: str) -> CorePerson:
    """Return what matching reads of a job seeker: neither name, birth date, address nor contact."""
    return CorePerson(
        application_number,
        person.number,
        Seeker(
            occupations=tuple(person.occupations),
            modes=frozenset(map(Mode, person.modes)),
            experience={code: Decimal(years) for code, years in person.experience.items()},
            skills=frozenset(person.skills),
            licences=frozenset(person.licences),
            max_commute_min=person.max_commute_min,
            leaves_no_earlier_min=person.leaves_no_earlier_min,
            back_no_later_min=person.back_no_later_min,
            workable_days=None if person.workable_days is None else frozenset(person.workable_days),
            hours_min=person.hours_min,
            hours_max=person.hours_max,
            contracts=None if person.contracts is None else frozenset(map(Contract, person.contracts)),
            french_level=FrenchLevel(person.french_level) if person.french_level else None,
            available_on=person.available_on,
        ),
    )


def person_columns(person: CorePerson) -> dict[str, Any]:
    """Return the columns of :class:`Person` that an exchange file fills; the household is found by its number."""
    seeker = person.seeker
    return {
        "number": person.number,
        "occupations": list(seeker.occupations),
        "experience": {code: str(years) for code, years in sorted(seeker.experience.items())},
        "skills": sorted(seeker.skills),
        "licences": sorted(seeker.licences),
        "modes": sorted(seeker.modes),
        "max_commute_min": seeker.max_commute_min,
        "leaves_no_earlier_min": seeker.leaves_no_earlier_min,
        "back_no_later_min": seeker.back_no_later_min,
        "workable_days": None if seeker.workable_days is None else sorted(seeker.workable_days),
        "hours_min": seeker.hours_min,
        "hours_max": seeker.hours_max,
        "contracts": None if seeker.contracts is None else sorted(seeker.contracts),
        "french_level": seeker.french_level or "",
        "available_on": seeker.available_on,
    }


def cents(amount: Decimal | None) -> int | None:
    """Return euros as whole cents."""
    return None if amount is None else int((100 * amount).to_integral_value())


def _amount(finances: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(finances[name]) if name in finances else None
