"""
Who may know a household, and for how long: consents, links with organisations, and who follows.

A link opens a file to one organisation from a day to a day, for one purpose. It needs the person's consent for that
purpose, or a mission of law (``legal_basis`` of permissions.yaml). Closing it, or withdrawing the consent that it rests
on, takes effect at the next request: ``visible_to`` reads both each time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import Assignment, Consent, Household, Link, Purpose
from untoit.records.applicants.querysets import BY_CASELOAD
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task
from untoit.records.partners import journal
from untoit.records.partners.models import Membership, Organisation, OrganisationKind
from untoit.records.partners.rights import WRITE, Actor, policy, require, rests_on_law

# The purposes for which an organisation of each kind may be linked; the first is the usual one.
PURPOSES_OF: dict[str, tuple[Purpose, ...]] = {
    OrganisationKind.LANDLORD: (Purpose.HOUSING, Purpose.MATCHING),
    OrganisationKind.PARTNER_LANDLORD: (Purpose.HOUSING,),
    OrganisationKind.DEPARTMENT: (Purpose.EMPLOYMENT, Purpose.MATCHING),
    OrganisationKind.EMPLOYMENT_PARTNER: (Purpose.EMPLOYMENT, Purpose.MATCHING),
}
LONGEST_MONTHS = 12


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    first_of_next = date(day.year + year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(day.year + year, month + 1, min(day.day, last))


def default_expiry(on: date) -> date:
    """Return when a link opened on that day expires: the policy's number of months."""
    return months_after(on, policy()["link_months"])


@transaction.atomic
def record_consent(
    *, household_id: UUID, purpose: str, given_on: date, how: str, by: Actor, at: datetime
) -> Consent:
    """Write that the household agreed to a purpose; recording it twice changes nothing."""
    require(by, "consents_links", WRITE)
    household = _locked(household_id, by)
    if given_on > by.today:
        raise Refused(typography(f"Le {given_on:%d/%m/%Y} est à venir : indiquez le jour où l'accord a été donné."))
    standing = household.consents.filter(purpose=purpose, withdrawn_at__isnull=True).first()
    if standing is not None:
        return standing
    made = Consent.objects.create(
        household=household, purpose=purpose, given_on=given_on, how="online" if by.household_id else how,
        recorded_by_id=by.user_id, recorded_at=at,
    )
    if purpose == Purpose.MATCHING:
        _keep_consent_date(household, given_on)
        close_task(kind=TaskKind.CONSENT_MISSING, subject_id=household.pk, at=at, by=by, outcome="consent_given")
    journal.note_act(by, "consent.given", "household", household.pk, at=at, purpose=purpose)
    return made


@transaction.atomic
def withdraw_consent(*, household_id: UUID, purpose: str, by: Actor, at: datetime) -> int:
    """
    Withdraw what the household agreed to; return how many links it closes at once.

    Links that rest on a mission of law stay open. Giving the consent again does not reopen the others: the person, or
    an organisation still linked, opens each of them.
    """
    require(by, "consents_links", WRITE)
    household = _locked(household_id, by)
    withdrawn = household.consents.filter(purpose=purpose, withdrawn_at__isnull=True).update(withdrawn_at=at)
    if not withdrawn:
        return 0
    if purpose == Purpose.MATCHING:
        _keep_consent_date(household, None)
    closed = 0
    for link in household.links.filter(purpose=purpose, closed_at__isnull=True).select_related("organisation"):
        if not rests_on_law(purpose, link.organisation.kind):
            _close(link, by=by, at=at, because="consent_withdrawn")
            closed += 1
    journal.note_act(by, "consent.withdrawn", "household", household.pk, at=at, purpose=purpose, closed=closed)
    return closed


