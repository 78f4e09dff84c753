"""Scenario 25, export part: the copy that a candidate takes holds everything, each score with its reasons."""

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.factories.events import a_meeting, a_registration, a_stand, a_wish, an_event, published
from tests.factories.records import NOW, linked_household, offer, person, scheme, vacancy
from tests.factories.reports import tandem as tandem_row

from untoit.core.model.run import LeftOut
from untoit.records.applicants import evidence, requests
from untoit.records.applicants.models import Household
from untoit.records.events.models import (
    DeviceAct,
    EmployerOutcome,
    Feedback,
    HousingOutcome,
    Notice,
    Preparation,
    PreparationSeat,
    Reply,
    Stop,
)
from untoit.records.pairings import codec
from untoit.records.pairings.models import Policy, Run, RunState, Tandem, TandemJob, Unplaced
from untoit.records.partners.journal import note_act, note_read
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


def at_an_event(made, one):
    """Take a person through a whole event: asked, written to, met, judged, checked in; with a line of each kind."""
    event = an_event(made, stands=1)
    jobs = event.stands.get()
    homes = a_stand(event, kind="housing", name="Table logement d'essai")
    row = a_registration(event, person=one.persons.first(), travel_note="Bus direct", needs_language="uk")
    a_wish(row, jobs, is_wanted=True)
    first, second = a_meeting(row, jobs, 2), a_meeting(row, homes, 4)
    published(event)
    EmployerOutcome.objects.create(meeting=first, decision="no", reason_code="LANGUAGE", at=NOW)
    HousingOutcome.objects.create(
        meeting=second, decision="refused", refusal_codes=["RENT_TOO_HIGH"], missing_documents=["IDENTITY"], at=NOW
    )
    Feedback.objects.create(registration=row, face=3, wants=["call"], at=NOW)
    Notice.objects.create(
        registration=row, kind="invitation", channel="sms", key="one", created_at=NOW, send_after=NOW, sent_at=NOW,
        text={"sms": "Camille, nous vous attendons. Repondez ici {link}", "subject": "", "body": ""},
    )
    Reply.objects.create(
        registration=row, provider_id=f"reply:{row.pk}", text={"text": "Je viens avec ma fille"}, received_at=NOW
    )
    Stop.objects.create(person=row.person, channel="email", at=NOW)
    DeviceAct.objects.create(
        id=uuid4(), event=event, kind="late", registration=row, payload={"minutes": 20, "before": 0}, at=NOW,
        received_at=NOW,
    )
    session = Preparation.objects.create(
        event=event, kind="coaching", starts_at=NOW, place="Salle des fêtes", organisation=event.organisation
    )
    PreparationSeat.objects.create(preparation=session, registration=row, came=True)
    note_act(made.actor("LA"), "registration.confirm", "registration", row.pk, at=NOW)
    note_act(made.actor("EMPP"), "outcome.employer", "meeting", first.pk, at=NOW)
    note_read(made.actor("LA"), "registration", "registration", row.pk)
    return row


@pytest.mark.django_db
def test_scenario_25_export_holds_all_that_events_keep_with_the_reasons_of_employers():
    made = scheme()
    one = linked_household(made)
    at_an_event(made, one)

    data, paper = copies(signed_in(one))

    parts = data["parties"]
    whole = json.dumps(parts, ensure_ascii=False)
    for words in (
        "Un toit, un emploi : décembre", "Bus direct", "ukrainien", "Préparation collective", "Salle des fêtes",
        "content·e", "être rappelé·e", "Pas de suite", "loyer trop élevé",
        "niveau de français demandé par le poste", "Table logement d'essai", "Refus",
        "Camille, nous vous attendons. Repondez ici [votre adresse personnelle]", "Je viens avec ma fille",
        "20\u00a0min", "retard annoncé", "venue confirmée", "suite d'un entretien notée",
        "une inscription à une rencontre",
    ):
        assert words in whole, words
    for code in ("LANGUAGE", "RENT_TOO_HIGH", "IDENTITY"):
        assert code not in whole, code
    for code in ("rencontres", "rendez_vous", "sur_place", "messages"):
        assert parts[code]["lignes"], code
    history = [row for row in parts["modifications"]["lignes"] if "Rencontre du" in row]
    assert any("Inscription" in row for row in history) and any("Rendez-vous avec" in row for row in history)
    assert paper.startswith(b"%PDF") and len(paper) < 300_000


@pytest.mark.django_db
def test_scenario_25_export_leaves_out_drafts_and_what_events_keep_of_the_housemate():
    made = scheme()
    one = linked_household(made, adult_ages=[34, 36])
    other = person(one, number=2, first_name="Dominique")
    event = an_event(made, stands=1)
    mine, theirs = a_registration(event, person=one.persons.get(number=1)), a_registration(event, person=other)
    a_meeting(mine, event.stands.get(), 2)
    Reply.objects.create(registration=theirs, provider_id="theirs", text={"text": "Mot de l'autre"}, received_at=NOW)

    data, _ = copies(signed_in(one))

    parts = data["parties"]
    assert [row["Badge"] for row in parts["rencontres"]["lignes"]] == [mine.badge]
    assert parts["rendez_vous"]["lignes"] == []
    assert theirs.badge not in json.dumps(data) and "Mot de l'autre" not in json.dumps(data, ensure_ascii=False)


@pytest.mark.django_db
def test_scenario_25_export_of_a_walk_in_gives_what_was_typed_at_the_door_even_what_is_odd():
    made = scheme()
    one = linked_household(made)
    event = an_event(made, stands=1)
    row = a_registration(event, person=one.persons.first())
    stand = event.stands.get()
    DeviceAct.objects.create(
        id=uuid4(), event=event, kind="walk_in", registration=row, at=NOW, received_at=NOW,
        payload={"first_name": "Camille", "initial": "E", "phone": "0600000000", "agreed": True,
                 "stands": [str(stand.pk), "autre"], "before": "hier", "couleur": "bleu"},
    )

    data, _ = copies(signed_in(one))

    (noted,) = data["parties"]["sur_place"]["lignes"]
    assert noted["Prénom"] == "Camille" and noted["Téléphone"] == "0600000000" and noted["Accord donné"] is True
    assert noted["Stands demandés"] == [stand.name, "autre"]
    assert noted["Attendu·e avant cela à"] == "hier" and "bleu" in noted["Autres indications"]


@pytest.mark.django_db
def test_scenario_25_export_says_what_a_registration_was_before():
    made = scheme()
    one = linked_household(made)
    row = a_registration(an_event(made), person=one.persons.first(), state="invited", needs_language="uk")
    row.state, row.needs_language = "confirmed", ""
    row.save()

    data, _ = copies(signed_in(one))

    history = [each for each in data["parties"]["modifications"]["lignes"] if "Rencontre du" in each]
    assert [each["Inscription"] for each in history] == ["Invitée", "Confirmée"]
    assert [each["Interprète"] for each in history] == ["ukrainien", "effacé"]
