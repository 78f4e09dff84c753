"""
The world of the matrix and of the canaries: two landlords' sides, a partner's, and everybody who may ask.

Side ``a`` is the household of the landlord, of DEP's and EMPP's caseload; side ``b`` that of the other landlord and of
the other caseloads; side ``c`` is known to the partner landlord only. Every text that says something of somebody is a
canary, unique to its row and column.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone
from tests.factories import pairings, records
from tests.security.event_world import TOKENS, plant_event
from tests.security.followup_world import (
    FOLLOWUP_ARGUMENTS,
    FOLLOWUP_BY_URL,
    FOLLOWUP_LITERALS,
    plant_followup,
)

from untoit.records.applicants.models import (
    Assignment,
    Evidence,
    ExportRequest,
    Household,
    Link,
    Person,
    Purpose,
    RightsRequest,
    SocialNote,
)
from untoit.records.desk.models import Task
from untoit.records.events import devices
from untoit.records.intake.models import Batch, Row
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Feed, Policy, Run, RunInput, Tandem, TandemJob
from untoit.records.partners.models import ApiToken, BreakGlass, Invitation, Organisation, Role, User
from untoit.records.partners.rights import Actor
from untoit.records.partners.selectors import actor_of
from untoit.records.partners.tokens import SCOPES, digest, scopes_for
from untoit.records.stock.models import Building, Photo, Vacancy
from untoit.web.middleware import DEVICE_COOKIE

UNKNOWN = UUID("00000000-0000-4000-8000-000000000000")
SIDES = ("a", "b", "c", "unknown")
PRINCIPALS = (
    "LM", "LA", "LM_other", "PART", "DEP", "DEP2", "DEP_head", "EMPP", "EMPP2", "EMPL", "EMPL_other", "FUND", "ADM",
    "DPO", "CAND", "CAND_other", "PUB", "TAB", "TAB_stand", "TAB_hall",
)
# Who is linked to the household of each side: an open link, a consent or a basis in law, and the caseload.
LINKED = {
    "a": {"LM", "LA", "DEP", "DEP_head", "EMPP", "CAND"},
    "b": {"LM_other", "DEP2", "DEP_head", "EMPP2", "CAND_other"},
    "c": {"PART"},
}
# Who owns the dwellings, runs and imports of each side, the employer of its offers, and their members.
OWNER = {"a": "landlord", "b": "landlord_other", "c": "partner"}
OWNERS = {"a": {"LM", "LA"}, "b": {"LM_other"}, "c": {"PART"}}
EMPLOYER = {"a": "employer", "b": "employer_other", "c": "employer_other"}
EMPLOYERS = {"a": {"EMPL"}, "b": {"EMPL_other"}, "c": {"EMPL_other"}}
SERVICES = {"a": ("DEP", "EMPP"), "b": ("DEP2", "EMPP2"), "c": ()}


@dataclass(frozen=True)
class Canary:
    """A text that must not be read by everybody: which table and column, of which side, and the texts to look for."""

    table: str
    column: str
    side: str
    texts: tuple[str, ...]


@dataclass
class World:
    """The rows of the three sides, the principals with their clients, the canaries."""

    scheme: records.Scheme
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return the actor of a principal, now."""
        now = timezone.now()
        if name in TOKENS:
            found = devices.actor_of_device(TOKENS[name], now)
            assert found is not None, f"{name} n'est plus ouvert"
            return found
        if name == "PUB":
            return Actor(Role.PUB, now)
        member = self.scheme.members.get(name)
        return actor_of(self.users[name], at=now, membership_id=member.pk if member else None)

    def get(self, name: str, url: str, *, method: str = "get", data: Any = None, api: bool = False) -> Any:
        """Ask for a page as somebody, with a key where the interface for programs wants one."""
        headers = {"Authorization": f"Bearer {self.keys[name]}"} if api and name in self.keys else {}
        client = Client() if api else self.clients[name]
        client.raise_request_exception = False
        return getattr(client, method)(url, data or {}, headers=headers)


_OF_SIDE = {"a": "zqambre", "b": "zqhoux", "c": "zqfil"}


def canary(side: str, word: str) -> str:
    """
    Return a word that nothing else holds: lower case letters and a side.

    The words of two sides differ by more than one letter, or a search that forgives a typing mistake finds both.
    """
    return f"{_OF_SIDE[side]}{word}{side}qz"


