"""What everybody may read, and how one enters."""

import pytest
from django.template.loader import render_to_string
from tests.factories.records import household, offer, person, scheme

from untoit.records.partners.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/mentions-legales/", "/accessibilite/", "/offres-publiques/"])
def test_a_public_page_has_one_title_and_no_inline_script_nor_style(client, path):
    response = client.get(path)
    html = response.content.decode()

    assert response.status_code == 200
    assert html.count("<h1") == 1 and '<html lang="fr">' in html
    assert "style=" not in html and "onclick" not in html and "<script>" not in html


def test_only_published_offers_are_public_whoever_looks(client):
    made = scheme()
    employer = made.organisations["employer"]
    offer(employer, title="Cariste publié", is_public=True)
    offer(employer, title="Cariste réservé")
    offer(employer, title="Cariste expiré", is_public=True, state="expired")

    for name in (None, "LM", "EMPL", "FUND"):
        if name:
            client.force_login(made.user(name))
        html = client.get("/offres-publiques/?q=cariste").content.decode()
        assert "Cariste publié" in html and "réservé" not in html and "expiré" not in html


def test_somebody_who_is_signed_in_is_taken_to_the_first_page_of_the_role(client):
    made = scheme()
    client.force_login(made.user("EMPL"))

    assert client.get("/").url in ("/matin/", "/employeur/")
    assert client.get("/?accueil").status_code == 200


def test_an_employer_reads_nothing_of_housing_around_the_page(client):
    made = scheme()
    client.force_login(made.user("EMPL"))

    for path in ("/mentions-legales/", "/offres-publiques/", "/accessibilite/"):
        html = client.get(path).content.decode().lower()
        assert "rencontres emploi" in html
        assert not [word for word in ("logement", "bailleur", "candidats", "un toit", "tandem") if word in html]


def test_the_notice_says_what_an_installation_has_not_filled(client, settings):
    assert "à compléter" in client.get("/mentions-legales/").content.decode()

    settings.LEGAL = {
        "editeur": "Essai Habitat", "hebergeur": "Essai Web", "responsables": "Essai", "dpo": "dpo@essai.invalid",
    }
    html = client.get("/mentions-legales/").content.decode()
    assert "Essai Habitat" in html and "à compléter" not in html


def test_the_demonstration_is_entered_in_one_click(client, settings):
    settings.DEMO = True
    made = scheme()
    User.objects.filter(pk=made.user("LM").pk).update(is_demo=True)
    assert 'value="LM"' in client.get("/").content.decode()

    response = client.post("/entrer/", {"role": "LM"}, follow=True)

    assert response.request["PATH_INFO"] != "/entrer/" and "Membre LM" in response.content.decode()


def test_a_candidate_of_the_demonstration_enters_too(client):
    user = User.objects.create_user("candidat@essai.invalid", is_demo=True)
    person(household(), account=user)

    client.post("/entrer/", {"role": "CAND"})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_an_account_that_is_not_fictitious_is_never_entered(client):
    scheme()

    client.post("/entrer/", {"role": "LM"})

    assert "_auth_user_id" not in client.session
    assert client.post("/entrer/", {"role": "TAB"}).status_code == 404


def test_outside_the_demonstration_nothing_is_entered_in_one_click(client, settings):
    settings.DEMO = settings.TEST = False
    made = scheme()
    User.objects.filter(pk=made.user("LM").pk).update(is_demo=True)

    assert client.post("/entrer/", {"role": "LM"}).status_code == 404
    assert "Entrer dans la démonstration" not in client.get("/").content.decode()


def test_the_404_is_the_same_for_everybody(client):
    made = scheme()
    bodies = {client.get("/nulle-part").content}
    for name in ("LM", "EMPL", "ADM"):
        client.force_login(made.user(name))
        response = client.get(f"/nulle-part/{name}")
        assert response.status_code == 404
        bodies.add(response.content)

    assert len(bodies) == 1


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_and_says_the_next_step(name):
    html = render_to_string(name)

    assert html.count("<h1") == 1 and "Revenir à l’accueil" in html and "style=" not in html
