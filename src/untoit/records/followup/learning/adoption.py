"""A person adopts what outcomes taught, as the next version of the usual policy, or takes it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404

from untoit.core.errors import Conflict, Refused
from untoit.core.learning.assumptions import Effect, Learnt, learn_hold, learn_home, learn_job
from untoit.core.pairing.policy import knob
from untoit.core.parameters import default_of
from untoit.records.followup.learning import outcomes
from untoit.records.followup.models import AssumptionSet
from untoit.records.pairings.models import Policy
from untoit.records.pairings.policies import USUAL, save_policy, usual_policy
from untoit.records.partners import journal
from untoit.records.partners.models import Role
from untoit.records.partners.rights import DECIDE, Actor, require


@dataclass(frozen=True, slots=True)
class Halves:
    """What was learnt of homes, of interviews, of jobs that hold."""

    home: Learnt
    job: Learnt
    hold: Learnt

    @property
    def all(self) -> tuple[Learnt, ...]:
        """The three, in order."""
        return self.home, self.job, self.hold

    @property
    def proposed(self) -> tuple[Effect, ...]:
        """The lines that a person may adopt: those of the halves with enough outcomes."""
        return tuple(effect for half in self.all if half.enough for effect in half.effects)

    @property
    def fingerprint(self) -> str:
        """What the proposed values are: a person adopts what she read, and nothing that changed since."""
        told = json.dumps([[one.path, str(one.proposed)] for one in self.proposed])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def learnt_by(actor: Actor) -> Halves:
    """Return what the outcomes of the landlord acted for teach; the data protection officer reads the whole scheme."""
    require(actor, "learning")
    whose = None if actor.role is Role.DPO else actor.organisation_id
    return Halves(
        learn_home(outcomes.home_outcomes(whose), actor.today), learn_job(outcomes.job_outcomes(whose), actor.today),
        learn_hold(outcomes.hold_outcomes(whose, actor.today), actor.today),
    )


def in_force(actor: Actor) -> dict[str, Decimal]:
    """Return the success assumptions that the usual policy of the landlord changes, by path."""
    policy = Policy.objects.filter(organisation_id=actor.organisation_id, name=USUAL).order_by("-version").first()
    settings = {} if policy is None else policy.settings
    return {path: Decimal(value) for path, value in settings.items() if path.startswith("policy/success.")}


def bounded(effect: Effect) -> Decimal:
    """Return the proposed value within what a policy may set."""
    limits = knob(effect.path)
    assert limits is not None, effect.path
    return min(max(effect.proposed, limits.least), limits.most)


@transaction.atomic
def adopt(*, paths: Collection[str], seen: str, note: str, by: Actor, at: datetime) -> AssumptionSet:
    """
    Adopt the chosen lines: a new version of the usual policy carries them, and runs take it from then on.

    Raises
    ------
    Conflict
        When the proposed values are no longer those that were read (``seen``).
    Refused
        When nothing is chosen, or nothing may be adopted yet.
    """
    require(by, "learning", DECIDE)
    halves = learnt_by(by)
    if halves.fingerprint != seen:
        raise Conflict("De nouvelles issues ont changé les valeurs proposées : relisez-les avant d'adopter.")
    chosen = [effect for effect in halves.proposed if effect.path in paths]
    if not chosen:
        raise Refused("Choisissez au moins une valeur à adopter.")
    before = usual_policy(by=by, at=at)
    values = {**before.settings, **{effect.path: str(bounded(effect)) for effect in chosen}}
    policy = save_policy(
        name=USUAL, priority_per_mille=before.priority_per_mille, values=values, by=by, at=at,
        note=f"Hypothèses adoptées d'après les issues constatées au {by.today:%d/%m/%Y}.", after_version=before.version,
    )
    # One set holds at a time: adopting again takes the place of the one before.
    _open_sets(by).update(withdrawn_by_id=by.user_id, withdrawn_at=at)
    made = AssumptionSet.objects.create(
        organisation_id=by.organisation_id, policy=policy, learnt_on=by.today, note=note.strip(),
        rows=[_row(effect, before) for effect in chosen], evidence=_evidence(halves), adopted_by_id=by.user_id,
        adopted_at=at,
    )
    journal.note_act(by, "assumptions.adopted", "assumption_set", made.pk, at=at, count=len(chosen))
    return made


def _open_sets(by: Actor) -> Any:
    return AssumptionSet.objects.visible_to(by).filter(organisation_id=by.organisation_id, withdrawn_at__isnull=True)


def _row(effect: Effect, before: Policy) -> dict[str, Any]:
    return {
        "path": effect.path, "label": effect.label, "current": str(effect.current),
        "before": before.settings.get(effect.path, str(effect.current)), "proposed": str(bounded(effect)),
        "low": str(effect.low), "high": str(effect.high), "seen": effect.seen,
    }


def _evidence(halves: Halves) -> dict[str, Any]:
    return {
        name: {
            "outcomes": half.outcomes, "successes": half.successes,
            "brier_before": half.before and half.before.brier, "brier_after": half.after and half.after.brier,
        }
        for name, half in zip(("home", "job", "hold"), halves.all, strict=True)
    }


@transaction.atomic
def withdraw(*, set_id: UUID, by: Actor, at: datetime) -> AssumptionSet:
    """
    Take adopted values back: the next version of the usual policy has the previous ones.

    A value that somebody set by hand since stays as it is.

    Raises
    ------
    Http404
        For a set that does not exist or is another landlord's.
    Conflict
        When it was taken back, or replaced, meanwhile.
    """
    require(by, "learning", DECIDE)
    if not AssumptionSet.objects.visible_to(by).filter(pk=set_id).exists():
        raise Http404
    found = _open_sets(by).select_for_update().filter(pk=set_id).first()
    if found is None:
        raise Conflict("Ces valeurs ne sont plus en vigueur : quelqu'un les a retirées ou remplacées.")
    now = usual_policy(by=by, at=at)
    save_policy(
        name=USUAL, priority_per_mille=now.priority_per_mille, values=_restored(now.settings, found.rows), by=by, at=at,
        note=f"Hypothèses d'avant le {found.learnt_on:%d/%m/%Y} remises.", after_version=now.version,
    )
    found.withdrawn_by_id, found.withdrawn_at = by.user_id, at
    found.save(update_fields=["withdrawn_by", "withdrawn_at"])
    journal.note_act(by, "assumptions.withdrawn", "assumption_set", found.pk, at=at)
    return found


def _restored(settings: dict[str, str], rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    values = dict(settings)
    for row in rows:
        # One equal to the file's is not kept in the policy.
        now = Decimal(values.get(row["path"], str(default_of(row["path"]))))
        if now == Decimal(row["proposed"]):
            values[row["path"]] = row["before"]
    return values
