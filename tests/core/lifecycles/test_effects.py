"""What an act brings about: as data, with an owner and a due day, and never across the halves of a case."""

import itertools
from dataclasses import replace
from datetime import date

import pytest

from untoit.core.lifecycles.case import HousingProposal, JobApplication
from untoit.core.lifecycles.effects import EffectKind, Event, Track, effects
from untoit.core.lifecycles.housing_track import HOUSING, RankedProposal
from untoit.core.lifecycles.job_track import JOB, Employment, Engagement
from untoit.core.lifecycles.pathway_track import PATHWAY

ON = date(2026, 3, 15)
CONTRACT = Employment(Engagement.PERMANENT, date(2026, 3, 2), trial_ends_on=date(2026, 5, 1))
MINE = HousingProposal("P1", "LOG-1", "lease_signed", ON, "sign_lease", lease_signed_on=ON, keys_on=ON,
                       answer_due_on=date(2026, 3, 25))
OTHER = HousingProposal("P2", "LOG-2", "notified", ON, "notify")
OVER = HousingProposal("P3", "LOG-3", "refused", ON, "refuse")
HIRED = JobApplication("J1", "hired", ON, "hire", employment=CONTRACT)
APPLIED = JobApplication("J2", "applied", ON)
RIVALS = (RankedProposal("R2", 2, "allocated_ranked"), RankedProposal("R3", 3, "allocated_ranked"),
          RankedProposal("R4", 4, "refused"))


def housing(action, proposal=MINE, **changes):
    """An act on the housing track."""
    fields = {"housing": (proposal, OTHER, OVER), "rivals": RIVALS} | changes
    return Event(Track.HOUSING, action, proposal.reference, ON, **fields)


def job(action, **changes):
    """An act on the job track."""
    fields = {"job": (HIRED, APPLIED), "employment": CONTRACT} | changes
    return Event(Track.JOB, action, "J1", ON, **fields)


def of(kind, found):
    """Return code -> (target, owner, due day) of the effects of one kind."""
    return {(each.code, each.target): (each.owner, each.due_on) for each in found if each.kind == kind}


def test_a_lease_withdraws_the_other_homes_and_never_an_application():
    found = effects(housing("sign_lease", job=(APPLIED,)))

    assert list(of(EffectKind.MOVE, found)) == [("supersede", "P2"), ("supersede", "R2"), ("supersede", "R3")]
    assert of(EffectKind.TASK, found) == {
        ("inventory", "P1"): ("LA", date(2026, 3, 30)),
        ("check_3m", "P1"): ("LA", date(2026, 6, 15)), ("check_6m", "P1"): ("LA", date(2026, 9, 15)),
    }


def test_what_a_lease_moves_the_table_lets_the_clock_move():
    assert all(HOUSING.may("supersede", state, "clock") for state in ("notified", "allocated_ranked", "proposed"))


def test_keys_open_the_call_and_the_aids():
    assert of(EffectKind.TASK, effects(housing("hand_keys"))) == {
        ("housing_benefit", "P1"): ("LA", date(2026, 3, 22)), ("loca_pass", "P1"): ("LA", date(2026, 5, 15)),
        ("call_1m", "P1"): ("LA", date(2026, 4, 15)),
    }


@pytest.mark.parametrize("action", ["refuse", "lapse", "withdraw_person", "withdraw_landlord", "not_allocate"])
def test_a_lost_offer_proposes_the_next_rank_for_a_person_to_confirm(action):
    found = effects(housing(action, replace(MINE, state="refused")))

    assert of(EffectKind.TASK, found) == {("next_rank", "R2"): ("LA", date(2026, 3, 17))}
    assert not of(EffectKind.MOVE, found)


def test_a_lost_offer_while_hired_tells_the_landlord_and_the_coach():
    found = effects(housing("refuse", replace(MINE, state="refused"), rivals=(), job=(HIRED,)))

    assert [each.owner for each in found if each.kind == EffectKind.ALERT] == ["LA", "EMPP"]


