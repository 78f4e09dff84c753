"""
After the event, what must not be forgotten becomes a task: outcomes at two days, people at seven, silence at fifteen.

Only people who came are spoken of: that somebody did not come is told to nobody outside the event. What an employer
reads says « entretien » and a date, nothing else. Every round may be run twice, or after an interruption: a task that
was opened once for a thing, done or not, is not opened again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from untoit.core.lifecycles.event import EventState
from untoit.core.wording import counted, typography
from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import open_task, open_tasks
from untoit.records.events import contacts
from untoit.records.events.contacts import Referent
from untoit.records.events.models import Event, Meeting, Registration, StandKind
from untoit.records.events.review import without_outcome
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Membership, OrganisationKind, Role

OUTCOME_DAYS, CONTACT_DAYS, SILENT_DAYS = 2, 7, 15
# Older events are followed by other means: nobody is woken up for last year's.
OLDEST_DAYS = 60
_OVER = frozenset({EventState.OPEN, EventState.ENDED, EventState.REVIEWED})
# A partner landlord does not write sheets (permissions.yaml): the organiser's adviser does, for its tables too.
_AT_A_STAND = {
    OrganisationKind.EMPLOYER: Role.EMPL, OrganisationKind.LANDLORD: Role.LA,
    OrganisationKind.EMPLOYMENT_PARTNER: Role.EMPP,
}


def round_of(*, at: datetime) -> dict[str, int]:
    """Go through the events that are over and open what is due; return how many tasks of each kind."""
    today, opened = timezone.localdate(at), Counter[str]()
    events = Event.objects.filter(
        state__in=_OVER, on__lte=today - timedelta(days=OUTCOME_DAYS), on__gte=today - timedelta(days=OLDEST_DAYS)
    )
    for event in events:
        with transaction.atomic():
            made = {
                "outcomes": ask_for_outcomes(event, at=at), "contacts": ask_for_contacts(event, at=at),
                "silences": escalate(event, at=at) if (today - event.on).days >= SILENT_DAYS else 0,
            }
            if any(made.values()):
                note_act(None, "event.alerts", "event", event.pk, at=at, **made)
            opened.update(made)
    return dict(opened)


def ask_for_outcomes(event: Event, *, at: datetime) -> int:
    """Ask each stand for the outcomes that it has not written; a review that is settled asks for nothing more."""
    if event.state == EventState.REVIEWED:
        return 0
    missing = list(without_outcome(event).select_related("stand__organisation", "registration__person__household"))
    known = _known(TaskKind.OUTCOME_MISSING, (one.pk for one in missing))
    served = _roles_served(one.stand.organisation_id for one in missing if one.stand.organisation_id)
    tasks = []
    for meeting in missing:
        if meeting.pk in known:
            continue
        whose = _stand_keeper(meeting, served, at)
        tasks.append(_task(
            TaskKind.OUTCOME_MISSING, whose, "meeting", meeting.pk, _outcome_words(meeting, event),
            event.on + timedelta(days=CONTACT_DAYS), at,
        ))
    open_tasks(tasks)
    return len(tasks)


def _outcome_words(meeting: Meeting, event: Event) -> str:
    what = "échange logement" if meeting.stand.kind == StandKind.HOUSING else "entretien"
    return typography(f"Un {what} du {event.on:%d/%m/%Y} n'a pas encore de suite notée.")


def _stand_keeper(meeting: Meeting, served: dict[UUID, set[str]], at: datetime) -> Referent:
    """Return who writes the outcome: the organisation of the stand when somebody there can, else who follows."""
    organisation = meeting.stand.organisation
    if organisation is not None:
        role = _AT_A_STAND.get(OrganisationKind(organisation.kind))
        if role is not None and role in served.get(organisation.pk, set()):
            return Referent(organisation.pk, role, None)
    if meeting.stand.kind == StandKind.HOUSING:
        return Referent(meeting.event.organisation_id, Role.LA, None)
    return _coach_of(meeting, at) or contacts.referent_of(meeting.registration, at)


def _coach_of(meeting: Meeting, at: datetime) -> Referent | None:
    """Return the employment partner who follows the person: it may write what an employer without an account said."""
    link = contacts.open_links_of(meeting.registration.person.household_id, at).filter(
        organisation__kind=OrganisationKind.EMPLOYMENT_PARTNER
    ).first()
    return None if link is None else Referent(link.organisation_id, Role.EMPP, None)


def _roles_served(organisations: Iterable[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    members = Membership.objects.filter(organisation__in=set(organisations), until__isnull=True)
    for organisation, role in members.values_list("organisation_id", "role"):
        found[organisation].add(role)
    return found


def ask_for_contacts(event: Event, *, at: datetime) -> int:
    """Ask whoever follows each person who came to be in touch within the week, whatever came of the meetings."""
    came = list(
        Registration.objects.filter(event=event, present_at__isnull=False).select_related("event", "person__household")
    )
    known = _known(TaskKind.AFTER_EVENT, (one.pk for one in came))
    tasks = [
        _task(
            TaskKind.AFTER_EVENT, contacts.referent_of(one, at), "registration", one.pk,
            typography(f"Venue à la rencontre du {event.on:%d/%m/%Y} : reprenez contact pour préparer la suite."),
            event.on + timedelta(days=CONTACT_DAYS), at,
        )
        for one in came if one.pk not in known
    ]
    open_tasks(tasks)
    return len(tasks)


def escalate(event: Event, *, at: datetime) -> int:
    """Tell the head of each service how many people nobody has called, and the organiser how many outcomes miss."""
    silent = _silent(event)
    outcomes = 0 if event.state == EventState.REVIEWED else without_outcome(event).count()
    said: dict[UUID, list[str]] = defaultdict(list)
    for organisation, many in silent.items():
        said[organisation].append(
            counted(many, "personne présente n'a pas été recontactée", "personnes présentes n'ont pas été recontactées")
        )
    if outcomes:
        said[event.organisation_id].append(
            counted(outcomes, "rencontre reste sans suite notée", "rencontres restent sans suite notée")
        )
    known = set(Task.objects.filter(kind=TaskKind.AFTER_EVENT, subject_id=event.pk).values_list(
        "organisation_id", flat=True
    ))
    opened = 0
    for organisation, words in said.items():
        head = None if organisation in known else _head_of(organisation)
        if head is None:
            continue
        open_task(
            kind=TaskKind.AFTER_EVENT, organisation=organisation, subject_kind="event", subject_id=event.pk,
            why=typography(f"Quinze jours après la rencontre du {event.on:%d/%m/%Y} : {' ; '.join(words)}."),
            due_on=timezone.localdate(at) + timedelta(days=2), at=at, role=head.role, owner=head,
        )
        opened += 1
    return opened


def _silent(event: Event) -> Counter[UUID]:
    """Return how many people who came are still to be called, by the organisation that was asked."""
    came = Registration.objects.filter(event=event, present_at__isnull=False).values("pk")
    return Counter(
        Task.objects.open().filter(kind=TaskKind.AFTER_EVENT, subject_kind="registration", subject_id__in=came)
        .values_list("organisation_id", flat=True)
    )


def _head_of(organisation: UUID) -> Membership | None:
    """Return who runs a service: its administrator, a landlord's project lead first."""
    heads = Membership.objects.filter(organisation=organisation, is_org_admin=True, until__isnull=True)
    return heads.filter(role=Role.LM).first() or heads.order_by("pk").first()


def _known(kind: TaskKind, subjects: Iterable[UUID]) -> set[UUID]:
    return set(Task.objects.filter(kind=kind, subject_id__in=list(subjects)).values_list("subject_id", flat=True))


def _task(
    kind: TaskKind, whose: Referent, subject_kind: str, subject_id: UUID, why: str, due_on: date, at: datetime
) -> Task:
    return Task(
        kind=kind, organisation_id=whose.organisation_id, role=whose.role, owner=whose.owner, subject_kind=subject_kind,
        subject_id=subject_id, why=why, due_on=due_on, created_at=at,
    )
