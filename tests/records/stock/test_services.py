"""Vacancies: who may change them, who is told when two people do, and what a click on « Annuler » gives back."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import close_old_connections, connection
from django.http import Http404
from tests.factories.records import NOW, scheme, vacancy

from untoit.core.errors import Conflict, Refused
from untoit.records.desk.models import Task, TaskKind
from untoit.records.desk.services import open_task
from untoit.records.partners.models import AuditEntry
from untoit.records.stock import selectors, services
from untoit.records.stock.exchange import vacancy_to_core
from untoit.records.stock.lifecycle import VACANCY
from untoit.records.stock.models import Building, Vacancy, VacancyState

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return scheme()


def changed(home, **values):
    return replace(vacancy_to_core(home), **values)


def test_a_vacancy_is_created_open_in_its_building_and_noted(made):
    landlord = made.organisations["landlord"]
    building = Building.objects.create(
        organisation=landlord, name="Les Tilleuls", commune="59350", latitude=50.6, longitude=3.0
    )
    value = changed(vacancy(made.organisations["landlord_other"]), reference="LOG-A", building="Les Tilleuls")

    home = services.create_vacancy(value=value, by=made.actor("LA"), at=NOW, extras={"nearby": "Métro à 300 m"})

    assert (home.organisation, home.state, home.building, home.nearby) == (landlord, "open", building, "Métro à 300 m")
    assert home.expires_on == date(2027, 1, 7)
    assert vacancy_to_core(home) == value
    assert list(AuditEntry.objects.values_list("action", "subject_id")) == [("vacancy.created", home.pk)]


@pytest.mark.parametrize("name", ["DEP", "EMPP", "EMPL", "FUND", "ADM", "DPO", "LM_other", "PART"])
def test_others_cannot_tell_a_vacancy_from_one_that_does_not_exist(made, name):
    home = vacancy(made.organisations["landlord"])

    for act in (services.confirm_vacancy, services.withdraw_vacancy, services.mark_let, services.reopen_vacancy):
        with pytest.raises(Http404):
            act(vacancy_id=home.pk, by=made.actor(name), at=NOW)
    with pytest.raises(Http404):
        services.change_vacancy(
            vacancy_id=home.pk, value=vacancy_to_core(home), revision=1, by=made.actor(name), at=NOW
        )
    assert not AuditEntry.objects.exists()


def test_whoever_comes_second_is_told_who_came_first_and_nothing_is_lost(made):
    home = vacancy(made.organisations["landlord"])
    services.change_vacancy(
        vacancy_id=home.pk, value=changed(home, rent_eur=Decimal(400)), revision=1, by=made.actor("LM"), at=NOW
    )

    with pytest.raises(Conflict) as told:
        services.change_vacancy(
            vacancy_id=home.pk, value=changed(home, rent_eur=Decimal(420)), revision=1, by=made.actor("LA"), at=NOW
        )

    assert told.value.sentence == (
        "Cette fiche a été modifiée à 10\u00a0h par Membre LM\N{NO-BREAK SPACE}: vos changements n'ont pas été "
        "enregistrés, relisez-la."
    )
    home.refresh_from_db()
    assert (home.rent_cents, home.revision) == (40_000, 2)


def test_saving_without_change_changes_nothing(made):
    home = Vacancy.objects.get(pk=vacancy(made.organisations["landlord"]).pk)

    services.change_vacancy(vacancy_id=home.pk, value=vacancy_to_core(home), revision=1, by=made.actor("LM"), at=NOW)

    home.refresh_from_db()
    assert home.revision == 1
    assert not AuditEntry.objects.exists()


def test_a_reference_already_used_is_said(made):
    first, second = (vacancy(made.organisations["landlord"]) for _ in range(2))

    with pytest.raises(Conflict, match="est déjà celle d'un autre de vos logements"):
        services.change_vacancy(
            vacancy_id=second.pk, value=changed(second, reference=first.reference), revision=1, by=made.actor("LM"),
            at=NOW,
        )


@pytest.mark.parametrize("step", VACANCY.transitions, ids=lambda step: step.action)
@pytest.mark.parametrize("state", VacancyState)
def test_every_act_in_every_state(made, step, state):
    home = vacancy(made.organisations["landlord"], state=state)
    if step.action == "expire":
        home.expires_on = NOW.date() - timedelta(days=1)
        home.save()
        services.expire_vacancies(on=NOW.date(), at=NOW)
    else:
        act = {"confirm": services.confirm_vacancy, "let": services.mark_let, "withdraw": services.withdraw_vacancy,
               "reopen": services.reopen_vacancy}[step.action]
        try:
            act(vacancy_id=home.pk, by=made.actor("LA"), at=NOW)
        except Refused as refused:
            assert step.label in refused.sentence

    home.refresh_from_db()
    assert home.state == (step.target if state in step.sources else state)


def test_confirming_gives_time_closes_the_task_and_does_not_send_back_who_is_editing(made):
    home = vacancy(made.organisations["landlord"], expires_on=date(2026, 11, 24))
    open_task(kind=TaskKind.VACANCY_TO_CONFIRM, organisation=home.organisation, role="LA", subject_kind="vacancy",
              subject_id=home.pk, why="Toujours libre ?", due_on=date(2026, 11, 24), at=NOW)

    services.confirm_vacancy(vacancy_id=home.pk, by=made.actor("LA"), at=NOW)

    home.refresh_from_db()
    assert (home.expires_on, home.revision) == (date(2027, 1, 7), 1)
    assert Task.objects.get().done_at == NOW


def test_the_history_says_who_changed_what(made):
    home = vacancy(made.organisations["landlord"])
    services.change_vacancy(
        vacancy_id=home.pk, value=changed(home, rent_eur=Decimal("401.50"), floor=3), revision=1,
        by=made.actor("LM"), at=NOW,
    )

    last, first = selectors.edits_of(made.actor("LA"), home)

    assert last.who == "Membre LM"
    assert [(change.label, change.before, change.after) for change in last.changes] == [
        ("Étage", "non renseigné", "3"), ("Loyer", "380\N{NO-BREAK SPACE}€", "401,50\N{NO-BREAK SPACE}€"),
    ]
    assert first.changes == ()
    assert selectors.edits_of(made.actor("DEP"), home) == []


def test_the_masked_search_and_its_results_hold_neither_reference_nor_building_nor_address(made):
    home = vacancy(made.organisations["landlord"], building_name="Les Tilleuls", reference="SECRET-1")

    (found,) = selectors.search(made.actor("EMPP"), "lille")

    assert found.pk == home.pk
    shown = f"{found.title} {found.detail}"
    assert not any(hidden in shown for hidden in ("Tilleuls", "SECRET", "Essai", "Bailleur"))
    assert selectors.search(made.actor("EMPP"), "tilleuls") == []
    assert [one.pk for one in selectors.search(made.actor("LA"), "tileuls")] == [home.pk]
    assert selectors.search(made.actor("LM_other"), "tilleuls") == []
    assert selectors.search(made.actor("EMPL"), "lille") == []


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_writers_at_once_one_wins_and_fifteen_are_told(transactional_db):
    made = scheme()
    home = vacancy(made.organisations["landlord"])
    actors = [made.actor("LM" if number % 2 else "LA") for number in range(16)]
    start, told, won = threading.Barrier(16), [], []

    def write(number):
        try:
            start.wait()
            services.change_vacancy(
                vacancy_id=home.pk, value=changed(home, rent_eur=Decimal(500 + number)), revision=1,
                by=actors[number], at=NOW,
            )
            won.append(number)
        except Conflict as conflict:
            told.append(conflict.sentence)
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    home = Vacancy.objects.get()
    assert (len(won), len(told)) == (1, 15)
    assert {sentence.split(" par ")[0] for sentence in told} == {"Cette fiche a été modifiée à 10\u00a0h"}
    assert (home.rent_cents, home.revision) == (50_000 + 100 * won[0], 2)
    assert home.events.filter(pgh_label="update").count() == 1


def test_a_row_whose_history_was_purged_says_nothing_of_it(made):
    home = vacancy(made.organisations["landlord"])
    home.events.model.objects.all().delete()

    assert selectors.edits_of(made.actor("LA"), home) == []
