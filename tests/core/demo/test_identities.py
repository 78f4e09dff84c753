"""Names and contacts of the demonstration are fictitious, and drawn apart from everything else."""

from datetime import date

from untoit.core.demo.identities import identity

ON = date(2026, 11, 24)


def test_the_age_is_the_one_asked_for():
    ages = {age: identity(7, age, ON).birth_date for age in (18, 34, 60)}

    assert {age: (ON - born).days // 365.25 for age, born in ages.items()} == {18: 18, 34: 34, 60: 60}


def test_the_same_number_is_always_the_same_person_and_cannot_be_reached():
    one = identity(12, 40, ON)

    assert one == identity(12, 40, ON)
    assert one.phone == "0639980012" and one.email.endswith("@exemple.invalid")
    assert identity(13, 40, ON) != one
