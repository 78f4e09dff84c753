"""The review of tandems and the release of runs: every pair of the tables, refusals, changes since the run."""

from datetime import date
from itertools import product

import pytest
from django.db import transaction
from django.http import Http404
from tests.factories.pairings import computed
from tests.factories.records import NOW

from untoit.core.errors import Conflict, Refused
from untoit.records.applicants.models import Consent, Household, Link
from untoit.records.desk.models import Task
from untoit.records.jobs.models import Offer
from untoit.records.pairings import choices, computing, releases, reviews, services
from untoit.records.pairings.lifecycle import CLOCK, RUN, TANDEM
from untoit.records.pairings.models import Review, Run, RunState, Tandem
from untoit.records.partners.models import AuditEntry, Role
from untoit.records.stock.models import Vacancy

pytestmark = pytest.mark.django_db

SAID = {
    "accept": {}, "pin": {}, "undo": {}, "set_aside": {"reason_code": "home"},
    "forbid": {"reason_code": "job", "forbids": "jobs"},
}


@pytest.fixture
def made(place):
    return computed(place)


def say(tandem, action, by, **changes):
    tandem.refresh_from_db()
    values = {**SAID[action], "revision": tandem.revision, **changes}
    return reviews.review_tandem(tandem_id=tandem.pk, action=action, by=by, at=NOW, **values)


def keep_all(run, by):
    for tandem in run.tandems.all():
        say(tandem, "accept", by)


def fresh(run):
    run.refresh_from_db()
    return {"run_id": run.pk, "revision": run.revision}


def released(run, by):
    keep_all(run, by)
    releases.finish_review(**fresh(run), by=by, at=NOW)
    return releases.release_run(**fresh(run), by=by, at=NOW)


def test_every_act_on_a_tandem_follows_the_table(place, made):
    tandem = made.tandems.first()

    for state, action in product(Review.values, SAID):
        Tandem.objects.filter(pk=tandem.pk).update(
            review=state, reason_code="home" if state == "set_aside" else "", is_forbidden=False, is_pinned=False
        )
        if TANDEM.may(action, state, Role.LM):
            said = say(tandem, action, place.lead)
            assert said.review == TANDEM.move(action, state, Role.LM, SAID[action])
            assert (said.is_pinned, said.is_forbidden) == (action == "pin", action == "forbid")
        else:
            with pytest.raises(Refused):
                say(tandem, action, place.lead)


def test_tables_name_only_known_states_and_roles():
    assert RUN.states == set(RunState.values)
    assert TANDEM.states == set(Review.values)
    assert {who for one in (*RUN.transitions, *TANDEM.transitions) for who in one.by} <= {*Role.values, CLOCK}


def test_the_second_who_speaks_is_told_and_nothing_is_overwritten(place, made):
    tandem = made.tandems.first()
    say(tandem, "accept", place.scheme.actor("EMPP"))

    with pytest.raises(Conflict) as told:
        say(tandem, "set_aside", place.scheme.actor("DEP"), revision=1)

    assert "Membre EMPP" in told.value.sentence
    tandem.refresh_from_db()
    assert tandem.review == Review.ACCEPTED


def test_an_opinion_that_is_not_of_the_list_is_refused(place, made):
    tandem = made.tandems.first()

    for wrong in ({"reason_code": "sa tête"}, {"reason_code": "home", "comment": "elle est handicapée"}):
        with pytest.raises(Refused):
            say(tandem, "set_aside", place.lead, **wrong)
    with pytest.raises(Refused):
        say(tandem, "set_aside", place.lead, reason_code="")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Trop loin de l'école", []), ("Dépression en cours", ["dépression"]), ("touche le RSA", ["RSA"]),
        ("parents âgés", []), ("en situation de handicap", ["handicap"]), ("arbre, balcon", []),
    ],
)
def test_words_about_health_or_hardship_are_found(text, found):
    assert [word.lower() for word in reviews.banned_words(text)] == [word.lower() for word in found]


def test_pins_and_interdictions_hold_in_the_next_run_and_what_was_said_is_kept(place, made):
    pinned, home, job, kept, *_ = made.tandems.order_by("number")
    say(pinned, "pin", place.lead)
    say(home, "forbid", place.lead, forbids="home", reason_code="place")
    say(job, "forbid", place.lead)
    say(kept, "accept", place.scheme.actor("DEP"))
    forbidden_jobs = {(one.person_id, one.offer_id) for one in job.jobs.all()}

    again = services.solve_again(**fresh(made), by=place.lead, at=NOW)
    computing.compute(again.pk, None, lambda: NOW)

    again.refresh_from_db()
    assert again.state == RunState.COMPUTED, again.failure
    assert again.inputs_hash == made.inputs_hash
    assert again.tandems.get(household=pinned.household).is_pinned
    assert again.tandems.get(household=pinned.household).vacancy_id == pinned.vacancy_id
    assert not again.tandems.filter(household=home.household, vacancy=home.vacancy).exists()
    proposed = {(one.person_id, one.offer_id) for tandem in again.tandems.all() for one in tandem.jobs.all()}
    assert not proposed & forbidden_jobs
    same = again.tandems.filter(household=kept.household, vacancy=kept.vacancy).first()
    if same is not None and same.review != Review.TO_REVIEW:
        assert same.reviewed_by == place.scheme.user("DEP")
    # Partners read the last attempt only.
    partner = place.scheme.actor("DEP")
    assert set(Tandem.objects.visible_to(partner).values_list("run", flat=True)) == {again.pk}
    # Choices go on from run to run until somebody lifts them.
    third = choices.chosen_in(again)
    assert third[choices.WITHOUT_HOME] == [[str(home.household_id), str(home.vacancy_id)]]
    key = choices.key_of(choices.WITHOUT_HOME, third[choices.WITHOUT_HOME][0])
    assert choices.chosen_in(again, without=[key])[choices.WITHOUT_HOME] == []


