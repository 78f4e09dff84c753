"""
What the sweep looks at: the world of the matrix, with runs, imports, events and a follow-up at each of their states.

The rows are those of the matrix of rights (``tests/security/world.py``); what a page needs besides is made when a page
first wants it.
"""

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from django.utils import timezone
from tests.browser.event_scene import HALL_TOKEN, Events, make_events
from tests.browser.followup_scene import NEWCOMERS, Followup, make_followup
from tests.factories.runs import demo_files
from tests.security import world as worlds

from untoit.records.events.models import Event
from untoit.records.intake.models import Batch, BatchState, Row, RowOutcome
from untoit.records.pairings.models import Review, Run, RunState
from untoit.records.partners import invitations
from untoit.records.partners.models import User
from untoit.web.middleware import DEVICE_COOKIE

PASSWORD = "une phrase de passe pour l'essai"


@dataclass
class Scene:
    """The world of the matrix, with runs and imports at each state and an invitation that was sent."""

    world: worlds.World
    runs: dict[str, Run]
    batches: dict[str, Batch]
    welcome: str

    def user(self, role: str) -> User:
        """Return who looks."""
        return self.followup.users[role] if role in NEWCOMERS else self.world.users[role]

    def row(self, name: str) -> Any:
        """Return the row of side ``a`` that has this name."""
        return self.world.rows["a"][name]

    @cached_property
    def events(self) -> Events:
        """Return the events at each of their moments, made when a page first wants one."""
        return make_events(self.world.scheme)

    @cached_property
    def followup(self) -> Followup:
        """Return proposals, sessions, applications and pathways at each of their states, made when first wanted."""
        return make_followup(self.world.scheme)

    def opening(self, role: str, host: str) -> dict[str, Any]:
        """Return how a page is opened as this role: somebody signed in, nobody, or a device by its cookie."""
        if role != "TAB_hall":
            return {"user": None if role == "PUB" else self.user(role)}
        cookie = {
            "name": DEVICE_COOKIE, "value": HALL_TOKEN, "domain": host, "path": "/tablette/", "expires": -1,
            "httpOnly": True, "secure": False, "sameSite": "Strict",
        }
        return {"storage_state": {"cookies": [cookie], "origins": []}}


def make_scene(folder) -> Scene:
    """Fill the database."""
    made = worlds.build(demo_files(folder / "demo", households=14, dwellings=12, offers=16))
    run, batch = made.rows["a"]["run"], made.rows["a"]["batch"]
    run.refresh_from_db()
    runs = {state: _run_like(run, state) for state in RunState.values if state != RunState.RELEASED}
    run.tandems.update(review=Review.ACCEPTED)  # as in any run released: the person sees hers
    Event.objects.filter(pk=made.rows["a"]["event"].pk).update(run=run)
    batches = {state: _batch_like(batch, state) for state in BatchState.values}
    secured = made.users["DPO"]
    TOTP.activate(secured, generate_totp_secret())
    RecoveryCodes.activate(secured)
    for user in (secured, made.users["ADM"]):
        user.set_password(PASSWORD)
        user.save()
    return Scene(made, runs, batches, _welcome(made))


def _run_like(run: Run, state: str) -> Run:
    other = copy(run)
    other.pk, other._state = uuid4(), copy(run._state)
    other._state.adding = True
    other.state, other.title = state, f"Essai : {RunState(state).label}"
    if state == RunState.FAILED:
        other.failure = "La mémoire a manqué. Choisissez un périmètre plus petit."
    if state == RunState.CLOSED:
        other.closed_at = timezone.now()
    other.save()
    other.feeds.set(run.feeds.all())
    for one in run.inputs.all():
        one.pk, one.run, one._state.adding = None, other, True
        one.save()
    if state in (RunState.DRAFT, RunState.COMPUTING, RunState.FAILED):
        return other
    for tandem in run.tandems.all():
        jobs = list(tandem.jobs.all())
        tandem.pk, tandem.run, tandem._state.adding = uuid4(), other, True
        tandem.save()
        for job in jobs:
            job.pk, job.tandem, job._state.adding = None, tandem, True
            job.save()
    for one in run.unplaced.all():
        one.pk, one.run, one._state.adding = None, other, True
        one.save()
    return other


def _batch_like(batch: Batch, state: str) -> Batch:
    other = copy(batch)
    other.pk, other._state = uuid4(), copy(batch._state)
    other._state.adding = True
    other.state, other.sha256, other.file_name = state, uuid4().hex * 2, f"{state}.csv"
    other.counts = dict.fromkeys(RowOutcome.values, 1)
    if state in (BatchState.APPLIED, BatchState.UNDONE):
        other.applied_at = timezone.now()
    other.save()
    for line, outcome in enumerate(RowOutcome.values, start=2):
        Row.objects.create(batch=other, line=line, raw=["059012690000000GDPUB"], outcome=outcome)
    return other


def _welcome(made: worlds.World) -> str:
    """Return the address that an invited person receives."""
    addresses = []

    def address(token: str) -> str:
        addresses.append(reverse("organisation:welcome", args=[token]))
        return addresses[0]

    invitations.approve(
        invitation_id=made.rows["a"]["invitation"].pk, link=address, by=made.actor("LM"), at=timezone.now()
    )
    return addresses[0]
