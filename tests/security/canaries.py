"""
Who must never read what: a second reading of ``access.md``, written apart from the code and from ``permissions.yaml``.

A canary is forbidden to everybody who has no relation with its side, and to the roles that the matrix gives nothing, a
mask or an aggregate: what is masked must not show its raw value anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from tests.security.outputs import fold
from tests.security.world import EMPLOYERS, LINKED, OWNERS, PRINCIPALS, Canary, World

from untoit.records.partners.columns import RESOURCE, declared

LANDLORDS = {"LM", "LA", "LM_other"}
DEPARTMENT = {"DEP", "DEP2", "DEP_head"}
COACHES = {"EMPP", "EMPP2"}
PARTNER = {"PART"}
CANDIDATES = {"CAND", "CAND_other"}
DEVICES = {"TAB", "TAB_stand", "TAB_hall"}  # of the event of side "a", and of no other
PLATFORM = {"ADM", "DPO"}
# The field table of access.md: who reads a field in full, among those who are linked to the person.
IN_FULL: dict[str, set[str]] = {
    "first_name": LANDLORDS | DEPARTMENT | COACHES | PARTNER | CANDIDATES,
    "surname": LANDLORDS | DEPARTMENT | COACHES | PARTNER | CANDIDATES,
    "birth_date": LANDLORDS | DEPARTMENT | PARTNER | CANDIDATES,
    "residence_permit": {"LA"} | DEPARTMENT | CANDIDATES,
    "contact": LANDLORDS | DEPARTMENT | COACHES | PARTNER | CANDIDATES,
    "address": LANDLORDS | DEPARTMENT | PARTNER | CANDIDATES,
    "income": LANDLORDS | DEPARTMENT | PARTNER | CANDIDATES,
    "application_number": LANDLORDS | PARTNER | CANDIDATES,
    "skills": DEPARTMENT | COACHES | CANDIDATES,
    "social_notes": DEPARTMENT | CANDIDATES,
    # What an employer said of an interview: the landlord reads four facts of the contract, never this.
    "interview_notes": DEPARTMENT | COACHES | CANDIDATES,
}
# The same for what organisations keep: among the members of the side's owner, and among those linked to the household.
BY_RESOURCE: dict[str, tuple[set[str], set[str]]] = {
    "housing_application": (set(), LANDLORDS | PARTNER | CANDIDATES),
    "dwelling_stock": (LANDLORDS | PARTNER, DEPARTMENT | CANDIDATES),  # the home of the tandem they look at together
    "matching_run": (LANDLORDS, set()),
    "run_settings": (LANDLORDS, set()),
    "tandem": (LANDLORDS, LANDLORDS | DEPARTMENT | COACHES | CANDIDATES),
    "import": (LANDLORDS | PARTNER, set()),
    "registration": ({"LM", "LM_other"}, {"LA"} | DEPARTMENT | COACHES | PARTNER | CANDIDATES),
    "messages": ({"LM", "LM_other"}, {"LA"} | DEPARTMENT | COACHES | PARTNER | CANDIDATES),
    "nominative_export": ({"LM", "LM_other", "LA", "PART"}, set()),
}


def readers(canary: Canary) -> set[str]:
    """Return who may read a canary."""
    return _people(canary) | (DEVICES if canary.side == "a" and _on_a_device(canary) else set())


def _on_a_device(canary: Canary) -> bool:
    """Whether a tablet or the screen of the hall may show it: first names, the place, the job one came for."""
    column = (canary.table, canary.column)
    return column in _OF_THE_PLACE | {
        ("applicants.Person", "first_name"), ("events.Device", "name"), ("jobs.Offer", "title"),
    }


def _people(canary: Canary) -> set[str]:
    return _usual(canary) | _that_day(canary)


def _that_day(canary: Canary) -> set[str]:
    """
    Return who reads a name because the person is at the event of the side today, and has met or joined its employer.

    On side "c" there is no event: its employer knows the name by an application that became a contract.
    """
    if "second" in canary.texts[0] or "deux" in canary.texts[0]:
        return set()
    column = (canary.table, canary.column)
    if column == ("applicants.Person", "first_name"):
        return EMPLOYERS[canary.side] | (COACHES if canary.side != "c" else set())
    return EMPLOYERS[canary.side] if column == ("applicants.Person", "last_name") else set()


def _usual(canary: Canary) -> set[str]:
    said = declared(canary.table)[canary.column]
    owners, linked = OWNERS[canary.side], LINKED[canary.side]
    if canary.table.startswith("followup."):
        return _readers_of_the_followup(canary, owners, linked)
    if canary.column == "reason_code":  # its author reads it too
        return (IN_FULL[said] & linked) | EMPLOYERS[canary.side]
    if not said.startswith(RESOURCE):
        return IN_FULL[said] & linked
    resource = said.removeprefix(RESOURCE)
    if (canary.table, canary.column) == ("pairings.Run", "title"):  # it names the occasion on the tandems one may see
        resource = "tandem"
    if resource == "attendance":  # at the reception desk, that day: those who run it read who reported what
        return (owners & LANDLORDS) | COACHES | (CANDIDATES & linked)
    if resource == "event":
        return _readers_of_an_event(canary, owners, linked)
    if resource == "job_offers":
        return EMPLOYERS[canary.side] | LANDLORDS | DEPARTMENT | COACHES | PLATFORM | (CANDIDATES & linked)
    if resource == "organisation_users":
        return (owners - {"LA"}) | PLATFORM
    if resource == "api_tokens":
        return (owners - {"LA"}) | {"DPO"}
    if resource == "platform_console":
        return PLATFORM
    as_owner, as_linked = BY_RESOURCE[resource]
    return (owners & as_owner) | (linked & as_linked)


def _readers_of_the_followup(canary: Canary, owners: set[str], linked: set[str]) -> set[str]:
    """
    Return who reads what a track says: of a home its landlord and the person, of a job and a pathway those who support.

    Of a home the Département and the coach read a stage and its day, of a job a landlord four facts: never a text.
    """
    side, support, own = linked & (LANDLORDS | PARTNER), linked & (DEPARTMENT | COACHES), linked & CANDIDATES
    match canary.table.removeprefix("followup."):
        case "Session" | "SessionMember":
            return owners & (LANDLORDS | PARTNER)
        case "Proposal" | "Letter":
            return side | own
        case "AssumptionSet":
            return (owners & LANDLORDS) | {"DPO"}
        case "CaseAlert":
            # The person has them in the copy of her data; the words of the worklist are theirs.
            told = own if canary.column == "sentence" else set()
            return (side if "bailleur" in canary.texts[0] else support) | told
        case "TrackAct":
            return side | own if "actehousing" in canary.texts[0] else support | own
        case "EmployerLink":
            return support
        case "Application" | "PathwayItem" | "Appointment":
            return support | own
    raise AssertionError(f"{canary.table} : qui lit ses canaris ?")


# What everybody who comes to the place may read of an event, an employer included; its title says too much for that.
_OF_THE_PLACE = {
    ("events.Event", "neutral_name"), ("events.Event", "place_name"), ("events.Event", "address"),
    ("events.Event", "access_notes"), ("events.Event", "contact_phone"), ("events.Room", "name"),
    ("events.Stand", "name"), ("events.Stand", "presents"), ("events.StandTable", "interviewer"),
}
_OF_THE_PERSON = _OF_THE_PLACE | {("events.Event", "title"), ("events.Preparation", "place")}


def _readers_of_an_event(canary: Canary, owners: set[str], linked: set[str]) -> set[str]:
    """Return who reads what an event says: its organisers, the services that send people, and part by part the rest."""
    column = (canary.table, canary.column)
    found = (owners & LANDLORDS) | DEPARTMENT | COACHES | PLATFORM
    if column in _OF_THE_PLACE:
        found |= EMPLOYERS[canary.side]
    if column in _OF_THE_PERSON:
        found |= CANDIDATES & linked
    return found


@dataclass
class Watch:
    """Looks for the canaries that each principal must not read, in everything that it receives."""

    world: World
    leaks: list[str] = field(default_factory=list)
    outputs: int = 0
    looked_for: dict[str, dict[str, Canary]] = field(default_factory=lambda: defaultdict(dict))
    seen: set[Canary] = field(default_factory=set)
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _all: dict[str, Canary] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for canary in self.world.canaries:
            allowed = readers(canary)
            for text in canary.texts:
                self._all[fold(text)] = canary
                for name in PRINCIPALS:
                    if name not in allowed:
                        self.looked_for[name][fold(text)] = canary
        self._patterns = {name: _any(texts) for name, texts in self.looked_for.items()}
        self._any = _any(self._all)

    def look(self, name: str, where: str, text: str, *, echo: str = "") -> None:
        """Look at what a principal received; ``echo`` is what it sent itself, which may come back."""
        self.outputs += 1
        if echo:
            text = text.replace(fold(echo), "")
        for match in {one[0]: one for one in self._patterns[name].finditer(text)}.values():
            found = match[0]
            canary = self.looked_for[name][found]
            what = f"{canary.table}.{canary.column} du côté « {canary.side} »"
            around = " ".join(text[max(0, match.start() - 30):match.end() + 30].split())
            self.leaks.append(f"{where} : {name} lit {what} ({found}, dans « {around} »).")
        self.seen.update(self._all[found] for found in self._any.findall(text))

    @property
    def count(self) -> str:
        """Say how much was looked at: fields x roles x outputs."""
        columns = {(canary.table, canary.column) for canary in self.world.canaries}
        pairs = sum(len(texts) for texts in self.looked_for.values())
        return (
            f"canaris : {len(columns)} colonnes, {len(self._all)} textes, {len(self.looked_for)} personnes, "
            f"{self.outputs} réponses ({pairs} textes interdits), {len(self.leaks)} fuites"
        )

    def never_seen(self) -> set[str]:
        """Return the columns whose canary nobody read anywhere: a test of an absence needs the presence."""
        shown = {f"{canary.table}.{canary.column}" for canary in self.seen}
        return {f"{canary.table}.{canary.column}" for canary in self.world.canaries} - shown


def _any(texts: dict[str, Canary]) -> re.Pattern[str]:
    # An amount is a number by itself, decimals of zero included: not five digits in the coordinates of a drawing.
    return re.compile("|".join(
        rf"(?<![\d.,]){text}(?!\d|[.,]\d?[1-9])" if text.isdigit() else re.escape(text)
        for text in sorted(texts, key=len, reverse=True)
    ))
