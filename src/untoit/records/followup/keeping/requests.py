"""
An erasure that a person asked for and the protection officer granted (GDPR art. 17): done at once, in the same act.

While a lease runs, what it needs stays (art. 17.3 b: a legal obligation of the landlord) and the answer says so; under
a legal hold nothing goes, and the request waits.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.lifecycles.housing_track import LEASED
from untoit.core.wording import typography
from untoit.records.applicants import requests
from untoit.records.applicants.models import RightsRequest
from untoit.records.events.models import Registration
from untoit.records.followup.keeping import erase
from untoit.records.followup.models import Application, Proposal
from untoit.records.partners.rights import DECIDE, Actor, require

DONE = "Données effacées ; seuls des comptes anonymes restent."
LEASE_STAYS = (
    "Données effacées, sauf l'identité et le bail en cours, que le bailleur a l'obligation de garder "
    "(RGPD art. 17.3 b)."
)


def asked(*, request_id: UUID, by: Actor) -> RightsRequest:
    """Return a request for erasure that waits for an answer."""
    require(by, "rights_requests", DECIDE)
    found = RightsRequest.objects.filter(pk=request_id, kind="erasure", decided_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def is_held(request: RightsRequest) -> bool:
    """Whether a procedure forbids to erase this file."""
    return erase.is_held(request.household_id)


@transaction.atomic
def grant_erasure(*, request_id: UUID, by: Actor, at: datetime) -> str:
    """
    Grant a request for erasure and carry it out; return the answer given to the person.

    Raises
    ------
    Refused
        For a request of another kind, or while a procedure requires the file to be kept.
    """
    require(by, "rights_requests", DECIDE)
    found = RightsRequest.objects.select_for_update(of=("self",)).filter(pk=request_id, kind="erasure").first()
    if found is None:
        raise Refused("Cette demande n'est pas une demande d'effacement.")
    household = found.household_id
    if erase.is_held(household):
        raise Refused(erase.HELD)
    leased = Proposal.objects.filter(household_id=household, state__in=sorted(LEASED)).exists()
    answer = typography(LEASE_STAYS if leased else DONE)
    requests.decide(request_id=request_id, decision=answer, by=by, at=at)
    if leased:
        erase_but_the_lease(household, at=at)
    else:
        erase.erase_household(household, because="request", at=at)
    return answer


def erase_but_the_lease(household_id: UUID, *, at: datetime) -> None:
    """Erase what a running lease does not need: resources, work, events, pathway, notes, evidence."""
    because = "request"
    erase.erase_resources(household_id, at=at, because=because)
    jobs = Application.objects.filter(household_id=household_id).values_list("pk", flat=True)
    erase.erase_applications(list(jobs), at=at, because=because)
    events = Registration.objects.filter(person__household_id=household_id).values_list("pk", flat=True)
    erase.erase_registrations(list(events), at=at, because=because)
    erase.erase_support(household_id, at=at, because=because)
