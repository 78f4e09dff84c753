"""Timetables and policies on screen."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.factories.runs import demo_files

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = demo_files(tmp_path_factory.mktemp("demo") / "donnees", households=5, dwellings=5, offers=5)
    return (folder / "reseau_demo.zip").read_bytes()


@pytest.fixture
def made(db, tmp_path, settings):
    from tests.factories.records import scheme

    settings.DATA_DIR = tmp_path
    return scheme()


def browser(made, name):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_timetable_is_received_checked_retired_and_put_back(made, archive, tmp_path):
    from untoit.records.pairings.models import Feed

    client = browser(made, "LM")
    address = reverse("landlord:feeds")

    received = client.post(
        address, {"archive": SimpleUploadedFile("ilevia.zip", archive), "name": "Ilévia d'essai"}, follow=True
    )
    again = client.post(address, {"archive": SimpleUploadedFile("ilevia.zip", archive)}, follow=True)

    feed = Feed.objects.get()
    assert received.status_code == again.status_code == 200
    assert (tmp_path / "horaires" / f"{feed.sha256}.zip").read_bytes() == archive
    assert [file.name for file in (tmp_path / "horaires").iterdir()] == [f"{feed.sha256}.zip"]
    retired = client.post(reverse("landlord:feed_act", args=[feed.pk, "retirer"]), follow=True).content.decode()
    assert reverse("landlord:feed_act", args=[feed.pk, "remettre"]) in retired
    client.post(reverse("landlord:feed_act", args=[feed.pk, "remettre"]))
    feed.refresh_from_db()
    assert feed.retired_at is None


@pytest.mark.parametrize("content", [b"numero_unique;date\n", b"PK\x03\x04 cut", b""])
def test_a_file_that_is_no_timetable_is_told_and_leaves_nothing(made, tmp_path, content):
    answer = browser(made, "LM").post(
        reverse("landlord:feeds"), {"archive": SimpleUploadedFile("horaires.zip", content)}
    )

    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not list((tmp_path / "horaires").glob("*")) if (tmp_path / "horaires").exists() else True


def test_the_adviser_reads_and_does_not_write(made, archive):
    client = browser(made, "LA")

    assert client.get(reverse("landlord:feeds")).status_code == 200
    sent = client.post(reverse("landlord:feeds"), {"archive": SimpleUploadedFile("x.zip", archive)})
    assert sent.status_code == 404
    assert client.get(reverse("landlord:new_policy")).status_code == 404
    assert browser(made, "DEP").get(reverse("landlord:feeds")).status_code == 404


def test_a_policy_gets_a_version_each_time_and_shows_what_changed(made):
    from untoit.records.pairings.models import Policy

    client = browser(made, "LM")
    page = client.get(reverse("landlord:new_policy"))
    values = {one.html_name: one.value() for one in page.context["form"] if one.value() is not None}

    first = client.post(reverse("landlord:new_policy"), {**values, "name": "Comité de novembre"})
    policy = Policy.objects.get()
    edited = client.post(
        reverse("landlord:edit_policy", args=[policy.pk]),
        {**values, "name": policy.name, "priority": "40", "after_version": 1, "matching-most_months_counted": "48"},
    )
    stale = client.post(
        reverse("landlord:edit_policy", args=[policy.pk]),
        {**values, "name": policy.name, "priority": "50", "after_version": 1},
    )

    assert (first.status_code, edited.status_code, stale.status_code) == (302, 302, 409)
    latest = Policy.objects.get(version=2)
    assert latest.settings == {"policy/matching.most_months_counted": "48"}
    listed = client.get(reverse("landlord:policies")).content.decode()
    assert "60\u00a0mois → 48\u00a0mois" in listed
    shown = client.get(reverse("landlord:policy", args=[latest.pk]), {"avec": str(policy.pk)}).content.decode()
    assert "30\u00a0%" in shown and "40\u00a0%" in shown


def test_a_value_out_of_bounds_is_told_beside_its_field(made):
    client = browser(made, "LM")
    page = client.get(reverse("landlord:new_policy"))
    values = {one.html_name: one.value() for one in page.context["form"] if one.value() is not None}

    answer = client.post(
        reverse("landlord:new_policy"), {**values, "name": "Trop", "matching-most_months_counted": "9999"}
    )

    assert answer.status_code == 422
    assert "240" in answer.content.decode()
