"""Everything that the page of a run shows, gathered from a run."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from untoit.core.errors import NoService
from untoit.core.matching import Plan
from untoit.core.mobility.network import Network
from untoit.core.model.run import LeftOut, NetworkLine, RunReport, TandemRow
from untoit.core.model.timetable import DayTimetable
from untoit.core.pairing import results
from untoit.core.pairing.chances import chances_come_from
from untoit.core.pairing.run import Prepared
from untoit.core.territory.communes import commune


def report_of(
    prepared: Prepared, plan: Plan, rows: tuple[TandemRow, ...], left_out: tuple[LeftOut, ...],
    seconds: dict[str, float], fictitious: bool,
) -> RunReport:
    """Return the report of a run; ``fictitious`` says that its people are invented."""
    records, settings, network = prepared.records, prepared.settings, prepared.network
    codes = {dwelling.commune for dwelling in records.dwellings} | {offer.commune for offer in records.offers}
    return RunReport(
        title="Les tandems proposés",
        mode=settings.mode.value,
        on=settings.on,
        fictitious=fictitious,
        sizes={
            "ménages": len(records.households), "personnes": len(records.persons),
            "logements": len(records.dwellings), "offres": len(records.offers),
            "postes": sum(offer.openings for offer in records.offers),
        },
        funnel=results.funnel(prepared, plan),
        tandems=rows,
        left_out=left_out,
        quotas=results.quota_lines(plan),
        households_placed=len(plan.pairs),
        expected_double_successes=Decimal(str(round(results.expected_double_successes(prepared, plan), 2))),
        proof=results.proof_sentence(plan),
        probability_source=chances_come_from(path for path, _ in settings.overrides),
        network_label=network.label,
        network_valid_from=network.valid_from,
        network_valid_until=network.valid_until,
        network_lines=network_lines(prepared),
        dwellings=records.dwellings,
        offers=records.offers,
        place_names={code: known.name for code in sorted(codes) if (known := commune(code)) is not None},
        notices=results.notices(prepared),
        seconds=seconds,
        versions=results.versions(prepared),
    )


def network_lines(prepared: Prepared) -> tuple[NetworkLine, ...]:
    """Return one path for each line that runs on the day of the run: that of its longest trip."""
    network = prepared.network
    try:
        day = network.day(prepared.settings.on)
    except NoService:
        return ()
    hops = np.bincount(day.run, minlength=day.runs)
    longest: dict[int, int] = {}
    for run in np.argsort(hops, kind="stable"):
        longest[int(day.route[run])] = int(run)
    lines = (_line(network, day, route, run) for route, run in sorted(longest.items()))
    return tuple(line for line in lines if len(line.path) > 1)


def _line(network: Network, day: DayTimetable, route: int, run: int) -> NetworkLine:
    hops = np.flatnonzero(day.run == run)
    stops = [*day.from_stop[hops], *day.to_stop[hops[-1:]]]
    return NetworkLine(
        network.route_name(route), network.route_kind(route),
        tuple((float(day.stop_latitude[stop]), float(day.stop_longitude[stop])) for stop in stops),
    )
