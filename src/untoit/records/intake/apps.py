"""The Django application."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.intake"
    label = "intake"
    verbose_name = "Imports"
