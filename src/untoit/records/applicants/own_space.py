"""What a candidate reads in her or his own space: one's own lines, agreements, who follows, who read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils import timezone

from untoit.records.applicants import facts
from untoit.records.applicants.facts import Fact, facts_of
from untoit.records.applicants.models import Household, Person, Purpose, RightsRequest
from untoit.records.applicants.view import LinkView, consents_of, links_of
from untoit.records.partners.models import ReadLog, Role
from untoit.records.partners.rights import Actor

# What each agreement is for, and what taking it back changes, in the words of the person's own space.
IN_PLAIN_WORDS = {
    Purpose.MATCHING: (
        "Chercher ensemble un logement et un emploi",
        "Si vous retirez cet accord, nous ne cherchons plus de logement et d'emploi ensemble pour vous.",
    ),
    Purpose.HOUSING: (
        "Montrer mon dossier à un bailleur partenaire",
        "Si vous retirez cet accord, les bailleurs partenaires ne voient plus votre dossier. "
        "Votre bailleur garde votre demande de logement : la loi le prévoit.",
    ),
    Purpose.EMPLOYMENT: (
        "Être aidé pour trouver un emploi",
        "Si vous retirez cet accord, votre coach emploi ne voit plus votre dossier. "
        "Le Département continue de vous accompagner : la loi le prévoit.",
    ),
    Purpose.EMPLOYER_CARD: (
        "Envoyer ma fiche à un employeur",
        "Si vous retirez cet accord, aucune nouvelle fiche ne part chez un employeur.",
    ),
}
RESOURCE_WORDS = {
    "identity": "votre dossier", "income": "vos ressources", "social_notes": "les notes de votre accompagnement",
    "tandem": "une proposition", "nominative_export": "une liste où vous figurez",
    "registration": "une inscription à une rencontre", "messages": "les messages d'une rencontre",
    "housing_proposal": "une proposition de logement", "lease": "votre bail", "job_application": "une candidature",
    "pathway": "votre parcours", "case": "le suivi de votre dossier", "committee": "la commission d'attribution",
    "retention_followup": "le suivi de votre emploi",
}


@dataclass(frozen=True, slots=True)
class OwnConsent:
    """One agreement in plain words."""

    purpose: str
    title: str
    says: str
    given_on: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Who read the file on one day: a role and an organisation, never a name."""

    on: date
    organisation: str
    role: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class OwnSpace:
    """The whole of the page."""

    first_name: str
    person_id: UUID
    identity: tuple[Fact, ...]
    pathway: tuple[Fact, ...]
    household: tuple[Fact, ...]
    application: tuple[Fact, ...]
    income: tuple[Fact, ...]
    consents: tuple[OwnConsent, ...]
    links: tuple[LinkView, ...]
    requests: tuple[RightsRequest, ...]


def household_of(actor: Actor) -> Household:
    """Return the candidate's own household; 404 for everybody else."""
    if actor.role is not Role.CAND or actor.household_id is None:
        raise Http404
    return Household.objects.visible_to(actor).get(pk=actor.household_id)


def person_of(actor: Actor) -> Person:
    """Return the candidate herself or himself: two adults of one household do not read each other's lines."""
    if actor.role is not Role.CAND:
        raise Http404
    found = (
        Person.objects.visible_to(actor).select_related("household").defer("search")
        .filter(account_id=actor.user_id).first()
    )
    if found is None:
        raise Http404
    return found


def own_space(actor: Actor) -> OwnSpace:
    """Return what the page shows."""
    person = person_of(actor)
    household = person.household
    prefetch_related_objects([household], "consents")  # what is agreed and what is shared both read them
    return OwnSpace(
        first_name=person.first_name, person_id=person.pk,
        identity=(
            Fact("first_name", "Prénom", person.first_name or facts.UNKNOWN, bool(person.first_name)),
            Fact("surname", "Nom", person.last_name or facts.UNKNOWN, bool(person.last_name)),
            *facts_of(person, (*facts.IDENTITY, *facts.CONTACT), actor),
        ),
        pathway=facts_of(person, facts.PATHWAY, actor), household=facts_of(household, facts.COMPOSITION, actor),
        application=facts_of(household, facts.APPLICATION, actor), income=facts.income_facts(household, actor),
        consents=tuple(
            OwnConsent(one.purpose, *IN_PLAIN_WORDS[Purpose(one.purpose)], one.given_on)
            for one in consents_of(household)
        ),
        links=links_of(household, actor),
        requests=tuple(RightsRequest.objects.filter(household=household).order_by("-asked_at")),
    )


def readings(actor: Actor, also: Iterable[UUID] = (), *, most: int = 200) -> tuple[Reading, ...]:
    """
    Return who read the file, the latest first, once a day for each role, organisation and subject.

    ``also`` are the identifiers of what belongs to the household and stands above it (tandems).
    """
    if actor.role is not Role.CAND or actor.household_id is None:
        raise Http404
    persons = Person.objects.visible_to(actor).order_by().values_list("pk", flat=True)
    subjects = [actor.household_id, *persons, *also]
    logs = (
        ReadLog.objects.filter(subject_id__in=subjects).exclude(role=Role.CAND)
        .select_related("organisation").order_by("-at", "-pk")[:most * 5]
    )
    found: dict[Reading, None] = {}
    for one in logs:
        found.setdefault(Reading(
            timezone.localdate(one.at), str(one.organisation or "la plateforme"), Role(one.role).label,
            RESOURCE_WORDS.get(one.resource, "votre dossier"), one.reason,
        ))
    return tuple(found)[:most]
