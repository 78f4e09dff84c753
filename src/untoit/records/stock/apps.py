"""The Django application."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.stock"
    label = "stock"
    verbose_name = "Logements"
