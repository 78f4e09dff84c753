"""Every column of every table says which field of the policy it holds; a new one without a declaration fails here."""

import pytest
from tests.security.world import SIDES

from untoit.records.partners import columns
from untoit.records.partners.columns import RESOURCE, declared, problems, tables

pytestmark = pytest.mark.django_db
# Types that hold a text of their own: a canary is planted in each one that the policy protects.
TEXTS = {"CharField", "EmailField", "TextField", "EncryptedJSONField", "DateField"}


def test_every_column_is_declared():
    assert problems() == []


def test_a_column_without_a_declaration_is_named(monkeypatch):
    said = dict(columns.declarations())
    said["applicants.Person"] = {"surname": ["last_name"]}
    monkeypatch.setattr(columns, "declarations", lambda: said)

    found = problems()

    assert "columns.yaml : applicants.Person.first_name n'est pas déclarée." in found


def test_every_text_that_the_policy_protects_has_a_canary(world):
    """What the world does not plant, the canaries do not guard: the exceptions are said, with their reason."""
    planted = {f"{one.table}.{one.column}" for one in world.canaries}
    protected = {
        f"{label}.{field.column}" for label, model in tables().items() for field in model._meta.local_fields
        if type(field).__name__ in TEXTS and not field.choices
        and declared(label)[field.column] != "none"
    }

    assert sorted(protected - planted - set(NOT_PLANTED)) == []
    assert sorted(set(NOT_PLANTED) - protected) == []


NOT_PLANTED = {
    **dict.fromkeys(
        (
            "applicants.Assignment.since", "applicants.Assignment.until", "applicants.Consent.given_on",
            "applicants.Evidence.dated_on", "applicants.Evidence.valid_until", "applicants.Household.applied_on",
            "applicants.Household.struck_off_on",
            "applicants.Link.expires_on", "applicants.Person.available_on", "applicants.RightsRequest.due_on",
            "events.EmployerOutcome.next_on", "events.HousingOutcome.visit_on", "jobs.Offer.starts_on",
            "pairings.Feed.valid_from", "pairings.Feed.valid_until",
        ),
        "une date que d'autres lignes partagent : la trouver ne dirait rien",
    ),
    **dict.fromkeys(
        (
            "applicants.Household.current_commune", "events.DeviceAct.kind", "events.Event.commune",
            "events.Feedback.language",
            "events.Meeting.cancelled_because", "events.Notice.held_because", "events.Registration.needs_language",
            "events.Reply.understood", "jobs.Offer.commune", "jobs.Offer.occupation",
            "jobs.Offer.schedule", "jobs.Offer.siret", "pairings.Unplaced.stage", "partners.ReadLog.resource",
            "partners.ReadLog.subject_kind", "partners.AuditEntry.action", "partners.AuditEntry.subject_kind",
            "pairings.Run.inputs_hash",
        ),
        "un code ou une empreinte, pas un texte libre",
    ),
    **dict.fromkeys(
        (
            "pairings.RunInput.content", "pairings.Tandem.snapshot", "pairings.TandemJob.snapshot",
            "pairings.Unplaced.texts", "pairings.Run.certificate",
        ),
        "écrits par un vrai calcul : ils contiennent les canaris du ménage, du logement et de l'offre",
    ),
    **dict.fromkeys(
        (
            "intake.Batch.sentence", "intake.Row.key", "intake.Row.said", "intake.Row.problems", "intake.Row.changes",
            "intake.Row.before",
        ),
        "de la même ligne, sur les mêmes pages, que intake.Row.raw, où le canari est",
    ),
    **dict.fromkeys(
        ("pairings.FeedFetch.name", "pairings.FeedFetch.failure", "pairings.Run.failure"),
        "n'existent que pendant un téléchargement ou après un arrêt, sur les pages du canari pairings.Feed.name",
    ),
    **dict.fromkeys(
        ("stock.Vacancy.description", "stock.Vacancy.nearby"),
        "ce que montre aussi la vue masquée, à ceux qui voient le logement sans son adresse",
    ),
    **dict.fromkeys(
        (
            "followup.Application.ended_on", "followup.Application.interview_on",
            "followup.Application.interviewed_on", "followup.Application.last_day", "followup.Application.sent_on",
            "followup.Application.start_on", "followup.Application.trial_ends_on",
            "followup.Application.trial_passed_on", "followup.Case.landlord_moved_on", "followup.Case.moved_on",
            "followup.CaseAlert.due_on", "followup.Pathway.consented_on", "followup.PathwayItem.done_on",
            "followup.PathwayItem.due_on", "followup.Proposal.answer_due_on", "followup.Proposal.answered_on",
            "followup.Proposal.decided_on", "followup.Proposal.document_due_on", "followup.Proposal.ended_on",
            "followup.Proposal.inventory_on", "followup.Proposal.keys_on", "followup.Proposal.notified_on",
            "followup.Proposal.signed_on", "followup.Proposal.since", "followup.Proposal.visit_on",
            "followup.Proposal.visited_on", "followup.RetentionNotice.due_on",
            "followup.RetentionNotice.noticed_on",
        ),
        "une date que d'autres lignes partagent ; qui la lit est vérifié page par page (test_followup)",
    ),
    **dict.fromkeys(
        (
            "followup.AgendaLine.exception", "followup.Application.last_action", "followup.Application.reason",
            "followup.Appointment.kind", "followup.Appointment.reason", "followup.EmployerLink.answer",
            "followup.EmployerLink.question", "followup.Pathway.last_action", "followup.Pathway.reason",
            "followup.PathwayItem.code", "followup.PathwayItem.reason", "followup.Proposal.document",
            "followup.Proposal.last_action", "followup.Proposal.reason", "followup.RetentionNotice.rule",
            "followup.SessionMember.commune", "followup.TrackAct.action", "followup.TrackAct.from_state",
            "followup.TrackAct.to_state",
        ),
        "le code d'une liste, que les pages disent en mots ; qui le lit est vérifié page par page (test_followup)",
    ),
    "applicants.RightsRequest.decision": "écrite par la protection des données, adressée à la personne",
    "partners.User.email": "adresse professionnelle, que portent aussi les pages de son propre compte",
    "partners.User.phone": "n'est montré nulle part",
    "partners.ReadLog.reason": "écrite à la lecture, lue par la protection des données seulement (tests/web/platform)",
}


def test_sides_are_told_apart(world):
    texts = [text for one in world.canaries for text in one.texts]

    assert len(texts) == len(set(texts))
    assert {one.side for one in world.canaries} == set(SIDES) - {"unknown"}


def test_a_resource_named_in_the_file_exists():
    from untoit.records.partners.rights import policy

    for label in tables():
        for said in declared(label).values():
            if said.startswith(RESOURCE):
                assert said.removeprefix(RESOURCE) in policy()["resources"]
