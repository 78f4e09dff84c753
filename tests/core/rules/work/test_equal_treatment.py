"""Job matching cannot hold, nor reach, what must not weigh on it."""

import ast
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import untoit.core.model.work
import untoit.core.rules.work
from untoit.core.model.work import JobOffer, Seeker

# Everything that a job seeker's type holds, each because a job asks for it or because the person wishes it so. A new
# field must be added here, by somebody who has read loi 2008-496 art. 1.
NEEDED = {
    "occupations", "modes", "experience", "skills", "licences", "max_commute_min", "leaves_no_earlier_min",
    "back_no_later_min", "workable_days", "hours_min", "hours_max", "contracts", "french_level", "available_on",
}
FORBIDDEN_MODULES = ("untoit.core.model.household", "untoit.core.model.person", "untoit.core.rules.housing")


def test_a_seeker_holds_nothing_but_what_a_job_needs():
    assert {field.name for field in fields(Seeker)} == NEEDED


def test_neither_type_takes_anything_more():
    assert not hasattr(Seeker(("K2204",), frozenset()), "__dict__")
    assert {field.name for field in fields(JobOffer)}.isdisjoint({"household", "rsa", "nationality", "gender", "age"})


def test_job_rules_import_no_household():
    folder = Path(untoit.core.rules.work.__file__).parent
    files = [*folder.glob("*.py"), Path(untoit.core.model.work.__file__)]

    imported = {name for file in files for name in imports_of(file)}

    assert len(files) >= 4
    assert [name for name in imported if name.startswith(FORBIDDEN_MODULES)] == []


def imports_of(file):
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_modules_that_job_rules_load_hold_no_household():
    """Not by another road either: what a fresh interpreter loads with the job rules."""
    code = (
        "import sys, untoit.core.rules.work.vectorised; "
        f"print([name for name in sys.modules if name.startswith({FORBIDDEN_MODULES!r})])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"
