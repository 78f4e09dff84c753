"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.public import (
    calendar_feed,
    demonstration,
    employer_link,
    health,
    inbound_sms,
    invitation,
    offers,
    views,
)

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("mentions-legales/", views.legal, name="legal"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("offres-publiques/", offers.offers, name="offers"),
    path("communes.json", views.communes_known, name="communes"),
    path("i/<str:token>/", invitation.invitation, name="invitation"),
    path("i/<str:token>/papier/<slug:code>/", invitation.paper, name="invitation_paper"),
    path("i/<str:token>/rendez-vous.ics", invitation.calendar, name="invitation_calendar"),
    path("r/<str:token>/", employer_link.employer_link, name="employer_link"),
    path("agenda/<str:token>.ics", calendar_feed.calendar_feed, name="calendar_feed"),
    path("sms/recu/", inbound_sms.inbound_sms, name="inbound_sms"),
    path("entrer/", demonstration.enter, name="demo_enter"),
    path("healthz", health.healthz, name="health"),
    path("readyz", health.readyz, name="ready"),
]
