"""Takes open vacancies and the people who look; gives shortlists and what is known of each pair. Ranks nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.catalogue import Courses
from matcher.simulate.population import People
from matcher.simulate.supply import Vacancies

OWN_SECTOR = 0.6
"""Share of a shortlist that comes from the sector of the course."""

FRESHNESS_DAYS = 30.0
CROWDED_AT = 3.0
"""Applicants by opening at which crowding reaches one half."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pools:
    """Open vacancies in random order within (province, sector).

    ``order`` int64 (m,): vacancies; ``first`` and ``size`` int64 (n_areas, n_sectors): where in it each pool stands.
    """

    order: Rows
    first: Rows
    size: Rows


@dataclass(frozen=True, slots=True)
class Qualities:
    """How well courses match vacancies: ``true`` and ``logged``, a noisy reading, float32 (n_courses, n_vacancies)."""

    true: NDArray[np.float32]
    logged: NDArray[np.float32]


def draw_qualities(
    courses: Courses, vacancies: Vacancies, score_noise: float, *, rng: np.random.Generator
) -> Qualities:
    """Return true and logged quality of every pair of a course that leads to an occupation and a vacancy.

    Notes
    -----
    True quality is 1.5 for the same occupation, 0.6 for another of the same sector and 0 otherwise, plus normal noise
    of standard deviation 0.5 that belongs to the pair. The logged score adds normal noise of `score_noise`. Raises
    nothing.
    """
    n = courses.n_leading
    same_occupation = courses.occupation[:n, None] == vacancies.occupation
    same_sector = courses.sector[:n, None] == vacancies.sector
    shape = (n, vacancies.n)
    true = 0.5 * rng.standard_normal(shape, dtype=np.float32)
    true += np.float32(0.9) * same_occupation + np.float32(0.6) * same_sector
    noise = rng.standard_normal(shape, dtype=np.float32)
    return Qualities(true, true + np.float32(score_noise) * noise)


def draw_pools(
    is_open: NDArray[np.bool_], vacancies: Vacancies, shape: tuple[int, int], *, rng: np.random.Generator
) -> Pools:
    """Return the pools of the vacancies that are open, `shape` being (n_areas, n_sectors).

    Notes
    -----
    Raises nothing.
    """
    shuffled = rng.permutation(np.flatnonzero(is_open))
    pool = vacancies.area[shuffled].astype(np.int64) * shape[1] + vacancies.sector[shuffled]
    size = np.bincount(pool, minlength=shape[0] * shape[1])
    first = np.cumsum(size) - size
    return Pools(shuffled[np.argsort(pool, kind="stable")], first.reshape(shape), size.reshape(shape))


def draw_shortlists(
    pools: Pools, area: NDArray[np.int16], sector: NDArray[np.int16], length: int, *, rng: np.random.Generator
) -> tuple[Rows, NDArray[np.bool_]]:
    """Return shortlists of distinct vacancies of the person's province.

    Parameters
    ----------
    pools : Pools
        With at least one open vacancy.
    area, sector : ndarray of int16, shape (n,)
        Province and sector of the people who look.
    length : int
        Entries of a shortlist, c.

    Returns
    -------
    vacancy : ndarray of int64, shape (n, c)
    is_there : ndarray of bool, shape (n, c)
        False where a pool is too small; the vacancy there means nothing.

    Notes
    -----
    ``OWN_SECTOR`` of the entries come from the sector, as far as it has so many, the rest from the others; each
    of either is as likely as any other. Raises nothing.
    """
    own_size = pools.size[area, sector]
    own_place = pools.first[area, sector] - pools.first[area, 0]
    other_size = pools.size.sum(axis=1)[area] - own_size
    n_own = np.minimum(own_size, round(OWN_SECTOR * length))
    steps = np.arange(length)
    own = _spread(own_size, n_own, steps, rng) + own_place[:, None]
    other = _spread(other_size, length - n_own, steps - n_own[:, None], rng)
    other += np.where(other >= own_place[:, None], own_size[:, None], 0)
    place = np.where(steps < n_own[:, None], own, other) + pools.first[area, 0][:, None]
    return pools.order[np.minimum(place, len(pools.order) - 1)], steps < (n_own + other_size)[:, None]


def _spread(size: Rows, n_wanted: Rows, steps: Rows, rng: np.random.Generator) -> Rows:
    """Draw distinct places of pools of these sizes: a random start, then steps as long as the pool allows."""
    stride = np.maximum(size // np.maximum(n_wanted, 1), 1)
    start = (rng.random(len(size)) * size).astype(np.int64)
    return (start[:, None] + steps * stride[:, None]) % np.maximum(size, 1)[:, None]


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of a market that a pair is read from.

    ``n_applicants`` int64 (n_vacancies,), how many applied so far; the run of the market counts on in place.
    """

    people: People
    courses: Courses
    vacancies: Vacancies
    qualities: Qualities
    n_applicants: Rows


def is_schooled(sides: Sides, person: Rows, vacancy: Rows) -> NDArray[np.bool_]:
    """Return who has the schooling that is asked: `person` int64 (n,), `vacancy` int64 (n, c), answer bool (n, c).

    Notes
    -----
    Raises nothing.
    """
    return sides.people.rank[person][:, None] >= sides.vacancies.rank[vacancy]


def read_features(sides: Sides, person: Rows, vacancy: Rows, day: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return what is known of each pair on the `day` it is shown: float32 (n, c, 6), in the order of ``FEATURES``.

    Parameters
    ----------
    sides : Sides
    person : ndarray of int64, shape (n,)
    vacancy : ndarray of int64, shape (n, c)
    day : ndarray of float64, shape (n,)

    Notes
    -----
    Raises nothing.
    """
    people, vacancies = sides.people, sides.vacancies
    course = people.course[person][:, None]
    asked = vacancies.rank[vacancy]
    crowd = sides.n_applicants / (sides.n_applicants + CROWDED_AT * vacancies.openings)
    columns = (
        sides.qualities.logged[course, vacancy],
        sides.courses.occupation[course] == vacancies.occupation[vacancy],
        people.district[person][:, None] == vacancies.district[vacancy],
        np.where(asked < 0, 0.0, (people.rank[person][:, None] - asked) / 10),
        np.exp((vacancies.posted[vacancy] - day[:, None]) / FRESHNESS_DAYS),
        crowd[vacancy],
    )
    return np.stack([column.astype(np.float32) for column in columns], axis=-1)
