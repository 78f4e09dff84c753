"""From the stands of an event to a list of people who have several useful interviews and a home: the run proposes."""

from collections import Counter

import pytest
from django.http import Http404
from tests.factories.events import a_registration, an_event
from tests.factories.records import NOW
from tests.factories.runs import demo_files

from untoit.core.errors import Conflict, Refused
from untoit.core.territory.communes import commune
from untoit.records.events import access, selection, stands
from untoit.records.events.models import Registration, Wish
from untoit.records.events.proposals import expectation, proposals
from untoit.records.jobs.models import Offer
from untoit.records.pairings import computing
from untoit.records.pairings.models import Run
from untoit.records.partners.models import AuditEntry
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees", households=40, dwellings=25, offers=30)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def place(db, demo_folder, data_dir, settings):
    from tests.factories.pairings import town

    settings.DATA_DIR = data_dir
    return town(demo_folder)


@pytest.fixture
def event(place):
    """An event whose stands show every offer and every home."""
    from tests.factories.pairings import ON

    made = an_event(place.scheme, on=ON, slots=14, places=6)
    lead = place.lead
    stands.add_employers(
        event_id=made.pk, names=set(Offer.objects.values_list("employer", flat=True)), by=lead, at=NOW
    )
    stands.add_housing(
        event_id=made.pk, organisation_id=made.organisation_id, tables=2,
        vacancies=Vacancy.objects.values_list("pk", flat=True), by=lead, at=NOW,
    )
    return made


@pytest.fixture
def run(place, event):
    """The run of the event, computed."""
    made = selection.launch(event_id=event.pk, by=place.lead, at=NOW)
    computing.compute(made.pk, None, lambda: NOW)
    made.refresh_from_db()
    event.refresh_from_db()
    assert made.state == "computed", made.failure
    return made


def test_the_run_reads_only_what_the_stands_show(place, event):
    small = an_event(place.scheme, on=event.on)
    employer = Offer.objects.order_by("employer").first().employer
    stands.add_employers(event_id=small.pk, names=[employer], by=place.lead, at=NOW)
    with pytest.raises(Refused, match="Installez d'abord les stands"):
        selection.launch(event_id=small.pk, by=place.lead, at=NOW)
    home = Vacancy.objects.order_by("reference").first()
    stands.add_housing(
        event_id=small.pk, organisation_id=small.organisation_id, tables=1, vacancies=[home.pk], by=place.lead, at=NOW
    )

    made = selection.launch(event_id=small.pk, by=place.lead, at=NOW)

    assert (made.mode, made.on) == ("selection", small.on)
    assert made.inputs.get(kind="logements").rows == 1
    assert made.inputs.get(kind="offres").rows == Offer.objects.filter(employer=employer).count()
    small.refresh_from_db()
    assert small.run == made


def test_each_person_has_useful_interviews_and_one_home(place, event, run):
    found = proposals(event, run, place.lead)

    assert found
    for one in found:
        assert sum(seat.wanted for seat in one.interviews) in range(1, 5)
        assert one.talk is not None and one.talk.wanted
        assert all(5 <= seat.score <= 100 or seat.score == 20 for seat in one.seats)
        assert max(Counter(seat.stand_id for seat in one.seats).values()) == 1
    assert max(seat.score for one in found for seat in one.interviews) == 100
    several = sum(sum(seat.wanted for seat in one.interviews) >= 2 for one in found)
    assert several >= len(found) / 2
    told = expectation(found)
    assert 0 <= told.low <= told.mean <= told.high


def test_a_proposal_makes_the_list_once_in_balanced_waves_with_a_reserve(place, event, run):
    first = selection.propose(event_id=event.pk, run_id=run.pk, by=place.lead, at=NOW)
    wishes = Wish.objects.count()
    again = selection.propose(event_id=event.pk, run_id=run.pk, by=place.lead, at=NOW)

    rows = list(Registration.objects.filter(event=event))
    assert first.added == len(rows) > 12
    assert (again.added, again.kept, again.removed, Wish.objects.count()) == (0, len(rows), 0, wishes)
    assert {one.state for one in rows} == {"proposed"}
    seated = Counter(one.wave.number for one in rows if one.wave is not None)
    assert set(seated.values()) == {6}  # the capacity of each wave
    assert first.standby == sum(one.is_standby for one in rows) == len(rows) - 12
    waves = {}
    for one in rows:
        if one.wave is not None:
            assert waves.setdefault(one.person.household_id, one.wave) == one.wave
    assert sorted(one.rank for one in rows) == list(range(1, len(rows) + 1))
    assert AuditEntry.objects.filter(action="event.proposed", subject_id=event.pk).count() == 2


def test_what_people_decided_stays_when_the_run_proposes_again(place, event, run):
    from untoit.records.events import registrations, wishes

    selection.propose(event_id=event.pk, run_id=run.pk, by=place.lead, at=NOW)
    by = place.scheme.actor("LA")
    gone, kept = Registration.objects.filter(event=event)[:2]
    registrations.move(gone, "remove", by=by, at=NOW, reason="Déjà en poste")
    dropped = kept.wishes.filter(stand__kind="employer").first()
    wishes.choose(registration_id=kept.pk, choices={dropped.stand_id: wishes.DROPPED}, by=by, at=NOW)

    done = selection.propose(event_id=event.pk, run_id=run.pk, by=place.lead, at=NOW)

    gone.refresh_from_db()
    dropped.refresh_from_db()
    assert (done.added, gone.state, dropped.is_dropped) == (0, "removed", True)


