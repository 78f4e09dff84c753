"""URLs of the tandems."""

from __future__ import annotations

from django.urls import path

from untoit.web.adviser import tandems as read

_ONE = "tandems/<uuid:tandem_id>/"

urlpatterns = [
    path("tandems/", read.tandems, name="tandems"),
    path(_ONE, read.tandem, name="tandem"),
    path(_ONE + "fiche.pdf", read.tandem_pdf, name="tandem_pdf"),
    path(_ONE + "photo/", read.tandem_photo, name="tandem_photo"),
    path(_ONE + "avis/", read.tandem_review, name="tandem_review"),
]
