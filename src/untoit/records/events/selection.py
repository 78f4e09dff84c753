"""
Who meets whom: a selection run on what the stands show, then registrations and wishes; people adjust afterwards.

The run looks for the largest expected number of double successes; each person comes out of it with several useful
interviews and one home. Nothing here decides: it makes a list that somebody reads, changes, and invites from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from untoit.core.errors import Refused
from untoit.core.lifecycles.event import RegistrationState
from untoit.records.events import options
from untoit.records.events.models import Event, Registration, Wave, Wish
from untoit.records.events.proposals import USABLE, Proposal, proposals
from untoit.records.events.registrations import move, new_badges, usual_channel
from untoit.records.pairings import services as runs
from untoit.records.pairings.models import Feed, Run, RunState
from untoit.records.pairings.perimeter import ALL, Perimeter
from untoit.records.pairings.policies import usual_policy
from untoit.records.partners.editing import recorded
from untoit.records.partners.journal import note_act, note_read
from untoit.records.partners.rights import READ, WRITE, Actor, grant, require

NOT_ANY_MORE = "N'est plus proposée par le dernier calcul."
_OPEN = frozenset({"draft", "inviting", "ready"})


@dataclass(frozen=True, slots=True)
class Proposed:
    """What came of a proposal."""

    added: int
    kept: int
    removed: int
    standby: int
    without_interview: int


def require_open(event: Event) -> None:
    """Raise ``Refused`` when the list of an event can no longer be prepared."""
    if event.state not in _OPEN:
        raise Refused("La journée est ouverte, terminée ou annulée : sa liste ne se prépare plus ici.")


def runs_for(by: Actor, event: Event) -> list[Run]:
    """Return the selection runs that may serve this event, the one chosen first, then the latest."""
    if grant(by.role, "matching_run", READ) is None:
        return []
    found = list(
        Run.objects.visible_to(by).filter(mode="selection").exclude(state=RunState.FAILED)
        .defer("certificate", "choices").order_by("-created_at")[:10]
    )
    return sorted(found, key=lambda one: one.pk != event.run_id)


def feeds_for(by: Actor, event: Event) -> list[Feed]:
    """Return the timetables that cover the day of the event, or the latest ones when none does."""
    found = list(Feed.objects.visible_to(by).filter(retired_at__isnull=True))
    covering = [one for one in found if one.valid_from <= event.on <= one.valid_until]
    return covering or found[:1]


@transaction.atomic
def launch(
    *, event_id: UUID, by: Actor, at: datetime, candidates: str = ALL, run_id: UUID | None = None
) -> Run:
    """
    Ask for a selection on what the stands of the event show, at the date of the event; it becomes the event's run.

    Raises
    ------
    Refused
        When no stand shows an offer, or no table a home; or when there is no timetable.
    """
    require(by, "matching_run", WRITE)
    event = _locked(event_id, by)
    require_open(event)
    offers = set(event.stands.exclude(shown_offers__isnull=True).values_list("shown_offers__offer_id", flat=True))
    homes = set(
        event.stands.exclude(shown_vacancies__isnull=True).values_list("shown_vacancies__vacancy_id", flat=True)
    )
    if not offers or not homes:
        raise Refused(
            "Installez d'abord les stands : au moins une offre chez un employeur et un logement à une table."
        )
    run = runs.create_run(
        title=f"Choix pour {event.title}"[:120], on=event.on, mode="selection", policy=usual_policy(by=by, at=at),
        perimeter=Perimeter(
            candidates=candidates, offers=tuple(map(str, offers)), vacancies=tuple(map(str, homes)),
        ),
        feeds=feeds_for(by, event), by=by, at=at, run_id=run_id,
    )
    _choose(event, run, by, at)
    return run


@transaction.atomic
def pick(*, event_id: UUID, run_id: UUID, by: Actor, at: datetime) -> Event:
    """Take a run that is already there as that of the event."""
    event = _locked(event_id, by)
    require_open(event)
    run = get_object_or_404(Run.objects.visible_to(by).filter(mode="selection"), pk=run_id)
    _choose(event, run, by, at)
    return event


def _choose(event: Event, run: Run, by: Actor, at: datetime) -> None:
    options.ask(event, run)
    if event.run_id == run.pk:
        event.save(update_fields=["settings"])
        return
    event.run = run
    event.revision += 1
    with recorded(by):
        event.save(update_fields=["run", "revision", "settings"])
    note_act(by, "event.run_chosen", "event", event.pk, at=at, run=str(run.pk))


@transaction.atomic
def propose(*, event_id: UUID, run_id: UUID, by: Actor, at: datetime) -> Proposed:
    """
    Put what a run proposes on the list: registrations in the state proposed, ranked, in balanced waves, with wishes.

    Doing it twice changes nothing more. Somebody who was removed stays out; what a person or a partner wished stays;
    a proposal that nobody touched and that the run no longer makes is removed, and can be put back.
    """
    require(by, "event", WRITE)
    event = _locked(event_id, by)
    require_open(event)
    run = get_object_or_404(Run.objects.visible_to(by).filter(mode="selection"), pk=run_id)
    if run.state not in USABLE:
        raise Refused("Ce calcul n'est pas terminé : attendez son résultat.")
    found = proposals(event, run, by)
    if not found:
        raise Refused("Ce calcul ne propose personne aux stands de cet événement.")
    _choose(event, run, by, at)
    there = {one.person_id: one for one in event.registrations.select_for_update(of=("self",))}
    added, kept = _register(event, found, there, by)
    _wish(found, {**{one.person_id: one for one in added}, **there})
    gone = [
        one for one in there.values()
        if one.source == "run" and one.state == RegistrationState.PROPOSED and one.revision == 1
        and one.person_id not in {each.person.pk for each in found}
    ]
    for one in gone:
        move(one, "remove", by=by, at=at, reason=NOT_ANY_MORE)
    note_read(by, "registration", "event", event.pk, count=len(found), reason="proposition d'un calcul")
    note_act(by, "event.proposed", "event", event.pk, at=at, added=len(added), kept=kept, removed=len(gone))
    return Proposed(
        len(added), kept, len(gone), sum(one.is_standby for one in added),
        sum(not one.interviews for one in found),
    )


def _register(
    event: Event, found: list[Proposal], there: Mapping[UUID, Registration], by: Actor
) -> tuple[list[Registration], int]:
    """Return the registrations made, and how many people were on the list already; households stay in one wave."""
    room = _Room(event, there.values())
    badges = iter(new_badges((one.badge for one in there.values()), len(found)))
    rank = max((one.rank for one in there.values()), default=0)
    made: dict[UUID, Registration] = {}
    kept = 0
    for proposal in found:
        person = proposal.person
        if person.pk in there:
            kept += person.pk not in made
            continue
        if person.pk in made:
            continue
        rank += 1
        wave = room.wave_for(person.household_id)
        made[person.pk] = Registration(
            event=event, person=person, tandem=proposal.tandem, source="run", wave=wave, is_standby=wave is None,
            rank=rank, badge=next(badges), channel=usual_channel(person), created_by_id=by.user_id,
        )
    with recorded(by):
        Registration.objects.bulk_create(made.values())
    return list(made.values()), kept


class _Room:
    """The places left in each wave; beyond them all, people wait in reserve."""

    def __init__(self, event: Event, there: Iterable[Registration]) -> None:
        self._waves: list[Wave] = list(event.waves.all())
        self._left = {wave.pk: wave.capacity for wave in self._waves}
        self._of: dict[UUID, Wave] = {}
        out = {RegistrationState.REMOVED, RegistrationState.DECLINED, RegistrationState.CANCELLED}
        for one in there:
            if one.state in out or one.is_standby or one.wave_id is None:
                continue
            self._left[one.wave_id] = self._left.get(one.wave_id, 0) - 1

    def wave_for(self, household_id: UUID) -> Wave | None:
        """Return the wave with most room, that of the household when it has one; nothing when all are full."""
        wave = self._of.get(household_id)
        if wave is None:
            possible = sorted(self._waves, key=lambda one: (-self._left[one.pk], one.number))
            if not possible or self._left[possible[0].pk] <= 0:
                return None
            wave = self._of[household_id] = possible[0]
        self._left[wave.pk] -= 1
        return wave


def _wish(found: Iterable[Proposal], registered: Mapping[UUID, Registration]) -> None:
    """Write the wishes of the run; those of people stay, and one that somebody dropped stays dropped."""
    known = {
        (one.registration_id, one.stand_id): one
        for one in Wish.objects.filter(registration__in=[one.pk for one in registered.values()])
    }
    made: dict[tuple[UUID, UUID], Wish] = {}
    changed: dict[tuple[UUID, UUID], Wish] = {}
    for proposal in found:
        registration = registered[proposal.person.pk]
        for seat in proposal.seats:
            key = (registration.pk, seat.stand_id)
            wish = known.get(key)
            if wish is None:
                made.setdefault(key, Wish(
                    registration=registration, stand_id=seat.stand_id, offer_id=seat.offer_id,
                    vacancy_id=seat.vacancy_id, score=seat.score, is_wanted=seat.wanted, source="run",
                ))
            elif wish.source == "run" and not wish.is_dropped:
                wish.offer_id, wish.vacancy_id, wish.score = seat.offer_id, seat.vacancy_id, seat.score
                wish.is_wanted = seat.wanted
                changed[key] = wish
    Wish.objects.bulk_create(made.values())
    Wish.objects.bulk_update(changed.values(), ["offer", "vacancy", "score", "is_wanted"])
    # What a former run wished and this one does not: an untouched wish goes.
    wanted = {(registered[one.person.pk].pk, seat.stand_id) for one in found for seat in one.seats}
    mine = {registered[one.person.pk].pk for one in found}
    Wish.objects.filter(pk__in=[
        wish.pk for key, wish in known.items()
        if key not in wanted and key[0] in mine and wish.source == "run" and not wish.is_dropped
    ]).delete()


def _locked(event_id: UUID, by: Actor) -> Event:
    if grant(by.role, "event", WRITE) is None:
        raise Http404
    event: Event = get_object_or_404(Event.objects.visible_to(by).select_for_update(of=("self",)), pk=event_id)
    return event
