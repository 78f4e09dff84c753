"""The Django application."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.followup"
    label = "followup"
    verbose_name = "Suivi"
