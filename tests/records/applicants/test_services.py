"""Writing a file: who may, two people at once, evidence that counts, RSA that stays sealed, notes and requests."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from tests.factories.records import NOW, household, link, linked_household, person, scheme

from untoit.core.errors import Conflict, Refused
from untoit.records.applicants import evidence, exports, requests, services
from untoit.records.applicants.exchange import household_to_core
from untoit.records.applicants.models import ExportRequest, Household, Purpose, RightsRequest
from untoit.records.desk.models import Task, TaskKind
from untoit.records.partners.models import AuditEntry, ReadLog

pytestmark = pytest.mark.django_db


def see(one, ground, by, **more):
    values = {"document": "Attestation", "dated_on": date(2026, 11, 1), "valid_until": None, **more}
    return evidence.add_evidence(household_id=one.pk, ground=ground, by=by, at=NOW, **values)


def test_the_second_of_two_changes_is_told_who_was_first_and_overwrites_nothing():
    made = scheme()
    one = linked_household(made)
    services.change_composition(
        household_id=one.pk, revision=1, values={"child_ages": [4]}, by=made.actor("DEP"), at=NOW
    )

    with pytest.raises(Conflict, match=r"modifiée à 10\sh\s00 par Département d'essai"):
        services.change_composition(
            household_id=one.pk, revision=1, values={"child_ages": [9]}, by=made.actor("LA"), at=NOW
        )

    one.refresh_from_db()
    assert (one.child_ages, one.revision) == ([4], 2)


def test_nothing_changed_writes_nothing():
    made = scheme()
    one = linked_household(made)

    services.change_composition(household_id=one.pk, revision=1, values={"child_ages": []}, by=made.actor("LA"), at=NOW)

    one.refresh_from_db()
    assert one.revision == 1 and not AuditEntry.objects.filter(action="household.changed").exists()


def test_an_act_writes_its_own_columns_only():
    made = scheme()
    one = linked_household(made)

    services.change_composition(
        household_id=one.pk, revision=1, values={"child_ages": [4], "application_number": "X", "finances": {}},
        by=made.actor("DEP"), at=NOW,
    )

    one.refresh_from_db()
    assert one.child_ages == [4] and one.application_number != "X" and one.finances


@pytest.mark.parametrize(("role", "act"), [
    ("LM", "change_composition"), ("EMPP", "change_composition"), ("PART", "change_composition"),
    ("DEP", "change_application"), ("EMPP", "change_application"), ("LM", "change_application"),
])
def test_a_role_without_the_right_gets_a_404(role, act):
    made = scheme()
    one = linked_household(made)

    with pytest.raises(Http404):
        getattr(services, act)(household_id=one.pk, revision=1, values={}, by=made.actor(role), at=NOW)


def test_another_caseload_gets_a_404():
    made = scheme()
    one = linked_household(made)

    with pytest.raises(Http404):
        services.change_composition(household_id=one.pk, revision=1, values={}, by=made.actor("DEP2"), at=NOW)


def test_the_landlord_writes_resources_without_seeing_nor_losing_rsa():
    made = scheme()
    one = linked_household(made, finances={"tax_income_n2_eur_year": "12000", "rsa_eur": "573.49", "other_eur": "20"})

    def write(merged, wages, revision):
        services.change_resources(
            household_id=one.pk, revision=revision, amounts={"wages_eur": wages}, other_eur=merged,
            by=made.actor("LA"), at=NOW,
        )
        one.refresh_from_db()
        return {name: one.finances.get(name) for name in ("wages_eur", "rsa_eur", "other_eur")}

    assert services.merged_other(one.finances) == "593.49"
    assert write("593.49", "300", 1) == {"wages_eur": "300", "rsa_eur": "573.49", "other_eur": "20"}
    assert write("600", "300", 2) == {"wages_eur": "300", "rsa_eur": "573.49", "other_eur": "26.51"}
    assert write("100", "300", 3) == {"wages_eur": "300", "rsa_eur": None, "other_eur": "100"}


def test_the_departement_writes_rsa_and_the_landlord_may_not():
    made = scheme()
    one = linked_household(made)

    services.change_rsa(household_id=one.pk, revision=1, rsa_eur="600", by=made.actor("DEP"), at=NOW)
    with pytest.raises(Http404):
        services.change_rsa(household_id=one.pk, revision=2, rsa_eur=None, by=made.actor("LA"), at=NOW)

    one.refresh_from_db()
    assert one.finances["rsa_eur"] == "600"


def test_a_household_made_on_screen_is_linked_to_its_maker_and_may_enter_a_run():
    made = scheme()

    one = services.create_household(
        household={"application_number": "0590126000001GDPUB", "applied_on": date(2026, 1, 5), "adult_ages": [30]},
        finances={"tax_income_n2_eur_year": "9000"}, person={"first_name": "Nour", "last_name": "Essai"},
        by=made.actor("LA"), at=NOW,
    )

    assert set(Household.objects.visible_to(made.actor("LA"))) == {one}
    assert household_to_core(one).tax_income_n2_eur_year == 9000
    with pytest.raises(Http404):
        services.create_household(household={}, finances={}, person={}, by=made.actor("DEP"), at=NOW)


def test_a_number_that_another_organisation_holds_is_refused_without_a_word_of_it():
    made = scheme()
    other = household(application_number="0590126000002GDPUB")
    person(other, last_name="Secret")

    with pytest.raises(Refused) as refused:
        services.create_household(
            household={"application_number": "0590126000002GDPUB", "applied_on": date(2026, 1, 5), "adult_ages": [30]},
            finances={"tax_income_n2_eur_year": "9000"}, person={}, by=made.actor("LA"), at=NOW,
        )

    assert "Secret" not in refused.value.sentence and "n'est pas partagé" in refused.value.sentence


def test_a_ground_counts_while_its_document_is_valid():
    made = scheme()
    one = linked_household(made, grounds=["k"], evidenced_grounds=[])
    document = see(one, "k", made.actor("LA"), valid_until=date(2026, 12, 31))
    one.refresh_from_db()
    counting = one.evidenced_grounds

    evidence.refresh_expired(on=date(2027, 1, 1))
    one.refresh_from_db()

    assert (counting, one.evidenced_grounds, one.grounds) == (["k"], [], ["k"])
    assert evidence.refresh_expired(on=date(2027, 1, 1)) == 0
    assert document.withdrawn_at is None


def test_a_ground_of_the_file_stays_when_its_document_is_withdrawn():
    made = scheme()
    one = linked_household(made, grounds=["a"], evidenced_grounds=["a"], filed_grounds=["a"])
    documents = [see(one, ground, made.actor("LA")) for ground in ("a", "k")]

    for document in documents:
        evidence.withdraw_evidence(evidence_id=document.pk, by=made.actor("LA"), at=NOW)

    one.refresh_from_db()
    assert one.evidenced_grounds == ["a"] and one.grounds == ["a", "k"]
    assert [(one.ground, one.counts) for one in evidence.grounds_of(one)] == [("a", True), ("k", False)]


def test_a_file_imported_again_does_not_take_away_what_a_person_saw():
    made = scheme()
    one = linked_household(made)
    see(one, "k", made.actor("LA"))

    Household.objects.filter(pk=one.pk).update(evidenced_grounds=["a"], filed_grounds=["a"])

    one.refresh_from_db()
    assert one.evidenced_grounds == ["a", "k"]
    assert household_to_core(one, as_filed=True).evidenced_grounds == {"a"}


def test_a_ground_with_a_valid_document_is_not_taken_out_of_the_application():
    made = scheme()
    one = linked_household(made)
    see(one, "k", made.actor("LA"))

    with pytest.raises(Refused, match="retirez-le d'abord"):
        services.change_application(
            household_id=one.pk, revision=2, values={"grounds": []}, by=made.actor("LA"), at=NOW
        )


def test_a_withdrawal_is_undone():
    made = scheme()
    one = linked_household(made)
    document = see(one, "k", made.actor("LA"))

    evidence.withdraw_evidence(evidence_id=document.pk, by=made.actor("LA"), at=NOW)
    evidence.restore_evidence(evidence_id=document.pk, by=made.actor("LA"), at=NOW)

    one.refresh_from_db()
    assert one.seen_grounds == ["k"]


def test_only_the_departement_writes_notes_and_they_are_sealed():
    made = scheme()
    one = linked_household(made)

    requests.write_note(household_id=one.pk, text="Situation délicate", by=made.actor("DEP"), at=NOW)

    assert one.notes.get().text == {"text": "Situation délicate"}
    for role in ("LA", "LM", "EMPP"):
        with pytest.raises(Http404):
            requests.write_note(household_id=one.pk, text="Non", by=made.actor(role), at=NOW)


def test_a_rights_request_is_due_in_a_month_and_asked_once():
    made = scheme()
    one = linked_household(made)

    first, second = (requests.ask(household_id=one.pk, kind="erasure", by=made.actor("DEP"), at=NOW) for _ in "12")
    waiting = Task.objects.filter(kind=TaskKind.RIGHTS_REQUEST, done_at__isnull=True).count()
    requests.decide(request_id=first.pk, decision="Effacé", by=made.actor("DPO"), at=NOW)

    assert first == second and first.due_on == date(2026, 12, 23) and waiting == 1
    assert not Task.objects.filter(kind=TaskKind.RIGHTS_REQUEST, done_at__isnull=True).exists()
    with pytest.raises(Conflict):
        requests.decide(request_id=first.pk, decision="Refusé", by=made.actor("DPO"), at=NOW)
    with pytest.raises(Http404):
        requests.decide(request_id=RightsRequest.objects.get().pk, decision="x", by=made.actor("DEP"), at=NOW)


def test_a_list_leaves_with_two_people_once_and_within_a_day():
    made = scheme()
    asked = exports.request_export(reason="Comité", filters={}, by=made.actor("LM"), at=NOW)

    with pytest.raises(Refused, match="Une autre personne"):
        exports.approve_export(export_id=asked.pk, by=made.actor("LM"), at=NOW)
    with pytest.raises(Refused, match="n'a pas été approuvée"):
        exports.take_export(export_id=asked.pk, households=[], rows=1, by=made.actor("LM"), at=NOW)
    exports.approve_export(export_id=asked.pk, by=made.actor("LM2"), at=NOW)
    with pytest.raises(Refused, match="Seule la personne"):
        exports.take_export(export_id=asked.pk, households=[], rows=1, by=made.actor("LM2"), at=NOW)
    one = household()
    exports.take_export(export_id=asked.pk, households=[one.pk], rows=1, by=made.actor("LM"), at=NOW)
    with pytest.raises(Conflict, match="déjà été téléchargée"):
        exports.take_export(export_id=asked.pk, households=[], rows=1, by=made.actor("LM"), at=NOW)

    assert ReadLog.objects.get(resource="nominative_export").subject_id == one.pk


def test_an_approval_older_than_a_day_opens_nothing():
    made = scheme()
    asked = exports.request_export(reason="Comité", filters={}, by=made.actor("LM"), at=NOW)
    exports.approve_export(export_id=asked.pk, by=made.actor("LM2"), at=NOW)

    with pytest.raises(Refused, match="24 heures"):
        exports.take_export(
            export_id=asked.pk, households=[], rows=1, by=made.actor("LM"), at=NOW + timedelta(hours=25)
        )


def test_another_organisation_does_not_know_of_an_export():
    made = scheme()
    asked = exports.request_export(reason="Comité", filters={}, by=made.actor("LM"), at=NOW)

    for role in ("LM_other", "LA", "EMPP", "DEP_head"):
        with pytest.raises(Http404):
            exports.approve_export(export_id=asked.pk, by=made.actor(role), at=NOW)
    assert set(ExportRequest.objects.visible_to(made.actor("LM2"))) == {asked}


def test_a_person_is_added_with_the_next_number():
    made = scheme()
    one = linked_household(made)

    added = services.add_person(household_id=one.pk, values={"first_name": "Sacha"}, by=made.actor("LA"), at=NOW)

    assert added.number == 2


def test_a_candidate_corrects_contact_and_not_identity():
    made = scheme()
    one = linked_household(made)
    link(one, made.organisations["partner"], Purpose.HOUSING)
    who = one.persons.get()
    from tests.records.applicants.test_sharing import candidate_of

    services.change_identity(
        person_id=who.pk, revision=1, values={"phone": "0600000001", "last_name": "Autre"}, by=candidate_of(made, one),
        at=NOW,
    )

    who.refresh_from_db()
    assert (who.phone, who.last_name) == ("0600000001", "Essai")
