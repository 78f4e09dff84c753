"""Declared access needs: only the need is known, never its cause."""

from __future__ import annotations

from datetime import date

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.household import Household
from untoit.core.rules.rule import rule
from untoit.core.wording import listed


@rule(
    "acces_sans_marche",
    label="Accès sans marche",
    effect=Effect.EXCLUDES,
    source="Besoin déclaré par le ménage",
    says="Accès sans marche : {answer}.",
    otherwise="Le ménage a besoin d'un accès sans marche, ce logement n'en a pas.",
)
def step_free_access(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether a household that needs step-free access would have it, or may have it when nothing is known."""
    if not household.needs_step_free_access:
        return Finding(True, {"answer": "pas demandé"})
    answers = {True: "demandé, et le logement en a un", None: "demandé, à vérifier pour ce logement", False: "absent"}
    return Finding(dwelling.is_step_free is not False, {"answer": answers[dwelling.is_step_free]})


@rule(
    "etage_accessible",
    label="Étage accepté sans ascenseur",
    effect=Effect.EXCLUDES,
    source="Besoin déclaré par le ménage",
    says="Étage : {answer}.",
    otherwise="Étage {floor} sans ascenseur, le ménage accepte au plus l'étage {most}.",
)
def floor_within_reach(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the floor is accepted by the household, or there is a lift, or either is unknown."""
    most, floor = household.max_floor_without_lift, dwelling.floor
    if most is None:
        return Finding(True, {"answer": "pas de limite demandée"})
    if dwelling.has_lift:
        return Finding(True, {"answer": "ascenseur"})
    if floor is not None and floor <= most:
        return Finding(True, {"answer": f"{floor}, accepté sans ascenseur"})
    known = floor is not None and dwelling.has_lift is False
    return Finding(not known, {"answer": "à vérifier", "floor": floor, "most": most})


@rule(
    "acces_connu",
    label="Accès renseigné",
    effect=Effect.WARNS,
    source="Besoin déclaré par le ménage",
    says="Accès : rien à vérifier.",
    otherwise="À vérifier avec le bailleur avant toute proposition : {unknown}.",
)
def access_is_known(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the file says what the declared needs of the household ask."""
    unknown = []
    if household.needs_step_free_access and dwelling.is_step_free is None:
        unknown.append("l'accès sans marche")
    most = household.max_floor_without_lift
    if most is not None and not dwelling.has_lift:
        if dwelling.floor is None:
            unknown.append("l'étage")
        if dwelling.has_lift is None and (dwelling.floor is None or dwelling.floor > most):
            unknown.append("l'ascenseur")
    return Finding(not unknown, {"unknown": listed(unknown)})
