"""The stands of an event as the organiser's page shows them: who receives, what is shown and whether it still is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from untoit.core.wording import typography
from untoit.records.events.models import Event, Stand, StandOffer, StandVacancy
from untoit.records.jobs.models import OfferState
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy, VacancyState
from untoit.records.stock.selectors import is_masked, masked_home


@dataclass(frozen=True, slots=True)
class Shown:
    """One offer or home on show; ``warning`` says that it is no longer to be had."""

    id: UUID
    label: str
    openings: int | None
    warning: str


@dataclass(frozen=True, slots=True)
class StandCard:
    """One stand."""

    stand: Stand
    tables: list[dict[str, Any]]
    shown: list[Shown]
    openings: int

    @property
    def warnings(self) -> int:
        """How many of what is shown is no longer to be had."""
        return sum(bool(one.warning) for one in self.shown)


def cards(actor: Actor, event: Event) -> list[StandCard]:
    """Return the stands that the actor may see, in order; the same number of queries for one and for thirty."""
    found = Stand.objects.visible_to(actor).filter(event=event).select_related("room", "organisation")
    stands = found.prefetch_related(
        "tables",
        Prefetch(
            "shown_offers", StandOffer.objects.select_related("offer").defer("offer__search").order_by("offer__title")
        ),
        Prefetch("shown_vacancies", StandVacancy.objects.select_related("vacancy").defer(
            "vacancy__search", "vacancy__search_masked").order_by("vacancy__reference")),
    ).order_by("number")
    rows = list(stands)
    homes = {one.vacancy_id for stand in rows for one in stand.shown_vacancies.all()}
    mine = set(Vacancy.objects.visible_to(actor).filter(pk__in=homes).values_list("pk", flat=True))
    masked = is_masked(actor)
    return [_card(actor, event, stand, mine, masked) for stand in rows]


def _card(actor: Actor, event: Event, stand: Stand, mine: set[UUID], masked: bool) -> StandCard:
    shown = [
        Shown(one.offer_id, one.offer.title, one.openings, _offer_warning(actor, one))
        for one in stand.shown_offers.all()
    ]
    for home in stand.shown_vacancies.all():
        if home.vacancy_id in mine:
            title = masked_home(home.vacancy).title
            label = title if masked else f"{home.vacancy.reference} · {title}"
        else:
            # Let, withdrawn, or another landlord's: partners read that a home is there, and nothing of it.
            label = "Logement"
        shown.append(Shown(home.vacancy_id, label, None, _home_warning(actor, home)))
    tables = [{
        "table": table, "pauses": [event.minute_of(slot) for slot in sorted(table.closed_slots) if slot < event.slots],
    } for table in sorted(stand.tables.all(), key=lambda one: one.number)]
    return StandCard(stand, tables, shown, sum(one.openings or 0 for one in shown))


def _offer_warning(actor: Actor, one: StandOffer) -> str:
    if one.offer.state == OfferState.OPEN and one.offer.expires_on >= actor.today:
        return ""
    words = {
        OfferState.FILLED: "pourvue", OfferState.WITHDRAWN: "retirée par l'employeur",
    }.get(OfferState(one.offer.state), "à faire reconfirmer par l'employeur")
    return typography(words)


def _home_warning(actor: Actor, one: StandVacancy) -> str:
    if one.vacancy.state == VacancyState.OPEN and one.vacancy.expires_on >= actor.today:
        return ""
    words = {VacancyState.LET: "loué", VacancyState.WITHDRAWN: "retiré"}.get(
        VacancyState(one.vacancy.state), "à reconfirmer"
    )
    return typography(words)
