"""The follow-up: homes proposed and the committee, work and pathways, and the person's own pages."""

from collections.abc import Callable
from typing import Any

from tests.browser.addresses import Page, of
from tests.browser.scene import Scene

_Found = Callable[[Scene], dict[str, Any]]


def _proposal(state: str) -> _Found:
    return lambda scene: {"proposal_id": scene.followup.proposals[state].pk}


def _session(state: str, **more: str) -> _Found:
    return lambda scene: {"session_id": scene.followup.sessions[state].pk, **more}


def _line(state: str, number: int) -> _Found:
    def found(scene: Scene) -> dict[str, Any]:
        session = scene.followup.sessions[state]
        return {"session_id": session.pk, "line_id": session.lines.order_by("order")[number].pk}

    return found


def _application(state: str) -> _Found:
    return lambda scene: {"application_id": scene.followup.applications[state].pk}


def _pathway(stage: str, **more: str) -> _Found:
    return lambda scene: {"person_id": scene.followup.pathways[stage].person_id, **more}


def _item(kind: str, **more: str) -> _Found:
    def found(scene: Scene) -> dict[str, Any]:
        pathway = scene.followup.pathways["preparing"]
        return {"person_id": pathway.person_id, "item_id": pathway.items.filter(kind=kind)[0].pk, **more}

    return found


def _meeting(order: str, **more: str) -> _Found:
    def found(scene: Scene) -> dict[str, Any]:
        pathway = scene.followup.pathways["preparing"]
        return {"person_id": pathway.person_id, "appointment_id": pathway.appointments.order_by(order)[0].pk, **more}

    return found


def _case(state: str) -> _Found:
    return lambda scene: {"household_id": scene.followup.case(state).pk}


def _hired(scene: Scene) -> dict[str, Any]:
    return {"household_id": scene.followup.applications["hired"].household_id}


def _question(code: str) -> _Found:
    return lambda scene: {"token": scene.followup.links[code]}


def _home_to_propose(scene: Scene) -> str:
    return f"?logement={scene.followup.proposals['proposed'].vacancy_id}"


def _household_to_propose(scene: Scene) -> str:
    return f"?menage={scene.followup.case('proposed').pk}"


def _both_to_propose(scene: Scene) -> str:
    return f"?logement={scene.followup.proposals['declined'].vacancy_id}&menage={scene.followup.case('proposed').pk}"


def _of_the_tandem(scene: Scene) -> str:
    return f"?tandem={scene.row('tandem').pk}"


def _of_the_household(scene: Scene) -> str:
    return f"?menage={scene.followup.case('proposed').pk}&q=cariste"


_HOUSEHOLD = of(household_id="household")
_STATES = (
    "proposed", "visit_planned", "visited", "file_incomplete", "file_complete", "allocated", "allocated_ranked",
    "allocated_conditional", "not_allocated", "rejected_inadmissible", "notified", "accepted", "refused",
    "refused_silence", "lease_signed", "keys_handed", "tenancy_ended", "withdrawn",
)