def test_a_pin_that_can_no_longer_hold_is_told_in_a_sentence(place, made):
    tandem = made.tandems.order_by("number").first()
    say(tandem, "pin", place.lead)
    other = made.tandems.exclude(pk=tandem.pk).order_by("number").first()
    child = services.solve_again(**fresh(made), by=place.lead, at=NOW)
    elsewhere = [str(tandem.household_id), str(other.vacancy_id), *child.choices["pinned"][0][2:]]
    Run.objects.filter(pk=child.pk).update(choices={**child.choices, "pinned": [elsewhere]})

    computing.compute(child.pk, None, lambda: NOW)

    child.refresh_from_db()
    if child.state == RunState.FAILED:
        assert "épinglé" in child.failure
    else:  # that home was possible for this household too
        assert child.tandems.filter(household=tandem.household, vacancy=other.vacancy).exists()


def test_solving_again_without_any_choice_is_refused(place, made):
    with pytest.raises(Refused, match="Rien n'a été épinglé"):
        services.solve_again(**fresh(made), by=place.lead, at=NOW)


def test_the_review_ends_only_when_every_tandem_has_an_opinion(place, made):
    with pytest.raises(Refused, match="Il reste"):
        releases.finish_review(**fresh(made), by=place.lead, at=NOW)

    keep_all(made, place.lead)
    done = releases.finish_review(**fresh(made), by=place.lead, at=NOW)

    assert done.state == RunState.REVIEWED
    tasks = Task.objects.filter(subject_id=made.pk, done_at__isnull=True)
    assert set(tasks.values_list("kind", "role")) == {("run_to_release", "LM")}
    with pytest.raises(Refused, match="finie"):
        say(made.tandems.first(), "undo", place.lead)


def test_a_release_opens_the_tandems_to_the_persons_and_is_logged(place, made):
    released(made, place.lead)

    assert Task.objects.filter(kind="tandem_to_present", done_at__isnull=True).count() == made.tandems.count()
    assert AuditEntry.objects.filter(action="run.released", subject_id=made.pk).exists()


def test_a_retraction_takes_a_reason_and_closes_what_it_opened(place, made):
    released(made, place.lead)

    with pytest.raises(Refused):
        releases.retract_run(**fresh(made), reason=" ", by=place.lead, at=NOW)
    releases.retract_run(**fresh(made), reason="Erreur de date", by=place.lead, at=NOW)

    made.refresh_from_db()
    assert made.state == RunState.REVIEWED
    assert not Task.objects.filter(kind="tandem_to_present", done_at__isnull=True).exists()
    assert AuditEntry.objects.get(action="run.retracted").detail == {"reason": "Erreur de date"}


CHANGES = {
    "a home has another rent": (lambda run: Vacancy.objects.filter(pk=_home(run)).update(rent_cents=1), "logement"),
    "a home is let": (lambda run: Vacancy.objects.filter(pk=_home(run)).update(state="let"), "logement"),
    "an offer is filled": (lambda run: Offer.objects.filter(pk=_offer(run)).update(state="filled"), "offre"),
    "a household grew": (lambda run: Household.objects.filter(pk=_who(run)).update(child_ages=[0, 1, 2]), "ménage"),
    "an offer expired": (lambda run: Offer.objects.filter(pk=_offer(run)).update(expires_on=date(2026, 1, 1)), "offre"),
    "agreement withdrawn": (
        lambda run: Consent.objects.filter(household=_who(run), purpose="matching").update(withdrawn_at=NOW), "ménage"
    ),
    "share closed": (
        lambda run: Link.objects.filter(household=_who(run), organisation=run.organisation).update(closed_at=NOW),
        "plus partagé",
    ),
}


def _home(run):
    return run.tandems.order_by("number").first().vacancy_id


def _who(run):
    return run.tandems.order_by("number").first().household_id


def _offer(run):
    return run.tandems.order_by("number").first().jobs.first().offer_id


def test_a_release_is_refused_with_a_sentence_when_inputs_changed(place, made):
    keep_all(made, place.lead)
    releases.finish_review(**fresh(made), by=place.lead, at=NOW)

    for change, (alter, words) in CHANGES.items():
        with transaction.atomic():
            alter(made)
            with pytest.raises(Refused) as told:
                releases.release_run(**fresh(made), by=place.lead, at=NOW)
            transaction.set_rollback(True)
        assert words in told.value.sentence, change
    assert releases.release_run(**fresh(made), by=place.lead, at=NOW).state == RunState.RELEASED


def test_a_home_is_never_released_twice(place, made):
    second = computed(place)
    released(made, place.lead)

    with pytest.raises(Refused, match="déjà proposé"):
        released(second, place.lead)


def test_only_the_project_lead_releases(place, made):
    keep_all(made, place.lead)
    releases.finish_review(**fresh(made), by=place.lead, at=NOW)

    for name in ("LA", "DEP", "EMPP", "EMPL", "LM_other", "FUND", "ADM"):
        with pytest.raises((Http404, Run.DoesNotExist)):
            releases.release_run(**fresh(made), by=place.scheme.actor(name), at=NOW)
