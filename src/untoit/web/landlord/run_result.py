"""The result of a run, part by part: tandems, who is left out, the map, where it comes from; files; comparison."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from untoit.core.territory.communes import commune
from untoit.records.applicants.models import Household, Person
from untoit.records.jobs.models import Offer
from untoit.records.jobs.selectors import CONTRACTS
from untoit.records.pairings import choices, codec, downloads, selectors
from untoit.records.pairings.models import Review, Run, RunState, Tandem, TandemJob, Unplaced
from untoit.records.pairings.reviews import buttons
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor
from untoit.records.stock.models import Vacancy
from untoit.reporting.map import draw
from untoit.reporting.run_report import SIZES, STAGE_TITLES, VERSIONS
from untoit.web.access import access
from untoit.web.components.lists import Column, Listing
from untoit.web.landlord.run_forms import TandemFilter, UnplacedFilter

REVIEW_KINDS = {Review.TO_REVIEW: "info", Review.ACCEPTED: "ok", Review.SET_ASIDE: "stop"}
PARTS = (
    ("tandems", "Tandems"), ("attente", "Sans proposition"), ("carte", "Carte"), ("etapes", "Étapes et preuve"),
    ("origine", "Réglages et fichiers"),
)
_TANDEMS = (
    Column("number", "N°", sort="number", numeric=True),
    Column("household", "Ménage"),
    Column("home", "Un toit", sort="vacancy__commune,vacancy__rooms"),
    Column("job", "Un emploi"),
    Column("way", "Trajet", sort="longest", numeric=True),
    Column("chance", "Chance", sort="probability", numeric=True),
    Column("review", "Avis", sort="review"),
)
# The longest way of a tandem, by itself: joined, its jobs would be grouped before any row is chosen.
_LONGEST = Subquery(
    TandemJob.objects.filter(tandem=OuterRef("pk")).order_by("-outward_min").values("outward_min")[:1]
)
_UNPLACED = (Column("household", "Ménage"), Column("stage", "Étape", sort="stage"), Column("why", "Pourquoi"))


def part(request: HttpRequest, actor: Actor, run: Run, context: dict[str, Any]) -> HttpResponse:
    """Answer one part of the page of a run that is computed."""
    asked = request.GET.get("onglet", PARTS[0][0])
    if asked not in dict(PARTS):
        asked = PARTS[0][0]
    result = run.result or {}
    here = reverse("landlord:run", args=[run.pk])
    context |= {
        "part": asked, "parts": [(code, label, f"{here}?onglet={code}") for code, label in PARTS],
        "result": result, "expected": float(result["expected_double_successes"]),
        "quotas": [codec.load_quota(line) for line in result["quotas"]],
    }
    if asked == "tandems":
        return _tandem_listing(request, actor, run).respond("landlord/run.html", context)
    if asked == "attente":
        journal.note_read(actor, "housing_application", "run", run.pk, count=run.unplaced.count())
        return _unplaced_listing(request, actor, run).respond("landlord/run.html", context | {"stages": stages(run)})
    if asked == "etapes":
        context["funnel"] = [codec.load_step(step) for step in result["funnel"]]
    if asked == "origine":
        context |= {
            "feeds": run.feeds.all(), "perimeter": selectors.in_words(run), "files": list(downloads.FILES),
            "versions": [(VERSIONS.get(name, name), value) for name, value in result["versions"].items()],
            "sizes": [(*SIZES.get(_plain(name), (name, name)), count) for name, count in result["sizes"].items()],
            "others": Run.objects.visible_to(actor).exclude(pk=run.pk).filter(computed_at__isnull=False).only(
                "title", "on", "created_at")[:20],
        }
    return render(request, "landlord/run.html", context)


def _plain(name: str) -> str:
    return name.replace("é", "e")


def stages(run: Run) -> list[tuple[str, int]]:
    """Return how many households stopped at each stage, in the order of the main job."""
    found = dict(run.unplaced.order_by().values_list("stage").annotate(Count("pk")))
    return [(title, found[code]) for code, (title, _) in STAGE_TITLES.items() if code in found]


def _tandem_listing(request: HttpRequest, actor: Actor, run: Run) -> Listing:
    journal.note_read(actor, "tandem", "run", run.pk, count=run.tandems.count())
    found = Tandem.objects.visible_to(actor).filter(run=run).annotate(longest=_LONGEST)
    return Listing(
        request, found, load=_with_what_a_row_says, columns=_TANDEMS, filters=TandemFilter, search=_search,
        keep=("onglet",),
        search_label="Nom, numéro unique, commune, métier…", default_sort="number",
        row_template="landlord/_tandem_row.html", caption="Tandems proposés", noun=("tandem", "tandems"),
        present=lambda rows: [tandem_row(one, actor, run.state) for one in rows],
        empty=("Aucun tandem", "« Sans proposition » dit à quelle étape chaque ménage s’est arrêté.", "", ""),
    )


def _with_what_a_row_says(rows: QuerySet) -> QuerySet:
    jobs = TandemJob.objects.select_related("offer").only(
        "tandem_id", "outward_min", "back_min", "offer__title", "offer__employer", "offer__contract"
    )
    return rows.select_related("household", "vacancy", "reviewed_by").only(
        "number", "probability", "is_priority", "review", "reason", "is_pinned", "is_forbidden", "revision",
        "household__application_number", "vacancy__rooms", "vacancy__commune", "vacancy__reference",
        "vacancy__rent_cents", "reviewed_by__full_name", "reviewed_by__email",
    ).prefetch_related(
        Prefetch("jobs", jobs.order_by("person__number", "pk")), Prefetch("household__persons", _names())
    ).annotate(longest=_LONGEST)


def _names() -> QuerySet:
    return Person.objects.only("household_id", "number", "first_name", "last_name").order_by("number")


def _search(tandems: QuerySet, text: str) -> QuerySet:
    persons = Person.objects.filter(household=OuterRef("household"))
    jobs = TandemJob.objects.filter(tandem=OuterRef("pk"))
    for word in text.split()[:6]:
        named = Exists(persons.filter(Q(last_name__icontains=word) | Q(first_name__icontains=word)))
        offered = Exists(jobs.filter(Q(offer__title__icontains=word) | Q(offer__employer__icontains=word)))
        tandems = tandems.filter(
            named | offered | Q(household__application_number__icontains=word)
            | Q(vacancy__reference__icontains=word) | Q(vacancy__building_name__icontains=word)
        )
    return tandems


def tandem_row(tandem: Tandem, actor: Actor, run_state: str) -> dict[str, Any]:
    """Return what a row of the list shows of a tandem to somebody who may see it."""
    home = tandem.vacancy
    known = commune(home.commune)
    return {
        "tandem": tandem, "names": names_of(tandem.household, actor), "home": home,
        "number": tandem.household.application_number if actor.sees("application_number") == "F" else "",
        "place": known.name if known else home.commune,
        "jobs": [(one, CONTRACTS.get(one.offer.contract, one.offer.contract)) for one in tandem.jobs.all()],
        "kind": REVIEW_KINDS[Review(tandem.review)],
        "actions": {one.action for one in buttons(tandem, actor, run_state)},
    }


def names_of(household: Household, actor: Actor) -> str:
    """Return the names of the job seekers of a household as the actor may read them."""
    found = []
    for person in household.persons.all():
        seen = actor.sees("surname")
        surname = person.last_name if seen == "F" else f"{person.last_name[:1]}." if seen == "m" else ""
        found.append(" ".join(filter(None, (person.first_name, surname))))
    return ", ".join(filter(None, found)) or "Ménage"


def _unplaced_listing(request: HttpRequest, actor: Actor, run: Run) -> Listing:
    visible = Household.objects.visible_to(actor)
    found = Unplaced.objects.filter(run=run, household__in=visible)
    return Listing(
        request, found, load=_with_household, columns=_UNPLACED, filters=UnplacedFilter, default_sort="stage",
        keep=("onglet",),
        row_template="landlord/_unplaced_row.html", caption="Ménages sans proposition, et pourquoi",
        noun=("ménage", "ménages"), present=lambda rows: [_left_out(one, actor) for one in rows],
        empty=("Tous les ménages ont une proposition", "", "", ""),
    )


def _with_household(rows: QuerySet) -> QuerySet:
    shown = rows.select_related("household").only("stage", "texts", "is_priority", "household__application_number")
    return shown.prefetch_related(Prefetch("household__persons", _names()))


def _left_out(one: Unplaced, actor: Actor) -> dict[str, Any]:
    words = codec.load_left_out(one.texts)
    return {
        "one": one, "words": words, "names": names_of(one.household, actor),
        "title": STAGE_TITLES.get(one.stage, (one.stage, ""))[0],
    }


def choices_of(actor: Actor, run: Run) -> dict[str, Any]:
    """Return what a run would be solved again with: what this review marked, and what it inherits."""
    marked = selectors.with_people(
        Tandem.objects.visible_to(actor).filter(Q(is_pinned=True) | Q(is_forbidden=True), run=run)
    )
    return {
        "run": run, "marked": [tandem_row(one, actor, run.state) for one in marked.order_by("number")],
        "inherited": list(_inherited(run)),
    }


def _inherited(run: Run) -> Any:
    """Yield the key and the words of each interdiction that the run was given."""
    homes = {str(pk): reference for pk, reference in Vacancy.objects.filter(
        pk__in=[home for _, home in run.choices.get(choices.WITHOUT_HOME, ())]).values_list("pk", "reference")}
    offers = {str(pk): title for pk, title in Offer.objects.filter(
        pk__in=[job for _, job in run.choices.get(choices.WITHOUT_JOB, ())]).values_list("pk", "title")}
    of_person = dict(Person.objects.filter(
        pk__in=[who for who, _ in run.choices.get(choices.WITHOUT_JOB, ())]).values_list("pk", "first_name"))
    for one in run.choices.get(choices.WITHOUT_HOME, ()):
        yield choices.key_of(choices.WITHOUT_HOME, one), f"Logement {homes.get(one[1], '')} interdit pour un ménage"
    for one in run.choices.get(choices.WITHOUT_JOB, ()):
        who = of_person.get(UUID(one[0]), "")
        yield choices.key_of(choices.WITHOUT_JOB, one), f"Emploi « {offers.get(one[1], '')} » interdit pour {who}"


def _computed(request: HttpRequest, run_id: UUID) -> tuple[Actor, Run]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    run = get_object_or_404(Run.objects.visible_to(actor).select_related("policy"), pk=run_id)
    if run.result is None or run.state == RunState.FAILED:
        raise Http404
    return actor, run


@access("matching_run", WRITE)
def run_file(request: HttpRequest, run_id: UUID, name: str) -> HttpResponse:
    """Download a file of the run that names nobody."""
    actor, run = _computed(request, run_id)
    if name not in downloads.FILES:
        raise Http404
    make, kind = downloads.FILES[name]
    journal.note_act(actor, "run.downloaded", "run", run.pk, file=name)
    return _attached(make(run), kind, name)


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@access("matching_run")
def run_map(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Answer the map of a run as a picture; it names no person."""
    _, run = _computed(request, run_id)
    answer = HttpResponse(_drawn(run.pk, str(run.computed_at)), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@lru_cache(maxsize=8)
def _drawn(run_id: UUID, computed_at: str) -> str:
    """Return the map of a run; its results never change once computed, and drawing reads them all."""
    return render_to_string("landlord/run_map.svg", {"picture": draw(selectors.report_of(Run.objects.get(pk=run_id)))})


@access("matching_run")
def compare_with(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Go to the comparison with the run that was chosen."""
    _computed(request, run_id)
    try:
        other = UUID(request.GET.get("avec", ""))
    except ValueError:
        return redirect("landlord:run", run_id)
    return redirect("landlord:run_compare", run_id, other)


@access("matching_run")
def run_compare(request: HttpRequest, run_id: UUID, other_id: UUID) -> HttpResponse:
    """Show what changes from one run to another: who gains, loses, changes, and which setting or file differs."""
    actor, before = _computed(request, run_id)
    _, after = _computed(request, other_id)
    seen = [
        list(selectors.with_people(Tandem.objects.visible_to(actor).filter(run=run)).order_by("number"))
        for run in (before, after)
    ]
    comparison = selectors.compare(before, after, *seen)
    journal.note_read(actor, "tandem", "run", after.pk, count=len(comparison.moved), reason="comparaison")
    shown: dict[str, list[dict[str, Any]]] = {"gained": [], "lost": [], "changed": []}
    for moved in comparison.moved:
        shown[moved.kind].append({
            "before": tandem_row(moved.before, actor, "") if moved.before else None,
            "after": tandem_row(moved.after, actor, "") if moved.after else None,
        })
    return render(request, "landlord/run_compare.html", {
        "before": before, "after": after, "comparison": comparison,
        "groups": [
            ("Y gagnent un tandem", shown["gained"]), ("Perdent leur tandem", shown["lost"]),
            ("Changent de tandem", shown["changed"]),
        ],
    })
