"""
The status of a case: a pure function of its housing, job and pathway tracks, its events, and a date.

Nothing is stored and nothing is terminal: the same tracks give the same status, and reopening one of them undoes it.
The halves never close one another: a signed lease withdraws the other homes, not the job applications; a hire closes no
home; a job lost after the lease is an alert, never an automatic loss. What an act brings about is in
:mod:`untoit.core.lifecycles.effects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from untoit.core import parameters
from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.housing_track import HousingState
from untoit.core.lifecycles.job_track import Employment, JobState
from untoit.core.lifecycles.pathway_track import Stage
from untoit.core.model.months import months_after
from untoit.core.wording import listed, typography

_SOON = timedelta(days=3)


class EndedBy(StrEnum):
    """Who ended a half of a case."""

    PERSON = "person"
    SERVICE = "service"
    EMPLOYER = "employer"
    LANDLORD = "landlord"
    COMMITTEE = "committee"
    CLOCK = "clock"


ENDED_BY_NAMES = {
    EndedBy.PERSON: "la personne", EndedBy.SERVICE: "le service", EndedBy.EMPLOYER: "l'employeur",
    EndedBy.LANDLORD: "le bailleur", EndedBy.COMMITTEE: "la commission", EndedBy.CLOCK: "l'échéance",
}
_ENDED_HOUSING = {
    "refuse": EndedBy.PERSON, "withdraw_person": EndedBy.PERSON, "withdraw_landlord": EndedBy.LANDLORD,
    "not_allocate": EndedBy.COMMITTEE, "reject": EndedBy.COMMITTEE, "lapse": EndedBy.CLOCK, "supersede": EndedBy.CLOCK,
}
_ENDED_JOB = {
    "turn_down": EndedBy.EMPLOYER, "withdraw_employer": EndedBy.EMPLOYER, "withdraw_person": EndedBy.PERSON,
    "close_offer": EndedBy.CLOCK,
}


@dataclass(frozen=True, slots=True)
class HousingProposal:
    """One proposal as its log left it: ``action``, ``reason`` and ``since`` are those of the last act that moved it."""

    reference: str
    dwelling: str
    state: str
    since: date
    action: str = ""
    reason: str = ""
    rank: int | None = None
    answer_due_on: date | None = None
    document_due_on: date | None = None
    lease_signed_on: date | None = None
    keys_on: date | None = None


@dataclass(frozen=True, slots=True)
class JobApplication:
    """One application as its log left it; ``employment`` is there from the hire on."""

    reference: str
    state: str
    since: date
    action: str = ""
    reason: str = ""
    employment: Employment | None = None
    trial_passed: bool = False


@dataclass(frozen=True, slots=True)
class Pathway:
    """Where the pathway stands; ``None`` as an argument says that there is none, or that it is not shared."""

    stage: str
    since: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Participation:
    """One event: ``present`` is ``None`` before it, or when nobody noted."""

    event: str
    on: date
    present: bool | None = None


class CaseCode(StrEnum):
    """The status of a case."""

    NEW = "new"
    PREPARING = "preparing"
    INVITED = "invited"
    MET = "met"
    JOB_IN_PROGRESS = "job_in_progress"
    HOME_IN_PROGRESS = "home_in_progress"
    BOTH_IN_PROGRESS = "both_in_progress"
    HIRED = "hired"
    HIRED_HOME_IN_PROGRESS = "hired_home_in_progress"
    HOUSED = "housed"
    HOUSED_JOB_IN_PROGRESS = "housed_job_in_progress"
    BOTH = "both"
    BOTH_HELD_3M = "both_held_3m"
    BOTH_HELD_6M = "both_held_6m"
    TO_RESUME = "to_resume"
    PAUSED = "paused"
    EXITED = "exited"


C = CaseCode
CASE_NAMES = {
    C.NEW: "À accueillir", C.PREPARING: "En préparation", C.INVITED: "Rencontre à venir",
    C.MET: "Rencontre faite, suites à donner", C.JOB_IN_PROGRESS: "Emploi en cours",
    C.HOME_IN_PROGRESS: "Logement en cours", C.BOTH_IN_PROGRESS: "Logement et emploi en cours",
    C.HIRED: "En emploi, logement à trouver", C.HIRED_HOME_IN_PROGRESS: "En emploi, logement en cours",
    C.HOUSED: "Bail signé, emploi à trouver", C.HOUSED_JOB_IN_PROGRESS: "Bail signé, emploi en cours",
    C.BOTH: "Logement et emploi", C.BOTH_HELD_3M: "Logement et emploi, maintenus à 3 mois",
    C.BOTH_HELD_6M: "Logement et emploi, maintenus à 6 mois", C.TO_RESUME: "À reprendre", C.PAUSED: "En pause",
    C.EXITED: "Sortie du parcours",
}

_OVER: frozenset[str] = housing_track.CLOSED | {HousingState.TENANCY_ENDED} | job_track.CLOSED | job_track.LOST
LANDLORD, REFERENT, COACH = "LA", "DEP", "EMPP"
_JOB_SIDE = frozenset({REFERENT, COACH})
_ALL = _JOB_SIDE | {LANDLORD}


@dataclass(frozen=True, slots=True)
class Alert:
    """
    Something that a person has to look at, never a decision.

    ``owner`` is the role that has it in its worklist; ``audience`` the roles that may read the sentence: what happened
    at work is not for the landlord, who reads that the employment changed and nothing more.
    """

    code: str
    sentence: str
    owner: str
    audience: frozenset[str]
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """
    The status with what made it: the state of each half, who ended the half that ended last, and the alerts.

    ``home`` and ``job`` are the references of the lease and of the contract held; ``ended_by`` is empty unless the
    status is one of something that ended.
    """

    code: CaseCode
    label: str
    home: str | None
    job: str | None
    ended_by: tuple[EndedBy, ...]
    alerts: tuple[Alert, ...]

    @property
    def both(self) -> bool:
        """Whether the double success holds on that day: a signed lease and a contract that runs or is signed."""
        return self.home is not None and self.job is not None

    @property
    def ended_by_words(self) -> str:
        """Who ended it, in French; empty when nothing ended or nobody knows."""
        return listed(ENDED_BY_NAMES[each] for each in self.ended_by)


def who_ended(ended: HousingProposal | JobApplication, on: date) -> tuple[EndedBy, ...]:
    """
    Return who ended a proposal or an application; empty while it is open and when the reason does not say.

    Two for an agreement. Who typed it does not matter: a refusal noted by an adviser is the refusal of the person.
    """
    if isinstance(ended, HousingProposal):
        if ended.state == HousingState.TENANCY_ENDED:
            return _by(parameters.at("followup/tenancy", on)["ends"], ended.reason)
        found = _ENDED_HOUSING.get(ended.action) if ended.state in housing_track.CLOSED else None
    else:
        if ended.state in job_track.LOST:
            return _by(parameters.at("followup/job_reasons", on)["ended"], ended.reason)
        found = _ENDED_JOB.get(ended.action) if ended.state in job_track.CLOSED else None
    return () if found is None else (found,)


def _by(reasons: dict[str, dict[str, list[str]]], reason: str) -> tuple[EndedBy, ...]:
    return tuple(EndedBy(each) for each in reasons[reason]["by"]) if reason in reasons else ()


def lease_of(housing: Iterable[HousingProposal]) -> HousingProposal | None:
    """Return the proposal that became the lease held now, the latest when an old one was never closed."""
    leases = [each for each in housing if each.state in housing_track.LEASED]
    return max(leases, key=lambda each: (each.lease_signed_on or date.min, each.reference), default=None)


def job_of(job: Iterable[JobApplication], on: date) -> JobApplication | None:
    """Return the contract held on that day, or signed for later; the first one that started when there are two."""
    held = [
        each for each in job
        if each.state in job_track.IN_WORK
        and (each.employment is None or each.employment.ended_on is None or on <= each.employment.ended_on)
    ]
    return min(held, key=lambda each: (each.employment.start_on if each.employment else date.max, each.reference),
               default=None)


def status(
    housing: Sequence[HousingProposal],
    job: Sequence[JobApplication],
    pathway: Pathway | None,
    participations: Sequence[Participation],
    on: date,
) -> CaseStatus:
    """Return the status of a case on a day; the order of the arguments' items changes nothing."""
    home, work = lease_of(housing), job_of(job, on)
    code = _code(housing, job, pathway, participations, on, home, work)
    both: tuple[HousingProposal | JobApplication, ...] = (*housing, *job)
    closed = [each for each in both if each.state in _OVER]
    last = max(closed, key=lambda each: (each.since, each.reference), default=None)
    ended = who_ended(last, on) if last is not None and code in (C.TO_RESUME, C.HIRED, C.HOUSED, C.MET) else ()
    if code is C.EXITED:
        ended = (EndedBy.PERSON,) if pathway is not None and pathway.reason == "PERSON_STOPS" else (EndedBy.SERVICE,)
    alerts = () if code is C.EXITED and home is None and work is None else tuple(sorted(
        _alerts(housing, job, participations, on, home, work),
        key=lambda each: (each.due_on or date.min, each.code, each.sentence),
    ))
    return CaseStatus(
        code, CASE_NAMES[code], home.reference if home else None, work.reference if work else None, ended, alerts
    )


