"""What must hold before this dwelling may be proposed to this household at all."""

from __future__ import annotations

from datetime import date

from untoit.core import parameters
from untoit.core.model.dwelling import Dwelling, ReservingParty
from untoit.core.model.finding import Effect, Finding
from untoit.core.model.household import Household
from untoit.core.rules.rule import rule

_PARTIES = {
    ReservingParty.STATE: "de l'État",
    ReservingParty.ACTION_LOGEMENT: "d'Action Logement",
    ReservingParty.LOCAL_AUTHORITY: "de la collectivité",
    ReservingParty.LANDLORD: "du bailleur",
}


@rule(
    "consentement",
    label="Consentement du ménage",
    effect=Effect.EXCLUDES,
    source="RGPD art. 6 et 7",
    says="Consentement du ménage reçu le {consented_on}.",
    otherwise="Aucun consentement du ménage enregistré au {on} : il n'entre dans aucun rapprochement.",
)
def household_consented(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the household had consented on that day."""
    consented_on = household.consented_on
    return Finding(consented_on is not None and consented_on <= on, {"consented_on": consented_on, "on": on})


@rule(
    "flux_de_reservation",
    label="Flux de réservation",
    effect=Effect.EXCLUDES,
    source="CCH art. L441-1 et R441-5 (gestion en flux)",
    says="{answer}.",
    otherwise="Logement orienté sur le flux {party}, sur lequel le ménage ne peut pas être proposé.",
)
def reservation_flow_is_open(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether the household may be proposed on the flow of the vacancy; the landlord's own is open to all."""
    party = dwelling.reserving_party
    if party is None or party is ReservingParty.LANDLORD:
        return Finding(True, {"answer": "Logement ouvert à tous les demandeurs"})
    return Finding(
        party in household.reserving_parties,
        {"answer": f"Le ménage peut être proposé sur le flux {_PARTIES[party]}", "party": _PARTIES[party]},
    )


@rule(
    "etiquette_energie",
    label="Étiquette énergie permise",
    effect=Effect.EXCLUDES,
    source="Loi 89-462 du 6 juillet 1989, art. 6",
    says="Étiquette énergie {label} : location permise.",
    otherwise="Étiquette énergie {label} : location interdite au {lease_on}.",
)
def energy_label_is_allowed(household: Household, dwelling: Dwelling, on: date) -> Finding:
    """Return whether a lease may be signed, at the earliest when the dwelling is free; an unknown label passes."""
    lease_on = max(on, dwelling.available_on)
    limits = parameters.at("social_housing/decency", lease_on)
    return Finding(
        dwelling.energy_label not in limits["banned_energy_labels"],
        {"label": dwelling.energy_label or "non renseignée (à vérifier)", "lease_on": lease_on},
        to_check=limits.to_check,
    )
