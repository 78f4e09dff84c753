"""URLs of the candidate's own space."""

from __future__ import annotations

from django.urls import path

from untoit.web.candidate import space

urlpatterns = [
    path("", space.home, name="home"),
    path("lectures/", space.who_read, name="readings"),
    path("coordonnees/", space.contact, name="contact"),
    path("emploi/", space.work_wishes, name="work_wishes"),
    path("logement/", space.home_wishes, name="home_wishes"),
    path("accords/<slug:purpose>/donner/", space.consent_give, name="consent_give"),
    path("accords/<slug:purpose>/retirer/", space.consent_withdraw, name="consent_withdraw"),
    path("partages/<uuid:link_id>/fermer/", space.link_close, name="link_close"),
    path("effacement/", space.ask_erasure, name="ask_erasure"),
    path("demandes/<uuid:request_id>/retirer/", space.take_back_request, name="take_back_request"),
    path("mes-donnees.json", space.copy_json, name="copy_json"),
    path("mes-donnees.pdf", space.copy_pdf, name="copy_pdf"),
]
