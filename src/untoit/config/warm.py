"""
What the first visitor of a process would wait for: the templates, the names that searches know, the pages' own code.

Called as a process loads, while the gate is still closed (:mod:`untoit.config.gate`): half a second of processor that
takes nothing from whoever computes the demonstration. It asks nothing of the database, which may not be there yet.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from pathlib import Path

from django import forms
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.urls import get_resolver


def warm_up() -> int:
    """Load what every page needs, and return how many templates were compiled."""
    from untoit.records.partners.rights import policy
    from untoit.records.partners.search import commune_names, occupation_names
    from untoit.web.components import icons

    get_resolver().reverse_dict  # noqa: B018 - reading it loads the pages and the addresses by name
    policy()
    commune_names()
    occupation_names()
    icons.inline("home")  # reads the archive of them all
    _Fields().as_div()
    return _compile_templates()


def settle() -> None:
    """
    Leave out of the rounds of the garbage collector what lives as long as the process: code, addresses, templates.

    Three hundred thousand objects are otherwise gone through again every few hundred pages (7 % of the processor).
    """
    gc.collect()
    gc.freeze()


def _compile_templates() -> int:
    count = 0
    for folder in engines["django"].dirs:
        for path in sorted(Path(folder).rglob("*.html")):
            with suppress(TemplateSyntaxError):  # a page that is broken says so itself, and stops no other
                get_template(path.relative_to(folder).as_posix())  # the engine keeps it
                count += 1
    return count


class _Fields(forms.Form):
    """One field of each look: each has templates of its own."""

    text = forms.CharField()
    long = forms.CharField(widget=forms.Textarea)
    day = forms.DateField(widget=forms.DateInput)
    number = forms.IntegerField()
    tick = forms.BooleanField()
    choice = forms.ChoiceField(choices=[("1", "1")])
    radios = forms.ChoiceField(choices=[("1", "1")], widget=forms.RadioSelect)
    ticks = forms.MultipleChoiceField(choices=[("1", "1")], widget=forms.CheckboxSelectMultiple)
