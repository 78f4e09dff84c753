"""
The pages that the sweep opens: who looks at which URL.

Every URL that answers a page to GET is in ``PAGES`` for one role at least, or in ``NO_PAGE`` with the reason: the sweep
fails on a name that is in neither. The rows are those of the matrix of rights (``tests/security/world.py``), with runs
and imports at each of their states.
"""

from collections.abc import Callable
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
from tests.factories.runs import demo_files
from tests.security import world as worlds
from tests.security.walk import pages as walked

from untoit.records.events.models import Event
from untoit.records.events.sms_text import TOKEN_LENGTH
from untoit.records.intake.models import Batch, BatchState, Row, RowOutcome
from untoit.records.pairings.models import Review, Run, RunState
from untoit.records.partners import invitations
from untoit.records.partners.models import User
from untoit.web.middleware import DEVICE_COOKIE

PASSWORD = "une phrase de passe pour l'essai"

# What answers GET without being a page of its own.
NO_PAGE = {
    "a file": (
        "adviser:offers_export", "adviser:tandem_pdf", "adviser:tandem_photo", "candidate:copy_json",
        "candidate:copy_pdf", "candidate:event_calendar", "candidate:event_paper", "candidate:tandem_pdf",
        "candidate:tandem_photo", "employer:offers_export", "employer:stand_sheet",
        "imports:corrections", "imports:model", "landlord:homes_export", "landlord:photo", "landlord:run_file",
        "landlord:run_map", "mfa_download_recovery_codes", "organiser:paper", "organiser:paper_of",
        "organiser:review_file", "public:communes", "public:health", "public:invitation_calendar",
        "public:invitation_paper", "public:ready", "tablet:sw",
    ),
    "what the script of a page reads": ("organiser:meeting_places", "tablet:data"),
    "a part of a page": (
        "employer:occupations", "imports:progress", "landlord:run_progress", "organiser:journeys_progress",
        "organiser:selection_progress", "organiser:timetable_grid", "organiser:timetable_progress",
    ),
    "only leads elsewhere": (
        "landlord:compare_with", "mfa_login_webauthn", "account_confirm_login_code",
        "account_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_authenticate",
        "organiser:checklist_item", "organiser:meeting_of", "organiser:registration_of",
    ),
    "asks first for the password of somebody who signed in a while ago": (
        "mfa_activate_totp", "mfa_add_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    ),
    "wants a link sent by e-mail or a key of the visitor": (
        "account_confirm_email", "account_reset_password_from_key", "mfa_edit_webauthn", "mfa_remove_webauthn",
    ),
}


@dataclass
class Scene:
    """The world of the matrix, with runs and imports at each state and an invitation that was sent."""

    world: worlds.World
    runs: dict[str, Run]
    batches: dict[str, Batch]
    welcome: str

    def user(self, role: str) -> User:
        """Return who looks."""
        return self.world.users[role]

    def row(self, name: str) -> Any:
        """Return the row of side ``a`` that has this name."""
        return self.world.rows["a"][name]

    @cached_property
    def events(self) -> Events:
        """Return the events at each of their moments, made when a page first wants one."""
        return make_events(self.world.scheme)

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


def _of(**names: str) -> Callable[[Scene], dict[str, Any]]:
    """Take the arguments of a URL from the rows of side ``a``: ``vacancy_id="vacancy"``."""
    return lambda scene: {argument: scene.row(name).pk for argument, name in names.items()}


def _run(state: str) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"run_id": scene.runs[state].pk}


def _batch(state: str, **more: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"batch_id": scene.batches[state].pk, **more}


def _compared(scene: Scene) -> dict[str, Any]:
    return {"run_id": scene.row("run").pk, "other_id": scene.runs["computed"].pk}


def _to_review(scene: Scene) -> dict[str, Any]:
    return {"tandem_id": scene.runs["computed"].tandems.order_by("number")[0].pk}


def _event(moment: str, **more: Any) -> Callable[[Scene], dict[str, Any]]:
    """Take the event of a moment; ``more`` are the other arguments, or what finds a row in the event."""
    def found(scene: Scene) -> dict[str, Any]:
        event = scene.events.by_moment[moment]
        return {"event_id": event.pk, **{
            name: one(event).pk if callable(one) else one for name, one in more.items()
        }}

    return found


def _registered(state: str, *, alone: bool = False) -> Callable[[Scene], dict[str, Any]]:
    def found(scene: Scene) -> dict[str, Any]:
        row = scene.events.people[state]
        return {"registration_id": row.pk, **({} if alone else {"event_id": row.event_id})}

    return found


def _token(state: str) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"token": scene.events.token(state)}


