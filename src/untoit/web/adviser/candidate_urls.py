"""URLs of the candidates' files."""

from __future__ import annotations

from django.urls import path

from untoit.web.adviser import candidate_edit as change
from untoit.web.adviser import candidate_exports as exports
from untoit.web.adviser import candidate_sharing as sharing
from untoit.web.adviser import candidates as read

_ONE = "candidats/<uuid:household_id>/"
_PERSON = _ONE + "personnes/<uuid:person_id>/"
_LINK = _ONE + "partages/<uuid:link_id>/"

urlpatterns = [
    path("candidats/", read.candidates, name="candidates"),
    path("candidats/nouveau/", change.new_candidate, name="new_candidate"),
    path("candidats/exports/", exports.candidate_exports, name="candidate_exports"),
    path("candidats/exports/<uuid:export_id>/approuver/", exports.export_approve, name="export_approve"),
    path("candidats/exports/<uuid:export_id>/refuser/", exports.export_refuse, name="export_refuse"),
    path("candidats/exports/<uuid:export_id>/fichier/", exports.export_file, name="export_file"),
    path(_ONE, read.candidate, name="candidate"),
    path(_ONE + "historique/", read.candidate_history, name="candidate_history"),
    path(_ONE + "contacts/", read.candidate_contact, name="candidate_contact"),
    path(_ONE + "menage/", change.candidate_composition, name="candidate_composition"),
    path(_ONE + "ressources/", change.candidate_resources, name="candidate_resources"),
    path(_ONE + "rsa/", change.candidate_rsa, name="candidate_rsa"),
    path(_ONE + "demande/", change.candidate_application, name="candidate_application"),
    path(_ONE + "personnes/ajouter/", change.candidate_add_person, name="candidate_add_person"),
    path(_PERSON + "identite/", change.candidate_identity, name="candidate_identity"),
    path(_PERSON + "parcours/", change.candidate_pathway, name="candidate_pathway"),
    path(_ONE + "justificatifs/", change.candidate_evidence, name="candidate_evidence"),
    path(_ONE + "justificatifs/<uuid:evidence_id>/retirer/", change.evidence_withdraw, name="evidence_withdraw"),
    path(_ONE + "justificatifs/<uuid:evidence_id>/remettre/", change.evidence_restore, name="evidence_restore"),
    path(_ONE + "note/", change.candidate_note, name="candidate_note"),
    path(_ONE + "droits/acces/", change.candidate_rights, {"kind": "access"}, name="candidate_access_request"),
    path(_ONE + "droits/effacement/", change.candidate_rights, {"kind": "erasure"}, name="candidate_erasure_request"),
    path(_ONE + "accords/", sharing.candidate_consent, name="candidate_consent"),
    path(_ONE + "accords/<slug:purpose>/retirer/", sharing.consent_withdraw, name="consent_withdraw"),
    path(_ONE + "partages/", sharing.candidate_share, name="candidate_share"),
    path(_LINK + "prolonger/", sharing.link_extend, name="link_extend"),
    path(_LINK + "fermer/", sharing.link_close, name="link_close"),
    path(_LINK + "suivi/", sharing.link_follow, name="link_follow"),
    path(_ONE + "suivi/<uuid:assignment_id>/terminer/", sharing.assignment_end, name="assignment_end"),
]
