"""
The records that the rows of an import meet: found by their identifier, among those that the organisation may know.

A record may exist and be none of the importer's business: :class:`Found` then says only that it is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from untoit.core.exchange import Kind, cells_of
from untoit.core.exchange.cells import folded
from untoit.records.applicants.exchange import household_to_core, person_to_core
from untoit.records.applicants.models import Assignment, Consent, Household, Link, Person
from untoit.records.applicants.querysets import BY_CASELOAD
from untoit.records.intake.readings import Reading
from untoit.records.intake.sources import offer_cells
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer
from untoit.records.partners.rights import Actor
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Vacancy

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """
    A record of that identifier. ``is_ours``: the row may change it; ``is_open``: its values may be shown.

    A link of ours that has run out leaves a record ours and not open: the import renews it without showing anything.
    """

    record: Any
    is_ours: bool = True
    is_open: bool = True


class Target(Protocol):
    """One kind of record."""

    def find(self, keys: Collection[Key]) -> dict[Key, Found]:
        """Return the records of these identifiers, by identifier."""

    def known(self, pks: Collection[UUID]) -> dict[UUID, Any]:
        """Return those of these records that the importer may change, locked until the end of the transaction."""

    def stored(self, record: Any) -> dict[str, str]:
        """Return a record as cells of the format."""

    def twins(self, readings: Mapping[int, Reading]) -> dict[int, list[Any]]:
        """Return, by line, the records that may be the same under another identifier, among those in sight."""


class Vacancies:
    """The dwellings of one's own organisation, by reference."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def find(self, keys: Collection[Key]) -> dict[Key, Found]:
        references = [key[0] for key in keys]
        rows = Vacancy.objects.filter(organisation_id=self._actor.organisation_id, reference__in=references)
        return {(one.reference,): Found(one) for one in rows}

    def known(self, pks: Collection[UUID]) -> dict[UUID, Any]:
        return _locked(Vacancy.objects.filter(organisation_id=self._actor.organisation_id), pks)

    def stored(self, record: Vacancy) -> dict[str, str]:
        return cells_of(vacancy_to_core(record))

    def twins(self, readings: Mapping[int, Reading]) -> dict[int, list[Any]]:
        """Same address, surface and rent."""
        rents = {line: reading.columns() for line, reading in readings.items() if reading.value.address}
        rows = Vacancy.objects.filter(
            organisation_id=self._actor.organisation_id, state__in=("open", "expired"),
            rent_cents__in={columns["rent_cents"] for columns in rents.values()},
        ) if rents else ()
        return _paired(
            {line: (folded(one["address"]), float(one["surface_m2"]), one["rent_cents"])
             for line, one in rents.items()},
            rows, lambda row: (folded(row.address), float(row.surface_m2), row.rent_cents),
        )


class Offers:
    """The offers that one's own organisation handed over, by reference."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def find(self, keys: Collection[Key]) -> dict[Key, Found]:
        references = [key[0] for key in keys]
        rows = Offer.objects.filter(organisation_id=self._actor.organisation_id, reference__in=references)
        return {(one.reference,): Found(one) for one in rows}

    def known(self, pks: Collection[UUID]) -> dict[UUID, Any]:
        return _locked(Offer.objects.filter(organisation_id=self._actor.organisation_id), pks)

    def stored(self, record: Offer) -> dict[str, str]:
        return offer_cells(offer_to_core(record))

    def twins(self, readings: Mapping[int, Reading]) -> dict[int, list[Any]]:
        """Same title, employer and commune."""
        values = {line: reading.value for line, reading in readings.items()}
        rows = Offer.objects.filter(
            organisation_id=self._actor.organisation_id, state__in=("open", "expired"),
            commune__in={value.commune for value in values.values()},
            occupation__in={value.occupation for value in values.values()},
        ) if values else ()
        return _paired(
            {line: (folded(one.title), folded(one.employer), one.commune) for line, one in values.items()},
            rows, lambda row: (folded(row.title), folded(row.employer), row.commune),
        )


class Households:
    """Every household by its number; whose it is follows from links."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    def find(self, keys: Collection[Key]) -> dict[Key, Found]:
        numbers = [str(key[0]) for key in keys if key[0]]
        rows = list(Household.objects.filter(application_number__in=numbers).exclude(application_number=""))
        in_sight, ours = self._rights([one.pk for one in rows])
        return {
            (one.application_number,): Found(one, one.pk in ours or one.pk in in_sight, one.pk in in_sight)
            for one in rows
        }

    def known(self, pks: Collection[UUID]) -> dict[UUID, Any]:
        rows = _locked(Household.objects.all(), pks)
        in_sight, ours = self._rights(list(rows))
        return {pk: row for pk, row in rows.items() if pk in in_sight or pk in ours}

    def stored(self, record: Household) -> dict[str, str]:
        # Grounds that only evidence gives are not the file's: it neither adds nor removes them.
        return cells_of(household_to_core(record, as_filed=True))

    def twins(self, readings: Mapping[int, Reading]) -> dict[int, list[Any]]:
        """Same day of application, same ages, same reference income."""
        values = {line: reading.value for line, reading in readings.items()}
        days = {value.applied_on for value in values.values()}
        marks = {(one.applied_on, _ages(one.adult_ages, one.child_ages)) for one in values.values()}
        # Amounts are sealed: only those of the few who have the same day and ages are opened.
        dated = Household.objects.visible_to(self._actor).filter(applied_on__in=days).values_list(
            "pk", "applied_on", "adult_ages", "child_ages"
        ) if values else ()
        close = [pk for pk, day, adults, children in dated if (day, _ages(adults, children)) in marks]
        rows = Household.objects.filter(pk__in=close) if close else ()
        return _paired(
            {line: (one.applied_on, _ages(one.adult_ages, one.child_ages),
                    f"{one.tax_income_n2_eur_year.normalize():f}") for line, one in values.items()},
            rows, lambda row: (row.applied_on, _ages(row.adult_ages, row.child_ages),
                               f"{household_to_core(row).tax_income_n2_eur_year.normalize():f}"),
        )

    def _rights(self, pks: list[UUID]) -> tuple[set[UUID], set[UUID]]:
        """Return which households are in sight, and which are ours by a link that has only run out."""
        if not pks:
            return set(), set()
        in_sight = set(Household.objects.visible_to(self._actor).filter(pk__in=pks).values_list("pk", flat=True))
        links = Link.objects.filter(
            organisation_id=self._actor.organisation_id, closed_at__isnull=True,
            household_id__in=[pk for pk in pks if pk not in in_sight],
        )
        if self._actor.role in BY_CASELOAD and not self._actor.is_org_admin:
            links = links.filter(pk__in=Assignment.objects.filter(
                Q(until__isnull=True) | Q(until__gte=self._actor.today), membership_id=self._actor.membership_id,
            ).values("link_id"))
        pairs = set(links.values_list("household_id", "purpose"))
        # A consent that was withdrawn is not given back by a file.
        withdrawn = set(Consent.objects.filter(
            household_id__in=[pk for pk, _ in pairs], withdrawn_at__isnull=False
        ).values_list("household_id", "purpose"))
        return in_sight, {pk for pk, purpose in pairs if (pk, purpose) not in withdrawn}


