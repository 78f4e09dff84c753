"""
What the matrix and the canaries cannot ask: secret addresses, dates and codes, rows of a wrong parent, closed shares.

A home is read by its landlord and by the person; those who support her read a stage and its day. A job is read by those
who support and by its employer; a landlord reads four facts. An employer reads nothing of a home.
"""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from tests.security.canaries import CANDIDATES, COACHES, DEPARTMENT, LANDLORDS, PARTNER
from tests.security.matrix import ask
from tests.security.outputs import fold, texts_of
from tests.security.world import LINKED, PRINCIPALS

from untoit.records.applicants.models import Link
from untoit.records.desk.models import Message, Task
from untoit.records.followup.cases.deadlines import open_missing
from untoit.records.followup.cases.keepers import give_back
from untoit.records.followup.cases.refresh import refresh
from untoit.records.followup.housing import proposals
from untoit.records.followup.models import (
    Application,
    Case,
    CaseAlert,
    Letter,
    Pathway,
    PathwayItem,
    Proposal,
    Session,
    TrackAct,
)
from untoit.records.followup.pathway import feeds
from untoit.records.followup.work import links

pytestmark = pytest.mark.django_db

SUPPORT = DEPARTMENT | COACHES
# The states, decisions and days of a home, as pages say them: more than a stage and its day.
_OF_A_HOME = re.compile(
    r"offre notifiée|réponse attendue|ordre du jour|rejeté|irrecevab|attribué avec|rang 2|décliné|refus|"
    r"pièce attendue|visite prévue|appel du premier mois|radiation"
)
# What came before a contract, and what a pathway says: more than four facts.
_OF_A_JOB = re.compile(r"candidature|entretien|non retenu|parcours|obstacle|essai rompu|période d'essai")
_OF_HOUSING = re.compile(r"logement|toit\b|\brsa\b|bailleur|loyer|ménage|\bbail\b|commission|hlm|propositions? de")


def body_of(world, name, address):
    """Return what somebody reads at an address, without the menus of the page."""
    answer = ask(world, name, address, "GET")
    text = texts_of(answer)
    return answer.status_code, text[text.find("<main"):text.find("</main>")] if "<main" in text else text


