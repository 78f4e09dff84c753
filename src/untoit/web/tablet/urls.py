"""URLs of the devices of an event; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern

app_name = "tablet"
urlpatterns: list[URLPattern] = []
