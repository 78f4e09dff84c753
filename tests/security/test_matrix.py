"""Every URL x role x relation has a declared answer, and what does not concern you is the same 404."""

import os
import sys
from pathlib import Path

import pytest
import yaml
from tests.security import matrix
from tests.security.canaries import CANDIDATES, COACHES, DEPARTMENT, LANDLORDS, PARTNER
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
                allowed = _who_may_open(name, set(page.arguments), side)
                broken += [
                    (name, method, side, who, code) for who, code in matrix.read(line).items()
                    if allowed is not None and who not in allowed and code not in closed
                    and not (page.of_api and code == "422")
                ]

    assert broken == [], broken


def test_the_frozen_lists_obey_the_laws_of_access():
    """The lists of the follow-up: the committee is a landlord's, pathways and applications those who support read."""
    closed = {"404", "login", "401", "403", "405"}
    frozen = matrix.expected()
    broken = [
        (name, method, who, code) for name, allowed in _LISTS.items() for method, sides in frozen[name].items()
        for who, code in matrix.read(sides["page"]).items() if who not in allowed and code not in closed
    ]

    assert broken == [], broken


_SUPPORT, _HOUSING = DEPARTMENT | COACHES, LANDLORDS | PARTNER
_LISTS = {
    "desk:cases": _HOUSING | _SUPPORT, "landlord:proposals": _HOUSING, "landlord:new_proposal": _HOUSING,
    "landlord:sessions": _HOUSING, "landlord:new_session": _HOUSING, "landlord:commitment": _HOUSING,
    "landlord:learning": LANDLORDS | {"DPO"}, "landlord:learning_adopt": LANDLORDS - {"LA"},
    "adviser:applications": _SUPPORT, "adviser:new_application": COACHES,
    "adviser:pathways": _SUPPORT | CANDIDATES,  # a person is sent on to her own
    "employer:applications": {"EMPL", "EMPL_other"}, "candidate:proposals": CANDIDATES,
    "candidate:applications": CANDIDATES, "candidate:pathway": CANDIDATES, "candidate:pathway_summary": CANDIDATES,
    "candidate:agenda": CANDIDATES, "candidate:agenda_open": CANDIDATES, "candidate:agenda_close": CANDIDATES,
    "platform:kept": {"DPO"}, "platform:set_hold": {"DPO"},
}


def _who_may_open_the_followup(name, arguments, side):
    """Return who may open a row of the follow-up, ``None`` for another page; a candidate opens only her own space."""
    linked, owners = LINKED.get(side, set()), OWNERS.get(side, set())
    audience = name.partition(":")[0]
    if name == "platform:grant_erasure" or "hold_id" in arguments:
        return {"DPO"} if side in OWNERS else set()
    if "set_id" in arguments:
        return owners & (LANDLORDS - {"LA"})
    if audience == "landlord" and arguments & {"session_id", "line_id"}:
        return owners
    if name in ("landlord:strike_off", "landlord:reinstate"):
        return linked & (LANDLORDS - {"LA"})
    if audience == "landlord" and arguments & {"proposal_id", "letter_id"}:
        return linked & owners
    if name == "desk:case":
        return linked - CANDIDATES
    if audience == "adviser" and (arguments & {"application_id", "item_id", "appointment_id"}
                                  or name.startswith("adviser:pathway")):
        # A person who follows the address of a task is sent on to her own pathway.
        return linked & (_SUPPORT | CANDIDATES if name == "adviser:pathway_item_of" else _SUPPORT)
    if audience == "candidate" and arguments & {"proposal_id", "application_id", "item_id", "appointment_id"}:
        return linked & CANDIDATES
    if audience == "employer" and "application_id" in arguments:
        return EMPLOYERS.get(side, set())
    return None


def _who_may_open(name, arguments, side):
    """Return at most who may open a row of this side, ``None`` where the law says nothing of that kind of row."""
    if (allowed := _who_may_open_the_followup(name, arguments, side)) is not None:
        return allowed
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
