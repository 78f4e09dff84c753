"""Every URL of the application: one include per audience, the accounts, the HTTP interface."""

from django.urls import include, path

from untoit.api.app import api

urlpatterns = [
    path("", include("untoit.web.public.urls")),
    path("api/v1/", api.urls),
    path("compte/", include("allauth.urls")),
    path("", include("untoit.web.desk.urls")),
    path("", include("untoit.web.adviser.urls")),
    path("", include("untoit.web.landlord.urls")),
    path("evenements/", include("untoit.web.organiser.urls")),
    path("tablette/", include("untoit.web.tablet.urls")),
    path("employeur/", include("untoit.web.employer.urls")),
    path("mon-espace/", include("untoit.web.candidate.urls")),
    path("pilotage/", include("untoit.web.steering.urls")),
    path("plateforme/", include("untoit.web.platform.urls")),
    path("imports/", include("untoit.web.imports.urls")),
    path("organisation/", include("untoit.web.organisation.urls")),
]
