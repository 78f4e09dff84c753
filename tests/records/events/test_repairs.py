"""The repair of a day: who was told keeps the hour, freed places go to who is there, once, and nowhere else."""

import pytest
from django.http import Http404
from tests.factories.events import a_meeting, a_registration, a_wish
from tests.factories.events import published as told_by_hand
from tests.factories.records import offer
from tests.factories.timetable_days import BEFORE, a_day, opened, paris, planned, published

from untoit.core.errors import Conflict, Refused
from untoit.records.events import employer_stands, repairs
from untoit.records.events.models import Meeting, Notice, RepairProposal, Wish

pytestmark = pytest.mark.django_db
AT = paris(9, 20)


def running(people=10, **changes):
    """A day that has begun: planned, told, everybody there."""
    day = a_day(people=people, **changes)
    planned(day)
    published(day)
    opened(day)
    day.event.registrations.update(present_at=paris(8, 50))
    return day


def away(day, *people):
    for one in people:
        one.present_at, one.absent_at = None, AT
        one.save()


def test_an_absence_is_proposed_then_applied_in_one_click():
    day = running()
    away(day, day.people[0])

    proposed = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead)

    assert not proposed.applied
    assert proposed.summary.startswith("1\u00a0absent\u00a0: ")
    assert Meeting.objects.filter(registration=day.people[0], state="planned").count() > 0
    done = repairs.apply_proposal(proposal_id=proposed.proposal_id, by=day.lead, at=AT)
    assert done.applied
    assert (done.added, done.moved, done.cancelled) == (proposed.added, proposed.moved, proposed.cancelled)
    later = Meeting.objects.filter(registration=day.people[0], slot__gte=2)
    assert set(later.values_list("state", "cancelled_because")) == {("cancelled", "absent")}


def test_the_same_absence_twice_is_one_proposal():
    day = running()
    away(day, day.people[0])

    first = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead)
    again = repairs.repair(event_id=day.event.pk, at=AT, by=None)

    assert first.proposal_id == again.proposal_id
    assert RepairProposal.objects.count() == 1


def test_an_event_that_says_so_repairs_by_itself():
    day = running()
    repairs.set_automatic(event_id=day.event.pk, automatic=True, by=day.lead, at=AT)
    away(day, day.people[0])

    assert repairs.repair(event_id=day.event.pk, at=AT, by=None).applied


def test_two_clicks_apply_once():
    day = running()
    away(day, day.people[0])
    made = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead)
    repairs.apply_proposal(proposal_id=made.proposal_id, by=day.lead, at=AT)

    with pytest.raises(Conflict, match="vient d'être appliquée"):
        repairs.apply_proposal(proposal_id=made.proposal_id, by=day.lead, at=AT)


def test_a_proposal_that_came_too_late_is_made_again_rather_than_applied():
    day = running(people=20, employers=5, tables=3)
    away(day, day.people[0])
    made = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead)
    assert made.added > 0

    done = repairs.apply_proposal(proposal_id=made.proposal_id, by=day.lead, at=paris(11, 40))

    assert not done.applied
    assert RepairProposal.objects.get(pk=made.proposal_id).dismissed_at is not None


def test_a_stand_that_leaves_gives_its_people_back():
    day = running()
    stand = day.employers[0]
    waiting = set(Meeting.objects.filter(stand=stand, slot__gte=5).values_list("registration_id", flat=True))
    assert waiting

    made = repairs.stand_hours(event_id=day.event.pk, stand_id=stand.pk, left_slot=5, by=day.lead, at=AT)

    assert "1\u00a0stand fermé" in made.summary
    repairs.apply_proposal(proposal_id=made.proposal_id, by=day.lead, at=AT)
    assert not Meeting.objects.active().filter(stand=stand, slot__gte=5).exists()
    told = set(Notice.objects.filter(kind="change").values_list("registration_id", flat=True))
    assert waiting <= told


def test_somebody_late_is_met_later_and_the_others_keep_their_hour():
    day = running()
    person = day.people[1]
    before = dict(Meeting.objects.exclude(registration=person).values_list("pk", "slot"))

    repairs.person_late(event_id=day.event.pk, registration_id=person.pk, slot=6, by=day.lead, at=AT)
    made = repairs.waiting(day.event)
    if made is not None:
        repairs.apply_proposal(proposal_id=made.pk, by=day.lead, at=AT)

    person.refresh_from_db()
    assert person.arrives_slot == 6
    assert not Meeting.objects.active().filter(registration=person, slot__gte=2, slot__lt=6).exists()
    assert dict(Meeting.objects.active().filter(pk__in=before).values_list("pk", "slot")) == before


