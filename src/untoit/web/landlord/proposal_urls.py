"""URLs of the proposals of a landlord's dwellings, and of its letters."""

from __future__ import annotations

from django.urls import path

from untoit.web.landlord import letters, proposal_new, proposals

_ONE = "logement/propositions/<uuid:proposal_id>/"
_LETTER = "logement/courriers/<uuid:letter_id>/"

urlpatterns = [
    path("logement/propositions/", proposals.proposals, name="proposals"),
    path("logement/propositions/nouvelle/", proposal_new.new_proposal, name="new_proposal"),
    path(_ONE, proposals.proposal, name="proposal"),
    path(_ONE + "acte/<slug:action>/", proposals.proposal_act, name="proposal_act"),
    path(_ONE + "annuler/<slug:action>/", proposals.proposal_undo, name="proposal_undo"),
    path(_LETTER, letters.letter, name="letter"),
    path(_LETTER + "courrier.pdf", letters.letter_pdf, name="letter_pdf"),
    path(_LETTER + "parti/", letters.letter_handed, name="letter_handed"),
    path(_LETTER + "reprendre/", letters.letter_back, name="letter_back"),
]
