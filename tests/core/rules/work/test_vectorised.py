"""The array twin answers what the readable job rules answer, on every pair."""

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.people import offer, seeker
from tests.factories.strategies import DAYS, offers, seekers

from untoit.core.rules.rule import blocks
from untoit.core.rules.work import WORK_RULES, judge_fit
from untoit.core.rules.work.requirements import nearness, years_in_the_field
from untoit.core.rules.work.vectorised import _READS, _WHOLE_TABLES, fit

ON = date(2026, 11, 23)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(seekers, min_size=1, max_size=8), st.lists(offers, min_size=1, max_size=8), st.sampled_from(DAYS)
)
def test_the_twin_equals_the_readable_rules(people, jobs, on):
    first = np.full((len(people), len(jobs)), 255, np.uint8)
    blocking, warnings = np.zeros(first.shape, np.uint16), np.zeros(first.shape, np.uint16)
    near = np.full((*first.shape, 2), 255, np.uint8)
    years = np.zeros(first.shape, np.float32)
    for s, person in enumerate(people):
        for j, job in enumerate(jobs):
            near[s, j] = nearness(person, job, on) or (255, 255)
            years[s, j] = years_in_the_field(person, job.occupation, on) or 0
            for number, finding in reversed(list(enumerate(judge_fit(person, job, on)))):
                if blocks(finding):
                    first[s, j] = number
                    blocking[s, j] |= 1 << number
                elif not finding.passed:
                    warnings[s, j] |= 1 << number

    answer = fit(people, jobs, on)

    np.testing.assert_array_equal(answer.first_excluding, first)
    np.testing.assert_array_equal(answer.allowed, first == 255)
    np.testing.assert_array_equal(answer.blocking, blocking)
    np.testing.assert_array_equal(answer.warnings, warnings)
    np.testing.assert_array_equal(answer.distance, near[:, :, 0])
    np.testing.assert_array_equal(answer.wish_rank, near[:, :, 1])
    np.testing.assert_array_equal(answer.experience, years)


def test_every_rule_has_one_array_form():
    codes = [rule.code for rule in WORK_RULES]

    assert len(set(codes)) == len(codes)
    assert sorted([*_READS, *_WHOLE_TABLES]) == sorted(codes)


def test_no_seeker_or_no_offer_gives_an_empty_answer():
    assert fit([], [offer()], ON).allowed.shape == (0, 1)
    assert fit([seeker()], [], ON).distance.shape == (1, 0)
