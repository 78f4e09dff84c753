"""The generated reference pages."""

import pytest
from tools.build_reference import FOLDER, pages

from untoit.core import parameters
from untoit.core.rules.housing import HOUSING_RULES
from untoit.core.rules.work import WORK_RULES


@pytest.mark.parametrize("file", ["rules.md", "parameters.md"])
def test_generated_page_is_up_to_date(file):
    assert (FOLDER / file).read_text("utf-8") == pages()[file], "run: python tools/build_reference.py"


def test_every_rule_and_every_parameter_is_published():
    published = pages()

    assert all(f"`{rule.code}`" in published["rules.md"] for rule in (*HOUSING_RULES, *WORK_RULES))
    assert all(f"`{name}`" in published["parameters.md"] for name in parameters.names())


def test_no_template_leaks_into_a_page():
    assert "{" not in pages()["rules.md"]
