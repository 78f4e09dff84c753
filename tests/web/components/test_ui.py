"""The tags of the design: what is written, and how it is linked for who does not see it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from untoit.core.exchange import parse_schedule
from untoit.web.components.map import MapData, MapLine, MapPoint
from untoit.web.components.week import WeekField, in_words, picture


class AnOffer(forms.Form):
    """A form with every kind of input."""

    title = forms.CharField(label="Intitulé", help_text="Ce que vous écririez sur une annonce.")
    hours = WeekField(label="Horaires")
    contract = forms.ChoiceField(label="Contrat", choices=[("CDI", "CDI"), ("CDD", "CDD")], widget=forms.RadioSelect)
    shortage = forms.BooleanField(label="Vous peinez à recruter", required=False)

    def clean(self):
        if self.data.get("shortage"):
            raise forms.ValidationError("Deux offres portent la même référence.")


def shown(source, **values):
    return Template(source).render(Context(values))


@pytest.mark.parametrize(("source", "expected"), [
    ("{% euros 1204 %}", "1\u202f204\u00a0€"),
    ("{% euros value %}", "–"),
    ("{% cents 120450 %}", "1\u202f204,50\u00a0€"),
    ("{% minutes 23.2 %}", "24\u00a0min"),
    ("{% minutes 65 %}", "1\u00a0h\u00a005"),
    ("{% minutes 120 %}", "2\u00a0h"),
    ("{{ 330|hour }}", "5\u00a0h\u00a030"),
    ("{% counted 0 'candidat' %}", "0\u00a0candidat"),
    ("{% counted 1204 'candidat' %}", "1\u202f204\u00a0candidats"),
    ("{% day value %}", "–"),
])
def test_a_value_is_written_in_french(source, expected):
    assert shown(source, value=None) == expected


def test_a_day_and_an_instant_keep_the_form_of_the_machine():
    assert shown("{% day at %}", at=date(2026, 11, 23)) == '<time datetime="2026-11-23">23/11/2026</time>'
    assert "23/11/2026 à\u00a010\u00a0h\u00a042" in shown("{% day at %}", at=datetime(2026, 11, 23, 9, 42, tzinfo=UTC))


def test_a_badge_escapes_what_it_says_and_refuses_an_unknown_kind():
    assert shown("{% badge text 'ok' %}", text="<b>") == '<span class="badge ok">&lt;b&gt;</span>'
    with pytest.raises(TemplateSyntaxError):
        shown("{% badge 'x' 'rouge' %}")


def test_an_icon_is_not_read_aloud():
    assert 'aria-hidden="true"' in shown("{% icon 'home' %}")


def test_an_input_is_linked_to_its_hint_and_its_error():
    html = shown("{% field form.title %}", form=AnOffer({"title": ""}))

    assert '<label for="id_title">' in html and "(obligatoire)" in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html and 'aria-invalid="true"' in html
    assert 'id="id_title_helptext"' in html and 'id="id_title_error"' in html


def test_choices_are_a_group_with_a_legend():
    html = shown("{% field form.contract %}", form=AnOffer())

    assert "<fieldset" in html and "<legend>Contrat" in html and "<label for=\"id_contract\">" not in html


def test_the_summary_links_each_problem_to_its_input():
    form = AnOffer({"title": "", "hours": "lundi matin", "shortage": "on"})
    html = shown("{% error_summary form %}", form=form)

    assert "4 points sont à corriger" in html and 'role="alert"' in html
    assert 'href="#id_title"' in html and 'href="#id_contract_groupe"' in html
    assert "Deux offres portent la même référence." in html
    assert shown("{% error_summary form %}", form=AnOffer()).strip() == ""


def test_progress_asks_again_only_while_there_is_something_to_ask():
    going = shown("{% progress 0.42 'Lecture' '/suite' %}")

    assert 'value="42"' in going and 'hx-get="/suite"' in going and "every 1s" in going
    assert "hx-get" not in shown("{% progress 1 'Terminé' %}")


def test_an_act_that_can_be_undone_offers_it():
    message = Message(constants.SUCCESS, "Offre retirée.", extra_tags="annuler /offres/1/remettre/")
    html = render_to_string("components/messages.html", {"messages": [message]})

    assert 'action="/offres/1/remettre/"' in html and "Annuler cette action" in html
    assert "<form" not in render_to_string("components/messages.html", {"messages": [Message(constants.INFO, "Bien.")]})


@pytest.mark.parametrize(("text", "words"), [
    ("lu-ve 05:00-13:00", "du lundi au vendredi, de 5 h à 13 h"),
    ("lu-ve 08:00-12:00; lu-ve 17:00-20:30", "du lundi au vendredi, de 8 h à 12 h et de 17 h à 20 h 30"),
    ("lu je 21:00-05:00", "le lundi et le jeudi, de 21 h à 5 h le lendemain"),
    ("lu-di 16:00-00:00", "tous les jours, de 16 h à minuit"),
    ("lu-ve 05:00-13:00 / lu-ve 13:00-21:00",
     "en alternance : du lundi au vendredi, de 5 h à 13 h ; ou du lundi au vendredi, de 13 h à 21 h"),
    ("lu-je 08:00-17:00; ve 08:00-12:00", "du lundi au jeudi, de 8 h à 17 h ; le vendredi, de 8 h à 12 h"),
])
def test_hours_are_said_in_words(text, words):
    said = in_words(parse_schedule(text)).replace("\u00a0", " ").replace("\u202f", " ")

    assert said == words


def test_a_night_goes_on_the_next_day_in_the_picture():
    drawn = str(picture(parse_schedule("di 21:00-05:00")))

    assert drawn.count("<rect") == 2 and 'aria-hidden="true"' in drawn and "style=" not in drawn


def test_hours_are_kept_as_the_files_write_them_and_told_when_they_cannot_be_read():
    form = AnOffer({"title": "x", "hours": "lu,ma 5h-13h", "contract": "CDI"})
    assert form.is_valid() and form.cleaned_data["hours"] == "lu-ma 05:00-13:00"

    wrong = AnOffer({"title": "x", "hours": "lu-ve 9-17", "contract": "CDI"})
    assert "ne se lit pas" in str(wrong.errors["hours"])


def test_a_map_says_in_words_what_it_shows_and_closes_no_script():
    data = MapData(
        points=(MapPoint(50.63, 3.05, "T2 à Lille </script>", "home"), MapPoint(50.58, 3.11, "Entrepôts", "job")),
        lines=(MapLine(((50.63, 3.05), (50.58, 3.11)), "Métro 1, 12 min", "metro"),),
    )
    html = shown("{% map data 'Le trajet' %}", data=data)

    assert data.in_words == ["Logement : T2 à Lille </script>", "Emploi : Entrepôts", "Métro 1, 12 min"]
    assert "Lille </script>" not in html and 'aria-label="Carte\u00a0: Le trajet"' in html
    assert {town["name"] for town in data.as_json()["towns"]} >= {"Lille", "Lesquin"}


def test_a_map_refuses_a_kind_that_it_cannot_draw():
    with pytest.raises(ValueError, match="boat"):
        MapData((), (MapLine(((50.0, 3.0),), "", "boat"),)).as_json()


def test_amounts_may_be_negative():
    assert shown("{% euros value %}", value=Decimal("-12")) == "−12\u00a0€"


def test_a_sentence_is_shown_with_the_spaces_of_french_and_markup_as_it_is():
    told = "C’est noté : « Lille » ; rien d'autre ?"

    assert shown("{{ told|french }}", told=told) == (
        "C’est noté\u00a0: «\u00a0Lille\u00a0»\u202f; rien d&#x27;autre\u202f?"
    )
    assert shown("{{ told|french }}", told=mark_safe('<a title="a : b">x</a>')) == '<a title="a : b">x</a>'
    assert shown("{{ told|french }}", told="<b>") == "&lt;b&gt;"
