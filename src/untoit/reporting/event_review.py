"""
The review of an event as somebody may read it: the funnel with its denominators, and what to do better next time.

Every figure says what it is counted among. Who does not read the people one by one reads no figure that would point at
one of them, not even by subtraction: what came of interviews is masked to the landlord, what came of housing talks to
the employment partner, all of it to the others (``access.md``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from markupsafe import Markup

from untoit.core import parameters
from untoit.core.errors import UntoitError
from untoit.core.indicators.funnel import HOUSING_STEPS, JOB_STEPS, Funnel, guarded
from untoit.core.indicators.masking import MASKED, masked
from untoit.core.indicators.shares import NOT_FOLLOWED, Share
from untoit.core.wording import counted, listed, number, typography
from untoit.core.wording.moments import clock
from untoit.records.events import review as settling
from untoit.records.events.models import Event
from untoit.records.events.models.people import CHANNELS
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor, policy, require
from untoit.records.stock.selectors import masked_home
from untoit.reporting import charts
from untoit.reporting.event_counts import Counts, Use, counts_of

BAR = "#2e867d"
ALL_STEPS = JOB_STEPS | HOUSING_STEPS | {"invited", "confirmed", "present", "interviewed", "talked"}
FACES = {3: "content·e", 2: "moyen", 1: "mécontent·e"}
_COMPARED = ("confirmed", "present", "interviewed", "favourable", "hired", "talked", "visit")


@dataclass(frozen=True, slots=True)
class Part:
    """One table of the review, the same on the page, in the workbook and in the PDF; ``note`` says how to read it."""

    code: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    empty: str = "Rien à signaler."


@dataclass(frozen=True, slots=True)
class Review:
    """What the page shows; ``lessons`` are sentences with their numbers, the most useful first."""

    event: Event
    funnel: Funnel
    chart: Markup | None
    success: str
    parts: tuple[Part, ...]
    lessons: tuple[str, ...]
    missing: int
    masks: bool
    k: int


def event_of(actor: Actor, event_id: UUID) -> Event:
    """Return an event whose review the actor may read, or raise the 404 of a page that does not exist."""
    require(actor, "steering_report")
    event = Event.objects.visible_to(actor).filter(pk=event_id).first()
    if event is None:
        raise Http404
    return event


def hidden_steps(actor: Actor) -> frozenset[str]:
    """Return the steps of which this role reads no small number."""
    if actor.role == Role.EMPP:
        return HOUSING_STEPS
    return JOB_STEPS if actor.role in (Role.LM, Role.LA) else ALL_STEPS


def review_of(actor: Actor, event: Event) -> Review:
    """Return the review of an event that is over."""
    k, hides = int(policy()["aggregate_k"]), hidden_steps(actor)
    counts = counts_of(event)
    shown = guarded(counts.funnel, k, codes=hides)
    everything = hides == ALL_STEPS
    # Who follows nobody of the event reads totals: a line a stand would be a line a person.
    inside = [] if everything else [_stands_part(counts), _hours_part(event, counts)]
    parts = [
        _funnel_part(shown), *_compared(actor, event, shown, k, hides), _absent_part(counts, k if everything else 1),
        *inside, _offers_part(counts),
        _homes_part(event, counts, k if hides >= HOUSING_STEPS else 1), _reasons_part(event, counts, k),
        _waits_part(counts, k if everything else 1), _faces_part(counts, shown, k),
    ]
    return Review(
        event, shown, _chart(shown), success_of(counts.funnel, shown), tuple(parts),
        tuple(_lessons(counts, shown, hides, k if everything else 1)), settling.without_outcome(event).count(),
        bool(hides), k,
    )


def success_of(whole: Funnel, shown: Funnel) -> str:
    """Return the double success; that nobody follows the leases is no secret, so it is never "masked"."""
    if whole.success is None or whole.success.both is None:
        return NOT_FOLLOWED
    return shown.success.text if shown.success else MASKED


def _chart(shown: Funnel) -> Markup | None:
    values = [
        {"label": step.label, "count": step.count, "text": number(step.count)}
        for step in shown.steps if step.count is not None
    ]
    return charts.horizontal_bars(values, BAR) if any(value["count"] for value in values) else None


def _funnel_part(shown: Funnel) -> Part:
    def share(one: Share, why: str) -> str:
        return why or ("–" if one.count is None else one.text)

    note = (
        typography(
            "Suite favorable : une embauche ou un deuxième entretien. Une embauche et un bail comptent quand la "
            "candidature ou la proposition vient de l’événement, ou a commencé dans les 90 jours qui suivent ; une "
            "embauche promise sur une fiche de rencontre compte aussi."
        )
    )
    if shown.uninvited:
        came = counted(shown.uninvited, "personne venue sans invitation", "personnes venues sans invitation")
        note = f"{came}, parmi les présents et non parmi les invités. {note}"
    return Part(
        "funnel", "De l’invitation aux suites", ("Étape", "Nombre", "Parmi les invités", "Parmi les présents"),
        tuple((step.label, step.text, share(step.of_invited, step.why), share(step.of_present, step.why))
              for step in shown.steps), typography(note),
    )


def _compared(actor: Actor, event: Event, shown: Funnel, k: int, hides: frozenset[str]) -> Iterator[Part]:
    before = (
        Event.objects.visible_to(actor)
        .filter(organisation_id=event.organisation_id, on__lt=event.on, state__in=settling.COUNTED).first()
    )
    if before is None:
        return
    earlier = guarded(counts_of(before).funnel, k, codes=hides)
    rows = []
    for code in _COMPARED:
        now, then = shown.step(code), earlier.step(code)
        mine, other = (now.of_invited, then.of_invited) if code in ("confirmed", "present") else (
            now.of_present, then.of_present)
        rows.append((now.label, mine.text if not now.why else now.why, other.text if not then.why else then.why))
    yield Part(
        "compared", f"Comparé au {before.on:%d/%m/%Y}",
        ("Étape", "Cette fois", typography(f"« {before.title} »")), tuple(rows),
        typography("Confirmés et présents : parmi les invités ; les autres, parmi les présents."),
    )


def _absent_part(counts: Counts, k: int) -> Part:
    names = dict(CHANNELS)
    shown = masked({channel: absent for channel, (absent, _of) in counts.absent.items()}, k,
                   among={channel: of for channel, (_absent, of) in counts.absent.items()})
    rows = tuple(
        (names.get(channel, channel),
         MASKED if shown[channel].value is None else Share(absent, of).text) for channel, (absent, of)
        in sorted(counts.absent.items())
    )
    return Part(
        "absent", "Absents, selon le moyen d’invitation", ("Prévenus par", "Absents parmi les confirmés"), rows,
        typography("Une absence reste ici : elle n’est transmise à aucun service qui suit des droits."),
        "Personne n’avait confirmé.",
    )


def _use(one: Use, label: str) -> tuple[str, ...]:
    held = Share(one.held, one.places).text
    return (label, number(one.places), held, number(one.missed), number(one.empty - one.missed))


_USE_COLUMNS = ("Créneaux ouverts", "Tenus", "Manqués", "Jamais attribués")


def _stands_part(counts: Counts) -> Part:
    ordered = sorted(counts.by_stand, key=lambda one: -(one.empty / one.places if one.places else 0))
    return Part("stands", "Créneaux vides, par stand", ("Stand", *_USE_COLUMNS),
                tuple(_use(one, one.label) for one in ordered))


def _hours_part(event: Event, counts: Counts) -> Part:
    rows = tuple(_use(one, clock(event.minute_of(int(one.label)))) for one in counts.by_slot)
    return Part("hours", "Créneaux vides, par heure", ("Heure", *_USE_COLUMNS), rows)


def _offers_part(counts: Counts) -> Part:
    rows = []
    for one in counts.unfitted:
        if one.best is None:
            why = "Aucun souhait : ni le calcul, ni une personne, ni un partenaire ne l’a proposée."
        else:
            wishes = counted(one.wishes, "souhait", "souhaits")
            why = f"{wishes}, le meilleur à {one.best} sur 100, ou venant de personnes absentes."
        rows.append((one.offer.title, one.stand.name, typography(why)))
    return Part(
        "offers", "Offres qui ne convenaient à personne", ("Offre", "Stand", "Pourquoi"), tuple(rows),
        "Aucune personne présente n’avait avec cette offre un intérêt d’au moins 50 sur 100.",
        "Chaque offre convenait à quelqu’un.",
    )


def _homes_part(event: Event, counts: Counts, k: int) -> Part:
    labels = _labels(event, "followup/refusal_reasons", "reasons")
    rows = []
    for one in counts.unwanted:
        if not one.talks:
            why = "Personne n’en a parlé à la table."
        elif not one.reasons:
            why = "Raisons non notées."
        else:
            why = listed(f"{label} ({many})" for label, many in _said(one.reasons, labels, k))
        talks = MASKED if 0 < one.talks < k else number(one.talks)
        rows.append((masked_home(one.vacancy).title, talks, typography(why)))
    return Part(
        "homes", "Logements dont personne n’a voulu", ("Logement", "Échanges", "Pourquoi"), tuple(rows), "",
        "Chaque logement présenté a intéressé quelqu’un.",
    )


def _reasons_part(event: Event, counts: Counts, k: int) -> Part:
    labels = _labels(event, "followup/job_reasons", "not_retained")
    rows = tuple((label.capitalize(), many) for label, many in _said(counts.job_reasons, labels, k))
    return Part("reasons", "Pourquoi un entretien est resté sans suite", ("Raison", "Entretiens"), rows, "",
                "Aucun refus noté.")


def _said(reasons: Counter[str], labels: Mapping[str, str], k: int) -> list[tuple[str, str]]:
    """
    Return the reasons and their numbers, the most given first.

    A reason that few gave is not named: its very name, beside who came, would say what was said of somebody.
    """
    figures = masked(reasons, k)
    shown = [(labels.get(code, code), figures[code].text) for code, _ in reasons.most_common()
             if figures[code].value is not None]
    return shown if len(shown) == len(reasons) else [*shown, ("autres raisons", MASKED)]


def _waits_part(counts: Counts, k: int) -> Part:
    waits = counts.waits
    if 0 < waits.people < k:
        return Part("waits", "Attente", ("Mesure", "Minutes"), (("Trop peu de personnes", MASKED),))
    rows = (
        ("De l’arrivée à la première rencontre, médiane", _minutes(waits.to_first)),
        ("De l’arrivée à la première rencontre, la plus longue", _minutes(waits.longest)),
        ("Entre deux rencontres, médiane", _minutes(waits.between)),
    )
    return Part("waits", "Attente", ("Mesure", "Minutes"), rows if waits.people else (),
                f"Mesurée pour {counted(waits.people, 'personne', 'personnes')}.", "Aucune arrivée notée.")


def _minutes(value: float | None) -> str:
    return "–" if value is None else number(round(value))


def _faces_part(counts: Counts, shown: Funnel, k: int) -> Part:
    figures = masked({str(face): counts.faces.get(face, 0) for face in FACES}, k)
    answered = sum(counts.faces.values())
    of = "" if shown.step("present").count is None else f" sur {counted(counts.funnel.present, 'présent', 'présents')}"
    told = MASKED if 0 < answered < k else number(answered)
    return Part(
        "faces", "Ce qu’en disent les personnes", ("Avis", "Réponses"),
        tuple((label.capitalize(), figures[str(face)].text) for face, label in FACES.items()) if answered else (),
        typography(f"Réponses : {told}{of}. Moins de {k} avis semblables ne sont montrés à personne."),
        "Aucun avis recueilli.",
    )


def _labels(event: Event, name: str, group: str) -> Mapping[str, str]:
    try:
        found: Mapping[str, Any] = parameters.at(name, event.on)[group]
    except (UntoitError, KeyError):
        return {}
    return {str(code): one["label"] if isinstance(one, Mapping) else str(one) for code, one in found.items()}


def _lessons(counts: Counts, shown: Funnel, hides: frozenset[str], k: int) -> Iterator[str]:
    """Yield what to do better next time, each with the numbers that say so."""
    names = dict(CHANNELS)
    rates = [(Share(absent, of), channel) for channel, (absent, of) in counts.absent.items() if of >= max(k, 5)]
    if rates:
        worst, channel = max(rates, key=lambda pair: pair[0].percent or 0)
        if worst.count and worst.count >= k:
            yield typography(
                f"Absences : {worst.text} de ceux prévenus par {names.get(channel, channel)}. Appelez-les d'abord, la "
                "veille."
            )
    empty = [one for one in counts.by_stand if one.places and one.empty / one.places > 0.4]
    if empty:
        some = " :" if len(empty) <= 4 else ", dont"
        yield typography(
            f"{counted(len(empty), 'stand est resté vide', 'stands sont restés vides')} plus de deux créneaux sur "
            f"cinq{some} {listed(one.label for one in empty[:4])}. Moins de tables, ou plus d'invités."
        )
    if counts.unfitted:
        yield typography(
            f"{counted(len(counts.unfitted), 'offre ne convenait', 'offres ne convenaient')} à aucune personne "
            "présente : regardez les métiers demandés avec les employeurs avant de choisir les invités."
        )
    if counts.unwanted and HOUSING_STEPS - hides:
        yield typography(
            f"{counted(len(counts.unwanted), 'logement n’a intéressé', 'logements n’ont intéressé')} personne : "
            "les raisons notées disent s'il faut le montrer autrement, ou l'orienter ailleurs."
        )
    waits = counts.waits
    if waits.to_first is not None and waits.to_first > 30 and waits.people >= k:
        yield typography(
            f"La moitié des personnes ont attendu plus de {round(waits.to_first)} minutes leur première rencontre : "
            "convoquez par vagues plus courtes."
        )
