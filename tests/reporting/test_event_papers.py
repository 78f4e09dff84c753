"""The papers of an event: what each of them says, and what may lie on a table without telling of homes."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import NOW, offer, scheme, vacancy

from untoit.records.events import boards
from untoit.records.events.boards import names_of
from untoit.records.events.models import Meeting
from untoit.records.stock.models import Photo
from untoit.reporting import event_hall, event_ics, event_papers, event_pdf
from untoit.reporting.event_rows import expected, rows_of

pytestmark = pytest.mark.django_db
TELLS = re.compile(r"toit|logement|\bloyer|\bbail|\brsa|\bcaf\b|\bhlm", re.IGNORECASE)


@pytest.fixture
def made():
    there = scheme()
    there.event = published(_event(there))
    return there


def _event(there):
    event = an_event(there, access_notes="Métro 1, arrêt République")
    job = offer(there.organisations["employer"], description="Préparer des commandes")
    home = vacancy(there.organisations["landlord"], address="9 rue du Canari", building_name="Les Canaris",
                   nearby="Boulangerie à 200 m")
    there.stands = [
        a_stand(event, organisation=there.organisations["employer"], offers=(job,)),
        a_stand(event, kind="housing", organisation=there.organisations["landlord"], name="Nos logements",
                vacancies=(home,)),
    ]
    there.home = home
    there.person = a_registration(event, scheme=there, travel_min=25, travel_note="Bus L5 jusqu'à République")
    a_meeting(there.person, there.stands[0], 1, offer=job)
    a_meeting(there.person, there.stands[1], 3, vacancy=home)
    return event


def rows(made, people=None):
    return rows_of(made.event, list(expected(made.event.registrations.all())) if people is None else people)


def test_the_booklet_says_when_where_with_whom_and_what_to_bring(made):
    said = event_papers.booklet(made.person, rows(made), name="Camille Essai")

    assert [(one["begins"].replace("\u00a0", " "), one["stand"], one["what"], one["name"]) for one in
            said["appointments"]] == [
        ("9 h 12", "1", "Entretien", "Entrepôts du Nord"),
        ("9 h 36", "2", "Échange sur le logement", "Point conseil (Nos logements)"),
    ]
    assert said["arrival"].replace("\u00a0", " ") == "9 h 12"
    assert said["travel"].replace("\u00a0", " ") == "Comptez environ 25 minutes de trajet. Bus L5 jusqu’à République"
    assert [job["title"] for job in said["jobs"]] == ["Préparateur de commandes"]
    assert dict(said["homes"][0]["facts"])["Commune"] == "Lille"
    assert "RIB" not in " ".join(label for label, _ in event_papers.TO_BRING)


def test_a_home_of_a_booklet_has_neither_address_nor_building(made):
    pdf = event_pdf.booklets(rows(made), names_of(made.actor("LA"), made.event, [made.person]))

    assert b"%PDF" in pdf[:10]
    told = repr(event_papers.booklet(made.person, rows(made), name=""))
    assert "Boulangerie" in told
    assert "Canari" not in told


def test_a_person_has_only_what_is_shown_to_that_person(made):
    other = a_registration(made.event, scheme=made)
    later = offer(made.organisations["employer_other"], title="Poste montré à une autre")
    a_meeting(other, a_stand(made.event, offers=(later,)), 5, offer=later)

    assert "Poste montré" not in repr(event_papers.booklet(made.person, rows(made), name=""))
    assert "Poste montré" in repr(event_papers.booklet(other, rows(made), name=""))


def test_what_lies_on_a_table_or_hangs_on_a_wall_does_not_tell_of_homes(made):
    all_rows, names = rows(made), names_of(made.actor("LM"), made.event, [made.person])
    employer_sheet = event_hall.stand_sheet(made.stands[0], all_rows, names)
    papers = [
        event_papers.event_facts(made.event, neutral=True), employer_sheet, event_hall.badges(all_rows, names),
        event_hall.signs(made.event, all_rows.stands), event_hall.attendance(all_rows, names),
        event_hall.fallback(all_rows, names)["people"],
    ]

    for paper in papers:
        said = re.sub(r"<svg.*?</svg>", "", repr(paper))
        assert TELLS.search(said) is None, said
    assert [sign["name"] for sign in event_hall.signs(made.event, all_rows.stands)["signs"]] == [
        "Entrepôts du Nord", "Point conseil",
    ]


def test_the_sheet_of_an_employer_is_made_of_its_cards_and_nothing_else(made):
    cards = boards.employer_cards(made.actor("EMPL"), made.event)

    sheet = event_hall.sheet_of_cards(made.stands[0], cards)

    assert [(line.name, line.about) for line in sheet.lines] == [("Camille Essai", "Préparateur de commandes")]
    assert TELLS.search(repr(sheet)) is None
    assert event_pdf.stand_sheet(made.stands[0], cards, at=NOW)[:4] == b"%PDF"


def test_somebody_followed_by_another_service_keeps_the_slot_without_a_name(made):
    stranger = a_registration(made.event, badge="K7F2")
    a_meeting(stranger, made.stands[0], 4)
    names = names_of(made.actor("LA"), made.event, [made.person, stranger])

    sheet = event_hall.stand_sheet(made.stands[0], rows(made), names)

    assert [(line.name, line.badge) for line in sheet.lines] == [("Camille E.", made.person.badge), ("", "K7F2")]


def test_the_code_of_a_badge_is_the_badge_and_nothing_else(made):
    drawn = event_hall.qr("K7F2")

    assert drawn.startswith("<svg")
    assert "K7F2" not in drawn


@pytest.mark.parametrize("large", [False, True])
def test_every_paper_is_an_accessible_pdf(made, large):
    photo = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(photo, "JPEG")
    Photo.objects.create(vacancy=made.home, caption="Le séjour", jpeg=photo.getvalue(), width=60, height=40)
    people = list(expected(made.event.registrations.all()))
    all_rows = rows_of(made.event, people, with_photos=True)
    names = names_of(made.actor("LM"), made.event, people)

    for pdf in (
        event_pdf.convocations(all_rows, names, large=large), event_pdf.booklets(all_rows, names, large=large),
        event_pdf.stand_sheets(all_rows, names, at=NOW), event_pdf.badges(all_rows, names),
        event_pdf.attendance(all_rows, names, at=NOW), event_pdf.fallback(all_rows, names, at=NOW),
        event_pdf.signs(made.event, all_rows.stands),
    ):
        assert pdf[:5] == b"%PDF-"
        assert b"/StructTreeRoot" in pdf or b"ObjStm" in pdf


def test_the_same_content_gives_the_same_file(made):
    names = names_of(made.actor("LM"), made.event, [made.person])

    assert event_pdf.booklets(rows(made), names) == event_pdf.booklets(rows(made), names)


def test_booklets_as_files_are_named_by_the_badge(made):
    pieces = event_pdf.booklet_files(rows(made), names_of(made.actor("LM"), made.event, [made.person]))

    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [f"livret-{made.person.badge}.pdf"]
        assert packed.read(packed.namelist()[0])[:5] == b"%PDF-"


def test_the_archive_of_booklets_begins_before_the_first_one_is_typeset(made):
    pieces = event_pdf.booklet_files(rows(made), names_of(made.actor("LM"), made.event, [made.person]))

    first = next(pieces)

    assert first[:4] == b"PK\x03\x04"
    assert b"%PDF-" not in first
    assert b"%PDF-" in next(pieces)


def test_the_same_booklets_give_the_same_archive(made):
    names = names_of(made.actor("LM"), made.event, [made.person])

    assert b"".join(event_pdf.booklet_files(rows(made), names)) == b"".join(event_pdf.booklet_files(rows(made), names))


def test_a_person_reads_no_timetable_before_it_is_told(made):
    made.event.published_version = 0
    made.event.save()
    made.person.refresh_from_db()

    assert event_pdf.booklet(made.person)[:5] == b"%PDF-"
    assert event_pdf._own(made.person).meetings == {made.person.pk: []}


def test_a_person_reads_the_hour_that_was_told_and_not_one_that_is_being_tried(made):
    Meeting.objects.filter(registration=made.person, slot=1).update(slot=9)
    a_meeting(made.person, a_stand(made.event), 11)

    rows_read = event_pdf._own(made.person)

    assert [one.slot for one in rows_read.meetings[made.person.pk]] == [1, 3]
    assert "DTSTART:20261208T081200Z" in unfolded(event_ics.calendar(made.person, at=NOW))


def test_reading_the_rows_takes_as_many_queries_for_one_as_for_three(made):
    def queries():
        with CaptureQueriesContext(connection) as found:
            rows(made)
        return len(found)

    before = queries()
    for slot in (5, 6):
        a_meeting(a_registration(made.event, scheme=made), made.stands[0], slot)
    assert queries() == before


def unfolded(calendar: bytes) -> list[str]:
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def test_the_calendar_spans_the_meetings_and_names_nothing(made):
    lines = unfolded(event_ics.calendar(made.person, at=NOW))

    assert "SUMMARY:Rencontres emploi de décembre" in lines
    # 9 h 12 to 9 h 46 in Paris, in winter.
    assert ("DTSTART:20261208T081200Z" in lines, "DTEND:20261208T084600Z" in lines) == (True, True)
    assert f"UID:{made.person.pk}@rencontres.invalid" in lines
    assert TELLS.search("\n".join(lines)) is None
    assert r"9 h 12 : stand 1\, Entrepôts du Nord\n9 h 36 : stand 2\, Point conseil" in "\n".join(lines)


def test_the_calendar_of_somebody_without_a_timetable_is_that_of_the_wave(made):
    made.event.published_version = 0
    made.event.save()
    Meeting.objects.all().delete()
    made.person.refresh_from_db()

    lines = unfolded(event_ics.calendar(made.person, at=NOW + timedelta(days=1)))

    assert ("DTSTART:20261208T080000Z" in lines, "DTEND:20261208T092400Z" in lines) == (True, True)


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=300))
@pytest.mark.django_db(transaction=False)
def test_a_folded_line_is_never_too_long_and_unfolds_to_itself(text):
    folded = event_ics.folded(text)

    assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == text
