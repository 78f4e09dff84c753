"""One tandem as somebody may read it: rows and surroundings loaded, the sheet made, the read logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from untoit.core.model.run import TandemRow
from untoit.core.pairing.chances import chances_come_from
from untoit.records.pairings import codec
from untoit.records.pairings.models import Tandem
from untoit.records.partners import journal
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Photo
from untoit.reporting.tandem_audience import Audience
from untoit.reporting.tandem_sheet import Context, TandemSheet, sheet_of


@dataclass(frozen=True, slots=True)
class TandemPage:
    """A tandem with its sheet, and what the page shows beside: the photograph, the household's number."""

    tandem: Tandem
    sheet: TandemSheet
    photo_caption: str
    application_number: str


def tandem_page(actor: Actor, tandem_id: UUID) -> TandemPage:
    """
    Return a tandem that the actor may see; the read is logged, unless the person reads about herself.

    Raises
    ------
    Http404
        When it does not concern the actor.
    """
    tandem = (
        Tandem.objects.visible_to(actor)
        .select_related("run__policy", "vacancy__building", "household", "reviewed_by")
        .defer("run__certificate", "run__result", "household__finances", "vacancy__search")
        .filter(pk=tandem_id).first()
    )
    if tandem is None:
        raise Http404
    audience = Audience.of(actor)
    sheet = sheet_of(rows_of(tandem), _context(actor, tandem), audience)
    if actor.role != Role.CAND:
        journal.note_read(actor, "tandem", "tandem", tandem.pk)
        if audience.budget:
            journal.note_read(actor, "income", "household", tandem.household_id)
    caption = ""
    if audience.home:
        caption = Photo.objects.filter(vacancy=tandem.vacancy_id).values_list("caption", flat=True).first() or ""
    number = tandem.household.application_number if actor.sees("application_number") in ("F", "S") else ""
    return TandemPage(tandem, sheet, caption, number)


def photo_of(actor: Actor, tandem_id: UUID) -> bytes:
    """
    Return the first photograph of the home of a tandem that the actor may see, as JPEG.

    Raises
    ------
    Http404
        When there is none, or the actor may not know where the home is.
    """
    tandem = Tandem.objects.visible_to(actor).only("vacancy_id").filter(pk=tandem_id).first()
    if tandem is None or not Audience.of(actor).home:
        raise Http404
    found = Photo.objects.filter(vacancy=tandem.vacancy_id).values_list("jpeg", flat=True).first()
    if found is None:
        raise Http404
    return bytes(found)


def rows_of(tandem: Tandem) -> tuple[TandemRow, ...]:
    """Return the rows of a tandem as they were proposed, by person."""
    kept: list[dict[str, Any]] = tandem.snapshot["rows"]
    return tuple(sorted(map(codec.load_tandem, kept), key=lambda row: (row.person, row.offer.reference)))


def _context(actor: Actor, tandem: Tandem) -> Context:
    names = {}
    for person in tandem.household.persons.only("number", "first_name", "last_name"):
        parts = [
            value for name, value in (("first_name", person.first_name), ("surname", person.last_name))
            if value and actor.sees(name) in ("F", "S")
        ]
        if parts:
            names[person.number] = " ".join(parts)
    building = tandem.vacancy.building
    return Context(
        on=tandem.run.on, fictitious=tandem.run.fictitious, names=names, extras=tandem.snapshot.get("extras", {}),
        versions=tandem.snapshot.get("versions", {}), place_description=building.description if building else "",
        chances_from=chances_come_from(tandem.run.policy.settings),
    )
