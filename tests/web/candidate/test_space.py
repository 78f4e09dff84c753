"""A candidate's own space: own data only, agreements in one tap, who read, corrections."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories.records import household, link, linked_household, person, scheme

from untoit.records.applicants.models import Household, Person, Purpose, RightsRequest
from untoit.records.partners.models import User

pytestmark = pytest.mark.django_db


def candidate(made, one):
    """Return a client signed in as job seeker 1 of the household."""
    user = User.objects.create_user("camille@exemple.invalid", full_name="Camille Essai")
    one.persons.filter(number=1).update(account=user)
    one.links.update(expires_on=timezone.localdate() + timedelta(days=100))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def signed_in(made, name):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer):
    return answer.content.decode()


def test_the_page_shows_what_was_declared_and_who_follows():
    made = scheme()
    one = linked_household(made)
    page = text_of(candidate(made, one).get(reverse("candidate:home")))

    for words in ("Bonjour Camille", "573,49", "Membre DEP vous suit", "Membre EMPP vous suit", one.application_number):
        assert words in page


def test_only_the_candidate_has_this_space():
    made = scheme()
    linked_household(made)

    for name in ("LA", "LM", "DEP", "EMPP", "EMPL", "DPO", "ADM"):
        client = signed_in(made, name)
        for page in ("home", "readings", "contact", "copy_json", "copy_pdf"):
            assert client.get(reverse(f"candidate:{page}")).status_code == 404, (name, page)
    assert Client().get(reverse("candidate:home")).status_code == 302


def test_one_adult_does_not_read_the_lines_of_the_other():
    made = scheme()
    one = linked_household(made)
    person(one, number=2, first_name="Dominique", phone="0699999999", address="Adresse cachée")

    client = candidate(made, one)

    for page in ("home", "copy_json"):
        shown = text_of(client.get(reverse(f"candidate:{page}")))
        assert "0699999999" not in shown and "Adresse cachée" not in shown and "Dominique" not in shown


def test_contact_and_wishes_are_corrected():
    made = scheme()
    one = linked_household(made)
    client = candidate(made, one)

    client.post(reverse("candidate:contact"), {"revision": 1, "phone": "06 00 00 00 01", "last_name": "Autre"})
    client.post(reverse("candidate:work_wishes"), {
        "revision": 2, "occupations": "N1103", "modes": ["velo"], "max_commute_min": "30",
    })
    client.post(reverse("candidate:home_wishes"), {
        "revision": 1, "wished_communes": "Lille, Lesquin", "accepts_other_communes": "oui", "wished_rooms": ["2"],
        "application_number": "X",
    })

    me, home = Person.objects.get(household=one), Household.objects.get(pk=one.pk)
    assert (me.phone, me.last_name, me.modes, me.max_commute_min) == ("06 00 00 00 01", "Essai", ["velo"], 30)
    assert (home.wished_communes, home.wished_rooms) == (["59350", "59343"], [2])
    assert home.application_number == one.application_number


def test_an_agreement_is_taken_back_in_one_tap_and_closes_at_the_next_request():
    made = scheme()
    one = linked_household(made)
    client, coach = candidate(made, one), signed_in(made, "EMPP")
    page = reverse("adviser:candidate", args=(one.pk,))
    before = coach.get(page).status_code

    said = client.post(reverse("candidate:consent_withdraw", args=("employment",)), follow=True)

    assert "1 organisation ne voit plus votre dossier" in text_of(said)
    assert (before, coach.get(page).status_code) == (200, 404)
    client.post(reverse("candidate:consent_give", args=("employment",)))
    assert one.consents.filter(purpose=Purpose.EMPLOYMENT, withdrawn_at__isnull=True).get().how == "online"


def test_every_link_can_be_closed_by_the_person():
    made = scheme()
    one = linked_household(made)
    client = candidate(made, one)
    landlords = one.links.get(organisation=made.organisations["landlord"])
    url = reverse("candidate:link_close", args=(landlords.pk,))

    asked = client.get(url)
    client.post(url)

    assert "ne verra plus votre dossier" in text_of(asked)
    assert signed_in(made, "LA").get(reverse("adviser:candidate", args=(one.pk,))).status_code == 404


def test_who_read_is_told_by_organisation_role_and_day_without_a_name():
    made = scheme()
    one = linked_household(made)
    client = candidate(made, one)
    for _ in range(3):
        signed_in(made, "LA").get(reverse("adviser:candidate", args=(one.pk,)))

    page = text_of(client.get(reverse("candidate:readings")))

    assert page.count("Bailleur d&#x27;essai") == 2  # the file and the resources, once a day each
    assert "Membre LA" not in page and "vos ressources" in page


def test_erasure_is_asked_and_taken_back():
    made = scheme()
    one = linked_household(made)
    client = candidate(made, one)

    client.post(reverse("candidate:ask_erasure"))
    client.post(reverse("candidate:ask_erasure"))
    asked = RightsRequest.objects.get(household=one)
    client.post(reverse("candidate:take_back_request", args=(asked.pk,)))

    asked.refresh_from_db()
    assert asked.decision == "Demande retirée"


def test_what_belongs_to_another_household_is_not_reached():
    made = scheme()
    one, other = linked_household(made), household()
    theirs = link(other, made.organisations["landlord"], Purpose.HOUSING)
    client = candidate(made, one)

    assert client.post(reverse("candidate:link_close", args=(theirs.pk,))).status_code == 404
    assert client.post(reverse("candidate:consent_give", args=("nothing",))).status_code == 404


def test_the_page_costs_at_most_fifteen_queries_whatever_it_tells(django_assert_max_num_queries):
    made = scheme()
    one = linked_household(made)
    client = candidate(made, one)
    client.get(reverse("candidate:home"))  # the first page of a session writes it
    with django_assert_max_num_queries(15) as first:
        client.get(reverse("candidate:home"))
    person(one, number=2, first_name="Sacha")
    link(one, made.organisations["partner"], Purpose.HOUSING)
    client.post(reverse("candidate:ask_erasure"))
    client.get(reverse("candidate:home"))

    with django_assert_max_num_queries(15) as second:
        assert "Association logement accompagné" in text_of(client.get(reverse("candidate:home")))
    assert len(first) == len(second)
