"""Each file of the exchange formats, read into the model."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, Generic, TypeVar

from untoit.core.errors import UnusableInput
from untoit.core.exchange import france_travail
from untoit.core.exchange.cells import (
    CLOCK,
    DAY,
    DAYS,
    ENERGY_LABEL,
    FLAG,
    IDENTIFIER,
    INSEE,
    LICENCE,
    ROME,
    ROOMS,
    SCHEDULE,
    SIRET,
    TEXT,
    Cell,
    Reader,
    Unreadable,
    amount,
    code,
    folded,
    listed,
    matching,
    number,
    plain_text,
    whole,
)
from untoit.core.exchange.formats import FORMATS, Kind, format_of, kind_of_headers
from untoit.core.exchange.sheets import Sheet, counted, file_name, open_sheet, opening_bytes
from untoit.core.exchange.tables import Row, Table, read_rows
from untoit.core.model.dwelling import Dwelling, Funding, ReservingParty
from untoit.core.model.household import CurrentStatus, Household, PriorityGround, Resources
from untoit.core.model.person import Person
from untoit.core.model.place import Position
from untoit.core.model.problem import RowProblem, Severity
from untoit.core.model.schedule import SUPPOSED_SCHEDULE, Schedule
from untoit.core.model.work import Contract, FrenchLevel, JobOffer, Mode, Seeker

T = TypeVar("T")
FilePath = str | PathLike[str]

EUROS_MONTH = amount(0, 100_000, "un montant en euros par mois, par exemple 423,50, ou une case vide si inconnu")
EUROS_YEAR = amount(0, 10_000_000, "un montant en euros par an, par exemple 12900")
RENT = amount(1, 10_000, "un montant en euros par mois, par exemple 423,50")
CHARGES = amount(0, 10_000, "un montant en euros par mois, par exemple 62, ou 0")
# Below, it is an hourly wage in the wrong column.
GROSS_WAGE = amount(50, 100_000, "un salaire brut mensuel en euros, par exemple 1867,02")
ADULT_AGES = listed(whole(16, 120, "", "ans"), "l'âge de chaque adulte, de 16 à 120 ans, par exemple 34|36")
CHILD_AGES = listed(whole(0, 120, "", "ans"), "l'âge de chaque personne à charge, de 0 à 120 ans, par exemple 8|4")
HEADS = whole(0, 20, "un nombre de personnes, de 0 à 20")
FLOOR = whole(-5, 60, "un numéro d'étage, 0 pour le rez-de-chaussée")
SURFACE = number(5, 1_000, "une surface habitable en m², par exemple 45,2", "m²", "m2")
HOURS = number(1, 60, "un nombre d'heures par semaine, par exemple 35", "heures", "h")
YEARS = number(0, 60, "un nombre d'années, par exemple 2 ou 0,5", "ans", "an")
PERSON_NUMBER = whole(1, 20, "1 pour le premier demandeur d'emploi du ménage, 2 pour le deuxième…")
COMMUTE_MINUTES = whole(5, 240, "un nombre de minutes, par exemple 60", "min")
OPENINGS = whole(1, 1_000, "un nombre de postes, par exemple 1")
CANDIDATES = whole(1, 20, "un nombre de candidats, par exemple 3")
MONTHS = number(0, 120, "un nombre de mois, par exemple 6", "mois")
APL_ZONE = whole(1, 3, "1, 2 ou 3")
QPV_CODE = matching("Q[PN][0-9A-Z]{6}", "n'est ni oui, ni non, ni un code de quartier",
                    "oui, non ou un code QPV, par exemple QN05901M")
GROUND = code(PriorityGround, "n'est pas un motif de priorité connu")
RESERVING_PARTY = code(ReservingParty, "n'est pas un réservataire connu")
STATUS = code(CurrentStatus, "n'est pas un statut d'occupation connu")
FUNDING = code(Funding, "n'est pas un financement connu")
MODE = code(Mode, "n'est pas un mode de déplacement connu")
CONTRACT = code(Contract, "n'est pas un type de contrat connu")
FRENCH_LEVEL = code(FrenchLevel, "n'est pas un niveau de français connu")


def _experience(cell: Cell) -> tuple[str, Decimal]:
    occupation, mark, years = plain_text(cell).partition(":")
    if not mark:
        raise Unreadable("n'est pas de la forme ROME:années")
    return ROME.parse(occupation), YEARS.parse(years)


EXPERIENCE = listed(Reader(_experience, ""), "un code ROME et des années, par exemple J1301:2.5|K2204:1")


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A home of a commute file: its identifier and where it stands."""

    id: str
    position: Position


@dataclass(frozen=True, slots=True)
class Workplace:
    """A workplace of a commute file; ``schedule_is_supposed`` when its cell was blank."""

    id: str
    position: Position
    schedule: Schedule
    schedule_is_supposed: bool


