"""URLs of the homes that are proposed to me."""

from __future__ import annotations

from django.urls import path

from untoit.web.candidate import proposals

_ONE = "logements/<uuid:proposal_id>/"

urlpatterns = [
    path("logements/", proposals.proposals, name="proposals"),
    path(_ONE, proposals.proposal, name="proposal"),
    path(_ONE + "repondre/<slug:action>/", proposals.proposal_answer, name="proposal_answer"),
    path(_ONE + "courriers/<uuid:letter_id>.pdf", proposals.proposal_letter, name="proposal_letter"),
]
