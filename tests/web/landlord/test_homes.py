"""The stock on screen: what each role reads of it, forms that keep what was typed, and clicks that can be undone."""

import io
from datetime import date

import pytest
from django.urls import reverse
from PIL import Image
from tests.factories.records import NOW, scheme, vacancy

from untoit.core.exchange import DWELLING_COLUMNS, cells_of, read_dwellings
from untoit.records.stock import photos
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.models import Building, Photo, Vacancy

pytestmark = pytest.mark.django_db

HIDDEN = ("SECRET-REF", "Les Canaris", "9 rue du Canari", "CANARI-DESCRIPTION", "Bailleur d")


@pytest.fixture
def made():
    return scheme()


@pytest.fixture
def home(made):
    building = Building.objects.create(
        organisation=made.organisations["landlord"], name="Les Canaris", commune="59343", latitude=50.5, longitude=3.1,
        description="Un grand jardin",
    )
    return vacancy(
        made.organisations["landlord"], reference="SECRET-REF", building_name="Les Canaris", building=building,
        address="9 rue du Canari", commune="59343", description="CANARI-DESCRIPTION", nearby="Boulangerie à 200 m",
    )


def enter(client, made, name):
    client.force_login(made.user(name))
    return client


def typed(home, **changes):
    cells = cells_of(vacancy_to_core(Vacancy.objects.get(pk=home.pk)))
    return {**cells, "description": home.description, "nearby": home.nearby, "revision": home.revision, **changes}


@pytest.mark.parametrize(("name", "status"), [
    ("LM", 200), ("LA", 200), ("LM_other", 404), ("PART", 404), ("DEP", 200), ("EMPP", 200), ("EMPL", 404),
    ("FUND", 404), ("ADM", 404), ("DPO", 404),
])
def test_who_opens_the_page_of_a_home(client, made, home, name, status):
    assert enter(client, made, name).get(reverse("landlord:home", args=[home.pk])).status_code == status


@pytest.mark.parametrize("name", ["DEP", "EMPP"])
@pytest.mark.parametrize("page", ["list", "search", "sort", "home"])
def test_partners_read_neither_reference_nor_building_nor_address(client, made, home, name, page):
    listed = reverse("landlord:homes")
    url = {"list": listed, "search": f"{listed}?q=lesquin", "sort": f"{listed}?tri=reference",
           "home": reverse("landlord:home", args=[home.pk])}[page]

    text = enter(client, made, name).get(url).content.decode()

    assert "T2 de 45\N{NO-BREAK SPACE}m² à Lesquin" in text or "T2 de 45 m² à Lesquin" in text
    assert "Boulangerie à 200 m" in text
    assert [word for word in HIDDEN if word in text] == []


@pytest.mark.parametrize("text", ["secret", "canaris", "canari", "description"])
def test_partners_find_nothing_by_what_they_may_not_read(client, made, home, text):
    page = enter(client, made, "EMPP").get(reverse("landlord:homes"), {"q": text}).content.decode()

    assert "Aucun résultat" in page


def test_filters_of_the_landlord_mean_nothing_to_partners(client, made, home):
    page = enter(client, made, "EMPP").get(reverse("landlord:homes"), {"etat": "let", "financement": "PLAI"})

    assert "1 logement" in page.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_partners_do_not_export_nor_read_photos(client, made, home):
    photo = Photo.objects.create(vacancy=home, caption="Séjour", jpeg=b"x", width=1, height=1)
    enter(client, made, "DEP")

    assert client.get(reverse("landlord:homes_export", args=["csv"])).status_code == 404
    assert client.get(reverse("landlord:photo", args=[photo.pk])).status_code == 404
    assert client.get(reverse("landlord:edit_home", args=[home.pk])).status_code == 404
    assert client.post(reverse("landlord:home_act", args=[home.pk, "withdraw"])).status_code == 404


@pytest.mark.parametrize("name", ["LA", "EMPP"])
def test_a_list_costs_the_same_for_one_row_and_for_fifty(client, made, home, name, django_assert_max_num_queries):
    enter(client, made, name).get("/healthz")  # the session is written once
    costs = []
    for more in (0, 49):
        for _ in range(more):
            vacancy(made.organisations["landlord"])
        with django_assert_max_num_queries(15) as asked:
            assert client.get(reverse("landlord:homes")).status_code == 200
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_a_page_costs_the_same_however_much_the_home_was_edited(client, made, home, django_assert_max_num_queries):
    enter(client, made, "LA")
    costs = []
    for rent in ("401", "402", "403"):
        client.post(
            reverse("landlord:edit_home", args=[home.pk]), typed(Vacancy.objects.get(pk=home.pk), loyer=rent)
        )
        with django_assert_max_num_queries(15) as asked:
            client.get(reverse("landlord:home", args=[home.pk]))
        costs.append(len(asked))

    assert len(set(costs)) == 1


