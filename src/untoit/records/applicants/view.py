"""The page of a candidate: a household as one role may see it, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q, prefetch_related_objects

from untoit.records.applicants import facts, wording
from untoit.records.applicants.evidence import grounds_of
from untoit.records.applicants.facts import FULL, Fact, facts_of
from untoit.records.applicants.models import Assignment, Consent, Evidence, Household, Link, Person, Purpose, SocialNote
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor, rests_on_law


@dataclass(frozen=True, slots=True)
class PersonView:
    """One job seeker. ``contact`` is empty for who must give a reason first (``contact_on_request``)."""

    id: UUID
    name: str
    revision: int
    identity: tuple[Fact, ...]
    contact: tuple[Fact, ...]
    pathway: tuple[Fact, ...]
    contact_on_request: bool


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One document that was seen for a ground."""

    id: UUID
    document: str
    dated_on: date
    valid_until: date | None
    source: str
    valid: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class GroundView:
    """One ground of priority in words, whether it counts, and where its evidence comes from."""

    code: str
    label: str
    counts: bool
    source: str
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One purpose: what was agreed, since when, and how; ``given_on`` is ``None`` when there is no consent."""

    purpose: str
    label: str
    given_on: date | None
    how: str


@dataclass(frozen=True, slots=True)
class FollowerView:
    """Somebody who follows the household in a linked organisation."""

    assignment_id: UUID
    membership_id: UUID
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """One organisation that the file is shared with."""

    id: UUID
    organisation: str
    purpose: str
    expires_on: date
    opened_on: datetime
    opened_by: str
    rests_on_law: bool
    open: bool
    mine: bool
    expires_soon: bool
    followers: tuple[FollowerView, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """A social note, for the service that wrote it."""

    author: str
    written_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """What one role may see of a household; ``may`` holds the codes of the acts it is offered."""

    id: UUID
    title: str
    revision: int
    is_fictitious: bool
    persons: tuple[PersonView, ...]
    composition: tuple[Fact, ...]
    income: tuple[Fact, ...]
    application: tuple[Fact, ...]
    shows_grounds: bool
    grounds: tuple[GroundView, ...]
    consents: tuple[ConsentView, ...]
    links: tuple[LinkView, ...]
    notes: tuple[NoteView, ...] | None
    may: frozenset[str] = field(default_factory=frozenset)


# The acts of the page and the resource whose W each of them takes.
_ACTS = {
    "identity": "identity", "composition": "household_composition", "resources": "income",
    "application": "housing_application", "evidence": "housing_application", "pathway": "work_pathway",
    "sharing": "consents_links", "note": "social_notes", "rsa": "rsa_status", "rights": "rights_requests",
}
SOON_DAYS = 30


def candidate_view(actor: Actor, household: Household, *, reveal_contact: bool = False) -> CandidateView:
    """
    Return the household as the actor may see it. ``household`` comes from ``visible_to``.

    ``reveal_contact`` is for the landlord's manager, who reads phone, e-mail and address for a reason that is logged.
    """
    # Read once: the view, its links and the timeline all need them.
    prefetch_related_objects(
        [household], Prefetch("persons", Person.objects.order_by("number")),
        Prefetch("consents", Consent.objects.select_related("recorded_by")),
    )
    persons = list(household.persons.all())
    shows_links = actor.may("consents_links") or actor.glass is not None
    grounds_seen = actor.sees("housing_stage") in FULL
    if grounds_seen:
        seen = Evidence.objects.select_related("organisation", "seen_by", "withdrawn_by").order_by("-seen_at")
        prefetch_related_objects([household], Prefetch("evidence", seen))
    return CandidateView(
        id=household.pk,
        title=title_of(persons, actor),
        revision=household.revision,
        is_fictitious=household.is_fictitious,
        persons=tuple(_person(one, actor, reveal_contact) for one in persons),
        composition=facts_of(household, facts.COMPOSITION, actor),
        income=facts.income_facts(household, actor),
        application=facts_of(household, facts.APPLICATION, actor),
        shows_grounds=grounds_seen,
        grounds=_grounds(household, actor) if grounds_seen else (),
        consents=consents_of(household) if shows_links else (),
        links=links_of(household, actor) if shows_links else (),
        notes=_notes(household, actor),
        may=_may(actor),
    )


def name_of(person: Person, actor: Actor) -> str:
    """Return the name as the actor may read it; « Personne 1 » when there is none."""
    first = person.first_name if actor.sees("first_name") in FULL else ""
    how = actor.sees("surname")
    last = person.last_name if how in FULL else f"{person.last_name[:1]}." if how == "m" and person.last_name else ""
    return " ".join(filter(None, (first, last))) or f"Personne {person.number}"


def title_of(persons: list[Person], actor: Actor) -> str:
    """Return what a household is called: the names of its job seekers."""
    return " et ".join(name_of(one, actor) for one in persons) or "Ménage sans personne en recherche d'emploi"


def consents_of(household: Household) -> tuple[ConsentView, ...]:
    """Return every purpose, agreed or not."""
    standing = {one.purpose: one for one in household.consents.all() if one.withdrawn_at is None}
    return tuple(
        ConsentView(
            purpose.value, str(purpose.label), standing[purpose].given_on if purpose in standing else None,
            standing[purpose].get_how_display() if purpose in standing else "",
        )
        for purpose in Purpose
    )


def links_of(household: Household, actor: Actor) -> tuple[LinkView, ...]:
    """Return the organisations that the file is shared with; the landlord's manager reads only her own (R·O)."""
    consented = {one.purpose for one in household.consents.all() if one.withdrawn_at is None}
    return tuple(_link(one, actor, consented) for one in every_link(household, actor) if one.closed_at is None)


