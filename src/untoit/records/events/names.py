"""What a person of an event is called on a page, under the rights of whoever looks: a slot taken is never hidden."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from untoit.core.wording import typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.view import name_of
from untoit.records.events.models import Registration
from untoit.records.partners.rights import Actor


def seen(actor: Actor, rows: Iterable[Registration]) -> set[UUID]:
    """Return which of these registrations the actor sees by name: one query, whatever their number."""
    ids = [one.pk for one in rows]
    return set(Registration.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def name(actor: Actor, row: Registration, visible: set[UUID]) -> str:
    """Return the name as the actor may read it, or that somebody else follows this person."""
    if row.pk in visible:
        person: Person = row.person
        return name_of(person, actor) or typography(f"Personne sans nom · badge {row.badge}")
    return typography(f"Personne suivie par un autre service · badge {row.badge}")
