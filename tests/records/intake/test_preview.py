"""What a preview says of each row, without touching the records."""

import pytest
from tests.factories.imports import confirmed, file_of, imported, outcomes, received, sentences, worked
from tests.factories.records import NOW, household, linked_household, person, scheme

from untoit.core.errors import Refused
from untoit.records.applicants.models import Household
from untoit.records.intake import services
from untoit.records.intake.models import BatchState
from untoit.records.partners.models import AuditEntry
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db


def test_a_preview_tells_new_changed_unchanged_and_refused_apart():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {"reference": "L-1"}, {"reference": "L-2", "adresse": "1 place Neuve"})

    batch = received(actor, file_of(
        "logements", {"reference": "L-1"}, {"reference": "L-2", "adresse": "1 place Neuve", "loyer": "430"},
        {"reference": "L-3", "adresse": "2 place Neuve"}, {"reference": "L-4", "financement": "PLUS+"},
    ))

    assert batch.state == BatchState.READY
    assert outcomes(batch) == {2: "unchanged", 3: "changed", 4: "new", 5: "refused"}
    assert batch.rows.get(line=3).changes == {"loyer": ["423.5", "430"]}
    assert "n'est pas un financement connu" in sentences(batch, 5)
    assert Vacancy.objects.count() == 2
    assert batch.counts == {"unchanged": 1, "changed": 1, "new": 1, "refused": 1}


def test_a_blank_identifier_never_matches():
    made = scheme()
    household(application_number="")

    batch = received(made.actor("LM"), file_of("menages", {"numero_unique": ""}, {"numero_unique": " "}))

    assert outcomes(batch) == {2: "refused", 3: "refused"}
    assert set(batch.rows.values_list("key", flat=True)) == {""}


def test_the_second_row_of_an_identifier_is_refused():
    made = scheme()

    batch = received(made.actor("LM"), file_of("logements", {"reference": "A"}, {"reference": "A"}))

    assert outcomes(batch) == {2: "new", 3: "refused"}
    assert "déjà à la ligne 2" in sentences(batch, 3)


def test_a_household_without_consent_is_kept_and_said_to_stay_out():
    made = scheme()

    batch = received(made.actor("LM"), file_of("menages", {"date_consentement": ""}))

    assert outcomes(batch) == {2: "new"}
    assert "n'entre dans aucun rapprochement" in sentences(batch, 2)


def test_rounding_is_said():
    made = scheme()

    batch = received(made.actor("LM"), file_of("logements", {"loyer": "423,5551"}))

    assert "est arrondi à 423,56" in sentences(batch, 2)


def test_a_text_that_the_record_cannot_hold_is_refused():
    made = scheme()

    batch = received(made.actor("LM"), file_of("logements", {"bailleur": "x" * 161}))

    assert outcomes(batch) == {2: "refused"}
    assert "dépasse 160 caractères" in sentences(batch, 2)


def test_a_person_finds_its_household_by_number_among_those_in_sight():
    made = scheme()
    seen = linked_household(made)
    hidden = household()

    batch = received(made.actor("LM"), file_of(
        "personnes", {"numero_unique": seen.application_number, "personne": "2"},
        {"numero_unique": hidden.application_number}, {"numero_unique": "inconnu"},
    ))

    assert outcomes(batch) == {2: "new", 3: "refused", 4: "refused"}
    # Word for word the same: the sentence must not tell that the number exists.
    assert sentences(batch, 3) == sentences(batch, 4)


def test_a_person_may_wait_for_the_households_of_another_import():
    made = scheme()
    received(made.actor("LM"), file_of("menages", {}))

    batch = received(made.actor("LA"), file_of("personnes", {}))

    assert outcomes(batch) == {2: "new"}
    assert "à confirmer d'abord" in sentences(batch, 2)


def test_a_person_of_the_same_name_and_birth_date_is_a_possible_duplicate():
    made = scheme()
    first, second = linked_household(made), linked_household(made)
    twin = person(first, number=2, first_name="Ana", last_name="Dupré", birth_date="1990-03-12")

    batch = received(made.actor("LM"), file_of("personnes", {
        "numero_unique": second.application_number, "personne": "2", "nom": "DUPRE", "naissance": "12/03/1990",
    }))

    assert outcomes(batch) == {2: "duplicate"}
    assert batch.rows.get(line=2).candidates == [str(twin.pk)]


