"""
The simulated year in the database: fictitious partners' files, events, sessions, and each act of the story recorded by
the very code that the screens call, as of its day.

Nobody here exists; households of the year have the office code ``DEMO1``. Loaded whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pghistory
from django.db import transaction
from django.utils import timezone

from untoit.config.demonstration_data import IDENTITY_COLUMNS, Cast, cast, take_in
from untoit.core.demo.identities import identity
from untoit.core.demo.territory import Table, territory
from untoit.core.demo.year import Act, Year, year
from untoit.records.applicants import sharing
from untoit.records.applicants.models import Household, Link, Person, Purpose
from untoit.records.events import plans, registrations
from untoit.records.events.models import Event, Registration
from untoit.records.followup.cases.refresh import refresh
from untoit.records.followup.housing.decision_facts import decision_facts
from untoit.records.followup.models import AgendaLine, Application, Pathway, Proposal, Session, Vote
from untoit.records.followup.tracks import acts
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy, VacancyState

Say = Callable[[str], None]
HOUSEHOLDS, DWELLINGS, OFFERS, SEED = 150, 110, 90, 7
OFFICE = "DEMO1"
_FIRST_PERSON = 5000          # identities after those of the other demonstration
_DECISIONS = frozenset({"allocate", "allocate_ranked", "allocate_conditional"})
_MODELS = {"housing": Proposal, "job": Application, "pathway": Pathway}


@dataclass(slots=True)
class _Files:
    """The rows of the year's files, in the order in which the story numbers them."""

    households: list[Household]
    persons: dict[tuple[int, int], Person]
    vacancies: list[Vacancy]
    offers: list[Offer]


def is_there() -> bool:
    """Whether the year was loaded."""
    return Household.objects.filter(application_number__endswith=OFFICE).exists()


@transaction.atomic
def load(*, at: datetime, say: Say, households: int = HOUSEHOLDS, days: int = 365) -> Year:
    """Tell the year that ended yesterday and record it; the demonstration's accounts must be there."""
    until = timezone.localdate(at) - timedelta(days=1)
    since = until - timedelta(days=days)
    who = cast(_instant(since))
    say("  une année simulée : fichiers des partenaires…")
    files = _files(who, since, households)
    story = year(
        households=len(files.households), dwellings=[one.available_on for one in files.vacancies],
        persons=[sum(home == k for home, _person in files.persons) for k in range(len(files.households))],
        offers=[one.openings for one in files.offers], since=since, until=until, seed=SEED,
    )
    say(f"  {len(story.events)} événements, {len(story.sessions)} commissions, {len(story.acts)} actes…")
    _Play(who, files, story, say).play()
    _close(files, at)
    return story


