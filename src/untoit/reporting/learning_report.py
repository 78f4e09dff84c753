"""What outcomes teach, laid beside what is assumed: for a person to compare, adopt, or leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from untoit.core.indicators.masking import MASKED
from untoit.core.learning.assumptions import Effect, Learnt
from untoit.core.learning.levers import lever_weights
from untoit.core.pairing.policy import knob, said
from untoit.core.wording import number, typography
from untoit.records.followup.learning import adoption, outcomes
from untoit.records.followup.models import AssumptionSet
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor, policy
from untoit.records.stock.selectors import commune_name
from untoit.reporting.event_review import Part
from untoit.reporting.followup_charts import calibration_picture

_TITLES = ("Que le logement soit accepté", "Que l’entretien aboutisse", "Que l’emploi tienne six mois")
LEVERS = {"trajet": "Trajet", "logement": "Logement", "budget": "Budget", "accompagnement": "Accompagnement"}


@dataclass(frozen=True, slots=True)
class Line:
    """One assumption in words; ``differs`` when the project's value is outside the interval."""

    path: str
    label: str
    assumed: str
    in_force: str
    proposed: str
    interval: str
    seen: int
    differs: bool
    is_adopted: bool


@dataclass(frozen=True, slots=True)
class Half:
    """One of the three chances: what was learnt, line by line, and how well it announces."""

    title: str
    learnt: Learnt
    lines: tuple[Line, ...]
    picture: Markup | None


@dataclass(frozen=True, slots=True)
class Learning:
    """
    The page: the three chances, the set in force if any, the other sets, where refusals weigh.

    Who checks data protection reads the whole scheme: no set is hers, all of them are among the others.
    """

    halves: tuple[Half, ...]
    seen: str
    adopted: AssumptionSet | None
    past: tuple[AssumptionSet, ...]
    levers: Part
    is_landlord: bool

    @property
    def levers_parts(self) -> tuple[Part, ...]:
        """The table of the levers, as the page shows tables."""
        return (self.levers,)

    @property
    def may_adopt(self) -> bool:
        """Whether there is something to adopt."""
        return any(half.learnt.enough for half in self.halves)


def learning_of(actor: Actor) -> Learning:
    """Return the page of the landlord acted for."""
    found, now = adoption.learnt_by(actor), adoption.in_force(actor)
    sets = list(AssumptionSet.objects.visible_to(actor).select_related("policy", "adopted_by", "organisation")[:20])
    adopted = next((one for one in sets if one.withdrawn_at is None and actor.role is not Role.DPO), None)
    ours = {row["path"] for row in adopted.rows} if adopted else set()
    halves = tuple(
        Half(title, learnt, tuple(_line(one, learnt, now, ours) for one in learnt.effects), _picture(learnt))
        for title, learnt in zip(_TITLES, found.all, strict=True)
    )
    return Learning(
        halves, found.fingerprint, adopted, tuple(one for one in sets if one is not adopted), _levers(actor),
        actor.role is not Role.DPO,
    )


def _line(effect: Effect, learnt: Learnt, now: dict[str, Decimal], ours: set[str]) -> Line:
    one = knob(effect.path)
    assert one is not None, effect.path
    value = now.get(effect.path, effect.current)
    return Line(
        effect.path, typography(effect.label.replace("'", "’")), said(one, effect.current), said(one, value),
        said(one, adoption.bounded(effect)) if learnt.enough else "–",
        typography(f"{said(one, effect.low)} à {said(one, effect.high)}") if learnt.enough else "–", effect.seen,
        learnt.enough and effect.differs, effect.path in ours,
    )


def _picture(learnt: Learnt) -> Markup | None:
    return calibration_picture(learnt.before, learnt.after) if learnt.enough and learnt.before is not None else None


def _levers(actor: Actor) -> Part:
    """Return where refusals weigh more than elsewhere; a commune with few proposals is not judged."""
    k = int(policy()["aggregate_k"])
    whose = None if actor.role is Role.DPO else actor.organisation_id
    weights = lever_weights(outcomes.proposal_outcomes(whose), actor.today)

    def rows() -> Iterator[tuple[str, ...]]:
        for one in sorted((one for one in weights if one.shown), key=lambda one: -one.weight):
            small = 0 < one.refusals < k
            weight = MASKED if small else f"× {number(Decimal(str(round(one.weight, 2))), 1)}"
            yield (
                commune_name(one.commune), LEVERS.get(one.lever, one.lever), weight,
                MASKED if small else number(one.refusals), number(one.proposals),
            )

    return Part(
        "levers", "Où les refus disent d’agir",
        ("Commune du logement", "Levier", "Poids", "Refus que ce levier touche", "Propositions closes"), tuple(rows()),
        typography(
            "× 1 : comme dans tout le territoire ; × 2 : deux fois plus de refus de cette sorte par proposition."
        ),
        "Pas encore assez de propositions closes.",
    )
