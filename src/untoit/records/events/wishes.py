"""The meetings that people wish or promise for somebody, beside those of the run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404

from untoit.records.events.models import Registration, Wish
from untoit.records.events.registrations import writable
from untoit.records.partners.journal import note_act
from untoit.records.partners.rights import Actor

NONE, POSSIBLE, PROMISED, DROPPED = "", "possible", "promised", "dropped"
CHOICES = [(NONE, "–"), (POSSIBLE, "possible"), (PROMISED, "promise"), (DROPPED, "à éviter")]
# What an adviser asks for counts as much as the best option of a run.
ASKED_SCORE = 80


def choice_of(wish: Wish | None) -> str:
    """Return how a wish reads in the form."""
    if wish is None:
        return NONE
    if wish.is_dropped:
        return DROPPED
    return PROMISED if wish.is_wanted else POSSIBLE


@transaction.atomic
def choose(*, registration_id: UUID, choices: Mapping[UUID, str], by: Actor, at: datetime) -> Registration:
    """Write what is wished at each stand: possible, promised, to be avoided, or nothing."""
    row: Registration = get_object_or_404(writable(by).select_for_update(of=("self",)), pk=registration_id)
    stands = set(row.event.stands.filter(pk__in=list(choices)).values_list("pk", flat=True))
    known = {one.stand_id: one for one in row.wishes.all()}
    changed = 0
    for stand_id, choice in choices.items():
        wish = known.get(stand_id)
        if stand_id not in stands or choice_of(wish) == choice:
            continue
        changed += 1
        if choice == NONE and wish is not None:
            wish.delete()
            continue
        wish = wish or Wish(registration=row, stand_id=stand_id, score=ASKED_SCORE)
        wish.is_dropped, wish.is_wanted, wish.source = choice == DROPPED, choice == PROMISED, "adviser"
        wish.save()
    if changed:
        note_act(by, "registration.wishes", "registration", row.pk, at=at, count=changed)
    return row