def _code(
    housing: Sequence[HousingProposal], job: Sequence[JobApplication], pathway: Pathway | None,
    participations: Sequence[Participation], on: date, home: HousingProposal | None, work: JobApplication | None,
) -> CaseCode:
    if pathway is not None and pathway.stage == Stage.EXITED:
        return C.EXITED
    home_open = any(each.state in housing_track.OPEN for each in housing)
    job_open = any(each.state in job_track.BEFORE_HIRE for each in job)
    if home is not None and work is not None:
        return _held(home, work)
    if work is not None:
        return C.HIRED_HOME_IN_PROGRESS if home_open else C.HIRED
    if home is not None:
        return C.HOUSED_JOB_IN_PROGRESS if job_open else C.HOUSED
    if pathway is not None and pathway.stage == Stage.PAUSED:
        return C.PAUSED
    if home_open or job_open:
        return C.BOTH_IN_PROGRESS if home_open and job_open else C.HOME_IN_PROGRESS if home_open else C.JOB_IN_PROGRESS
    if any(each.on >= on and each.present is None for each in participations):
        return C.INVITED
    if housing or job:
        return C.TO_RESUME
    if any(each.present for each in participations):
        return C.MET
    started = pathway is not None and pathway.stage not in (Stage.IDENTIFIED, Stage.ORIENTED)
    return C.PREPARING if started else C.NEW


