"""Each role reads exactly the fields that permissions.yaml gives it, on the page, in the history and in the search."""

from datetime import date

import pytest
from tests.factories.records import NOW, consent, link, linked_household, scheme

from untoit.records.applicants import facts, history, selectors, services
from untoit.records.applicants.models import Household, Person, Purpose
from untoit.records.applicants.view import candidate_view
from untoit.records.partners.models import Role
from untoit.records.partners.rights import Actor, policy

RULES = (*facts.COMPOSITION, *facts.APPLICATION, *facts.IDENTITY, *facts.CONTACT, *facts.PATHWAY)
PROFESSIONALS = ("LA", "LM", "DEP", "EMPP", "PART")
VALUES = {
    "first_name": "Camille", "last_name": "Durandal", "birth_date": date(1990, 5, 17), "phone": "0612345678",
    "email": "camille@exemple.invalid", "address": "12 rue des Tilleuls", "residence_permit_until": date(2029, 4, 30),
    "right_to_work": True, "skills": ["CACES3"], "licences": ["B"], "french_level": "B2",
    "back_no_later_min": 1080,
}
# What each value is, in the policy's words; a role that sees the field in full reads it, any other never does.
SENSITIVE = {
    "Durandal": "surname", "17/05/1990": "birth_date", "0612345678": "contact", "camille@exemple.invalid": "contact",
    "12 rue des Tilleuls": "address", "30/04/2029": "residence_permit", "CACES3": "skills", "B2": "skills",
    "Préparateur": "job_wishes", "0590126999999GDPUB": "application_number", "34\xa0ans": "family",
    "hébergé par un proche": "current_housing", "12\u202f000\xa0€": "income", "RSA": "rsa_status",
    "573,49\xa0€": "rsa_status", "593,49\xa0€": "merged", "Haubourdin": "housing_stage",
}


def everyone():
    made = scheme()
    one = linked_household(
        made, application_number="0590126999999GDPUB", current_status="heberge_tiers", current_commune="59350",
        wished_communes=["59286"],
        finances={"tax_income_n2_eur_year": "12000", "rsa_eur": "573.49", "other_eur": "20"},
    )
    Person.objects.filter(household=one).update(**VALUES)
    link(one, made.organisations["partner"], Purpose.HOUSING)
    return made, one


def texts_of(view):
    lines = [*view.composition, *view.income, *view.application]
    for one in view.persons:
        lines += [*one.identity, *one.contact, *one.pathway]
    return " | ".join((view.title, *(f"{one.label} {one.value}" for one in lines)))


def expected(role, field):
    if field == "merged":
        return policy()["fields"]["income"].get(role) == "F" and policy()["fields"]["rsa_status"].get(role) != "F"
    return policy()["fields"][field].get(role, "none") in ("F", "S")


@pytest.mark.django_db
@pytest.mark.parametrize("role", PROFESSIONALS)
def test_the_page_holds_the_fields_of_the_role_and_no_other(role):
    made, one = everyone()

    read = texts_of(candidate_view(made.actor(role), one, reveal_contact=True))

    seen = {text for text in SENSITIVE if text in read}
    assert seen == {text for text, field in SENSITIVE.items() if expected(role, field)}


@pytest.mark.django_db
def test_what_is_masked_says_only_what_the_policy_says():
    made, one = everyone()

    employment = {fact.label: fact.value for fact in candidate_view(made.actor("EMPP"), one).persons[0].identity}
    manager = {fact.label: fact.value for fact in candidate_view(made.actor("LM"), one).persons[0].identity}
    adviser = {fact.label: fact.value for fact in candidate_view(made.actor("LA"), one).persons[0].pathway}
    place = {fact.label: fact.value for fact in candidate_view(made.actor("EMPP"), one).persons[0].contact}
    stage = {fact.label for fact in candidate_view(made.actor("DEP"), one).application}

    assert employment == {"Âge": "entre 35 et 44 ans", "Droit au travail": "oui"}
    assert manager["Droit au travail"] == "oui"
    assert adviser == {"Permis": "B"}
    assert place["Commune"] == "Lille" and "Adresse" not in place
    assert stage == {"Demande déposée le", "Dans le dispositif"}


