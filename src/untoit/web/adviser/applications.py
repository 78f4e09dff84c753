"""The applications of the persons that a coach or a case manager follows: the list, one page, opening one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.applicants.models import Person
from untoit.records.applicants.selectors import household_seen_by
from untoit.records.applicants.view import name_of
from untoit.records.followup.work import applications as services
from untoit.records.followup.work import coach_side, statements
from untoit.records.followup.work.words import ENGAGEMENT_NAMES, done_words, reasons_for
from untoit.records.partners.journal import note_read
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access
from untoit.web.components import job_acts
from untoit.web.components.job_acts import ActForm, say_done
from untoit.web.components.lists import Column, FilterForm, Listing
from untoit.web.components.refusals import refused


class ApplicationFilters(FilterForm):
    """What the list is narrowed by."""

    groupe = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), *coach_side.GROUP_NAMES.items()]
    )
    suivi = forms.BooleanField(label="Que je suis", required=False)
    fiche = forms.BooleanField(label="Fiche prête à envoyer", required=False)
    paroles = forms.BooleanField(label="Paroles différentes", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the applications that the chosen filters keep."""
        chosen = self.cleaned_data
        if chosen.get("groupe"):
            queryset = queryset.filter(state__in=sorted(coach_side.GROUPS[chosen["groupe"]]))
        if chosen.get("suivi"):
            queryset = coach_side.followed_by_me(queryset, self.actor)
        if chosen.get("fiche"):
            queryset = coach_side.may_be_sent(queryset)
        if chosen.get("paroles"):
            queryset = queryset.filter(words_differ=True)
        return queryset


def _asked(request: HttpRequest, *, acts: bool = False) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role not in ({Role.EMPP} if acts else coach_side.READERS):
        raise Http404
    return actor


@access("job_application")
def applications(request: HttpRequest) -> HttpResponse:
    """Show the list; what is read of it is logged as a count."""
    actor = _asked(request)
    rows = Listing(
        request, coach_side.applications_of(actor), load=coach_side.as_listed,
        columns=(
            Column("name", "Personne et emploi"), Column("employer", "Employeur", narrow=False),
            Column("state", "État, à savoir", sort="state"), Column("since", "Depuis", sort="since", narrow=False),
        ),
        filters=ApplicationFilters(request.GET, actor=actor), search=coach_side.searched,
        search_label="Nom, poste, employeur", default_sort="-since", row_template="adviser/_application_row.html",
        caption="Candidatures", noun=("candidature", "candidatures"),
        present=lambda found: coach_side.rows_of(actor, found),
        empty=(
            "Aucune candidature pour l’instant", "Ouvrez-en une depuis le dossier d’une personne, ou depuis un tandem.",
            reverse("adviser:candidates"), "Voir mes candidats",
        ),
    )
    if rows.rows:
        note_read(actor, "job_application", "application", None, count=len(rows.rows))
    return rows.respond("adviser/applications.html")