def every_link(household: Household, actor: Actor) -> list[Link]:
    """Return the links that the actor may read about, closed ones too, with who follows: read once for a page."""
    following = Assignment.objects.filter(
        Q(until__isnull=True) | Q(until__gte=actor.today)
    ).select_related("membership__user").order_by("since")
    links = Link.objects.select_related("organisation", "opened_by", "closed_by").order_by("organisation__name")
    prefetch_related_objects(
        [household], Prefetch("links", links), Prefetch("links__assignments", following, to_attr="following")
    )
    return [
        one for one in household.links.all()
        if actor.role is not Role.LM or one.organisation_id == actor.organisation_id
    ]


def _link(link: Link, actor: Actor, consented: set[str]) -> LinkView:
    lawful = rests_on_law(link.purpose, link.organisation.kind)
    is_open = link.expires_on >= actor.today and (lawful or link.purpose in consented)
    following: list[Assignment] = link.following  # type: ignore[attr-defined]
    return LinkView(
        id=link.pk, organisation=str(link.organisation), purpose=link.get_purpose_display(),
        expires_on=link.expires_on, opened_on=link.opened_at, opened_by=str(link.opened_by or ""),
        rests_on_law=lawful, open=is_open, mine=link.organisation_id == actor.organisation_id,
        expires_soon=is_open and (link.expires_on - actor.today).days <= SOON_DAYS,
        followers=tuple(
            FollowerView(one.pk, one.membership_id, str(one.membership.user), one.since, one.until)
            for one in following
        ),
    )


def _person(person: Person, actor: Actor, reveal_contact: bool) -> PersonView:
    hidden = actor.role is Role.LM and not reveal_contact
    contact = facts_of(person, facts.CONTACT, actor)
    return PersonView(
        id=person.pk, name=name_of(person, actor), revision=person.revision,
        identity=facts_of(person, facts.IDENTITY, actor),
        contact=tuple(one for one in contact if one.field != "contact") if hidden else contact,
        pathway=facts_of(person, facts.PATHWAY, actor), contact_on_request=hidden,
    )


def _grounds(household: Household, actor: Actor) -> tuple[GroundView, ...]:
    documents: dict[str, list[EvidenceView]] = {}
    for one in household.evidence.all():
        valid = one.withdrawn_at is None and (one.valid_until is None or one.valid_until >= actor.today)
        documents.setdefault(one.ground, []).append(EvidenceView(
            one.pk, one.document, one.dated_on, one.valid_until, f"vu par {one.organisation}", valid,
            one.withdrawn_at is not None,
        ))
    return tuple(
        GroundView(
            state.ground, wording.ground(state.ground, actor.today), state.counts, _source(state.in_file, state.seen),
            tuple(documents.get(state.ground, ())),
        )
        for state in grounds_of(household)
    )


def _source(in_file: bool, seen: bool) -> str:
    if in_file and seen:
        return "justifié dans le fichier importé et par un justificatif vu"
    if in_file:
        return "justifié dans le fichier importé"
    return "justificatif vu" if seen else "déclaré, sans justificatif : ne compte pas encore"


def _notes(household: Household, actor: Actor) -> tuple[NoteView, ...] | None:
    """Return the notes of the service acted for; ``None`` for who reads none."""
    if actor.role is not Role.DEP or actor.sees("social_notes") not in FULL:
        return None
    own = SocialNote.objects.filter(household=household, organisation_id=actor.organisation_id)
    return tuple(
        NoteView(str(one.author), one.written_at, one.text["text"]) for one in own.select_related("author")
    )


def _may(actor: Actor) -> frozenset[str]:
    if actor.glass is not None:
        return frozenset()
    return frozenset(act for act, resource in _ACTS.items() if actor.may(resource, WRITE))
