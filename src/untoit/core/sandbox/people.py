"""What one person could change: a way to travel, a licence, an hour, a day, a limit, one more commune."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from untoit.core import parameters
from untoit.core.exchange import parse_clock
from untoit.core.matching import surplus
from untoit.core.model.person import Person
from untoit.core.model.schedule import DAY_CODES
from untoit.core.model.work import Mode
from untoit.core.pairing.grids import HOUSING_BIT
from untoit.core.pairing.left_out import clock
from untoit.core.pairing.run import Tell, prepare, problem_of
from untoit.core.sandbox.appraisal import Base, Lever, appraise, silent
from untoit.core.sandbox.changes import Change, Edit, changed, only, person_edit
from untoit.core.territory.communes import commune

DAY_WORDS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
FAMILIES = {
    "velo": "Un vélo", "voiture": "Une voiture (permis déjà là)", "permis": "Le permis B",
    "permis_voiture": "Le permis B et une voiture", "garde_soir": "Une garde d'enfant le soir",
    "garde_matin": "Une garde d'enfant le matin", "trajet": "Un trajet un peu plus long", "jour": "Un jour de plus",
    "commune": "Une commune de plus", "logement": "Un logement de plus", "poste": "Un poste de plus",
    "navette": "Un trajet de bus de plus",
}


def people_levers(base: Base, tell: Tell = silent, household: str | None = None) -> list[Lever]:
    """Return every lever of every person (or of one household's) that opens something, priced, the best of a family."""
    records = base.prepared.records
    consented = {
        one.application_number for n, one in enumerate(records.households)
        if base.prepared.consented[n] and household in (None, one.application_number)
    }
    best: dict[tuple[str, str | None, int | None], Lever] = {}
    ranks = sorted({person.number for person in records.persons})
    tries = [(offer, rank) for offer in _families(base) for rank in ranks]
    for done, (offer, rank) in enumerate(tries):
        tell("Leviers des personnes", done / (len(tries) + 1))
        changes = [
            change for person in records.persons
            if person.number == rank and person.application_number in consented
            and (change := offer(person)) is not None
        ]
        _keep(best, _appraised(base, changes))
    tell("Leviers des personnes", len(tries) / (len(tries) + 1))
    _keep(best, _appraised(base, _communes(base, consented)))
    return sorted(best.values(), key=lambda lever: lever.order)


def _keep(best: dict[tuple[str, str | None, int | None], Lever], found: list[Lever]) -> None:
    for lever in found:
        key = lever.change.family, lever.change.household, lever.change.person
        if key not in best or (lever.predicted, lever.opened) > (best[key].predicted, best[key].opened):
            best[key] = lever


def _appraised(base: Base, changes: list[Change]) -> list[Lever]:
    if not changes:
        return []
    few = only(base.prepared.records, {change.household for change in changes if change.household})
    return appraise(base, changed(few, [edit for change in changes for edit in change.edits]), changes)


Offer = Callable[[Person], Change | None]


def _families(base: Base) -> Iterator[Offer]:
    """Yield what makes, of a person, the change of one thing: ``None`` when there is nothing to change."""
    values = parameters.at("policy/levers", base.prepared.settings.on)
    yield lambda person: None if Mode.BIKE in person.seeker.modes else _of(
        person, "velo", "avec un vélo", ("modes", _modes(person, Mode.BIKE)))
    yield lambda person: None if Mode.CAR in person.seeker.modes or "B" not in person.seeker.licences else _of(
        person, "voiture", "avec une voiture", ("modes", _modes(person, Mode.CAR)))
    yield lambda person: None if "B" in person.seeker.licences else _of(
        person, "permis", "avec le permis B", ("permis", _licences(person)))
    yield lambda person: None if "B" in person.seeker.licences or Mode.CAR in person.seeker.modes else _of(
        person, "permis_voiture", "avec le permis B et une voiture", ("permis", _licences(person)),
        ("modes", _modes(person, Mode.CAR)))
    back_by = str(values["childcare_back_by"])
    yield lambda person: None if _beyond(person.seeker.back_no_later_min, parse_clock(back_by)) else _of(
        person, "garde_soir", f"en pouvant rentrer jusqu'à {clock(parse_clock(back_by))} (garde d'enfant)",
        ("retour_max", back_by))
    earlier = int(values["earlier_min"])
    yield lambda person: None if person.seeker.leaves_no_earlier_min is None else _of(
        person, "garde_matin",
        f"en pouvant partir dès {clock(max(person.seeker.leaves_no_earlier_min - earlier, 0))} (garde d'enfant)",
        ("depart_min", _hhmm(max(person.seeker.leaves_no_earlier_min - earlier, 0))))
    longer = int(values["longer_min"])
    yield lambda person: _of(
        person, "trajet", f"en acceptant {longer} minutes de trajet de plus",
        ("trajet_max", str(person.seeker.max_commute_min + longer)))
    for day in range(7):
        yield lambda person, day=day: _one_more_day(person, day)  # type: ignore[misc]


def _of(person: Person, family: str, words: str, *cells: tuple[str, str]) -> Change:
    return Change(
        "personne", family, words, tuple(person_edit(person, column, value) for column, value in cells),
        household=person.application_number, person=person.number,
    )


def _beyond(stated: int | None, wanted: int) -> bool:
    """Whether the person may already come back that late."""
    return stated is None or stated >= wanted


def _modes(person: Person, more: Mode) -> str:
    return "|".join(mode.value for mode in Mode if mode in person.seeker.modes | {more})


def _licences(person: Person) -> str:
    return "|".join(sorted(person.seeker.licences | {"B"}))


def _one_more_day(person: Person, day: int) -> Change | None:
    days = person.seeker.workable_days
    if days is None or day in days:
        return None
    text = " ".join(DAY_CODES[one] for one in sorted(days | {day}))
    return _of(person, "jour", f"en pouvant travailler aussi le {DAY_WORDS[day]}", ("jours", text))


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _communes(base: Base, households: set[str]) -> list[Change]:
    """
    Return, for each household, the commune whose addition to its wishes would be worth the most.

    Found in one computation in which every home that only the wish forbids is open; its rank among the wishes is then
    that of a commune not wished, a little too low, and the change that is kept is appraised as it would be written.
    """
    prepared = base.prepared
    records, only_wish = prepared.records, prepared.eligibility.blocking == HOUSING_BIT["commune_souhaitee"]
    few = np.array([one.application_number in households for one in records.households], np.bool_)
    only_wish = only_wish & few[:, None] & prepared.consented[:, None]
    if not only_wish.any():
        return []
    opened = replace(prepared, eligibility=replace(prepared.eligibility, allowed=only_wish))
    tried = prepare(records, prepared.network, prepared.settings, known=opened)
    options = tried.options
    if not len(options.pair):
        return []
    household = options.pair_household[options.pair]
    worth = surplus(problem_of(tried), base.plan)
    best: dict[int, tuple[int, int]] = {}
    for o in np.lexsort((-worth, household)).tolist():
        best.setdefault(int(household[o]), (int(worth[o]), int(options.pair_dwelling[options.pair[o]])))
    return [_commune_change(records.households[h], records.dwellings[d].commune) for h, (_, d) in sorted(best.items())]


def _commune_change(household: Any, code: str) -> Change:
    known = commune(code)
    wishes = "|".join((*household.wished_communes, code))
    return Change(
        "personne", "commune", f"en ajoutant {known.name if known else code} aux communes souhaitées",
        (Edit("menages", (household.application_number,), "communes_souhaitees", wishes),),
        household=household.application_number,
        places=(known.position,) if known else (),
    )
