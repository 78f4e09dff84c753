"""French words for what the files of candidates hold: codes, ages, amounts, hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from untoit.core import parameters
from untoit.core.territory.communes import commune
from untoit.core.territory.occupations import occupation
from untoit.core.wording import NO_BREAK, counted, euros, listed, number
from untoit.core.wording.moments import DAYS, service_clock

CURRENT_STATUS = {
    "locataire_parc_social": "locataire du parc social",
    "locataire_prive": "locataire du parc privé",
    "heberge_tiers": "hébergé par un proche",
    "structure": "en structure ou en foyer",
    "sans_abri": "sans abri",
    "autre": "autre situation",
}
RESERVING_PARTY = {
    "etat": "État", "action_logement": "Action Logement", "collectivite": "collectivité", "bailleur": "bailleur",
}
MODE = {"marche": "à pied", "velo": "à vélo", "tc": "en transports en commun", "voiture": "en voiture"}
CONTRACT = {
    "CDI": "CDI", "CDD": "CDD", "MIS": "intérim", "IAE": "insertion (IAE)", "ALT": "alternance",
}
AMOUNT = {
    "tax_income_n2_eur_year": "Revenu fiscal de référence N-2",
    "income_12_months_eur_year": "Revenus des 12 derniers mois",
    "wages_eur": "Salaires",
    "rsa_eur": "RSA",
    "activity_bonus_eur": "Prime d'activité",
    "unemployment_benefit_eur": "Allocation chômage",
    "disability_allowance_eur": "AAH",
    "pensions_eur": "Pensions",
    "family_benefits_eur": "Prestations familiales",
    "other_eur": "Autres ressources",
}
# RSA and the rest, as whoever must not read RSA apart sees them (access.md, note 5).
MERGED_OTHER = "Autres ressources déclarées"
HOW = {"signed": "signé sur papier", "online": "en ligne", "oral": "à l'oral", "file": "dans le fichier importé"}


def ages(values: Iterable[int]) -> str:
    """Return ``34 ans``, ``34 et 36 ans``, ``moins d'un an``, ``moins d'un an et 3 ans``; blank for nobody."""
    known = list(values)
    babies = ["moins d'un an"] * sum(one == 0 for one in known)
    others = [str(one) for one in known if one]
    if others:
        others[-1] += f"{NO_BREAK}an" if others == ["1"] else f"{NO_BREAK}ans"
    return listed([*babies, *others])


def age_band(birth_date: date | None, on: date) -> str:
    """Return the ten-year band of an age, which is all that some roles may know."""
    if birth_date is None:
        return ""
    age = on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    if age < 26:
        return "moins de 26 ans"
    if age >= 55:
        return "55 ans et plus"
    low = 26 if age < 35 else 35 if age < 45 else 45
    high = {26: 34, 35: 44, 45: 54}[low]
    return f"entre {low} et {high} ans"


def amount(value: str | None, *, yearly: bool = False) -> str:
    """Return a declared amount; blank when unknown."""
    if value is None:
        return ""
    return f"{euros(Decimal(value))}{NO_BREAK}€ par {'an' if yearly else 'mois'}"


def cents(value: int | None) -> str:
    """Return an amount in cents as euros; blank when unknown."""
    return "" if value is None else f"{euros(Decimal(value) / 100)}{NO_BREAK}€"


def clock(minutes: int | None) -> str:
    """Return ``7 h 30``; the hours after midnight say so, and nothing is said of an hour that is not known."""
    return "" if minutes is None else service_clock(minutes)


def place(code: str) -> str:
    """Return the name of a commune, its code when the table does not have it."""
    known = commune(code)
    return known.name if known else code


def places(codes: Iterable[str]) -> str:
    """Return names of communes."""
    return listed(place(code) for code in codes)


def trade(code: str) -> str:
    """Return the label of a ROME code."""
    known = occupation(code)
    return f"{known.label} ({code})" if known else code


def trades(codes: Iterable[str]) -> str:
    """Return labels of ROME codes, in order of preference."""
    return " ; ".join(trade(code) for code in codes)


def experience(years: Mapping[str, str]) -> str:
    """Return years by occupation."""
    return " ; ".join(
        f"{trade(code)} : {counted(Decimal(value), 'an', 'ans')}" for code, value in sorted(years.items())
    )


def hours(low: Decimal | None, high: Decimal | None) -> str:
    """Return the hours a week that suit."""
    if low is None and high is None:
        return ""
    if high is None:
        return f"au moins {number(low or 0)}{NO_BREAK}h par semaine"
    if low is None:
        return f"au plus {number(high)}{NO_BREAK}h par semaine"
    if low == high:
        return f"{number(low)}{NO_BREAK}h par semaine"
    return f"de {number(low)} à {number(high)}{NO_BREAK}h par semaine"


def days(values: Iterable[int] | None) -> str:
    """Return the weekdays that suit."""
    if values is None:
        return ""
    chosen = sorted(values)
    return "tous les jours" if len(chosen) == len(DAYS) else listed(DAYS[day] for day in chosen)


def words(values: Iterable[str] | None, names: Mapping[str, str]) -> str:
    """Return codes in words."""
    return "" if values is None else listed(names.get(one, one) for one in values)


def yes_no(value: bool | None) -> str:
    """Return oui, non, or blank when unknown."""
    return "" if value is None else "oui" if value else "non"


def day(value: date | None) -> str:
    """Return 23/11/2026, blank when unknown."""
    return "" if value is None else f"{value:%d/%m/%Y}"


def ground(code: str, on: date) -> str:
    """Return a ground of priority in words."""
    return str(parameters.at("social_housing/priority_grounds", on).value.get(code, code))
