"""
Job offers as the France Travail "Offres d'emploi v2" interface serves them: a JSON document with ``resultats``.

Wage and hours are words there, whole blocks are missing, a work place may have no coordinates and the hours of the post
hide in the description. What can be read is read, what is supposed is marked so, and both are told.
"""

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from untoit.core.errors import UnusableInput
from untoit.core.exchange import free_text
from untoit.core.exchange.cells import (
    IDENTIFIER,
    INSEE,
    LICENCE,
    ROME,
    SIRET,
    Reader,
    Unreadable,
    clean,
    either,
    folded,
    shown,
)
from untoit.core.exchange.formats import Kind
from untoit.core.exchange.sheets import MOST_ROWS, counted, file_name
from untoit.core.exchange.tables import Problems, Table, wrong_position
from untoit.core.model.place import Position
from untoit.core.model.problem import RowProblem, Severity
from untoit.core.model.schedule import SUPPOSED_SCHEDULE, Schedule
from untoit.core.model.work import Contract, JobOffer
from untoit.core.territory.communes import commune

LARGEST_DOCUMENT = 32 * 2**20
# Each list or object costs a hundred bytes of memory, whatever it holds.
MOST_BLOCKS = 1_000_000
ANONYMOUS_EMPLOYER = "Employeur non communiqué"

# Reference table "typesContrats" of the interface; the types that are no employment contract are not there.
_CONTRACTS = {
    "CDI": Contract.PERMANENT,
    "DIN": Contract.PERMANENT,       # CDI intérimaire
    "CDD": Contract.FIXED_TERM,
    "SAI": Contract.FIXED_TERM,      # travail saisonnier
    "MIS": Contract.TEMP_AGENCY,
    "TTI": Contract.INSERTION,       # travail temporaire d'insertion
    "DDI": Contract.INSERTION,       # CDD d'insertion
}
_SUPPOSED_HOURS = Decimal(35)


def read_offers(path: Path) -> Table[JobOffer]:
    """
    Return the offers of a France Travail document; ``lines`` holds their rank in it.

    Raises
    ------
    UnusableInput
        When the document is no JSON, holds no offers or is too large.
    """
    file = file_name(path)
    problems = Problems(file)
    rows: list[JobOffer] = []
    ranks: list[int] = []
    refused = 0
    for rank, _, offer in _read_each(path, problems):
        if offer is None:
            refused += 1
            continue
        rows.append(offer)
        ranks.append(rank)
    return Table(Kind.FRANCE_TRAVAIL, file, tuple(rows), tuple(ranks), problems.all(), refused)


def read_each_offer(path: Path) -> Iterator[tuple[int, dict[str, str], JobOffer | None, tuple[RowProblem, ...]]]:
    """
    Yield each offer alone: its rank, the words of a refused one that a person can complete, its value, its problems.

    Raises
    ------
    UnusableInput
        As :func:`read_offers`.
    """
    problems = Problems(file_name(path))
    for rank, reading, offer in _read_each(path, problems):
        yield rank, reading.words(), offer, problems.take()


def _read_each(path: Path, problems: Problems) -> "Iterator[tuple[int, _Reading, JobOffer | None]]":
    seen: dict[str, int] = {}
    for rank, content in enumerate(_offers(_document(path), file_name(path)), 1):
        reading = _Reading(content, rank, problems)
        offer = reading.offer()
        if offer is not None and (first := seen.setdefault(offer.reference, rank)) != rank:
            reading.refuse("id", f"est déjà l'offre {first} du fichier.", offer.reference)
            offer = None
        yield rank, reading, offer


def _document(path: Path) -> Any:
    file = file_name(path)
    if path.stat().st_size > LARGEST_DOCUMENT:
        raise UnusableInput(f"{file} : fichier trop volumineux. Attendu : {LARGEST_DOCUMENT // 2**20} Mio au plus.")
    content = path.read_bytes()
    try:
        if content.count(b"{") + content.count(b"[") > MOST_BLOCKS:
            raise ValueError("too many blocks")
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise UnusableInput(
            f"{file} : ce n'est pas un document JSON lisible. Attendu : la réponse de l'API Offres d'emploi v2 de "
            "France Travail, en UTF-8."
        ) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _offers(document: Any, file: str) -> Iterator[dict[str, Any]]:
    """Yield the offers of a response, of several in a list, of a bare list, or one offer alone."""
    if isinstance(document, dict) and "resultats" not in document and "intitule" in document:
        document = [document]
    pages = document if isinstance(document, list) else [document]
    offers: list[Any] = []
    for page in pages:
        inside = page.get("resultats") if isinstance(page, dict) and "resultats" in page else [page]
        offers += inside if isinstance(inside, list) else [inside]
    if len(offers) > MOST_ROWS:
        limit = counted(MOST_ROWS, "offre", "offres")
        raise UnusableInput(f"{file} : plus de {limit}. Attendu : un fichier plus petit.")
    if any(not isinstance(offer, dict) or not {"id", "intitule", "romeCode"} & offer.keys() for offer in offers):
        raise UnusableInput(
            f"{file} : ce document JSON ne contient pas d'offres d'emploi. Attendu : la réponse de l'API Offres "
            "d'emploi v2 de France Travail, avec « resultats »."
        )
    yield from offers


