"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "organiser"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("untoit.web.organiser.plan_urls")),
    path("", include("untoit.web.organiser.people_urls")),
    path("", include("untoit.web.organiser.timetable_urls")),
    path("", include("untoit.web.organiser.day_urls")),
    path("", include("untoit.web.organiser.paper_urls")),
]
