"""
A home and a job, from a released tandem to the keys and a month at work; six people, each on their own screen.

The adviser, the project lead, the person on her phone, the coach, the employer by its link and the data protection
officer: what is asserted is what they read.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from tests.factories import pairings
from tests.factories.followup import an_account
from tests.factories.runs import demo_files

from untoit.core.errors import Refused
from untoit.records.applicants import evidence
from untoit.records.applicants.models import Household, Link, Person, RightsRequest
from untoit.records.followup.housing import proposals
from untoit.records.followup.models import Application, Proposal, Session
from untoit.records.followup.work import links
from untoit.records.jobs.models import Offer
from untoit.records.pairings.models import Review, Run, Tandem
from untoit.records.stock.models import Vacancy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("UNTOIT_SHOTS", "")
DOCUMENTS = ("IDENTITY", "TAX_NOTICE")


@pytest.fixture
def place(tmp_path):
    """Load a small demonstration territory, its links and its rows open today."""
    made = pairings.town(demo_files(tmp_path / "demo", households=14, dwellings=12, offers=16))
    today = timezone.localdate()
    Link.objects.update(opened_at=timezone.now() - timedelta(days=30), expires_on=today + timedelta(days=120))
    for model in (Offer, Vacancy):
        model.objects.update(confirmed_at=timezone.now(), expires_on=today + timedelta(days=60))
    for number, one in enumerate(Person.objects.order_by("household__application_number", "number")):
        one.first_name, one.last_name = f"Cami{chr(97 + number)}", f"Essai{chr(97 + number)}"
        one.save(update_fields=["first_name", "last_name"])
    return made


@pytest.fixture
def tandem(place):
    """Give a tandem of a released run, whose job is that of an employer with an account."""
    run = pairings.computed(place)
    run.tandems.update(review=Review.ACCEPTED)
    Run.objects.filter(pk=run.pk).update(
        state="released", released_at=timezone.now(), released_by=place.scheme.members["LM"].user
    )
    found = Tandem.objects.filter(run=run, jobs__isnull=False).order_by("number")[0]
    offer = found.jobs.get(person__number=1).offer if found.jobs.count() > 1 else found.jobs.get().offer
    Offer.objects.filter(pk=offer.pk).update(organisation=place.scheme.organisations["employer"])
    by = place.scheme.actor("LA", at=timezone.now())
    evidence.add_evidence(
        household_id=found.household_id, ground="a", document="attestation", dated_on=by.today, valid_until=None,
        by=by, at=by.at,
    )
    return found


def shot(page, name):
    """Keep a picture of the page, to be looked at."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"suivi-{name}.png", full_page=True)


