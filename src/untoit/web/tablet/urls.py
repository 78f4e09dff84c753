"""URLs of the devices of an event; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.tablet import app, hall, opinion

app_name = "tablet"
urlpatterns: list[URLPattern] = [
    path("", app.app, name="app"),
    path("sw.js", app.service_worker, name="sw"),
    path("associer/", app.pair, name="pair"),
    path("donnees/", app.data, name="data"),
    path("actes/", app.acts, name="acts"),
    path("terminer/", app.leave, name="leave"),
    path("avis/<str:token>/", opinion.opinion, name="opinion"),
    path("salle/", hall.hall, name="hall"),
]
