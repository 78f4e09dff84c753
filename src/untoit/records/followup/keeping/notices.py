"""Telling a household, thirty days before, that data about it will be erased; a contact answers the notice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from untoit.core.retention.rules import rule
from untoit.records.applicants.models import Household, Person
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import notify, open_task
from untoit.records.followup.keeping.due import Due
from untoit.records.followup.models import Letter, RetentionNotice
from untoit.records.followup.tracks.owners import following
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

_LETTER_DAYS = 5


@transaction.atomic
def tell_household(due: Due, *, at: datetime) -> int:
    """
    Write the notice of one rule: on the person's page, by e-mail to who has an account, else by a letter to hand over.

    Return 1 when it was written, 0 when it was already there. The letter is for whoever still follows the household;
    with nobody left, the notice stands in the space and the period runs.
    """
    today = timezone.localdate(at)
    with_account = Person.objects.filter(household_id=due.household_id, account__isnull=False)
    person = with_account.select_related("account").first()
    keeper = following(due.household_id, Role.LA, at) or following(due.household_id, Role.DEP, at)
    channel = "space" if person is not None else "letter"
    made = RetentionNotice.objects.bulk_create([RetentionNotice(
        household_id=due.household_id, rule=due.rule, noticed_on=today,
        due_on=max(due.action.due_on, today + timedelta(days=rule(due.rule, today).notice_days)), channel=channel,
        created_at=at,
    )], ignore_conflicts=True)
    if not RetentionNotice.objects.filter(pk=made[0].pk).exists():
        return 0
    if person is not None and person.account is not None:
        notify(
            recipient=person.account, kind="retention.notice", key=f"retention:{due.rule}:{today:%F}", at=at,
            subject="Vos données vont être effacées",
            body="Des données vous concernant seront bientôt effacées. Ouvrez votre espace pour voir lesquelles, ou "
                 "prenez contact avec la personne qui vous accompagne.",
        )
    elif keeper is not None:
        _write_letter(due, keeper.organisation_id, keeper.role, at)
    note_act(None, "retention.noticed", "household", due.household_id, at=at, rule=due.rule)
    return 1


def _write_letter(due: Due, organisation_id: UUID, role: Role, at: datetime) -> None:
    today = timezone.localdate(at)
    letter = Letter.objects.create(
        household_id=due.household_id, organisation_id=organisation_id, kind="retention",
        facts={"sentence": due.action.sentence, "rule": due.rule}, written_on=today, created_at=at,
    )
    open_task(
        kind=TaskKind.LETTER_TO_SEND, organisation=organisation_id, role=role, subject_kind="letter",
        subject_id=letter.pk, why="Un courrier est prêt : à remettre ou à poster.",
        due_on=today + timedelta(days=_LETTER_DAYS), at=at,
    )


def standing(actor: Actor) -> list[tuple[str, date]]:
    """Return, for the person, what will be erased and when, unless contact is made again."""
    rows = RetentionNotice.objects.filter(household_id=actor.household_id, answered_at__isnull=True)
    return [(rule(one.rule, actor.today).label, one.due_on) for one in rows.order_by("due_on")]


def answer(household_id: UUID, *, at: datetime) -> int:
    """Note that contact was made again: the notices of our own periods fall; those of the law stand."""
    today = timezone.localdate(at)
    rows = RetentionNotice.objects.filter(household_id=household_id, answered_at__isnull=True)
    ours = [one.pk for one in rows if rule(one.rule, today).waits_for_notice]
    Household.objects.filter(pk=household_id).update(updated_at=at)
    return RetentionNotice.objects.filter(pk__in=ours).update(answered_at=at)
