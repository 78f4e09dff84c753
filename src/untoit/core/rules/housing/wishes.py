"""What the household asked for: a wish stands until the candidate changes it."""

from __future__ import annotations

from datetime import date

from untoit.core.model.dwelling import Dwelling
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.household import Household
from untoit.core.rules.rule import rule
from untoit.core.territory.communes import commune, same_place
from untoit.core.wording import listed


@rule(
    "commune_souhaitee",
    label="Commune souhaitée ou acceptée",
    effect=Effect.EXCLUDES,
    source="Demande de logement social",
    says="Commune {commune} : {answer}.",
    otherwise="Commune {commune} : le ménage demande seulement {wished}.",
)
def commune_is_wished(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the dwelling is in a wished commune, or the household accepts others or named none."""
    facts: dict[str, object] = {"commune": _name(dwelling.commune)}
    for rank, wished in enumerate(household.wished_communes, start=1):
        if same_place(wished, dwelling.commune):
            return Finding(True, facts | {"answer": f"choix {rank} du ménage"})
    if not household.wished_communes:
        return Finding(True, facts | {"answer": "aucune commune demandée en particulier"})
    if household.accepts_other_communes:
        return Finding(True, facts | {"answer": "hors de ses choix, mais le ménage accepte d'autres communes"})
    return Finding(False, facts | {"wished": listed(map(_name, household.wished_communes))})


@rule(
    "typologie_souhaitee",
    label="Typologie souhaitée",
    effect=Effect.EXCLUDES,
    source="Demande de logement social",
    says="{typology} : {answer}.",
    otherwise="{typology} : le ménage demande seulement {wished}.",
)
def typology_is_wished(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the typology is one of those wished, any when none was named."""
    facts: dict[str, object] = {"typology": dwelling.typology}
    if not household.wished_rooms:
        return Finding(True, facts | {"answer": "aucune typologie demandée en particulier"})
    if dwelling.rooms in household.wished_rooms:
        return Finding(True, facts | {"answer": "souhaité par le ménage"})
    return Finding(False, facts | {"wished": listed((f"T{rooms}" for rooms in sorted(household.wished_rooms)), "ou")})


@rule(
    "depense_acceptee",
    label="Loyer et charges acceptés",
    effect=Effect.EXCLUDES,
    source="Demande de logement social",
    says="Loyer et charges {outlay:€}/mois avant aide : {answer}.",
    otherwise="Loyer et charges {outlay:€}/mois avant aide, au-delà des {most:€} que le ménage s'est fixés.",
)
def outlay_is_accepted(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether rent and charges before housing benefit are at most what the household set itself."""
    facts: dict[str, object] = {"outlay": dwelling.outlay_eur}
    if household.max_outlay_eur is None:
        return Finding(True, facts | {"answer": "aucune limite fixée par le ménage"})
    if dwelling.outlay_eur <= household.max_outlay_eur:
        return Finding(True, facts | {"answer": "dans la limite fixée par le ménage"})
    return Finding(False, facts | {"most": household.max_outlay_eur})


def _name(code: str) -> str:
    place = commune(code)
    return code if place is None else place.name
