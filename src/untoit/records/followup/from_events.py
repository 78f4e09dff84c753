"""
What was said at the tables of an event goes to the tracks: applications from employers, proposals from housing talks.

Every five minutes, each version of each sheet once. A sheet that is corrected later corrects the track as long as
nobody acted on it since; afterwards a person is asked to settle, and nothing is overwritten in silence. The acting
organisation is that of whoever wrote the sheet.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, open_task
from untoit.records.events.models import EmployerOutcome, HousingOutcome, Meeting
from untoit.records.followup import from_housing_talks
from untoit.records.followup.models import Proposal, TakenSheet, TrackAct
from untoit.records.followup.tracks import owners
from untoit.records.followup.work import sheets
from untoit.records.partners.models import Membership, Organisation, OrganisationKind, Role
from untoit.records.partners.rights import Actor

# Older events are the business of people: their sheets no longer change.
TAKEN_UP_FOR = timedelta(days=90)
A_ROUND = 500
_TO_SETTLE = timedelta(days=3)
_NO_LINK = "no_link"


def take_up(*, at: datetime, limit: int = A_ROUND) -> dict[str, int]:
    """Follow the sheets written or corrected since the last round; return how many, by what became of them."""
    found: Counter[str] = Counter()
    for model, follow in ((EmployerOutcome, _employer), (HousingOutcome, _housing)):
        for meeting_id in _to_take(model, at, limit):
            found[_one(model, meeting_id, follow, at)] += 1
    return dict(found)


def _to_take(model: Any, at: datetime, limit: int) -> list[UUID]:
    fresh = Q(meeting__taken_up__isnull=True) | Q(meeting__taken_up__version__lt=F("revision"))
    since = timezone.localdate(at) - TAKEN_UP_FOR
    rows = model.objects.filter(fresh, meeting__event__on__gte=since).order_by("at", "pk")
    return list(rows.values_list("meeting_id", flat=True)[:limit])


@transaction.atomic
def _one(model: Any, meeting_id: UUID, follow: Any, at: datetime) -> str:
    """Follow one sheet: locked by its meeting, so that two rounds at once do not follow it twice."""
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    sheet = model.objects.select_related(
        "meeting__event__organisation", "meeting__stand__organisation", "meeting__registration__person",
        "meeting__registration__tandem", "meeting__offer", "meeting__vacancy", "by",
    ).get(meeting_id=meeting.pk)
    taken = TakenSheet.objects.filter(meeting=meeting).first()
    if taken is not None and taken.version >= sheet.revision:
        return "known"
    if owners.following(sheet.meeting.registration.person.household_id, Role.EMPP, at) is None and (
        owners.following(sheet.meeting.registration.person.household_id, Role.LA, at) is None
    ):
        # Nobody accompanies the person any more: nothing is opened that nobody could see; it waits for a link.
        return _NO_LINK
    try:
        with transaction.atomic():
            track, subject_id, why = follow(sheet, taken, at)
    except UntoitError as refusal:
        # What the first version opened is still what the sheet is about.
        track, why = ("job" if model is EmployerOutcome else "housing"), refusal.sentence
        subject_id = taken.subject_id if taken is not None else None
    _note(sheet, track, subject_id, why, at)
    return "to_settle" if why else "followed"


def _note(sheet: Any, track: str, subject_id: UUID | None, why: str, at: datetime) -> None:
    TakenSheet.objects.update_or_create(meeting_id=sheet.meeting_id, defaults={
        "version": sheet.revision, "track": track, "subject_id": subject_id, "decision": sheet.decision,
        "acts": _acts(subject_id), "why": why[:240], "taken_at": at,
    })
    if why:
        _ask_somebody(sheet, track, subject_id, at)
    else:
        close_task(kind=TaskKind.OUTCOME_MISSING, subject_id=subject_id or sheet.meeting_id, at=at)


def _acts(subject_id: UUID | None) -> int:
    return TrackAct.objects.filter(subject_id=subject_id).count() if subject_id is not None else 0


def _employer(sheet: EmployerOutcome, taken: TakenSheet | None, at: datetime) -> tuple[str, UUID | None, str]:
    offer = sheets.offer_of(sheet.meeting)
    if offer is None:
        return "job", None, "Le poste dont il a été question n'est pas noté : ouvrez la candidature à la main."
    by = author_of(sheet, sheet.meeting.stand.organisation or offer.organisation, Role.EMPL)
    if taken is None or taken.subject_id is None:
        row = sheets.row_for(sheet.meeting, offer, by=by, at=at)
        sheets.follow(row, sheet, corrects=False, by=by, at=at)
        return "job", row.pk, ""
    if _acts(taken.subject_id) != taken.acts:
        return "job", taken.subject_id, _too_late()
    row = sheets.row_again(taken.subject_id)
    sheets.follow(row, sheet, corrects=True, by=by, at=at)
    return "job", row.pk, ""


def _housing(sheet: HousingOutcome, taken: TakenSheet | None, at: datetime) -> tuple[str, UUID | None, str]:
    vacancy = from_housing_talks.vacancy_of(sheet.meeting)
    if vacancy is None:
        return "housing", None, "Le logement dont il a été question n'est pas noté : proposez-le à la main."
    role = owners.role_in(vacancy.organisation.kind, Role.LA)
    by = _of_the_landlord(author_of(sheet, vacancy.organisation, role), vacancy.organisation, role, at)
    if taken is None or taken.subject_id is None:
        sibling = _same_household(sheet, vacancy.pk)
        if sibling is not None:
            same = sibling.decision == sheet.decision
            return "housing", sibling.subject_id, "" if same else _two_sheets()
        proposal_id = from_housing_talks.row_for(sheet.meeting, vacancy, by=by, at=at)
        why = from_housing_talks.follow(proposal_id, sheet, corrects=False, by=by, at=at)
        return "housing", proposal_id, why
    if _acts(taken.subject_id) != taken.acts:
        return "housing", taken.subject_id, _too_late()
    why = from_housing_talks.follow(taken.subject_id, sheet, corrects=True, by=by, at=at)
    return "housing", taken.subject_id, why


def _same_household(sheet: HousingOutcome, vacancy_id: UUID) -> TakenSheet | None:
    """Return the sheet of another member of the household about the same home: a talk is shared, its outcome is one."""
    others = TakenSheet.objects.filter(
        track="housing", subject_id__isnull=False, meeting__event_id=sheet.meeting.event_id,
        meeting__registration__person__household_id=sheet.meeting.registration.person.household_id,
    ).exclude(meeting_id=sheet.meeting_id)
    about = set(
        Proposal.objects.filter(pk__in=others.values("subject_id"), vacancy_id=vacancy_id).values_list("pk", flat=True)
    )
    return next((one for one in others if one.subject_id in about), None)


def _two_sheets() -> str:
    return "Deux personnes du ménage n'ont pas dit la même chose de ce logement : voyez avec elles."


def _too_late() -> str:
    return typography("La fiche a été corrigée après que quelqu'un a agi : relisez les deux et décidez.")


def author_of(sheet: Any, organisation: Organisation, role: Role) -> Actor:
    """Return who wrote a sheet, acting for her or his own organisation; that of the stand when a device wrote it."""
    member = (
        Membership.objects.filter(user_id=sheet.by_id, until__isnull=True).select_related("organisation")
        .order_by("since").first() if sheet.by_id is not None else None
    )
    if member is None:
        return Actor(
            role=role, at=sheet.at, user_id=sheet.by_id, organisation_id=organisation.pk,
            organisation_name=organisation.name, organisation_kind=OrganisationKind(organisation.kind),
        )
    return Actor(
        role=Role(member.role), at=sheet.at, user_id=member.user_id, user_name=str(member.user),
        organisation_id=member.organisation_id, organisation_name=member.organisation.name,
        organisation_kind=OrganisationKind(member.organisation.kind), membership_id=member.pk,
        is_org_admin=member.is_org_admin,
    )


def _of_the_landlord(by: Actor, landlord: Organisation, role: Role, at: datetime) -> Actor:
    """Return an actor whom the landlord's services know: its own member, else the landlord itself."""
    if by.organisation_id == landlord.pk and by.role in (Role.LA, Role.LM, Role.PART):
        return Actor(
            role=by.role, at=at, user_id=by.user_id, user_name=by.user_name, organisation_id=landlord.pk,
            organisation_name=landlord.name, organisation_kind=OrganisationKind(landlord.kind),
            membership_id=by.membership_id, is_org_admin=by.is_org_admin,
        )
    return Actor(
        role=role, at=at, organisation_id=landlord.pk, organisation_name=landlord.name,
        organisation_kind=OrganisationKind(landlord.kind),
    )


def _ask_somebody(sheet: Any, track: str, subject_id: UUID | None, at: datetime) -> None:
    """Ask the coach, or the adviser, to settle what the sheet could not: never in silence."""
    household = sheet.meeting.registration.person.household_id
    keeper = (
        owners.following(household, Role.EMPP if track == "job" else Role.LA, at)
        or owners.following(household, Role.LA, at) or owners.following(household, Role.EMPP, at)
    )
    if keeper is None:
        return
    landlord = keeper.role in (Role.LA, Role.LM, Role.PART)
    reads_it = subject_id is not None and landlord == (track == "housing")
    about = ("application" if track == "job" else "proposal") if reads_it else "household"
    open_task(
        kind=TaskKind.OUTCOME_MISSING, organisation=keeper.organisation_id, role=keeper.role, owner=keeper.member,
        subject_kind=about, subject_id=subject_id if reads_it else household,  # type: ignore[arg-type]
        why=typography(
            "La fiche d'une rencontre ne s'accorde pas avec le suivi : relisez-la et notez ce qui est juste."
        ),
        due_on=timezone.localdate(at) + _TO_SETTLE, at=at,
    )
