"""Pins and interdictions of a run, by identifiers of the records: what a run keeps and hands to the core."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from untoit.core.pairing.choices import Choices, Placement
from untoit.records.pairings.models import Forbids, Run, Tandem
from untoit.records.pairings.snapshot import Keys

PINNED, WITHOUT_HOME, WITHOUT_JOB = "pinned", "without_home", "without_job"


def chosen_in(run: Run, *, without: Iterable[str] = ()) -> dict[str, list[list[str]]]:
    """
    Return what the next run is given: what this one was given, and what its tandems were marked with since.

    ``without`` are the keys (:func:`key_of`) of the inherited choices that somebody lifts.
    """
    lifted = set(without)
    found: dict[str, list[list[str]]] = {PINNED: [], WITHOUT_HOME: [], WITHOUT_JOB: []}
    tandems = list(run.tandems.prefetch_related("jobs"))
    # A pin inherited and taken off here must not come back: the marks of the tandems replace those inherited.
    for kind in (WITHOUT_HOME, WITHOUT_JOB):
        found[kind] += [one for one in run.choices.get(kind, []) if key_of(kind, one) not in lifted]
    for tandem in tandems:
        home = [str(tandem.household_id), str(tandem.vacancy_id)]
        jobs = [[str(job.person_id), str(job.offer_id)] for job in tandem.jobs.all()]
        if tandem.is_pinned:
            found[PINNED] += [[*home, *job] for job in jobs]
        elif tandem.is_forbidden and tandem.forbids == Forbids.JOBS:
            found[WITHOUT_JOB] += jobs
        elif tandem.is_forbidden:
            found[WITHOUT_HOME].append(home)
    return {kind: sorted(map(list, {tuple(one) for one in rows})) for kind, rows in found.items()}


def key_of(kind: str, choice: Iterable[str]) -> str:
    """Return the text that names one choice in a form."""
    return ":".join((kind, *choice))


def count(choices: dict[str, Any]) -> int:
    """Return how many choices there are."""
    return sum(len(rows) for rows in choices.values())


def to_core(choices: dict[str, Any], keys: Keys) -> Choices:
    """Return the choices by the references of the frozen files."""
    number = {pk: reference for reference, pk in keys["households"].items()}
    seeker = {pk: reference.rsplit("|", 1) for reference, pk in keys["persons"].items()}
    dwelling = {pk: reference for reference, pk in keys["vacancies"].items()}
    offer = {pk: reference for reference, pk in keys["offers"].items()}
    return Choices(
        pinned=tuple(sorted(
            Placement(number[h], dwelling[v], int(seeker[p][1]), offer[o]) for h, v, p, o in choices.get(PINNED, ())
        )),
        without_dwelling=tuple(sorted((number[h], dwelling[v]) for h, v in choices.get(WITHOUT_HOME, ()))),
        without_offer=tuple(sorted(
            (seeker[p][0], int(seeker[p][1]), offer[o]) for p, o in choices.get(WITHOUT_JOB, ())
        )),
    )


def marks_of(run: Run) -> dict[tuple[Any, Any, frozenset[tuple[Any, Any]]], Tandem]:
    """Return the tandems of a run by what they propose, so that the next run finds what was said of the same ones."""
    return {
        (one.household_id, one.vacancy_id, frozenset((job.person_id, job.offer_id) for job in one.jobs.all())): one
        for one in run.tandems.prefetch_related("jobs")
    }
