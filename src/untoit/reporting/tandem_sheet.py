"""
The content of a tandem's page: one computation, shown on the professionals' page, the person's page and in the PDF.

What an audience may not read is never put in the sheet, so that no presentation can show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from untoit.core.budget.wages import gross_monthly, net_from_gross
from untoit.core.model.run import TandemRow
from untoit.core.pairing.alternatives import Alternative
from untoit.core.pairing.chances import PROJECT_CHANCES
from untoit.core.pairing.levers import Lever
from untoit.core.pairing.nearby import Stop
from untoit.core.wording import NO_BREAK, counted, euros, listed, number, typography
from untoit.core.wording.moments import DAYS, service_clock
from untoit.reporting import french, tandem_pictures
from untoit.reporting import tandem_words as words
from untoit.reporting.run_report import VERSIONS
from untoit.reporting.tandem_audience import Audience
from untoit.reporting.tandem_budget import BudgetPart, budget_part

_ALTERNATIVES = TypeAdapter(tuple[Alternative, ...])
_LEVERS = TypeAdapter(tuple[Lever, ...])
_STOPS = TypeAdapter(tuple[Stop, ...] | None)
KINDS = {
    "lieu_moins_demande": "Une commune moins demandée", "autre_logement": "Un autre logement, le même emploi",
    "autre_emploi": "Un autre emploi, le même logement",
}
# Facts of the job and of the way to it: what an employment partner may read of an alternative.
_ABOUT_WORK = frozenset({"trajet", "emploi", "salaire", "souhait_emploi", "chances", "disponibilite", "ensemble"})
_SUPPOSITIONS = ("Horaires supposés", "Durée hebdomadaire supposée", "Salaire supposé")
SUPPOSED = typography("Horaires supposés : à confirmer par l’employeur avant toute décision.")

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WayPart:
    """One way, in words, with its hours."""

    label: str
    minutes: str
    hours: str
    words: str


@dataclass(frozen=True, slots=True)
class JobPart:
    """One job of the tandem, the week, the ways there and back."""

    heading: str
    who: str
    facts: Facts
    hours: str
    supposed: str
    week: Markup
    ways: tuple[WayPart, ...]
    wait: str
    second_seeker: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a sentence; ``source`` is the text or the choice on which it rests."""

    sentence: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class AlternativePart:
    """Another possibility with its facts and its drawbacks."""

    kind: str
    heading: str
    facts: Facts
    drawbacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TandemSheet:
    """Everything that is shown of a tandem to one audience, in the order in which it is shown."""

    title: str
    who: str
    on: date
    fictitious: bool
    own: bool
    home_heading: str
    home: Facts
    jobs: tuple[JobPart, ...]
    map: Markup | None
    legend: tuple[tuple[str, str], ...]
    map_words: str
    budget: BudgetPart | None
    near: tuple[str, ...]
    reasons: tuple[Reason, ...]
    rules: tuple[Reason, ...]
    warnings: tuple[str, ...]
    alternatives: tuple[AlternativePart, ...]
    levers: tuple[str, ...]
    chance: str
    versions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Context:
    """
    What surrounds the rows of a tandem.

    ``names`` maps the number of a person to the name that the audience may read; ``extras`` is what
    :func:`untoit.core.pairing.extras.extras_of` gave; ``place_description`` is what the landlord says of the building.
    """

    on: date
    fictitious: bool = False
    names: Mapping[int, str] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    place_description: str = ""
    chances_from: str = PROJECT_CHANCES