def build(folder: Path) -> World:
    """
    Create the world in the current transaction, around a real run on the demonstration files of this folder.

    Side ``a`` takes a household that the run places, so that its pages show a computed tandem; the other households of
    the demonstration fill the lists.
    """
    place = pairings.town(folder)
    world = World(place.scheme)
    first = pairings.computed(place)
    placed = first.tandems.select_related("household", "vacancy").order_by("number")[0]
    offer = placed.jobs.select_related("offer")[0].offer
    first.delete()
    real = _Real(place, placed.household, placed.vacancy, offer)
    for side in ("a", "b", "c"):
        world.rows[side] = _Side(world, side, real).build()
    _open_dates()
    for name, member in world.scheme.members.items():
        world.users[name] = member.user
    world.users["CAND"] = world.rows["a"]["account"]
    world.users["CAND_other"] = world.rows["b"]["account"]
    for name in PRINCIPALS:
        client = Client(raise_request_exception=False)
        if name in TOKENS:  # an event of side "a"
            client.cookies[DEVICE_COOKIE] = TOKENS[name]
        elif name != "PUB":
            client.force_login(world.users[name], backend="django.contrib.auth.backends.ModelBackend")
        world.clients[name] = client
        world.roles[name] = world.actor(name).role
        _give_key(world, name)
    return world


@dataclass
class _Real:
    """What side ``a`` takes from the demonstration: a household that a run places, with its home and its job."""

    place: pairings.Town
    household: Household
    vacancy: Vacancy
    offer: Offer
    run: Run | None = None


def _give_key(world: World, name: str) -> None:
    member = world.scheme.members.get(name)
    if member is None or not member.is_org_admin:
        return  # only an administrator makes keys, which act for the whole of the organisation
    scopes = [one for one in scopes_for(world.actor(name)) if one in SCOPES]
    if not scopes:
        return
    secret = f"utue_{name}"
    ApiToken.objects.create(
        organisation=member.organisation, role=member.role, created_by=member.user, name=f"Clé {name}", scopes=scopes,
        token_hash=digest(secret), expires_at=timezone.now() + timedelta(days=30),
    )
    world.keys[name] = secret


def _open_dates() -> None:
    """Bring the fixed dates of the factories around today, so that links are open whenever the tests run."""
    now = timezone.now()
    Link.objects.update(opened_at=now - timedelta(days=30), expires_on=now.date() + timedelta(days=120))
    Assignment.objects.update(since=now.date() - timedelta(days=30))
    for model in (Vacancy, Offer):
        model.objects.update(confirmed_at=now, expires_on=now.date() + timedelta(days=40))


def _grouped(amount: str, mark: str) -> str:
    """Return an amount with this mark between thousands, as sentences write it."""
    return f"{int(amount):,}".replace(",", mark)


def _translated(kept: Any, pairs: list[tuple[str, str]]) -> Any:
    """Return a snapshot where the words of one side are those of another."""
    text = json.dumps(kept, ensure_ascii=False)
    for one, other in pairs:
        if one:
            text = text.replace(json.dumps(one, ensure_ascii=False)[1:-1], json.dumps(other, ensure_ascii=False)[1:-1])
    return json.loads(text)


