"""The budget of a tandem: a picture, and a table that says the same thing line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from untoit.core.model.run import BudgetLine, TandemRow
from untoit.core.wording import typography
from untoit.reporting import french, tandem_pictures
from untoit.reporting.budget_bars import MOMENTS, SOURCES, WITHOUT_RSA, amount
from untoit.reporting.tandem_audience import Audience

LABELS = {
    "wages": "Salaires nets", "bonus": "Prime d’activité", "rsa": "RSA", "family": "Prestations familiales",
    "other": "Autres ressources",
}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One line of the table; ``colour`` is that of the picture, ``strong`` lines are sums and rates."""

    label: str
    cells: tuple[str, ...]
    colour: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """The picture, its columns and lines; without an exact simulation, ``picture`` is ``None`` and two rates remain."""

    picture: Markup | None
    moments: tuple[str, ...]
    rows: tuple[BudgetRow, ...]
    note: str


def budget_part(lines: Sequence[BudgetLine], row: TandemRow, audience: Audience) -> BudgetPart:
    """Return the budget for this audience: without RSA, its amount is among the other resources."""
    note = typography(
        "Estimation : seules la Caf et les administrations décident des droits. Le coût du trajet est une hypothèse, "
        "laissée à part par les formules officielles."
    )
    rate, left = (
        ("Part du loyer dans les ressources", "Reste pour vivre, par jour et par personne*") if audience.own
        else ("Taux d’effort", "Reste à vivre, par jour et par unité de consommation")
    )
    if audience.own:
        note += typography(" * Par « unité de consommation » : le premier adulte compte pour 1, les autres pour moins.")
    if not lines:
        return BudgetPart(
            None, ("Avant", "15e mois"),
            (
                BudgetRow(rate, (french.percent(row.effort_before), french.percent(row.effort_after)), strong=True),
                BudgetRow(left, (french.euros(row.residual_before_eur, 2), french.euros(row.residual_after_eur, 2)),
                          strong=True),
            ),
            typography(f"Calcul rapide, sans le détail mois par mois. {note}"),
        )
    sources = SOURCES if audience.rsa else WITHOUT_RSA

    def told(label: str, of: Callable[[BudgetLine], str], colour: str = "", strong: bool = False) -> BudgetRow:
        return BudgetRow(label, tuple(of(line) for line in lines), colour, strong)

    rows = [
        told(LABELS[source], lambda line, names=names: french.euros(amount(line, names)),  # type: ignore[misc]
             tandem_pictures.SOURCE_COLOURS[source])
        for source, names in sources if any(amount(line, names) for line in lines)
    ]
    everything = tuple(name for _, names in sources for name in names)
    rows += [
        told("Total des ressources", lambda line: french.euros(amount(line, everything)), strong=True),
        told("Loyer et charges, aide déduite", lambda line: french.euros(line.net_housing_cost_eur),
             tandem_pictures.HOME),
        told("dont aide au logement", lambda line: french.euros(line.housing_benefit_eur)),
        told(rate, lambda line: french.percent(line.effort_rate), strong=True),
        told(left, lambda line: french.euros(line.residual_income_day_uc_eur, 2), strong=True),
        told(typography("À part : coût du trajet"), lambda line: french.euros(line.transport_eur)),
    ]
    moments = tuple(MOMENTS.get(line.moment, line.moment) for line in lines)
    return BudgetPart(tandem_pictures.budget(lines, sources), moments, tuple(rows), note)
