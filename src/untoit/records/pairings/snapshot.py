"""
The frozen inputs of a run: the four exchange files, as the records stand and as the landlord may see them.

A run reads these files and nothing else, so that it can be replayed by ``untoit match`` and explained a year later.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db.models import Prefetch

from untoit.core.exchange import (
    DWELLING_COLUMNS,
    HOUSEHOLD_COLUMNS,
    OFFER_COLUMNS,
    PERSON_COLUMNS,
    cells_of,
    write_csv,
)
from untoit.core.model.household import Household as CoreHousehold
from untoit.core.wording import counted, listed
from untoit.records.applicants.exchange import household_to_core, person_to_core
from untoit.records.applicants.models import Consent, Household, Person, Purpose
from untoit.records.jobs.exchange import offer_to_core
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.pairings.models import Run
from untoit.records.pairings.perimeter import IN_SCHEME, Perimeter
from untoit.records.partners.rights import Actor
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Vacancy, VacancyState

FILES = ("menages", "personnes", "logements", "offres")
KEYS = "cles"
_COLUMNS = {
    "menages": HOUSEHOLD_COLUMNS, "personnes": PERSON_COLUMNS, "logements": DWELLING_COLUMNS, "offres": OFFER_COLUMNS,
}
_WORDS = {
    "menages": ("ménage", "ménages"), "personnes": ("personne", "personnes"), "logements": ("logement", "logements"),
    "offres": ("offre", "offres"),
}

Keys = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """
    The four files as texts, how many rows each has, and which record stands behind each reference.

    ``keys`` maps ``households``, ``persons`` (``number|rank``), ``vacancies`` and ``offers`` to identifiers.
    ``incomplete`` counts the households that lack what the rules need; they stay out of the files.
    """

    files: dict[str, str]
    rows: dict[str, int]
    keys: Keys
    consented: int
    supposed: int
    incomplete: int

    def sha256(self, kind: str) -> str:
        """Return the hash of one file."""
        return fingerprint(self.files[kind])


def fingerprint(text: str) -> str:
    """Return the hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(actor: Actor, perimeter: Perimeter) -> Frozen:
    """Return what a run of the actor's organisation would be computed on now."""
    households, persons, keys, incomplete = _applicants(actor, perimeter)
    vacancies = list(open_vacancies(actor, perimeter).order_by("reference"))
    offers = _unambiguous(open_offers(actor, perimeter).select_related("organisation").order_by("reference", "pk"))
    keys["vacancies"] = {one.reference: str(one.pk) for one in vacancies}
    keys["offers"] = {reference: str(one.pk) for reference, one in offers}
    tables: dict[str, list[Any]] = {
        "menages": households,
        "personnes": persons,
        "logements": [vacancy_to_core(one) for one in vacancies],
        "offres": [replace(offer_to_core(one), reference=reference) for reference, one in offers],
    }
    return Frozen(
        files=_texts(tables),
        rows={kind: len(rows) for kind, rows in tables.items()},
        keys=keys,
        consented=sum(one.consented_on is not None for one in households),
        supposed=sum(one.schedule_is_supposed for one in tables["offres"]),
        incomplete=incomplete,
    )


def candidates(actor: Actor, perimeter: Perimeter) -> Any:
    """Return the households that the perimeter takes among those that the actor may see."""
    found = Household.objects.visible_to(actor)
    if perimeter.candidates == IN_SCHEME:
        found = found.filter(in_scheme=True)
    if perimeter.applied_until is not None:
        found = found.filter(applied_on__lte=perimeter.applied_until)
    return found


def vacancies_in(actor: Actor, perimeter: Perimeter) -> Any:
    """Return the dwellings of the landlord that the perimeter takes, open or not."""
    found = Vacancy.objects.visible_to(actor).filter(organisation_id=actor.organisation_id)
    if perimeter.communes:
        found = found.filter(commune__in=perimeter.communes)
    if perimeter.rooms:
        found = found.filter(rooms__in=perimeter.rooms)
    return found.filter(pk__in=perimeter.vacancies) if perimeter.vacancies else found


def open_vacancies(actor: Actor, perimeter: Perimeter) -> Any:
    """Return those that are open and confirmed."""
    return vacancies_in(actor, perimeter).filter(state=VacancyState.OPEN, expires_on__gte=actor.today)


def offers_in(actor: Actor, perimeter: Perimeter) -> Any:
    """Return the offers that the perimeter takes, open or not."""
    found = Offer.objects.visible_to(actor)
    if perimeter.offers:
        found = found.filter(pk__in=perimeter.offers)
    return found.filter(organisation_id__in=perimeter.employers) if perimeter.employers else found


