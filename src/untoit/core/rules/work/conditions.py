"""What the person accepts: contract, hours, days, start."""

from __future__ import annotations

from datetime import date

from untoit.core.model.finding import Effect, Finding
from untoit.core.model.schedule import DAY_CODES
from untoit.core.model.work import JobOffer, Seeker
from untoit.core.parameters.suppositions import weekly_hours
from untoit.core.rules.rule import rule
from untoit.core.wording import listed, number


@rule(
    "contrat_accepte",
    label="Contrat accepté",
    effect=Effect.EXCLUDES,
    source="Souhait de la personne",
    says="Contrat {contract} : {answer}.",
    otherwise="Contrat {contract} : la personne accepte seulement {accepted}.",
)
def contract_is_accepted(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the kind of contract is one that the person accepts, any when none was named."""
    if seeker.contracts is None:
        return Finding(True, {"contract": offer.contract, "answer": "aucune préférence"})
    return Finding(
        offer.contract in seeker.contracts,
        {"contract": offer.contract, "answer": "accepté", "accepted": listed(sorted(seeker.contracts), "ou")},
    )


@rule(
    "heures_acceptees",
    label="Heures par semaine acceptées",
    effect=Effect.EXCLUDES,
    source="Souhait de la personne",
    says="{hours} h par semaine{supposed} : dans ce que la personne accepte.",
    otherwise="{hours} h par semaine{supposed} : la personne accepte {accepted}.",
)
def hours_are_accepted(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the hours a week are between those that the person accepts."""
    hours, least, most = weekly_hours(offer, on), seeker.hours_min, seeker.hours_max
    supposed = offer.weekly_hours is None or "heures_hebdo" in offer.supposed
    bounds = [f"au moins {number(least)}\u00a0h"] if least is not None else []
    bounds += [f"au plus {number(most)}\u00a0h"] if most is not None else []
    return Finding(
        (least is None or hours >= least) and (most is None or hours <= most),
        {"hours": hours, "supposed": " (supposées)" if supposed else "", "accepted": listed(bounds)},
    )


@rule(
    "jours_travaillables",
    label="Jours travaillables",
    effect=Effect.EXCLUDES,
    source="Souhait de la personne",
    says="Jours de travail {days}{supposed} : {answer}.",
    otherwise="Jours de travail {days}{supposed} : la personne ne peut pas travailler {refused}.",
)
def days_are_workable(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether every day of every rotation is one on which the person can work."""
    days = offer.schedule.days
    facts: dict[str, object] = {
        "days": _in_words(days), "supposed": " (supposés)" if offer.schedule_is_supposed else ""
    }
    if seeker.workable_days is None:
        return Finding(True, facts | {"answer": "aucune limite déclarée"})
    refused = days - seeker.workable_days
    return Finding(not refused, facts | {"answer": "possibles", "refused": _in_words(refused)})


@rule(
    "debut_possible",
    label="Disponible au début du contrat",
    effect=Effect.WARNS,
    source="Souhait de la personne",
    says="Début du contrat : rien à vérifier.",
    otherwise="Début du contrat le {starts_on}, la personne est disponible le {available_on} : date à négocier.",
)
def start_date_is_possible(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the person is free when the contract starts, as far as both dates are known."""
    starts, available = offer.starts_on, seeker.available_on
    return Finding(
        starts is None or available is None or available <= starts, {"starts_on": starts, "available_on": available}
    )


def _in_words(days: frozenset[int]) -> str:
    return listed(DAY_CODES[day] for day in sorted(days))
