"""
Somebody who comes without having been asked: in thirty seconds, and lawfully.

The person agrees on the spot that first name, initial and telephone be kept by the team that runs the event; without
that agreement nothing is written. A file to complete is opened for that team alone (no income, no composition: it
enters no run), with a task for a professional. The registration bears the identifier of the act: a device that is
offline may go on with it at once, and a replay finds it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import typography
from untoit.records.applicants.models import Consent, Household, Link, Person
from untoit.records.applicants.sharing import PURPOSES_OF, default_expiry
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import open_task
from untoit.records.events.models import Event, Registration, Wish
from untoit.records.events.registrations import new_badge, usual_channel
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import OrganisationKind, Role
from untoit.records.partners.rights import Actor

WALK_IN_SCORE, MOST_STANDS = 55, 6
_LANDLORDS = frozenset({OrganisationKind.LANDLORD, OrganisationKind.PARTNER_LANDLORD})


@transaction.atomic
def register(
    *, event: Event, registration_id: UUID, said: Mapping[str, Any], by: Actor, at: datetime
) -> Registration:
    """
    Open a file to complete and register the person as present-to-be, confirmed; the caller checks her or him in.

    Raises
    ------
    Refused
        Without a first name, or without the person's agreement.
    """
    first = " ".join(str(said.get("first_name", "")).split())[:80]
    initial = "".join(sign for sign in str(said.get("initial", "")) if sign.isalpha())[:1].upper()
    phone = re.sub(r"[^\d+]", "", str(said.get("phone", "")))[:20]
    if not first:
        raise Refused(typography("Il manque le prénom de la personne venue sans inscription."))
    if said.get("agreed") is not True:
        raise Refused(typography("La personne n'a pas donné son accord : rien n'a été gardé d'elle."))
    organisation = event.organisation
    purpose = PURPOSES_OF[organisation.kind][0]
    household = Household.objects.create(
        applied_on=by.today, adult_ages=[], finances={}, is_fictitious=event.is_fictitious
    )
    person = Person.objects.create(household=household, number=1, first_name=first, last_name=initial, phone=phone)
    Consent.objects.create(
        household=household, purpose=purpose, given_on=by.today, how="oral", recorded_by_id=by.user_id, recorded_at=at
    )
    Link.objects.create(
        household=household, organisation=organisation, purpose=purpose, opened_at=at, opened_by_id=by.user_id,
        expires_on=default_expiry(by.today),
    )
    made = Registration.objects.create(
        pk=registration_id, event=event, person=person, state=RegistrationState.CONFIRMED, source="walk_in",
        badge=new_badge(event), channel=usual_channel(person),
        rank=Registration.objects.filter(event=event).count() + 1, answered_at=at, answered_by="person",
        created_by_id=by.user_id, needs_accessible=said.get("needs_accessible") is True,
    )
    wanted = [str(one) for one in said.get("stands", ()) if _is_uuid(str(one))][:MOST_STANDS]
    Wish.objects.bulk_create([
        Wish(registration=made, stand=stand, score=WALK_IN_SCORE, source="person")
        for stand in event.stands.filter(pk__in=wanted)
    ])
    open_task(
        kind=TaskKind.AFTER_EVENT, organisation=organisation, subject_kind="household", subject_id=household.pk,
        why=typography("Venu·e à l'événement sans inscription : complétez son dossier ou orientez la personne."),
        due_on=event.on + timedelta(days=2), at=at,
        role=Role.LA if organisation.kind in _LANDLORDS else Role.EMPP,
    )
    note_act(by, "registration.walked_in", "registration", made.pk, at=at)
    return made


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
