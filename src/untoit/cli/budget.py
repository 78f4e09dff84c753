"""``untoit budget``: estimate the budget of households in dwellings, before and after a hire, by OpenFisca-France."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from untoit.cli.run_files import french_date, print_problems
from untoit.core.errors import UnknownSituation, UnusableInput

if TYPE_CHECKING:
    from untoit.core.budget import Budget, BudgetCase, MonthBudget
    from untoit.core.model.dwelling import Dwelling
    from untoit.core.model.household import Household
    from untoit.core.model.work import JobOffer

MOST_COMBINATIONS = 10_000
COLUMNS = (
    "numero_unique", "reference_logement", "personne", "reference_offre", "moment", "mois", "salaires_nets", "rsa",
    "prime_activite", "aide_logement", "prestations_familiales", "autres_ressources", "loyer", "charges", "rls",
    "depense_nette", "taux_effort", "reste_a_vivre_jour_uc", "statut", "notes",
)
_PAIR_COLUMNS = ("numero_unique", "reference_logement", "reference_offre")
_CENT, _THOUSANDTH = Decimal("0.01"), Decimal("0.001")


@dataclass(frozen=True, slots=True)
class _Pair:
    """A household, a dwelling and, for each person hired, the reference of the job."""

    household: str
    dwelling: str
    jobs: tuple[tuple[int, str], ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files."""
    for name, required in (("menages", True), ("personnes", False), ("logements", True), ("offres", True)):
        parser.add_argument(f"--{name}", type=Path, required=required, metavar="FICHIER",
                            help=f"fichier {name} (CSV, XLSX, ODS)")
    parser.add_argument("--pairs", type=Path, metavar="FICHIER",
                        help="couples à estimer : numero_unique, reference_logement, reference_offre et, si besoin, "
                             "personne (un tandems.csv convient) ; sans ce fichier, toutes les combinaisons")
    parser.add_argument("--date", type=french_date, default=None, metavar="AAAA-MM-JJ",
                        help="embauche des offres sans date de début, ou déjà passée (par défaut : aujourd'hui)")
    parser.add_argument("--out", type=Path, required=True, metavar="budgets.csv", help="fichier à écrire")


def run(args: argparse.Namespace) -> int:
    """Write one row a case and moment; return 1 when a row or a pair was refused."""
    from untoit.cli.progress import Progress
    from untoit.core.budget import BudgetWorker
    from untoit.core.exchange import read_dwellings, read_households, read_offers, read_persons, write_csv
    from untoit.core.territory.communes import apl_zone_of

    on = args.date or date.today()
    households, dwellings = read_households(args.menages), read_dwellings(args.logements)
    offers = read_offers(args.offres)
    persons = read_persons(args.personnes) if args.personnes else None
    tables = [table for table in (households, dwellings, offers, persons) if table is not None]
    for table in tables:
        if not table.rows:
            raise UnusableInput(f"{table.file} : aucune ligne utilisable.")
        print_problems(list(table.problems))
    refused = sum(table.refused for table in tables)

    by_number = {household.application_number: household for household in households.rows}
    by_reference = {dwelling.reference: dwelling for dwelling in dwellings.rows}
    by_offer = {offer.reference: offer for offer in offers.rows}
    if args.pairs:
        pairs, unreadable = _read_pairs(args.pairs)
        refused += unreadable
    else:
        seekers = [(person.application_number, person.number) for person in persons.rows] if persons else [
            (number, 1) for number in by_number
        ]
        pairs = _every_pair(seekers, list(by_reference), list(by_offer))

    with BudgetWorker() as worker, Progress() as tell:
        worker.start(on)
        cases: list[BudgetCase] = []
        kept: list[_Pair] = []
        supposed: list[bool] = []
        for pair in pairs:
            try:
                case, wage_is_supposed = _case(pair, by_number, by_reference, by_offer, on)
                apl_zone_of(case.dwelling)
            except UnknownSituation as refusal:
                refused += 1
                sys.stderr.write(refusal.sentence + "\n")
                continue
            cases.append(case)
            kept.append(pair)
            supposed.append(wage_is_supposed)
        if not cases:
            raise UnusableInput("Aucun couple ménage, logement et offre ne peut être estimé.")
        budgets = worker.simulate(cases, lambda done, total: tell("Budgets", done / total))
    write_csv(args.out, COLUMNS, _rows(kept, budgets, supposed))
    sys.stderr.write(f"{len(budgets)} budget{'s' if len(budgets) > 1 else ''} dans {args.out.name}. "
                     "Estimation : seules la CAF et la MSA décident.\n")
    return 1 if refused else 0


