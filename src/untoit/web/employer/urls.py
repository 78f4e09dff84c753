"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern

app_name = "employer"
urlpatterns: list[URLPattern] = []
