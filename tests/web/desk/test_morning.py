from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.factories.records import linked_household, offer, scheme, vacancy

from untoit.records.desk import services
from untoit.records.desk.models import DigestFrequency, Preference, Task, TaskKind
from untoit.records.partners.journal import note_act

pytestmark = pytest.mark.django_db


def entered(client, of, name):
    client.force_login(of.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def about(of, household, role="LA", organisation="landlord", **changes):
    return services.open_task(**{
        "kind": TaskKind.GROUND_WITHOUT_EVIDENCE, "organisation": of.organisations[organisation], "role": role,
        "subject_kind": "household", "subject_id": household.pk, "why": "Un justificatif manque.",
        "due_on": timezone.localdate() + timedelta(days=3), "at": timezone.now(), **changes,
    })


def test_the_page_says_what_waits_why_and_for_when(client):
    of = scheme()
    task = about(of, linked_household(of))

    page = entered(client, of, "LA").get(reverse("desk:morning")).content.decode()

    assert "Motif prioritaire à justifier" in page
    assert "Un justificatif manque." in page
    assert "Camille" in page
    assert reverse("desk:claim", args=[task.pk]) in page


def test_late_tasks_come_first(client):
    of = scheme()
    about(of, linked_household(of))
    about(of, linked_household(of), due_on=date(2026, 1, 5), why="Très en retard.")

    page = entered(client, of, "LA").get(reverse("desk:morning")).content.decode()

    assert page.index("Très en retard.") < page.index("Un justificatif manque.")


def test_nothing_to_do_says_what_will_come(client):
    of = scheme()

    page = entered(client, of, "LA").get(reverse("desk:morning")).content.decode()

    assert "Tout est à jour" in page


def test_a_name_that_the_reader_may_not_see_is_not_on_the_page(client):
    of = scheme()
    household = linked_household(of)
    task = about(of, household, role="DEP", organisation="department")

    page = entered(client, of, "DEP2").get(reverse("desk:morning")).content.decode()

    assert str(task.pk) in page
    assert "Camille" not in page
    assert str(household.pk) not in page


@pytest.mark.parametrize("url", ["claim", "release", "finish", "reopen", "undo_postpone"])
def test_a_task_of_others_answers_like_one_that_does_not_exist(client, url):
    of = scheme()
    task = about(of, linked_household(of))
    entered(client, of, "LM_other")

    other = client.post(reverse(f"desk:{url}", args=[task.pk]))
    absent = client.post(reverse(f"desk:{url}", args=[uuid4()]))

    assert (other.status_code, absent.status_code) == (404, 404)
    assert other.content == absent.content


def test_claim_done_and_undo_by_forms_alone(client):
    of = scheme()
    task = about(of, linked_household(of))
    entered(client, of, "LA")

    client.post(reverse("desk:claim", args=[task.pk]))
    client.post(reverse("desk:finish", args=[task.pk]))
    done = Task.objects.get()
    page = client.get(reverse("desk:morning")).content.decode()
    client.post(reverse("desk:reopen", args=[task.pk]))

    assert done.done_at is not None
    assert done.owner == of.members["LA"]
    assert reverse("desk:reopen", args=[task.pk]) in page
    assert Task.objects.get().done_at is None


def test_a_date_that_cannot_be_read_is_said(client):
    of = scheme()
    task = about(of, linked_household(of))

    page = entered(client, of, "LA").post(
        reverse("desk:postpone", args=[task.pk]), {"due_on": "demain"}, follow=True
    ).content.decode()

    assert "Cette date n" in page
    assert Task.objects.get().postponed_from is None


def test_the_page_costs_the_same_for_one_task_and_for_many(client, django_assert_max_num_queries):
    of = scheme()
    about(of, linked_household(of))
    entered(client, of, "LA").get(reverse("desk:morning"))
    with django_assert_max_num_queries(15) as one:
        client.get(reverse("desk:morning"))
    for _ in range(10):
        about(of, linked_household(of))
    with django_assert_max_num_queries(15) as many:
        client.get(reverse("desk:morning"))

    assert len(many) == len(one)


def test_news_are_the_acts_of_others_on_what_i_see(client):
    of = scheme()
    mine, theirs = linked_household(of), linked_household(of)
    theirs.links.all().delete()
    note_act(of.actor("DEP"), "consent.given", "household", mine.pk, at=timezone.now())
    note_act(of.actor("DEP"), "consent.withdrawn", "household", theirs.pk, at=timezone.now())
    note_act(of.actor("LA"), "link.opened", "household", mine.pk, at=timezone.now())

    page = entered(client, of, "LA").get(reverse("desk:changes")).content.decode()

    assert "Consentement recueilli" in page
    assert "Consentement retiré" not in page
    assert "Partage ouvert" not in page
    assert "Département d&#x27;essai" in page


@pytest.mark.parametrize(("name", "action", "told"), [
    ("DEP", "note.written", True), ("LA", "note.written", False), ("EMPP", "note.written", False),
    ("LA", "evidence.added", True), ("EMPP", "evidence.added", False), ("DEP", "evidence.added", False),
    ("EMPP", "household.changed", False), ("LA", "unheard.of", False),
])
def test_an_act_is_told_to_those_who_may_read_what_it_changed(client, name, action, told):
    of = scheme()
    household = linked_household(of)
    note_act(of.actor("DEP_head"), action, "household", household.pk, at=timezone.now())

    page = entered(client, of, name).get(reverse("desk:changes")).content.decode()

    assert ("Camille" in page) is told


def test_an_employer_reads_the_acts_on_its_offers_and_nothing_of_housing(client):
    of = scheme()
    job = offer(of.organisations["employer"])
    home = vacancy(of.organisations["landlord"])
    note_act(of.actor("EMPP"), "offer.changed", "offer", job.pk, at=timezone.now())
    note_act(of.actor("LM"), "vacancy.changed", "vacancy", home.pk, at=timezone.now())

    page = entered(client, of, "EMPL").get(reverse("desk:changes")).content.decode()

    assert "Offre modifiée" in page
    assert "un partenaire" in page
    assert "Logement" not in page


def test_search_finds_by_name_what_one_may_see_only(client):
    of = scheme()
    linked_household(of)

    seen = entered(client, of, "LA").get(reverse("desk:search"), {"q": "camille"}).content.decode()
    unseen = entered(client, of, "LM_other").get(reverse("desk:search"), {"q": "camille"}).content.decode()

    assert "Camille Essai" in seen
    assert "Camille Essai" not in unseen
    assert "Rien ne correspond" in unseen


def test_search_asks_for_two_letters(client):
    of = scheme()

    page = entered(client, of, "LA").get(reverse("desk:search"), {"q": "c"}).content.decode()

    assert "au moins deux lettres" in page


def test_the_digest_is_chosen_on_a_page(client):
    of = scheme()
    entered(client, of, "EMPL")

    refused = client.post(reverse("desk:notifications"), {"digest": "hourly"})
    client.post(reverse("desk:notifications"), {"digest": "weekly"})

    assert refused.status_code == 422
    assert Preference.objects.get().digest == DigestFrequency.WEEKLY
