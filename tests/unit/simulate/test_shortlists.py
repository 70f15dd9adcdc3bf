"""Shortlists: distinct open vacancies of the own province, as many as there are, mostly of the own sector."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.shortlists import OWN_SECTOR, Pools, Sides, draw_pools, draw_shortlists, read_features
from matcher.simulate.supply import Vacancies

MARKET = simulate(MarketParameters(n_alumni=1_500, counts={"32.73": 900, "91.71": 600}), rng=np.random.default_rng(3))
VACANCIES = MARKET.history.vacancies
N_AREAS, N_SECTORS = 38, int(VACANCIES.sector.max()) + 1


def _pools(vacancies: Vacancies, is_open: np.ndarray) -> Pools:
    return draw_pools(is_open, vacancies, (N_AREAS, N_SECTORS), rng=np.random.default_rng(1))


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_a_shortlist_holds_distinct_open_vacancies_of_the_province(share: float) -> None:
    is_open = np.random.default_rng(2).random(VACANCIES.n) < share
    people = MARKET.history.people
    vacancy, is_there = draw_shortlists(
        _pools(VACANCIES, is_open), people.area, people.sector, 20, rng=np.random.default_rng(4)
    )

    n_open = np.bincount(VACANCIES.area[is_open], minlength=N_AREAS)[people.area]
    assert (is_there.sum(axis=1) == np.minimum(20, n_open)).all()
    assert is_open[vacancy[is_there]].all()
    assert (VACANCIES.area[vacancy] == people.area[:, None])[is_there].all()
    listed = [row[there] for row, there in zip(vacancy[:200], is_there[:200], strict=True)]
    assert all(len(set(row.tolist())) == len(row) for row in listed)


def test_as_much_as_can_be_is_of_the_own_sector() -> None:
    people = MARKET.history.people
    pools = _pools(VACANCIES, np.ones(VACANCIES.n, dtype=bool))
    vacancy, is_there = draw_shortlists(pools, people.area, people.sector, 20, rng=np.random.default_rng(4))

    own = ((VACANCIES.sector[vacancy] == people.sector[:, None]) & is_there).sum(axis=1)
    assert (own == np.minimum(pools.size[people.area, people.sector], round(OWN_SECTOR * 20))).all()


def test_every_vacancy_of_a_pool_is_as_likely_as_any_other() -> None:
    area, sector = np.full(40_000, VACANCIES.area[0]), np.full(40_000, 5, dtype=np.int16)
    pools = _pools(VACANCIES, np.ones(VACANCIES.n, dtype=bool))
    vacancy, _ = draw_shortlists(pools, area, sector, 10, rng=np.random.default_rng(4))
    shown = np.bincount(vacancy.ravel(), minlength=VACANCIES.n) / 40_000

    others = (VACANCIES.area == VACANCIES.area[0]) & (VACANCIES.sector != 5)
    assert shown[others].max() < 1.3 * shown[others].mean()


def test_features_are_those_of_the_pair() -> None:
    history, courses = MARKET.history, MARKET.courses
    n_applicants = np.arange(VACANCIES.n)
    sides = Sides(history.people, courses, VACANCIES, history.qualities, n_applicants)
    person, vacancy = np.array([0, 1_400]), np.array([[3], [VACANCIES.n - 1]])
    day = VACANCIES.posted[vacancy[:, 0]] + 30
    found = read_features(sides, person, vacancy, day)[:, 0]

    for row, (one, other) in enumerate(zip(person, vacancy[:, 0], strict=True)):
        asked, has = VACANCIES.rank[other], history.people.rank[one]
        crowd = n_applicants[other]
        expected = [
            history.qualities.logged[history.people.course[one], other],
            courses.occupation[history.people.course[one]] == VACANCIES.occupation[other],
            history.people.district[one] == VACANCIES.district[other],
            0 if asked < 0 else (has - asked) / 10,
            np.exp(-1),
            crowd / (crowd + 3 * VACANCIES.openings[other]),
        ]
        np.testing.assert_allclose(found[row], np.array(expected, dtype=float), rtol=1e-5)


def test_true_quality_tells_same_occupation_from_same_sector_from_neither() -> None:
    true, courses = MARKET.history.qualities.true, MARKET.courses
    n = courses.n_leading
    same_occupation = courses.occupation[:n, None] == VACANCIES.occupation
    same_sector = (courses.sector[:n, None] == VACANCIES.sector) & ~same_occupation

    means = [true[mask].mean() for mask in (same_occupation, same_sector, ~same_occupation & ~same_sector)]
    np.testing.assert_allclose(means, [1.5, 0.6, 0.0], atol=0.1)
    noise = MARKET.history.qualities.logged - true
    assert (noise.mean(), noise.std()) == (pytest.approx(0, abs=0.01), pytest.approx(1.0, abs=0.01))
