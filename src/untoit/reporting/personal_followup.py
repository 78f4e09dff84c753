"""
What the follow-up holds of one person, for the copy of her or his data: proposals, applications, pathway, notices.

Her own applications and pathway, never a housemate's; the proposals are those of the household. Whoever acted is an
organisation and a function, never a name. The votes of a committee are those of its members, and the ranks of others
are theirs: what the committee decided of this household, and why, is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q

from untoit.core.lifecycles.committee import documents
from untoit.core.wording import NO_BREAK, listed, number, percentage, typography
from untoit.records.followup.cases import words
from untoit.records.followup.housing import words as housing_words
from untoit.records.followup.models import (
    Application,
    Appointment,
    CaseAlert,
    EmployerLink,
    LegalHold,
    Letter,
    Pathway,
    PathwayItem,
    Proposal,
    RetentionNotice,
    TrackAct,
)
from untoit.records.partners.models import Role
from untoit.reporting.personal_source import Row, Rows, Source, Subject

_PROPOSAL = (
    "opened_on", "state", "since", "reason", "reasons", "visit_on", "visited_on", "needed_documents", "documents",
    "document", "document_due_on", "decided_on", "rank", "aids_looked_at", "notified_on", "answer_due_on",
    "answered_on", "signed_on", "inventory_on", "keys_on", "ended_on", "grounds", "in_scheme", "quartile",
    "is_transfer", "is_npnru", "source",
)
_APPLICATION = (
    "opened_on", "state", "since", "reason", "card_approved_at", "sent_on", "interview_on", "interviewed_on",
    "contract", "start_on", "last_day", "trial_ends_on", "trial_passed_on", "ended_on", "source",
)
_PATHWAY = ("opened_on", "stage", "since", "reason", "consented_on", "weekly_hours", "hours_waived")
_ITEM = ("kind", "due_on", "state", "done_on", "minutes", "by_person", "reason")
_APPOINTMENT = ("kind", "at", "minutes", "place", "state", "reason")


def _row(one: Model, names: Iterable[str]) -> Row:
    """Return the columns of a row under their French names, choices in words."""
    found: Row = {}
    for name in names:
        field = one._meta.get_field(name)
        value = getattr(one, name)
        shown = getattr(one, f"get_{name}_display", None)
        label = str(getattr(field, "verbose_name", name))
        found[label[0].upper() + label[1:]] = shown() if shown is not None and value != "" else value
    return found


def proposals(of: Subject) -> list[Row]:
    """Return each home proposed to the household, with what was said of it and each score with its reasons."""
    rows: list[Row] = []
    alone = of.household.persons.count() == 1
    found = Proposal.objects.filter(household=of.household).select_related("vacancy", "organisation")
    for one in found.order_by("opened_on"):
        rows.append({
            "Logement": f"{one.vacancy.building_name}, {one.vacancy.address}".strip(", "),
            "Bailleur": str(one.organisation), **_in_words(_row(one, _PROPOSAL), one),
            "Raison écrite de la décision": _said(one.stated), **_proposed(one.snapshot, alone=alone),
        })
    return rows


def _in_words(row: Row, one: Proposal) -> Row:
    """Return the row with the codes of its documents and of its reasons in the words of the forms."""
    papers = documents(one.opened_on)
    for label in ("Pièces demandées", "Pièces reçues"):
        row[label] = [papers.get(code, code) for code in row[label]]
    row["Pièce attendue"] = papers.get(one.document, one.document)
    given = [one.reason] if one.reason else []
    row["Raisons"] = housing_words.reasons_in_words(one.last_action, one.reasons, one.since)
    row["Raison"] = listed(housing_words.reasons_in_words(one.last_action, given, one.since))
    return row


def _said(stated: Any) -> str:
    if isinstance(stated, dict):
        return "\n".join(str(value) for value in stated.values())
    return "" if stated is None else str(stated)


# What was sealed with a proposal or an application, in the words of the person; the keys of a run are no words.
_SNAPSHOT = {
    "on": "Au", "reference": "Référence", "commune": "Commune (code INSEE)", "rooms": "Pièces", "surface_m2": "Surface",
    "funding": "Financement", "rent_cents": "Loyer", "charges_cents": "Charges", "warnings": "Points d'attention",
    "benefit_cents": "Aide au logement estimée", "net_cost_cents": "Reste à payer estimé",
    "outward_min": "Trajet aller, en minutes", "back_min": "Trajet retour, en minutes", "modes": "Trajet",
    "probability": "Chances de double réussite", "effort_after": "Taux d'effort après l'embauche", "reasons": "Raisons",
    "versions": "Versions du calcul", "title": "Emploi", "contract": "Contrat", "weekly_hours": "Heures par semaine",
    "schedule": "Horaires", "gross_monthly_cents": "Salaire brut",
}
_FEATURES = {
    "wish_rank": "Rang parmi vos souhaits (0 : le premier)",
    "effort_above_policy": "Taux d'effort au-dessus de l'alerte",
    "distance": "Écart avec le métier souhaité", "years": "Années d'expérience",
    "employer_struggles": "L'employeur peine à recruter", "share_of_limit": "Part du trajet accepté",
}
_HIDDEN = frozenset({"features", "run", "tandem"})


def _proposed(snapshot: Any, *, alone: bool = True) -> Row:
    """Return what was proposed that day and what the chances were made of; reasons of two adults stay in the tandem."""
    if not isinstance(snapshot, dict) or not snapshot:
        return {}
    hidden = _HIDDEN if alone else _HIDDEN | {"reasons"}
    order = {key: place for place, key in enumerate(_SNAPSHOT)}
    keys = sorted(snapshot, key=lambda key: (order.get(key, len(order)), key))
    kept = {key: snapshot[key] for key in keys if key not in hidden and snapshot[key] not in (None, "", [], {})}
    return {
        "Ce qui était proposé": [f"{_SNAPSHOT.get(key, key)} : {_value(key, value)}" for key, value in kept.items()],
        "Ce que le calcul des chances a regardé": [
            f"{_FEATURES.get(key, key)} : {_value(key, value)}"
            for key, value in snapshot.get("features", {}).items() if value is not None
        ],
    }


def _value(key: str, value: Any) -> str:
    if key.endswith("_cents"):
        return f"{number(Decimal(value) / 100, 2)}{NO_BREAK}€"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if key in ("probability", "effort_after"):
        return percentage(float(value))
    if isinstance(value, dict):
        return listed(f"{name} {one}" for name, one in value.items())
    return listed(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def letters(of: Subject) -> list[Row]:
    """Return the letters written to the household, with what each says."""
    rows = Letter.objects.filter(household=of.household).select_related("organisation").order_by("written_on")
    return [
        {
            "Courrier": one.get_kind_display(), "Écrit par": str(one.organisation), "Du": one.written_on,
            "Remis ou posté le": one.sent_on, "Par": one.get_sent_how_display() if one.sent_how else "",
            "Annulé le": one.cancelled_at,
            "Ce qu'il dit": [f"{key} : {value}" for key, value in (one.facts or {}).items() if value],
        }
        for one in rows
    ]


def applications(of: Subject) -> list[Row]:
    """Return the person's applications, and what employers were asked about them."""
    rows: list[Row] = []
    found = Application.objects.filter(person=of.person).select_related("offer", "organisation")
    for one in found.order_by("opened_on"):
        rows.append({"Emploi": one.offer.title, "Employeur": one.offer.employer, **_row(one, _APPLICATION),
                     **_proposed(one.snapshot)})
        rows += [
            {
                "Question posée à l'employeur": link.question, "Pour l'emploi": one.offer.title,
                "Envoyée le": link.created_at, "Réponse": link.answer, "Reçue le": link.used_at,
            }
            for link in EmployerLink.objects.filter(application=one).order_by("created_at")
        ]
    return rows


