"""The list of tandems, the page of one of them, its printed sheet, and what its reviewers say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control

from untoit.core.errors import Conflict, UntoitError
from untoit.records.applicants.models import Person
from untoit.records.followup.querysets import LANDLORDS
from untoit.records.pairings.models import Forbids, Review, Run, RunState, SetAside, Tandem, TandemJob
from untoit.records.pairings.querysets import RELEASED
from untoit.records.pairings.reviews import buttons, review_tandem
from untoit.records.partners import journal
from untoit.records.partners.models import Role
from untoit.records.partners.rights import WRITE, Actor
from untoit.reporting.tandem_pages import TandemPage, photo_of, tandem_page
from untoit.reporting.tandem_pdf import tandem_pdf as pdf_of
from untoit.reporting.tandem_words import place
from untoit.web.access import access
from untoit.web.components.lists import Column, FilterForm, Listing

_LATEST = (RunState.COMPUTED, RunState.REVIEWED, RunState.RELEASED)
_BADGES = {Review.TO_REVIEW: "warn", Review.ACCEPTED: "ok", Review.SET_ASIDE: "quiet"}


class TandemFilters(FilterForm):
    """What a list of tandems is narrowed by; the communes are those of the tandems that the actor may see."""

    avis = forms.ChoiceField(label="Relecture", required=False, choices=[("", "Toutes"), *Review.choices])

    def __init__(self, data: Any, *, communes: Iterable[str]) -> None:
        super().__init__(data)
        named = sorted((place(code), code) for code in communes)
        self.fields["commune"] = forms.ChoiceField(
            label="Commune du logement", required=False,
            choices=[("", "Toutes"), *((code, name) for name, code in named)],
        )

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the tandems that the chosen filters keep."""
        if self.cleaned_data.get("avis"):
            queryset = queryset.filter(review=self.cleaned_data["avis"])
        if self.cleaned_data.get("commune"):
            queryset = queryset.filter(vacancy__commune=self.cleaned_data["commune"])
        return queryset


class ReviewForm(forms.Form):
    """What somebody says of a tandem; ``revision`` is that of the tandem that was read."""

    action = forms.ChoiceField(choices=[(one, one) for one in ("accept", "set_aside", "pin", "forbid", "undo")])
    revision = forms.IntegerField(min_value=1)
    reason_code = forms.ChoiceField(label="Raison", required=False, choices=[("", "Choisir…"), *SetAside.choices])
    forbids = forms.ChoiceField(
        label="Ce qui est interdit", required=False, choices=[("", "Choisir…"), *Forbids.choices]
    )
    comment = forms.CharField(
        label="Précision", required=False, max_length=240,
        help_text="Rien sur la santé, l’origine, les croyances ni la situation sociale.",
    )


@dataclass(frozen=True, slots=True)
class TandemLine:
    """A row of the list."""

    id: UUID
    who: str
    home: str
    jobs: str
    minutes: int | None
    review: str
    kind: str
    run: str


@access("tandem")
def tandems(request: HttpRequest) -> HttpResponse:
    """Show the tandems of the latest runs; how many are read is logged."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    latest = _latest(actor)
    communes = dict(latest.order_by().values_list("vacancy__commune").annotate(Count("pk")))
    rows = Listing(
        request, latest, load=_shown, total=sum(communes.values()),
        columns=(
            Column("menage", "Pour"), Column("logement", "Logement", sort="vacancy__commune,vacancy__rooms"),
            Column("emploi", "Emploi"), Column("trajet", "Trajet", numeric=True, narrow=False),
            Column("relecture", "Relecture", sort="review"),
            Column("calcul", "Calcul", sort="run__created_at", narrow=False),
        ),
        filters=TandemFilters(request.GET, communes=communes), search=_search, search_label="Nom, prénom, poste",
        default_sort="-calcul", row_template="adviser/_tandem_row.html", caption="Tandems",
        noun=("tandem", "tandems"), present=lambda found: [_line(one, actor) for one in found],
        empty=("Aucun tandem pour l’instant", "Ils apparaissent ici dès qu’un calcul est terminé.", "", ""),
    )
    if rows.rows:
        journal.note_read(actor, "tandem", "tandem", None, count=len(rows.rows))
    return rows.respond("adviser/tandems.html")


@access("tandem")
def tandem(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Show one tandem, to be looked at together with the person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    with transaction.atomic():
        page = tandem_page(actor, tandem_id)
    return render(request, "adviser/tandem.html", _page(page, actor, ReviewForm()))


@access("tandem")
def tandem_pdf(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Send the sheet to print."""
    with transaction.atomic():
        page = tandem_page(request.actor, tandem_id)  # type: ignore[attr-defined]
    answer = HttpResponse(pdf_of(page.sheet), content_type="application/pdf")
    # The name of a file stays in the history of the browser: it says nothing of the person.
    answer["Content-Disposition"] = f'inline; filename="tandem-{str(tandem_id)[:8]}.pdf"'
    return answer


