"""
The legal amounts that make fictitious resources plausible, on a day.

They are read one by one from the parameter files that OpenFisca-France carries: importing the package itself takes
seconds, and the demonstration simulates nothing.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import yaml

_BENEFITS = "prestations_sociales/"
_RSA = _BENEFITS + "solidarite_insertion/minima_sociaux/rsa/"
_FAMILY = _BENEFITS + "prestations_familiales/"
_FILES = {
    "rsa_base": _RSA + "rsa_m/montant_de_base_du_rsa",
    "rsa_second": _RSA + "rsa_maj/maj_montant_max/couples_celibataire_avec_enfant",
    "rsa_third": _RSA + "rsa_maj/maj_montant_max/couple_1_enfant_ou_2e_enfant",
    "rsa_further": _RSA + "rsa_maj/maj_montant_max/par_enfant_supplementaire",
    "lodging_one": _RSA + "rsa_fl/forfait_logement/taux_1_personne",
    "lodging_two": _RSA + "rsa_fl/forfait_logement/taux_2_personnes",
    "lodging_three": _RSA + "rsa_fl/forfait_logement/taux_3_personnes_ou_plus",
    "family_base": _FAMILY + "bmaf/bmaf",
    "second_child": _FAMILY + "prestations_generales/af/af_cm/taux/enf2",
    "further_child": _FAMILY + "prestations_generales/af/af_cm/taux/enf3",
    "lone_parent_child": _FAMILY + "education_presence_parentale/asf/montant_asf/orphelin_assimile_seul_parent",
    "disability_allowance": _BENEFITS + "prestations_etat_de_sante/invalidite/aah/montant",
    "minimum_wage_hour": "marche_travail/salaire_minimum/smic/smic_b_horaire",
}


@dataclass(frozen=True, slots=True)
class Scales:
    """Euros a month, or shares of ``rsa_base`` or ``family_base``; the minimum wage is gross, an hour."""

    rsa_base: float
    rsa_second: float
    rsa_third: float
    rsa_further: float
    lodging_one: float
    lodging_two: float
    lodging_three: float
    family_base: float
    second_child: float
    further_child: float
    lone_parent_child: float
    disability_allowance: float
    minimum_wage_hour: float

    def family_benefits(self, children: int, *, lone_parent: bool) -> float:
        """Return child benefit, and family support for a lone parent."""
        shares = (self.second_child if children >= 2 else 0) + self.further_child * max(0, children - 2)
        if lone_parent:
            shares += self.lone_parent_child * children
        return self.family_base * shares

    def rsa(self, adults: int, children: int, other_resources: float) -> float:
        """Return the RSA of a household that is housed or hosted free of charge, the fixed housing share deducted."""
        persons = adults + children
        # Each child from the third on counts more than the other persons (CASF art. R262-1).
        third_children = max(0, children - 2)
        scale = (
            1
            + (self.rsa_second if persons >= 2 else 0)
            + self.rsa_third * max(0, persons - 2 - third_children)
            + self.rsa_further * third_children
        )
        if persons == 1:
            lodging = self.lodging_one
        elif persons == 2:
            lodging = self.lodging_two * (1 + self.rsa_second)
        else:
            lodging = self.lodging_three * (1 + self.rsa_second + self.rsa_third)
        return max(0.0, self.rsa_base * (scale - lodging) - other_resources)


@cache
def scales_on(on: date) -> Scales:
    """Return the amounts in force on a day."""
    return Scales(**{name: _in_force(path, on) for name, path in _FILES.items()})


def _in_force(path: str, on: date) -> float:
    package = find_spec("openfisca_france")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("openfisca_france")
    document = yaml.safe_load((Path(package.origin).parent / "parameters" / f"{path}.yaml").read_text("utf-8"))
    history = {valid_from: entry["value"] for valid_from, entry in document["values"].items()}
    return float(history[max(day for day in history if day <= on)])
