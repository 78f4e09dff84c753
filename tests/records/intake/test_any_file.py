"""Whatever the file: shuffled columns, encodings, blanks, duplicates. Twice the same file changes nothing."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.files import CASES, DWELLING, HOUSEHOLD, OFFER, PERSON
from tests.factories.imports import COLUMNS, confirmed, outcomes, received, worked
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.exchange import Kind
from untoit.core.exchange.columns import importable_kinds, likely_kind, recognise
from untoit.records.applicants.models import Household, Person
from untoit.records.intake import services
from untoit.records.intake.models import BatchState
from untoit.records.jobs.models import Offer
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db

BASE = {"menages": HOUSEHOLD, "personnes": PERSON, "logements": DWELLING, "offres": OFFER}
KEYS = {"menages": "numero_unique", "personnes": "numero_unique", "logements": "reference", "offres": "reference"}
SETTINGS = settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
texts = st.text(st.characters(codec="cp1252", exclude_characters="\x00\r\n"), max_size=12)
usual = st.sampled_from(["=1+1", "-5", "1,5", "oui", "59350", "T3", "423,5678", "01/02/2026"])
cells = st.one_of(st.just(""), usual, texts)


@st.composite
def files(draw, kind):
    """A file of this kind: some cells blank or wild, some keys twice, columns in any order, in any usual writing."""
    columns = draw(st.permutations(COLUMNS[kind]))
    rows = []
    for number in range(draw(st.integers(0, 6))):
        row = {**BASE[kind], KEYS[kind]: draw(st.sampled_from([f"K{number}", "K0", "", "K 1"]))}
        for column in draw(st.lists(st.sampled_from(COLUMNS[kind]), max_size=3)):
            row[column] = draw(cells)
        rows.append(row)
    stream = io.StringIO()
    end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(stream, delimiter=draw(st.sampled_from(";,\t")), lineterminator=end)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return stream.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])), "replace")


def records():
    return [list(model.objects.order_by("pk").values()) for model in (Household, Person, Vacancy, Offer)]


def _stripped(rows):
    """Leave out the instants at which a listing confirms that a dwelling or an offer still stands."""
    return [[{name: value for name, value in row.items() if name not in ("confirmed_at", "updated_at")} for row in one]
            for one in rows]


class Rollback(Exception):
    """Ends an example: the next one starts from the same records."""


@pytest.mark.parametrize("kind", ["menages", "logements", "offres"])
def test_the_same_file_twice_changes_nothing(kind):
    made = scheme()
    actor = made.actor("LM")

    @SETTINGS
    @given(files(kind))
    def check(content):
        with pytest.raises(Rollback), transaction.atomic():
            first = received(actor, content, kind=kind)
            if first.state == BatchState.READY:
                _check_twice(first, content)
            raise Rollback

    def _check_twice(first, content):
        services.decide_rest(batch_id=first.pk, decision="create", by=actor, at=NOW)
        first.refresh_from_db()
        recorded = confirmed(actor, first)
        before = _stripped(records())
        again = received(actor, content, kind=kind)
        # A possible duplicate was created by the first import: nothing is new the second time.
        expected = {line: "refused" if was == "refused" else "unchanged" for line, was in outcomes(recorded).items()}
        assert outcomes(again) == expected
        confirmed(actor, again)
        assert _stripped(records()) == before
        services.undo(batch_id=recorded.pk, by=actor, at=NOW)
        assert worked(recorded).state == BatchState.UNDONE
        assert [len(one) for one in records()] == [0, 0, 0, 0]

    check()


def test_persons_twice_change_nothing():
    made = scheme()
    actor = made.actor("LM")
    for number in range(6):
        linked_household(made, application_number=f"K{number}")

    @SETTINGS
    @given(files("personnes"))
    def check(content):
        with pytest.raises(Rollback), transaction.atomic():
            first = received(actor, content, kind="personnes")
            if first.state == BatchState.READY:
                services.decide_rest(batch_id=first.pk, decision="create", by=actor, at=NOW)
                first.refresh_from_db()
                confirmed(actor, first)
                before = _stripped(records())
                again = received(actor, content, kind="personnes")
                assert set(outcomes(again).values()) <= {"refused", "unchanged"}
                confirmed(actor, again)
                assert _stripped(records()) == before
            raise Rollback

    check()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_gives_a_sentence_and_never_a_crash(case):
    made = scheme()
    with tempfile.TemporaryDirectory() as folder:
        path = case.make(Path(folder))
        if not path.is_file() or path.stat().st_size > services.LARGEST_FILE or path.stat().st_size == 0:
            pytest.skip("no file of a size that could be handed over")
        if case.name == "40,000 bad rows":
            pytest.skip("many rows are the business of benchmarks/imports.py")
        content = path.read_bytes()
    try:
        batch = received(made.actor("LM"), content, path.name.encode("utf-8", "replace").decode())
    except services.Refused as refusal:
        assert refusal.sentence.endswith((".", "deux."))
        return

    assert batch.state in (BatchState.READY, BatchState.MAPPING, BatchState.UNUSABLE)
    if batch.state == BatchState.UNUSABLE:
        assert batch.sentence and case.code == 2
    assert "\x1b" not in batch.file_name + batch.sentence


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_columns_are_found_whatever_their_order_and_writing(data):
    kind = data.draw(st.sampled_from(importable_kinds()))
    names = data.draw(st.permutations(COLUMNS[str(kind)]))
    writing = data.draw(st.sampled_from([str, str.upper, str.title, lambda name: name.replace("_", " ")]))

    guesses = recognise(kind, [writing(name) for name in names])

    assert [guess.column for guess in guesses] == list(names)
    assert likely_kind([writing(name) for name in names], tuple(Kind(one) for one in COLUMNS)) is kind