def sheet_of(rows: Sequence[TandemRow], context: Context, audience: Audience) -> TandemSheet:
    """Return the sheet of the rows of one household and one dwelling, for one audience."""
    first, extras = rows[0], context.extras
    picture: Markup | None = None
    legend: Facts = ()
    if audience.home:
        ways = [(row.offer.position, row.commute.outward) for row in rows if row.commute is not None]
        if ways:
            picture, legend = tandem_pictures.journeys(first.dwelling.position, ways)
    names = dict.fromkeys(context.names.get(row.person, f"Personne {row.person}") for row in rows)
    sheet: TandemSheet = _typeset(TandemSheet(
        title=typography(words.title_of(rows)),
        who="" if audience.own else listed(names),
        on=context.on, fictitious=context.fictitious, own=audience.own,
        home_heading=typography(f"{first.dwelling.typology} {words.at_place(first.dwelling.commune)}"),
        home=tuple(_home(first, audience)),
        jobs=tuple(_job(row, len(rows) > 1, context, audience) for row in rows),
        map=picture, legend=legend, map_words=_map_words(rows),
        budget=budget_part(first.budget, first, audience) if audience.budget else None,
        near=tuple(_near(first, context)) if audience.home else (),
        reasons=tuple(_reasons(rows, audience)),
        rules=tuple(_rules(extras, audience)),
        warnings=tuple(dict.fromkeys(_warnings(rows, extras, audience))),
        alternatives=tuple(_alternatives(extras, audience)),
        levers=tuple(_levers(context, audience)),
        chance=_chance(rows, context.chances_from),
        versions=tuple((VERSIONS.get(name, name), value) for name, value in context.versions.items()),
    ))
    return sheet


def _typeset(value: Any) -> Any:
    """Return the same content with typographic apostrophes; pictures stay as they are."""
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _typeset(getattr(value, each.name)) for each in fields(value)})
    return tuple(map(_typeset, value)) if isinstance(value, tuple) else french.typography(value)


def _home(row: TandemRow, audience: Audience) -> Iterator[tuple[str, str]]:
    dwelling = row.dwelling
    if not audience.home:
        yield "Logement", f"{dwelling.typology}, {words.place(dwelling.commune)}"
        return
    yield "Logement", f"{dwelling.typology} de {number(dwelling.surface_m2)}{NO_BREAK}m²"
    town = words.place(dwelling.commune)
    address = dwelling.address or ""
    yield "Adresse", address if address.endswith(town) else ", ".join(filter(None, (address, town)))
    if dwelling.building:
        yield "Résidence", dwelling.building
    yield "Loyer et charges", typography(
        f"{euros(dwelling.rent_eur)} € + {euros(dwelling.charges_eur)} € = {euros(dwelling.outlay_eur)} € par mois"
    )
    if audience.budget and row.budget:
        benefit = row.budget[-1].housing_benefit_eur
        at_first = row.budget[min(1, len(row.budget) - 1)].housing_benefit_eur
        yield "Aide au logement (estimation)", typography(
            f"{euros(round(at_first))} € par mois au début, {euros(round(benefit))} € au 15e mois ; "
            "seule la Caf décide"
        )
    yield "Étage et accès", words.floor(dwelling)
    yield "Énergie (DPE)", dwelling.energy_label or "non renseigné"
    yield "Disponible", f"le {dwelling.available_on:%d/%m/%Y}"
    yield "Bailleur", f"{dwelling.landlord}, financement {dwelling.funding.value}"


def _job(row: TandemRow, several: bool, context: Context, audience: Audience) -> JobPart:
    offer, commute = row.offer, row.commute
    mode = words.MODES.get(row.outward_mode, row.outward_mode)
    ways: tuple[WayPart, ...] = ()
    wait = ""
    if commute is not None:
        ways = tuple(
            WayPart(
                label, counted(minutes, "minute", "minutes"),
                f"départ {service_clock(round(way.depart_min))}, arrivée {service_clock(round(way.arrive_min))}",
                typography(way.words),
            )
            for label, minutes, way in (
                ("Aller", row.outward_min, commute.outward), ("Retour", row.back_min, commute.back)
            )
        )
        wait = f"Le jour le plus long de la semaine est donné ici ({DAYS[commute.weekday]}), {mode}."
        if commute.wait_before_shift_min:
            minutes = counted(commute.wait_before_shift_min, "minute", "minutes")
            wait += f" Il reste {minutes} avant la prise de poste."
    who = context.names.get(row.person, f"Personne {row.person}") if several else ""
    return JobPart(
        heading=offer.title, who=who, facts=tuple(_job_facts(row, context.on)), hours=words.hours(offer.schedule),
        supposed=SUPPOSED if row.schedule_supposed else "", week=tandem_pictures.week(offer.schedule), ways=ways,
        wait=typography(wait), second_seeker=row.second_seeker or "" if not several else "",
    )


