"""
What the events hold of one person, for the copy of her or his data: her own lines, never those of a housemate.

An employer's or a landlord's reasons about somebody are that person's data: she reads them whole, in the words of the
forms. Whoever wrote is an organisation and a function, never a name. A timetable that was never told and the wishes of
a list that is still being prepared are drafts, like the proposals still under review: they are not in the copy.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import NO_BREAK, typography
from untoit.records.applicants import wording as fr
from untoit.records.applicants.models import Person
from untoit.records.events import feedback, moves, notices, outcomes, replies
from untoit.records.events.models import (
    DeviceAct,
    EmployerOutcome,
    Event,
    Feedback,
    HousingOutcome,
    Meeting,
    Notice,
    PreparationSeat,
    Registration,
    Reply,
    Stop,
    Wish,
)
from untoit.records.events.models.meetings import MeetingState
from untoit.records.events.sms_text import LINK
from untoit.records.partners.models import Role
from untoit.reporting.event_rows import clock, span

Row = dict[str, Any]

# Where the rows of each table go in the copy.
COVERED = {
    "events.Registration": "rencontres", "events.PreparationSeat": "rencontres", "events.Feedback": "rencontres",
    "events.Wish": "rendez_vous", "events.Meeting": "rendez_vous", "events.EmployerOutcome": "rendez_vous",
    "events.HousingOutcome": "rendez_vous", "events.DeviceAct": "sur_place", "events.Notice": "messages",
    "events.Reply": "messages", "events.Stop": "messages", "events.RegistrationEvent": "modifications",
    "events.MeetingEvent": "modifications",
}
EXCLUDED = {
    "events.Place": "Les créneaux qu'occupe un rendez-vous, pour qu'une table ne serve pas deux fois : "
                    "la table, l'heure et la durée sont dans le rendez-vous.",
}
ACTS = {
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
_DEVICE_ACTS = {
    "present": "arrivée", "absent": "absence", "late": "retard annoncé", "left": "départ", "undo": "acte annulé",
    "settle_present": "présence vérifiée", "settle_absent": "absence vérifiée", "walk_in": "venue sans inscription",
    "employer_outcome": "suite d'un entretien", "housing_outcome": "suite d'un échange logement",
    "missed": "rendez-vous manqué", "feedback": "avis à chaud",
}
_CANCELLED = {
    **{code: words.lower() for code, words in moves.REASONS.items()}, "not_coming": "vous ne veniez pas",
    "person_cancelled": "vous ne veniez pas", "absent": "absence notée", "late": "arrivée trop tardive",
    "stand_closed": "stand fermé à cette heure", "conflict": "deux rendez-vous à la même heure",
    "repair": "planning refait pendant la journée", "plan": "planning refait", "improved": "planning amélioré",
}
_LANGUAGES = {
    "fr": "français", "en": "anglais", "ar": "arabe", "uk": "ukrainien", "es": "espagnol", "pt": "portugais",
    "fa": "dari, persan", "ps": "pachto", "ru": "russe", "tr": "turc", "ro": "roumain", "so": "somali",
    "ti": "tigrigna", "lsf": "langue des signes",
}


def subjects_of(person: Person) -> list[UUID]:
    """Return what an entry of a journal may be about that concerns this person: registrations and told meetings."""
    return [
        *Registration.objects.filter(person=person).values_list("pk", flat=True),
        *_told(person).values_list("pk", flat=True),
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
        "Interprète": _LANGUAGES.get(one.needs_language, one.needs_language),
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
        "Langue choisie": _LANGUAGES.get(one.language, one.language),
        "Souhaits": [feedback.WANTS.get(code, code) for code in one.wants],
    }


def meetings(person: Person) -> list[Row]:
    """Return the meetings that were wished, those that were told, and what was said at each table."""
    wished = (
        Wish.objects.filter(registration__person=person)
        .exclude(source="run", registration__state=RegistrationState.PROPOSED)
        .select_related("registration__event", "stand", "offer", "vacancy")
        .order_by("registration__event__on", "-score")
    )
    told = _told(person).select_related("event", "stand", "offer", "vacancy").order_by("event__on", "slot")
    return [_wish(one) for one in wished] + [row for one in told for row in _meeting(one)]


def _told(person: Person) -> Any:
    """Return the meetings of timetables that were told to people."""
    return Meeting.objects.filter(registration__person=person, event__published_version__gt=0)


def _wish(one: Wish) -> Row:
    return {
        "Rendez-vous souhaité avec": one.stand.name, "Rencontre du": one.registration.event.on, **_about(one),
        "Intérêt estimé": f"{one.score} sur 100", "Souhaité par": one.get_source_display(),
        "Promis": one.is_wanted or "", "Écarté": one.is_dropped or "",
    }


def _about(one: Wish | Meeting) -> Row:
    home, job = one.vacancy, one.offer
    return {
        "Offre": f"{job.title} ({job.reference})" if job else "",
        "Logement": f"T{home.rooms} à {fr.place(home.commune)}" if home else "",
    }


def _meeting(one: Meeting) -> list[Row]:
    starts, ends = span(one.event, one.slot, one.length)
    late = one.told_slot is not None and one.told_slot != one.slot
    rows: list[Row] = [{
        "Rendez-vous avec": one.stand.name, "Le": one.event.on, "De": starts, "À": ends, "Table": one.table,
        **_about(one), "État": one.get_state_display(),
        "Annulé parce que": _CANCELLED.get(one.cancelled_because, one.cancelled_because),
        "Créé le": one.created_at, "Annoncé le": one.informed_at,
        "Heure annoncée": clock(one.event.minute_of(one.told_slot)) if late and one.told_slot is not None else "",
        "Commencé le": one.started_at, "Fixé": one.is_locked or "",
    }]
    rows += [_employer_said(said, one) for said in EmployerOutcome.objects.filter(meeting=one).select_related("device")]
    rows += [_housing_said(said, one) for said in HousingOutcome.objects.filter(meeting=one).select_related("device")]
    return rows


def _employer_said(one: EmployerOutcome, meeting: Meeting) -> Row:
    return {
        "Suite de l'entretien avec": meeting.stand.name, "Décision": one.get_decision_display(),
        "Raison donnée": outcomes.employer_reasons(meeting.event.on).get(one.reason_code, one.reason_code),
        "Prochaine date": one.next_on, "Notée le": one.at,
    }


def _housing_said(one: HousingOutcome, meeting: Meeting) -> Row:
    on = meeting.event.on
    return {
        "Suite de l'échange logement à": meeting.stand.name, "Décision": one.get_decision_display(),
        "Visite le": one.visit_on, "Pièces manquantes": _documents(one.missing_documents, on),
        "Raisons du refus": _refusals(one.refusal_codes, on), "Notée le": one.at,
    }


def _documents(codes: Any, on: date) -> list[str]:
    known = outcomes.missing_documents(on)
    return [known.get(str(code), str(code)) for code in codes]


def _refusals(codes: Any, on: date) -> list[str]:
    known = {code: label for family in outcomes.refusal_reasons(on) for code, label in family.reasons.items()}
    return [known.get(str(code), str(code)) for code in codes]


def on_the_spot(person: Person) -> list[Row]:
    """Return everything that a device, or somebody at the reception or at a table, reported of the person."""
    found = (
        DeviceAct.objects.filter(Q(registration__person=person) | Q(meeting__registration__person=person))
        .select_related("event", "device", "meeting__stand").order_by("event__on", "at", "sequence")
    )
    return [
        {
            "Le": one.happened_at or one.at, "Reçu le": one.received_at, "Acte": _DEVICE_ACTS.get(one.kind, one.kind),
            "Rendez-vous avec": one.meeting.stand.name if one.meeting else "", **_payload(one),
            "Noté sur": one.device.get_kind_display() if one.device else "l'écran d'une personne de l'organisation",
            "Pourquoi l'acte n'a pas compté": one.refused, "Contradiction": one.conflict, "Réglé le": one.settled_at,
        }
        for one in found
    ]


def _payload(act: DeviceAct) -> Row:
    """Return what an act says, in words; what a newer device may send besides is given as it came."""
    left, on = dict(act.payload), act.event.on
    row: Row = {}
    for name, label, words in (
        ("first_name", "Prénom", str), ("initial", "Initiale du nom", str), ("phone", "Téléphone", str),
        ("agreed", "Accord donné", bool), ("needs_accessible", "Accès de plain-pied demandé", bool),
        ("minutes", "Retard", lambda value: f"{value}{NO_BREAK}min"),
        ("before", "Attendu·e avant cela à", lambda value: clock(act.event.minute_of(int(value)))),
        ("stands", "Stands demandés", lambda value: _stands(act.event, value)),
        ("decision", "Décision", lambda value: _decision(act.kind, value)),
        ("reason", "Raison donnée", lambda value: outcomes.employer_reasons(on).get(str(value), str(value))),
        ("next_on", "Prochaine date", str), ("visit_on", "Visite le", str),
        ("documents", "Pièces manquantes", lambda value: _documents(value, on)),
        ("reasons", "Raisons du refus", lambda value: _refusals(value, on)),
        ("face", "Avis", lambda value: feedback.FACES.get(value, str(value))),
        ("language", "Langue choisie", lambda value: _LANGUAGES.get(str(value), str(value))),
        ("wants", "Souhaits", lambda value: [feedback.WANTS.get(code, code) for code in value]),
    ):
        value = left.pop(name, None)
        if value in (None, "", [], {}):
            continue
        try:
            row[label] = words(value)
        except (TypeError, ValueError):
            # A device may have sent anything: it is given as it came.
            row[label] = str(value)
    return row | ({"Autres indications": str(left)} if left else {})


def _stands(event: Event, ids: Any) -> list[str]:
    known = {str(key): name for key, name in event.stands.values_list("pk", "name")}
    return [known.get(str(one), str(one)) for one in ids]


def _decision(kind: str, code: Any) -> str:
    known = outcomes.EMPLOYER_DECISIONS if kind == outcomes.EMPLOYER else outcomes.HOUSING_DECISIONS
    return known.get(str(code), str(code))


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
    ) + _history("MeetingEvent", _told(person).select_related("event", "stand"), _meeting_state)


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
        "Annulé parce que": _CANCELLED.get(state.cancelled_because, state.cancelled_because),
        "Fixé": state.is_locked or "", "Annoncé le": state.informed_at or "",
    }


PARTS = (
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