@access("tandem")
@cache_control(private=True, max_age=3600)
def tandem_photo(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Send the photograph of the home."""
    return HttpResponse(photo_of(request.actor, tandem_id), content_type="image/jpeg")  # type: ignore[attr-defined]


@access("tandem", WRITE, methods=("POST",))
def tandem_review(request: HttpRequest, tandem_id: UUID) -> HttpResponse:
    """Record what a reviewer says of a tandem."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    get_object_or_404(Tandem.objects.visible_to(actor).only("pk"), pk=tandem_id)
    form = ReviewForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            review_tandem(tandem_id=tandem_id, **form.cleaned_data, by=actor, at=request.now)  # type: ignore[attr-defined]
        except UntoitError as refusal:
            form.add_error(None, refusal.sentence)
            status = 409 if isinstance(refusal, Conflict) else 422
        else:
            messages.success(request, "Votre avis est enregistré.")
            return redirect(reverse("adviser:tandem", args=[tandem_id]))
    with transaction.atomic():
        page = tandem_page(actor, tandem_id)
    return render(request, "adviser/tandem.html", _page(page, actor, form), status=status)


def _page(page: TandemPage, actor: Actor, form: ReviewForm) -> dict[str, Any]:
    acts = {one.action: one.label for one in buttons(page.tandem, actor, page.tandem.run.state)}
    return {
        "page": page, "sheet": page.sheet, "tandem": page.tandem, "acts": acts, "form": form,
        "review_badge": _BADGES[Review(page.tandem.review)], "may_apply": actor.role is Role.EMPP,
        "may_propose": _may_propose(page.tandem, actor),
    }


def _may_propose(tandem: Tandem, actor: Actor) -> bool:
    """Whether the actor's organisation may propose the home of this tandem: it is its own, and the run is released."""
    own = tandem.vacancy.organisation_id == actor.organisation_id and actor.role in LANDLORDS
    return own and tandem.run.state in RELEASED


def _shown(rows: QuerySet) -> QuerySet:
    """Return the tandems of a page with what its lines say, and nothing else of them."""
    jobs = TandemJob.objects.select_related("offer").only("tandem_id", "outward_min", "back_min", "offer__title")
    persons = Person.objects.only("household_id", "number", "first_name", "last_name").order_by("number")
    return rows.select_related("vacancy", "household", "run").only(
        "review", "household__application_number", "vacancy__rooms", "vacancy__commune", "run__title",
    ).prefetch_related(Prefetch("jobs", jobs.order_by("person__number", "pk")), Prefetch("household__persons", persons))


def _latest(actor: Actor) -> QuerySet:
    """Return the tandems that the actor may see, without those of a run that was solved again since."""
    solved_again = Run.objects.filter(parent=OuterRef("run"), state__in=_LATEST)
    return Tandem.objects.visible_to(actor).filter(~Exists(solved_again), run__state__in=_LATEST)


def _search(found: QuerySet, text: str) -> QuerySet:
    people = Person.objects.filter(household=OuterRef("household"))
    for word in text.split()[:4]:
        found = found.filter(
            Exists(people.filter(Q(first_name__istartswith=word) | Q(last_name__istartswith=word)))
            | Q(pk__in=found.order_by().filter(jobs__offer__title__icontains=word).values("pk"))
        )
    return found


def _line(tandem: Tandem, actor: Actor) -> TandemLine:
    jobs = list(tandem.jobs.all())
    first, surname = actor.sees("first_name") in ("F", "S"), actor.sees("surname") in ("F", "S")
    names = [
        " ".join(filter(None, (one.first_name if first else "", one.last_name if surname else "")))
        for one in tandem.household.persons.all()
    ]
    return TandemLine(
        id=tandem.pk, who=", ".join(filter(None, names)) or str(tandem.household),
        home=f"T{tandem.vacancy.rooms}, {place(tandem.vacancy.commune)}",
        jobs=", ".join(dict.fromkeys(one.offer.title for one in jobs)),
        minutes=max((max(one.outward_min, one.back_min) for one in jobs), default=None),
        review=tandem.get_review_display(), kind=_BADGES[Review(tandem.review)], run=tandem.run.title,
    )
