"""Imports on screen: from a file with errors to its receipt, what each role reads of it, and what leaves it."""

import io
import re
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook
from tests.factories.imports import confirmed, file_of, imported, received, worked
from tests.factories.records import household, linked_household, person, scheme

from untoit.records.intake.models import Batch, BatchState
from untoit.records.partners.models import ReadLog
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


def enter(client, made, name):
    client.force_login(made.user(name))
    return client


def page(client, batch, tab="", **headers):
    return client.get(reverse("imports:batch", args=[batch.pk]), {"onglet": tab} if tab else {}, **headers)


def test_a_file_goes_from_the_screen_to_its_receipt(client, made):
    enter(client, made, "LM")
    file = SimpleUploadedFile("logements.csv", file_of("logements", {"loyer": "cher"}, {"reference": "L-2"}))

    sent = client.post(reverse("imports:new"), {"file": file, "kind": ""})
    batch = Batch.objects.get()
    assert sent.url == reverse("imports:batch", args=[batch.pk])
    assert "Le fichier attend" in page(client, batch).content.decode()
    batch = worked(batch)
    shown = page(client, batch).content.decode()
    assert "«\u00a0cher\u00a0»" in shown and "Refusées" in shown
    edited = client.post(reverse("imports:row", args=[batch.pk, 2]), {"cell_loyer": "410", "revision": 1})
    assert edited.url.endswith("onglet=new")
    batch.refresh_from_db()
    client.post(reverse("imports:confirm", args=[batch.pk]), {"revision": batch.revision})
    batch = worked(batch)
    Batch.objects.update(applied_at=timezone.now())
    receipt = page(client, batch).content.decode()

    assert Vacancy.objects.count() == 2
    assert batch.sha256 in receipt and "Annuler tout cet import" in receipt
    client.post(reverse("imports:undo", args=[batch.pk]))
    assert "les fiches sont comme avant" in page(client, worked(batch)).content.decode()
    assert Vacancy.objects.count() == 0


def test_a_pasted_table_is_read(client, made):
    enter(client, made, "LM")
    text = file_of("logements", {}).decode().replace(";", "\t")

    client.post(reverse("imports:new"), {"text": text})

    assert worked(Batch.objects.get()).counts == {"new": 1}


@pytest.mark.parametrize("data", [{}, {"text": "  "}, {"kind": "inconnu", "text": "a;b"}])
def test_nothing_to_read_is_told(client, made, data):
    answer = enter(client, made, "LM").post(reverse("imports:new"), data)

    assert (answer.status_code, Batch.objects.count()) == (422, 0)
    assert "error-summary" in answer.content.decode()


def test_the_same_content_is_told_at_once(client, made):
    first = imported(made.actor("LM"), "logements", {})
    again = received(made.actor("LA"), file_of("logements", {}))

    shown = page(enter(client, made, "LM"), again).content.decode()

    assert "Ce fichier a déjà été reçu" in shown and str(first.pk) in shown