_SUPPOSED = {
    "horaires": f"« {SUPPOSED_SCHEDULE} » supposés et marqués comme tels",
    "heures_hebdo": "35 heures par semaine supposées",
    "salaire_brut_mensuel": "salaire minimum légal supposé pour la durée du travail",
}


@dataclass(frozen=True, slots=True)
class Loader(Generic[T]):
    """
    How one kind of file becomes values.

    ``build`` makes one from a row; no two rows may share their ``key``; ``supposed`` names the columns of a value that
    hold a supposition because their cell was blank.
    """

    build: Callable[[Row], T]
    key_columns: tuple[str, ...]
    key: Callable[[T], tuple[object, ...]]
    supposed: Callable[[T], Collection[str]] = lambda _: ()

    def load(self, sheet: Sheet, kind: Kind) -> Table[T]:
        table = read_rows(sheet, format_of(kind), self.build, self.key_columns, self.key)
        # Said once a file, and not once a row.
        counts = Counter(column for value in table.rows for column in self.supposed(value))
        notices = tuple(
            RowProblem(table.file, None, column, None,
                       f"case vide sur {counted(counts[column], 'ligne', 'lignes')} : {_SUPPOSED[column]}.",
                       Severity.NOTICE)
            for column in sorted(counts)
        )
        return replace(table, problems=table.problems + notices)


def read_households(path: FilePath) -> Table[Household]:
    """
    Return the households of a ``menages`` file (CSV, XLSX or ODS).

    A household without a date of consent is kept, with a notice: it enters no match. Raises ``UnusableInput`` with one
    sentence when the file as a whole cannot be used; a bad row never raises. The same holds for every reader below.
    """
    return _read(path, Kind.HOUSEHOLDS, _HOUSEHOLDS)


def read_persons(path: FilePath) -> Table[Person]:
    """Return the job seekers of a ``personnes`` file."""
    return _read(path, Kind.PERSONS, _PERSONS)


def read_dwellings(path: FilePath) -> Table[Dwelling]:
    """Return the vacant dwellings of a ``logements`` file."""
    return _read(path, Kind.DWELLINGS, _DWELLINGS)


def read_offers(path: FilePath) -> Table[JobOffer]:
    """Return the job offers of an ``offres`` file, or of the France Travail "Offres d'emploi v2" JSON as it is."""
    path = Path(path)
    if opening_bytes(path)[:1] in (b"{", b"["):
        return france_travail.read_offers(path)
    return _read(path, Kind.OFFERS, _OFFERS)


def read_homes(path: FilePath) -> Table[NamedPoint]:
    """Return the homes of a commute file."""
    return _read(path, Kind.HOMES, _HOMES)


def read_works(path: FilePath) -> Table[Workplace]:
    """Return the workplaces of a commute file."""
    return _read(path, Kind.WORKS, _WORKS)


def read_any(path: FilePath) -> Table[Any]:
    """Return what a file holds, its kind recognised from its headers; same errors as the reader of that kind."""
    path = Path(path)
    if opening_bytes(path)[:1] in (b"{", b"["):
        return france_travail.read_offers(path)
    sheet, kind = _recognised(path)
    return LOADERS[kind].load(sheet, kind)


def detect_kind(path: FilePath) -> Kind:
    """Return the kind of a file from its headers; raises ``UnusableInput`` when it is none that is exchanged."""
    path = Path(path)
    if opening_bytes(path)[:1] in (b"{", b"["):
        return Kind.FRANCE_TRAVAIL
    return _recognised(path)[1]


def _recognised(path: Path) -> tuple[Sheet, Kind]:
    sheet = open_sheet(path, [str(form.kind) for form in FORMATS])
    kind = kind_of_headers(frozenset(map(folded, sheet.headers)))
    if kind is None:
        raise UnusableInput(
            f"{file_name(path)} : les en-têtes ne sont ceux d'aucun fichier connu. Attendu : menages, personnes, "
            "logements, offres, homes ou works."
        )
    return sheet, kind


def _read(path: FilePath, kind: Kind, loader: Loader[T]) -> Table[T]:
    return loader.load(open_sheet(Path(path), [str(kind)]), kind)


# --- one row of each kind -------------------------------------------------------------------------------------------


