"""
The steering report: counts by commune and by month, with no figure that could point at somebody.

Cells under ``k`` (``permissions.yaml``) are masked. A masked cell cannot be found by subtraction either: others are
masked with it until the sum of what is masked leaves room for values of ``k`` and more. Zero is shown, since it counts
nobody. What is left of another figure (tandems that were not accepted) is judged as a figure of its own.
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

from untoit.core.territory.communes import commune
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
class Figure:
    """One cell: ``value`` is ``None`` when it is masked."""

    value: int | None

    @property
    def text(self) -> str:
        """Return the number, or why there is none."""
        return "masqué" if self.value is None else french.number(self.value)


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
    places = _by_commune(actor.today)
    months = _by_month(actor.today)
    by_commune = _breakdown("Par commune", "Commune", _COMMUNE_MEASURES, places, _commune_name, k, drawn=_DRAWN)
    by_month = _breakdown("Par mois", "Mois", _MONTH_MEASURES, months, _month_label, k)
    return SteeringReport(actor.today, k, _headlines(by_commune, by_month), by_commune, by_month)


def masked(
    values: Mapping[str, int], k: int, *, secret: frozenset[str] = frozenset(), among: Mapping[str, int] | None = None
) -> dict[str, Figure]:
    """
    Return the figures of one column whose total is shown, small ones masked and not to be found by subtraction.

    ``secret`` names cells to mask whatever their value. ``among`` is the column that this one is a part of: the rest
    is then a figure too. What is masked is masked alike, so that nobody can tell a small cell from its companion.
    """
    among = among or {}
    hidden = {
        key for key, value in values.items()
        if 0 < value < k or key in secret or (key in among and 0 < among[key] - value < k)
    }
    others = sorted((value, key) for key, value in values.items() if key not in hidden and value > 0)
    # One masked cell is the total less the others; a few whose sum is small are nearly as bare.
    while hidden and others and (len(hidden) < 2 or sum(values[key] for key in hidden) - (len(hidden) - 1) < k):
        hidden.add(others.pop(0)[1])
    return {key: Figure(None if key in hidden else value) for key, value in values.items()}


def _total(values: Mapping[str, int], shown: Mapping[str, Figure], k: int, rest: int | None = None) -> Figure:
    """The total of a column: masked when it is small, or when a masked cell could still be found from it."""
    total = sum(values.values())
    hidden = [values[key] for key, figure in shown.items() if figure.value is None]
    found = bool(hidden) and (len(hidden) == 1 or sum(hidden) == len(hidden))
    return Figure(None if 0 < total < k or found or (rest is not None and 0 < rest < k) else total)


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
            totals[measure] = _total(values, columns[measure], limit, rest)
        else:
            columns[measure] = masked(values, limit)
            totals[measure] = _total(values, columns[measure], limit)
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


def _by_commune(today: date) -> dict[str, Counter[str]]:
    tandems = Tandem.objects.filter(run__state__in=RELEASED, is_forbidden=False)
    return {
        CANDIDATES: _counts(_accompanied(today), "current_commune"),
        VACANCIES: _counts(Vacancy.objects.filter(state="open"), "commune"),
        OFFERS: _counts(Offer.objects.filter(state="open"), "commune"),
        PROPOSED: _counts(tandems, "vacancy__commune"),
        ACCEPTED: _counts(tandems.filter(review=Review.ACCEPTED), "vacancy__commune"),
    }


def _by_month(today: date) -> dict[str, Counter[str]]:
    first = today.year * 12 + today.month - MONTHS_SHOWN
    since = date(first // 12, first % 12 + 1, 1)
    tandems = Tandem.objects.filter(run__state__in=RELEASED, is_forbidden=False)
    return {
        CANDIDATES: _counts_by_month(_accompanied(today), "created_at", since),
        VACANCIES: _counts_by_month(Vacancy.objects.filter(state="open"), "created_at", since),
        OFFERS: _counts_by_month(Offer.objects.filter(state="open"), "created_at", since),
        RUNS: _counts_by_month(Run.objects.filter(state__in=RELEASED), "released_at", since),
        PROPOSED: _counts_by_month(tandems, "run__released_at", since),
        ACCEPTED: _counts_by_month(tandems.filter(review=Review.ACCEPTED), "run__released_at", since),
    }


def _accompanied(today: date) -> QuerySet[Any]:
    """Households that at least one organisation follows today."""
    open_link = Link.objects.filter(household=OuterRef("pk"), closed_at__isnull=True, expires_on__gte=today)
    return Household.objects.filter(Exists(open_link))


def _counts(found: QuerySet[Any], name: str) -> Counter[str]:
    return Counter(dict(found.order_by().values_list(name).annotate(Count("pk"))))


def _counts_by_month(found: QuerySet[Any], name: str, since: date) -> Counter[str]:
    """Count by month; what came before the first month is one line, so that both tables have the same totals."""
    months = found.order_by().annotate(month=TruncMonth(name)).values_list("month").annotate(Count("pk"))
    counted: Counter[str] = Counter()
    for month, many in months:
        counted[f"{month:%Y-%m}" if month and month.date() >= since else BEFORE] += many
    return counted


def _commune_name(code: str) -> str:
    place = commune(code) if code else None
    return place.name if place is not None else code or "Commune inconnue"


def _month_label(key: str) -> str:
    if key == BEFORE:
        return "Avant"
    year, month = key.split("-")
    return f"{french.MONTHS[int(month) - 1]} {year}"
