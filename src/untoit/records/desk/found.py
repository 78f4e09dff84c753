"""One result of the global search, whatever it is about."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

# How many results each kind gives at most: a search is to find one thing, the lists are to browse.
LIMIT = 10


@dataclass(frozen=True, slots=True)
class Found:
    """
    One thing that the reader may open: ``kind`` is what it is, in French and singular ("Candidat", "Offre").

    ``title`` and ``detail`` hold only what the page behind would show to the same reader; ``url_name`` takes ``pk``.
    """

    kind: str
    title: str
    detail: str
    url_name: str
    pk: UUID
