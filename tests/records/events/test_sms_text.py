"""Every SMS is one GSM segment and says nothing of housing, whatever the names."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from untoit.records.events import sms_text
from untoit.records.events.letters import Said, words
from untoit.records.events.models import NoticeKind

ON = date(2027, 9, 29)  # mercredi, the longest name of a day
UNTIL = datetime(2027, 9, 22, 8, 30, tzinfo=UTC)
LONGEST_NAME = "Marie-Françoise Élisabeth-Charlotte"
LONGEST_PLACE = "Centre international des congrès et des expositions de la Métropole européenne de Lille, hall nord"
LONGEST_EVENT = "Les grandes rencontres de l'emploi, de la formation et de l'avenir en Flandre intérieure « 2027 »"
FORBIDDEN = re.compile(r"toit|logement|loyer|bail\b|bailleur|rsa\b|caf\b|hlm|foyer|revenu", re.IGNORECASE)


def said(first_name="Camille", event="Rencontres emploi de Lille", place="Salle Courmont", comes=True):
    return Said(first_name, event, place, "1 place de l'Essai", "Métro Gambetta", "03 20 00 00 01", ON, 570, comes)


def text(kind, of, what="Stand 12 à 10h20 au lieu de 10h05"):
    return words(kind, of, until=UNTIL, what=what).sms


@pytest.mark.parametrize("comes", [True, False])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_the_longest_names_fit_one_segment(kind, comes):
    made = text(kind, said(LONGEST_NAME, LONGEST_EVENT, LONGEST_PLACE, comes))

    assert sms_text.segments(made) == 1
    assert made.endswith("STOP au 36111")
    assert kind == NoticeKind.CANCELLED or "{link}" in made


@given(
    first_name=st.text(max_size=80), event=st.text(max_size=120), place=st.text(max_size=160),
    kind=st.sampled_from(list(NoticeKind)), what=st.text(max_size=200),
)
def test_any_name_fits_one_segment_of_the_gsm_alphabet(first_name, event, place, kind, what):
    made = text(kind, said(first_name, event, place), what)

    assert sms_text.segments(made) == 1
    assert sms_text.gsm(made) == made


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_a_name_that_speaks_of_housing_is_left_out(kind):
    whole = words(
        kind, said(event="Un toit, un emploi", place="Maison du logement, CAF de Lille"), until=UNTIL,
        what="Table logement 4 à 10h20",
    )

    assert FORBIDDEN.search(whole.sms + whole.subject + whole.body) is None


def test_french_is_kept_where_the_alphabet_has_it_and_near_where_it_has_not():
    assert sms_text.gsm("é è à ù É ê â ô î ç œ « x » l’an – 12 €…") == "é è à ù É e a o i c oe \" x \" l'an - 12 €..."
    assert sms_text.septets("€") == 2


def test_a_name_in_another_alphabet_is_not_greeted_with_nothing():
    assert text(NoticeKind.INVITATION, said("Олена")).startswith("Rencontres emploi de Lille, mercredi 29/09")


def test_a_first_name_brings_no_address_of_its_own():
    made = text(NoticeKind.INVITATION, said("Eve http://mal.example/{link}"))

    assert "mal.example" not in made
    assert made.count("{link}") == 1


def test_what_somebody_else_composes_is_cut_to_a_segment_with_its_address():
    made = sms_text.one_segment("Votre rencontre passe de 10 h 20 à 10 h 40, stand 4. " * 6)

    assert sms_text.segments(made) == 1
    assert made.endswith("STOP au 36111")


def test_one_character_more_than_a_segment_is_two():
    assert [sms_text.segments("a" * length) for length in (160, 161, 306, 307)] == [1, 2, 2, 3]
