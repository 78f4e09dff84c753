"""Names and columns of every exchanged file: the contract that partners rely on, in its published order."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a partner's file holds."""

    HOUSEHOLDS = "menages"
    PERSONS = "personnes"
    DWELLINGS = "logements"
    OFFERS = "offres"
    HOMES = "homes"
    WORKS = "works"
    FRANCE_TRAVAIL = "offres France Travail"


@dataclass(frozen=True, slots=True)
class Format:
    """The columns of one kind of file, in their published order; ``required`` ones must have a header."""

    kind: Kind
    columns: tuple[str, ...]
    required: frozenset[str]


HOUSEHOLD_COLUMNS = (
    "numero_unique", "date_demande", "ages_adultes", "ages_enfants", "naissances_attendues", "jeune_couple",
    "personnes_cmi_invalidite", "rfr_n2", "revenus_12_mois", "salaires", "rsa", "prime_activite", "are", "aah",
    "pensions", "prestations_familiales", "autres_ressources", "motifs_prioritaires", "motifs_justifies",
    "dans_dispositif", "reservataires", "communes_souhaitees", "autres_communes", "typologies_souhaitees",
    "depense_max", "sans_marche", "etage_max_sans_ascenseur", "statut_actuel", "commune_actuelle",
    "date_consentement",
)
PERSON_COLUMNS = (
    "numero_unique", "personne", "metiers", "experience", "competences", "permis", "modes", "trajet_max",
    "depart_min", "retour_max", "jours", "heures_min", "heures_max", "contrats", "niveau_francais", "disponible_le",
)
DWELLING_COLUMNS = (
    "reference", "bailleur", "residence", "adresse", "code_insee", "latitude", "longitude", "typologie", "surface",
    "etage", "ascenseur", "sans_marche", "loyer", "charges", "financement", "zone_apl", "qpv", "dpe", "reservataire",
    "disponible_le", "candidats_max",
)
OFFER_COLUMNS = (
    "reference", "employeur", "siret", "intitule", "rome", "contrat", "duree_mois", "heures_hebdo",
    "salaire_brut_mensuel", "code_insee", "latitude", "longitude", "postes", "debut", "permis", "experience_min",
    "niveau_francais", "horaires", "en_tension",
)
HOME_COLUMNS = ("id", "latitude", "longitude")
WORK_COLUMNS = ("id", "latitude", "longitude", "horaires")

TANDEM_COLUMNS = (
    "numero_unique", "reference_logement", "personne", "reference_offre", "mode_aller", "minutes_aller",
    "mode_retour", "minutes_retour", "attente_avant_poste", "horaires_supposes", "taux_effort_avant",
    "taux_effort_apres", "reste_a_vivre_avant", "reste_a_vivre_apres", "probabilite", "rang", "raisons",
)
UNPLACED_COLUMNS = ("numero_unique", "etape", "raison")
OPTION_COLUMNS = (*TANDEM_COLUMNS, "utilite")
COMMUTE_COLUMNS = (
    "home", "work", "mode", "minutes_aller", "minutes_retour", "depart", "arrivee_retour", "attente_avant_poste",
    "faisable", "raison",
)

FORMATS = (
    Format(Kind.HOUSEHOLDS, HOUSEHOLD_COLUMNS, frozenset(
        {"numero_unique", "date_demande", "ages_adultes", "rfr_n2", "date_consentement"})),
    Format(Kind.PERSONS, PERSON_COLUMNS, frozenset({"numero_unique", "personne", "metiers", "modes"})),
    Format(Kind.DWELLINGS, DWELLING_COLUMNS, frozenset(
        {"reference", "bailleur", "code_insee", "latitude", "longitude", "typologie", "surface", "loyer", "charges",
         "financement", "disponible_le"})),
    Format(Kind.OFFERS, OFFER_COLUMNS, frozenset(
        {"reference", "employeur", "intitule", "rome", "contrat", "code_insee", "latitude", "longitude"})),
    Format(Kind.WORKS, WORK_COLUMNS, frozenset(WORK_COLUMNS)),
    Format(Kind.HOMES, HOME_COLUMNS, frozenset(HOME_COLUMNS)),
)


def format_of(kind: Kind) -> Format:
    """Return the columns of a kind of table; the France Travail payload is a document and has none."""
    return next(form for form in FORMATS if form.kind is kind)


def kind_of_headers(headers: frozenset[str]) -> Kind | None:
    """
    Return the kind of file that these headers announce, ``None`` when they announce none.

    A complete file wins; otherwise the kind that shares most columns, provided that most of its required ones are
    there: the missing ones are then named by the reader. ``works`` comes before ``homes``, which it contains.
    """
    complete = [form for form in FORMATS if form.required <= headers]
    if complete:
        return max(complete, key=lambda form: len(headers & set(form.columns))).kind
    partial = [form for form in FORMATS if 2 * len(form.required & headers) > len(form.required)]
    return max(partial, key=lambda form: len(headers & set(form.columns))).kind if partial else None
