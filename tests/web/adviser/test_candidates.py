"""The list and the page of a candidate over HTTP: who reads what, at what cost, and what is logged."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories.records import consent, household, link, linked_household, person, scheme

from untoit.records.applicants.models import Assignment, Household, Person, Purpose
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db
PROFESSIONALS = ("LA", "LM", "DEP", "EMPP", "PART")


def today():
    return timezone.localdate()


def shared_with_all(made, **changes):
    one = linked_household(made, **changes)
    link(one, made.organisations["partner"], Purpose.HOUSING)
    one.links.update(expires_on=today() + timedelta(days=150))
    Assignment.objects.filter(link__household=one).update(since=today() - timedelta(days=10))
    return one


def client_of(made, name):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(made.members[name].pk)
    session.save()
    return client


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", PROFESSIONALS)
def test_the_list_and_the_page_answer_who_is_linked(role):
    made = scheme()
    one = shared_with_all(made)
    client = client_of(made, role)

    rows, page = client.get(reverse("adviser:candidates")), client.get(reverse("adviser:candidate", args=(one.pk,)))

    assert rows.status_code == page.status_code == 200
    assert "Camille Essai" in text_of(rows) and "Camille Essai" in text_of(page)
    assert ReadLog.objects.filter(subject_id=one.pk, role=role[:4], resource="identity").exists()
    assert ReadLog.objects.filter(subject_id=one.pk, resource="income").exists() == (role != "EMPP")


@pytest.mark.parametrize("role", ["DEP2", "EMPP2", "LM_other", "EMPL", "FUND", "ADM", "DPO"])
def test_nobody_else_learns_that_it_exists(role):
    made = scheme()
    one = shared_with_all(made)
    client = client_of(made, role)
    known, unknown = (client.get(reverse("adviser:candidate", args=(pk,))) for pk in (one.pk, made.user("LM").pk))

    assert known.status_code == unknown.status_code == 404
    assert known.content == unknown.content


@pytest.mark.parametrize("role", ["LA", "LM", "PART", "EMPP"])
def test_rsa_is_said_to_nobody_but_the_departement(role):
    made = scheme()
    one = shared_with_all(made)

    for name in ("candidate", "candidate_history"):
        assert "RSA" not in text_of(client_of(made, role).get(reverse(f"adviser:{name}", args=(one.pk,))))
    assert "RSA" in text_of(client_of(made, "DEP").get(reverse("adviser:candidate", args=(one.pk,))))


def test_the_landlords_form_of_resources_has_no_line_for_rsa():
    made = scheme()
    one = shared_with_all(made)
    url = reverse("adviser:candidate_resources", args=(one.pk,))
    page = text_of(client_of(made, "LA").get(url))

    assert "RSA" not in page and "rsa" not in page and "573,49" in page
    assert client_of(made, "DEP").get(url).status_code == 404


@pytest.mark.parametrize("role", PROFESSIONALS)
def test_a_list_costs_the_same_for_one_row_and_for_fifty(role, django_assert_max_num_queries):
    made = scheme()
    shared_with_all(made)
    client, url = client_of(made, role), reverse("adviser:candidates")
    client.get(url)
    with django_assert_max_num_queries(15) as first:
        client.get(url)
    for number in range(60):
        one = shared_with_all(made)
        one.persons.update(last_name=f"Nom{number:02d}")
    with django_assert_max_num_queries(15) as second:
        page = client.get(url)

    assert len(first) == len(second)
    assert "61" in text_of(page) and "Page suivante" in text_of(page)


@pytest.mark.parametrize("role", PROFESSIONALS)
def test_a_page_costs_at_most_25_queries_whatever_it_holds(role, django_assert_max_num_queries):
    made = scheme()
    one = shared_with_all(made)
    client, url = client_of(made, role), reverse("adviser:candidate", args=(one.pk,))
    client.get(url)
    with django_assert_max_num_queries(30) as first:
        client.get(url)
    for number in (2, 3):
        person(one, number=number)
    consent(one, Purpose.EMPLOYER_CARD)
    with django_assert_max_num_queries(30) as second:
        client.get(url)

    assert len(first) == len(second)


def test_filters_keep_what_they_say():
    made = scheme()
    mine, expiring, silent = (shared_with_all(made) for _ in range(3))
    for one, name in ((mine, "Amine"), (expiring, "Basile"), (silent, "Chloe")):
        one.persons.update(last_name=name)
    expiring.links.update(expires_on=today() + timedelta(days=5))
    silent.consents.filter(purpose=Purpose.MATCHING).update(withdrawn_at=timezone.now())
    Household.objects.filter(pk=mine.pk).update(evidenced_grounds=["k"], grounds=["k"])

    def names(role, query):
        page = text_of(client_of(made, role).get(reverse("adviser:candidates") + query))
        return {name for name in ("Amine", "Basile", "Chloe") if name in page}

    assert names("LA", "?expire=on") == {"Basile"}
    assert names("LA", "?accord=on") == {"Chloe"}
    assert names("LA", "?priorite=on") == {"Amine"}
    # A filter that the role is not offered filters nothing: it would tell more than the page.
    assert names("DEP", "?priorite=on") == {"Amine", "Basile", "Chloe"}
    assert names("DEP", "?suivi=on") == {"Amine", "Basile", "Chloe"}
    assert names("DEP_head", "?suivi=on") == set()


def test_the_manager_reads_contacts_once_a_reason_is_given():
    made = scheme()
    one = shared_with_all(made)
    one.persons.update(phone="0612345678")
    client = client_of(made, "LM")
    page = client.get(reverse("adviser:candidate", args=(one.pk,)))
    url = reverse("adviser:candidate_contact", args=(one.pk,))
    without, given = client.post(url, {"reason": ""}), client.post(url, {"reason": "Commission du 24 novembre"})

    assert "0612345678" not in text_of(page) + text_of(without) and without.status_code == 422
    assert "0612345678" in text_of(given)
    assert ReadLog.objects.filter(subject_id=one.pk, reason="Commission du 24 novembre").exists()


def test_two_people_on_one_form_the_second_keeps_what_was_typed_and_chooses():
    made = scheme()
    one = shared_with_all(made)
    url = reverse("adviser:candidate_composition", args=(one.pk,))
    typed = {"revision": 1, "adult_ages": "34", "child_ages": "4", "current_commune": "Lille"}
    client_of(made, "DEP").post(url, typed)
    late = client_of(made, "LA")
    refused = late.post(url, {**typed, "child_ages": "9"})
    accepted = late.post(url, {**typed, "child_ages": "9", "revision": 2})

    assert refused.status_code == 409
    assert "Département d&#x27;essai" in text_of(refused) and 'value="9"' in text_of(refused)
    assert 'name="revision" value="2"' in text_of(refused)
    assert accepted.status_code == 302 and Household.objects.get(pk=one.pk).child_ages == [9]


def test_a_form_says_what_is_wrong_and_keeps_the_rest():
    made = scheme()
    one = shared_with_all(made)
    person_id = one.persons.get().pk
    url = reverse("adviser:candidate_pathway", args=(one.pk, person_id))

    answer = client_of(made, "EMPP").post(url, {
        "revision": 1, "occupations": "N1103\nmangeur de soupe", "max_commute_min": "45", "modes": ["tc"],
        "back_no_later_min": "18 h 30", "hours_min": "35", "hours_max": "20",
    })

    assert answer.status_code == 422
    assert "mangeur de soupe" in text_of(answer) and "n’est pas" not in text_of(answer)
    assert "Le maximum doit être" in text_of(answer) and "18 h 30" in text_of(answer)


def test_a_pathway_is_saved_as_it_is_read_back():
    made = scheme()
    one = shared_with_all(made)
    who = one.persons.get()
    url = reverse("adviser:candidate_pathway", args=(one.pk, who.pk))
    values = {
        "revision": 1, "occupations": "N1103", "experience": "N1103 : 2,5", "skills": "CACES3, SST", "licences": "b",
        "modes": ["tc", "marche"], "max_commute_min": "45", "back_no_later_min": "18 h 30", "workable_days": ["0", "1"],
        "hours_min": "20", "hours_max": "35", "contracts": ["CDI"], "french_level": "B1", "available_on": "2026-12-01",
    }

    answer = client_of(made, "EMPP").post(url, values)

    who.refresh_from_db()
    assert answer.status_code == 302
    assert (who.occupations, who.experience, who.skills) == (["N1103"], {"N1103": "2.5"}, ["CACES3", "SST"])
    assert (who.licences, who.back_no_later_min, who.workable_days) == (["B"], 1110, [0, 1])
    assert (who.contracts, who.available_on, who.revision) == (["CDI"], date(2026, 12, 1), 2)


def test_a_file_is_created_on_screen():
    made = scheme()

    answer = client_of(made, "LA").post(reverse("adviser:new_candidate"), {
        "first_name": "Nour", "last_name": "Essai", "applied_on": "2026-01-05", "adult_ages": "30",
        "tax_income": "9 000",
    })

    one = Person.objects.get(first_name="Nour").household
    assert answer.url == reverse("adviser:candidate", args=(one.pk,))
    assert one.finances == {"tax_income_n2_eur_year": "9000"}


def test_sharing_consent_and_handover_over_http():
    made = scheme()
    one = shared_with_all(made)
    landlord, coach = client_of(made, "LA"), client_of(made, "EMPP")
    page = reverse("adviser:candidate", args=(one.pk,))
    own = one.links.get(organisation=made.organisations["employment"])

    asked = landlord.get(reverse("adviser:consent_withdraw", args=(one.pk, "housing")))
    assert "Association logement accompagné est fermé tout de suite" in text_of(asked)
    landlord.post(reverse("adviser:consent_withdraw", args=(one.pk, "housing")))
    assert client_of(made, "PART").get(page).status_code == 404
    assert landlord.get(page).status_code == 200

    passed = coach.post(reverse("adviser:link_follow", args=(one.pk, own.pk)), {
        "colleague": str(made.members["EMPP2"].pk), "both_until": (today() + timedelta(days=7)).isoformat(),
    })
    assert passed.status_code == 302 and client_of(made, "EMPP2").get(page).status_code == 200

    coach.post(reverse("adviser:link_close", args=(one.pk, own.pk)))
    assert coach.get(page).status_code == client_of(made, "EMPP2").get(page).status_code == 404


def test_evidence_is_added_withdrawn_and_put_back():
    made = scheme()
    one = shared_with_all(made)
    client = client_of(made, "LA")
    client.post(reverse("adviser:candidate_evidence", args=(one.pk,)), {
        "ground": "k", "document": "Attestation d'hébergement", "dated_on": "2026-01-05",
    })
    document = one.evidence.get()

    withdrawn = client.post(reverse("adviser:evidence_withdraw", args=(one.pk, document.pk)), follow=True)
    assert "Annuler cette action" in text_of(withdrawn)
    client.post(reverse("adviser:evidence_restore", args=(one.pk, document.pk)))

    assert Household.objects.get(pk=one.pk).evidenced_grounds == ["k"]


def test_no_link_of_another_household_is_touched_through_a_url():
    made = scheme()
    mine, other = shared_with_all(made), household()
    theirs = link(other, made.organisations["landlord_other"], Purpose.HOUSING)

    answer = client_of(made, "LA").post(reverse("adviser:link_close", args=(mine.pk, theirs.pk)))

    assert answer.status_code == 404


def test_a_candidate_is_not_let_into_the_pages_of_professionals():
    made = scheme()
    one = shared_with_all(made)
    user = made.user("FUND")
    made.members["FUND"].delete()
    one.persons.update(account=user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    for url in (reverse("adviser:candidates"), reverse("adviser:candidate", args=(one.pk,)),
                reverse("adviser:candidate_composition", args=(one.pk,)), reverse("adviser:candidate_exports")):
        assert client.get(url).status_code == 404