def plain(text):
    """Return the words of a page, without tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def readers_of(side, roles):
    return sorted(LINKED[side] & roles)


PAIRS_OF_SUPPORT = [(side, name) for side in "ab" for name in readers_of(side, SUPPORT)]
PAIRS_OF_LANDLORDS = [(side, name) for side in "abc" for name in readers_of(side, LANDLORDS | PARTNER)]


def test_the_words_that_are_looked_for_are_those_of_the_pages(world):
    """An absence proves nothing unless the same words are on the page of those who may read them."""
    rows = world.rows["a"]
    case = reverse("desk:case", args=[rows["household"].pk])

    assert len(set(_OF_A_HOME.findall(plain(body_of(world, "LM", case)[1])))) > 3
    assert len(set(_OF_A_JOB.findall(plain(body_of(world, "EMPP", case)[1])))) > 2
    assert "proposition" in plain(body_of(world, "DEP", case)[1])
    assert "en emploi" in plain(body_of(world, "LM", case)[1])


@pytest.mark.parametrize(("side", "name"), PAIRS_OF_SUPPORT)
def test_those_who_support_read_of_a_home_its_stage_and_its_day(world, side, name):
    rows = world.rows[side]
    household = rows["household"]
    addresses = [
        reverse("desk:case", args=[household.pk]), reverse("desk:cases"), reverse("desk:agenda"),
        reverse("desk:changes"), reverse("adviser:application", args=[rows["application"].pk]),
        reverse("adviser:pathway", args=[rows["person"].pk]),
        reverse("adviser:candidate_history", args=[household.pk]),
    ]
    others = household.proposals.exclude(pk=rows["home_proposal"].pk).select_related("vacancy")
    references = {fold(one.vacancy.reference) for one in others}

    for address in addresses:
        status, text = body_of(world, name, address)
        found = {word for word in references if word in text} | set(_OF_A_HOME.findall(plain(text)))
        assert (status, found) == (200, set()), (address, found)


@pytest.mark.parametrize(("side", "name"), PAIRS_OF_LANDLORDS)
def test_a_landlord_reads_four_facts_of_a_job_and_nothing_of_a_pathway(world, side, name):
    rows = world.rows[side]
    addresses = [
        reverse("desk:case", args=[rows["household"].pk]), reverse("desk:agenda"), reverse("desk:changes"),
        reverse("landlord:proposals"), reverse("landlord:proposal", args=[rows["home_proposal"].pk]),
        reverse("landlord:letter", args=[rows["home_letter"].pk]),
        reverse("landlord:session", args=[rows["committee"].pk]),
        reverse("landlord:session_paper", args=[rows["committee"].pk, "fiches"]),
    ]
    offers = [rows[one].offer for one in ("application", "open_application", "ended_application")]
    names = {fold(word) for offer in offers for word in (offer.employer, offer.reference)}

    for address in addresses:
        status, text = body_of(world, name, address)
        found = {word for word in names if word in text} | set(_OF_A_JOB.findall(plain(text)))
        assert (status, found) == (200, set()), (address, found)


@pytest.mark.parametrize("side", ["a", "b", "c"])
def test_an_employer_reads_nothing_of_a_home(world, side):
    rows, name = world.rows[side], "EMPL" if side == "a" else "EMPL_other"
    addresses = [
        reverse("employer:applications"), reverse("employer:applications") + "?groupe=poste",
        reverse("employer:application", args=[rows["application"].pk]), reverse("desk:agenda"), reverse("desk:morning"),
        reverse("desk:changes"), reverse("desk:notifications"),
    ]

    for address in addresses:
        status, text = body_of(world, name, address)
        assert (status, set(_OF_HOUSING.findall(plain(text)))) == (200, set()), address


def test_the_link_of_an_employer_says_a_first_name_and_a_job_to_whoever_holds_it(world, watch):
    for side in "abc":
        rows = world.rows[side]
        address = reverse("public:employer_link", args=[links.token_of(rows["employer_link"].pk)])

        answer = ask(world, "PUB", address, "GET")

        text = texts_of(answer)
        said = {(watch._all[word].table, watch._all[word].column) for word in watch._any.findall(text)}
        assert answer.status_code == 200
        assert said <= {("applicants.Person", "first_name"), ("jobs.Offer", "title")}
        assert _OF_HOUSING.findall(plain(text[text.find("<body"):])) == []


def test_addresses_that_open_nothing_say_the_same(world):
    used = world.rows["a"]["employer_link"]
    token, unknown = links.token_of(used.pk), "z" * links.TOKEN_LENGTH
    bodies = set()
    for one in (unknown, token[::-1], "jeton-inconnu"):
        answer = ask(world, "PUB", reverse("public:employer_link", args=[one]), "GET")
        assert answer.status_code == 404
        bodies.add(re.sub(r'nonce="[^"]*"', "", answer.content.decode()))

    assert len(bodies) == 1


def test_a_calendar_names_nobody_nor_any_place(planted, watch):
    read = {}
    for name in PRINCIPALS:
        actor = planted.actor(name)
        if actor.user_id is None:
            continue
        token = feeds.open_feed(by=actor, at=timezone.now())
        answer = ask(planted, "PUB", reverse("public:calendar_feed", args=[token]), "GET")
        text = texts_of(answer)
        assert answer.status_code == 200, name
        said = {(watch._all[word].table, watch._all[word].column) for word in watch._any.findall(text)}
        # A person finds the half-day that she goes to, by the name that says nothing.
        assert said <= ({("events.Event", "neutral_name")} if name in CANDIDATES else set()), name
        read[name] = re.findall(r"summary:([^\r\n]*)", text)

    assert len(read["LM"]) and len(read["CAND"]) and len(read["EMPL"]) == 0 and len(read["FUND"]) == 0
    for name in ("EMPL", "EMPL_other"):
        assert not any(_OF_HOUSING.search(one) for one in read[name])
    assert any("rendez-vous" in one for one in read["DEP"])


def test_a_calendar_closes_with_its_address_and_its_membership(planted):
    actor = planted.actor("DEP")
    first = feeds.open_feed(by=actor, at=timezone.now())
    second = feeds.open_feed(by=actor, at=timezone.now())

    def status(token):
        return ask(planted, "PUB", reverse("public:calendar_feed", args=[token]), "GET").status_code

    assert (status(first), status(second)) == (404, 200)
    member = planted.scheme.members["DEP"]
    member.until = timezone.now()
    member.save(update_fields=["until"])
    assert status(second) == 404


def test_a_home_of_a_landlord_that_does_not_follow_the_household_is_read_by_the_person_alone(world):
    far = world.rows["a"]["far_proposal"]
    seen = {
        name for name in PRINCIPALS if Proposal.objects.visible_to(world.actor(name)).filter(pk=far.pk).exists()
    }
    # Those who support count it in the stage; no page of theirs leads to it.
    assert seen == {"CAND", "DEP", "DEP_head", "EMPP"}
    for name in PRINCIPALS:
        code = ask(world, name, reverse("landlord:proposal", args=[far.pk]), "GET").status_code
        assert code in (404, 302), name


def test_a_row_of_another_parent_of_ones_own_does_not_exist(planted):
    """The committee page of one session, with the line or the candidate of another one of the same landlord."""
    rows = planted.rows["a"]
    draft, held = rows["committee"].pk, rows["held_committee"].pk
    line, other_line = rows["line"].pk, rows["held_line"].pk
    on_draft, on_held, ranked = (rows[one].pk for one in ("agenda_proposal", "held_proposal", "ranked_proposal"))
    wrong = [
        ("session_line", [draft, other_line]), ("ruling", [held, line]), ("remove_line", [draft, other_line]),
        ("line_exception", [draft, other_line]), ("line_propose", [draft, other_line]),
        ("line_candidate", [draft, other_line, on_draft, "retirer"]),
        ("line_candidate", [draft, line, on_held, "retirer"]), ("line_candidate", [draft, line, on_held, "ajouter"]),
        ("rule", [held, line, on_held]),
        ("rule", [held, other_line, on_draft]), ("rule", [held, other_line, ranked]),
        ("unrule", [held, line, ranked]), ("unrule", [held, other_line, ranked]), ("leave", [held, line, on_held]),
        ("leave", [held, other_line, on_draft]),
    ]

    answers = {}
    for name, args in wrong:
        method = "GET" if name in ("session_line", "ruling") else "POST"
        answers[name, tuple(args)] = ask(planted, "LM", reverse(f"landlord:{name}", args=args), method).status_code

    assert {one: code for one, code in answers.items() if code != 404} == {}


def test_an_item_or_a_letter_of_another_person_does_not_exist(planted):
    a, b = planted.rows["a"], planted.rows["b"]
    wrong = [
        ("DEP_head", "adviser:pathway_item", [a["person"].pk, b["pathway_item"].pk]),
        ("DEP_head", "adviser:pathway_appointment", [a["person"].pk, b["appointment"].pk]),
        ("CAND", "candidate:proposal_letter", [a["home_proposal"].pk, b["home_letter"].pk]),
        ("CAND", "candidate:proposal_letter", [a["held_proposal"].pk, a["home_letter"].pk]),
    ]

    for name, url, args in wrong:
        assert ask(planted, name, reverse(url, args=args), "GET").status_code == 404, (name, url)


def test_a_housemate_reads_neither_the_job_nor_the_pathway_of_another(planted):
    """The account of the second person of the household reads its homes, and nothing else of the first."""
    rows = planted.rows["a"]
    second = rows["household"].persons.get(number=2)
    second.account = rows["account"]
    rows["household"].persons.filter(number=1).update(account=None)
    second.save(update_fields=["account"])
    actor = planted.actor("CAND")

    assert Proposal.objects.visible_to(actor).exists()
    for model in (Application, Pathway, PathwayItem):
        assert not model.objects.visible_to(actor).exists(), model
    assert not TrackAct.objects.visible_to(actor).exclude(track="housing").exists()


@pytest.mark.parametrize(("side", "name"), [*PAIRS_OF_SUPPORT, *PAIRS_OF_LANDLORDS])
def test_a_share_that_closes_closes_the_follow_up_on_the_next_request(planted, side, name):
    rows = planted.rows[side]
    organisation = planted.scheme.members[name].organisation
    Link.objects.filter(household=rows["household"], organisation=organisation).update(closed_at=timezone.now())
    addresses = [
        reverse("desk:case", args=[rows["household"].pk]),
        *([reverse("adviser:application", args=[rows["application"].pk]),
           reverse("adviser:pathway", args=[rows["person"].pk]),
           reverse("adviser:pathway_summary", args=[rows["person"].pk])] if name in SUPPORT else
          [reverse("landlord:proposal", args=[rows["home_proposal"].pk]),
           reverse("landlord:letter", args=[rows["home_letter"].pk]),
           reverse("landlord:letter_pdf", args=[rows["home_letter"].pk])]),
    ]

    assert {ask(planted, name, one, "GET").status_code for one in addresses} == {404}

    actor = planted.actor(name)
    for model in (Proposal, Application, Pathway, Letter):
        assert not model.objects.visible_to(actor).filter(household=rows["household"]).exists(), model
    assert not Case.objects.visible_to(actor).filter(pk=rows["household"].pk).exists()


def test_the_committee_keeps_a_number_for_whom_it_no_longer_follows(planted, watch):
    rows = planted.rows["a"]
    Link.objects.filter(household=rows["household"], organisation=planted.scheme.organisations["landlord"]).update(
        closed_at=timezone.now()
    )
    said = {"applicants.Person", "applicants.Household", "followup.Proposal", "followup.TrackAct"}

    for code in ("ordre-du-jour", "fiches", "fiches-anonymes"):
        answer = ask(planted, "LM", reverse("landlord:session_paper", args=[rows["committee"].pk, code]), "GET")
        found = {watch._all[one].table for one in watch._any.findall(texts_of(answer))}
        assert (answer.status_code, found & said) == (200, set()), code


def test_files_without_names_name_nobody(world, watch):
    rows = world.rows["a"]
    answer = ask(world, "LM", reverse("landlord:session_paper", args=[rows["committee"].pk, "fiches-anonymes"]), "GET")

    found = {watch._all[one] for one in watch._any.findall(texts_of(answer))}
    assert answer.status_code == 200
    assert not {one.column for one in found} & {"first_name", "last_name", "application_number", "birth_date", "phone"}


def test_what_the_acts_bring_about_names_nobody(planted, watch):
    """Acts of everybody, then a night: tasks, alerts and messages say what to do, never of whom."""
    at, rows = timezone.now(), planted.rows["a"]
    home = rows["home_proposal"]
    before = Task.objects.count()
    proposals.act(proposal_id=home.pk, action="accept", given={}, by=planted.actor("CAND"), at=at)
    proposals.act(proposal_id=home.pk, action="sign_lease", given={"signed_on": timezone.localdate(at)},
                  by=planted.actor("LA"), at=at)
    open_missing(at=at)
    give_back(at=at)
    refresh([rows["household"].pk], at=at + timedelta(days=40))
    mail.outbox.clear()
    links.ask_employers(at=at)
    links.call_instead(at=at + timedelta(days=20))

    said = [task.why for task in Task.objects.all()]
    said += [one.sentence for one in CaseAlert.objects.exclude(sentence__startswith="zq")]
    said += [f"{one.subject}\n{one.body}" for one in Message.objects.all()]
    assert Task.objects.count() > before
    for text in said:
        assert watch._any.findall(fold(text)) == [], text
    letters = [f"{one.subject}\n{one.body}" for one in mail.outbox]
    for text in letters:
        told = {(watch._all[word].table, watch._all[word].column) for word in watch._any.findall(fold(text))}
        assert told <= {("applicants.Person", "first_name"), ("jobs.Offer", "title")}
        assert _OF_HOUSING.findall(fold(text.replace("https://", ""))) == []


def test_a_person_never_reads_who_voted_nor_the_rank_of_others(world):
    rows = world.rows["a"]
    for name in ("proposals", "proposal"):
        address = reverse(f"candidate:{name}", args=[] if name == "proposals" else [rows["ranked_proposal"].pk])
        status, text = body_of(world, "CAND", address)
        words = plain(text)
        assert status == 200
        assert not re.search(r"\brang\b|\bpour, |contre|abstention", words), words


def test_the_worklist_of_those_who_support_is_not_sorted_by_what_happens_to_a_home(planted):
    """The day of the last move is one that they may read: a visit or a decision moves nothing for them."""
    rows = planted.rows["a"]
    household = rows["household"]
    today = timezone.localdate()
    refresh([household.pk], at=timezone.now())
    before = Case.objects.get(pk=household.pk).moved_on
    Proposal.objects.filter(pk=rows["stated_proposal"].pk).update(since=today)
    Proposal.objects.filter(pk=rows["home_proposal"].pk).update(since=today)

    refresh([household.pk], at=timezone.now())

    case = Case.objects.get(pk=household.pk)
    assert (case.moved_on, case.landlord_moved_on) == (before, today)


def test_every_row_of_the_follow_up_says_to_whom_it_is_shown():
    """A new table of the follow-up without ``visible_to`` is a table that a page may read without asking."""
    from django.apps import apps

    without = {
        model.__name__ for model in apps.get_app_config("followup").get_models()
        if not hasattr(model._default_manager.all(), "visible_to") and not model.__name__.endswith("Event")
    }
    # Read only through their parent, which is asked for: a session, an application, a household.
    assert without == {"AgendaLine", "EmployerLink", "RetentionNotice", "SessionMember", "TakenSheet", "Twin", "Vote"}


def test_sessions_are_one_landlords(world):
    for name in PRINCIPALS:
        seen = set(Session.objects.visible_to(world.actor(name)).values_list("organisation__name", flat=True))
        assert len(seen) == (name in LANDLORDS | PARTNER), name
