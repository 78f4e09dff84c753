"""The review of an event: every figure with its denominator, and to each role no more than it may count."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.factories.events import a_meeting, a_registration, a_stand, a_wish, an_event
from tests.factories.records import offer, scheme, vacancy

from untoit.records.events import review
from untoit.records.events.models import EmployerOutcome, Feedback, HousingOutcome, StandOffer
from untoit.reporting import event_review, event_review_files
from untoit.reporting.event_counts import counts_of

pytestmark = pytest.mark.django_db
ON = timezone.make_aware(datetime(2026, 12, 8, 8, 50))


@pytest.fixture
def made():
    """Give ten people invited: eight confirmed, seven present; six hired, two visits, one refusal of the other home."""
    there = scheme()
    landlord = there.organisations["landlord"]
    event = there.event = an_event(there, state="ended")
    there.offers = [offer(there.organisations["employer"]), offer(there.organisations["employer"], title="Cariste")]
    there.homes = [vacancy(landlord), vacancy(landlord, commune="59343")]
    there.employer = a_stand(event, organisation=there.organisations["employer"], offers=tuple(there.offers))
    there.table = a_stand(event, kind="housing", organisation=landlord, vacancies=tuple(there.homes), tables=2)
    for number in range(10):
        person = a_registration(
            event, scheme=there, state="confirmed" if number < 8 else "declined", invited_at=ON,
            present_at=ON if number < 7 else None, channel="sms" if number % 2 else "email",
        )
        a_wish(person, there.employer, score=70, offer=there.offers[0])
        if number < 8:
            interview = a_meeting(person, there.employer, number, offer=there.offers[0])
            if number < 7:
                hired = number < 6
                EmployerOutcome.objects.create(
                    meeting=interview, decision="hire" if hired else "no", reason_code="" if hired else "HOURS", at=ON
                )
        if number < 3:
            talk = a_meeting(person, there.table, number + 2, vacancy=there.homes[number == 2])
            HousingOutcome.objects.create(
                meeting=talk, at=ON, **({"decision": "visit", "visit_on": event.on} if number < 2 else
                                        {"decision": "refused", "refusal_codes": ["NO_TRANSPORT"]}),
            )
        if number < 7:
            Feedback.objects.create(registration=person, face=3 if number else 1, at=ON)
    return there


def test_the_funnel_counts_people_of_the_invited_and_of_the_present(made):
    found = counts_of(made.event).funnel

    assert {step.code: step.count for step in found.steps} == {
        "invited": 10, "confirmed": 8, "present": 7, "interviewed": 7, "favourable": 6, "hired": 6, "talked": 3,
        "proposed": 2, "visit": 2, "leased": 0, "both": 0,
    }
    assert found.step("present").of_invited.percent == 70.0


def test_absences_are_counted_by_channel_among_those_who_had_confirmed(made):
    assert counts_of(made.event).absent == {"email": (0, 4), "sms": (1, 4)}


def test_empty_places_are_those_never_given_and_those_missed(made):
    uses = {use.label: use for use in counts_of(made.event).by_stand}

    assert (uses["1. Entrepôts du Nord"].places, uses["1. Entrepôts du Nord"].held) == (14, 7)
    assert (uses["1. Entrepôts du Nord"].missed, uses["1. Entrepôts du Nord"].empty) == (1, 7)
    assert uses["2. Bailleur d'essai"].places == 28


def test_an_offer_that_fitted_nobody_says_the_best_there_was(made):
    assert [(one.offer.title, one.wishes, one.best) for one in counts_of(made.event).unfitted] == [("Cariste", 0, None)]


def test_a_home_that_nobody_wanted_says_why(made):
    found = counts_of(made.event).unwanted

    assert [(one.vacancy, one.talks, dict(one.reasons)) for one in found] == [
        (made.homes[1], 1, {"NO_TRANSPORT": 1}),
    ]


def test_waiting_is_measured_from_the_arrival(made):
    waits = counts_of(made.event).waits

    # Arrived at 8 h 50; first meetings at 9 h 00, 9 h 12 … 10 h 12.
    assert (waits.people, waits.to_first, waits.longest) == (7, 46, 82)


def step_texts(made, name):
    actor = made.actor(name)
    shown = event_review.review_of(actor, made.event).funnel
    return {step.code: step.text for step in shown.steps}


def test_the_employment_partner_counts_interviews_and_not_what_came_of_homes(made):
    shown = step_texts(made, "EMPP")

    assert (shown["hired"], shown["visit"], shown["proposed"]) == ("6", "masqué", "masqué")


def test_the_landlord_counts_visits_and_no_hire_that_would_point_at_somebody(made):
    shown = step_texts(made, "LM")

    # Six of seven hired: the one who was not would be known.
    assert (shown["visit"], shown["hired"], shown["favourable"]) == ("2", "masqué", "masqué")


def test_who_follows_nobody_reads_no_small_number(made):
    shown = step_texts(made, "DPO")

    assert {code: text for code, text in shown.items() if text.isdigit() and 0 < int(text) < 5} == {}
    # Ten invited: neither eight (all but two) nor seven (all but three).
    assert (shown["invited"], shown["confirmed"], shown["present"]) == ("10", "masqué", "masqué")
    parts = event_review.review_of(made.actor("DPO"), made.event).parts
    assert {"stands", "hours"} & {part.code for part in parts} == set()


def cells(made, name, code):
    part = next(one for one in event_review.review_of(made.actor(name), made.event).parts if one.code == code)
    return part.rows


def test_refusals_of_one_home_are_read_by_its_landlord_alone(made):
    reason = "pas de transport en commun"
    assert cells(made, "LA", "homes")[0][2] == f"{reason} (1)"
    assert cells(made, "EMPP", "homes")[0][1:] == ("masqué", "autres raisons (masqué)")


def test_an_unhappy_face_among_seven_is_masked_for_everybody(made):
    for name in ("LM", "LA", "EMPP", "DEP"):
        assert dict(cells(made, name, "faces")) == {"Content·e": "masqué", "Moyen": "0", "Mécontent·e": "masqué"}


def test_it_is_compared_with_the_event_before(made):
    an_event(made, on=datetime(2026, 9, 1).date(), state="reviewed", title="Édition de septembre")

    part = next(one for one in event_review.review_of(made.actor("LM"), made.event).parts if one.code == "compared")

    assert part.title == "Comparé au 01/09/2026"
    assert part.rows[1][:2] == ("Présents", "7 sur 10, soit 70,0\u202f%")


def test_the_files_say_what_the_page_says(made):
    found = event_review.review_of(made.actor("LM"), made.event)

    assert event_review_files.pdf(found, ON)[:5] == b"%PDF-"
    assert event_review_files.workbook(found)[:2] == b"PK"
    document = event_review_files.document_of(found, ON)
    assert [part["title"] for part in document["parts"]] == [part.title for part in found.parts]


def test_an_event_without_anybody_has_a_review_too(made):
    empty = an_event(made, state="ended", on=datetime(2026, 11, 1).date())

    found = event_review.review_of(made.actor("LM"), empty)

    assert found.chart is None
    assert event_review_files.pdf(found, ON)[:5] == b"%PDF-"


def test_reading_takes_as_many_queries_whatever_the_people(made):
    def queries():
        with CaptureQueriesContext(connection) as found:
            counts_of(made.event)
        return len(found)

    before = queries()
    for slot in (9, 10, 11):
        a_meeting(a_registration(made.event, scheme=made, present_at=ON), made.employer, slot)
    assert queries() == before


def test_a_review_is_settled_when_outcomes_are_there_or_anyway(made):
    from untoit.core.errors import Refused

    late = a_registration(made.event, scheme=made, present_at=ON)
    a_meeting(late, made.employer, 12)

    with pytest.raises(Refused, match="suite notée"):
        review.settle(event_id=made.event.pk, anyway=False, by=made.actor("LM"), at=ON)
    made.event.refresh_from_db()
    assert made.event.state == "ended"

    review.settle(event_id=made.event.pk, anyway=True, by=made.actor("LM"), at=ON)
    made.event.refresh_from_db()
    assert made.event.state == "reviewed"


def test_an_offer_with_a_wish_of_somebody_absent_did_not_fit_anybody_present(made):
    a_wish(a_registration(made.event, scheme=made), made.employer, score=90, offer=made.offers[1])

    found = counts_of(made.event).unfitted

    assert [(one.offer.title, one.wishes, one.best) for one in found] == [("Cariste", 1, 90)]
    assert StandOffer.objects.count() == 2
