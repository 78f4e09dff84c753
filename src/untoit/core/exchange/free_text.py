"""
What job offers say in words, read as far as it can be: wage, weekly hours, duration, experience, hours of the day.

Nothing here guesses a number: where no pattern applies, the answer is ``None``. Hours found in a description are a
reading and not the employer's own column, so that the reader of offers marks them as supposed.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from untoit.core.exchange.cells import clean
from untoit.core.model.schedule import Block, Rotation, Schedule
from untoit.core.wording.moments import DAYS

WEEKS_A_MONTH = Decimal(52) / 12

_AMOUNT = r"([0-9][0-9 .,]*)\s*(?:euros?|eur|€)"
_WAGE = re.compile(
    rf"(horaire|mensuel|annuel)\s+(?:brut\s+)?de\s+{_AMOUNT}(?:\s*(?:à|a|-)\s*{_AMOUNT})?"
    r"(?:\s*sur\s+([0-9]{1,2}(?:[.,][0-9]+)?)\s+mois)?"
)
_WEEKLY_HOURS = re.compile(r"([0-9]{1,3})\s*h(?:eures?)?\s*([0-5][0-9])?(\s*(?:/|par)\s*mois)?")
_DURATION = re.compile(r"([0-9]{1,3})\s*(mois|jour|semaine|an)")
_EXPERIENCE = re.compile(r"([0-9]{1,2})\s*(mois|an)")
_MONTHS_OF = {"mois": Decimal(1), "jour": 1 / Decimal(30), "semaine": 1 / WEEKS_A_MONTH, "an": Decimal(12)}
# A monthly gross wage outside these bounds is an hourly or yearly one under the wrong word.
_PLAUSIBLE_WAGES = (Decimal(200), Decimal(15_000))

_DAY = f"(?:{'|'.join(DAYS)})"
_DAY_SPAN = re.compile(rf"\b({_DAY})s?\s*(?:-|au|à|/)\s*({_DAY})")
_NOT_WORKED = re.compile(
    rf"(?:pas|sauf|hors|fermé|repos|ni)\b[^.;]{{0,25}}?\b(?:{_DAY}s?|week-?ends?)(?:\s+et\s+{_DAY}s?)?"
)
_ONLY_WEEK_END = re.compile(
    r"(?:uniquement|seulement|exclusivement)\s+(?:les?\s+|en\s+)?week-?ends?|week-?ends?\s+(?:uniquement|seulement)"
)
_EVERY_DAY = re.compile(r"7\s*j(?:ours)?\s*(?:/|sur)\s*7")

_TIME = r"(?:[01]?[0-9]|2[0-4])\s*(?:h\s*(?:[0-5][0-9])?|:[0-5][0-9])"
_HOURS = re.compile(
    rf"(?<![0-9:h,.])({_TIME}|[01]?[0-9]|2[0-4])\s*(?:-|à|/|jusqu'à)\s*({_TIME})(?![0-9])"
    r"(?!\s*(?:/|par)\s*(?:semaine|sem\b|mois|jour|an\b))(?!\s*(?:hebdo|supp|de (?:conduite|cours|formation|route)))"
)
# Spans of time that are not the hours of the post.
_NOT_THE_SHIFT = re.compile(
    r"ouvert|amplitude|contact|appel|télépho|joindre|joignable|entretien|réunion|contrat|partiel|prime"
)
_CLAUSE_START = re.compile(r"[.;:!?]|(?<!amplitude )horaires?|équipe|poste|travail")
_CHOICE = re.compile(r"\bou\b|alternance|équipe|roulement|rotation|semaine")
_SHIFT_WORK = (
    (re.compile(r"\b[35]\s*[x*×]\s*8\b"), ((300, 780), (780, 1260), (1260, 1740))),
    (re.compile(r"\b2\s*[x*×]\s*8\b"), ((300, 780), (780, 1260))),
    (re.compile(r"(?:travail|poste|horaires?|équipe|vacations?)\s+(?:de|la)\s+nuit"), ((1260, 1740),)),
)
_DAY_SHIFT = ((540, 1020),)
_SHIFT_MIN = (60, 12 * 60)
# Nobody works two spans this long on one day: they are shifts that alternate.
_FULL_SHIFT_MIN = 5 * 60 + 30
_LONGEST_LABEL = 500
_LONGEST_DESCRIPTION = 20_000


@dataclass(frozen=True, slots=True)
class Wage:
    """A gross wage as an offer words it: the low bound, for an hour, a month or a year of ``months`` payments."""

    period: str
    amount_eur: Decimal
    months: Decimal

    def monthly_eur(self, weekly_hours: Decimal) -> Decimal | None:
        """Return gross euros a month for these hours, ``None`` when the words and the figure cannot go together."""
        monthly = {
            "horaire": self.amount_eur * weekly_hours * WEEKS_A_MONTH,
            "mensuel": self.amount_eur,
            "annuel": self.amount_eur / self.months,
        }[self.period]
        low, high = _PLAUSIBLE_WAGES
        return monthly.quantize(Decimal("0.01")) if low <= monthly <= high else None


@dataclass(frozen=True, slots=True)
class HoursInText:
    """A schedule read in words, and the words."""

    schedule: Schedule
    words: str


def wage(text: str) -> Wage | None:
    """Read ``Mensuel de 1900.00 Euros à 2100.00 Euros sur 12 mois`` and the like."""
    found = _WAGE.search(_plain(text[:_LONGEST_LABEL]))
    if found is None:
        return None
    amount = _figure(found[2])
    months = Decimal((found[4] or "12").replace(",", "."))
    return Wage(found[1], amount, months) if amount is not None and months >= 1 else None


def weekly_hours(text: str) -> Decimal | None:
    """Read ``35H Horaires normaux``, ``24H30`` or ``100H/mois`` as hours a week."""
    found = _WEEKLY_HOURS.search(_plain(text[:_LONGEST_LABEL]))
    if found is None:
        return None
    hours = int(found[1]) + Decimal(int(found[2] or 0)) / 60
    if found[3]:
        hours = (hours / WEEKS_A_MONTH).quantize(Decimal("0.1"))
    return hours if 1 <= hours <= 60 else None


def duration_months(text: str) -> Decimal | None:
    """Read ``CDD - 6 Mois`` or ``Mission intérimaire - 15 Jour(s)`` as months."""
    found = _DURATION.search(_plain(text[:_LONGEST_LABEL]))
    return None if found is None else (int(found[1]) * _MONTHS_OF[found[2]]).quantize(Decimal("0.1"))


def experience_years(text: str) -> Decimal | None:
    """Read ``6 mois`` or ``2 An(s)`` as years."""
    found = _EXPERIENCE.search(_plain(text[:_LONGEST_LABEL]))
    return None if found is None else (int(found[1]) * _MONTHS_OF[found[2]] / 12).quantize(Decimal("0.01"))


def schedule(text: str) -> HoursInText | None:
    """
    Read the hours and days of a post in a description, ``None`` when it says nothing of them.

    ``horaires 5h-13h / 13h-21h`` alternates, ``de 8h à 12h et de 14h à 18h`` is a split shift, ``2x8`` and ``de nuit``
    stand for their usual hours. A day that is worked now and then counts: the commute must work on it too.
    """
    plain = _plain(text[:_LONGEST_DESCRIPTION])
    spans, words = _spans(plain)
    if not spans:
        shift_work = next(((hours, found[0]) for form, hours in _SHIFT_WORK if (found := form.search(plain))), None)
        if shift_work is not None:
            spans, words = [(span, True) for span in shift_work[0]], [shift_work[1]]
    days, day_words = _days(plain)
    if not spans and not day_words:
        return None
    rotations = _rotations(spans or [(span, False) for span in _DAY_SHIFT], days)
    return HoursInText(Schedule(rotations), clean(", ".join([*words, *day_words])))


def _spans(plain: str) -> tuple[list[tuple[tuple[int, int], bool]], list[str]]:
    """Return each span of hours, whether it is an alternative to the one before, and the words read."""
    spans: list[tuple[tuple[int, int], bool]] = []
    words: list[str] = []
    previous_end = 0
    for found in _HOURS.finditer(plain):
        before = plain[max(previous_end, found.start() - 45) : found.start()]
        if _NOT_THE_SHIFT.search(_CLAUSE_START.split(before)[-1]):
            continue
        start, end = _minutes(found[1]), _minutes(found[2])
        end += 1440 if end <= start else 0
        # "1 à 2 h de pause" is a quantity: nobody starts a short shift in the dead of night.
        is_shift = start < 1440 and _SHIFT_MIN[0] <= end - start <= _SHIFT_MIN[1] and max(start, end - start) >= 240
        if is_shift and len(spans) < 4 and all(span != (start, end) for span, _ in spans):
            spans.append(((start, end), bool(_CHOICE.search(plain, previous_end, found.start()))))
            words.append(found[0].strip())
            previous_end = found.end()
    return spans, words


def _rotations(spans: list[tuple[tuple[int, int], bool]], days: frozenset[int]) -> tuple[Rotation, ...]:
    in_order = sorted(span for span, _ in spans)
    alternate = (
        any(is_choice for _, is_choice in spans[1:])
        or all(end - start >= _FULL_SHIFT_MIN for start, end in in_order)
        or any(first[1] > second[0] for first, second in pairwise(in_order))
    )
    blocks = [Block(days, start, end) for start, end in in_order]
    return tuple(Rotation((block,)) for block in blocks) if alternate else (Rotation(tuple(blocks)),)


def _days(plain: str) -> tuple[frozenset[int], list[str]]:
    """Return the days worked, Monday to Friday unless the words say more, and these words."""
    if found := _EVERY_DAY.search(plain):
        return frozenset(range(7)), [found[0]]
    if found := _ONLY_WEEK_END.search(plain):
        return frozenset({5, 6}), [found[0]]
    said = _NOT_WORKED.sub(" ", plain)
    days, words = set(range(5)), []
    if found := _DAY_SPAN.search(said):
        first, last = DAYS.index(found[1]), DAYS.index(found[2])
        days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
        words.append(found[0])
    for extra, added in (("samedi", {5}), ("dimanche", {6}), ("week-end", {5, 6}), ("weekend", {5, 6})):
        if extra in said and not added <= days:
            days |= added
            words.append(extra)
    return frozenset(days), words


def _plain(text: str) -> str:
    return re.sub(r"\bheures?\b", "h", clean(text).casefold().replace("–", "-").replace("—", "-").replace("’", "'"))


def _minutes(text: str) -> int:
    hours, *minutes = (int(part) for part in re.findall("[0-9]+", text))
    return 60 * hours + (minutes[0] if minutes else 0)


def _figure(text: str) -> Decimal | None:
    digits = text.replace(" ", "").rstrip(".,").replace(",", ".")
    return Decimal(digits) if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,4})?", digits) else None