class _Side:
    """Makes the rows of one side."""

    def __init__(self, world: World, side: str, real: _Real) -> None:
        self.world, self.side, self.real, self.now = world, side, real, timezone.now()
        self.owner: Organisation = world.scheme.organisations[OWNER[side]]
        self.employer: Organisation = world.scheme.organisations[EMPLOYER[side]]
        member = {"a": "LM", "b": "LM_other", "c": "PART"}[side]
        self.member = world.scheme.members[member]
        self.mark = _OF_SIDE[side]

    def say(self, table: str, column: str, *texts: str) -> str:
        """Plant a canary and return its first text, the one to store."""
        self.world.canaries.append(Canary(table, column, self.side, texts))
        return texts[0]

    def word(self, table: str, column: str, shape: str = "{}") -> str:
        """Plant a word made from the table and the column."""
        word = canary(self.side, f"{table.split('.')[1]}{column}".lower().replace("_", ""))
        return self.say(table, column, shape.format(word))

    def build(self) -> dict[str, Any]:
        """Create the rows of this side and return them by name."""
        rows: dict[str, Any] = {}
        self._household(rows)
        self._sharing(rows)
        self._work_and_homes(rows)
        self._run(rows)
        self._import(rows)
        self._organisation(rows)
        if self.side != "c":  # a partner landlord prepares no event
            rows.update(plant_event(self, rows))
        rows.update(plant_followup(self, rows))
        return rows

    def _household(self, rows: dict[str, Any]) -> None:
        table, number = "applicants.Household", {"a": "1", "b": "2", "c": "3"}[self.side]
        if self.side == "a":
            household = self.real.household
            household.links.all().delete()
            household.consents.all().delete()
            household.persons.filter(number__gt=1).delete()
        else:
            household = records.household()
            records.person(household)
        income = f"1{number}537"  # in the range of the households that are placed: the run must still place this one
        finances = {**household.finances, "tax_income_n2_eur_year": self.say(table, "finances", income)}
        household.finances = finances
        household.application_number = self.say(table, "application_number", f"05901269{number}7531GDPUB")
        household.save()
        rows["household"] = household
        rows["account"] = User.objects.create_user(f"cand-{self.side}@essai.invalid", full_name="Candidat·e")
        rows["person"] = self._person(household, rows["account"], number)
        records.person(household, number=2, first_name=canary(self.side, "second"), last_name=canary(self.side, "deux"))
        self.say("applicants.Person", "first_name", canary(self.side, "second"))
        self.say("applicants.Person", "last_name", canary(self.side, "deux"))

    def _person(self, household: Household, account: User, number: str) -> Person:
        table, person = "applicants.Person", household.persons.get(number=1)
        person.account = account
        for column, shape in (("first_name", "{}"), ("last_name", "{}"), ("address", "{} rue Basse"),
                              ("email", "{}@essai.invalid")):
            setattr(person, column, self.word(table, column, shape))
        person.phone = self.say(table, "phone", f"06 9{number} 31 75 3{number}", f"069{number}31753{number}")
        person.birth_date = date(1961, 3, 10 + int(number))
        person.residence_permit_until = date(2031, 7, 10 + int(number))
        person.skills = [self.say(table, "skills", canary(self.side, "sk"))]
        self.say(table, "birth_date", f"1{number}/03/1961", f"1961-03-1{number}", f"1{number} mars 1961")
        self.say(table, "residence_permit_until", f"1{number}/07/2031", f"2031-07-1{number}", f"1{number} juillet 2031")
        person.save()
        return person

    def _sharing(self, rows: dict[str, Any]) -> None:
        household, organisations = rows["household"], self.world.scheme.organisations
        rows["consent"] = records.consent(household, Purpose.MATCHING)
        for purpose in (Purpose.HOUSING, Purpose.EMPLOYMENT):
            records.consent(household, purpose)
        purpose = Purpose.MATCHING if self.side == "c" else Purpose.HOUSING
        rows["link"] = records.link(household, self.owner, purpose, opened_by=self.member.user)
        for name, organisation in zip(SERVICES[self.side], ("department", "employment"), strict=False):
            link = records.link(
                household, organisations[organisation], Purpose.EMPLOYMENT,
                followed_by=self.world.scheme.members[name],
            )
            rows["assignment"] = link.assignments.get()
        rows["evidence"] = Evidence.objects.create(
            household=household, ground="a", document=self.word("applicants.Evidence", "document"),
            dated_on=self.now.date(), seen_by=self.member.user, organisation=self.owner, seen_at=self.now,
        )
        rows["note"] = SocialNote.objects.create(
            household=household, organisation=organisations["department"],
            author=self.world.scheme.user(SERVICES[self.side][0] if SERVICES[self.side] else "DEP_head"),
            text={"text": self.word("applicants.SocialNote", "text")}, written_at=self.now,
        )
        rows["request"] = RightsRequest.objects.create(
            household=household, kind="access", asked_at=self.now, asked_by=rows["account"],
            due_on=self.now.date() + timedelta(days=30),
        )
        rows["export"] = ExportRequest.objects.create(
            organisation=self.owner, asked_by=self.member, asked_at=self.now,
            reason=self.word("applicants.ExportRequest", "reason"),
        )

    def _work_and_homes(self, rows: dict[str, Any]) -> None:
        real = self.side == "a"
        rows["vacancy"] = vacancy = self.real.vacancy if real else records.vacancy(self.owner)
        rows["building"] = vacancy.building = Building.objects.create(
            organisation=self.owner, name=self.word("stock.Building", "name"), commune=vacancy.commune, latitude=50.6,
            longitude=3.0, address=self.word("stock.Building", "address"),
            description=self.word("stock.Building", "description"),
        )
        vacancy.address = self.word("stock.Vacancy", "address", "3 {}")
        vacancy.building_name = self.word("stock.Vacancy", "building_name")
        vacancy.save()
        rows["photo"] = Photo.objects.create(
            vacancy=vacancy, caption=self.word("stock.Photo", "caption"), jpeg=b"\xff\xd8\xff\xd9", width=1, height=1
        )
        rows["offer"] = offer = self.real.offer if real else records.offer(self.employer)
        offer.organisation, offer.is_public = self.employer, False
        offer.reference = self.word("jobs.Offer", "reference")
        offer.title = self.word("jobs.Offer", "title")
        offer.employer = self.word("jobs.Offer", "employer")
        offer.description = self.word("jobs.Offer", "description")
        offer.save()

    def _run(self, rows: dict[str, Any]) -> None:
        rows["policy"] = Policy.objects.create(
            organisation=self.owner, name=self.word("pairings.Policy", "name"), priority_per_mille=250,
            note=self.word("pairings.Policy", "note"),
        )
        rows["feed"] = Feed.objects.create(
            organisation=self.owner, name=self.word("pairings.Feed", "name"), sha256=self.side * 64,
            valid_from=self.now.date(), valid_until=self.now.date() + timedelta(days=90), added_at=self.now,
        )
        rows["run"] = run = self._computed() if self.side == "a" else self._copied(rows)
        title = self.word("pairings.Run", "title")
        Run.objects.filter(pk=run.pk).update(
            title=title, state="released", released_at=self.now, released_by=self.member.user, reviewed_at=self.now,
            reviewed_by=self.member.user, created_at=self.now,
        )
        rows["tandem"] = tandem = run.tandems.get(household=rows["household"])
        tandem.reason = self.word("pairings.Tandem", "reason")
        tandem.save(update_fields=["reason"])
        rows["tandem_job"] = tandem.jobs.first()
        rows["unplaced"] = run.unplaced.first()

    def _computed(self) -> Run:
        """Compute the run again, now that its household, home and job hold canaries."""
        self.real.place.feed.refresh_from_db()
        household, organisations = self.real.household, self.world.scheme.organisations
        assert household.links.filter(organisation=organisations["landlord"]).exists()
        self.real.run = pairings.computed(self.real.place)
        return self.real.run

    def _copied(self, rows: dict[str, Any]) -> Run:
        """Return a run like that of side ``a``, about this side's household, home and job."""
        model = self.real.run
        assert model is not None
        theirs = self.world.rows["a"]
        pairs = [
            (theirs["household"].application_number, rows["household"].application_number),
            *(
                tuple(_grouped(one["household"].finances["tax_income_n2_eur_year"], mark) for one in (theirs, rows))
                for mark in ("", "\u202f", "\u00a0")
            ),
            *((getattr(theirs["vacancy"], one), getattr(rows["vacancy"], one)) for one in ("reference", "address",
                                                                                           "building_name")),
            *((getattr(theirs["offer"], one), getattr(rows["offer"], one)) for one in ("reference", "title", "employer",
                                                                                       "description")),
        ]
        run = Run.objects.create(
            organisation=self.owner, title="", state="computed", on=model.on, policy=rows["policy"],
            created_at=self.now, created_by=self.member, computed_at=self.now, result=model.result,
            certificate=model.certificate, choices=model.choices, perimeter=model.perimeter,
        )
        run.feeds.set(model.feeds.all())
        for one in model.inputs.all():
            RunInput.objects.create(
                run=run, kind=one.kind, content=_translated(one.content, pairs), sha256=one.sha256, rows=one.rows
            )
        source = model.tandems.get(household=theirs["household"])
        tandem = Tandem.objects.create(
            run=run, household=rows["household"], vacancy=rows["vacancy"], rank=1, number=1,
            probability=source.probability, snapshot=_translated(source.snapshot, pairs),
        )
        job = source.jobs.all()[0]
        TandemJob.objects.create(
            tandem=tandem, person=rows["person"], offer=rows["offer"], outward_min=job.outward_min,
            back_min=job.back_min, snapshot=_translated(job.snapshot, pairs),
        )
        return run

    def _import(self, rows: dict[str, Any]) -> None:
        rows["batch"] = batch = Batch.objects.create(
            organisation=self.owner, membership=self.member, kind="menages", state="ready",
            file_name=self.word("intake.Batch", "file_name", "{}.csv"), file=b"numero\r\n", sha256="1" * 64,
            received_at=self.now, rows_total=1, rows_done=1, counts={"refused": 1}, headers=["numero_unique"],
            mapping=["numero_unique"], is_unpacked=True,
        )
        rows["row"] = Row.objects.create(
            batch=batch, line=2, raw=[self.word("intake.Row", "raw")], outcome="refused", done=True
        )

    def _organisation(self, rows: dict[str, Any]) -> None:
        later = self.now + timedelta(days=5)
        rows["membership"] = self.member
        rows["invitation"] = Invitation.objects.create(
            organisation=self.owner, email=self.word("partners.Invitation", "email", "{}@essai.invalid"),
            full_name=self.word("partners.Invitation", "full_name"), role=self.member.role, expires_at=later,
            invited_by=self.world.scheme.user("ADM"),
        )
        rows["token"] = ApiToken.objects.create(
            organisation=self.owner, role=self.member.role, created_by=self.member.user, scopes=["offers:read"],
            name=self.word("partners.ApiToken", "name"), token_hash=digest(f"side-{self.side}"), expires_at=later,
        )
        rows["organisation"] = self.owner
        rows["glass"] = BreakGlass.objects.create(
            user=self.world.scheme.user("ADM2"), reason=self.word("partners.BreakGlass", "reason"),
            subject_id=rows["household"].pk, asked_at=self.now,
        )
        rows["task"] = Task.objects.create(
            kind="import_to_confirm", organisation=self.owner, role=self.member.role, subject_kind="batch",
            subject_id=rows["batch"].pk, why="Un fichier est à vérifier.", due_on=self.now.date(), created_at=self.now,
        )


