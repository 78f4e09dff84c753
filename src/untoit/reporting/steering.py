"""
The steering report: counts by commune and by month, with no figure that could point at somebody.

Cells under ``k`` (``permissions.yaml``) are masked, and cannot be found by subtraction either
(:mod:`untoit.core.indicators.masking`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth
from markupsafe import Markup

from untoit.core.indicators.masking import Figure, masked, masked_total
from untoit.core.territory.communes import commune
from untoit.core.wording import moments
from untoit.records.applicants.models import Household, Link
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Review, Run, Tandem
from untoit.records.partners.rights import Actor, policy, require
from untoit.records.stock.models import Vacancy
from untoit.reporting import charts, french

RELEASED = ("released", "closed")
MONTHS_SHOWN = 12
BEFORE = "0000-00"
BAR = "#2e867d"
# Enough to read a bar chart; the table beside has every commune.
BARS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One commune or one month, with a figure a measure, in the order of the measures."""

    label: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One table: the lines and their totals, and the chart of each measure that has something to draw."""

    title: str
    first_column: str
    measures: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line
    charts: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class SteeringReport:
    """What a funder or a steering committee reads."""

    on: date
    k: int
    headlines: tuple[tuple[str, Figure, str], ...]
    by_commune: Breakdown
    by_month: Breakdown

    @property
    def breakdowns(self) -> tuple[Breakdown, ...]:
        """The tables, in order."""
        return self.by_commune, self.by_month

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to count yet."""
        return all(figure.value == 0 for _, figure, _ in self.headlines)


CANDIDATES, VACANCIES, OFFERS, RUNS = (
    "Candidats accompagnés", "Logements ouverts", "Offres ouvertes", "Calculs diffusés"
)
PROPOSED, ACCEPTED = "Tandems proposés", "Tandems retenus"
_COMMUNE_MEASURES = (CANDIDATES, VACANCIES, OFFERS, PROPOSED, ACCEPTED)
_MONTH_MEASURES = (CANDIDATES, VACANCIES, OFFERS, RUNS, PROPOSED, ACCEPTED)
# What a bar chart says better than the table.
_DRAWN = (CANDIDATES, VACANCIES, OFFERS)
# A run is an act of an organisation, it counts nobody.
_NOT_PERSONAL = frozenset({RUNS})


def steering_report(actor: Actor) -> SteeringReport:
    """Return the report of the whole scheme on the actor's day; 404 for who has no aggregate right."""
    require(actor, "steering_report")
    k = int(policy()["aggregate_k"])
    places, months = _counts(actor.today)
    by_commune = _breakdown("Par commune", "Commune", _COMMUNE_MEASURES, places, _commune_name, k, drawn=_DRAWN)
    by_month = _breakdown("Par mois", "Mois", _MONTH_MEASURES, months, _month_label, k)
    return SteeringReport(actor.today, k, _headlines(by_commune, by_month), by_commune, by_month)


def _breakdown(
    title: str, first_column: str, measures: Sequence[str], counted: Mapping[str, Counter[str]],
    name_of: Callable[[str], str], k: int, *, drawn: Sequence[str] = (),
) -> Breakdown:
    keys = {key for values in counted.values() for key in values}
    # Communes by name, months in order.
    ordered = sorted(keys, key=(lambda key: _plain(name_of(key))) if drawn else str)
    columns: dict[str, dict[str, Figure]] = {}
    totals: dict[str, Figure] = {}
    for measure in measures:
        values = {key: counted[measure][key] for key in ordered}
        limit = 1 if measure in _NOT_PERSONAL else k
        if measure == ACCEPTED:
            among = {key: counted[PROPOSED][key] for key in ordered}
            # Where the tandems proposed are masked, the part that was accepted is too: it would bound them.
            secret = frozenset(key for key, figure in columns[PROPOSED].items() if figure.value is None)
            columns[measure] = masked(values, limit, secret=secret, among=among)
            rest = sum(among.values()) - sum(values.values())
            totals[measure] = masked_total(values, columns[measure], limit, rest=rest)
        else:
            columns[measure] = masked(values, limit)
            totals[measure] = masked_total(values, columns[measure], limit)
    lines = tuple(
        Line(name_of(key), tuple(columns[measure][key] for measure in measures)) for key in ordered
    )
    pictures = {measure: _chart([(name_of(key), columns[measure][key]) for key in ordered]) for measure in drawn}
    return Breakdown(
        title, first_column, tuple(measures), lines,
        Line("Total", tuple(totals[measure] for measure in measures)),
        tuple((measure, picture) for measure, picture in pictures.items() if picture is not None),
    )


