"""What a reader has to say about a feed: one French sentence for each kind of trouble, with a count and an example."""

from __future__ import annotations


class Notices:
    """Sentences collected while a feed is read; those of one kind are counted together."""

    def __init__(self, feed: str) -> None:
        self._feed = feed
        self._counts: dict[tuple[str, str, str], int] = {}
        self._examples: dict[tuple[str, str, str], str] = {}

    def add(self, table: str, one: str, many: str, example: str = "", count: int = 1) -> None:
        """Count a trouble; ``one`` and ``many`` follow the number: ``horaire cite …``, ``horaires citent …``."""
        if count:
            kind = (table, one, many)
            self._counts[kind] = self._counts.get(kind, 0) + count
            self._examples.setdefault(kind, example)

    def sentences(self) -> tuple[str, ...]:
        """Return the sentences, in the order in which the troubles were first met."""
        return tuple(
            f"« {self._feed} », {table} : {count} {many if count > 1 else one}"
            + (f" (par exemple « {example} »)." if (example := self._examples[table, one, many]) else ".")
            for (table, one, many), count in self._counts.items()
        )
