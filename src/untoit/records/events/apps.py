"""The Django application."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.events"
    label = "events"
    verbose_name = "Événements"
