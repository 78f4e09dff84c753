"""The tandem page over HTTP: who reads what, the review, the printed sheet, what is logged and what it costs."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.factories import reports
from tests.factories.people import dwelling
from tests.factories.records import household, link, linked_household, offer, person, scheme, vacancy

from untoit.records.applicants.models import Assignment, Purpose
from untoit.records.pairings import codec
from untoit.records.pairings.models import Policy, Run, RunState, Tandem, TandemJob
from untoit.records.partners.models import AuditEntry, ReadLog
from untoit.reporting.tandem_pages import tandem_page
from untoit.reporting.tandem_pdf import document_of

pytestmark = pytest.mark.django_db

ADDRESS, NUMBER, LEVER = "7 rue de la Canarie", "059CANARI", "LEVIERDELOGEMENT"
EXTRAS = {
    "near": {"L1": [{"name": "ARRETCANARI", "walk_min": 4, "lines": ["métro M1"], "departures": 90}]},
    "housing_rules": {"L1": [
        {"passed": True, "code": "revenus_sous_plafond", "effect": "exclut", "source": "CCH",
         "sentence": "REVENUCANARI sous le plafond.", "to_check": True},
    ]},
    "work_rules": {"1:O1": [
        {"passed": True, "code": "metier", "effect": "exclut", "source": "ROME", "sentence": "METIERCANARI souhaité.",
         "to_check": False},
    ]},
    "levers": [
        {"code": "commune_59009", "touches": "logement", "person": None, "opened": 3, "homes": 1, "jobs": 3,
         "best": 0.4, "today": 0.3, "sentence": LEVER},
        {"code": "metier_K2204", "touches": "metier", "person": None, "opened": 3, "homes": 1, "jobs": 3,
         "best": 0.4, "today": 0.3, "sentence": "LEVIERDEMETIER"},
    ],
}


def run_of(made, **changes):
    landlord = made.organisations["landlord"]
    policy, _ = Policy.objects.get_or_create(
        organisation=landlord, name="Essai", version=1, defaults={"priority_per_mille": 300}
    )
    values = {"organisation": landlord, "title": "Calcul d'essai", "state": RunState.COMPUTED, "on": date(2026, 11, 24),
              "policy": policy, "created_at": timezone.now()}
    return Run.objects.create(**{**values, **changes})


def tandem_of(made, run, one, number=1, **changes):
    home = vacancy(made.organisations["landlord"])
    row = reports.tandem(
        application_number=NUMBER,
        dwelling=dwelling(reference="L1", address=ADDRESS, position=reports.HOME_LILLE.position),
        reasons=(
            "18 minutes en transports à l'aller et 21 au retour aux heures du poste (60 acceptées)",
            "Métier souhaité, choix 1 : SOUHAITCANARI",
            "T2 à Lille, commune demandée en choix 1, public prioritaire avec justificatif",
            "Loyer supportable : taux d'effort estimé à 18,8 %, reste à vivre 43,33 € par jour et par UC",
        ),
        warnings=("REVENUCANARI sous le plafond.", "Le RSA déclaré est à vérifier.", "Salaire supposé : à confirmer."),
        **changes,
    )
    kept = Tandem.objects.create(
        run=run, household=one, vacancy=home, number=number, rank=number, probability=Decimal("0.5"),
        snapshot={"rows": [codec.dump_tandem(row)], "versions": {"logiciel": "0.1.0"}, "extras": EXTRAS},
    )
    TandemJob.objects.create(
        tandem=kept, person=one.persons.get(), offer=offer(made.organisations["employer"]), outward_min=18, back_min=21,
        snapshot=codec.dump_tandem(row),
    )
    return kept


def followed(made):
    one = linked_household(made)
    today = timezone.localdate()
    one.links.update(expires_on=today + timedelta(days=150))
    Assignment.objects.filter(link__household=one).update(since=today - timedelta(days=10))
    return one


def client_of(made, name):
    client = Client()
    client.force_login(made.user(name), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["membership"] = str(made.members[name].pk)
    session.save()
    return client


@pytest.fixture
def shown():
    made = scheme()
    return made, tandem_of(made, run_of(made), followed(made))


@pytest.mark.parametrize(("role", "seen", "hidden"), [
    ("DEP", (ADDRESS, "SOUHAITCANARI", "(60 acceptées)", "RSA", "REVENUCANARI", "METIERCANARI", "LEVIERDEMETIER", LEVER,
             "43,33"), (NUMBER,)),
    ("LM", (ADDRESS, "REVENUCANARI", "ARRETCANARI", LEVER, "43,33", "Autres ressources"),
     ("RSA", "SOUHAITCANARI", "60 acceptées", "METIERCANARI", "LEVIERDEMETIER")),
    ("LA", (ADDRESS, "43,33"), ("RSA", "SOUHAITCANARI", "LEVIERDEMETIER")),
    ("EMPP", ("Agent de nettoyage", "18 minutes", "SOUHAITCANARI", "METIERCANARI", "T2, Lille"),
     (ADDRESS, NUMBER, "RSA", "43,33", "REVENUCANARI", "ARRETCANARI", LEVER, "prioritaire", "318", "18,8")),
])
def test_the_page_shows_each_role_its_part_and_nothing_more(shown, role, seen, hidden):
    made, kept = shown

    page = client_of(made, role).get(reverse("adviser:tandem", args=[kept.pk]))

    text = page.content.decode()
    assert page.status_code == 200
    assert [word for word in seen if word not in text] == []
    assert [word for word in hidden if word in text] == []
    assert "Un T2 à Lille et un poste d’agent de nettoyage à 21\xa0minutes" in text


@pytest.mark.parametrize("role", ["DEP2", "EMPP2", "LM_other", "EMPL", "FUND", "PART", "ADM", "DPO"])
def test_nobody_else_learns_that_the_tandem_exists(shown, role):
    made, kept = shown
    client = client_of(made, role)

    names = ("tandem", "tandem_pdf", "tandem_photo")
    answers = [client.get(reverse(f"adviser:{name}", args=[kept.pk])) for name in names]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_reading_is_logged_with_the_income_for_those_who_see_it(shown):
    made, kept = shown

    client_of(made, "LA").get(reverse("adviser:tandem", args=[kept.pk]))
    client_of(made, "EMPP").get(reverse("adviser:tandem", args=[kept.pk]))

    read = set(ReadLog.objects.values_list("role", "resource"))
    assert read == {("LA", "tandem"), ("LA", "income"), ("EMPP", "tandem")}


@pytest.mark.parametrize(("role", "hidden"), [("EMPP", (ADDRESS, "43,33", "Taux d", "RSA")), ("LM", ("RSA",))])
def test_the_printed_sheet_is_an_accessible_pdf_with_the_same_limits(shown, role, hidden):
    made, kept = shown

    answer = client_of(made, role).get(reverse("adviser:tandem_pdf", args=[kept.pk]))

    printed = json.dumps(document_of(tandem_page(made.actor(role), kept.pk).sheet), ensure_ascii=False)
    assert answer["Content-Type"] == "application/pdf" and b"pdfuaid" in answer.content
    text = f"{printed} {answer.content.decode('latin-1')}"
    assert "Un T2 à Lille" in text
    assert [word for word in hidden if word in text] == []


def test_a_review_is_recorded_once_and_the_second_one_is_told(shown):
    made, kept = shown
    url, said = reverse("adviser:tandem_review", args=[kept.pk]), {"action": "accept", "revision": 1}

    first = client_of(made, "LA").post(url, said)
    second = client_of(made, "DEP").post(url, {**said, "action": "set_aside", "reason_code": "hours"})

    kept.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 409)
    assert kept.review == "accepted" and kept.revision == 2
    assert "pas été" in second.content.decode()
    assert AuditEntry.objects.filter(action="tandem.accept", subject_id=kept.pk).count() == 1


def test_the_person_sees_the_proposal_once_it_is_released_and_accepted(shown):
    made, kept = shown
    someone = kept.household.persons.get()
    someone.account = made.user("FUND")
    someone.save()
    made.members["FUND"].delete()
    client = Client()
    client.force_login(someone.account, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("candidate:tandem", args=[kept.pk])

    before = client.get(url)
    Run.objects.update(state=RunState.RELEASED, released_at=timezone.now(), released_by=made.user("LM"))
    Tandem.objects.update(review="accepted")
    after = client.get(url)

    assert (before.status_code, after.status_code) == (404, 200)
    text = after.content.decode()
    assert "Votre budget" in text and ADDRESS in text and "Part du loyer dans les ressources" in text
    assert not ReadLog.objects.exists()
    assert client.get(reverse("candidate:tandem_pdf", args=[kept.pk])).status_code == 200


def test_the_list_costs_the_same_for_one_row_and_for_thirty(shown):
    made, kept = shown
    client, url = client_of(made, "LM"), reverse("adviser:tandems")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(2, 31):
        other = household()
        person(other)
        link(other, made.organisations["landlord"], Purpose.HOUSING)
        tandem_of(made, kept.run, other, number)

    with CaptureQueriesContext(connection) as many:
        page = client.get(url)

    assert "30\xa0tandems" in page.content.decode()
    assert len(many) == len(one)


def test_the_list_filters_and_searches(shown):
    made, _ = shown
    client, url = client_of(made, "LM"), reverse("adviser:tandems")

    found = [
        "Camille" in client.get(url, query).content.decode()
        for query in ({"avis": "to_review"}, {"avis": "accepted"}, {"commune": "59350"}, {"q": "cam"}, {"q": "xyz"})
    ]

    assert found == [True, False, True, True, False]
