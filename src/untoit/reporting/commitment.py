"""
The 30 % and its neighbours for one landlord: where the share stands, where the year is heading, what is missing.

A landlord reads its own committee's allocations, so no cell is masked here; which files it may open one by one is up
to the links of each reader. The way of counting is printed with the figures (:mod:`untoit.core.indicators.quotas`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from markupsafe import Markup

from untoit.core.indicators.forecast import Forecast, MonthCount, forecast, proposals_needed
from untoit.core.indicators.quotas import (
    UNIT_NAMES,
    Allocation,
    CountingPolicy,
    Dimension,
    QuotaCount,
    Unit,
    by_reserving_party,
    counting_policy,
    others_in_qpv,
    priority_count,
    priority_cuts,
    q1_outside_qpv,
)
from untoit.core.indicators.shares import Share
from untoit.core.wording import counted, number, percentage, typography
from untoit.core.wording.moments import MONTHS
from untoit.records.applicants.models import Household
from untoit.records.followup.models import Proposal
from untoit.records.partners.models import Organisation
from untoit.records.partners.rights import Actor, require
from untoit.records.stock.selectors import RESERVING_PARTIES, commune_name
from untoit.reporting import followup_charts, followup_figures
from untoit.reporting.event_review import Part
from untoit.reporting.figures_files import Paper, pictures

_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_DIMENSIONS = {
    Dimension.RESERVING_PARTY: ("Par réservataire", "Réservataire"),
    Dimension.COMMUNE: ("Par commune", "Commune"),
    Dimension.BUILDING: ("Par résidence", "Résidence"),
    Dimension.MONTH: ("Par mois", "Mois"),
}
_COLUMNS = ("Prioritaires", "Total", "Part", "Pour l’objectif")
# Each contingent but the State's own (CCH art. L441-1).
CONTINGENTS = {code: name for code, name in RESERVING_PARTIES.items() if code != "etat"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which allocations are counted: the days, both included, and what is counted."""

    since: date
    until: date
    unit: Unit


@dataclass(frozen=True, slots=True)
class MissingGround:
    """An allocation of the scheme without evidenced ground; ``household_id`` only for who may open that file."""

    home: str
    decided_on: date
    household_id: UUID | None


@dataclass(frozen=True, slots=True)
class Ahead:
    """
    The rest of the year: the forecast, how many proposals the missing leases ask for, and the quota that says so.

    ``rate`` is the leases signed among the settled proposals of the last two years.
    """

    forecast: Forecast
    rate: Share
    proposals: int | None
    per_mille: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """Everything that the page, its files and the HTTP interface say."""

    landlord: str
    on: date
    asked: Asked
    main: QuotaCount
    neighbours: tuple[QuotaCount, ...]
    contingents: tuple[QuotaCount, ...]
    ahead: Ahead | None
    chart: Markup | None
    cuts: Mapping[Dimension, Mapping[str, QuotaCount]]
    parts: tuple[Part, ...]
    missing: tuple[MissingGround, ...]

    @property
    def closed_files(self) -> int:
        """How many of the missing grounds are in files that the reader does not follow."""
        return sum(one.household_id is None for one in self.missing)


def usual(on: date) -> Asked:
    """Return what is counted when nothing is chosen: the year so far, in the unit of the policy."""
    return Asked(date(on.year, 1, 1), on, counting_policy(on).unit)


def commitment_of(actor: Actor, asked: Asked) -> Commitment:
    """Return the figures of the landlord acted for, 404 for whoever does not read its committee."""
    require(actor, "committee")
    assert actor.organisation_id is not None  # who reads a committee acts for its landlord
    on, policy = actor.today, counting_policy(actor.today, unit=asked.unit)
    rows = followup_figures.allocations(organisation_id=actor.organisation_id)
    main = priority_count(rows, policy, asked.since, asked.until)
    cuts = priority_cuts(rows, policy, asked.since, asked.until)
    neighbours = (q1_outside_qpv(rows, on, asked.since, asked.until), others_in_qpv(rows, on, asked.since, asked.until))
    shares = by_reserving_party(rows, on, asked.since, asked.until, CONTINGENTS, unit=asked.unit)
    contingents = tuple(replace(count, name=typography(f"Contingent : {name}")) for name, count in shares.items())
    years = _years(rows, policy, on)
    ahead = _ahead(actor, years, policy, on)
    parts = (*_cut_parts(cuts), _law_part(neighbours, contingents), _apart(main))
    return Commitment(
        str(Organisation.objects.get(pk=actor.organisation_id).name), on, asked, main, neighbours, contingents, ahead,
        _chart(years, policy, on, ahead), cuts, parts, tuple(_missing(actor, main.ground_missing)),
    )


