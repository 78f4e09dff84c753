"""The cells of permissions.yaml are those that a person froze: an edit of the policy shows here first."""

import copy
from pathlib import Path

import yaml

from untoit.records.partners.checks import check_policy, policy_problems
from untoit.records.partners.rights import policy

FROZEN = Path(__file__).with_name("policy_frozen.yaml")


def cells(document):
    """Return every cell as ``resources/income/EMPL: none``."""
    found = {
        f"{part}/{row}/{role}": str(codes)
        for part in ("resources", "fields") for row, roles in document[part].items() for role, codes in roles.items()
    }
    found |= {f"legal_basis/{purpose}": " ".join(kinds) for purpose, kinds in document["legal_basis"].items()}
    return found | {"aggregate_k": str(document["aggregate_k"]), "link_months": str(document["link_months"])}


def test_the_policy_is_the_frozen_one():
    frozen = yaml.safe_load(FROZEN.read_text("utf-8"))

    now = cells(policy())

    changed = {cell: (frozen.get(cell), now.get(cell)) for cell in frozen.keys() | now.keys()
               if frozen.get(cell) != now.get(cell)}
    assert changed == {}


def test_a_flipped_cell_is_seen():
    flipped = copy.deepcopy(policy())
    flipped["resources"]["income"]["EMPL"] = "R·L"

    frozen = yaml.safe_load(FROZEN.read_text("utf-8"))

    assert {cell for cell, codes in cells(flipped).items() if frozen.get(cell) != codes} == {"resources/income/EMPL"}


def test_the_policy_has_no_typing_error():
    assert check_policy() == []


def test_a_typing_error_is_named():
    wrong = copy.deepcopy(policy())
    wrong["resources"]["income"]["EMPLOYER"] = "R"
    wrong["resources"]["income"]["LA"] = "R·X"
    wrong["fields"]["surname"]["LA"] = "full"
    del wrong["resources"]["identity"]["DPO"]

    assert policy_problems(wrong) == [
        "ressource « identity » : il manque le rôle « DPO ».",
        "ressource « income » : le rôle « EMPLOYER » est inconnu.",
        "ressource « income », LA : le code « X » est inconnu.",
        "champ « surname », LA : « full » n'est pas une visibilité connue.",
    ]


def test_an_employer_is_given_nothing_of_the_housing_file():
    """The heart of the scheme, written a third time: what the employer's column of access.md gives nothing of."""
    nothing = {
        "household_composition", "income", "housing_application", "rsa_status", "social_notes", "health_alerts",
        "work_pathway", "dwelling_stock", "housing_proposal", "lease", "consents_links", "steering_report",
        "matching_run", "tandem", "run_settings", "candidate_file",
    }

    assert {row for row in nothing if policy()["resources"][row]["EMPL"] != "none"} == set()
    shown = {row for row, roles in policy()["fields"].items() if roles["EMPL"] != "none"}
    assert shown == {
        "first_name", "surname", "residence_permit", "skills", "job_wishes", "interview_notes", "contract", "salary",
        "end_of_contract",
    }
