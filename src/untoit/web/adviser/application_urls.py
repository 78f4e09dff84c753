"""URLs of the applications."""

from __future__ import annotations

from django.urls import path

from untoit.web.adviser import applications

_ONE = "accompagnement/candidatures/<uuid:application_id>/"

urlpatterns = [
    path("accompagnement/candidatures/", applications.applications, name="applications"),
    path("accompagnement/candidatures/nouvelle/", applications.new_application, name="new_application"),
    path(_ONE, applications.application, name="application"),
    path(_ONE + "actes/<slug:action>/", applications.application_act, name="application_act"),
    path(_ONE + "fiche/<slug:step>/", applications.application_card, name="application_card"),
    path(_ONE + "eclaircir/", applications.application_settle, name="application_settle"),
]
