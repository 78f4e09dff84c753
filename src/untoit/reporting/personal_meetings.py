"""
What was said of one person at the tables and at the reception of an event: wishes, meetings, outcomes, acts of devices.

An employer's or a landlord's reasons about somebody are that person's data: she reads them whole, in the words of the
forms. Whoever wrote is an organisation and a function, never a name.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from untoit.core.lifecycles.event import RegistrationState
from untoit.core.wording import NO_BREAK, languages
from untoit.core.wording.moments import clock
from untoit.records.applicants import wording as fr
from untoit.records.applicants.models import Person
from untoit.records.events import feedback, moves, outcomes
from untoit.records.events.models import (
    DeviceAct,
    EmployerOutcome,
    Event,
    HousingOutcome,
    Meeting,
    Wish,
)
from untoit.reporting.event_rows import span
from untoit.reporting.personal_source import Row

_DEVICE_ACTS = {
    "present": "arrivée", "absent": "absence", "late": "retard annoncé", "left": "départ", "undo": "acte annulé",
    "settle_present": "présence vérifiée", "settle_absent": "absence vérifiée", "walk_in": "venue sans inscription",
    "employer_outcome": "suite d'un entretien", "housing_outcome": "suite d'un échange logement",
    "missed": "rendez-vous manqué", "feedback": "avis à chaud",
}
CANCELLED = {
    **{code: words.lower() for code, words in moves.REASONS.items()}, "not_coming": "vous ne veniez pas",
    "person_cancelled": "vous ne veniez pas", "absent": "absence notée", "late": "arrivée trop tardive",
    "stand_closed": "stand fermé à cette heure", "conflict": "deux rendez-vous à la même heure",
    "repair": "planning refait pendant la journée", "plan": "planning refait", "improved": "planning amélioré",
}


def meetings(person: Person) -> list[Row]:
    """Return the meetings that were wished, those that were told, and what was said at each table."""
    wished = (
        Wish.objects.filter(registration__person=person)
        .exclude(source="run", registration__state=RegistrationState.PROPOSED)
        .select_related("registration__event", "stand", "offer", "vacancy")
        .order_by("registration__event__on", "-score")
    )
    found = told(person).select_related("event", "stand", "offer", "vacancy").order_by("event__on", "slot")
    return [_wish(one) for one in wished] + [row for one in found for row in _meeting(one)]


def told(person: Person) -> Any:
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
        "Annulé parce que": CANCELLED.get(one.cancelled_because, one.cancelled_because),
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
        ("language", "Langue choisie", lambda value: languages.name(str(value))),
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