def pathway(of: Subject) -> list[Row]:
    """Return the person's pathway: stage, goals, actions, obstacles, appointments."""
    rows: list[Row] = []
    for one in Pathway.objects.filter(person=of.person).select_related("organisation"):
        rows.append({"Service": str(one.organisation), **_row(one, _PATHWAY)})
        rows += [
            {"Intitulé": item.words or item.code, **_row(item, _ITEM)}
            for item in PathwayItem.objects.filter(pathway=one).order_by("created_at")
        ]
        rows += [_row(seen, _APPOINTMENT) for seen in Appointment.objects.filter(pathway=one).order_by("at")]
    return rows


def acts(of: Subject) -> list[Row]:
    """Return what was done on the tracks, in order: the act, its reasons, and which organisation did it."""
    found = TrackAct.objects.filter(household=of.household).filter(
        Q(person__isnull=True) | Q(person=of.person)
    ).select_related("organisation")
    return [
        {
            "Le": one.on, "Acte": words.act_words(one.track, one.action),
            "Raisons": words.reason_words(one.track, one.action, one.reasons, one.on) if one.reasons else "",
            "Organisation": str(one.organisation or ""), "Par": one.get_how_display(),
            "Fonction": Role(one.role).label if one.role in Role.values else "",
        }
        for one in found.order_by("at")
    ]


def watched(of: Subject) -> list[Row]:
    """Return where the case stands, what is being watched, and what is kept or erased when."""
    case = apps.get_model("followup.Case").objects.filter(household=of.household).first()
    rows: list[Row] = []
    if case is not None:
        rows.append({"Situation": case.get_code_display(), "Calculée le": case.computed_on})
    rows += [
        {"À suivre": one.sentence, "Échéance": one.due_on, "Depuis le": one.since, "Confié à": Role(one.role).label}
        for one in _alerts(of)
    ]
    rows += [
        {"Effacement prévu": one.due_on, "Annoncé le": one.noticed_on, "Contact repris le": one.answered_at}
        for one in RetentionNotice.objects.filter(household=of.household)
    ]
    rows += [
        {"Conservation imposée": one.get_ground_display(), "Depuis le": one.since, "Levée le": one.lifted_at}
        for one in LegalHold.objects.filter(household=of.household)
    ]
    return rows


