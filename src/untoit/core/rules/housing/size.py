"""Size: rooms and surface for the number of persons, and decency (docs/decisions/0005-size-norms.md)."""

from __future__ import annotations

from datetime import date

from untoit.core import parameters
from untoit.core.errors import UnknownSituation
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.household import Household
from untoit.core.parameters import Parameter
from untoit.core.rules.housing.situation import persons
from untoit.core.rules.rule import rule
from untoit.core.wording import number


@rule(
    "assez_de_pieces",
    label="Assez de pièces",
    effect=Effect.EXCLUDES,
    source="Usage du bailleur",
    says="{typology} pour {persons:personne|personnes} (au moins {least:pièce|pièces}).",
    otherwise="{typology} trop petit pour {persons:personne|personnes} : il faut au moins {least:pièce|pièces}.",
)
def enough_rooms(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the dwelling has as many rooms as usage asks for the number of persons."""
    norms, people = parameters.at("policy/size_norms", on), persons(household)
    least = _of_size(norms, "rooms_min", people)
    return Finding(
        dwelling.rooms >= least,
        {"typology": dwelling.typology, "persons": people, "least": least},
        to_check=norms.to_check,
    )


@rule(
    "taille_toleree",
    label="Pas beaucoup trop grand",
    effect=Effect.EXCLUDES,
    source="Usage du bailleur",
    says="{typology} pour {persons:personne|personnes} (usage : jusqu'à {usual:pièce|pièces}).",
    otherwise=(
        "{typology} beaucoup trop grand pour {persons:personne|personnes} : usage jusqu'à {usual:pièce|pièces}, "
        "toléré jusqu'à {most}."
    ),
)
def not_far_too_large(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the dwelling is not larger than usage by more than what is tolerated."""
    norms, people = parameters.at("policy/size_norms", on), persons(household)
    usual = _of_size(norms, "rooms_max", people)
    most = usual + norms["rooms_above_tolerated"]
    return Finding(
        dwelling.rooms <= most,
        {"typology": dwelling.typology, "persons": people, "usual": usual, "most": most},
        to_check=norms.to_check,
    )


@rule(
    "surface_decente",
    label="Surface d'un logement décent",
    effect=Effect.EXCLUDES,
    source="Décret 2002-120 du 30 janvier 2002, art. 4",
    says="Surface de {surface} m² (pièce principale décente à partir de {least} m²).",
    otherwise="Surface de {surface} m², sous les {least} m² d'une pièce principale décente.",
)
def decent_surface(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """
    Return that the dwelling can have a main room of 9 m².

    Raises
    ------
    UnknownSituation
        Below: it may still be decent by its volume of 20 m³, which the files do not give.
    """
    limits = parameters.at("social_housing/decency", on)
    least = limits["main_room_m2"]
    if dwelling.surface_m2 < least:
        raise UnknownSituation(
            f"Surface de {number(dwelling.surface_m2)} m², sous {least} m² : "
            "décent seulement si la pièce principale a un volume de 20 m³."
        )
    return Finding(True, {"surface": dwelling.surface_m2, "least": least}, to_check=limits.to_check)


@rule(
    "surface_suffisante",
    label="Pas de suroccupation",
    effect=Effect.WARNS,
    source="CCH art. R822-25",
    says="{surface} m² pour {persons:personne|personnes} (minimum {least} m²).",
    otherwise=(
        "Suroccupation : {surface} m² pour {persons:personne|personnes}, il en faut {least} "
        "(l'aide au logement en dépend)."
    ),
)
def enough_surface(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the surface reaches the minimum below which housing benefit calls the dwelling overcrowded."""
    limits, people = parameters.at("social_housing/occupation_limits", on), persons(household)
    steps = limits["surface_m2"]
    least = steps["first_person"]
    if people > 1:
        least = min(least + steps["second_person"] + (people - 2) * steps["other_person"], steps["most"])
    return Finding(
        dwelling.surface_m2 >= least,
        {"surface": dwelling.surface_m2, "persons": people, "least": least},
        to_check=limits.to_check,
    )


@rule(
    "pas_sous_occupe",
    label="Pas de sous-occupation",
    effect=Effect.WARNS,
    source="CCH art. L621-2",
    says="{rooms:pièce|pièces} pour {persons:personne|personnes} (sous-occupation au-delà de {most}).",
    otherwise="Sous-occupation : {rooms:pièce|pièces} pour {persons:personne|personnes}, au-delà de {most}.",
)
def not_under_occupied(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the rooms do not exceed the persons by more than one."""
    limits, people = parameters.at("social_housing/occupation_limits", on), persons(household)
    most = people + limits["spare_rooms"]
    return Finding(
        dwelling.rooms <= most, {"rooms": dwelling.rooms, "persons": people, "most": most}, to_check=limits.to_check
    )


def _of_size(norms: Parameter, bound: str, people: int) -> int:
    by_persons = norms[bound]
    return int(by_persons[min(people, max(by_persons))])
