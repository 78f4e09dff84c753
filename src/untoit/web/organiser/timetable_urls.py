"""URLs of the organiser's pages (timetable); included by ``urls.py``."""

from django.urls import URLPattern, path

from untoit.web.organiser import timetable, timetable_acts

_BASE = "<uuid:event_id>/planning/"
_ONE = f"{_BASE}rencontres/<uuid:meeting_id>/"

urlpatterns: list[URLPattern] = [
    path(_BASE, timetable.board, name="timetable"),
    path(f"{_BASE}grille/", timetable.grid, name="timetable_grid"),
    path(f"{_BASE}calculer/", timetable.compute, name="compute_timetable"),
    path(f"{_BASE}calculer/avancement/", timetable.progress, name="timetable_progress"),
    path(f"{_BASE}calculer/arreter/", timetable.stop, name="stop_timetable"),
    path(_ONE, timetable.meeting, name="meeting"),
    path(f"{_ONE}places/", timetable.places, name="meeting_places"),
    path(f"{_ONE}revenir/<int:revision>/<int:table>/<int:slot>/", timetable.undo_move, name="undo_move"),
    path(f"{_ONE}verrou/<slug:how>/", timetable.lock, name="lock_meeting"),
    path(f"{_ONE}annuler/", timetable.cancel, name="cancel_meeting"),
    path(f"{_ONE}remettre/", timetable.restore, name="restore_meeting"),
    path(f"{_BASE}ajouter/", timetable_acts.add, name="add_meeting"),
    path(f"{_BASE}diffuser/", timetable_acts.publish, name="publish"),
    path(f"{_BASE}reparer/", timetable_acts.repairing, name="repairing"),
    path(f"{_BASE}reparer/chercher/", timetable_acts.repair_now, name="repair_now"),
    path(f"{_BASE}reparer/stand/", timetable_acts.stand_hours, name="stand_hours"),
    path(f"{_BASE}reparer/retard/", timetable_acts.person_late, name="person_late"),
    path(f"{_BASE}reparer/seul/<slug:how>/", timetable_acts.automatic, name="automatic_repair"),
    path(f"{_BASE}reparer/<uuid:proposal_id>/<slug:action>/", timetable_acts.repair_act, name="repair_act"),
    path(f"{_BASE}reglages/", timetable_acts.rules, name="timetable_rules"),
    path(f"{_BASE}salle/", timetable_acts.hall, name="hall_preview"),
]
