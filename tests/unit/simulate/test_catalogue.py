"""Courses: those that lead to work come first, and their values have the stated spread and parts."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.simulate.catalogue import course_texts, draw_courses, provider_names, trades
from matcher.simulate.content import occupations
from matcher.simulate.parameters import MarketParameters


def test_courses_that_lead_to_an_occupation_come_first_and_only_they_are_first_courses() -> None:
    courses = draw_courses(MarketParameters(), rng=np.random.default_rng(1))
    n = courses.n_leading

    assert len(course_texts()) == len(courses.value) > n == sum(len(one.courses) for one in occupations())
    assert (courses.occupation[:n] >= 0).all() and (courses.occupation[n:] == -1).all()
    assert courses.popularity[:n].min() > 0 and courses.popularity.sum() == pytest.approx(1)


def test_the_value_of_courses_spreads_as_stated() -> None:
    parameters = MarketParameters(course_value_sd=0.5)
    values = [draw_courses(parameters, rng=np.random.default_rng(seed)).value for seed in range(200)]

    assert np.std(values) == pytest.approx(0.5, rel=0.05)


def test_courses_of_one_provider_and_occupation_have_values_nearer_to_each_other() -> None:
    inside, overall = [], []
    for seed in range(100):
        courses = draw_courses(MarketParameters(course_value_sd=1.0), rng=np.random.default_rng(seed))
        group = courses.provider.astype(np.int64) * 100 + courses.occupation
        _, group, size = np.unique(group, return_inverse=True, return_counts=True)
        mean = np.bincount(group, courses.value) / size
        several = size[group] > 1
        inside.append(((courses.value - mean[group])[several] ** 2).sum() / (several.sum() - (size > 1).sum()))
        overall.append(courses.value.var())

    assert np.mean(inside) == pytest.approx(0.4, abs=0.05) and np.mean(overall) == pytest.approx(1.0, abs=0.1)


def test_names_are_listed_once() -> None:
    assert len(set(provider_names())) == len(provider_names()) and len(set(trades().sectors)) == len(trades().sectors)
