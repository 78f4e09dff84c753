"""URLs of the proposals made to the person."""

from __future__ import annotations

from django.urls import path

from untoit.web.candidate import tandems

_ONE = "tandems/<uuid:tandem_id>/"

urlpatterns = [
    path(_ONE, tandems.tandem, name="tandem"),
    path(_ONE + "fiche.pdf", tandems.tandem_pdf, name="tandem_pdf"),
    path(_ONE + "photo/", tandems.tandem_photo, name="tandem_photo"),
]
