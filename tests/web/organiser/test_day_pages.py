"""The reception, the devices and the sheets, as the organiser and the tablet open them."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import scheme

from untoit.records.events import devices, links
from untoit.records.events.models import Device, DeviceAct, EmployerOutcome, Feedback, HousingOutcome, Registration
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def world():
    made = scheme()
    made.event = an_event(made, on=timezone.localdate(), starts_min=0, slots=60, slot_min=20, change_min=4)
    made.stand = a_stand(made.event, organisation=made.organisations["employer"])
    made.table = a_stand(made.event, kind="housing", organisation=made.organisations["landlord"])
    made.people = [a_registration(made.event, scheme=made) for _ in range(3)]
    made.interview = a_meeting(made.people[0], made.stand, 1)
    made.talk = a_meeting(made.people[0], made.table, 3)
    published(made.event)
    made.event.state = "open"
    made.event.save()
    return made


def signed_in(world, name):
    client = Client()
    client.force_login(world.user(name), backend=BACKEND)
    return client


def url(world, name, *more):
    return reverse(f"organiser:{name}", args=[world.event.pk, *more])


def paired(world, kind="desk", stand=None):
    """Return a browser that holds the cookie of a device."""
    page = signed_in(world, "EMPP")
    page.post(url(world, "devices"), {"kind": kind, "stand": str(stand.pk) if stand else "", "name": ""})
    shown = page.get(url(world, "devices")).context["pairing"]
    tablet = Client()
    answer = tablet.post(reverse("tablet:pair"), json.dumps({
        "code": shown["code"], "pin": devices.pin_of(world.event),
    }), content_type="application/json")
    assert answer.status_code == 200
    return tablet, answer


@pytest.mark.parametrize(("role", "status"), [
    ("LA", 200), ("EMPP", 200), ("LM", 200), ("DEP", 200), ("LM_other", 404), ("EMPL", 404), ("PART", 404),
    ("FUND", 404), ("ADM", 404),
])
def test_who_opens_the_reception(world, role, status):
    assert signed_in(world, role).get(url(world, "attendance")).status_code == status


@pytest.mark.parametrize(("role", "status"), [("LA", 200), ("EMPP", 200), ("LM", 404), ("DEP", 404), ("EMPL", 404)])
def test_who_opens_the_devices_and_the_sheets(world, role, status):
    client = signed_in(world, role)

    assert client.get(url(world, "devices")).status_code == status
    assert client.get(url(world, "outcomes")).status_code == status


def test_checking_in_and_taking_it_back(world):
    client, person = signed_in(world, "EMPP"), world.people[0]

    client.post(url(world, "attendance_act", person.pk, "present"))
    assert Registration.objects.get(pk=person.pk).present_at is not None
    client.post(url(world, "attendance_undo", DeviceAct.objects.get().pk))

    assert Registration.objects.get(pk=person.pk).present_at is None


def test_a_manager_reads_the_reception_and_changes_nothing(world):
    client, person = signed_in(world, "LM"), world.people[0]

    assert client.post(url(world, "attendance_act", person.pk, "present")).status_code == 404
    assert b"attendance_act" not in client.get(url(world, "attendance")).content


def test_the_cost_of_the_reception_does_not_grow_with_the_people(world, django_assert_max_num_queries):
    for _ in range(20):
        a_registration(world.event, scheme=world)
    client = signed_in(world, "EMPP")
    client.get(url(world, "attendance"))

    with django_assert_max_num_queries(30):
        client.get(url(world, "attendance"))


def test_a_tablet_is_paired_and_its_cookie_goes_nowhere_else(world):
    tablet, answer = paired(world)
    cookie = answer.cookies["tablette"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/tablette/", True, "Strict")
    assert tablet.get(reverse("tablet:data")).json()["kind"] == "desk"
    assert Client().get(reverse("tablet:data")).status_code == 404
    assert tablet.get(url(world, "attendance")).status_code == 302


def test_an_unchanged_snapshot_is_not_sent_again_and_each_one_sent_is_a_read(world):
    tablet, _ = paired(world)
    tag = tablet.get(reverse("tablet:data"))["ETag"]

    assert tablet.get(reverse("tablet:data"), headers={"If-None-Match": tag}).status_code == 304
    assert ReadLog.objects.get(role="TAB").count == 3


def test_acts_need_the_token_of_the_form_as_any_other(world):
    tablet, _ = paired(world)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = tablet.cookies

    assert strict.post(reverse("tablet:acts"), "{}", content_type="application/json").status_code == 403


def test_a_removed_tablet_is_told_to_forget(world):
    tablet, _ = paired(world)
    device = Device.objects.get()
    signed_in(world, "LA").post(url(world, "device_revoke", device.pk))

    assert tablet.get(reverse("tablet:data")).status_code == 410
    assert tablet.post(
        reverse("tablet:acts"), json.dumps({"acts": [{"kind": "x"}]}), content_type="application/json"
    ).json()["applied"][0]["status"] == "refused"


def test_the_shell_says_nothing_of_anybody(world):
    tablet, _ = paired(world)

    for name in ("tablet:app", "tablet:sw"):
        text = tablet.get(reverse(name)).content.decode()
        for person in world.people:
            assert person.badge not in text
        assert "toit" not in text.lower()
    assert "camera=(self)" in tablet.get(reverse("tablet:app"))["Permissions-Policy"]


def test_the_landlord_notes_housing_and_the_employment_partner_interviews(world):
    landlord, partner = signed_in(world, "LA"), signed_in(world, "EMPP")

    assert landlord.get(url(world, "outcome", world.interview.pk)).status_code == 404
    assert partner.get(url(world, "outcome", world.talk.pk)).status_code == 404
    assert landlord.get(url(world, "outcome", world.talk.pk)).status_code == 200
    landlord.post(url(world, "outcome", world.talk.pk), {"decision": "refused", "refusal_codes": ["LOCATION"]})
    partner.post(url(world, "outcome", world.interview.pk), {"decision": "pool"})

    assert HousingOutcome.objects.get().refusal_codes == ["LOCATION"]
    assert EmployerOutcome.objects.get().decision == "pool"


def test_two_people_on_one_sheet_the_second_is_told(world):
    client = signed_in(world, "LA")
    client.post(url(world, "outcome", world.talk.pk), {"decision": "interested"})
    client.post(url(world, "outcome", world.talk.pk), {"decision": "later", "revision": 1})

    answer = client.post(url(world, "outcome", world.talk.pk), {"decision": "interested", "revision": 1})

    assert answer.status_code == 409
    assert HousingOutcome.objects.get().decision == "later"


def test_the_opinion_by_link(world):
    token = links.token_of(world.people[0])
    page = reverse("tablet:opinion", args=[token])

    assert Client().get(page).status_code == 200
    assert Client().post(page, {"face": ""}).status_code == 422
    assert Client().post(page, {"face": "3", "language": "uk"}).status_code == 302
    assert (Feedback.objects.get().face, Feedback.objects.get().language) == (3, "uk")
    assert Client().get(reverse("tablet:opinion", args=["x" * 17])).status_code == 404
