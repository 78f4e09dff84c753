"""
Which column of the format each header of a file is: by its name, by what the partner called it last time, by a synonym
of the trade, or by a close spelling, which a person confirms.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from untoit.core.exchange.cells import folded
from untoit.core.exchange.formats import FORMATS, Format, Kind, format_of

IDENTITY_COLUMNS: Final = ("prenom", "nom", "naissance", "telephone", "courriel", "adresse")
# Which columns of an offer hold a supposition: written by the reader of France Travail documents.
SUPPOSED_COLUMN: Final = "supposes"
_EXTRA: Mapping[Kind, tuple[str, ...]] = {Kind.PERSONS: IDENTITY_COLUMNS, Kind.OFFERS: (SUPPOSED_COLUMN,)}
_CLOSE = 0.86

# Folded headers as landlords' and employment services' software writes them. A rent "charges comprises" is no synonym.
_SYNONYMS: Mapping[Kind, Mapping[str, str]] = {
    Kind.HOUSEHOLDS: {
        "n°_unique": "numero_unique", "no_unique": "numero_unique", "n_unique": "numero_unique",
        "nud": "numero_unique", "nur": "numero_unique", "numero_de_demande": "numero_unique",
        "numero_demande": "numero_unique", "n°_demande": "numero_unique",
        "numero_unique_departemental": "numero_unique",
        "numero_unique_d_enregistrement": "numero_unique", "date_de_la_demande": "date_demande",
        "date_de_demande": "date_demande", "date_depot": "date_demande", "anciennete": "date_demande",
        "age_des_adultes": "ages_adultes", "ages_des_adultes": "ages_adultes", "age_adultes": "ages_adultes",
        "age_des_enfants": "ages_enfants", "ages_des_enfants": "ages_enfants", "age_enfants": "ages_enfants",
        "rfr": "rfr_n2", "rfr_n_2": "rfr_n2", "revenu_fiscal_de_reference": "rfr_n2",
        "revenu_fiscal_de_reference_n_2": "rfr_n2", "salaire": "salaires", "salaire_net": "salaires",
        "montant_rsa": "rsa", "chomage": "are", "allocation_chomage": "are", "retraite": "pensions",
        "prestations_caf": "prestations_familiales", "allocations_familiales": "prestations_familiales",
        "motif_prioritaire": "motifs_prioritaires", "communes": "communes_souhaitees",
        "commune_souhaitee": "communes_souhaitees", "typologie_souhaitee": "typologies_souhaitees",
        "typologie": "typologies_souhaitees", "budget_max": "depense_max", "loyer_max": "depense_max",
        "consentement": "date_consentement", "date_du_consentement": "date_consentement",
        "consentement_du": "date_consentement",
    },
    Kind.PERSONS: {
        "n°_unique": "numero_unique", "no_unique": "numero_unique", "n_unique": "numero_unique",
        "nud": "numero_unique", "nur": "numero_unique", "numero_de_demande": "numero_unique",
        "numero_demande": "numero_unique", "n°_demande": "numero_unique", "n°_personne": "personne",
        "numero_personne": "personne", "rang": "personne", "rome": "metiers", "codes_rome": "metiers",
        "code_rome": "metiers", "metier": "metiers", "metiers_recherches": "metiers", "mobilite": "modes",
        "mode": "modes", "modes_de_deplacement": "modes", "temps_de_trajet_max": "trajet_max",
        "trajet_maximal": "trajet_max", "jours_disponibles": "jours", "contrat": "contrats",
        "francais": "niveau_francais", "permis_de_conduire": "permis", "disponibilite": "disponible_le",
        "date_de_disponibilite": "disponible_le", "nom_de_famille": "nom", "nom_d_usage": "nom",
        "date_de_naissance": "naissance", "date_naissance": "naissance", "ne_le": "naissance", "tel": "telephone",
        "portable": "telephone", "mail": "courriel", "email": "courriel", "e_mail": "courriel",
        "adresse_mail": "courriel", "adresse_postale": "adresse",
    },
    Kind.DWELLINGS: {
        "ref": "reference", "reference_logement": "reference", "n°_logement": "reference", "code_logement": "reference",
        "nom_residence": "residence", "nom_de_la_residence": "residence", "insee": "code_insee",
        "commune_insee": "code_insee", "code_commune": "code_insee", "lat": "latitude", "lon": "longitude",
        "lng": "longitude", "long": "longitude", "type": "typologie", "nb_pieces": "typologie",
        "nombre_de_pieces": "typologie", "nb_de_pieces": "typologie", "pieces": "typologie", "surface_m2": "surface",
        "surface_habitable": "surface", "shab": "surface", "sh": "surface", "m2": "surface", "loyer_hc": "loyer",
        "loyer_hors_charges": "loyer", "loyer_nu": "loyer", "montant_loyer_hc": "loyer",
        "montant_charges": "charges", "provision_charges": "charges", "provisions_charges": "charges",
        "provision_pour_charges": "charges", "type_financement": "financement", "type_de_financement": "financement",
        "pret": "financement", "zone": "zone_apl", "classe_energie": "dpe", "etiquette_energie": "dpe",
        "classe_dpe": "dpe", "contingent": "reservataire", "date_de_disponibilite": "disponible_le",
        "date_disponibilite": "disponible_le", "disponibilite": "disponible_le", "date_de_liberation": "disponible_le",
        "libre_le": "disponible_le", "pmr": "sans_marche", "accessible_pmr": "sans_marche",
        "nb_candidats": "candidats_max",
    },
    Kind.OFFERS: {
        "ref": "reference", "reference_offre": "reference", "n°_offre": "reference", "numero_offre": "reference",
        "entreprise": "employeur", "societe": "employeur", "raison_sociale": "employeur", "n°_siret": "siret",
        "poste": "intitule", "intitule_du_poste": "intitule", "titre": "intitule", "metier": "intitule",
        "code_rome": "rome", "type_de_contrat": "contrat", "type_contrat": "contrat", "duree": "duree_mois",
        "duree_en_mois": "duree_mois", "heures": "heures_hebdo", "heures_par_semaine": "heures_hebdo",
        "duree_hebdomadaire": "heures_hebdo", "temps_hebdo": "heures_hebdo", "salaire": "salaire_brut_mensuel",
        "salaire_brut": "salaire_brut_mensuel", "salaire_mensuel_brut": "salaire_brut_mensuel", "insee": "code_insee",
        "code_commune": "code_insee", "lat": "latitude", "lon": "longitude", "lng": "longitude", "long": "longitude",
        "nb_postes": "postes", "nombre_de_postes": "postes", "nb_de_postes": "postes", "date_de_debut": "debut",
        "date_debut": "debut", "date_de_prise_de_poste": "debut", "permis_exige": "permis",
        "experience": "experience_min", "experience_exigee": "experience_min", "horaire": "horaires",
        "francais": "niveau_francais", "tension": "en_tension",
    },
}


class How(StrEnum):
    """Why a header was taken for a column; only ``CLOSE`` asks for a second look."""

    EXACT = "nom du format"
    REMEMBERED = "comme la dernière fois"
    SYNONYM = "synonyme connu"
    CLOSE = "nom proche, à vérifier"
    IGNORED = "colonne ignorée"


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One header of a file and the column it is taken for; ``column`` is blank when the header is ignored."""

    header: str
    column: str
    how: How