@pytest.mark.parametrize("name", [
    "LM_other", "PART", "DEP", "EMPP", "EMPL", "EMPL_other", "FUND", "ADM", "DPO",
])
def test_an_import_of_others_does_not_exist(client, made, name):
    batch = received(made.actor("LM"), file_of("logements", {}))
    enter(client, made, name)
    args = [batch.pk]

    answers = [
        client.get(reverse("imports:batch", args=args)), client.get(reverse("imports:progress", args=args)),
        client.get(reverse("imports:columns", args=args)), client.get(reverse("imports:row", args=[batch.pk, 2])),
        client.get(reverse("imports:corrections", args=[batch.pk, "csv"])),
        client.post(reverse("imports:confirm", args=args), {"revision": 1}),
        client.post(reverse("imports:undo", args=args)), client.post(reverse("imports:abandon", args=args)),
        client.post(reverse("imports:take_up_again", args=args)),
        client.post(reverse("imports:decide_rest", args=args)),
        client.post(reverse("imports:decide", args=[batch.pk, 2]), {"decision": "skip", "revision": 1}),
        client.post(reverse("imports:row", args=[batch.pk, 2]), {"revision": 1}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    batch.refresh_from_db()
    assert batch.state == BatchState.READY


@pytest.mark.parametrize("name", ["FUND", "ADM", "DPO"])
def test_who_hands_over_no_file_has_no_such_page(client, made, name):
    enter(client, made, name)

    assert client.get(reverse("imports:list")).status_code == 404
    assert client.get(reverse("imports:new")).status_code == 404


def test_an_employer_reads_of_offers_only(client, made):
    enter(client, made, "EMPL")
    batch = received(made.actor("EMPL"), file_of("offres", {"rome": "?"}))
    texts = [
        client.get(reverse("imports:new")), client.get(reverse("imports:list")), page(client, batch),
        client.get(reverse("imports:columns", args=[batch.pk])), client.get(reverse("imports:row", args=[batch.pk, 2])),
        page(client, confirmed(made.actor("EMPL"), batch)),
    ]

    for answer in texts:
        said = answer.content.decode().lower()
        assert answer.status_code == 200
        # Whole words: a token against forgery is made of any letters.
        words = ("ménages?", "logements?", "bailleurs?", "rsa", "numero_unique")
        assert not [word for word in words if re.search(rf"\b{word}\b", said)]
    assert client.get(reverse("imports:model", args=["menages", "csv"])).status_code == 404
    assert client.get(reverse("imports:model", args=["offres", "csv"])).status_code == 200


def test_a_household_known_elsewhere_leaks_nothing_on_any_page(client, made):
    stored = linked_household(
        made, finances={"tax_income_n2_eur_year": "987654"}, current_commune="59599", wished_communes=["59560"],
    )
    stored.persons.update(last_name="Canari", first_name="Zébulon")
    actor = made.actor("DEP2")
    batch = received(actor, file_of("menages", {"numero_unique": stored.application_number}))
    enter(client, made, "DEP2")

    pages = [page(client, batch), client.get(reverse("imports:row", args=[batch.pk, 2])),
             client.get(reverse("imports:corrections", args=[batch.pk, "csv"])),
             page(client, confirmed(actor, batch))]

    for answer in pages:
        said = answer.content.decode()
        assert not [word for word in ("987654", "59599", "59560", "Canari", "Zébulon", str(stored.pk)) if word in said]


def test_values_before_are_shown_under_the_rights_of_who_looks(client, made):
    home = linked_household(made)
    home.persons.update(skills=["SECRET-9"], birth_date="1990-03-12")
    row = {"numero_unique": home.application_number, "personne": "1", "competences": "C-1", "naissance": "1991-01-01"}

    landlord = page(enter(client, made, "LM"), received(made.actor("LM"), file_of("personnes", row)))
    coach = page(enter(client, made, "EMPP"), received(made.actor("EMPP"), file_of("personnes", row)))

    assert "SECRET-9" not in landlord.content.decode() and "1990-03-12" in landlord.content.decode()
    assert "SECRET-9" in coach.content.decode() and "1990-03-12" not in coach.content.decode()


def test_a_list_of_rows_costs_the_same_for_one_and_for_fifty(client, made):
    enter(client, made, "LM")
    actor = made.actor("LM")
    imported(actor, "logements", *[{"reference": f"A{n}", "adresse": f"{n} rue A"} for n in range(60)])
    one = received(actor, file_of("logements", {"reference": "B", "adresse": "1 rue A"}))
    many = received(actor, file_of("logements", *[{"reference": f"B{n}", "adresse": f"{n} rue A"} for n in range(60)]))
    assert one.counts["duplicate"] == 1 and many.counts["duplicate"] == 60
    page(client, one)

    with CaptureQueriesContext(connection, ) as few:
        page(client, one)
    with CaptureQueriesContext(connection) as lots:
        page(client, many)

    assert len(few) == len(lots) <= 15


def test_reading_a_preview_is_logged(client, made):
    batch = received(made.actor("LM"), file_of("menages", {}, {"numero_unique": "2"}))

    page(enter(client, made, "LM"), batch)

    assert list(ReadLog.objects.values_list("resource", "subject_id", "count")) == [("import", batch.pk, 2)]


def test_a_row_is_corrected_in_place_with_the_confirmation_beside(client, made):
    batch = received(made.actor("LM"), file_of("logements", {"loyer": "cher"}))
    enter(client, made, "LM")
    url = reverse("imports:row", args=[batch.pk, 2])

    form = client.get(url, headers={"HX-Request": "true"}).content.decode()
    done = client.post(url, {"cell_loyer": "410", "revision": 1}, headers={"HX-Request": "true"}).content.decode()

    assert form.startswith("<tr") and 'name="cell_loyer" value="cher"' in form
    assert done.startswith('<tr id="ligne-2">') and 'hx-swap-oob="true"' in done and 'name="revision" value="2"' in done


def test_an_old_revision_is_a_conflict_page(client, made):
    batch = received(made.actor("LM"), file_of("logements", {"loyer": "cher"}))
    enter(client, made, "LM")
    client.post(reverse("imports:row", args=[batch.pk, 2]), {"cell_loyer": "410", "revision": 1})

    row = client.post(reverse("imports:row", args=[batch.pk, 2]), {"cell_loyer": "411", "revision": 1})
    whole = client.post(reverse("imports:confirm", args=[batch.pk]), {"revision": 1})

    assert (row.status_code, whole.status_code) == (409, 409)
    assert "Membre LM" in row.content.decode()


def test_columns_are_chosen_on_screen(client, made):
    content = file_of("logements", {}).decode().replace("loyer", "prix", 1)
    batch = received(made.actor("LM"), content.encode())
    enter(client, made, "LM")
    assert "<code>loyer</code>" in page(client, batch).content.decode()
    form = client.get(reverse("imports:columns", args=[batch.pk])).context["form"]
    values = {name: form[name].initial or "" for name in form.fields}

    twice = client.post(reverse("imports:columns", args=[batch.pk]), {
        **values, f"column_{batch.headers.index('prix')}": "charges", "blank_erases": "",
    })
    client.post(reverse("imports:columns", args=[batch.pk]), {
        **values, f"column_{batch.headers.index('prix')}": "loyer", "blank_erases": "",
    })

    assert twice.status_code == 422 and "choisie pour deux colonnes" in twice.content.decode()
    assert worked(batch).counts == {"new": 1}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_errors_leave_in_the_layout_received_and_run_no_formula(client, made, form):
    content = b"Divers;" + file_of("logements", {"reference": "=1+1", "loyer": "cher"}).replace(b"\n=1", b"\nx;=1")
    content = content.replace(b"x;=1+1", b"@SUM(A1);=1+1")
    batch = received(made.actor("LM"), content)

    answer = enter(client, made, "LM").get(reverse("imports:corrections", args=[batch.pk, form]))

    if form == "csv":
        lines = [line.split(";") for line in answer.content.decode("utf-8-sig").splitlines()]
        assert lines[1][0] == "'@SUM(A1)" and lines[1][1] == "'=1+1"
    else:
        lines = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert lines[1][0] == "@SUM(A1)" and lines[1][1] == "=1+1"  # cells of text: nothing is computed
    assert lines[0] == [*batch.headers, "probleme"]
    assert "cher" in lines[1][-1]
    assert "attachment" in answer["Content-Disposition"]
    again = received(made.actor("LM"), answer.content, f"retour.{form}")
    assert again.rows.get().outcome == "refused" and "n'est pas un nombre" in again.rows.get().problems[0]["text"]


@pytest.mark.parametrize("kind", ["menages", "personnes", "logements", "offres"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_model_files_are_read_without_a_word(client, made, kind, form):
    actor = made.actor("LM")
    if kind == "personnes":
        household(application_number="059000000000001")
        imported(actor, "menages", {"numero_unique": "059000000000002"})

    answer = enter(client, made, "LM").get(reverse("imports:model", args=[kind, form]))

    batch = received(actor, answer.content, f"modele.{form}")
    assert batch.kind == kind
    if kind != "personnes":
        assert batch.counts == {"new": 1}


def test_a_file_name_is_shown_as_text(client, made):
    batch = received(made.actor("LM"), file_of("logements", {}), "../../<b>x</b>.csv")

    shown = page(enter(client, made, "LM"), batch).content.decode()

    assert "<b>x" not in shown and batch.file_name == "b>.csv"
    assert unquote(batch.file_name) == batch.file_name


def test_candidates_of_a_duplicate_are_named_only_when_seen(client, made):
    one, two = linked_household(made), linked_household(made)
    twin = person(one, number=2, first_name="Ana", last_name="Canari", birth_date="1990-03-12")
    batch = received(made.actor("LM"), file_of("personnes", {
        "numero_unique": two.application_number, "personne": "2", "nom": "Canari", "naissance": "1990-03-12",
    }))
    enter(client, made, "LM")
    assert "Ana Canari" in page(client, batch, "duplicate").content.decode()

    one.links.update(closed_at=batch.received_at)

    assert "Ana" not in page(client, batch, "duplicate").content.decode()
    answer = client.post(reverse("imports:decide", args=[batch.pk, 2]), {
        "decision": f"update:{twin.pk}", "revision": 1,
    }, follow=True)
    # What the candidate looked like a moment ago does not open the file again.
    assert "plus accessible" in answer.content.decode()
