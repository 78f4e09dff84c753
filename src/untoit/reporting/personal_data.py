"""
The copy of everything about one person: as JSON for a machine, as a PDF to read (GDPR art. 15 and 20; scenario 25).

Each score is there with its reasons. Every table from which a household is reached is in :data:`COVERED` or in
:data:`EXCLUDED` with the reason, and a test walks the models to find one that is in neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

import typst
from django.apps import apps
from django.utils import timezone

from untoit.core.wording import NO_BREAK, number, typography
from untoit.records.applicants import wording as fr
from untoit.records.applicants.facts import HOUSEHOLD_COLUMNS, PERSON_COLUMNS
from untoit.records.applicants.models import (
    Assignment,
    Consent,
    Evidence,
    Household,
    Link,
    Person,
    RightsRequest,
    SocialNote,
)
from untoit.records.applicants.own_space import RESOURCE_WORDS
from untoit.records.desk.models import Message, Preference
from untoit.records.pairings import codec
from untoit.records.pairings.models import Tandem, Unplaced
from untoit.records.pairings.querysets import RELEASED
from untoit.records.partners.models import AuditEntry, ReadLog, Role
from untoit.records.partners.rights import Actor
from untoit.reporting import personal_events
from untoit.reporting.personal_words import by_day, plain, share, shown

Row = dict[str, Any]

# Where the rows of each table go in the copy.
COVERED = {
    "applicants.Household": "foyer", "applicants.Person": "vous", "applicants.Evidence": "justificatifs",
    "applicants.Consent": "accords", "applicants.Link": "partages", "applicants.Assignment": "partages",
    "applicants.SocialNote": "notes", "applicants.RightsRequest": "demandes", "pairings.Tandem": "propositions",
    "pairings.TandemJob": "propositions", "pairings.Unplaced": "recherches",
    "applicants.HouseholdEvent": "modifications", "applicants.PersonEvent": "modifications",
    "applicants.LinkEvent": "modifications", "applicants.AssignmentEvent": "modifications",
    **personal_events.COVERED,
}
_ACTS = {
    "household.created": "dossier créé", "household.changed": "dossier modifié", "person.changed": "fiche modifiée",
    "person.added": "personne ajoutée", "consent.given": "accord enregistré", "consent.withdrawn": "accord retiré",
    "link.opened": "dossier partagé", "link.extended": "partage prolongé", "link.closed": "partage fermé",
    "assignment.opened": "personne chargée du suivi", "assignment.handed_over": "suivi confié à une autre personne",
    "assignment.ended": "fin d'un suivi", "evidence.added": "justificatif vu",
    "evidence.withdrawn": "justificatif retiré", "evidence.restored": "justificatif remis",
    "note.written": "note écrite", "rights.access_asked": "copie demandée",
    "rights.erasure_asked": "effacement demandé", "rights.decided": "réponse à une demande",
    "rights.copy_taken": "copie téléchargée", **personal_events.ACTS,
}
# Tables that reach a household and hold nothing more about the person than what the copy says.
EXCLUDED: dict[str, str] = personal_events.EXCLUDED


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the copy: what it is, in words, and its rows as labels and values."""

    code: str
    title: str
    says: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """The whole copy of one person on one day."""

    name: str
    made_at: datetime
    fictitious: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whose copy it is."""

    actor: Actor
    person: Person
    household: Household
    at: datetime


def collect(actor: Actor, person: Person, *, at: datetime) -> Copy:
    """Return everything about a person: her or his own lines, and what concerns the whole household."""
    subject = _Subject(actor, person, person.household, at)
    return Copy(
        name=f"{person.first_name} {person.last_name}".strip() or f"Personne {person.number}", made_at=at,
        fictitious=person.household.is_fictitious,
        parts=tuple(
            Part(code, title, typography(says), tuple(rows(subject))) for code, title, says, rows in _PARTS
        ),
    )


def as_json(copy: Copy) -> bytes:
    """Return the copy for a machine, in UTF-8, with the labels of the PDF."""
    document = {
        "copie_des_donnees_de": copy.name, "etablie_le": copy.made_at.isoformat(),
        "personnes_fictives": copy.fictitious,
        "parties": {
            part.code: {"titre": part.title, "precision": part.says, "lignes": [plain(row) for row in part.rows]}
            for part in copy.parts
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def as_pdf(copy: Copy) -> bytes:
    """Return the copy to read, as an accessible PDF (PDF/UA-1)."""
    data = {
        "name": copy.name, "made": f"{timezone.localtime(copy.made_at):%d/%m/%Y}", "fictitious": copy.fictitious,
        "parts": [
            {"title": part.title, "says": part.says, "rows": [
                [[label, shown(value)] for label, value in row.items() if shown(value)] for row in part.rows
            ]}
            for part in copy.parts
        ],
    }
    template = (resources.files("untoit.reporting") / "templates" / "personal_data.typ").read_bytes()
    return typst.compile(template, sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"])


def _you(of: _Subject) -> list[Row]:
    who = of.person
    row: Row = {label: getattr(who, name) for name, (_, label) in PERSON_COLUMNS.items()}
    row["Métiers recherchés"] = [fr.trade(code) for code in who.occupations]
    row["Expérience"] = fr.experience(who.experience)
    row["Modes de déplacement"] = fr.words(who.modes, fr.MODE)
    row["Trajet maximal"] = f"{who.max_commute_min} min"
    row["Départ au plus tôt"] = fr.clock(who.leaves_no_earlier_min)
    row["Retour au plus tard"] = fr.clock(who.back_no_later_min)
    row["Jours possibles"] = fr.days(who.workable_days)
    return [{"Numéro dans le ménage": who.number, **row, "Fiche créée le": who.created_at}]


def _account(of: _Subject) -> list[Row]:
    user = of.person.account
    if user is None:
        return []
    chosen = Preference.objects.filter(user=user).first()
    rows: list[Row] = [{
        "Adresse e-mail du compte": user.email, "Nom du compte": user.full_name, "Téléphone du compte": user.phone,
        "Compte créé le": user.date_joined, "Dernière connexion": user.last_login,
        "Messages de rappel": str(chosen) if chosen else "",
    }]
    rows += [
        {"Message préparé le": one.created_at, "Envoyé le": one.sent_at, "Objet": one.subject, "Texte": one.body}
        for one in Message.objects.filter(recipient=user).order_by("created_at")
    ]
    return rows


def _household(of: _Subject) -> list[Row]:
    home = of.household
    row: Row = {
        label: getattr(home, name) for name, (_, label) in HOUSEHOLD_COLUMNS.items() if name != "finances"
    }
    row["Communes souhaitées"] = [fr.place(code) for code in home.wished_communes]
    row["Commune actuelle"] = fr.place(home.current_commune)
    row["Logement actuel"] = fr.CURRENT_STATUS.get(home.current_status, "")
    row["Motifs de priorité"] = [fr.ground(code, of.actor.today) for code in home.grounds]
    row["Motifs justifiés"] = [fr.ground(code, of.actor.today) for code in home.evidenced_grounds]
    row["Dépense maximale"] = fr.cents(home.max_outlay_cents)
    amounts: Row = {
        fr.AMOUNT[name]: fr.amount(value, yearly=name.endswith("_year")) for name, value in home.finances.items()
        if name in fr.AMOUNT
    }
    others = home.persons.exclude(pk=of.person.pk).count()
    return [{**row, "Dossier créé le": home.created_at, "Autres personnes en recherche d'emploi": others}, amounts]


def _evidence(of: _Subject) -> list[Row]:
    found = Evidence.objects.filter(household=of.household).select_related("organisation").order_by("seen_at")
    return [
        {
            "Motif": fr.ground(one.ground, of.actor.today), "Justificatif": one.document, "Daté du": one.dated_on,
            "Valable jusqu'au": one.valid_until, "Vu par": str(one.organisation), "Vu le": one.seen_at,
            "Retiré le": one.withdrawn_at,
        }
        for one in found
    ]


def _consents(of: _Subject) -> list[Row]:
    return [
        {
            "Accord pour": one.get_purpose_display(), "Donné le": one.given_on, "Recueilli": one.get_how_display(),
            "Enregistré le": one.recorded_at, "Retiré le": one.withdrawn_at,
        }
        for one in Consent.objects.filter(household=of.household).order_by("recorded_at")
    ]


def _links(of: _Subject) -> list[Row]:
    rows: list[Row] = []
    links = Link.objects.filter(household=of.household).select_related("organisation").order_by("opened_at")
    for one in links:
        following = Assignment.objects.filter(link=one).select_related("membership__user").order_by("since")
        rows.append({
            "Organisation": str(one.organisation), "Pour": one.get_purpose_display(), "Ouvert le": one.opened_at,
            "Expire le": one.expires_on, "Fermé le": one.closed_at,
            "Suivi par": [
                f"{who.membership.user} du {who.since:%d/%m/%Y}" + (f" au {who.until:%d/%m/%Y}" if who.until else "")
                for who in following
            ],
        })
    return rows


def _notes(of: _Subject) -> list[Row]:
    """
    Return the social notes of a person who is alone in the household.

    With two adults a note may speak of the other one: it is given by the service that wrote it, on request.
    """
    notes = SocialNote.objects.filter(household=of.household).select_related("organisation").order_by("written_at")
    alone = len(of.household.adult_ages) < 2
    return [
        {
            "Écrite le": one.written_at, "Par": str(one.organisation),
            "Texte": one.text["text"] if alone
            else typography("Cette note peut parler d'une autre personne du ménage : demandez-la à ce service."),
        }
        for one in notes
    ]


def _requests(of: _Subject) -> list[Row]:
    return [
        {
            "Demande": one.get_kind_display(), "Faite le": one.asked_at, "Réponse due le": one.due_on,
            "Réponse le": one.decided_at, "Réponse": one.decision,
        }
        for one in RightsRequest.objects.filter(household=of.household).order_by("asked_at")
    ]


def _proposals(of: _Subject) -> list[Row]:
    """Return every score given to the household in a run that was released, with its reasons; no rank of others."""
    tandems = (
        Tandem.objects.filter(household=of.household, run__state__in=RELEASED).select_related("run")
        .order_by("run__on", "rank")
    )
    return [row for one in tandems for row in _proposal(one, of)]


def _proposal(tandem: Tandem, of: _Subject) -> list[Row]:
    rows: list[Row] = []
    kept = [codec.load_tandem(one) for one in tandem.snapshot.get("rows", ())]
    for one in kept:
        if one.person != of.person.number and any(other.person == of.person.number for other in kept):
            continue
        home, job = one.dwelling, one.offer
        rows.append({
            "Calcul du": tandem.run.on,
            "Logement": f"T{home.rooms} à {fr.place(home.commune)}, {number(home.surface_m2)}{NO_BREAK}m²",
            "Loyer et charges": f"{number(home.rent_eur)} + {number(home.charges_eur)}{NO_BREAK}€ par mois",
            "Emploi": f"{job.title}, {job.employer}, {job.contract}, à {fr.place(job.commune)}",
            "Trajet aller": f"{one.outward_min} min ({fr.MODE.get(one.outward_mode, one.outward_mode)})",
            "Trajet retour": f"{one.back_min} min ({fr.MODE.get(one.back_mode, one.back_mode)})",
            "Chances de réussir les deux": share(one.probability),
            "Rang de votre proposition": one.rank,
            "Raisons": list(one.reasons),
            "Points d'attention": list(one.warnings),
            "Taux d'effort avant": share(one.effort_before), "Taux d'effort après": share(one.effort_after),
            "Reste à vivre avant": by_day(one.residual_before_eur),
            "Reste à vivre après": by_day(one.residual_after_eur),
            "Budget estimé": [_budget(line) for line in one.budget],
            "Avis donné": tandem.get_review_display(), "Raison de l'avis": tandem.reason,
            "Relu par": "une personne du bailleur ou de l'accompagnement" if tandem.reviewed_by_id else "",
            "Calculé avec": [f"{name} {value}" for name, value in tandem.snapshot.get("versions", {}).items()],
        })
    return rows


def _budget(line: Any) -> str:
    return typography(
        f"{line.moment.replace('_', ' ')} ({line.month:%m/%Y}) : "
        f"salaires {number(line.wages_net_eur)} €, RSA {number(line.rsa_eur)} €, "
        f"prime d'activité {number(line.activity_bonus_eur)} €, prestations familiales "
        f"{number(line.family_benefits_eur)} €, aide au logement {number(line.housing_benefit_eur)} €, autres "
        f"{number(line.other_eur)} €, logement à payer {number(line.net_housing_cost_eur)} €"
    )


def _searches(of: _Subject) -> list[Row]:
    found = Unplaced.objects.filter(household=of.household, run__state__in=RELEASED).select_related("run")
    rows: list[Row] = []
    for one in found.order_by("run__on"):
        left = codec.load_left_out(one.texts)
        rows.append({
            "Calcul du": one.run.on, "Pourquoi aucune proposition": left.reason,
            "Ce qui aurait suffi": left.nearest_change, "Étape": one.stage,
        })
    return rows


def _readings(of: _Subject) -> list[Row]:
    subjects = [
        of.household.pk, of.person.pk,
        *Tandem.objects.filter(household=of.household).values_list("pk", flat=True),
        *personal_events.subjects_of(of.person),
    ]
    logs = ReadLog.objects.filter(subject_id__in=subjects).select_related("organisation").order_by("at")
    return [
        {
            "Le": one.at, "Organisation": str(one.organisation or ""), "Fonction": Role(one.role).label,
            "Partie lue": RESOURCE_WORDS.get(one.resource, "votre dossier"), "Raison donnée": one.reason,
        }
        for one in logs
    ]


def _acts(of: _Subject) -> list[Row]:
    subjects = [of.household.pk, of.person.pk, *personal_events.subjects_of(of.person)]
    acts = AuditEntry.objects.filter(subject_id__in=subjects).select_related("organisation")
    return [
        {"Le": one.at, "Organisation": str(one.organisation or "vous"), "Acte": _ACTS.get(one.action, one.action)}
        for one in acts.order_by("at")
    ]


def _edits(of: _Subject) -> list[Row]:
    """Return each state that the rows have had, from the history that the database keeps."""
    rows: list[Row] = []
    for model, subjects, columns in (
        ("HouseholdEvent", [of.household.pk], HOUSEHOLD_COLUMNS), ("PersonEvent", [of.person.pk], PERSON_COLUMNS),
    ):
        last = None
        for event in apps.get_model("applicants", model)._default_manager.filter(
            pgh_obj_id__in=subjects
        ).order_by("pgh_id"):
            changed = {
                label: getattr(event, name) for name, (_, label) in columns.items()
                if last is None or getattr(event, name) != getattr(last, name)
            }
            if last is None or changed:
                rows.append({"Le": event.pgh_created_at, **changed})
            last = event
    links = list(Link.objects.filter(household=of.household).values_list("pk", flat=True))
    for event in apps.get_model("applicants", "LinkEvent")._default_manager.filter(pgh_obj_id__in=links):
        rows.append({
            "Le": event.pgh_created_at, "Partage": event.get_purpose_display(), "Expire le": event.expires_on,
            "Fermé le": event.closed_at,
        })
    for event in apps.get_model("applicants", "AssignmentEvent")._default_manager.filter(link_id__in=links):
        rows.append({"Le": event.pgh_created_at, "Suivi depuis le": event.since, "Suivi jusqu'au": event.until})
    return rows + personal_events.edits(of.person)


def _of_person(rows: Callable[[Person], list[Row]]) -> Callable[[_Subject], list[Row]]:
    """Return the reader of a part that concerns the person alone, whoever else lives there."""
    return lambda of: rows(of.person)


_PARTS: tuple[tuple[str, str, str, Callable[[_Subject], list[Row]]], ...] = (
    ("vous", "Vous", "Ce que votre dossier dit de vous.", _you),
    ("compte", "Votre compte", "Pour entrer dans votre espace, et les messages envoyés.", _account),
    ("foyer", "Votre ménage et votre demande", "Les ressources sont celles qui ont été déclarées.", _household),
    ("justificatifs", "Justificatifs vus", "Les documents eux-mêmes ne sont pas gardés ici.", _evidence),
    ("accords", "Vos accords", "Vous pouvez retirer chacun d'eux à tout moment.", _consents),
    ("partages", "Avec qui votre dossier est partagé", "Et qui vous suit.", _links),
    ("propositions", "Propositions et chances calculées",
     "Les chances sont des estimations : des personnes décident. Les propositions encore en relecture n'y sont pas.",
     _proposals),
    ("recherches", "Recherches sans proposition", "Pourquoi un calcul ne vous a rien proposé.", _searches),
    *((code, title, says, _of_person(rows)) for code, title, says, rows in personal_events.PARTS),
    ("notes", "Notes d'accompagnement", "Écrites par le service social qui vous suit.", _notes),
    ("demandes", "Vos demandes sur vos données", "Copie et effacement.", _requests),
    ("lectures", "Qui a lu votre dossier", "Une organisation et une fonction, jamais un nom.", _readings),
    ("actes", "Ce qui a été fait sur votre dossier", "Qui a agi, et quand.", _acts),
    ("modifications", "Historique de vos informations", "La première ligne est l'état de départ.", _edits),
)
