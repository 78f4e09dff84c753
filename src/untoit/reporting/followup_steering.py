"""
What became of people, for those who steer and fund: never one person, and no figure that leads to one by subtraction.

Cells under ``k`` (``permissions.yaml``) are masked with :mod:`untoit.core.indicators.masking`. Events add up to their
quarter: a quarter that is masked masks its events, and within a quarter no masked event is found from the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from uuid import UUID

from untoit.core import parameters
from untoit.core.indicators import refusals as reasons
from untoit.core.indicators.funnel import Participant
from untoit.core.indicators.masking import MASKED, Figure, masked, masked_chain, masked_total
from untoit.core.indicators.refusals import Cell, Refusal
from untoit.core.indicators.retention_rate import Retention, Stay, retention_table
from untoit.core.indicators.shares import Share
from untoit.core.lifecycles.job_track import OUTCOME_NAMES, OutcomeClass
from untoit.core.wording import counted, number, typography
from untoit.records.events.models import Event
from untoit.records.events.review import COUNTED
from untoit.records.partners.rights import Actor, policy, require
from untoit.records.stock.selectors import commune_name
from untoit.reporting import followup_figures
from untoit.reporting.event_counts import Attendance, attendances_of
from untoit.reporting.event_review import Part
from untoit.reporting.figures_files import Paper

SINCE = timedelta(days=365)
_SUCCESS = ("Invités", "Présents", "Emploi et bail, parmi les présents", "Emploi et bail, parmi les invités")
_UNKNOWN = "Non précisé"


@dataclass(frozen=True, slots=True)
class FollowupReport:
    """The tables of the page, in order; ``k`` is the least number that is shown."""

    on: date
    k: int
    parts: tuple[Part, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to count yet."""
        return not any(part.rows for part in self.parts)


def followup_report(actor: Actor) -> FollowupReport:
    """Return the figures of the whole scheme on the actor's day; 404 for who has no aggregate right."""
    require(actor, "steering_report")
    k, on = int(policy()["aggregate_k"]), actor.today
    since = on - SINCE
    refused = [one for one in followup_figures.refusals(organisation_id=None) if since <= one.refused_on <= on]
    return FollowupReport(on, k, (
        *_success_parts(since, on, k),
        _retention_part("job", "Maintien dans l’emploi", followup_figures.stays_in_job(organisation_id=None), on, k),
        _retention_part("home", "Maintien dans le logement", followup_figures.stays_at_home(organisation_id=None),
                        on, k),
        _delays_part(followup_figures.delays(organisation_id=None), k),
        _outcomes_part(followup_figures.outcome_classes(organisation_id=None, on=on), k),
        _reasons_part(refused, on, k), _places_part(refused, on, k),
    ))


@dataclass(frozen=True, slots=True)
class Tally:
    """The double success of some people, with both of its denominators."""

    invited: int
    present: int
    both_invited: int
    both_present: int


def tally(people: Iterable[Participant]) -> Tally:
    """Count people; a job and a lease, of those who were there and of those who were asked."""
    found = tuple(people)
    both = [one for one in found if one.hired and one.leased]
    return Tally(
        sum(one.invited for one in found), sum(one.present for one in found), sum(one.invited for one in both),
        sum(one.present for one in both),
    )


@dataclass(frozen=True, slots=True)
class Success:
    """The four figures of one line, masked where they must be."""

    invited: Figure
    present: Figure
    both_present: Figure
    both_invited: Figure

    @property
    def cells(self) -> tuple[str, ...]:
        """The figures as they are read, each share with its denominator."""
        return (
            self.invited.text, self.present.text, _share(self.both_present, self.present),
            _share(self.both_invited, self.invited),
        )

    @property
    def is_masked(self) -> bool:
        """Whether something of the line is masked."""
        return any(one.value is None for one in (self.invited, self.present, self.both_present, self.both_invited))


def _share(of: Figure, among: Figure) -> str:
    if of.value is None or among.value is None:
        return MASKED
    return Share(of.value, among.value).text if among.value else "–"


