"""A list keeps its state in the URL, turns pages by key, and costs the same for one row and for fifty."""

from datetime import date, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from tests.factories.records import scheme, vacancy

from untoit.records.stock.models import Vacancy
from untoit.web.components import lists
from untoit.web.components.lists import Column, FilterForm, Listing

pytestmark = pytest.mark.django_db

COLUMNS = (
    Column("reference", "Référence", sort="reference"),
    Column("floor", "Étage", sort="floor", numeric=True),
    Column("place", "Commune et loyer", sort="commune,rent_cents"),
    Column("state", "État", narrow=False),
)


class RoomsFilter(FilterForm):
    """By number of rooms."""

    rooms = forms.TypedChoiceField(
        label="Pièces", choices=[("", "Toutes"), (1, "T1"), (2, "T2")], coerce=int, empty_value=None, required=False
    )

    def apply(self, queryset):
        rooms = self.cleaned_data["rooms"]
        return queryset.filter(rooms=rooms) if rooms else queryset


@pytest.fixture
def vacancies():
    """Give 23 vacancies: floors repeat and are unknown for some, rents repeat."""
    landlord = scheme().organisations["landlord"]
    return [
        vacancy(
            landlord, reference=f"L{index:03d}", floor=None if index % 5 == 0 else index % 4, rooms=1 + index % 2,
            rent_cents=30000 + index % 3 * 1000, available_on=date(2026, 12, 1) + timedelta(days=index),
        )
        for index in range(23)
    ]


def listed(url="/", **options):
    request = RequestFactory().get(url)
    request.actor, request.htmx = None, options.pop("htmx", None)
    values = {
        "columns": COLUMNS, "row_template": "tests/row.html", "caption": "Logements", "default_sort": "reference",
        "per_page": 5, "noun": ("logement", "logements"),
        "search": lambda found, text: found.filter(reference__icontains=text), "filters": RoomsFilter,
        "empty": ("Aucun logement", "Importez votre fichier.", "/imports/", "Importer"),
    }
    return Listing(request, Vacancy.objects.all(), **{**values, **options})


def all_pages(url):
    """Walk forward to the end, then back to the start; return both readings."""
    pages, listing = [], listed(url)
    while True:
        pages.append([row.reference for row in listing.rows])
        if not listing.next_url:
            break
        listing = listed(listing.next_url)
    back = [[row.reference for row in listing.rows]]
    while listing.previous_url:
        listing = listed(listing.previous_url)
        back.append([row.reference for row in listing.rows])
    return pages, back[::-1]


@pytest.mark.parametrize("sort", ["reference", "-reference", "floor", "-floor", "place", "-place"])
def test_the_pages_hold_every_row_once_in_order_and_back_again(vacancies, sort):
    forward, backward = all_pages(f"/?tri={sort}")

    def key(one):
        name = sort.removeprefix("-")
        if name == "floor":
            return (one.floor is None) != sort.startswith("-"), one.floor or 0, one.pk
        return (one.reference,) if name == "reference" else (one.commune, one.rent_cents, one.pk)

    expected = [one.reference for one in sorted(vacancies, key=key, reverse=sort.startswith("-"))]
    assert [reference for page in forward for reference in page] == expected
    assert backward == forward
    assert [len(page) for page in forward] == [5, 5, 5, 5, 3]


def test_the_url_holds_keys_and_no_value_of_a_row(vacancies):
    query = parse_qs(urlsplit(listed("/?tri=reference").next_url).query)

    assert query == {"tri": ["reference"], "apres": [str(vacancies[4].pk)]}


def test_a_search_and_a_filter_narrow_together_and_are_kept_from_page_to_page(vacancies):
    listing = listed("/?q=L0&rooms=2")

    assert listing.count_label == "11\u00a0logements"
    assert listing.is_narrowed
    assert parse_qs(urlsplit(listing.next_url).query).keys() == {"q", "rooms", "apres"}
    assert listing.clear_url == "/"


def test_a_key_that_is_not_visible_or_not_a_key_shows_the_first_page(vacancies):
    for key in ("x", "00000000-0000-0000-0000-000000000000", "\x00"):
        assert [row.reference for row in listed(f"/?apres={key}").rows] == [f"L00{n}" for n in range(5)]