@pytest.mark.parametrize(("chosen", "expected"), [
    ({"etat": "let"}, {"B"}), ({"typologie": "T3"}, {"B"}), ({"commune": "Lille"}, {"B"}), ({"loyer": "400"}, {"B"}),
    ({"financement": "PLAI"}, {"B"}), ({"accessible": "on"}, {"B"}), ({"reservataire": "etat"}, {"B"}),
    ({"avant": "2026-11-30"}, {"B"}), ({"typologie": "T9"}, {"SECRET-REF", "B"}), ({}, {"SECRET-REF", "B"}),
    ({"q": "canaris"}, {"SECRET-REF"}), ({"q": "canarys"}, {"SECRET-REF"}),
])
def test_filters_and_search(client, made, home, chosen, expected):
    vacancy(
        made.organisations["landlord"], reference="B", state="let", rooms=3, commune="59350", rent_cents=30_000,
        funding="PLAI", is_step_free=True, reserving_party="etat", available_on=date(2026, 11, 25),
    )

    page = enter(client, made, "LA").get(reverse("landlord:homes"), chosen)

    assert {row["home"].reference for row in page.context["list"].rows} == expected


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_is_read_back_by_the_import(client, made, home, tmp_path, form):
    vacancy(made.organisations["landlord_other"])

    answer = enter(client, made, "LM").get(reverse("landlord:homes_export", args=[form]))

    path = tmp_path / f"logements.{form}"
    path.write_bytes(answer.content)
    table = read_dwellings(path)
    assert not table.problems
    assert [cells_of(one) for one in table.rows] == [cells_of(vacancy_to_core(Vacancy.objects.get(pk=home.pk)))]
    if form == "csv":
        assert answer.content.decode().splitlines()[0] == ";".join(DWELLING_COLUMNS)


def test_a_home_is_typed_at_the_centre_of_its_commune_until_its_position_is_given(client, made):
    enter(client, made, "LA")
    answer = client.post(reverse("landlord:new_home"), {
        "bailleur": "Bailleur d'essai", "code_insee": "lesquin", "typologie": "T3", "surface": "62,5", "loyer": "450",
        "charges": "80", "financement": "PLUS", "disponible_le": "2026-12-15", "nearby": "École à 300 m",
    })

    made_home = Vacancy.objects.get()
    assert answer.status_code == 302 and answer.url == reverse("landlord:home", args=[made_home.pk])
    assert (made_home.commune, made_home.rooms, made_home.rent_cents) == ("59343", 3, 45_000)
    assert made_home.is_position_approximate and made_home.reference.startswith("L")
    assert "Position approchée" in client.get(answer.url).content.decode()


def test_a_form_that_is_wrong_says_what_and_keeps_what_was_typed(client, made):
    answer = enter(client, made, "LA").post(reverse("landlord:new_home"), {
        "reference": "R-1", "bailleur": "B", "code_insee": "Lesqin", "typologie": "T3", "surface": "beaucoup",
        "loyer": "", "charges": "80", "financement": "PLUS", "disponible_le": "2026-12-15", "description": "Gardé",
    })

    page = answer.content.decode()
    assert answer.status_code == 422 and not Vacancy.objects.exists()
    assert set(answer.context["form"].errors) == {"code_insee", "surface", "loyer"}
    assert "Lesquin (59343)" in page and "Gardé" in page and "points sont à corriger" in page


