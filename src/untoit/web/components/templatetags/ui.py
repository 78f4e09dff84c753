"""Template tags of the design: what the pages of every audience are built with."""

from django import template

register = template.Library()
