"""URLs of the organiser's pages (day); included by ``urls.py``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
