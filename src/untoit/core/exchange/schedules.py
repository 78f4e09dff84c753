"""Hours written by people, in the schedule grammar of the exchange files: ``lu-ve 05:00-13:00 / lu-ve 13:00-21:00``."""

import re

from untoit.core.model.schedule import DAY_CODES, Block, Rotation, Schedule

_CLOCK = re.compile(r"([0-9]{1,2})\s*(?:[hH]\s*([0-5][0-9])?|:([0-5][0-9])(?::[0-5][0-9])?)")
_SPAN = re.compile(r"([0-9]{1,2}\s*[:hH]\s*[0-9]{0,2})\s*[-–—]\s*([0-9]{1,2}\s*[:hH]\s*[0-9]{0,2})")
_DAY = "|".join(DAY_CODES)
_DAYS = re.compile(rf"(?:{_DAY})(?:\s*[-–—]\s*(?:{_DAY}))?")
_DAY_MIN = 24 * 60
# The service day of a person who works at night ends in the next civil day, never later.
_LAST_MIN = 2 * _DAY_MIN
# Far above any real schedule; keeps a hostile cell from costing time.
_LONGEST = 500


def parse_clock(text: str) -> int:
    """
    Return minutes after midnight of the service day: ``"05:30"`` gives 330, ``"25:30"`` 1530 (01:30 the next morning).

    ``5h30`` and ``5h`` are read too.

    Raises
    ------
    ValueError
        With a phrase in French.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"« {text.strip()} » n'est pas une heure HH:MM")
    minutes = 60 * int(found[1]) + int(found[2] or found[3] or 0)
    if minutes >= _LAST_MIN:
        raise ValueError(f"« {text.strip()} » dépasse 47:59")
    return minutes


def parse_days(text: str) -> frozenset[int]:
    """
    Return weekdays, Monday 0, of ``lu-ve``, ``lu me ve``, ``lu,ma`` or ``sa di``; ``ve-lu`` goes over the week-end.

    Raises
    ------
    ValueError
        With a phrase in French.
    """
    plain = text.strip().lower()
    leftover = _DAYS.sub(" ", plain).replace(",", " ").strip()
    if leftover or not plain:
        raise ValueError(f"« {text.strip()} » n'est pas une suite de jours parmi {' '.join(DAY_CODES)}")
    days: set[int] = set()
    for found in _DAYS.finditer(plain):
        first, last = DAY_CODES.index(found[0][:2]), DAY_CODES.index(found[0][-2:])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days)


def parse_schedule(text: str) -> Schedule:
    """
    Return the schedule that a cell describes.

    ``lu-ve 05:00-13:00``; blocks with ``;`` (a split shift); rotations with ``/``; an end at or before its start is
    on the next day.

    Raises
    ------
    ValueError
        With a phrase in French that names the part that cannot be read.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"le texte dépasse {_LONGEST} caractères")
    return Schedule(tuple(_rotation(part) for part in text.split("/")))


def _rotation(text: str) -> Rotation:
    blocks = tuple(_block(part) for part in text.split(";"))
    for position, block in enumerate(blocks):
        for other in blocks[:position]:
            if block.days & other.days and block.start_min < other.end_min and other.start_min < block.end_min:
                raise ValueError("deux plages du même jour se chevauchent ; entre des équipes, écrire « / »")
    return Rotation(blocks)


def _block(text: str) -> Block:
    found = _SPAN.search(text)
    if found is None or found.end() != len(text.rstrip()):
        raise ValueError(f"« {text.strip()} » n'est pas de la forme « lu-ve 05:00-13:00 »")
    days = parse_days(text[: found.start()])
    start, end = parse_clock(found[1]), parse_clock(found[2])
    if start >= _DAY_MIN:
        raise ValueError(f"« {found[1]} » : une plage commence avant 24:00")
    if start == end:
        raise ValueError(f"« {found[0]} » commence et finit à la même heure")
    return Block(days, start, end if end > start else end + _DAY_MIN)