@access("job_application")
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Show one application."""
    actor = _asked(request)
    return _page(request, actor, coach_side.application_page(actor, application_id))


def _page(
    request: HttpRequest, actor: Actor, page: coach_side.ApplicationPage, bound: ActForm | None = None,
    status: int = 200,
) -> HttpResponse:
    note_read(actor, "job_application", "application", page.id)
    facts = job_acts.Facts(
        actor.today, page.offered_contract, page.contract_code, page.interview_on, page.last_day, page.trial_ends_on
    )
    acts = page.acts if actor.role is Role.EMPP else ()
    return render(request, "adviser/application.html", {
        "page": page, "may_act": actor.role is Role.EMPP,
        "acts": job_acts.shown(
            acts, facts, reasons_of=reasons_for, contracts=ENGAGEMENT_NAMES, revision=page.revision, key=page.id,
            bound=bound,
        ),
    }, status=status)


@access("job_act", WRITE, methods=("POST",))
def application_act(request: HttpRequest, application_id: UUID, action: str) -> HttpResponse:
    """Do one act of the table."""
    actor = _asked(request, acts=True)
    page = coach_side.application_page(actor, application_id)
    label = dict(page.acts).get(action)
    form = job_acts.form_of(
        action, job_acts.sent(request), reasons=reasons_for(action, actor.today), contracts=ENGAGEMENT_NAMES,
        key=page.id,
    )
    back = reverse("adviser:application", args=[application_id])
    if not form.is_valid():
        if label is not None:
            return _page(request, actor, page, form, status=422)
        messages.error(request, "Cet acte n’est plus possible : relisez la candidature.")
        return redirect(back)
    try:
        services.act(
            application_id=application_id, action=action, given=form.given(actor.today), by=actor, at=actor.at,
            revision=form.cleaned_data["revision"],
        )
    except ValueError as unknown:
        raise Http404 from unknown
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    say_done(
        request, action, typography(f"Noté : {done_words(action).lower()}."),
        reverse("adviser:application_act", args=[application_id, "reopen"]),
    )
    return redirect(back)


@access("candidate_card", WRITE, methods=("POST",))
def application_card(request: HttpRequest, application_id: UUID, step: str) -> HttpResponse:
    """Note that the person approved her card, or send it."""
    actor = _asked(request, acts=True)
    services_by_step = {"approuver": services.approve_card, "envoyer": services.send_card}
    if step not in services_by_step:
        raise Http404
    back = reverse("adviser:application", args=[application_id])
    try:
        services_by_step[step](application_id=application_id, by=actor, at=actor.at)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(
        request, "La fiche est envoyée à l’employeur." if step == "envoyer" else "Noté : la personne approuve sa fiche."
    )
    return redirect(back)


@access("job_act", WRITE, methods=("POST",))
def application_settle(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Close the question of two words that differ, both being kept."""
    actor = _asked(request, acts=True)
    back = reverse("adviser:application", args=[application_id])
    try:
        statements.settle(application_id=application_id, by=actor, at=actor.at)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, "C’est éclairci : les deux paroles restent dans l’historique.")
    return redirect(back)


@access("job_act", WRITE, methods=("GET", "POST"))
def new_application(request: HttpRequest) -> HttpResponse:
    """Choose a job for somebody: those of a tandem in one tap, any open offer by a search."""
    actor = _asked(request, acts=True)
    if request.method == "POST":
        return _open(request, actor)
    tandem_id = _uuid(request.GET.get("tandem", ""))
    if tandem_id is not None:
        household, proposed = coach_side.choices_of_tandem(actor, tandem_id)
    else:
        household_id = _uuid(request.GET.get("menage", ""))
        if household_id is None:
            raise Http404
        household, proposed = household_seen_by(actor, household_id), []
    persons = list(Person.objects.visible_to(actor).filter(household=household).order_by("number"))
    first = persons[0] if persons else None
    chosen = next((one for one in persons if str(one.pk) == request.GET.get("personne")), first)
    text = request.GET.get("q", "").strip()[:100].replace("\x00", "")
    return render(request, "adviser/new_application.html", {
        "household": household, "title": ", ".join(name_of(one, actor) for one in persons), "tandem_id": tandem_id,
        "proposed": proposed, "text": text, "chosen": chosen,
        "persons": [(one.pk, name_of(one, actor)) for one in persons],
        "found": coach_side.choices_of_person(actor, chosen, text) if chosen is not None else [],
    })


def _open(request: HttpRequest, actor: Actor) -> HttpResponse:
    person_id, offer_id = (_uuid(request.POST.get(name, "")) for name in ("person", "offer"))
    if person_id is None or offer_id is None:
        raise Http404
    try:
        made = services.apply(
            person_id=person_id, offer_id=offer_id, by=actor, at=actor.at,
            tandem_id=_uuid(request.POST.get("tandem", "")), source="run" if request.POST.get("tandem") else "coach",
        )
    except UntoitError as refusal:
        return refused(request, refusal, back=reverse("adviser:applications"))
    messages.success(request, "La candidature est ouverte." if made.sent_on is None else
                     "La candidature est ouverte, et la fiche est chez l’employeur.")
    return redirect("adviser:application", made.pk)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