def test_a_duplicate_is_looked_for_only_among_what_one_sees():
    made = scheme()
    mine = linked_household(made)
    person(household(), first_name="Ana", last_name="Dupré", birth_date="1990-03-12")

    batch = received(made.actor("LM"), file_of("personnes", {
        "numero_unique": mine.application_number, "personne": "2", "nom": "Dupré", "naissance": "1990-03-12",
    }))

    assert outcomes(batch) == {2: "new"}


def test_two_equal_flats_of_one_file_are_no_duplicates_of_each_other():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {"reference": "A"})

    alone = received(actor, file_of("logements", {"reference": "B"}))
    together = received(actor, file_of("logements", {"reference": "A"}, {"reference": "B"}))

    assert outcomes(alone) == {2: "duplicate"}
    assert outcomes(together) == {2: "unchanged", 3: "new"}


def test_a_household_known_elsewhere_shows_and_changes_nothing():
    made = scheme()
    stored = household(finances={"tax_income_n2_eur_year": "98765"})

    batch = received(made.actor("DEP"), file_of("menages", {"numero_unique": stored.application_number}))

    row = batch.rows.get(line=2)
    assert row.outcome == "known"
    assert (row.changes, row.target_id, row.candidates) == ({}, None, [])
    assert "sera relié à la vôtre après accord" in sentences(batch, 2)


def test_a_blank_cell_keeps_what_the_record_holds_unless_asked():
    made = scheme()
    actor = made.actor("LM")
    imported(actor, "logements", {"dpe": "C"})

    kept = received(actor, file_of("logements", {"dpe": ""}))
    assert outcomes(kept) == {2: "unchanged"}

    services.set_columns(batch_id=kept.pk, kind=kept.kind, mapping=kept.mapping, blank_erases=True,
                         revision=kept.revision, by=actor, at=NOW)
    erased = worked(kept)
    assert erased.rows.get(line=2).changes == {"dpe": ["C", ""]}


def test_columns_are_recognised_by_synonym_and_remembered():
    made = scheme()
    actor = made.actor("LM")
    content = file_of("logements", {"typologie": "3"}).decode()
    content = content.replace("loyer;charges", "Loyer HC;Provision charges").replace("typologie", "Nb pièces")
    content = content.replace("reference", "Mon code", 1)

    first = received(actor, content.encode())
    assert first.state == BatchState.MAPPING
    mapping = ["reference", *first.mapping[1:]]
    services.set_columns(batch_id=first.pk, kind="logements", mapping=mapping, blank_erases=False,
                         revision=first.revision, by=actor, at=NOW)
    ready = worked(first)
    assert outcomes(ready) == {2: "new"}
    confirmed(actor, ready)

    again = received(actor, content.encode())
    assert (again.state, outcomes(again)) == (BatchState.READY, {2: "unchanged"})


def test_an_employer_imports_offers_only():
    made = scheme()

    households = received(made.actor("EMPL"), file_of("menages", {}))
    offers = received(made.actor("EMPL"), file_of("offres", {}))

    assert (households.state, households.kind, households.rows.count()) == (BatchState.MAPPING, "offres", 0)
    assert outcomes(offers) == {2: "new"}
    with pytest.raises(Refused, match="n'importe pas ce type"):
        services.receive(file_name="a.csv", content=b"a", kind="menages", by=made.actor("EMPL"), at=NOW)


def test_an_unreadable_file_says_why():
    made = scheme()

    batch = received(made.actor("LM"), b"%PDF-1.7 ...", "scan.pdf")

    assert batch.state == BatchState.UNUSABLE
    assert batch.sentence.startswith("scan.pdf\u00a0: le fichier est un document PDF.")


def test_reading_is_logged_and_opens_a_task():
    made = scheme()

    batch = received(made.actor("LM"), file_of("logements", {}))

    actions = set(AuditEntry.objects.filter(subject_id=batch.pk).values_list("action", flat=True))
    assert actions == {"import.received", "import.read"}
    assert made.members["LM"].tasks.get().subject_id == batch.pk
    assert Household.objects.count() == 0


def test_a_colleagues_file_of_another_caseload_is_not_in_sight():
    made = scheme()
    batch = received(made.actor("DEP"), file_of("menages", {}))

    sees = {name for name in made.members
            if type(batch).objects.visible_to(made.actor(name)).filter(pk=batch.pk).exists()}

    assert sees == {"DEP", "DEP_head"}
