"""Every URL of the application: its name, its arguments, the view behind it and what that view declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.security.world import ARGUMENTS, BY_URL, LITERALS, LITERALS_BY_URL, SIDES, UNKNOWN, World

# Served by a library, which answers for them: allauth has its own rights (one's own account only).
LIBRARY_NAMES = ("account_", "mfa_")


@dataclass(frozen=True)
class Page:
    """One URL: ``name`` with its namespace, the names of its arguments, its view."""

    name: str
    route: str
    arguments: tuple[str, ...]
    view: Any

    @property
    def of_library(self) -> bool:
        """Whether allauth serves it."""
        return self.name.startswith(LIBRARY_NAMES)

    @property
    def of_api(self) -> bool:
        """Whether it belongs to the HTTP interface, which asks for a key."""
        return self.route.startswith("api/")

    @property
    def declaration(self) -> Any:
        """Return what the view declares, ``None`` when it says nothing."""
        return getattr(self.view, "access", None)

    def accepts(self, method: str) -> bool:
        """Whether the view declares this method; an undeclared view of a library is only read."""
        if self.declaration is None:
            return method == "GET" or self.of_api
        return method in self.declaration.methods


def pages() -> list[Page]:
    """Return every URL of the application, in the order of names."""
    found: dict[str, Page] = {}
    for page in _walk(get_resolver(), "", "", ()):
        # One route of the HTTP interface has several names, one for each method: its route is its name.
        named = replace(page, name=page.route) if page.of_api else page
        if found.setdefault(named.name, named).route != named.route:
            raise ValueError(f"deux URL portent le nom {named.name} : {named.route} et {found[named.name].route}")
    return sorted(found.values(), key=lambda page: page.name)


def _walk(resolver: URLResolver, namespace: str, route: str, above: tuple[str, ...]) -> Iterator[Page]:
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        arguments = (*above, *one.pattern.regex.groupindex)
        if isinstance(one, URLPattern):
            yield Page(f"{namespace}{one.name}" if one.name else here, here, arguments, one.callback)
        elif isinstance(one, URLResolver):
            yield from _walk(one, f"{namespace}{one.namespace}:" if one.namespace else namespace, here, arguments)


class UnknownArgument(Exception):
    """An argument that ``world.ARGUMENTS`` does not know."""


def addresses(page: Page, world: World) -> dict[str, str]:
    """
    Return the addresses of a page to try: ``"page"`` for one without arguments, otherwise one a side.

    ``mixed`` asks for rows of side ``b`` under a parent of side ``a``: they must not exist for anybody; of three rows,
    ``mixed line_id`` asks for one of ``b`` among rows of ``a``.
    """
    if not page.arguments:
        return {"page": _reverse(page, {})}
    found: dict[str, str] = {}
    for side in SIDES:
        values = {name: _value(page, name, side, world) for name in page.arguments}
        if all(value is not None for value in values.values()):
            found[side] = _reverse(page, values)
    if sum(name in ARGUMENTS for name in page.arguments) > 1:
        first, *others = page.arguments
        values = {first: _value(page, first, "a", world), **{n: _value(page, n, "b", world) for n in others}}
        found["mixed"] = _reverse(page, values)
    rows = [name for name in page.arguments if name in ARGUMENTS]
    if len(rows) > 2:
        own = {name: _value(page, name, "a", world) for name in page.arguments}
        found |= {
            f"mixed {name}": _reverse(page, {**own, name: _value(page, name, "b", world)}) for name in rows[1:]
        }
    return found


def _value(page: Page, name: str, side: str, world: World) -> Any:
    row = BY_URL.get((page.name, name)) or ARGUMENTS.get(name)
    if row is None:
        if (literal := LITERALS_BY_URL.get((page.name, name), LITERALS.get(name))) is not None:
            return literal
        raise UnknownArgument(
            f"URL {page.name} : l'argument « {name} » n'est pas connu de la matrice. Ajoutez-le à ARGUMENTS, BY_URL ou "
            "LITERALS dans tests/security/world.py, avec la ligne de chaque côté."
        )
    if side != "unknown":
        found = world.rows[side].get(row)
        return found.pk if found is not None else None
    sample = world.rows["a"][row].pk
    return UNKNOWN if not isinstance(sample, int) else 2**40


def _reverse(page: Page, values: dict[str, Any]) -> str:
    """Return the address: by its route, since several views of the HTTP interface share a name."""
    if "(?P" in page.route or "^" in page.route:
        return reverse(page.name, kwargs=values)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match.group(1)]), page.route)
