"""Runs: prepared, launched, stopped, solved again with other choices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from untoit.core.errors import Conflict, Refused
from untoit.core.wording import counted
from untoit.records.pairings import choices, snapshot
from untoit.records.pairings.lifecycle import RUN
from untoit.records.pairings.models import Feed, Policy, Run, RunInput
from untoit.records.pairings.perimeter import Perimeter
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor, require

MOST_DAYS_AWAY = 400


@dataclass(frozen=True, slots=True)
class Preview:
    """
    What a run would be computed on, before it is launched.

    ``blocking`` are the reasons why it cannot be; ``notices`` what a person should know first.
    """

    sizes: dict[str, int]
    notices: tuple[str, ...]
    blocking: tuple[str, ...]


def preview(*, perimeter: Perimeter, on: date, feeds: Sequence[Feed], by: Actor) -> Preview:
    """Return the sizes of a run and what is missing, without keeping anything."""
    require(by, "matching_run", WRITE)
    frozen = snapshot.freeze(by, perimeter)
    sizes = frozen.rows
    blocking = tuple(
        f"Aucun{'e' if kind in ('personnes', 'offres') else ''} {words} dans ce périmètre : élargissez-le, ou importez "
        "un fichier."
        for kind, words in (("menages", "ménage"), ("logements", "logement libre"), ("offres", "offre ouverte"))
        if not sizes[kind]
    )
    return Preview(sizes, tuple(_notices(frozen, perimeter, on, feeds, by)), blocking)


@transaction.atomic
def create_run(
    *, title: str, on: date, mode: str, perimeter: Perimeter, policy: Policy, feeds: Sequence[Feed], by: Actor,
    at: datetime, seed: int = 0, run_id: UUID | None = None,
) -> Run:
    """
    Freeze what the run is computed on and ask the worker to compute it.

    ``run_id`` comes from the form: sending it twice launches once, and gives the same run back.

    Raises
    ------
    Refused
        When there is nothing to compute on, or a setting belongs to another organisation.
    """
    require(by, "matching_run", WRITE)
    if run_id is not None and (again := Run.objects.visible_to(by).filter(pk=run_id).first()) is not None:
        return again
    if abs(on - by.today) > timedelta(days=MOST_DAYS_AWAY):
        raise Refused("La date du calcul est trop loin d'aujourd'hui : règles et horaires n'y sont pas connus.")
    _require_own(policy, feeds, by)
    frozen = snapshot.freeze(by, perimeter)
    if not all(frozen.rows[kind] for kind in ("menages", "logements", "offres")):
        raise Refused("Ce périmètre ne contient aucun ménage, aucun logement libre ou aucune offre ouverte.")
    run = Run(
        pk=run_id or uuid4(), organisation_id=by.organisation_id, title=" ".join(title.split())[:120], mode=mode, on=on,
        seed=seed, policy=policy, perimeter=perimeter.document(), created_by_id=by.membership_id, created_at=at,
        fictitious=_fictitious(frozen),
    )
    run.inputs_hash = snapshot.inputs_hash(
        {kind: frozen.sha256(kind) for kind in snapshot.FILES}, run, [feed.sha256 for feed in feeds]
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        raise Conflict("Ce calcul vient d'être lancé.") from None
    run.feeds.set(feeds)
    RunInput.objects.bulk_create([
        *(
            RunInput(run=run, kind=kind, content=text, sha256=frozen.sha256(kind), rows=frozen.rows[kind])
            for kind, text in frozen.files.items()
        ),
        RunInput(run=run, kind=snapshot.KEYS, content=frozen.keys, sha256="", rows=sum(map(len, frozen.keys.values()))),
    ])
    journal.note_act(by, "run.created", "run", run.pk, at=at, **frozen.rows)
    journal.note_read(by, "income", "run", run.pk, count=frozen.rows["menages"], reason="données gelées d'un calcul")
    _compute_later()
    return run


@transaction.atomic
def solve_again(
    *, run_id: UUID, by: Actor, at: datetime, revision: int, without: Iterable[str] = (), child_id: UUID | None = None
) -> Run:
    """
    Launch a run on the same frozen inputs with the pins and interdictions of the review.

    ``without`` lifts inherited interdictions (:func:`untoit.records.pairings.choices.key_of`).
    """
    require(by, "matching_run", WRITE)
    if child_id is not None and (again := Run.objects.visible_to(by).filter(pk=child_id).first()) is not None:
        return again
    run = locked(run_id, by, revision)
    if run.state not in ("computed", "reviewed"):
        raise Refused("Seul un calcul terminé et pas encore diffusé peut être refait avec d'autres choix.")
    picked = choices.chosen_in(run, without=without)
    if picked == {kind: run.choices.get(kind, []) for kind in picked}:
        raise Refused("Rien n'a été épinglé ni interdit depuis ce calcul : le résultat serait le même.")
    feeds = list(run.feeds.all())
    child = Run.objects.create(
        pk=child_id or uuid4(), organisation_id=run.organisation_id, title=run.title, mode=run.mode, on=run.on,
        seed=run.seed, policy=run.policy, perimeter=run.perimeter, parent=run, inputs_hash=run.inputs_hash,
        fictitious=run.fictitious, choices=picked, created_by_id=by.membership_id, created_at=at,
    )
    child.feeds.set(feeds)
    RunInput.objects.bulk_create([
        RunInput(run=child, kind=one.kind, content=one.content, sha256=one.sha256, rows=one.rows)
        for one in run.inputs.all()
    ])
    journal.note_act(by, "run.solved_again", "run", child.pk, at=at, parent=str(run.pk), choices=choices.count(picked))
    _compute_later()
    return child


@transaction.atomic
def cancel_run(*, run_id: UUID, by: Actor, at: datetime) -> Run:
    """Ask the computation to stop; one that has not begun stops at once."""
    require(by, "matching_run", WRITE)
    run = locked(run_id, by)
    target = RUN.move("cancel", run.state, by.role)
    if run.state == "draft":
        run.state, run.failure = target, "Arrêté à la demande."
    run.cancel_asked_at = at
    run.save(update_fields=["state", "failure", "cancel_asked_at"])
    journal.note_act(by, "run.cancelled", "run", run.pk, at=at)
    return run


@transaction.atomic
def retry_run(*, run_id: UUID, by: Actor, at: datetime) -> Run:
    """Compute a stopped run again, on the same frozen inputs."""
    require(by, "matching_run", WRITE)
    run = locked(run_id, by)
    run.state = RUN.move("retry", run.state, by.role)
    run.attempts, run.cancel_asked_at, run.failure, run.progress, run.stage = 0, None, "", 0.0, ""
    run.save(update_fields=["state", "attempts", "cancel_asked_at", "failure", "progress", "stage"])
    journal.note_act(by, "run.retried", "run", run.pk, at=at)
    _compute_later()
    return run


def locked(run_id: UUID, by: Actor, revision: int | None = None) -> Run:
    """Return a run of the actor's organisation, held until the transaction ends, if it is still as it was read."""
    run: Run = Run.objects.visible_to(by).select_for_update(of=("self",)).select_related("policy").get(pk=run_id)
    if revision is not None and run.revision != revision:
        raise Conflict(
            f"Ce calcul a changé pendant que vous le lisiez : il est maintenant « {run.get_state_display().lower()} ». "
            "Relisez-le avant d'agir."
        )
    return run


