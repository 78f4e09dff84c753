"""Scenario 25, export part: the copy that a candidate takes holds everything, each score with its reasons."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories.records import NOW, linked_household, offer, person, scheme, vacancy
from tests.factories.reports import tandem as tandem_row

from untoit.core.model.run import LeftOut
from untoit.records.applicants import evidence, requests
from untoit.records.applicants.models import Household
from untoit.records.pairings import codec
from untoit.records.pairings.models import Policy, Run, RunState, Tandem, TandemJob, Unplaced
from untoit.records.partners.models import User
from untoit.reporting import personal_data

REASONS = ("Trajet de 24 minutes, pour 60 acceptées.", "Le loyer laisse 14,20 € par jour.")


def proposed(made, one, *, state=RunState.RELEASED, probability="0.41", reasons=REASONS):
    landlord = made.organisations["landlord"]
    policy, _ = Policy.objects.get_or_create(organisation=landlord, name="Essai", version=1, priority_per_mille=300)
    run = Run.objects.create(
        organisation=landlord, title="Calcul", state=state, on=date(2026, 11, 24), policy=policy, created_at=NOW,
        released_by=made.user("LM"), released_at=NOW,
    )
    row = tandem_row(
        application_number=one.application_number, person=1, probability=Decimal(probability), reasons=reasons, rank=7,
    )
    kept = codec.dump_tandem(row)
    found = Tandem.objects.create(
        run=run, household=one, vacancy=vacancy(landlord), rank=7, number=7, probability=Decimal(probability),
        snapshot={"rows": [kept], "versions": {"untoit": "0.1.0"}},
    )
    TandemJob.objects.create(
        tandem=found, person=one.persons.first(), offer=offer(made.organisations["employer"]), outward_min=24,
        back_min=26, snapshot=kept,
    )
    return found


def signed_in(one):
    user = User.objects.create_user("camille@exemple.invalid", full_name="Camille Essai")
    one.persons.filter(number=1).update(account=user)
    one.links.update(expires_on=timezone.localdate() + timedelta(days=100))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def copies(client):
    machine, paper = (client.get(reverse(f"candidate:copy_{kind}")) for kind in ("json", "pdf"))
    assert machine.status_code == paper.status_code == 200
    return json.loads(machine.content), paper.content


@pytest.mark.django_db
def test_scenario_25_export_holds_every_score_with_its_reasons():
    made = scheme()
    one, other = linked_household(made), linked_household(made)
    proposed(made, one)
    proposed(made, other, probability="0.93", reasons=("Le score de quelqu'un d'autre.",))
    draft = proposed(made, one, state=RunState.COMPUTED, reasons=("Encore en relecture.",))
    evidence.add_evidence(household_id=one.pk, ground="k", document="Attestation", dated_on=date(2026, 11, 1),
                          valid_until=None, by=made.actor("LA"), at=NOW)
    requests.write_note(household_id=one.pk, text="Projet solide", by=made.actor("DEP"), at=NOW)

    data, paper = copies(signed_in(one))

    proposals = data["parties"]["propositions"]["lignes"]
    assert [row["Raisons"] for row in proposals] == [list(REASONS)]
    assert proposals[0]["Chances de réussir les deux"] == "41,0\u202f%"
    assert proposals[0]["Rang de votre proposition"] == 7
    whole = json.dumps(data, ensure_ascii=False)
    for words in ("Projet solide", "Attestation", "573,49", one.application_number, "Camille", "Bailleur d'essai"):
        assert words in whole
    assert "quelqu'un d'autre" not in whole and "Encore en relecture" not in whole and str(draft.pk) not in whole
    assert paper.startswith(b"%PDF") and len(paper) < 300_000


@pytest.mark.django_db
def test_scenario_25_export_says_why_nothing_was_proposed():
    made = scheme()
    one = linked_household(made)
    run = proposed(made, linked_household(made)).run
    left = LeftOut(one.application_number, "trajet", "Aucun emploi à moins de 60 minutes.", "15 minutes de plus", False)
    Unplaced.objects.create(run=run, household=one, stage="trajet", texts=codec.dump_left_out(left))

    data, _ = copies(signed_in(one))

    assert data["parties"]["recherches"]["lignes"][0]["Pourquoi aucune proposition"] == left.reason


@pytest.mark.django_db
def test_scenario_25_export_of_one_adult_says_nothing_of_the_other():
    made = scheme()
    one = linked_household(made, adult_ages=[34, 36])
    person(one, number=2, first_name="Dominique", phone="0699999999")
    requests.write_note(household_id=one.pk, text="Ce que Dominique a confié", by=made.actor("DEP"), at=NOW)

    data, _ = copies(signed_in(one))

    whole = json.dumps(data, ensure_ascii=False)
    assert "Dominique" not in whole and "0699999999" not in whole
    assert "demandez-la à ce service" in whole


@pytest.mark.django_db
def test_scenario_25_export_is_logged_and_read_by_nobody_else():
    made = scheme()
    one = linked_household(made)
    client = signed_in(one)
    copies(client)

    data, _ = copies(client)

    assert "copie téléchargée" in {row["Acte"] for row in data["parties"]["actes"]["lignes"]}


def tables_about_a_household():
    """Return every model from which a foreign key, or several, lead to a household."""
    found = {Household}
    while True:
        more = {
            model for model in apps.get_models(include_auto_created=True)
            if model not in found and any(
                field.many_to_one or field.one_to_one for field in model._meta.get_fields()
                if field.is_relation and not field.auto_created and field.related_model in found
            )
        }
        if not more:
            return {model._meta.label for model in found}
        found |= more


def test_every_table_about_a_household_is_in_the_copy_or_left_out_for_a_reason():
    tables = tables_about_a_household()

    assert tables == set(personal_data.COVERED) | set(personal_data.EXCLUDED)
    assert all(len(reason) > 20 for reason in personal_data.EXCLUDED.values())
    assert set(personal_data.COVERED.values()) <= {code for code, *_ in personal_data._PARTS}
