"""The Django application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.jobs"
    label = "jobs"
    verbose_name = "Emplois"
