"""Hiring keeps to the openings, and time runs forward from application to work."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.simulate.hiring import Applications, answer, draw_job_days, is_retained, job_days, ranks_within
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.shortlists import Sides

PARAMETERS = MarketParameters(n_alumni=800, counts={"32.73": 1}, bar=-1.0)
MARKET = simulate(PARAMETERS, rng=np.random.default_rng(1))
N_VACANCIES = MARKET.history.vacancies.n
SIDES = Sides(
    MARKET.history.people,
    MARKET.courses,
    MARKET.history.vacancies,
    MARKET.history.qualities,
    np.zeros(N_VACANCIES, dtype=np.int64),
)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), max_size=40))
def test_ranks_within_a_group_count_those_before(rows: list[tuple[int, int]]) -> None:
    group, key = (np.array([row[place] for row in rows], dtype=np.int64) for place in (0, 1))
    ranks = ranks_within(group, key.astype(np.float64))

    expected = [
        sum(g == group[i] and (k, j) < (key[i], i) for j, (g, k) in enumerate(zip(group, key, strict=True)))
        for i in range(len(rows))
    ]
    assert ranks.tolist() == expected


def _apply(n: int, *, share_withdrawn: float = 0.0, seed: int = 2) -> Applications:
    rng = np.random.default_rng(seed)
    pairs = np.unique(rng.integers((MARKET.history.people.n, 30), size=(n, 2)), axis=0)
    m = len(pairs)
    return Applications(np.arange(m), pairs[:, 0], pairs[:, 1], rng.random(m), rng.random(m) < share_withdrawn)


@pytest.mark.parametrize("n_openings", [0, 1, 3])
def test_nobody_is_hired_beyond_the_openings_or_twice(n_openings: int) -> None:
    sent = _apply(3_000)
    got = answer(PARAMETERS, SIDES, sent, np.full(N_VACANCIES, n_openings), rng=np.random.default_rng(3))

    assert np.bincount(sent.vacancy[got.is_offered], minlength=1).max() <= n_openings
    assert np.bincount(sent.person[got.is_hired], minlength=1).max() <= 1
    assert not (got.is_hired & ~got.is_offered).any() and not (got.is_offered & ~got.is_interviewed).any()
    assert got.is_hired.any() == (n_openings > 0)


def test_who_has_an_offer_takes_one() -> None:
    sent = _apply(3_000)
    got = answer(PARAMETERS, SIDES, sent, np.full(N_VACANCIES, 2), rng=np.random.default_rng(3))

    assert set(sent.person[got.is_offered].tolist()) == set(sent.person[got.is_hired].tolist())
    assert got.is_offered.sum() > got.is_hired.sum()


def test_who_has_withdrawn_gets_no_offer() -> None:
    sent = _apply(500, share_withdrawn=0.5)
    got = answer(PARAMETERS, SIDES, sent, np.full(N_VACANCIES, 50), rng=np.random.default_rng(3))

    assert not (got.is_interviewed & sent.is_withdrawn).any() and (got.is_hired & ~sent.is_withdrawn).any()


def test_answers_come_one_after_another() -> None:
    sent = _apply(500)
    got = answer(PARAMETERS, SIDES, sent, np.full(N_VACANCIES, 5), rng=np.random.default_rng(3))

    assert (sent.day < got.interviewed).all() and (got.interviewed < got.offered).all()
    assert (got.offered < got.started).all() and (got.rejected > sent.day).all()
    assert not (got.is_silent & got.is_interviewed).any()


def test_a_gap_in_appraisal_costs_offers() -> None:
    sent = _apply(6_000)
    gap = MarketParameters(bar=0.5, female_gap=-1.0)
    got = answer(gap, SIDES, sent, np.full(N_VACANCIES, 1_000), rng=np.random.default_rng(3))
    is_female = SIDES.people.is_female[sent.person]

    assert got.is_offered[is_female].mean() < 0.6 * got.is_offered[~is_female].mean()


def test_jobs_last_90_days_as_often_as_stated_and_longer_where_they_match() -> None:
    parameters, rng = MarketParameters(retention=0.75), np.random.default_rng(4)
    plain, good = (draw_job_days(parameters, np.full(100_000, quality), rng=rng) for quality in (0.5, 2.0))

    assert (plain >= 90).mean() == pytest.approx(0.75, abs=0.006) and (good >= 90).mean() > 0.82


@given(st.floats(0, 500), st.floats(0.001, 500))
def test_work_covers_at_least_its_first_day_and_ends_before_the_next_can_begin(started: float, lasts: float) -> None:
    first, last = job_days(np.array([started]), np.array([lasts]))

    assert first[0] <= last[0] < started + lasts
    assert bool(is_retained(first, last)[0]) == (last[0] - first[0] >= 90)
