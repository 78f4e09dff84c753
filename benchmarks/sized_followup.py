"""
The follow-up of a sized database: 2,400 leases, 500 offers awaiting an answer, 9,000 proposals, 14,000 applications, a
pathway each, some 150,000 acts and 20,000 tasks, all fictitious.

Rows are written by SQL, as ``benchmarks.sized`` does, without the history of their triggers; sealed columns hold an
empty value, sealed as the application does it. Cases are computed by the night itself.
"""

from __future__ import annotations

import time
from typing import Any

LEASES, AWAITED, PROPOSED, SECOND = 2_400, 500, 9_000, 6_000


def make() -> None:
    """Write the three tracks of the households, unless it is done already."""
    from django.db import connection, transaction

    from untoit.records.followup.models import Proposal

    if Proposal.objects.count() >= PROPOSED:
        return
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        sealed = _sealed()
        _numbered(cursor)
        _proposals(cursor, sealed)
        _applications(cursor, sealed)
        _pathways(cursor)
        _acts(cursor, sealed)
        _tasks(cursor)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"  follow-up: {time.perf_counter() - started:.0f} s", flush=True)


def _sealed() -> Any:
    from untoit.records.followup.models import TrackAct

    return TrackAct._meta.get_field("given").get_prep_value({})


def _numbered(cursor: Any) -> None:
    """Number the households, one person of each, the landlord's homes and the offers, in an order of their own."""
    cursor.execute("""
        CREATE TEMP TABLE f_household ON COMMIT DROP AS
        SELECT h.id AS household, (SELECT p.id FROM applicants_person p WHERE p.household_id = h.id
               ORDER BY p.number LIMIT 1) AS person, row_number() OVER (ORDER BY h.application_number) AS n
        FROM applicants_household h
    """)
    cursor.execute("""
        CREATE TEMP TABLE f_vacancy ON COMMIT DROP AS
        SELECT v.id AS vacancy, v.organisation_id, row_number() OVER (ORDER BY v.reference, v.id) AS n
        FROM stock_vacancy v JOIN partners_organisation o ON o.id = v.organisation_id WHERE o.kind = 'landlord'
    """)
    cursor.execute("""
        CREATE TEMP TABLE f_offer ON COMMIT DROP AS
        SELECT o.id AS offer, o.organisation_id, row_number() OVER (ORDER BY o.reference, o.id) AS n FROM jobs_offer o
    """)
    for table in ("f_household", "f_vacancy", "f_offer"):
        cursor.execute(f"CREATE INDEX ON {table} (n)")
        cursor.execute(f"ANALYZE {table}")


def _proposals(cursor: Any, sealed: Any) -> None:
    columns = """
        INSERT INTO followup_proposal (id, household_id, vacancy_id, organisation_id, source, state, since, last_action,
            reason, reasons, needed_documents, documents, document, decided_on, aids_looked_at, notified_on,
            answer_due_on, answered_on, signed_on, keys_on, grounds, in_scheme, is_transfer, is_npnru, snapshot,
            opened_on, revision)
    """
    cursor.execute(columns + """
        SELECT gen_random_uuid(), h.household, v.vacancy, v.organisation_id, 'adviser',
            CASE WHEN h.n <= %(leases)s
                 THEN (ARRAY['lease_signed', 'keys_handed', 'called_1m', 'checked_3m'])[1 + mod(h.n, 4)]
                 WHEN h.n <= %(held)s THEN 'notified'
                 ELSE (ARRAY['proposed', 'file_complete', 'visited'])[1 + mod(h.n, 3)] END,
            current_date - (mod(h.n, 120))::int, '', '', '{}', '{}', '{}', '',
            CASE WHEN h.n <= %(held)s THEN current_date - (mod(h.n, 120))::int - 30 END, false,
            CASE WHEN h.n <= %(held)s THEN current_date - (mod(h.n, 8))::int END,
            CASE WHEN h.n <= %(held)s THEN current_date - (mod(h.n, 8))::int + 10 END,
            CASE WHEN h.n <= %(leases)s THEN current_date - (mod(h.n, 120))::int END,
            CASE WHEN h.n <= %(leases)s THEN current_date - (mod(h.n, 120))::int END,
            CASE WHEN h.n <= %(leases)s AND mod(h.n, 4) > 0 THEN current_date - (mod(h.n, 120))::int END,
            '{}', false, false, false, %(sealed)s, current_date - 200 - (mod(h.n, 120))::int, 1
        FROM f_household h JOIN f_vacancy v ON v.n = 1 + mod(h.n - 1, (SELECT count(*) FROM f_vacancy))
        WHERE h.n <= %(proposed)s
    """, {"leases": LEASES, "held": LEASES + AWAITED, "proposed": PROPOSED, "sealed": sealed})
    cursor.execute(columns + """
        SELECT gen_random_uuid(), h.household, v.vacancy, v.organisation_id, 'adviser', 'declined',
            current_date - 130 - (mod(h.n, 120))::int, 'refuse', '', '{TOO_SMALL}', '{}', '{}', '', NULL, false,
            NULL, NULL, NULL, NULL, NULL, '{}', false, false, false, %s, current_date - 250 - (mod(h.n, 120))::int, 1
        FROM f_household h JOIN f_vacancy v ON v.n = 1 + mod(h.n * 7 + 3, (SELECT count(*) FROM f_vacancy))
        WHERE h.n <= %s
    """, [sealed, SECOND])