def successes(
    groups: Mapping[str, Tally], k: int, secret: frozenset[str] = frozenset()
) -> tuple[dict[str, Success], Success]:
    """Return each line and their total; ``secret`` names lines to mask whatever their numbers."""
    invited = {key: one.invited for key, one in groups.items()}
    present = {key: one.present for key, one in groups.items()}
    in_present = {key: one.both_present for key, one in groups.items()}
    in_invited = {key: one.both_invited for key, one in groups.items()}
    shown_invited = masked(invited, k, secret=secret)
    shown_present = masked(present, k, secret=secret | _hidden(shown_invited), among=invited)
    first = masked(in_present, k, secret=secret | _hidden(shown_present), among=present)
    # Who came without being asked and got both is the difference of the last two columns.
    close = frozenset(key for key, one in groups.items() if 0 < abs(one.both_present - one.both_invited) < k)
    second = masked(in_invited, k, secret=secret | close | _hidden(shown_invited) | _hidden(first), among=invited)
    lines = {key: Success(shown_invited[key], shown_present[key], first[key], second[key]) for key in groups}
    total = Success(
        masked_total(invited, shown_invited, k), masked_total(present, shown_present, k),
        masked_total(in_present, first, k, rest=sum(present.values()) - sum(in_present.values())),
        masked_total(in_invited, second, k, rest=sum(invited.values()) - sum(in_invited.values())),
    )
    return lines, total


def _hidden(figures: Mapping[str, Figure]) -> frozenset[str]:
    return frozenset(key for key, figure in figures.items() if figure.value is None)


def _success_parts(since: date, on: date, k: int) -> Iterator[Part]:
    events = {
        one.pk: one for one in Event.objects.filter(state__in=COUNTED, on__gte=since, on__lte=on).order_by("on", "pk")
    }
    people = attendances_of(events)
    note = typography(
        "Un emploi et un bail : la candidature ou la proposition vient de l’événement, ou a commencé dans les 90 jours "
        "qui suivent. Une personne venue à deux événements compte à chacun."
    )
    quarters = _grouped(people, lambda one: _quarter(events[one.event].on))
    lines, total = successes(quarters, k)
    yield _part("success_event", "Double réussite, par événement", "Événement", _by_event(events, people, lines, k),
                total, note)
    yield _part("success_quarter", "Double réussite, par trimestre", "Trimestre", lines, total, "")
    by_commune = _grouped(people, _commune)
    yield _part("success_commune", "Double réussite, par commune de la personne", "Commune",
                *successes(by_commune, k), "")
    by_rooms = _grouped(people, _rooms)
    yield _part("success_rooms", "Double réussite, par logement demandé", "Logement demandé",
                *successes(by_rooms, k), typography("La plus petite typologie demandée par le ménage."))


def _by_event(
    events: Mapping[UUID, Event], people: Sequence[Attendance], quarters: Mapping[str, Success], k: int
) -> dict[str, Success]:
    """
    Return a line an event, masked within its quarter: the quarter is the total that one could subtract from.

    An event is told by its day and its commune: its title is its organiser's, and everybody reads the same lines.
    """
    found: dict[str, Success] = {}
    for quarter, shown in quarters.items():
        names = {
            one.pk: f"{one.on:%d/%m/%Y}, {commune_name(one.commune)}" for one in events.values()
            if _quarter(one.on) == quarter
        }
        named = [(names[one.event], one.went) for one in people if one.event in names]
        mine = {name: tally(went for called, went in named if called == name) for name in names.values()}
        found |= successes(mine, k, frozenset(mine) if shown.is_masked else frozenset())[0]
    return found


def _part(
    code: str, title: str, column: str, lines: Mapping[str, Success], total: Success, note: str
) -> Part:
    rows = [(key, *one.cells) for key, one in lines.items()]
    return Part(code, title, (column, *_SUCCESS), (*rows, ("Total", *total.cells)) if rows else (), note,
                "Aucun événement terminé depuis un an.")


def _grouped(people: Iterable[Attendance], key_of: Callable[[Attendance], str]) -> dict[str, Tally]:
    groups: dict[str, list[Participant]] = defaultdict(list)
    for one in people:
        groups[key_of(one)].append(one.went)
    return {key: tally(groups[key]) for key in sorted(groups)}


def _quarter(on: date) -> str:
    return f"{on.year}, trimestre {(on.month + 2) // 3}"


def _commune(one: Attendance) -> str:
    code = one.registration.person.household.current_commune if one.registration is not None else ""
    return commune_name(code) if code else _UNKNOWN


def _rooms(one: Attendance) -> str:
    wished = one.registration.person.household.wished_rooms if one.registration is not None else ()
    return f"T{min(wished)}" if wished else _UNKNOWN


def _retention_part(code: str, title: str, stays: Sequence[Stay], on: date, k: int) -> Part:
    """Return held, lost and unknown at each check; who held at six months held at three: the columns are chains."""
    table = retention_table(stays, on)
    due = masked_chain([one.of_due.of or 0 for one in table], k)
    held = masked_chain([one.held for one in table], k)
    rows = [
        (f"À {one.months} mois", *_retention(one, due[place], held[place], k))
        for place, one in enumerate(table) if one.of_due.of
    ]
    return Part(
        code, title, ("Échéance", "Échéances passées", "En place", "Parti", "Sans nouvelle", "Parmi ceux dont on a "
        "des nouvelles", "Parmi tous"), tuple(rows),
        typography("Sans nouvelle n’est jamais compté comme en place ; les deux parts sont montrées."),
        "Aucune échéance passée.",
    )


