"""What one file alone cannot tell: people without a household, households without a job seeker, the same key twice."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from untoit.core.exchange.formats import Kind
from untoit.core.exchange.readers import LOADERS
from untoit.core.exchange.sheets import counted
from untoit.core.exchange.tables import Table
from untoit.core.model.household import Household
from untoit.core.model.person import Person
from untoit.core.model.problem import RowProblem, Severity


def cross_check(*tables: Table[Any]) -> list[RowProblem]:
    """
    Return what does not hold together between files already read, in any order: usually households and persons.

    A job seeker without a household, or a key that another file of the same kind has too, is refused; a household
    without a job seeker, or with more seekers than persons, is a notice. Kinds that are not given are not checked.
    """
    problems = list(_shared_keys(tables))
    households = [table for table in tables if table.kind is Kind.HOUSEHOLDS]
    persons = [table for table in tables if table.kind is Kind.PERSONS]
    if households and persons:
        problems += _people(households, persons)
    return problems


def _people(households: list[Table[Household]], persons: list[Table[Person]]) -> Iterable[RowProblem]:
    known = {household.application_number for table in households for household in table.rows}
    seekers = Counter(person.application_number for table in persons for person in table.rows)
    where = " ni ".join(table.file for table in households)
    for table in persons:
        for person, line in zip(table.rows, table.lines, strict=True):
            if person.application_number not in known:
                yield RowProblem(
                    table.file, line, "numero_unique", person.application_number,
                    f"n'est pas dans {where}, ou son ménage y est refusé. Attendu : le numéro d'un ménage lu.",
                )
    for household_table in households:
        for household, line in zip(household_table.rows, household_table.lines, strict=True):
            number = household.application_number
            persons_housed = len(household.adult_ages) + len(household.child_ages)
            if not seekers[number]:
                phrase = "n'a pas de demandeur d'emploi lu : ce ménage reste sans tandem."
            elif seekers[number] > persons_housed:
                phrase = (f"a {counted(seekers[number], 'demandeur', 'demandeurs')} d'emploi pour "
                          f"{counted(persons_housed, 'personne', 'personnes')} à loger : à vérifier.")
            else:
                continue
            yield RowProblem(household_table.file, line, "numero_unique", number, phrase, Severity.NOTICE)


def _shared_keys(tables: tuple[Table[Any], ...]) -> Iterable[RowProblem]:
    first_tables: dict[tuple[object, ...], Table[Any]] = {}
    for table in tables:
        kind = Kind.OFFERS if table.kind is Kind.FRANCE_TRAVAIL else table.kind
        loader = LOADERS[kind]
        for value, line in zip(table.rows, table.lines, strict=True):
            key = loader.key(value)
            first = first_tables.setdefault((kind, *key), table)
            if first is not table:
                yield RowProblem(table.file, line, loader.key_columns[0], " / ".join(map(str, key)),
                                 f"est déjà dans {first.file}. Attendu : une seule ligne, dans un seul fichier.")
