"""The forms of the stands: employers in one go, landlords' tables, desks, one stand in full, the rooms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms

from untoit.core.errors import UnusableInput
from untoit.core.wording import typography
from untoit.core.wording.languages import INTERPRETED
from untoit.core.wording.moments import typed
from untoit.records.events import stands
from untoit.records.events.models import Event, Stand, StandKind
from untoit.records.events.stands import MOST_TABLES, StandPlan
from untoit.records.partners.rights import Actor
from untoit.records.stock.selectors import is_masked, masked_home
from untoit.web.components.words import clock_minutes
from untoit.web.organiser.event_forms import number

_PAUSES = "Les heures, séparées par des virgules : 10\u00a0h\u00a012, 10\u00a0h\u00a024."


class EmployersForm(forms.Form):
    """Employers who have open offers, to tick; and one who has none."""

    hide_required = True

    names = forms.MultipleChoiceField(
        label="Employeurs qui ont des offres ouvertes", required=False, widget=forms.CheckboxSelectMultiple
    )
    other = forms.CharField(label="Un autre employeur", max_length=120, required=False)

    def __init__(self, *args: Any, actor: Actor, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = stands.employers_with_offers(actor, event)
        names: Any = self.fields["names"]
        names.choices = [
            (name, f"{name} ({count} offre{'s' if count > 1 else ''})") for name, count in found
        ]
        if not found:
            del self.fields["names"]

    @property
    def chosen(self) -> list[str]:
        """Return the names ticked, and the one typed."""
        return [*self.cleaned_data.get("names", []), self.cleaned_data["other"]]


class HousingForm(forms.Form):
    """A landlord's tables and the homes on show."""

    use_required_attribute = False

    organisation = forms.ChoiceField(label="Bailleur")
    tables = number("Tables", 1, MOST_TABLES, initial=1)
    vacancies = forms.MultipleChoiceField(
        label="Logements présentés", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = stands.landlords()
        landlord: Any = self.fields["organisation"]
        landlord.choices = [(str(one.pk), one.name) for one in found]
        landlord.initial = str(event.organisation_id)
        homes = home_choices(actor, event.organisation_id)
        shown: Any = self.fields["vacancies"]
        shown.choices, shown.initial = homes, [pk for pk, _ in homes]
        if not homes:
            del self.fields["vacancies"]


def home_choices(actor: Actor, organisation_id: UUID | None) -> list[tuple[str, str]]:
    """Return the homes that may be shown, as the actor may name them."""
    masked = is_masked(actor)
    return [
        (str(one.pk), masked_home(one).title if masked else f"{one.reference} · {masked_home(one).title}")
        for one in stands.open_vacancies(actor, organisation_id)
    ]


class DeskForm(forms.Form):
    """An information desk."""

    use_required_attribute = False

    name = forms.CharField(
        label="Nom affiché", max_length=120, help_text="Par exemple : Maison Nord Emploi, Action Logement."
    )
    presents = forms.CharField(label="Ce que l’on y trouve", max_length=300, required=False)


class StandForm(forms.Form):
    """One stand in full; what it shows is in fields of their own, one an offer."""

    use_required_attribute = False

    name = forms.CharField(label="Nom affiché", max_length=120)
    room = forms.ChoiceField(label="Salle")
    tables = number("Tables", 1, MOST_TABLES, "Une personne qui reçoit par table.")
    arrives_slot = forms.TypedChoiceField(label="Arrive", coerce=int)
    languages = forms.MultipleChoiceField(
        label="Langues parlées ou interprétées, outre le français", choices=list(INTERPRETED.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    presents = forms.CharField(
        label="Ce que l’on y trouve", max_length=300, required=False, widget=forms.Textarea({"rows": 2}),
        help_text="Repris dans les livrets et sur la fiche du stand.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, stand: Stand, **kwargs: Any) -> None:
        event = stand.event
        tables = sorted(stand.tables.all(), key=lambda one: one.number)
        initial = {
            "name": stand.name, "room": str(stand.room_id), "tables": len(tables) or 1,
            "arrives_slot": stand.arrives_slot, "languages": stand.languages, "presents": stand.presents,
            "revision": stand.revision,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.stand, self._event = stand, event
        room: Any = self.fields["room"]
        room.choices = [(str(one.pk), str(one)) for one in event.rooms.all()]
        arrives: Any = self.fields["arrives_slot"]
        arrives.choices = [
            (slot, hour_of(event, slot) if slot else "à l’ouverture") for slot in range(event.slots)
        ]
        if stand.kind == StandKind.EMPLOYER:
            self._offers(actor)
        if stand.kind == StandKind.HOUSING:
            self._homes(actor)
        self.table_rows: list[tuple[str, str]] = []
        for row in range(max(len(tables) + 1, 2)):
            table = tables[row] if row < len(tables) else None
            self._table(row + 1, table)

    def _table(self, row: int, table: Any) -> None:
        self.fields[f"who_{row}"] = forms.CharField(
            label=f"Table {row} : qui reçoit", max_length=120, required=False,
            initial=table.interviewer if table else "",
        )
        pauses = ", ".join(hour_of(self._event, slot) for slot in sorted(table.closed_slots)) if table else ""
        self.fields[f"pauses_{row}"] = forms.CharField(
            label=f"Table {row} : pauses", max_length=200, required=False, initial=pauses,
            help_text=_PAUSES if row == 1 else "",
        )
        self.table_rows.append((f"who_{row}", f"pauses_{row}"))

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each table, for the template."""
        return [(self[who], self[pauses]) for who, pauses in self.table_rows]

    def _offers(self, actor: Actor) -> None:
        shown = {one.offer_id: one.openings for one in self.stand.shown_offers.all()}
        near = stands.open_offers(actor).filter(employer__iexact=self.stand.name)
        if self.stand.organisation_id:
            near = near | stands.open_offers(actor).filter(organisation_id=self.stand.organisation_id)
        found = {one.pk: one for one in near.distinct()}
        found |= {one.offer_id: one.offer for one in self.stand.shown_offers.select_related("offer")}
        self.offers = sorted(found.values(), key=lambda one: (one.title.casefold(), one.reference))
        for offer in self.offers:
            key = offer.pk.hex
            self.fields[f"offer_{key}"] = forms.BooleanField(
                label=f"{offer.title} ({offer.contract}, {offer.reference})", required=False, initial=offer.pk in shown
            )
            self.fields[f"posts_{key}"] = number(
                f"Postes pour {offer.title}", 1, 99, required=False, initial=shown.get(offer.pk, offer.openings)
            )

    @property
    def offer_rows(self) -> list[tuple[Any, Any]]:
        """The tick and the openings of each offer, for the template."""
        return [(self[f"offer_{one.pk.hex}"], self[f"posts_{one.pk.hex}"]) for one in getattr(self, "offers", [])]

    def _homes(self, actor: Actor) -> None:
        shown = [str(pk) for pk in self.stand.shown_vacancies.values_list("vacancy_id", flat=True)]
        choices = home_choices(actor, self.stand.organisation_id)
        choices += [(pk, "Logement présenté qui n’est plus libre") for pk in shown if pk not in dict(choices)]
        self.fields["vacancies"] = forms.MultipleChoiceField(
            label="Logements présentés", required=False, widget=forms.CheckboxSelectMultiple, choices=choices,
            initial=shown,
        )

    def clean(self) -> dict[str, Any]:
        """Read the pauses as hours of the event."""
        data = super().clean() or self.cleaned_data
        for _, name in self.table_rows:
            try:
                data[name] = _slots(self._event, data.get(name, ""))
            except UnusableInput as refusal:
                self.add_error(name, refusal.sentence)
        return data

    def _count(self) -> int:
        """Return how many tables: the number typed, or one more when somebody was named on the empty line."""
        data = self.cleaned_data
        typed: int = data["tables"]
        if "tables" in self.changed_data:
            return typed
        named = [at for at, (who, pauses) in enumerate(self.table_rows, 1) if data.get(who) or data.get(pauses)]
        return min(max([typed, *named]), MOST_TABLES)

    @property
    def plan(self) -> StandPlan:
        """Return what was typed, in the words of the service."""
        data = self.cleaned_data
        return StandPlan(
            kind=self.stand.kind, name=data["name"], room_id=UUID(data["room"]),
            organisation_id=self.stand.organisation_id, languages=tuple(data["languages"]),
            arrives_slot=data["arrives_slot"], presents=data["presents"],
            tables=tuple(
                (data.get(f"who_{row}", ""), tuple(data.get(f"pauses_{row}") or ()))
                for row in range(1, self._count() + 1)
            ),
            offers={
                one.pk: data.get(f"posts_{one.pk.hex}") or one.openings for one in getattr(self, "offers", [])
                if data.get(f"offer_{one.pk.hex}")
            },
            vacancies=tuple(UUID(pk) for pk in data.get("vacancies", [])),
        )


def hour_of(event: Event, slot: int) -> str:
    """Return « 9 h 12 » for a slot, as people type it."""
    return typed(event.minute_of(slot))


def _slots(event: Event, text: str) -> tuple[int, ...]:
    """Return the slots that begin at, or hold, these hours."""
    found = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        minute = clock_minutes(one)
        slot = -1 if minute is None else (minute - event.starts_min) // event.step_min
        if not 0 <= slot < event.slots:
            raise UnusableInput(typography(f"« {one} » est hors de l'événement."))
        found.append(slot)
    return tuple(sorted(set(found)))


class RoomsForm(forms.Form):
    """The rooms, one line each and an empty one, and the time to go from one to another."""

    hide_required = True

    walking = number("Créneaux libres pour passer d’une salle à l’autre", 0, 4, initial=1)

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rooms = [*event.rooms.all(), None]
        self.lines = []
        for at, room in enumerate(rooms):
            self.fields[f"room_{at}"] = forms.CharField(
                label="Salle" if room else "Une salle de plus", max_length=80, required=False,
                initial=room.name if room else "",
            )
            self.fields[f"flat_{at}"] = forms.BooleanField(
                label="accessible de plain-pied", required=False, initial=room.is_accessible if room else True
            )
            self.lines.append((room.pk if room else None, f"room_{at}", f"flat_{at}"))
        said = event.settings.get("walking", {})
        self.fields["walking"].initial = max(said.values()) if said else 1

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each room, for the template."""
        return [(self[name], self[flat]) for _, name, flat in self.lines]

    @property
    def rooms(self) -> list[tuple[UUID | None, str, bool]]:
        """Return what was typed."""
        return [(pk, self.cleaned_data[name], self.cleaned_data[flat]) for pk, name, flat in self.lines]
