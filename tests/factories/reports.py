"""Results of a run, small enough to be read: a couple with two jobs, one single person, three households left out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.factories.people import dwelling, offer

from untoit.core.model.commute import CommuteDetail, Journey
from untoit.core.model.place import Position
from untoit.core.model.run import BudgetLine, FunnelStep, LeftOut, NetworkLine, QuotaLine, RunReport, TandemRow
from untoit.core.model.work import Mode

HOME_LILLE = dwelling(reference="L1", commune="59350", position=Position(50.637, 3.064))
HOME_COMINES = dwelling(reference="L2", commune="59152", position=Position(50.761, 3.010))
HOME_LEFT = dwelling(reference="L3", commune="59512", position=Position(50.691, 3.176))
CLEANING = offer(reference="O1", title="Agent de nettoyage", commune="59350", position=Position(50.636, 3.075))
CARE = offer(reference="O2", title="Agent de service hospitalier", commune="59360", position=Position(50.604, 3.033))
PACKING = offer(reference="O3", title="Agent de conditionnement", commune="59152", position=Position(50.742, 3.023))


def budget_line(moment: str, **changes: Any) -> BudgetLine:
    """One month of a budget: 1,400 € of wages, 300 € of rent after benefit."""
    values: dict[str, Any] = {
        "moment": moment, "month": date(2026, 2, 1), "wages_net_eur": Decimal(1400), "rsa_eur": Decimal(0),
        "activity_bonus_eur": Decimal(200), "family_benefits_eur": Decimal(0), "housing_benefit_eur": Decimal(120),
        "other_eur": Decimal(0), "net_housing_cost_eur": Decimal(300), "effort_rate": Decimal("0.1875"),
        "residual_income_day_uc_eur": Decimal("43.33"),
    }
    return BudgetLine(**values | changes)


def tandem(**changes: Any) -> TandemRow:
    """One row of tandems.csv, its journey and its budget."""
    way = Journey(Mode.TRANSIT, (), "6 min à pied, métro M1 Rihour → Gare Lille Flandres, 3 min à pied", 480.0, 498.0)
    values: dict[str, Any] = {
        "application_number": "059DEMO1", "person": 1, "dwelling": HOME_LILLE, "offer": CLEANING, "outward_mode": "tc",
        "outward_min": 18, "back_mode": "tc", "back_min": 21, "wait_before_shift_min": 4, "schedule_supposed": False,
        "effort_before": Decimal("0.41"), "effort_after": Decimal("0.1875"), "residual_before_eur": Decimal("9.10"),
        "residual_after_eur": Decimal("43.33"), "probability": Decimal("0.52"), "rank": 1,
        "reasons": ("Métier souhaité en premier.", "18 min à l'aller, limite 60 min."), "warnings": (),
        "commute": CommuteDetail(way, way, 18, 21, 4, 0),
        "budget": (
            budget_line("avant", wages_net_eur=Decimal(0), rsa_eur=Decimal(570)), budget_line("mois_1"),
            budget_line("mois_4"), budget_line("mois_15"),
        ),
        "is_priority": True, "in_scheme": True,
    }
    return TandemRow(**values | changes)


def report(**changes: Any) -> RunReport:
    """A run of five households: two placed, three left out at three stages."""
    couple = tandem(application_number="059DEMO2", dwelling=HOME_COMINES, offer=PACKING, rank=2, is_priority=False,
                    schedule_supposed=True, warnings=("Horaires supposés.",))
    values: dict[str, Any] = {
        "title": "Rapprochement de démonstration", "mode": "plan", "on": date(2026, 1, 13), "fictitious": True,
        "sizes": {"menages": 5, "personnes": 6, "logements": 3, "offres": 3},
        "funnel": (
            FunnelStep("Avec accord", 4, None),
            FunnelStep("Un logement possible", 3, "1\u202f234 couples ménage-logement"),
        ),
        "tandems": (tandem(), couple, replace(couple, person=2, offer=CARE)),
        "left_out": (
            LeftOut("059DEMO3", "consentement", "La date de consentement manque.", "Recueillir l'accord.", True),
            LeftOut("059DEMO4", "trajet", "Aucun bus n'arrive avant 05:00.", "Un vélo ouvrirait 2 tandems.", False),
            LeftOut("059DEMO5", "capacite", "Les 3 logements possibles sont pris.", None, False),
        ),
        "quotas": (QuotaLine("Publics prioritaires", Decimal("0.30"), 1, 2, True, 0, "1 attribution sur 2."),),
        "households_placed": 2, "expected_double_successes": Decimal("1.04"),
        "proof": "Aucun autre ensemble ne fait mieux : écart nul, prouvé.",
        "probability_source": "Chances selon des hypothèses documentées.",
        "network_label": "Réseau de DÉMONSTRATION", "network_valid_from": date(2025, 9, 1),
        "network_valid_until": date(2027, 12, 31),
        "network_lines": (NetworkLine("M1", "métro", ((50.60, 3.03), (50.637, 3.071), (50.605, 3.138))),),
        "dwellings": (HOME_LILLE, HOME_COMINES, HOME_LEFT), "offers": (CLEANING, CARE, PACKING),
        "place_names": {"59350": "Lille", "59152": "Comines", "59360": "Loos", "59512": "Roubaix"},
        "notices": ("1 offre a des horaires supposés.",), "seconds": {"Trajets": 0.42}, "versions": {"untoit": "0.1.0"},
    }
    return RunReport(**values | changes)
