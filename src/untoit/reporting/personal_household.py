"""What the file of a household holds of one person: her or his own lines, and what concerns the whole household."""

from __future__ import annotations

from django.apps import apps

from untoit.core.wording import typography
from untoit.records.applicants import wording as fr
from untoit.records.applicants.facts import HOUSEHOLD_COLUMNS, PERSON_COLUMNS
from untoit.records.applicants.models import Assignment, Consent, Evidence, Link, RightsRequest, SocialNote
from untoit.records.desk.models import Message, Preference
from untoit.reporting.personal_source import Row, Source, Subject

_COVERED = {
    "applicants.Household": "foyer", "applicants.Person": "vous", "applicants.Evidence": "justificatifs",
    "applicants.Consent": "accords", "applicants.Link": "partages", "applicants.Assignment": "partages",
    "applicants.SocialNote": "notes", "applicants.RightsRequest": "demandes",
    "applicants.HouseholdEvent": "modifications", "applicants.PersonEvent": "modifications",
    "applicants.LinkEvent": "modifications", "applicants.AssignmentEvent": "modifications",
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
    "rights.copy_taken": "copie téléchargée",
}


def _you(of: Subject) -> list[Row]:
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


def _account(of: Subject) -> list[Row]:
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


def _household(of: Subject) -> list[Row]:
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


def _evidence(of: Subject) -> list[Row]:
    found = Evidence.objects.filter(household=of.household).select_related("organisation").order_by("seen_at")
    return [
        {
            "Motif": fr.ground(one.ground, of.actor.today), "Justificatif": one.document, "Daté du": one.dated_on,
            "Valable jusqu'au": one.valid_until, "Vu par": str(one.organisation), "Vu le": one.seen_at,
            "Retiré le": one.withdrawn_at,
        }
        for one in found
    ]


def _consents(of: Subject) -> list[Row]:
    return [
        {
            "Accord pour": one.get_purpose_display(), "Donné le": one.given_on, "Recueilli": one.get_how_display(),
            "Enregistré le": one.recorded_at, "Retiré le": one.withdrawn_at,
        }
        for one in Consent.objects.filter(household=of.household).order_by("recorded_at")
    ]


def _links(of: Subject) -> list[Row]:
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


def _notes(of: Subject) -> list[Row]:
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


def _requests(of: Subject) -> list[Row]:
    return [
        {
            "Demande": one.get_kind_display(), "Faite le": one.asked_at, "Réponse due le": one.due_on,
            "Réponse le": one.decided_at, "Réponse": one.decision,
        }
        for one in RightsRequest.objects.filter(household=of.household).order_by("asked_at")
    ]


def _edits(of: Subject) -> list[Row]:
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
    return rows


SOURCE = Source(
    parts=(
        ("vous", "Vous", "Ce que votre dossier dit de vous.", _you),
        ("compte", "Votre compte", "Pour entrer dans votre espace, et les messages envoyés.", _account),
        ("foyer", "Votre ménage et votre demande", "Les ressources sont celles qui ont été déclarées.", _household),
        ("justificatifs", "Justificatifs vus", "Les documents eux-mêmes ne sont pas gardés ici.", _evidence),
        ("accords", "Vos accords", "Vous pouvez retirer chacun d'eux à tout moment.", _consents),
        ("partages", "Avec qui votre dossier est partagé", "Et qui vous suit.", _links),
        ("notes", "Notes d'accompagnement", "Écrites par le service social qui vous suit.", _notes),
        ("demandes", "Vos demandes sur vos données", "Copie et effacement.", _requests),
    ),
    covered=_COVERED, acts=_ACTS, edits=_edits,
)
