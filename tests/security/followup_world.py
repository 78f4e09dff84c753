"""The follow-up of one side: proposals, the committee, applications, a pathway, letters, what is kept, and canaries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from tests.factories import records

from untoit.core.lifecycles import committee
from untoit.core.retention.rules import rules
from untoit.records.applicants.models import RightsRequest
from untoit.records.desk.models import Task, TaskKind
from untoit.records.events.links import digest
from untoit.records.followup.cases.refresh import refresh
from untoit.records.followup.keeping import twins
from untoit.records.followup.models import (
    AgendaLine,
    Application,
    Appointment,
    AssumptionSet,
    CaseAlert,
    EmployerLink,
    LegalHold,
    Letter,
    Pathway,
    PathwayItem,
    Proposal,
    RetentionNotice,
    Session,
    SessionMember,
    TrackAct,
    Vote,
)
from untoit.records.followup.work.links import token_of

_DOCUMENTS = {"needed_documents": ["IDENTITY", "TAX_NOTICE"], "documents": ["IDENTITY"]}


def plant_followup(side: Any, rows: dict[str, Any]) -> dict[str, Any]:
    """
    Create everything that the tables of the follow-up may hold about the household of this side.

    The landlord of the side proposes its dwellings; on side "a" the partner landlord, who does not follow the
    household, proposes one too: nobody but the person reads that one.
    """
    made: dict[str, Any] = {}
    _homes(side, rows, made)
    _committee(side, rows, made)
    _letters(side, rows, made)
    _jobs(side, rows, made)
    _pathway(side, rows, made)
    _keeping(side, rows, made)
    _acts(side, rows, made)
    _tasks(side, rows, made)
    _case(side, rows)
    return made


def _proposal(side: Any, rows: dict[str, Any], home: Any, state: str, **changes: Any) -> Proposal:
    today = timezone.localdate(side.now)
    values = {
        "household": rows["household"], "vacancy": home, "organisation_id": home.organisation_id, "state": state,
        "since": today - timedelta(days=3), "opened_on": today - timedelta(days=40), **changes,
    }
    return Proposal.objects.create(**values)


def _homes(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    today = timezone.localdate(side.now)
    warning = side.word("followup.Proposal", "snapshot")
    made["home_proposal"] = _proposal(
        side, rows, rows["vacancy"], "notified", decided_on=today - timedelta(days=6),
        notified_on=today - timedelta(days=4), answer_due_on=today + timedelta(days=8), tandem=rows["tandem"],
        snapshot={"rent_cents": 38000, "charges_cents": 6000, "warnings": [warning]},
        needed_documents=["IDENTITY"], documents=["IDENTITY"],
    )
    made["stated_proposal"] = _proposal(
        side, rows, _home(side), "rejected_inadmissible", decided_on=today - timedelta(days=9),
        reason="ABOVE_EVERY_CEILING", stated=side.word("followup.Proposal", "stated"),
    )
    _proposal(side, rows, _home(side), "declined", reasons=["LOCATION"])
    if side.side == "a":
        partner = side.world.scheme.organisations["partner"]
        made["far_proposal"] = _proposal(side, rows, records.vacancy(partner), "proposed")
    if side.side == "b":
        _proposal(
            side, rows, _home(side), "keys_handed", decided_on=today - timedelta(days=30), **_DOCUMENTS,
            signed_on=today - timedelta(days=12), keys_on=today - timedelta(days=10),
        )


def _home(side: Any) -> Any:
    """Return one more dwelling of the landlord, which no list of free homes shows."""
    return records.vacancy(side.owner, state="let")


def _committee(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    today, now, user = timezone.localdate(side.now), side.now, side.member.user
    agenda_home, held_home, ranked_home = (_home(side) for _ in range(3))
    place, remarks = side.word("followup.Session", "place"), side.word("followup.Session", "remarks")
    made["committee"] = draft = Session.objects.create(
        organisation=side.owner, on=today + timedelta(days=7), place=place, remarks=remarks, created_by=user,
        created_at=now,
    )
    made["held_committee"] = held = Session.objects.create(
        organisation=side.owner, on=today, starts_min=8 * 60, state="held", closed_at=now, closed_by=user, held_at=now,
        remarks=remarks, created_by=user, created_at=now,
    )
    name = side.word("followup.SessionMember", "name")
    for session in (draft, held):
        SessionMember.objects.create(session=session, name=name, quality="chair", is_present=True)
        SessionMember.objects.create(
            session=session, name="Mairie", quality="mayor", commune=held_home.commune, is_present=True, order=1
        )
    made["line"] = AgendaLine.objects.create(
        session=draft, vacancy=agenda_home, exception=next(iter(committee.exceptions(draft.on))), exception_by=user,
        exception_at=now,
    )
    made["held_line"] = AgendaLine.objects.create(session=held, vacancy=held_home)
    AgendaLine.objects.create(session=held, vacancy=ranked_home, order=1)
    made["agenda_proposal"] = _proposal(side, rows, agenda_home, "on_agenda", session=draft, **_DOCUMENTS)
    made["held_proposal"] = _proposal(side, rows, held_home, "on_agenda", session=held, **_DOCUMENTS)
    made["ranked_proposal"] = ranked = _proposal(
        side, rows, ranked_home, "allocated_ranked", session=held, rank=2, decided_on=today, **_DOCUMENTS
    )
    Vote.objects.create(session=held, proposal=ranked, in_favour=5, against=2, abstained=1)
    _act(side, rows, "housing", ranked, "allocate_ranked", "on_agenda", "allocated_ranked",
         {"rank": 2, "session": str(held.pk)})


def _letters(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    said = side.word("followup.Letter", "facts")
    facts = {
        "landlord": str(side.owner), "names": [said], "address": "", "number": "",
        "answer_due_on": f"{made['home_proposal'].answer_due_on:%Y-%m-%d}", "reasons": [said],
    }
    today = timezone.localdate(side.now)
    for name, kind in (("home_letter", "offer"), ("silence_letter", "silence")):
        made[name] = Letter.objects.create(
            household=rows["household"], proposal=made["home_proposal"], organisation=side.owner, kind=kind,
            facts=facts, written_on=today, created_at=side.now,
        )


def _jobs(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    today = timezone.localdate(side.now)
    shown = {
        "person": rows["person"], "household": rows["household"], "sent_on": today - timedelta(days=120),
        "card_approved_at": side.now - timedelta(days=121), "opened_on": today - timedelta(days=130),
    }
    made["application"] = hired = Application.objects.create(
        **shown, offer=rows["offer"], organisation=rows["offer"].organisation, state="held_1m", contract="CDI",
        since=today - timedelta(days=60), start_on=today - timedelta(days=100),
        interview_on=today - timedelta(days=110),
        snapshot={"outward_min": 31, "back_min": 33, "reasons": [side.word("followup.Application", "snapshot")]},
    )
    other = records.offer(side.employer)
    made["open_application"] = Application.objects.create(
        **{**shown, "sent_on": None}, offer=other, organisation=other.organisation, state="applied",
        since=today - timedelta(days=130),
    )
    made["ended_application"] = Application.objects.create(
        **shown, offer=(before := records.offer(side.employer)), organisation=before.organisation, state="not_retained",
        since=today - timedelta(days=90), reason="SKILLS", last_action="turn_down",
    )
    made["employer_link"] = link = EmployerLink(
        application=hired, question="hold_3m", created_at=side.now, expires_on=today + timedelta(days=20),
        sent_to=side.word("followup.EmployerLink", "sent_to", "{}@essai.invalid"),
    )
    link.token_hash = digest(token_of(link.pk))
    link.save()


def _pathway(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    today, now = timezone.localdate(side.now), side.now
    scheme = side.world.scheme
    owner = {"a": "DEP", "b": "DEP2"}.get(side.side)
    member = scheme.members[owner] if owner else None
    made["pathway"] = pathway = Pathway.objects.create(
        person=rows["person"], household=rows["household"], organisation=scheme.organisations["department"],
        stage="preparing", since=today - timedelta(days=20), opened_on=today - timedelta(days=60),
        consented_on=today - timedelta(days=50),
    )
    words = side.word("followup.PathwayItem", "words")
    author = member.user if member else None
    goal = PathwayItem.objects.create(
        pathway=pathway, kind="goal", code="FIND_JOB", words=words, created_by=author, created_at=now
    )
    made["pathway_item"] = PathwayItem.objects.create(
        pathway=pathway, kind="action", code="WRITE_CV", words=words, goal=goal, owner=member, by_person=True,
        due_on=today + timedelta(days=4), created_by=author, created_at=now,
    )
    PathwayItem.objects.create(
        pathway=pathway, kind="obstacle", code="MOBILITY", words=words, created_by=author, created_at=now
    )
    made["appointment"] = Appointment.objects.create(
        pathway=pathway, at=now + timedelta(days=3), place=side.word("followup.Appointment", "place"),
        with_whom=member, created_by=author, created_at=now,
    )


def _keeping(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    today, now, household = timezone.localdate(side.now), side.now, rows["household"]
    officer = side.world.scheme.user("DPO")
    made["hold"] = LegalHold.objects.create(
        household=household, ground="litigation", since=today, set_by=officer, set_at=now
    )
    RetentionNotice.objects.create(
        household=household, rule=rules(today)[0].kind, noticed_on=today, due_on=today + timedelta(days=30),
        channel="space", created_at=now,
    )
    twins.of_proposal(made["home_proposal"], twins.new_group(), today).save()
    made["erasure"] = RightsRequest.objects.create(
        household=household, kind="erasure", asked_at=now, asked_by=rows["account"], due_on=today + timedelta(days=30)
    )
    made["assumptions"] = AssumptionSet.objects.create(
        organisation=side.owner, policy=rows["policy"], learnt_on=today, adopted_by=side.member.user, adopted_at=now,
        note=side.word("followup.AssumptionSet", "note"),
    )


def _act(side: Any, rows: dict[str, Any], track: str, row: Any, action: str, before: str, after: str,
         given: dict[str, Any], **changes: Any) -> TrackAct:
    values = {
        "household": rows["household"], "person": None if track == "housing" else rows["person"], "track": track,
        "subject_id": row.pk, "action": action, "from_state": before, "to_state": after, "given": given,
        "on": timezone.localdate(side.now), "at": side.now, "user": side.member.user, "organisation": side.owner,
        "role": side.member.role, **changes,
    }
    return TrackAct.objects.create(**values)


def _acts(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    """Write acts whose reason is a sentence, one a track, and those that opened what the pages tell."""
    support = {"a": "DEP", "b": "DEP2"}.get(side.side)
    member = side.world.scheme.members[support] if support else side.member
    theirs = {"user": member.user, "organisation": member.organisation, "role": member.role}
    for track, row, action, by in (
        ("housing", made["home_proposal"], "reopen_offer", {}), ("job", made["application"], "restore", theirs),
        ("pathway", made["pathway"], "reopen", theirs),
    ):
        reason = side.say("followup.TrackAct", "given", f"{side.mark}acte{track}{side.side}qz")
        state = getattr(row, "state", None) or row.stage
        _act(side, rows, track, row, action, state, state, {"reason": reason}, **by)
    for name in ("home_proposal", "stated_proposal", "agenda_proposal"):
        _act(side, rows, "housing", made[name], "propose", "", "proposed", {})
    _act(side, rows, "housing", made["home_proposal"], "notify", "allocated", "notified",
         {"answer_due_on": f"{made['home_proposal'].answer_due_on:%Y-%m-%d}"})
    _act(side, rows, "job", made["ended_application"], "turn_down", "applied", "not_retained", {"reason": "SKILLS"},
         reasons=["SKILLS"], user=None, organisation=side.employer, role="EMPL")


def _tasks(side: Any, rows: dict[str, Any], made: dict[str, Any]) -> None:
    organisations = side.world.scheme.organisations
    followed = [
        (TaskKind.HOLD_3M, organisations["employment"], "EMPP", "application", made["application"]),
        (TaskKind.PATHWAY_ACTION, organisations["department"], "DEP", "pathway_item", made["pathway_item"]),
        (TaskKind.FIRST_STEPS, organisations["department"], "DEP", "pathway", made["pathway"]),
        (TaskKind.OTHER_HALF, organisations["department"], "DEP", "proposal", made["home_proposal"]),
    ]
    for kind, organisation, role, about, row in [
        (TaskKind.ANSWER_AWAITED, side.owner, side.member.role, "proposal", made["home_proposal"]),
        (TaskKind.LETTER_TO_SEND, side.owner, side.member.role, "letter", made["home_letter"]),
        (TaskKind.AGENDA_TO_CLOSE, side.owner, side.member.role, "session", made["committee"]),
        (TaskKind.HOLD_3M, side.employer, "EMPL", "application", made["application"]),
        *(followed if side.side != "c" else []),
    ]:
        Task.objects.create(
            kind=kind, organisation=organisation, role=role, subject_kind=about, subject_id=row.pk,
            why="Une date est proche.", due_on=timezone.localdate(side.now), created_at=side.now,
        )


def _case(side: Any, rows: dict[str, Any]) -> None:
    household = rows["household"]
    refresh([household.pk], at=side.now)
    today = timezone.localdate(side.now)
    # The worklist shows the code of an alert that it has no words for.
    for who, audience in (("bailleur", ["LA"]), ("soutien", ["DEP", "EMPP"])):
        CaseAlert.objects.create(
            case_id=household.pk, code=side.say("followup.CaseAlert", "code", f"{side.mark}code{who}{side.side}qz"),
            sentence=side.say("followup.CaseAlert", "sentence", f"{side.mark}dit{who}{side.side}qz"),
            role=audience[0], audience=audience, since=today,
        )


# What the arguments of these pages stand for, where the same name stands for something else on other pages.
_DRAFT = ("session", "edit_session", "session_members", "session_act", "session_paper", "add_line", "session_line",
          "remove_line", "line_exception", "line_propose", "line_candidate")
_HELD = ("ruling_start", "ruling", "rule", "unrule", "leave")
FOLLOWUP_ARGUMENTS = {
    "letter_id": "home_letter", "line_id": "line", "application_id": "application", "appointment_id": "appointment",
    "hold_id": "hold", "set_id": "assumptions",
}
FOLLOWUP_BY_URL: dict[tuple[str, str], str] = {
    **{(f"landlord:{name}", "session_id"): "committee" for name in _DRAFT},
    **{(f"landlord:{name}", "session_id"): "held_committee" for name in _HELD},
    **{(f"landlord:{name}", "line_id"): "held_line" for name in _HELD},
    **{(f"landlord:{name}", "proposal_id"): "held_proposal" for name in _HELD},
    ("landlord:line_candidate", "proposal_id"): "agenda_proposal",
    **{(f"landlord:{name}", "proposal_id"): "home_proposal" for name in ("proposal", "proposal_act", "proposal_undo")},
    **{(f"candidate:{name}", "proposal_id"): "home_proposal"
       for name in ("proposal", "proposal_answer", "proposal_letter")},
    **{(f"adviser:{name}", "item_id"): "pathway_item"
       for name in ("pathway_item", "pathway_item_of", "pathway_item_act", "pathway_item_undo")},
    **{(f"candidate:{name}", "item_id"): "pathway_item" for name in ("pathway_done", "pathway_undo")},
    **{(f"{audience}:{name}", "application_id"): "open_application" for audience, name in (
        ("adviser", "application_card"), ("candidate", "application_card"), ("candidate", "application_withdraw"),
    )},
    ("platform:grant_erasure", "request_id"): "erasure",
}
FOLLOWUP_LITERALS: dict[tuple[str, str], str] = {
    ("landlord:proposal_act", "action"): "plan_visit", ("landlord:proposal_undo", "action"): "reopen_offer",
    ("landlord:session_act", "action"): "clore", ("landlord:session_paper", "code"): "fiches",
    ("landlord:line_candidate", "action"): "retirer", ("candidate:proposal_answer", "action"): "accept",
    ("adviser:application_act", "action"): "hold_3m", ("employer:application_act", "action"): "hold_3m",
    ("adviser:application_card", "step"): "approuver", ("employer:application_say", "word"): "oui",
    ("candidate:application_say", "word"): "oui", ("adviser:pathway_stage", "action"): "pause",
    ("adviser:pathway_add", "kind"): "rendez-vous", ("adviser:pathway_item_act", "action"): "finish",
    ("adviser:pathway_appointment_act", "action"): "cancel",
}
