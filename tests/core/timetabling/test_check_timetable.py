"""``tools/check_timetable.py`` shares no code with the engine: same worth, same bound, and it sees planted mistakes."""

import importlib.util
import json
import random
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.conftest import REPOSITORY
from tests.factories.timetables import random_event

from untoit.core.timetabling import Effort, Event, Meeting, plan, record

EFFORT = Effort(sweeps=6, rounds=10, dives=2, pushes=30, cycles=1)


@pytest.fixture(scope="module")
def checker():
    spec = importlib.util.spec_from_file_location("check_timetable", REPOSITORY / "tools" / "check_timetable.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def planned(seed: int, given=()) -> tuple[Event, dict]:
    draw = random.Random(seed)
    event = random_event(draw, draw.choice((3, 6, 12, 20)))
    table = plan(event, given=given, seconds=20, seed=seed, workers=1, effort=EFFORT)
    return event, json.loads(json.dumps(record(event, table, given)))


def some_locks(event: Event, recorded: dict, seed: int) -> list[Meeting]:
    """Return a few of the meetings, and a few at places taken at random: somebody insists."""
    draw = random.Random(seed)
    locks = [Meeting(*place, locked=True) for place in recorded["meetings"] if draw.random() < 0.2]
    for one in event.candidates:
        stand = draw.choice(event.stands)
        if draw.random() < 0.1 and event.slots >= event.length(stand):
            slot = draw.randrange(event.slots - event.length(stand) + 1)
            locks.append(Meeting(one.id, stand.id, draw.randrange(stand.tables), slot, locked=True))
    return locks


@pytest.mark.parametrize("seed", range(60))
def test_a_generated_event_is_planned_without_a_violation(checker, seed):
    event, recorded = planned(seed)

    wrong, lines = checker.verify(recorded)

    assert wrong == []
    assert f"borne prouvée par les prix : {recorded['bound']}." in lines

    if seed % 3 == 0:
        locks = some_locks(event, recorded, seed)
        assert checker.verify(planned(seed, locks)[1])[0] == []


def busy_event() -> dict:
    return next(recorded for seed in range(100) if len((recorded := planned(seed)[1])["meetings"]) > 12)


@pytest.mark.parametrize(("change", "words"), [
    (lambda event: event["meetings"].pop(), "la valeur annoncée"),
    (lambda event: event.update(value=event["value"] + 1), "la valeur annoncée"),
    (lambda event: event.update(bound=event["value"] - 1), "la borne"),
    (lambda event: event["meetings"].append(event["meetings"][0]), "double"),
    (lambda event: event["meetings"].append([*event["meetings"][0][:3], event["meetings"][0][3] + 1]), "again"),
    (lambda event: event["meetings"].append([*event["meetings"][0][:2], 99, 0]), "unknown"),
    (lambda event: event["stands"].__setitem__(slice(None), [
        stand | {"closed": [list(range(event["slots"])) for _ in stand["closed"]]} for stand in event["stands"]
    ]) or event.update(prices=None), "closed"),
    (lambda event: event["meetings"][0].__setitem__(0, event["meetings"][-1][0]), "ERREUR"),
    (lambda event: event["imposed"].append([event["candidates"][0]["id"], event["stands"][0]["id"], 0, 0])
        or event.update(prices=None), "absent"),
])
def test_a_planted_mistake_is_seen(checker, change, words):
    recorded = busy_event()
    change(recorded)

    wrong, _ = checker.verify(recorded)

    assert wrong
    assert words == "ERREUR" or any(words in sentence for sentence in wrong)


def test_prices_that_count_too_many_tables_are_refused(checker):
    recorded = busy_event()
    recorded["prices"][0]["capacity"][0] += 1

    with pytest.raises(ValueError, match="capacité"):
        checker.verify(recorded)


def test_prices_that_prove_less_than_is_said_are_refused(checker):
    recorded = busy_event()
    recorded["prices"][0]["price"] = [100_000] * recorded["slots"]

    assert any("les prix prouvent" in sentence for sentence in checker.verify(recorded)[0])


def test_the_tool_needs_nothing_but_python(tmp_path):
    _, recorded = planned(7)
    path = tmp_path / "event.json"
    path.write_text(json.dumps(recorded), "utf-8")
    command = [sys.executable, "-I", "-S", str(REPOSITORY / "tools" / "check_timetable.py"), str(path)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "aucune règle n’est enfreinte, la borne est juste" in done.stdout

    path.write_text(json.dumps(recorded | {"value": recorded["value"] + 1}), "utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    path.write_text("{}", "utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_a_lock_that_breaks_a_rule_is_said_and_not_refused(checker):
    event, recorded = next(
        (event, recorded) for seed in range(100)
        for event, recorded in [planned(seed)] if len(recorded["meetings"]) > 4 and not event.forbidden
    )
    who, stand, table, slot = recorded["meetings"][0]
    locks = [Meeting(who, stand, table, slot, locked=True)]
    late = replace(event, candidates=tuple(
        replace(one, arrives=event.slots) if one.id == who else one for one in event.candidates
    ))

    table = plan(late, given=locks, seconds=5, workers=1, effort=EFFORT)
    wrong, lines = checker.verify(json.loads(json.dumps(record(late, table, locks))))

    assert wrong == []
    if event.level("arrival").hard:
        assert any(line.startswith("verrou : arrival") for line in lines)
