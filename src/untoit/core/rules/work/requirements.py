"""What the employer asks: occupation, experience, licence, French."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from untoit.core import parameters
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.work import JobOffer, Seeker
from untoit.core.rules.rule import rule
from untoit.core.territory.occupations import distance, occupation
from untoit.core.wording import counted, listed


class Nearness(NamedTuple):
    """How near an offer is to the wishes: distance of the occupation (0 wished) and rank of that wish, from 0."""

    distance: int
    wish_rank: int


def nearness(seeker: Seeker, offer: JobOffer, on: date) -> Nearness | None:
    """Return the shortest distance from a wish to the offer, the first such wish; ``None`` when none is close."""
    farthest = close_rank(on)
    near = [
        Nearness(steps, rank)
        for rank, wished in enumerate(seeker.occupations)
        if (steps := distance(wished, offer.occupation)) is not None and steps <= farthest
    ]
    return min(near, default=None)


def years_in_the_field(seeker: Seeker, code: str, on: date) -> Decimal | None:
    """Return the years held in an occupation or one close to it; ``None`` when no experience was declared at all."""
    if not seeker.experience:
        return None
    farthest = close_rank(on)
    return sum(
        (
            years
            for held, years in seeker.experience.items()
            if (steps := distance(held, code)) is not None and steps <= farthest
        ),
        Decimal(0),
    )


def close_rank(on: date) -> int:
    """Return up to which rank of the ROME mobility table an occupation counts as close."""
    return int(parameters.at("policy/job_fit", on)["close_occupation_rank"])


def usable_licences(seeker: Seeker, on: date) -> frozenset[str]:
    """Return the licences declared and those that they include."""
    included = parameters.at("work/licences", on)["held_with"]
    return seeker.licences.union(*(included.get(licence, ()) for licence in seeker.licences))


@rule(
    "metier_souhaite_ou_proche",
    label="Métier souhaité ou proche",
    effect=Effect.EXCLUDES,
    source="ROME 4.60, rubrique mobilités (France Travail)",
    says="{occupation} : {answer}.",
    otherwise="{occupation} : ni souhaité, ni parmi les {most} métiers les plus proches d'un métier souhaité.",
)
def occupation_is_wished_or_close(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the occupation is wished, or close to a wished one in the ROME mobility table."""
    facts: dict[str, object] = {"occupation": _label(offer.occupation), "most": close_rank(on)}
    near = nearness(seeker, offer, on)
    if near is None:
        return Finding(False, facts)
    if near.distance == 0:
        return Finding(True, facts | {"answer": f"choix {near.wish_rank + 1}", "distance": 0})
    wished = _label(seeker.occupations[near.wish_rank])
    answer = f"proche de « {wished} » (rang {near.distance} des mobilités)"
    return Finding(True, facts | {"answer": answer, "distance": near.distance})


@rule(
    "permis_detenus",
    label="Permis demandés",
    effect=Effect.EXCLUDES,
    source="Exigence de l'employeur",
    says="Permis : {answer}.",
    otherwise="Exigence de permis non satisfaite : {missing}.",
)
def licences_are_held(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether every licence asked for is held, or included in one that is."""
    if not offer.licences:
        return Finding(True, {"answer": "aucun demandé"})
    missing = sorted(offer.licences - usable_licences(seeker, on))
    return Finding(
        not missing, {"answer": f"{listed(sorted(offer.licences))}, exigence satisfaite", "missing": listed(missing)}
    )


@rule(
    "niveau_de_francais",
    label="Niveau de français demandé",
    effect=Effect.EXCLUDES,
    source="Exigence de l'employeur pour ce poste",
    says="Français : {answer}.",
    otherwise="Français : {asked} demandé pour ce poste, {held} déclaré.",
)
def french_level_is_enough(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the level reaches the one that the job states, if it states one and the person's is known."""
    asked, held = offer.french_level, seeker.french_level
    if asked is None:
        return Finding(True, {"answer": "aucun niveau demandé"})
    if held is None:
        return Finding(True, {"answer": f"{asked} demandé, niveau à vérifier"})
    return Finding(
        held.rank >= asked.rank, {"answer": f"{asked} demandé, {held} déclaré", "asked": asked, "held": held}
    )


@rule(
    "niveau_de_francais_connu",
    label="Niveau de français renseigné",
    effect=Effect.WARNS,
    source="Exigence de l'employeur pour ce poste",
    says="Français : rien à vérifier.",
    otherwise="Français : {asked} demandé pour ce poste, niveau de la personne à vérifier.",
)
def french_level_is_known(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the person's level is known where the job states one."""
    return Finding(offer.french_level is None or seeker.french_level is not None, {"asked": offer.french_level})


@rule(
    "experience_suffisante",
    label="Expérience suffisante",
    effect=Effect.EXCLUDES,
    source="Exigence de l'employeur",
    says="Expérience : {answer}.",
    otherwise="Expérience : {asked} requis, {held} acquis dans ce métier ou un métier proche, trop peu.",
)
def experience_is_enough(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the years held in the field reach the share of those asked for from which an employer may talk."""
    asked = offer.min_experience_years
    if not asked:
        return Finding(True, {"answer": "aucune durée demandée"})
    held = years_in_the_field(seeker, offer.occupation, on)
    if held is None:
        return Finding(True, {"answer": f"{_years(asked)} requis, à vérifier avec la personne"})
    share = parameters.at("policy/job_fit", on)["experience_share"]
    facts = {"answer": f"{_years(asked)} requis, {_years(held)} acquis", "asked": _years(asked), "held": _years(held)}
    return Finding(held >= share * asked, facts)


@rule(
    "experience_complete",
    label="Expérience complète",
    effect=Effect.WARNS,
    source="Exigence de l'employeur",
    says="Expérience : durée demandée atteinte.",
    otherwise="Expérience : {asked} requis, {answer}.",
)
def experience_is_complete(seeker: Seeker, offer: JobOffer, on: date) -> Finding:
    """Return whether the years held in the field reach those asked for; what is unknown has to be asked."""
    asked = offer.min_experience_years
    if not asked:
        return Finding(True, {})
    held = years_in_the_field(seeker, offer.occupation, on)
    answer = "à vérifier avec la personne" if held is None else f"{_years(held)} acquis, à défendre en entretien"
    return Finding(held is not None and held >= asked, {"asked": _years(asked), "answer": answer})


def _years(years: Decimal) -> str:
    return counted(years, "an", "ans")


def _label(code: str) -> str:
    known = occupation(code)
    return code if known is None else f"{known.label} ({code})"
