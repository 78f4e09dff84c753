"""Why this tandem, and "pourquoi pas celui-là ?": rule by rule, with the price of imposing it on the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from untoit.core.errors import UnusableInput
from untoit.core.matching import Plan
from untoit.core.mobility.assumptions import Assumptions
from untoit.core.mobility.journeys import detail, explain_infeasible
from untoit.core.model.finding import Finding
from untoit.core.pairing.chances import MICRO
from untoit.core.pairing.left_out import MODE_WORDS, Market, clock, explain_left_out
from untoit.core.pairing.options import NO_WAY
from untoit.core.pairing.run import Prepared, choose, problem_of
from untoit.core.rules.housing import judge
from untoit.core.rules.rule import blocks
from untoit.core.rules.work import judge_fit
from untoit.core.wording import counted, number


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a household, and perhaps a dwelling, an offer and a person, by their references."""

    application_number: str
    dwelling: str | None = None
    offer: str | None = None
    person: int | None = None


def explain(prepared: Prepared, plan: Plan, question: Question) -> Iterator[str]:
    """
    Yield the lines of the answer, in French.

    Raises
    ------
    UnusableInput
        When a reference is in none of the files.
    """
    h = _find(
        [household.application_number for household in prepared.records.households],
        question.application_number, "ménage",
    )
    if question.dwelling is None and question.offer is None:
        yield from _about_household(prepared, plan, h)
        return
    yield f"Ménage {question.application_number}"
    d = j = None
    if question.dwelling is not None:
        d = _find([dwelling.reference for dwelling in prepared.records.dwellings], question.dwelling, "logement")
        yield f"\nLogement {question.dwelling}"
        yield from _findings(judge(prepared.records.households[h], prepared.records.dwellings[d], prepared.settings.on))
    for s in _seekers(prepared, h, question.person):
        if question.offer is not None:
            j = _find([offer.reference for offer in prepared.records.offers], question.offer, "offre")
            yield f"\nOffre {question.offer}, personne {prepared.records.persons[s].number}"
            seeker, offer = prepared.records.persons[s].seeker, prepared.records.offers[j]
            yield from _findings(judge_fit(seeker, offer, prepared.settings.on))
        if d is not None and j is not None:
            yield "\nTrajet"
            yield from _commute(prepared, s, d, j)
            yield "\nDans la meilleure répartition"
            yield from _price(prepared, plan, h, s, d, j)


def _about_household(prepared: Prepared, plan: Plan, h: int) -> Iterator[str]:
    options, records = prepared.options, prepared.records
    mine = [int(o) for o in plan.options if options.pair_household[options.pair[o]] == h]
    market = Market.of(prepared, plan)
    possible = market.options_of(h)
    pairs = options.pair[possible]
    yield (
        f"Ménage {records.households[h].application_number} : "
        f"{counted(int(prepared.lawful[h].sum()), 'logement possible', 'logements possibles')}, "
        f"{counted(len(possible), 'tandem possible', 'tandems possibles')}."
    )
    if not mine:
        one = explain_left_out(prepared, market, h)
        yield f"Non placé, étape « {one.stage} » : {one.reason}"
        if one.nearest_change:
            yield f"Ce qui changerait le résultat : {one.nearest_change}"
        return
    for o in mine:
        dwelling, offer = records.dwellings[options.pair_dwelling[options.pair[o]]], records.offers[options.offer[o]]
        person = records.persons[options.seeker[o]].number
        yield f"Proposé : logement {dwelling.reference}, offre {offer.reference} pour la personne {person}."
    others = [int(o) for o in possible[np.argsort(-prepared.value[possible], kind="stable")] if int(o) not in mine]
    if others:
        o = others[0]
        dwelling, offer = records.dwellings[options.pair_dwelling[options.pair[o]]], records.offers[options.offer[o]]
        yield (
            f"Autre possibilité la mieux notée pour ce ménage : logement {dwelling.reference}, offre {offer.reference} "
            f"(parmi {counted(len(np.unique(pairs)), 'logement', 'logements')})."
        )


