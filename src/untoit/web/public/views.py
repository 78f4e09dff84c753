"""Front page, legal notice, accessibility statement."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control

from untoit.core.territory.communes import communes
from untoit.web.access import open_to_all
from untoit.web.components.navigation import navigation_of
from untoit.web.public.demonstration import CARDS

# Asks for the front page itself, where somebody who is signed in is otherwise taken to her or his own first page.
STAY = "accueil"
# The maps name the communes of so many inhabitants; more would hide each other.
NAMED_FROM = 8_000


@open_to_all()
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is and how to enter; take whoever is signed in to the first page of the role."""
    first = navigation_of(request).home_url
    if first != request.path and STAY not in request.GET:
        return redirect(first)
    return render(request, "public/home.html", {"cards": CARDS if settings.DEMO else (), "first_url": first})


@open_to_all()
def legal(request: HttpRequest) -> HttpResponse:
    """Say who is responsible, what is done with personal data and for how long, and what everybody may ask."""
    return render(request, "public/legal.html", {"legal": settings.LEGAL})


@open_to_all()
def accessibility(request: HttpRequest) -> HttpResponse:
    """State how accessible the pages are, and whom to write to."""
    return render(request, "public/accessibility.html", {"legal": settings.LEGAL})


@cache_control(public=True, max_age=86_400)
@open_to_all()
def communes_known(_request: HttpRequest) -> HttpResponse:
    """Give the communes of the table, for inputs and maps: code, position, name, and whether a map names it."""
    known = [
        (one.code, round(one.position.latitude, 4), round(one.position.longitude, 4), one.name,
         int(one.population >= NAMED_FROM))
        for one in communes()
    ]
    return JsonResponse({"communes": known}, json_dumps_params={"separators": (",", ":"), "ensure_ascii": False})
