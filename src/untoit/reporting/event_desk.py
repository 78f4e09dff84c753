"""
The papers of an event as an organiser prints them: which there are, for how many people, and whether they are stale.

Each print that names people is logged as a read, and written as an act with the version of the timetable: the page then
says when what lies on the tables is older than the timetable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from untoit.core.errors import Refused
from untoit.core.wording import counted, typography
from untoit.records.events.boards import names_of
from untoit.records.events.models import Event, Registration
from untoit.records.partners import journal
from untoit.records.partners.models import AuditEntry, Role
from untoit.records.partners.rights import Actor, grant
from untoit.reporting import event_pdf
from untoit.reporting.event_rows import Rows, expected, rows_of

PRINTED = "paper.printed"
PDF, ZIP = "application/pdf", "application/zip"
_ORGANISERS = frozenset({Role.LM, Role.LA, Role.EMPP})
# They print the personal papers of those whom they follow, and nothing of the hall.
_REFERENTS = frozenset({Role.DEP, Role.PART})


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One kind of paper.

    ``personal`` papers are made of the people whom the actor may name; the others show everybody expected, by name
    where that is allowed. ``timed`` ones are stale when the timetable has changed; ``large`` ones exist in large type.
    """

    code: str
    label: str
    about: str
    personal: bool
    timed: bool = True
    named: bool = True
    large: bool = False


KINDS = (
    Kind("convocations", "Convocations",
         typography("Où, quand, comment venir, quoi apporter : une page par personne."), True, large=True),
    Kind("livrets", "Livrets", "Le programme, les postes et les logements dont on parlera à la personne.", True,
         large=True),
    Kind("livrets-zip", "Livrets, un fichier par personne", "Les mêmes livrets, rangés par code de badge (ZIP).", True),
    Kind("fiches", "Fiches des stands",
         typography("Qui vient, à quelle heure, les cases à cocher : une page par stand."), False),
    Kind("badges", "Badges", "Huit par page, avec le code QR et les repères de coupe.", False, timed=False),
    Kind("accueil", "Liste d’accueil", "À pointer et à faire signer à l’entrée.", False),
    Kind("secours", "Planning de secours", "Tout le planning sur papier, par personne et par stand, si rien ne marche.",
         False),
    Kind("signaletique", "Signalétique", "Un grand numéro par stand, une flèche par salle.", False, timed=False,
         named=False),
)
# What may be made for one person alone, from her or his page.
FOR_ONE = frozenset({"convocations", "livrets"})


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the page: the kind, for how many, when it was last printed, and whether it still holds."""

    kind: Kind
    count: str
    is_possible: bool
    printed_at: datetime | None
    printed_by: str
    is_stale: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page of papers shows; ``unnamed`` people are followed by another service."""

    papers: tuple[Paper, ...]
    expected: int
    unnamed: int
    is_today: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A file to hand over; one that takes long to make comes in pieces, while the next ones are made."""

    content: bytes | Iterator[bytes]
    content_type: str
    name: str


def kinds_of(actor: Actor) -> tuple[Kind, ...]:
    """Return the papers that the actor may print: all of them, those of the people followed, or none."""
    if grant(actor.role, "registration") is None:
        return ()
    if actor.role in _ORGANISERS:
        return KINDS
    return tuple(kind for kind in KINDS if kind.personal) if actor.role in _REFERENTS else ()


def event_of(actor: Actor, event_id: UUID) -> Event:
    """Return an event whose papers the actor prints, or raise the 404 of a page that does not exist."""
    if not kinds_of(actor):
        raise Http404
    event = Event.objects.visible_to(actor).select_related("organisation").filter(pk=event_id).first()
    if event is None:
        raise Http404
    return event


def desk_of(actor: Actor, event: Event) -> Desk:
    """Return the papers of an event, each with its last print."""
    named = expected(Registration.objects.visible_to(actor).filter(event=event)).count()
    everybody = expected(Registration.objects.filter(event=event)).count()
    stands = event.stands.count()
    last: dict[str, AuditEntry] = {}
    prints = AuditEntry.objects.filter(subject_id=event.pk, action=PRINTED).select_related("user")
    for entry in prints.order_by("-at")[:200]:
        last.setdefault(entry.detail.get("paper", ""), entry)
    papers = []
    for kind in kinds_of(actor):
        many = named if kind.personal else everybody if kind.named else stands
        words = counted(many, "stand", "stands") if not kind.named else counted(many, "personne", "personnes")
        made = last.get(kind.code)
        papers.append(Paper(
            kind, words, many > 0, made.at if made else None,
            str(made.user) if made and made.organisation_id == actor.organisation_id and made.user else "",
            made is not None and kind.timed and made.detail.get("version", 0) < event.planned_version,
        ))
    return Desk(tuple(papers), everybody, everybody - named, event.on == actor.today)


def make(
    actor: Actor, event: Event, code: str, *, at: datetime, large: bool = False, registration_id: UUID | None = None,
) -> Made:
    """
    Return one paper and write that it was printed.

    Raises
    ------
    Http404
        When there is no such paper, or the person does not concern the actor.
    Refused
        When there is nobody to print it for.
    """
    kind = next((one for one in kinds_of(actor) if one.code == code), None)
    if kind is None or (registration_id is not None and code not in FOR_ONE):
        raise Http404
    people = Registration.objects.visible_to(actor) if kind.personal else Registration.objects.all()
    wanted = expected(people.filter(event=event))
    if registration_id is not None:
        wanted = wanted.filter(pk=registration_id)
        if not wanted.exists():
            raise Http404
    found = list(wanted) if kind.named else []
    if kind.named and not found:
        raise Refused(typography("Personne n'est encore confirmé : il n'y a rien à imprimer."))
    made = _make(kind, actor, event, found, at, large)
    count = len(found)
    if kind.named:
        journal.note_read(actor, "registration", "event", event.pk, count=count, reason=f"impression : {kind.label}")
    if registration_id is None:
        journal.note_act(
            actor, PRINTED, "event", event.pk, at=at, paper=code, version=event.planned_version, count=count
        )
    return made


def _make(kind: Kind, actor: Actor, event: Event, people: list[Registration], at: datetime, large: bool) -> Made:
    if not kind.named:
        stands = list(event.stands.select_related("room"))
        return Made(event_pdf.signs(event, stands), PDF, _file(kind, event, "pdf"))
    # A photograph says where a home is: those who read the stock masked have none.
    whole = grant(actor.role, "dwelling_stock")
    rows = rows_of(event, people, with_photos=kind.personal and whole is not None and not whole.masked)
    names = names_of(actor, event, people)
    makers: dict[str, Callable[[Rows], bytes | Iterator[bytes]]] = {
        "convocations": lambda rows: event_pdf.convocations(rows, names, large=large),
        "livrets": lambda rows: event_pdf.booklets(rows, names, large=large),
        "livrets-zip": lambda rows: event_pdf.booklet_files(rows, names),
        "fiches": lambda rows: event_pdf.stand_sheets(rows, names, at=at),
        "badges": lambda rows: event_pdf.badges(rows, names),
        "accueil": lambda rows: event_pdf.attendance(rows, names, at=at),
        "secours": lambda rows: event_pdf.fallback(rows, names, at=at),
    }
    packed = kind.code.endswith("-zip")
    return Made(makers[kind.code](rows), ZIP if packed else PDF, _file(kind, event, "zip" if packed else "pdf"))


def _file(kind: Kind, event: Event, form: str) -> str:
    return f"{kind.code.removesuffix('-zip')}-{event.on:%Y-%m-%d}.{form}"
