"""The Django application that holds templates and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """One application for all audiences: templates lie in ``web/templates/<audience>/``."""

    name = "untoit.web"
    label = "web"