def _applications(cursor: Any, sealed: Any) -> None:
    cursor.execute("""
        INSERT INTO followup_application (id, person_id, household_id, offer_id, organisation_id, source, state, since,
            last_action, reason, sent_on, contract, start_on, trial_ends_on, words_differ, snapshot, opened_on,
            revision)
        SELECT gen_random_uuid(), h.person, h.household, o.offer, o.organisation_id, 'coach',
            CASE WHEN k = 1 AND mod(h.n, 4) = 0 THEN (ARRAY['hired', 'held_1m', 'held_3m'])[1 + mod(h.n, 3)]
                 WHEN k = 1 THEN 'interview_planned' ELSE 'not_retained' END,
            current_date - (mod(h.n, 90))::int - k, '', CASE WHEN k = 2 THEN 'SKILLS' ELSE '' END, current_date - 100,
            CASE WHEN k = 1 AND mod(h.n, 4) = 0 THEN 'CDI' ELSE '' END,
            CASE WHEN k = 1 AND mod(h.n, 4) = 0 THEN current_date - (mod(h.n, 150))::int END,
            CASE WHEN k = 1 AND mod(h.n, 4) = 0 THEN current_date - (mod(h.n, 150))::int + 60 END,
            false, %s, current_date - 160, 1
        FROM generate_series(1, 2) AS k, f_household h
        JOIN f_offer o ON o.n = 1 + mod(h.n * 3, (SELECT count(*) FROM f_offer))
        WHERE h.person IS NOT NULL AND mod(h.n, 3) < 2 AND (k = 1 OR mod(h.n, 2) = 0)
    """, [sealed])


def _pathways(cursor: Any) -> None:
    cursor.execute("""
        INSERT INTO followup_pathway (id, person_id, household_id, organisation_id, stage, since, last_action, reason,
            hours_waived, opened_on, revision)
        SELECT gen_random_uuid(), h.person, h.household,
            (SELECT id FROM partners_organisation WHERE kind = 'department' LIMIT 1),
            (ARRAY['consented', 'preparing', 'attended', 'interviewed', 'identified'])[1 + mod(h.n, 5)],
            current_date - (mod(h.n, 100))::int, '', '', false, current_date - 220, 1
        FROM f_household h WHERE h.person IS NOT NULL
    """)


def _acts(cursor: Any, sealed: Any) -> None:
    """Write four acts a row of a track, by somebody of the organisation."""
    for track, table, person, actions in (
        ("housing", "proposal", "NULL::uuid", "ARRAY['propose', 'plan_visit', 'record_visit', 'complete_file']"),
        ("job", "application", "t.person_id", "ARRAY['apply', 'plan_interview', 'record_interview', 'offer']"),
        ("pathway", "pathway", "t.person_id", "ARRAY['open', 'orient', 'consent', 'prepare']"),
    ):
        cursor.execute(f"""
            INSERT INTO followup_trackact (id, household_id, person_id, track, subject_id, action, from_state, to_state,
                reasons, given, "on", at, organisation_id, user_id, role, how)
            SELECT gen_random_uuid(), t.household_id, {person}, '{track}', t.id, ({actions})[k], '', '', '{{}}',
                %s, t.opened_on + k, now() - interval '220 days' + k * interval '1 day', t.organisation_id,
                (SELECT m.user_id FROM partners_membership m WHERE m.organisation_id = t.organisation_id LIMIT 1), '',
                'screen'
            FROM followup_{table} t, generate_series(1, 4) AS k
        """, [sealed])


def _tasks(cursor: Any) -> None:
    cursor.execute("""
        INSERT INTO desk_task (id, kind, organisation_id, role, subject_kind, subject_id, why, due_on, created_at,
            outcome, revision)
        SELECT gen_random_uuid(), CASE p.state WHEN 'notified' THEN 'answer_awaited' WHEN 'proposed'
               THEN 'visit_to_plan' ELSE 'check_6m' END, p.organisation_id, 'LA', 'proposal', p.id,
               'À faire pour cette proposition.', p.since + 14, now(), '', 1
        FROM followup_proposal p WHERE p.state IN ('notified', 'proposed', 'keys_handed', 'called_1m', 'checked_3m')
    """)
    cursor.execute("""
        INSERT INTO desk_task (id, kind, organisation_id, role, subject_kind, subject_id, why, due_on, created_at,
            outcome, revision)
        SELECT gen_random_uuid(), 'hold_6m', a.organisation_id, 'EMPL', 'application', a.id, 'Toujours en poste ?',
               a.start_on + 180, now(), '', 1
        FROM followup_application a WHERE a.state IN ('hired', 'held_1m', 'held_3m')
    """)
    cursor.execute("""
        INSERT INTO desk_task (id, kind, organisation_id, role, subject_kind, subject_id, why, due_on, created_at,
            outcome, revision)
        SELECT gen_random_uuid(), 'first_steps', w.organisation_id, 'DEP', 'pathway', w.id, 'Fixer les actions.',
               w.since + 20, now(), '', 1
        FROM followup_pathway w WHERE w.stage = 'consented'
    """)
