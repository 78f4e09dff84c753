"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.adviser import application_urls, candidate_urls, offers, pathway_urls, tandem_urls

app_name = "adviser"
urlpatterns: list[URLPattern] = [
    *candidate_urls.urlpatterns,
    path("offres/", offers.offers, name="offers"),
    path("offres/export/<str:form>/", offers.offers_export, name="offers_export"),
    path("offres/<uuid:offer_id>/", offers.offer, name="offer"),
    *tandem_urls.urlpatterns,
    *pathway_urls.urlpatterns,
    *application_urls.urlpatterns,
]
