"""Takes district sizes; gives the vacancies of a market as arrays, with openings, dates and pay. Hires nobody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.domain.qualifications import education_rank
from matcher.simulate.catalogue import trades
from matcher.simulate.content import AdvertText, occupations, places
from matcher.simulate.months import Days, Months
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.population import district_areas

LEVELS = ("unstated", "none", "SD", "SMP", "SMA/SMK", "D3", "S1")
"""Least schooling by code; 0 asks for nothing."""

TYPES = ("full_time", "part_time", "contract", "daily", "freelance", "seasonal")
"""Form of employment by code."""

OPEN_DAYS = (60, 100)
"""A vacancy is open for this many days, unless its openings are taken before."""

BEFORE_DAYS = 30
"""Adverts begin this many days before the market does."""

_VACANCIES_BY_EMPLOYER = 4
_ENOUGH_FOR_ALL = 100


@dataclass(frozen=True, slots=True, eq=False)
class Adverts:
    """The hand-written adverts of work near home, m in all, and their titles, t in all.

    ``texts`` of length m; ``titles`` of length t with ``advert`` int16 (t,) and ``weight`` float64 (t,), sum 1;
    ``occupation`` int16, ``openings`` int64 (m, 2) and ``pay`` float64 (m, 2), least and most; ``levels`` (m, 7) and
    ``types`` (m, 6) cumulated shares of ``LEVELS`` and ``TYPES``.
    """

    texts: tuple[AdvertText, ...]
    titles: tuple[str, ...]
    advert: NDArray[np.int16]
    weight: NDArray[np.float64]
    occupation: NDArray[np.int16]
    openings: NDArray[np.int64]
    pay: NDArray[np.float64]
    levels: NDArray[np.float64]
    types: NDArray[np.float64]

    @property
    def mean_openings(self) -> float:
        """Openings of a drawn vacancy, on average."""
        return float(self.weight @ self.openings.mean(axis=1)[self.advert])


@lru_cache(maxsize=1)
def adverts() -> Adverts:
    """Return the adverts of the content that are for work near home: not remote, abroad, in English or an internship.

    Notes
    -----
    Raises nothing.
    """
    local = [
        (index, one)
        for index, occupation in enumerate(occupations())
        for one in occupation.adverts
        if not (one.is_remote or one.is_abroad or one.is_english or one.is_internship)
    ]
    titled = [(place, title) for place, (_, one) in enumerate(local) for title in one.titles]
    advert = np.array([place for place, _ in titled], dtype=np.int16)
    occupation = np.array([index for index, _ in local], dtype=np.int16)
    weight = np.array([one.weight for one in occupations()])[occupation[advert]]
    weight = weight / np.bincount(occupation[advert])[occupation[advert]]
    return Adverts(
        texts=tuple(one for _, one in local),
        titles=tuple(title for _, title in titled),
        advert=advert,
        weight=weight / weight.sum(),
        occupation=occupation,
        openings=np.array([one.openings for _, one in local]),
        pay=np.array([one.pay for _, one in local]),
        levels=_cumulated([one.education for _, one in local], LEVELS),
        types=_cumulated([one.types for _, one in local], TYPES),
    )


@dataclass(frozen=True, slots=True)
class Vacancies:
    """n vacancies, ordered by province.

    All arrays are (n,): ``area`` and ``district`` int16 as for people; ``title`` int16 among those of ``adverts()``;
    ``occupation`` and ``sector`` int16; ``employer`` int64, 0-based; ``level`` int8 among ``LEVELS``; ``rank`` int8,
    least schooling on the ladder, -1 for none; ``type`` int8 among ``TYPES``; ``pay_idr_month`` int64; ``openings``
    int64; ``posted`` and ``expires`` float64, days.
    """

    area: NDArray[np.int16]
    district: NDArray[np.int16]
    title: NDArray[np.int16]
    occupation: NDArray[np.int16]
    sector: NDArray[np.int16]
    employer: NDArray[np.int64]
    level: NDArray[np.int8]
    rank: NDArray[np.int8]
    type: NDArray[np.int8]
    pay_idr_month: NDArray[np.int64]
    openings: NDArray[np.int64]
    posted: NDArray[np.float64]
    expires: NDArray[np.float64]

    @property
    def n(self) -> int:
        """How many vacancies."""
        return len(self.area)


def draw_vacancies(
    sizes: NDArray[np.int64], parameters: MarketParameters, months: Months, *, rng: np.random.Generator
) -> Vacancies:
    """Return the vacancies that districts of these `sizes`, int64 (514,), have in all months.

    Notes
    -----
    A province has ``openings_per_alumnus`` openings for each of its people, but at least ``least_vacancies`` adverts;
    they lie in its districts as its people do. Without signal there are openings for all, as competition would be one.
    Raises nothing.
    """
    area = np.repeat(np.arange(len(places()), dtype=np.int16), _n_by_area(sizes, parameters))
    n = len(area)
    written = adverts()
    title = _pick(written.weight, n, rng)
    advert = written.advert[title]
    openings = rng.integers(written.openings[advert, 0], written.openings[advert, 1] + 1)
    openings *= 1 if parameters.has_signal else _ENOUGH_FOR_ALL
    level = _pick_rows(written.levels[advert], rng)
    posted = _draw_posted(n, parameters.months, months, rng)
    return Vacancies(
        area=area,
        district=_draw_districts(area, sizes, rng),
        title=title,
        occupation=written.occupation[advert],
        sector=trades().sector[written.occupation[advert]],
        employer=_draw_employers(area, rng),
        level=level,
        rank=np.array([-1, *(education_rank(level) for level in LEVELS[1:])], dtype=np.int8)[level],
        type=_pick_rows(written.types[advert], rng),
        pay_idr_month=_draw_pay(area, written.pay[advert], rng),
        openings=openings,
        posted=posted,
        expires=posted + rng.integers(OPEN_DAYS[0], OPEN_DAYS[1] + 1, size=n),
    )


def _n_by_area(sizes: NDArray[np.int64], parameters: MarketParameters) -> Days:
    people = np.bincount(district_areas(), weights=sizes, minlength=len(places()))
    wanted = np.rint(people * parameters.openings_per_alumnus / adverts().mean_openings).astype(np.int64)
    return np.where(people > 0, np.maximum(wanted, parameters.least_vacancies), 0)


def _draw_districts(area: NDArray[np.int16], sizes: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int16]:
    """Draw the home of a random person of the same province."""
    ends = np.cumsum(sizes)
    people = np.bincount(district_areas(), weights=sizes, minlength=len(places())).astype(np.int64)
    first = np.cumsum(people) - people
    person = first[area] + (rng.random(len(area)) * people[area]).astype(np.int64)
    return np.searchsorted(ends, person, side="right").astype(np.int16)


def _draw_employers(area: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw employers of one province each, few with many adverts and many with one."""
    n_employers = np.bincount(area, minlength=len(places())) // _VACANCIES_BY_EMPLOYER + 1
    first = np.cumsum(n_employers) - n_employers
    return first[area] + (n_employers[area] * rng.random(len(area)) ** 2).astype(np.int64)


