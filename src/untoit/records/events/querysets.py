"""Which events, stands, registrations and meetings somebody may see: own, linked, that event, that day (access.md)."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from untoit.core.lifecycles.event import EventState, RegistrationState
from untoit.records.applicants.querysets import BY_LINK, open_links
from untoit.records.partners.models import Role
from untoit.records.partners.rights import READ, Actor, grant

# An employer reads who came to its stand until then (access.md, retention: the card is visible thirty days).
EMPLOYER_READS_FOR = timedelta(days=30)
_ALL_EVENTS = frozenset({Role.ADM, Role.DPO, Role.DEP, Role.EMPP})
_OWN_EVENTS = frozenset({Role.LA, Role.LM})
_BY_STAND = frozenset({Role.EMPL, Role.PART})
# What an invited partner reads of an event: nothing while it is being drafted.
_ANNOUNCED = tuple(set(EventState) - {EventState.DRAFT})
_KNOWN_TO_THE_PERSON = tuple(
    set(RegistrationState) - {RegistrationState.PROPOSED, RegistrationState.REMOVED}
)


class EventQuerySet(models.QuerySet):
    """Events, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the events that the actor may open, at least in part."""
        from untoit.records.events.models import Registration, Stand

        if grant(actor.role, "event", READ) is None:
            return self.none()
        if actor.role == Role.TAB:
            return self.filter(pk=actor.event_id)
        if actor.role in _ALL_EVENTS:
            return self
        if actor.role in _OWN_EVENTS:
            return self.filter(organisation_id=actor.organisation_id)
        if actor.role in _BY_STAND:
            own = Stand.objects.filter(event=OuterRef("pk"), organisation_id=actor.organisation_id)
            return self.filter(Exists(own), state__in=_ANNOUNCED)
        if actor.role == Role.CAND:
            mine = Registration.objects.filter(
                event=OuterRef("pk"), person__household_id=actor.household_id, state__in=_KNOWN_TO_THE_PERSON
            )
            return self.filter(Exists(mine))
        return self.none()


class StandQuerySet(models.QuerySet):
    """Stands, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the stands of the events that the actor may open; an employer reads its own only."""
        from untoit.records.events.models import Event

        found = self.filter(event__in=Event.objects.visible_to(actor))
        if actor.role == Role.EMPL:
            return found.filter(organisation_id=actor.organisation_id)
        if actor.role == Role.TAB and actor.stand_id is not None:
            return found.filter(pk=actor.stand_id)
        return found


def _of_the_stands_of(actor: Actor) -> Q:
    """Return the condition on a meeting: at a stand of the actor's organisation, while an employer may read it."""
    return Q(
        stand__organisation_id=actor.organisation_id,
        event__published_version__gt=0,
        event__on__gte=actor.today - EMPLOYER_READS_FOR,
    )


class RegistrationQuerySet(models.QuerySet):
    """Registrations, seen by somebody."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those that the actor may see at least in part; an employer reads them as cards only."""
        from untoit.records.events.models import Meeting

        if grant(actor.role, "registration", READ) is None:
            return self.none()
        if actor.role == Role.CAND:
            return self.filter(person__household_id=actor.household_id, state__in=_KNOWN_TO_THE_PERSON)
        if actor.role == Role.TAB:
            return self._on(actor)
        if actor.role == Role.LM:
            return self.filter(event__organisation_id=actor.organisation_id)
        if actor.role in BY_LINK:
            return self.filter(Exists(open_links(actor).filter(household=OuterRef("person__household"))))
        if actor.role == Role.EMPL:
            met = Meeting.objects.filter(_of_the_stands_of(actor), registration=OuterRef("pk"))
            return self.filter(Exists(met.exclude(state="cancelled")))
        return self.none()

    def at_the_event(self, actor: Actor) -> Self:
        """
        Keep everybody expected at the events that the actor runs, that day: what the reception desk needs.

        First name and initial only, unless the row is also in :meth:`visible_to`. Before the day and after it, somebody
        whom another service follows is a badge.
        """
        from untoit.records.events.models import Event

        if grant(actor.role, "attendance", READ) is None or actor.role not in (
            Role.LA, Role.LM, Role.EMPP, Role.TAB
        ):
            return self.none()
        that_day = Q(event__on=actor.today) | Q(event__state=EventState.OPEN)
        return self.filter(that_day, event__in=Event.objects.visible_to(actor))

    def _on(self, actor: Actor) -> Self:
        found = self.filter(event_id=actor.event_id)
        if actor.stand_id is not None:
            from untoit.records.events.models import Meeting

            met = Meeting.objects.filter(stand_id=actor.stand_id, registration=OuterRef("pk"))
            return found.filter(Exists(met.exclude(state="cancelled")))
        return found


class WishQuerySet(models.QuerySet):
    """Wished meetings, seen by those who may see the registration; an employer reads none."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the registrations that the actor sees, employers and devices excepted."""
        from untoit.records.events.models import Registration

        if actor.role in (Role.EMPL, Role.TAB):
            return self.none()
        return self.filter(registration__in=Registration.objects.visible_to(actor))


class MeetingQuerySet(models.QuerySet):
    """Meetings, seen by somebody."""

    def active(self) -> Self:
        """Keep those that are not cancelled."""
        return self.exclude(state="cancelled")

    def visible_to(self, actor: Actor) -> Self:
        """Keep the meetings of visible registrations; an employer and a stand's tablet read those of their stand."""
        from untoit.records.events.models import Registration

        if actor.role == Role.EMPL:
            return self.filter(_of_the_stands_of(actor))
        if actor.role == Role.TAB:
            found = self.filter(event_id=actor.event_id)
            return found.filter(stand_id=actor.stand_id) if actor.stand_id is not None else found
        return self.filter(registration__in=Registration.objects.visible_to(actor))


class DeviceActQuerySet(models.QuerySet):
    """What devices reported, read by those who run the event."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of the events that the actor runs."""
        from untoit.records.events.models import Event

        if not actor.may("attendance", "W") or actor.role not in (Role.LA, Role.EMPP):
            return self.none()
        return self.filter(event__in=Event.objects.visible_to(actor))


class NoticeQuerySet(models.QuerySet):
    """Messages to candidates, read by those who may read messages and the registration."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep those of visible registrations."""
        from untoit.records.events.models import Registration

        if actor.role in (Role.EMPL, Role.TAB) or grant(actor.role, "messages", READ) is None:
            return self.none()
        return self.filter(registration__in=Registration.objects.visible_to(actor))