def _compute_later() -> None:
    from untoit.records.pairings import tasks

    tasks.compute_runs.defer()


def _require_own(policy: Policy, feeds: Sequence[Feed], by: Actor) -> None:
    if not feeds:
        raise Refused("Choisissez au moins un fichier d'horaires : sans lui, aucun trajet ne peut être calculé.")
    if policy.organisation_id != by.organisation_id or any(f.organisation_id != by.organisation_id for f in feeds):
        raise Refused("Cette politique ou ces horaires appartiennent à une autre organisation.")
    if any(feed.retired_at is not None for feed in feeds):
        raise Refused("Ces horaires ont été retirés de la liste : choisissez-en d'autres.")


def _fictitious(frozen: snapshot.Frozen) -> bool:
    from untoit.records.applicants.models import Household

    found = Household.objects.filter(pk__in=list(frozen.keys["households"].values()))
    return not found.filter(is_fictitious=False).exists()


def _notices(
    frozen: snapshot.Frozen, perimeter: Perimeter, on: date, feeds: Sequence[Feed], by: Actor
) -> Iterable[str]:
    without = frozen.rows["menages"] - frozen.consented
    if without:
        yield f"{counted(without, 'ménage n’a', 'ménages n’ont')} pas donné d'accord : le calcul les laissera de côté."
    if frozen.incomplete:
        one = counted(frozen.incomplete, "fiche de ménage est incomplète", "fiches de ménage sont incomplètes")
        yield f"{one} (revenu fiscal ou âges) : hors du calcul tant que ce n'est pas rempli."
    homes = snapshot.vacancies_in(by, perimeter).count() - frozen.rows["logements"]
    if homes:
        one = counted(homes, "logement n’est plus libre ou est", "logements ne sont plus libres ou sont")
        yield f"{one} à reconfirmer : hors du calcul."
    offers = snapshot.offers_in(by, perimeter).count() - frozen.rows["offres"]
    if offers:
        one = counted(offers, "offre est fermée ou", "offres sont fermées ou")
        yield f"{one} à reconfirmer : hors du calcul."
    if frozen.supposed:
        one = counted(frozen.supposed, "offre a des horaires supposés", "offres ont des horaires supposés")
        yield f"{one} : à confirmer par l'employeur."
    if not feeds:
        yield "Aucun fichier d'horaires n'est choisi."
    elif not any(feed.valid_from <= on <= feed.valid_until for feed in feeds):
        yield f"Aucun horaire choisi ne couvre le {on:%d/%m/%Y} : aucun trajet en transports ne sera possible."