def _alerts(of: Subject) -> Iterable[CaseAlert]:
    """Return what is watched; of a home shared with somebody, what is for the landlord: the rest may be the other's."""
    found = CaseAlert.objects.filter(case__household=of.household)
    return found if of.household.persons.count() == 1 else found.filter(audience__contains=[Role.LA])


def _edits(of: Subject) -> list[Row]:
    """Return each state that the rows of the tracks have had, what changed only."""
    return [
        *_history("ProposalEvent", Proposal.objects.filter(household=of.household), _PROPOSAL, "Proposition du"),
        *_history("ApplicationEvent", Application.objects.filter(person=of.person), _APPLICATION, "Candidature du"),
        *_history("PathwayEvent", Pathway.objects.filter(person=of.person), _PATHWAY, "Parcours du"),
    ]


def _history(model: str, found: Iterable[Any], names: Iterable[str], label: str) -> list[Row]:
    subjects = {one.pk: one for one in found}
    rows: list[Row] = []
    last: dict[UUID, Row] = {}
    states = apps.get_model("followup", model)._default_manager.filter(pgh_obj_id__in=list(subjects))
    for state in states.order_by("pgh_obj_id", "pgh_id"):
        now, before = _row(state, names), last.get(state.pgh_obj_id, {})
        changed = {
            key: "effacé" if value in (None, "", []) else value
            for key, value in now.items()
            if before.get(key) != value and (before or value not in (None, "", [], False))
        }
        if changed:
            rows.append({"Le": state.pgh_created_at, label: subjects[state.pgh_obj_id].opened_on, **changed})
        last[state.pgh_obj_id] = now
    return rows


def _subjects(of: Subject) -> list[UUID]:
    return [
        *Proposal.objects.filter(household=of.household).values_list("pk", flat=True),
        *Application.objects.filter(person=of.person).values_list("pk", flat=True),
        *Pathway.objects.filter(person=of.person).values_list("pk", flat=True),
        *Letter.objects.filter(household=of.household).values_list("pk", flat=True),
    ]


_TRACKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("housing", words.HOUSING_ACTS), ("job", words.JOB_ACTS), ("pathway", words.PATHWAY_ACTS),
)
_ACTS = {f"{track}.{code}": said.lower() for track, names in _TRACKS for code, said in names.items()} | {
    "household.struck_off": "demande radiée", "household.reinstated": "radiation annulée",
    "retention.noticed": "effacement annoncé", "retention.hold_set": "conservation imposée",
    "retention.hold_lifted": "conservation levée", "retention.documents_erased": "pièces effacées",
    "retention.resources_erased": "ressources effacées", "retention.application_erased": "candidature effacée",
    "retention.housing_erased": "dossier de logement effacé", "retention.support_erased": "accompagnement effacé",
}
_PARTS: tuple[tuple[str, str, str, Callable[[Subject], list[Row]]], ...] = (
    ("logements_proposes", "Les logements qui vous ont été proposés",
     "Ce qui était proposé ce jour-là, ce que la commission a décidé et pourquoi, vos réponses.", proposals),
    ("courriers", "Les courriers du bailleur", "Les offres, décisions et avis écrits à votre ménage.", letters),
    ("candidatures", "Vos candidatures", "Chaque emploi, ce qui en est advenu et pourquoi.", applications),
    ("parcours", "Votre parcours", "Étapes, objectifs, actions, obstacles et rendez-vous.", pathway),
    ("suivi", "Ce qui s'est passé, dans l'ordre", "Chaque acte, l'organisation qui l'a fait, jamais un nom.", acts),
    ("situation", "Où en est votre dossier", "Ce qui est suivi, ce qui sera effacé et quand.", watched),
)


def _typographic(parts: Iterable[tuple[str, str, str, Rows]]) -> tuple[tuple[str, str, str, Rows], ...]:
    return tuple((code, title, typography(says), rows) for code, title, says, rows in parts)


SOURCE = Source(
    parts=_typographic(_PARTS),
    covered={
        "followup.Proposal": "logements_proposes", "followup.Letter": "courriers",
        "followup.Application": "candidatures",
        "followup.EmployerLink": "candidatures", "followup.Pathway": "parcours", "followup.PathwayItem": "parcours",
        "followup.Appointment": "parcours", "followup.TrackAct": "suivi", "followup.Case": "situation",
        "followup.CaseAlert": "situation", "followup.RetentionNotice": "situation", "followup.LegalHold": "situation",
        "followup.ProposalEvent": "modifications", "followup.ApplicationEvent": "modifications",
        "followup.PathwayEvent": "modifications",
    },
    excluded={
        "followup.Vote": "Les voix des membres de la commission : la décision et ses raisons sont dans la proposition.",
        "followup.TakenSheet": "Le repère qu'une fiche de rencontre a été reprise : la fiche et la suite sont là.",
    },
    acts=_ACTS, subjects=_subjects, edits=_edits,
)
