"""URLs of the organiser's pages (day); included by ``urls.py``."""

from django.urls import URLPattern, path

from untoit.web.organiser import attendance, devices, outcomes

urlpatterns: list[URLPattern] = [
    path("<uuid:event_id>/appareils/", devices.devices, name="devices"),
    path("<uuid:event_id>/appareils/<uuid:device_id>/code/", devices.new_code, name="device_code"),
    path("<uuid:event_id>/appareils/<uuid:device_id>/retirer/", devices.revoke, name="device_revoke"),
    path("<uuid:event_id>/accueil/", attendance.attendance, name="attendance"),
    path("<uuid:event_id>/accueil/annuler/<uuid:act_id>/", attendance.attendance_undo, name="attendance_undo"),
    path("<uuid:event_id>/accueil/lu/<uuid:act_id>/", attendance.read_act, name="attendance_read"),
    path("<uuid:event_id>/accueil/<uuid:registration_id>/trancher/", attendance.settle, name="attendance_settle"),
    path(
        "<uuid:event_id>/accueil/<uuid:registration_id>/<str:kind>/", attendance.attendance_act, name="attendance_act"
    ),
    path("<uuid:event_id>/suites/", outcomes.event_outcomes, name="outcomes"),
    path("<uuid:event_id>/suites/<uuid:meeting_id>/", outcomes.outcome, name="outcome"),
]