def _held(home: HousingProposal, work: JobApplication) -> CaseCode:
    if home.state == HousingState.CHECKED_6M and work.state == JobState.HELD_6M:
        return C.BOTH_HELD_6M
    if home.state in (HousingState.CHECKED_3M, HousingState.CHECKED_6M) and work.state in (
        JobState.HELD_3M, JobState.HELD_6M
    ):
        return C.BOTH_HELD_3M
    return C.BOTH


def _alerts(
    housing: Sequence[HousingProposal], job: Sequence[JobApplication], participations: Sequence[Participation],
    on: date, home: HousingProposal | None, work: JobApplication | None,
) -> Iterator[Alert]:
    yield from _other_half_in_danger(housing, job, on, home, work)
    for proposal in housing:
        yield from _housing_dates(proposal, on)
    for application in job:
        yield from _job_dates(application, on)
    yield from _silence(housing, job, participations, on)


def _other_half_in_danger(
    housing: Sequence[HousingProposal], job: Sequence[JobApplication], on: date, home: HousingProposal | None,
    work: JobApplication | None,
) -> Iterator[Alert]:
    if home is not None and work is None:
        since = home.lease_signed_on or home.since
        lost = [each for each in job if _lost_on(each, on) is not None and (_lost_on(each, on) or on) >= since]
        if lost:
            broken = any(each.state == JobState.TRIAL_BROKEN for each in lost)
            code = "trial_broken_after_lease" if broken else "job_ended_after_lease"
            what = "La période d'essai a été rompue" if broken else "Le contrat de travail a pris fin"
            yield Alert(code, f"{what} après la signature du bail : voir avec la personne ce qui peut tenir le loyer. "
                        "Rien n'est retiré.", REFERENT, _JOB_SIDE)
            yield Alert("employment_changed", "La situation d'emploi a changé depuis le bail : prendre des nouvelles.",
                        LANDLORD, frozenset({LANDLORD}))
    if work is not None and home is None:
        ended = [each for each in housing if each.state in housing_track.CLOSED]
        if any(each.state == HousingState.TENANCY_ENDED for each in housing):
            yield Alert("tenancy_ended_while_hired", "Le bail a pris fin alors que la personne est en emploi.",
                        LANDLORD, _ALL)
        elif ended and not any(each.state in housing_track.OPEN for each in housing):
            yield Alert("lease_refused_while_hired", "En emploi, sans plus aucune proposition de logement : en "
                        "chercher une autre à portée du travail.", LANDLORD, _ALL)


