"""The hours of a job: days, shifts and rotations (``formats.md``, "Schedule grammar")."""

from collections.abc import Iterator
from dataclasses import dataclass

DAY_CODES = ("lu", "ma", "me", "je", "ve", "sa", "di")


@dataclass(frozen=True, slots=True)
class Block:
    """
    One span of work, the same on several days.

    ``days`` are weekdays, Monday 0. ``start_min`` and ``end_min`` are minutes after midnight of the service day:
    ``start_min`` is below 1440 and a shift that ends the next morning has ``end_min`` above 1440 (``lu-ve 21:00-05:00``
    gives 1260 and 1740).
    """

    days: frozenset[int]
    start_min: int
    end_min: int

    @property
    def hours(self) -> float:
        """Hours of presence in a week."""
        return len(self.days) * (self.end_min - self.start_min) / 60


@dataclass(frozen=True, slots=True)
class Rotation:
    """The blocks of one week; several blocks on one day are a split shift, whose outer bounds make the commute."""

    blocks: tuple[Block, ...]

    def shifts(self) -> dict[int, tuple[int, int]]:
        """Return, for each weekday worked (Monday 0), the outer bounds ``(start_min, end_min)`` of its presence."""
        bounds: dict[int, tuple[int, int]] = {}
        for block in self.blocks:
            for day in block.days:
                start, end = bounds.get(day, (block.start_min, block.end_min))
                bounds[day] = (min(start, block.start_min), max(end, block.end_min))
        return dict(sorted(bounds.items()))


@dataclass(frozen=True, slots=True)
class Schedule:
    """One rotation or several that alternate: a commute must be possible in all of them."""

    rotations: tuple[Rotation, ...]

    @property
    def days(self) -> frozenset[int]:
        """Every weekday worked in one rotation or another."""
        return frozenset(day for rotation in self.rotations for block in rotation.blocks for day in block.days)

    @property
    def most_days_a_week(self) -> int:
        """Days worked in the fullest rotation."""
        return max(len(rotation.shifts()) for rotation in self.rotations)

    def shifts(self) -> Iterator[tuple[int, int, int]]:
        """Yield every distinct ``(weekday, start_min, end_min)``, in order."""
        seen = {
            (day, start, end) for rotation in self.rotations for day, (start, end) in rotation.shifts().items()
        }
        yield from sorted(seen)

    def __str__(self) -> str:
        """Return the schedule in the grammar of the exchange files."""
        return " / ".join(
            "; ".join(f"{_days_in_words(block.days)} {_hhmm(block.start_min)}-{_hhmm(block.end_min % 1440)}"
                      for block in rotation.blocks)
            for rotation in self.rotations
        )


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days_in_words(days: frozenset[int]) -> str:
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return " ".join(
        DAY_CODES[run[0]] if len(run) == 1 else f"{DAY_CODES[run[0]]}-{DAY_CODES[run[-1]]}" for run in runs
    )


# What is supposed when the employer says nothing; marked as supposed everywhere it matters.
SUPPOSED_SCHEDULE = Schedule((Rotation((Block(frozenset(range(5)), 9 * 60, 17 * 60),)),))
