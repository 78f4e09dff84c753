"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import path

from untoit.web.platform import keeping, views

app_name = "platform"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("organisations/nouvelle/", views.new_organisation, name="new_organisation"),
    path("organisations/<uuid:organisation_id>/", views.organisation, name="organisation"),
    path("journal/", views.journal, name="journal"),
    path("lectures/", views.reads, name="reads"),
    path("consentements/", views.consents, name="consents"),
    path("demandes-de-droits/", views.rights_requests, name="rights_requests"),
    path("demandes-de-droits/<uuid:request_id>/effacer/", keeping.grant_erasure, name="grant_erasure"),
    path("conservation/", keeping.kept, name="kept"),
    path("conservation/nouvelle/", keeping.set_hold, name="set_hold"),
    path("conservation/<uuid:hold_id>/lever/", keeping.lift_hold, name="lift_hold"),
    path("acces-d-urgence/", views.glass, name="glass"),
    path("acces-d-urgence/<uuid:request_id>/approuver/", views.approve_glass, name="approve_glass"),
    path("acces-d-urgence/<uuid:request_id>/fermer/", views.close_glass, name="close_glass"),
]
