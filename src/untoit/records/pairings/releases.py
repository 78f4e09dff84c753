"""The end of a run: review finished, released to the persons, retracted, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.wording import counted
from untoit.records.applicants.models import Household
from untoit.records.desk import services as desk
from untoit.records.desk.models import TaskKind
from untoit.records.pairings import snapshot
from untoit.records.pairings.lifecycle import RUN
from untoit.records.pairings.models import Review, Run, RunState, Tandem
from untoit.records.pairings.perimeter import Perimeter
from untoit.records.pairings.reviews import banned_words
from untoit.records.pairings.services import locked
from untoit.records.partners import journal
from untoit.records.partners.models import Role
from untoit.records.partners.rights import DECIDE, WRITE, Actor, require
from untoit.records.stock.models import Vacancy

RELEASE_WITHIN, PRESENT_WITHIN = timedelta(days=3), timedelta(days=7)


@transaction.atomic
def finish_review(*, run_id: UUID, revision: int, by: Actor, at: datetime) -> Run:
    """End the review: every tandem was kept or set aside, and at least one was kept."""
    require(by, "matching_run", WRITE)
    run = locked(run_id, by, revision)
    target = RUN.move("review", run.state, by.role)
    left = run.tandems.filter(review=Review.TO_REVIEW).count()
    if left:
        raise Refused(f"Il reste {counted(left, 'tandem', 'tandems')} à relire.")
    if not run.tandems.filter(review=Review.ACCEPTED).exists():
        raise Refused("Aucun tandem n'est retenu : il n'y aurait rien à diffuser.")
    run.state, run.reviewed_by_id, run.reviewed_at = target, by.user_id, at
    _save(run)
    desk.close_task(kind=TaskKind.RUN_TO_REVIEW, subject_id=run.pk, by=by, at=at, outcome="reviewed")
    desk.open_task(
        kind=TaskKind.RUN_TO_RELEASE, organisation=run.organisation_id, role=Role.LM, subject_kind="run",
        subject_id=run.pk, why="La relecture d'un calcul est terminée : il peut être diffusé.",
        due_on=timezone.localdate(at + RELEASE_WITHIN), at=at,
    )
    journal.note_act(by, "run.reviewed", "run", run.pk, at=at)
    return run


@transaction.atomic
def reopen_review(*, run_id: UUID, revision: int, by: Actor, at: datetime) -> Run:
    """Take the review up again."""
    require(by, "matching_run", WRITE)
    run = locked(run_id, by, revision)
    run.state = RUN.move("reopen", run.state, by.role)
    _save(run)
    desk.close_task(kind=TaskKind.RUN_TO_RELEASE, subject_id=run.pk, by=by, at=at, outcome="reopened")
    journal.note_act(by, "run.reopened", "run", run.pk, at=at)
    return run


@transaction.atomic
def release_run(*, run_id: UUID, revision: int, by: Actor, at: datetime) -> Run:
    """
    Open the tandems kept to the persons whom they concern.

    Raises
    ------
    Refused
        When the records changed since the run was frozen, when a household took its agreement back, or when a home or
        a household of these tandems is already proposed elsewhere; the sentence says which.
    """
    require(by, "matching_run", DECIDE)
    run = locked(run_id, by, revision)
    target = RUN.move("release", run.state, by.role)
    kept = run.tandems.filter(review=Review.ACCEPTED)
    _refuse_lost(run, by)
    _refuse_changes(run, by)
    _refuse_doubles(run)
    run.state, run.released_by_id, run.released_at = target, by.user_id, at
    _save(run)
    desk.close_task(kind=TaskKind.RUN_TO_RELEASE, subject_id=run.pk, by=by, at=at, outcome="released")
    for tandem_id in kept.values_list("pk", flat=True):
        desk.open_task(
            kind=TaskKind.TANDEM_TO_PRESENT, organisation=run.organisation_id, role=Role.LA, subject_kind="tandem",
            subject_id=tandem_id, why="Un tandem est diffusé : à présenter à la personne.",
            due_on=timezone.localdate(at + PRESENT_WITHIN), at=at,
        )
    journal.note_act(by, "run.released", "run", run.pk, at=at, tandems=kept.count())
    return run


@transaction.atomic
def retract_run(*, run_id: UUID, revision: int, reason: str, by: Actor, at: datetime) -> Run:
    """Take a release back: the persons no longer see their tandem. The reason stays in the journal."""
    require(by, "matching_run", DECIDE)
    run = locked(run_id, by, revision)
    reason = " ".join(reason.split())[:300]
    if found := banned_words(reason):
        raise Refused(f"Retirez « {found[0]} » : la raison reste dans le journal.")
    run.state = RUN.move("retract", run.state, by.role, {"reason": reason})
    run.released_by, run.released_at = None, None
    _save(run)
    for tandem_id in run.tandems.values_list("pk", flat=True):
        desk.close_task(kind=TaskKind.TANDEM_TO_PRESENT, subject_id=tandem_id, by=by, at=at, outcome="retracted")
    journal.note_act(by, "run.retracted", "run", run.pk, at=at, reason=reason)
    return run


@transaction.atomic
def close_run(*, run_id: UUID, revision: int, by: Actor, at: datetime) -> Run:
    """Close a released run: what follows of each tandem is told elsewhere."""
    require(by, "matching_run", DECIDE)
    run = locked(run_id, by, revision)
    run.state, run.closed_at = RUN.move("close", run.state, by.role), at
    _save(run)
    journal.note_act(by, "run.closed", "run", run.pk, at=at)
    return run


def changes_of(run: Run, by: Actor) -> dict[str, int]:
    """Return what changed in the records since the run was frozen, rows by file."""
    return snapshot.changes_since(run, snapshot.freeze(by, Perimeter.of(run.perimeter)))


def _refuse_lost(run: Run, by: Actor) -> None:
    """Refuse when a household that has a tandem can no longer be shown one: share closed, or agreement withdrawn."""
    kept = run.tandems.filter(review=Review.ACCEPTED)
    lost = kept.count() - kept.filter(pk__in=Tandem.objects.visible_to(by).filter(run=run).values("pk")).count()
    if lost:
        raise Refused(
            f"{counted(lost, 'ménage proposé n’est', 'ménages proposés ne sont')} plus partagé avec vous : relancez le "
            "calcul sur les données d'aujourd'hui."
        )


def _refuse_changes(run: Run, by: Actor) -> None:
    changes = changes_of(run, by)
    if changes:
        many = sum(changes.values()) > 1
        raise Refused(
            f"{snapshot.said(changes)} {'ont' if many else 'a'} changé depuis le calcul : relancez-le sur les données "
            "d'aujourd'hui avant de diffuser."
        )


def _refuse_doubles(run: Run) -> None:
    """Refuse a home or a household that another released run proposes; the homes are held while this is looked at."""
    kept = run.tandems.filter(review=Review.ACCEPTED)
    homes = list(kept.values_list("vacancy_id", flat=True))
    # Two runs that propose the same home and are released in the same second wait here for each other.
    people = list(kept.values_list("household_id", flat=True))
    list(Vacancy.objects.filter(pk__in=homes).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    list(Household.objects.filter(pk__in=people).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    elsewhere = Tandem.objects.filter(review=Review.ACCEPTED, run__state=RunState.RELEASED).exclude(run=run)
    if run.mode == "plan":
        taken = elsewhere.filter(run__mode="plan", vacancy_id__in=homes).select_related("vacancy", "run").first()
        if taken is not None:
            raise Refused(
                f"Le logement {taken.vacancy.reference} est déjà proposé dans « {taken.run.title} », diffusé le "
                f"{timezone.localtime(taken.run.released_at):%d/%m/%Y} : écartez ce tandem, ou clôturez l'autre calcul."
            )
    again = elsewhere.filter(household_id__in=people, run__organisation=run.organisation_id)
    doubles = again.values("household_id").distinct().count()
    if doubles:
        raise Refused(
            f"{counted(doubles, 'ménage a', 'ménages ont')} déjà un tandem dans un calcul diffusé : clôturez d'abord "
            "celui-ci."
        )


def _save(run: Run) -> None:
    run.revision += 1
    run.save()
