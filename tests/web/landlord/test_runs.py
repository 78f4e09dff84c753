"""Runs on screen: launched, followed, reviewed, released, compared; each page by whoever may open it."""

import io
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories.runs import demo_files

from untoit.records.pairings import downloads

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory):
    return demo_files(tmp_path_factory.mktemp("demo") / "donnees", households=40, dwellings=25, offers=30)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("installation")


@pytest.fixture
def place(db, demo_folder, data_dir, settings, monkeypatch):
    from tests.factories.pairings import town
    from tests.factories.records import NOW

    settings.DATA_DIR = data_dir
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return town(demo_folder)


@pytest.fixture
def made(place):
    from tests.factories.pairings import computed

    return computed(place)


def browser(place, name):
    """Return a browser in which this member has signed in."""
    client = Client()
    client.force_login(place.scheme.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(place.scheme.members[name].pk)
    session.save()
    return client


def form_of(place, **changes):
    values = {
        "title": "Essai", "on": "2026-11-24", "mode": "plan", "candidates": "all", "feeds": [str(place.feed.pk)],
        "run_id": "6f1c1f9e-8f5e-4a53-9c55-0d9bb1f1c001",
    }
    return {**values, **changes}


def test_a_run_is_previewed_then_launched_once(place):
    from untoit.records.pairings.models import Run

    client = browser(place, "LM")

    seen = client.post(reverse("landlord:new_run"), form_of(place, preview="1"))
    assert seen.status_code == 200
    assert "Ce calcul porterait sur" in seen.content.decode()
    assert not Run.objects.exists()

    sent = [client.post(reverse("landlord:new_run"), form_of(place, launch="1")) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [302, 302]
    assert sent[0].url == sent[1].url
    waiting = client.get(sent[0].url).content.decode()
    assert "Où en est le calcul" in waiting
    assert reverse("landlord:run_progress", args=[Run.objects.get().pk]) in waiting


def test_a_form_without_timetable_says_so_and_keeps_what_was_typed(place):
    answer = browser(place, "LM").post(reverse("landlord:new_run"), form_of(place, feeds=[], launch="1"))

    assert answer.status_code == 422
    assert "Choisissez au moins un fichier d’horaires" in answer.content.decode()
    assert 'value="Essai"' in answer.content.decode()


def test_every_part_of_the_result_opens_within_fifteen_queries(place, made, django_assert_max_num_queries):
    client = browser(place, "LM")
    client.get(reverse("landlord:run", args=[made.pk]))

    for part in ("tandems", "attente", "carte", "etapes", "origine", "inconnu"):
        with django_assert_max_num_queries(15):
            answer = client.get(reverse("landlord:run", args=[made.pk]), {"onglet": part})
        assert answer.status_code == 200, part
        assert "style=" not in answer.content.decode(), part


def test_the_list_of_tandems_costs_the_same_for_one_row_and_for_all(place, made):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser(place, "LM")
    address = reverse("landlord:run", args=[made.pk])
    client.get(address)
    counts = []
    for search in ({}, {"q": made.tandems.order_by("number")[0].household.application_number}):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, search).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


def numbers_shown(answer):
    return [int(one) for one in re.findall(r'<tr id="tandem-(\d+)">', answer.content.decode())]


def test_the_tandems_are_sorted_by_their_longest_way_and_found_by_name_number_home_or_job(place, made):
    client, address = browser(place, "LM"), reverse("landlord:run", args=[made.pk])
    tandems = list(made.tandems.order_by("number"))
    longest = {one.number: max(job.outward_min for job in one.jobs.all()) for one in tandems}
    first = tandems[0]
    offer, person = first.jobs.first().offer, first.household.persons.first()

    for sort, sign in (("way", 1), ("-way", -1)):
        shown = numbers_shown(client.get(address, {"tri": sort}))
        assert sorted(shown) == sorted(longest)
        assert [longest[number] for number in shown] == sorted(longest.values(), reverse=sign < 0)
    for words in (
        person.last_name, person.first_name, first.household.application_number, first.vacancy.reference, offer.title,
        offer.employer, f"{person.last_name} {offer.title.split()[0]} {first.vacancy.reference}",
    ):
        assert first.number in numbers_shown(client.get(address, {"q": words})), words
    assert numbers_shown(client.get(address, {"q": first.vacancy.reference})) == [
        one.number for one in tandems if one.vacancy_id == first.vacancy_id
    ]
    assert numbers_shown(client.get(address, {"q": f"{first.household.application_number} zzzz"})) == []


def test_files_and_the_map_come_down_for_the_project_lead_only(place, made):
    figures = reverse("landlord:run_file", args=[made.pk, "bilan.json"])
    named = [reverse("landlord:run_file", args=[made.pk, name]) for name in ("tandems.csv", "rapport.html")]

    assert [browser(place, who).get(figures).status_code for who in ("LM", "LA")] == [200, 404]
    assert [browser(place, "LM").get(one).status_code for one in named] == [404, 404]
    picture = browser(place, "LA").get(reverse("landlord:run_map", args=[made.pk]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/svg+xml")
    numbers = made.tandems.values_list("household__application_number", flat=True)
    assert not any(number in picture.content.decode() for number in numbers)


def test_files_that_name_people_leave_by_two_people_once_and_say_who_took_them(place, made):
    from untoit.records.applicants.models import ExportRequest

    page = reverse("adviser:candidate_exports") + f"?calcul={made.pk}"
    browser(place, "LM").post(page, {"reason": "Commission du 24 novembre"})
    asked = ExportRequest.objects.get()
    address = reverse("adviser:export_file", args=[asked.pk])

    early = browser(place, "LM").post(address)
    browser(place, "LM2").post(reverse("adviser:export_approve", args=[asked.pk]))
    taken = browser(place, "LM").post(address)
    again = browser(place, "LM").post(address)

    assert (early.status_code, taken.status_code, again.status_code) == (302, 200, 409)
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files["tandems.csv"] == downloads.tandems_csv(made)
    assert set(files) == {"tandems.csv", "non_places.csv", "certificat.json", "rapport.html", "LISEZ-MOI.txt"}
    assert "Commission du 24 novembre" in files["LISEZ-MOI.txt"].decode()
    assert browser(place, "LM_other").get(page).status_code == 404


def test_review_in_one_click_with_undo_and_a_conflict_told(place, made):
    from untoit.records.pairings.models import Review

    tandem = made.tandems.order_by("number")[0]
    client = browser(place, "LM")
    address = reverse("landlord:review_tandem", args=[tandem.pk])

    kept = client.post(address, {"action": "accept", "revision": 1}, follow=True)
    late = browser(place, "DEP").post(
        address, {"action": "set_aside", "revision": 1, "reason_code": "home"}, follow=True
    )

    tandem.refresh_from_db()
    assert "retenu" in kept.content.decode()
    assert late.status_code == 409
    assert "Membre LM" in late.content.decode()
    assert tandem.review == Review.ACCEPTED
    client.post(reverse("landlord:undo_review", args=[tandem.pk, tandem.revision]))
    tandem.refresh_from_db()
    assert tandem.review == Review.TO_REVIEW


def test_setting_aside_takes_a_reason_of_the_list_and_no_word_about_health(place, made):
    tandem = made.tandems.order_by("number")[0]
    client = browser(place, "EMPP")
    address = reverse("landlord:review_tandem", args=[tandem.pk])

    without = client.post(address, {"action": "set_aside", "revision": 1})
    health = client.post(
        address, {"action": "set_aside", "revision": 1, "reason_code": "job", "comment": "Madame est malade"}
    )

    assert without.status_code == 422
    assert health.status_code == 409
    assert "malade" in health.content.decode()
    tandem.refresh_from_db()
    assert tandem.revision == 1


def test_partners_review_without_reading_what_is_not_theirs(place, made):
    tandem = made.tandems.order_by("number")[0]
    page = browser(place, "DEP").get(reverse("landlord:review_tandem", args=[tandem.pk])).content.decode()

    assert tandem.household.application_number not in page


def test_from_review_to_release_retraction_and_end(place, made):
    client = browser(place, "LM")
    address = reverse("landlord:run", args=[made.pk])

    def act(action):
        made.refresh_from_db()
        return client.post(
            reverse("landlord:run_act", args=[made.pk, action]), {"revision": made.revision}, follow=True
        ).content.decode()

    assert "à relire" in act("finish_review")
    for tandem in made.tandems.all():
        client.post(reverse("landlord:review_tandem", args=[tandem.pk]), {"action": "accept", "revision": 1})
    act("finish_review")
    assert "Aucune fiche n’a changé" in client.get(reverse("landlord:run_changes", args=[made.pk])).content.decode()
    assert "est diffusé" in act("release")
    made.refresh_from_db()
    taken = client.post(
        reverse("landlord:run_retract", args=[made.pk]), {"revision": made.revision, "reason": "Erreur de date"}
    )
    assert taken.url == address
    act("release")
    act("close")
    made.refresh_from_db()
    assert made.state == "closed"


def test_solving_again_from_the_screen_and_comparing(place, made):
    from tests.factories.records import NOW

    from untoit.records.pairings import computing
    from untoit.records.pairings.models import Run

    client = browser(place, "LM")
    tandem = made.tandems.order_by("number")[0]
    client.post(
        reverse("landlord:review_tandem", args=[tandem.pk]),
        {"action": "forbid", "revision": 1, "reason_code": "home", "forbids": "home"},
    )
    page = client.get(reverse("landlord:run_again", args=[made.pk]))
    assert tandem.vacancy.reference in page.content.decode()
    made.refresh_from_db()
    sent = client.post(reverse("landlord:run_again", args=[made.pk]), {"revision": made.revision})
    child = Run.objects.get(parent=made)
    computing.compute(child.pk, None, lambda: NOW)

    assert sent.url == reverse("landlord:run", args=[child.pk])
    compared = client.get(reverse("landlord:run_compare", args=[made.pk, child.pk]))
    assert compared.status_code == 200
    assert "Choix imposés" in compared.content.decode()
    lifted = client.get(reverse("landlord:run_again", args=[child.pk])).content.decode()
    assert f"Logement {tandem.vacancy.reference} interdit" in lifted


def test_runs_do_not_exist_for_anybody_else(place, made):
    addresses = [
        reverse("landlord:run", args=[made.pk]), reverse("landlord:run_map", args=[made.pk]),
        reverse("landlord:run_file", args=[made.pk, "bilan.json"]),
        reverse("landlord:run_compare", args=[made.pk, made.pk]),
    ]

    for name in ("LM_other", "DEP", "EMPP", "EMPL", "FUND", "PART", "ADM", "DPO"):
        client = browser(place, name)
        assert [client.get(one).status_code for one in addresses] == [404] * 4, name


def test_the_adviser_reads_and_cannot_act(place, made):
    client = browser(place, "LA")

    page = client.get(reverse("landlord:run", args=[made.pk]))
    acts = [
        client.post(reverse("landlord:run_act", args=[made.pk, "finish_review"]), {"revision": made.revision}),
        client.get(reverse("landlord:run_again", args=[made.pk])), client.get(reverse("landlord:new_run")),
    ]

    assert page.status_code == 200
    assert [answer.status_code for answer in acts] == [404] * 3
