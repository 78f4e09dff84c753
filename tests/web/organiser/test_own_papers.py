"""What a person takes from her own page, and an employer from its own: never somebody else's."""

import pytest
from django.urls import reverse
from tests.factories.events import a_meeting, a_registration, a_stand, an_event, published
from tests.factories.records import scheme

from untoit.records.events import links
from untoit.records.partners.models import ReadLog, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    there = scheme()
    there.event = an_event(there, state="inviting")
    there.stand = a_stand(there.event, organisation=there.organisations["employer"])
    there.person = a_registration(there.event, scheme=there)
    a_meeting(there.person, there.stand, 1)
    return there


def test_the_link_of_a_message_gives_the_convocation_then_the_booklet(client, made):
    token = links.token_of(made.person)
    page = reverse("public:invitation", args=[token])
    before = client.get(page).content.decode()
    published(made.event)

    after = client.get(page).content.decode()

    assert ("Ma convocation (PDF)" in before, "Mon livret (PDF)" in after) == (True, True)
    for code in ("convocation", "livret"):
        answer = client.get(reverse("public:invitation_paper", args=[token, code]), {"gros": "1"})
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert client.get(reverse("public:invitation_paper", args=[token, "badges"])).status_code == 404


def test_a_token_that_opens_nothing_gives_no_paper(client, made):
    address = reverse("public:invitation_paper", args=["x" * 17, "livret"])

    assert client.get(address).status_code == 404


def test_somebody_who_declined_has_no_paper(client, made):
    token = links.token_of(made.person)
    made.person.state = "declined"
    made.person.save()

    assert client.get(reverse("public:invitation_paper", args=[token, "livret"])).status_code == 404


def test_a_person_takes_her_own_booklet_and_no_other(client, made):
    published(made.event)
    other = a_registration(made.event, scheme=made)
    account = User.objects.create_user("camille@essai.invalid")
    made.person.person.account = account
    made.person.person.save()
    client.force_login(account)

    mine = client.get(reverse("candidate:event_paper", args=[made.person.pk, "livret"]))
    theirs = client.get(reverse("candidate:event_paper", args=[other.pk, "livret"]))

    assert (mine.status_code, mine.content[:5], theirs.status_code) == (200, b"%PDF-", 404)


@pytest.mark.parametrize(("name", "status"), [("EMPL", 200), ("EMPL_other", 404), ("LM", 404), ("EMPP", 404)])
def test_an_employer_prints_the_sheet_of_its_stand(client, made, name, status):
    published(made.event)
    client.force_login(made.user(name))

    answer = client.get(reverse("employer:stand_sheet", args=[made.event.pk, made.stand.pk]))

    assert answer.status_code == status
    assert ReadLog.objects.filter(resource="candidate_card").count() == (status == 200)


def test_there_is_no_sheet_before_the_hours_are_told(client, made):
    client.force_login(made.user("EMPL"))

    assert client.get(reverse("employer:stand_sheet", args=[made.event.pk, made.stand.pk])).status_code == 404