@pytest.mark.django_db
def test_the_manager_reads_contacts_for_a_reason_only():
    made, one = everyone()

    without = candidate_view(made.actor("LM"), one).persons[0]

    assert without.contact_on_request and {fact.field for fact in without.contact} == {"address"}


@pytest.mark.django_db
def test_the_merged_line_says_nothing_of_rsa():
    made, one = everyone()
    with_rsa = candidate_view(made.actor("LA"), one).income
    one.finances = {"tax_income_n2_eur_year": "12000", "other_eur": "593.49"}

    assert candidate_view(made.actor("LA"), one).income == with_rsa


@pytest.mark.parametrize("role", [one.value for one in Role])
def test_no_rule_shows_a_field_that_the_policy_refuses(role):
    actor = Actor(Role(role), NOW)
    one = Household(adult_ages=[30], applied_on=date(2026, 1, 1), finances={"tax_income_n2_eur_year": "1"})
    who = Person(household=one, number=1, **VALUES)

    shown = {
        fact.field for record, rules in ((one, facts.COMPOSITION), (one, facts.APPLICATION), (who, facts.IDENTITY),
                                         (who, facts.CONTACT), (who, facts.PATHWAY))
        for fact in facts.facts_of(record, rules, actor)
    }

    assert all(actor.sees(field) in ("F", "S", "m") for field in shown)


def test_every_rule_and_column_names_a_field_of_the_policy():
    fields = set(policy()["fields"])

    named = {one.field for one in RULES} | {field for field, _ in facts.HOUSEHOLD_COLUMNS.values()}
    assert named | {field for field, _ in facts.PERSON_COLUMNS.values()} <= fields


@pytest.mark.django_db
@pytest.mark.parametrize("role", PROFESSIONALS)
def test_the_history_and_the_timeline_show_the_fields_of_the_role(role):
    made, one = everyone()
    consent(one, Purpose.EMPLOYER_CARD)
    services.change_composition(household_id=one.pk, revision=1, values={"child_ages": [4]}, by=made.actor("LA"),
                                at=NOW)
    services.change_resources(household_id=one.pk, revision=2, amounts={"wages_eur": "100"}, other_eur="593.49",
                              by=made.actor("LA"), at=NOW)
    who = one.persons.get()
    services.change_pathway(person_id=who.pk, revision=1, values={"skills": ["SST"]}, by=made.actor("EMPP"), at=NOW)
    actor = made.actor(role)

    edited = {one.label for one in history.edits(actor, one)}
    told = " ".join(f"{one.title} {one.detail}" for one in history.timeline(actor, one))

    assert ("Âges des enfants" in edited) == ("âges des enfants" in told) == expected(role, "family")
    assert ("Ressources déclarées" in edited) == ("ressources déclarées" in told) == expected(role, "income")
    assert ("Compétences" in edited) == ("compétences" in told) == expected(role, "skills")


@pytest.mark.django_db
@pytest.mark.parametrize(("text", "field"), [
    ("durandel", "surname"), ("06 12 34 56 78", "contact"), ("+33612345678", "contact"),
    ("camille@exemple.invalid", "contact"), ("0590126999999GDPUB", "application_number"),
    ("tilleuls", None), ("573", None), ("RSA", None),
])
def test_the_search_finds_by_what_the_page_shows(text, field):
    made, _ = everyone()

    found = {role for role in PROFESSIONALS if selectors.search(made.actor(role), text)}

    readers = {role for role in PROFESSIONALS if field and expected(role, field)}
    assert found == (readers - {"LM"} if field == "contact" else readers)


@pytest.mark.django_db
def test_nobody_finds_who_is_not_theirs():
    made, _ = everyone()

    for role in ("DEP2", "EMPP2", "EMPL", "LM_other", "FUND", "ADM", "DPO"):
        assert selectors.search(made.actor(role), "Durandal") == []