class Persons:
    """The job seekers of the households in sight, by number of household and of person."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._households = Households(actor)

    def households(self, keys: Collection[Key]) -> dict[str, Household]:
        """Return, by number, the households of these keys to which the importer may add a person."""
        found = self._households.find({(key[0],) for key in keys})
        return {str(key[0]): one.record for key, one in found.items() if one.is_ours}

    def find(self, keys: Collection[Key]) -> dict[Key, Found]:
        found = self._households.find({(key[0],) for key in keys})
        ours = {one.record.pk: one for one in found.values() if one.is_ours}
        rows = Person.objects.filter(household_id__in=list(ours)).select_related("household")
        return {
            (one.household.application_number, one.number): Found(one, True, ours[one.household_id].is_open)
            for one in rows
        }

    def known(self, pks: Collection[UUID]) -> dict[UUID, Any]:
        rows = _locked(Person.objects.select_related("household"), pks)
        households = self._households.known({row.household_id for row in rows.values()})
        return {pk: row for pk, row in rows.items() if row.household_id in households}

    def stored(self, record: Person) -> dict[str, str]:
        cells = cells_of(person_to_core(record, record.household.application_number))
        return {
            **cells, "prenom": record.first_name, "nom": record.last_name,
            "naissance": record.birth_date.isoformat() if record.birth_date else "", "telephone": record.phone,
            "courriel": record.email, "adresse": record.address,
        }

    def twins(self, readings: Mapping[int, Reading]) -> dict[int, list[Any]]:
        """Same surname and birth date; same first name and surname for who does not see birth dates."""
        second = ("naissance", "birth_date") if self._actor.sees("birth_date") == "F" else ("prenom", "first_name")
        names = {
            line: (folded(reading.extra.get("nom", "")), folded(reading.extra.get(second[0], "")))
            for line, reading in readings.items()
        }
        named = {line: pair for line, pair in names.items() if all(pair)}
        if not named:
            return {}
        rows = Person.objects.visible_to(self._actor).select_related("household")
        if second[1] == "birth_date":
            rows = rows.filter(birth_date__in={readings[line].extra["naissance"] for line in named})
        else:
            written = {readings[line].extra["nom"] for line in named}
            usual = {form(name) for name in written for form in (str, str.upper, str.title)}
            rows = rows.filter(last_name__in=usual)
        return _paired(named, rows, lambda row: (folded(row.last_name), folded(str(getattr(row, second[1]) or ""))))


TARGETS: dict[Kind, type[Vacancies] | type[Offers] | type[Households] | type[Persons]] = {
    Kind.HOUSEHOLDS: Households, Kind.PERSONS: Persons, Kind.DWELLINGS: Vacancies, Kind.OFFERS: Offers,
}


def _locked(rows: QuerySet[Any], pks: Collection[UUID]) -> dict[UUID, Any]:
    return {one.pk: one for one in rows.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")}


def _ages(adults: Collection[int], children: Collection[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(sorted(adults)), tuple(sorted(children))


def _paired(wanted: Mapping[int, Any], rows: Any, mark: Any) -> dict[int, list[Any]]:
    by_mark: dict[str, list[Any]] = {}
    for row in rows:
        by_mark.setdefault(repr(mark(row)), []).append(row)
    return {line: by_mark[repr(one)] for line, one in wanted.items() if repr(one) in by_mark}
