"""The experiment: strata are halved as stated, and the effect in the truth is the one that was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.simulate.experiment import BANDS
from matcher.simulate.market import Market, simulate
from matcher.simulate.parameters import MarketParameters

COUNTS = {"32.73": 4, "32.04": 3, "33.74": 3}


def _market(seed: int = 1, n: int = 8_000, **given: object) -> Market:
    return simulate(MarketParameters(n_alumni=n, counts=COUNTS, **given), rng=np.random.default_rng(seed))  # type: ignore[arg-type]


def _at_work(market: Market, name: str, clock: str = "2m") -> float:
    return float((getattr(market.known.clocks[clock], name)[market.history.people.was_idle] > 0).mean())


@pytest.mark.parametrize("holdout", [0.0, 0.1, 0.5, 1.0])
def test_every_stratum_holds_out_its_share(holdout: float) -> None:
    market = _market(holdout=holdout)
    assignment = market.part.assignment
    stratum = market.history.people.area * len(BANDS) + assignment.band.astype(int)
    size, treated = np.bincount(stratum), np.bincount(stratum, assignment.is_treated)

    assert (np.abs(treated - (1 - holdout) * size) < 1).all()


def test_bands_follow_the_ladder() -> None:
    market = _market()
    people, band = market.history.people, market.part.assignment.band

    assert [sorted(set(band[people.rank == rank].tolist())) for rank in (0, 1, 2, 3, 6)] == [[0], [0], [1], [2], [3]]


def test_a_share_by_district_is_kept_in_each() -> None:
    assignment = _market(district_shares=(0.25, 0.5, 0.75)).part.assignment
    for share in (0.25, 0.5, 0.75):
        there = assignment.share == share
        assert there.any() and assignment.is_treated[there].mean() == pytest.approx(share, abs=0.005)


def test_no_effect_gives_no_difference_to_anybody() -> None:
    for truth in _market(effect=0.0).known.clocks.values():
        assert (truth.state == truth.if_treated).all() and (truth.state == truth.if_held_out).all()


@pytest.mark.parametrize("effect", [0.01, 0.08, -0.05])
def test_the_effect_in_the_truth_is_the_stated_one(effect: float) -> None:
    market = _market(effect=effect, holdout=0.5)
    n_idle = market.history.people.was_idle.sum()

    assert _at_work(market, "if_treated") - _at_work(market, "if_held_out") == pytest.approx(effect, abs=1 / n_idle)


def test_the_real_state_is_that_of_the_own_arm_where_nobody_is_displaced() -> None:
    market = _market(effect=0.08, holdout=0.5)
    is_treated = market.part.assignment.is_treated
    for truth in market.known.clocks.values():
        assert (truth.state == np.where(is_treated, truth.if_treated, truth.if_held_out)).all()


def test_arms_differ_by_the_effect_within_sampling_error() -> None:
    differences = []
    for seed in range(40):
        market = _market(seed, 2_000, effect=0.08, holdout=0.5)
        works = (market.known.clocks["2m"].state > 0)[market.history.people.was_idle]
        treated = market.part.assignment.is_treated[market.history.people.was_idle]
        differences.append(works[treated].mean() - works[~treated].mean())

    assert np.mean(differences) == pytest.approx(0.08, abs=4 * np.std(differences) / np.sqrt(40))


def test_the_displaced_lose_what_others_gain() -> None:
    market = _market(effect=0.10, displacement=0.5, holdout=0.2)
    effect, people = market.known.effect, market.history.people
    spells = market.history.spells
    gained = effect.needs_treatment & effect.is_real
    by_district = [np.bincount(people.district[spells.person[mask]]) for mask in (effect.is_displaced, gained)]

    assert effect.is_displaced.sum() == pytest.approx(0.5 * gained.sum(), abs=4 * np.sqrt(0.25 * gained.sum()))
    assert (by_district[0][by_district[0] > 0] <= by_district[1][by_district[0] > 0]).all()
    assert not (effect.is_displaced & effect.needs_treatment).any()
    assert _at_work(market, "state") < _at_work(market, "if_treated") - 0.03


def test_more_treated_in_a_district_means_less_work_for_the_held_out() -> None:
    shares, works = [], []
    for seed in range(30):
        market = _market(seed, 3_000, effect=0.15, displacement=1.0, district_shares=(0.1, 0.9, 0.9))
        counted = market.history.people.was_idle & ~market.part.assignment.is_treated
        shares.append(market.part.assignment.share[counted])
        works.append((market.known.clocks["2m"].state > 0)[counted])
    share, work = np.concatenate(shares), np.concatenate(works)

    assert work[share == 0.9].mean() - work[share == 0.1].mean() == pytest.approx(-0.15 * 0.8, abs=0.03)


def test_who_lost_a_hire_was_never_offered_it() -> None:
    market = _market(effect=0.10, holdout=0.5)
    history, is_real = market.history, market.known.effect.is_real
    lost = history.spells.application[~is_real]
    kept = history.spells.application[is_real]

    assert (lost >= 0).any() and not history.answers.is_offered[lost[lost >= 0]].any()
    assert history.answers.is_hired.sum() == (kept >= 0).sum()


def test_an_effect_above_the_work_there_is_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"effect = 0\.5: .* give an effect nearer 0"):
        _market(effect=0.5)