def _job_facts(row: TandemRow, on: date) -> Iterator[tuple[str, str]]:
    offer = row.offer
    yield "Employeur", offer.employer
    yield "Lieu", words.place(offer.commune) + (" (centre de la commune)" if "position" in offer.supposed else "")
    yield "Contrat", typography(words.contract(offer))
    gross, supposed = gross_monthly(offer, on)
    net = float(net_from_gross(float(gross), on))
    note = " ; salaire supposé, à confirmer" if supposed else ""
    yield "Salaire", typography(f"{euros(gross)} € brut par mois, {words.about(net)} net (estimation{note})")


def _map_words(rows: Sequence[TandemRow]) -> str:
    return typography(" ".join(
        f"Le poste {words.of_job(row.offer.title)} est {words.at_place(row.offer.commune)}, à "
        f"{counted(row.outward_min, 'minute', 'minutes')} à l’aller et {row.back_min} au retour, "
        f"{words.MODES.get(row.outward_mode, row.outward_mode)}."
        for row in rows
    ))


def _near(row: TandemRow, context: Context) -> Iterator[str]:
    stops = _STOPS.validate_python(context.extras.get("near", {}).get(row.dwelling.reference))
    if stops is None:
        yield typography("Arrêts de transport : non calculés pour ce logement.")
    elif not stops:
        yield "Aucun arrêt de transport desservi ce jour-là à distance de marche."
    else:
        for stop in stops:
            yield typography(
                f"{stop.name}, à {counted(stop.walk_min, 'minute', 'minutes')} à pied : {listed(stop.lines)}"
            )
    yield context.place_description or (
        typography(
            "Commerces, écoles et services : le bailleur ne les a pas décrits ; à regarder ensemble lors de la visite."
        )
    )


def _topic(sentence: str) -> str:
    """Return what a reason of the run tells: the way, the job, the budget or the home."""
    for topic, sign in (("way", "à l'aller"), ("job", "étier "), ("budget", "taux d'effort")):
        if sign in sentence:
            return topic
    return "home"


def _reasons(rows: Sequence[TandemRow], audience: Audience) -> Iterator[Reason]:
    for row in rows:
        for sentence in row.reasons:
            topic = _topic(sentence)
            if topic == "way" and not audience.job_wishes:
                sentence = re.sub(r" \([\d\s]+ acceptées\)", "", sentence)
            hidden = (
                (topic == "job" and not audience.job_wishes) or (topic == "budget" and not audience.budget)
                or (topic == "home" and not audience.housing_file)
            )
            if not hidden:
                yield Reason(sentence)


def _shown_rules(extras: Mapping[str, Any], audience: Audience) -> Iterator[dict[str, Any]]:
    for name, shown in (("housing_rules", audience.housing_file), ("work_rules", audience.job_wishes)):
        if shown:
            for findings in extras.get(name, {}).values():
                yield from findings


def _rules(extras: Mapping[str, Any], audience: Audience) -> Iterator[Reason]:
    seen = set()
    for finding in _shown_rules(extras, audience):
        if finding["passed"] and finding["sentence"] not in seen:
            seen.add(finding["sentence"])
            check = " (valeur à vérifier)" if finding["to_check"] else ""
            yield Reason(finding["sentence"], finding["source"] + check)


