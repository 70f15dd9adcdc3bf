"""Takes district sizes and courses; gives the people of a market as arrays, with the certificates they hold.

Draws no vacancy; nobody looks for work yet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank
from matcher.domain.regions import districts, provinces
from matcher.simulate.catalogue import Courses
from matcher.simulate.months import Days, Months
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.people import DISABILITY_SHARES, EDUCATION_SHARES, ENTRY_SHARES, MIGRANT_SHARES, SEX_SHARES

EDUCATIONS = tuple(EDUCATION_SHARES)
"""Schooling by code; the last is unknown."""

ENTRIES = tuple(ENTRY_SHARES)
"""Employment at entry by code; 0 is not working."""

DISABILITIES = tuple(DISABILITY_SHARES)
"""Disability by code: has one, has none, not told."""

DAYS_OF_WAVE = 14
"""A wave completes within the first or the second half of a month."""

_FURTHER_COURSES = (0.55, 0.32, 0.13)
_PASSED = 0.65
_OLD_JOB_MEAN_DAYS = 900.0
_ABILITY_BY_RANK = 0.12


@dataclass(frozen=True, slots=True)
class People:
    """n people, ordered by district.

    All arrays are (n,). ``area`` int16, the province, and ``district`` int16, both 0-based in the order of code;
    ``education``, ``disability`` and ``entry`` int8 codes; ``rank`` int8, schooling on the ladder; ``is_female`` and
    ``is_migrant`` bool; ``birth_year`` int16; ``completed`` int64, a day; ``wave`` int16 from 1; ``ability`` float64,
    unseen, mean 0 at SMA; ``course`` and ``sector`` int16, of the first certificate; ``has_passed`` bool, its evidence;
    ``free_from`` float64, the day the job or business held at entry ends, or that of completion.
    """

    area: NDArray[np.int16]
    district: NDArray[np.int16]
    education: NDArray[np.int8]
    rank: NDArray[np.int8]
    is_female: NDArray[np.bool_]
    disability: NDArray[np.int8]
    is_migrant: NDArray[np.bool_]
    entry: NDArray[np.int8]
    birth_year: NDArray[np.int16]
    completed: Days
    wave: NDArray[np.int16]
    ability: NDArray[np.float64]
    course: NDArray[np.int16]
    sector: NDArray[np.int16]
    has_passed: NDArray[np.bool_]
    free_from: NDArray[np.float64]

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.area)

    @property
    def was_idle(self) -> NDArray[np.bool_]:
        """Who did not work at entry, bool (n,)."""
        return self.entry == 0


@dataclass(frozen=True, slots=True)
class Certificates:
    """m certificates in order of their holder: ``person`` int64 (0-based), ``course`` int16, ``has_passed`` bool,
    ``issued`` int64, a day; all (m,)."""

    person: NDArray[np.int64]
    course: NDArray[np.int16]
    has_passed: NDArray[np.bool_]
    issued: Days


def district_areas() -> NDArray[np.int16]:
    """Return the province, 0-based in the order of code, of each of the 514 districts.

    Notes
    -----
    Raises nothing.
    """
    place = {code: index for index, code in enumerate(provinces())}
    return np.array([place[code[:2]] for code in districts()], dtype=np.int16)


def draw_people(
    sizes: NDArray[np.int64],
    parameters: MarketParameters,
    courses: Courses,
    months: Months,
    *,
    rng: np.random.Generator,
) -> People:
    """Return the people of districts of these `sizes`, int64 (514,), each trait drawn by itself at the published share.

    Notes
    -----
    Completion is even over the days of the waves and waves are even over the intake. Raises nothing.
    """
    n = int(sizes.sum())
    district = np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    education = _draw_codes(rng, tuple(EDUCATION_SHARES.values()), n)
    ranks = np.array([education_rank(level or UNKNOWN_EDUCATION) for level in EDUCATIONS], dtype=np.int8)
    entry = _draw_codes(rng, tuple(ENTRY_SHARES.values()), n)
    wave = rng.integers(2 * parameters.intake_months, size=n).astype(np.int16)
    completed = months.edges[wave // 2] + DAYS_OF_WAVE * (wave % 2) + rng.integers(DAYS_OF_WAVE, size=n)
    course = np.searchsorted(np.cumsum(courses.popularity), rng.random(n)).astype(np.int16)
    course = np.minimum(course, courses.n_leading - 1)
    old_job_days = np.where(entry > 0, rng.exponential(_OLD_JOB_MEAN_DAYS, n), 0.0)
    return People(
        area=district_areas()[district],
        district=district,
        education=education,
        rank=ranks[education],
        is_female=rng.random(n) < SEX_SHARES["female"],
        disability=_draw_codes(rng, tuple(DISABILITY_SHARES.values()), n),
        is_migrant=rng.random(n) < MIGRANT_SHARES[True],
        entry=entry,
        birth_year=(parameters.starts_on.year - _draw_ages(ranks[education], rng)).astype(np.int16),
        completed=completed,
        wave=wave + np.int16(1),
        ability=_ABILITY_BY_RANK * (ranks[education] - 3.0) + rng.standard_normal(n),
        course=course,
        sector=courses.sector[course],
        has_passed=rng.random(n) < _PASSED,
        free_from=completed.astype(np.float64) + old_job_days,
    )


def draw_certificates(people: People, courses: Courses, *, rng: np.random.Generator) -> Certificates:
    """Return the first certificate of everybody and up to two further ones, general courses among them.

    Notes
    -----
    A further course that repeats another of the same person is left out. Raises nothing.
    """
    n, n_courses = people.n, len(courses.popularity)
    n_further = rng.choice(3, size=n, p=_FURTHER_COURSES)
    taken = np.column_stack([people.course, rng.integers(n_courses, size=(n, 2))])
    is_held = np.arange(3) <= n_further[:, None]
    is_held[:, 1] &= taken[:, 1] != taken[:, 0]
    is_held[:, 2] &= (taken[:, 2] != taken[:, 0]) & (taken[:, 2] != taken[:, 1])
    has_passed = np.column_stack([people.has_passed, rng.random((n, 2)) < _PASSED])
    issued = people.completed[:, None] + np.array([0, 20, 45]) + np.column_stack([np.zeros(n, int), _days(rng, n)])
    person, place = np.nonzero(is_held)
    return Certificates(person, taken[person, place].astype(np.int16), has_passed[person, place], issued[person, place])


def _days(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    return rng.integers(15, size=(n, 2))


def _draw_codes(rng: np.random.Generator, shares: tuple[float, ...], n: int) -> NDArray[np.int8]:
    edges = np.cumsum(shares) / sum(shares)
    return np.minimum(np.searchsorted(edges, rng.random(n), side="right"), len(shares) - 1).astype(np.int8)


def _draw_ages(rank: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw ages of which the schooling is possible, rather young; nobody was below 18 at the course."""
    youngest = 20 + np.maximum(rank.astype(np.int64) - 3, 0)
    return youngest + rng.integers(41, size=(2, len(rank))).min(axis=0)