def test_whoever_comes_second_reads_what_changed_and_keeps_what_was_typed(client, made, home):
    enter(client, made, "LM").post(reverse("landlord:edit_home", args=[home.pk]), typed(home, loyer="410"))
    answer = enter(client, made, "LA").post(
        reverse("landlord:edit_home", args=[home.pk]), typed(home, loyer="420", description="Mes mots")
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "modifiée" in page and "Membre LM" in page and "Mes mots" in page and "410" in page
    home.refresh_from_db()
    assert (home.rent_cents, home.revision) == (41_000, 2)

    again = client.post(
        reverse("landlord:edit_home", args=[home.pk]),
        typed(home, loyer="420", revision=answer.context["form"]["revision"].value()),
    )
    home.refresh_from_db()
    assert (again.status_code, home.rent_cents) == (302, 42_000)


def test_a_reference_already_used_is_said_beside_it(client, made, home):
    other = vacancy(made.organisations["landlord"])

    answer = enter(client, made, "LM").post(
        reverse("landlord:edit_home", args=[other.pk]), typed(other, reference="SECRET-REF")
    )

    assert answer.status_code == 409 and "reference" in answer.context["form"].errors


def test_withdrawing_is_one_click_and_so_is_undoing(client, made, home):
    enter(client, made, "LA")

    page = client.post(reverse("landlord:home_act", args=[home.pk, "withdraw"]), follow=True).content.decode()
    home.refresh_from_db()
    undo = reverse("landlord:home_act", args=[home.pk, "reopen"])
    assert home.state == "withdrawn" and undo in page and "Annuler" in page

    client.post(undo)
    home.refresh_from_db()
    assert home.state == "open"


def test_an_act_that_is_no_longer_possible_is_told(client, made, home):
    enter(client, made, "LA").post(reverse("landlord:home_act", args=[home.pk, "let"]))

    page = client.post(reverse("landlord:home_act", args=[home.pk, "withdraw"]), follow=True)

    assert "plus possible" in page.content.decode()


def test_photos_are_sent_shown_moved_and_taken_away(client, made, home):
    enter(client, made, "LA")
    for caption in ("Séjour", "Cuisine"):
        sent = io.BytesIO()
        Image.new("RGB", (30, 20), "blue").save(sent, "PNG")
        sent.seek(0)
        sent.name = "photo.png"
        assert client.post(
            reverse("landlord:add_photo", args=[home.pk]), {"picture": sent, "caption": caption}
        ).status_code == 302
    first, second = Photo.objects.all()

    shown = client.get(reverse("landlord:photo", args=[first.pk]))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    client.post(reverse("landlord:move_photo", args=[home.pk, second.pk]))
    page = client.post(reverse("landlord:remove_photo", args=[first.pk]), follow=True).content.decode()
    assert 'alt="Cuisine"' in page and 'alt="Séjour"' not in page
    assert reverse("landlord:restore_photo", args=[first.pk]) in page

    client.post(reverse("landlord:restore_photo", args=[first.pk]))
    assert [one.caption for one in Photo.objects.filter(removed_at=None)] == ["Cuisine", "Séjour"]


def test_a_photo_that_cannot_be_read_is_told(client, made, home):
    sent = io.BytesIO(b"not a picture")
    sent.name = "photo.jpg"

    answer = enter(client, made, "LA").post(
        reverse("landlord:add_photo", args=[home.pk]), {"picture": sent, "caption": "Séjour"}
    )

    assert answer.status_code == 422 and "ne peut pas être lue" in answer.content.decode()


def test_photos_of_another_landlord_are_not_there(client, made, home):
    photo = photos.add_photo(
        vacancy_id=home.pk, content=_png(), caption="Séjour", by=made.actor("LA"), at=NOW
    )
    enter(client, made, "LM_other")

    assert client.get(reverse("landlord:photo", args=[photo.pk])).status_code == 404
    for name, args in (("remove_photo", [photo.pk]), ("restore_photo", [photo.pk]), ("move_photo", [home.pk, photo.pk]),
                       ("add_photo", [home.pk])):
        assert client.post(reverse(f"landlord:{name}", args=args)).status_code == 404


def _png():
    sent = io.BytesIO()
    Image.new("RGB", (3, 2)).save(sent, "PNG")
    return sent.getvalue()


def test_a_residence_is_described_once_for_its_homes(client, made, home):
    enter(client, made, "LM")
    orphan = vacancy(made.organisations["landlord"], building_name="Le Beffroi", commune="59350")

    client.post(reverse("landlord:new_building"), {
        "name": "Le Beffroi", "commune": "Lille", "description": "Une cour calme",
    })

    assert "Une cour calme" in client.get(reverse("landlord:home", args=[orphan.pk])).content.decode()
    twice = client.post(reverse("landlord:new_building"), {"name": "Le Beffroi", "commune": "Lille"})
    assert twice.status_code == 409
    assert "Le Beffroi" in client.get(reverse("landlord:buildings")).content.decode()


def test_two_people_on_one_residence(client, made, home):
    url = reverse("landlord:building", args=[home.building_id])
    values = {"name": "Les Canaris", "commune": "59343", "description": "Un", "revision": 1}
    enter(client, made, "LM").post(url, values)

    answer = client.post(url, {**values, "description": "Deux"})

    assert answer.status_code == 409 and "modifiée" in answer.content.decode()
    assert Building.objects.get().description == "Un"
    assert enter(client, made, "LM_other").get(url).status_code == 404


def test_an_empty_stock_says_the_next_step(client, made):
    page = enter(client, made, "PART").get(reverse("landlord:homes")).content.decode()

    assert "Aucun logement pour l’instant" in page and reverse("landlord:new_home") in page
