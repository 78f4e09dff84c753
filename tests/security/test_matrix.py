"""Every URL x role x relation has a declared answer, and what does not concern you is the same 404."""

import os
import sys
from pathlib import Path

import pytest
import yaml
from tests.security import matrix
from tests.security.walk import pages
from tests.security.world import EMPLOYERS, LINKED, OWNERS, PRINCIPALS

pytestmark = pytest.mark.django_db

HEADER = """\
# What every URL answers to everybody, frozen apart from permissions.yaml and from the code, and read by a person: an
# edit of the policy cannot turn the tests green in silence. tools/permissions_expected.py proposes the lines to add.
#
# page: method: side: answers. Sides: a and b are the two landlords' households, dwellings, offers, runs and imports;
# c the partner landlord's; "unknown" rows do not exist; "mixed" is a row of b under a parent of a. "page" is a page
# without a row.
# Answers: a status, or "login" (sent to sign in). "*" is everybody else.
"""


@pytest.fixture
def proposal(seen):
    """Write what the pages answer now where ``tools/permissions_expected.py`` asks for it."""
    path = os.environ.get("UNTOIT_PROPOSE")
    if path:
        lines = {
            name: {
                method: {side: matrix.write(one) for side, one in sides.items()} for method, sides in methods.items()
            }
            for name, methods in sorted(seen.answers.items())
        }
        text = yaml.safe_dump(lines, allow_unicode=True, width=1000, sort_keys=False)
        Path(path).write_text(HEADER + text, "utf-8")


def test_every_answer_is_the_frozen_one(seen, proposal, capsys):
    differences = matrix.differences(seen, matrix.expected())

    with capsys.disabled():
        sys.stdout.write(
            f"\nmatrice : {seen.checks} vérifications, {len(seen.answers)} URL, {len(differences)} inattendues\n"
            + "\n".join([*seen.problems, *differences]) + "\n"
        )
    assert [*seen.problems, *differences] == []


def test_every_principal_is_in_every_frozen_line():
    for name, methods in matrix.expected().items():
        for method, sides in methods.items():
            for side, line in sides.items():
                assert matrix.read(line).keys() == set(PRINCIPALS), (name, method, side)


def test_the_frozen_answers_obey_the_laws_of_access():
    """A second reading of ``access.md`` that shares nothing with the code: it holds whatever the pages are."""
    # 401, 403 and 405 are said before any row is looked for; so is the shape of what is sent to the interface (422).
    closed = {"404", "login", "401", "403", "405"}
    broken = []
    by_name = {page.name: page for page in pages()}
    for name, methods in matrix.expected().items():
        page = by_name.get(name)
        if page is None or page.of_library or not page.arguments:
            continue
        for method, sides in methods.items():
            for side, line in sides.items():
                allowed = _who_may_open(set(page.arguments), side)
                broken += [
                    (name, method, side, who, code) for who, code in matrix.read(line).items()
                    if allowed is not None and who not in allowed and code not in closed
                    and not (page.of_api and code == "422")
                ]

    assert broken == [], broken


def _who_may_open(arguments, side):
    """Return at most who may open a row of this side, ``None`` where the law says nothing of that kind of row."""
    if arguments & {"household_id", "person_id", "consent_id", "link_id", "note_id", "evidence_id", "tandem_id"}:
        return LINKED.get(side, set())
    if arguments & {"run_id", "policy_id", "feed_id", "batch_id", "row_id"}:
        return OWNERS.get(side, set())
    if arguments & {"vacancy_id", "building_id", "photo_id"}:
        masked = {"DEP", "DEP2", "DEP_head", "EMPP", "EMPP2"} if side in OWNERS else set()
        return OWNERS.get(side, set()) | masked
    if "offer_id" in arguments:
        readers = set(PRINCIPALS) - {"EMPL", "EMPL_other", "FUND", "PART", "CAND", "CAND_other", "PUB"}
        return (EMPLOYERS[side] | readers) if side in EMPLOYERS else set()
    if arguments & {"notice_id", "reply_id"}:
        return LINKED.get(side, set())
    if arguments & {"event_id", "registration_id", "meeting_id", "stand_id", "device_id"}:
        # The services that send people to events read them all; a partner landlord prepares none.
        services = {"DEP", "DEP2", "DEP_head", "EMPP", "EMPP2", "ADM", "DPO"}
        own = OWNERS.get(side, set()) | EMPLOYERS.get(side, set()) | (LINKED.get(side, set()) & {"CAND", "CAND_other"})
        return services | own if side in ("a", "b") else set()
    return None
