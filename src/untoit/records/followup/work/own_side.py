"""My applications: what the person reads of her own, what her card says, and what she may say herself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from untoit.core.lifecycles.job_track import BEFORE_HIRE, CLOSED, IN_WORK, LOST
from untoit.records.followup.models import Application
from untoit.records.followup.work import history
from untoit.records.followup.work.applications import agrees
from untoit.records.followup.work.words import ENGAGEMENT_NAMES, reason_words
from untoit.records.jobs.selectors import commune_name
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

# Where an application stands, said to the person.
_STATES = {
    "applied": "Votre candidature est ouverte.", "interview_planned": "Un entretien est prévu.",
    "interviewed": "Vous avez passé l’entretien.", "in_pool": "L’employeur garde votre candidature.",
    "offered": "L’employeur vous propose ce travail.", "not_retained": "L’employeur n’a pas retenu la candidature.",
    "withdrawn": "Cette candidature est arrêtée.", "hired": "Vous êtes embauché·e.",
    "trial_passed": "Votre période d’essai est passée.", "trial_broken": "Le contrat s’est arrêté pendant l’essai.",
    "held_1m": "Vous êtes en poste depuis plus d’un mois.", "held_3m": "Vous êtes en poste depuis plus de trois mois.",
    "held_6m": "Vous êtes en poste depuis plus de six mois.", "ended": "Le contrat est terminé.",
}


@dataclass(frozen=True, slots=True)
class OwnApplication:
    """One application in the person's words; ``card`` is what the employer reads of her, line by line."""

    id: UUID
    job: str
    employer: str
    place: str
    says: str
    reason: str
    interview_on: date | None
    contract: str
    start_on: date | None
    last_day: date | None
    ended_on: date | None
    card: tuple[str, ...]
    asks_for_card: bool
    agrees: bool
    approved: bool
    sent_on: date | None
    may_withdraw: bool
    may_say: bool
    ended: bool
    minutes: int | None
    history: tuple[history.Line, ...]
    revision: int


def own_applications(actor: Actor) -> list[OwnApplication]:
    """Return the applications of the person who asks, the open ones first."""
    if actor.role is not Role.CAND:
        raise Http404
    rows = list(
        Application.objects.visible_to(actor).select_related("person", "offer").defer("offer__search")
        .order_by("-opened_on", "pk")
    )
    return [_own(actor, row) for row in sorted(rows, key=lambda one: one.state in CLOSED | LOST)]


def own_application(actor: Actor, application_id: UUID) -> OwnApplication:
    """Return one of them, or the 404 of a page that does not exist."""
    found = next((one for one in own_applications(actor) if one.id == application_id), None)
    if found is None:
        raise Http404
    return found


def _own(actor: Actor, row: Application) -> OwnApplication:
    begun = row.start_on is not None and row.start_on <= actor.today
    return OwnApplication(
        row.pk, row.offer.title, row.offer.employer, commune_name(row.offer.commune), _STATES[row.state],
        _reason(row, actor.today), row.interview_on, ENGAGEMENT_NAMES.get(row.contract, ""), row.start_on,
        row.last_day, row.ended_on if row.state in LOST else None, tuple(_card(row)),
        row.state in BEFORE_HIRE and row.sent_on is None, agrees(row), row.card_approved_at is not None, row.sent_on,
        row.state in BEFORE_HIRE, begun and row.state in IN_WORK | LOST, row.state in LOST,
        row.snapshot.get("outward_min"), tuple(history.lines_of(actor, row)), row.revision,
    )


def _reason(row: Application, today: date) -> str:
    if row.state not in CLOSED | LOST:
        return ""
    if row.last_action == "close_offer":
        return "Le poste est pourvu, ou l’offre n’est plus ouverte."
    if not row.reason:
        return ""
    action = "end" if row.state in LOST else row.last_action
    return f"Raison : {reason_words(action, row.reason, today)}."


def _card(row: Application) -> list[str]:
    person = row.person
    initial = f" {person.last_name[:1].upper()}." if person.last_name else ""
    lines = [f"{person.first_name}{initial} (le nom entier quand un entretien est fixé)".strip()]
    if person.skills:
        lines.append(f"Compétences : {', '.join(person.skills)}")
    if person.licences:
        lines.append(f"Permis : {', '.join(person.licences)}")
    if person.available_on is not None:
        lines.append(f"Disponible le {person.available_on:%d/%m/%Y}")
    if row.snapshot.get("outward_min"):
        lines.append(f"{row.snapshot['outward_min']} minutes de trajet jusqu’au travail")
    return lines
