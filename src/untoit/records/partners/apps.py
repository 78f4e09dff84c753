"""The Django application."""

from django.apps import AppConfig


class PartnersConfig(AppConfig):
    """Named after its folder; identifiers are UUID, declared on the models."""

    name = "untoit.records.partners"
    label = "partners"
    verbose_name = "Partenaires"

    def ready(self) -> None:
        """Register the checks of the policy."""
        from untoit.records.partners import checks  # noqa: F401 - registers by being imported
