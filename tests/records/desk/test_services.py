from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from tests.factories.records import NOW, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.desk import mail, selectors, services
from untoit.records.desk.models import Message, Task, TaskKind

pytestmark = pytest.mark.django_db


def opened(of, *, at=NOW, **changes):
    values = {
        "kind": TaskKind.OFFER_TO_CONFIRM, "organisation": of.organisations["landlord"], "role": "LA",
        "subject_kind": "offer", "subject_id": uuid4(), "why": "À confirmer.", "due_on": date(2026, 11, 25),
    }
    return services.open_task(**{**values, **changes}, at=at)


def test_opening_twice_gives_the_same_task_with_its_first_due_date():
    of = scheme()
    first = opened(of)

    again = opened(of, subject_id=first.subject_id, due_on=date(2027, 1, 1))

    assert again == first
    assert again.due_on == date(2026, 11, 25)
    assert Task.objects.count() == 1


def test_a_closed_task_can_be_opened_again():
    of = scheme()
    first = opened(of)
    closed = services.close_task(kind=TaskKind.OFFER_TO_CONFIRM, subject_id=first.subject_id, at=NOW)

    again = opened(of, subject_id=first.subject_id)

    assert (closed, again != first) == (1, True)


def test_a_task_without_owner_nor_role_is_a_bug():
    with pytest.raises(ValueError, match="an owner or a role"):
        opened(scheme(), role="")


def test_the_database_keeps_one_open_task_whatever_the_code_does():
    of = scheme()
    task = opened(of)

    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.create(
            kind=task.kind, organisation=task.organisation, role="LM", subject_kind="offer",
            subject_id=task.subject_id, why="Deux fois.", due_on=task.due_on, created_at=NOW,
        )


@pytest.mark.parametrize(("name", "seen"), [
    ("LA", True), ("LM", True), ("LM2", False), ("LM_other", False), ("DEP", False), ("ADM", False), ("EMPL", False),
])
def test_a_task_of_a_role_is_seen_by_that_role_of_that_organisation_alone(name, seen):
    of = scheme()
    task = opened(of, role="LM" if name == "LM" else "LA")

    assert Task.objects.visible_to(of.actor(name)).filter(pk=task.pk).exists() is seen


def test_once_claimed_a_task_leaves_the_list_of_the_others_and_its_head_still_sees_it():
    of = scheme()
    task = opened(of, role="LM")
    services.claim_task(task_id=task.pk, by=of.actor("LM2"), at=NOW)

    assert list(selectors.for_me(of.actor("LM2"))) == [task]
    assert list(selectors.for_me(of.actor("LM"))) == []
    assert list(selectors.of_colleagues(of.actor("LM"))) == [task]


def test_the_second_to_claim_is_told_who_has_it():
    of = scheme()
    task = opened(of, role="LM")
    services.claim_task(task_id=task.pk, by=of.actor("LM2"), at=NOW)

    with pytest.raises(Conflict, match="Membre LM2 s'en occupe déjà"):
        services.claim_task(task_id=task.pk, by=of.actor("LM"), at=NOW)


def test_a_task_of_another_organisation_does_not_exist():
    of = scheme()
    task = opened(of)

    for act in (services.claim_task, services.finish_task, services.release_task, services.reopen_task):
        with pytest.raises(Task.DoesNotExist):
            act(task_id=task.pk, by=of.actor("LM_other"), at=NOW)


def test_done_is_taken_back_within_a_day_and_not_after():
    of = scheme()
    task = opened(of)
    services.finish_task(task_id=task.pk, by=of.actor("LA"), at=NOW)

    with pytest.raises(Refused, match="ne peut plus"):
        services.reopen_task(task_id=task.pk, by=of.actor("LA"), at=NOW + timedelta(hours=25))
    services.reopen_task(task_id=task.pk, by=of.actor("LA"), at=NOW + timedelta(hours=23))

    assert list(selectors.for_me(of.actor("LA"))) == [task]


def test_done_is_not_taken_back_when_the_same_was_opened_since():
    of = scheme()
    task = opened(of)
    services.finish_task(task_id=task.pk, by=of.actor("LA"), at=NOW)
    opened(of, subject_id=task.subject_id)

    with pytest.raises(Refused, match="semblable"):
        services.reopen_task(task_id=task.pk, by=of.actor("LA"), at=NOW)


def test_postponing_keeps_the_day_before_to_undo():
    of = scheme()
    task = opened(of)

    services.postpone_task(task_id=task.pk, due_on=date(2026, 12, 1), by=of.actor("LA"), at=NOW)
    postponed = Task.objects.get().due_on
    services.undo_postpone(task_id=task.pk, by=of.actor("LA"), at=NOW)

    assert postponed == date(2026, 12, 1)
    assert Task.objects.get().due_on == date(2026, 11, 25)


@pytest.mark.parametrize(("due_on", "accepted"), [
    (date(2026, 11, 23), False), (date(2026, 11, 24), True), (date(2027, 1, 22), True), (date(2027, 1, 23), False),
])
def test_postponing_goes_from_tomorrow_to_sixty_days(due_on, accepted):
    of = scheme()
    task = opened(of)

    def postpone():
        return services.postpone_task(task_id=task.pk, due_on=due_on, by=of.actor("LA"), at=NOW)

    if accepted:
        assert postpone().due_on == due_on
    else:
        with pytest.raises(Refused, match="Choisissez une date"):
            postpone()


def test_a_message_of_the_same_key_leaves_once():
    of = scheme()
    values = {"recipient": of.user("LA"), "kind": "test", "key": "k", "subject": "Objet", "body": "Texte", "at": NOW}
    message = services.notify(**values)

    assert services.notify(**values) is None
    assert mail.send(message_id=message.pk, at=NOW) is True
    assert mail.send(message_id=message.pk, at=NOW) is False
    assert [one.to for one in outbox.outbox] == [["la@essai.invalid"]]


def test_a_message_to_somebody_who_left_does_not_leave():
    of = scheme()
    user = of.user("LA")
    message = services.notify(recipient=user, kind="test", key="k", subject="Objet", body="Texte", at=NOW)
    user.is_active = False
    user.save()

    mail.send(message_id=message.pk, at=NOW)

    assert outbox.outbox == []
    assert Message.objects.get().sent_at == NOW


def test_what_is_new_starts_at_the_visit_before_and_survives_a_reload():
    of = scheme()
    actor = of.actor("LA")

    assert services.note_visit(by=actor, at=NOW) is None
    assert services.note_visit(by=actor, at=NOW + timedelta(hours=24)) == NOW
    assert services.note_visit(by=actor, at=NOW + timedelta(hours=24, minutes=5)) == NOW
