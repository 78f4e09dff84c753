"""A tandem in French: its title, hours, ways and amounts as one would say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.run import TandemRow
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.model.work import Contract, JobOffer
from untoit.core.territory.communes import commune
from untoit.core.wording import NO_BREAK, counted, listed, number, typography
from untoit.core.wording.moments import DAYS, service_clock

CONTRACTS = {
    Contract.PERMANENT: "CDI", Contract.FIXED_TERM: "CDD", Contract.TEMP_AGENCY: "intérim",
    Contract.INSERTION: "contrat d’insertion (IAE)", Contract.WORK_STUDY: "alternance",
}
MODES = {"tc": "en transports en commun", "marche": "à pied", "velo": "à vélo", "voiture": "en voiture"}
_WEEKDAYS = frozenset(range(5))
_VOWELS = "aeiouyhàâéèêëîïôûœ"


def place(code: str) -> str:
    """Return the name of a commune, its code when it is not known."""
    known = commune(code)
    return known.name if known else code


def at_place(code: str) -> str:
    """Return ``à Lille``, ``au Quesnoy``, ``aux Lilas``."""
    name = place(code)
    if name.startswith("Le "):
        return f"au {name[3:]}"
    return f"aux {name[4:]}" if name.startswith("Les ") else f"à {name}"


def job_name(title: str) -> str:
    """Return the title of a job inside of a sentence: its place cut off, its first letter small."""
    name = re.split(r" [–-] ", title, maxsplit=1)[0].strip()
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def of_job(title: str) -> str:
    """Return ``de préparateur de commandes``, ``d’aide-soignant``."""
    name = job_name(title)
    return f"d’{name}" if name[:1].lower() in _VOWELS else f"de {name}"


def title_of(rows: Sequence[TandemRow]) -> str:
    """Return « Un T2 à Lesquin et un poste de préparateur de commandes à 24 minutes »."""
    home = rows[0].dwelling
    opening = f"Un {home.typology} {at_place(home.commune)}"
    if len(rows) == 1:
        way = counted(longest(rows[0]), "minute", "minutes")
        return f"{opening} et un poste {of_job(rows[0].offer.title)} à {way}"
    ways = listed(dict.fromkeys(longest(row) for row in rows))
    many = {2: "deux", 3: "trois", 4: "quatre"}.get(len(rows), str(len(rows)))
    return f"{opening} et {many} postes à {ways} minutes"


def longest(row: TandemRow) -> int:
    """Return the longer of the two ways, in minutes."""
    return max(row.outward_min, row.back_min)


def hours(schedule: Schedule) -> str:
    """Return « du lundi au vendredi, de 5 h à 12 h »; weeks that alternate are told one after the other."""
    weeks = [_week(rotation) for rotation in schedule.rotations]
    if len(weeks) == 1:
        return weeks[0]
    return " ; ".join(f"semaine {index} : {words}" for index, words in enumerate(weeks, 1))


def _week(rotation: Rotation) -> str:
    return " ; ".join(_block(block) for block in rotation.blocks)


def _block(block: Block) -> str:
    return f"{_days(block.days)}, de {_time(block.start_min)} à {_time(block.end_min)}"


def _days(days: frozenset[int]) -> str:
    ordered = sorted(days)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"du {DAYS[ordered[0]]} au {DAYS[ordered[-1]]}"
    return "le " + listed(DAYS[day] for day in ordered)


def _time(minutes: int) -> str:
    return service_clock(minutes)


def contract(offer: JobOffer) -> str:
    """Return « CDD de 6 mois, 35 h par semaine, début le 01/12/2026 »."""
    parts = [CONTRACTS[offer.contract]]
    if offer.duration_months is not None:
        parts[0] += f" de {counted(offer.duration_months, 'mois', 'mois')}"
    if offer.weekly_hours is not None:
        supposed = " (supposé)" if "heures_hebdo" in offer.supposed else ""
        parts.append(f"{number(offer.weekly_hours)}{NO_BREAK}h par semaine{supposed}")
    if offer.starts_on is not None:
        parts.append(f"début le {offer.starts_on:%d/%m/%Y}")
    return ", ".join(parts)


def floor(dwelling: Dwelling) -> str:
    """Return « 3e étage avec ascenseur », and that the way in has no step where it is known."""
    parts = []
    if dwelling.floor is not None:
        lift = {True: " avec ascenseur", False: " sans ascenseur", None: ", ascenseur non renseigné"}[dwelling.has_lift]
        level = "rez-de-chaussée" if dwelling.floor == 0 else ("1er" if dwelling.floor == 1 else f"{dwelling.floor}e")
        parts.append(level if dwelling.floor == 0 else f"{level} étage{lift}")
    if dwelling.is_step_free is not None:
        parts.append("accès sans marche" if dwelling.is_step_free else "accès avec des marches")
    return ", ".join(parts) or "non renseigné"


def about(amount: float | Decimal | None) -> str:
    """Return « environ 312 € », a dash when it is not known."""
    return "–" if amount is None else typography(f"environ {number(round(amount))} €")
