"""One change of the input, said three ways: in French, as cells of the partners' files, and as other records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from untoit.core.exchange import parse_clock, parse_days
from untoit.core.mobility.added_trip import AddedTrip
from untoit.core.model.dwelling import Dwelling
from untoit.core.model.household import Household
from untoit.core.model.person import Person
from untoit.core.model.place import Position
from untoit.core.model.work import JobOffer, Mode, Seeker
from untoit.core.pairing.records import Records


@dataclass(frozen=True, slots=True)
class Edit:
    """
    One cell to change in one file: ``personnes``, ``menages`` or ``offres``; or a row of ``logements`` to copy.

    ``key`` is the value of the key columns of the row. For a copy, ``column`` is ``reference`` and ``value`` the
    reference of the new row, all else being equal.
    """

    file: str
    key: tuple[str, ...]
    column: str
    value: str
    copies: bool = False

    def __str__(self) -> str:
        """Return the edit as a person would do it in a spreadsheet."""
        where = f"{self.file}.csv, ligne {' / '.join(self.key)}"
        if self.copies:
            return f"{where} : copier la ligne sous la référence {self.value}"
        return f"{where} : {self.column} = {self.value}"


@dataclass(frozen=True, slots=True)
class Change:
    """
    One thing to relax.

    ``scope`` is ``personne`` or ``territoire``; ``family`` groups what is the same for several people (``velo``,
    ``commune`` …). ``places`` are where it happens, for the map: one point, or both ends of a trip.
    """

    scope: str
    family: str
    words: str
    edits: tuple[Edit, ...] = ()
    trip: AddedTrip | None = None
    household: str | None = None
    person: int | None = None
    places: tuple[Position, ...] = ()

    @property
    def instructions(self) -> str:
        """What to change in the input to make it real."""
        done = [str(edit) for edit in self.edits]
        if self.trip is not None:
            done.append(f"ajouter l'horaire GTFS de « {self.trip.name} »")
        return " ; ".join(done)


def changed(records: Records, edits: Iterable[Edit]) -> Records:
    """
    Return the records with the edits made; rows that no edit touches stay the same objects.

    Raises
    ------
    KeyError, ValueError
        When an edit names a row that is not there or a column that no lever changes: a mistake of ours.
    """
    households = {one.application_number: one for one in records.households}
    persons = {(one.application_number, str(one.number)): one for one in records.persons}
    dwellings = {one.reference: one for one in records.dwellings}
    offers = {one.reference: one for one in records.offers}
    for edit in edits:
        if edit.file == "menages":
            households[edit.key[0]] = _household(households[edit.key[0]], edit)
        elif edit.file == "personnes":
            person = persons[edit.key[0], edit.key[1]]
            persons[edit.key[0], edit.key[1]] = replace(person, seeker=_seeker(person.seeker, edit))
        elif edit.file == "offres":
            offers[edit.key[0]] = _offer(offers[edit.key[0]], edit)
        elif edit.file == "logements" and edit.copies and edit.value not in dwellings:
            dwellings[edit.value] = replace(dwellings[edit.key[0]], reference=edit.value)
        else:
            raise ValueError(f"no lever edits {edit}")
    return Records.of(
        tuple(households.values()), tuple(persons.values()), tuple(dwellings.values()), tuple(offers.values())
    )


def only(records: Records, households: Collection[str]) -> Records:
    """Return the records of these households alone, before all the dwellings and offers."""
    return Records.of(
        [one for one in records.households if one.application_number in households], records.persons,
        records.dwellings, records.offers,
    )


def edited_rows(file: str, rows: Iterable[Mapping[str, str]], edits: Iterable[Edit]) -> list[dict[str, str]]:
    """Return the rows of a partner's CSV file with the edits made: what a person would type, for a real run."""
    found = [dict(row) for row in rows]
    by_key = {tuple(row[column] for column in KEY_COLUMNS[file]): row for row in found}
    for edit in edits:
        if edit.file == file and edit.copies:
            found.append(by_key[edit.key] | {edit.column: edit.value})
        elif edit.file == file:
            by_key[edit.key][edit.column] = edit.value
    return found


KEY_COLUMNS = {
    "menages": ("numero_unique",), "personnes": ("numero_unique", "personne"), "logements": ("reference",),
    "offres": ("reference",),
}


def _household(household: Household, edit: Edit) -> Household:
    if edit.column != "communes_souhaitees":
        raise ValueError(f"no lever edits {edit}")
    return replace(household, wished_communes=tuple(edit.value.split("|")))


def _seeker(seeker: Seeker, edit: Edit) -> Seeker:
    readers: dict[str, Any] = {
        "modes": ("modes", lambda text: frozenset(map(Mode, text.split("|")))),
        "permis": ("licences", lambda text: frozenset(text.split("|"))),
        "retour_max": ("back_no_later_min", parse_clock),
        "depart_min": ("leaves_no_earlier_min", parse_clock),
        "trajet_max": ("max_commute_min", int),
        "jours": ("workable_days", parse_days),
    }
    field, read = readers[edit.column]
    return replace(seeker, **{field: read(edit.value)})


def _offer(offer: JobOffer, edit: Edit) -> JobOffer:
    if edit.column != "postes":
        raise ValueError(f"no lever edits {edit}")
    return replace(offer, openings=int(edit.value))


def person_edit(person: Person, column: str, value: str) -> Edit:
    """Return the edit of one cell of ``personnes.csv``."""
    return Edit("personnes", (person.application_number, str(person.number)), column, value)


def another(dwelling: Dwelling, number: int) -> Edit:
    """Return the edit that adds one more dwelling, the same as this one but for its reference."""
    return Edit("logements", (dwelling.reference,), "reference", f"{dwelling.reference}-PLUS{number}", copies=True)
