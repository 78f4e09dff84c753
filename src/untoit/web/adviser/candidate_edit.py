"""The small pages that change one part of a candidate's file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.wording import typography
from untoit.records.applicants import evidence, requests, selectors, services
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.services import OTHER
from untoit.records.applicants.view import name_of
from untoit.records.partners import journal
from untoit.records.partners.rights import require
from untoit.web.access import access
from untoit.web.adviser.candidate_forms import (
    ApplicationForm,
    CompositionForm,
    EvidenceForm,
    IdentityForm,
    NewCandidateForm,
    NoteForm,
    PathwayForm,
    ResourcesForm,
    RsaForm,
)
from untoit.web.adviser.candidates import household_of
from untoit.web.components.undo import say_with_undo

Save = Callable[[Any], object]
Fresh = Callable[[], forms.Form]


def edit(
    request: HttpRequest, form: forms.Form, save: Save, *, title: str, back: str, fresh: Fresh | None = None,
    said: str = "C'est enregistré.", template: str = "adviser/candidate_edit.html", **context: Any,
) -> HttpResponse:
    """
    Answer one page of change: the form, what is wrong with it (422), or the page it came from once it is saved.

    When somebody else was faster (409), what was typed is kept beside what the file now holds; saving again then
    overwrites knowingly, from the latest revision.
    """
    status, conflict, latest = 200, "", None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save(form)
            except Conflict as refusal:
                status, conflict = 409, refusal.sentence
                latest = fresh() if fresh else None
                form = _from_latest(form, latest)
            except UntoitError as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, said)
                return redirect(back)
    return render(request, template, {
        "form": form, "title": title, "back": back, "conflict": conflict, "latest": _differences(form, latest),
        **context,
    }, status=status)


def _from_latest(form: forms.Form, latest: forms.Form | None) -> forms.Form:
    """Return the same form, whose hidden revision is the latest: sending it again is then a choice."""
    if latest is not None:
        data = form.data.copy()  # type: ignore[attr-defined]
        data["revision"] = str(latest.initial["revision"])
        form.data = data
    return form


def _differences(form: forms.Form, latest: forms.Form | None) -> list[tuple[str, str]]:
    """Return what the file now holds where it differs from what was typed."""
    if latest is None:
        return []
    made = []
    for name, field in form.fields.items():
        if name == "revision":
            continue
        now, typed = field.prepare_value(latest.initial.get(name)), form[name].value()
        if str(now or "") != str(typed or "") and now != typed:
            made.append((str(field.label), ", ".join(map(str, now)) if isinstance(now, list) else str(now or "vide")))
    return made


@access("income", "W", methods=("GET", "POST"))
def new_candidate(request: HttpRequest) -> HttpResponse:
    """Create a file on screen."""
    require(request.actor, "candidate_file")  # type: ignore[attr-defined]
    form = NewCandidateForm(request.POST or None)
    made: list[Household] = []

    def save(valid: Any) -> None:
        made.append(services.create_household(**valid.parts(), by=request.actor, at=request.now))  # type: ignore[attr-defined]

    answer = edit(request, form, save, title="Nouveau candidat", back=reverse("adviser:candidates"),
                  said="Le dossier est créé. Recueillez maintenant l'accord de la personne.")
    return redirect("adviser:candidate", made[0].pk) if made else answer


@access("household_composition", "W", methods=("GET", "POST"))
def candidate_composition(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Change who lives in the household."""
    household = household_of(request, household_id)
    return edit(
        request, CompositionForm(request.POST or None, initial=CompositionForm.initial_of(household)),
        lambda form: services.change_composition(
            household_id=household_id, revision=form.cleaned_data["revision"], values=form.values(),
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title="Composition du ménage", back=_page(household_id),
        fresh=lambda: CompositionForm(initial=CompositionForm.initial_of(household_of(request, household_id))),
    )


@access("income", "W", methods=("GET", "POST"))
def candidate_resources(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Change the declared amounts."""
    household, actor = household_of(request, household_id), request.actor  # type: ignore[attr-defined]
    journal.note_read(actor, "income", "household", household_id)

    def save(form: Any) -> None:
        amounts = form.amounts()
        services.change_resources(
            household_id=household_id, revision=form.cleaned_data["revision"], other_eur=amounts.pop(OTHER),
            amounts=amounts, by=actor, at=request.now,  # type: ignore[attr-defined]
        )

    def fresh() -> ResourcesForm:
        return ResourcesForm(
            actor=actor, initial=ResourcesForm.initial_of(household_of(request, household_id), actor)
        )

    form = ResourcesForm(request.POST or None, actor=actor, initial=ResourcesForm.initial_of(household, actor))
    return edit(request, form, save, title="Ressources déclarées", back=_page(household_id), fresh=fresh)


@access("rsa_status", "W", methods=("GET", "POST"))
def candidate_rsa(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Change the amount of RSA."""
    household = household_of(request, household_id)
    return edit(
        request, RsaForm(request.POST or None, initial=RsaForm.initial_of(household)),
        lambda form: services.change_rsa(
            household_id=household_id, revision=form.cleaned_data["revision"],
            rsa_eur=None if form.cleaned_data["rsa_eur"] is None else f"{form.cleaned_data['rsa_eur']:f}",
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title="RSA", back=_page(household_id),
        fresh=lambda: RsaForm(initial=RsaForm.initial_of(household_of(request, household_id))),
    )


@access("housing_application", "W", methods=("GET", "POST"))
def candidate_application(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Change the application and the wishes."""
    household, today = household_of(request, household_id), request.actor.today  # type: ignore[attr-defined]
    return edit(
        request, ApplicationForm(request.POST or None, on=today, initial=ApplicationForm.initial_of(household)),
        lambda form: services.change_application(
            household_id=household_id, revision=form.cleaned_data["revision"], values=form.values(),
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title="Demande et souhaits de logement", back=_page(household_id),
        fresh=lambda: ApplicationForm(
            on=today, initial=ApplicationForm.initial_of(household_of(request, household_id))
        ),
    )


@access("identity", "W", methods=("GET", "POST"))
def candidate_identity(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    """Change who a job seeker is and how to reach her or him."""
    person = _person(request, household_id, person_id)
    return edit(
        request, IdentityForm(request.POST or None, initial=IdentityForm.initial_of(person)),
        lambda form: services.change_identity(
            person_id=person_id, revision=form.cleaned_data["revision"], values=form.values(),
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title=f"Identité et contact : {name_of(person, request.actor)}",  # type: ignore[attr-defined]
        back=_page(household_id),
        fresh=lambda: IdentityForm(initial=IdentityForm.initial_of(_person(request, household_id, person_id))),
    )


@access("work_pathway", "W", methods=("GET", "POST"))
def candidate_pathway(request: HttpRequest, household_id: UUID, person_id: UUID) -> HttpResponse:
    """Change what a job seeker offers and wishes."""
    person = _person(request, household_id, person_id)
    return edit(
        request, PathwayForm(request.POST or None, initial=PathwayForm.initial_of(person)),
        lambda form: services.change_pathway(
            person_id=person_id, revision=form.cleaned_data["revision"], values=form.values(),
            by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title=f"Parcours et souhaits d'emploi : {name_of(person, request.actor)}",  # type: ignore[attr-defined]
        back=_page(household_id),
        fresh=lambda: PathwayForm(initial=PathwayForm.initial_of(_person(request, household_id, person_id))),
    )


@access("identity", "W", methods=("GET", "POST"))
def candidate_add_person(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Add a job seeker to the household."""
    household_of(request, household_id)
    form = IdentityForm(request.POST or None, initial={"revision": 0})
    return edit(
        request, form,
        lambda valid: services.add_person(
            household_id=household_id, values=valid.values(), by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title="Ajouter une personne en recherche d'emploi", back=_page(household_id), said="La personne est ajoutée.",
    )


@access("housing_application", "W", methods=("GET", "POST"))
def candidate_evidence(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Record a document that was seen for a ground of priority."""
    household_of(request, household_id)
    form = EvidenceForm(request.POST or None, on=request.actor.today, initial={"ground": request.GET.get("motif", "")})  # type: ignore[attr-defined]
    return edit(
        request, form,
        lambda valid: evidence.add_evidence(
            household_id=household_id, by=request.actor, at=request.now, **valid.cleaned_data,  # type: ignore[attr-defined]
        ),
        title="Justificatif d'un motif de priorité", back=_page(household_id), said="Le justificatif est enregistré.",
        note=typography("Le document lui-même n'est pas gardé ici : notez ce que vous avez vu."),
    )


@access("housing_application", "W", methods=("POST",))
def evidence_withdraw(request: HttpRequest, household_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Say that a document no longer counts, with a way back."""
    household_of(request, household_id)
    evidence.withdraw_evidence(evidence_id=evidence_id, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    back = reverse("adviser:evidence_restore", args=(household_id, evidence_id))
    say_with_undo(request, "Le justificatif est retiré : il ne compte plus.", back)
    return redirect(_page(household_id))


@access("housing_application", "W", methods=("POST",))
def evidence_restore(request: HttpRequest, household_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Undo a withdrawal."""
    household_of(request, household_id)
    evidence.restore_evidence(evidence_id=evidence_id, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    messages.success(request, "Le justificatif compte de nouveau.")
    return redirect(_page(household_id))


@access("social_notes", "W", methods=("GET", "POST"))
def candidate_note(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Write a note that only one's own service reads."""
    household_of(request, household_id)
    return edit(
        request, NoteForm(request.POST or None),
        lambda form: requests.write_note(
            household_id=household_id, text=form.cleaned_data["text"], by=request.actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title="Note sociale", back=_page(household_id), said="La note est enregistrée.",
        note=typography(
            "Seul votre service la lit. La personne l'a dans la copie de ses données."
        ),
    )


@access("rights_requests", "W", methods=("POST",))
def candidate_rights(request: HttpRequest, household_id: UUID, kind: str) -> HttpResponse:
    """Forward what the person asks about her or his data."""
    household_of(request, household_id)
    made = requests.ask(household_id=household_id, kind=kind, by=request.actor, at=request.now)  # type: ignore[attr-defined]
    messages.success(request, typography(
        f"La demande est transmise. La réponse est due le {made.due_on:%d/%m/%Y}."
    ))
    return redirect(_page(household_id))


def _person(request: HttpRequest, household_id: UUID, person_id: UUID) -> Person:
    household_of(request, household_id)
    return selectors.person_seen_by(request.actor, household_id, person_id)  # type: ignore[attr-defined]


def _page(household_id: UUID) -> str:
    return reverse("adviser:candidate", args=(household_id,))
