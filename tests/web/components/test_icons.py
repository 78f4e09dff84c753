"""The icons are those of heroicons, as its own tag draws them."""

import pytest
from heroicons import IconDoesNotExist
from heroicons.templatetags.heroicons import heroicon_mini

from untoit.web.components import icons
from untoit.web.components.navigation import MENU


@pytest.mark.parametrize("name", sorted({entry.icon for entry in MENU} | {"beaker", "user-circle", "bars-3"}))
def test_an_icon_is_drawn_as_the_package_draws_it(name):
    theirs = heroicon_mini(name, size=20, aria_hidden="true", focusable="false", **{"class": "icon"})

    assert icons.inline(name).replace("/>", " />") == theirs.strip()


def test_every_drawing_of_the_archive_bears_the_look_of_ours():
    for name in icons._drawings():
        assert icons.inline(name).startswith('<svg viewBox="0 0 20 20" fill="currentColor" aria-hidden="true" width=')
        assert "xmlns" not in icons.inline(name)


def test_an_unknown_icon_is_an_error():
    with pytest.raises(IconDoesNotExist):
        icons.inline("nothing-like-it")