def _somebody_at_a_stand(scene: Scene) -> str:
    event = scene.events.by_moment["planned"]
    return f"?registration={event.registrations.first().pk}&stand={event.stands.last().pk}"


@dataclass(frozen=True)
class Page:
    """One page: a URL name, who opens it, the arguments, the query string, the status that is right."""

    name: str
    role: str = "PUB"
    kwargs: Callable[[Scene], dict[str, Any]] = lambda _: {}
    query: str | Callable[[Scene], str] = ""
    status: int = 200

    def path(self, scene: Scene) -> str:
        """Return the address."""
        query = self.query if isinstance(self.query, str) else self.query(scene)
        if self.name == "organisation:welcome":
            return scene.welcome + query
        if self.name.startswith("/"):
            return self.name
        return reverse(self.name, kwargs=self.kwargs(scene)) + query


_HOUSEHOLD = _of(household_id="household")
_PERSON = _of(household_id="household", person_id="person")
_LINK = _of(household_id="household", link_id="link")
_HOME, _OFFER, _TANDEM = _of(vacancy_id="vacancy"), _of(offer_id="offer"), _of(tandem_id="tandem")
_RUN, _POLICY = _of(run_id="run"), _of(policy_id="policy")

# Five parts that take about the same time.
LANDLORD = (
    Page("desk:morning", "LM"), Page("desk:search", "LM", query="?q=essai"), Page("desk:changes", "LM"),
    Page("desk:notifications", "LM"),
    Page("landlord:homes", "LM"), Page("landlord:homes", "EMPP"), Page("landlord:homes", "PART"),
    Page("landlord:home", "LA", _HOME), Page("landlord:home", "DEP", _HOME),
    Page("landlord:new_home", "LA"), Page("landlord:edit_home", "LA", _HOME), Page("landlord:buildings", "LM"),
    Page("landlord:new_building", "LM"), Page("landlord:building", "LM", _of(building_id="building")),
    Page("landlord:runs", "LM"), Page("landlord:new_run", "LM"), Page("landlord:run", "LM", _RUN),
    *(Page("landlord:run", "LM", _run(state)) for state in ("draft", "computing", "failed", "reviewed", "closed")),
    *(
        Page("landlord:run", "LM", _run("computed"), f"?partie={part}")
        for part in ("tandems", "attente", "carte", "etapes", "origine")
    ),
    Page("landlord:run", "LA", _RUN),
    Page("landlord:run_again", "LM", _run("computed")), Page("landlord:run_changes", "LM", _run("reviewed")),
    Page("landlord:run_retract", "LM", _RUN), Page("landlord:run_compare", "LM", _compared),
    Page("landlord:review_tandem", "LM", _to_review), Page("landlord:feeds", "LM"), Page("landlord:policies", "LM"),
    Page("landlord:policy", "LM", _POLICY), Page("landlord:new_policy", "LM"),
    Page("landlord:edit_policy", "LM", _POLICY),
)
PEOPLE = (
    Page("desk:morning", "DEP"), Page("desk:morning", "EMPP"),
    Page("adviser:candidates", "LM"), Page("adviser:candidates", "EMPP"), Page("adviser:candidates", "PART"),
    Page("adviser:new_candidate", "LA"), Page("adviser:candidate_exports", "LM"),
    Page("adviser:candidate", "LM", _HOUSEHOLD), Page("adviser:candidate", "LA", _HOUSEHOLD),
    Page("adviser:candidate", "DEP", _HOUSEHOLD), Page("adviser:candidate", "EMPP", _HOUSEHOLD),
    Page("adviser:candidate_history", "LM", _HOUSEHOLD), Page("adviser:candidate_composition", "LA", _HOUSEHOLD),
    Page("adviser:candidate_resources", "LA", _HOUSEHOLD), Page("adviser:candidate_rsa", "DEP", _HOUSEHOLD),
    Page("adviser:candidate_application", "LA", _HOUSEHOLD), Page("adviser:candidate_add_person", "LA", _HOUSEHOLD),
    Page("adviser:candidate_identity", "LA", _PERSON), Page("adviser:candidate_pathway", "EMPP", _PERSON),
    Page("adviser:candidate_evidence", "LA", _HOUSEHOLD), Page("adviser:candidate_note", "DEP", _HOUSEHOLD),
    Page("adviser:candidate_consent", "LA", _HOUSEHOLD), Page("adviser:candidate_share", "DEP", _HOUSEHOLD),
    Page("adviser:consent_withdraw", "LA", lambda scene: {**_HOUSEHOLD(scene), "purpose": "matching"}),
    Page("adviser:link_extend", "LA", _LINK), Page("adviser:link_close", "LA", _LINK),
    Page("adviser:link_follow", "LA", _LINK),
    Page("adviser:offers", "EMPP"), Page("adviser:offer", "LA", _OFFER), Page("adviser:tandems", "LM"),
    Page("adviser:tandem", "LM", _TANDEM), Page("adviser:tandem", "EMPP", _TANDEM),
    Page("adviser:tandem", "LA", _to_review),
    Page("candidate:home", "CAND"), Page("candidate:readings", "CAND"), Page("candidate:contact", "CAND"),
    Page("candidate:work_wishes", "CAND"), Page("candidate:home_wishes", "CAND"),
    Page("candidate:link_close", "CAND", _of(link_id="link")), Page("candidate:tandem", "CAND", _TANDEM),
)
OTHERS = (
    Page("public:home"), Page("public:legal"), Page("public:accessibility"), Page("public:offers"),
    Page("public:offers", query="?q=zzz"), Page("/nulle-part/", status=404), Page("/nulle-part/", "LM", status=404),
    Page("account_login"), Page("account_request_login_code"), Page("account_inactive"), Page("account_signup"),
    Page("account_reset_password"), Page("account_reset_password_done"), Page("account_reset_password_from_key_done"),
    Page("account_email_verification_sent"), Page("organisation:welcome"),
    Page("account_logout", "LM"), Page("account_email", "LM"), Page("account_set_password", "LM"),
    Page("account_change_password", "ADM"), Page("mfa_index", "LM"), Page("mfa_index", "DPO"),
    Page("mfa_list_webauthn", "LM"), Page("mfa_reauthenticate", "DPO"),
    Page("employer:offers", "EMPL"), Page("employer:new_offer", "EMPL"), Page("employer:offer", "EMPL", _OFFER),
    Page("employer:edit_offer", "EMPL", _OFFER), Page("desk:morning", "EMPL"),
    Page("steering:overview", "FUND"), Page("steering:overview", "LM"),
    Page("imports:list", "LM"), Page("imports:new", "LM"), Page("imports:new", "EMPL"),
    *(Page("imports:batch", "LM", _batch(state)) for state in BatchState.values),
    Page("imports:columns", "LM", _batch("mapping")), Page("imports:row", "LM", _batch("ready", line=5)),
    Page("imports:batch", "LM", _batch("ready"), "?lignes=refused"),
    Page("organisation:members", "LM"), Page("organisation:invitations", "LM"), Page("organisation:tokens", "LM"),
    Page("organisation:account", "LM"), Page("organisation:account", "CAND"), Page("organisation:reads", "LM"),
    Page("platform:overview", "ADM"), Page("platform:overview", "DPO"), Page("platform:journal", "ADM"),
    Page("platform:new_organisation", "ADM"),
    Page("platform:organisation", "ADM", _of(organisation_id="organisation")),
    Page("platform:reads", "DPO"), Page("platform:consents", "DPO"), Page("platform:rights_requests", "DPO"),
    Page("platform:glass", "ADM"),
)
_EVENT = _of(event_id="event")
_REGISTERED = _of(event_id="event", registration_id="registration")
_MOMENTS = ("draft", "inviting", "planned", "ready", "open", "ended", "cancelled")
EVENTS = (
    Page("organiser:events", "LM"), Page("organiser:events", "DEP"), Page("organiser:events", "ADM"),
    Page("organiser:new_event", "LM"),
    *(Page("organiser:event", "LM", _event(moment)) for moment in _MOMENTS),
    Page("organiser:event", "EMPP", _EVENT), Page("organiser:event", "DEP", _event("ready")),
    Page("organiser:event", "ADM", _event("ready")), Page("organiser:edit_event", "LM", _event("inviting")),
    Page("organiser:event_act", "LM", _event("ready", action="cancel")),
    Page("organiser:event_act", "LM", _event("ended", action="reopen")),
    *(Page("organiser:stands", "LM", _event(moment)) for moment in ("draft", "inviting", "ready")),
    Page("organiser:stands", "DEP", _event("inviting")),
    *(
        Page("organiser:edit_stand", "LM", _event("inviting", stand_id=lambda event, kind=kind: event.stands.get(
            kind=kind
        ))) for kind in ("employer", "housing", "desk")
    ),
    Page("organiser:checklist", "LM", _event("draft")), Page("organiser:checklist", "LM", _event("ready")),
    Page("organiser:checklist", "DEP", _event("ready"), "?vue=moi"),
    Page("organiser:preparations", "LM", _event("draft")), Page("organiser:preparations", "DEP", _event("inviting")),
    Page("organiser:edit_session", "LM", _event("inviting", session_id=lambda event: event.preparations.get())),
    *(Page("organiser:registrations", "LM", _event(moment)) for moment in ("draft", "inviting", "open")),
    Page("organiser:registrations", "DEP", _event("inviting")),
    Page("organiser:needs", "DEP", _registered("confirmed")),
    *(
        Page("organiser:registration", "LM", _registered(state))
        for state in ("proposed", "invited", "waiting", "confirmed", "declined", "present")
    ),
    Page("organiser:registration", "DEP", _REGISTERED),
    Page("organiser:messages", "LM", _event("draft")), Page("organiser:messages", "LM", _event("ready")),
    Page("organiser:messages", "DEP", _EVENT),
    Page("organiser:letter", "LA", _of(event_id="event", notice_id="letter")),
    Page("organiser:invite", "LA", _event("inviting")), Page("organiser:invite", "EMPP", _event("draft")),
    Page("organiser:selection", "LM", _event("draft")), Page("organiser:selection", "LM", _EVENT),
    Page("organiser:selection", "ADM", _EVENT),
    *(Page("organiser:timetable", "LM", _event(moment)) for moment in ("draft", "planned", "ready", "open", "ended")),
    Page("organiser:timetable", "EMPP", _event("ready"), "?vue=candidats"),
    Page("organiser:timetable", "ADM", _event("ready"), "?vue=salles"),
    Page("organiser:meeting", "LM", _event("ready", meeting_id=lambda event: event.meetings.active().last())),
    Page("organiser:meeting", "LM", _event("open", meeting_id=lambda event: event.meetings.active().first())),
    Page("organiser:add_meeting", "LM", _event("planned")),
    Page("organiser:add_meeting", "LM", _event("planned"), _somebody_at_a_stand),
    Page("organiser:publish", "LM", _event("planned")), Page("organiser:publish", "LM", _event("ready")),
    Page("organiser:repairing", "LM", _event("ready")), Page("organiser:repairing", "LM", _event("draft")),
    Page("organiser:timetable_rules", "LM", _event("planned")), Page("organiser:hall_preview", "LM", _event("open")),
    Page("organiser:hall_preview", "LM", _event("draft")),
)
DAY = (
    Page("organiser:attendance", "LA", _event("open")), Page("organiser:attendance", "EMPP", _EVENT),
    Page("organiser:attendance", "LM", _event("draft")),
    Page("organiser:devices", "LA", _event("open")), Page("organiser:devices", "EMPP", _event("draft")),
    Page("organiser:device_revoke", "LA", _event("open", device_id=lambda event: event.devices.first())),
    Page("organiser:outcomes", "LA", _event("open")), Page("organiser:outcomes", "EMPP", _event("ended")),
    Page("organiser:outcomes", "LA", _event("draft")),
    Page("organiser:outcome", "LA", _of(event_id="event", meeting_id="housing_meeting")),
    Page("organiser:outcome", "EMPP", _event(
        "ended", meeting_id=lambda event: event.meetings.filter(stand__kind="employer").first()
    )),
    Page("organiser:papers", "LM", _event("ready")), Page("organiser:papers", "LA", _event("draft")),
    Page("organiser:papers", "DEP", _EVENT),
    *(Page("organiser:review", role, _event("ended")) for role in ("LM", "DEP", "EMPP")),
    Page("organiser:review", "LM", _event("ready")),
    Page("tablet:app"), Page("tablet:hall", "TAB_hall"), Page("tablet:opinion", "PUB", _token("present")),
    Page("employer:events", "EMPL"), Page("employer:events", "EMPL_other"),
    *(Page("employer:event", "EMPL", _event(moment)) for moment in ("inviting", "ready", "open", "ended")),
    Page("candidate:events", "CAND"), Page("candidate:events", "CAND_other"),
    Page("candidate:event", "CAND", _of(registration_id="registration")),
    *(
        Page("public:invitation", "PUB", _token(state))
        for state in ("invited", "waiting", "confirmed", "declined", "present", "cancelled_event")
    ),
    *(Page("public:invitation", "PUB", _token("invited"), f"?lang={code}") for code in ("ar", "uk", "pt")),
    Page("public:invitation", "PUB", lambda _: {"token": "1" * TOKEN_LENGTH}, status=404),
)
PARTS = {"landlord": LANDLORD, "people": PEOPLE, "others": OTHERS, "events": EVENTS, "day": DAY}


def unregistered() -> set[str]:
    """Return the names of the URLs that answer to GET and are in no table."""
    known = {page.name for part in PARTS.values() for page in part} | {n for some in NO_PAGE.values() for n in some}
    return {one.name for one in walked() if not one.of_api and one.accepts("GET")} - known