class _Reading:
    """One offer while it is read."""

    def __init__(self, content: dict[str, Any], rank: int, problems: Problems) -> None:
        self._content = content
        self._problems = problems
        reference = shown(self._text("id"))
        self._place = f"offre {rank}" + (f" ({reference})" if reference else "")
        self._refused = False
        self._supposed: set[str] = set()

    def offer(self) -> JobOffer | None:
        """Return the offer, ``None`` when it had to be refused."""
        reference = self._need("id", IDENTIFIER)
        title = self._text("intitule") or self._text("appellationlibelle") or self._text("romeLibelle")
        if not title:
            self.refuse("intitule", "est absent. Attendu : le nom du poste.")
        occupation = self._need("romeCode", ROME)
        contract = self._contract()
        place = self._work_place()
        if self._refused or reference is None or occupation is None or contract is None or place is None:
            return None
        weekly_hours = self._weekly_hours()
        wage = self._wage(weekly_hours)
        schedule = self._schedule()
        return JobOffer(
            reference=reference,
            employer=self._text("entreprise", "nom")[:200] or ANONYMOUS_EMPLOYER,
            siret=self._get("entreprise", "siret", reader=SIRET),
            title=title[:200],
            occupation=occupation,
            contract=contract,
            duration_months=free_text.duration_months(self._text("typeContratLibelle")),
            weekly_hours=weekly_hours,
            gross_monthly_eur=wage,
            commune=place[0],
            position=place[1],
            openings=self._openings(),
            licences=self._licences(),
            min_experience_years=self._experience(),
            schedule=schedule,
            in_shortage=self._flag("offresManqueCandidats"),
            supposed=frozenset(self._supposed),
        )

    def words(self) -> dict[str, str]:
        """Return what the offer says as it is, by column of the ``offres`` format."""
        return {
            "reference": self._text("id"), "employeur": self._text("entreprise", "nom")[:160],
            "intitule": self._text("intitule")[:200], "rome": self._text("romeCode"),
            "code_insee": self._text("lieuTravail", "commune"),
            "latitude": self._text("lieuTravail", "latitude"), "longitude": self._text("lieuTravail", "longitude"),
        }

    def refuse(self, field: str, expected: str, seen: str | None = None) -> None:
        """Leave this offer out, and say why."""
        self._refused = True
        self._problems.add(None, field, seen, expected, within=self._place)

    def _notice(self, field: str, expected: str, seen: str | None = None) -> None:
        self._problems.add(None, field, seen and shown(seen), expected, Severity.NOTICE, within=self._place)

    # --- blocks of the payload

    def _contract(self) -> Contract | None:
        nature = folded(self._text("natureContrat")[:100])
        if self._flag("alternance") or "apprentissage" in nature or "professionnalisation" in nature:
            return Contract.WORK_STUDY
        if "insertion" in nature:
            return Contract.INSERTION
        kind = self._text("typeContrat").upper()
        if kind not in _CONTRACTS:
            self.refuse("typeContrat", f"n'est pas un contrat de travail connu. Attendu : {either(_CONTRACTS)}.",
                        shown(kind) or None)
            return None
        return _CONTRACTS[kind]

    def _work_place(self) -> tuple[str, Position] | None:
        """Return the commune and the point: the coordinates given, otherwise the centre of the commune."""
        if not self._text("lieuTravail", "commune"):
            self.refuse("lieuTravail", "ne nomme pas de commune : le trajet ne peut pas être calculé.",
                        shown(self._text("lieuTravail", "libelle")) or None)
            return None
        code = self._get("lieuTravail", "commune", reader=INSEE)
        if code is None:
            return None
        latitude, longitude = self._degrees("latitude"), self._degrees("longitude")
        if latitude is not None and longitude is not None:
            position = Position(latitude, longitude)
            wrong = wrong_position(position)
            if wrong is None:
                return code, position
            self._notice("lieuTravail", wrong, f"{latitude} ; {longitude}")
        known = commune(code)
        if known is None:
            self.refuse("lieuTravail", "est sans coordonnées, et le centre de cette commune n'est pas connu. Attendu : "
                        "latitude et longitude.", code)
            return None
        self._supposed.add("position")
        self._notice("lieuTravail", f"sans coordonnées exactes : le centre de {known.name} est supposé.", code)
        return code, known.position

    def _weekly_hours(self) -> Decimal | None:
        hours = free_text.weekly_hours(self._text("dureeTravailLibelle"))
        if hours is None:
            self._supposed.add("heures_hebdo")
        return hours

    def _wage(self, weekly_hours: Decimal | None) -> Decimal | None:
        words = self._text("salaire", "libelle") or self._text("salaire", "commentaire")
        wage = free_text.wage(words)
        monthly = None if wage is None else wage.monthly_eur(weekly_hours or _SUPPOSED_HOURS)
        if wage is None or monthly is None:
            self._supposed.add("salaire_brut_mensuel")
            if words:
                self._notice("salaire", "ne donne pas de salaire lisible : le minimum légal est supposé.", words)
        elif wage.period == "horaire" and weekly_hours is None:
            self._supposed.add("salaire_brut_mensuel")
            self._notice("salaire", "est un salaire horaire sans durée du travail : 35 heures sont supposées.", words)
        return monthly

    def _schedule(self) -> Schedule:
        """Return the hours found in words, which stay supposed until the employer confirms them."""
        self._supposed.add("horaires")
        context = self._content.get("contexteTravail")
        hours = context.get("horaires") if isinstance(context, dict) else None
        sources = (
            ("contexteTravail", " ; ".join(clean(str(words)[:500]) for words in hours[:10])
             if isinstance(hours, list) else ""),
            ("dureeTravailLibelle", self._text("dureeTravailLibelle")),
            ("description", self._text("description")),
        )
        found = free_text.schedule(" ; ".join(words for _, words in sources))
        if found is None:
            return SUPPOSED_SCHEDULE
        self._notice("description", f"est lu comme « {found.schedule} », à confirmer par l'employeur.", found.words)
        return found.schedule

    def _experience(self) -> Decimal | None:
        """Return the years required: none when beginners are welcome, unknown when experience is only wished."""
        required = self._text("experienceExige").upper()
        if required == "D":
            return Decimal(0)
        if required != "E":
            return None
        words = self._text("experienceLibelle")
        years = free_text.experience_years(words)
        if years is None:
            self._notice("experienceLibelle", "ne donne pas de durée : aucune n'est exigée ici.", words or None)
        return years

    def _licences(self) -> frozenset[str]:
        listed = self._content.get("permis")
        required = set()
        for licence in listed if isinstance(listed, list) else []:
            if isinstance(licence, dict) and str(licence.get("exigence", "")).upper() == "E":
                words = clean(str(licence.get("libelle", ""))[:100])
                try:
                    required.add(LICENCE.parse(words.partition(" - ")[0]))
                except Unreadable as unreadable:
                    self._notice("permis", f"{unreadable} : il n'est pas exigé ici.", words or None)
        return frozenset(required)

    def _openings(self) -> int:
        openings = self._content.get("nombrePostes")
        return openings if isinstance(openings, int) and 1 <= openings <= 1_000 else 1

    # --- values

    def _value(self, *path: str) -> Any:
        value: Any = self._content
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def _text(self, *path: str) -> str:
        value = self._value(*path)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        return clean(str(value))

    def _flag(self, name: str) -> bool | None:
        value = self._value(name)
        return value if isinstance(value, bool) else None

    def _degrees(self, name: str) -> float | None:
        value = self._value("lieuTravail", name)
        try:
            degrees = float(value) if isinstance(value, str | int | float) else math.nan
        except (ValueError, OverflowError):
            return None
        return degrees if math.isfinite(degrees) else None

    def _get(self, *path: str, reader: Reader[str]) -> str | None:
        text = self._text(*path)
        if not text:
            return None
        try:
            return reader.parse(text)
        except Unreadable as unreadable:
            if path[-1] == "siret":
                return None
            self.refuse(".".join(path), f"{unreadable}. Attendu : {reader.expected}.", shown(text))
            return None

    def _need(self, name: str, reader: Reader[str]) -> str | None:
        if not self._text(name):
            self.refuse(name, f"est absent. Attendu : {reader.expected}.")
            return None
        return self._get(name, reader=reader)
