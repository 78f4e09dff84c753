"""Which files each role hands over, and which columns of a record each role may read back on a preview."""

from __future__ import annotations

from untoit.core.exchange import Kind
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

KINDS: dict[Role, tuple[Kind, ...]] = {
    Role.LM: (Kind.HOUSEHOLDS, Kind.PERSONS, Kind.DWELLINGS, Kind.OFFERS),
    Role.LA: (Kind.HOUSEHOLDS, Kind.PERSONS, Kind.DWELLINGS),
    Role.PART: (Kind.HOUSEHOLDS, Kind.PERSONS, Kind.DWELLINGS),
    Role.DEP: (Kind.HOUSEHOLDS, Kind.PERSONS),
    Role.EMPP: (Kind.PERSONS, Kind.OFFERS),
    # An employer's file holds offers and nothing else: its screens never name another kind.
    Role.EMPL: (Kind.OFFERS,),
}

# The field of ``permissions.yaml`` under which a column of a person's or household's record is read.
_FIELD_OF: dict[str, str] = {
    "numero_unique": "application_number", "ages_adultes": "family", "ages_enfants": "family",
    "naissances_attendues": "family", "jeune_couple": "family", "personnes_cmi_invalidite": "family",
    "rfr_n2": "income", "revenus_12_mois": "income", "salaires": "income", "rsa": "rsa_status",
    "prime_activite": "income", "are": "income", "aah": "income", "pensions": "income",
    "prestations_familiales": "income", "autres_ressources": "income", "depense_max": "income",
    "statut_actuel": "current_housing", "commune_actuelle": "current_housing", "motifs_prioritaires": "housing_stage",
    "motifs_justifies": "housing_stage", "reservataires": "housing_stage", "date_demande": "housing_stage",
    "dans_dispositif": "housing_scheme", "communes_souhaitees": "housing_stage", "autres_communes": "housing_stage",
    "typologies_souhaitees": "housing_stage", "sans_marche": "housing_stage",
    "etage_max_sans_ascenseur": "housing_stage", "date_consentement": "housing_scheme",
    "metiers": "job_wishes", "experience": "skills", "competences": "skills", "permis": "skills",
    "modes": "job_wishes", "trajet_max": "job_wishes", "depart_min": "job_wishes", "retour_max": "job_wishes",
    "jours": "job_wishes", "heures_min": "job_wishes", "heures_max": "job_wishes", "contrats": "job_wishes",
    "niveau_francais": "skills", "disponible_le": "job_wishes", "personne": "housing_scheme",
    "prenom": "first_name", "nom": "surname", "naissance": "birth_date", "telephone": "contact",
    "courriel": "contact", "adresse": "address",
}
_ABOUT_PEOPLE = (Kind.HOUSEHOLDS, Kind.PERSONS)


def kinds_of(actor: Actor) -> tuple[Kind, ...]:
    """Return the kinds of file that the actor may hand over, the most usual first."""
    return KINDS.get(actor.role, ())


def reads_back(actor: Actor, kind: Kind, column: str) -> bool:
    """Whether the actor may read what the records hold in this column; a column without a rule is never read back."""
    if kind not in _ABOUT_PEOPLE:
        return True
    field = _FIELD_OF.get(column)
    return field is not None and actor.sees(field) == "F"
