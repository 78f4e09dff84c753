"""Front page, legal notice, accessibility statement."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from untoit.web.access import open_to_all
from untoit.web.components.navigation import navigation_of
from untoit.web.public.demonstration import CARDS

# Asks for the front page itself, where somebody who is signed in is otherwise taken to her or his own first page.
STAY = "accueil"


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
