"""Who is on the list of an event, added by hand, with what each person needs on the day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse

from untoit.core.errors import Conflict, UntoitError
from untoit.core.lifecycles.event import REGISTRATION_STATE_NAMES
from untoit.core.wording import languages, typography
from untoit.records.applicants.view import name_of
from untoit.records.events import access as journeys
from untoit.records.events import capacities, overview, people, registrations, wishes
from untoit.records.events.models import Event, Registration
from untoit.records.events.models.people import CHANNELS
from untoit.records.partners.journal import note_read
from untoit.records.partners.rights import WRITE
from untoit.web.access import access
from untoit.web.components.asking import asked
from untoit.web.components.lists import Column, FilterForm, Listing
from untoit.web.components.refusals import refused
from untoit.web.organiser.event_forms import rebase
from untoit.web.organiser.events import event_of
from untoit.web.organiser.stand_forms import hour_of

STATE_KINDS = {
    "proposed": "quiet", "invited": "info", "waiting": "warn", "confirmed": "ok", "declined": "stop",
    "cancelled": "stop", "removed": "quiet",
}
_COLUMNS = (
    Column("rank", "Rang", sort="rank", numeric=True, narrow=False),
    Column("name", "Personne"),
    Column("state", "Où elle en est", sort="state"),
    Column("wave", "Vague", sort="wave__number"),
    Column("meetings", "Rencontres", narrow=False),
    Column("travel", "Trajet", sort="travel_min", narrow=False),
    Column("preparation", "Préparation", narrow=False),
    Column("acts", ""),
)


def _filter_of(event: Event, actor: Any) -> type[FilterForm]:
    """Return the filters of this event: its waves are among the choices."""
    waves = [(str(one.number), str(one)) for one in event.waves.all()]

    class PeopleFilter(FilterForm):
        """State, wave, channel, preparation; the last two only among those one follows."""

        etat = forms.ChoiceField(label="État", required=False, choices=[
            ("", "Tous"), *((state.value, name) for state, name in REGISTRATION_STATE_NAMES.items()),
        ])
        vague = forms.ChoiceField(
            label="Vague", required=False, choices=[("", "Toutes"), *waves, ("reserve", "En réserve")]
        )
        canal = forms.ChoiceField(label="Canal", required=False, choices=[("", "Tous"), *CHANNELS])
        preparation = forms.ChoiceField(label="Préparation", required=False, choices=[
            ("", "Toutes"), ("aucune", "Sans séance"), ("attendue", "Attendue"), ("venue", "Venue"),
        ])

        def apply(self, queryset: Any) -> Any:
            """Keep the rows asked for."""
            data = self.cleaned_data
            if data["etat"]:
                queryset = queryset.filter(state=data["etat"])
            if data["vague"] == "reserve":
                queryset = queryset.filter(is_standby=True)
            elif data["vague"]:
                queryset = queryset.filter(wave__number=data["vague"])
            if data["canal"]:
                queryset = people.known(actor, queryset).filter(channel=data["canal"])
            if data["preparation"]:
                queryset = people.known(actor, queryset)
                seats = Registration.objects.filter(event=event)
                ids = {
                    "aucune": seats.filter(preparations__isnull=True),
                    "attendue": seats.filter(preparations__isnull=False, preparations__came=None),
                    "venue": seats.filter(preparations__came=True),
                }[data["preparation"]]
                queryset = queryset.filter(pk__in=ids.values("pk"))
            return queryset

    return PeopleFilter


@access("registration")
def listing(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """List who is proposed, invited, coming; add somebody by name."""
    actor, _ = asked(request)
    event = event_of(request, event_id)
    writes = actor.may("registration", WRITE)
    text = request.GET.get("ajouter", "")[:100]
    shown = Listing(
        request, people.rows_for(actor, event), columns=_COLUMNS, filters=_filter_of(event, actor), default_sort="rank",
        search=lambda rows, words: people.named(actor, rows, words), search_label="Nom, ou code du badge",
        row_template="organiser/_person_row.html", caption="Personnes de l’événement", noun=("personne", "personnes"),
        present=lambda rows: [_row(event, one) for one in people.present(actor, rows)],
        empty=(
            "Personne sur la liste pour l’instant",
            "Un calcul propose qui rencontre qui à ces stands ; vous pouvez aussi ajouter quelqu’un par son nom.",
            *((reverse("organiser:selection", args=[event.pk]), "Choisir qui vient")
              if actor.may("event", WRITE) else ("", "")),
        ),
    )
    note_read(actor, "registration", "event", event.pk, count=min(shown.count, 50))
    return shown.respond("organiser/registrations.html", {
        "event": event, "current": "registrations", "writes": writes, "figures": people.figures(event),
        "banner": capacities.banner(event), "waves": overview.waves_of(event), "text": text,
        "found": people.addable(actor, event, text), "invite_url": _url("invite", event) if writes else "",
        "journeys": journeys.state_of(event), "prepares": actor.may("event", WRITE),
    })


def _url(name: str, event: Event) -> str:
    try:
        return reverse(f"organiser:{name}", args=[event.pk])
    except NoReverseMatch:
        return ""


def _row(event: Event, one: people.PersonRow) -> dict[str, Any]:
    row = one.registration
    return {
        "one": one, "event": event, "kind": STATE_KINDS[row.state],
        "needs": list(_needs(event, row)) if one.known else [],
    }


def _needs(event: Event, row: Registration) -> Any:
    """Yield what somebody needs, in a few words."""
    if row.needs_accessible:
        yield "plain-pied"
    if row.needs_language:
        yield f"interprète {languages.name(row.needs_language)}"
    if row.arrives_slot:
        yield typography(f"à partir de {hour_of(event, row.arrives_slot)}")
    if row.leaves_slot is not None:
        yield typography(f"jusqu'à {hour_of(event, row.leaves_slot)}")


@access("registration", WRITE, methods=("POST",))
def add(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """Put somebody on the list."""
    actor, now = asked(request)
    event_of(request, event_id)
    back = reverse("organiser:registrations", args=[event_id])
    try:
        person_id = UUID(request.POST.get("person", ""))
    except ValueError:
        return redirect(back)
    try:
        made = registrations.add_person(event_id=event_id, person_id=person_id, by=actor, at=now)
    except UntoitError as refusal:
        return refused(request, refusal, back=back)
    messages.success(request, typography(
        f"{name_of(made.person, actor)} est sur la liste. Dites ce dont elle ou il a besoin."
    ))
    return redirect("organiser:needs", event_id, made.pk)


class NeedsForm(forms.Form):
    """What somebody needs on the day, and whom she or he should meet."""

    use_required_attribute = False

    wave = forms.ChoiceField(label="Vague", required=False)
    is_standby = forms.BooleanField(label="En réserve : vient si une place se libère", required=False)
    arrives_slot = forms.TypedChoiceField(label="Peut être là à partir de", coerce=int)
    leaves_slot = forms.TypedChoiceField(label="Doit repartir à", coerce=int, required=False, empty_value=None)
    housing_after = forms.TypedChoiceField(
        label="Échange logement", required=False, empty_value=None, coerce=lambda value: value == "after",
        choices=[("", "peu importe"), ("after", "après les entretiens"), ("before", "avant les entretiens")],
    )
    needs_accessible = forms.BooleanField(label="A besoin d’un accès de plain-pied", required=False)
    needs_language = forms.ChoiceField(
        label="Interprète", required=False, choices=[("", "aucun"), *languages.INTERPRETED.items()]
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, registration: Registration, **kwargs: Any) -> None:
        event = registration.event
        hours = [(slot, hour_of(event, slot)) for slot in range(event.slots)]
        initial = {
            "wave": str(registration.wave_id or ""), "is_standby": registration.is_standby,
            "arrives_slot": registration.arrives_slot, "needs_accessible": registration.needs_accessible,
            "leaves_slot": "" if registration.leaves_slot is None else registration.leaves_slot,
            "needs_language": registration.needs_language, "revision": registration.revision,
            "housing_after": {None: "", True: "after", False: "before"}[registration.housing_after],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self._waves = {str(one.pk): one for one in event.waves.all()}
        chosen: Any = self.fields["wave"]
        chosen.choices = [("", "aucune"), *((pk, str(one)) for pk, one in self._waves.items())]
        chosen = self.fields["arrives_slot"]
        chosen.choices = [(0, "l’ouverture"), *hours[1:]]
        chosen = self.fields["leaves_slot"]
        chosen.choices = [("", "la fin"), *hours[1:]]
        known = {one.stand_id: one for one in registration.wishes.select_related("offer")}
        self._stands = []
        for stand in event.stands.all():
            name = f"stand_{stand.pk.hex}"
            self.fields[name] = forms.ChoiceField(
                label=str(stand), choices=wishes.CHOICES, required=False, initial=wishes.choice_of(known.get(stand.pk)),
            )
            self._stands.append((stand, name, known.get(stand.pk)))

    @property
    def stands(self) -> list[dict[str, Any]]:
        """The stands with their choice, for the template."""
        return [{"stand": stand, "field": self[name], "wish": wish} for stand, name, wish in self._stands]

    @property
    def needs(self) -> dict[str, Any]:
        """Return what the service writes on the registration."""
        data = self.cleaned_data
        return {
            "wave": self._waves.get(data["wave"]), "is_standby": data["is_standby"],
            "arrives_slot": data["arrives_slot"], "leaves_slot": data["leaves_slot"],
            "housing_after": data["housing_after"], "needs_accessible": data["needs_accessible"],
            "needs_language": data["needs_language"],
        }

    @property
    def choices(self) -> dict[UUID, str]:
        """Return what was chosen at each stand."""
        return {stand.pk: self.cleaned_data[name] for stand, name, _ in self._stands}


@access("registration", WRITE, methods=("GET", "POST"))
def needs(request: HttpRequest, event_id: UUID, registration_id: UUID) -> HttpResponse:
    """Say what somebody needs, and whom she or he should meet."""
    actor, now = asked(request)
    event = event_of(request, event_id)
    row = get_object_or_404(
        Registration.objects.visible_to(actor).select_related("event", "person", "wave"), pk=registration_id,
        event=event,
    )
    form = NeedsForm(request.POST or None, registration=row)
    if request.method != "POST":
        note_read(actor, "registration", "registration", row.pk)
        return _needs_page(request, event, row, form)
    if not form.is_valid():
        return _needs_page(request, event, row, form, status=422)
    try:
        registrations.change_needs(
            registration_id=row.pk, values=form.needs, revision=form.cleaned_data["revision"], by=actor, at=now
        )
        wishes.choose(registration_id=row.pk, choices=form.choices, by=actor, at=now)
    except Conflict as conflict:
        row.refresh_from_db()
        form.add_error(None, conflict.sentence)
        rebase(form, row.revision)
        return _needs_page(request, event, row, form, status=409)
    except UntoitError as refusal:
        form.add_error(None, refusal.sentence)
        return _needs_page(request, event, row, form, status=422)
    messages.success(request, "Enregistré.")
    return redirect("organiser:registrations", event_id)


def _needs_page(
    request: HttpRequest, event: Event, row: Registration, form: NeedsForm, status: int = 200
) -> HttpResponse:
    actor, _ = asked(request)
    return render(request, "organiser/needs.html", {
        "event": event, "current": "registrations", "row": row, "form": form, "name": name_of(row.person, actor),
    }, status=status)