def _warnings(rows: Sequence[TandemRow], extras: Mapping[str, Any], audience: Audience) -> Iterator[str]:
    """Yield the warnings of the run that this audience may read; what cannot be told apart is kept from it."""
    known = {
        kind: {one["sentence"] for findings in extras.get(kind, {}).values() for one in findings}
        for kind in ("housing_rules", "work_rules")
    }
    for row in rows:
        for sentence in row.warnings:
            if sentence.startswith(_SUPPOSITIONS):
                shown = True
            elif sentence in known["housing_rules"]:
                shown = audience.housing_file
            elif sentence in known["work_rules"]:
                shown = audience.job_wishes
            else:
                shown = audience.budget and (audience.job_wishes or bool(extras))
            if shown and (audience.rsa or not _mentions_rsa(sentence)):
                yield sentence


def _mentions_rsa(sentence: str) -> bool:
    return bool(re.search(r"\bRSA\b|revenu de solidarité", sentence, re.IGNORECASE))


def _alternatives(extras: Mapping[str, Any], audience: Audience) -> Iterator[AlternativePart]:
    for one in _ALTERNATIVES.validate_python(extras.get("alternatives", ())):
        drawbacks = [
            each.sentence for each in one.drawbacks
            if (audience.home or each.code in _ABOUT_WORK) and (audience.budget or each.code != "cout")
            and (audience.job_wishes or each.code != "souhait_emploi")
        ]
        yield AlternativePart(
            kind=KINDS[one.kind],
            heading=typography(
                f"{one.dwelling.typology} {words.at_place(one.dwelling.commune)}, {words.job_name(one.offer.title)}"
            ),
            facts=tuple(_alternative_facts(one, audience)),
            drawbacks=tuple(drawbacks) or ("aucun inconvénient relevé dans ce que vous pouvez lire",),
        )


def _alternative_facts(one: Alternative, audience: Audience) -> Iterator[tuple[str, str]]:
    mode = words.MODES.get(one.estimate.mode, one.estimate.mode)
    yield "Trajet le plus long", f"{counted(one.estimate.longest_min, 'minute', 'minutes')} {mode}"
    if one.kind == "autre_emploi":
        yield "Employeur", f"{one.offer.employer}, {words.CONTRACTS[one.offer.contract]}"
    if audience.home:
        if audience.budget:
            yield "À payer pour se loger", f"{words.about(one.estimate.net_cost_eur)} par mois, aide déduite"
        if one.kind != "autre_emploi":
            yield "Clés", f"le {one.dwelling.available_on:%d/%m/%Y}, {number(one.dwelling.surface_m2)}{NO_BREAK}m²"
            if one.stops:
                stop = one.stops[0]
                yield "À proximité", f"{stop.name} à {stop.walk_min}{NO_BREAK}min à pied ({listed(stop.lines[:3])})"
            if not audience.own and one.interested < one.interested_here:
                others = counted(one.interested, "ménage", "ménages") if one.interested else "aucun ménage"
                yield "Demande", f"{others} du calcul, contre {one.interested_here} pour le logement proposé"


def _levers(context: Context, audience: Audience) -> Iterator[str]:
    for one in _LEVERS.validate_python(context.extras.get("levers", ())):
        hidden = (
            (one.touches == "logement" and not audience.housing_file)
            # The limit that is stretched, the hours and the occupations are what the person asks of a job.
            or (one.touches in ("metier", "horaires") and not audience.job_wishes)
            or (one.code == "trajet_15" and not audience.job_wishes)
        )
        if not hidden:
            who = "" if one.person is None else context.names.get(one.person, f"Personne {one.person}") + " – "
            yield who + one.sentence


def _chance(rows: Sequence[TandemRow], chances_from: str) -> str:
    fails = Decimal(1)
    for row in rows:
        fails *= 1 - row.probability
    return typography(
        f"{number(round(100 * (1 - fails)))} % de chances que le bail soit signé et que l’emploi tienne, d’après les "
        f"{chances_from} : une indication, pas une promesse."
    )
