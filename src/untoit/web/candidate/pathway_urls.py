"""URLs of the person's own pathway and calendar."""

from __future__ import annotations

from django.urls import path

from untoit.web.candidate import pathway

urlpatterns = [
    path("parcours/", pathway.pathway, name="pathway"),
    path("parcours/resume.pdf", pathway.summary, name="pathway_summary"),
    path("parcours/actions/<uuid:item_id>/faite/", pathway.done, name="pathway_done"),
    path("parcours/actions/<uuid:item_id>/annuler/", pathway.undo, name="pathway_undo"),
    path("parcours/rendez-vous/<uuid:appointment_id>/deplacer/", pathway.ask_move, name="pathway_ask_move"),
    path("parcours/rendez-vous/<uuid:appointment_id>/garder/", pathway.keep, name="pathway_keep"),
    path("agenda/", pathway.agenda, name="agenda"),
    path("agenda/ouvrir/", pathway.open_feed, name="agenda_open"),
    path("agenda/fermer/", pathway.close_feed, name="agenda_close"),
]
