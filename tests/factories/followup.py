"""Rows of the three tracks in a given state, without the acts that led there; each helper adds its own below."""

from datetime import date, timedelta
from itertools import count

from tests.factories.records import NOW, Scheme, linked_household, offer, scheme, vacancy

from untoit.core.lifecycles.housing_track import BEFORE_AGENDA, LEASED, HousingState
from untoit.core.lifecycles.job_track import IN_WORK
from untoit.records.followup.models import Application, Pathway, Proposal, Session
from untoit.records.partners.models import User

TODAY = NOW.date()
_number = count(1)

# What a proposal holds once it has been decided on, notified, signed…: each state has what those before it have.
_DECIDED = {"decided_on": date(2026, 11, 5)}
_NOTIFIED = {**_DECIDED, "notified_on": date(2026, 11, 16), "answer_due_on": date(2026, 11, 26)}
_SIGNED = {**_NOTIFIED, "answered_on": date(2026, 11, 18), "signed_on": date(2026, 11, 19)}
_OF_STATE = {
    HousingState.VISIT_PLANNED: {"visit_on": date(2026, 11, 26)},
    HousingState.VISITED: {"visited_on": date(2026, 11, 10)},
    HousingState.FILE_INCOMPLETE: {"needed_documents": ["IDENTITY", "TAX_NOTICE"], "documents": ["IDENTITY"]},
    HousingState.ALLOCATED_RANKED: {**_DECIDED, "rank": 2},
    HousingState.ALLOCATED_CONDITIONAL: {
        **_DECIDED, "document": "TAX_NOTICE", "document_due_on": date(2026, 11, 30),
        "needed_documents": ["IDENTITY", "TAX_NOTICE"], "documents": ["IDENTITY"],
    },
    HousingState.ALLOCATED: _DECIDED, HousingState.NOT_ALLOCATED: {**_DECIDED, "reasons": ["TOO_SMALL"]},
    HousingState.REJECTED_INADMISSIBLE: {**_DECIDED, "reason": "ABOVE_EVERY_CEILING"},
    HousingState.NOTIFIED: _NOTIFIED, HousingState.ACCEPTED: {**_NOTIFIED, "answered_on": date(2026, 11, 18)},
    HousingState.REFUSED: {**_NOTIFIED, "answered_on": date(2026, 11, 18), "reasons": ["TOO_SMALL"]},
    HousingState.REFUSED_SILENCE: _NOTIFIED, HousingState.DECLINED: {"reasons": ["LOCATION"]},
    HousingState.WITHDRAWN: {"reason": "OTHER"},
    HousingState.TENANCY_ENDED: {**_SIGNED, "ended_on": date(2026, 11, 22), "reason": "TENANT_LEAVES"},
}
_COMPLETE = {"needed_documents": ["IDENTITY", "TAX_NOTICE"], "documents": ["IDENTITY", "TAX_NOTICE"]}


def a_session(of: Scheme | None = None, **changes) -> Session:
    """Create a session of the landlord's committee, its agenda still open, on 1 December 2026."""
    made = of or scheme()
    values = {
        "organisation": made.organisations["landlord"], "on": date(2026, 12, 1),
        "starts_min": 8 * 60 + next(_number) % 600, "created_at": NOW, "created_by": made.user("LM"),
    }
    return Session.objects.create(**{**values, **changes})


def a_proposal(of: Scheme | None = None, *, state: str = "proposed", household=None, home=None, **changes) -> Proposal:
    """
    Create a proposal of a T2 in Lille to a household that the landlord follows, in a state, with what the state holds.

    ``of`` is a scheme already made; ``household`` and ``home`` likewise. No act is written: the services do.
    """
    made = of or scheme()
    who, where = household or linked_household(made), home or vacancy(made.organisations["landlord"])
    values = {
        "household": who, "vacancy": where, "organisation_id": where.organisation_id, "state": state,
        "since": date(2026, 11, 16), "opened_on": date(2026, 11, 1),
        **({} if state in BEFORE_AGENDA - {HousingState.FILE_COMPLETE} else _COMPLETE),
        **(_SIGNED if state in LEASED else _OF_STATE.get(HousingState(state), {})),
    }
    if state == HousingState.ON_AGENDA and "session" not in changes:
        values["session"] = a_session(made)
    if state in LEASED - {HousingState.LEASE_SIGNED}:
        values["inventory_on"] = date(2026, 11, 20)
    if state in LEASED - {HousingState.LEASE_SIGNED, HousingState.INVENTORY_DONE}:
        values["keys_on"] = date(2026, 11, 20)
    return Proposal.objects.create(**{**values, **changes})


def an_application(
    of: Scheme | None = None, *, state: str = "applied", person=None, job=None, **changes
) -> Application:
    """Create the application of a followed person for an open job, its card sent; a hire began on 2 November 2026."""
    made = of or scheme()
    who, what = person or linked_household(made).persons.get(), job or offer(made.organisations["employer"])
    values = {
        "person": who, "household_id": who.household_id, "offer": what, "organisation_id": what.organisation_id,
        "state": state, "since": date(2026, 11, 2), "opened_on": date(2026, 10, 20), "sent_on": date(2026, 10, 20),
        "card_approved_at": NOW - timedelta(days=34),
    }
    if state in IN_WORK or state in ("trial_broken", "ended"):
        values |= {"contract": "CDI", "start_on": date(2026, 11, 2)}
    if state in ("trial_broken", "ended"):
        values["ended_on"] = date(2026, 11, 16)
    return Application.objects.create(**{**values, **changes})


def a_pathway(of: Scheme | None = None, *, stage: str = "identified", person=None, **changes) -> Pathway:
    """Create the pathway of a followed person with the Département, at a stage."""
    made = of or scheme()
    who = person or linked_household(made).persons.get()
    values = {
        "person": who, "household_id": who.household_id, "organisation": made.organisations["department"],
        "stage": stage, "since": date(2026, 11, 2), "opened_on": date(2026, 10, 20),
        "consented_on": None if stage in ("identified", "oriented") else date(2026, 10, 21),
        "reason": "OTHER" if stage in ("exited", "paused") else "",
    }
    return Pathway.objects.create(**{**values, **changes})


def an_account(person) -> User:
    """Give a person the account of her own space."""
    person.account = User.objects.create_user(f"candidat{next(_number)}@essai.invalid", full_name="Camille Essai")
    person.save(update_fields=["account"])
    return person.account
