"""What a confirmed import writes, what it refuses to overwrite, and how the whole is taken back."""

from datetime import date, timedelta

import pytest
from tests.factories.imports import clock, confirmed, file_of, imported, outcomes, received, sentences, worked
from tests.factories.records import NOW, household, link, linked_household, person, scheme, vacancy

from untoit.core.errors import Conflict, Refused
from untoit.records.applicants.models import Assignment, Consent, Household, Link, Person, Purpose
from untoit.records.desk.models import Task
from untoit.records.intake import processing, services
from untoit.records.intake.models import Batch, BatchState, RowDone
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import AuditEntry
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db


def test_the_same_file_twice_changes_nothing():
    made = scheme()
    for actor, kind in (("LM", "menages"), ("LM", "personnes"), ("LM", "logements"), ("EMPL", "offres")):
        imported(made.actor(actor), kind, {})
        before = [list(model.objects.values_list("pk", "revision")) for model in (Household, Person, Vacancy, Offer)]
        links = Link.objects.count()

        again = imported(made.actor(actor), kind, {})

        assert outcomes(again) == {2: "unchanged"}
        after = [list(model.objects.values_list("pk", "revision")) for model in (Household, Person, Vacancy, Offer)]
        assert (after, Link.objects.count()) == (before, links)


def test_a_landlords_households_come_linked_with_their_consents():
    made = scheme()

    imported(made.actor("LA"), "menages", {})

    one = Household.objects.get()
    opened = one.links.get()
    assert (opened.purpose, opened.organisation.kind, opened.expires_on) == ("housing", "landlord", date(2027, 5, 23))
    assert set(one.consents.values_list("purpose", "how")) == {("matching", "file"), ("housing", "file")}
    assert list(Household.objects.visible_to(made.actor("LM"))) == [one]


def test_a_referents_households_come_in_its_caseload():
    made = scheme()

    imported(made.actor("DEP"), "menages", {})

    assert Assignment.objects.get().membership == made.members["DEP"]
    assert Household.objects.visible_to(made.actor("DEP")).count() == 1
    assert Household.objects.visible_to(made.actor("DEP2")).count() == 0


def test_persons_come_with_their_identity():
    made = scheme()
    home = linked_household(made)

    imported(made.actor("LM"), "personnes", {
        "numero_unique": home.application_number, "personne": "2", "prenom": "Ana", "nom": "Dupré",
        "naissance": "12/03/1990", "telephone": "612345678", "courriel": "ana@exemple.fr",
    })

    two = home.persons.get(number=2)
    assert (two.first_name, two.last_name, two.birth_date) == ("Ana", "Dupré", date(1990, 3, 12))
    assert (two.phone, two.email) == ("0612345678", "ana@exemple.fr")


def test_an_update_keeps_the_record_before_and_grows_its_revision():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {})

    batch = imported(actor, "logements", {"loyer": "430"})

    one = Vacancy.objects.get()
    assert (one.rent_cents, one.revision, one.expires_on) == (43000, 2, date(2027, 1, 7))
    assert batch.rows.get().before["columns"]["rent_cents"] == 42350
    assert batch.counts["updated"] == 1


def test_a_record_changed_since_the_preview_is_not_overwritten():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {})
    batch = received(actor, file_of("logements", {"loyer": "430"}))
    Vacancy.objects.update(rent_cents=50000, revision=7)

    batch = confirmed(actor, batch)

    assert outcomes(batch) == {2: "review"}
    assert "modifiée depuis l'aperçu" in sentences(batch, 2)
    assert Vacancy.objects.get().rent_cents == 50000
    again = worked(services.take_up_again(batch_id=batch.pk, by=actor, at=NOW))
    assert again.rows.get().changes == {"loyer": ["500", "430"]}


def test_a_row_whose_record_was_created_meanwhile_is_unchanged_or_put_back():
    made = scheme()
    actor = made.actor("LM")
    first = received(actor, file_of("logements", {"reference": "A"}, {"reference": "B", "adresse": ""}))
    imported(actor, "logements", {"reference": "A"}, {"reference": "B", "adresse": "", "loyer": "999"})

    first = confirmed(actor, first)

    assert outcomes(first) == {2: "unchanged", 3: "review"}


