"""URLs of my applications."""

from __future__ import annotations

from django.urls import path

from untoit.web.candidate import applications

_ONE = "candidatures/<uuid:application_id>/"

urlpatterns = [
    path("candidatures/", applications.applications, name="applications"),
    path(_ONE, applications.application, name="application"),
    path(_ONE + "retirer/", applications.application_withdraw, name="application_withdraw"),
    path(_ONE + "fiche/", applications.application_card, name="application_card"),
    path(_ONE + "en-poste/<slug:word>/", applications.application_say, name="application_say"),
]
