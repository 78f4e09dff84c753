"""
What the rules say of one household and one dwelling, on the day of an act: a refusal, or sentences to read.

Only income above the ceiling of the dwelling refuses (CCH art. R441-1); the other rules warn, and a person decides. A
file too incomplete for the rules warns as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from untoit.core.errors import ParameterMissing, Refused, UnknownSituation
from untoit.core.model.dwelling import Dwelling, Funding
from untoit.core.model.finding import Finding
from untoit.core.model.household import Household as CoreHousehold
from untoit.core.rules.housing import judge
from untoit.core.rules.housing.income import income_under_ceiling
from untoit.core.wording import typography
from untoit.records.applicants.exchange import household_to_core
from untoit.records.applicants.models import Household
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Vacancy

# The ceilings of social housing; intermediate housing (PLI) has others, and is no social housing.
SOCIAL_FUNDINGS = (Funding.PLAI, Funding.PLUS, Funding.PLS)
_INCOME, _CONSENT = "revenus_sous_plafond", "consentement"
_INCOMPLETE = (
    "Le dossier n'a pas encore le revenu fiscal de référence ou la composition du ménage : plafonds, taille et budget "
    "restent à vérifier."
)


def core_of(household: Household) -> CoreHousehold | None:
    """Return the household as the rules read it, ``None`` when its file lacks what they need."""
    if not household.adult_ages or "tax_income_n2_eur_year" not in household.finances:
        return None
    return household_to_core(household)


def findings(household: Household, vacancy: Vacancy, on: date) -> tuple[Finding, ...]:
    """Return what every housing rule answers; nothing for a file too incomplete. Consent to matching is not one."""
    core = core_of(household)
    if core is None:
        return ()
    return tuple(each for each in judge(core, vacancy_to_core(vacancy), on) if each.code != _CONSENT)


def check_income(household: Household, vacancy: Vacancy, on: date) -> tuple[str, ...]:
    """
    Refuse a dwelling whose ceiling the household's income exceeds; return the sentences of the rules that warn.

    Raises
    ------
    Refused
        With the sentence of the rule, its numbers, and whether another funding would do.
    """
    found = findings(household, vacancy, on)
    if not found:
        return (typography(_INCOMPLETE),) if core_of(household) is None else ()
    above = next((each for each in found if each.code == _INCOME and not each.passed), None)
    if above is not None:
        raise Refused(typography(f"{above.sentence} {_elsewhere(household, vacancy, on)}"))
    return tuple(each.sentence for each in found if not each.passed)


def admitted_fundings(household: Household, vacancy: Vacancy, on: date) -> tuple[Funding, ...] | None:
    """Return the social fundings whose ceiling the income does not exceed there; ``None`` when that is not known."""
    core = core_of(household)
    if core is None:
        return None
    dwelling = vacancy_to_core(vacancy)
    try:
        return tuple(one for one in SOCIAL_FUNDINGS if _under(core, replace(dwelling, funding=one), on))
    except (UnknownSituation, ParameterMissing):
        return None


def above_every_ceiling(household: Household, vacancy: Vacancy, on: date) -> bool | None:
    """Whether no social funding admits the income: only then may a rejection be offered; ``None`` when not known."""
    admitted = admitted_fundings(household, vacancy, on)
    return None if admitted is None else not admitted


def _under(core: CoreHousehold, dwelling: Dwelling, on: date) -> bool:
    return income_under_ceiling(core, dwelling, on).passed


def _elsewhere(household: Household, vacancy: Vacancy, on: date) -> str:
    admitted = admitted_fundings(household, vacancy, on)
    if admitted is None:
        return ""
    if not admitted:
        return (
            "Tous les plafonds du logement social sont dépassés : la commission peut examiner un rejet, qu'une "
            "personne décide et motive."
        )
    return f"La demande reste active : un logement {' ou '.join(admitted)} peut être proposé."
