"""Two people at the same second: one registration, one person who comes first, nothing lost."""

from threading import Barrier, Thread

import pytest
from django.db import connection
from tests.factories.events import a_registration, an_event
from tests.factories.records import NOW, linked_household, scheme

from untoit.core.errors import Conflict
from untoit.records.events import registrations
from untoit.records.events.models import Registration

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Do these at the same instant, each in its own connection, and return what each answered."""
    ready, answers = Barrier(len(acts)), [None] * len(acts)

    def work(number, act):
        ready.wait()
        try:
            answers[number] = act()
        except Conflict as conflict:
            answers[number] = conflict
        finally:
            connection.close()

    threads = [Thread(target=work, args=each) for each in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return answers


def test_two_partners_add_the_same_person_and_she_is_there_once():
    of = scheme()
    event = an_event(of)
    who = linked_household(of).persons.get()
    by = [of.actor(name) for name in ("LA", "DEP", "EMPP")]

    made = at_once(*(
        lambda one=one: registrations.add_person(event_id=event.pk, person_id=who.pk, by=one, at=NOW) for one in by
    ))

    assert {one.pk for one in made} == {Registration.objects.get().pk}


def test_two_partners_write_the_needs_and_the_second_is_told():
    of = scheme()
    row = a_registration(an_event(of), scheme=of)

    answers = at_once(*(
        lambda values=values, name=name: registrations.change_needs(
            registration_id=row.pk, values=values, revision=1, by=of.actor(name), at=NOW
        )
        for name, values in (("LA", {"needs_language": "ar"}), ("DEP", {"needs_accessible": True}))
    ))

    assert sum(isinstance(one, Conflict) for one in answers) == 1
    row.refresh_from_db()
    assert row.revision == 2
    assert (row.needs_language == "ar") != row.needs_accessible
