"""The rows that are shown: journeys rebuilt, exact budgets, the three or four facts that made each tandem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from untoit.core.budget import Budget, BudgetCase, BudgetWorker, JobStart, MonthBudget, commute_cost, gross_monthly
from untoit.core.budget.approximate import UNKNOWN, ApproximateBudgets
from untoit.core.errors import UnknownSituation
from untoit.core.matching import Plan
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.journeys import detail
from untoit.core.mobility.street import great_circle_m
from untoit.core.model.commute import CommuteDetail
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.model.run import BudgetLine, TandemRow
from untoit.core.model.work import JobOffer
from untoit.core.pairing.left_out import MODE_WORDS
from untoit.core.pairing.records import RunMode
from untoit.core.pairing.run import Prepared, Tell
from untoit.core.parameters.suppositions import weekly_hours
from untoit.core.rules.housing import judge
from untoit.core.rules.housing.budget import judge_budget
from untoit.core.rules.housing.priority import valid_grounds
from untoit.core.rules.work import judge_fit
from untoit.core.territory.communes import apl_zone_of, commune, same_place
from untoit.core.territory.occupations import occupation
from untoit.core.wording import counted, euros, percentage

_CENT = Decimal("0.01")
_THOUSANDTH = Decimal("0.001")


def tandem_rows(
    prepared: Prepared, plan: Plan, worker: BudgetWorker | None, tell: Tell
) -> tuple[TandemRow, ...]:
    """
    Return the rows of the plan, by household and person.

    ``worker`` simulates the exact budgets; without one the rows carry the approximate rates and no budget lines.
    """
    options, records = prepared.options, prepared.records
    chosen = np.sort(plan.options)
    ranks = _ranks(prepared, chosen)
    budgets = _simulated(prepared, chosen, worker, tell)
    rows = []
    for done, option in enumerate(chosen):
        if done % 16 == 0:
            tell("Trajets détaillés", done / len(chosen))
        s, j = int(options.seeker[option]), int(options.offer[option])
        pair = int(options.pair[option])
        household = records.households[options.pair_household[pair]]
        dwelling, offer = records.dwellings[options.pair_dwelling[pair]], records.offers[j]
        mode = prepared.modes[options.mode[option]]
        commute = detail(
            prepared.network, dwelling.position, offer.position, offer.schedule, prepared.settings.on, mode,
            Assumptions.default(prepared.settings.on),
        )
        budget = budgets.get(int(option))
        figures = _figures(prepared, int(option), budget)
        rows.append(
            TandemRow(
                application_number=household.application_number,
                person=records.persons[s].number,
                dwelling=dwelling,
                offer=offer,
                outward_mode=mode.value,
                outward_min=int(options.outward[option]),
                back_mode=mode.value,
                back_min=int(options.back[option]),
                wait_before_shift_min=commute.wait_before_shift_min,
                schedule_supposed=offer.schedule_is_supposed,
                effort_before=figures.effort_before,
                effort_after=figures.effort_after,
                residual_before_eur=figures.residual_before,
                residual_after_eur=figures.residual_after,
                probability=Decimal(str(round(float(prepared.probability[option]), 4))),
                rank=ranks[int(option)],
                reasons=_reasons(prepared, int(option), household, dwelling, commute, figures),
                warnings=_warnings(prepared, household, dwelling, offer, s, figures, budget),
                commute=commute,
                budget=tuple(map(_line, (budget.before, *budget.after))) if budget else (),
                is_priority=bool(valid_grounds(household)),
                in_scheme=household.in_scheme,
                second_seeker=_other_seeker(prepared, chosen, int(option)),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Figures:
    """Effort rates and residual incomes of a row before the hire and at month 15; ``None`` is unknown."""

    effort_before: Decimal | None
    effort_after: Decimal | None
    residual_before: Decimal | None
    residual_after: Decimal | None


def _figures(prepared: Prepared, option: int, budget: Budget | None) -> Figures:
    if budget is not None:
        steady = budget.after[-1]
        return Figures(
            budget.before.effort_rate, steady.effort_rate,
            budget.before.residual_income_day_uc, steady.residual_income_day_uc,
        )
    return approximate_figures(prepared.budgets, option)


def approximate_figures(table: ApproximateBudgets, option: int) -> Figures:
    """Return the approximate figures of an option, ``None`` where there is none."""

    def scaled(value: int, factor: Decimal) -> Decimal | None:
        return None if value == UNKNOWN else value * factor

    return Figures(
        scaled(int(table.effort_before[option]), _THOUSANDTH), scaled(int(table.effort_after[option]), _THOUSANDTH),
        scaled(int(table.residual_before[option]), _CENT), scaled(int(table.residual_after[option]), _CENT),
    )


def _simulated(
    prepared: Prepared, chosen: np.typing.NDArray[np.int64], worker: BudgetWorker | None, tell: Tell
) -> dict[int, Budget]:
    """Return the exact budget of each chosen option; in a plan the jobs of a household are counted together."""
    if worker is None or not len(chosen):
        return {}
    groups: dict[object, list[int]] = defaultdict(list)
    together = prepared.settings.mode is RunMode.PLAN
    for option in chosen:
        groups[int(prepared.options.pair[option]) if together else ("option", int(option))].append(int(option))
    kept = [members for members in groups.values() if _can_be_simulated(prepared, members)]
    cases = [_case(prepared, members) for members in kept]
    tell("Budgets exacts", 0.0)  # the wait for the worker's start belongs to this stage
    budgets = worker.simulate(cases, progress=lambda done, total: tell("Budgets exacts", done / total))
    return {
        option: budget for members, budget in zip(kept, budgets, strict=True) for option in members
    }


def _can_be_simulated(prepared: Prepared, members: Sequence[int]) -> bool:
    """Whether every seeker is an adult of the file and the benefit zone is known; else the rates stay approximate."""
    options, records = prepared.options, prepared.records
    pair = options.pair[members[0]]
    adults = len(records.households[options.pair_household[pair]].adult_ages)
    try:
        apl_zone_of(records.dwellings[options.pair_dwelling[pair]])
    except UnknownSituation:
        return False
    return all(1 <= records.persons[options.seeker[option]].number <= adults for option in members)


def _case(prepared: Prepared, members: Sequence[int]) -> BudgetCase:
    options, records, on = prepared.options, prepared.records, prepared.settings.on
    pair = options.pair[members[0]]
    jobs = []
    for option in members:
        offer = records.offers[options.offer[option]]
        jobs.append(
            JobStart(
                gross_monthly_eur=gross_monthly(offer, on)[0],
                starts_on=max(on, offer.starts_on or on),
                weekly_hours=weekly_hours(offer, on),
                adult=records.persons[options.seeker[option]].number - 1,
                commute_eur_month=_commute_cost(prepared, option),
            )
        )
    return BudgetCase(
        records.households[options.pair_household[pair]], records.dwellings[options.pair_dwelling[pair]],
        tuple(jobs), on,
    )


def _commute_cost(prepared: Prepared, option: int) -> Decimal:
    """Return what the way to work costs the person a month, by the assumptions of ``budget/work_transport``."""
    options, records, on = prepared.options, prepared.records, prepared.settings.on
    home = records.dwellings[options.pair_dwelling[options.pair[option]]].position
    offer = records.offers[options.offer[option]]
    metres = great_circle_m(home.latitude, home.longitude, offer.position.latitude, offer.position.longitude)
    km = float(metres) * Assumptions.default(on).car_detour / 1000
    return commute_cost(prepared.modes[options.mode[option]], km, offer.schedule.most_days_a_week, on)


def _line(month: MonthBudget) -> BudgetLine:
    return BudgetLine(
        moment=month.label,
        month=month.month,
        wages_net_eur=month.wages_net,
        rsa_eur=month.rsa,
        activity_bonus_eur=month.activity_bonus,
        family_benefits_eur=month.family_benefits,
        housing_benefit_eur=month.housing_benefit,
        other_eur=month.unemployment + month.disability_allowance + month.pensions + month.other,
        net_housing_cost_eur=month.net_housing_cost,
        effort_rate=month.effort_rate,
        residual_income_day_uc_eur=month.residual_income_day_uc,
        transport_eur=month.transport,
    )


def _ranks(prepared: Prepared, chosen: np.typing.NDArray[np.int64]) -> dict[int, int]:
    """Return the rank of each row: of the household among those proposed for its dwelling, the best value first."""
    options = prepared.options
    by_dwelling: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for option in chosen:
        pair = int(options.pair[option])
        by_dwelling[int(options.pair_dwelling[pair])][pair] += int(prepared.value[option])
    rank = {
        pair: place
        for pairs in by_dwelling.values()
        for place, pair in enumerate(sorted(pairs, key=lambda pair: (-pairs[pair], pair)), start=1)
    }
    return {int(option): rank[int(options.pair[option])] for option in chosen}


def _other_seeker(prepared: Prepared, chosen: np.typing.NDArray[np.int64], option: int) -> str | None:
    """Say what became of the other job seekers of the household, ``None`` when there is none."""
    options, records = prepared.options, prepared.records
    household = options.pair_household[options.pair[option]]
    others = [int(s) for s in np.flatnonzero(records.person_household == household) if s != options.seeker[option]]
    if not others:
        return None
    with_job = {int(s) for s in options.seeker[chosen]}
    return " ".join(
        f"Personne {records.persons[s].number} : "
        + ("a aussi un poste proposé." if s in with_job else "aucun poste à portée de ce logement ne lui revient.")
        for s in others
    )


def _reasons(
    prepared: Prepared, option: int, household: Household, dwelling: Dwelling,
    commute: CommuteDetail, figures: Figures,
) -> tuple[str, ...]:
    options, s = prepared.options, int(prepared.options.seeker[option])
    limit = int(prepared.limits.commute[s])
    way = (
        f"{counted(commute.outward_min, 'minute', 'minutes')} {MODE_WORDS[prepared.modes[options.mode[option]]]} à "
        f"l'aller et {commute.back_min} au retour aux heures du poste ({limit} acceptées)"
    )
    job = _about_the_job(prepared, s, int(options.offer[option]))
    reasons = [way, job, _about_the_home(household, dwelling)]
    if figures.effort_after is not None and figures.residual_after is not None:
        before = "" if figures.effort_before is None else f"de {percentage(figures.effort_before)} "
        bearable = judge_budget(figures.effort_after, figures.residual_after, prepared.settings.on)
        opening = "loyer supportable" if all(finding.passed for finding in bearable) else "budget à surveiller"
        reasons.append(
            f"{opening} : taux d'effort estimé {before}à {percentage(figures.effort_after)}, reste à vivre "
            f"{euros(figures.residual_after.quantize(_CENT))} € par jour et par UC"
        )
    return tuple(reason[:1].upper() + reason[1:] for reason in reasons)


def _about_the_job(prepared: Prepared, s: int, j: int) -> str:
    seeker, offer = prepared.records.persons[s].seeker, prepared.records.offers[j]
    known = occupation(offer.occupation)
    name = f"{known.label} ({offer.occupation})" if known else offer.occupation
    if offer.occupation in seeker.occupations:
        rank = seeker.occupations.index(offer.occupation) + 1
        return f"métier souhaité, choix {rank} : {name}"
    return f"métier proche d'un métier souhaité (rang {int(prepared.fit.distance[s, j])} du ROME) : {name}"


def _about_the_home(household: Household, dwelling: Dwelling) -> str:
    known = commune(dwelling.commune)
    place = f"{dwelling.typology} à {known.name if known else dwelling.commune}"
    priority = ", public prioritaire avec justificatif" if valid_grounds(household) else ""
    for rank, wished in enumerate(household.wished_communes, start=1):
        if same_place(wished, dwelling.commune):
            return f"{place}, commune demandée en choix {rank}{priority}"
    return f"{place}, commune acceptée par le ménage{priority}"


def _warnings(
    prepared: Prepared, household: Household, dwelling: Dwelling, offer: JobOffer, s: int, figures: Figures,
    budget: Budget | None,
) -> tuple[str, ...]:
    """Return what a person should look at before proposing: rules that warn, suppositions, notes of the budget."""
    on = prepared.settings.on
    findings = [
        *judge(household, dwelling, on),
        *judge_fit(prepared.records.persons[s].seeker, offer, on),
    ]
    if figures.residual_after is not None:
        findings += judge_budget(figures.effort_after, figures.residual_after, on)
    sentences = [finding.sentence for finding in findings if not finding.passed]
    supposed = {
        "horaires": f"Horaires supposés ({offer.schedule}) : à confirmer par l'employeur.",
        "heures_hebdo": "Durée hebdomadaire supposée : à confirmer par l'employeur.",
        "salaire_brut_mensuel": "Salaire supposé (minimum légal pour la durée) : à confirmer par l'employeur.",
    }
    sentences += [words for column, words in supposed.items() if column in offer.supposed]
    if budget is not None:
        sentences += budget.notes
    return tuple(dict.fromkeys(sentences))
