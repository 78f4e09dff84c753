"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.steering import views

app_name = "steering"
urlpatterns: list[URLPattern] = [path("", views.overview, name="overview")]
