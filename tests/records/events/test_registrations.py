"""The list of an event: people added once, moved along the table, what they need; sessions and check-list."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import Http404
from tests.factories.events import a_registration, a_stand, a_wish, an_event
from tests.factories.records import NOW, consent, household, linked_household, person, scheme

from untoit.core.errors import Conflict, Refused, UnusableInput
from untoit.records.desk.models import Task
from untoit.records.events import capacities, checklist, names, people, preparations, registrations, wishes
from untoit.records.events.models import Registration
from untoit.records.events.preparations import SessionPlan
from untoit.records.partners.models import AuditEntry, Role
from untoit.records.partners.rights import Actor

pytestmark = pytest.mark.django_db


def test_somebody_is_added_once_in_the_wave_with_most_room():
    of = scheme()
    event = an_event(of)
    a_registration(event, scheme=of)
    who = linked_household(of).persons.get()

    made = registrations.add_person(event_id=event.pk, person_id=who.pk, by=of.actor("DEP"), at=NOW)
    again = registrations.add_person(event_id=event.pk, person_id=who.pk, by=of.actor("LA"), at=NOW)

    assert again == made
    assert (made.state, made.wave.number, made.source, len(made.badge)) == ("proposed", 2, "person", 4)
    assert AuditEntry.objects.filter(action="registration.added", subject_id=made.pk).count() == 1


def test_nobody_adds_a_stranger_and_the_lead_who_only_reads_adds_nobody():
    of = scheme()
    event = an_event(of)
    stranger = household()
    person(stranger)
    consent(stranger)
    mine = linked_household(of).persons.get()

    with pytest.raises(Http404):
        registrations.add_person(event_id=event.pk, person_id=stranger.persons.get().pk, by=of.actor("LA"), at=NOW)
    for who in ("LM", "ADM", "EMPL", "DEP2", "EMPP2"):
        with pytest.raises(Http404):
            registrations.add_person(event_id=event.pk, person_id=mine.pk, by=of.actor(who), at=NOW)


def test_somebody_removed_comes_back_and_a_removal_says_why():
    of = scheme()
    event = an_event(of)
    row = a_registration(event, scheme=of, state="proposed")

    with pytest.raises(Refused):
        registrations.move(row, "remove", by=of.actor("LA"), at=NOW)
    registrations.move(row, "remove", by=of.actor("LA"), at=NOW, reason="Déjà en poste")
    back = registrations.add_person(event_id=event.pk, person_id=row.person_id, by=of.actor("LA"), at=NOW)

    assert (back.pk, back.state, back.reason) == (row.pk, "proposed", "")


def test_a_person_answers_and_a_second_change_is_told():
    of = scheme()
    row = a_registration(an_event(of), scheme=of, state="invited")

    registrations.move(row, "confirm", by=Actor(Role.PUB, NOW), at=NOW)

    assert (row.state, row.answered_by, row.revision) == ("confirmed", "person", 2)
    with pytest.raises(Conflict):
        registrations.move(row, "cancel", by=of.actor("LA"), at=NOW, revision=1)
    with pytest.raises(Refused):
        registrations.move(row, "remove", by=Actor(Role.PUB, NOW), at=NOW, reason="x")
    with pytest.raises(Refused):
        registrations.move(row, "confirm", by=None, at=NOW)


def test_badges_are_short_spelt_aloud_and_one_each():
    made = registrations.new_badges([], 400)

    assert len(set(made)) == 400
    assert not set("".join(made)) & set("AEIOUY01")


def test_needs_are_written_by_one_person_at_a_time():
    of = scheme()
    event = an_event(of)
    row = a_registration(event, scheme=of)
    by = of.actor("DEP")

    registrations.change_needs(
        registration_id=row.pk, values={"arrives_slot": 2, "needs_language": "ar", "housing_after": True}, revision=1,
        by=by, at=NOW,
    )

    row.refresh_from_db()
    assert (row.arrives_slot, row.needs_language, row.housing_after, row.revision) == (2, "ar", True, 2)
    with pytest.raises(Conflict):
        registrations.change_needs(registration_id=row.pk, values={"arrives_slot": 1}, revision=1, by=by, at=NOW)
    with pytest.raises(Refused, match="aucun créneau"):
        registrations.change_needs(
            registration_id=row.pk, values={"arrives_slot": 5, "leaves_slot": 5}, revision=2, by=by, at=NOW
        )
    with pytest.raises(Http404):
        other = an_event(of)
        registrations.change_needs(
            registration_id=row.pk, values={"wave": other.waves.first()}, revision=2, by=by, at=NOW
        )


def test_wishes_are_promised_avoided_or_left_to_the_run():
    of = scheme()
    event = an_event(of, stands=3)
    one, two, three = event.stands.all()
    row = a_registration(event, scheme=of)
    a_wish(row, one), a_wish(row, two)
    by = of.actor("EMPP")

    wishes.choose(registration_id=row.pk, by=by, at=NOW, choices={
        one.pk: wishes.POSSIBLE, two.pk: wishes.DROPPED, three.pk: wishes.PROMISED,
    })

    found = {wish.stand_id: wish for wish in row.wishes.all()}
    assert (found[one.pk].source, found[two.pk].is_dropped) == ("run", True)
    assert (found[three.pk].is_wanted, found[three.pk].source) == (True, "adviser")
    wishes.choose(registration_id=row.pk, by=by, at=NOW, choices={two.pk: wishes.NONE})
    assert row.wishes.count() == 2


def test_somebody_followed_elsewhere_is_shown_by_the_badge(django_assert_num_queries):
    of = scheme()
    event = an_event(of)
    mine, other = a_registration(event, scheme=of), a_registration(event)
    by = of.actor("EMPP")

    rows = people.present(by, list(people.rows_for(by, event).order_by("rank")))

    assert [row.name for row in rows] == [
        "Camille Essai", f"Personne suivie par un autre service · badge {other.badge}"
    ]
    assert [row.known for row in rows] == [True, False]
    assert list(people.rows_for(of.actor("DEP"), event)) == [mine]
    assert list(people.named(by, people.rows_for(by, event), "Camille")) == [mine]
    assert list(people.named(by, people.rows_for(by, event), other.badge)) == [other]
    for _ in range(5):
        a_registration(event, scheme=of)
    with django_assert_num_queries(5):
        people.present(by, list(people.rows_for(by, event)))


def test_the_lead_reads_everybody_of_its_own_event():
    of = scheme()
    event = an_event(of)
    row = a_registration(event)

    assert names.name(of.actor("LM"), row, names.seen(of.actor("LM"), [row])) == "Camille Essai"


# Are there enough slots, before anybody is invited?


def _crowd(event, count: int) -> None:
    for _ in range(count):
        a_registration(event, state="proposed", wave=1)


def test_scenario_17_eight_stands_of_seven_slots_hold_sixteen_people_three_interviews_each():
    of = scheme()
    event = an_event(of, slots=7, waves=1, stands=8, settings={"employers_min": 3})
    a_stand(event, kind="housing", tables=3)
    _crowd(event, 16)

    found = capacities.banner(event)

    assert [(one.kind, one.asked, one.offered) for one in found.needs] == [("employer", 48, 56), ("housing", 16, 21)]
    assert found.kind == "warn"  # 48 of 56 is more than four in five


def test_too_many_people_are_told_with_what_would_be_enough():
    of = scheme()
    event = an_event(of, slots=7, waves=1, stands=2)
    a_stand(event, kind="housing", pauses=(3,))
    _crowd(event, 12)

    found = capacities.banner(event)

    assert found.kind == "stop"
    assert found.title.startswith("Il n’y a pas assez de créneaux")
    assert [one.replace("\xa0", " ").replace("\u202f", " ") for one in found.advice] == [
        "Vague 1 : 24 entretiens promis pour 14 places, c’est plus que 80,0 % des places. "
        "Il suffirait de 3 recruteurs de plus ou de 8 créneaux de plus. Ou 5 personnes au lieu de 12.",
        "Vague 1 : 12 rendez-vous logement promis pour 6 places, c’est plus que 80,0 % des places. "
        "Il suffirait de 2 conseillers logement de plus ou de 9 créneaux de plus. Ou 4 personnes au lieu de 12.",
    ]


def test_a_talk_of_two_slots_does_not_straddle_a_pause():
    of = scheme()
    event = an_event(of, slots=7, waves=1, housing_slots=2)
    a_stand(event, kind="housing", pauses=(3,))
    _crowd(event, 1)

    assert [(one.kind, one.offered) for one in capacities.banner(event).needs] == [("employer", 0), ("housing", 2)]


def test_an_event_without_stands_says_nothing_yet():
    of = scheme()
    event = an_event(of)
    _crowd(event, 2)

    assert capacities.banner(event) is None


# Preparation.


def _session(event, days: int = 5, **changes) -> SessionPlan:
    starts = datetime.combine(event.on - timedelta(days=days), datetime.min.time(), ZoneInfo("Europe/Paris"))
    return SessionPlan(**{
        "kind": "mock_interview", "starts_at": starts + timedelta(hours=14), "length_min": 60, "place": "Salle 2",
        "capacity": 1, **changes,
    })


def test_sessions_are_filled_within_their_size_and_marked_once_they_were_held():
    of = scheme()
    event = an_event(of)
    one, two = a_registration(event, scheme=of), a_registration(event, scheme=of)
    by = of.actor("EMPP")
    session = preparations.open_session(event_id=event.pk, plan=_session(event), by=by, at=NOW)

    assert preparations.seat(session_id=session.pk, registration_ids=[one.pk], by=by, at=NOW) == 1
    assert preparations.seat(session_id=session.pk, registration_ids=[one.pk], by=by, at=NOW) == 0
    with pytest.raises(Refused, match="0 places sur 1"):
        preparations.seat(session_id=session.pk, registration_ids=[two.pk], by=by, at=NOW)
    seat = session.seats.get()
    with pytest.raises(Refused, match="pas encore eu lieu"):
        preparations.mark(seat_id=seat.pk, came=True, by=by, at=NOW)
    later = session.starts_at + timedelta(hours=2)
    assert preparations.mark(seat_id=seat.pk, came=True, by=by, at=later).came is True
    with pytest.raises(Refused, match="gardez-en la trace"):
        preparations.close_session(session_id=session.pk, by=by, at=later)


def test_a_session_is_held_in_the_weeks_before_by_those_who_accompany():
    of = scheme()
    event = an_event(of)

    with pytest.raises(UnusableInput):
        preparations.open_session(event_id=event.pk, plan=_session(event, days=40), by=of.actor("EMPP"), at=NOW)
    for who in ("EMPL", "PART", "FUND"):
        with pytest.raises(Http404):
            preparations.open_session(event_id=event.pk, plan=_session(event), by=of.actor(who), at=NOW)
    theirs = preparations.open_session(event_id=event.pk, plan=_session(event), by=of.actor("EMPP"), at=NOW)
    with pytest.raises(Refused, match="autre organisation"):
        preparations.change_session(session_id=theirs.pk, plan=_session(event), by=of.actor("DEP"), at=NOW)


def test_nobody_seats_somebody_they_do_not_follow():
    of = scheme()
    event = an_event(of)
    other = a_registration(event)
    session = preparations.open_session(event_id=event.pk, plan=_session(event), by=of.actor("EMPP"), at=NOW)

    assert preparations.seat(session_id=session.pk, registration_ids=[other.pk], by=of.actor("EMPP"), at=NOW) == 0


# The check-list.


def test_what_is_due_within_a_week_becomes_a_task_once():
    of = scheme()
    event = an_event(of, on=date(2026, 12, 8))
    checklist.fill(event, by=of.actor("LM"), at=NOW)

    first = checklist.open_due(on=date(2026, 11, 23), at=NOW)
    checklist.open_due(on=date(2026, 11, 23), at=NOW)

    tasks = Task.objects.open().filter(kind="event_checklist")
    assert tasks.count() == first == event.checklist.filter(due_on__lte=date(2026, 11, 30)).count()
    assert all("toit" not in task.why and "Rencontres emploi" in task.why for task in tasks)
    assert tasks.filter(organisation=of.organisations["department"], role="DEP").exists()


def test_done_closes_the_task_and_undone_opens_it_again():
    of = scheme()
    event = an_event(of, on=date(2026, 12, 8))
    checklist.fill(event, by=of.actor("LM"), at=NOW)
    checklist.open_due(on=NOW.date(), at=NOW)
    item = event.checklist.get(code="invitations")

    checklist.tick(item_id=item.pk, done=True, by=of.actor("LA"), at=NOW)
    assert not Task.objects.open().filter(subject_id=item.pk).exists()
    checklist.tick(item_id=item.pk, done=False, by=of.actor("LA"), at=NOW)
    assert Task.objects.open().filter(subject_id=item.pk).count() == 1


def test_each_ticks_what_is_its_own():
    of = scheme()
    event = an_event(of)
    checklist.fill(event, by=of.actor("LM"), at=NOW)
    theirs, ours = event.checklist.get(code="candidates_proposed"), event.checklist.get(code="copil")

    checklist.tick(item_id=theirs.pk, done=True, by=of.actor("DEP"), at=NOW)
    with pytest.raises(Refused):
        checklist.tick(item_id=ours.pk, done=True, by=of.actor("DEP"), at=NOW)
    with pytest.raises(Http404):
        checklist.tick(item_id=ours.pk, done=True, by=of.actor("LM_other"), at=NOW)


def test_an_item_is_added_removed_and_put_back():
    of = scheme()
    event, lead = an_event(of), of.actor("LM")
    checklist.fill(event, by=lead, at=NOW)
    usual = event.checklist.get(code="printing")

    kept = checklist.remove_item(item_id=usual.pk, by=lead, at=NOW)
    checklist.add_item(**kept, by=lead, at=NOW)

    assert event.checklist.get(code="printing").label == usual.label
    with pytest.raises(UnusableInput):
        checklist.add_item(event_id=event.pk, label=" ", day_offset=1, role="LM", by=lead, at=NOW)
    assert Registration.objects.count() == 0
