"""Every table with personal data has a rule of retention, and every rule a table."""

import datetime as dt

import pytest
from django.apps import apps

from untoit.core.retention.rules import rules
from untoit.records.followup.keeping.tables import COLUMNS, FOLLOWS, HOLDS_NOBODY
from untoit.records.partners.columns import NONE, declared, tables

ON = dt.date(2026, 11, 24)
# What is not a row of the database: the copy on a tablet is wiped there, backups are rotated by the host.
NOT_ROWS = {"backup"}


def personal(label: str) -> list[str]:
    return [column for column, field in declared(label).items() if field != NONE]


@pytest.mark.parametrize("label", sorted(label for label in tables() if personal(label)))
def test_a_table_with_personal_columns_has_a_rule_or_says_why_it_holds_nobody(label):
    assert (label in FOLLOWS) != (label in HOLDS_NOBODY)


def test_every_rule_is_followed_and_every_name_is_known():
    known = {one.kind for one in rules(ON)}
    used = {kind for kinds in FOLLOWS.values() for kind in kinds} | set(COLUMNS.values())

    assert used | NOT_ROWS == known
    assert {*FOLLOWS, *HOLDS_NOBODY} <= set(tables())
    for name in COLUMNS:
        label, _, column = name.rpartition(".")
        assert column in declared(label)


def test_a_table_that_follows_the_household_is_reached_from_it_by_a_cascade():
    """What erasing a household deletes: a table that no cascade reaches would be left behind."""
    reached = {"applicants.Household"}
    grew = True
    while grew:
        grew = False
        for model in apps.get_models():
            if model._meta.label in reached:
                continue
            for field in model._meta.local_fields:
                remote = field.remote_field
                if remote is not None and remote.model._meta.label in reached and (
                    remote.on_delete.__name__ == "CASCADE"
                ):
                    reached.add(model._meta.label)
                    grew = True
                    break
    by_hand = {"pairings.Tandem", "pairings.TandemJob", "pairings.Unplaced", "pairings.Run", "pairings.RunInput"}

    followers = {label for label, kinds in FOLLOWS.items() if kinds[0] == "person_without_contact"}

    assert followers - reached - by_hand == set()
