"""Everything that the pages of the « et si… » commands show, gathered from what was computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from untoit.core.matching import POINT
from untoit.core.model.place import Position
from untoit.core.model.run import RunReport
from untoit.core.pairing.report import report_of
from untoit.core.pairing.results import proof_sentence
from untoit.core.sandbox.appraisal import Base, Lever
from untoit.core.sandbox.levers import Family, chance_source, families, predicted_doubles, sentence
from untoit.core.sandbox.people import FAMILIES
from untoit.core.sandbox.solidity import Solidity

MOST_SHOWN = 150


@dataclass(frozen=True, slots=True)
class LeverLine:
    """One lever of the page; points are those of the choice, weighted for equity; ``None`` was not solved again."""

    rank: int
    family: str
    label: str
    who: str
    words: str
    sentence: str
    instructions: str
    opened: int
    predicted: float
    predicted_doubles: float
    obtained: float | None
    least: float | None
    most: float | None
    doubles: float | None
    placed: int | None
    places: tuple[Position, ...]

    @property
    def exact(self) -> bool:
        """Whether what was obtained is proved to the millionth: both plans are optimal."""
        return self.obtained is not None and self.least == self.most


@dataclass(frozen=True, slots=True)
class LeversReport:
    """The page of ``untoit levers``; ``run`` gives the map and the notices."""

    on: date
    fictitious: bool
    interrupted: bool
    run: RunReport
    households: int
    placed: int
    points: float
    doubles: float
    margin: float
    proof: str
    source: str
    lines: tuple[LeverLine, ...]
    found: int
    families: tuple[Family, ...]
    solidity: Solidity | None
    tandem_names: dict[int, str]

    @property
    def solved(self) -> tuple[LeverLine, ...]:
        """The levers that were solved again, in order."""
        return tuple(line for line in self.lines if line.obtained is not None)

    @property
    def only_priced(self) -> tuple[LeverLine, ...]:
        """Those that only the prices judged, in order."""
        return tuple(line for line in self.lines if line.obtained is None)


def levers_report(
    base: Base, levers: Sequence[Lever], solidity: Solidity | None, *, fictitious: bool, interrupted: bool,
) -> LeversReport:
    """Return the page of the levers, in the order given."""
    prepared, plan = base.prepared, base.plan
    names = {
        n: one.application_number for n, one in enumerate(prepared.records.households)
    }
    return LeversReport(
        on=prepared.settings.on,
        fictitious=fictitious,
        interrupted=interrupted,
        run=report_of(prepared, plan, (), (), {}, fictitious),
        households=len(prepared.records.households),
        placed=len(plan.pairs),
        points=plan.value / POINT,
        doubles=base.doubles,
        margin=base.loose / POINT,
        proof=proof_sentence(plan),
        source=chance_source(prepared.settings),
        lines=tuple(_line(base, rank, lever) for rank, lever in enumerate(levers[:MOST_SHOWN], 1)),
        found=len(levers),
        families=tuple(families(base, levers)),
        solidity=solidity,
        tandem_names={one.household: names[one.household] for one in (solidity.kept if solidity else ())},
    )


def _line(base: Base, rank: int, lever: Lever) -> LeverLine:
    change, got = lever.change, lever.obtained
    who = "Territoire" if change.household is None else f"Ménage {change.household}" + (
        f", personne {change.person}" if change.person else ""
    )
    return LeverLine(
        rank, change.family, FAMILIES[change.family], who, change.words[:1].upper() + change.words[1:],
        sentence(base, lever), change.instructions, lever.opened, lever.predicted / POINT,
        predicted_doubles(base, lever), got.gained / POINT if got else None, got.least / POINT if got else None,
        got.most / POINT if got else None, got.doubles if got else None, got.placed if got else None, change.places,
    )
