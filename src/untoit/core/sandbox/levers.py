"""Every lever of a run: found by prices, the ones that matter solved for real, each with its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from untoit.core import parameters
from untoit.core.exchange import Value
from untoit.core.matching import POINT
from untoit.core.pairing.records import Settings
from untoit.core.sandbox.appraisal import Base, Lever, silent, solved
from untoit.core.sandbox.people import FAMILIES, people_levers
from untoit.core.sandbox.territory import home_levers, opening_levers
from untoit.core.sandbox.trips import trip_levers
from untoit.core.wording import counted, number, typography

Tell = Callable[[str, float], None]
COLUMNS = (
    "rang", "portee", "famille", "numero_unique", "personne", "levier", "tandems_ouverts", "points_prevus",
    "doubles_reussites_prevues", "points_obtenus", "points_obtenus_au_moins", "points_obtenus_au_plus",
    "doubles_reussites_obtenues", "menages_places_en_plus", "modification", "phrase", "chances",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: trips tried on the timetable, homes and openings added, one household alone."""

    trips: int = 8
    homes: int = 1
    openings: int = 1
    household: str | None = None


def found_levers(base: Base, wanted: Wanted, tell: Tell = silent) -> list[Lever]:
    """Return every lever that opens something, the highest price first; of one household, its own levers only."""
    levers = people_levers(base, tell, wanted.household)
    if wanted.household is None:
        levers += home_levers(base, wanted.homes)
        levers += opening_levers(base, wanted.openings)
        levers += trip_levers(base, wanted.trips, tell)
    return sorted(levers, key=lambda lever: lever.order)


def worth_solving(levers: Sequence[Lever], most: int) -> list[Lever]:
    """Return the levers to solve for real: the dearest of each family, then the dearest of all."""
    first: dict[str, Lever] = {}
    for lever in levers:
        first.setdefault(lever.change.family, lever)
    chosen = sorted(first.values(), key=lambda lever: lever.order)[:most]
    return chosen + [lever for lever in levers if lever not in chosen][:max(0, most - len(chosen))]


def solve_each(base: Base, levers: Sequence[Lever], tell: Tell = silent) -> Iterator[Lever]:
    """Yield each lever solved for real, one at a time: who stops early keeps what is done."""
    for done, lever in enumerate(levers):
        tell("Leviers recalculés", done / len(levers))
        yield solved(base, lever)


def ranked(levers: Sequence[Lever], solved_ones: Sequence[Lever]) -> list[Lever]:
    """Return all the levers, those that were solved in place of themselves, in their final order."""
    again = {lever.change: lever for lever in solved_ones}
    return sorted((again.get(lever.change, lever) for lever in levers), key=lambda lever: lever.order)


def chance_source(settings: Settings) -> str:
    """Say where the chances of success of a run come from: it stands beside every figure made with them."""
    chosen = [path for path, _ in settings.overrides if path.startswith("policy/success")]
    if chosen:
        adopted = counted(len(chosen), "valeur adoptée", "valeurs adoptées")
        return (
            f"chances de la politique donnée avec le calcul ({adopted}"
            " après examen des issues ou choix du bailleur), hypothèses du projet pour le reste"
        )
    return "hypothèses du projet, pas encore des issues constatées"


def sentence(base: Base, lever: Lever) -> str:
    """Return what a person reads: who, what, what opens, what it would bring."""
    change = lever.change
    who = f"Ménage {change.household}, " if change.household else ""
    who += f"personne {change.person} : " if change.person else ""
    opening = f"{who}{change.words}"
    opening = opening[:1].upper() + opening[1:]
    if change.family == "poste":
        opens = f"{counted(lever.opened, 'tandem possible', 'tandems possibles')} de plus sur ce métier"
    else:
        opens = counted(lever.opened, "tandem s'ouvrirait", "tandems s'ouvriraient")
    expected = f"environ {_signed(predicted_doubles(base, lever))} d'après les prix"
    if lever.obtained is not None:
        placed = lever.obtained.placed
        more = "sans ménage de plus placé" if placed == 0 else (
            f"{counted(placed, 'ménage', 'ménages')} de plus {'placé' if placed == 1 else 'placés'}" if placed > 0
            else f"{counted(-placed, 'ménage', 'ménages')} de moins"
        )
        expected = f"{_signed(lever.obtained.doubles)} après un nouveau calcul ({more}) ; {expected}"
    return typography(f"{opening} : {opens} ; double réussite attendue, {expected}.")


def predicted_doubles(base: Base, lever: Lever) -> float:
    """Return the expected double successes that the price stands for, at the average of the plan."""
    return lever.predicted / POINT * base.doubles_a_point


def lever_rows(base: Base, levers: Sequence[Lever]) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of ``leviers.csv``."""
    source = chance_source(base.prepared.settings)
    for rank, lever in enumerate(levers, 1):
        got, change = lever.obtained, lever.change
        yield (
            rank, change.scope, change.family, change.household, change.person, change.words, lever.opened,
            _points(lever.predicted), round(predicted_doubles(base, lever), 4),
            *((_points(got.gained), _points(got.least), _points(got.most), round(got.doubles, 4), got.placed)
              if got else (None,) * 5),
            change.instructions, sentence(base, lever), source,
        )


def document(base: Base, levers: Sequence[Lever], interrupted: bool = False) -> dict[str, Any]:
    """Return ``leviers.json``."""
    plan, settings = base.plan, base.prepared.settings
    return {
        "date": settings.on.isoformat(),
        "chances": chance_source(settings),
        "hypotheses_a_verifier": parameters.at("policy/levers", settings.on).to_check,
        "interrompu": interrupted,
        "plan": {
            "points": plan.value / POINT, "borne": plan.bound / POINT, "ecart_relatif": plan.gap,
            "optimum_prouve": plan.exact, "doubles_reussites_attendues": round(base.doubles, 4),
            "menages_places": len(plan.pairs), "marge_des_prix": base.loose / POINT,
        },
        "leviers": [
            dict(zip(COLUMNS, row, strict=True)) | {
                "modifications": [
                    {"fichier": f"{edit.file}.csv", "cle": list(edit.key), "colonne": edit.column,
                     "valeur": edit.value, "copie": edit.copies}
                    for edit in lever.change.edits
                ],
                "trajet_gtfs": trip_file(rank) if lever.change.trip else None,
            }
            for rank, (lever, row) in enumerate(zip(levers, lever_rows(base, levers), strict=True), 1)
        ],
    }


def trip_file(rank: int) -> str:
    """Return the name of the GTFS feed written for the trip at a rank, in the folder of the results."""
    return f"trajets/levier_{rank:03d}.zip"


@dataclass(frozen=True, slots=True)
class Family:
    """Levers of one kind taken together: for how many people or places, and the sum of their prices."""

    code: str
    label: str
    count: int
    opened: int
    doubles: float


def families(base: Base, levers: Sequence[Lever]) -> list[Family]:
    """Return the kinds of levers, those whose prices add up to the most first."""
    groups: dict[str, list[Lever]] = {}
    for lever in levers:
        groups.setdefault(lever.change.family, []).append(lever)
    found = [
        Family(
            code, FAMILIES[code], len(members), sum(one.opened for one in members),
            sum(predicted_doubles(base, one) for one in members),
        )
        for code, members in groups.items()
    ]
    return sorted(found, key=lambda one: (-one.doubles, one.code))


def _signed(value: float) -> str:
    return ("+" if value > -0.005 else "−") + number(abs(value), 2)


def _points(micro: int) -> float:
    return micro / POINT
