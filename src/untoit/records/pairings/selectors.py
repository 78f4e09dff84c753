"""What is read of runs: the report, the files to download, what two runs do not share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from untoit.core.exchange import read_dwellings, read_offers
from untoit.core.model.run import LeftOut, RunReport, TandemRow
from untoit.core.territory.communes import commune
from untoit.core.wording import counted
from untoit.records.applicants.models import Person
from untoit.records.pairings import codec, snapshot
from untoit.records.pairings.models import Run, Tandem, TandemJob
from untoit.records.pairings.perimeter import IN_SCHEME, Perimeter
from untoit.records.pairings.policies import Difference, differences
from untoit.records.pairings.results import row_key


def rows_of(run: Run) -> tuple[TandemRow, ...]:
    """Return the rows of the result, as ``tandems.csv`` has them."""
    kept = TandemJob.objects.filter(tandem__run=run).values_list("snapshot", flat=True)
    return tuple(sorted(map(codec.load_tandem, kept), key=row_key))


def left_out_of(run: Run) -> tuple[LeftOut, ...]:
    """Return who is left out, as ``non_places.csv`` has them."""
    kept = run.unplaced.values_list("texts", flat=True)
    return tuple(sorted(map(codec.load_left_out, kept), key=lambda one: one.application_number))


def report_of(run: Run) -> RunReport:
    """Return everything that ``rapport.html`` and the map show, from what the run kept."""
    result: dict[str, Any] = run.result or {}
    with TemporaryDirectory() as folder:
        paths = snapshot.unpack(run, Path(folder))
        dwellings = sorted(read_dwellings(paths["logements"]).rows, key=lambda one: one.reference)
        offers = sorted(read_offers(paths["offres"]).rows, key=lambda one: one.reference)
    return RunReport(
        title=run.title,
        mode=run.mode,
        on=run.on,
        fictitious=run.fictitious,
        sizes=result["sizes"],
        funnel=tuple(map(codec.load_step, result["funnel"])),
        tandems=rows_of(run),
        left_out=left_out_of(run),
        quotas=tuple(map(codec.load_quota, result["quotas"])),
        households_placed=result["households_placed"],
        expected_double_successes=Decimal(result["expected_double_successes"]),
        proof=result["proof"],
        probability_source=result["probability_source"],
        network_label=result["network_label"],
        network_valid_from=date.fromisoformat(result["network_valid_from"]),
        network_valid_until=date.fromisoformat(result["network_valid_until"]),
        network_lines=tuple(map(codec.load_line, result["network_lines"])),
        dwellings=tuple(dwellings),
        offers=tuple(offers),
        place_names=result["place_names"],
        notices=tuple(result["notices"]),
        seconds=result["seconds"],
        versions=result["versions"],
    )


def with_people(tandems: Any) -> Any:
    """Return tandems with what a row of the list shows, in a fixed number of queries."""
    jobs = TandemJob.objects.select_related("offer", "person").defer("snapshot", "offer__search", "person__search")
    persons = Person.objects.only("household_id", "number", "first_name", "last_name").order_by("number")
    return tandems.select_related("vacancy", "household", "reviewed_by").defer(
        "snapshot", "vacancy__search", "vacancy__search_masked", "household__finances"
    ).prefetch_related(Prefetch("jobs", jobs.order_by("person__number", "pk")), Prefetch("household__persons", persons))


@dataclass(frozen=True, slots=True)
class Moved:
    """One household whose proposal is not the same in two runs; ``before`` and ``after`` are tandems, or ``None``."""

    household_id: UUID
    before: Tandem | None
    after: Tandem | None

    @property
    def kind(self) -> str:
        """``gained``, ``lost`` or ``changed``."""
        return "gained" if self.before is None else "lost" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs do not share: who gains, loses, changes; which setting or file differs."""

    moved: tuple[Moved, ...]
    same: int
    settings: tuple[Difference, ...]
    inputs: tuple[Difference, ...]


def compare(before: Run, after: Run, tandems_before: Sequence[Tandem], tandems_after: Sequence[Tandem]) -> Comparison:
    """Return what changes from one run to the other, among the tandems that the actor may see."""
    olds, news = ({one.household_id: one for one in some} for some in (tandems_before, tandems_after))
    moved, same = [], 0
    for household_id in dict.fromkeys([*olds, *news]):
        old, new = olds.get(household_id), news.get(household_id)
        if old is not None and new is not None and _proposal(old) == _proposal(new):
            same += 1
        else:
            moved.append(Moved(household_id, old, new))
    return Comparison(tuple(moved), same, tuple(_settings(before, after)), tuple(_inputs(before, after)))


def _proposal(tandem: Tandem) -> tuple[UUID, frozenset[tuple[UUID, UUID]]]:
    return tandem.vacancy_id, frozenset((job.person_id, job.offer_id) for job in tandem.jobs.all())


def _settings(before: Run, after: Run) -> list[Difference]:
    pairs = [
        ("Date du calcul", f"{before.on:%d/%m/%Y}", f"{after.on:%d/%m/%Y}"),
        ("Mode", before.get_mode_display(), after.get_mode_display()),
        ("Graine", str(before.seed), str(after.seed)),
        ("Politique", str(before.policy), str(after.policy)),
        ("Horaires", _feeds(before), _feeds(after)),
        ("Périmètre", in_words(before), in_words(after)),
        ("Choix imposés", _choices(before), _choices(after)),
    ]
    found = [Difference(*pair) for pair in pairs if pair[1] != pair[2]]
    return [*found, *differences(before.policy, after.policy)]


def _inputs(before: Run, after: Run) -> list[Difference]:
    labels = {"menages": "Ménages", "personnes": "Personnes", "logements": "Logements", "offres": "Offres"}
    olds, news = ({one.kind: one for one in run.inputs.defer("content")} for run in (before, after))
    return [
        Difference(labels[kind], f"{olds[kind].rows} lignes", f"{news[kind].rows} lignes, contenu différent")
        for kind in snapshot.FILES if olds[kind].sha256 != news[kind].sha256
    ]


def _feeds(run: Run) -> str:
    return ", ".join(sorted(f"{feed.name} (du {feed.valid_from:%d/%m/%Y})" for feed in run.feeds.all()))


def _choices(run: Run) -> str:
    pinned = len(run.choices.get("pinned", ()))
    struck = len(run.choices.get("without_home", ())) + len(run.choices.get("without_job", ()))
    words = []
    if pinned:
        words.append(counted(pinned, "emploi épinglé avec son logement", "emplois épinglés avec leur logement"))
    if struck:
        words.append(counted(struck, "interdiction", "interdictions"))
    return ", ".join(words) or "aucun"


def in_words(run: Run) -> str:
    """Return the perimeter of a run in one line."""
    chosen = Perimeter.of(run.perimeter)
    parts = []
    if chosen.communes:
        parts.append(", ".join(known.name if (known := commune(code)) else code for code in sorted(chosen.communes)))
    if chosen.rooms:
        parts.append(", ".join(f"T{rooms}" for rooms in sorted(chosen.rooms)))
    if chosen.employers:
        parts.append("offres de certaines organisations")
    if chosen.candidates == IN_SCHEME:
        parts.append("ménages du dispositif")
    if chosen.applied_until:
        parts.append(f"demandes jusqu'au {chosen.applied_until:%d/%m/%Y}")
    return " ; ".join(parts) or "tout"
