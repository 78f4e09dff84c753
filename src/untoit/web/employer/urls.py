"""URLs of this audience; every view declares its access (``untoit.web.access``)."""

from django.urls import URLPattern, path

from untoit.web.employer import application_urls, offers, sheets, stands

app_name = "employer"
urlpatterns: list[URLPattern] = [
    path("", offers.offers, name="offers"),
    path("export/<str:form>/", offers.offers_export, name="offers_export"),
    path("metiers/", offers.occupations, name="occupations"),
    path("offres/nouvelle/", offers.new_offer, name="new_offer"),
    path("offres/<uuid:offer_id>/", offers.offer, name="offer"),
    path("offres/<uuid:offer_id>/modifier/", offers.edit_offer, name="edit_offer"),
    path("offres/<uuid:offer_id>/dupliquer/", offers.duplicate_offer, name="duplicate_offer"),
    path("offres/<uuid:offer_id>/etat/<slug:action>/", offers.offer_act, name="offer_act"),
    path("rencontres/", stands.events, name="events"),
    path("rencontres/<uuid:event_id>/", stands.event, name="event"),
    path("rencontres/<uuid:event_id>/stands/<uuid:stand_id>/tables/", stands.tables, name="stand_tables"),
    path("rencontres/<uuid:event_id>/stands/<uuid:stand_id>/fiche/", sheets.stand_sheet, name="stand_sheet"),
    path("rencontres/<uuid:event_id>/stands/<uuid:stand_id>/postes/", stands.posts, name="stand_posts"),
    path("rencontres/<uuid:event_id>/entretiens/<uuid:meeting_id>/suite/", stands.outcome, name="outcome"),
    *application_urls.urlpatterns,
]