def test_an_offer_is_followed_until_its_day():
    found = effects(housing("notify", replace(MINE, state="notified")))

    assert of(EffectKind.TASK, found) == {("answer_awaited", "P1"): ("LA", date(2026, 3, 25))}
    assert [each.sentence for each in found if each.kind == EffectKind.LETTER] == [
        "Offre de logement\u202f; réponse attendue au plus tard le 25/03/2026."
    ]


def test_a_rejection_warns_and_waits_a_month():
    found = effects(housing("reject", replace(MINE, state="rejected_inadmissible"), rivals=()))

    assert of(EffectKind.TASK, found) == {("striking_off", "P1"): ("LM", date(2026, 4, 15))}
    assert [each.code for each in found if each.kind == EffectKind.LETTER] == ["warning"]


def test_a_hire_moves_no_home_and_opens_its_checks():
    found = effects(job("hire", housing=(OTHER,)))

    assert not of(EffectKind.MOVE, found)
    assert of(EffectKind.TASK, found) == {
        ("hold_1m", "J1"): ("EMPL", date(2026, 4, 2)), ("hold_3m", "J1"): ("EMPL", date(2026, 6, 2)),
        ("hold_6m", "J1"): ("EMPL", date(2026, 9, 2)), ("trial_ends", "J1"): ("EMPP", date(2026, 4, 17)),
        ("other_applications", "J1"): ("EMPP", date(2026, 3, 22)), ("resources_to_update", "J1"): ("LA",
                                                                                                    date(2026, 3, 22)),
    }


def test_what_is_recorded_late_is_due_at_once():
    old = replace(CONTRACT, start_on=date(2025, 12, 1), trial_ends_on=date(2026, 1, 31))

    tasks = of(EffectKind.TASK, effects(job("hire", employment=old)))

    assert tasks["hold_1m", "J1"] == ("EMPL", ON)
    assert tasks["hold_6m", "J1"] == ("EMPL", date(2026, 6, 1))
    assert ("trial_ends", "J1") not in tasks


@pytest.mark.parametrize(
    ("action", "code"),
    [("break_trial", "trial_broken_after_lease"), ("end", "job_ended_after_lease"),
     ("withdraw_employer", "job_ended_after_lease")],
)
def test_a_job_lost_after_the_lease_only_alerts(action, code):
    found = effects(job(action, housing=(MINE,)))

    assert of(EffectKind.ALERT, found) == {(code, "J1"): ("DEP", None), ("employment_changed", "J1"): ("LA", None)}
    assert not of(EffectKind.MOVE, found)
    assert not of(EffectKind.ALERT, effects(job(action, housing=(OTHER,))))


def every_effect():
    """Return the effects of every act of the three tables, whatever the case."""
    acts = [
        *(housing(one.action, replace(MINE, state=one.target), job=(HIRED, APPLIED)) for one in HOUSING.transitions),
        *(job(one.action, housing=(MINE, OTHER)) for one in JOB.transitions),
        *(Event(Track.PATHWAY, one.action, "C1", ON) for one in PATHWAY.transitions),
        Event(Track.PATHWAY, "hand_over", "C1", ON), housing("propose"),
    ]
    return list(itertools.chain.from_iterable(effects(act) for act in acts))


def test_only_the_clock_moves_and_only_homes():
    assert {each.code for each in every_effect() if each.kind == EffectKind.MOVE} == {"supersede"}


def test_every_task_has_an_owner_a_day_and_words():
    for each in every_effect():
        if each.kind == EffectKind.TASK:
            assert each.owner
            assert each.due_on >= ON
        assert each.kind == EffectKind.CLOSE or each.sentence


def test_what_an_employer_receives_says_nothing_of_a_home():
    read = [f"{each.code} {each.sentence}".lower() for each in every_effect() if each.owner == "EMPL"]

    assert read
    for forbidden in ("logement", "bail", "rsa", "foyer", "toit", "loyer", "visite"):
        assert not any(forbidden in words for words in read)


def test_no_effect_speaks_of_a_sanction_or_of_absence():
    words = " ".join(f"{each.code} {each.sentence}" for each in every_effect()).lower()

    assert not any(forbidden in words for forbidden in ("sanction", "suspen", "absen", "radié", "rsa "))
