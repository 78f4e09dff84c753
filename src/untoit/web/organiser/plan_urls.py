"""URLs of the organiser's pages (plan); included by ``urls.py``."""

from django.urls import URLPattern, path

from untoit.web.organiser import checklist, events, journeys, preparations, registrations, selection, stands

_EVENT = "<uuid:event_id>/"
_STAND = _EVENT + "stands/<uuid:stand_id>/"
_SESSION = _EVENT + "preparations/<uuid:session_id>/"

urlpatterns: list[URLPattern] = [
    path("", events.events, name="events"),
    path("nouveau/", events.new_event, name="new_event"),
    path(_EVENT, events.event, name="event"),
    path(_EVENT + "modifier/", events.edit_event, name="edit_event"),
    path(_EVENT + "etat/<slug:action>/", events.event_act, name="event_act"),
    path(_EVENT + "stands/", stands.stands, name="stands"),
    path(_EVENT + "stands/ajouter/<slug:kind>/", stands.add_stands, name="add_stands"),
    path(_EVENT + "stands/remettre/", stands.restore_stand, name="restore_stand"),
    path(_STAND + "modifier/", stands.edit_stand, name="edit_stand"),
    path(_STAND + "etat/<slug:action>/", stands.stand_act, name="stand_act"),
    path(_EVENT + "salles/", stands.rooms, name="rooms"),
    path("liste/<uuid:item_id>/", checklist.checklist_item, name="checklist_item"),
    path(_EVENT + "liste/", checklist.checklist, name="checklist"),
    path(_EVENT + "liste/ajouter/", checklist.add_item, name="add_item"),
    path(_EVENT + "liste/remettre/", checklist.restore_item, name="restore_item"),
    path(_EVENT + "liste/<uuid:item_id>/retirer/", checklist.remove_item, name="remove_item"),
    path(_EVENT + "liste/<uuid:item_id>/etat/<slug:done>/", checklist.tick, name="tick"),
    path(_EVENT + "preparations/", preparations.preparations, name="preparations"),
    path(_EVENT + "preparations/nouvelle/", preparations.new_session, name="new_session"),
    path(_SESSION + "modifier/", preparations.edit_session, name="edit_session"),
    path(_SESSION + "retirer/", preparations.remove_session, name="remove_session"),
    path(_SESSION + "places/", preparations.seat, name="seat"),
    path(_EVENT + "preparations/places/<uuid:seat_id>/<slug:action>/", preparations.seat_act, name="seat_act"),
    path(_EVENT + "inscriptions/", registrations.listing, name="registrations"),
    path(_EVENT + "inscriptions/ajouter/", registrations.add, name="add_person"),
    path(_EVENT + "inscriptions/<uuid:registration_id>/besoins/", registrations.needs, name="needs"),
    path(_EVENT + "choix/", selection.selection, name="selection"),
    path(_EVENT + "choix/lancer/", selection.launch, name="launch_selection"),
    path(_EVENT + "choix/<uuid:run_id>/prendre/", selection.pick, name="pick_run"),
    path(_EVENT + "choix/<uuid:run_id>/inscrire/", selection.propose, name="propose"),
    path(_EVENT + "choix/<uuid:run_id>/avancement/", selection.selection_progress,
         name="selection_progress"),
    path(_EVENT + "trajets/", journeys.check_journeys, name="check_journeys"),
    path(_EVENT + "trajets/avancement/", journeys.journeys_progress, name="journeys_progress"),
]
