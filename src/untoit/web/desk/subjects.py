"""What a task or an act is about: its name under the rights of whoever looks, and the page where it is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from untoit.core.wording.moments import clock as hour
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.view import name_of
from untoit.records.events import attendance, names
from untoit.records.events.models import ChecklistItem, Event, Meeting, Registration, Stand
from untoit.records.followup.models import Application, Letter, Pathway, PathwayItem, Proposal, Session
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.intake.models import Batch
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Run, Tandem
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy
from untoit.records.stock.selectors import is_masked


@dataclass(frozen=True, slots=True)
class Subject:
    """The name of what is concerned, and the address of its page ("" when there is none for this reader)."""

    label: str
    url: str


RUN_THE_DAY = attendance.READERS - {Role.DEP}
# A name, or a name and an address where the page of the subject is that of something else.
Found = Mapping[UUID, str | Subject]


def subjects(actor: Actor, wanted: Iterable[tuple[str, UUID | None]]) -> dict[UUID, Subject]:
    """
    Return what the actor may read of these subjects, by identifier: one query a kind, whatever their number.

    What she or he may not see is absent: it is shown without a name and without a link.
    """
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for kind, pk in wanted:
        if pk is not None and kind in _READERS:
            by_kind[kind].add(pk)
    return {
        pk: label if isinstance(label, Subject) else Subject(label, _url(actor, kind, pk))
        for kind, ids in by_kind.items()
        for pk, label in _READERS[kind](actor, ids).items()
    }


def _url(actor: Actor, kind: str, pk: UUID) -> str:
    name = "employer:offer" if kind == "offer" and actor.role is Role.EMPL else _PAGES[kind]
    return _page(name, pk)


def _households(actor: Actor, ids: set[UUID]) -> Found:
    names: dict[UUID, list[str]] = {pk: [] for pk in
                                    Household.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True)}
    for person in Person.objects.visible_to(actor).filter(household_id__in=names).order_by("number"):
        names[person.household_id].append(name_of(person, actor))
    return {pk: " et ".join(filter(None, some)) or "Ménage sans nom" for pk, some in names.items()}


def _offers(actor: Actor, ids: set[UUID]) -> Found:
    rows = Offer.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "title", "reference")
    return {pk: f"{title} ({reference})" for pk, title, reference in rows}


def _vacancies(actor: Actor, ids: set[UUID]) -> Found:
    rows = Vacancy.objects.visible_to(actor).filter(pk__in=ids).only("pk", "reference")
    # The reference of a dwelling that is not one's own leads to its address.
    return {row.pk: "Logement" if is_masked(actor) else f"Logement {row.reference}" for row in rows}


def _runs(actor: Actor, ids: set[UUID]) -> Found:
    return dict(Run.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "title"))


def _tandems(actor: Actor, ids: set[UUID]) -> Found:
    rows = Tandem.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "household_id")
    households = _households(actor, {household for _pk, household in rows})
    return {pk: f"Tandem de {households[household]}" for pk, household in rows if household in households}


def _imports(actor: Actor, ids: set[UUID]) -> Found:
    rows = Batch.objects.visible_to(actor).filter(pk__in=ids)
    return {row.pk: f"Import « {row.file_name} »" for row in rows}


def _events(actor: Actor, ids: set[UUID]) -> Found:
    rows = Event.objects.visible_to(actor).filter(pk__in=ids).only("title", "neutral_name", "on")
    # An employer reads the name that says nothing of housing.
    return {
        row.pk: f"{row.neutral_name if actor.role is Role.EMPL else row.title} ({row.on:%d/%m/%Y})" for row in rows
    }


def _registrations(actor: Actor, ids: set[UUID]) -> Found:
    rows = Registration.objects.visible_to(actor).filter(pk__in=ids).select_related("person", "event")
    return {row.pk: f"{name_of(row.person, actor)}, rencontre du {row.event.on:%d/%m/%Y}" for row in rows}


def _meetings(actor: Actor, ids: set[UUID]) -> Found:
    # Numbers and hours: whose meeting it is stands on the page, under the rights of that page.
    rows = Meeting.objects.visible_to(actor).filter(pk__in=ids).select_related("event", "stand")
    return {
        row.pk: f"Stand {row.stand.number}, {hour(row.event.minute_of(row.slot))} le {row.event.on:%d/%m/%Y}"
        for row in rows
    }


def _stands(actor: Actor, ids: set[UUID]) -> Found:
    # A number and a date: the title of the event says more than an employer reads.
    page = "employer:event" if actor.role is Role.EMPL else "organiser:stands"
    rows = Stand.objects.visible_to(actor).filter(pk__in=ids).select_related("event")
    return {
        row.pk: Subject(f"Stand {row.number}, {row.event.on:%d/%m/%Y}", reverse(page, args=[row.event_id]))
        for row in rows
    }


def _proposals(actor: Actor, ids: set[UUID]) -> Found:
    rows = list(
        Proposal.objects.visible_to(actor).filter(pk__in=ids)
        .values_list("pk", "household_id", "vacancy__reference")
    )
    households = _households(actor, {household for _pk, household, _reference in rows})
    if actor.role in LANDLORDS:
        return {pk: f"Logement {reference}, {households.get(household, '')}".rstrip(", ")
                for pk, household, reference in rows}
    # Of a home, those who accompany towards work read the stage: it stands on the page of the case.
    return {pk: Subject(f"Logement, {households[household]}", reverse("desk:case", args=[household]))
            for pk, household, _reference in rows if household in households}


def _applications(actor: Actor, ids: set[UUID]) -> Found:
    rows = list(
        Application.objects.visible_to(actor).filter(pk__in=ids).select_related("offer")
        .only("pk", "household_id", "person_id", "offer__title", "offer__reference")
    )
    if actor.role is Role.EMPL:
        # The name is on its page, as the rights of the day let an employer read it.
        return {row.pk: Subject(f"Candidature, {row.offer.title} ({row.offer.reference})",
                                _page("employer:application", row.pk)) for row in rows}
    named = _persons(actor, {row.person_id for row in rows})
    return {row.pk: f"{named.get(row.person_id, 'Candidature')}, {row.offer.title}" for row in rows}


def _pathways(actor: Actor, ids: set[UUID]) -> Found:
    rows = list(Pathway.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "person_id"))
    named = _persons(actor, {person for _pk, person in rows})
    return {pk: Subject(f"Parcours de {named[person]}", _page("adviser:pathway", person))
            for pk, person in rows if person in named}


def _persons(actor: Actor, ids: set[UUID]) -> dict[UUID, str]:
    return {one.pk: name_of(one, actor) for one in Person.objects.visible_to(actor).filter(pk__in=ids)}


def _letters(actor: Actor, ids: set[UUID]) -> Found:
    rows = list(Letter.objects.visible_to(actor).filter(pk__in=ids).only("pk", "kind", "household_id"))
    households = _households(actor, {row.household_id for row in rows})
    return {row.pk: f"{row.get_kind_display()}, {households.get(row.household_id, '')}".rstrip(", ") for row in rows}


def _sessions(actor: Actor, ids: set[UUID]) -> Found:
    return {row.pk: str(row) for row in Session.objects.visible_to(actor).filter(pk__in=ids).only("pk", "on")}


def _page(name: str, pk: UUID) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def arrivals(actor: Actor, ids: Iterable[UUID]) -> dict[UUID, Subject]:
    """
    Return registrations as those who run the day read them, each leading to the reception: nobody is skipped there.

    Somebody whom another service follows is a badge.
    """
    wanted = list(ids)
    if not wanted or actor.role not in RUN_THE_DAY:
        return {}
    rows = list(
        Registration.objects.filter(pk__in=wanted, event__in=Event.objects.visible_to(actor))
        .select_related("person", "event")
    )
    visible = names.seen(actor, rows)
    return {
        row.pk: Subject(
            f"{names.name(actor, row, visible)}, rencontre du {row.event.on:%d/%m/%Y}",
            reverse("organiser:attendance", args=[row.event_id]),
        )
        for row in rows
    }


def _checklist_items(actor: Actor, ids: set[UUID]) -> Found:
    rows = ChecklistItem.objects.filter(pk__in=ids, event__in=Event.objects.visible_to(actor)).select_related("event")
    return {row.pk: f"{row.label}, {row.event.on:%d/%m/%Y}" for row in rows}


def _pathway_items(actor: Actor, ids: set[UUID]) -> Found:
    rows = PathwayItem.objects.visible_to(actor).filter(pk__in=ids).select_related("pathway__person")
    return {row.pk: f"Parcours de {name_of(row.pathway.person, actor)}" for row in rows}


_READERS: dict[str, Callable[[Actor, set[UUID]], Found]] = {
    "household": _households, "offer": _offers, "vacancy": _vacancies, "run": _runs, "tandem": _tandems,
    "import": _imports, "batch": _imports, "event": _events, "registration": _registrations,
    "meeting": _meetings, "checklist_item": _checklist_items, "stand": _stands, "proposal": _proposals,
    "application": _applications, "pathway": _pathways, "pathway_item": _pathway_items,
    "letter": _letters, "session": _sessions,
}
_PAGES = {
    "household": "adviser:candidate", "offer": "adviser:offer", "vacancy": "landlord:home", "run": "landlord:run",
    "tandem": "adviser:tandem", "import": "imports:batch", "batch": "imports:batch",
    "event": "organiser:event", "registration": "organiser:registration_of",
    "meeting": "organiser:meeting_of", "checklist_item": "organiser:checklist_item",
    "proposal": "landlord:proposal", "application": "adviser:application", "pathway": "adviser:pathway",
    "pathway_item": "adviser:pathway_item_of",
    "letter": "landlord:letter", "session": "landlord:session",
}