def _retention(one: Retention, due: Figure, held: Figure, k: int) -> tuple[str, ...]:
    values = {"held": one.held, "lost": one.lost, "unknown": one.unknown}
    secret = frozenset(values) if due.value is None else frozenset({"held"} if held.value is None else ())
    shown = masked(values, k, secret=secret)
    known = Figure(None if shown["held"].value is None or shown["lost"].value is None else one.held + one.lost)
    return (
        due.text, shown["held"].text, shown["lost"].text, shown["unknown"].text, _share(shown["held"], known),
        _share(shown["held"], due),
    )


def _delays_part(found: followup_figures.Delays, k: int) -> Part:
    rows = [
        (label, MASKED if len(days) < k else number(len(days)),
         MASKED if len(days) < k else counted(round(median(days)), "jour", "jours"))
        for label, days in (("De l’événement à l’embauche", found.to_hire), ("De l’événement aux clés", found.to_keys))
        if days
    ]
    return Part("delays", "Délais", ("Délai", "Sur combien", "Médiane"), tuple(rows), typography(
        "Du dernier événement où la personne est venue dans les 90 jours avant la candidature ou la proposition."
    ), "Personne n’y est encore arrivé.")


def _outcomes_part(found: Mapping[str, int], k: int) -> Part:
    ordered = {one.value: found[one.value] for one in OutcomeClass if one.value in found}
    shown = masked(ordered, k)
    total = masked_total(ordered, shown, k)
    rows = [(OUTCOME_NAMES[OutcomeClass(code)], figure.text, _share(figure, total)) for code, figure in shown.items()]
    return Part(
        "outcomes", "Classes de sortie", ("Classe", "Contrats", "Part"),
        (*rows, ("Total", total.text, "")) if rows else (),
        typography(
            "« Sorties dynamiques » : un CDD de six mois et plus est durable ; une période d’essai rompue n’est pas "
            "une sortie (politique à vérifier)."
        ), "Aucun contrat noté.",
    )


def _reasons_part(refused: Sequence[Refusal], on: date, k: int) -> Part:
    rows: list[tuple[str, ...]] = []
    tables = (("Famille", reasons.by_family(refused, on, k)), ("Raison", reasons.by_reason(refused, on, k)))
    for prefix, cells in tables:
        shown = [(f"{prefix} : {cell.label}", cell.text) for cell in cells.values() if cell.share is not None]
        hidden = len(cells) - len(shown)
        # The name of a reason that few gave would say what somebody answered.
        rows += [*((typography(name), text) for name, text in shown)]
        if hidden:
            rows.append((typography(f"{prefix} : autres"), MASKED))
    return Part("reasons", "Pourquoi un logement est refusé", ("Raison", "Refus"), tuple(rows), typography(
        "Depuis un an. Un refus peut avoir plusieurs raisons : les parts ne s’additionnent pas."
    ), "Aucun refus depuis un an.")


def _places_part(refused: Sequence[Refusal], on: date, k: int) -> Part:
    names = parameters.at("followup/refusal_reasons", on)["families"]
    communes = sorted({one.commune for one in refused}, key=commune_name)
    given = frozenset[str]().union(*(one.families(on) for one in refused))
    by_family: dict[str, dict[str, Cell]] = {
        family: reasons.by_place(refused, family, on, k) for family in names if family in given - {"OTHER"}
    }
    of = masked({code: sum(one.commune == code for one in refused) for code in communes}, k)
    rows = tuple(
        (commune_name(code), of[code].text, *(by_family[family][code].text for family in by_family))
        for code in communes
    )
    return Part(
        "places", "Où un logement est refusé, et pour quoi",
        ("Commune du logement", "Refus", *(str(names[family]) for family in by_family)), rows,
        typography("La commune est celle du logement, jamais celle de la personne."), "Aucun refus depuis un an.",
    )


def paper_of(report: FollowupReport) -> Paper:
    """Return the page as a paper."""
    return Paper(
        "Résultats du dispositif", typography(f"Au {report.on:%d/%m/%Y}, tout le dispositif"), (),
        (typography(
            f"Les nombres de moins de {report.k} sont masqués, et d’autres avec eux quand une soustraction les "
            "révélerait."
        ),), (), report.parts, typography(f"Nombres de moins de {report.k} masqués."), report.on,
        followup_figures.is_fictitious(),
    )
