"""URLs of the organiser's pages (plan); included by ``urls.py``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
