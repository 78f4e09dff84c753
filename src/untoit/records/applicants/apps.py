"""The Django application."""

from django.apps import AppConfig


class ApplicantsConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.applicants"
    label = "applicants"
    verbose_name = "Candidats"
