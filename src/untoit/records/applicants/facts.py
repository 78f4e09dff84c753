"""
What the page of a candidate may show, one rule a fact: its field of ``permissions.yaml``, its words, its masked words.

A page is made of facts, so that a template cannot show what the role does not see: ``facts_of`` leaves out what
``Actor.sees`` refuses, and writes the masked words where the policy says ``m``. A field without masked words shows
nothing to who sees it masked. The tests read these tables against the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from untoit.core.wording import typography
from untoit.records.applicants import wording as fr
from untoit.records.applicants.models import Household, Person
from untoit.records.applicants.services import OTHER, RSA, merged_other
from untoit.records.partners.rights import Actor

Words = Callable[[Any, Actor], str]
FULL = ("F", "S")
UNKNOWN = "non renseigné"


@dataclass(frozen=True, slots=True)
class Rule:
    """One fact: the policy's field, its label, its words in full and, where the policy masks it, what is left."""

    field: str
    label: str
    full: Words
    masked: Words | None = None
    masked_label: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line that a page shows; ``known`` is false when nobody filled it in."""

    field: str
    label: str
    value: str
    known: bool = True


def facts_of(record: Household | Person, rules: Iterable[Rule], actor: Actor) -> tuple[Fact, ...]:
    """Return the facts that the actor may read."""
    made = (_fact(record, rule, actor) for rule in rules)
    return tuple(fact for fact in made if fact is not None)


def _fact(record: Household | Person, rule: Rule, actor: Actor) -> Fact | None:
    how = actor.sees(rule.field)
    if how in FULL:
        value = rule.full(record, actor)
        return Fact(rule.field, rule.label, typography(value) if value else UNKNOWN, bool(value))
    if how == "m" and rule.masked is not None:
        value = rule.masked(record, actor)
        return Fact(rule.field, rule.masked_label or rule.label, typography(value)) if value else None
    return None


def income_facts(household: Household, actor: Actor) -> tuple[Fact, ...]:
    """
    Return the declared amounts; RSA apart only for who sees ``rsa_status``, otherwise within the other resources.

    The merged line exists whether there is RSA or not, so that its presence says nothing.
    """
    if actor.sees("income") not in FULL:
        return ()
    finances = household.finances
    apart = actor.sees("rsa_status") in FULL
    lines = []
    for name, label in fr.AMOUNT.items():
        value = finances.get(name)
        if name == RSA and not apart:
            continue
        if name == OTHER and not apart:
            label, value = fr.MERGED_OTHER, merged_other(finances)
        text = fr.amount(value, yearly=name.endswith("_year"))
        lines.append(Fact("rsa_status" if name == RSA else "income", label, text or UNKNOWN, bool(text)))
    outlay = fr.cents(household.max_outlay_cents)
    lines.append(Fact("income", "Dépense maximale pour le logement", outlay or UNKNOWN, bool(outlay)))
    return tuple(lines)


def _permit(person: Person, actor: Actor) -> str:
    until = fr.day(person.residence_permit_until)
    right = fr.yes_no(person.right_to_work)
    return " ; ".join(filter(None, (
        f"titre de séjour valable jusqu'au {until}" if until else "", f"droit au travail : {right}" if right else "",
    )))


def _permit_valid(person: Person, actor: Actor) -> str:
    until = person.residence_permit_until
    if until is None:
        return fr.yes_no(person.right_to_work)
    return fr.yes_no(until >= actor.today)


def _hours_wanted(person: Person, actor: Actor) -> str:
    return " ; ".join(filter(None, (
        f"part au plus tôt à {fr.clock(person.leaves_no_earlier_min)}"
        if person.leaves_no_earlier_min is not None else "",
        f"doit être de retour à {fr.clock(person.back_no_later_min)}" if person.back_no_later_min is not None else "",
        f"jours possibles : {fr.days(person.workable_days)}" if person.workable_days is not None else "",
    )))


COMPOSITION = (
    Rule("family", "Adultes", lambda h, _: fr.ages(h.adult_ages)),
    Rule("family", "Enfants", lambda h, _: fr.ages(h.child_ages) or "aucun"),
    Rule("family", "Naissances attendues", lambda h, _: str(h.expected_births) if h.expected_births else "aucune"),
    Rule("family", "Jeune couple (moins de 56 ans à deux)", lambda h, _: fr.yes_no(h.young_couple)),
    Rule("family", "Personnes titulaires d'une carte CMI invalidité", lambda h, _: str(h.disabled_persons or "aucune")),
    Rule("current_housing", "Logement actuel", lambda h, _: fr.CURRENT_STATUS.get(h.current_status, "")),
    Rule("current_housing", "Commune actuelle", lambda h, _: fr.place(h.current_commune)),
)
APPLICATION = (
    Rule("application_number", "Numéro unique", lambda h, _: h.application_number),
    Rule("housing_stage", "Demande déposée le", lambda h, _: fr.day(h.applied_on), lambda h, _: fr.day(h.applied_on)),
    Rule("housing_scheme", "Dans le dispositif", lambda h, _: fr.yes_no(h.in_scheme)),
    Rule("housing_stage", "Communes souhaitées", lambda h, _: fr.places(h.wished_communes)),
    Rule("housing_stage", "Accepte d'autres communes", lambda h, _: fr.yes_no(h.accepts_other_communes)),
    Rule("housing_stage", "Taille du logement", lambda h, _: " ou ".join(f"T{n}" for n in sorted(h.wished_rooms))),
    Rule("housing_stage", "Accès sans marche nécessaire", lambda h, _: fr.yes_no(h.needs_step_free_access)),
    Rule("housing_stage", "Étage maximal sans ascenseur",
         lambda h, _: "" if h.max_floor_without_lift is None else str(h.max_floor_without_lift)),
    Rule("housing_stage", "Réservataires", lambda h, _: fr.words(h.reserving_parties, fr.RESERVING_PARTY)),
)
IDENTITY = (
    Rule("birth_date", "Date de naissance", lambda p, _: fr.day(p.birth_date),
         lambda p, a: fr.age_band(p.birth_date, a.today), "Âge"),
    Rule("residence_permit", "Titre de séjour", _permit, _permit_valid, "Droit au travail"),
)
CONTACT = (
    Rule("contact", "Téléphone", lambda p, _: p.phone),
    Rule("contact", "Adresse e-mail", lambda p, _: p.email),
    Rule("address", "Adresse", lambda p, _: p.address,
         lambda p, _: fr.place(p.household.current_commune), "Commune"),
)
PATHWAY = (
    Rule("job_wishes", "Métiers recherchés", lambda p, _: fr.trades(p.occupations)),
    Rule("skills", "Expérience", lambda p, _: fr.experience(p.experience)),
    Rule("skills", "Compétences", lambda p, _: ", ".join(p.skills)),
    Rule("skills", "Permis", lambda p, _: ", ".join(p.licences), lambda p, _: ", ".join(p.licences) or "aucun"),
    Rule("skills", "Niveau de français", lambda p, _: p.french_level),
    Rule("job_wishes", "Se déplace", lambda p, _: fr.words(p.modes, fr.MODE)),
    Rule("job_wishes", "Trajet maximal", lambda p, _: f"{p.max_commute_min} min"),
    Rule("job_wishes", "Contrats acceptés",
         lambda p, _: "" if p.contracts is None else fr.words(p.contracts, fr.CONTRACT)),
    Rule("job_wishes", "Heures par semaine", lambda p, _: fr.hours(p.hours_min, p.hours_max)),
    Rule("job_wishes", "Contraintes d'horaires", _hours_wanted),
    Rule("job_wishes", "Disponible à partir du", lambda p, _: fr.day(p.available_on)),
)

# The field of the policy behind each column that the history of edits may show.
HOUSEHOLD_COLUMNS = {
    "application_number": ("application_number", "Numéro unique"),
    "applied_on": ("housing_stage", "Date de la demande"),
    "adult_ages": ("family", "Âges des adultes"),
    "child_ages": ("family", "Âges des enfants"),
    "expected_births": ("family", "Naissances attendues"),
    "young_couple": ("family", "Jeune couple"),
    "disabled_persons": ("family", "Cartes CMI invalidité"),
    "finances": ("income", "Ressources déclarées"),
    "grounds": ("housing_stage", "Motifs de priorité"),
    "evidenced_grounds": ("housing_stage", "Motifs justifiés"),
    "in_scheme": ("housing_scheme", "Dans le dispositif"),
    "reserving_parties": ("housing_stage", "Réservataires"),
    "wished_communes": ("housing_stage", "Communes souhaitées"),
    "accepts_other_communes": ("housing_stage", "Accepte d'autres communes"),
    "wished_rooms": ("housing_stage", "Tailles souhaitées"),
    "max_outlay_cents": ("income", "Dépense maximale"),
    "needs_step_free_access": ("housing_stage", "Accès sans marche"),
    "max_floor_without_lift": ("housing_stage", "Étage maximal sans ascenseur"),
    "current_status": ("current_housing", "Logement actuel"),
    "current_commune": ("current_housing", "Commune actuelle"),
    "consented_on": ("housing_scheme", "Consentement au rapprochement"),
}
PERSON_COLUMNS = {
    "first_name": ("first_name", "Prénom"),
    "last_name": ("surname", "Nom"),
    "birth_date": ("birth_date", "Date de naissance"),
    "phone": ("contact", "Téléphone"),
    "email": ("contact", "Adresse e-mail"),
    "address": ("address", "Adresse"),
    "right_to_work": ("residence_permit", "Droit au travail"),
    "residence_permit_until": ("residence_permit", "Titre de séjour"),
    "occupations": ("job_wishes", "Métiers recherchés"),
    "experience": ("skills", "Expérience"),
    "skills": ("skills", "Compétences"),
    "licences": ("skills", "Permis"),
    "modes": ("job_wishes", "Modes de déplacement"),
    "max_commute_min": ("job_wishes", "Trajet maximal"),
    "leaves_no_earlier_min": ("job_wishes", "Départ au plus tôt"),
    "back_no_later_min": ("job_wishes", "Retour au plus tard"),
    "workable_days": ("job_wishes", "Jours possibles"),
    "hours_min": ("job_wishes", "Heures au moins"),
    "hours_max": ("job_wishes", "Heures au plus"),
    "contracts": ("job_wishes", "Contrats acceptés"),
    "french_level": ("skills", "Niveau de français"),
    "available_on": ("job_wishes", "Disponible le"),
}
