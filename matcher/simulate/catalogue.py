"""Takes the hand-written content and a generator; gives courses as arrays: what, by whom, how popular, of what worth.

Draws no vacancy and no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.content import CourseText, occupations, phrases
from matcher.simulate.parameters import MarketParameters

POPULARITY_POWER = 1.1
"""Takers fall with the place in the list of popularity to this power."""

_SHARES_OF_VALUE = {"provider": 0.3, "occupation": 0.3, "course": 0.4}
_SPECIALISED = 0.5
_MODES = (0.50, 0.25, 0.15, 0.10)
_HOURS = (15.0, 16.0, 18.0, 20.0, 24.0, 30.0, 40.0)


@dataclass(frozen=True, slots=True)
class Trades:
    """The occupations of the content: codes, their sectors, and the sector of each occupation, int16 (n,)."""

    codes: tuple[str, ...]
    sectors: tuple[str, ...]
    sector: NDArray[np.int16]


@lru_cache(maxsize=1)
def trades() -> Trades:
    """Return the occupations of the content, in its order; a sector is a category of adverts.

    Notes
    -----
    Raises nothing.
    """
    sectors = tuple(dict.fromkeys(one.category for one in occupations()))
    sector = np.array([sectors.index(one.category) for one in occupations()], dtype=np.int16)
    return Trades(tuple(one.code for one in occupations()), sectors, sector)


@lru_cache(maxsize=1)
def course_texts() -> tuple[tuple[CourseText, int, str], ...]:
    """Return text, occupation (0-based, -1 for a general course) and category of each course; general ones come last.

    Notes
    -----
    Raises nothing.
    """
    own = [
        (course, index, occupation.course_category)
        for index, occupation in enumerate(occupations())
        for course in occupation.courses
    ]
    generic = phrases()["generic"]
    general = [
        (CourseText(title, about, ()), -1, "Pengembangan Diri")
        for title, about in zip(generic["titles"], generic["abouts"], strict=True)
    ]
    return (*own, *general)


@lru_cache(maxsize=1)
def provider_names() -> tuple[str, ...]:
    """Return every provider of the content, each once.

    Notes
    -----
    Raises nothing.
    """
    listed = phrases()["catalogue"]
    return tuple(dict.fromkeys([*listed["providers"], *listed["special"].values()]))


@dataclass(frozen=True, slots=True)
class Courses:
    """The courses on offer, n in all, of which the last are general and lead to no occupation.

    ``occupation`` and ``sector`` int16 (n,), -1 for a general course; ``provider`` int16 (n,) among
    ``provider_names()``; ``mode`` int8, ``platform`` int8, ``hours`` float64 and ``price_idr`` int64, all (n,);
    ``popularity`` float64 (n,), the chance to be somebody's first course, 0 for a general one; ``value`` float64 (n,),
    what the course adds to the log rate of finding a job without the slates.
    """

    occupation: NDArray[np.int16]
    sector: NDArray[np.int16]
    provider: NDArray[np.int16]
    mode: NDArray[np.int8]
    platform: NDArray[np.int8]
    hours: NDArray[np.float64]
    price_idr: NDArray[np.int64]
    popularity: NDArray[np.float64]
    value: NDArray[np.float64]

    @property
    def n_leading(self) -> int:
        """How many lead to an occupation; they come first."""
        return int((self.occupation >= 0).sum())


def draw_courses(parameters: MarketParameters, *, rng: np.random.Generator) -> Courses:
    """Return every course of the content with drawn provider, form, price, popularity and value.

    Notes
    -----
    The value of a course is normal with standard deviation ``course_value_sd``; of its variance 30 % belong to the
    provider, 30 % to the occupation and 40 % to the course alone. Raises nothing.
    """
    occupation = np.array([index for _, index, _ in course_texts()], dtype=np.int16)
    n = len(occupation)
    provider = _draw_providers(rng)
    places_in_list = rng.permutation(n) + 1
    popularity = np.where(occupation >= 0, places_in_list**-POPULARITY_POWER, 0.0)
    return Courses(
        occupation=occupation,
        sector=np.where(occupation >= 0, trades().sector[occupation], -1).astype(np.int16),
        provider=provider,
        mode=rng.choice(4, size=n, p=_MODES).astype(np.int8),
        platform=rng.integers(len(phrases()["catalogue"]["platforms"]), size=n).astype(np.int8),
        hours=rng.choice(_HOURS, size=n),
        price_idr=25_000 * rng.integers(8, 61, size=n),
        popularity=popularity / popularity.sum(),
        value=parameters.course_value_sd * _draw_values(occupation, provider, rng),
    )


def _draw_providers(rng: np.random.Generator) -> NDArray[np.int16]:
    listed = phrases()["catalogue"]
    names = provider_names()
    categories = [category for _, _, category in course_texts()]
    special = np.array([names.index(listed["special"][one]) if one in listed["special"] else -1 for one in categories])
    drawn = rng.integers(len(listed["providers"]), size=len(categories))
    is_special = (special >= 0) & (rng.random(len(categories)) < _SPECIALISED)
    return np.where(is_special, special, drawn).astype(np.int16)


def _draw_values(
    occupation: NDArray[np.int16], provider: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.float64]:
    shares = {name: np.sqrt(share) for name, share in _SHARES_OF_VALUE.items()}
    by_provider = rng.standard_normal(len(provider_names()))[provider]
    by_occupation = rng.standard_normal(len(trades().codes) + 1)[occupation]
    own = rng.standard_normal(len(occupation))
    return shares["provider"] * by_provider + shares["occupation"] * by_occupation + shares["course"] * own
