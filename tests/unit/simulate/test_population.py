"""Drawn people have the published margins and could have taken the course they hold."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest, chisquare

from matcher.domain.regions import districts
from matcher.simulate.catalogue import Courses, draw_courses
from matcher.simulate.months import Months
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.people import EDUCATION_SHARES, ENTRY_SHARES
from matcher.simulate.population import People, district_areas, draw_certificates, draw_people

N = 60_000
PARAMETERS = MarketParameters(n_alumni=N)
MONTHS = Months.of(PARAMETERS.starts_on, intake_months=6, at_least=12, swing=0.2)


@pytest.fixture(scope="module")
def courses() -> Courses:
    return draw_courses(PARAMETERS, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def people(courses: Courses) -> People:
    sizes = np.zeros(len(districts()), dtype=np.int64)
    sizes[[3, 200, 400]] = (10_000, 20_000, 30_000)
    return draw_people(sizes, PARAMETERS, courses, MONTHS, rng=np.random.default_rng(2))


def _fits(codes: NDArray[np.integer], shares: dict) -> bool:
    found = np.bincount(codes, minlength=len(shares))
    expected = np.array(list(shares.values())) / sum(shares.values()) * len(codes)
    return chisquare(found, expected).pvalue > 0.001


def test_schooling_and_work_at_entry_lie_within_sampling_error(people: People) -> None:
    assert _fits(people.education, dict(EDUCATION_SHARES)) and _fits(people.entry, ENTRY_SHARES)


@pytest.mark.parametrize(
    ("name", "share"), [("women", 0.515), ("disability", 0.03), ("migrant", 0.03), ("primary", 0.18), ("idle", 0.60)]
)
def test_a_published_share_lies_within_sampling_error(people: People, name: str, share: float) -> None:
    counted = {
        "women": people.is_female,
        "disability": people.disability == 0,
        "migrant": people.is_migrant,
        "primary": people.education <= 1,
        "idle": people.was_idle,
    }[name]

    assert binomtest(int(counted.sum()), N, share).pvalue > 0.001


def test_people_live_where_they_are_counted(people: People) -> None:
    found = np.bincount(people.district)[[3, 200, 400]]

    assert found.tolist() == [10_000, 20_000, 30_000]
    assert (people.area == district_areas()[people.district]).all()


def test_a_wave_completes_in_its_half_month(people: People) -> None:
    begins = MONTHS.edges[(people.wave - 1) // 2] + 14 * ((people.wave - 1) % 2)

    assert sorted(set(people.wave.tolist())) == list(range(1, 13))
    assert ((people.completed >= begins) & (people.completed < begins + 14)).all()


def test_the_first_course_leads_to_an_occupation_and_few_courses_have_most_takers(
    people: People, courses: Courses
) -> None:
    takers = np.sort(np.bincount(people.course, minlength=len(courses.occupation)))[::-1]

    assert (courses.occupation[people.course] >= 0).all()
    assert takers[:15].sum() > 0.5 * N and takers[0] > 1.5 * takers[1]


def test_only_who_works_at_entry_holds_work_when_completing(people: People) -> None:
    assert (people.free_from[people.was_idle] == people.completed[people.was_idle]).all()
    assert (people.free_from[~people.was_idle] > people.completed[~people.was_idle]).all()


def test_everybody_holds_the_first_certificate_and_none_twice(people: People, courses: Courses) -> None:
    held = draw_certificates(people, courses, rng=np.random.default_rng(3))
    is_first = np.diff(held.person, prepend=-1) > 0

    assert (held.course[is_first] == people.course).all() and (held.issued[is_first] == people.completed).all()
    assert len(np.unique(held.person * 1_000 + held.course)) == len(held.person)
    assert (held.issued >= people.completed[held.person]).all()
