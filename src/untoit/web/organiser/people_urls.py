"""URLs of the organiser's pages (people); included by ``urls.py``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
