"""Social notes of the Département, and what a person asks about her or his own data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core.errors import Conflict, Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import Household, RightsRequest, SocialNote
from untoit.records.applicants.sharing import months_after
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.partners import journal
from untoit.records.partners.models import Organisation, OrganisationKind, Role
from untoit.records.partners.rights import WRITE, Actor, require

LONGEST_NOTE = 4_000
# The answer is due one month after the request (GDPR art. 12.3).
MONTHS_TO_ANSWER = 1


@transaction.atomic
def write_note(*, household_id: UUID, text: str, by: Actor, at: datetime) -> SocialNote:
    """Write a note that only the author's service reads; the person has it in the copy of her or his data."""
    require(by, "social_notes", WRITE)
    household = _visible(household_id, by)
    words = text.strip()
    if not words or len(words) > LONGEST_NOTE:
        raise Refused(typography(f"Une note compte de 1 à {LONGEST_NOTE} caractères ; celle-ci en a {len(words)}."))
    made = SocialNote.objects.create(
        household=household, organisation_id=by.organisation_id, author_id=by.user_id, text={"text": words},
        written_at=at,
    )
    journal.note_act(by, "note.written", "household", household.pk, at=at)
    return made


@transaction.atomic
def ask(*, household_id: UUID, kind: str, by: Actor, at: datetime) -> RightsRequest:
    """
    Record that the person asks for a copy of her or his data, or for erasure; asking twice is asking once.

    The landlord and the partners forward what they were told; the protection officer decides within a month.
    """
    require(by, "rights_requests", WRITE)
    household = _visible(household_id, by)
    if by.user_id is None:
        raise Http404
    standing = household.rights_requests.filter(kind=kind, decided_at__isnull=True).first()
    if standing is not None:
        return standing
    made = RightsRequest.objects.create(
        household=household, kind=kind, asked_at=at, asked_by_id=by.user_id,
        due_on=months_after(by.today, MONTHS_TO_ANSWER),
    )
    journal.note_act(by, f"rights.{kind}_asked", "household", household.pk, at=at)
    for platform in Organisation.objects.filter(kind=OrganisationKind.PLATFORM, is_active=True):
        open_task(
            kind=TaskKind.RIGHTS_REQUEST, organisation=platform, role=Role.DPO, subject_kind="rights_request",
            subject_id=made.pk, due_on=made.due_on, at=at,
            why="Une personne demande l'accès à ses données ou leur effacement.",
        )
    return made


@transaction.atomic
def take_back(*, request_id: UUID, by: Actor, at: datetime) -> RightsRequest:
    """The person changes her or his mind before the answer."""
    require(by, "rights_requests", WRITE)
    found = RightsRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise Http404
    _visible(found.household_id, by)
    return _answer(found, "Demande retirée", by=by, at=at)


@transaction.atomic
def decide(*, request_id: UUID, decision: str, by: Actor, at: datetime) -> RightsRequest:
    """Write the answer given to the person: the protection officer only."""
    require(by, "rights_requests", "D")
    found = RightsRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise Http404
    return _answer(found, decision, by=by, at=at)


def _answer(found: RightsRequest, decision: str, *, by: Actor, at: datetime) -> RightsRequest:
    if found.decided_at is not None:
        raise Conflict(typography(f"Une réponse a déjà été donnée le {found.decided_at:%d/%m/%Y} : {found.decision}."))
    found.decided_at, found.decided_by_id, found.decision = at, by.user_id, decision
    found.save(update_fields=["decided_at", "decided_by", "decision"])
    close_task(kind=TaskKind.RIGHTS_REQUEST, subject_id=found.pk, at=at, by=by, outcome="decided")
    journal.note_act(by, "rights.decided", "household", found.household_id, at=at)
    return found


def _visible(household_id: UUID, by: Actor) -> Household:
    found = Household.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=household_id).first()
    if found is None or by.glass is not None:
        raise Http404
    return found
