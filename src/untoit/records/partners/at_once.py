"""An operation for first migrations: a new installation must not wait for each model to be rendered again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import ModelOperation
from django.db.migrations.state import ProjectState


class AtOnce(Operation):
    """
    Create the models of an application and their triggers, in this order, the state being rendered once at the end.

    Django renders every model that is related to another after each operation, hence all of them for each of ours:
    they all know the users. The statements sent to the database are the same.
    """

    serialization_expand_args = ["operations"]  # noqa: RUF012 - as Django declares it

    def __init__(self, operations: Sequence[Operation]) -> None:
        """Keep the operations: creations of models, then what needs nothing but these models."""
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what a migration file says of this."""
        return (type(self).__name__, [], {"operations": self.operations})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state, and render what changed when models were rendered before."""
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.__dict__["apps"] = rendered
            created = {(app_label, one.name_lower) for one in self.operations if isinstance(one, ModelOperation)}
            state.reload_models([key for key in created if key in state.models], delay=False)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create everything."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take everything away; the models are all in the first state, and none in the other."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, from_state)

    def describe(self) -> str:
        """Say what this does."""
        return "; ".join(operation.describe() for operation in self.operations)
