"""
The paper of a pathway, for the person: what is planned, with whom, where, her goals, her rights, who reads what.

She may leave it on a table or show it to somebody: it holds no note, no obstacle, no hours, nothing of her resources.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib import resources
from typing import Any

import typst
from django.utils import timezone

from untoit.core.wording import typography
from untoit.core.wording.moments import clock_at, length, long_day
from untoit.records.applicants.models import Link
from untoit.records.events.contacts import open_links_of
from untoit.records.followup.models import Pathway
from untoit.records.followup.pathway.items import holders
from untoit.records.followup.pathway.page import AppointmentRow, GoalRow, ItemRow, page_of
from untoit.records.partners.models import OrganisationKind
from untoit.records.partners.rights import Actor
from untoit.reporting.event_pdf import LARGE
from untoit.reporting.french import typography as apostrophes

_APPOINTMENTS, _GOALS, _ACTIONS = 6, 6, 6
# In plain words, from access.md: what each kind of organisation reads of her.
_READS = {
    OrganisationKind.DEPARTMENT: "lit votre parcours en entier et vous aide à le construire",
    OrganisationKind.EMPLOYMENT_PARTNER: "lit votre parcours en entier et vous aide à trouver un emploi",
    OrganisationKind.LANDLORD: "lit votre demande de logement ; ne lit rien de ce parcours",
    OrganisationKind.PARTNER_LANDLORD: "lit votre demande de logement ; ne lit rien de ce parcours",
}
RIGHTS = (
    "Vous pouvez lire tout ce qui est noté de votre parcours, et demander de le corriger.",
    "Vous pouvez dire non à une action, à un rendez-vous, à une proposition.",
    "Vous pouvez retirer votre accord quand vous voulez, sans dire pourquoi.",
    "Vous pouvez venir avec quelqu'un, et demander un interprète.",
    "Vous pouvez demander une copie de vos données, ou leur effacement.",
    "Un rendez-vous manqué n'est transmis à personne d'ici : appelez, on en fixe un autre.",
)


def summary(actor: Actor, pathway: Pathway, *, large: bool = False) -> bytes:
    """Return the paper as PDF/UA-1, one or two pages; its date is the day, so that a day gives the same file."""
    made = typst.Compiler(ignore_system_fonts=True).compile(
        _source(), sys_inputs={"data": json.dumps(_printed(content(actor, pathway, large=large)), ensure_ascii=False)},
        format="pdf", pdf_standards=["ua-1"], timestamp=datetime.combine(actor.today, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made


def content(actor: Actor, pathway: Pathway, *, large: bool = False) -> dict[str, Any]:
    """Return what the paper says, as plain values; the person is « vous », whoever prints it."""
    page = page_of(actor, pathway)
    person = pathway.person
    return {
        "title": "Mon parcours", "scale": LARGE if large else 1.0,
        "event": {"fictitious": person.household.is_fictitious, "title": "Mon parcours"},
        "name": f"{person.first_name} {person.last_name}".strip(), "on": long_day(actor.today),
        "stage": _stage(page.stage), "appointments": [_appointment(one) for one in page.coming[:_APPOINTMENTS]],
        "goals": [made for goal in page.goals if (made := _goal(goal)) is not None][:_GOALS],
        "people": _people(pathway, actor.at), "rights": [typography(one) for one in RIGHTS],
        "readers": _readers(pathway, actor.at),
    }


def _printed(value: Any) -> Any:
    """Return the same values with the apostrophes of print."""
    if isinstance(value, dict):
        return {key: _printed(one) for key, one in value.items()}
    return [_printed(one) for one in value] if isinstance(value, list) else apostrophes(value)


def _stage(words: str) -> str:
    return words.replace("A donné son accord", "Accord donné")


def _appointment(one: AppointmentRow) -> dict[str, str]:
    local = timezone.localtime(one.row.at)
    member = one.row.with_whom
    return {
        "when": f"{long_day(local.date())} à {clock_at(local.time())}", "what": one.label,
        "length": length(one.row.minutes), "who": f"{member.user}, {member.organisation.name}" if member else "",
        "where": one.row.place,
    }


def _goal(goal: GoalRow) -> dict[str, Any] | None:
    if goal.goal is not None and not goal.goal.open:
        return None
    actions = [_action(one) for one in goal.actions if one.open][:_ACTIONS]
    if goal.goal is None:
        return {"label": "Autres choses à faire", "words": "", "actions": actions} if actions else None
    return {"label": goal.goal.label, "words": goal.goal.words, "actions": actions}


def _action(one: ItemRow) -> dict[str, str]:
    owner = one.row.owner
    who = ["vous"] if one.row.by_person else []
    who += [f"{owner.user}, {owner.organisation.name}"] if owner else []
    return {
        "what": one.label + (typography(f" : {one.words}") if one.words else ""), "who": " et ".join(who),
        "when": f"pour le {long_day(one.row.due_on)}" if one.row.due_on else "",
    }


def _people(pathway: Pathway, at: datetime) -> list[dict[str, str]]:
    return [
        {"name": str(one.user), "organisation": one.organisation.name}
        for one in holders(pathway.household_id, at=at)
    ]


def _readers(pathway: Pathway, at: datetime) -> list[dict[str, str]]:
    links: list[Link] = list(open_links_of(pathway.household_id, at).select_related("organisation"))
    named = {
        link.organisation.name: _READS[OrganisationKind(link.organisation.kind)] for link in links
        if link.organisation.kind in _READS
    }
    rows = [{"who": name, "reads": typography(says)} for name, says in sorted(named.items())]
    return [*rows, {"who": "Les employeurs", "reads": "ne lisent rien de ce parcours"}]


@lru_cache(maxsize=1)
def _source() -> bytes:
    folder = resources.files("untoit.reporting") / "typst"
    return b"\n".join((folder / f"{name}.typ").read_bytes() for name in ("event_common", "pathway_summary"))
