"""URLs of the pathways."""

from __future__ import annotations

from django.urls import path

from untoit.web.adviser import pathway, pathway_steps, pathways

_ONE = "parcours/<uuid:person_id>/"
_ITEM = _ONE + "elements/<uuid:item_id>/"
_MEETING = _ONE + "rendez-vous/<uuid:appointment_id>/"

urlpatterns = [
    path("parcours/", pathways.pathways, name="pathways"),
    path("parcours/elements/<uuid:item_id>/", pathways.item_of, name="pathway_item_of"),
    path(_ONE, pathway.pathway, name="pathway"),
    path(_ONE + "ouvrir/", pathway.open_pathway, name="pathway_open"),
    path(_ONE + "resume.pdf", pathway.summary, name="pathway_summary"),
    path(_ONE + "etape/<slug:action>/", pathway.stage, name="pathway_stage"),
    path(_ONE + "heures/", pathway.agree_hours, name="pathway_hours"),
    path(_ONE + "relais/", pathway.hand_over, name="pathway_hand_over"),
    path(_ONE + "ajouter/<slug:kind>/", pathway.add, name="pathway_add"),
    path(_ITEM, pathway_steps.item, name="pathway_item"),
    path(_ITEM + "annuler/", pathway_steps.item_undo, name="pathway_item_undo"),
    path(_ITEM + "<slug:action>/", pathway_steps.item_act, name="pathway_item_act"),
    path(_MEETING, pathway_steps.appointment, name="pathway_appointment"),
    path(_MEETING + "annuler/", pathway_steps.appointment_undo, name="pathway_appointment_undo"),
    path(_MEETING + "<slug:action>/", pathway_steps.appointment_act, name="pathway_appointment_act"),
]
