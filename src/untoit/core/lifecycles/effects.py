"""
What an act on a track brings about: acts on other proposals, tasks with an owner and a due day, letters, alerts.

Effects are data; services carry them out in the transaction of the act. No effect moves the other half of a case: a
lease never touches a job application, a hire never touches a home. No effect speaks of a benefit or of a sanction, and
what an employer receives says nothing of a home.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from untoit.core import parameters
from untoit.core.lifecycles import housing_track, job_track
from untoit.core.lifecycles.case import HousingProposal, JobApplication, job_of, lease_of, tenancy_dates
from untoit.core.lifecycles.committee import striking_off_due_on
from untoit.core.lifecycles.housing_track import RankedProposal, next_rank
from untoit.core.lifecycles.job_track import Employment
from untoit.core.model.months import months_after
from untoit.core.wording import typography


class Track(StrEnum):
    """The three tracks of a case."""

    HOUSING = "housing"
    JOB = "job"
    PATHWAY = "pathway"


class EffectKind(StrEnum):
    """What a service does with an effect."""

    MOVE = "move"        # apply ``code``, an act of the housing table, to ``target``, by the clock
    TASK = "task"        # open a task of kind ``code`` for the role ``owner``
    CLOSE = "close"      # close the open tasks of kind ``code`` on ``target``
    LETTER = "letter"    # write to the person
    ALERT = "alert"      # tell the role ``owner``


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence; ``target`` is what it is about, ``sentence`` the French words, without any personal data."""

    kind: EffectKind
    code: str
    target: str
    owner: str = ""
    due_on: date | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """
    One act that was just recorded, with the state of things after it.

    ``housing`` and ``job`` are the whole case; ``rivals`` the other households' proposals of the same dwelling;
    ``planned_on`` the day of the visit or of the interview that was planned.
    """

    track: Track
    action: str
    subject: str
    on: date
    housing: tuple[HousingProposal, ...] = ()
    job: tuple[JobApplication, ...] = ()
    rivals: tuple[RankedProposal, ...] = ()
    employment: Employment | None = None
    planned_on: date | None = None

    @property
    def proposal(self) -> HousingProposal | None:
        """The proposal that moved."""
        return next((each for each in self.housing if each.reference == self.subject), None)


LANDLORD, MANAGER, REFERENT, COACH, EMPLOYER = "LA", "LM", "DEP", "EMPP", "EMPL"
_OFFER_TASKS = (
    "visit_to_plan", "visit_outcome", "offer_to_notify", "answer_awaited", "document_awaited", "lease_to_sign",
)
_LOST_OFFER = frozenset({"refuse", "lapse", "withdraw_person", "withdraw_landlord", "not_allocate", "reject"})


def effects(event: Event) -> tuple[Effect, ...]:
    """
    Return what the services must do after an act, in order; an act without consequence gives an empty tuple.

    An act may be recorded long after its day: what it asks for is then due at once, no task is born late.
    """
    track = {Track.HOUSING: _housing, Track.JOB: _job, Track.PATHWAY: _pathway}[event.track]
    return tuple(
        each if each.due_on is None or each.due_on >= event.on else replace(each, due_on=event.on)
        for each in track(event)
    )


def _task(code: str, target: str, owner: str, due_on: date, sentence: str) -> Effect:
    return Effect(EffectKind.TASK, code, target, owner, due_on, typography(sentence))


def _alert(code: str, target: str, owner: str, sentence: str) -> Effect:
    return Effect(EffectKind.ALERT, code, target, owner, sentence=typography(sentence))


def _letter(code: str, target: str, sentence: str) -> Effect:
    return Effect(EffectKind.LETTER, code, target, sentence=typography(sentence))


def _close(code: str, target: str) -> Effect:
    return Effect(EffectKind.CLOSE, code, target)


