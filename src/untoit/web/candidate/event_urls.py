"""URLs of the meetings that the person is invited to."""

from __future__ import annotations

from django.urls import path

from untoit.web.candidate import events

urlpatterns = [
    path("rencontres/", events.events, name="events"),
    path("rencontres/<uuid:registration_id>/", events.event, name="event"),
    path("rencontres/<uuid:registration_id>/papier/<slug:code>/", events.event_paper, name="event_paper"),
    path("rencontres/<uuid:registration_id>/rendez-vous.ics", events.event_calendar, name="event_calendar"),
]
