"""The journals are only ever added to."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from tests.factories.records import NOW, scheme

from untoit.records.partners import journal
from untoit.records.partners.models import AuditEntry, ReadLog

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [ReadLog, AuditEntry])
def test_a_journal_refuses_changes_and_deletions(model):
    actor = scheme().actor("LA")
    journal.note_read(actor, "income", "household", None)
    journal.note_act(actor, "import.confirmed")

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        model.objects.update(role="ADM")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        model.objects.all().delete()
    assert model.objects.count() == 1


def test_the_purge_takes_the_old_and_says_how_much():
    actor = scheme().actor("LA")
    journal.note_act(actor, "old.one", at=NOW - timedelta(days=400))
    journal.note_act(actor, "new.one", at=NOW)

    counts = journal.purge(before=NOW - timedelta(days=365), at=NOW)

    assert counts == {"reads": 0, "acts": 1}
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"new.one", "journal.purged"}