def test_a_proposal_that_the_run_no_longer_makes_is_removed_and_one_that_was_invited_stays(place, event, run):
    from untoit.records.applicants.models import Person

    proposed = {one.person.pk for one in proposals(event, run, place.lead)}
    others = list(Person.objects.exclude(pk__in=proposed)[:2])
    untouched = a_registration(event, person=others[0], state="proposed", source="run")
    invited = a_registration(event, person=others[1], state="invited", source="run")

    assert selection.propose(event_id=event.pk, run_id=run.pk, by=place.lead, at=NOW).removed == 1

    untouched.refresh_from_db()
    invited.refresh_from_db()
    assert (untouched.state, untouched.reason, invited.state) == ("removed", selection.NOT_ANY_MORE, "invited")


def test_who_may_launch_and_propose(place, event, run):
    for who in ("EMPP", "DEP", "EMPL", "LM_other"):
        with pytest.raises(Http404):
            selection.propose(event_id=event.pk, run_id=run.pk, by=place.scheme.actor(who), at=NOW)
    with pytest.raises(Http404):
        selection.launch(event_id=event.pk, by=place.scheme.actor("LA"), at=NOW)
    assert selection.propose(event_id=event.pk, run_id=run.pk, by=place.scheme.actor("LA"), at=NOW).added
    assert selection.runs_for(place.scheme.actor("EMPP"), event) == []


def test_a_run_that_is_not_finished_proposes_nothing(place, event):
    waiting = selection.launch(event_id=event.pk, by=place.lead, at=NOW)

    assert Run.objects.get(pk=waiting.pk).state == "draft"
    with pytest.raises(Refused, match="pas terminé"):
        selection.propose(event_id=event.pk, run_id=waiting.pk, by=place.lead, at=NOW)


# Can everybody be there?


def _living_in(household, code: str) -> None:
    household.current_commune = code
    household.save()


def test_journeys_are_checked_for_everybody_and_say_the_hour_and_the_wave_that_fits(place, event):
    from untoit.records.applicants.models import Person

    people = list(Person.objects.select_related("household").order_by("pk")[:3])
    near, far, unknown = people
    event.latitude = event.longitude = None
    event.commune = "59350"
    event.save()
    _living_in(near.household, "59350")
    _living_in(far.household, "13055")  # Marseille: nobody comes from there for the morning
    _living_in(unknown.household, "")
    rows = [a_registration(event, person=one, state="invited") for one in people]

    access.ask(event_id=event.pk, by=place.lead, at=NOW)
    with pytest.raises(Conflict):
        access.ask(event_id=event.pk, by=place.lead, at=NOW)
    access.check(event_id=event.pk, at=NOW)

    for row in rows:
        row.refresh_from_db()
    event.refresh_from_db()
    state = access.state_of(event)
    assert commune("13055") is None or rows[1].travel_min is None
    assert rows[0].travel_min is not None and rows[0].travel_min < 60
    assert rows[2].travel_note == "Commune inconnue : trajet non vérifié."
    assert not state.running and state.progress == 1
    assert state.sentences[0].replace("\xa0", " ").startswith("Vague 1 : 1 sur ")
    assert all("Essai" not in sentence for sentence in state.sentences)


def test_nobody_on_time_is_said_with_the_first_arrival_and_the_wave_that_fits(place, event, monkeypatch):
    from untoit.records.applicants.models import Person

    row = a_registration(event, person=Person.objects.first(), state="invited")
    late = access.Journey(None, 8, True)
    monkeypatch.setattr(access, "_journeys", lambda *_: {row.pk: late})

    access.check(event_id=event.pk, at=NOW)

    row.refresh_from_db()
    event.refresh_from_db()
    said = access.state_of(event)
    assert said.kind == "stop"
    assert said.sentences[0].replace("\xa0", " ") == (
        "Vague 1 : personne ne peut être là à 9 h, première arrivée ensuite à 10 h 36."
    )
    assert row.travel_note.replace("\xa0", " ") == "Première arrivée possible à 10 h 36."


def test_an_event_without_anybody_or_timetable_says_so(place, event):
    with pytest.raises(Refused, match="Personne n'est encore"):
        access.ask(event_id=event.pk, by=place.lead, at=NOW)
    with pytest.raises(Http404):
        access.ask(event_id=event.pk, by=place.scheme.actor("DEP"), at=NOW)


def test_the_other_options_of_the_run_give_those_with_one_interview_a_second(place, event, run):
    from untoit.records.events import options

    before = {one.person.pk: len(one.interviews) for one in proposals(event, run, place.lead)}
    assert options.searching(event, run)

    assert options.find(event_id=event.pk, run_id=run.pk, at=NOW) is False

    event.refresh_from_db()
    assert not options.searching(event, run)
    after = proposals(event, run, place.lead)
    assert all(len(one.interviews) >= before[one.person.pk] for one in after)
    assert sum(len(one.interviews) for one in after) > sum(before.values())
    for one in after:
        assert sum(seat.wanted for seat in one.interviews) >= min(2, len(one.interviews))
        assert sum(seat.wanted for seat in one.interviews) <= 4
    assert all(sum(seat.wanted for seat in one.interviews) == 2 for one in after if before[one.person.pk] == 1
               and len(one.interviews) > 1)


def test_options_wait_for_the_run_and_leave_one_that_the_event_left(place, event):
    from untoit.records.events import options

    waiting = selection.launch(event_id=event.pk, by=place.lead, at=NOW)

    assert options.find(event_id=event.pk, run_id=waiting.pk, at=NOW) is True
    event.refresh_from_db()
    event.settings = {}
    event.save()
    assert options.find(event_id=event.pk, run_id=waiting.pk, at=NOW) is False
