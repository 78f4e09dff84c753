"""One value of the model as the cells of its exchange file: what the readers take back unchanged."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from untoit.core.exchange.formats import DWELLING_COLUMNS, HOUSEHOLD_COLUMNS, OFFER_COLUMNS, PERSON_COLUMNS
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.model.person import Person
from untoit.core.model.schedule import DAY_CODES
from untoit.core.model.work import JobOffer


def cells_of(value: Household | Person | Dwelling | JobOffer) -> dict[str, str]:
    """Return every column of the format with the text of its cell, blank when unknown; lists in a fixed order."""
    if isinstance(value, Household):
        return _texts(HOUSEHOLD_COLUMNS, _household(value))
    if isinstance(value, Person):
        return _texts(PERSON_COLUMNS, _person(value))
    if isinstance(value, Dwelling):
        return _texts(DWELLING_COLUMNS, _dwelling(value))
    return _texts(OFFER_COLUMNS, _offer(value))


def _household(household: Household) -> tuple[object, ...]:
    resources = household.resources
    return (
        household.application_number, household.applied_on, _list(household.adult_ages), _list(household.child_ages),
        household.expected_births or None, household.young_couple, household.disabled_persons or None,
        household.tax_income_n2_eur_year, household.income_12_months_eur_year, resources.wages_eur, resources.rsa_eur,
        resources.activity_bonus_eur, resources.unemployment_benefit_eur, resources.disability_allowance_eur,
        resources.pensions_eur, resources.family_benefits_eur, resources.other_eur,
        _list(sorted(household.priority_grounds)), _list(sorted(household.evidenced_grounds)), household.in_scheme,
        _list(sorted(household.reserving_parties)), _list(household.wished_communes), household.accepts_other_communes,
        _list(f"T{rooms}" for rooms in sorted(household.wished_rooms)), household.max_outlay_eur,
        household.needs_step_free_access, household.max_floor_without_lift, household.current_status,
        household.current_commune, household.consented_on,
    )


def _person(person: Person) -> tuple[object, ...]:
    seeker = person.seeker
    days = None if seeker.workable_days is None else _list(DAY_CODES[day] for day in sorted(seeker.workable_days))
    contracts = None if seeker.contracts is None else _list(sorted(seeker.contracts))
    return (
        person.application_number, person.number, _list(seeker.occupations),
        _list(f"{code}:{_text(years)}" for code, years in sorted(seeker.experience.items())),
        _list(sorted(seeker.skills)), _list(sorted(seeker.licences)), _list(sorted(seeker.modes)),
        seeker.max_commute_min, _clock(seeker.leaves_no_earlier_min), _clock(seeker.back_no_later_min), days,
        seeker.hours_min, seeker.hours_max, contracts, seeker.french_level, seeker.available_on,
    )


def _dwelling(dwelling: Dwelling) -> tuple[object, ...]:
    return (
        dwelling.reference, dwelling.landlord, dwelling.building, dwelling.address, dwelling.commune,
        dwelling.position.latitude, dwelling.position.longitude, dwelling.typology, dwelling.surface_m2, dwelling.floor,
        dwelling.has_lift, dwelling.is_step_free, dwelling.rent_eur, dwelling.charges_eur, dwelling.funding,
        dwelling.apl_zone, dwelling.qpv_code or dwelling.in_qpv, dwelling.energy_label, dwelling.reserving_party,
        dwelling.available_on, dwelling.max_candidates,
    )


def _offer(offer: JobOffer) -> tuple[object, ...]:
    return (
        offer.reference, offer.employer, offer.siret, offer.title, offer.occupation, offer.contract,
        offer.duration_months, offer.weekly_hours, offer.gross_monthly_eur, offer.commune, offer.position.latitude,
        offer.position.longitude, offer.openings, offer.starts_on, _list(sorted(offer.licences)),
        offer.min_experience_years, offer.french_level, None if offer.schedule_is_supposed else str(offer.schedule),
        offer.in_shortage,
    )


def _texts(columns: tuple[str, ...], values: tuple[object, ...]) -> dict[str, str]:
    return {column: _text(value) for column, value in zip(columns, values, strict=True)}


def _list(values: Iterable[object]) -> str:
    return "|".join(str(value) for value in values)


def _clock(minutes: int | None) -> str | None:
    return None if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Decimal | float):
        # Fixed notation, without the zeros that a database column adds: 45.20 and 45.2 are the same cell.
        text = f"{Decimal(str(value)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else str(value)