def _lost_on(application: JobApplication, on: date) -> date | None:
    employment = application.employment
    # A hire that the employer takes back before the first day is a job lost too.
    taken_back = application.action == "withdraw_employer" and employment is not None
    if application.state in job_track.LOST or (taken_back and application.state == JobState.WITHDRAWN):
        return employment.ended_on if employment is not None and employment.ended_on is not None else application.since
    over = employment is not None and employment.ended_on is not None and employment.ended_on < on
    return employment.ended_on if over and employment is not None and application.state in job_track.IN_WORK else None


def _housing_dates(proposal: HousingProposal, on: date) -> Iterator[Alert]:
    side = frozenset({LANDLORD})
    if proposal.state == HousingState.NOTIFIED and proposal.answer_due_on is not None:
        due = proposal.answer_due_on
        if due < on:
            yield Alert("answer_overdue", f"Réponse attendue le {due:%d/%m/%Y} : sans réponse, l'offre est refusée.",
                        LANDLORD, side, due)
        elif due - on <= _SOON:
            yield Alert("answer_due", f"Réponse attendue au plus tard le {due:%d/%m/%Y} : appeler la personne.",
                        LANDLORD, side, due)
    if proposal.state == HousingState.ALLOCATED_CONDITIONAL and proposal.document_due_on is not None:
        due = proposal.document_due_on
        if due - on <= _SOON:
            yield Alert("document_due", f"Pièce attendue pour le {due:%d/%m/%Y}.", LANDLORD, side, due)
    for action, due in tenancy_dates(proposal):
        if due <= on and housing_track.HOUSING.may(action, proposal.state, LANDLORD):
            words = {"call_1m": "Appel du premier mois", "check_3m": "Maintien dans le logement à 3 mois",
                     "check_6m": "Maintien dans le logement à 6 mois"}[action]
            sentence = typography(f"{words} : à noter depuis le {due:%d/%m/%Y}.")
            yield Alert(f"{action}_due", sentence, LANDLORD, side, due)


def tenancy_dates(proposal: HousingProposal) -> tuple[tuple[str, date], ...]:
    """Return the acts that follow a lease with their due days: the call counts from the keys, checks from the lease."""
    found = []
    if proposal.keys_on is not None:
        months = int(parameters.at("followup/tenancy", proposal.keys_on)["call_months"])
        found.append(("call_1m", months_after(proposal.keys_on, months)))
    if proposal.lease_signed_on is not None:
        for months in parameters.at("followup/tenancy", proposal.lease_signed_on)["check_months"]:
            found.append((f"check_{months}m", months_after(proposal.lease_signed_on, int(months))))
    return tuple(found)


def _job_dates(application: JobApplication, on: date) -> Iterator[Alert]:
    employment = application.employment
    if employment is None or application.state not in job_track.IN_WORK:
        return
    for months, due in job_track.checks(employment, on):
        if due <= on and job_track.JOB.may(f"hold_{months}m", application.state, COACH):
            yield Alert(f"hold_{months}m_due", typography(f"Maintien en poste à {months} mois : à noter depuis le "
                        f"{due:%d/%m/%Y}."), COACH, _JOB_SIDE, due)
    asked, last = job_track.trial_reminder_on(employment), employment.trial_ends_on
    passed = application.trial_passed or application.state == JobState.TRIAL_PASSED
    if asked is not None and last is not None and not passed and asked <= on <= last:
        yield Alert("trial_ends", typography(f"La période d'essai se termine le {last:%d/%m/%Y} : prendre des "
                    "nouvelles."), COACH, _JOB_SIDE, last)


def _silence(
    housing: Sequence[HousingProposal], job: Sequence[JobApplication], participations: Sequence[Participation], on: date
) -> Iterator[Alert]:
    attended = [each.on for each in participations if each.present and each.on <= on]
    if not attended:
        return
    last = max(attended)
    due = last + timedelta(days=int(parameters.at("followup/pathway", last)["silence_days"]))
    acted = any(each.since >= last for each in housing) or any(each.since >= last for each in job)
    if on >= due and not acted:
        yield Alert("silence_after_event", f"Présente le {last:%d/%m/%Y}, aucune suite notée : reprendre contact.",
                    REFERENT, _JOB_SIDE, due)