def _years(rows: Sequence[Allocation], policy: CountingPolicy, on: date) -> tuple[MonthCount, ...]:
    """Return the months of this year, the current one up to today, and of the past years, from the first allocation."""
    days = [day for each in rows if (day := policy.counted_on(each)) is not None and day <= on]
    if not days:
        return ()
    first = min(days)
    found = []
    for year in range(first.year, on.year + 1):
        last = min(date(year, 12, 31), on)
        cells = priority_cuts(rows, policy, date(year, 1, 1), last, (Dimension.MONTH,))[Dimension.MONTH]
        for month in range(first.month if year == first.year else 1, last.month + 1):
            share = cells[f"{year}-{month:02}"].share if f"{year}-{month:02}" in cells else Share(0, 0)
            found.append(MonthCount(year, month, share.of or 0, share.count or 0))
    return tuple(found)


def _ahead(actor: Actor, years: Sequence[MonthCount], policy: CountingPolicy, on: date) -> Ahead | None:
    # The seed is the day: asked twice, the page says the same.
    found = forecast(years, on, policy.target, seed=on.toordinal())
    if found is None:
        return None
    rate = followup_figures.signature_rate(
        organisation_id=actor.organisation_id, since=date(on.year - 2, on.month, 1)
    )
    proposals = None
    if found.needed and policy.unit is Unit.LEASE_SIGNED and rate.count and rate.of:
        proposals = proposals_needed(found.needed, Fraction(rate.count, rate.of))
    return Ahead(found, rate, proposals, _quota(found, policy.target), _needs(found, rate, proposals))