def _household(row: Row) -> Household:
    household = Household(
        application_number=row.need("numero_unique", IDENTIFIER),
        applied_on=row.need("date_demande", DAY),
        adult_ages=row.need("ages_adultes", ADULT_AGES),
        child_ages=row.get("ages_enfants", CHILD_AGES) or (),
        expected_births=row.get("naissances_attendues", HEADS) or 0,
        young_couple=row.get("jeune_couple", FLAG),
        disabled_persons=row.get("personnes_cmi_invalidite", HEADS) or 0,
        tax_income_n2_eur_year=row.need("rfr_n2", EUROS_YEAR),
        income_12_months_eur_year=row.get("revenus_12_mois", EUROS_YEAR),
        resources=Resources(
            wages_eur=row.get("salaires", EUROS_MONTH),
            rsa_eur=row.get("rsa", EUROS_MONTH),
            activity_bonus_eur=row.get("prime_activite", EUROS_MONTH),
            unemployment_benefit_eur=row.get("are", EUROS_MONTH),
            disability_allowance_eur=row.get("aah", EUROS_MONTH),
            pensions_eur=row.get("pensions", EUROS_MONTH),
            family_benefits_eur=row.get("prestations_familiales", EUROS_MONTH),
            other_eur=row.get("autres_ressources", EUROS_MONTH),
        ),
        priority_grounds=(grounds := frozenset(row.get("motifs_prioritaires", listed(GROUND)) or ())),
        evidenced_grounds=_evidenced(row, grounds),
        in_scheme=row.get("dans_dispositif", FLAG) or False,
        reserving_parties=frozenset(row.get("reservataires", listed(RESERVING_PARTY)) or ()),
        wished_communes=tuple(dict.fromkeys(row.get("communes_souhaitees", listed(INSEE)) or ())),
        accepts_other_communes=row.get("autres_communes", FLAG),
        wished_rooms=frozenset(row.get("typologies_souhaitees", listed(ROOMS)) or ()),
        max_outlay_eur=row.get("depense_max", EUROS_MONTH),
        needs_step_free_access=row.get("sans_marche", FLAG) or False,
        max_floor_without_lift=row.get("etage_max_sans_ascenseur", FLOOR),
        current_status=row.get("statut_actuel", STATUS),
        current_commune=row.get("commune_actuelle", INSEE),
        consented_on=row.get("date_consentement", DAY),
    )
    if row.refused:
        return household
    persons = len(household.adult_ages) + len(household.child_ages)
    if household.disabled_persons > persons:
        row.refuse("personnes_cmi_invalidite", seen=str(household.disabled_persons),
                   expected=f"dépasse le nombre de personnes du ménage. Attendu : {persons} au plus.")
    if household.consented_on is None:
        row.notice("date_consentement", "sans date de consentement, ce ménage est lu mais n'entre dans aucun "
                   "rapprochement.")
    return household


def _evidenced(row: Row, grounds: frozenset[PriorityGround]) -> frozenset[PriorityGround]:
    evidenced = frozenset(row.get("motifs_justifies", listed(GROUND)) or ())
    undeclared = sorted(evidenced - grounds)
    if undeclared:
        # The numerator of the 30 % is what a controller recounts: a ground counts when both columns say so.
        row.notice("motifs_justifies", "n'est pas dans motifs_prioritaires : ce motif n'est pas compté.",
                   seen="|".join(undeclared))
    return evidenced & grounds


def _person(row: Row) -> Person:
    contracts = row.get("contrats", listed(CONTRACT))
    experience = row.get("experience", EXPERIENCE) or ()
    seeker = Seeker(
        occupations=tuple(dict.fromkeys(row.need("metiers", listed(ROME)) or ())),
        modes=frozenset(row.need("modes", listed(MODE)) or ()),
        # The same occupation twice: the longer experience.
        experience=dict(sorted(experience, key=lambda entry: entry[1])),
        skills=frozenset(row.get("competences", listed(IDENTIFIER)) or ()),
        licences=frozenset(row.get("permis", listed(LICENCE)) or ()),
        max_commute_min=row.get("trajet_max", COMMUTE_MINUTES) or 60,
        leaves_no_earlier_min=row.get("depart_min", CLOCK),
        back_no_later_min=row.get("retour_max", CLOCK),
        workable_days=row.get("jours", DAYS),
        hours_min=row.get("heures_min", HOURS),
        hours_max=row.get("heures_max", HOURS),
        contracts=None if contracts is None else frozenset(contracts),
        french_level=row.get("niveau_francais", FRENCH_LEVEL),
        available_on=row.get("disponible_le", DAY),
    )
    person = Person(row.need("numero_unique", IDENTIFIER), row.need("personne", PERSON_NUMBER), seeker)
    if row.refused:
        return person
    if seeker.hours_min is not None and seeker.hours_max is not None and seeker.hours_min > seeker.hours_max:
        row.refuse("heures_max", f"est au-dessous de heures_min ({seeker.hours_min:f}).", seen=f"{seeker.hours_max:f}")
    leaves, back = seeker.leaves_no_earlier_min, seeker.back_no_later_min
    if leaves is not None and back is not None and back <= leaves:
        row.refuse("retour_max", "est avant depart_min. Attendu : 25:30 pour 1 h 30 le lendemain.",
                   seen=f"{back // 60:02d}:{back % 60:02d}")
    return person


