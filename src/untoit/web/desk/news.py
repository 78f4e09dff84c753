"""What changed on what I may see, since I last looked: other people's acts, read from the journal of acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from untoit.records.applicants.models import Household, Person
from untoit.records.desk.models import Visit
from untoit.records.events.models import Event, Meeting, Registration, Stand
from untoit.records.followup.cases import words
from untoit.records.followup.models import Application, Pathway, Proposal, Session
from untoit.records.intake.models import Batch
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Run, Tandem
from untoit.records.partners.models import AuditEntry, Role
from untoit.records.partners.rights import READ, WRITE, Actor, grant
from untoit.records.stock.models import Vacancy
from untoit.web.access import access
from untoit.web.desk.subjects import subjects

SHOWN = 100
# Somebody who comes for the first time, or after long, reads the last week or month.
FIRST, LONGEST = timedelta(days=7), timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Act:
    """An act worth telling, what one must be able to read in full to know of it, and with which right."""

    label: str
    resource: str
    action: str = READ


# An act that is not here is told to nobody: adding one means choosing whose business it is.
# Of events, these are told to nobody: the check-list, rooms, journeys, tables, pauses and settings (each has its page,
# and what is late is a task); computations of a timetable before it is published; every single meeting that was moved,
# locked or missed, and every lateness and absence (the page of the day says them that day, and absence is told no
# further); devices; what was sent again, handed over or renewed for one person; seats at a session; what the clock did.
ACTS = {
    "household.created": Act("Nouveau dossier", "household_composition"),
    "household.changed": Act("Situation du ménage modifiée", "household_composition"),
    "person.added": Act("Personne ajoutée au dossier", "identity"),
    "person.changed": Act("Fiche modifiée", "identity"),
    "evidence.added": Act("Justificatif ajouté", "housing_application"),
    "evidence.withdrawn": Act("Justificatif retiré", "housing_application"),
    "evidence.restored": Act("Justificatif remis", "housing_application"),
    "consent.given": Act("Consentement recueilli", "consents_links"),
    "consent.withdrawn": Act("Consentement retiré", "consents_links"),
    "link.opened": Act("Partage ouvert", "consents_links"),
    "link.extended": Act("Partage prolongé", "consents_links"),
    "link.closed": Act("Partage fermé", "consents_links"),
    "assignment.opened": Act("Nouveau suivi", "consents_links"),
    "assignment.ended": Act("Fin d’un suivi", "consents_links"),
    "note.written": Act("Note écrite", "social_notes"),
    "offer.created": Act("Nouvelle offre", "job_offers"), "offer.changed": Act("Offre modifiée", "job_offers"),
    "offer.confirm": Act("Offre confirmée", "job_offers"), "offer.fill": Act("Offre pourvue", "job_offers"),
    "offer.withdraw": Act("Offre retirée", "job_offers"), "offer.reopen": Act("Offre rouverte", "job_offers"),
    "vacancy.created": Act("Nouveau logement", "dwelling_stock"),
    "vacancy.changed": Act("Logement modifié", "dwelling_stock"),
    "vacancy.confirm": Act("Logement confirmé", "dwelling_stock"),
    "vacancy.let": Act("Logement loué", "dwelling_stock"),
    "vacancy.withdraw": Act("Logement retiré", "dwelling_stock"),
    "vacancy.reopen": Act("Logement remis en location", "dwelling_stock"),
    "photo.added": Act("Photo ajoutée", "dwelling_stock"),
    "photo.removed": Act("Photo retirée", "dwelling_stock"),
    "import.received": Act("Fichier déposé", "import", WRITE),
    "import.confirmed": Act("Import confirmé", "import", WRITE),
    "import.applied": Act("Import terminé", "import", WRITE),
    "import.undone": Act("Import annulé", "import", WRITE),
    "run.created": Act("Calcul demandé", "matching_run"), "run.computed": Act("Calcul terminé", "matching_run"),
    "run.reviewed": Act("Calcul relu", "matching_run"), "run.released": Act("Calcul diffusé", "matching_run"),
    "run.closed": Act("Calcul clos", "matching_run"), "run.retracted": Act("Diffusion retirée", "matching_run"),
    "run.reopened": Act("Relecture rouverte", "matching_run"), "run.stopped": Act("Calcul arrêté", "matching_run"),
    "run.solved_again": Act("Calcul refait avec vos choix", "matching_run"),
    "tandem.accept": Act("Tandem retenu", "tandem"), "tandem.set_aside": Act("Tandem écarté", "tandem"),
    "tandem.pin": Act("Tandem épinglé", "tandem"), "tandem.forbid": Act("Tandem interdit", "tandem"),
    # What is prepared concerns those who prepare; where an event stands, whoever may open it.
    "event.created": Act("Nouvel événement", "event", WRITE),
    "event.changed": Act("Événement modifié", "event"),
    "event.run_chosen": Act("Calcul choisi pour un événement", "matching_run"),
    "event.proposed": Act("Personnes proposées pour un événement", "event", WRITE),
    "event.invite": Act("Invitations ouvertes", "event"), "event.invited": Act("Invitations envoyées", "registration"),
    "event.publish": Act("Planning diffusé", "event"), "event.open": Act("Journée ouverte", "event"),
    "event.end": Act("Journée terminée", "event"), "event.review": Act("Bilan arrêté", "event"),
    "event.reopen": Act("Journée rouverte", "event"), "event.cancel": Act("Événement annulé", "event"),
    "event.restore": Act("Événement rétabli", "event"),
    "timetable.published": Act("Planning diffusé", "event"),
    "timetable.repaired": Act("Planning réparé", "event", WRITE),
    "preparation.opened": Act("Séance de préparation ouverte", "registration"),
    "stand.added": Act("Stands ajoutés", "event", WRITE), "stand.removed": Act("Stand retiré", "event", WRITE),
    "stand.changed": Act("Stand modifié", "event"), "stand.restored": Act("Stand remis", "event"),
    # Of one person, to those who follow her or him; an employer reads a card on its own page, and no news of it.
    "registration.added": Act("Inscription ajoutée", "registration"),
    "registration.confirm": Act("Venue confirmée", "registration"),
    "registration.decline": Act("Invitation déclinée", "registration"),
    "registration.cancel": Act("Venue annulée", "registration"),
    "registration.wait": Act("Mise sur la liste d’attente", "registration"),
    "registration.remove": Act("Inscription retirée", "registration"),
    "registration.restore": Act("Inscription remise", "registration"),
    "registration.wave_chosen": Act("Horaire choisi", "registration"),
    "registration.call_asked": Act("Appel demandé", "messages"),
    "registration.walked_in": Act("Venue sans inscription", "attendance"),
    "feedback.given": Act("Avis donné en partant", "attendance"),
    "messages.stopped": Act("Ne veut plus de messages", "messages"),
    "outcome.employer": Act("Suite d’un entretien notée", "job_application"),
    "outcome.housing": Act("Suite d’un échange logement notée", "housing_proposal"),
    # Of a home, those who read its stage only are told nothing here: the page of the case says it.
    "assumptions.adopted": Act("Hypothèses apprises adoptées", "learning"),
    "assumptions.withdrawn": Act("Hypothèses apprises retirées", "learning"),
    **{f"housing.{code}": Act(said, "housing_proposal") for code, said in words.HOUSING_ACTS.items()},
    **{f"job.{code}": Act(said, "job_application") for code, said in words.JOB_ACTS.items()},
    **{f"pathway.{code}": Act(said, "pathway") for code, said in words.PATHWAY_ACTS.items()},
    "job.card_sent": Act("Fiche transmise à l’employeur", "work_pathway"),
    "committee.created": Act("Séance de la commission créée", "committee"),
    "committee.changed": Act("Séance de la commission modifiée", "committee"),
    "committee.cancelled": Act("Séance de la commission annulée", "committee"),
    "committee.closed": Act("Ordre du jour clos", "committee"),
    "committee.reopened": Act("Ordre du jour rouvert", "committee"),
    "committee.held": Act("Séance de la commission tenue", "committee"),
    "committee.minuted": Act("Procès-verbal arrêté", "committee"),
    "committee.members": Act("Membres de la commission notés", "committee"),
    "committee.dwelling_added": Act("Logement mis à l’ordre du jour", "committee"),
    "committee.dwelling_removed": Act("Logement retiré de l’ordre du jour", "committee"),
    "committee.exception": Act("Exception de l’ordre du jour écrite ou retirée", "committee"),
    "committee.unheld": Act("Ouverture de la séance annulée", "committee"),
}
# A masked view of these is a view of the same thing: the act itself says no more.
MASKED_IS_ENOUGH = frozenset({"tandem"})


@dataclass(frozen=True, slots=True)
class News:
    """One act as the page tells it."""

    at: datetime
    label: str
    about: str
    url: str
    who: str


@access("desk", "R")
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed since the last visit."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    visit = Visit.objects.filter(pk=actor.membership_id).first()
    since = visit.previous_at if visit else None
    return render(request, "desk/changes.html", {
        "since": _start(actor, since), "first": since is None, "news": news_since(actor, since, limit=SHOWN),
        "shown": SHOWN,
    })


def news_since(actor: Actor, since: datetime | None, *, limit: int) -> list[News]:
    """Return the latest acts of others on what the actor may see, the newest first."""
    told = [code for code, act in ACTS.items() if _concerns(actor, act)]
    found = (
        AuditEntry.objects.filter(_visible(actor), at__gt=_start(actor, since), action__in=told)
        .exclude(user_id=actor.user_id).select_related("organisation", "user").order_by("-at", "-pk")[:limit]
    )
    entries = list(found)
    known = subjects(actor, ((entry.subject_kind, entry.subject_id) for entry in entries))
    return [
        News(
            entry.at, ACTS[entry.action].label, known[entry.subject_id].label, known[entry.subject_id].url,
            _who(actor, entry),
        )
        for entry in entries if entry.subject_id in known
    ]


def _start(actor: Actor, since: datetime | None) -> datetime:
    return max(since, actor.at - LONGEST) if since else actor.at - FIRST


def _concerns(actor: Actor, act: Act) -> bool:
    given = grant(actor.role, act.resource, act.action)
    if given is None or "A" in given.codes:
        return False
    return act.resource in MASKED_IS_ENOUGH or not given.masked


def _visible(actor: Actor) -> Q:
    """Keep the acts on rows that the actor may see, by the same querysets as the pages."""
    rows = {
        "household": Household.objects.visible_to(actor), "person": Person.objects.visible_to(actor),
        "offer": Offer.objects.visible_to(actor), "vacancy": Vacancy.objects.visible_to(actor),
        "run": Run.objects.visible_to(actor), "tandem": Tandem.objects.visible_to(actor),
        "import": Batch.objects.visible_to(actor), "stand": Stand.objects.visible_to(actor),
        "application": Application.objects.visible_to(actor),
    }
    # Of an event, an employer hears of its own stand.
    if actor.role is not Role.EMPL:
        rows |= {
            "event": Event.objects.visible_to(actor), "registration": Registration.objects.visible_to(actor),
            "meeting": Meeting.objects.visible_to(actor), "proposal": Proposal.objects.visible_to(actor),
            "pathway": Pathway.objects.visible_to(actor), "session": Session.objects.visible_to(actor),
        }
    kept = Q(pk__isnull=True)
    for kind, visible in rows.items():
        # Asked of each act, the newest first: what a landlord sees is 20,000 households, and a page tells a few acts.
        kept |= Q(Exists(visible.order_by().filter(pk=OuterRef("subject_id"))), subject_kind=kind)
    return kept


def _who(actor: Actor, entry: AuditEntry) -> str:
    """Name a colleague; of another organisation, the organisation, by the name that an employer may read."""
    if entry.role in (Role.CAND, Role.PUB):
        return "la personne elle-même"
    if entry.user is None or entry.organisation is None:
        return "l’application"
    if entry.organisation_id == actor.organisation_id:
        return str(entry.user)
    if actor.role is Role.EMPL:
        return entry.organisation.neutral_name or "un partenaire"
    return entry.organisation.name
