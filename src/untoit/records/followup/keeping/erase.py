"""
Erasing: a whole household, or the part of a file whose time is over; the anonymous twins are written first.

One household, one transaction: killed in the middle, nothing is half erased. Nothing that a hold protects is touched.
The history tables go with their rows, and what a frozen run said of the household leaves the run
(docs/decisions/0013): its hash stays, the run says that rows were erased, and it is not replayed to the letter again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pgtrigger
from django.apps import apps
from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.utils import timezone

from untoit.core.errors import Refused
from untoit.core.wording import typography
from untoit.records.applicants.models import Household, Person
from untoit.records.desk.models import Task
from untoit.records.events.models import Registration
from untoit.records.followup.keeping import replay, twins
from untoit.records.followup.models import Application, LegalHold, Proposal
from untoit.records.followup.participation import reached
from untoit.records.intake.models import Row
from untoit.records.pairings.models import Run, RunInput, Tandem, TandemJob, Unplaced
from untoit.records.partners.journal import note_act

HELD = typography("Ce dossier est conservé : une procédure en cours l'exige. Rien n'a été effacé.")
_GONE = "efface"
# What a proposed tandem said of the household's budget; the home, the job and the commute stay.
_NO_AMOUNTS: dict[str, Any] = {
    "budget": [], "effort_before": None, "effort_after": None, "residual_before_eur": None, "residual_after_eur": None,
}


def is_held(household_id: UUID) -> bool:
    """Whether a procedure forbids to erase anything of this household."""
    return LegalHold.objects.filter(household_id=household_id, lifted_at__isnull=True).exists()


@transaction.atomic
def erase_household(household_id: UUID, *, because: str, at: datetime) -> int:
    """
    Erase everything about a household but its anonymous twins; return how many rows went.

    ``because`` is the code of a retention rule, or ``request``.

    Raises
    ------
    Refused
        While a procedure requires the file to be kept.
    """
    household = Household.objects.select_for_update(of=("self",)).get(pk=household_id)
    if is_held(household.pk):
        raise Refused(HELD)
    _write_twins(household, timezone.localdate(at))
    _forget_in_runs(household)
    accounts = list(Person.objects.filter(household=household, account__isnull=False).select_related("account"))
    gone = 0
    with pgtrigger.ignore():
        gone += _delete(TandemJob.objects.filter(person__household=household))
        gone += _delete(Tandem.objects.filter(household=household))
        gone += _delete(Unplaced.objects.filter(household=household))
        gone += _delete(Household.objects.filter(pk=household.pk))
    for person in accounts:
        _close_account(person.account)
    replay.remember([household_id], at=at)
    note_act(None, "retention.erased", "household", household_id, at=at, because=because, rows=gone)
    return gone


@transaction.atomic
def erase_housing_file(household_id: UUID, *, at: datetime, because: str) -> int:
    """
    Erase the housing application: resources, grounds and their evidence, wishes, proposals and letters.

    The pathway and the work of somebody whom a service still follows go on; the twins of the proposals keep the counts.
    """
    household = Household.objects.select_for_update(of=("self",)).get(pk=household_id)
    if is_held(household.pk):
        raise Refused(HELD)
    group, today = twins.new_group(), timezone.localdate(at)
    proposals = Proposal.objects.filter(household=household)
    twins.write(twins.of_proposal(row, group, today) for row in proposals.select_related("vacancy"))
    _keep_what_followed([household_id])
    _forget_in_runs(household)
    with pgtrigger.ignore():
        gone = _delete(proposals) + _delete(household.letters.all()) + _delete(household.evidence.all())
        gone += _delete(household.acts.filter(track="housing"))
        gone += _delete(TandemJob.objects.filter(tandem__household=household))
        gone += _delete(Tandem.objects.filter(household=household))
        gone += _delete(Unplaced.objects.filter(household=household))
        _blank_housing(household)
    note_act(None, "retention.housing_erased", "household", household_id, at=at, because=because, rows=gone)
    return gone


@transaction.atomic
def erase_resources(household_id: UUID, *, at: datetime, because: str) -> int:
    """Erase the amounts that the allocation needed: declared resources, and those copied into what was proposed."""
    household = Household.objects.select_for_update(of=("self",)).get(pk=household_id)
    if is_held(household.pk):
        raise Refused(HELD)
    with pgtrigger.ignore():
        Household.objects.filter(pk=household.pk).update(finances={}, resources_erased_on=timezone.localdate(at))
        changed = 0
        for row in Proposal.objects.filter(household=household).only("snapshot"):
            row.snapshot = {"features": row.snapshot["features"]} if "features" in row.snapshot else {}
            Proposal.objects.filter(pk=row.pk).update(snapshot=row.snapshot)
            changed += 1
        for tandem in Tandem.objects.filter(household=household):
            rows = [row | _NO_AMOUNTS for row in tandem.snapshot.get("rows", [])]
            Tandem.objects.filter(pk=tandem.pk).update(snapshot=tandem.snapshot | {"rows": rows})
        for job in TandemJob.objects.filter(tandem__household=household):
            TandemJob.objects.filter(pk=job.pk).update(snapshot=job.snapshot | _NO_AMOUNTS)
    note_act(None, "retention.resources_erased", "household", household_id, at=at, because=because, rows=changed)
    return changed


@transaction.atomic
def forget_documents(proposal_id: UUID | None, *, at: datetime, because: str) -> int:
    """Forget the papers of a file that the landlord has taken over; the lease and its days stay for the follow-up."""
    row = Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal_id).first()
    if row is None or is_held(row.household_id):
        return 0
    with pgtrigger.ignore():
        Proposal.objects.filter(pk=row.pk).update(needed_documents=[], documents=[], document="", stated=None)
        row.household.evidence.all().delete()
    note_act(None, "retention.documents_erased", "household", row.household_id, at=at, because=because)
    return 1


@transaction.atomic
def erase_applications(ids: Iterable[UUID], *, at: datetime, because: str) -> int:
    """Replace applications whose follow-up is over by their twins."""
    rows = list(Application.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)))
    rows = [row for row in rows if not is_held(row.household_id)]
    today = timezone.localdate(at)
    group: defaultdict[UUID, UUID] = defaultdict(twins.new_group)
    twins.write(
        twins.of_application(row, group[row.household_id], _landlord(row.household_id), today) for row in rows
    )
    _keep_what_followed({row.household_id for row in rows})
    with pgtrigger.ignore():
        gone = _delete(Application.objects.filter(pk__in=[row.pk for row in rows]))
        for row in rows:
            gone += _delete(apps.get_model("followup.TrackAct").objects.filter(subject_id=row.pk))
            note_act(None, "retention.application_erased", "household", row.household_id, at=at, because=because)
    return gone


@transaction.atomic
def erase_registrations(ids: Iterable[UUID], *, at: datetime, because: str) -> int:
    """Replace registrations to events by their twins."""
    rows = list(Registration.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)))
    rows = [row for row in rows if not is_held(row.person.household_id)]
    for row in Registration.objects.filter(pk__in=[one.pk for one in rows]).select_related("event", "person"):
        twins.write(twins.of_registrations([row], twins.new_group()))
    with pgtrigger.ignore():
        gone = _delete(Registration.objects.filter(pk__in=[row.pk for row in rows]))
    if rows:
        note_act(None, "retention.registrations_erased", at=at, because=because, rows=len(rows))
    return gone


@transaction.atomic
def erase_support(household_id: UUID, *, at: datetime, because: str) -> int:
    """Erase the pathways, the social notes and the evidence of a household; its lease and its identity stay."""
    if is_held(household_id):
        raise Refused(HELD)
    household = Household.objects.select_for_update(of=("self",)).get(pk=household_id)
    with pgtrigger.ignore():
        gone = _delete(household.pathways.all()) + _delete(household.notes.all()) + _delete(household.evidence.all())
        gone += _delete(household.acts.exclude(track="housing"))
    note_act(None, "retention.support_erased", "household", household_id, at=at, because=because, rows=gone)
    return gone


def _write_twins(household: Household, on: date) -> None:
    group = twins.new_group()
    landlord = _landlord(household.pk)
    proposals = Proposal.objects.filter(household=household).select_related("vacancy")
    registrations = Registration.objects.filter(person__household=household).select_related("event", "person")
    twins.write([
        *(twins.of_proposal(row, group, on) for row in proposals),
        *(twins.of_application(row, group, landlord, on) for row in Application.objects.filter(household=household)),
        *twins.of_registrations(registrations, group),
    ])


def _keep_what_followed(households: Iterable[UUID]) -> None:
    """Write on the registrations to events what came of them, before the rows that say so are erased."""
    rows = Registration.objects.filter(person__household__in=households).select_related("event", "person")
    found = reached(rows)
    Registration.objects.filter(pk__in=found.hired).update(got_job=True)
    Registration.objects.filter(pk__in=found.leased).update(got_home=True)


def _landlord(household_id: UUID) -> UUID | None:
    return Proposal.objects.filter(household_id=household_id).order_by("opened_on").values_list(
        "organisation_id", flat=True
    ).first()


def _delete(rows: models.QuerySet[Any]) -> int:
    """Delete rows, whatever hangs from them, and their histories; return how many, histories apart."""
    if not rows.exists():
        return 0
    collector = Collector(using=router.db_for_write(rows.model))
    collector.collect(rows)
    found: dict[type[models.Model], list[Any]] = defaultdict(list)
    for model, some in collector.data.items():
        found[model] += [one.pk for one in some]
    for fast in collector.fast_deletes:
        found[fast.model] += list(fast.values_list("pk", flat=True))
    subjects = [pk for pks in found.values() for pk in pks]
    for model, history in _histories().items():
        if found.get(model):
            history.objects.filter(pgh_obj_id__in=found[model]).delete()
    keys = [pk for pk in subjects if isinstance(pk, UUID)]
    Task.objects.filter(subject_id__in=keys).delete()
    Row.objects.filter(target_id__in=keys).delete()
    return int(rows.delete()[0])


def _histories() -> dict[type[models.Model], Any]:
    """Return the history table of each table that has one."""
    found = ((getattr(model, "pgh_tracked_model", None), model) for model in apps.get_models())
    return {tracked: history for tracked, history in found if tracked is not None}


def _forget_in_runs(household: Household) -> None:
    """Take the household out of the frozen files, the certificate and the tables of every run that read it."""
    number = household.application_number
    runs = set(Tandem.objects.filter(household=household).values_list("run_id", flat=True))
    runs |= set(Unplaced.objects.filter(household=household).values_list("run_id", flat=True))
    people = {str(pk) for pk in household.persons.values_list("pk", flat=True)} | {str(household.pk)}
    for row in RunInput.objects.filter(run_id__in=runs):
        content, rows = _without_rows(row.content, number, people)
        if rows:
            row.content, row.erased_rows = content, row.erased_rows + rows
            row.save(update_fields=["content", "erased_rows"])
    for run in Run.objects.filter(pk__in=runs):
        token = f"{_GONE}-{twins.new_group().hex[:8]}"
        changed = {name: _renamed(getattr(run, name), number, token) for name in ("certificate", "result", "choices")}
        Run.objects.filter(pk=run.pk).update(**changed)


def _without_rows(content: Any, number: str, keys: set[str]) -> tuple[Any, int]:
    """Return a frozen file without the lines of a household: a text in the exchange format, or the table of keys."""
    if isinstance(content, str):
        lines = content.splitlines(keepends=True)
        kept = [line for line in lines if not number or not line.startswith(f"{number};")]
        return "".join(kept), len(lines) - len(kept)
    kept_keys = {
        name: {key: value for key, value in table.items() if value not in keys} for name, table in content.items()
    }
    gone = sum(len(table) for table in content.values()) - sum(len(table) for table in kept_keys.values())
    return kept_keys, gone


def _renamed(value: Any, number: str, token: str) -> Any:
    """Return a JSON value in which the number of the household reads as a token that leads back to nobody."""
    text = json.dumps(value)
    return json.loads(text.replace(json.dumps(number)[1:-1], token)) if number and number in text else value


def _blank_housing(household: Household) -> None:
    # The number of an application cannot be kept, and stays unique: it becomes one that says nothing.
    Household.objects.filter(pk=household.pk).update(
        application_number="", finances={}, grounds=[], evidenced_grounds=[], filed_grounds=[],
        seen_grounds=[], wished_communes=[], wished_rooms=[], max_outlay_cents=None, reserving_parties=[],
        current_status="", current_commune="",
    )
    histories = _histories()
    if Household in histories:
        histories[Household].objects.filter(pgh_obj_id=household.pk).delete()


def _close_account(user: Any) -> None:
    """Make an account nobody's: acts that it signed stay, under no name."""
    user.email, user.full_name, user.phone = f"{_GONE}-{twins.new_group().hex}@invalid", "", ""
    user.is_active = False
    user.set_unusable_password()
    user.save()
    apps.get_model("account.EmailAddress").objects.filter(user=user).delete()