def _dwelling(row: Row) -> Dwelling:
    in_qpv, qpv_code = _qpv(row)
    return Dwelling(
        reference=row.need("reference", IDENTIFIER),
        landlord=row.need("bailleur", TEXT),
        building=row.get("residence", TEXT),
        address=row.get("adresse", TEXT),
        commune=row.need("code_insee", INSEE),
        position=row.position(),
        rooms=row.need("typologie", ROOMS),
        surface_m2=row.need("surface", SURFACE),
        floor=row.get("etage", FLOOR),
        has_lift=row.get("ascenseur", FLAG),
        is_step_free=row.get("sans_marche", FLAG),
        rent_eur=row.need("loyer", RENT),
        charges_eur=row.need("charges", CHARGES),
        funding=row.need("financement", FUNDING),
        apl_zone=row.get("zone_apl", APL_ZONE),
        in_qpv=in_qpv,
        qpv_code=qpv_code,
        energy_label=row.get("dpe", ENERGY_LABEL),
        reserving_party=row.get("reservataire", RESERVING_PARTY),
        available_on=row.need("disponible_le", DAY),
        max_candidates=row.get("candidats_max", CANDIDATES) or 3,
    )


def _qpv(row: Row) -> tuple[bool | None, str | None]:
    """Return whether the dwelling is in a priority district, and the code of the district when the cell gives it."""

    def parse(cell: Cell) -> tuple[bool, str | None]:
        try:
            return FLAG.parse(cell), None
        except Unreadable:
            return True, QPV_CODE.parse(cell)

    return row.get("qpv", Reader(parse, QPV_CODE.expected)) or (None, None)


def _offer(row: Row) -> JobOffer:
    weekly_hours = row.get("heures_hebdo", HOURS)
    wage = row.get("salaire_brut_mensuel", GROSS_WAGE)
    schedule = row.get("horaires", SCHEDULE)
    said = {"heures_hebdo": weekly_hours, "salaire_brut_mensuel": wage, "horaires": schedule}
    return JobOffer(
        reference=row.need("reference", IDENTIFIER),
        employer=row.need("employeur", TEXT),
        siret=row.get("siret", SIRET),
        title=row.need("intitule", TEXT),
        occupation=row.need("rome", ROME),
        contract=row.need("contrat", CONTRACT),
        duration_months=row.get("duree_mois", MONTHS),
        weekly_hours=weekly_hours,
        gross_monthly_eur=wage,
        commune=row.need("code_insee", INSEE),
        position=row.position(),
        openings=row.get("postes", OPENINGS) or 1,
        starts_on=row.get("debut", DAY),
        licences=frozenset(row.get("permis", listed(LICENCE)) or ()),
        min_experience_years=row.get("experience_min", YEARS),
        french_level=row.get("niveau_francais", FRENCH_LEVEL),
        schedule=schedule or SUPPOSED_SCHEDULE,
        in_shortage=row.get("en_tension", FLAG),
        supposed=frozenset(column for column, value in said.items() if value is None),
    )


def _home(row: Row) -> NamedPoint:
    return NamedPoint(row.need("id", IDENTIFIER), row.position())


def _workplace(row: Row) -> Workplace:
    schedule = row.get("horaires", SCHEDULE)
    return Workplace(
        row.need("id", IDENTIFIER), row.position(), schedule or SUPPOSED_SCHEDULE, schedule_is_supposed=schedule is None
    )


_HOUSEHOLDS = Loader(_household, ("numero_unique",), lambda household: (household.application_number,))
_PERSONS = Loader(
    _person, ("numero_unique", "personne"), lambda person: (person.application_number, person.number)
)
_DWELLINGS = Loader(_dwelling, ("reference",), lambda dwelling: (dwelling.reference,))
_OFFERS = Loader(_offer, ("reference",), lambda offer: (offer.reference,), lambda offer: offer.supposed)
_HOMES = Loader(_home, ("id",), lambda home: (home.id,))
_WORKS = Loader(
    _workplace, ("id",), lambda workplace: (workplace.id,),
    lambda workplace: ("horaires",) if workplace.schedule_is_supposed else (),
)
LOADERS: dict[Kind, Loader[Any]] = {
    Kind.HOUSEHOLDS: _HOUSEHOLDS,
    Kind.PERSONS: _PERSONS,
    Kind.DWELLINGS: _DWELLINGS,
    Kind.OFFERS: _OFFERS,
    Kind.HOMES: _HOMES,
    Kind.WORKS: _WORKS,
}