@transaction.atomic
def open_link(
    *, household_id: UUID, organisation_id: UUID, purpose: str, by: Actor, at: datetime, expires_on: date | None = None
) -> Link:
    """
    Share the file with an organisation, until a day (six months by default).

    The person does it for any organisation; an organisation does it only for a file that it sees, and the person reads
    in her own space who opened it.
    """
    require(by, "consents_links", WRITE)
    household = _locked(household_id, by)
    organisation = Organisation.objects.filter(pk=organisation_id, is_active=True).first()
    if organisation is None:
        raise Http404
    if purpose not in PURPOSES_OF.get(organisation.kind, ()):
        raise Refused(typography(
            f"{organisation} ne peut pas recevoir un dossier pour « {Purpose(purpose).label} »."
        ))
    _needs_consent(household, purpose, organisation)
    until = expires_on or default_expiry(by.today)
    _in_bounds(until, by.today)
    _close_expired(household, organisation, by=by, at=at)
    try:
        with transaction.atomic():
            made = Link.objects.create(
                household=household, organisation=organisation, purpose=purpose, opened_at=at,
                opened_by_id=by.user_id, expires_on=until,
            )
    except IntegrityError as clash:
        raise Refused(typography(f"Le dossier est déjà partagé avec {organisation}.")) from clash
    journal.note_act(by, "link.opened", "household", household.pk, at=at, organisation=str(organisation.pk))
    return made


@transaction.atomic
def extend_link(*, link_id: UUID, expires_on: date, by: Actor, at: datetime) -> Link:
    """Give a link another last day; what it rests on must still stand."""
    require(by, "consents_links", WRITE)
    link = _link(link_id, by)
    _needs_consent(link.household, link.purpose, link.organisation)
    _in_bounds(expires_on, by.today)
    link.expires_on = expires_on
    link.save(update_fields=["expires_on"])
    close_task(kind=TaskKind.LINK_EXPIRES, subject_id=link.household_id, at=at, by=by, outcome="extended")
    journal.note_act(by, "link.extended", "household", link.household_id, at=at, until=expires_on.isoformat())
    return link


@transaction.atomic
def close_link(*, link_id: UUID, by: Actor, at: datetime) -> Link:
    """Stop sharing with an organisation, at once: its own members, or the person, close a link."""
    require(by, "consents_links", WRITE)
    link = _link(link_id, by)
    if by.household_id is None and link.organisation_id != by.organisation_id:
        raise Refused(typography(
            f"Seuls la personne et {link.organisation} peuvent fermer ce partage. Vous pouvez fermer le vôtre."
        ))
    _close(link, by=by, at=at, because="asked")
    journal.note_act(by, "link.closed", "household", link.household_id, at=at, organisation=str(link.organisation_id))
    return link


@transaction.atomic
def assign(*, link_id: UUID, membership_id: UUID, by: Actor, at: datetime) -> Assignment:
    """Have a colleague follow the household, from today, besides whoever already does."""
    require(by, "consents_links", WRITE)
    link, membership = _to_assign(link_id, membership_id, by)
    standing = link.assignments.filter(membership=membership, until__isnull=True).first()
    if standing is not None:
        return standing
    made = Assignment.objects.create(link=link, membership=membership, since=by.today)
    journal.note_act(by, "assignment.opened", "household", link.household_id, at=at, to=str(membership.user_id))
    return made


@transaction.atomic
def hand_over(
    *, link_id: UUID, from_membership_id: UUID, to_membership_id: UUID, both_until: date, by: Actor, at: datetime
) -> Assignment:
    """Pass the household on to a colleague: both follow it until a day, then only the new one."""
    require(by, "consents_links", WRITE)
    if both_until < by.today:
        raise Refused(typography(
            f"Le {both_until:%d/%m/%Y} est passé : indiquez jusqu'à quel jour vous suivez encore le dossier ensemble."
        ))
    if from_membership_id == to_membership_id:
        raise Refused(typography("Choisissez un ou une collègue : le dossier est déjà suivi par cette personne."))
    made = assign(link_id=link_id, membership_id=to_membership_id, by=by, at=at)
    ended = Assignment.objects.filter(
        link_id=link_id, membership_id=from_membership_id, until__isnull=True, since__lte=both_until
    ).update(until=both_until)
    if not ended:
        raise Refused(typography("Cette personne ne suit plus le dossier : relisez la liste de qui le suit."))
    journal.note_act(
        by, "assignment.handed_over", "household", made.link.household_id, at=at, until=both_until.isoformat()
    )
    return made


