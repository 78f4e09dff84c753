"""Nominative lists: two people, once, marked; neither resources nor what the role does not see."""

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.factories.records import scheme
from tests.web.adviser.test_candidates import client_of, shared_with_all, text_of

from untoit.records.applicants.models import ExportRequest
from untoit.records.partners.models import ReadLog

pytestmark = pytest.mark.django_db


def taken(made, asker, approver, query=""):
    page = reverse("adviser:candidate_exports")
    client_of(made, asker).post(page + query, {"reason": "Comité de pilotage"})
    asked = ExportRequest.objects.get()
    client_of(made, approver).post(reverse("adviser:export_approve", args=(asked.pk,)))
    return client_of(made, asker).post(reverse("adviser:export_file", args=(asked.pk,)))


def cells(answer):
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_the_file_says_who_took_it_when_and_what_for():
    made = scheme()
    one = shared_with_all(made)
    one.persons.update(last_name="=1+1", phone="0612345678")

    answer = taken(made, "LM", "LM2")
    rows = cells(answer)

    assert "Exporté par Membre LM (Bailleur d'essai) le " in rows[0][0] and "Comité de pilotage" in rows[0][0]
    assert rows[3][0] == "Camille =1+1" and rows[3][1] == one.application_number
    written = " ".join(str(cell) for row in rows for cell in row)
    assert not any(words in written for words in ("RSA", "573", "0612345678"))
    assert ReadLog.objects.filter(subject_id=one.pk, resource="nominative_export").count() == 1


def test_an_employment_partner_takes_its_own_columns():
    made = scheme()
    one = shared_with_all(made)

    made.members["EMPP2"].is_org_admin = True
    made.members["EMPP2"].save()
    rows = cells(taken(made, "EMPP", "EMPP2"))

    assert "Numéro unique" not in rows[2] and "Téléphone" in rows[2]
    assert not any(one.application_number in str(cell) for row in rows for cell in row)


def test_the_filters_of_the_page_are_those_of_the_file():
    made = scheme()
    first, second = shared_with_all(made), shared_with_all(made)
    first.persons.update(last_name="Premier")
    second.persons.update(last_name="Second")

    rows = cells(taken(made, "LM", "LM2", "?q=premier"))

    assert [row[0] for row in rows[3:]] == ["Camille Premier"]


def test_the_file_is_given_once_and_to_nobody_else():
    made = scheme()
    shared_with_all(made)
    taken(made, "LM", "LM2")
    url = reverse("adviser:export_file", args=(ExportRequest.objects.get().pk,))

    assert client_of(made, "LM").post(url).status_code == 409
    assert client_of(made, "LM_other").post(url).status_code == 404
    assert client_of(made, "LA").post(url).status_code == 404


def test_nobody_approves_alone():
    made = scheme()
    shared_with_all(made)
    client = client_of(made, "LM")
    client.post(reverse("adviser:candidate_exports"), {"reason": "Comité de pilotage"})
    asked = ExportRequest.objects.get()

    page = client.post(reverse("adviser:export_approve", args=(asked.pk,)), follow=True)

    asked.refresh_from_db()
    assert asked.approved_at is None and "Une autre personne" in text_of(page)


def test_the_password_is_asked_again_in_production(settings):
    made = scheme()
    settings.PRODUCTION = True

    answer = client_of(made, "LM").get(reverse("adviser:candidate_exports"))

    assert answer.status_code == 302 and "reauthenticate" in answer.url
