"""Who is left out: the first stage that stopped the household, its numbers, and the nearest change that would not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from untoit.core.matching import Plan
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.run import LeftOut
from untoit.core.model.work import JobOffer, Mode
from untoit.core.pairing.options import NO_WAY
from untoit.core.pairing.run import Prepared
from untoit.core.rules.housing import HOUSING_RULES
from untoit.core.rules.work import WORK_RULES
from untoit.core.territory.communes import commune
from untoit.core.territory.occupations import occupation
from untoit.core.wording import NO_BREAK, counted, euros, listed
from untoit.core.wording.moments import service_clock

MODE_WORDS = {Mode.WALK: "à pied", Mode.BIKE: "à vélo", Mode.TRANSIT: "en transports", Mode.CAR: "en voiture"}
_NUMBER_OF_RULES_QUOTED = 3


def left_out(prepared: Prepared, plan: Plan) -> tuple[LeftOut, ...]:
    """Return every household that the plan leaves out, in the order of the records."""
    placed = np.zeros(len(prepared.records.households), np.bool_)
    placed[prepared.options.pair_household[plan.pairs]] = True
    market = Market.of(prepared, plan)
    return tuple(explain_left_out(prepared, market, int(h)) for h in np.flatnonzero(~placed))


def explain_left_out(prepared: Prepared, market: Market, h: int) -> LeftOut:
    """Return why household ``h`` is not in the plan."""
    household = prepared.records.households[h]
    seekers = np.flatnonzero(prepared.records.person_household == h)
    dwellings = np.flatnonzero(prepared.lawful[h])
    if not prepared.consented[h]:
        stage, (reason, change) = "consentement", _without_consent(prepared, h)
    elif not dwellings.size:
        stage, (reason, change) = "eligibilite", _without_dwelling(prepared, h)
    elif not prepared.fit.allowed[seekers].any():
        stage, (reason, change) = "emploi", _without_job(prepared, seekers)
    elif market.options_of(h).size == 0:
        stage, (reason, change) = "trajet", _without_way(prepared, seekers, dwellings)
    else:
        stage, (reason, change) = "capacite", market.without_room(h)
    return LeftOut(household.application_number, stage, reason, change, bool(prepared.priority[h]))


Why = tuple[str, str | None]


def _without_consent(prepared: Prepared, h: int) -> Why:
    household, on = prepared.records.households[h], prepared.settings.on
    if household.consented_on is None:
        return (
            "Aucun consentement au rapprochement n'est enregistré.",
            "Recueillir le consentement du ménage, puis renseigner date_consentement.",
        )
    return (
        f"Le consentement est daté du {household.consented_on:%d/%m/%Y}, après la date du calcul ({on:%d/%m/%Y}).",
        "Vérifier la date de consentement, ou relancer le calcul à une date postérieure.",
    )


def _without_dwelling(prepared: Prepared, h: int) -> Why:
    dwellings = prepared.records.dwellings
    if not dwellings:
        return "Aucun logement vacant n'est dans le fichier.", None
    blocking = prepared.eligibility.blocking[h]
    labels = [rule.label for rule in HOUSING_RULES]
    reason = (
        f"Aucun des {counted(len(dwellings), 'logement', 'logements')} ne peut être proposé : "
        f"{_first_rules(prepared.eligibility.first_excluding[h], labels, 'écarté', 'écartés')}."
    )
    alone = _blocked_by_one_rule_only(blocking, len(HOUSING_RULES))
    if not alone:
        return reason, "Au moins deux conditions manquent pour chaque logement : à revoir avec le ménage."
    number, columns = alone
    change = _HOUSING_CHANGES.get(HOUSING_RULES[number].code) or _only_obstacle(labels[number])
    words, opened = change([dwellings[column] for column in columns])
    return reason, f"{words} : {counted(opened, 'logement s’ouvrirait', 'logements s’ouvriraient')}."


def _without_job(prepared: Prepared, seekers: NDArray[np.intp]) -> Why:
    offers = prepared.records.offers
    if not seekers.size:
        return (
            "Aucune personne de ce ménage n'est dans le fichier des personnes en recherche d'emploi.",
            "Ajouter la personne et ses métiers souhaités dans personnes.csv.",
        )
    if not offers:
        return "Aucune offre d'emploi n'est dans le fichier.", None
    labels = [rule.label for rule in WORK_RULES]
    best: tuple[int, list[int], int] | None = None
    for s in seekers:
        alone = _blocked_by_one_rule_only(prepared.fit.blocking[s], len(WORK_RULES))
        if alone and (best is None or len(alone[1]) > len(best[1])):
            best = (*alone, int(s))
    first = seekers[0] if best is None else best[2]
    reason = (
        f"Aucune des {counted(len(offers), 'offre', 'offres')} ne correspond : "
        f"{_first_rules(prepared.fit.first_excluding[first], labels, 'écartée', 'écartées')}."
    )
    if best is None:
        return reason, "Au moins deux conditions manquent pour chaque offre : à revoir avec la personne."
    number, columns, s = best
    change = _WORK_CHANGES.get(WORK_RULES[number].code) or _only_obstacle(labels[number])
    words, opened = change([offers[column] for column in columns])
    return reason, f"{words} : {counted(opened, 'offre s’ouvrirait', 'offres s’ouvriraient')}."


def _without_way(prepared: Prepared, seekers: NDArray[np.intp], dwellings: NDArray[np.intp]) -> Why:
    """Say how far the nearest commute is from what the person accepts, and the smallest change that would open it."""
    misses = [
        miss
        for s in seekers
        if (miss := _nearest_way(prepared, int(s), dwellings, np.flatnonzero(prepared.fit.allowed[s]))) is not None
    ]
    pairs = sum(dwellings.size * int(prepared.fit.allowed[s].sum()) for s in seekers)
    tried = counted(pairs, "trajet étudié", "trajets étudiés")
    if not misses:
        return f"{tried.capitalize()}, aucun n'existe en moins de 120 min aux heures des postes avec ses moyens.", (
            _with_another_mode(prepared, seekers, dwellings)
            or "Aucun moyen de transport n'y suffit : chercher des offres plus proches ou à d'autres horaires."
        )
    miss = min(misses, key=lambda way: way.cost)
    return f"{tried.capitalize()}, aucun dans les limites données ; le plus proche : {miss.words}.", (
        _with_another_mode(prepared, seekers, dwellings) if miss.cost > _LARGE_CHANGE_MIN else None
    ) or miss.change


# Beyond this many minutes asked of somebody, another way to travel is the smaller change.
_LARGE_CHANGE_MIN = 30


@dataclass(frozen=True, slots=True)
class _Miss:
    """A way that exists outside the limits of the person: ``cost`` minutes beyond them in all."""

    cost: int
    words: str
    change: str


def _nearest_way(
    prepared: Prepared, s: int, dwellings: NDArray[np.intp], offers: NDArray[np.intp]
) -> _Miss | None:
    reach, limits = prepared.reach, prepared.limits
    grid = np.ix_(np.flatnonzero(limits.has_mode[s]), dwellings, offers)
    longest = np.maximum(reach.outward[grid], reach.back[grid]).astype(np.int32)
    too_long = np.maximum(longest - limits.commute[s], 0)
    too_early = np.maximum(limits.leaves_no_earlier[s] - reach.leaves[grid].astype(np.int32), 0)
    too_late = np.maximum(reach.back_at[grid].astype(np.int32) - limits.back_no_later[s], 0)
    cost = np.where(longest == NO_WAY, np.iinfo(np.int32).max, too_long + too_early + too_late)
    if not cost.size or cost.min() == np.iinfo(np.int32).max:
        return None
    m, d, j = (int(index) for index in np.unravel_index(int(cost.argmin()), cost.shape))
    dwelling = prepared.records.dwellings[dwellings[d]]
    offer = prepared.records.offers[offers[j]]
    mode = prepared.modes[int(np.flatnonzero(limits.has_mode[s])[m])]
    changes: list[str] = []
    words = [
        f"{longest[m, d, j]}{NO_BREAK}min {MODE_WORDS[mode]} pour {limits.commute[s]}{NO_BREAK}min acceptées"
    ]
    if too_long[m, d, j]:
        changes.append(f"accepter {counted(int(too_long[m, d, j]), 'minute', 'minutes')} de trajet de plus")
    if too_early[m, d, j]:
        leaves = int(reach.leaves[grid][m, d, j])
        words.append(f"départ à {clock(leaves)}, possible à partir de {clock(int(limits.leaves_no_earlier[s]))}")
        changes.append(f"pouvoir partir dès {clock(leaves)} (par exemple avec une garde d'enfant le matin)")
    if too_late[m, d, j]:
        back_at = int(reach.back_at[grid][m, d, j])
        words.append(f"retour à {clock(back_at)}, attendu au plus tard à {clock(int(limits.back_no_later[s]))}")
        changes.append(f"pouvoir rentrer jusqu'à {clock(back_at)} (par exemple avec une garde d'enfant le soir)")
    place = f"{offer.title}, {offer.employer}, depuis {_place(dwelling)}"
    sentence = listed(changes)
    return _Miss(int(cost[m, d, j]), f"{place}, {', '.join(words)}", sentence[:1].upper() + sentence[1:] + ".")


def _with_another_mode(
    prepared: Prepared, seekers: NDArray[np.intp], dwellings: NDArray[np.intp]
) -> str | None:
    """Return the first of bicycle and car that the person does not have and that would bring a job within reach."""
    for mode, words in ((Mode.BIKE, "Avec un vélo"), (Mode.CAR, "Avec un permis et une voiture")):
        if mode not in prepared.modes:
            continue
        m, opened = prepared.modes.index(mode), 0
        for s in seekers:
            if prepared.limits.has_mode[s, m]:
                continue
            grid = np.ix_(np.array([m]), dwellings, np.flatnonzero(prepared.fit.allowed[s]))
            longest = np.maximum(prepared.reach.outward[grid], prepared.reach.back[grid])
            opened += int(
                (
                    (longest <= prepared.limits.commute[s])
                    & (prepared.reach.leaves[grid] >= prepared.limits.leaves_no_earlier[s])
                    & (prepared.reach.back_at[grid] <= prepared.limits.back_no_later[s])
                ).any(axis=1).sum()
            )
        if opened:
            return f"{words}, un poste serait à portée depuis {counted(opened, 'logement', 'logements')}."
    return None


@dataclass(frozen=True, slots=True)
class Market:
    """Prices of the plan and who competes for what: why a household with possibilities gets none."""

    prepared: Prepared
    plan: Plan
    start: NDArray[np.intp]
    interested: NDArray[np.int64]

    @classmethod
    def of(cls, prepared: Prepared, plan: Plan) -> Market:
        """Index the options by household, and count the households interested in each dwelling."""
        options = prepared.options
        household = options.pair_household[options.pair]
        start = np.searchsorted(household, np.arange(len(prepared.records.households) + 1))
        interested = np.bincount(options.pair_dwelling, minlength=len(prepared.records.dwellings))
        return cls(prepared, plan, start, interested)

    def options_of(self, h: int) -> NDArray[np.intp]:
        """Return the numbers of the options of a household."""
        return np.arange(self.start[h], self.start[h + 1])

    def without_room(self, h: int) -> Why:
        """Say what was possible, who competes for it, and whether one more home or one more job would have sufficed."""
        options, records, plan = self.prepared.options, self.prepared.records, self.plan
        mine = self.options_of(h)
        pair = options.pair[mine]
        d, j = options.pair_dwelling[pair], options.offer[mine]
        value = self.prepared.value[mine]
        home_price, job_price = plan.dwelling_prices[d], plan.offer_prices[j]
        best = int(np.argmax(value - home_price - job_price))
        dwelling, offer = records.dwellings[d[best]], records.offers[j[best]]
        homes, jobs = len(np.unique(d)), len(np.unique(j))
        reason = (
            f"{counted(homes, 'logement', 'logements')} et {counted(jobs, 'offre', 'offres')} étaient possibles, mais "
            "sont pris dans la meilleure répartition d'ensemble : le plus accessible, "
            f"{_place(dwelling)}, convient à {counted(int(self.interested[d[best]]), 'ménage', 'ménages')}."
        )
        # What one more dwelling, or one more opening, would save this household: the price it does not have to pay.
        if home_price[best] >= job_price[best]:
            return reason, f"Un logement de plus comme {_place(dwelling)} ({dwelling.typology}) ouvrirait une place."
        return reason, f"Un poste de plus comme « {offer.title} » chez {offer.employer} ouvrirait une place."


def clock(minutes: int) -> str:
    """Return a time of day from minutes after midnight of the service day: 1530 is ``1 h 30 le lendemain``."""
    return service_clock(minutes)


def _place(dwelling: Dwelling) -> str:
    known = commune(dwelling.commune)
    return f"{dwelling.reference} à {known.name if known else dwelling.commune}"


def _first_rules(first: NDArray[np.uint8], labels: list[str], one: str, many: str) -> str:
    numbers, counts = np.unique(first, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_NUMBER_OF_RULES_QUOTED]
    return listed(
        f"{counted(int(counts[i]), one, many)} par « {labels[int(numbers[i])]} »" for i in order
    )


def _blocked_by_one_rule_only(blocking: NDArray[np.uint16], rules: int) -> tuple[int, list[int]] | None:
    """Return the rule that alone stops most of a row, and the columns that it alone stops."""
    alone = {number: np.flatnonzero(blocking == 1 << number) for number in range(rules)}
    number = max(alone, key=lambda rule: len(alone[rule]))
    return (number, [int(column) for column in alone[number]]) if len(alone[number]) else None


Opened = tuple[str, int]
"""A change in words, and how many dwellings or offers it would open by itself."""


def _only_obstacle(label: str) -> Callable[[list[Any]], Opened]:
    return lambda opened: (f"« {label} » est le seul obstacle", len(opened))


def _always(words: str) -> Callable[[list[Any]], Opened]:
    return lambda opened: (words, len(opened))


def _most_frequent(values: list[str]) -> Opened:
    """Return the value that comes most often, the first in order when several do, and how often."""
    codes, counts = np.unique(values, return_counts=True)
    return str(codes[counts.argmax()]), int(counts.max())


def _commune_change(opened: list[Dwelling]) -> Opened:
    code, count = _most_frequent([dwelling.commune for dwelling in opened])
    known = commune(code)
    return f"Accepter aussi {known.name if known else code}", count


def _outlay_change(opened: list[Dwelling]) -> Opened:
    least = min(dwelling.outlay_eur for dwelling in opened)
    return f"Porter la dépense acceptée à {euros(least)} €", sum(d.outlay_eur == least for d in opened)


def _typology_change(opened: list[Dwelling]) -> Opened:
    typology, count = _most_frequent([dwelling.typology for dwelling in opened])
    return f"Accepter aussi un {typology}", count


def _occupation_change(opened: list[JobOffer]) -> Opened:
    code, count = _most_frequent([offer.occupation for offer in opened])
    known = occupation(code)
    return f"Envisager aussi le métier {known.label if known else code} ({code})", count


def _contract_change(opened: list[JobOffer]) -> Opened:
    contract, count = _most_frequent([offer.contract.value for offer in opened])
    return f"Accepter aussi un contrat {contract}", count


def _licence_change(opened: list[JobOffer]) -> Opened:
    wanted, count = _most_frequent([listed(sorted(offer.licences)) for offer in opened])
    return f"Obtenir le permis ou le certificat {wanted}", count


_HOUSING_CHANGES: dict[str, Callable[[list[Dwelling]], Opened]] = {
    "commune_souhaitee": _commune_change,
    "depense_acceptee": _outlay_change,
    "typologie_souhaitee": _typology_change,
    "flux_de_reservation": _always("Vérifier sur quels flux de réservation le ménage peut être proposé"),
    "etage_accessible": _always("Accepter un étage plus élevé sans ascenseur"),
    "acces_sans_marche": _always("Rendre l'accès possible sans marche"),
}
_WORK_CHANGES: dict[str, Callable[[list[JobOffer]], Opened]] = {
    "metier_souhaite_ou_proche": _occupation_change,
    "contrat_accepte": _contract_change,
    "jours_travaillables": _always("Pouvoir travailler d'autres jours"),
    "heures_acceptees": _always("Accepter une autre durée hebdomadaire"),
    "permis_detenus": _licence_change,
    "niveau_de_francais": _always("Suivre une formation linguistique"),
    "experience_suffisante": _always("Montrer son expérience par une immersion (PMSMP)"),
}
