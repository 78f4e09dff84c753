"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern

from untoit.web.candidate import application_urls, event_urls, pathway_urls, proposal_urls, space_urls, tandem_urls

app_name = "candidate"
urlpatterns: list[URLPattern] = [
    *space_urls.urlpatterns,
    *tandem_urls.urlpatterns,
    *event_urls.urlpatterns,
    *pathway_urls.urlpatterns,
    *application_urls.urlpatterns,
    *proposal_urls.urlpatterns,
]
