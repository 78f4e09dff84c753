"""The simulated year in the database: every indicator equals a query written apart, and what must hold holds."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone

from untoit.config import demonstration, demonstration_year
from untoit.core.indicators import quotas, refusals, retention_rate
from untoit.core.indicators.quotas import Dimension, Unit, counting_policy
from untoit.core.model.dwelling import ReservingParty
from untoit.records.applicants.models import Household
from untoit.records.desk.models import Task
from untoit.records.events.models import Event
from untoit.records.followup.cases.refresh import status_of
from untoit.records.followup.models import Case, Proposal, TrackAct
from untoit.records.followup.tracks.values import facts_of
from untoit.records.partners.models import Role
from untoit.reporting import event_counts, followup_figures

pytestmark = pytest.mark.django_db

# Small enough for every run of the tests; `untoit demo --year` tells 150 households.
HOUSEHOLDS = 26
_COUNTED = (
    "p.decided_on IS NOT NULL AND (p.notified_on IS NOT NULL OR p.state IN ('allocated', 'allocated_conditional'))"
)
_WORKED = "state IN ('hired','trial_passed','held_1m','held_3m','held_6m','trial_broken','ended')"
_REFUSED = "p.state IN ('refused', 'refused_silence', 'declined')"
_HOME_SEEN = {1: ["called_1m", "checked_3m", "checked_6m"], 3: ["checked_3m", "checked_6m"], 6: ["checked_6m"]}
_JOB_SEEN = {1: ["held_1m", "held_3m", "held_6m"], 3: ["held_3m", "held_6m"], 6: ["held_6m"]}


@pytest.fixture
def story(settings, tmp_path):
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    demonstration.create_accounts()
    return demonstration_year.load(at=timezone.now(), say=lambda _: None, households=HOUSEHOLDS)


def query(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def one(sql: str, *values: object) -> tuple:
    return query(sql, *values)[0]


def test_every_indicator_of_the_year_equals_an_independent_query(story):
    since, until = story.since, story.until
    allocated = followup_figures.allocations(organisation_id=None)

    the_thirty_percent(allocated, since, until)
    the_neighbours(allocated, since, until)
    the_stays(until)
    the_refusals(until)
    the_outcomes(until)
    the_events()
    the_delays()
    assert what_must_hold(story) == len(story.acts) > 500


def the_thirty_percent(allocated, since: date, until: date):
    for unit, day in ((Unit.LEASE_SIGNED, "p.signed_on"), (Unit.DECISION, "p.decided_on")):
        policy = counting_policy(until, unit=unit)
        found = quotas.priority_count(allocated, policy, since, until)
        n, total = one(
            "SELECT count(DISTINCT p.household_id) FILTER (WHERE cardinality(p.grounds) > 0), count(*) "
            f"FROM followup_proposal p WHERE {_COUNTED} AND {day} BETWEEN %s AND %s", since, until,
        )
        assert (found.share.count, found.share.of) == (n, total)
        assert total > 0
        # The smallest k with (n + k) / (total + k) >= 30 %, by trying them all.
        assert found.needed == next(k for k in range(10_000) if Fraction(n + k, total + k) >= Fraction(3, 10))
        columns = {
            Dimension.COMMUNE: "v.commune", Dimension.RESERVING_PARTY: "v.reserving_party",
            Dimension.BUILDING: "v.building_name", Dimension.MONTH: f"to_char({day}, 'YYYY-MM')",
        }
        for dimension, column in columns.items():
            cells = quotas.priority_by(dimension, allocated, policy, since, until)
            assert {key: (cell.share.count, cell.share.of) for key, cell in cells.items()} == _cells(
                column, day, since, until
            )


def _cells(column: str, day: str, since: date, until: date) -> dict:
    """Return each cell of a cut; a household counts where its first priority allocation is."""
    rows = query(
        f"WITH base AS (SELECT p.id, {column} AS cell, cardinality(p.grounds) > 0 AS priority, p.household_id, "
        f"{day} AS day FROM followup_proposal p JOIN stock_vacancy v ON v.id = p.vacancy_id "
        f"WHERE {_COUNTED} AND {day} BETWEEN %s AND %s), "
        "first AS (SELECT DISTINCT ON (household_id) id FROM base WHERE priority "
        "ORDER BY household_id, day, id::text COLLATE \"C\") "
        "SELECT cell, count(*) FILTER (WHERE id IN (SELECT id FROM first)), count(*) FROM base GROUP BY cell",
        since, until,
    )
    return {cell: (n, of) for cell, n, of in rows}


def the_neighbours(allocated, since: date, until: date):
    signed = (
        "FROM followup_proposal p JOIN stock_vacancy v ON v.id = p.vacancy_id "
        f"WHERE {_COUNTED} AND p.signed_on BETWEEN %s AND %s"
    )
    first = quotas.q1_outside_qpv(allocated, until, since, until)
    assert (first.share.count, first.share.of) == one(
        f"SELECT count(*) FILTER (WHERE quartile = 1 OR is_npnru), count(*) {signed} AND v.in_qpv IS FALSE",
        since, until,
    )
    others = quotas.others_in_qpv(allocated, until, since, until)
    assert (others.share.count, others.share.of) == one(
        f"SELECT count(*) FILTER (WHERE quartile IN (2, 3, 4)), count(*) {signed} AND v.in_qpv", since, until
    )
    names = {party.value: party.value for party in ReservingParty}
    contingents = quotas.by_reserving_party(allocated, until, since, until, names)
    rows = query(
        "SELECT v.reserving_party, count(DISTINCT p.household_id) FILTER (WHERE cardinality(p.grounds) > 0), count(*) "
        f"{signed} AND v.reserving_party <> '' GROUP BY 1", since, until,
    )
    assert {party: (cell.share.count, cell.share.of) for party, cell in contingents.items()} == {
        party: (n, of) for party, n, of in rows
    }


def the_stays(until: date):
    homes = retention_rate.retention_table(followup_figures.stays_at_home(organisation_id=None), until)
    jobs = retention_rate.retention_table(followup_figures.stays_in_job(organisation_id=None), until)
    for home, job in zip(homes, jobs, strict=True):
        assert (home.held, home.lost, home.unknown) == _held(
            "followup_proposal", "signed_on", "true", _HOME_SEEN[home.months], home.months, until
        )
        assert (job.held, job.lost, job.unknown) == _held(
            "followup_application", "start_on", _WORKED, _JOB_SEEN[job.months], job.months, until
        )


def _held(table: str, start: str, which: str, seen: list, months: int, until: date) -> tuple:
    return one(
        f"WITH stays AS (SELECT *, ({start} + make_interval(months => %s))::date AS due FROM {table} "
        f"WHERE {start} IS NOT NULL AND {which}), "
        "told AS (SELECT CASE WHEN ended_on IS NOT NULL THEN ended_on >= due "
        "WHEN state = ANY(%s) THEN true END AS held FROM stays WHERE due <= %s) "
        "SELECT count(*) FILTER (WHERE held), count(*) FILTER (WHERE NOT held), "
        "count(*) FILTER (WHERE held IS NULL) FROM told", months, seen, until,
    )


def the_refusals(until: date):
    refused = followup_figures.refusals(organisation_id=None)
    rows = query(
        "SELECT code, count(*) FROM (SELECT unnest(CASE WHEN p.state = 'refused_silence' "
        "THEN ARRAY['NO_ANSWER']::varchar[] ELSE p.reasons END) AS code "
        f"FROM followup_proposal p WHERE {_REFUSED}) said GROUP BY code"
    )
    assert {code: cell.figure.value for code, cell in refusals.by_reason(refused, until, k=1).items()} == dict(rows)
    communes = query(
        "SELECT v.commune, count(*) FROM followup_proposal p JOIN stock_vacancy v ON v.id = p.vacancy_id "
        f"WHERE {_REFUSED} GROUP BY 1"
    )
    assert Counter(each.commune for each in refused) == dict(communes)


def the_outcomes(until: date):
    rows = query(
        "SELECT CASE WHEN state = 'trial_broken' THEN 'none' "
        "WHEN contract IN ('CDI', 'FONCTION_PUBLIQUE') THEN 'durable' WHEN contract = 'IAE' THEN 'positive' "
        "WHEN last_day IS NULL THEN 'unknown' "
        "WHEN (start_on + interval '6 months')::date <= last_day THEN 'durable' ELSE 'transition' END, count(*) "
        f"FROM followup_application WHERE start_on IS NOT NULL AND {_WORKED} GROUP BY 1"
    )
    assert followup_figures.outcome_classes(organisation_id=None, on=until) == dict(rows)


def the_events():
    for event in Event.objects.all():
        shown = event_counts.counts_of(event).funnel
        invited, present, hired, leased, both = one(
            """
            WITH people AS (
                SELECT r.id, r.present_at IS NOT NULL AS came, e."on" AS day, r.person_id, p.household_id, e.id AS event
                FROM events_registration r JOIN events_event e ON e.id = r.event_id
                JOIN applicants_person p ON p.id = r.person_id WHERE e.id = %s
            ), told AS (
                SELECT people.*, EXISTS (
                    SELECT 1 FROM followup_application a WHERE a.person_id = people.person_id AND a.state IN
                    ('hired','trial_passed','held_1m','held_3m','held_6m','trial_broken','ended')
                    AND (a.event_id = event OR a.opened_on BETWEEN day AND day + 90)
                ) AS job, EXISTS (
                    SELECT 1 FROM followup_proposal h WHERE h.household_id = people.household_id
                    AND h.signed_on IS NOT NULL AND (h.event_id = event OR h.opened_on BETWEEN day AND day + 90)
                ) AS home FROM people
            ) SELECT count(*), count(*) FILTER (WHERE came), count(*) FILTER (WHERE job), count(*) FILTER (WHERE home),
                     count(*) FILTER (WHERE job AND home) FROM told
            """, event.pk,
        )
        assert (shown.invited, shown.present) == (invited, present)
        # Where nobody came there is nothing to follow: no number is given.
        if present:
            assert [shown.step(code).count for code in ("hired", "leased", "both")] == [hired, leased, both]


def the_delays():
    found = followup_figures.delays(organisation_id=None)
    keys = query(
        """
        SELECT keys_on - met FROM (
            SELECT h.keys_on, (SELECT max(e."on") FROM events_registration r JOIN events_event e ON e.id = r.event_id
                JOIN applicants_person p ON p.id = r.person_id WHERE p.household_id = h.household_id
                AND r.present_at IS NOT NULL AND h.opened_on BETWEEN e."on" AND e."on" + 90) AS met
            FROM followup_proposal h WHERE h.keys_on IS NOT NULL) t WHERE met IS NOT NULL ORDER BY 1
        """
    )
    assert found.to_keys == tuple(days for days, in keys)
    assert all(days >= 0 for days in found.to_hire)


def what_must_hold(story):
    homes = Counter(Proposal.objects.filter(
        state__in=("notified", "accepted", "lease_signed", "inventory_done", "keys_handed", "called_1m", "checked_3m",
                   "checked_6m")).values_list("vacancy_id", flat=True))
    assert max(homes.values()) == 1
    # Each case says what its tracks say, computed again from nothing.
    ids = list(Household.objects.values_list("pk", flat=True))
    today = timezone.localdate()
    for household, facts in facts_of(ids).items():
        assert Case.objects.get(household=household).code == status_of(facts, today).code
    # Nothing is without an owner, and nothing of the job is a landlord's to read.
    assert not Task.objects.open().filter(owner__isnull=True, role="").exists()
    assert not Task.objects.filter(subject_kind="application", role__in=(Role.LA, Role.LM, Role.PART)).exists()
    assert {act.action for act in story.acts} >= {"sign_lease", "hire", "refuse"}
    assert demonstration_year.is_there()
    assert not Household.objects.filter(is_fictitious=False).exists()
    # Each act of the story is a row, beside those that other acts brought about.
    return TrackAct.objects.exclude(how="effect").count()
