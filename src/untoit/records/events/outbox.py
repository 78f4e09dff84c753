"""What was written to people, as those who write read it: where each message stands, and whom nothing reaches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from untoit.records.applicants.view import name_of
from untoit.records.events import contacts, invitations, letters, sms_text
from untoit.records.events.models import Event, Notice, NoticeKind, Registration
from untoit.records.events.notices import HELD_NAMES, MOST_ATTEMPTS
from untoit.records.events.sms_text import LINK
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor

CHANNEL_NAMES = {"sms": "SMS", "email": "E-mail", "letter": "Courrier", "none": "Aucun"}
SENT, FAILED, HELD, TO_GIVE, RETRIED, LATER = "sent", "failed", "held", "to_give", "retried", "later"
STATE_NAMES = {
    SENT: "Parti", FAILED: "N'est pas parti", HELD: "Retenu", TO_GIVE: "À remettre", RETRIED: "Nouvel essai prévu",
    LATER: "En attente",
}
STATE_KINDS = {SENT: "ok", FAILED: "stop", HELD: "warn", TO_GIVE: "warn", RETRIED: "warn", LATER: "quiet"}
# The condition of each state, for the filter of the list.
STATES: dict[str, Q] = {
    SENT: Q(sent_at__isnull=False),
    FAILED: Q(sent_at__isnull=True, held_because="", attempts__gte=MOST_ATTEMPTS),
    HELD: Q(sent_at__isnull=True) & ~Q(held_because=""),
    TO_GIVE: Q(sent_at__isnull=True, held_because="", channel="letter"),
    LATER: Q(sent_at__isnull=True, held_because="", channel__in=("sms", "email"), attempts__lt=MOST_ATTEMPTS),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message: to whom, what, by which channel, where it stands and why."""

    notice: Notice
    name: str
    kind: str
    channel: str
    state: str
    state_name: str
    state_kind: str
    why: str
    at: datetime
    text: str
    may_resend: bool


def line_of(notice: Notice, actor: Actor) -> Line:
    """Return a message as the actor reads it; the personal address is the person's own, and is not shown."""
    state = _state(notice)
    words = notice.text["sms"] if notice.channel == "sms" else notice.text["body"]
    return Line(
        notice=notice, name=name_of(notice.registration.person, actor), kind=notice.get_kind_display(),
        channel=CHANNEL_NAMES[notice.channel], state=state, state_name=STATE_NAMES[state],
        state_kind=STATE_KINDS[state], why=_why(notice, state), at=notice.sent_at or notice.send_after,
        text=words.replace(LINK, f"{sms_text.link_base()}•••"),
        may_resend=actor.may("messages", "W") and state in (SENT, FAILED, HELD, RETRIED),
    )


def _state(notice: Notice) -> str:
    if notice.sent_at is not None:
        return SENT
    if notice.held_because:
        return HELD
    if notice.channel == "letter":
        return TO_GIVE
    if notice.attempts >= MOST_ATTEMPTS:
        return FAILED
    return RETRIED if notice.failure else LATER


def _why(notice: Notice, state: str) -> str:
    if state == HELD:
        return HELD_NAMES.get(notice.held_because, "")
    return notice.failure if state in (FAILED, RETRIED) else ""


def of_event(actor: Actor, event: Event) -> QuerySet[Notice]:
    """Return the messages of an event that the actor may read."""
    found: QuerySet[Notice] = (
        Notice.objects.visible_to(actor).filter(registration__event=event)
        .select_related("registration__person", "registration__event")
    )
    return found


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of the messages of an event, by channel and by state."""

    total: int
    channels: tuple[tuple[str, int, int], ...]
    states: tuple[tuple[str, str, str, int], ...]


def summary_of(found: QuerySet[Notice]) -> Summary:
    """Count messages: for each channel how many left of how many, and how many stand in each state."""
    rows = list(found.order_by().values_list("channel", "sent_at", "held_because", "attempts", "failure"))
    states: Counter[str] = Counter()
    by_channel: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for channel, sent_at, held, attempts, failure in rows:
        by_channel[channel] += 1
        left[channel] += sent_at is not None
        states[_state(Notice(
            channel=channel, sent_at=sent_at, held_because=held, attempts=attempts, failure=failure
        ))] += 1
    return Summary(
        len(rows),
        tuple((CHANNEL_NAMES[one], left[one], by_channel[one]) for one in CHANNEL_NAMES if by_channel[one]),
        tuple((one, STATE_NAMES[one], STATE_KINDS[one], states[one]) for one in STATE_NAMES if states[one]),
    )


def unreachable(actor: Actor, event: Event) -> list[invitations.Way]:
    """Return those on the list whom neither a telephone nor an e-mail reaches: a letter, or somebody who calls."""
    people = (
        Registration.objects.visible_to(actor)
        .filter(event=event, state__in=("proposed", "invited", "waiting", "confirmed"))
        .select_related("person", "event").order_by("rank", "pk")
    )
    return [one for one in invitations.ways(people) if one.channel in ("letter", "none")]


@dataclass(frozen=True, slots=True)
class Preview:
    """The words of one kind of message for somebody called Camille, and what the SMS costs."""

    kind: str
    sms: str
    septets: int
    segments: int
    subject: str
    body: str


def previews(event: Event, *kinds: NoticeKind, until: datetime) -> list[Preview]:
    """Return what each kind of message says for this event."""
    first = event.waves.order_by("number").first()
    said = letters.Said(
        "Camille", event.neutral_name, event.place_name, event.address, event.access_notes, event.contact_phone,
        event.on, event.minute_of(first.first_slot) if first else event.starts_min, True,
    )
    found = []
    for kind in kinds or tuple(NoticeKind):
        words = letters.words(kind, said, until=until, what="Stand 4 à 10h20 au lieu de 10h")
        shown = {name: text.replace(LINK, sms_text.link_shape()) for name, text in words.as_json().items()}
        found.append(Preview(
            kind.label, shown["sms"], sms_text.septets(words.sms), sms_text.segments(words.sms), shown["subject"],
            shown["body"],
        ))
    return found


def of_registration(actor: Actor, registration: Registration) -> list[Line]:
    """Return the messages to one person about one event, the newest first."""
    found = Notice.objects.visible_to(actor).filter(registration=registration).order_by("-created_at")
    lines = []
    for notice in found:
        notice.registration = registration
        lines.append(line_of(notice, actor))
    return lines


def reads_contact(actor: Actor) -> bool:
    """Whether numbers are shown at once: the landlord's manager first gives a reason, on the file (access.md, 2)."""
    return actor.sees("contact") == "F" and actor.role is not Role.LM


def stops_of(registration: Registration) -> list[str]:
    """Return the channels that the person refused, in words."""
    return [CHANNEL_NAMES[one] for one in sorted(contacts.stopped(registration.person_id))]
