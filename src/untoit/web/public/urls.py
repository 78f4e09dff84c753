"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.public import demonstration, health, offers, views

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("mentions-legales/", views.legal, name="legal"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("offres-publiques/", offers.offers, name="offers"),
    path("communes.json", views.communes_known, name="communes"),
    path("entrer/", demonstration.enter, name="demo_enter"),
    path("healthz", health.healthz, name="health"),
    path("readyz", health.readyz, name="ready"),
]
