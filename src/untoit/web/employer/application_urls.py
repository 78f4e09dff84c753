"""URLs of the employer's applications."""

from __future__ import annotations

from django.urls import path

from untoit.web.employer import applications

_ONE = "candidatures/<uuid:application_id>/"

urlpatterns = [
    path("candidatures/", applications.applications, name="applications"),
    path(_ONE, applications.application, name="application"),
    path(_ONE + "actes/<slug:action>/", applications.application_act, name="application_act"),
    path(_ONE + "en-poste/<slug:word>/", applications.application_say, name="application_say"),
]
