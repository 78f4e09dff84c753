"""Results as tables and documents: what ``untoit match`` writes and what a page shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import ROUND_UP, Decimal
from typing import Any

import numpy as np

from untoit import __version__
from untoit.core import parameters
from untoit.core.budget.approximate import UNKNOWN
from untoit.core.exchange.writers import Value
from untoit.core.matching import MatchingProblem, Plan, certificate
from untoit.core.model.run import FunnelStep, LeftOut, QuotaLine, TandemRow
from untoit.core.pairing.chances import MICRO, success_assumptions
from untoit.core.pairing.run import Prepared
from untoit.core.wording import counted, number, percentage

_RATE = Decimal("0.0001")
_CENT = Decimal("0.01")


def tandem_table(rows: tuple[TandemRow, ...]) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of ``tandems.csv``."""
    for row in rows:
        yield (
            row.application_number, row.dwelling.reference, row.person, row.offer.reference,
            row.outward_mode, row.outward_min, row.back_mode, row.back_min, row.wait_before_shift_min,
            row.schedule_supposed, _rounded(row.effort_before, _RATE), _rounded(row.effort_after, _RATE),
            _rounded(row.residual_before_eur, _CENT), _rounded(row.residual_after_eur, _CENT),
            row.probability, row.rank, "|".join(row.reasons),
        )


