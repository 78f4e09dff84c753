"""Writing the files of candidates: households, persons, what they declare. Each act checks the policy and is logged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.core.wording import typography
from untoit.records.applicants.evidence import without_grounds
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.sharing import first_link
from untoit.records.partners import journal
from untoit.records.partners.models import AuditEntry
from untoit.records.partners.rights import WRITE, Actor, require

# What each act may change: nothing else is written, whatever a form carries.
COMPOSITION = (
    "adult_ages", "child_ages", "expected_births", "young_couple", "disabled_persons", "current_status",
    "current_commune",
)
APPLICATION = (
    "application_number", "applied_on", "in_scheme", "grounds", "reserving_parties", "wished_communes",
    "accepts_other_communes", "wished_rooms", "max_outlay_cents", "needs_step_free_access", "max_floor_without_lift",
)
# What a person changes by herself or himself: what she or he wishes, not what others have to check.
WISHES = ("wished_communes", "accepts_other_communes", "wished_rooms", "max_outlay_cents", "needs_step_free_access",
          "max_floor_without_lift")
IDENTITY = ("first_name", "last_name", "birth_date", "phone", "email", "address", "right_to_work",
            "residence_permit_until")
CONTACT = ("phone", "email", "address")
PATHWAY = (
    "occupations", "experience", "skills", "licences", "modes", "max_commute_min", "leaves_no_earlier_min",
    "back_no_later_min", "workable_days", "hours_min", "hours_max", "contracts", "french_level", "available_on",
)
AMOUNTS = (
    "tax_income_n2_eur_year", "income_12_months_eur_year", "wages_eur", "activity_bonus_eur",
    "unemployment_benefit_eur", "disability_allowance_eur", "pensions_eur", "family_benefits_eur",
)
OTHER, RSA = "other_eur", "rsa_eur"

Record = TypeVar("Record", Household, Person)


@transaction.atomic
def create_household(
    *, household: Mapping[str, Any], finances: Mapping[str, str], person: Mapping[str, Any], by: Actor, at: datetime
) -> Household:
    """
    Create a household with its first job seeker, linked to the organisation acted for.

    Only who may write both identity and resources creates one on screen: a household without its reference income
    could enter no run. A number that is already known is refused without a word of what the other file holds.
    """
    for resource in ("identity", "household_composition", "income", "housing_application"):
        require(by, resource, WRITE)
    if by.organisation_id is None:
        raise Http404
    number = household.get("application_number", "")
    if number and Household.objects.filter(application_number=number).exists():
        raise Refused(typography(
            "Un dossier porte déjà ce numéro unique. S'il n'est pas dans votre liste, il n'est pas partagé avec votre "
            "organisation : demandez à la personne, ou à qui la suit, d'ouvrir ce partage."
        ))
    made = Household.objects.create(
        **{name: value for name, value in household.items() if name in (*COMPOSITION, *APPLICATION)},
        finances=dict(finances),
    )
    Person.objects.create(
        household=made, number=1,
        **{name: value for name, value in person.items() if name in (*IDENTITY, *PATHWAY)},
    )
    first_link(made, by=by, at=at)
    journal.note_act(by, "household.created", "household", made.pk, at=at)
    return made


def change_composition(
    *, household_id: UUID, revision: int, values: Mapping[str, Any], by: Actor, at: datetime
) -> Household:
    """Change who lives in the household and how it is housed today."""
    require(by, "household_composition", WRITE)
    return _change(Household.objects.all(), household_id, revision, _only(values, COMPOSITION), by=by, at=at)


@transaction.atomic
def change_application(
    *, household_id: UUID, revision: int, values: Mapping[str, Any], by: Actor, at: datetime
) -> Household:
    """Change the application: seniority, grounds declared, wishes and practical needs."""
    require(by, "housing_application", WRITE)
    household = _locked(Household.objects.all(), household_id, revision, by)
    kept = _only(values, WISHES if by.household_id is not None else APPLICATION)
    number = kept.get("application_number", "")
    if number and Household.objects.exclude(pk=household_id).filter(application_number=number).exists():
        raise Refused(typography("Ce numéro unique est déjà celui d'un autre dossier : vérifiez-le."))
    if "grounds" in kept:
        kept |= without_grounds(household, kept["grounds"])
    return _write(household, kept, by=by, at=at)


@transaction.atomic
def change_resources(
    *, household_id: UUID, revision: int, amounts: Mapping[str, str | None], other_eur: str | None, by: Actor,
    at: datetime,
) -> Household:
    """
    Change the declared amounts; ``None`` is unknown.

    The landlord reads and writes ``other_eur`` merged with RSA (``access.md``, note 5): the sealed RSA is kept as long
    as the merged amount covers it, so that a correction of the rest neither shows nor loses it.
    """
    require(by, "income", WRITE)
    household = _locked(Household.objects.all(), household_id, revision, by)
    finances = dict(household.finances)
    for name in AMOUNTS:
        if name in amounts:
            _set(finances, name, amounts[name])
    if by.sees("rsa_status") in ("F", "S"):
        _set(finances, OTHER, other_eur)
        if RSA in amounts:
            _set(finances, RSA, amounts[RSA])
    else:
        _set_merged(finances, other_eur)
    return _write(household, {"finances": finances}, by=by, at=at)


@transaction.atomic
def change_rsa(*, household_id: UUID, revision: int, rsa_eur: str | None, by: Actor, at: datetime) -> Household:
    """Change the amount of RSA: the Département only."""
    require(by, "rsa_status", WRITE)
    household = _locked(Household.objects.all(), household_id, revision, by)
    finances = dict(household.finances)
    _set(finances, RSA, rsa_eur)
    return _write(household, {"finances": finances}, by=by, at=at)


def change_identity(
    *, person_id: UUID, revision: int, values: Mapping[str, Any], by: Actor, at: datetime
) -> Person:
    """Change who a job seeker is and how to reach her or him; a candidate corrects only the contact."""
    require(by, "identity", WRITE)
    allowed = CONTACT if by.household_id is not None else IDENTITY
    return _change(Person.objects.all(), person_id, revision, _only(values, allowed), by=by, at=at)


def change_pathway(
    *, person_id: UUID, revision: int, values: Mapping[str, Any], by: Actor, at: datetime
) -> Person:
    """Change what a job seeker offers and wishes."""
    require(by, "work_pathway", WRITE)
    return _change(Person.objects.all(), person_id, revision, _only(values, PATHWAY), by=by, at=at)


@transaction.atomic
def add_person(*, household_id: UUID, values: Mapping[str, Any], by: Actor, at: datetime) -> Person:
    """Add a job seeker to a household, with the next number."""
    require(by, "identity", WRITE)
    # The household is locked: two people adding at once must not give the same number.
    household = Household.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=household_id).first()
    if household is None:
        raise Http404
    numbers = list(household.persons.values_list("number", flat=True))
    made = Person.objects.create(
        household=household, number=max(numbers, default=0) + 1, **_only(values, (*IDENTITY, *PATHWAY))
    )
    journal.note_act(by, "person.added", "household", household.pk, at=at)
    return made


def merged_other(finances: Mapping[str, str]) -> str | None:
    """Return the other resources with RSA among them, as the landlord reads them; ``None`` when neither is known."""
    known = [Decimal(finances[name]) for name in (OTHER, RSA) if name in finances]
    return str(sum(known)) if known else None


def _set_merged(finances: dict[str, str], merged: str | None) -> None:
    before = merged_other(finances)
    if merged == before or (merged and before and Decimal(merged) == Decimal(before)):
        return
    rsa = Decimal(finances.get(RSA, 0))
    if merged is None or Decimal(merged) < rsa:
        finances.pop(RSA, None)
        _set(finances, OTHER, merged)
    else:
        _set(finances, OTHER, str(Decimal(merged) - rsa))


def _set(finances: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        finances.pop(name, None)
    else:
        finances[name] = value


def _only(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


@transaction.atomic
def _change(
    records: Any, pk: UUID, revision: int, values: Mapping[str, Any], *, by: Actor, at: datetime
) -> Any:
    return _write(_locked(records, pk, revision, by), values, by=by, at=at)


def _locked(records: Any, pk: UUID, revision: int, by: Actor) -> Any:
    """Return the row, locked; 404 when it does not concern the actor, a conflict when it has changed since."""
    visible = records.visible_to(by)
    if by.household_id is not None and records.model is Person:
        # Two adults of one household each correct their own lines.
        visible = visible.filter(account_id=by.user_id)
    found = visible.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None or by.glass is not None:
        raise Http404
    if found.revision != revision:
        raise Conflict(_who_was_first(found, by))
    return found


def _write(record: Record, values: Mapping[str, Any], *, by: Actor, at: datetime) -> Record:
    changed: list[str] = [name for name, value in values.items() if getattr(record, name) != value]
    if not changed:
        return record
    for name in changed:
        setattr(record, name, values[name])
    record.revision += 1
    record.save(update_fields=[*changed, "revision", "updated_at"])
    kind = record._meta.model_name or ""
    journal.note_act(by, f"{kind}.changed", kind, record.pk, at=at, fields=sorted(changed))
    return record


def _who_was_first(record: Household | Person, by: Actor) -> str:
    last = (
        AuditEntry.objects.filter(subject_id=record.pk, action__endswith=".changed")
        .select_related("user", "organisation").order_by("-at", "-pk").first()
    )
    when = timezone.localtime(last.at if last else record.updated_at)
    return typography(
        f"Cette fiche a été modifiée à {when:%-H h %M}{_author(last, by)} : vos changements n'ont pas été "
        "enregistrés, relisez-la."
    )


def _author(entry: AuditEntry | None, by: Actor) -> str:
    if entry is None:
        return " par un import"
    if entry.organisation is None:
        return " par la personne elle-même"
    return f" par {entry.user}" if entry.organisation_id == by.organisation_id else f" par {entry.organisation}"

