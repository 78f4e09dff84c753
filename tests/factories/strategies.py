"""Hypothesis strategies of households, dwellings, seekers and offers: few values, so that boundaries are hit often."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from tests.factories import people

from untoit.core.model.dwelling import Funding, ReservingParty
from untoit.core.model.household import PriorityGround, Resources
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.model.work import Contract, FrenchLevel

CODES = ["59350", "59355", "59298", "59512", "75113", "92012", "78646", "97411", "2A004"]
# K2204 is close to K2205 (rank 1) and N1115 (rank 5); H3301 (rank 6) is just too far.
OCCUPATIONS = ["K2204", "K2205", "N1115", "H3301", "N1103", "N1105", "M1805", "Z9999"]
# One below, equal, one above some ceilings of 2026 and their 10 % drops.
INCOMES = [0, 11583, 12869, 12870, 12871, 22500, 23402, 23403, 23404, 25000, 31254, 37584, 37585, 45374, 60156, 73576]
DAYS = [date(2026, 3, 1), date(2026, 11, 23), date(2027, 12, 31), date(2028, 1, 1)]

maybe = st.sampled_from([None, False, True])
incomes = st.sampled_from(INCOMES).map(Decimal) | st.decimals(0, 80000, places=2)
years = st.sampled_from([Decimal("0.5"), Decimal("0.99"), Decimal(1), Decimal(2), Decimal(4)])

households = st.builds(
    people.household,
    adult_ages=st.lists(st.sampled_from([18, 25, 27, 28, 30, 60]), min_size=0, max_size=3).map(tuple),
    child_ages=st.lists(st.sampled_from([0, 13, 14, 17]), max_size=6).map(tuple),
    expected_births=st.integers(0, 1),
    young_couple=maybe,
    disabled_persons=st.sampled_from([0, 0, 0, 1, 2]),
    tax_income_n2_eur_year=incomes,
    income_12_months_eur_year=st.none() | incomes,
    resources=st.builds(Resources, wages_eur=st.none() | st.decimals(0, 3000, places=2)),
    priority_grounds=st.frozensets(st.sampled_from(PriorityGround), max_size=2),
    evidenced_grounds=st.frozensets(st.sampled_from(PriorityGround), max_size=2),
    consented_on=st.none() | st.sampled_from(DAYS),
    reserving_parties=st.frozensets(st.sampled_from(ReservingParty)),
    wished_communes=st.lists(st.sampled_from(CODES), max_size=3, unique=True).map(tuple),
    accepts_other_communes=maybe,
    wished_rooms=st.frozensets(st.integers(1, 6), max_size=3),
    max_outlay_eur=st.none() | st.sampled_from([Decimal("379.99"), Decimal(380), Decimal("380.01")]),
    needs_step_free_access=st.booleans(),
    max_floor_without_lift=st.none() | st.integers(0, 2),
)

dwellings = st.builds(
    people.dwelling,
    commune=st.sampled_from(CODES),
    rooms=st.integers(1, 6),
    surface_m2=st.sampled_from([Decimal(each) for each in ("8.9", "9", "15.9", "16", "25", "34", "70")]),
    rent_eur=st.sampled_from([Decimal(318), Decimal("318.01"), Decimal("317.99")]),
    funding=st.sampled_from(Funding),
    available_on=st.sampled_from(DAYS),
    floor=st.none() | st.integers(0, 3),
    has_lift=maybe,
    is_step_free=maybe,
    energy_label=st.sampled_from([None, "C", "E", "F", "G"]),
    reserving_party=st.none() | st.sampled_from(ReservingParty),
)

seekers = st.builds(
    people.seeker,
    occupations=st.lists(st.sampled_from(OCCUPATIONS), min_size=1, max_size=3, unique=True).map(tuple),
    experience=st.dictionaries(st.sampled_from(OCCUPATIONS), years, max_size=3),
    licences=st.frozensets(st.sampled_from(["B", "C", "CE", "CACES3"]), max_size=2),
    workable_days=st.none() | st.frozensets(st.integers(0, 6)),
    hours_min=st.none() | st.sampled_from([Decimal(20), Decimal(35)]),
    hours_max=st.none() | st.sampled_from([Decimal(20), Decimal(35), Decimal("35.5")]),
    contracts=st.none() | st.frozensets(st.sampled_from(Contract)),
    french_level=st.none() | st.sampled_from(FrenchLevel),
    available_on=st.none() | st.sampled_from(DAYS),
)


def _schedule(weeks: list[frozenset[int]]) -> Schedule:
    return Schedule(tuple(Rotation((Block(days, 540, 1020),)) for days in weeks))


offers = st.builds(
    people.offer,
    occupation=st.sampled_from(OCCUPATIONS),
    contract=st.sampled_from(Contract),
    weekly_hours=st.none() | st.sampled_from([Decimal(20), Decimal(35), Decimal("35.5"), Decimal(39)]),
    starts_on=st.none() | st.sampled_from(DAYS),
    licences=st.frozensets(st.sampled_from(["B", "C", "CACES3"]), max_size=2),
    min_experience_years=st.none() | st.sampled_from([Decimal(0)]) | years,
    french_level=st.none() | st.sampled_from(FrenchLevel),
    schedule=st.lists(st.frozensets(st.integers(0, 6), min_size=1), min_size=1, max_size=2).map(_schedule),
)