def test_a_household_known_elsewhere_asks_those_who_follow_it():
    made = scheme()
    stored = linked_household(made)
    before = (stored.revision, Link.objects.count())

    batch = imported(made.actor("DEP2"), "menages", {"numero_unique": stored.application_number, "rfr_n2": "1"})

    stored.refresh_from_db()
    assert (stored.revision, Link.objects.count()) == before
    assert batch.rows.get().done == RowDone.REQUESTED
    asked = set(Task.objects.filter(kind="consent_missing").values_list("organisation__name", "subject_id"))
    assert asked == {(made.organisations[key].name, stored.pk) for key in ("landlord", "department", "employment")}
    assert "059" not in " ".join(Task.objects.values_list("why", flat=True))


def test_a_link_of_ours_that_ran_out_is_renewed_without_showing_anything():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "menages", {})
    Link.objects.update(expires_on=date(2026, 1, 1))

    batch = received(actor, file_of("menages", {"rfr_n2": "5"}))

    assert batch.rows.get().changes == {"rfr_n2": [None, "5"], "partage": ["expiré", "rouvert"]}
    confirmed(actor, batch)
    assert Household.objects.visible_to(actor).count() == 1


def test_a_file_does_not_give_back_a_consent_that_was_withdrawn():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "menages", {})
    Consent.objects.update(withdrawn_at=NOW)
    Household.objects.update(consented_on=None)

    batch = imported(actor, "menages", {"date_consentement": "2026-11-20"})

    assert "antérieur au retrait du consentement" in sentences(batch, 2)
    assert Household.objects.get().consented_on is None
    assert not Consent.objects.filter(withdrawn_at__isnull=True).exists()


def test_a_person_decides_on_a_possible_duplicate():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {"reference": "A"})
    stored = Vacancy.objects.get()

    same = received(actor, file_of("logements", {"reference": "B", "dpe": "C"}))
    services.decide(batch_id=same.pk, line=2, decision="update", chosen_id=stored.pk, revision=1, by=actor, at=NOW)
    same = confirmed(actor, Batch.objects.get(pk=same.pk))
    assert same.rows.get().changes == {"reference": ["A", "B"], "dpe": ["", "C"]}
    assert list(Vacancy.objects.values_list("pk", "reference")) == [(stored.pk, "B")]

    other = received(actor, file_of("logements", {"reference": "C"}))
    assert outcomes(other) == {2: "duplicate"}
    aside = confirmed(actor, other)
    assert Vacancy.objects.count() == 1 and aside.counts["undecided"] == 1

    third = received(actor, file_of("logements", {"reference": "C"}))
    services.decide_rest(batch_id=third.pk, decision="create", by=actor, at=NOW)
    confirmed(actor, Batch.objects.get(pk=third.pk))
    assert Vacancy.objects.count() == 2


def test_a_cell_mended_on_screen_is_read_at_once_with_its_namesakes():
    made = scheme()
    actor = made.actor("LM")
    batch = received(actor, file_of("logements", {"reference": "A", "loyer": "cher"}, {"reference": "A"}))
    assert outcomes(batch) == {2: "refused", 3: "new"}

    services.edit_row(batch_id=batch.pk, line=2, cells={"loyer": "410"}, revision=1, by=actor, at=NOW)

    assert outcomes(batch) == {2: "new", 3: "refused"}
    assert Batch.objects.get(pk=batch.pk).counts == {"new": 1, "refused": 1}
    with pytest.raises(Conflict, match="La ligne 2 a été modifiée"):
        services.edit_row(batch_id=batch.pk, line=2, cells={"loyer": "411"}, revision=1, by=made.actor("LM2"), at=NOW)


def test_undo_takes_everything_back():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "menages", {"numero_unique": "1"})
    Link.objects.update(expires_on=date(2026, 12, 31))
    before = (list(Household.objects.values_list("pk", "application_number")), Link.objects.get().expires_on)
    finances = Household.objects.get().finances
    batch = imported(actor, "menages", {"numero_unique": "1", "rfr_n2": "9"}, {"numero_unique": "2"})
    assert Household.objects.count() == 2

    services.undo(batch_id=batch.pk, by=actor, at=NOW)
    batch = worked(batch)

    assert batch.state == BatchState.UNDONE
    assert (list(Household.objects.values_list("pk", "application_number")), Link.objects.get().expires_on) == before
    assert Household.objects.get().finances == finances
    assert Consent.objects.count() == 2
    with pytest.raises(Conflict, match="déjà été annulé"):
        services.undo(batch_id=batch.pk, by=actor, at=NOW)


