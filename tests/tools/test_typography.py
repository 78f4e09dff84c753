"""The no-break spaces of French in the templates."""

import pytest
from tools.typography import TEMPLATES, mended, templates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oui : « {{ one }} » ; non ?", "Oui\u00a0: «\u00a0{{ one }}\u00a0»\u202f; non\u202f?"),
        ("{% if one %}20 %{% endif %}, 10 €", "{% if one %}20\u202f%{% endif %}, 10\u00a0€"),
        ('{% empty "Rien : ajoutez" %}', '{% empty "Rien\u00a0: ajoutez" %}'),
    ],
)
def test_the_marks_of_french_keep_with_the_word_before(text, expected):
    assert mended(text) == expected
    assert mended(expected) == expected


@pytest.mark.parametrize(
    "text",
    ["<style>a { color : red }</style>", "<script>a ? b : c</script>", "{# vide : rien #}", "<!-- a : b -->",
     '<a href="?page=1&x=2">', "{% url 'x' %}"],
)
def test_what_a_machine_reads_is_left_alone(text):
    assert mended(text) == text


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_its_no_break_spaces(path):
    text = path.read_text(encoding="utf-8")

    assert text == mended(text), "python tools/typography.py --write puts them"