def test_a_walk_in_gets_what_is_free():
    day = running(people=4)
    new = a_registration(day.event, scheme=day.scheme, wave=1, source="walk_in", present_at=AT)
    a_wish(new, day.employers[0])
    a_wish(new, day.tables[0])

    made = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead)
    repairs.apply_proposal(proposal_id=made.proposal_id, by=day.lead, at=AT)

    found = Meeting.objects.active().filter(registration=new)
    assert found.count() == 2
    assert all(one.slot >= 2 and one.told_slot == one.slot for one in found)


def test_standby_people_who_are_not_there_are_given_nothing():
    day = running(people=4)
    one = a_registration(day.event, scheme=day.scheme, wave=1, is_standby=True)
    a_wish(one, day.employers[0], score=100)
    away(day, day.people[0])

    repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)
    assert not Meeting.objects.filter(registration=one).exists()

    one.present_at = AT
    one.save()
    repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)
    assert Meeting.objects.filter(registration=one).exists()


def test_who_cancelled_before_the_day_frees_the_place():
    day = running(people=4)
    day.people[0].state, day.people[0].present_at = "cancelled", None
    day.people[0].save()

    made = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)

    assert "ne vient plus" in made.summary
    assert not Meeting.objects.active().filter(registration=day.people[0], slot__gte=2).exists()


def test_an_employer_who_adds_posts_gets_people_who_look_for_them():
    day = running(people=4, employers=2, wishes=1)
    employer = day.scheme.actor("EMPL", at=AT)
    brought = offer(day.scheme.organisations["employer"])

    employer_stands.bring_posts(stand_id=day.employers[0].pk, offer_id=brought.pk, openings=3, by=employer, at=AT)

    assert Wish.objects.filter(stand=day.employers[0], source="employer", offer=brought).count() == 2
    assert repairs.waiting(day.event) is not None


def test_nothing_is_repaired_before_people_were_told():
    day = a_day(people=2)
    a_meeting(day.people[0], day.employers[0], 2)

    assert repairs.repair(event_id=day.event.pk, at=BEFORE, by=day.lead) == repairs.RepairOutcome(False, "")


def test_a_dismissed_repair_goes_away():
    day = running(people=4)
    away(day, day.people[0])
    made = repairs.repair(event_id=day.event.pk, at=AT, by=day.lead)

    repairs.dismiss(proposal_id=made.proposal_id, by=day.lead, at=AT)

    assert repairs.waiting(day.event) is None
    with pytest.raises(Conflict, match="plus d'actualité"):
        repairs.apply_proposal(proposal_id=made.proposal_id, by=day.lead, at=AT)


def test_an_hour_outside_the_half_day_is_refused_and_so_is_a_stranger():
    day = running(people=2)

    with pytest.raises(Refused, match="demi-journée"):
        repairs.stand_hours(event_id=day.event.pk, stand_id=day.employers[0].pk, left_slot=99, by=day.lead, at=AT)
    with pytest.raises(Http404):
        repairs.repair(event_id=day.event.pk, at=AT, by=day.scheme.actor("EMPL", at=AT))


def test_of_those_who_were_told_at_least_99_in_a_hundred_keep_their_hour():
    day = running(people=20, employers=6, tables=3)
    away(day, *day.people[::5])
    stays = {one.pk for one in day.people} - {one.pk for one in day.people[::5]}
    before = dict(Meeting.objects.filter(registration__in=stays).values_list("pk", "slot"))

    repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)

    after = dict(Meeting.objects.active().filter(pk__in=before).values_list("pk", "slot"))
    assert sum(after.get(pk) == slot for pk, slot in before.items()) >= 0.99 * len(before)


def test_a_meeting_under_way_goes_on():
    day = a_day(people=2)
    held = a_meeting(day.people[0], day.employers[0], 1)
    a_meeting(day.people[0], day.employers[1], 6)
    told_by_hand(day.event)
    opened(day)
    away(day, day.people[0])

    repairs.repair(event_id=day.event.pk, at=AT, by=day.lead, apply=True)

    held.refresh_from_db()
    assert held.state == "planned"


def test_a_device_of_the_event_reports_and_changes_nothing_by_itself_elsewhere():
    from untoit.records.events import moves
    from untoit.records.partners.models import Role
    from untoit.records.partners.rights import Actor

    day = running(people=4)
    tablet = Actor(Role.TAB, AT, event_id=day.event.pk)
    away(day, day.people[0])
    row = Meeting.objects.filter(registration=day.people[1], slot__gte=2).first()

    assert repairs.repair(event_id=day.event.pk, at=AT, by=tablet).proposal_id is not None
    with pytest.raises(Http404):
        moves.move_meeting(meeting_id=row.pk, table=1, slot=13, revision=row.revision, by=tablet, at=AT)
    with pytest.raises(Http404):
        repairs.repair(event_id=a_day(people=0, made=day.scheme).event.pk, at=AT, by=tablet)