def press(page, name):
    """Press a button that leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def send(page, ending, **fields):
    """Open the fold of the form that posts to this address, fill it, and send it."""
    form = page.locator(f'form[action$="{ending}"]').first
    form.evaluate("one => { const fold = one.closest('details'); if (fold) fold.open = true; }")
    for name, value in fields.items():
        if isinstance(value, tuple):
            for one in value:
                form.locator(f'[name={name}][value="{one}"]').check()
        elif form.locator(f"select[name={name}]").count():
            form.locator(f"select[name={name}]").select_option(value)
        else:
            form.locator(f"[name={name}]").fill(value)
    with page.expect_navigation():
        form.locator("button[type=submit]").last.click()


def read(page):
    """Return the text of the page on one line, its spaces plain and its apostrophes curved."""
    return " ".join(page.locator("main").inner_text().replace("'", "’").split())


def proposed(page, base, tandem):
    """Propose the home of the tandem, plan the visit and complete the file, as the adviser."""
    today = timezone.localdate().isoformat()
    page.goto(f"{base}{reverse('adviser:tandem', args=[tandem.pk])}")
    page.get_by_role("link", name="Proposer ce logement").click()
    shot(page, "01-proposer")
    press(page, "Proposer ce logement")
    made = Proposal.objects.get()
    assert "Le logement est proposé : fixez la visite." in read(page)
    send(page, "/acte/plan_visit/", visit_on=today)
    assert "Visite prévue" in read(page)
    send(page, "/acte/record_visit/", visited_on=today)
    send(page, "/acte/complete_file/", documents=DOCUMENTS)
    shot(page, "02-dossier")
    assert "La commission examine ce dossier" in read(page)
    return made


def rivals(place, made):
    """Propose the same home to two others whose income allows it, their files complete."""
    by, found = place.scheme.actor("LA", at=timezone.now()), []
    for household in Household.objects.exclude(pk=made.household_id).order_by("application_number"):
        try:
            one = proposals.propose(household_id=household.pk, vacancy_id=made.vacancy_id, by=by, at=by.at)
        except Refused:
            continue
        proposals.act(
            proposal_id=one.pk, action="complete_file", given={"documents": list(DOCUMENTS)}, by=by, at=by.at
        )
        found.append(one)
        if len(found) == 2:
            break
    return found


def prepared(page, base, made):
    """Prepare today's session with its members and the three candidates, and close the agenda, as the adviser."""
    page.goto(f"{base}/commissions/nouvelle/")
    page.locator("[name=on]").fill(timezone.localdate().isoformat())
    page.locator("[name=place]").fill("Salle du conseil")
    press(page, "Créer la séance")
    session = Session.objects.get()
    page.goto(f"{base}/commissions/{session.pk}/membres/")
    members = (("Mme Delattre", "chair"), ("M. Ouali", "board"), ("Mme Petit", "tenants"))
    for number, (name, quality) in enumerate(members):
        page.locator(f"[name=form-{number}-name]").fill(name)
        page.locator(f"[name=form-{number}-quality]").select_option(quality)
        page.locator(f"[name=form-{number}-is_present]").check()
    press(page, "Enregistrer les membres")
    page.locator("#logement").select_option(str(made.vacancy_id))
    press(page, "Ajouter")
    for _ in range(3):
        press(page, re.compile("^Mettre à l’ordre du jour"))
    shot(page, "03-candidats")
    page.goto(f"{base}/commissions/{session.pk}/")
    send(page, "/etat/clore/")
    assert "L’ordre du jour est clos." in read(page)
    return session


def decided(page, base, session, made):
    """Decide for the three candidates and settle the minutes, as the project lead; print them."""
    page.goto(f"{base}/commissions/{session.pk}/")
    send(page, "/etat/ouvrir/")
    page.goto(f"{base}/commissions/{session.pk}/seance/")
    shot(page, "04-seance")
    first = made.household.persons.order_by("number")[0]
    ours = page.locator("section.ruling", has_text=f"{first.last_name}")
    with page.expect_navigation():
        ours.locator("button[value=ALLOCATED]").click()
    with page.expect_navigation():
        page.locator("section.ruling:not(.quiet) button[value=ALLOCATED_RANKED]").first.click()
    last = page.locator("section.ruling:not(.quiet)").first
    last.locator("details", has_text="Ne pas attribuer").locator("summary").click()
    last.locator("[name=reasons][value=TOO_SMALL]").check()
    with page.expect_navigation():
        last.locator("button[value=NOT_ALLOCATED]").click()
    shot(page, "05-decisions")
    assert page.locator("section.ruling.quiet").count() == 3
    assert "3 pour, 0 contre" in read(page)
    page.goto(f"{base}/commissions/{session.pk}/etat/arreter/")
    press(page, "Arrêter le procès-verbal")
    assert "Le procès-verbal est arrêté." in read(page)
    printed = page.request.get(f"{base}/commissions/{session.pk}/documents/proces-verbal.pdf")
    assert printed.status == 200 and printed.body().startswith(b"%PDF")


def accepted(page, base, made):
    """Accept the offer in two taps, on a phone."""
    page.goto(f"{base}/mon-espace/logements/")
    shot(page, "06-offre")
    page.goto(f"{base}/mon-espace/logements/{made.pk}/")
    page.locator("summary", has_text="J’accepte ce logement").click()
    shot(page, "07-accepter")
    press(page, "Oui, j’accepte")
    made.refresh_from_db()
    assert made.state == "accepted"
    assert "accept" in read(page)


def settled(page, base, made):
    """Sign the lease and hand the keys, as the adviser."""
    page.goto(f"{base}/logement/propositions/{made.pk}/")
    for action in ("sign_lease", "make_inventory", "hand_keys"):
        send(page, f"/acte/{action}/")
    shot(page, "08-cles")
    assert read(page).count("Clés remises") >= 1
    made.refresh_from_db()
    assert made.state == "keys_handed"