def _commute(prepared: Prepared, s: int, d: int, j: int) -> Iterator[str]:
    """Say, for each mode that the person has, what the way takes and whether it is within the person's limits."""
    reach, limits, on = prepared.reach, prepared.limits, prepared.settings.on
    home, offer = prepared.records.dwellings[d].position, prepared.records.offers[j]
    assumptions = Assumptions.default(on)
    for m, mode in enumerate(prepared.modes):
        if not limits.has_mode[s, m]:
            continue
        words = MODE_WORDS[mode]
        if NO_WAY in (reach.outward[m, d, j], reach.back[m, d, j]):
            why = explain_infeasible(
                prepared.network, home, offer.position, offer.schedule, on, mode, assumptions
            )
            yield f"✘ {words} : {why}"
            continue
        obstacles = []
        longest = max(int(reach.outward[m, d, j]), int(reach.back[m, d, j]))
        if longest > limits.commute[s]:
            obstacles.append(f"{longest} min pour {limits.commute[s]} acceptées")
        if reach.leaves[m, d, j] < limits.leaves_no_earlier[s]:
            obstacles.append(
                f"départ à {clock(int(reach.leaves[m, d, j]))}, pas avant {clock(int(limits.leaves_no_earlier[s]))}"
            )
        if reach.back_at[m, d, j] > limits.back_no_later[s]:
            obstacles.append(
                f"retour à {clock(int(reach.back_at[m, d, j]))}, au plus tard {clock(int(limits.back_no_later[s]))}"
            )
        way = detail(prepared.network, home, offer.position, offer.schedule, on, mode, assumptions)
        mark = "✘" if obstacles else "✔"
        yield f"{mark} {words} : {way.outward_min} min aller, {way.back_min} min retour. " + " ; ".join(obstacles)
        yield f"    aller : {way.outward.words}"
        yield f"    retour : {way.back.words}"


def _price(prepared: Prepared, plan: Plan, h: int, s: int, d: int, j: int) -> Iterator[str]:
    """Say whether the triple is in the plan, and what imposing it would cost the whole, by solving again with it."""
    options = prepared.options
    found = np.flatnonzero(
        (options.pair_household[options.pair] == h) & (options.pair_dwelling[options.pair] == d)
        & (options.seeker == s) & (options.offer == j)
    )
    if not found.size:
        yield "Ce tandem n'est pas possible : voir ci-dessus ce qui l'arrête."
        return
    if int(found[0]) in set(plan.options.tolist()):
        yield "C'est le tandem proposé."
        return
    imposed = choose(problem_of(prepared, pinned=found), prepared.settings)
    lost = Decimal(plan.value - imposed.value) / MICRO
    moved = len(set(_tandems(prepared, plan)) - set(_tandems(prepared, imposed)))
    if lost <= 0:
        yield "Ce tandem est possible sans rien perdre : le conseiller peut le choisir."
    else:
        yield (
            f"Ce tandem est possible, mais l'imposer coûterait {number(lost, 3)} point à l'ensemble "
            f"({number(Decimal(plan.value) / MICRO, 3)} aujourd'hui)."
        )
    yield f"{counted(moved, 'proposition changerait', 'propositions changeraient')} pour lui faire place."


def _tandems(prepared: Prepared, plan: Plan) -> Iterator[tuple[int, int, int]]:
    options = prepared.options
    for o in plan.options:
        yield int(options.pair[o]), int(options.seeker[o]), int(options.offer[o])


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        mark = "✘" if blocks(finding) else "✔" if finding.passed else "⚠"
        yield f"{mark} {finding.sentence}" + (f"  [{finding.source}]" if finding.source else "")


def _seekers(prepared: Prepared, h: int, person: int | None) -> list[int]:
    numbers = [
        int(s) for s in np.flatnonzero(prepared.records.person_household == h)
        if person is None or prepared.records.persons[s].number == person
    ]
    if not numbers:
        who = "" if person is None else f" numéro {person}"
        raise UnusableInput(f"Ce ménage n'a pas de personne{who} en recherche d'emploi dans le fichier des personnes.")
    return numbers


def _find(references: list[str], wanted: str, what: str) -> int:
    try:
        return references.index(wanted)
    except ValueError:
        raise UnusableInput(f"Le {what} « {wanted} » n'est dans aucun des fichiers donnés.".replace(
            "Le offre", "L'offre")) from None


