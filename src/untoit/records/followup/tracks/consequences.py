"""What an act brings about (``core.lifecycles.effects``), carried out in the transaction of the act."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from untoit.core.lifecycles import effects as core
from untoit.core.lifecycles.effects import Effect, EffectKind, Track
from untoit.core.lifecycles.lifecycle import CLOCK
from untoit.core.lifecycles.pathway_track import PATHWAY, Stage
from untoit.records.desk.models import TaskKind
from untoit.records.desk.services import close_task, notify, open_task
from untoit.records.followup.housing import letters
from untoit.records.followup.models import Application, Letter, Pathway, Proposal, TrackAct
from untoit.records.followup.tracks import owners, values
from untoit.records.followup.tracks.owners import Keeper
from untoit.records.followup.tracks.values import Facts
from untoit.records.partners.models import Role

# Alerts that ask somebody to act: the other half of the case is in danger. The others only tell.
_DANGER = frozenset({
    "trial_broken_after_lease", "job_ended_after_lease", "employment_changed", "lease_refused_while_hired",
    "tenancy_ended_while_hired",
})
_ALERT_DAYS, _LETTER_DAYS = 3, 2
# What the other tracks record moves a pathway forward by itself, never backward.
_ADVANCES: dict[tuple[str, str], str] = {
    (Track.HOUSING, "propose"): "propose_home", (Track.HOUSING, "allocate"): "allocate",
    (Track.HOUSING, "allocate_ranked"): "allocate", (Track.HOUSING, "sign_lease"): "sign_lease",
    (Track.JOB, "record_interview"): "interview", (Track.JOB, "offer"): "offer_job", (Track.JOB, "hire"): "hire",
}


def carry_out(act: TrackAct, row: Proposal | Application | Pathway, *, at: datetime) -> None:
    """Carry out the effects of an act that was just written, then compute the case again."""
    from untoit.records.followup.cases.refresh import refresh

    facts = values.facts_of([row.household_id])[row.household_id]
    event = core.Event(
        Track(act.track), act.action, str(row.pk), act.on, tuple(facts.housing), tuple(facts.job),
        values.rivals_of(row) if isinstance(row, Proposal) else (),
        values.employment_of(row) if isinstance(row, Application) else None, _planned_on(act),
    )
    found = core.effects(event)
    for effect in found:
        _apply(effect, act, row, at)
    advanced = _advance(act, row, facts, at)
    # Read again only when something else moved.
    changed = advanced or any(effect.kind is EffectKind.MOVE for effect in found)
    refresh([row.household_id], at=at, known=None if changed else {row.household_id: facts})


def _planned_on(act: TrackAct) -> date | None:
    told = act.given.get("visit_on") or act.given.get("interview_on")
    return date.fromisoformat(told) if isinstance(told, str) else None


def _apply(effect: Effect, act: TrackAct, row: Proposal | Application | Pathway, at: datetime) -> None:
    target = UUID(effect.target)
    match effect.kind:
        case EffectKind.MOVE:
            _move(effect, target, act, at)
        case EffectKind.CLOSE:
            close_task(kind=effect.code, subject_id=target, at=at, outcome=f"{act.track}.{act.action}")
        case EffectKind.TASK:
            keeper = _keeper(effect, row, at)
            if keeper is not None:
                _open(effect, keeper, target, act, row, at)
        case EffectKind.LETTER:
            facts = letters.facts_of(row, effect.code, act.on) if isinstance(row, Proposal) else {}
            write_letter(effect.code, row, {"sentence": effect.sentence, **facts}, at=at)
        case EffectKind.ALERT:
            _alert(effect, row, at)


def _move(effect: Effect, target: UUID, act: TrackAct, at: datetime) -> None:
    from untoit.records.followup.tracks.acts import record

    other = Proposal.objects.select_for_update(of=("self",)).get(pk=target)
    record(
        row=other, action=effect.code, by=None, at=at, on=act.on, given={"lease_signed_on": act.on}, how="effect",
        caused_by=act,
    )


def _keeper(effect: Effect, row: Proposal | Application | Pathway, at: datetime) -> Keeper | None:
    role = Role(effect.owner)
    if role is Role.EMPL and isinstance(row, Application):
        # An offer that a coach published for an employer is answered for by the coach.
        return owners.of_organisation(row.organisation, Role.EMPL)
    if role in (Role.LA, Role.LM) and isinstance(row, Proposal):
        return owners.of_organisation(row.organisation, role)
    found = owners.following(row.household_id, role, at)
    if found is None and isinstance(row, Pathway):
        # A landlord reads nothing of a pathway: it stays with the service that signed it.
        return owners.of_organisation(row.organisation, Role.DEP)
    if found is None and role in (Role.DEP, Role.EMPP):
        # Nobody follows the person any more: what is left to do stays with who proposed, never with nobody.
        found = owners.following(row.household_id, Role.LA, at)
    return found


def _open(
    effect: Effect, keeper: Keeper, target: UUID, act: TrackAct, row: Proposal | Application | Pathway, at: datetime
) -> None:
    about, subject = {Proposal: "proposal", Application: "application", Pathway: "pathway"}[type(row)], target
    if not isinstance(row, Proposal) and keeper.role in (Role.LA, Role.LM, Role.PART):
        # A landlord reads no application: its task is about the case.
        about, subject = "household", row.household_id
    open_task(
        kind=effect.code, organisation=keeper.organisation_id, role=keeper.role, owner=keeper.member,
        subject_kind=about, subject_id=subject, why=effect.sentence, due_on=effect.due_on or act.on, at=at,
    )


def _alert(effect: Effect, row: Proposal | Application | Pathway, at: datetime) -> None:
    keeper = _keeper(effect, row, at)
    if keeper is None:
        return
    if effect.code in _DANGER:
        open_task(
            kind=TaskKind.OTHER_HALF, organisation=keeper.organisation_id, role=keeper.role, owner=keeper.member,
            subject_kind="household", subject_id=row.household_id, why=effect.sentence,
            due_on=timezone.localdate(at) + timedelta(days=_ALERT_DAYS), at=at,
        )
    if keeper.member is not None:
        notify(
            recipient=keeper.member.user, kind=f"followup.{effect.code}", key=f"{effect.code}:{effect.target}:{at:%F}",
            subject="Un suivi demande votre attention", at=at,
            body=f"{effect.sentence}\n\nOuvrez votre page d'accueil.",
        )


def write_letter(kind: str, row: Proposal | Application | Pathway, facts: dict[str, object], *, at: datetime) -> Letter:
    """Put a letter to the household on the pile of whoever writes it, with a task to hand it over."""
    today = timezone.localdate(at)
    letter = Letter.objects.create(
        household_id=row.household_id, proposal=row if isinstance(row, Proposal) else None,
        organisation_id=row.organisation_id, kind=kind, facts=facts, written_on=today, created_at=at,
    )
    keeper = owners.of_organisation(row.organisation, Role.LA)
    open_task(
        kind=TaskKind.LETTER_TO_SEND, organisation=keeper.organisation_id, role=keeper.role, subject_kind="letter",
        subject_id=letter.pk, why="Un courrier est prêt : à remettre ou à poster.",
        due_on=today + timedelta(days=_LETTER_DAYS), at=at,
    )
    return letter


def _advance(act: TrackAct, row: Proposal | Application | Pathway, facts: Facts, at: datetime) -> bool:
    from untoit.records.followup.tracks.acts import record

    if isinstance(row, Pathway):
        return False
    action = _ADVANCES.get((act.track, act.action)) or _held(facts)
    if not action:
        return False
    pathways = Pathway.objects.filter(household_id=row.household_id)
    if isinstance(row, Application):
        pathways = pathways.filter(person_id=row.person_id)
    moved = False
    for pathway in pathways.select_for_update(of=("self",)):
        if PATHWAY.may(action, pathway.stage, CLOCK):
            record(row=pathway, action=action, by=None, at=at, on=act.on, how="effect", caused_by=act)
            moved = True
    return moved


def _held(facts: Facts) -> str:
    """Return the act on the pathway once both halves held three months, or six; nothing before both did."""
    homes, jobs = {one.state for one in facts.housing}, {one.state for one in facts.job}
    if "checked_6m" in homes and "held_6m" in jobs:
        return Stage.MAINTAINED_6M.replace("maintained", "maintain")
    if homes & {"checked_3m", "checked_6m"} and jobs & {"held_3m", "held_6m"}:
        return Stage.MAINTAINED_3M.replace("maintained", "maintain")
    return ""