def _plain(name: str) -> str:
    """The name without accents, to sort by."""
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def _chart(values: Sequence[tuple[str, Figure]]) -> Markup | None:
    shown = [(label, figure.value) for label, figure in values if figure.value]
    shown.sort(key=lambda pair: (-pair[1], pair[0]))
    return _bars(tuple(shown[:BARS])) if shown else None


@lru_cache(maxsize=64)
def _bars(values: tuple[tuple[str, int], ...]) -> Markup:
    """Draw once what does not change: a picture takes a tenth of a second."""
    return charts.horizontal_bars(
        [{"label": label, "count": count, "text": french.number(count)} for label, count in values], BAR
    )


def _headlines(by_commune: Breakdown, by_month: Breakdown) -> tuple[tuple[str, Figure, str], ...]:
    totals = dict(zip(by_commune.measures, by_commune.total.figures, strict=True))
    totals[RUNS] = dict(zip(by_month.measures, by_month.total.figures, strict=True))[RUNS]
    proposed, accepted = totals[PROPOSED], totals[ACCEPTED]
    of = f"sur {french.number(proposed.value)} proposés" if accepted.value is not None and proposed.value else ""
    plain = tuple((name.lower(), totals[name], "") for name in (CANDIDATES, VACANCIES, OFFERS, RUNS))
    return (*plain, (ACCEPTED.lower(), accepted, of))


def _counts(today: date) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """Return each measure by commune and by month: one reading of the rows gives both."""
    first = today.year * 12 + today.month - MONTHS_SHOWN
    since = date(first // 12, first % 12 + 1, 1)
    tandems = Tandem.objects.filter(run__state__in=RELEASED, is_forbidden=False)
    accepted = tandems.filter(review=Review.ACCEPTED)
    counted = {
        CANDIDATES: _counted(_accompanied(today), "current_commune", "created_at", since),
        VACANCIES: _counted(Vacancy.objects.filter(state="open"), "commune", "created_at", since),
        OFFERS: _counted(Offer.objects.filter(state="open"), "commune", "created_at", since),
        RUNS: _counted(Run.objects.filter(state__in=RELEASED), "mode", "released_at", since),
        PROPOSED: _counted(tandems, "vacancy__commune", "run__released_at", since),
        ACCEPTED: _counted(accepted, "vacancy__commune", "run__released_at", since),
    }
    return (
        {name: counted[name][0] for name in _COMMUNE_MEASURES}, {name: counted[name][1] for name in _MONTH_MEASURES},
    )


def _accompanied(today: date) -> QuerySet[Any]:
    """Households that at least one organisation follows today."""
    open_link = Link.objects.filter(household=OuterRef("pk"), closed_at__isnull=True, expires_on__gte=today)
    return Household.objects.filter(Exists(open_link))


def _counted(
    found: QuerySet[Any], place: str, instant: str, since: date
) -> tuple[Counter[str], Counter[str]]:
    """Count by place and by month; before the first month is one line, so that both tables have the same totals."""
    by_place: Counter[str] = Counter()
    by_month: Counter[str] = Counter()
    months = found.order_by().annotate(month=TruncMonth(instant))
    for where, month, many in months.values_list(place, "month").annotate(Count("pk")):
        by_place[where] += many
        by_month[f"{month:%Y-%m}" if month and month.date() >= since else BEFORE] += many
    return by_place, by_month


def _commune_name(code: str) -> str:
    place = commune(code) if code else None
    return place.name if place is not None else code or "Commune inconnue"


def _month_label(key: str) -> str:
    if key == BEFORE:
        return "Avant"
    year, month = key.split("-")
    return f"{moments.MONTHS[int(month) - 1]} {year}"
