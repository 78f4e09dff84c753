"""No byte that leaves the platform holds what its reader must not know."""

import sys

import pytest
from django.core import mail
from django.utils import timezone
from tests.security import crawl
from tests.security.outputs import fold
from tests.security.world import PRINCIPALS

from untoit.config import digest
from untoit.records.desk.models import Message, Task

pytestmark = pytest.mark.django_db

# What is searched for: a secret of each kind; searching for all of them would take minutes.
SEARCHED = {
    "applicants.Person": "last_name phone email", "applicants.Household": "application_number",
    "stock.Vacancy": "address", "jobs.Offer": "title", "pairings.Run": "title", "intake.Batch": "file_name",
}


def test_no_page_holds_a_canary_that_its_reader_must_not_know(seen, watch, capsys):
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join([watch.count, *watch.leaks]) + "\n")
    assert watch.leaks == []


def test_links_sorts_filters_exports_and_searches_tell_nothing_more(world, seen, watch, capsys):
    starts = {name: sorted(addresses) for name, addresses in seen.open_to.items()}

    boxes = crawl.crawl(world, watch, starts)
    words = {
        name: list({
            (canary.table, canary.column): canary.texts[0] for canary in watch.looked_for[name].values()
            if canary.column in SEARCHED.get(canary.table, "").split() and canary.side in "ab"
        }.values())
        for name in PRINCIPALS
    }
    told = crawl.searches(world, watch, boxes, words)

    with capsys.disabled():
        sys.stdout.write(f"\n{watch.count}, {sum(map(len, boxes.values()))} recherches\n")
        sys.stdout.write("\n".join([*watch.leaks, *told]) + "\n")
    assert [*watch.leaks, *told] == []


def test_no_message_names_anybody(world, watch):
    digest.send_all(at=timezone.now())
    texts = [f"{one.subject}\n{one.body}" for one in (*mail.outbox, *Message.objects.all())]
    texts += [task.why for task in Task.objects.all()]

    assert texts
    for text in texts:
        assert watch._any.findall(fold(text)) == []