def _read_pairs(path: Path) -> tuple[list[_Pair], int]:
    """
    Return the pairs of a file and how many rows were refused.

    Rows of one household and one dwelling that name different persons are one tandem with several jobs; otherwise
    each row is a case of its own.
    """
    from untoit.core.exchange.cells import IDENTIFIER, Unreadable, folded
    from untoit.core.exchange.sheets import open_sheet

    sheet = open_sheet(path)
    places = {folded(header): place for place, header in enumerate(sheet.headers)}
    missing = [name for name in _PAIR_COLUMNS if name not in places]
    if missing:
        raise UnusableInput(f"{sheet.file} : il manque {', '.join(f'« {name} »' for name in missing)}.")
    groups: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    refused = 0
    for line, cells in sheet.rows:
        try:
            if isinstance(cells, Unreadable):
                raise cells
            household, dwelling, offer = (
                _needed(IDENTIFIER.parse(cells[places[name]]), name) for name in _PAIR_COLUMNS
            )
            person = IDENTIFIER.parse(cells[places["personne"]]) if "personne" in places else ""
            if not (person or "1").isdigit():
                raise Unreadable(f"« {person} » n'est pas un numéro de personne (1, 2…)")
        except Unreadable as problem:
            refused += 1
            sys.stderr.write(f"{sheet.file}, ligne {line} : {problem}.\n")
            continue
        groups[household, dwelling].append((int(person or 1), offer))
    pairs: list[_Pair] = []
    for (household, dwelling), jobs in groups.items():
        together = len({person for person, _ in jobs}) == len(jobs)
        cases = [jobs] if together else [[job] for job in jobs]
        pairs += [_Pair(household, dwelling, tuple(chosen)) for chosen in cases]
    return pairs, refused


def _needed(value: str, column: str) -> str:
    from untoit.core.exchange.cells import Unreadable

    if not value:
        raise Unreadable(f"la case « {column} » est vide")
    return value


def _every_pair(seekers: Sequence[tuple[str, int]], dwellings: Sequence[str], offers: Sequence[str]) -> list[_Pair]:
    size = len(seekers) * len(dwellings) * len(offers)
    if size > MOST_COMBINATIONS:
        raise UnusableInput(
            f"Il y aurait {size} combinaisons à estimer, plus de {MOST_COMBINATIONS}. Indiquer les couples voulus avec "
            "--pairs (un tandems.csv convient)."
        )
    return [
        _Pair(number, dwelling, ((person, offer),))
        for (number, person), dwelling, offer in product(seekers, dwellings, offers)
    ]


def _case(
    pair: _Pair,
    households: Mapping[str, Household],
    dwellings: Mapping[str, Dwelling],
    offers: Mapping[str, JobOffer],
    on: date,
) -> tuple[BudgetCase, bool]:
    """
    Return the case of a pair and whether a wage in it is supposed; ``UnknownSituation`` says what is not in the
    files.
    """
    from untoit.core.budget import BudgetCase, JobStart, gross_monthly
    from untoit.core.parameters.suppositions import weekly_hours

    household = _found(households, pair.household, "Le ménage")
    dwelling = _found(dwellings, pair.dwelling, "Le logement")
    jobs, supposed = [], False
    for person, reference in pair.jobs:
        offer = _found(offers, reference, "L'offre")
        if not 1 <= person <= len(household.adult_ages):
            raise UnknownSituation(f"Le ménage {pair.household} n'a pas d'adulte n° {person}.")
        starts_on = max(offer.starts_on or on, on)
        gross, wage_is_supposed = gross_monthly(offer, starts_on)
        supposed |= wage_is_supposed
        jobs.append(JobStart(gross, starts_on, weekly_hours(offer, starts_on), person - 1))
    return BudgetCase(household, dwelling, tuple(jobs), on), supposed


def _found(records: Mapping[str, Any], key: str, what: str) -> Any:
    if key not in records:
        raise UnknownSituation(f"{what} « {key} » n'est pas dans les fichiers.")
    return records[key]


def _rows(pairs: Sequence[_Pair], budgets: Sequence[Budget], supposed: Sequence[bool]) -> Iterator[tuple[Any, ...]]:
    for pair, budget, wage_is_supposed in zip(pairs, budgets, supposed, strict=True):
        notes = list(budget.notes)
        if wage_is_supposed:
            notes.append("Salaire non communiqué par l'employeur : SMIC supposé pour les heures de l'offre.")
        status = "estimation à vérifier" if budget.to_check or wage_is_supposed else "estimation"
        key = (
            pair.household, pair.dwelling,
            "|".join(str(person) for person, _ in pair.jobs), "|".join(offer for _, offer in pair.jobs),
        )
        for month in (budget.before, *budget.after):
            yield (*key, *_figures(month), status, " ".join(notes))


def _figures(month: MonthBudget) -> tuple[Any, ...]:
    others = month.unemployment + month.disability_allowance + month.pensions + month.other
    return (
        month.label, f"{month.month:%Y-%m}", month.wages_net, month.rsa, month.activity_bonus, month.housing_benefit,
        month.family_benefits, others, month.rent, month.charges, month.rent_reduction,
        month.net_housing_cost.quantize(_CENT),
        None if month.effort_rate is None else month.effort_rate.quantize(_THOUSANDTH),
        month.residual_income_day_uc.quantize(_CENT),
    )
