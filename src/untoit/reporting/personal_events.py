"""
What the events hold of one person, for the copy of her or his data: her own lines, never those of a housemate.

An employer's or a landlord's reasons about somebody are that person's data: she reads them whole, in the words of the
forms. Whoever wrote is an organisation and a function, never a name. A timetable that was never told and the wishes of
a list that is still being prepared are drafts, like the proposals still under review: they are not in the copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps

from untoit.core.wording import NO_BREAK, languages, typography
from untoit.core.wording.moments import clock
from untoit.records.applicants.models import Person
from untoit.records.events import feedback, notices, replies
from untoit.records.events.models import (
    Event,
    Feedback,
    Meeting,
    Notice,
    PreparationSeat,
    Registration,
    Reply,
    Stop,
)
from untoit.records.events.models.meetings import MeetingState
from untoit.records.events.sms_text import LINK
from untoit.records.partners.models import Role
from untoit.reporting.personal_meetings import CANCELLED, meetings, on_the_spot, told
from untoit.reporting.personal_source import Row, Rows, Source, Subject

# Where the rows of each table go in the copy.
_COVERED = {
    "events.Registration": "rencontres", "events.PreparationSeat": "rencontres", "events.Feedback": "rencontres",
    "events.Wish": "rendez_vous", "events.Meeting": "rendez_vous", "events.EmployerOutcome": "rendez_vous",
    "events.HousingOutcome": "rendez_vous", "events.DeviceAct": "sur_place", "events.Notice": "messages",
    "events.Reply": "messages", "events.Stop": "messages", "events.RegistrationEvent": "modifications",
    "events.MeetingEvent": "modifications",
}
_EXCLUDED = {
    "events.Place": "Les créneaux qu'occupe un rendez-vous, pour qu'une table ne serve pas deux fois : "
                    "la table, l'heure et la durée sont dans le rendez-vous.",
}
_ACTS = {
    "registration.added": "inscription à une rencontre", "registration.changed": "inscription modifiée",
    "registration.invite": "invitation à une rencontre", "registration.confirm": "venue confirmée",
    "registration.decline": "invitation déclinée", "registration.cancel": "venue annulée",
    "registration.wait": "mise sur la liste d'attente", "registration.remove": "retrait de la liste",
    "registration.restore": "remise sur la liste", "registration.wave_chosen": "horaire choisi",
    "registration.call_asked": "appel demandé", "registration.walked_in": "venue sans inscription",
    "registration.wishes": "rendez-vous souhaités modifiés", "registration.late": "retard signalé",
    "registration.link_renewed": "adresse personnelle changée", "attendance.settled": "présence vérifiée",
    "preparation.marked": "présence à une séance notée", "messages.stopped": "arrêt des messages",
    "messages.resumed": "reprise des messages", "messages.sent_again": "message renvoyé",
    "messages.given": "courrier remis", "feedback.given": "avis donné", "meeting.added": "rendez-vous ajouté",
    "meeting.moved": "rendez-vous déplacé", "meeting.locked": "rendez-vous fixé",
    "meeting.unlocked": "rendez-vous de nouveau déplaçable", "meeting.cancelled": "rendez-vous annulé",
    "meeting.restored": "rendez-vous remis", "meeting.missed": "rendez-vous noté manqué",
    "outcome.employer": "suite d'un entretien notée", "outcome.housing": "suite d'un échange logement notée",
}


def _subjects_of(person: Person) -> list[UUID]:
    """Return what an entry of a journal may be about that concerns this person: registrations and told meetings."""
    return [
        *Registration.objects.filter(person=person).values_list("pk", flat=True),
        *told(person).values_list("pk", flat=True),
    ]


def registrations(person: Person) -> list[Row]:
    """Return each registration, the sessions before it and what the person said on leaving."""
    rows: list[Row] = []
    found = Registration.objects.filter(person=person).select_related("event__organisation", "wave")
    for one in found.order_by("event__on", "created_at"):
        rows.append(_registration(one))
        rows += [_seat(seat) for seat in PreparationSeat.objects.filter(registration=one).select_related(
            "preparation__organisation"
        ).order_by("preparation__starts_at")]
        rows += [_feedback(said, one.event) for said in Feedback.objects.filter(registration=one)]
    return rows


def _registration(one: Registration) -> Row:
    event = one.event
    return {
        "Rencontre": event.title, "Le": event.on, "Lieu": f"{event.place_name}, {event.address}",
        "Préparée par": str(event.organisation), "Inscription": one.get_state_display(), "Raison": one.reason,
        "Origine": one.get_source_display(), "Inscription faite le": one.created_at,
        "Ordre d'invitation": one.rank, "En réserve": one.is_standby or "", "Horaire": _wave(one),
        "Badge": one.badge, "Messages par": one.get_channel_display(),
        "Arrivée possible à partir de": clock(event.minute_of(one.arrives_slot)) if one.arrives_slot else "",
        "Départ au plus tard": clock(event.minute_of(one.leaves_slot)) if one.leaves_slot is not None else "",
        "Échange logement après les entretiens": one.housing_after,
        "Accès de plain-pied demandé": one.needs_accessible or "",
        "Interprète": languages.name(one.needs_language),
        "Trajet jusqu'au lieu": "" if one.travel_min is None else f"{one.travel_min}{NO_BREAK}min",
        "Précision sur le trajet": one.travel_note, "Invitation": one.invited_at, "Réponse": one.answered_at,
        "Réponse donnée par": _who_answered(one.answered_by), "Arrivée notée": one.present_at,
        "Absence notée": one.absent_at, "Départ noté": one.left_at,
        "Présence contradictoire": one.presence_conflict or "",
        "Fiche pour les employeurs approuvée": one.sheet_approved_at,
    }


def _wave(one: Registration) -> str:
    if one.wave is None:
        return ""
    starts, ends = (clock(one.event.minute_of(slot)) for slot in (one.wave.first_slot, one.wave.last_slot))
    return f"{starts} à {ends}"


def _who_answered(code: str) -> str:
    known = {"": "", "person": "vous", "clock": "l'application, la réponse n'étant pas venue"}
    return known.get(code) or (Role(code.upper()).label if code.upper() in Role.values else code)


def _seat(one: PreparationSeat) -> Row:
    session = one.preparation
    return {
        "Séance": session.get_kind_display(), "Le": session.starts_at, "Lieu": session.place,
        "Organisée par": str(session.organisation), "Vous y étiez": one.came,
    }


def _feedback(one: Feedback, event: Event) -> Row:
    return {
        "Votre avis sur la rencontre": event.title, "Donné le": one.at, "Avis": one.get_face_display(),
        "Langue choisie": languages.name(one.language),
        "Souhaits": [feedback.WANTS.get(code, code) for code in one.wants],
    }


def messages(person: Person) -> list[Row]:
    """Return what was written to the person about events, what she or he answered, and the silence asked for."""
    written = Notice.objects.filter(registration__person=person).select_related("registration__event")
    rows: list[Row] = [
        {
            "Message": one.get_kind_display(), "Rencontre du": one.registration.event.on,
            "Par": one.get_channel_display(), "Préparé le": one.created_at, "Prévu pour": one.send_after,
            "Envoyé ou remis le": one.sent_at, **_text(one), "Essais": one.attempts or "", "Échec": one.failure,
            "Retenu parce que": notices.HELD_NAMES.get(one.held_because, one.held_because),
        }
        for one in written.order_by("created_at")
    ]
    rows += [
        {
            "Votre réponse du": one.received_at, "Texte": str(one.text.get("text", "")),
            "Compris comme": replies.UNDERSTOOD_NAMES.get(one.understood, one.understood), "Lue le": one.read_at,
        }
        for one in Reply.objects.filter(registration__person=person).order_by("received_at")
    ]
    rows += [
        {"Plus de messages par": one.get_channel_display(), "Demandé le": one.at, "Levé le": one.lifted_at}
        for one in Stop.objects.filter(person=person).order_by("at")
    ]
    return rows


def _text(notice: Notice) -> Row:
    texts = notice.text
    if notice.channel == "sms":
        return {"Texte": _readable(texts.get("sms", ""))}
    return {"Objet": str(texts.get("subject", "")), "Texte": _readable(texts.get("body", ""))}


def _readable(text: Any) -> str:
    return str(text).replace(LINK, "[votre adresse personnelle]")


def edits(person: Person) -> list[Row]:
    """Return each state that registrations and told meetings have had, what changed only."""
    return _history(
        "RegistrationEvent", Registration.objects.filter(person=person).select_related("event"), _registration_state
    ) + _history("MeetingEvent", told(person).select_related("event", "stand"), _meeting_state)


def _history(model: str, found: Any, words: Any) -> list[Row]:
    rows: list[Row] = []
    subjects = {one.pk: one for one in found}
    last: dict[UUID, Row] = {}
    kept = apps.get_model("events", model)._default_manager.filter(pgh_obj_id__in=list(subjects))
    for state in kept.order_by("pgh_obj_id", "pgh_id"):
        subject = subjects[state.pgh_obj_id]
        now, before = words(state, subject), last.get(subject.pk, {})
        # What was taken back is said: a blank would not be seen on paper.
        changed = {
            label: "effacé" if value == "" else value for label, value in now.items() if before.get(label, "") != value
        }
        if changed:
            rows.append({"Le": state.pgh_created_at, "Rencontre du": subject.event.on, **changed})
        last[subject.pk] = now
    return rows


def _registration_state(state: Any, subject: Registration) -> Row:
    """Return the state of a registration as it was; blank stands for nothing, like a value that never was there."""
    names = {field.name: getattr(state, field.name) for field in subject._meta.fields if hasattr(state, field.name)}
    kept = Registration(**{name: value for name, value in names.items() if name not in _RELATIONS}, event=subject.event)
    kept.wave = subject.event.waves.filter(pk=state.wave_id).first() if state.wave_id else None
    row = _registration(kept)
    for label in ("Rencontre", "Le", "Lieu", "Préparée par", "Inscription faite le"):
        row.pop(label)
    return {label: "" if value is None else value for label, value in row.items()}


_RELATIONS = frozenset({"event", "person", "tandem", "wave", "created_by"})


def _meeting_state(state: Any, subject: Meeting) -> Row:
    return {
        "Rendez-vous avec": subject.stand.name, "Heure": clock(subject.event.minute_of(state.slot)),
        "Table": state.table, "État": MeetingState(state.state).label,
        "Annulé parce que": CANCELLED.get(state.cancelled_because, state.cancelled_because),
        "Fixé": state.is_locked or "", "Annoncé le": state.informed_at or "",
    }


_PARTS = (
    ("rencontres", "Vos rencontres", typography(
        "Les demi-journées où vous êtes inscrit·e ou sur la liste, les séances qui les préparent, votre avis."
    ), registrations),
    ("rendez_vous", "Vos rendez-vous et leurs suites", typography(
        "Ce que chaque employeur ou bailleur a noté de vous, avec ses raisons. "
        "Un planning qui n'a pas été diffusé n'y est pas."
    ), meetings),
    ("sur_place", "Ce qui a été noté sur place", typography(
        "À l'accueil et aux tables, ce qui a été corrigé ensuite compris."
    ), on_the_spot),
    ("messages", "Messages des rencontres", typography(
        "SMS, e-mails et courriers, ce que vous avez répondu, ce que vous ne voulez plus recevoir."
    ), messages),
)


def _of_person(rows: Callable[[Person], list[Row]]) -> Rows:
    """Return the reader of a part that concerns the person alone, whoever else lives there."""
    return lambda of: rows(of.person)


def _subjects(of: Subject) -> list[UUID]:
    return _subjects_of(of.person)


SOURCE = Source(
    parts=tuple((code, title, says, _of_person(rows)) for code, title, says, rows in _PARTS),
    covered=_COVERED, excluded=_EXCLUDED, acts=_ACTS, subjects=_subjects, edits=_of_person(edits),
)