# What an argument of a URL stands for, by its name; a view with another name adds it here.
ARGUMENTS: dict[str, str] = {
    "household_id": "household", "person_id": "person", "consent_id": "consent", "link_id": "link",
    "assignment_id": "assignment", "evidence_id": "evidence", "note_id": "note", "export_id": "export",
    "building_id": "building", "vacancy_id": "vacancy", "photo_id": "photo", "offer_id": "offer",
    "policy_id": "policy", "feed_id": "feed", "run_id": "run", "tandem_id": "tandem", "tandem_job_id": "tandem_job",
    "batch_id": "batch", "request_id": "request", "row_id": "row", "other_id": "run", "membership_id": "membership",
    "invitation_id": "invitation",
    "event_id": "event", "registration_id": "registration", "stand_id": "stand", "meeting_id": "meeting",
    "wave_id": "wave", "room_id": "room", "preparation_id": "preparation", "seat_id": "seat", "item_id": "item",
    "device_id": "device", "notice_id": "notice", "reply_id": "reply", "act_id": "device_act", "job_id": "plan_job",
    "wish_id": "wish", "table_id": "stand_table", "proposal_id": "proposal", "session_id": "preparation",
    "token_id": "token", "organisation_id": "organisation", "task_id": "task",
    **FOLLOWUP_ARGUMENTS,
}
# The same name may stand for two things, and some arguments are not rows: by the name of the URL, then the argument.
BY_URL: dict[tuple[str, str], str] = {
    ("platform:approve_glass", "request_id"): "glass",
    ("platform:close_glass", "request_id"): "glass",
    ("organiser:letter", "notice_id"): "letter",
    ("employer:outcome", "meeting_id"): "meeting",
    **FOLLOWUP_BY_URL,
}
# The same for arguments that are not rows, where the usual literal would open nothing.
LITERALS_BY_URL: dict[tuple[str, str], str] = {
    ("organiser:add_stands", "kind"): "employeurs", ("organiser:review_file", "form"): "xlsx",
    ("organiser:event_act", "action"): "end", ("organiser:registration_act", "action"): "cancel",
    ("organiser:notice_act", "action"): "renvoyer", ("organiser:stand_act", "action"): "retirer",
    ("organiser:repair_act", "action"): "appliquer", ("organiser:lock_meeting", "how"): "verrouiller",
    ("organiser:paper", "code"): "secours", ("organiser:paper_of", "code"): "livrets",
    ("organiser:seat_act", "action"): "venue", ("organiser:attendance_act", "kind"): "absent",
    **FOLLOWUP_LITERALS,
}
LITERALS: dict[str, str] = {
    "token": "jeton-inconnu", "version": "1", "action": "withdraw", "form": "csv", "purpose": "matching", "line": "2",
    "kind": "menages", "revision": "1", "name": "bilan.json", "how": "oui", "done": "fait", "table": "1", "slot": "3",
    "code": "livret",
}
