"""The matrix and the canaries see a hole that somebody makes: without this, their silence would prove nothing."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from tests.security import canaries, matrix
from tests.security.walk import Page, pages

from untoit.config.urls import urlpatterns as real
from untoit.records.applicants.models import Person
from untoit.records.partners import rights
from untoit.web.access import access

pytestmark = pytest.mark.django_db


def undeclared(request: HttpRequest) -> HttpResponse:
    """Answer without saying what is opened."""
    return HttpResponse("rien")


@access("job_offers", "R")
def leaking(request: HttpRequest) -> HttpResponse:
    """Show the surnames of everybody to whoever may read an offer."""
    return HttpResponse(" ".join(Person.objects.values_list("last_name", flat=True)))


@access("identity", "R")
def unguarded(request: HttpRequest, household_id) -> HttpResponse:
    """Forget ``visible_to``: any household to any role that may read one."""
    return HttpResponse(f"{household_id}")


urlpatterns = [
    *real,
    path("trou/", undeclared, name="planted_undeclared"),
    path("fuite/", leaking, name="planted_leaking"),
    path("oubli/<uuid:household_id>/", unguarded, name="planted_unguarded"),
]


def planted_pages(name) -> list[Page]:
    return [page for page in pages() if page.name == name]


@pytest.fixture
def holes(planted, settings):
    settings.ROOT_URLCONF = __name__
    return planted


def test_a_view_without_a_declaration_and_a_url_that_nobody_reviewed_are_named(holes):
    seen = matrix.observe(holes, planted_pages("planted_undeclared"))

    assert seen.problems == ["URL planted_undeclared (trou/) : la vue ne dit pas ce qu'elle ouvre (untoit.web.access)."]
    assert any("planted_undeclared : absente" in one for one in matrix.differences(seen, matrix.expected()))


def test_a_view_that_forgets_whose_row_it_is_differs_from_what_was_reviewed(holes):
    seen = matrix.observe(holes, planted_pages("planted_unguarded"))
    reviewed = {"planted_unguarded": {"GET": {
        "a": "200 LM LA DEP DEP_head EMPP CAND · login PUB · 404 *",
        "b": "200 LM_other DEP2 DEP_head EMPP2 CAND_other · login PUB · 404 *",
        "c": "200 PART · login PUB · 404 *", "unknown": "login PUB · 404 *",
    }}}

    found = [one for one in matrix.differences(seen, reviewed) if "planted_unguarded" in one]

    assert "URL planted_unguarded, GET, côté « a », LM_other : 200 au lieu de 404." in found
    assert "URL planted_unguarded, GET, côté « unknown », DEP : 200 au lieu de 404." in found


def test_a_page_that_leaks_surnames_is_caught_for_each_reader(holes):
    watch = canaries.Watch(holes)

    matrix.observe(holes, planted_pages("planted_leaking"), watch)

    caught = {one.split(" lit ")[0].rpartition(" ")[2] for one in watch.leaks}
    assert {"EMPL", "EMPL_other", "ADM", "DPO", "DEP2", "EMPP2", "LM_other", "CAND"} <= caught
    assert all("applicants.Person.last_name" in one for one in watch.leaks)


def test_a_flipped_cell_of_the_policy_changes_an_answer(planted, monkeypatch):
    codes = rights._codes

    def flipped(resource, role):
        return frozenset({"R"}) if (resource, role) == ("platform_console", "EMPL") else codes(resource, role)

    monkeypatch.setattr(rights, "_codes", flipped)
    [journal] = [page for page in pages() if page.name == "platform:journal"]

    seen = matrix.observe(planted, [journal])

    found = [one for one in matrix.differences(seen, matrix.expected()) if "platform:journal" in one]
    assert "URL platform:journal, GET, côté « page », EMPL : 200 au lieu de 404." in found