def _draw_posted(n: int, n_months: int, months: Months, rng: np.random.Generator) -> NDArray[np.float64]:
    edges = np.concatenate([[-BEFORE_DAYS], months.edges[: n_months + 1]]).astype(np.float64)
    weight = np.concatenate([months.season[:1], months.season[:n_months]])
    month = _pick(weight / weight.sum(), n, rng)
    return edges[month] + rng.random(n) * np.diff(edges)[month]


def _draw_pay(area: NDArray[np.int16], pay: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    minimum = np.array([place.minimum_wage for place in places()])[area]
    factor = pay[:, 0] + (pay[:, 1] - pay[:, 0]) * rng.random(len(area))
    return 50_000 * np.rint(minimum * factor / 50_000).astype(np.int64)


def _pick(weight: NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.int16]:
    found = np.searchsorted(np.cumsum(weight), rng.random(n), side="right")
    return np.minimum(found, len(weight) - 1).astype(np.int16)


def _pick_rows(cumulated: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int8]:
    return (rng.random((len(cumulated), 1)) > cumulated).sum(axis=1).astype(np.int8)


def _cumulated(weights: list, names: tuple[str, ...]) -> NDArray[np.float64]:
    shares = np.array([[one.get(name, 0.0) for name in names] for one in weights])
    cumulated = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    cumulated[:, -1] = 1.0
    return cumulated