def test_an_unknown_sort_or_filter_value_is_not_an_error(vacancies):
    listing = listed("/?tri=rent_cents&rooms=9")

    assert [row.reference for row in listing.rows] == [f"L00{n}" for n in range(5)]
    assert "rooms" in listing.filters.errors


def test_the_count_stops_at_a_limit(vacancies, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED_AT_MOST", 20)

    assert listed().count_label == "Plus de 20\u00a0logements"


def test_a_list_costs_the_same_for_one_row_and_for_many(vacancies, django_assert_num_queries):
    for url in ("/?q=L000", "/", "/?tri=floor"):
        listing = listed(url)
        with django_assert_num_queries(2):
            assert listing.rows and listing.count_label and not listing.previous_url
    with django_assert_num_queries(3):
        following = listed(f"/?apres={vacancies[4].pk}")
        assert following.rows and following.count_label


@pytest.mark.parametrize("sort", ["reference", "-floor", "place"])
def test_rows_loaded_apart_are_the_same_on_every_page_for_the_same_queries(vacancies, sort, django_assert_num_queries):
    plain, url = all_pages(f"/?tri={sort}")[0], f"/?tri={sort}"
    for expected in plain:
        listing = listed(url, load=lambda rows: rows.only("reference", "organisation").select_related("organisation"))
        with django_assert_num_queries(2 if url == f"/?tri={sort}" else 3):
            assert [row.reference for row in listing.rows] == expected
            assert {row.organisation.name for row in listing.rows} == {"Bailleur d'essai"}
            assert listing.count_label == "23\u00a0logements"
        url = listing.next_url
    assert not url


def test_what_is_loaded_is_there_for_an_export_too(vacancies):
    everything = listed("/?rooms=2", load=lambda rows: rows.select_related("organisation")).everything()

    assert [one.reference for one in everything] == [one.reference for one in vacancies if one.rooms == 2]
    assert everything.query.select_related


def test_a_total_that_the_page_knows_is_not_counted_again_unless_narrowed(vacancies, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert listed("/?tri=floor", total=23).count_label == "23\u00a0logements"
    assert listed("/?q=L0&rooms=2", total=23).count_label == "11\u00a0logements"
    assert listed(total=200_000).count_label == "Plus de 10\u202f000\u00a0logements"


def shown(listing):
    template = Template("{% listing list %}")
    listing.row_template = Template("<tr><td>{{ row.reference }}</td></tr>")
    return template.render(Context({"list": listing}))


def test_the_table_says_how_it_is_sorted(vacancies):
    html = shown(listed("/?tri=-reference"))

    assert html.count("aria-sort=") == 1 and 'aria-sort="descending"' in html
    assert "?tri=reference" in html and '<caption class="visually-hidden">Logements</caption>' in html
    assert html.count("<tr><td>") == 5


def test_an_empty_list_says_the_next_step_and_a_vain_search_how_to_leave_it():
    assert "Importez votre fichier." in shown(listed())
    assert "Tout afficher" in shown(listed("/?q=zzz"))


def test_htmx_gets_the_list_alone(vacancies, monkeypatch):
    calls = []
    monkeypatch.setattr(lists, "render", lambda request, template, values: calls.append(template))

    listed(htmx=SimpleNamespace(target="liste-liste")).respond("page.html")
    listed(htmx=None).respond("page.html")

    assert calls == ["components/listing.html", "page.html"]


def test_present_makes_the_rows_of_the_page_only(vacancies):
    listing = listed(present=lambda rows: [row.reference.lower() for row in rows])

    assert listing.rows == ["l000", "l001", "l002", "l003", "l004"]
    assert listing.next_url.endswith(str(vacancies[4].pk))


def test_an_export_takes_the_same_search_filters_and_sort_without_the_page(vacancies):
    listing = listed("/?q=L0&rooms=2&tri=-reference&apres=x", export_url="/export")

    assert listing.export_url == "/export?q=L0&rooms=2&tri=-reference"
    assert listing.everything().count() == 11
