"""The letters: what the law asks to say, said in plain French, one page each."""

import pytest
from tests.factories.followup import TODAY, a_proposal
from tests.factories.records import NOW, linked_household, scheme

from untoit.records.followup.housing import letters
from untoit.records.followup.models import Letter
from untoit.reporting import housing_letters

pytestmark = pytest.mark.django_db
_STATES = {
    "offer": "notified", "condition": "allocated_conditional", "not_allocated": "not_allocated",
    "warning": "rejected_inadmissible", "silence": "refused_silence",
}


def a_letter(kind, **changes):
    of = scheme()
    who = linked_household(of, is_fictitious=True)
    who.persons.update(address="3 allée de l'Essai, 59000 Lille")
    row = a_proposal(of, state=_STATES[kind], household=who, **changes)
    return Letter.objects.create(
        household=who, proposal=row, organisation=row.organisation, kind=kind, written_on=TODAY, created_at=NOW,
        facts=letters.facts_of(row, kind, TODAY),
    )


def words(content):
    return " ".join([
        *content["before"], *content["reasons"], *content["box"], *content["after"],
        *(one for _, one in content["home"]),
    ]).replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ")


def test_an_offer_says_the_day_the_ten_days_and_what_silence_does():
    said = words(housing_letters.content(a_letter("offer")))

    assert "jeudi 26 novembre 2026, jusqu'à minuit" in said.replace("’", "'")
    assert "dix jours au moins" in said and "R441-10" in said and "considérée comme refusée" in said
    assert "Refuser n'annule pas votre demande" in said.replace("’", "'")
    assert "380,00 € + 60,00 € = 440,00 € par mois" in said


def test_a_condition_names_the_document_and_its_day():
    said = words(housing_letters.content(a_letter("condition")))

    assert "avis d'imposition" in said.replace("’", "'") and "lundi 30 novembre 2026" in said


def test_a_non_allocation_gives_its_reasons_and_the_application_stays_active():
    content = housing_letters.content(a_letter("not_allocated"))

    assert content["reasons"] == ["Logement trop petit"]
    assert "reste active" in words(content) and "L441-2-2" in words(content)


def test_a_warning_says_why_when_and_that_a_person_decides():
    content = housing_letters.content(a_letter("warning", stated="Vos revenus dépassent les plafonds."))

    assert content["reasons"][-1] == "Vos revenus dépassent les plafonds."
    assert "mercredi 23 décembre 2026" in words(content) and "une personne décide" in words(content)


def test_silence_can_be_mended():
    assert "l'offre peut être rouverte" in words(housing_letters.content(a_letter("silence"))).replace("’", "'")


@pytest.mark.parametrize("kind", sorted(_STATES))
def test_each_letter_is_one_accessible_page_and_prints_again_the_same(kind):
    letter = a_letter(kind)

    first = housing_letters.pdf(letter)

    assert first == housing_letters.pdf(letter)
    assert first.startswith(b"%PDF") and first.count(b"/Type /Page\n") + first.count(b"/Type/Page/") <= 1
    assert housing_letters.content(letter)["to_check"] is True