def _instant(on: date, minute: int = 10 * 60) -> datetime:
    return timezone.make_aware(datetime.combine(on, time(minute // 60, minute % 60)))


def _as_of(actor: Actor, at: datetime) -> Actor:
    return replace(actor, at=at)


def _files(who: Cast, since: date, households: int) -> _Files:
    tables = {one.name: one for one in territory(
        households=households, dwellings=DWELLINGS * households // HOUSEHOLDS, offers=OFFERS * households // HOUSEHOLDS,
        seed=SEED, on=since,
    )}
    _import(tables, who, since)
    homes = {one.application_number: one for one in Household.objects.filter(application_number__endswith=OFFICE)}
    numbers = [_number(row) for row in tables["menages.csv"].rows]
    persons = {
        (numbers.index(one.household.application_number), one.number): one
        for one in Person.objects.filter(household__in=homes.values()).select_related("household")
    }
    _share([homes[number] for number in numbers], who, since)
    vacancies = Vacancy.objects.filter(reference__startswith="AN-").order_by("reference")
    return _Files(
        [homes[number] for number in numbers], persons, list(vacancies),
        list(Offer.objects.filter(reference__startswith="AN-").order_by("reference")),
    )


def _number(row: Any) -> str:
    return str(row["numero_unique"]).replace("DEMO0", OFFICE)


def _import(tables: dict[str, Table], who: Cast, since: date) -> None:
    """Import the files with references of their own, homes being free one after the other through the year."""
    homes = tables["logements.csv"]
    rows = [
        {**row, "reference": f"AN-L{number:05d}", "reservataire": row["reservataire"],
         "disponible_le": (since + timedelta(days=int(330 * number / len(homes.rows)))).isoformat()}
        for number, row in enumerate(homes.rows, start=1)
    ]
    take_in("logements-annee.csv", homes.columns, rows, who.manager, who.at)
    known = tables["menages.csv"]
    take_in("menages-annee.csv", known.columns, [
        {**row, "numero_unique": _number(row), "date_consentement": row["date_consentement"] or since.isoformat()}
        for row in known.rows
    ], who.manager, who.at)
    ages = {_number(row): str(row["ages_adultes"]).split("|") for row in known.rows}
    seekers = []
    for number, row in enumerate(tables["personnes.csv"].rows, start=1):
        adults = ages[_number(row)]
        who_is = identity(
            _FIRST_PERSON + number, int(adults[min(int(str(row["personne"])), len(adults)) - 1]), since, SEED
        )
        seekers.append({
            **row, "numero_unique": _number(row), "prenom": who_is.first_name, "nom": who_is.last_name,
            "naissance": who_is.birth_date, "telephone": who_is.phone, "courriel": who_is.email,
        })
    take_in("personnes-annee.csv", (*tables["personnes.csv"].columns, *IDENTITY_COLUMNS), seekers, who.manager, who.at)
    offers = tables["offres.csv"]
    named = [{**row, "reference": f"AN-O{number:05d}"} for number, row in enumerate(offers.rows, start=1)]
    own = [row for row in named if row["employeur"] == who.employer.organisation_name]
    take_in("nos-offres-annee.csv", offers.columns, own, who.employer, who.at)
    take_in("offres-annee.csv", offers.columns, [row for row in named if row not in own], who.head_of_employment,
            who.at)
    Household.objects.filter(application_number__endswith=OFFICE).update(is_fictitious=True)


def _share(households: list[Household], who: Cast, since: date) -> None:
    """Share each file with the Département and the employment partner for the whole year."""
    for household in households:
        sharing.record_consent(
            household_id=household.pk, purpose=Purpose.EMPLOYMENT, given_on=since, how="signed", by=who.adviser,
            at=who.at,
        )
        for member, head in ((who.case_manager, who.head_of_service), (who.coach, who.head_of_employment)):
            link = sharing.open_link(
                household_id=household.pk, organisation_id=member.organisation_id, purpose=Purpose.EMPLOYMENT,
                by=who.adviser, at=who.at,
            )
            sharing.assign(link_id=link.pk, membership_id=member.pk, by=head, at=who.at)
    # A share lasts six months: these were extended in time, as far as the demonstration is concerned.
    Link.objects.filter(household__in=households).update(expires_on=since + timedelta(days=365 + 150))


class _Play:
    """Each act of the story, in its order, by whoever did it."""

    def __init__(self, who: Cast, files: _Files, story: Year, say: Say) -> None:
        self.who, self.files, self.story, self.say = who, files, story, say
        self.rows: dict[tuple[str, int], UUID] = {}
        self.events: list[Event] = []
        self.sessions: list[Session] = []
        self.actors = {
            "LA": who.adviser, "CAND": who.adviser, "LM": who.manager, "EMPP": who.head_of_employment,
            "DEP": who.head_of_service,
        }

    def play(self) -> None:
        """Record the events and the sessions, then the acts."""
        for number, meeting in enumerate(self.story.events, start=1):
            self.events.append(self._event(number, meeting.on, meeting.invited, set(meeting.present)))
        for session in self.story.sessions:
            self.sessions.append(self._session(session.on, session.lines))
        for number, act in enumerate(self.story.acts):
            self._act(act, _instant(act.on, 8 * 60 + number % 600))
            if number % 1000 == 999:
                self.say(f"  {number + 1} actes sur {len(self.story.acts)}…")
        self._votes()

    def _event(self, number: int, on: date, invited: tuple[int, ...], present: set[int]) -> Event:
        before, that_day = _instant(on - timedelta(days=30)), _instant(on, 9 * 60)
        by = _as_of(self.who.adviser, before)
        event = plans.create_event(plan=plans.EventPlan(
            title=f"Un toit, un emploi : rencontre n° {number}", neutral_name=f"Rencontres emploi du {on:%d/%m/%Y}",
            on=on, place_name="Maison des associations (fictif)", address="1 place de l’Exemple, Lille",
            commune="59350", capacity=40, waves=2,
        ), by=by, at=before)
        for household in invited:
            for person in range(1, 3):
                found = self.files.persons.get((household, person))
                if found is None:
                    continue
                row = registrations.add_person(event_id=event.pk, person_id=found.pk, by=by, at=before)
                registrations.move(row, "invite", by=by, at=before)
                registrations.move(row, "confirm", by=by, at=before + timedelta(days=3))
                came = household in present
                Registration.objects.filter(pk=row.pk).update(
                    present_at=that_day if came else None, absent_at=None if came else that_day
                )
        Event.objects.filter(pk=event.pk).update(
            is_fictitious=True, state="reviewed", opened_at=that_day, ended_at=that_day + timedelta(hours=4)
        )
        event.refresh_from_db()
        return event

    def _session(self, on: date, lines: tuple[tuple[int, tuple[int, ...]], ...]) -> Session:
        at = _instant(on)
        organisation = self.who.manager.organisation_id
        session = Session.objects.create(
            organisation_id=organisation, on=on, place="Agence de Lille (fictive)", state="minuted", closed_at=at,
            closed_by_id=self.who.manager.user_id, held_at=at, minuted_at=at, minuted_by_id=self.who.manager.user_id,
            created_by_id=self.who.adviser.user_id, created_at=at - timedelta(days=7),
        )
        for order, (dwelling, candidates) in enumerate(lines):
            few = len(candidates) < 3
            AgendaLine.objects.create(
                session=session, vacancy=self.files.vacancies[dwelling], order=order,
                exception="INSUFFICIENT_CANDIDATES" if few else "",
                exception_by_id=self.who.manager.user_id if few else None, exception_at=at if few else None,
            )
        return session

    def _votes(self) -> None:
        Vote.objects.bulk_create(
            Vote(session=session, proposal_id=self.rows["housing", one], in_favour=4, against=one % 7 == 3)
            for session, told in zip(self.sessions, self.story.sessions, strict=True)
            for _dwelling, candidates in told.lines for one in candidates
        )

    def _act(self, act: Act, at: datetime) -> None:
        by = None if act.role == "clock" else _as_of(self.actors[act.role], at)
        if act.action == "open":
            row = self._new(act)
            acts.opened(row=row, action={"housing": "propose", "job": "apply", "pathway": "open"}[act.track], by=by,
                        at=at, how="event" if "event" in act.given else "screen")
            self.rows[act.track, act.subject] = row.pk
            return
        model: Any = _MODELS[act.track]
        row = model.objects.select_for_update(of=("self",)).get(pk=self.rows[act.track, act.subject])
        acts.record(row=row, action=act.action, by=by, at=at, on=act.on, given=self._given(act, row))

    def _new(self, act: Act) -> Any:
        given = act.given
        household = self.files.households[given["household"]]
        if act.track == "housing":
            vacancy = self.files.vacancies[given["dwelling"]]
            return Proposal(
                household=household, vacancy=vacancy, organisation_id=vacancy.organisation_id, opened_on=act.on,
                snapshot={"features": {
                    "wish_rank": act.subject % 4 or None, "effort_above_policy": act.subject % 5 == 0,
                }},
            )
        person = self.files.persons[given["household"], given["person"]]
        if act.track == "pathway":
            return Pathway(
                household=household, person=person, organisation_id=self.who.case_manager.organisation_id,
                opened_on=act.on,
            )
        offer = self.files.offers[given["offer"]]
        return Application(
            household=household, person=person, offer=offer, organisation_id=offer.organisation_id, opened_on=act.on,
            sent_on=act.on, source="event", event=self.events[given["event"]],
            snapshot={"features": {
                "wish_rank": act.subject % 3, "distance": act.subject % 2, "years": act.subject % 6,
                "employer_struggles": act.subject % 3 == 0, "share_of_limit": 0.3 + act.subject % 6 / 10,
            }},
        )

    def _given(self, act: Act, row: Any) -> dict[str, Any]:
        given = {key: value for key, value in act.given.items() if value is not None}
        if act.action == "put_on_agenda":
            given["session"] = self.sessions[act.given["session"]]
        if act.track == "housing" and act.action in _DECISIONS:
            given |= decision_facts(row.household, row.vacancy, act.on) | {"decided_by": self._decider()}
        if act.action == "pass_trial":
            given["trial_passed_on"] = act.given["trial_ended_on"]
        return given

    def _decider(self) -> Any:
        from untoit.records.partners.models import User

        return User.objects.get(pk=self.who.manager.user_id)


def _close(files: _Files, at: datetime) -> None:
    """Say what became of the homes and of the jobs, then compute every case as of today."""
    let = Proposal.objects.filter(vacancy__in=files.vacancies, signed_on__isnull=False, ended_on__isnull=True)
    until = timezone.localdate(at) + timedelta(days=30)
    with pghistory.context(user=None, role="clock"):
        Vacancy.objects.filter(pk__in=[one.pk for one in files.vacancies]).update(confirmed_at=at, expires_on=until)
        Vacancy.objects.filter(pk__in=let.values("vacancy_id")).update(state=VacancyState.LET)
        Offer.objects.filter(pk__in=[one.pk for one in files.offers]).update(confirmed_at=at, expires_on=until)
        hired = Application.objects.filter(offer__in=files.offers, start_on__isnull=False)
        for offer in files.offers:
            taken = sum(one.offer_id == offer.pk for one in hired)
            if taken >= offer.openings:
                Offer.objects.filter(pk=offer.pk).update(state=OfferState.FILLED)
    refresh([one.pk for one in files.households], at=at)
