"""
The tax and benefit simulation, by OpenFisca-France. Only the worker process imports this module: it takes seconds to
load.

A batch is one OpenFisca simulation in which every household is one family, one tax household and one dwelling, so
that each variable is computed once for all. Months are counted from that of the first hire, which is month 0.

What is declared is never recomputed: RSA and prime d'activité are those declared until month 3, because the funds
look at the resources every three months and at those of months M-4 to M-2 (décret du 26 février 2025): month
1 sees nothing of the new wages. Months 4, 7, 10 and 13 are the reviews. Housing benefit rests on months M-13 to M-2,
reviewed at the same months.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from openfisca_core.parameters import Parameter
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_france import CountryTaxBenefitSystem

from untoit.core import parameters
from untoit.core.budget.cases import COLUMNS, REPORTED_MONTHS, AmountsKnown, BudgetCase
from untoit.core.budget.situation import Floats, Persons, amount, first_month, persons, shift
from untoit.core.territory.communes import apl_zone_of

REVIEWS = (4, 7, 10, 13)
FIRST_MONTH, LAST_MONTH = -13, 15
FIRST_MONTH_OF_REFERENCE = -4
FIRST_MONTH_OF_LAST_YEAR = -23

# Not in the files of this tool, or never met with it: left at zero, which saves most of the time of a batch.
_LEFT_OUT = (
    "aspa", "ass", "asi", "caah", "aeeh", "f1tt", "f3vj", "hsup", "rpns_imposables", "rpns_pvce", "rpns_exon",
    "rpns_auto_entrepreneur_benefice", "ppa_rsa_derniers_revenus_tns_annuels_connus", "remuneration_apprenti",
    "rsa_base_ressources_patrimoine_individu", "aide_logement_base_ressources_patrimoine", "revenus_capital",
    "revenus_locatifs", "indemnites_journalieres", "rsa_indemnites_journalieres_activite",
    "rsa_indemnites_journalieres_hors_activite", "aide_logement_base_revenus_fiscaux", "assiette_csg_plus_values",
    "abattements_speciaux_prestations_familiales", "rente_viagere_titre_onereux", "residence_dom",
    "residence_aides_logement_outre_mer", "residence_saint_pierre_et_miquelon", "boursier", "etudiant",
    "biactivite", "rev_coll", "aides_logement_primo_accedant_eligibilite", "aides_logement_accedant_et_foyer",
)
_FAMILY_BENEFITS = ("af", "cf", "asf", "paje_base")
_ENTITIES = {
    "famille": ("demandeur", "conjoint", "enfant"),
    "foyer_fiscal": ("declarant_principal", "conjoint", "personne_a_charge"),
    "menage": ("personne_de_reference", "conjoint", "enfant"),
}


class TaxSystem:
    """OpenFisca-France, loaded once."""

    def __init__(self) -> None:
        self._system = CountryTaxBenefitSystem()
        for name in _LEFT_OUT:
            self._system.neutralize_variable(name)

    @property
    def amounts_known(self) -> AmountsKnown:
        """The software and the dates of its last amounts."""
        formula = self._system.parameters.prestations_sociales.aides_logement.allocations_logement.locatif.formule
        return AmountsKnown(
            f"OpenFisca-France {version('openfisca-france')}",
            _last_change(formula.l_plafonds_loyers.par_zone.zone_2.personnes_seules),
            _last_change(formula.pp_particip_perso.r0_abattement.cas_general.taux_seul),
        )

    def compute(self, cases: Sequence[BudgetCase]) -> NDArray[np.int64]:
        """Return the amounts of every case in cents, ``[case, month of REPORTED_MONTHS, column of COLUMNS]``."""
        answer = np.zeros((len(cases), len(REPORTED_MONTHS), len(COLUMNS)), dtype=np.int64)
        order = sorted(range(len(cases)), key=lambda number: first_month(cases[number]))
        for first, numbers in groupby(order, key=lambda number: first_month(cases[number])):
            chosen = list(numbers)
            batch = _Batch(self._system, [cases[number] for number in chosen], first)
            answer[chosen] = np.rint(batch.run() * 100).astype(np.int64)
        return answer


class _Batch:
    """Households hired in the same month: one OpenFisca simulation, played from review to review."""

    def __init__(self, system: CountryTaxBenefitSystem, cases: Sequence[BudgetCase], first: date) -> None:
        self._cases = cases
        self._first = first
        self._persons = persons(cases)
        self._taxable_of_net = float(parameters.at("budget/wages", first)["taxable_of_net"])
        self._simulation = _entities(system, self._persons, len(cases))
        self._net, self._taxable = self._payslips(system)
        self._declared_rsa = np.array([amount(case.household.resources.rsa_eur) for case in cases])
        self._declared_bonus = np.array([amount(case.household.resources.activity_bonus_eur) for case in cases])

    def run(self) -> Floats:
        """
        Return the reported months, euros; months after a hire that does not happen are those of an unchanged life.
        """
        self._set_inputs()
        self._family_benefits = self._set_family_benefits()
        self._keep("aide_logement_base_ressources", 0, months=3)
        rsa, bonus = self._declared_rsa, self._declared_bonus
        reports = [self._report(0, rsa, bonus), self._report(1, rsa, bonus)]
        for review in REVIEWS:
            self._keep("aide_logement_base_ressources", review, months=2)
            rsa = self._keep("rsa", review, months=2)
            if review == 4:
                reports.append(self._report(4, rsa, self._get("ppa_nette_crds", review)))
        reports.append(self._report(15, rsa, self._get("ppa_nette_crds", REVIEWS[-1])))
        return np.stack(reports, axis=1)

    def _keep(self, name: str, month: int, *, months: int) -> Floats:
        """Compute a variable in a month of review and hold it for the months that follow."""
        values = self._get(name, month)
        for later in range(month + 1, month + 1 + months):
            self._set(name, later, values)
        return values

    def _report(self, month: int, rsa: Floats, bonus: Floats) -> Floats:
        """Return the COLUMNS of one month, ``float64[case, column]``."""
        people, size = self._persons, len(self._cases)

        def by_case(values: Floats) -> Floats:
            return np.bincount(people.case, values, size).astype(np.float64)

        then = month if month > 0 else -1  # "before" shows what is declared, not the first days of work
        # Net of CRDS to the cent; a fund then pays the euro below.
        benefit = self._get("aide_logement_montant_brut_crds", month) * (1 - self._crds(month))
        return np.stack([
            by_case(self._wages(then)),
            rsa,
            bonus,
            by_case(people.unemployment_in(then)),
            by_case(people.disability_allowance),
            by_case(people.pensions),
            self._family_benefits,
            by_case(people.other),
            benefit,
            self._get("reduction_loyer_solidarite", month),
        ], axis=1)

    def _set_inputs(self) -> None:
        people, cases = self._persons, self._cases
        households = [case.household for case in cases]
        dwellings = [case.dwelling for case in cases]
        constant = {
            "age": people.age,
            "age_en_mois": people.age * 12 + 6,
            "aah": people.disability_allowance,
            "retraite_nette": people.pensions,
            "enceinte": (people.rank == 0) & (np.array([h.expected_births > 0 for h in households])[people.case]),
            "prestations_familiales_base_ressources_individu": (
                (people.rank == 0) * np.array([float(h.tax_income_n2_eur_year) for h in households])[people.case]
            ),
            "departement_experimentation_rsa": np.ones(len(cases), dtype=bool),
            "statut_occupation_logement": self._coded("statut_occupation_logement", ["locataire_hlm"] * len(cases)),
            "loyer": np.array([float(dwelling.rent_eur) for dwelling in dwellings]),
            "zone_apl": self._coded("zone_apl", [f"zone_{apl_zone_of(dwelling)}" for dwelling in dwellings]),
        }
        past_known = ~np.isnan(people.taxable_before)
        for month in range(FIRST_MONTH, LAST_MONTH + 1):
            wages, unemployment = self._wages(month), people.unemployment_in(month)
            taxable = people.wages_declared(month) * self._taxable_of_net + self._taxable * people.worked(month)
            taxed_as_today = ~past_known | (month >= 0)
            self._set("salaire_net", month, wages)
            self._set("salaire_imposable", month, np.where(taxed_as_today, taxable, people.taxable_before))
            self._set("chomage_net", month, unemployment)
            self._set("chomage_imposable", month, unemployment * taxed_as_today)
            self._set("retraite_imposable", month, people.pensions * taxed_as_today)
        for month in range(FIRST_MONTH_OF_REFERENCE, LAST_MONTH + 1):
            for name, values in constant.items():
                self._set(name, month, values)
        for month in range(FIRST_MONTH_OF_LAST_YEAR, LAST_MONTH + 1):
            self._set("pensions_alimentaires_percues", month, people.other)
        for month in range(-1, 4):
            self._set("rsa", month, self._declared_rsa)

    def _set_family_benefits(self) -> Floats:
        """
        Return the family benefits of every month, the composition of the households being held constant.

        Declared ones go whole into one variable that RSA and prime d'activité count, in place of the computed ones.
        """
        declared = np.array([
            np.nan if benefits is None else float(benefits)
            for benefits in (case.household.resources.family_benefits_eur for case in self._cases)
        ])
        is_declared = ~np.isnan(declared)
        for month in range(LAST_MONTH + 1):
            self._set("paje_prepare", month, np.where(is_declared, declared, 0))
        computed = {name: self._get(name, 0) for name in _FAMILY_BENEFITS}
        for name, values in computed.items():
            self._simulation.delete_arrays(name)
            for month in range(LAST_MONTH + 1):
                self._set(name, month, np.where(is_declared, 0, values))
        return np.where(is_declared, declared, sum(computed.values()) * (1 - self._crds(0)))

    def _wages(self, month: int) -> Floats:
        return self._persons.wages_declared(month) + self._net * self._persons.worked(month)

    def _payslips(self, system: CountryTaxBenefitSystem) -> tuple[Floats, Floats]:
        """Return the net and taxable pay of a whole month of the new jobs."""
        simulation = _entities(system, self._persons, len(self._cases))
        month = f"{shift(self._first, 1):%Y-%m}"
        simulation.set_input("salaire_de_base", month, self._persons.gross)
        simulation.set_input("age", month, self._persons.age)
        net, taxable = (simulation.calculate(name, month) for name in ("salaire_net", "salaire_imposable"))
        return net.astype(np.float64), taxable.astype(np.float64)

    def _coded(self, name: str, values: list[str]) -> NDArray[np.generic]:
        """Return the values of an enumeration in its own code, once for all months."""
        codes: NDArray[np.generic] = self._simulation.tax_benefit_system.get_variable(name).possible_values.encode(
            np.array(values)
        )
        return codes

    def _crds(self, month: int) -> float:
        at = self._simulation.tax_benefit_system.get_parameters_at_instant(shift(self._first, month).isoformat())
        return float(at.prelevements_sociaux.contributions_sociales.crds)

    def _set(self, name: str, month: int, values: NDArray[np.generic]) -> None:
        self._simulation.set_input(name, f"{shift(self._first, month):%Y-%m}", values)

    def _get(self, name: str, month: int) -> Floats:
        values: Floats = self._simulation.calculate(name, f"{shift(self._first, month):%Y-%m}").astype(np.float64)
        return values


def _entities(system: CountryTaxBenefitSystem, people: Persons, size: int) -> Simulation:
    """Return a simulation without inputs in which each household is one family, one tax household and one dwelling."""
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("individu", np.arange(len(people.case)))
    for entity, roles in _ENTITIES.items():
        population = builder.declare_entity(entity, np.arange(size))
        builder.join_with_persons(population, people.case, np.array(roles)[people.rank])
    return builder.build(system)


def _last_change(parameter: Parameter) -> date:
    """Return the day of the last value of an OpenFisca parameter."""
    return date.fromisoformat(parameter.values_list[0].instant_str)
