"""What goes in and out: the columns of the exchange formats, in JSON types. ``null`` is unknown, never zero."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from untoit.core.model.dwelling import Funding, ReservingParty
from untoit.core.model.work import Contract, FrenchLevel

Text = Annotated[str, Field(min_length=1, max_length=160)]
Reference = Annotated[str, Field(min_length=1, max_length=80)]
Insee = Annotated[str, Field(pattern=r"^([0-9]{2}|2[AB])[0-9]{3}$", examples=["59350"])]
Rome = Annotated[str, Field(pattern=r"^[A-N][0-9]{4}$", examples=["N1103"])]
Euros = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=2, examples=["423.50"])]
# Mainland France and Corsica, as the readers of the files have it.
Latitude = Annotated[float, Field(ge=41.2, le=51.2)]
Longitude = Annotated[float, Field(ge=-5.3, le=9.7)]


class Refusal(Schema):
    """Why a request was refused, in a sentence that can be shown to a person."""

    detail: str | list[Any]


def answers(schema: Any, status: int = 200) -> dict[Any, Any]:
    """Return what an operation answers: its result, or a refusal; the document and the code agree both ways."""
    return {status: schema, frozenset({400, 401, 403, 404, 409, 422, 429}): Refusal}


class Offer(Schema):
    """The columns of ``offres.csv``."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    employeur: Text
    siret: Annotated[str, Field(pattern=r"^[0-9]{14}$")] | None = None
    intitule: Annotated[str, Field(min_length=1, max_length=200)]
    rome: Rome
    contrat: Contract
    duree_mois: Annotated[Decimal, Field(ge=0, le=120, decimal_places=2)] | None = None
    heures_hebdo: Annotated[Decimal, Field(ge=1, le=60, decimal_places=2)] | None = None
    salaire_brut_mensuel: Annotated[Euros, Field(ge=50)] | None = None
    code_insee: Insee
    latitude: Latitude
    longitude: Longitude
    postes: Annotated[int, Field(ge=1, le=1000)] = 1
    debut: date | None = None
    permis: Annotated[list[Annotated[str, Field(max_length=10)]], Field(max_length=20, default_factory=list)]
    experience_min: Annotated[Decimal, Field(ge=0, le=60, decimal_places=2)] | None = None
    niveau_francais: FrenchLevel | None = None
    horaires: Annotated[str, Field(max_length=300, examples=["lu-ve 05:00-12:00"])] | None = None
    en_tension: bool | None = None


class OfferChange(Offer):
    """A whole offer, and the revision it was made from: a change made meanwhile by somebody else is not overwritten."""

    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]


class OfferOut(Offer):
    """An offer as it stands. ``horaires`` is null when nobody said them."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    etat: str
    confirmee_le: datetime
    a_reconfirmer_avant: date
    revision: int


class Vacancy(Schema):
    """The columns of ``logements.csv``."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    bailleur: Text
    residence: Annotated[str, Field(max_length=160)] | None = None
    adresse: Annotated[str, Field(max_length=240)] | None = None
    code_insee: Insee
    latitude: Latitude
    longitude: Longitude
    typologie: Annotated[str, Field(pattern=r"^T[1-6]$")]
    surface: Annotated[Decimal, Field(ge=5, le=1000, decimal_places=2)]
    etage: Annotated[int, Field(ge=-5, le=60)] | None = None
    ascenseur: bool | None = None
    sans_marche: bool | None = None
    loyer: Annotated[Decimal, Field(ge=1, le=10_000, decimal_places=2)]
    charges: Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=2)]
    financement: Funding
    zone_apl: Annotated[int, Field(ge=1, le=3)] | None = None
    qpv: bool | Annotated[str, Field(pattern=r"^Q[PN][0-9A-Z]{6}$")] | None = None
    dpe: Annotated[str, Field(pattern=r"^[A-G]$")] | None = None
    reservataire: ReservingParty | None = None
    disponible_le: date
    candidats_max: Annotated[int, Field(ge=1, le=20)] = 3


class VacancyChange(Vacancy):
    """A whole vacancy, and the revision it was made from."""

    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]


class VacancyOut(Schema):
    """
    A vacancy as it stands.

    Another organisation's is masked: its commune, size and rent, and neither reference, building, address nor position.
    """

    id: UUID
    etat: str
    masque: bool
    bailleur: str
    code_insee: str
    typologie: str
    surface: Decimal
    loyer: Decimal
    charges: Decimal
    financement: Funding
    disponible_le: date
    sans_marche: bool | None = None
    dpe: str | None = None
    reference: str | None = None
    residence: str | None = None
    adresse: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    etage: int | None = None
    ascenseur: bool | None = None
    zone_apl: int | None = None
    qpv: bool | str | None = None
    reservataire: str | None = None
    candidats_max: int | None = None
    confirme_le: datetime | None = None
    a_reconfirmer_avant: date | None = None
    revision: int | None = None


class RunOut(Schema):
    """A run of the main job: what it was made of and what came out."""

    id: UUID
    titre: str
    etat: str
    mode: str
    date: date
    politique: str
    empreinte: str
    cree_le: datetime
    calcule_le: datetime | None = None
    diffuse_le: datetime | None = None
    menages_places: int | None = None
    preuve: str | None = None


class TandemJobOut(Schema):
    """The job proposed to one seeker."""

    offre: UUID
    intitule: str
    employeur: str
    minutes_aller: int
    minutes_retour: int


class TandemOut(Schema):
    """A home and a job proposed together; the address and the rent only to those who may see them."""

    id: UUID
    calcul: UUID
    menage: UUID
    rang: int
    avis: str
    code_insee: str
    typologie: str
    logement: UUID | None = None
    emplois: list[TandemJobOut]


class Fact(Schema):
    """One fact of a file, in the words of the screen."""

    champ: str = Field(description="Le champ de la matrice des droits dont il relève")
    libelle: str
    valeur: str


class CandidateLine(Schema):
    """A household that the organisation follows."""

    id: UUID
    titre: str
    suivi_jusqu_au: date


class PersonOut(Schema):
    """A job seeker, with what the role of the key may see."""

    id: UUID
    nom: str
    faits: list[Fact]


class CandidateOut(CandidateLine):
    """A household with the facts that the role of the key may see, and no other."""

    faits: list[Fact]
    personnes: list[PersonOut]