HOMES = (
    Page("landlord:proposals", "LA"), Page("landlord:proposals", "LA", query="?q=zzz"),
    Page("landlord:proposals", "LM", query="?retard=on"),
    *(Page("landlord:proposal", "LA", _proposal(state)) for state in _STATES),
    Page("landlord:proposal", "LM", of(proposal_id="stated_proposal")),
    Page("landlord:new_proposal", "LA", query=_home_to_propose),
    Page("landlord:new_proposal", "LA", query=_household_to_propose),
    Page("landlord:new_proposal", "LA", query=_both_to_propose),
    Page("landlord:new_proposal", "LA", query=_of_the_tandem),
    Page("landlord:letter", "LA", of(letter_id="home_letter")),
    Page("landlord:letter", "LA", of(letter_id="silence_letter")),
    Page("landlord:sessions", "LM"), Page("landlord:sessions", "LA"),
    Page("landlord:sessions", "LM", query="?state=cancelled"),
    Page("landlord:new_session", "LA"), Page("landlord:edit_session", "LA", _session("draft")),
    *(Page("landlord:session", "LM", _session(state)) for state in ("draft", "closed", "held", "minuted", "cancelled")),
    Page("landlord:session", "LA", _session("draft")), Page("landlord:session_members", "LA", _session("draft")),
    Page("landlord:session_act", "LA", _session("draft", action="annuler")),
    Page("landlord:session_act", "LM", _session("held", action="arreter")),
    *(Page("landlord:session_line", "LA", _line("draft", number)) for number in range(3)),
    Page("landlord:session_line", "LA", _line("closed", 0)),
    Page("landlord:ruling", "LM", _line("held", 0)), Page("landlord:ruling", "LM", _line("held", 1)),
    Page("landlord:ruling", "LM", _line("minuted", 0)),
    Page("landlord:strike_off", "LM", _HOUSEHOLD), Page("landlord:commitment", "LM"), Page("landlord:learning", "LM"),
    Page("landlord:commitment", "PART"),
)
CASES = (
    *(Page("desk:cases", role) for role in ("LA", "LM", "PART", "DEP", "EMPP")),
    Page("desk:cases", "LA", query="?q=zzz"), Page("desk:cases", "LM", query="?retard=on"),
    *(Page("desk:case", role, _case("keys_handed")) for role in ("LA", "LM", "DEP", "EMPP")),
    *(Page("desk:case", "LA", _case(state)) for state in ("proposed", "notified", "tenancy_ended")),
    Page("desk:case", "EMPP", _hired), Page("desk:case", "LA", _hired),
    Page("desk:agenda", "LA"), Page("desk:agenda", "EMPP"),
    Page("steering:followup", "FUND"), Page("steering:followup", "LM"), Page("steering:followup", "DEP"),
)
WORK = (
    Page("adviser:applications", "EMPP"), Page("adviser:applications", "DEP"),
    Page("adviser:applications", "EMPP", query="?q=zzz"), Page("adviser:applications", "EMPP", query="?paroles=on"),
    *(
        Page("adviser:application", "EMPP", _application(state))
        for state in ("applied", "interview_planned", "interviewed", "offered", "hired", "held_3m", "in_pool",
                      "not_retained", "trial_broken", "ended", "both")
    ),
    Page("adviser:application", "DEP", _application("hired")),
    Page("adviser:new_application", "EMPP", query=_of_the_tandem),
    Page("adviser:new_application", "EMPP", query=_of_the_household),
    Page("adviser:pathways", "DEP"), Page("adviser:pathways", "EMPP"), Page("adviser:pathways", "DEP", query="?q=zzz"),
    *(Page("adviser:pathway", "DEP", _pathway(stage)) for stage in ("identified", "preparing", "paused", "exited")),
    Page("adviser:pathway", "EMPP", _pathway("preparing")),
    Page("adviser:pathway", "DEP", lambda scene: {"person_id": scene.followup.case("proposed").persons.get().pk}),
    Page("adviser:pathway_stage", "DEP", _pathway("preparing", action="pause")),
    Page("adviser:pathway_hours", "DEP", _pathway("preparing")),
    Page("adviser:pathway_hand_over", "DEP", _pathway("preparing")),
    *(Page("adviser:pathway_item", "DEP", _item(kind)) for kind in ("goal", "action", "obstacle")),
    Page("adviser:pathway_item_act", "DEP", _item("action", action="drop")),
    *(Page("adviser:pathway_appointment", "DEP", _meeting(order)) for order in ("at", "-at")),
    Page("adviser:pathway_appointment_act", "DEP", _meeting("-at", action="cancel")),
    Page("employer:applications", "EMPL"), Page("employer:applications", "EMPL", query="?groupe=terminees"),
    *(Page("employer:application", "EMPL", _application(state)) for state in ("interview_planned", "hired", "held_1m")),
    *(Page("public:employer_link", "PUB", _question(code)) for code in ("interview_outcome", "hold_1m", "hold_3m")),
    Page("public:employer_link", "PUB", lambda _: {"token": "2" * 22}, status=404),
)
OWN = (
    Page("candidate:home", "CAND_offer"), Page("candidate:home", "CAND_tenant"), Page("candidate:home", "CAND_alone"),
    *(
        Page(f"candidate:{name}", role) for role in ("CAND", "CAND_offer", "CAND_hired", "CAND_alone")
        for name in ("proposals", "applications", "agenda")
    ),
    Page("candidate:proposal", "CAND_offer", _proposal("notified")),
    Page("candidate:proposal", "CAND_tenant", _proposal("keys_handed")),
    Page("candidate:proposal", "CAND", of(proposal_id="stated_proposal")),
    Page("candidate:application", "CAND_hired", _application("hired")),
    Page("candidate:application", "CAND", of(application_id="open_application")),
    Page("candidate:pathway", "CAND"), Page("candidate:pathway", "CAND_alone"),
    Page("candidate:pathway_ask_move", "CAND", of(appointment_id="appointment")),
    Page("platform:kept", "DPO"), Page("platform:grant_erasure", "DPO", of(request_id="erasure")),
)
