"""The Django application."""

from django.apps import AppConfig


class PairingsConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.pairings"
    label = "pairings"
    verbose_name = "Calculs"
