"""How somebody can be reached, who answers for it, and whether there is a right to write at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from untoit.records.applicants.models import Assignment, Consent, Link, Person
from untoit.records.events.models import Registration, Stop
from untoit.records.partners.models import Membership, OrganisationKind, Role
from untoit.records.partners.rights import policy

# Who follows the person answers for her or him: the social worker first, then the employment adviser.
_FOLLOWERS = {OrganisationKind.DEPARTMENT: Role.DEP, OrganisationKind.EMPLOYMENT_PARTNER: Role.EMPP}


@dataclass(frozen=True, slots=True)
class Referent:
    """Who is asked when a person has to read, call or post: a role of an organisation, and somebody when known."""

    organisation_id: UUID
    role: Role
    owner: Membership | None


def mobile(phone: str) -> str:
    """Return a mobile number as ``+336…``, or nothing: a landline receives no SMS."""
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    for prefix in ("0033", "33", "0"):
        rest = digits.removeprefix(prefix)
        if rest != digits and len(rest) == 9:
            return f"+33{rest}" if rest[0] in "67" else ""
    # A number of another country is written with its plus sign.
    return f"+{digits}" if phone.strip().startswith("+") and 8 <= len(digits) <= 15 and digits[:2] != "33" else ""


def stopped(person_id: UUID) -> frozenset[str]:
    """Return the channels by which the person asked to receive nothing."""
    return frozenset(
        Stop.objects.filter(person_id=person_id, lifted_at__isnull=True).values_list("channel", flat=True)
    )


def channel_of(person: Person, stops: frozenset[str]) -> str:
    """Return ``sms`` where there is a mobile, else ``email``, else ``letter``; ``none`` when all were refused."""
    ways = (("sms", mobile(person.phone)), ("email", person.email), ("letter", "to hand over"))
    return next((channel for channel, there in ways if there and channel not in stops), "none")


def reached_by(person: Person) -> tuple[str, ...]:
    """Return the channels that ring by themselves, refused or not."""
    return tuple(channel for channel, there in (("sms", mobile(person.phone)), ("email", person.email)) if there)


def open_links_of(household_id: UUID, at: datetime) -> QuerySet[Link]:
    """Return the links of a household that open something now, whoever asks: the clock writes in the name of these."""
    return open_links_at(at).filter(household_id=household_id)


def open_links_at(at: datetime) -> QuerySet[Link]:
    """Return every link that opens something at that instant."""
    lawful = Q(pk__in=[])
    for purpose, kinds in policy()["legal_basis"].items():
        lawful |= Q(purpose=purpose, organisation__kind__in=kinds)
    consented = Exists(Consent.objects.filter(
        household=OuterRef("household"), purpose=OuterRef("purpose"), withdrawn_at__isnull=True
    ))
    return Link.objects.filter(
        lawful | consented, closed_at__isnull=True, expires_on__gte=timezone.localdate(at),
    )


def may_write(registration: Registration, at: datetime) -> bool:
    """Whether the organiser, or a service that follows the person, still has an open link with her or him."""
    return open_links_of(registration.person.household_id, at).filter(
        Q(organisation_id=registration.event.organisation_id) | Q(organisation__kind__in=_FOLLOWERS)
    ).exists()


def referent_of(registration: Registration, at: datetime) -> Referent:
    """Return who follows the person; where nobody does, the advisers of the organisation that prepares the event."""
    today = timezone.localdate(at)
    links = list(
        open_links_of(registration.person.household_id, at)
        .filter(organisation__kind__in=_FOLLOWERS).select_related("organisation")
    )
    following = {
        one.link_id: one.membership
        for one in Assignment.objects.filter(
            Q(until__isnull=True) | Q(until__gte=today), link__in=links, since__lte=today
        ).select_related("membership").order_by("-since")
    }
    order = [str(kind) for kind in _FOLLOWERS]
    links.sort(key=lambda link: (link.pk not in following, order.index(link.organisation.kind)))
    for link in links:
        role = _FOLLOWERS[OrganisationKind(link.organisation.kind)]
        return Referent(link.organisation_id, role, following.get(link.pk))
    return Referent(registration.event.organisation_id, Role.LA, None)
