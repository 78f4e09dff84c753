"""URLs of the organiser's pages (timetable); included by ``urls.py``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