def open_offers(actor: Actor, perimeter: Perimeter) -> Any:
    """Return those that are open and confirmed."""
    return offers_in(actor, perimeter).filter(state=OfferState.OPEN, expires_on__gte=actor.today)


def inputs_hash(files: Mapping[str, str], run: Run, feeds: Iterable[str]) -> str:
    """
    Return the hash of everything that makes a result: files and timetables by their hash, policy, date, mode, seed.
    """
    made_of = {
        "files": {kind: files[kind] for kind in FILES},
        "feeds": sorted(feeds),
        "policy": [run.policy.priority_per_mille, run.policy.settings],
        "on": run.on.isoformat(), "mode": run.mode, "seed": run.seed,
    }
    return fingerprint(json.dumps(made_of, sort_keys=True))


def unpack(run: Run, folder: Path) -> dict[str, Path]:
    """Write the frozen files of a run in a folder and return their paths by kind."""
    paths = {}
    for kept in run.inputs.filter(kind__in=FILES):
        paths[kept.kind] = folder / f"{kept.kind}.csv"
        paths[kept.kind].write_text(kept.content, "utf-8", newline="")
    return paths


def keys_of(run: Run) -> Keys:
    """Return which record stands behind each reference of the frozen files."""
    keys: Keys = run.inputs.get(kind=KEYS).content
    return keys


def changes_since(run: Run, now: Frozen) -> dict[str, int]:
    """Return how many rows of each file were added, removed or changed since the run was frozen; nothing when none."""
    found = {}
    for kept in run.inputs.filter(kind__in=FILES):
        if kept.sha256 == now.sha256(kept.kind):
            continue
        before, after = _rows_by_key(kept.kind, kept.content), _rows_by_key(kept.kind, now.files[kept.kind])
        found[kept.kind] = sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())
    return {kind: found[kind] for kind in FILES if kind in found}


def said(changes: Mapping[str, int]) -> str:
    """Return ``3 logements et 1 ménage``."""
    return listed([counted(count, *_WORDS[kind]) for kind, count in changes.items()])


def consent_of(household: Household) -> Any:
    """
    Return since when the household agrees to the matching, ``None`` when it does not, or no longer does.

    ``household.consents`` are those of the matching, withdrawn ones included. What a file says holds as long as nobody
    recorded a consent here.
    """
    recorded = list(household.consents.all())
    still_open = [one.given_on for one in recorded if one.withdrawn_at is None]
    if still_open:
        return min(still_open)
    return None if recorded else household.consented_on


def _applicants(actor: Actor, perimeter: Perimeter) -> tuple[list[CoreHousehold], list[Any], Keys, int]:
    found = candidates(actor, perimeter).prefetch_related(
        Prefetch("consents", Consent.objects.filter(purpose=Purpose.MATCHING)),
        Prefetch("persons", Person.objects.defer("search").order_by("number")),
    )
    keys: Keys = {"households": {}, "persons": {}}
    households, persons, incomplete = [], [], 0
    for household in sorted(found, key=_number):
        if not household.adult_ages or "tax_income_n2_eur_year" not in household.finances:
            incomplete += 1
            continue
        number = _number(household)
        keys["households"][number] = str(household.pk)
        households.append(
            replace(household_to_core(household), application_number=number, consented_on=consent_of(household))
        )
        for person in household.persons.all():
            keys["persons"][f"{number}|{person.number}"] = str(person.pk)
            persons.append(person_to_core(person, number))
    return households, persons, keys, incomplete


def _number(household: Household) -> str:
    """Return the number of the application, or a stable stand-in: a household made on screen may have none yet."""
    return household.application_number or f"SANS-NUMERO-{household.pk.hex[:16].upper()}"


def _unambiguous(offers: Iterable[Offer]) -> list[tuple[str, Offer]]:
    """Return offers with references of their own: two organisations may use the same one."""
    found = list(offers)
    uses = Counter(one.reference for one in found)
    named = [
        (one.reference if uses[one.reference] == 1 else f"{one.reference} · {one.organisation.name}", one)
        for one in found
    ]
    again = Counter(reference for reference, _ in named)
    return [
        (reference if again[reference] == 1 else f"{reference} · {one.pk.hex[:8]}", one) for reference, one in named
    ]


def _texts(tables: Mapping[str, list[Any]]) -> dict[str, str]:
    texts = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, rows in tables.items():
            path = Path(folder) / f"{kind}.csv"
            columns = _COLUMNS[kind]
            write_csv(path, columns, ([cells_of(row)[column] for column in columns] for row in rows))
            texts[kind] = path.read_bytes().decode("utf-8")
    return texts


def _rows_by_key(kind: str, text: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    width = 2 if kind == "personnes" else 1
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    next(rows)
    return {tuple(row[:width]): tuple(row) for row in rows}
