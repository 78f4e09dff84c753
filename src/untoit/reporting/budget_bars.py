"""The picture of a household's budgets: resources stacked, and what housing costs as a line across them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from untoit.core.model.run import BudgetLine

MOMENTS = {"avant": "Avant", "mois_1": "1er mois", "mois_4": "4e mois", "mois_15": "15e mois"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar of the budget picture."""

    y: float
    height: float
    source: str


@dataclass(frozen=True, slots=True)
class BudgetBar:
    """One moment of the budget picture: resources stacked, the net housing cost as a line across them."""

    x: float
    label: str
    segments: tuple[Segment, ...]
    total: Decimal
    total_y: float
    housing_y: float


BAR_WIDTH, BAR_STEP, BAR_HEIGHT, BAR_TOP, BAR_FOOT = 46, 72, 120.0, 20.0, 24
Sources = tuple[tuple[str, tuple[str, ...]], ...]
SOURCES: Sources = (
    ("wages", ("wages_net_eur",)), ("bonus", ("activity_bonus_eur",)), ("rsa", ("rsa_eur",)),
    ("family", ("family_benefits_eur",)), ("other", ("other_eur",)),
)
# Who may not know that a household receives RSA finds its amount among the other resources.
WITHOUT_RSA: Sources = (
    ("wages", ("wages_net_eur",)), ("bonus", ("activity_bonus_eur",)), ("family", ("family_benefits_eur",)),
    ("other", ("rsa_eur", "other_eur")),
)


def budget_bars(lines: Sequence[BudgetLine], sources: Sources = SOURCES) -> tuple[BudgetBar, ...]:
    """Return the bars of a household's budgets, scaled to its own highest month; ``sources`` are stacked in order."""
    if not lines:
        return ()
    totals = [sum((amount(line, names) for _, names in sources), Decimal(0)) for line in lines]
    tallest = max(*totals, *(line.net_housing_cost_eur for line in lines), Decimal(1))
    scale = BAR_HEIGHT / float(tallest)
    floor = BAR_TOP + BAR_HEIGHT
    bars = []
    for index, (line, total) in enumerate(zip(lines, totals, strict=True)):
        y = floor
        segments = []
        for source, names in sources:
            height = float(amount(line, names)) * scale
            if height > 0:
                y -= height
                segments.append(Segment(round(y, 1), round(height, 1), source))
        bars.append(
            BudgetBar(
                x=round(14 + index * BAR_STEP, 1),
                label=MOMENTS.get(line.moment, line.moment),
                segments=tuple(segments),
                total=total,
                total_y=round(floor - float(total) * scale - 5, 1),
                housing_y=round(floor - float(line.net_housing_cost_eur) * scale, 1),
            )
        )
    return tuple(bars)


def amount(line: BudgetLine, names: Sequence[str]) -> Decimal:
    """Return the sum of some resources of one month."""
    return sum((getattr(line, name) for name in names), Decimal(0))
