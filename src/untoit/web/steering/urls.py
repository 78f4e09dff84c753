"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.steering import followup, views

app_name = "steering"
urlpatterns: list[URLPattern] = [
    path("", views.overview, name="overview"),
    path("resultats/", followup.followup, name="followup"),
    path("resultats/export/<str:form>/", followup.followup_file, name="followup_file"),
]