@transaction.atomic
def end_assignment(*, household_id: UUID, assignment_id: UUID, by: Actor, at: datetime) -> Assignment:
    """Stop following; refused for the last one, so that no file is left to nobody."""
    require(by, "consents_links", WRITE)
    found = Assignment.objects.filter(pk=assignment_id, link__household=household_id).select_related("link").first()
    if found is None:
        raise Http404
    link = _link(found.link_id, by)
    others = link.assignments.filter(Q(until__isnull=True)).exclude(pk=found.pk)
    if not others.exists():
        raise Refused(typography("Personne d'autre ne suit ce dossier : passez-le d'abord à un ou une collègue."))
    found.until = max(by.today - timedelta(days=1), found.since)
    found.save(update_fields=["until"])
    journal.note_act(by, "assignment.ended", "household", link.household_id, at=at)
    return found


def first_link(household: Household, *, by: Actor, at: datetime) -> Link:
    """Link a household to the organisation that has just created it; whoever created it follows it."""
    if by.organisation_kind is None or by.organisation_id is None:
        raise Http404
    purpose = PURPOSES_OF[by.organisation_kind][0]
    link = Link.objects.create(
        household=household, organisation_id=by.organisation_id, purpose=purpose, opened_at=at,
        opened_by_id=by.user_id, expires_on=default_expiry(by.today),
    )
    if by.role in BY_CASELOAD:
        Assignment.objects.create(link=link, membership_id=by.membership_id, since=by.today)
    return link


def _locked(household_id: UUID, by: Actor) -> Household:
    found = Household.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=household_id).first()
    if found is None or by.glass is not None:
        raise Http404
    return found


def _link(link_id: UUID, by: Actor) -> Link:
    """Return an open link of a household that the actor sees, both locked."""
    found = Link.objects.filter(pk=link_id, closed_at__isnull=True).first()
    if found is None:
        raise Http404
    _locked(found.household_id, by)
    return Link.objects.select_for_update(of=("self",)).select_related("organisation", "household").get(pk=link_id)


def _needs_consent(household: Household, purpose: str, organisation: Organisation) -> None:
    if rests_on_law(purpose, organisation.kind):
        return
    if not household.consents.filter(purpose=purpose, withdrawn_at__isnull=True).exists():
        raise Refused(typography(
            f"La personne n'a pas donné son accord pour « {Purpose(purpose).label} » : recueillez-le d'abord, "
            f"puis partagez avec {organisation}."
        ))


def _in_bounds(until: date, today: date) -> None:
    last = months_after(today, LONGEST_MONTHS)
    if not today <= until <= last:
        raise Refused(typography(
            f"Le partage peut aller jusqu'au {last:%d/%m/%Y} : le {until:%d/%m/%Y} n'est pas possible."
        ))


def _to_assign(link_id: UUID, membership_id: UUID, by: Actor) -> tuple[Link, Membership]:
    link = _link(link_id, by)
    if link.organisation_id != by.organisation_id:
        raise Refused(typography(f"{link.organisation} choisit qui suit le dossier chez elle."))
    membership = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gt=by.at), pk=membership_id, organisation_id=link.organisation_id
    ).first()
    if membership is None:
        raise Http404
    return link, membership


def _close(link: Link, *, by: Actor, at: datetime, because: str) -> None:
    link.closed_at, link.closed_by_id = at, by.user_id
    link.save(update_fields=["closed_at", "closed_by"])
    close_task(
        kind=TaskKind.LINK_EXPIRES, subject_id=link.household_id, at=at, by=by, organisation=link.organisation_id,
        outcome=because,
    )


def _close_expired(household: Household, organisation: Organisation, *, by: Actor, at: datetime) -> None:
    """An expired link opens nothing, yet it would stop a new one (constraint ``one_open_link``): close it."""
    for link in household.links.filter(
        organisation=organisation, closed_at__isnull=True, expires_on__lt=by.today
    ):
        _close(link, by=by, at=at, because="expired")


def _keep_consent_date(household: Household, given_on: date | None) -> None:
    """``consented_on`` is what a run reads: the household enters a match only with the consent to matching."""
    household.consented_on = given_on
    household.revision += 1
    household.save(update_fields=["consented_on", "revision", "updated_at"])