def _housing(event: Event) -> Iterator[Effect]:
    committee = parameters.at("followup/committee", event.on)
    subject, proposal = event.subject, event.proposal
    match event.action:
        case "propose" | "reopen":
            yield _task("visit_to_plan", subject, LANDLORD, event.on + timedelta(days=int(committee["visit_days"])),
                        "Fixer la visite du logement proposé.")
        case "plan_visit":
            yield _close("visit_to_plan", subject)
            yield _task("visit_outcome", subject, LANDLORD, (event.planned_on or event.on) + timedelta(days=1),
                        "Noter la suite de la visite.")
        case "record_visit" | "miss_visit":
            yield _close("visit_to_plan", subject)
            yield _close("visit_outcome", subject)
        case "allocate_conditional":
            due = proposal.document_due_on if proposal is not None else None
            yield _letter("condition", subject, "Attribution sous condition : pièce attendue.")
            yield _task("document_awaited", subject, LANDLORD,
                        due or event.on + timedelta(days=int(committee["conditional_days"])),
                        "Pièce attendue pour lever la condition.")
        case "receive_document":
            yield _close("document_awaited", subject)
            yield _task("offer_to_notify", subject, LANDLORD, event.on + timedelta(days=1), "Notifier l'offre.")
        case "allocate" | "call_rank":
            yield _close("next_rank", subject)
            yield _task("offer_to_notify", subject, LANDLORD, event.on + timedelta(days=1), "Notifier l'offre.")
        case "not_allocate":
            yield _letter("not_allocated", subject, "Non-attribution et ses motifs ; la demande reste active.")
        case "reject":
            yield _letter("warning", subject, "Avertissement avant radiation, avec la raison écrite par une personne.")
            yield _task("striking_off", subject, MANAGER, striking_off_due_on(event.on),
                        "Un mois après l'avertissement : décider de la radiation, ou y renoncer.")
        case "take_back":
            yield from (_close(code, subject) for code in (*_OFFER_TASKS, "striking_off", "next_rank"))
        case "notify" | "reopen_offer":
            due = proposal.answer_due_on if proposal is not None else None
            due = due or housing_track.answer_due_on(event.on)
            yield _close("offer_to_notify", subject)
            yield _letter("offer", subject, f"Offre de logement ; réponse attendue au plus tard le {due:%d/%m/%Y}.")
            yield _task("answer_awaited", subject, LANDLORD, due, "Réponse de la personne attendue.")
        case "accept":
            yield _close("answer_awaited", subject)
            yield _task("lease_to_sign", subject, LANDLORD, event.on + timedelta(days=7), "Fixer la signature du bail.")
        case "sign_lease":
            yield from _lease(event)
        case "hand_keys":
            yield from _keys(event)
        case "call_1m" | "check_3m" | "check_6m":
            yield _close(event.action, subject)
        case "end_tenancy":
            yield from (_close(code, subject) for code in ("call_1m", "check_3m", "check_6m"))
            if job_of(event.job, event.on) is not None:
                yield _alert("tenancy_ended_while_hired", subject, LANDLORD,
                             "Le bail a pris fin alors que la personne est en emploi.")
    if event.action in _LOST_OFFER:
        yield from _offer_lost(event)


def _offer_lost(event: Event) -> Iterator[Effect]:
    subject = event.subject
    yield from (_close(code, subject) for code in _OFFER_TASKS)
    if event.action == "lapse":
        yield _letter("silence", subject, "Sans réponse à l'échéance, l'offre est refusée ; une réponse partie à "
                      "temps la rouvre.")
    following = next_rank(event.rivals)
    if following is not None:
        days = int(parameters.at("followup/committee", event.on)["next_rank_days"])
        yield _task("next_rank", str(following.reference), LANDLORD, event.on + timedelta(days=days),
                    f"Le logement est libre pour le rang {following.rank} : confirmer l'appel.")
    if job_of(event.job, event.on) is not None and lease_of(event.housing) is None:
        yield _alert("lease_refused_while_hired", subject, LANDLORD,
                     "La personne est en emploi : chercher un autre logement à portée de son travail.")
        yield _alert("lease_refused_while_hired", subject, COACH,
                     "La proposition de logement n'aboutit pas alors que la personne est en emploi.")


def _lease(event: Event) -> Iterator[Effect]:
    """A lease withdraws the other homes of the household, and this home from the others; never a job application."""
    signed = event.proposal
    yield _close("lease_to_sign", event.subject)
    for other in event.housing:
        if other.reference != event.subject and other.state in housing_track.OPEN:
            yield Effect(EffectKind.MOVE, "supersede", other.reference, sentence="Un autre bail est signé.")
    for rival in event.rivals:
        if rival.state in housing_track.OPEN and rival.reference != event.subject:
            yield Effect(EffectKind.MOVE, "supersede", str(rival.reference), sentence="Le logement est loué.")
    tenancy = parameters.at("followup/tenancy", event.on)
    yield _task("inventory", event.subject, LANDLORD, event.on + timedelta(days=int(tenancy["inventory_days"])),
                "Fixer l'état des lieux et la remise des clés.")
    if signed is not None:
        words = {"check_3m": "Maintien dans le logement à 3 mois.", "check_6m": "Maintien dans le logement à 6 mois."}
        for action, due in tenancy_dates(signed):
            if action in words:
                yield _task(action, event.subject, LANDLORD, due, words[action])
    yield _alert("lease_signed", event.subject, REFERENT, "Bail signé : la demande de logement est satisfaite.")