@pytest.mark.parametrize("touch", ["revision", "person"])
def test_undo_is_refused_as_a_whole_when_one_record_was_touched(touch):
    made = scheme()
    actor = made.actor("LM")
    batch = imported(actor, "menages", {"numero_unique": "1"}, {"numero_unique": "2"})
    one = Household.objects.get(application_number="2")
    if touch == "person":
        person(one)
    else:
        Household.objects.filter(pk=one.pk).update(revision=2)

    services.undo(batch_id=batch.pk, by=actor, at=NOW)
    batch = worked(batch)

    assert batch.state == BatchState.APPLIED
    assert "Rien n'a été annulé" in batch.sentence and "ligne 3" in batch.sentence
    assert Household.objects.count() == 2


def test_undo_ends_after_a_day():
    made = scheme()
    actor = made.actor("LM")
    batch = imported(actor, "logements", {})

    with pytest.raises(Refused, match="24 heures"):
        services.undo(batch_id=batch.pk, by=actor, at=NOW + timedelta(hours=25))


def test_confirming_twice_or_from_an_old_preview_is_refused():
    made = scheme()
    actor, other = made.actor("LM"), made.actor("LM2")
    batch = received(actor, file_of("logements", {}))
    services.edit_row(batch_id=batch.pk, line=2, cells={"loyer": "1"}, revision=1, by=other, at=NOW)

    with pytest.raises(Conflict, match="modifié le 23/11/2026 à 10\u00a0h par Membre LM2"):
        services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=NOW)
    confirmed(actor, Batch.objects.get(pk=batch.pk))
    with pytest.raises(Conflict, match="déjà été confirmé le 23/11/2026 à 10\u00a0h par Membre LM"):
        services.confirm(batch_id=batch.pk, revision=batch.revision, by=other, at=NOW)


def test_a_let_dwelling_is_not_opened_again_by_a_file():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {})
    Vacancy.objects.update(state="let")

    batch = imported(actor, "logements", {})

    assert "ne la rouvre pas" in sentences(batch, 2)
    assert Vacancy.objects.get().state == "let"


def test_another_organisation_has_its_own_references():
    made = scheme()
    vacancy(made.organisations["landlord_other"], reference="L-014")

    batch = imported(made.actor("LM"), "logements", {})

    assert batch.counts["created"] == 1 and Vacancy.objects.count() == 2


def test_a_consentless_partner_landlord_sees_nothing_of_what_it_brought():
    made = scheme()

    imported(made.actor("PART"), "menages", {"date_consentement": ""})

    assert Household.objects.visible_to(made.actor("PART")).count() == 0


def test_a_withdrawn_link_makes_a_household_known_elsewhere():
    made = scheme()
    one = household()
    link(one, made.organisations["landlord"], Purpose.HOUSING, closed_at=NOW - timedelta(days=1))

    batch = received(made.actor("LM"), file_of("menages", {"numero_unique": one.application_number}))

    assert outcomes(batch) == {2: "known"}


def test_old_files_are_purged_and_the_receipt_stays():
    made = scheme()
    batch = imported(made.actor("LM"), "logements", {})
    recent = received(made.actor("LM"), file_of("logements", {}))

    Batch.objects.filter(pk=batch.pk).update(received_at=NOW - timedelta(days=31))
    services.purge(at=NOW)

    batch.refresh_from_db()
    assert (batch.file, batch.rows.count(), batch.counts["created"], len(batch.sha256)) == (None, 0, 1, 64)
    assert recent.rows.count() == 1
    assert AuditEntry.objects.filter(action="import.purged").count() == 1


def test_an_abandoned_import_keeps_nothing():
    made = scheme()
    actor = made.actor("LM")
    batch = received(actor, file_of("logements", {}))

    services.abandon(batch_id=batch.pk, by=actor, at=NOW)

    batch.refresh_from_db()
    assert (batch.state, batch.file, batch.rows.count()) == (BatchState.ABANDONED, None, 0)
    processing.read_batch(batch.pk, clock=clock)
    assert Task.objects.open().count() == 0
