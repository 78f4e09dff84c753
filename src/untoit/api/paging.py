"""Pages of a list after its last element: as fast at the end of 100,000 rows as at the beginning."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from ninja import Query, Schema
from pydantic import Field

T = TypeVar("T")

Limit = Annotated[int, Query(100, ge=1, le=500, description="Éléments par page")]
Cursor = Annotated[UUID | None, Query(None, description="« suivant » de la page précédente")]


class Page(Schema, Generic[T]):
    """Some elements, in the order of their identifiers, and where to go on."""

    elements: list[T]
    suivant: UUID | None = Field(None, description="À passer en « apres » pour la page qui suit ; null à la fin")


def page(queryset: QuerySet[Any], after: UUID | None, limit: int) -> tuple[list[Any], UUID | None]:
    """Return one page in the order of identifiers, and the cursor of the next one."""
    rows = queryset.order_by("pk")
    found = list((rows if after is None else rows.filter(pk__gt=after))[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
