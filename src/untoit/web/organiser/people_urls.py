"""URLs of the organiser's pages (people); included by ``urls.py``."""

from django.urls import URLPattern, path

from untoit.web.organiser import messages, registration

_ONE = "<uuid:event_id>/inscriptions/<uuid:registration_id>/"
_NOTICE = "<uuid:event_id>/messages/<uuid:notice_id>/"

urlpatterns: list[URLPattern] = [
    path("inscriptions/<uuid:registration_id>/", registration.registration_of, name="registration_of"),
    path(_ONE, registration.registration, name="registration"),
    path(_ONE + "horaire/", registration.registration_wave, name="registration_wave"),
    path(_ONE + "reponses-lues/", registration.replies_read, name="replies_read"),
    path(_ONE + "nouvelle-adresse/", registration.link_renewed, name="link_renewed"),
    path(_ONE + "etat/<slug:action>/", registration.registration_act, name="registration_act"),
    path("<uuid:event_id>/messages/", messages.messages, name="messages"),
    path("<uuid:event_id>/messages/envoyer/", messages.send_now, name="send_now"),
    path(_NOTICE + "courrier/", registration.letter, name="letter"),
    path(_NOTICE + "<slug:action>/", registration.notice_act, name="notice_act"),
    path("<uuid:event_id>/inviter/", messages.invite, name="invite"),
]