def _quota(found: Forecast, target: Fraction) -> int:
    """Return the share, in thousandths, that the next allocations have to keep: never less than the target."""
    per_mille = -(-1000 * target.numerator // target.denominator)
    if not found.needed or not found.remaining:
        return per_mille
    return max(per_mille, -(-1000 * found.needed // found.remaining))


def _needs(found: Forecast, rate: Share, proposals: int | None) -> str:
    if found.needed is None:
        return typography(
            "Même si toutes les prochaines attributions étaient prioritaires, l’objectif de l’année ne serait pas "
            "atteint : chaque proposition à un public prioritaire rapproche l’année suivante."
        )
    if found.needed == 0:
        return typography("L’objectif tient, même sans autre attribution prioritaire d’ici au 31 décembre.")
    some = counted(found.needed, "attribution doit être prioritaire", "attributions doivent être prioritaires")
    head = f"D’ici au 31 décembre, {some} sur {number(found.remaining)} attendues."
    if proposals is None:
        return typography(head)
    asked = counted(proposals, "proposition", "propositions")
    return typography(
        f"{head} Cela demande environ {asked} à des publics prioritaires : {rate.text} des propositions closes en deux "
        "ans ont donné un bail."
    )


def _chart(
    years: Sequence[MonthCount], policy: CountingPolicy, on: date, ahead: Ahead | None
) -> Markup | None:
    n = total = 0
    shares = []
    for each in years:
        if each.year == on.year:
            n, total = n + each.priority, total + each.leases
            if total:
                shares.append((_SHORT[each.month - 1], n / total, percentage(round(n / total, 4))))
    if not shares:
        return None
    foreseen = None if ahead is None else (ahead.forecast.low, ahead.forecast.share, ahead.forecast.high)
    target = float(policy.target)
    return followup_charts.share_of_year(shares, target, f"objectif {percentage(target)}", foreseen)


def _cut_parts(cuts: Mapping[Dimension, Mapping[str, QuotaCount]]) -> Iterator[Part]:
    for dimension, (title, column) in _DIMENSIONS.items():
        rows = tuple(_row(cell_name(dimension, key), cell) for key, cell in cuts[dimension].items())
        if dimension is not Dimension.MONTH:
            rows = tuple(sorted(rows))
        yield Part(dimension.value, title, (column, *_COLUMNS), rows, empty="Rien à compter dans la période.")


def cell_name(dimension: Dimension, key: str) -> str:
    """Return the name of a cell of a cut."""
    if dimension is Dimension.MONTH:
        year, month = key.split("-")
        return f"{MONTHS[int(month) - 1]} {year}".capitalize()
    if dimension is Dimension.COMMUNE:
        return commune_name(key) if key else "Commune non précisée"
    if dimension is Dimension.RESERVING_PARTY:
        return RESERVING_PARTIES.get(key, "Réservataire non précisé")
    return key or "Résidence non précisée"


def _row(name: str, cell: QuotaCount) -> tuple[str, ...]:
    share = "–" if cell.share.percent is None else percentage(round((cell.share.count or 0) / (cell.share.of or 1), 4))
    return name, number(cell.share.count or 0), number(cell.share.of or 0), share, _still(cell)


def _still(cell: QuotaCount) -> str:
    if not cell.share.of:
        return "rien à compter"
    if cell.needed is None:
        return typography("hors d’atteinte")
    return "atteint" if cell.needed == 0 else f"encore {number(cell.needed)} de suite"


def _law_part(neighbours: Iterable[QuotaCount], contingents: Iterable[QuotaCount]) -> Part:
    rows = []
    for one in (*neighbours, *contingents):
        unknown = counted(len(one.unknown), "dossier", "dossiers") if one.unknown else "–"
        rows.append((one.name, one.share.text, percentage(float(one.target)), _still(one), unknown))
    return Part(
        "law", "Ce que demande la loi", ("Engagement", "Où vous en êtes", "Objectif", "Pour l’objectif", "Inconnu"),
        tuple(rows), typography(
            "CCH art. L441-1. Les deux premières lignes comptent toujours les baux signés, comme le dit la loi ; "
            "« Inconnu » : quartile pas calculé ou adresse pas vérifiée, jamais deviné."
        ),
    )


def _apart(main: QuotaCount) -> Part:
    rows = [(f"{reason.capitalize()}, hors du compte", number(count)) for reason, count in main.left_out]
    if main.repeated:
        rows.append(("Autre bail d’un ménage déjà compté : au dénominateur seulement", number(len(main.repeated))))
    rows.append(("Du dispositif, parmi les prioritaires comptés", number(main.in_scheme)))
    rows.append(("Du dispositif, sans motif justifié : au dénominateur seulement", number(len(main.ground_missing))))
    return Part("apart", "Ce qui est compté à part", ("Cas", "Nombre"), tuple(rows))


def _missing(actor: Actor, references: Sequence[str]) -> Iterator[MissingGround]:
    """Yield the allocations whose ground is to be evidenced, the oldest first; an erased one has no file any more."""
    rows: Any = Proposal.objects.filter(
        pk__in=references, organisation=actor.organisation_id
    ).order_by("decided_on", "pk").values_list("vacancy__reference", "decided_on", "household_id")
    found = list(rows)
    open_files = set(
        Household.objects.visible_to(actor).filter(pk__in=[one[2] for one in found]).values_list("pk", flat=True)
    )
    for home, decided_on, household_id in found:
        yield MissingGround(home, decided_on, household_id if household_id in open_files else None)


CHART_WORDS = typography(
    "Part des publics prioritaires depuis le 1er janvier, mois après mois, avec l’objectif en tirets et, à droite, la "
    "fin d’année prévue."
)


def paper_of(found: Commitment) -> Paper:
    """Return the page as a paper."""
    asked, unit = found.asked, UNIT_NAMES[found.asked.unit]
    said = [found.main.sentence]
    notes = [found.main.policy_text]
    if found.ahead is not None:
        said += [found.ahead.forecast.sentence, found.ahead.sentence]
        notes.append(found.ahead.forecast.method)
    return Paper(
        typography(f"Publics prioritaires : {found.landlord}"),
        typography(f"{unit.capitalize()} du {asked.since:%d/%m/%Y} au {asked.until:%d/%m/%Y}"),
        tuple(said), tuple(notes), pictures((CHART_WORDS, found.chart)), found.parts,
        typography(f"Engagement d’attribution au {found.on:%d/%m/%Y}."), found.on, followup_figures.is_fictitious(),
    )
