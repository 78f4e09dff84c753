"""URLs of the organiser's pages (paper); included by ``urls.py``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
