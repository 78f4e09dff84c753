"""Reading candidates: one file, the list, the search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from untoit.records.applicants import wording
from untoit.records.applicants.facts import FULL
from untoit.records.applicants.models import Assignment, Consent, Household, Link, Person, Purpose
from untoit.records.applicants.querysets import BY_CASELOAD, open_links
from untoit.records.applicants.view import SOON_DAYS, name_of
from untoit.records.desk.found import LIMIT, Found
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.partners.search import matching

_PHONE = re.compile(r"[+0-9][0-9 .\-]{8,}")


def household_seen_by(actor: Actor, household_id: UUID) -> Household:
    """Return the household, or the same 404 whether it does not exist or does not concern the actor."""
    found = Household.objects.visible_to(actor).filter(pk=household_id).first()
    if found is None:
        raise Http404
    return found


def person_seen_by(actor: Actor, household_id: UUID, person_id: UUID) -> Person:
    """Return one job seeker of a household that the actor sees."""
    found = (
        Person.objects.visible_to(actor).select_related("household")
        .filter(pk=person_id, household_id=household_id).first()
    )
    if found is None:
        raise Http404
    return found


def listed_persons(actor: Actor) -> QuerySet:
    """Return the persons whom the actor sees, without what a list never shows: sealed amounts are not even opened."""
    return Person.objects.visible_to(actor).select_related("household").defer("household__finances", "search")


def as_listed(persons: QuerySet) -> QuerySet:
    """Return persons with what a line of the list or of its export shows, and nothing else of their file."""
    return persons.select_related("household").only(
        "number", "first_name", "last_name", "phone", "email", "occupations", "household__application_number",
        "household__applied_on", "household__current_commune", "household__evidenced_grounds",
        "household__is_fictitious",
    )


def found_by(persons: QuerySet, text: str, actor: Actor) -> QuerySet:
    """
    Keep the persons whom a text names: first and last name, accents and one mistake forgiven.

    A phone number, an e-mail address or an application number is compared whole, and only by who reads it on the page.
    """
    words = text.strip()
    if actor.sees("contact") == "F" and not actor_asks_reason(actor):
        if "@" in words:
            return persons.filter(email__iexact=words)
        if _PHONE.fullmatch(words):
            return persons.filter(phone__in=_spellings(words))
    if actor.sees("application_number") in FULL and any(letter.isdigit() for letter in words):
        return persons.filter(household__application_number__iexact=words)
    return matching(persons, words)


def search(actor: Actor, text: str) -> list[Found]:
    """Return the candidates that a text names, for the global search; an emergency access opens a page, no search."""
    if not text.strip() or actor.glass is not None:
        return []
    persons = found_by(listed_persons(actor), text, actor)
    return [
        Found("Candidat", name_of(one, actor), _detail(one, actor), "adviser:candidate", one.household_id)
        for one in persons.order_by("last_name", "first_name", "pk")[:LIMIT]
    ]


def actor_asks_reason(actor: Actor) -> bool:
    """Whether this role gives a reason before it reads contacts (``access.md``, note 2)."""
    return actor.role is Role.LM


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One line of the list, as one role may read it."""

    household_id: UUID
    name: str
    number: str
    place: str
    applied_on: date | None
    trade: str
    followers: str
    consent_missing: bool
    expires_on: date | None
    expires_soon: bool
    priority: bool
    fictitious: bool


def rows_of(actor: Actor, persons: Iterable[Person]) -> list[CandidateRow]:
    """Return the lines of a page: three queries, whatever their number."""
    shown = list(persons)
    households = {one.household_id for one in shown}
    consented = set(
        Consent.objects.filter(household__in=households, purpose=Purpose.MATCHING, withdrawn_at__isnull=True)
        .values_list("household_id", flat=True)
    )
    links = {one.household_id: one for one in open_links(actor).filter(household__in=households)}
    followers = _followers(actor, links.values())
    return [_row(one, actor, one.household_id in consented, links.get(one.household_id), followers) for one in shown]


def with_consent_missing(persons: QuerySet) -> QuerySet:
    """Keep the persons whose household may not enter a match for want of consent."""
    return persons.exclude(Exists(Consent.objects.filter(
        household=OuterRef("household"), purpose=Purpose.MATCHING, withdrawn_at__isnull=True
    )))


def with_link_expiring(persons: QuerySet, actor: Actor) -> QuerySet:
    """Keep the persons whose link with the organisation acted for ends within thirty days."""
    soon = open_links(actor).filter(expires_on__lte=actor.today + timedelta(days=SOON_DAYS))
    return persons.filter(Exists(soon.filter(household=OuterRef("household"))))


def with_priority_evidenced(persons: QuerySet) -> QuerySet:
    """Keep the persons of households with a ground that counts: for who reads grounds on the page."""
    return persons.exclude(household__evidenced_grounds=[])


def followed_by_me(persons: QuerySet, actor: Actor) -> QuerySet:
    """Keep those that the member acted as follows today."""
    mine = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=actor.today), membership_id=actor.membership_id,
        since__lte=actor.today, link__closed_at__isnull=True,
    )
    return persons.filter(Exists(mine.filter(link__household=OuterRef("household"))))


def _followers(actor: Actor, links: Iterable[Link]) -> dict[UUID, list[str]]:
    """Return who follows, by link, in the organisation acted for."""
    found: dict[UUID, list[str]] = {}
    if actor.role not in BY_CASELOAD:
        return found
    rows = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=actor.today), link__in=[one.pk for one in links], since__lte=actor.today
    ).select_related("membership__user").order_by("since")
    for one in rows:
        found.setdefault(one.link_id, []).append(str(one.membership.user))
    return found


def _row(
    person: Person, actor: Actor, consented: bool, link: Link | None, followers: dict[UUID, list[str]]
) -> CandidateRow:
    household = person.household
    reads_place = actor.sees("current_housing") in FULL or actor.sees("address") == "m"
    return CandidateRow(
        household_id=household.pk,
        name=name_of(person, actor),
        number=household.application_number if actor.sees("application_number") in FULL else "",
        place=wording.place(household.current_commune) if reads_place else "",
        applied_on=household.applied_on if actor.sees("housing_stage") in ("F", "S", "m") else None,
        trade=wording.trade(person.occupations[0])
        if person.occupations and actor.sees("job_wishes") in FULL else "",
        followers=", ".join(followers.get(link.pk, ())) if link else "",
        consent_missing=not consented,
        expires_on=link.expires_on if link else None,
        expires_soon=link is not None and (link.expires_on - actor.today).days <= SOON_DAYS,
        priority=bool(household.evidenced_grounds) and actor.sees("housing_stage") in FULL,
        fictitious=household.is_fictitious,
    )


def _detail(person: Person, actor: Actor) -> str:
    if actor.sees("job_wishes") in FULL and person.occupations:
        return wording.trade(person.occupations[0])
    if actor.sees("application_number") in FULL:
        return person.household.application_number
    return wording.place(person.household.current_commune) if actor.sees("current_housing") in FULL else ""


def _spellings(phone: str) -> list[str]:
    """Return the ways in which files write one phone number."""
    digits = re.sub(r"[ .\-]", "", phone)
    national = "0" + digits[3:] if digits.startswith("+33") else digits
    pairs = " ".join(national[place:place + 2] for place in range(0, len(national), 2))
    return sorted({phone.strip(), digits, national, pairs, pairs.replace(" ", "."), "+33" + national[1:]})
