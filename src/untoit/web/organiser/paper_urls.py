"""URLs of the organiser's pages (paper); included by ``urls.py``."""

from django.urls import URLPattern, path

from untoit.web.organiser import papers, review

urlpatterns: list[URLPattern] = [
    path("<uuid:event_id>/documents/", papers.papers, name="papers"),
    path("<uuid:event_id>/documents/<slug:code>/", papers.paper, name="paper"),
    path("<uuid:event_id>/documents/<slug:code>/<uuid:registration_id>/", papers.paper, name="paper_of"),
    path("rencontres/<uuid:meeting_id>/", review.meeting_of, name="meeting_of"),
    path("<uuid:event_id>/bilan/", review.review, name="review"),
    path("<uuid:event_id>/bilan/arreter/", review.settle, name="review_settle"),
    path("<uuid:event_id>/bilan/fichier/<slug:form>/", review.review_file, name="review_file"),
]