def hired(page, base, tandem):
    """Open the application of the tandem and note a hire that began five weeks ago, as the coach."""
    page.goto(f"{base}{reverse('adviser:tandem', args=[tandem.pk])}")
    page.get_by_role("link", name="Ouvrir les candidatures").click()
    press(page, re.compile("^Ouvrir la candidature"))
    send(page, "/actes/offer/", contract="CDI")
    send(page, "/actes/hire/", contract="CDI", start_on=(timezone.localdate() - timedelta(days=35)).isoformat())
    shot(page, "09-embauche")
    found = Application.objects.get()
    assert found.state == "hired"
    return found


def test_a_tandem_becomes_a_home_and_a_job_that_lasts(visit, live_server, place, tandem):
    base, user = live_server.url, place.scheme.user
    person = tandem.household.persons.order_by("number")[0]
    account = an_account(person)
    phone = {"width": 360, "height": 740}
    with (
        visit("/matin/", user("LA")) as adviser, visit("/engagement/", user("LM")) as lead,
        visit("/matin/", user("EMPP")) as coach, visit("/mon-espace/", account, **phone) as own,
    ):
        assert "Rien à compter dans cette période" in read(lead.page)
        made = proposed(adviser.page, base, tandem)
        assert len(rivals(place, made)) == 2
        session = prepared(adviser.page, base, made)
        decided(lead.page, base, session, made)
        adviser.page.goto(f"{base}/logement/propositions/{made.pk}/")
        send(adviser.page, "/acte/notify/")
        assert "Sans réponse, l’offre est refusée par le silence" in read(adviser.page)
        accepted(own.page, base, made)
        settled(adviser.page, base, made)

        application = hired(coach.page, base, tandem)
        assert links.ask_employers(at=timezone.now()) == 1
        letter = mail.outbox[-1].body
        assert not re.search(r"toit|logement|rsa\b|bail", letter, re.IGNORECASE)
        with visit(re.search(r"/r/\w+/", letter)[0], **phone) as employer:
            shot(employer.page, "10-question")
            press(employer.page, "Oui, toujours en poste")
            assert "Merci, c’est noté" in employer.page.content()
            assert employer.errors == [] and employer.blocked() == []
        application.refresh_from_db()
        assert application.state == "held_1m"

        case = f"{base}/suivi/{tandem.household_id}/"
        adviser.page.goto(case)
        shot(adviser.page, "11-suivi-bailleur")
        assert "Clés remises" in read(adviser.page) and "CDI" in read(adviser.page)
        coach.page.goto(case)
        shot(coach.page, "12-suivi-coach")
        assert "Entrée dans les lieux" in read(coach.page) and "En poste à 1 mois" in read(coach.page)
        lead.page.goto(f"{base}/engagement/")
        shot(lead.page, "13-engagement")
        assert "1 sur 1" in read(lead.page)
        for seen in (adviser, lead, coach, own):
            assert seen.errors == [] and seen.blocked() == []

    erased(visit, place, made)


def erased(visit, place, made):
    """Erase the file of somebody else who asked for it, as the data protection officer."""
    other = Household.objects.exclude(proposals__vacancy_id=made.vacancy_id).order_by("application_number")[0]
    surname = other.persons.order_by("number")[0].last_name
    asked = RightsRequest.objects.create(
        household=other, kind="erasure", asked_at=timezone.now(), asked_by=place.scheme.user("LA"),
        due_on=timezone.localdate() + timedelta(days=30),
    )
    with visit(f"/plateforme/demandes-de-droits/{asked.pk}/effacer/", place.scheme.user("DPO")) as officer:
        assert "Cela ne s’annule pas." in read(officer.page)
        press(officer.page, "Effacer maintenant")
        shot(officer.page, "14-efface")
        assert "Données effacées ; seuls des comptes anonymes restent." in read(officer.page)
    with visit(f"/suivi/?q={surname}", place.scheme.user("LA")) as adviser:
        assert surname not in adviser.page.locator("main table, main .empty").first.inner_text()
    assert not Person.objects.filter(household_id=other.pk).exists()
