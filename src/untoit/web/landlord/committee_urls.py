"""URLs of the allocation committee; added to those of ``urls.py``."""

from django.urls import URLPattern, path

from untoit.web.landlord import committee, committee_agenda, committee_papers, committee_ruling

_ONE = "commissions/<uuid:session_id>/"
_LINE = _ONE + "logements/<uuid:line_id>/"
_RULING = _ONE + "seance/<uuid:line_id>/"

urlpatterns: list[URLPattern] = [
    path("commissions/", committee.committee_sessions, name="sessions"),
    path("commissions/nouvelle/", committee.new_session, name="new_session"),
    path(_ONE, committee.session_page, name="session"),
    path(_ONE + "modifier/", committee.edit_session, name="edit_session"),
    path(_ONE + "membres/", committee.session_members, name="session_members"),
    path(_ONE + "etat/<slug:action>/", committee.session_act, name="session_act"),
    path(_ONE + "documents/<slug:code>.pdf", committee_papers.session_paper, name="session_paper"),
    path(_ONE + "logements/ajouter/", committee_agenda.add_line, name="add_line"),
    path(_LINE, committee_agenda.session_line, name="session_line"),
    path(_LINE + "retirer/", committee_agenda.remove_line, name="remove_line"),
    path(_LINE + "exception/", committee_agenda.line_exception, name="line_exception"),
    path(_LINE + "proposer/", committee_agenda.line_propose, name="line_propose"),
    path(
        _LINE + "candidats/<uuid:proposal_id>/<slug:action>/", committee_agenda.line_candidate, name="line_candidate"
    ),
    path(_ONE + "seance/", committee_ruling.ruling, name="ruling_start"),
    path(_RULING, committee_ruling.ruling, name="ruling"),
    path(_RULING + "<uuid:proposal_id>/", committee_ruling.rule, name="rule"),
    path(_RULING + "<uuid:proposal_id>/reprendre/", committee_ruling.unrule, name="unrule"),
    path(_RULING + "<uuid:proposal_id>/reporter/", committee_ruling.leave, name="leave"),
]