def unplaced_table(left_out: tuple[LeftOut, ...]) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of ``non_places.csv``: the reason ends with the nearest change."""
    for one in left_out:
        yield one.application_number, one.stage, " ".join(filter(None, (one.reason, one.nearest_change)))


def option_table(prepared: Prepared) -> Iterator[tuple[Value, ...]]:
    """
    Yield the rows of ``options.csv``: every feasible triple before the choice, with the value that is maximised.

    The wait before the shift and the reasons are only worked out for the rows that are shown: here they stay blank.
    """
    options, records, budgets = prepared.options, prepared.records, prepared.budgets
    for n in range(len(options.pair)):
        pair, s, j = options.pair[n], options.seeker[n], options.offer[n]
        mode = prepared.modes[options.mode[n]].value
        yield (
            records.households[options.pair_household[pair]].application_number,
            records.dwellings[options.pair_dwelling[pair]].reference,
            records.persons[s].number, records.offers[j].reference,
            mode, int(options.outward[n]), mode, int(options.back[n]), None,
            records.offers[j].schedule_is_supposed,
            _scaled(budgets.effort_before[n], 1000), _scaled(budgets.effort_after[n], 1000),
            _scaled(budgets.residual_before[n], 100), _scaled(budgets.residual_after[n], 100),
            round(float(prepared.probability[n]), 4), None, None,
            f"{prepared.value[n] / MICRO:.6f}",
        )


def expected_double_successes(prepared: Prepared, plan: Plan) -> float:
    """
    Return how many dwellings of the plan are expected to end in a lease for a household that holds a job.

    A household succeeds when one of its jobs does; a dwelling shown to several households serves one of them at most.
    Chances are taken as independent. That two candidates want the same opening is not counted: in a selection the
    figure is therefore an upper one.
    """
    options = prepared.options
    fails = np.ones(len(options.pair_household))
    np.multiply.at(fails, options.pair[plan.options], 1.0 - prepared.probability[plan.options])
    unserved = np.ones(len(prepared.records.dwellings))
    np.multiply.at(unserved, options.pair_dwelling[plan.pairs], fails[plan.pairs])
    return float((1.0 - unserved).sum())


def quota_lines(plan: Plan) -> tuple[QuotaLine, ...]:
    """Return what the quotas came to, each with a sentence that carries its denominator."""
    lines = []
    for quota in plan.quotas:
        target = Decimal(quota.per_mille) / 1000
        counts = f"{quota.numerator} sur {quota.denominator}"
        if not quota.denominator:
            sentence = f"{quota.name} : aucune attribution proposée, rien à compter (objectif {percentage(target)})."
        elif quota.met:
            share = percentage(Decimal(quota.numerator) / quota.denominator)
            sentence = f"{quota.name} : {counts}, soit {share} pour un objectif de {percentage(target)} : atteint."
        else:
            share = percentage(Decimal(quota.numerator) / quota.denominator)
            missing = counted(quota.shortfall, "attribution prioritaire manque", "attributions prioritaires manquent")
            sentence = (
                f"{quota.name} : {counts}, soit {share} pour un objectif de {percentage(target)} : impossible à "
                f"atteindre avec ces ménages, logements et offres, {missing}."
            )
        lines.append(
            QuotaLine(quota.name, target, quota.numerator, quota.denominator, quota.met, quota.shortfall, sentence)
        )
    return tuple(lines)


def proof_sentence(plan: Plan) -> str:
    """Return the sentence that says how good the whole set is, and how that is known."""
    if plan.exact or plan.bound <= plan.value:
        return "Aucun autre ensemble de tandems ne fait mieux selon ces critères : c'est démontré."
    more = Decimal(plan.bound - plan.value) / MICRO
    # The gap is rounded up: a proof never promises more than it holds.
    gap = (Decimal(str(plan.gap)) * 100).quantize(_CENT, ROUND_UP)
    return (
        f"Aucun autre ensemble ne ferait mieux de plus de {number(gap)} % : au plus {number(more, 2)} point de "
        f"double réussite pondérée au-delà de {number(Decimal(plan.value) / MICRO, 2)}."
    )


def funnel(prepared: Prepared, plan: Plan) -> tuple[FunnelStep, ...]:
    """Return how many households still had a possibility after each step."""
    records, options = prepared.records, prepared.options
    lawful = prepared.lawful
    fitting = np.zeros(len(records.households), np.bool_)
    fitting[records.person_household[prepared.fit.allowed.any(axis=1)]] = True
    with_home = lawful.any(axis=1)
    homes = counted(int(lawful.sum()), "couple ménage-logement", "couples ménage-logement")
    jobs = counted(int(prepared.fit.allowed.sum()), "couple personne-offre", "couples personne-offre")
    triples = counted(len(options.pair), "tandem possible", "tandems possibles")
    proposed = counted(len(plan.options), "poste proposé", "postes proposés")
    return (
        FunnelStep("Ménages du fichier", len(records.households), None),
        FunnelStep("Consentement donné", int(prepared.consented.sum()), None),
        FunnelStep("Au moins un logement possible", int(with_home.sum()), homes),
        FunnelStep("… et une offre qui correspond", int((with_home & fitting).sum()), jobs),
        FunnelStep("… à portée aux heures du poste", len(np.unique(options.pair_household)), triples),
        FunnelStep("Tandem proposé", len(plan.pairs), proposed),
    )


def balance(
    prepared: Prepared, plan: Plan, rows: tuple[TandemRow, ...], left_out: tuple[LeftOut, ...],
    seconds: dict[str, float], peak_mib: dict[str, float],
) -> dict[str, Any]:
    """Return ``bilan.json``."""
    records, settings, options = prepared.records, prepared.settings, prepared.options
    stages: dict[str, int] = {}
    for one in left_out:
        stages[one.stage] = stages.get(one.stage, 0) + 1
    return {
        "mode": settings.mode.value,
        "date": settings.on.isoformat(),
        "graine": settings.seed,
        "tailles": {
            "menages": len(records.households), "personnes": len(records.persons),
            "logements": len(records.dwellings), "offres": len(records.offers),
            "postes": sum(offer.openings for offer in records.offers),
        },
        "etapes": {
            "menages_avec_consentement": int(prepared.consented.sum()),
            "couples_menage_logement_possibles": int(prepared.lawful.sum()),
            "couples_personne_offre_possibles": int(prepared.fit.allowed.sum()),
            "couples_menage_logement_avec_un_poste_a_portee": len(options.pair_household),
            "options": len(options.pair),
        },
        "menages_places": len(plan.pairs),
        "lignes_de_tandems": len(rows),
        "menages_non_places": stages,
        "doubles_reussites_attendues": round(expected_double_successes(prepared, plan), 4),
        "objectif": plan.value / MICRO,
        "borne_superieure": plan.bound / MICRO,
        "ecart_relatif": plan.gap,
        "optimum_prouve": plan.exact,
        "methode": plan.method,
        "preuve": proof_sentence(plan),
        "quotas": [
            {
                "nom": line.name, "objectif": float(line.target), "numerateur": line.numerator,
                "denominateur": line.denominator, "part": None if line.share is None else round(float(line.share), 4),
                "atteint": line.met, "manque": line.shortfall, "phrase": line.sentence,
            }
            for line in quota_lines(plan)
        ],
        "secondes": {stage: round(value, 3) for stage, value in seconds.items()},
        "memoire_pic_mio": {stage: round(value) for stage, value in peak_mib.items()},
        "versions": versions(prepared),
        "avertissements": notices(prepared),
    }


def versions(prepared: Prepared) -> dict[str, str]:
    """Return what made the result: software, legal parameters, timetable, inputs, and the policy when it has one."""
    overrides = prepared.settings.overrides
    policy = {"politique": hashlib.sha256(repr(overrides).encode()).hexdigest()[:12]} if overrides else {}
    return {
        "logiciel": __version__,
        "parametres": parameters.version(),
        "horaires": prepared.network.version,
        "horaires_libelle": prepared.network.label,
        "entrees": prepared.records.fingerprint(),
        **policy,
    }


def notices(prepared: Prepared) -> tuple[str, ...]:
    """Return what a person should know before trusting the result: suppositions, values to check, missing service."""
    records, on = prepared.records, prepared.settings.on
    found = []
    if not prepared.network.valid_from <= on <= prepared.network.valid_until:
        found.append(
            f"La date choisie ({on:%d/%m/%Y}) est hors de la période des horaires ({prepared.network.label}) : "
            "aucun trajet en transports n'existe ce jour-là."
        )
    supposed = sum(offer.schedule_is_supposed for offer in records.offers)
    if supposed:
        jobs = counted(supposed, "offre a des horaires supposés", "offres ont des horaires supposés")
        found.append(f"{jobs}, à confirmer.")
    stopped = int(prepared.no_service.sum())
    if stopped:
        jobs = counted(stopped, "offre travaille", "offres travaillent")
        found.append(f"{jobs} un jour où aucun transport en commun ne circule.")
    unread = sum(dwelling.in_qpv is None for dwelling in records.dwellings)
    if unread:
        homes = counted(unread, "logement n'indique pas s'il est", "logements n'indiquent pas s'ils sont")
        found.append(f"{homes} en quartier prioritaire.")
    if success_assumptions(on).to_check:
        found.append("Les chances de réussite sont des hypothèses du projet, pas encore des fréquences constatées.")
    to_check = [parameters.at(name, on).label for name in parameters.names() if _to_check(name, prepared)]
    if to_check:
        found.append(f"Paramètres à vérifier par une personne : {' ; '.join(to_check)}.")
    return tuple(found)


def certificate_document(prepared: Prepared, problem: MatchingProblem, plan: Plan) -> dict[str, object]:
    """Return ``certificat.json``, which ``tools/check_plan.py`` verifies without this software."""
    records = prepared.records
    return certificate(
        problem, plan, mode=prepared.settings.mode.value,
        households=[household.application_number for household in records.households],
        dwellings=[dwelling.reference for dwelling in records.dwellings],
        offers=[offer.reference for offer in records.offers],
    )


def _to_check(name: str, prepared: Prepared) -> bool:
    history = parameters.series(name)
    in_force = [parameter for parameter in history if parameter.valid_from <= prepared.settings.on]
    return bool(in_force) and in_force[-1].to_check


def _rounded(value: Decimal | None, step: Decimal) -> Decimal | None:
    return None if value is None else value.quantize(step)


def _scaled(value: int, divisor: int) -> float | None:
    return None if value == UNKNOWN else int(value) / divisor
