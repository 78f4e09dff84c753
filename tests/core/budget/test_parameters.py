"""The amounts of the approximation are those of OpenFisca-France, so that both ways of computing cannot drift apart."""

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from untoit.core import parameters

DAYS = [date(2023, 6, 1), date(2024, 11, 1), date(2025, 9, 1), date(2026, 7, 1), date(2026, 11, 1)]

_HOUSING = "prestations_sociales/aides_logement/allocations_logement/locatif"
_FORMULA = f"{_HOUSING}/formule"
_REDUCTION = "prestations_sociales/aides_logement/reduction_loyer_solidarite"
_MINIMA = "prestations_sociales/solidarite_insertion/minima_sociaux"
_FAMILY = "prestations_sociales/prestations_familiales"
_DEDUCTIONS = "impot_revenu/calcul_revenus_imposables/deductions"
_ZONES = {1: "zone_1", 2: "zone_2", 3: "zone_3"}

# (our file, the path of the value in it, where OpenFisca keeps it)
SAME = [
    *(
        ("housing_benefit", ("rent_cap", zone, ours), f"{_FORMULA}/l_plafonds_loyers/par_zone/{name}/{theirs}")
        for zone, name in _ZONES.items()
        for ours, theirs in {
            "alone": "personnes_seules", "couple": "couples", "one_dependant": "un_enfant",
            "each_more": "majoration_par_enf_supp",
        }.items()
    ),
    ("housing_benefit", ("charges", "base"), f"{_FORMULA}/c_forfait_charges/cas_general/cas_general"),
    ("housing_benefit", ("charges", "each_dependant"),
     f"{_FORMULA}/c_forfait_charges/cas_general/majoration_par_enfant"),
    *(
        ("housing_benefit", ("income_allowance", ours),
         f"{_FORMULA}/pp_particip_perso/r0_abattement/cas_general/taux{theirs}")
        for ours, theirs in {
            "alone": "_seul", "couple": "_couple", 1: "1pac", 2: "2pac", 3: "3pac", 4: "4pac", 5: "5pac", 6: "6pac",
            "each_more": "_pac_supp",
        }.items()
    ),
    *(
        ("housing_benefit", ("family_rate", ours),
         f"{_FORMULA}/pp_particip_perso/tp_taux/tf_taille_famille/metropole/{theirs}")
        for ours, theirs in {
            "alone": "personnes_isolees", "couple": "couples_0_enfant", 1: "avec_1_enfant", 2: "avec_2_enfants",
            3: "avec_3_enfants", 4: "avec_4_enfants", 5: "avec_5_enfants", 6: "avec_6_enfants",
            "each_more": "maj_par_enf_supp",
        }.items()
    ),
    ("housing_benefit", ("own_share", "minimum"), f"{_FORMULA}/pp_particip_perso/p0_particip_min/p0_forfait"),
    ("housing_benefit", ("own_share", "rate"), f"{_FORMULA}/pp_particip_perso/p0_particip_min/p0_taux"),
    ("housing_benefit", ("flat_cut",), f"{_HOUSING}/minoration_forfaitaire"),
    ("housing_benefit", ("rent_reduction_share",), f"{_REDUCTION}/fraction_baisse_aide_logement"),
    ("housing_benefit", ("crds",), "prelevements_sociaux/contributions_sociales/crds"),
    *(
        ("rent_reduction", ("income_cap", zone, ours), f"{_REDUCTION}/plafond_ressources/par_zone/{name}/{theirs}")
        for zone, name in _ZONES.items()
        for ours, theirs in {
            "alone": "personnes_seules", "couple": "couples", 1: "famille_1pac", 6: "famille_6pac",
            "each_more": "majoration_par_pac_supp",
        }.items()
    ),
    *(
        ("rent_reduction", ("amount", zone, ours), f"{_REDUCTION}/montant/par_zone/{name}/{theirs}")
        for zone, name in _ZONES.items()
        for ours, theirs in {
            "alone": "personnes_seules", "couple": "couples", "one_dependant": "famille_1pac",
            "each_more": "majoration_par_pac_supp",
        }.items()
    ),
    ("rsa", ("base",), f"{_MINIMA}/rsa/rsa_m/montant_de_base_du_rsa"),
    ("rsa", ("minimum_paid",), f"{_MINIMA}/rsa/rsa_maj/montant_minimum_verse"),
    ("rsa", ("lone_parent", "pregnant"), f"{_MINIMA}/rsa/rsa_maj/majoration_isolement_en_base_rsa/femmes_enceintes"),
    ("rsa", ("lone_parent", "each_child"),
     f"{_MINIMA}/rsa/rsa_maj/majoration_isolement_en_base_rsa/par_enfant_a_charge"),
    ("rsa", ("housing_deduction", "one"), f"{_MINIMA}/rsa/rsa_fl/forfait_logement/taux_1_personne"),
    ("rsa", ("housing_deduction", "two"), f"{_MINIMA}/rsa/rsa_fl/forfait_logement/taux_2_personnes"),
    ("rsa", ("housing_deduction", "three_or_more"), f"{_MINIMA}/rsa/rsa_fl/forfait_logement/taux_3_personnes_ou_plus"),
    ("rsa", ("age_min",), f"{_MINIMA}/rsa/rsa_cond/age_pac"),
    ("activity_bonus", ("base",), f"{_MINIMA}/ppa/pa_m/montant_de_base"),
    ("activity_bonus", ("share_of_wages",), f"{_MINIMA}/ppa/pa_m/majoration_ressources_revenus_activite"),
    ("activity_bonus", ("bonus", "from_hours"), f"{_MINIMA}/ppa/pa_m/bonification/seuil_bonification"),
    ("activity_bonus", ("bonus", "full_from_hours"), f"{_MINIMA}/ppa/pa_m/bonification/seuil_max_bonification"),
    ("activity_bonus", ("bonus", "rate"), f"{_MINIMA}/ppa/pa_m/bonification/taux_bonification_max"),
    ("activity_bonus", ("minimum_paid",), f"{_MINIMA}/ppa/pa_m/montant_minimum_verse"),
    ("family_benefits", ("base",), f"{_FAMILY}/bmaf/bmaf"),
    ("wages", ("deduction_min",), f"{_DEDUCTIONS}/abatpro/min"),
    ("wages", ("deduction_max",), f"{_DEDUCTIONS}/abatpro/max"),
    ("wages", ("pension_deduction_min",), f"{_DEDUCTIONS}/abatpen/min"),
    ("wages", ("social_security_ceiling",), "prelevements_sociaux/pss/plafond_securite_sociale_mensuel"),
]


def openfisca(path, on):
    """Return a value of the parameter tree of OpenFisca-France, read without importing it."""
    file = Path(find_spec("openfisca_france").origin).parent / "parameters" / f"{path}.yaml"
    values = yaml.safe_load(file.read_text("utf-8"))["values"]
    return max((start, value["value"]) for start, value in values.items() if start <= on)[1]


@pytest.mark.parametrize(("name", "path", "theirs"), SAME, ids=lambda part: str(part).rpartition("/")[2])
def test_amount_equals_that_of_openfisca(name, path, theirs):
    for on in DAYS:
        value = parameters.at(f"budget/{name}", on).value
        for key in path:
            value = value[key]
        assert float(value) == openfisca(theirs, on)


def test_income_allowance_of_2026_is_marked_as_missing():
    assert parameters.at("budget/housing_benefit", date(2026, 2, 1)).to_check
    assert parameters.at("budget/housing_benefit", date(2026, 11, 1)).to_check
    assert not parameters.at("budget/housing_benefit", date(2025, 11, 1)).to_check
