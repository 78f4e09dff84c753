"""The Django application."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.desk"
    label = "desk"
    verbose_name = "Bureau"