def columns_of(kind: Kind) -> tuple[str, ...]:
    """Return the columns that an import may fill: those of the format, then the optional ones beside it."""
    return format_of(kind).columns + _EXTRA.get(kind, ())


def missing_columns(kind: Kind, mapping: Sequence[str]) -> tuple[str, ...]:
    """Return the required columns that no header stands for, in the published order."""
    form = format_of(kind)
    return tuple(column for column in form.columns if column in form.required and column not in mapping)


def recognise(kind: Kind, headers: Sequence[str], remembered: Mapping[str, str] | None = None) -> list[ColumnGuess]:
    """
    Return one guess a header, in the order of the file; no column is given twice.

    ``remembered`` maps a folded header to the column it stood for at the last import, blank when it was ignored. Surer
    reasons choose first: an exact name is never taken away by a close one.
    """
    known = frozenset(columns_of(kind))
    names = [folded(header) for header in headers]
    guesses: list[ColumnGuess | None] = [None] * len(headers)
    taken: set[str] = set()

    def settle(how: How, found: Mapping[str, str]) -> None:
        for index, name in enumerate(names):
            column = found.get(name)
            if guesses[index] is not None or column is None or column in taken:
                continue
            if column and column not in known:
                continue
            guesses[index] = ColumnGuess(headers[index], column, how if column else How.IGNORED)
            taken.update({column} - {""})

    settle(How.EXACT, {name: name for name in known})
    settle(How.REMEMBERED, remembered or {})
    settle(How.SYNONYM, _SYNONYMS[kind])
    settle(How.CLOSE, _close([name for name, guess in zip(names, guesses, strict=True) if guess is None], known, taken))
    return [guess or ColumnGuess(header, "", How.IGNORED) for guess, header in zip(guesses, headers, strict=True)]


def _close(names: Sequence[str], known: frozenset[str], taken: set[str]) -> dict[str, str]:
    free = sorted(known - taken - {SUPPOSED_COLUMN})
    found = {}
    for name in names:
        # Short names are all close to one another.
        close = difflib.get_close_matches(name, free, n=1, cutoff=_CLOSE) if len(name) > 4 else []
        if close:
            found[name] = close[0]
    return found


def likely_kind(headers: Sequence[str], allowed: Sequence[Kind]) -> Kind | None:
    """Return the kind whose columns these headers name best, among those allowed; ``None`` when none is half there."""
    best: tuple[bool, int, Kind] | None = None
    for kind in allowed:
        mapping = [guess.column for guess in recognise(kind, headers)]
        form: Format = format_of(kind)
        found = form.required & set(mapping)
        if 2 * len(found) <= len(form.required):
            continue
        score = (found == form.required, sum(bool(column) for column in mapping), kind)
        best = score if best is None or score[:2] > best[:2] else best
    return None if best is None else best[2]


def importable_kinds() -> tuple[Kind, ...]:
    """Return the kinds that fill the records: not those of ``untoit commute``."""
    return tuple(form.kind for form in FORMATS if form.kind in _SYNONYMS)
