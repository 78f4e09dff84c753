"""An event is made whole in one act, changed without surprise, led along its table, copied without its people."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.events import a_meeting, a_registration, a_stand, an_event
from tests.factories.records import NOW, offer, scheme, vacancy

from untoit.core.errors import Conflict, Refused, UnusableInput
from untoit.records.desk.models import Task
from untoit.records.events import checklist, plans
from untoit.records.events.models import Event, Notice
from untoit.records.events.neutral import require_neutral
from untoit.records.events.plans import EventPlan

pytestmark = pytest.mark.django_db

PLAN = EventPlan(
    title="Un toit, un emploi", neutral_name="Rencontres emploi", on=date(2027, 1, 12),
    place_name="Maison des associations", address="1 place de l'Essai", commune="59350",
)


def created(of, plan=PLAN, who="LM", **changes) -> Event:
    return plans.create_event(plan=plan, by=of.actor(who), at=NOW, **changes)


def test_a_wave_of_ninety_minutes_holds_seven_slots_of_ten_and_two():
    """Scenario 17."""
    assert plans.slots_in(90, 10, 2) == 7


@pytest.mark.parametrize(("minutes", "slots"), [(83, 6), (84, 7), (95, 7), (96, 8)])
def test_slots_are_whole(minutes, slots):
    assert plans.slots_in(minutes, 10, 2) == slots


def test_one_form_makes_a_whole_event():
    of = scheme()

    event = created(of)

    assert event.organisation == of.organisations["landlord"]
    assert [(one.number, one.first_slot, one.last_slot, one.capacity) for one in event.waves.all()] == [
        (1, 0, 7, 16), (2, 7, 14, 16),
    ]
    assert event.slots == 14
    assert event.rooms.count() == 1
    assert event.checklist.count() == len(checklist.template())
    assert event.checklist.get(code="copil").due_on == date(2027, 1, 12) - timedelta(days=45)
    assert event.checklist.get(code="outcomes_180").due_on == date(2027, 1, 12) + timedelta(days=180)
    assert event.checklist.get(code="candidates_proposed").organisation == of.organisations["department"]


def test_sending_the_form_twice_makes_one_event():
    of = scheme()
    first = created(of)

    again = created(of, event_id=first.pk)

    assert again == first
    assert Event.objects.count() == 1


def test_free_minutes_between_waves_are_whole_slots():
    assert replace(PLAN, waves=3, between_min=15).spans == [(0, 7), (9, 16), (18, 25)]


@pytest.mark.parametrize("changes", [
    {"wave_min": 11}, {"waves": 6, "wave_min": 300}, {"starts_min": 1380}, {"employers_min": 5, "employers_max": 2},
])
def test_a_grid_that_holds_nothing_or_too_much_is_refused(changes):
    of = scheme()

    with pytest.raises(UnusableInput):
        created(of, replace(PLAN, **changes))


@pytest.mark.parametrize("name", [
    "Un toit, un emploi", "Emploi et logement", "Rencontres RSA", "Bail et emploi", "Forum social",
])
def test_a_neutral_name_that_tells_is_refused(name):
    with pytest.raises(UnusableInput, match="dirait aux employeurs"):
        require_neutral(name)


@pytest.mark.parametrize("name", ["Rencontres emploi de Bailleul", "Forum des métiers", "Matinée emploi, Arsenal"])
def test_a_name_that_tells_nothing_is_kept(name):
    assert require_neutral(f"  {name} ") == name


def test_only_those_who_prepare_events_make_one():
    of = scheme()

    for who in ("DEP", "EMPL", "PART", "FUND", "DPO"):
        with pytest.raises(Http404):
            created(of, who=who)
    with pytest.raises(Http404):
        created(of, organisation_id=of.organisations["landlord_other"].pk)
    landlord = of.organisations["landlord"]
    assert created(of, who="EMPP", organisation_id=landlord.pk).organisation == landlord


def test_another_landlord_does_not_find_the_event():
    of = scheme()
    event = created(of)

    with pytest.raises(Http404):
        plans.change_event(event_id=event.pk, plan=PLAN, revision=1, by=of.actor("LM_other"), at=NOW)


def test_who_comes_second_is_told_and_changes_nothing():
    of = scheme()
    event = created(of)
    plans.change_event(event_id=event.pk, plan=replace(PLAN, title="Premier"), revision=1, by=of.actor("LM"), at=NOW)

    with pytest.raises(Conflict, match="Membre LM"):
        plans.change_event(event_id=event.pk, plan=replace(PLAN, title="Second"), revision=1, by=of.actor("LA"), at=NOW)

    event.refresh_from_db()
    assert event.title == "Premier"


def test_moving_the_day_moves_what_is_not_done():
    of = scheme()
    event = created(of)
    copil, review = event.checklist.get(code="copil"), event.checklist.get(code="review")
    checklist.tick(item_id=copil.pk, done=True, by=of.actor("LM"), at=NOW)

    plans.change_event(
        event_id=event.pk, plan=replace(PLAN, on=date(2027, 1, 19)), revision=event.revision, by=of.actor("LM"), at=NOW
    )

    was = copil.due_on
    copil.refresh_from_db()
    review.refresh_from_db()
    assert copil.due_on == was
    assert review.due_on == date(2027, 1, 19) + timedelta(days=21)


def test_the_grid_does_not_change_under_meetings():
    of = scheme()
    event = an_event(of, stands=1)
    a_meeting(a_registration(event, scheme=of), event.stands.first(), 3)
    wanted = replace(plans.plan_of(event), slot_min=15)

    with pytest.raises(Refused, match="Des rencontres sont déjà placées"):
        plans.change_event(event_id=event.pk, plan=wanted, revision=1, by=of.actor("LM"), at=NOW)
    renamed = replace(plans.plan_of(event), title="Autre titre")
    assert plans.change_event(event_id=event.pk, plan=renamed, revision=1, by=of.actor("LM"), at=NOW).slots == 14


def test_the_plan_of_an_event_gives_it_back_unchanged():
    of = scheme()
    event = created(of, replace(PLAN, waves=3, between_min=15, wave_min=60, capacity=9))

    same = plans.change_event(event_id=event.pk, plan=plans.plan_of(event), revision=1, by=of.actor("LM"), at=NOW)

    assert [(one.first_slot, one.last_slot) for one in same.waves.all()] == [(0, 5), (7, 12), (14, 19)]


def test_a_copy_has_everything_but_people_and_what_is_no_more():
    of = scheme()
    event = created(of)
    open_one, filled = offer(of.organisations["employer"]), offer(of.organisations["employer"], state="filled")
    a_stand(event, organisation=of.organisations["employer"], offers=(open_one, filled), tables=2, pauses=(3,))
    a_stand(event, kind="housing", organisation=of.organisations["landlord"], vacancies=(vacancy(
        of.organisations["landlord"]),))
    a_registration(event, scheme=of)
    checklist.add_item(
        event_id=event.pk, label="Réserver les tables", day_offset=-12, role="LA", by=of.actor("LM"), at=NOW
    )

    copied = created(of, replace(PLAN, on=date(2027, 3, 9)), copy_of=event.pk)

    assert [one.name for one in copied.stands.all()] == ["Entrepôts du Nord", "Bailleur d'essai"]
    first = copied.stands.first()
    assert [one.closed_slots for one in first.tables.all()] == [[3], [3]]
    assert [one.offer for one in first.shown_offers.all()] == [open_one]
    assert copied.stands.last().shown_vacancies.count() == 1
    assert copied.registrations.count() == 0
    assert copied.checklist.get(label="Réserver les tables").due_on == date(2027, 2, 25)


def test_cancelling_asks_why_closes_the_tasks_and_tells_those_who_were_asked():
    of = scheme()
    event = an_event(of, on=date(2026, 12, 1))
    checklist.fill(event, by=of.actor("LM"), at=NOW)
    checklist.open_due(on=NOW.date(), at=NOW)
    told = a_registration(event, scheme=of, state="invited")
    a_registration(event, scheme=of, state="proposed")
    assert Task.objects.open().filter(kind="event_checklist").exists()

    with pytest.raises(Refused):
        plans.move_event(event_id=event.pk, action="cancel", by=of.actor("LM"), at=NOW)
    plans.move_event(event_id=event.pk, action="cancel", reason="Salle indisponible", by=of.actor("LM"), at=NOW)

    event.refresh_from_db()
    assert (event.state, event.reason) == ("cancelled", "Salle indisponible")
    assert not Task.objects.open().filter(kind="event_checklist").exists()
    assert [one.registration for one in Notice.objects.filter(kind="cancelled")] == [told]


def test_a_cancelled_event_comes_back_and_a_day_closed_too_early_opens_again():
    of = scheme()
    event = an_event(of)
    lead = of.actor("LM")
    for action, reason, state in (
        ("cancel", "Erreur", "cancelled"), ("restore", "C'était le mauvais", "draft"), ("invite", "", "inviting"),
        ("open", "", "open"), ("end", "", "ended"), ("reopen", "Il reste du monde", "open"), ("end", "", "ended"),
        ("review", "", "reviewed"),
    ):
        assert plans.move_event(event_id=event.pk, action=action, reason=reason, by=lead, at=NOW).state == state


def test_the_clock_ends_a_day_and_does_nothing_else():
    of = scheme()
    event = an_event(of, state="open")

    assert plans.move_event(event_id=event.pk, action="end", by=None, at=NOW).ended_at == NOW
    with pytest.raises(Refused):
        plans.move_event(event_id=event.pk, action="review", by=None, at=NOW)
