"""Policies of a landlord: named, versioned, never changed once made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max

from untoit.core import parameters
from untoit.core.errors import Conflict, Refused
from untoit.core.pairing.policy import KNOBS, Knob, overrides_of, said
from untoit.records.pairings.models import Policy
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor, require

USUAL = "Politique habituelle"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that two policies do not share, in words."""

    label: str
    before: str
    after: str


@transaction.atomic
def save_policy(
    *, name: str, priority_per_mille: int, values: Mapping[str, object], note: str, by: Actor, at: datetime,
    after_version: int = 0,
) -> Policy:
    """
    Make the next version of a policy, or the first one of a name (``after_version`` 0).

    ``values`` are by path (:mod:`untoit.core.pairing.policy`); those equal to the files' are not kept. Saving what the
    last version holds already gives that version back.

    Raises
    ------
    UnusableInput
        When a value is out of its bounds.
    Conflict
        When somebody made the version that follows meanwhile.
    """
    require(by, "run_settings", WRITE)
    name = " ".join(name.split())
    if not name:
        raise Refused("Donnez un nom à cette politique.")
    if not 0 <= priority_per_mille <= 1000:
        raise Refused("La part des publics prioritaires va de 0 à 100 %.")
    settings = {path: str(value) for path, value in overrides_of(values)}
    mine = Policy.objects.visible_to(by).filter(name=name)
    latest = mine.aggregate(latest=Max("version"))["latest"] or 0
    last = mine.filter(version=latest).first()
    if last is not None and last.priority_per_mille == priority_per_mille and last.settings == settings:
        return last
    if latest != after_version:
        raise _taken(name) if after_version else Refused(f"Une politique « {name} » existe déjà : ouvrez-la.")
    try:
        with transaction.atomic():
            policy = Policy.objects.create(
                organisation_id=by.organisation_id, name=name, version=latest + 1, settings=settings, note=note.strip(),
                priority_per_mille=priority_per_mille, created_by_id=by.user_id,
            )
    except IntegrityError:
        raise _taken(name) from None
    journal.note_act(by, "policy.saved", "policy", policy.pk, at=at, version=policy.version)
    return policy


def usual_policy(*, by: Actor, at: datetime) -> Policy:
    """Return the last version of the landlord's usual policy, made from the values of the files when there is none."""
    found = Policy.objects.visible_to(by).filter(name=USUAL).order_by("-version").first()
    if found is not None:
        return found
    quota = int(parameters.at("policy/matching", by.today)["priority_quota_per_mille"])
    try:
        return save_policy(
            name=USUAL, priority_per_mille=quota, values={}, note="Réglages du projet, sans changement.", by=by, at=at
        )
    except Refused:  # another request was first
        return Policy.objects.visible_to(by).filter(name=USUAL).order_by("-version")[0]


@transaction.atomic
def with_share(*, policy: Policy, priority_per_mille: int, by: Actor, at: datetime) -> Policy:
    """
    Return this policy with another share of priority groups, for one run: a policy of its own, named after both.

    The usual policy stays as it is. Asked for again, the version that is there is given back.

    Raises
    ------
    Refused
        When the share is not between 0 and 100 %.
    """
    if policy.priority_per_mille == priority_per_mille:
        return policy
    name = f"{policy.name[:50]}, {_share(priority_per_mille)} prioritaires"
    latest = Policy.objects.visible_to(by).filter(name=name).aggregate(latest=Max("version"))["latest"] or 0
    return save_policy(
        name=name, priority_per_mille=priority_per_mille, values=policy.settings, by=by, at=at, after_version=latest,
        note=f"Part choisie au lancement d'un calcul, à partir de « {policy} ».",
    )


def differences(one: Policy, other: Policy) -> list[Difference]:
    """Return what changes from one policy to the other, in the order of the form."""
    found = []
    if one.priority_per_mille != other.priority_per_mille:
        found.append(Difference(
            "Part des publics prioritaires", _share(one.priority_per_mille), _share(other.priority_per_mille)
        ))
    for knob in KNOBS:
        before, after = value_of(one, knob), value_of(other, knob)
        if before != after:
            found.append(Difference(f"{knob.group} : {knob.label.lower()}", said(knob, before), said(knob, after)))
    return found


def value_of(policy: Policy, knob: Knob) -> Decimal:
    """Return the value that a policy gives to a knob: its own, or that of the files."""
    return Decimal(policy.settings[knob.path]) if knob.path in policy.settings else knob.default


def _share(per_mille: int) -> str:
    return f"{Decimal(per_mille) / 10:f}".replace(".", ",").removesuffix(",0") + "\u00a0%"


def _taken(name: str) -> Conflict:
    return Conflict(
        f"Une autre version de « {name} » vient d'être enregistrée : relisez-la avant d'enregistrer la vôtre."
    )
