"""
Random stories played through the records: three households, two homes, two jobs, the pathways, and the days that pass.

Every act goes through ``tracks.acts``, as the services do; what the table or the database refuses is counted. A story
is a list of numbers: the same numbers tell the same story.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from tests.factories.followup import a_session
from tests.factories.records import NOW, linked_household, offer, scheme, vacancy

from untoit.core.errors import Conflict, Refused
from untoit.core.lifecycles.housing_track import HOUSING, answer_due_on, has_lapsed
from untoit.core.lifecycles.job_track import JOB
from untoit.core.lifecycles.pathway_track import PATHWAY
from untoit.records.applicants.models import Link
from untoit.records.events.contacts import open_links_at
from untoit.records.followup.models import Application, Pathway, Proposal
from untoit.records.followup.tracks import acts

ROLES = {"LA": "LA", "LM": "LM", "DEP": "DEP", "EMPP": "EMPP"}
BACKWARD = {
    "withdraw_person", "withdraw_landlord", "withdraw_employer", "refuse", "turn_down", "not_allocate", "reject", "end",
    "end_tenancy", "break_trial", "exit", "withdraw_consent", "pause", "postpone", "miss_visit", "declare_missing",
    "miss_interview", "plan_visit", "plan_interview", "change_contract", "reopen", "prepare", "record_visit",
}
TABLES = {Proposal: HOUSING, Application: JOB, Pathway: PATHWAY}
_REASONS = {"refuse": "TOO_SMALL", "turn_down": "SKILLS", "end_tenancy": "TENANT_LEAVES", "end": "TERM",
            "break_trial": "TRIAL_BY_EMPLOYER", "exit": "MOVED_AWAY"}


class Story:
    """One story, and the state of the world that it leaves in the database."""

    def __init__(self) -> None:
        """Propose both homes to everybody, apply for both jobs, open the pathways."""
        self.of, self.at, self.done, self.refused = scheme(), NOW, 0, 0
        # Links outlive the story.
        homes = [vacancy(self.of.organisations["landlord"]) for _ in range(2)]
        jobs = [offer(self.of.organisations["employer"]) for _ in range(2)]
        self.session = a_session(self.of)
        self.households = [linked_household(self.of) for _ in range(3)]
        Link.objects.update(expires_on=NOW.date() + timedelta(days=3000))
        for household in self.households:
            person = household.persons.get()
            self._opened(Pathway(person=person, household=household, organisation=self.of.organisations["department"],
                                 opened_on=self.today), "open", "DEP")
            for home in homes:
                self._opened(Proposal(household=household, vacancy=home, organisation_id=home.organisation_id,
                                      opened_on=self.today), "propose", "LA")
            for job in jobs:
                self._opened(Application(person=person, household=household, offer=job, opened_on=self.today,
                                         organisation_id=job.organisation_id), "apply", "EMPP")

    @property
    def today(self):
        """The civil date of the story."""
        return timezone.localdate(self.at)

    def _opened(self, row, action, role):
        acts.opened(row=row, action=action, by=self.of.actor(role, at=self.at), at=self.at)

    def play(self, numbers) -> "Story":
        """Let a day pass or several, then act: a forward act three times out of four."""
        for number in numbers:
            self.at += timedelta(days=number % 9)
            self._lapse()
            options = self._options()
            forward = [one for one in options if one[2] not in BACKWARD]
            chosen = forward if number % 4 and forward else options
            self._act(*chosen[number // 36 % len(chosen)])
        return self

    def _options(self):
        rows = [*Proposal.objects.order_by("pk"), *Application.objects.order_by("pk"), *Pathway.objects.order_by("pk")]
        # The keys are random: the order of a story is that of the households and of their rows.
        rows.sort(key=lambda row: (type(row).__name__, row.household.application_number, str(row.opened_on), row.pk))
        return [
            (type(row), row.pk, one.action, role) for row in rows for role in ROLES
            for one in TABLES[type(row)].possible(acts.state_of(row), role)
        ]

    def _act(self, model, pk, action, role):
        by = self.of.actor(role, at=self.at)
        try:
            with transaction.atomic():
                row = acts.locked(model, pk, by)
                acts.record(row=row, action=action, by=by, at=self.at, given=self._given(row, action))
            self.done += 1
        except (Refused, Conflict):
            self.refused += 1

    def _lapse(self):
        for row in Proposal.objects.filter(state="notified"):
            if has_lapsed(row.answer_due_on, self.at):
                acts.record(row=row, action="lapse", by=None, at=self.at)

    def _given(self, row, action):
        day, reason = self.today, _REASONS.get(action, "OTHER")
        given = {
            "visit_on": day, "visited_on": day, "missing_documents": ["TAX_NOTICE"], "documents": ["IDENTITY"],
            "session_on": day, "decided_on": day, "received_on": day, "called_on": day, "notified_on": day,
            "answered_on": day, "signed_on": day, "inventory_on": day, "keys_on": day, "checked_on": day,
            "ended_on": day, "interview_on": day, "interviewed_on": day, "trial_ended_on": day, "consented_on": day,
            "start_on": day, "contract": "CDI", "reason": reason, "reasons": [reason], "stated": "Une phrase.",
            "document": "TAX_NOTICE", "document_due_on": day + timedelta(days=10), "answer_due_on": answer_due_on(day),
            "rank": 1 + (row.pk.int % 3),
        }
        needs = next(one.needs for one in TABLES[type(row)].transitions if one.action == action)
        found = {name: given[name] for name in needs}
        if action == "put_on_agenda":
            found["session"] = self.session
        if action == "hire":
            found["trial_ends_on"] = day + timedelta(days=60)
        if action in ("end", "restore"):
            found |= {"ended_on": day if action == "end" else None}
        return found

    def close_links(self, kind: str) -> None:
        """Close every link with the organisations of a kind."""
        Link.objects.filter(pk__in=open_links_at(self.at).filter(organisation__kind=kind).values("pk")).update(
            closed_at=self.at
        )


def story(numbers) -> Story:
    """Play a story from its numbers."""
    return Story().play(numbers)


def morning(after: datetime, days: int = 1) -> datetime:
    """Return three in the morning, some days later."""
    return timezone.make_aware(datetime.combine(timezone.localdate(after) + timedelta(days=days), datetime.min.time())
                               ) + timedelta(hours=3)
