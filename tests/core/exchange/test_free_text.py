"""What job offers say in words."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from untoit.core.exchange import free_text


@pytest.mark.parametrize(("text", "schedule"), [
    ("horaires 5h-13h", "lu-ve 05:00-13:00"),
    ("Vous travaillez en 2x8 5h-13h / 13h-21h.", "lu-ve 05:00-13:00 / lu-ve 13:00-21:00"),
    ("de 8h à 12h et de 14h à 18h", "lu-ve 08:00-12:00; lu-ve 14:00-18:00"),
    ("Du lundi au samedi de 9 h 00 à 17 h 30", "lu-sa 09:00-17:30"),
    ("équipes 5h/13h - 13h/21h", "lu-ve 05:00-13:00 / lu-ve 13:00-21:00"),
    ("05:00-13:00 ou 13:00-21:00 une semaine sur deux", "lu-ve 05:00-13:00 / lu-ve 13:00-21:00"),
    ("8h00-12h00/13h30-17h00 du lundi au vendredi", "lu-ve 08:00-12:00; lu-ve 13:30-17:00"),
    ("horaires : 6h – 9h et 17h – 20h, pas le dimanche", "lu-ve 06:00-09:00; lu-ve 17:00-20:00"),
    ("poste de nuit 21h-5h du dimanche au jeudi", "lu-je di 21:00-05:00"),
    ("de 17 à 20 heures", "lu-ve 17:00-20:00"),
    ("Travail en 3x8", "lu-ve 05:00-13:00 / lu-ve 13:00-21:00 / lu-ve 21:00-05:00"),
    ("35H/semaine Travail en 2*8", "lu-ve 05:00-13:00 / lu-ve 13:00-21:00"),
    ("Travail de nuit", "lu-ve 21:00-05:00"),
    ("35H/semaine Travail samedi et dimanche", "lu-di 09:00-17:00"),
    ("Uniquement le week-end, 10h-18h", "sa-di 10:00-18:00"),
    ("ouvert 7 jours sur 7, vous travaillez de 9h à 16h", "lu-di 09:00-16:00"),
    ("Contrat de 35h. Horaires : 5h-13h", "lu-ve 05:00-13:00"),
    ("20h-24h du mardi au vendredi", "ma-ve 20:00-00:00"),
])
def test_schedule_is_read_in_words(text, schedule):
    assert str(free_text.schedule(text).schedule) == schedule


@pytest.mark.parametrize("text", [
    "", "Vous serez chargé(e) de la vente H/F", "Magasin ouvert de 9h à 20h", "contrat de 20h à 24h par semaine",
    "35H Horaires normaux", "prise de poste à 4h30", "3 heures à 5 heures de conduite", "contactez-nous de 9h à 17h",
    "amplitude horaire 7h-19h", "1 à 2h de pause", "de 30h à 35h/semaine", "du 01/12 au 24/12", "10-12h par jour",
])
def test_schedule_is_not_invented(text):
    assert free_text.schedule(text) is None


def test_schedule_keeps_the_words_that_it_read():
    found = free_text.schedule("Horaires : 5h-13h, du lundi au samedi.")

    assert found.words == "5h-13h, lundi au samedi"


@pytest.mark.parametrize(("text", "hours", "monthly"), [
    ("Mensuel de 1900.00 Euros à 2100.00 Euros sur 12 mois", 35, "1900"),
    ("Mensuel de 1 867,02 Euros", 35, "1867.02"),
    ("Horaire de 12.31 Euros", 35, "1867.02"),
    ("Horaire de 12,31 Euros à 13 Euros", 24, "1280.24"),
    ("Annuel de 24000,00 Euros sur 12.0 mois", 35, "2000"),
    ("Annuel de 26 000,00 Euros à 30 000 Euros sur 13 mois", 35, "2000"),
])
def test_wage_is_a_gross_month_at_the_low_bound(text, hours, monthly):
    assert free_text.wage(text).monthly_eur(Decimal(hours)) == Decimal(monthly)


@pytest.mark.parametrize("text", ["", "% SMIC", "selon profil", "Mensuel de Euros", "Annuel de 1.2.3 Euros"])
def test_wage_that_is_no_figure_is_unknown(text):
    assert free_text.wage(text) is None


@pytest.mark.parametrize("text", ["Mensuel de 12.02 Euros", "Horaire de 1867 Euros", "Annuel de 2000 Euros"])
def test_wage_whose_figure_belies_its_period_is_unknown(text):
    assert free_text.wage(text).monthly_eur(Decimal(35)) is None


@pytest.mark.parametrize(("text", "hours"), [
    ("35H Horaires normaux", "35"), ("24H30", "24.5"), ("35H00/semaine\nTravail le samedi", "35"),
    ("100H/mois", "23.1"), ("Temps plein", None), ("200H", None), ("", None),
])
def test_weekly_hours_are_read_from_the_label(text, hours):
    assert free_text.weekly_hours(text) == (None if hours is None else Decimal(hours))


@pytest.mark.parametrize(("text", "months"), [
    ("CDD - 6 Mois", "6"), ("Mission intérimaire - 15 Jour(s)", "0.5"), ("Contrat à durée déterminée - 2 An(s)", "24"),
    ("CDD - 3 Semaine(s)", "0.7"), ("CDI", None),
])
def test_duration_is_read_in_months(text, months):
    assert free_text.duration_months(text) == (None if months is None else Decimal(months))


@pytest.mark.parametrize(("text", "years"), [
    ("1 an - Débutant accepté domaine similaire", "1"), ("6 mois - dans la vente", "0.5"), ("3 An(s)", "3"),
    ("Expérience exigée", None),
])
def test_experience_is_read_in_years(text, years):
    assert free_text.experience_years(text) == (None if years is None else Decimal(years))


@settings(deadline=None)
@given(st.text(alphabet="0123456789hH:-/à ,.;lundisamedxou€Euros", max_size=200))
def test_no_words_make_the_readers_fail(text):
    free_text.wage(text)
    free_text.weekly_hours(text)
    free_text.duration_months(text)
    found = free_text.schedule(text)

    assert found is None or (found.words and found.schedule.days)
