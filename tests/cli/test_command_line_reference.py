"""The reference of the command line lists every option and every column of the « et si… » commands."""

import argparse

import pytest
from tests.conftest import REPOSITORY

from untoit.cli import COMMANDS, levers, whatif
from untoit.core.sandbox.levers import COLUMNS
from untoit.core.sandbox.people import FAMILIES

PAGE = (REPOSITORY / "docs" / "reference" / "command-line.md").read_text("utf-8")


@pytest.mark.parametrize("command", [levers, whatif], ids=["levers", "whatif"])
def test_every_option_is_in_the_reference(command):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    options = [name for action in parser._actions for name in action.option_strings if name not in ("-h", "--help")]

    assert [name for name in options if f"`{name}`" not in PAGE] == []


def test_every_column_and_every_family_of_the_levers_is_in_the_reference():
    assert [name for name in (*COLUMNS, *FAMILIES) if f"`{name}`" not in PAGE] == []


def test_both_commands_are_known():
    assert {"levers", "whatif"} <= set(COMMANDS)