def _keys(event: Event) -> Iterator[Effect]:
    tenancy = parameters.at("followup/tenancy", event.on)
    yield _close("inventory", event.subject)
    yield _task("housing_benefit", event.subject, LANDLORD,
                event.on + timedelta(days=int(tenancy["housing_benefit_days"])),
                "Demande d'aide au logement : le droit s'ouvre avec la demande.")
    yield _task("loca_pass", event.subject, LANDLORD, months_after(event.on, int(tenancy["loca_pass_months"])),
                "Dernier jour pour demander l'Avance Loca-Pass, si elle est utile.")
    yield _task("call_1m", event.subject, LANDLORD, months_after(event.on, int(tenancy["call_months"])),
                "Appel du premier mois.")


def _job(event: Event) -> Iterator[Effect]:
    subject, employment = event.subject, event.employment
    match event.action:
        case "plan_interview":
            yield _task("interview_outcome", subject, EMPLOYER, (event.planned_on or event.on) + timedelta(days=2),
                        "Dire la suite de l'entretien.")
        case "record_interview" | "keep_in_pool" | "turn_down" | "withdraw_person" | "withdraw_employer":
            yield _close("interview_outcome", subject)
        case "miss_interview" | "close_offer":
            yield _close("interview_outcome", subject)
        case "offer":
            yield _close("interview_outcome", subject)
            yield _task("offer_answer", subject, COACH, event.on + timedelta(days=3), "Réponse à l'offre d'emploi.")
        case "hire" | "restore":
            yield _close("interview_outcome", subject)
            yield _close("offer_answer", subject)
            if employment is not None:
                yield from _hired(subject, employment, event.on)
            if len([each for each in event.job if each.state in job_track.BEFORE_HIRE]):
                yield _task("other_applications", subject, COACH, event.on + timedelta(days=7),
                            "Voir avec la personne ce que deviennent ses autres candidatures.")
            # The landlord may know that there is a contract, its kind and its dates: resources are to be read again.
            yield _task("resources_to_update", subject, LANDLORD, event.on + timedelta(days=7),
                        "Situation d'emploi changée : revoir les ressources du dossier.")
        case "hold_1m" | "hold_3m" | "hold_6m":
            yield _close(event.action, subject)
        case "pass_trial":
            yield _close("trial_ends", subject)
        case "break_trial" | "end":
            yield from _job_lost(event)
    # A hire that the employer takes back before the first day is a job lost too.
    if event.action == "withdraw_employer" and employment is not None:
        yield from _job_lost(event)
    if event.action == "change_contract":
        yield _task("resources_to_update", subject, LANDLORD, event.on + timedelta(days=7),
                    "Situation d'emploi changée : revoir les ressources du dossier.")


def _hired(subject: str, employment: Employment, on: date) -> Iterator[Effect]:
    for months, due in job_track.checks(employment, on):
        yield _task(f"hold_{months}m", subject, EMPLOYER, due, f"Toujours en poste à {months} mois ?")
    asked = job_track.trial_reminder_on(employment)
    if asked is not None and employment.trial_ends_on is not None and on <= employment.trial_ends_on:
        yield _task("trial_ends", subject, COACH, asked, "Fin de période d'essai proche : prendre des nouvelles.")


def _job_lost(event: Event) -> Iterator[Effect]:
    yield from (_close(code, event.subject) for code in ("hold_1m", "hold_3m", "hold_6m", "trial_ends"))
    yield _task("job_to_resume", event.subject, COACH, event.on + timedelta(days=7),
                "Reprendre la recherche d'emploi avec la personne.")
    if lease_of(event.housing) is not None:
        code = "trial_broken_after_lease" if event.action == "break_trial" else "job_ended_after_lease"
        yield _alert(code, event.subject, REFERENT,
                     "Emploi perdu après la signature du bail : voir ce qui peut tenir le loyer. Rien n'est retiré.")
        yield _alert("employment_changed", event.subject, LANDLORD,
                     "La situation d'emploi a changé depuis le bail : prendre des nouvelles.")


def _pathway(event: Event) -> Iterator[Effect]:
    match event.action:
        case "consent":
            yield _task("first_steps", event.subject, REFERENT, event.on + timedelta(days=14),
                        "Fixer les premiers objectifs et les premières actions.")
        case "pause":
            yield _task("pathway_paused", event.subject, REFERENT, months_after(event.on, 1),
                        "Faire le point sur la pause.")
        case "resume" | "reopen":
            yield _close("pathway_paused", event.subject)
        case "hand_over":
            days = int(parameters.at("followup/pathway", event.on)["handover_days"])
            yield _task("handover_meeting", event.subject, REFERENT, event.on + timedelta(days=days),
                        "Rencontre à trois avant la fin du relais.")
